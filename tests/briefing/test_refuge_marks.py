"""A driver sent to a place that is no staging site of the plan finds it on the map."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.overlay import overlay
from planner.briefing.refuge_marks import is_refuge, refuge_marks
from planner.ui import chart
from tests.briefing.toy import ZONE, lonlat, toy_plan

if TYPE_CHECKING:
    from tests.briefing.toy import ToyPlan


def place(key: str, xy: tuple[float, float], text: str) -> dict[str, Any]:
    lon, lat = lonlat(xy)[0]
    return {"name": f"Car park {key}", "lon": lon, "lat": lat, "text": text, "id": key}


@pytest.fixture
def moved() -> ToyPlan:
    """Two sites: the first falls back to a place of no rank, the second to the first."""
    plan = toy_plan()
    (first,) = plan.document["staging"]
    way = {"type": "LineString", "coordinates": lonlat((12, 10), (12, 3))}
    back = place("away", (12, 3), "If it is shut: move to Car park away, 3 min")
    back |= {"site": "away", "rank": None, "time_s": 180, "length_m": 700.0, "geometry": way}
    hold = place("away", (12, 3), "Car park away, 2 min from S2")
    sites = [
        first | {"movement": {"fallback": back, "hold_points": [], "hand_over": None}},
        first | {"id": "s2", "rank": 2, "movement": {
            "fallback": {**back, "site": "s1", "rank": 1}, "hold_points": [hold, {**hold, "id": "s1"}],
            "hand_over": None,
        }},
    ]  # fmt: skip
    plan.document["staging"] = sites
    return plan


def test_a_fallback_that_is_not_suggested_has_a_mark_of_its_own(moved: ToyPlan) -> None:
    """Its name stood in the text alone; nobody could find it on the map."""
    (one,) = refuge_marks(moved.document)
    assert (one["layer"], one["id"]) == ("staging", "away")
    assert one["badge"]["text"] == "fallback S1, hold S2"
    assert one["at"] == pytest.approx(lonlat((12, 3))[0], abs=1e-5)
    assert one["facts"] == [
        "Car park away", "If it is shut: move to Car park away, 3 min",
        "Place to hold: Car park away, 2 min from S2",
    ]  # fmt: skip


def test_the_way_to_the_fallback_is_drawn_with_the_site_one_chooses(moved: ToyPlan) -> None:
    data = overlay(moved, moved.document, {"selected": 0, "steps": []}, zone=ZoneInfo(ZONE))
    told = [(one["site"], one["look"], one["facts"][0]) for one in data["onward"]]
    assert told[0][:2] == ("s1", "fallback")
    assert told[0][2].startswith("S1 to its fallback")
    assert [one["id"] for one in data["marks"] if one["layer"] == "staging"].count("away") == 1


def test_without_staging_sites_to_show_there_is_none(moved: ToyPlan) -> None:
    assert refuge_marks(moved.document | {"staging": []}) == []


@pytest.mark.parametrize("refuges", [True, False])
def test_they_are_drawn_in_the_app_where_sites_are_looked_at_alone(
    moved: ToyPlan, monkeypatch: pytest.MonkeyPatch, refuges: bool
) -> None:
    """On the first page four of them stood over the gates and the report."""
    answered = SimpleNamespace(
        plan=moved, document=moved.document, zone=ZoneInfo(ZONE), asked=SimpleNamespace()
    )
    monkeypatch.setattr(chart.answers, "day_for", lambda *_: {"steps": [], "seconds": []})
    monkeypatch.setattr(chart, "nearest_step", lambda *_: 0)
    marks = chart.planned(answered, refuges=refuges)["marks"]
    assert sum(is_refuge(one) for one in marks) == refuges
    assert any(one["layer"] == "staging" and not is_refuge(one) for one in marks)
