"""The planner's hand, as a reader of the briefing is told it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.hand import cost_of, hand_marks, hand_table, second_line
from planner.briefing.marking import Marking
from planner.briefing.reader import names_in, readable
from tests.briefing.toy import ZONE, toy_plan

LOCAL = ZoneInfo(ZONE)
HOSTILE = "<script>alert(1)</script>"


def item(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{kind}-1", "kind": kind, "asked": name, "name": name, "told": f"{kind} {name}",
        "lon": None, "lat": None, "offset_m": None, "lines": [], "length_m": 0.0, "kept": True,
        "broken_by": [], "costs": [{"origin": "gw-1", "minutes": 2.2, "exposure_min": 0.0},
                                   {"origin": "gw-2", "minutes": 6.8, "exposure_min": 0.0}],
        "worst_min": 6.8,
    } | more  # fmt: skip


@pytest.fixture
def document() -> dict[str, Any]:
    made = toy_plan().document
    first = made["origins"][0]["routes"][0]
    passed = {"id": "via-1", "name": HOSTILE, "at": first["arrive"], "after_m": 900.0}
    made["wishes"] = {
        "items": [
            item("via", "Yard", lon=8.7, lat=49.4, offset_m=12.0),
            item("avoid", HOSTILE, lines=[[[8.7, 49.4], [8.71, 49.4]]]),
            item("prefer", "Low Street", lines=[[[8.7, 49.41], [8.71, 49.41]]], kept=False,
                 broken_by=["gw-1:primary"], costs=[]),
        ],
        "passes": {first["id"]: [passed]},
        "text": f"As you asked: past Yard, not on {HOSTILE}.",
    }  # fmt: skip
    return made


def test_wishes_are_told_escaped_with_what_they_cost(document: dict[str, Any]) -> None:
    said = second_line(document, names_in(document)) + hand_table(document, LOCAL)
    assert HOSTILE not in said
    assert "+2 to +7 min, by the side one comes from" in said
    assert "not by 1 way" in said
    assert "Places are passed" in said


def test_map_shows_places_and_streets(document: dict[str, Any]) -> None:
    via, avoid, prefer = hand_marks(document)
    assert via["badge"] == {"kind": "via", "text": "V1"}
    assert "12 m from where it was asked" in via["facts"]
    assert (avoid["style"], prefer["style"]) == ("avoid", "prefer")
    assert avoid["lines"]


def test_marking_that_travels_carries_no_wish(document: dict[str, Any]) -> None:
    open_document = readable(document, Marking("TLP:CLEAR"))
    assert hand_marks(open_document) == []
    assert second_line(open_document, []) == hand_table(open_document, LOCAL) == ""


def test_cost_that_is_not_known_is_not_made_up() -> None:
    assert cost_of(item("via", "Yard", costs=[])) == "–"
    none = [{"origin": "gw-1", "minutes": None, "exposure_min": None}]
    assert "no way" in cost_of(item("via", "Yard", costs=none))
