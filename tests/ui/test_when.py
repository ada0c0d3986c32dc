"""When it is risky at a site: bands of a day, as drawn, as told."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planner.layers.workspace import Workspace
from planner.plan.day.risk import day_bounds
from planner.plan.make import make_plan
from planner.plan.question import ask
from planner.risk.areas import risk_of_places
from planner.scenario import ARRIVE, FACILITY
from planner.ui.when import Band, Clock, bands, in_words, spec
from tests.ui.conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from planner.plan import Plan

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2027, 3, 2)


def clock(day: date) -> Clock:
    return Clock(*day_bounds(day, BERLIN), BERLIN)


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone), whole=False)


def test_bands_are_the_risk_of_each_place_at_any_minute(plan: Plan) -> None:
    zone = plan.settings.zone
    found = bands(plan, DAY, zone)
    day, _ = day_bounds(DAY, zone)
    assert [band.name for band in found] == [
        *plan.facility["name"], *plan.entrances["name"],
    ]  # fmt: skip
    places = list(plan.entrances.to_crs(plan.network.epsg).geometry)
    begins = plan.risk.field.seconds(day)
    for minute in range(0, 24 * 60, 7):
        second = begins + minute * 60
        risks = risk_of_places(plan.network, plan.risk, places, start_s=second, end_s=second + 1)
        for band, risk in zip(found[1:], risks, strict=True):
            level = next((at for a, b, at in band.spells if a <= minute < b), 0)
            assert level in (plan.risk.parameters.level(risk), 5)
    assert any(band.spells for band in found)


def test_a_gate_in_the_crowd_has_level_5(plan: Plan) -> None:
    by_name = dict(zip(plan.entrances["id"], bands(plan, DAY, plan.settings.zone)[1:], strict=True))
    spells = by_name["courthouse-south"].spells
    assert any(level == 5 and a <= 8 * 60 < b for a, b, level in spells)
    assert all(b <= c for (_, b, _), (c, _, _) in pairwise(spells))


@pytest.mark.parametrize(
    ("day", "length", "third"),
    [(date(2026, 3, 29), 23 * 60, 120), (date(2026, 10, 25), 25 * 60, 240),
     (date(2026, 6, 1), 24 * 60, 180)],
)  # fmt: skip
def test_hours_are_those_of_the_clock_even_where_it_changes(
    day: date, length: int, third: int
) -> None:
    one = clock(day)
    assert one.length == length
    assert one.hours()[third] == "03:00"
    assert one.shows(length) == "24:00"
    assert list(one.hours().values())[-2:] == ["21:00", "24:00"]


def test_every_level_stands_in_the_chart_as_number_and_in_words() -> None:
    hostile = "<img src=x onerror=alert(1)>"
    band = Band(hostile, ((60, 120, 2), (120, 125, 5)), ((0, 60),))
    drawn = spec([band], clock(DAY), 90, ink="#000")
    shut, spells, numbers, rule = (layer["data"]["values"] for layer in drawn["layer"])

    assert json.dumps(drawn)
    assert [(row["from"], row["until"], row["level"]) for row in spells] == [
        (60, 120, 2), (120, 125, 5),
    ]  # fmt: skip
    assert [row["level"] for row in numbers] == [2], "five minutes have no room for a number"
    assert shut[0]["when"] == "00:00 to 01:00"
    assert rule == [{"from": 90, "when": "01:30"}]
    told = in_words([band], clock(DAY))
    assert "02:00 to 02:05 level 5, do not enter; shut 00:00 to 01:00" in told
    assert "<img" not in told


def test_situation_tells_when_it_is_risky(open_app: Callable[..., AppTest], bundled: Path) -> None:
    app = open_app(bundled, site=FACILITY, at=ARRIVE)
    assert "When it is risky here" in words(app)
    assert "The same in words" in words(app)
    assert not app.exception
