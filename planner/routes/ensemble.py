"""How often an answer holds when the reports are wrong: the same question in many worlds."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.overlay import Certain, State, make_state, state_clock
from planner.network.search import Gates, arrival_tree
from planner.risk.build import shut_intervals
from planner.routes.checks import Rows, site_rows, way_rows
from planner.routes.follow import BLOCKED, CLEAR, NEVER, Ways, follow_all, tree_ways
from planner.routes.robust import Robust, enters_shut, robust_way
from planner.routes.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.risk.placed import Item, Placed
    from planner.routes.problem import Problem

BLOCK = 25
"""Worlds between two words of progress; what is found in one is known in the next."""

LONGEST_S = 4 * 3600
"""Longest drive looked at, as for the risk of a day."""

ROUND = 8
"""States between which a clear way to a gate found in one is tried in the others."""

TRIED = 48
"""Ways re-solved in worlds, by origin, that are tried in all: the most frequent."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of an answer in the first ``done`` of `n` worlds.

    Attributes
    ----------
    n, done
        Worlds asked for, worlds solved; fewer when it was stopped.
    states
        Worlds that differ, each solved once.
    clear
        By origin bool[ways, done]; risk stays below ``clear_below`` at the way's own clock, with
        its departure and its holds, and nothing is shut while it is driven.
    took_s
        By origin int64[ways, done]; seconds from departure to arrival, -1 where it is shut.
    best_s
        float64[origins, done]; cost of the best way re-solved, inf where there is none.
    gate_clear
        bool[gates, done]; some origin reaches the gate by a clear way on time.
    site_clear
        bool[sites, done]; no crowd and no risk from ``clear_below`` on there or on the streets
        around in the window, the road it opens to not shut.
    robust
        By origin; None where no way is clear often enough.
    """

    n: int
    done: int
    states: int
    clear: tuple[NDArray[np.bool_], ...]
    took_s: tuple[NDArray[np.int64], ...]
    best_s: NDArray[np.float64]
    gate_clear: NDArray[np.bool_]
    site_clear: NDArray[np.bool_]
    robust: tuple[Robust | None, ...]


class _Found(NamedTuple):
    """A way re-solved in some world: arcs, seconds of entry, second of arrival, how often."""

    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    arrive: int
    often: list[int]


def simulate(
    problem: Problem,
    placed: Placed,
    ways: Sequence[Sequence[Walk]],
    *,
    clear_share: float,
    threads: int | None = None,
    progress: Callable[[int, int], bool] | None = None,
) -> Outcome:
    """Return what becomes of some ways, of gates, of sites in every world.

    Parameters
    ----------
    problem
        The question, at its hour.
    placed
        The worlds on the same roads.
    ways
        For each origin of the problem the ways that are shown, and options.
    clear_share
        Share of the worlds in which a robust way must be clear.
    threads
        Trees grown at once; the machine's cores when None. The answer does not depend on it.
    progress
        Told (done, n) after every few worlds; where it returns False, the rest is left out.
    """
    run = _Run(problem, placed, ways)
    n = placed.worlds.n
    done = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        while done < n:
            run.take(range(done, min(done + BLOCK, n)), pool)
            done = min(done + BLOCK, n)
            if progress is not None and not progress(done, n):
                break
    return run.outcome(done, clear_share)


def certain_of(problem: Problem, placed: Placed) -> Certain:
    """Return what holds in every world of a problem."""
    graph, field = problem.graph, placed.risk.field
    start, shut = shut_intervals(placed.risk.spells, graph.n_arcs)
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


class _Run:
    """The worlds taken so far: their states, each solved once."""

    def __init__(self, problem: Problem, placed: Placed, ways: Sequence[Sequence[Walk]]) -> None:
        self._problem, self._placed, self._ways = problem, placed, ways
        self._certain = certain_of(problem, placed)
        self._gates = problem.gates()
        self._shown = [way_rows(problem, way) for of in ways for way in of]
        self._sites = site_rows(placed.sites)
        self._free = _free_costs(problem, ways)
        self._state_of: list[int] = []
        self._index: dict[tuple[Item, ...], int] = {}
        self._states: list[State] = []
        self._fate: list[NDArray[np.uint8]] = []
        self._best: list[NDArray[np.float64]] = []
        self._gate: list[NDArray[np.bool_]] = []
        self._site: list[NDArray[np.bool_]] = []
        self._found: list[dict[bytes, _Found]] = [{} for _ in problem.origins]

    def take(self, worlds: Sequence[int], pool: ThreadPoolExecutor) -> None:
        """Solve some more worlds."""
        fresh = [self._enter(world) for world in worlds]
        states = [self._states[s] for s in fresh if s >= 0]
        if not states:
            return
        solved = list(pool.map(self._solve, states))
        fate, added = self._follow(states, [*self._shown, *self._sites])
        shown = len(self._shown)
        through = np.where(fate[:shown] == BLOCKED, np.inf, self._free[:, None] + added[:shown])
        for s, ways in enumerate(solved):
            best = ways.cost.copy()
            at = 0
            for o, of in enumerate(self._ways):
                best[o] = min([best[o], *through[at : at + len(of), s]])
                at += len(of)
            self._best.append(best)
            self._fate.append(fate[:shown, s])
            self._keep(ways)
        self._site += self._sites_clear(states, fate[shown:])
        self._gate += self._gates_clear(states, fate[:shown], pool)

    def _enter(self, world: int) -> int:
        """Return the number of a world's state if it is new, -1 if it is known."""
        key = tuple(self._relevant(self._placed.items(world, self._problem.arrive)))
        known = self._index.get(key)
        if known is not None:
            self._state_of.append(known)
            return -1
        self._index[key] = len(self._states)
        self._state_of.append(len(self._states))
        self._states.append(make_state(key))
        return len(self._states) - 1

    def _relevant(self, items: Sequence[Item]) -> list[Item]:
        """Return items cut to the seconds in which anybody asks: where they agree, worlds do."""
        problem, sites = self._problem, self._placed.sites
        low, high = problem.arrive - problem.early - LONGEST_S, problem.arrive + 1
        if sites is not None:
            low, high = min(low, sites.since), max(high, sites.until)
        cut = [(shape, max(since, low), min(until, high)) for shape, since, until in items]
        return [item for item in cut if item[1] < item[2]]

    def _solve(self, state: State) -> Ways:
        return self._tree_ways(state, NEVER, self._gates)

    def _tree_ways(self, state: State, shut_from: float, gates: Gates) -> Ways:
        problem = self._problem
        clock = state_clock(self._placed.shapes, self._certain, state, shut_from)
        tree = arrival_tree(
            problem.graph, clock, gates, problem.arrive,
            risk_aversion=problem.risk_aversion, penalty=problem.factor,
        )  # fmt: skip
        return tree_ways(problem.graph, tree, problem.origins)

    def _follow(
        self, states: Sequence[State], ways: Sequence[Rows]
    ) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        clear_below = self._problem.clear_below
        return follow_all(self._placed.shapes, self._certain, states, ways, clear_below)

    def _keep(self, ways: Ways, *, often: int = 1) -> list[tuple[int, _Found]]:
        """Count the ways of a tree; return the new ones with their origin."""
        new = []
        for o in np.flatnonzero(np.diff(ways.start) > 0).tolist():
            part = slice(ways.start[o], ways.start[o + 1])
            arcs = ways.arcs[part]
            known = self._found[o].get(key := arcs.tobytes())
            if known is None:
                found = _Found(arcs.copy(), ways.entered[part].copy(), int(ways.arrive[o]), [often])
                self._found[o][key] = found
                new.append((o, found))
            else:
                known.often[0] += often
        return new

    def _sites_clear(
        self, states: Sequence[State], fate: NDArray[np.uint8]
    ) -> list[NDArray[np.bool_]]:
        sites = self._placed.sites
        if sites is None:
            return [np.zeros(0, bool) for _ in states]
        found = []
        for s, state in enumerate(states):
            during = (state.since < sites.until) & (state.until > sites.since)
            crowded = sites.crowded[state.shape[during]].any(axis=0)
            found.append((fate[:, s] == CLEAR) & ~crowded)
        return found

    def _gates_clear(
        self, states: Sequence[State], fate: NDArray[np.uint8], pool: ThreadPoolExecutor
    ) -> list[NDArray[np.bool_]]:
        """Look for a clear way to every gate: among those known first, then by a tree."""
        problem = self._problem
        clear = np.zeros((len(problem.gate_nodes), len(states)), bool)
        shown = (way for of in self._ways for way in of)
        for way, row in zip(shown, fate == CLEAR, strict=True):
            clear[_gates_at(problem, way.arcs, way.arrive)] |= row
        known = [(o, f) for o, of in enumerate(self._found) for f in of.values()]
        for g in range(len(clear)):
            ends = [(o, f) for o, f in known if g in _gates_at(problem, f.arcs, f.arrive)]
            self._try(clear[g], states, ends)
            asked = np.zeros(len(states), bool)
            while len(left := np.flatnonzero(~clear[g] & ~asked)[:ROUND]):
                asked[left] = True
                gates = problem.gates([g])
                grown = pool.map(
                    lambda s, gates=gates: self._tree_ways(states[s], problem.clear_below, gates),
                    left.tolist(),
                )
                new = []
                for s, ways in zip(left.tolist(), grown, strict=True):
                    clear[g, s] = bool(np.isfinite(ways.cost).any())
                    new += self._keep(ways, often=0)
                self._try(clear[g], states, new)
        return list(clear.T)

    def _try(
        self, clear: NDArray[np.bool_], states: Sequence[State], ends: Sequence[tuple[int, _Found]]
    ) -> None:
        """Mark the states in which one of some ways is clear."""
        left = np.flatnonzero(~clear)
        if len(left) and ends:
            rows = [way_rows(self._problem, self._walk(found)) for _, found in ends]
            fate, _ = self._follow([states[s] for s in left.tolist()], rows)
            clear[left] = (fate == CLEAR).any(axis=0)

    def _walk(self, found: _Found) -> Walk:
        return walk(self._problem, found.arcs, found.entered, arrive=found.arrive, proven=False)

    def outcome(self, done: int, clear_share: float) -> Outcome:
        """Return what became of everything in the worlds taken."""
        state_of = np.array(self._state_of, np.int64)
        fate = np.stack(self._fate, axis=1)[:, state_of]
        clear, took = [], []
        at = 0
        for of in self._ways:
            part = fate[at : at + len(of)]
            seconds = np.array([way.arrive - way.depart for way in of], np.int64)
            clear.append(part == CLEAR)
            took.append(np.where(part == BLOCKED, -1, seconds[:, None]))
            at += len(of)
        return Outcome(
            n=self._placed.worlds.n, done=done, states=len(self._states),
            clear=tuple(clear), took_s=tuple(took),
            best_s=np.stack(self._best, axis=1)[:, state_of],
            gate_clear=np.stack(self._gate, axis=1)[:, state_of],
            site_clear=np.stack(self._site, axis=1)[:, state_of],
            robust=tuple(
                self._robust(o, state_of, clear_share) for o in range(len(self._ways))
            ),
        )  # fmt: skip

    def _robust(self, origin: int, state_of: NDArray[np.int64], share: float) -> Robust | None:
        """Return the quickest way that is clear often enough, the first of equal ones."""
        shown = list(self._ways[origin])
        known = {way.arcs.tobytes() for way in shown}
        others = sorted(
            (f for key, f in self._found[origin].items() if key not in known),
            key=lambda f: -f.often[0],
        )
        ways = [*shown, *(self._walk(found) for found in others[:TRIED])]
        ways = [way for way in ways if not enters_shut(self._problem, way)]
        fate, _ = self._follow(self._states, [way_rows(self._problem, way) for way in ways])
        return robust_way(ways, fate[:, state_of], share)


def _gates_at(problem: Problem, arcs: NDArray[np.int32], arrive: int) -> list[int]:
    """Return the gates at the end of a way that are open when it arrives."""
    if not len(arcs):
        return []
    node = int(problem.graph.head[arcs[-1]])
    return [
        g for g in np.flatnonzero(problem.gate_nodes == node).tolist()
        if any(a <= arrive < b for a, b in problem.openings[g])
    ]  # fmt: skip


def _free_costs(problem: Problem, ways: Sequence[Sequence[Walk]]) -> NDArray[np.float64]:
    """Return what each way costs where it meets no risk, float64[ways of all origins]."""
    found = [
        problem.arrive - way.depart + float(way.time_s @ (problem.factor[way.arcs] - 1.0))
        + problem.aside_s(way.gate, int(way.arcs[-1]))
        for of in ways for way in of
    ]  # fmt: skip
    return np.array(found, np.float64)
