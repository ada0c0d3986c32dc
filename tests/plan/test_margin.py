"""Time in hand: how much earlier one may leave without meeting more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from shapely.geometry import LineString

from planner.network.rush import margin_s
from planner.plan.margin import time_in_hand
from planner.risk.parameters import RiskParameters
from planner.routes.primary import primary_ways
from tests.routes.asking import ask
from tests.town import at, closures_frame, make_network, second, zone

if TYPE_CHECKING:
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

STREETS = [
    ((0.0, 0.0), (100.0, 0.0), "Far"), ((100.0, 0.0), (200.0, 0.0), "Near"),
    ((200.0, 0.0), (300.0, 0.0), "Gate"),
]  # fmt: skip


def asked(
    *closed: tuple[tuple[int, int], float, float], rest: Any = (), opens: int = 0
) -> tuple[Problem, Walk]:
    """A drive of 30 s for 08:01, some stretches shut between hours."""
    shut = closures_frame(*(
        {"id": f"c-{n}", "name": "C", "starts_at": at(since), "ends_at": at(until),
         "kind": "works", "geometry": LineString([(a, 0), (b, 0)])}
        for n, ((a, b), since, until) in enumerate(closed)
    ))  # fmt: skip
    problem = ask(network=make_network(STREETS), closures=shut, rest=rest, hour=8 + 1 / 60,
                  gates=[((300.0, 0.0), [(opens, 86400)])])  # fmt: skip
    (way,) = primary_ways(problem, problem.free_tree().cost)
    assert way is not None
    return problem, way


def hand_of(problem: Problem, way: Walk, profile: str = "car") -> int:
    settings = SimpleNamespace(zone=ZoneInfo("UTC"))
    answer: Any = SimpleNamespace(
        problem=problem, question=SimpleNamespace(profile=profile),
        risk=SimpleNamespace(field=problem.field, parameters=RiskParameters()),
        layers=SimpleNamespace(settings=settings),
    )  # fmt: skip
    return time_in_hand(answer, way)


def test_an_open_road_leaves_a_minute_at_least() -> None:
    assert hand_of(*asked()) == 60


def past_a_crowd(**more: Any) -> tuple[Problem, Walk]:
    """A drive of 30 min for 08:00, in its last third past a street with a crowd."""
    network = make_network([*STREETS, ((200.0, 0.0), (200.0, 100.0), "Side")])
    network = replace(network, time_s=network.time_s * 60)
    crowd = zone(LineString([(200, 50), (200, 80)]), influence_m=100.0, observed_at=at(6), **more)
    problem = ask(crowd, network=network, gates=[((300.0, 0.0), [(0, 86400)])])
    (way,) = primary_ways(problem, problem.free_tree().cost)
    assert way is not None
    return problem, way


def test_what_a_report_ages_in_minutes_takes_nothing_of_the_time_in_hand() -> None:
    """Five minutes earlier the same crowd weighs a hair more, and that is no reason to be late."""
    problem, way = past_a_crowd(starts_at=at(6), ends_at=at(12))
    assert 0 < way.max_risk < problem.clear_below
    assert hand_of(problem, way) == margin_s(1800, datetime(2026, 3, 2, 7, 30, tzinfo=UTC)) > 300


def test_no_time_is_in_hand_where_a_crowd_has_just_gone() -> None:
    """Past its street at 07:40, where the crowd stands until 07:36."""
    problem, way = past_a_crowd(starts_at=at(6), ends_at=at(7 + 36 / 60), time_precision_min=0)
    assert way.max_risk == 0
    assert hand_of(problem, way) < 300


def test_nothing_is_in_hand_where_the_gate_opens_just_then() -> None:
    """Who is there before 08:00:30 would stand before it."""
    assert hand_of(*asked(opens=8 * 3600 + 30)) == 0


def test_nothing_is_in_hand_where_the_road_opens_just_then() -> None:
    """Near opens at 08:00 and nobody may wait before it."""
    assert hand_of(*asked(((110, 190), 6, 8 + 35 / 3600))) == 0


def test_who_holds_on_the_way_has_time_in_hand_up_to_the_hold() -> None:
    """Far shuts at 07:54, Near opens at 08:00, one holds between them: leave at 07:52:50."""
    problem, way = asked(((110, 190), 6, 8), ((10, 90), 7.9, 9), rest=[(100.0, 0.0)])
    assert way.depart == second(7.9) - 10
    assert way.wait_s.tolist() == [360, 0, 0]
    assert hand_of(problem, way) == 60


def test_no_time_is_in_hand_where_one_may_not_hold_longer() -> None:
    """Far opens at 07:53:50 only."""
    problem, way = asked(
        ((110, 190), 6, 8), ((10, 90), 6, 7.9 - 10 / 3600), ((10, 90), 7.9, 9), rest=[(100.0, 0.0)]
    )
    assert way.wait_s[0] == 360
    assert hand_of(problem, way) == 0


@pytest.mark.parametrize("profile", ["foot", "wheelchair"])
def test_who_walks_needs_no_time_in_hand(profile: str) -> None:
    assert hand_of(*asked(), profile) == 0
