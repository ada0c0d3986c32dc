"""A day of arrivals in the toy town: equal ones solved once, each as if solved alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString

from planner.routes.day_sheet import ARRIVE, COST, DEPART, EXPOSURE, RISK, Sheet, Slot, day_sheet
from planner.routes.primary import tree_way
from planner.routes.problem import Known
from planner.routes.states import States
from tests.routes.asking import ask
from tests.town import at, closures_frame, second, zone

if TYPE_CHECKING:
    from planner.routes.problem import Problem

QUARTER_S = 900
STREET_2 = LineString([(100, 200), (300, 200)])
GATES = [((400.0, 400.0), [(0, 86400)]), ((0.0, 400.0), [(second(6), second(20))])]
ORIGINS = [(0.0, 0.0), (400.0, 0.0), (200.0, -100.0)]


def day_of(problem: Problem, since: float = 5.0, until: float = 13.0, **more: Any) -> Sheet:
    """The quarters between two hours, all at one hour's seconds."""
    slots = [Slot(s, 0) for s in range(second(since), second(until), QUARTER_S)]
    return day_sheet(problem, slots, [Known(problem.graph, problem.roads)], **more)


def alone(problem: Problem, sheet: Sheet, gate: int, origin: int, slot: int) -> Any:
    """The best way over the slot's own tree and that of the quarter before."""
    found = []
    for before in (0, 1):
        if slot >= before:
            asked = problem.at(sheet.slots[slot].arrive)
            tree = asked.at(asked.arrive - before * QUARTER_S).tree([gate])
            way = tree_way(
                asked.at(asked.arrive - before * QUARTER_S), tree, int(problem.origins[origin])
            )
            if way is not None and asked.arrive - way.arrive <= asked.early:
                found.append((way.cost_s + before * QUARTER_S, way))
    return min(found, key=lambda pair: pair[0], default=None)


MARCH = zone(LineString([(0, 200), (400, 200)]), kind="march", starts_at=at(7.9), ends_at=at(8.4))
CROWD = zone(STREET_2)
AGEING = zone(STREET_2, source_kind="news", observed_at=at(6.5))
WORKS = closures_frame(
    {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8.5), "kind": "works",
     "geometry": LineString([(100, -90), (100, -10)])}
)  # fmt: skip


@pytest.mark.parametrize("case", [
    {}, {"zones": [CROWD]}, {"zones": [MARCH]}, {"zones": [AGEING, MARCH]}, {"closures": WORKS},
    {"zones": [CROWD], "closures": WORKS, "rest": [(100.0, 0.0)]},
], ids=["calm", "crowd", "march", "ageing", "works", "works with a place to wait"])  # fmt: skip
def test_each_slot_is_told_what_a_tree_of_its_own_holds(case: dict[str, Any]) -> None:
    problem = ask(*case.pop("zones", ()), origins=ORIGINS, gates=GATES, **case)
    sheet = day_of(problem)
    for g, o, s in np.ndindex(sheet.values.shape[:3]):
        lone = alone(problem, sheet, g, o, s)
        row = sheet.values[g, o, s]
        if lone is None:
            assert np.isinf(row[COST])
            assert sheet.way(g, o, s) is None
            continue
        cost, way = lone
        assert row[COST] == pytest.approx(cost)
        assert row[DEPART] - row[ARRIVE] == way.arrive - way.depart
        assert row[EXPOSURE] == pytest.approx(way.exposure_s)
        assert row[RISK] == pytest.approx(way.max_risk)


def test_a_way_is_the_one_its_figures_are_of() -> None:
    problem = ask(MARCH, origins=ORIGINS, gates=GATES)
    sheet = day_of(problem)
    for g, o, s in np.ndindex(sheet.values.shape[:3]):
        way, row = sheet.way(g, o, s), sheet.values[g, o, s]
        if way is not None:
            assert way.gate == g
            assert way.cost_s == pytest.approx(row[COST])
            assert sheet.slots[s].arrive - way.depart == row[DEPART]
            assert way.max_risk == pytest.approx(row[RISK])


def test_a_calm_day_is_solved_once_for_each_gate_and_opening() -> None:
    """The second gate opens at six: one tree for a part of the window, one for the whole."""
    sheet = day_of(ask(origins=ORIGINS, gates=GATES))
    assert sheet.trees.tolist() == [1, 2]
    assert not sheet.near.any()
    assert sheet.open[:, 0].tolist() == [True, False]


def test_a_standing_crowd_is_solved_once_while_it_stands() -> None:
    """Permits do not age: between the soft edges one state holds."""
    crowd = zone(STREET_2, source_kind="permit", starts_at=at(7), ends_at=at(11))
    sheet = day_of(ask(crowd, origins=ORIGINS, gates=GATES[:1]))
    inside = [s for s, slot in enumerate(sheet.slots) if second(7.5) < slot.arrive <= second(10.5)]
    assert len({id(sheet.ways[0][s]) for s in inside}) == 1
    assert not sheet.near[0, inside].any()
    assert sheet.near[0].any()
    assert sheet.trees[0] < len(sheet.slots) / 2


def test_hours_with_other_seconds_are_not_the_same() -> None:
    problem = ask(origins=ORIGINS, gates=GATES[:1])
    slow = problem.graph.with_times(problem.graph.time * 2)
    slots = [Slot(second(8), 0), Slot(second(9), 1), Slot(second(10), 0)]
    sheet = day_sheet(
        problem, slots, [Known(problem.graph, problem.roads), Known(slow, problem.roads)]
    )
    minutes = sheet.values[0, 0, :, DEPART]
    assert minutes.tolist() == [80, 160, 80]
    assert sheet.trees[0] == 2


def test_a_gate_that_shuts_is_reached_early_for_a_quarter() -> None:
    problem = ask(gates=[((400.0, 400.0), [(0, second(8))])])
    sheet = day_of(problem, 7.5, 9.0)
    told = {slot.arrive: row for slot, row in zip(sheet.slots, sheet.values[0, 0], strict=True)}
    assert told[second(8)][ARRIVE] == 1
    assert np.isinf(told[second(8.25) + QUARTER_S][COST])
    assert np.isinf(told[second(8.5)][COST])


def test_best_gate_is_the_cheapest_and_none_where_all_are_shut() -> None:
    gates = [((400.0, 400.0), [(second(9), second(10))]), ((400.0, 0.0), [(second(7), second(12))])]
    sheet = day_of(ask(gates=gates), 6.0, 11.0)
    best = dict(zip((slot.arrive for slot in sheet.slots), sheet.best()[0].tolist(), strict=True))
    assert best[second(6.5)] == -1
    assert best[second(8)] == 1
    assert best[second(9.5)] == 1


def test_without_gates_no_way_is_told() -> None:
    assert (day_of(ask(gates=[])).best() == -1).all()


def test_progress_counts_to_the_end_and_what_it_raises_ends_the_work() -> None:
    seen: list[tuple[int, int]] = []
    problem = ask(origins=ORIGINS, gates=GATES)
    day_of(problem, say=lambda done, of: seen.append((done, of)))
    assert seen == [(i + 1, 64) for i in range(64)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        day_of(problem, say=stop)


def test_equal_states_have_equal_numbers_before_and_after_a_closure() -> None:
    states = States.of(ask(closures=WORKS).field)
    before, during, after = (states.view(second(h), 600) for h in (6.9, 8.0, 9.0))
    assert before.steps == after.steps
    assert before.steps != during.steps
    assert not during.risk_changes


def test_a_view_holds_what_changes_within_its_reach_only() -> None:
    """The works end at 08:30: seen from 08:40 five minutes back, they are over."""
    states = States.of(ask(closures=WORKS).field)
    arrive = second(8.5) + 600
    assert states.view(arrive, 300) == states.view(second(12), 300)
    assert len(states.view(arrive, 1200).steps) == 2
