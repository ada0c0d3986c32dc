"""States of the world that differ for a question, each solved once."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.overlay import Certain, State, make_state, state_clock
from planner.network.search import arrival_tree
from planner.risk.build import shut_intervals
from planner.routes.checks import Rows, site_rows
from planner.routes.follow import BLOCKED, CLEAR, NEVER, Ways, follow_all, tree_ways
from planner.routes.known_ways import KnownWay, KnownWays
from planner.routes.problem import never_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from planner.risk.placed import Item, Placed
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

Part = tuple["Item", ...]
"""What one zone is in a state, by time."""

LONGEST_S = 4 * 3600
"""Longest drive looked at, as for the risk of a day."""

ROUND = 8
"""States between which a clear way to a gate found in one is tried in the others."""

MORE, MORE_S = 1.15, 300
"""A first look goes back this share and these seconds more than the dearest way shown costs."""

EQUAL_S = 1e-9
"""Costs this near are equal."""

FEW = 5
"""Zones up to which every state of some of them is asked for what it says of that of all."""


class Solved(NamedTuple):
    """What is known of a state.

    Attributes
    ----------
    fate
        uint8[ways shown]; as ``follow_all`` tells it.
    best
        float64[origins]; cost of the best way, inf where there is none.
    gates
        bool[gates]; some origin reaches the gate by a clear way.
    sure, gates_sure
        Whether all that, whether that of the gates holds whatever was before the first look.
    """

    fate: NDArray[np.uint8]
    best: NDArray[np.float64]
    gates: NDArray[np.bool_]
    sure: bool
    gates_sure: bool


class SolvedStates:
    """The states of the worlds taken so far.

    A state is solved by a tree unless it is plain that no tree finds anything better: more zones
    never make a way cheaper, so a way that costs no more than the best one did with some of
    the zones is the best with all. Of what lies before the first look all worlds are taken
    to be alike, until a way turns out to begin there.
    """

    def __init__(self, problem: Problem, placed: Placed, shown: Sequence[Sequence[Walk]]) -> None:
        self.problem = problem
        self.ways = KnownWays(problem.by_hours(), shown)
        self.state_of: list[int] = []
        self.states: list[State] = []
        self.solved: dict[int, Solved] = {}
        self.site_clear: list[NDArray[np.bool_]] = []
        self._placed = placed
        self._there = placed.there(problem.arrive)
        self._certain = certain_of(problem, placed)
        self._site_rows = site_rows(placed.sites)
        self._whole_look = problem.arrive - problem.early - LONGEST_S
        self._first_look = max(_first_look(problem, shown), self._whole_look)
        self._index: dict[frozenset[Part], int] = {}
        self._parts: list[frozenset[Part]] = []
        self._enter(frozenset())

    def take(self, worlds: Sequence[int], pool: ThreadPoolExecutor) -> None:
        """Solve some more worlds."""
        every = [self._placed.parts(world, self._there[world]) for world in worlds]
        near = [self._enter(self._cut(parts, self._first_look)) for parts in every]
        self._solve_new(pool)
        whole = [
            s if self.solved[s].sure else self._enter(self._cut(parts, self._whole_look))
            for s, parts in zip(near, every, strict=True)
        ]
        self._solve_new(pool)
        self.state_of += whole
        self.site_clear += self._sites_clear(every)

    def follow(
        self, states: Sequence[State], ways: Sequence[Rows]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Return what becomes of ways in states, as ``follow_all`` does."""
        clear_below = self.problem.clear_below
        return follow_all(self._placed.shapes, self._certain, states, ways, clear_below)

    def fates(
        self, states: Sequence[State], known: Sequence[KnownWay]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Return the same of known ways: one is blocked where a crowd stands at its gate as well."""
        fate, added = self.follow(states, [way.rows for way in known])
        gate, arrive = (np.array([getattr(way.walk, of) for way in known], np.int64)
                        for of in ("gate", "arrive"))  # fmt: skip
        for g in np.unique(gate).tolist():
            ends = np.flatnonzero(gate == g)
            crowded = self._placed.at_gate(states, g, arrive[ends])
            fate[ends] = np.where(crowded, BLOCKED, fate[ends])
        return fate, added

    def _enter(self, parts: frozenset[Part]) -> int:
        """Return the number of a state."""
        if parts not in self._index:
            self._index[parts] = len(self.states)
            self._parts.append(parts)
            self.states.append(make_state(sorted(item for part in parts for item in part)))
        return self._index[parts]

    def _cut(self, parts: Sequence[Part], since: int) -> frozenset[Part]:
        """Return a state cut to the seconds in which anybody drives: where these agree, worlds do.

        What is there at ``since`` is taken to have always been there.
        """
        until = self.problem.arrive + 1
        cut = []
        for part in parts:
            items = [(shape, max(a, since), min(b, until)) for shape, a, b in part]
            items = [item for item in items if item[1] < item[2]]
            if items:
                cut.append(tuple(items))
        return frozenset(cut)

    def _solve_new(self, pool: ThreadPoolExecutor) -> None:
        """Solve what was entered, states of few zones first: they help with those of more."""
        left = [s for s in range(len(self.states)) if s not in self.solved]
        for size in sorted({len(self._parts[s]) for s in left}):
            self._solve([s for s in left if len(self._parts[s]) == size], pool)

    def _solve(self, numbers: Sequence[int], pool: ThreadPoolExecutor) -> None:
        states = [self.states[s] for s in numbers]
        shown = self.ways.shown
        known = [*shown, *self.ways.found()]
        fate, added = self.fates(states, known)
        free = np.array([way.free_s for way in known])[:, None]
        cost = np.where(fate == BLOCKED, np.inf, free + added)
        best = np.full((len(self.problem.origins), len(states)), np.inf)
        np.minimum.at(best, [way.origin for way in known], cost)
        fewer = [self._with_fewer(s) for s in numbers]
        least = np.stack([cost for cost, _ in fewer], axis=1)
        open_ = np.flatnonzero((best > least + EQUAL_S).any(axis=0))
        self._count(known, cost, best, np.setdiff1d(np.arange(len(states)), open_))
        for i, ways in zip(open_.tolist(), pool.map(self._tree, (states[i] for i in open_)),
                           strict=True):  # fmt: skip
            best[:, i] = np.minimum(best[:, i], ways.cost)
            self.ways.keep(ways, often=1)
        barred = np.stack([gates for _, gates in fewer], axis=1)
        gates, early = self._gates_clear(states, known, (fate, barred), pool)
        near = best <= self.problem.arrive - self._first_look
        for i, s in enumerate(numbers):
            sure = bool(near[:, i].all()) and not early[i]
            self.solved[s] = Solved(
                fate[: len(shown), i], best[:, i], gates[:, i], sure, gates_sure=not early[i]
            )

    def _with_fewer(self, number: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return what the best ways cost at least, and which gates no clear way reaches.

        Neither can be better than with fewer zones.
        """
        cost = np.full(len(self.problem.origins), -np.inf)
        barred = np.zeros(len(self.problem.gate_nodes), bool)
        for some in _fewer(self._parts[number]):
            other = self.solved.get(self._index.get(some, -1))
            if other is not None:
                cost = np.maximum(cost, other.best)
                barred |= ~other.gates & other.gates_sure
        return cost, barred

    def _count(
        self,
        known: Sequence[KnownWay],
        cost: NDArray[np.float64],
        best: NDArray[np.float64],
        states: NDArray[np.int64],
    ) -> None:
        """Count the ways that are best in states that needed no tree."""
        left = {(o, s) for o in range(len(best)) for s in states.tolist()}
        for way, row in zip(known, cost, strict=True):
            for s in states.tolist():
                if (way.origin, s) in left and row[s] <= best[way.origin, s] + EQUAL_S:
                    left.discard((way.origin, s))
                    way.often += 1

    def _tree(
        self, state: State, shut_from: float = NEVER, only: Sequence[int] | None = None
    ) -> Ways:
        problem = self.problem
        clock = state_clock(self._placed.shapes, self._certain, state, shut_from)
        gates = problem.in_state(self._placed, state).gates(only)
        tree = arrival_tree(
            problem.graph, clock, gates, problem.arrive,
            risk_aversion=problem.risk_aversion, penalty=problem.factor,
        )  # fmt: skip
        return tree_ways(problem.graph, tree, problem.origins)

    def _gates_clear(
        self,
        states: Sequence[State],
        known: Sequence[KnownWay],
        told: tuple[NDArray[np.uint8], NDArray[np.bool_]],
        pool: ThreadPoolExecutor,
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Look for a clear way to every gate: among those known first, then by a tree.

        ``told`` is what became of the known ways, and which gates need no search. Tell also in
        which states a way was found only before the first look.
        """
        fate, barred = told
        problem = self.problem
        clear = np.zeros((len(problem.gate_nodes), len(states)), bool)
        early = np.zeros(len(states), bool)
        arrive = [way.walk.arrive for way in known]
        for g in range(len(clear)):
            ends = np.array([g in way.gates for way in known], bool)
            there = (fate == CLEAR) & ~self._placed.at_gate(states, g, arrive)
            clear[g] = there[ends].any(axis=0)
        for g in range(len(clear)):
            asked = barred[g].copy()
            while len(left := np.flatnonzero(~clear[g] & ~asked)[:ROUND]):
                asked[left] = True
                grown = pool.map(
                    lambda s, g=g: self._tree(states[s], problem.clear_below, [g]),
                    left.tolist(),
                )
                new = []
                for s, ways in zip(left.tolist(), grown, strict=True):
                    begins = ways.entered[ways.start[:-1][np.diff(ways.start) > 0]]
                    clear[g, s] = (begins >= self._first_look).any()
                    early[s] |= len(begins) > 0 and not clear[g, s]
                    new += self.ways.keep(ways, often=0)
                self._try(clear[g], states, new)
        return clear, early

    def _try(
        self, clear: NDArray[np.bool_], states: Sequence[State], ways: Sequence[KnownWay]
    ) -> None:
        """Mark the states in which one of some ways is clear."""
        left = np.flatnonzero(~clear)
        if len(left) and ways:
            fate, _ = self.fates([states[s] for s in left.tolist()], ways)
            clear[left] = (fate == CLEAR).any(axis=0)

    def _sites_clear(self, every: Sequence[Sequence[Part]]) -> list[NDArray[np.bool_]]:
        sites = self._placed.sites
        if sites is None:
            return [np.zeros(0, bool) for _ in every]
        states = [make_state([item for part in parts for item in part]) for parts in every]
        fate, _ = self.follow(states, self._site_rows)
        found = []
        for s, state in enumerate(states):
            during = (state.since < sites.until) & (state.until > sites.since)
            crowded = sites.crowded[state.shape[during]].any(axis=0)
            found.append((fate[:, s] == CLEAR) & ~crowded)
        return found


def certain_of(problem: Problem, placed: Placed) -> Certain:
    """Return what holds in every world of a problem."""
    graph, field = problem.graph, placed.risk.field
    start, shut = shut_intervals(placed.risk.spells, graph.n_arcs)
    start, shut = never_open(start, shut, problem.avoided)
    here = [
        np.concatenate([
            graph.out_arcs[graph.out_start[v] : graph.out_start[v + 1]],
            graph.in_arcs[graph.in_start[v] : graph.in_start[v + 1]],
        ])
        for v in problem.rest_nodes.tolist()
    ]  # fmt: skip
    return Certain(
        start, shut, problem.rest_nodes,
        np.append(0, np.cumsum([len(arcs) for arcs in here])).astype(np.int32),
        np.concatenate([np.zeros(0, np.int32), *here]).astype(np.int32),
        int(field.breaks[0]), int(field.breaks[-1]), graph.n_nodes,
    )  # fmt: skip


def _fewer(parts: frozenset[Part]) -> Iterator[frozenset[Part]]:
    """Return states of some of the zones of a state, none and one at a time at least."""
    k = len(parts)
    for size in range(k) if k <= FEW else sorted({0, 1, k - 1}):
        for some in combinations(parts, size):
            yield frozenset(some)


def _first_look(problem: Problem, shown: Sequence[Sequence[Walk]]) -> int:
    """Return the second before which no way is expected to begin."""
    ways = [way for of in shown for way in of]
    dear = max((min(way.cost_s for way in of) for of in shown if of), default=0.0)
    first = problem.arrive - MORE_S - int(MORE * dear)
    return min([first, *(way.depart for way in ways)])
