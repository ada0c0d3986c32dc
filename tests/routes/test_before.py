"""The last minute told before is the last that has a plan."""

from __future__ import annotations

from typing import Any

import pytest

from planner.routes.before import latest_arrivals
from planner.routes.primary import primary_ways
from tests.routes.asking import ask
from tests.routes.test_opening import BRIDGE, DOOR, MINUTE, SOUTH, gate, works
from tests.town import second

CASES: dict[str, dict[str, Any]] = {
    "a bridge shut from seven": {"closures": works((BRIDGE, 7, 8.5)), "origins": SOUTH},
    "a closure that begins between two minutes": {
        "closures": works((BRIDGE, 7 + 37 / 3600, 8.5)), "origins": SOUTH},
    "a bridge shut just before the window": {
        "closures": works((BRIDGE, 7.7, 8.5)), "origins": SOUTH},
    "the first of two beginnings is what counts": {
        "closures": works((BRIDGE, 7, 8.5), (DOOR, 6.9, 8.5)), "origins": SOUTH},
    "a gate shut between two hours": {"gates": gate((6, 7.25), (9, 12))},
    "a gate open for some seconds alone": {"gates": gate((7.1, 7.1 + 10 / 3600), (11, 12))},
    "a bridge that opened while the gate was open": {
        "closures": works((BRIDGE, 5, 6), (BRIDGE, 7, 9)), "origins": SOUTH, "gates": gate((6.5, 6.9))},
    "two origins shut at different times": {
        "closures": works((BRIDGE, 7, 9), (DOOR, 7.25, 9)), "origins": [*SOUTH, (0.0, 0.0)]},
    "nothing for hours": {"closures": works((BRIDGE, 1, 9)), "origins": SOUTH},
}  # fmt: skip


def minute_by_minute(problem: Any, since: int) -> dict[int, int]:
    """The last minute with a plan, by asking for every one."""
    found: dict[int, int] = {}
    for minute in range(since, problem.arrive, MINUTE):
        asked = problem.at(minute)
        for origin, way in zip(asked.origins, primary_ways(asked, asked.free_tree().cost),
                               strict=True):  # fmt: skip
            if way is not None:
                found[int(origin)] = minute
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_minute_told_is_the_last_that_has_a_plan(case: dict[str, Any]) -> None:
    problem = ask(**case)
    ways = primary_ways(problem, problem.free_tree().cost)
    closed = [int(o) for o, way in zip(problem.origins, ways, strict=True) if way is None]
    assert closed, "the case is about origins without a way"
    told = latest_arrivals(problem, closed, back_s=3 * 3600)
    by_hand = minute_by_minute(problem, second(5))
    assert told == {o: m for o, m in by_hand.items() if o in closed}
    for minute in told.values():
        asked = problem.at(minute)
        for origin, way in zip(asked.origins, primary_ways(asked, asked.free_tree().cost),
                               strict=True):  # fmt: skip
            if told.get(int(origin)) == minute:
                assert minute - problem.early <= way.arrive <= minute
