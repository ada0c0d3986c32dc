"""Other ways in that share little with the primary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.routes.primary import tree_way
from planner.routes.via import plateaus, timed_by, tree_from
from planner.routes.walk import Walk, outside_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.routes.problem import Problem

    Key = Callable[["Candidate"], tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class AlternateRules:
    """When a way counts as another way.

    Attributes
    ----------
    max_shared
        Largest share of its length, outside the last approach, that may lie on the primary.
    max_twin
        The same between two alternates.
    stretch, stretch_s
        Its cost may exceed the primary's by this factor or these seconds, whichever is more.
    wide, wide_s
        The same where no way is found within them, for the emergency way.
    local
        Share of the primary's cost: a way that is a shortest way in each part no dearer is
        locally optimal.
    penalty
        Factor on the cost of a road each time a way has used it.
    rounds
        Penalty searches per origin at most, where trees gave too few.
    wanted
        Alternates looked for.
    """

    max_shared: float = 0.6
    max_twin: float = 0.8
    stretch: float = 1.5
    stretch_s: float = 300.0
    wide: float = 1.75
    wide_s: float = 600.0
    local: float = 0.25
    penalty: float = 1.5
    rounds: int = 3
    wanted: int = 3


class Candidate(NamedTuple):
    """A way that might be shown.

    ``shared`` is the share on the primary; ``local``: known to be locally optimal.
    """

    way: Walk
    shared: float
    local: bool


TRIED = 4
"""Plateaus by origin and gate that are made ways of: the cheapest, and those that share least."""

LEAST = 0.05
"""Share of the primary's cost below which a plateau promises nothing."""

SHARING = 1.0
"""What a way's price is raised by where it shares all its length. Assumption."""

ROUGH = 1.25
"""Factor on the price of a way that is not known to be locally optimal. Assumption."""


def alternate_ways(
    problem: Problem,
    origin: int,
    primary: Walk,
    by_gate: Sequence[Tree],
    to_go: NDArray[np.float64],
    rules: AlternateRules = AlternateRules(),
) -> tuple[list[Walk], list[Walk]]:
    """Return alternates in PACE order, and the candidates that share too much.

    Parameters
    ----------
    problem
        The question.
    origin
        Node of the origin.
    primary
        Its best way in.
    by_gate
        One arrival-time tree for each gate alone.
    to_go
        float64[m]; free-flow seconds to the nearest gate.
    """
    pool = _Pool(problem, primary, rules)
    for tree in by_gate:
        if way := tree_way(problem, tree, origin):
            pool.add(way, local=True)
    _by_plateaus(pool, origin, by_gate, to_go)
    chosen = pool.choose()
    penalty = np.ones(problem.graph.n_arcs)
    used = [primary, *(c.way for c in chosen)]
    for _ in range(rules.rounds):
        if len(chosen) >= rules.wanted:
            break
        for way in used:
            penalty[problem.on_roads(way.arcs)] *= rules.penalty
        found = tree_way(problem, problem.tree(penalty=penalty), origin)
        if found is None:
            break
        pool.add(found, local=False)
        chosen = pool.choose()
        used = [found]
    return [c.way for c in chosen], pool.near_misses(chosen)


def _by_plateaus(
    pool: _Pool, origin: int, by_gate: Sequence[Tree], to_go: NDArray[np.float64]
) -> None:
    """Add the ways along plateaus that differ enough from the primary."""
    problem, primary, rules = pool.problem, pool.primary, pool.rules
    within = pool.limit(rules.wide, rules.wide_s)
    outward = tree_from(problem, origin, primary.depart, within, to_go)
    marked = problem.on_roads(primary.arcs)
    local = rules.local * primary.cost_s
    for tree in by_gate:
        found = plateaus(
            tree, outward, within, LEAST * primary.cost_s,
            marked=marked, length_m=problem.network.length_m,
        )  # fmt: skip
        rough = np.where(found.long >= local, 1.0, ROUGH)
        price = found.cost * (1.0 + SHARING * found.shared) * rough
        fit = np.flatnonzero(found.shared <= rules.max_shared)
        cheap = fit[np.lexsort((found.last[fit], price[fit]))][:TRIED]
        apart = fit[np.lexsort((found.last[fit], price[fit], found.shared[fit].round(1)))][:TRIED]
        for i in dict.fromkeys([*cheap.tolist(), *apart.tolist()]):
            way = timed_by(problem, tree, outward, int(found.last[i]))
            if way is not None:
                pool.add(way, local=bool(found.long[i] >= local))


@dataclass(eq=False)
class _Pool:
    """The candidates of one origin, each once."""

    problem: Problem
    primary: Walk
    rules: AlternateRules
    fit: list[Candidate] = field(default_factory=list)
    others: list[Candidate] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)
    masks: dict[Walk, NDArray[np.bool_]] = field(default_factory=dict)
    shares: dict[tuple[Walk, Walk], float] = field(default_factory=dict)
    turned: dict[Walk, NDArray[np.int32]] = field(default_factory=dict)

    def limit(self, factor: float, seconds: float) -> float:
        """Return the cost up to which a way counts."""
        return max(self.primary.cost_s * factor, self.primary.cost_s + seconds)

    def add(self, way: Walk, *, local: bool) -> None:
        """Put a way among those that fit, or among the others."""
        key = way.arcs.tobytes()
        if key in self.known or _loops(self.problem, way):
            return
        self.known.add(key)
        rules = self.rules
        candidate = Candidate(way, self.shared(way, self.primary), local)
        fits = candidate.shared <= rules.max_shared and way.cost_s <= self.limit(
            rules.wide, rules.wide_s
        )
        (self.fit if fits else self.others).append(candidate)

    def shared(self, way: Walk, other: Walk) -> float:
        """Return the share of a way, outside its last approach, that also lies on another."""
        both = (way, other)
        if both not in self.shares:
            roads = self.problem.roads
            if other not in self.masks:
                self.masks[other] = np.zeros(int(roads.max(initial=-1)) + 1, bool)
                self.masks[other][roads[other.arcs]] = True
            same = self.masks[other][roads[way.arcs]]
            self.shares[both] = outside_share(way.length_m, same)
        return self.shares[both]

    def choose(self) -> list[Candidate]:
        """Return an alternate, a contingency, an emergency way, as far as there are any."""
        chosen: list[Candidate] = []
        left = list(self.fit)
        for key in (self._as_good, self._elsewhere, self._differs_most)[: self.rules.wanted]:
            if not left:
                break
            ways = [self.primary, *(c.way for c in chosen)]
            best = min(left, key=lambda c: (self._risky(c), *key(c, ways), c.way.cost_s))
            chosen.append(best)
            left = [
                c for c in left
                if c is not best and self.shared(c.way, best.way) <= self.rules.max_twin
                and not self._same_after(c.way, best.way)
            ]  # fmt: skip
        return chosen

    def _same_after(self, one: Walk, other: Walk) -> bool:
        """Tell whether two ways are one from the last point on at which one turns off to them.

        Whoever drives the primary has passed by then what sets them apart.
        """
        return np.array_equal(self._turned(one), self._turned(other))

    def _turned(self, way: Walk) -> NDArray[np.int32]:
        """Return the arcs of a way after it has left the primary for the last time."""
        if way not in self.turned:
            on = np.isin(way.arcs, self.primary.arcs)
            off = np.flatnonzero(~on)
            before = np.flatnonzero(on[: off[-1]]) if len(off) else off
            first = len(way.arcs) if not len(off) else int(before[-1]) + 1 if len(before) else 0
            self.turned[way] = way.arcs[first:]
        return self.turned[way]

    def _risky(self, one: Candidate) -> bool:
        return one.way.max_risk >= self.problem.clear_below

    def _price(self, one: Candidate, ways: Sequence[Walk]) -> float:
        """Return its cost, raised for the length it shares, and where it may hold detours."""
        shared = max(self.shared(one.way, other) for other in ways)
        return one.way.cost_s * (1.0 + SHARING * shared) * (1.0 if one.local else ROUGH)

    def _dear(self, one: Candidate) -> bool:
        return one.way.cost_s > self.limit(self.rules.stretch, self.rules.stretch_s)

    def _as_good(self, one: Candidate, ways: Sequence[Walk]) -> tuple[float, ...]:
        """Rank for the alternate: another road, as good."""
        return self._dear(one), self._price(one, ways)

    def _elsewhere(self, one: Candidate, ways: Sequence[Walk]) -> tuple[float, ...]:
        """Rank for the contingency: another gate than all before, else another last approach."""
        roads = self.problem.roads
        if all(one.way.gate != way.gate for way in ways):
            place = 0
        elif all(roads[one.way.arcs[-1]] != roads[way.arcs[-1]] for way in ways):
            place = 1
        else:
            place = 2
        return self._dear(one), place, self._price(one, ways)

    def _differs_most(self, one: Candidate, ways: Sequence[Walk]) -> tuple[float, ...]:
        """Rank for the emergency way: least shared with any before, to a tenth."""
        shared = max(self.shared(one.way, other) for other in ways)
        return round(shared, 1), self._price(one, ways)

    def near_misses(self, chosen: Sequence[Candidate]) -> list[Walk]:
        """Return the candidates that were not chosen, least shared first."""
        picked = {id(c) for c in chosen}
        left = [
            c for c in (*self.fit, *self.others)
            if id(c) not in picked and not np.array_equal(c.way.arcs, self.primary.arcs)
        ]  # fmt: skip
        return [c.way for c in sorted(left, key=lambda c: (c.shared, c.way.cost_s))]


def _loops(problem: Problem, way: Walk) -> bool:
    heads = problem.network.head[way.arcs]
    return len(np.unique(heads)) < len(heads)
