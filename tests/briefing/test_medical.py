"""Stops, havens, the medical block on the page: what is known is told, the rest is a line for a pen."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.crew import crew
from planner.briefing.marking import Marking
from planner.briefing.medical import medical
from planner.briefing.places import havens_by_road
from planner.briefing.reader import readable
from planner.briefing.tables import tables
from planner.plan.support.medical import medical as block
from tests.briefing.toy import ZONE, local, toy_plan

LOCAL = ZoneInfo(ZONE)
HOSTILE = "<b>{{7*7}}</b>`"


def place(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {
        "id": key, "kind": kind, "name": key.title(), "lon": -122.7, "lat": 45.5, "here": False,
        "from": {"kind": "gate", "id": "g", "name": "North gate"}, "time_s": 240, "arrive": local(4),
        "length_m": 1800.0, "max_risk": 0.0, "street": "Street 3", "opens": None, "closes": None,
        "by_day": None, "hours": "not known", "next_open": None, "geometry": None, "text": key, **more,
    }  # fmt: skip


def told(name: str = "General") -> dict[str, Any]:
    document: dict[str, Any] = toy_plan().document
    haven = {"state": "clear", "line_m": 900.0, "touched": False, "emergency": "unknown"}
    havens = [
        place("ward", "hospital", name=name, **haven),
        place("clinic", "hospital", **haven | {"state": "exposed", "touched": True}, max_risk=0.42),
        place("post", "police", **haven | {"state": "none", "emergency": None}, time_s=None,
              **{"from": None}),
        place("fire", "fire", **haven | {"emergency": None}, opens="06:00", closes="20:00",
              hours="open"),
        place("own", "hospital", **haven | {"state": "here", "emergency": "yes"}, here=True, time_s=0),
        place("rehab", "hospital", **haven | {"emergency": "no"}),
    ]  # fmt: skip
    support = {
        "minutes": 10, "since": local(-90), "until": local(60), "gates_open": True,
        "stops": [place("cafe", "food", name=name), place("toilets", "toilets", name="toilets",
                  opens="06:00", closes="22:00", hours="open")],
        "none": [{"kind": "fuel", "text": "fuel: none on the map here", "nearest": None}],
        "havens": havens,
        "medical": block(document, havens, set(), since=local(-90), until=local(60)),
    }  # fmt: skip
    return document | {"support": support}


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_stops_are_told_with_minutes_start_and_hours() -> None:
    page = words(crew(told(), LOCAL))
    assert "food General 4 North gate Street 3 hours not known: ask before you go" in page
    # One without a name is told by its street.
    assert "toilets on Street 3 4 North gate Street 3 open 06:00 to 22:00" in page
    assert "fuel: none on the map here" in page


def test_havens_tell_what_their_way_is_like() -> None:
    page = words(havens_by_road(told()))
    assert "General (hospital) , emergencies: not known clear 4 North gate" in page
    assert "Clinic (hospital) , emergencies: not known exposed only (risk 0.42) 4" in page
    assert "Post (police station) no way now –" in page
    assert "Own (hospital) , takes emergencies on the site on site" in page
    # Cut at a colon, they once were "open 06".
    assert "0.9 open 06:00 to 20:00" in page


def test_what_nobody_knows_is_a_line_for_a_pen_and_no_word() -> None:
    page = medical(told(), LOCAL)
    row = re.search(r"<tr><th[^>]*><bdi>General</bdi><br>emergencies: .*?</th>(.*?)</tr>", page)
    assert row is not None
    cells = re.findall(r"<td>(.*?)</td>", row[1])
    empty = [cell for cell in cells if cell.startswith('<span class="pen"') and not words(cell)]
    # Contact, air, trauma centre, burn centre, helipad; the address has its coordinates below.
    assert len(empty) == 5
    assert cells[3] == "4"
    assert "Own , takes emergencies" in words(page)
    # Whoever is hurt is not sent to a house that takes no emergencies.
    assert "Rehab" not in words(page)
    for invented in ("level I", "yes", "unknown", "None", "null"):
        assert invented not in words(page)
    assert "7 Prepared by Medical unit leader, signature" in words(page)


@pytest.mark.parametrize("marking", [Marking.GREEN, Marking.CLEAR])
def test_open_markings_carry_none_of_it(marking: Marking) -> None:
    page = tables(readable(told(), marking), zone=LOCAL)
    assert "For the crew" not in page
    assert "ICS 206" not in page


def test_names_are_hostile_text() -> None:
    document = told(HOSTILE)
    page = crew(document, LOCAL) + havens_by_road(document) + medical(document, LOCAL)
    assert "&lt;b&gt;" in page
    assert "{{" not in page
    assert "<b>{" not in page
