"""Whence a day's gates are reached by a clear way when the reports are wrong."""

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

KEPT = 48
"""Clear ways to a gate, the latest found, that are tried in the states of other arrivals."""


@dataclass(frozen=True, slots=True, eq=False)
class DayOutcome:
    """What became of a day in `n` worlds.

    Attributes
    ----------
    ever
        bool[g, o]; the gateway reaches the gate at some arrival of the day, as reported.
    clear
        bool[g, o, s, n]; a clear way leads from the gateway to the gate on time. Ways that must be
        there early are found among those told only, so that it may be too few, never too many.
    trees
        int64[g]; trees grown.
    """

    n: int
    ever: NDArray[np.bool_]
    clear: NDArray[np.bool_]
    trees: NDArray[np.int64]


class _Way(NamedTuple):
    """A clear way of an origin, its seconds before the arrival asked for."""

    origin: int
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    arrive: int


class _Asked(NamedTuple):
    """One gate at one arrival: what equal questions have in common, the states it is asked in."""

    problem: Problem
    gate: int
    same: tuple[object, ...]
    keys: Sequence[tuple[Item, ...]]
    states: Sequence[State]


def day_worlds(
    sheet: Sheet,
    placed: Placed,
    *,
    threads: int | None = None,
    say: Callable[[int, int], object] | None = None,
) -> DayOutcome:
    """Return whence each gate is reached by a clear way, at every arrival in every world.

    Parameters
    ----------
    sheet
        The day as reported.
    placed
        Worlds of the same roads and day.
    threads
        Trees grown at once; the machine's cores when None. The answer does not depend on it.
    say
        Called with (done, all) after each arrival; what it raises ends the work.
    """
    run = _Run(sheet, placed)
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for s in range(len(sheet.slots)):
            run.take(s, pool)
            if say is not None:
                say(s + 1, len(sheet.slots))
    return DayOutcome(placed.worlds.n, run.ever, run.clear, run.trees)


class _Run:
    """The arrivals taken so far, and what was found for states like theirs."""

    def __init__(self, sheet: Sheet, placed: Placed) -> None:
        self._sheet, self._placed = sheet, placed
        self._certain: Certain = certain_of(sheet.problem, placed)
        bare = replace(
            sheet.problem.field, row=np.full(sheet.problem.graph.n_arcs, -1, np.int32),
            risk=np.zeros((0, len(sheet.problem.field.breaks) - 1)),
            shut_start=self._certain.shut_start, shut=self._certain.shut,
        )  # fmt: skip
        self._closures = States.of(bare)
        there = np.isfinite(sheet.values[..., COST])
        longest = 2 * int(sheet.values[..., DEPART][there].max(initial=0)) + sheet.problem.early
        self._reach = min(longest, LONGEST_S)
        self._everything = _all_items(placed)
        self.ever: NDArray[np.bool_] = np.logical_or.reduce(there, axis=2)
        self.clear = np.zeros((*there.shape, placed.worlds.n), bool)
        self.trees = np.zeros(len(there), np.int64)
        self._known: dict[object, NDArray[np.bool_]] = {}
        self._ways: dict[object, list[_Way]] = defaultdict(list)

    def take(self, slot: int, pool: ThreadPoolExecutor) -> None:
        """Look at one arrival in every world."""
        arrive, hour = self._sheet.slots[slot]
        keys: dict[tuple[Item, ...], int] = {}
        state_of = np.array([keys.setdefault(k, len(keys)) for k in self._items(arrive)], np.int64)
        states = [make_state([(s, arrive + a, arrive + b) for s, a, b in key]) for key in keys]
        problem = self._sheet.at(slot)
        by_hours = problem.by_hours()
        for gate in range(len(self._sheet.open)):
            gates = by_hours.gates([gate])
            if not len(gates.node):
                continue
            spans = np.stack([gates.since, gates.until], axis=1) - arrive
            asked = _Asked(problem, gate, (gate, hour, spans.tobytes()), list(keys), states)
            told = [self._sheet.way(gate, o, slot) for o in range(len(problem.origins))]
            self.clear[gate, :, slot] = self._gate(asked, told, pool)[:, state_of]

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

    def _gate(
        self, asked: _Asked, told: Sequence[Walk | None], pool: ThreadPoolExecutor
    ) -> NDArray[np.bool_]:
        """Return whence the gate is reached by a clear way, bool[o, states]: ways known, then trees."""
        found = np.zeros((len(told), len(asked.states)), bool)
        self._mark(asked, found, [(o, way) for o, way in enumerate(told) if way is not None])
        wanted = self.ever[asked.gate]
        self._try(asked, found, self._ways[asked.same])
        about = (asked.same, self._closures.view(asked.problem.arrive, self._reach))
        left = [i for i in range(len(asked.states)) if not found[wanted, i].all()]
        for i in [i for i in left if (about, asked.keys[i]) in self._known]:
            found[:, i] |= self._known[about, asked.keys[i]]
            left.remove(i)
        while left:
            now, left = left[:TRIED], left[TRIED:]
            grown = list(pool.map(lambda i: self._grow(asked, i), now))
            self.trees[asked.gate] += len(now)
            new: list[_Way] = []
            for i, ways in zip(now, grown, strict=True):
                new += [way for way in ways if not found[way.origin, i]]
                found[[way.origin for way in ways], i] = True
                self._known[about, asked.keys[i]] = found[:, i].copy()
            self._ways[asked.same] = [*self._ways[asked.same], *new][-KEPT:]
            self._try(asked, found, new)
            left = [i for i in left if not found[wanted, i].all()]
        return found

    def _try(self, asked: _Asked, found: NDArray[np.bool_], ways: Sequence[_Way]) -> None:
        """Mark the states in which one of some ways found before is clear."""
        then = asked.problem.arrive
        self._mark(asked, found, [
            (way.origin, walk(asked.problem, way.arcs, then - way.entered,
                              arrive=then - way.arrive, proven=False))
            for way in ways if not found[way.origin].all()
        ])  # fmt: skip

    def _mark(
        self, asked: _Asked, found: NDArray[np.bool_], ways: Sequence[tuple[int, Walk]]
    ) -> None:
        """Mark the states in which some ways, with their origins, are clear."""
        fate, _ = follow_all(
            self._placed.shapes, self._certain, asked.states,
            [way_rows(asked.problem, way) for _, way in ways], asked.problem.clear_below,
        )  # fmt: skip
        arrive = [way.arrive for _, way in ways]
        clear = (fate == CLEAR) & ~self._placed.at_gate(asked.states, asked.gate, arrive)
        for (o, _), row in zip(ways, clear, strict=True):
            found[o] |= row

    def _grow(self, asked: _Asked, state: int) -> list[_Way]:
        """Return a clear way of every origin that has one in a state."""
        problem, then = asked.problem, asked.problem.arrive
        clock = state_clock(
            self._placed.shapes, self._certain, asked.states[state], problem.clear_below
        )
        gates = problem.in_state(self._placed, asked.states[state]).gates([asked.gate])
        tree = arrival_tree(
            problem.graph, clock, gates, then,
            risk_aversion=problem.risk_aversion, penalty=problem.factor,
        )  # fmt: skip
        cost, start, arcs, entered, arrive = tree_ways(problem.graph, tree, problem.origins)
        parts = [slice(start[o], start[o + 1]) for o in range(len(cost))]
        return [
            _Way(o, arcs[part].copy(), then - entered[part], then - int(arrive[o]))
            for o, part in enumerate(parts)
            if np.isfinite(cost[o]) and then - entered[part][0] <= self._reach
        ]


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
