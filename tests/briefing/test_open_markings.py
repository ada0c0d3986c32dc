"""A page that may travel carries no route, gate, staging site or time of the plan anywhere."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from planner.briefing.lines import encode_lonlat
from planner.briefing.page import render_briefing
from tests.briefing.toy import ToyPlan, toy_background, toy_plan


def every_word(page: str) -> str:
    """Return a page with all it holds in a packed form unpacked behind it."""
    packed = re.findall(r"base64,([A-Za-z0-9+/=]+)", page)
    pictures = [base64.b64decode(text).decode("latin-1") for text in packed]
    islands = re.findall(r'type="application/json"[^>]*>(.*?)</script>', page, flags=re.DOTALL)
    data = [json.dumps(json.loads(text), ensure_ascii=False) for text in islands]
    assert len(islands) >= 2
    return "\n".join([page, *pictures, *data])


def lines_of(document: dict[str, Any]) -> list[list[list[float]]]:
    """Return every line of the plan's ways."""
    ways = [route for origin in document["origins"] for route in origin["routes"]]
    ways += [way for site in document["staging"] for way in site["ways"]]
    return [way["geometry"]["coordinates"] for way in ways]


@pytest.fixture(scope="module", params=["TLP:GREEN", "TLP:CLEAR"])
def open_page(request: pytest.FixtureRequest, plan: ToyPlan) -> str:
    """The toy briefing for a reader beyond the team, unpacked."""
    return every_word(render_briefing(plan, toy_background(), marking=request.param))


def test_no_gate_or_staging_site_is_named(open_page: str, plan: ToyPlan) -> None:
    document = plan.document
    named = [*document["gates"], *document["staging"], *document["origins"]]

    for row in named:
        assert row["name"] not in open_page
        assert f'"{row["id"]}"' not in open_page
    for reason in (row.get("reason") or row.get("why") for row in named):
        assert not reason or reason not in open_page


def test_no_time_of_the_plan_is_told(open_page: str, plan: ToyPlan) -> None:
    text = json.dumps({k: v for k, v in plan.document.items() if k != "provenance"})
    times = set(re.findall(r"T(\d\d:\d\d)", text)) | set(re.findall(r'"(\d\d:\d\d)"', text))

    assert {"08:00", "07:52", "06:00", "20:00"} <= times
    for time in times:
        assert time not in open_page
    for stamp in re.findall(r'"(2096-[^"]*T[^"]*)"', text):
        assert stamp not in open_page
        assert str(round(datetime.fromisoformat(stamp).timestamp())) not in open_page


def test_no_place_of_a_route_gate_or_site_is_told(open_page: str, plan: ToyPlan) -> None:
    document = plan.document
    spots = [(row["lon"], row["lat"]) for row in document["gates"] + document["staging"]]
    spots += [(row["lon"], row["lat"]) for row in document["origins"]]
    spots += [tuple(point) for line in lines_of(document) for point in line]

    pairs = np.array(re.findall(r"(-?\d+\.\d{4,})[^\d-]{1,8}(-?\d+\.\d{4,})", open_page), float)

    assert len(pairs) > 3
    for lon, lat in spots:
        far = np.abs(np.r_[pairs, pairs[:, ::-1]] - (lon, lat)).max(axis=1)
        assert far.min() > 1e-5


def test_no_packed_line_is_a_route(open_page: str, plan: ToyPlan) -> None:
    for line in lines_of(plan.document):
        assert encode_lonlat(line, [0] * len(line)) not in open_page


def test_the_same_search_finds_all_of_it_in_a_closed_page(plan: ToyPlan) -> None:
    words = every_word(render_briefing(plan, toy_background()))

    assert all(row["name"] in words for row in plan.document["gates"])
    assert "07:52" in words
    assert encode_lonlat(lines_of(plan.document)[0], [0, 0, 0]) in words


def test_it_says_that_it_withholds_and_whom_to_ask(open_page: str) -> None:
    assert "left out on purpose" in open_page
    assert "Ask the sender" in open_page


def test_reports_lose_their_street_and_hour(plan: ToyPlan) -> None:
    labelled = toy_plan(zones=[{**plan.document["zones"][0], "label": "Assembly, Street 5, 07:10"}])
    words = every_word(render_briefing(labelled, {}, marking="TLP:CLEAR"))

    assert "Assembly, Street 5" not in words
    assert "Standing assembly" in words
