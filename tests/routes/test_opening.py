"""The first minute told where there is no way is the first minute that has a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString

from planner.network.corridor import Bound, exact_way
from planner.network.moves import BARRED
from planner.network.search import make_graph
from planner.routes.answer import answer_all
from planner.routes.opening import earliest_arrivals
from planner.routes.primary import circles, primary_ways, walk
from tests.routes.asking import ask
from tests.town import at, closures_frame, make_network, second, zone

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from planner.routes.problem import Problem

BRIDGE = [(100, -90), (100, -10)]
DOOR = [(350, 400), (400, 400), (400, 350)]
SOUTH = [(0.0, -100.0)]
MINUTE = 60


def works(*spans: tuple[list[tuple[int, int]], float, float]) -> GeoDataFrame:
    """Roads dug up, each between two hours."""
    return closures_frame(*(
        {"id": f"c-{n}", "name": "Works", "starts_at": at(since), "ends_at": at(until),
         "kind": "works", "geometry": LineString(line)}
        for n, (line, since, until) in enumerate(spans)
    ))  # fmt: skip


def gate(*spans: tuple[float, float]) -> list[Any]:
    """The gate at the far corner, open between hours."""
    return [((400.0, 400.0), [(second(a), second(b)) for a, b in spans])]


CASES: dict[str, dict[str, Any]] = {
    "a bridge shut till half past": {"closures": works((BRIDGE, 7, 8.5)), "origins": SOUTH},
    "a closure that ends between two minutes": {
        "closures": works((BRIDGE, 7, 8.5 + 37 / 3600)), "origins": SOUTH},
    "two closures that end four minutes apart": {
        "closures": works((BRIDGE, 7, 8.5), (DOOR, 7, 8.5 + 4 / 60)), "origins": SOUTH},
    "the first of two ends is what counts": {
        "closures": works((BRIDGE, 7, 8.5), ([(0, 110), (0, 190)], 7, 8.5 + 4 / 60)),
        "origins": SOUTH},
    "many ends in a row": {
        "closures": works((BRIDGE, 7, 8.5), *(([(x, 110), (x, 190)], 7, 8.5 + n / 30)
                                              for n, x in enumerate((0, 200, 300, 400)))),
        "origins": SOUTH},
    "a gate that opens between two minutes": {"gates": gate((8.7 + 20 / 3600, 12))},
    "a gate open for some seconds alone": {"gates": gate((8.5, 8.5 + 10 / 3600), (11, 12))},
    "a bridge that opens while the gate is shut": {
        "closures": works((BRIDGE, 7, 8.5)), "origins": SOUTH, "gates": gate((6, 7.5), (8.9, 9))},
    "a bridge that shuts again at once": {
        "closures": works((BRIDGE, 7, 8.5), (BRIDGE, 8.5 + 5 / 3600, 9)), "origins": SOUTH},
    "a hold between two closures": {
        "closures": works((BRIDGE, 8, 8.6), (DOOR, 7, 8.4)), "origins": SOUTH,
        "rest": [(200.0, 200.0)], "hour": 8 + 20 / 60},
    "no hold between two closures": {
        "closures": works((BRIDGE, 8, 8.6), (DOOR, 7, 8.4)), "origins": SOUTH,
        "hour": 8 + 20 / 60},
    "two origins that open at different times": {
        "closures": works((BRIDGE, 7, 9), (DOOR, 7, 8.25)),
        "origins": [*SOUTH, (0.0, 0.0)]},
    "nothing all day": {"closures": works((BRIDGE, 7, 40)), "origins": SOUTH},
}  # fmt: skip


def minute_by_minute(problem: Problem, until: int) -> dict[int, int]:
    """The first minute with a plan, by asking for every one."""
    found: dict[int, int] = {}
    for minute in range(problem.arrive // MINUTE * MINUTE + MINUTE, until, MINUTE):
        asked = problem.at(minute)
        for origin, way in zip(asked.origins, primary_ways(asked, asked.free_tree().cost),
                               strict=True):  # fmt: skip
            if way is not None:
                found.setdefault(int(origin), minute)
    return found


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_minute_told_is_the_first_that_has_a_plan(case: dict[str, Any]) -> None:
    problem = ask(**case)
    ways = primary_ways(problem, problem.free_tree().cost)
    closed = [int(o) for o, way in zip(problem.origins, ways, strict=True) if way is None]
    assert closed, "the case is about origins without a way"
    told = earliest_arrivals(problem, closed)
    by_hand = minute_by_minute(problem, second(9.5))
    assert {o: m for o, m in told.items() if m < second(9.5)} == {
        o: m for o, m in by_hand.items() if o in closed
    }


@pytest.mark.parametrize("end", [8.2, 8.31, 8.475])
def test_a_crowd_that_leaves_is_left_to_the_minute(end: float) -> None:
    crowd = zone(LineString(DOOR), size_low=200, size_high=300, ends_at=at(end))
    problem = ask(crowd)
    told = earliest_arrivals(problem, problem.origins.tolist())
    assert told == minute_by_minute(problem, second(9.5))
    assert told


def test_the_roads_are_those_of_the_hour_of_the_later_arrival() -> None:
    """Twice as slow later: a way that is 80 s long takes 160 s."""
    problem = ask(closures=works((BRIDGE, 7, 8.5)), origins=SOUTH)
    slow = problem.graph.with_times(2 * problem.graph.time)

    def later(minute: int) -> Problem:
        return replace(problem.at(minute), graph=slow)

    told = earliest_arrivals(problem, problem.origins.tolist(), later)
    assert told == minute_by_minute(replace(problem, graph=slow), second(9.5))
    assert told != earliest_arrivals(problem, problem.origins.tolist())


# --- driving round instead of waiting --------------------------------------------------------

#  (0,100) --- (100,100)      Far is shut from 07:54 on, Near before 08:00: between them
#        \       |            one may drive round the block for six minutes, or hold where
#  o ----- (100,0) ----- (200,0) ----- gate     a site allows it.
#    Far           Near           Gate
ROUND = [
    ((0.0, 0.0), (100.0, 0.0), "Far"), ((100.0, 0.0), (200.0, 0.0), "Near"),
    ((200.0, 0.0), (300.0, 0.0), "Gate"), ((100.0, 0.0), (100.0, 100.0), "Block"),
    ((100.0, 100.0), (0.0, 100.0), "Block"), ((0.0, 100.0), (100.0, 0.0), "Block"),
]  # fmt: skip
BETWEEN = {
    "network": make_network(ROUND), "gates": [((300.0, 0.0), [(0, 86400)])], "hour": 8 + 1 / 60,
    "closures": works(([(110, 0), (190, 0)], 6, 8), ([(10, 0), (90, 0)], 7.9, 9)),
}  # fmt: skip


def test_the_cost_alone_would_drive_round_the_block() -> None:
    """A second driven costs what a second waited does: J holds such a plan, it is not shown."""
    problem = ask(**BETWEEN)
    to_go = problem.free_tree().cost
    found = exact_way(
        problem.graph, problem.clock, problem.gates(), problem.arrive, int(problem.origins[0]),
        bound=Bound(to_go, 3600.0), risk_aversion=problem.risk_aversion,
    )  # fmt: skip
    round_ = walk(problem, found.arcs, found.entered, arrive=found.arrive, proven=True)
    assert np.unique(round_.arcs).size < round_.arcs.size
    assert circles(problem, round_)


def test_nobody_drives_round_the_block_until_a_road_opens() -> None:
    problem = ask(**BETWEEN)
    (found,) = answer_all(problem, problem.free_tree().cost)
    assert found.routes == ()
    # Far opens again at nine, 30 s from the gate.
    assert found.opens == second(9) + 60


def test_where_one_may_hold_one_holds() -> None:
    problem = ask(**BETWEEN, rest=[(100.0, 0.0)])
    (found,) = answer_all(problem, problem.free_tree().cost)
    assert found.routes[0].wait_s.tolist() == [second(8) - second(7.9), 0, 0]
    assert not circles(problem, found.routes[0])


def test_a_loop_that_a_forbidden_turn_asks_for_is_no_circling() -> None:
    """From Far straight on into Near is forbidden: round the block it is, once."""
    network = make_network(ROUND)
    turn_s = network.turn_s.copy()
    # Movements by the arc driven onto, then the arc come from, as the kernels read them.
    made = make_graph(network)
    turn_s[made.row[2] + made.entry[0]] = BARRED
    problem = ask(network=replace(network, turn_s=turn_s), gates=[((300.0, 0.0), [(0, 86400)])])
    (way,) = primary_ways(problem, problem.free_tree().cost)
    heads = problem.network.head[way.arcs]
    assert np.unique(heads).size < heads.size, "it passes the junction twice"
    assert not circles(problem, way)
