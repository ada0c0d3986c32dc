"""The briefing says who travels, when to leave with time in hand, how much is quiet streets."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.page import render_briefing
from planner.briefing.ways import ways_in
from tests.briefing.test_tables import words
from tests.briefing.toy import ZONE, ToyPlan, local, toy_background

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCAL = ZoneInfo(ZONE)


def told_for(plan: ToyPlan, profile: str, **of_route: Any) -> dict[str, Any]:
    """Return the toy document for another traveller, its routes with more fields."""
    document = deepcopy(dict(plan.document)) | {"profile": profile}
    for origin in document["origins"]:
        for route in origin["routes"]:
            route.update(of_route)
    return document


def ways(document: Mapping[str, Any]) -> str:
    return words(ways_in(document, zone=LOCAL))


def test_time_in_hand_stands_beside_leave_by(plan: ToyPlan) -> None:
    said = ways(told_for(plan, "car", leave_by=local(-13), margin_s=300))

    assert "5 min in hand" in said
    assert "07:47" in said


def test_no_time_in_hand_is_not_told(plan: ToyPlan) -> None:
    assert "in hand" not in ways(told_for(plan, "foot", margin_s=0))


@pytest.mark.parametrize(("metres", "told"), [(220.0, True), (0.0, False)])
def test_quiet_metres_are_told_where_there_are_some(
    plan: ToyPlan, metres: float, *, told: bool
) -> None:
    said = ways(told_for(plan, "car", quiet_m={"school": metres}))

    assert ("220 m quiet streets" in said) is told


def test_the_opening_tells_a_bus_with_its_size(plan: ToyPlan) -> None:
    page = render_briefing(replace(plan, document=told_for(plan, "bus")), toy_background())

    assert "Bus or coach: 3.8 m high" in page
    assert "turns round only where there is room" in page


def test_walkers_come_from_stops(plan: ToyPlan) -> None:
    page = render_briefing(replace(plan, document=told_for(plan, "foot")), toy_background())

    assert "First choice from each stop" in page
    assert "First choice from each side" not in page
