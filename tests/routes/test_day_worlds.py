"""A day in many worlds: each world and arrival is told what a tree of its own says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from planner.network.overlay import state_clock
from planner.network.search import arrival_tree, best_start
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from planner.risk.placed import Placed, place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.day_sheet import Sheet, Slot, day_sheet
from planner.routes.day_worlds import DayOutcome, day_worlds
from planner.routes.ensemble import certain_of
from planner.routes.problem import Known
from tests.routes.asking import ask
from tests.town import at, closures_frame, make_network, risk_of, second, town_streets, zone

TOWN = make_network(town_streets())
GATES = [((400.0, 400.0), [(0, 86400)]), ((0.0, 400.0), [(second(6), second(10))])]
ORIGINS = [(0.0, 0.0), (400.0, 0.0), (200.0, -100.0)]
AT_GATE = zone(Point(400, 390), id="at-gate", size_low=20, size_high=60, position_error_m=40.0)
MARCH = zone(LineString([(0, 200), (400, 200)]), id="march", kind="march",
             starts_at=at(7.9), ends_at=at(8.4))  # fmt: skip
AGEING = zone(Point(0, 300), id="ageing", source_kind="news", observed_at=at(6.5), size_high=900)
WORKS = closures_frame(
    {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8.5), "kind": "works",
     "geometry": LineString([(100, -90), (100, -10)])}
)  # fmt: skip


def day_of(*rows: dict[str, Any], n: int = 12, **more: Any) -> tuple[Sheet, Placed]:
    """Quarters from 06:30 to 11:00, and worlds of the rows."""
    problem = ask(*rows, network=TOWN, origins=ORIGINS, gates=GATES, **more)
    slots = [Slot(s, 0) for s in range(second(6.5), second(11), 900)]
    sheet = day_sheet(problem, slots, [Known(problem.graph, problem.roads)])
    risk = risk_of(TOWN, *rows, **{k: v for k, v in more.items() if k == "closures"})
    worlds = draw_worlds(risk.zones, n, 3, RiskParameters())
    return sheet, place_worlds(worlds, risk, TOWN, Obstacles())


def alone(sheet: Sheet, placed: Placed, gate: int, slot: int, world: int) -> np.ndarray:
    """Whether each origin has a clear way to a gate, by one tree on the world's own clock."""
    problem = sheet.at(slot)
    gates = problem.gates([gate])
    if not len(gates.node):
        return np.zeros(len(problem.origins), bool)
    state = placed.state(world, problem.arrive)
    clock = state_clock(placed.shapes, certain_of(problem, placed), state, problem.clear_below)
    tree = arrival_tree(problem.graph, clock, gates, problem.arrive, risk_aversion=10.0)
    return np.array([best_start(problem.graph, tree, int(o)) >= 0 for o in problem.origins])


@pytest.mark.parametrize("case", [
    {"rows": (AT_GATE,)}, {"rows": (MARCH,)}, {"rows": (AT_GATE, AGEING, MARCH)},
    {"rows": (AT_GATE,), "closures": WORKS},
], ids=["crowd at a gate", "march", "three zones", "crowd and works"])  # fmt: skip
def test_each_world_is_told_what_a_tree_of_its_own_finds(case: dict[str, Any]) -> None:
    case = dict(case)
    sheet, placed = day_of(*case.pop("rows"), **case)
    outcome = day_worlds(sheet, placed)
    assert outcome.clear.any()
    assert not outcome.clear.all()
    exact = 0
    for g, s, w in np.ndindex(len(GATES), len(sheet.slots), placed.worlds.n):
        told, ever = outcome.clear[g, :, s, w], outcome.ever[g]
        lone = alone(sheet, placed, g, s, w)
        # A way told may be one that arrives a quarter early, before something shuts.
        early = alone(sheet, placed, g, s - 1, w) if s else lone
        assert (told | ~ever >= lone).all()
        assert (told <= lone | early).all()
        exact += np.array_equal(told & ever, lone & ever)
    assert exact > 0.95 * outcome.clear[:, 0].size


def test_a_quiet_day_grows_no_tree_and_is_clear_while_gates_are_open() -> None:
    """The worlds' zone is on another day."""
    sheet, placed = day_of(
        AT_GATE | {"starts_at": at(20), "ends_at": at(22), "observed_at": at(20)}
    )
    outcome = day_worlds(sheet, placed)
    assert outcome.trees.tolist() == [0, 0]
    for g, s in np.ndindex(sheet.open.shape):
        assert outcome.clear[g, :, s].all() == sheet.open[g, s]


def test_worlds_that_are_alike_are_looked_at_once() -> None:
    """A crowd of which only its being there is in doubt makes two states, however many worlds."""
    sure = {"position_error_m": 0.0, "size_high": 20, "time_precision_min": 0.0}
    few, many = (day_worlds(*day_of(AT_GATE | sure, n=n)).trees.sum() for n in (10, 120))
    assert 0 < few <= many <= few + 2


def same(a: DayOutcome, b: DayOutcome) -> bool:
    return a.clear.tobytes() == b.clear.tobytes() and a.trees.tolist() == b.trees.tolist()


def test_threads_change_nothing_and_neither_does_asking_twice() -> None:
    sheet, placed = day_of(AT_GATE, MARCH)
    one, seven = (day_worlds(sheet, placed, threads=k) for k in (1, 7))
    assert same(one, seven)
    again = day_worlds(*day_of(AT_GATE, MARCH))
    assert same(one, again)


def test_what_progress_raises_ends_the_work() -> None:
    seen: list[tuple[int, int]] = []

    def stop(done: int, of: int) -> None:
        seen.append((done, of))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        day_worlds(*day_of(AT_GATE), say=stop)
    assert seen == [(1, 18)]
