"""Ways out of every gate at every time of leaving of a day, equal intervals solved once.

One departure-time tree a gate and slot answers every place to leave for. A slot is the same as
another when the same risk and closures hold at the same moments after it, at the same seconds of
the hour. The tables are those of arrivals: times count back from the slot, so that after it they
are below 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.outward import departure_tree, earliest_entry, trace_all
from planner.routes.day_sheet import (
    ARRIVE,
    COLUMNS,
    COST,
    DEPART,
    EXPOSURE,
    RISK,
    Sheet,
    Slot,
    Ways,
    at_slot,
)
from planner.routes.states import States

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.network.outward import Outward
    from planner.routes.problem import Known, Problem, Span
    from planner.routes.states import View

    Say = Callable[[int, int], object]


class Doors(NamedTuple):
    """The gates one leaves by: int32[g] nodes, -1 for none; their open intervals, in seconds."""

    node: NDArray[np.int32]
    openings: Sequence[Sequence[Span]]


class _Seen(NamedTuple):
    """Ways found before, with how long after the slot they depend on what holds."""

    reach: int
    view: View
    ways: Ways


def leave_sheet(
    problem: Problem, slots: Sequence[Slot], hours: Sequence[Known], doors: Doors,
    *, say: Say | None = None,
) -> Sheet:  # fmt: skip
    """Return the ways out of every gate to every end, left at every slot.

    Parameters
    ----------
    problem
        The question turned round: its origins are the gates, its gates the ends of ways.
    slots
        Times of leaving, ascending, within the span of the problem's field.
    hours
        Roads at each hour the slots refer to.
    doors
        The gates; ``values[g]`` is of the g-th.
    say
        Called with (done, all) after each gate and slot; what it raises ends the work.
    """
    states = States.of(problem.field)
    n_gates, n_slots = len(doors.node), len(slots)
    values = np.zeros((n_gates, len(problem.gate_nodes), n_slots, len(COLUMNS)))
    values[..., COST] = np.inf
    near = np.zeros((n_gates, n_slots), bool)
    is_open = np.zeros((n_gates, n_slots), bool)
    trees = np.zeros(n_gates, np.int64)
    table: list[tuple[Ways | None, ...]] = []
    for gate in range(n_gates):
        known: dict[int, list[_Seen]] = {}
        row: list[Ways | None] = []
        for s, slot in enumerate(slots):
            shuts = _shuts(doors, gate, slot.arrive)
            is_open[gate, s] = shuts is not None
            ways = None
            if shuts is not None:
                seen, fresh = _ways(at_slot(problem, slot, hours), int(doors.node[gate]),
                                    states, known.setdefault(slot.hour, []))  # fmt: skip
                ways, trees[gate] = seen.ways, trees[gate] + fresh
                near[gate, s] = seen.view.risk_changes
                values[gate, :, s] = ways.row
                # Whoever waits within for a road to open must still be let out.
                values[gate, slot.arrive - ways.row[:, DEPART] >= shuts, s, COST] = np.inf
            row.append(ways)
            if say is not None:
                say(gate * n_slots + s + 1, n_gates * n_slots)
        table.append(tuple(row))
    source = np.broadcast_to(np.arange(n_slots, dtype=np.int32), values.shape[:3]).copy()
    return Sheet(problem, tuple(slots), tuple(hours), values, source, tuple(table), is_open, near,
                 trees, out=True)  # fmt: skip


def _shuts(doors: Doors, gate: int, second: int) -> int | None:
    """Return when a gate that is open at a second shuts; None where it is shut or on no road."""
    if doors.node[gate] < 0:
        return None
    return next((until for since, until in doors.openings[gate] if since <= second < until), None)


def _ways(problem: Problem, door: int, states: States, known: list[_Seen]) -> tuple[_Seen, bool]:
    """Return a slot's ways out of a gate, whether a tree was grown for them."""
    for seen in known:
        if states.view(problem.arrive + seen.reach, seen.reach) == seen.view:
            return seen, False
    ways = ways_out(problem, door)
    cost = ways.row[:, COST]
    # Whoever finds no way has looked ahead over all the time there is.
    whole = int(problem.field.breaks[-1]) - problem.arrive if np.isinf(cost).any() else 0
    reach = max(int(np.ceil(cost[np.isfinite(cost)].max(initial=0.0))), whole, 0)
    known.append(_Seen(reach, states.view(problem.arrive + reach, reach), ways))
    return known[-1], True


def ways_out(problem: Problem, door: int) -> Ways:
    """Return the way from a gate's node to every end, from a tree of its own.

    Whoever would wait within for longer than an arrival may be early does not leave at that time.
    """
    problem = problem.avoiding(_shut_at_first(problem, door))
    tree = departure_tree(
        problem.graph, problem.clock, np.array([door]), problem.arrive,
        risk_aversion=problem.risk_aversion, penalty=problem.factor,
    )  # fmt: skip
    return _trace(problem, tree)


def _shut_at_first(problem: Problem, door: int) -> NDArray[np.int32]:
    """Return the arcs out of a gate's node that open too late for one to begin with them."""
    graph, latest = problem.graph, problem.arrive + problem.early
    arcs = graph.out_arcs[graph.out_start[door] : graph.out_start[door + 1]]
    late = [earliest_entry(int(a), problem.arrive, int(graph.time[a]), problem.clock) > latest
            for a in arcs]  # fmt: skip
    found: NDArray[np.int32] = arcs[np.array(late, bool)]
    return found


def _trace(problem: Problem, tree: Outward) -> Ways:
    """Return the way to every end in a tree."""
    last = np.array([_last(problem, tree, node) for node in problem.gate_nodes.tolist()], np.int64)
    start, arcs = trace_all(tree, last)
    entered = tree.entered[arcs]
    owner = np.repeat(np.arange(len(last)), np.diff(start))
    secs = tree.until[arcs] - entered
    risk = problem.field.on_entry(arcs, entered)
    row = np.zeros((len(last), len(COLUMNS)))
    row[:, COST] = np.inf
    there = last >= 0
    row[there, COST] = tree.cost[last[there]]
    row[there, DEPART] = problem.arrive - entered[start[:-1][there]]
    row[there, ARRIVE] = problem.arrive - tree.until[last[there]]
    row[:, EXPOSURE] = np.bincount(owner, secs * risk, len(last))
    np.maximum.at(row[:, RISK], owner, risk)
    return Ways(start, arcs, problem.arrive - entered, row)


def _last(problem: Problem, tree: Outward, node: int) -> int:
    """Return the arc by which one reaches a node cheapest, the sooner of equal ones; -1 for none."""
    graph = problem.graph
    arcs = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
    if node < 0 or not len(arcs) or not np.isfinite(tree.cost[arcs]).any():
        return -1
    return int(arcs[np.lexsort((arcs, tree.until[arcs], tree.cost[arcs]))[0]])
