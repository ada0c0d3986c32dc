"""Every origin's ways in: primary, alternates, options, or when one opens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.routes.alternates import AlternateRules, alternate_ways
from planner.routes.forced import forced_arcs
from planner.routes.opening import earliest_arrivals
from planner.routes.options import make_sweep, option_ways
from planner.routes.primary import best_of_trees, least_to_go, primary_ways, tree_way
from planner.routes.walk import Walk, shared_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.routes.chain import Chain
    from planner.routes.options import Sweep
    from planner.routes.problem import Problem

    Later = Callable[[int], Problem]

ENOUGH = 2
"""Alternates promised; with fewer, what forces the ways together is looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class OriginAnswer:
    """The ways in of one origin.

    Attributes
    ----------
    routes
        Primary first, then alternates; empty when there is no way.
    shared
        Share of each route that lies on the primary.
    options
        Non-dominated trades of minutes against exposure, fastest first.
    near_misses
        Other ways that share too much or cost too much to count.
    forced
        Arcs every way in must use, where alternates are missing.
    by_gate
        The best way that trees hold to each gate, in their order, None where there is none.
    opens
        Second of the earliest arrival, where there is no way and one opens within a day.
    whole
        False: nobody looked for more than the primary.
    """

    routes: tuple[Walk, ...]
    shared: tuple[float, ...] = ()
    options: tuple[Walk, ...] = ()
    near_misses: tuple[Walk, ...] = ()
    forced: tuple[int, ...] = ()
    by_gate: tuple[Walk | None, ...] = ()
    opens: int | None = None
    whole: bool = True

    def on_roads(self, chain: Chain) -> OriginAnswer:
        """Return the same, found on the copies of a chain, on the roads themselves."""
        return replace(
            self,
            routes=tuple(map(chain.down, self.routes)),
            options=tuple(map(chain.down, self.options)),
            near_misses=tuple(map(chain.down, self.near_misses)),
            forced=tuple(arc % chain.n_arcs for arc in self.forced),
            by_gate=tuple(None if way is None else chain.down(way) for way in self.by_gate),
        )


def first_answers(
    problem: Problem, to_go: NDArray[np.float64], *, later: Later | None = None
) -> list[OriginAnswer]:
    """Return the primary way of every origin alone, the same as ``answer_all`` gives.

    Parameters
    ----------
    problem, to_go, later
        As in ``answer_all``.
    """
    primaries = primary_ways(problem, to_go)
    opens = _openings(problem, primaries, later)
    return [
        OriginAnswer((), opens=opens.get(int(origin)), whole=False)
        if primary is None
        else OriginAnswer((primary,), (shared_share(problem, primary, primary),), whole=False)
        for origin, primary in zip(problem.origins, primaries, strict=True)
    ]


def _openings(
    problem: Problem, primaries: Sequence[Walk | None], later: Later | None
) -> dict[int, int]:
    closed = [int(o) for o, w in zip(problem.origins, primaries, strict=True) if w is None]
    return earliest_arrivals(problem, closed, later) if closed else {}


def answer_all(
    problem: Problem,
    to_go: NDArray[np.float64],
    rules: AlternateRules | None = None,
    *,
    later: Later | None = None,
) -> list[OriginAnswer]:
    """Return the answer of every origin.

    Parameters
    ----------
    problem
        The question.
    to_go
        float64[m]; free-flow seconds to the nearest gate.
    rules
        When a way counts as another way.
    later
        The same question for another second of arrival, at the hour of that; ``problem.at``
        when None.
    """
    rules = rules or AlternateRules()
    primaries = primary_ways(problem, to_go)
    by_gate = [problem.tree([g]) for g in range(len(problem.gate_nodes))]
    sweep = make_sweep(problem, to_go, primaries)
    opens = _openings(problem, primaries, later)
    to_gates = [_ways_to(problem, g, tree) for g, tree in enumerate(by_gate)]
    return [
        OriginAnswer((), opens=opens.get(int(origin)))
        if primary is None
        else replace(
            _with_alternates(
                problem, int(origin), primary, _Trees(by_gate, to_go), sweep, rules=rules
            ),
            by_gate=tuple(ways[i] for ways in to_gates),
        )
        for i, (origin, primary) in enumerate(zip(problem.origins, primaries, strict=True))
    ]


class _Trees(NamedTuple):
    """What all origins share: a tree by gate, free-flow seconds to go."""

    by_gate: Sequence[Tree]
    to_go: NDArray[np.float64]


def _ways_to(problem: Problem, gate: int, tree: Tree) -> list[Walk | None]:
    """Return the way of every origin to one gate: at the last moment, else as early as must be."""
    ways = [tree_way(problem, tree, int(origin)) for origin in problem.origins]
    if None not in ways:
        return ways
    latest = problem.latest_tree([gate]).cost
    left = [way is None and np.isfinite(least_to_go(problem, int(origin), latest))
            for origin, way in zip(problem.origins, ways, strict=True)]  # fmt: skip
    early = best_of_trees(problem, [gate]) if any(left) else ways
    return [way or other for way, other in zip(ways, early, strict=True)]


def _with_alternates(
    problem: Problem,
    origin: int,
    primary: Walk,
    trees: _Trees,
    sweep: Sweep | None,
    *,
    rules: AlternateRules,
) -> OriginAnswer:
    others, near = alternate_ways(problem, origin, primary, trees.by_gate, trees.to_go, rules)
    routes = (primary, *others)
    options = (primary,) if sweep is None else option_ways(sweep, origin, primary, others)
    return OriginAnswer(
        routes,
        tuple(shared_share(problem, way, primary) for way in routes),
        options,
        tuple(near),
        tuple(forced_arcs(problem, primary).tolist()) if len(others) < ENOUGH else (),
    )
