"""A day of leaving the toy town's gates: equal times solved once, each by the definition."""

from __future__ import annotations

import heapq
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString

from planner.network.moves import BARRED
from planner.routes.day_sheet import ARRIVE, COST, DEPART, EXPOSURE, RISK, Sheet, Slot
from planner.routes.leave_sheet import Doors, leave_sheet
from planner.routes.problem import Known
from tests.routes.asking import ask
from tests.routes.test_day_sheet import AGEING, CROWD, MARCH, STREET_2, WORKS
from tests.town import at, second, zone

if TYPE_CHECKING:
    from planner.routes.problem import Problem

QUARTER_S = 900
GATES = [((400.0, 400.0), [(0, 86400)]), ((0.0, 400.0), [(second(6), second(20))])]
ENDS = [(0.0, 0.0), (400.0, 0.0), (200.0, -100.0)]
LONGEST_S = 300
"""Costs above this are not looked for by the definition."""


def leaving(problem: Problem, since: float = 5.0, until: float = 13.0, **more: Any) -> Sheet:
    """The quarters between two hours, all at one hour's seconds."""
    slots = [Slot(s, 0) for s in range(second(since), second(until), QUARTER_S)]
    whole = ((-(1 << 40), 1 << 40),)
    doors = Doors(problem.gate_nodes, problem.openings)
    turned = replace(
        problem, origins=problem.gate_nodes, gate_nodes=problem.origins,
        gate_arcs=np.full(len(problem.origins), -1, np.int32),
        openings=(whole,) * len(problem.origins),
    )  # fmt: skip
    return leave_sheet(turned, slots, [Known(problem.graph, problem.roads)], doors, **more)


def least(problem: Problem, door: int, depart: int) -> dict[int, float]:
    """Return the least cost of getting from a door to every end, straight from the definition.

    C(door, depart) = 0; before the first arc one may wait, at one a second; an arc, its turn
    included, costs its seconds times (1 + lambda r at its entry), and is open all along.
    """
    graph, field = problem.graph, problem.field
    ends = {int(node): np.inf for node in problem.gate_nodes}
    shut = [field.shut[a:b].tolist() for a, b in zip(field.shut_start[:-1], field.shut_start[1:],
                                                     strict=True)]  # fmt: skip
    seen: set[tuple[int, int]] = set()
    queue = [(0.0, depart, -1)]
    while queue:
        cost, t, last = heapq.heappop(queue)
        if cost > LONGEST_S or np.isfinite(list(ends.values())).all():
            break
        if (last, t) in seen:
            continue
        seen.add((last, t))
        node = door if last < 0 else int(graph.head[last])
        if last >= 0 and node in ends:
            ends[node] = min(ends[node], cost)
        if last < 0:
            heapq.heappush(queue, (cost + 1, t + 1, -1))
        for arc in graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]].tolist():
            turn = int(graph.turn[graph.row[arc] + graph.entry[last]]) if last >= 0 else 0
            secs = int(graph.time[arc]) + turn
            if turn == BARRED or any(t < b and t + secs > a for a, b in shut[arc]):
                continue
            risk = float(field.on_entry(np.array([arc], np.int32), np.array([t]))[0])
            dear = (1 + problem.risk_aversion * risk) * float(problem.factor[arc])
            heapq.heappush(queue, (cost + secs * dear, t + secs, arc))
    return ends


CASES: list[Any] = [
    pytest.param({}, True, id="calm"), pytest.param({"zones": [CROWD]}, True, id="crowd"),
    pytest.param({"closures": WORKS}, True, id="works"),
    pytest.param({"zones": [MARCH]}, False, id="march"),
    pytest.param({"zones": [AGEING, MARCH]}, False, id="ageing"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "exact"), CASES)
def test_each_time_of_leaving_is_told_what_the_definition_holds(
    case: dict[str, Any], exact: bool
) -> None:
    """Equal where no risk changes during the drive, never better where it does."""
    problem = ask(*case.get("zones", ()), origins=ENDS, gates=GATES[:1],
                  **({"closures": case["closures"]} if "closures" in case else {}))  # fmt: skip
    sheet = leaving(problem, 7.0, 9.5)
    equal = 0
    for s, slot in enumerate(sheet.slots):
        true = least(sheet.problem, int(problem.gate_nodes[0]), slot.arrive)
        for o, end in enumerate(sheet.problem.gate_nodes.tolist()):
            told = sheet.values[0, o, s, COST]
            if told > LONGEST_S:
                assert np.isinf(true[end])
                continue
            assert told >= true[end] - 1e-6
            if not sheet.near[0, s]:
                assert told == pytest.approx(true[end])
                equal += 1
    assert equal >= (15 if exact else 3)


def test_a_way_out_is_the_one_its_figures_are_of_and_begins_at_its_gate() -> None:
    problem = ask(MARCH, origins=ENDS, gates=GATES)
    sheet = leaving(problem)
    for g, o, s in np.ndindex(sheet.values.shape[:3]):
        way, row = sheet.way(g, o, s), sheet.values[g, o, s]
        if way is None:
            assert np.isinf(row[COST])
            continue
        assert sheet.problem.network.tail[way.arcs[0]] == problem.gate_nodes[g]
        assert sheet.problem.network.head[way.arcs[-1]] == problem.origins[o]
        assert sheet.slots[s].arrive - way.depart == row[DEPART] <= 0
        assert sheet.slots[s].arrive - way.arrive == row[ARRIVE] < row[DEPART]
        assert way.exposure_s == pytest.approx(row[EXPOSURE])
        assert way.max_risk == pytest.approx(row[RISK])
        assert way.cost_s - row[DEPART] == pytest.approx(row[COST])


def test_a_calm_day_of_leaving_is_solved_once_for_each_gate() -> None:
    sheet = leaving(ask(origins=ENDS, gates=GATES))
    assert sheet.trees.tolist() == [1, 1]
    assert not sheet.near.any()


def test_a_standing_crowd_is_solved_once_while_it_stands() -> None:
    crowd = zone(STREET_2, source_kind="permit", starts_at=at(7), ends_at=at(11))
    sheet = leaving(ask(crowd, origins=ENDS, gates=GATES[:1]))
    inside = [s for s, slot in enumerate(sheet.slots) if second(7.5) < slot.arrive <= second(10.5)]
    assert len({id(sheet.ways[0][s]) for s in inside}) == 1
    assert sheet.trees[0] < len(sheet.slots) / 2


def test_nobody_leaves_by_a_gate_that_is_shut_at_that_time() -> None:
    """The second gate opens at six, is shut from twenty on: from then there is no way out of it."""
    sheet = leaving(ask(origins=ENDS, gates=GATES), 5.0, 21.0)
    told = {slot.arrive: np.isfinite(row) for slot, row in
            zip(sheet.slots, sheet.values[1, :, :, COST].T, strict=True)}  # fmt: skip
    assert not told[second(5.75)].any()
    assert told[second(6)].all()
    assert told[second(19.75)].all()
    assert not told[second(20)].any()
    assert sheet.open[1].tolist() == [second(6) <= s.arrive < second(20) for s in sheet.slots]


def test_who_waits_within_for_long_or_until_the_gate_is_shut_does_not_leave() -> None:
    """Every street at the gate is shut until 08:30; one gate shuts at 08:20, one never.

    A quarter of an hour may be waited, as an arrival may be so much early: who asks to leave at
    eight is not told a drive of minutes that begins half an hour later.
    """
    from tests.town import closures_frame

    shut = closures_frame(
        {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8.5), "kind": "works",
         "geometry": LineString([(370, 400), (400, 400), (400, 370)])}
    )  # fmt: skip
    here = [((400.0, 400.0), [(0, second(8.3))])]
    open_all_day = [((400.0, 400.0), [(0, 86400)])]
    sheets = [leaving(ask(closures=shut, origins=ENDS, gates=gates), 8.0, 8.6)
              for gates in (here, open_all_day)]  # fmt: skip
    told = [sheet.values[0, :, :, COST] for sheet in sheets]
    assert np.isinf(told[0]).all()
    assert np.isinf(told[1][:, 0]).all()
    assert np.isfinite(told[1][:, 1:]).all()
    assert (sheets[1].values[0, :, 1, DEPART] == -QUARTER_S).all()
    assert (sheets[1].values[0, :, 2, DEPART] == 0).all()


def test_who_may_not_wait_for_the_near_road_leaves_by_another_that_is_open() -> None:
    """The street to the west opens ten seconds past eight: sooner than the way round takes."""
    from tests.town import closures_frame

    shut = closures_frame(
        {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8 + 10 / 3600), "kind": "works",
         "geometry": LineString([(370, 400), (400, 400)])}
    )  # fmt: skip
    problem = ask(closures=shut, origins=[(0.0, 400.0)], gates=GATES[:1])
    patient, prompt = (
        leaving(replace(problem, early=s), 8.0, 8.2).values[0, 0, 0] for s in (60, 5)
    )
    assert (patient[DEPART], prompt[DEPART]) == (-10, 0)
    assert patient[COST] < prompt[COST] < np.inf


def test_an_end_on_no_road_is_never_reached() -> None:
    problem = ask(origins=ENDS, gates=GATES[:1])
    off = replace(problem, origins=np.array([problem.origins[0], -1], np.int32))
    sheet = leaving(off)
    assert np.isfinite(sheet.values[0, 0, :, COST]).all()
    assert np.isinf(sheet.values[0, 1, :, COST]).all()
