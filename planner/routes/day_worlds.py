"""How often a day's gates and ways stay clear when the reports are wrong."""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.overlay import Certain, State, make_state, state_clock
from planner.network.search import arrival_tree
from planner.routes.checks import way_rows
from planner.routes.day_sheet import COST, DEPART
from planner.routes.ensemble import LONGEST_S, certain_of
from planner.routes.follow import CLEAR, follow_all, tree_ways
from planner.routes.states import States
from planner.routes.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.risk.placed import Item, Placed
    from planner.routes.day_sheet import Sheet
    from planner.routes.problem import Problem

FIRST_S = -(1 << 40)
"""A second before every report: none has aged then."""

TRIED = 4
"""States for which a clear way is looked for before those found are tried in the others."""

KEPT = 24
"""Clear ways to a gate, the latest found, that are tried in the states of other arrivals."""


@dataclass(frozen=True, slots=True, eq=False)
class DayOutcome:
    """What became of a day in `n` worlds.

    Attributes
    ----------
    gate_clear
        bool[g, s, n]; some gateway reaches the gate by a clear way on time.
    told_clear
        bool[o, s, n]; the way told of a gateway, to its best gate, stays clear.
    trees
        Trees grown, by gate.
    """

    n: int
    gate_clear: NDArray[np.bool_]
    told_clear: NDArray[np.bool_]
    trees: NDArray[np.int64]


class _Way(NamedTuple):
    """A clear way, its seconds of entry and arrival before the arrival asked for."""

    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    arrive: int


def day_worlds(
    sheet: Sheet,
    best: NDArray[np.int32],
    placed: Placed,
    *,
    threads: int | None = None,
    say: Callable[[int, int], object] | None = None,
) -> DayOutcome:
    """Return how a day's gates and told ways fare in every world.

    Parameters
    ----------
    sheet
        The day as reported.
    best
        int32[o, s]; gate each gateway is told at each arrival, below 0 for none.
    placed
        Worlds of the same roads and day.
    threads
        Trees grown at once; the machine's cores when None. The answer does not depend on it.
    say
        Called with (done, all) after each arrival; what it raises ends the work.
    """
    run = _Run(sheet, best, placed)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for s in range(len(sheet.slots)):
            run.take(s, pool)
            if say is not None:
                say(s + 1, len(sheet.slots))
    return DayOutcome(placed.worlds.n, run.gate_clear, run.told_clear, run.trees)


class _Run:
    """The arrivals taken so far, and what was found for states like theirs."""

    def __init__(self, sheet: Sheet, best: NDArray[np.int32], placed: Placed) -> None:
        self._sheet, self._best, self._placed = sheet, best, placed
        self._certain: Certain = certain_of(sheet.problem, placed)
        bare = replace(
            sheet.problem.field, row=np.full(sheet.problem.graph.n_arcs, -1, np.int32),
            risk=np.zeros((0, len(sheet.problem.field.breaks) - 1)),
            shut_start=self._certain.shut_start, shut=self._certain.shut,
        )  # fmt: skip
        self._closures = States.of(bare)
        depart = sheet.values[..., DEPART][np.isfinite(sheet.values[..., COST])]
        longest = 2 * int(depart.max(initial=0)) + sheet.problem.early
        self._reach = min(longest, LONGEST_S)
        self._everything = _all_items(placed)
        n = placed.worlds.n
        gates, origins, slots = sheet.values.shape[:3]
        self.gate_clear = np.zeros((gates, slots, n), bool)
        self.told_clear = np.zeros((origins, slots, n), bool)
        self.trees = np.zeros(gates, np.int64)
        self._known: dict[object, bool] = {}
        self._ways: dict[tuple[int, int, bytes], list[_Way]] = defaultdict(list)

    def take(self, slot: int, pool: ThreadPoolExecutor) -> None:
        """Look at one arrival in every world."""
        arrive = self._sheet.slots[slot].arrive
        keys: dict[tuple[Item, ...], int] = {}
        state_of = np.array([
            keys.setdefault(items, len(keys)) for items in self._items(arrive)
        ])  # fmt: skip
        problem = self._sheet.at(slot)
        states = [make_state([(s, arrive + a, arrive + b) for s, a, b in key]) for key in keys]
        for gate in np.flatnonzero(self._sheet.open[:, slot]).tolist():
            told = [self._sheet.way(gate, o, slot) for o in range(len(self._best))]
            ways = [way for way in told if way is not None]
            clear = self._clear(problem, states, ways)
            owners = [o for o, way in enumerate(told) if way is not None]
            for o, row in zip(owners, clear, strict=True):
                if self._best[o, slot] == gate:
                    self.told_clear[o, slot] = row[state_of]
            found = self._gate(
                problem, (gate, slot), list(keys), states, np.logical_or.reduce(clear, axis=0), pool
            )
            self.gate_clear[gate, slot] = found[state_of]

    def _items(self, arrive: int) -> list[tuple[Item, ...]]:
        """Return what is there in each world during the drive, in seconds from the arrival."""
        worlds, low = self._placed.worlds, arrive - self._reach
        there = [draws.there(arrive, worlds.parameters) for draws in worlds.draws]
        found = []
        for world, (shape, since, until, zone) in enumerate(self._everything):
            near = (since <= arrive) & (until > low)
            rows = [i for i in np.flatnonzero(near).tolist() if there[zone[i]][world]]
            found.append(tuple(
                (int(shape[i]), max(int(since[i]) - arrive, -self._reach), min(int(until[i]) - arrive, 1))
                for i in rows
            ))  # fmt: skip
        return found

    def _clear(
        self, problem: Problem, states: Sequence[State], ways: Sequence[Walk]
    ) -> NDArray[np.bool_]:
        rows = [way_rows(problem, way) for way in ways]
        fate, _ = follow_all(self._placed.shapes, self._certain, states, rows, problem.clear_below)
        clear: NDArray[np.bool_] = fate == CLEAR
        return clear

    def _gate(
        self,
        problem: Problem,
        at: tuple[int, int],
        keys: Sequence[tuple[Item, ...]],
        states: Sequence[State],
        clear: NDArray[np.bool_],
        pool: ThreadPoolExecutor,
    ) -> NDArray[np.bool_]:
        """Return in which states some clear way leads to a gate, told ways being tried."""
        gate, hour = at[0], self._sheet.slots[at[1]].hour
        gates = problem.gates([gate])
        spans = np.stack([gates.since, gates.until], axis=1) - problem.arrive
        same = (gate, hour, spans.tobytes())
        about = (*same, self._closures.view(problem.arrive, self._reach))
        found = clear.copy()
        self._try(problem, states, found, self._ways[same])
        left = []
        for i in np.flatnonzero(~found).tolist():
            known = self._known.get((about, keys[i]))
            if known is None:
                left.append(i)
            else:
                found[i] = known
        while left:
            now, left = left[:TRIED], left[TRIED:]
            grown = list(pool.map(lambda i: self._grow(problem, gate, states[i]), now))
            self.trees[gate] += len(now)
            new = [way for way in grown if way is not None]
            for i, way in zip(now, grown, strict=True):
                found[i] = way is not None
                self._known[about, keys[i]] = way is not None
            self._ways[same] = [*self._ways[same], *new][-KEPT:]
            rest = found[left]
            self._try(problem, [states[i] for i in left], rest, new)
            found[left] = rest
            left = [i for i in left if not found[i]]
        return found

    def _try(
        self,
        problem: Problem,
        states: Sequence[State],
        found: NDArray[np.bool_],
        ways: Sequence[_Way],
    ) -> None:
        """Mark the states in which one of some ways is clear."""
        left = np.flatnonzero(~found)
        if len(left) and len(ways):
            walks = [self._walk(problem, way) for way in ways]
            found[left] = self._clear(problem, [states[i] for i in left.tolist()], walks).any(
                axis=0
            )

    def _walk(self, problem: Problem, way: _Way) -> Walk:
        then = problem.arrive
        return walk(problem, way.arcs, then - way.entered, arrive=then - way.arrive, proven=False)

    def _grow(self, problem: Problem, gate: int, state: State) -> _Way | None:
        """Return a clear way to a gate in a state, None where there is none."""
        clock = state_clock(self._placed.shapes, self._certain, state, problem.clear_below)
        tree = arrival_tree(
            problem.graph, clock, problem.gates([gate]), problem.arrive,
            risk_aversion=problem.risk_aversion, penalty=problem.factor,
        )  # fmt: skip
        ways = tree_ways(problem.graph, tree, problem.origins)
        for o in np.argsort(ways.cost, kind="stable").tolist():
            part = slice(ways.start[o], ways.start[o + 1])
            if np.isfinite(ways.cost[o]) and problem.arrive - ways.entered[part][0] <= self._reach:
                then = problem.arrive
                return _Way(ways.arcs[part].copy(), then - ways.entered[part],
                            then - int(ways.arrive[o]))  # fmt: skip
        return None


def _all_items(placed: Placed) -> list[NDArray[np.int64]]:
    """Return what is ever there in each world, int64[4, k]: shape, since, until, zone."""
    begins = sorted((shape, z) for z, of in enumerate(placed.first) for shape in of.values())
    first = np.array([shape for shape, _ in begins], np.int64)
    zone = np.array([z for _, z in begins], np.int64)
    found = []
    # No report is younger than at the first second: whatever is there later is among these.
    for world in range(placed.worlds.n):
        rows = np.array(placed.items(world, FIRST_S), np.int64).reshape(-1, 3).T
        owner = zone[np.searchsorted(first, rows[0], side="right") - 1]
        found.append(np.vstack([rows, owner]))
    return found
