"""Ways to every gate at every arrival time of a day, equal intervals solved once.

One reverse arrival-time tree a gate and slot answers every origin. A slot is the same as another
when, seen from its arrival, the same risk and closures hold at the same moments of the drive, at
the same seconds of the hour: its ways are the other's, moved in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.routes.follow import tree_ways
from planner.routes.states import States
from planner.routes.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.network.search import Tree
    from planner.routes.problem import Known, Problem
    from planner.routes.states import View

    Say = Callable[[int, int], object]


class Slot(NamedTuple):
    """One arrival time: its second, and the number of its hour among those given."""

    arrive: int
    hour: int


class Ways(NamedTuple):
    """The way of every origin in one tree, `k` arcs in all.

    Attributes
    ----------
    start
        int64[o + 1]; origin `i` drives ``arcs[start[i]:start[i + 1]]``, none where equal.
    arcs, entered
        int32[k], int64[k]; arcs in driving order, seconds of entry before the arrival.
    row
        float64[o, 5]; columns of ``Sheet`` in the order of ``COLUMNS``, times before the arrival.
    """

    start: NDArray[np.int64]
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    row: NDArray[np.float64]


COLUMNS = ("cost_s", "depart_s", "arrive_s", "exposure_s", "max_risk")
COST, DEPART, ARRIVE, EXPOSURE, RISK = range(len(COLUMNS))


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A day of `s` slots for `g` gates and `o` origins.

    Attributes
    ----------
    slots
        The arrival times, ascending.
    values
        float64[g, o, s, 5]; ``COLUMNS``: cost, inf where there is no way; seconds before the
        slot at which one departs and arrives; seconds driven, each weighted by its risk; highest risk.
    source
        int32[g, o, s]; slot whose tree holds the way: this one, or one just before it when
        arriving early is better.
    ways
        For each gate the ways by slot, None where the gate is shut.
    open
        bool[g, s]; whether the gate is open at some second of the arrival window.
    near
        bool[g, s]; risk changes during the drive: the ways are near-optimal, else optimal.
    trees
        int64[g]; trees grown.
    out
        Whether one leaves the gates at the slots: times count back from them too, below 0 after
        them; the problem's origins are then the gates.
    """

    problem: Problem
    slots: tuple[Slot, ...]
    hours: tuple[Known, ...]
    values: NDArray[np.float64]
    source: NDArray[np.int32]
    ways: tuple[tuple[Ways | None, ...], ...]
    open: NDArray[np.bool_]
    near: NDArray[np.bool_]
    trees: NDArray[np.int64]
    out: bool = False

    def at(self, slot: int) -> Problem:
        """Return the question of one slot, at the seconds of its hour."""
        return at_slot(self.problem, self.slots[slot], self.hours)

    def best(self) -> NDArray[np.int32]:
        """Return int32[o, s]: the cheapest gate, the later departure among equals, -1 for none."""
        cost, depart = self.values[..., COST], self.values[..., DEPART]
        if not len(cost):
            return np.full(cost.shape[1:], -1, np.int32)
        least = cost.min(axis=0)
        tied = np.where(cost == least, depart, np.inf)
        return np.where(np.isfinite(least), tied.argmin(axis=0), -1).astype(np.int32)

    def way(self, gate: int, origin: int, slot: int) -> Walk | None:
        """Return the way of an origin to a gate for a slot, priced anew; None where there is none."""
        from_slot = int(self.source[gate, origin, slot])
        found = self.ways[gate][from_slot]
        if found is None or not np.isfinite(self.values[gate, origin, slot, COST]):
            return None
        part = slice(found.start[origin], found.start[origin + 1])
        then = self.slots[from_slot].arrive
        arrive = then - int(found.row[origin, ARRIVE])
        # Whoever leaves is asked to arrive when they do.
        asked = self.at(slot).at(arrive) if self.out else self.at(slot)
        return walk(asked, found.arcs[part], then - found.entered[part],
                    arrive=arrive, proven=False)  # fmt: skip


@dataclass(slots=True)
class _Solved:
    """Ways found for one gate before, by hour and opening, with what their drives saw."""

    by_key: dict[tuple[int, tuple[tuple[int, int], ...]], list[tuple[int, View, Ways]]] = field(
        default_factory=dict
    )


def day_sheet(
    problem: Problem, slots: Sequence[Slot], hours: Sequence[Known], *, say: Say | None = None
) -> Sheet:
    """Return the ways of every origin to every gate at every slot.

    Parameters
    ----------
    problem
        The question; its own arrival and hour do not matter.
    slots
        Arrival times, ascending, within the span of the problem's field.
    hours
        Roads at each hour the slots refer to; equal hours are given once.
    say
        Called with (done, all) after each gate and slot; what it raises ends the work.
    """
    states = States.of(problem.field)
    n_gates, n_slots = len(problem.gate_nodes), len(slots)
    shape = (n_gates, len(problem.origins), n_slots)
    values = np.zeros((*shape, len(COLUMNS)))
    values[..., COST] = np.inf
    near = np.zeros((n_gates, n_slots), bool)
    trees = np.zeros(n_gates, np.int64)
    table: list[tuple[Ways | None, ...]] = []
    for gate in range(n_gates):
        solved = _Solved()
        row: list[Ways | None] = []
        for s, slot in enumerate(slots):
            asked = at_slot(problem, slot, hours)
            found = _ways(asked, gate, slot.hour, states, solved)
            if found is not None:
                ways, near[gate, s], fresh = found
                values[gate, :, s] = ways.row
                trees[gate] += fresh
            row.append(None if found is None else ways)
            if say is not None:
                say(gate * n_slots + s + 1, n_gates * n_slots)
        table.append(tuple(row))
    source = _earlier(values, slots, problem.early)
    is_open = np.array([[w is not None for w in row] for row in table], bool)
    return Sheet(problem, tuple(slots), tuple(hours), values, source, tuple(table),
                 is_open.reshape(n_gates, n_slots), near, trees)  # fmt: skip


def at_slot(problem: Problem, slot: Slot, hours: Sequence[Known]) -> Problem:
    """Return a question for another second of arrival, at the seconds of its hour."""
    hour = hours[slot.hour]
    factor = np.ones(hour.graph.n_arcs) if hour.factor is None else hour.factor
    return replace(problem, arrive=slot.arrive, graph=hour.graph, factor=factor)


def _ways(
    problem: Problem, gate: int, hour: int, states: States, solved: _Solved
) -> tuple[Ways, bool, bool] | None:
    """Return a slot's ways to a gate, whether risk changes on them, whether a tree was grown."""
    openings = problem.gates([gate])
    if not len(openings.node) or problem.gate_nodes[gate] < 0:
        return None
    spans = np.stack([openings.since, openings.until], axis=1) - problem.arrive
    known = solved.by_key.setdefault((hour, tuple(map(tuple, spans.tolist()))), [])
    for reach, view, ways in known:
        if states.view(problem.arrive, reach) == view:
            return ways, view.risk_changes, False
    ways = ways_into(problem, gate)
    reach = _reach(problem, states, ways)
    view = states.view(problem.arrive, reach)
    known.append((reach, view, ways))
    return ways, view.risk_changes, True


def ways_into(problem: Problem, gate: int) -> Ways:
    """Return the way of every origin to a gate, from a tree of its own."""
    return _trace(problem, problem.tree([gate]))


def _reach(problem: Problem, states: States, ways: Ways) -> int:
    """Return the seconds before the arrival on which the ways depend."""
    cost = ways.row[:, COST]
    # Whoever finds no way has looked back over all the time there is.
    whole = problem.arrive - states.begins if np.isinf(cost).any() else 0
    return max(int(np.ceil(cost[np.isfinite(cost)].max(initial=0.0))), whole, problem.early)


def _trace(problem: Problem, tree: Tree) -> Ways:
    """Return the way of every origin in a tree."""
    cost, start, arcs, entered, arrive = tree_ways(problem.graph, tree, problem.origins)
    owner = np.repeat(np.arange(len(cost)), np.diff(start))
    secs = problem.graph.time[arcs].astype(np.int64)
    onto = np.flatnonzero(owner[1:] == owner[:-1]) + 1
    secs[onto] += problem.graph.turn[
        problem.graph.row[arcs[onto]] + problem.graph.entry[arcs[onto - 1]]
    ]
    risk = problem.field.on_entry(arcs, entered)
    row = np.zeros((len(cost), len(COLUMNS)))
    there = np.diff(start) > 0
    row[:, COST] = np.where(there, cost, np.inf)
    row[there, DEPART] = problem.arrive - entered[start[:-1][there]]
    row[there, ARRIVE] = problem.arrive - arrive[there]
    row[:, EXPOSURE] = np.bincount(owner, secs * risk, len(cost))
    np.maximum.at(row[:, RISK], owner, risk)
    return Ways(start, arcs, problem.arrive - entered, row)


def _earlier(values: NDArray[np.float64], slots: Sequence[Slot], early: int) -> NDArray[np.int32]:
    """Take the way of a slot just before where arriving that early is better; tell whose it is."""
    own = values.copy()
    source = np.broadcast_to(np.arange(len(slots), dtype=np.int32), values.shape[:3]).copy()
    for s in range(len(slots)):
        for before in range(s - 1, -1, -1):
            gap = slots[s].arrive - slots[before].arrive
            if gap > early or slots[before].hour != slots[s].hour:
                break
            moved = own[:, :, before].copy()
            moved[..., [COST, DEPART, ARRIVE]] += gap
            better = (moved[..., COST] < values[:, :, s, COST]) & (moved[..., ARRIVE] <= early)
            values[:, :, s][better] = moved[better]
            source[:, :, s][better] = before
    return source
