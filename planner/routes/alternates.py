"""Other ways in that share little with the primary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.primary import tree_way
from planner.routes.walk import Walk, shared_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.network.search import Tree
    from planner.routes.problem import Problem


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
    penalty
        Factor on the cost of a road each time a way has used it.
    rounds
        Penalty searches per origin at most.
    wanted
        Alternates looked for.
    """

    max_shared: float = 0.6
    max_twin: float = 0.8
    stretch: float = 1.75
    stretch_s: float = 600.0
    penalty: float = 1.5
    rounds: int = 8
    wanted: int = 3


def alternate_ways(
    problem: Problem,
    origin: int,
    primary: Walk,
    by_gate: Sequence[Tree],
    rules: AlternateRules = AlternateRules(),
) -> tuple[list[Walk], list[Walk]]:
    """Return alternates that differ, best first, and the candidates that share too much.

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
    """
    candidates = [way for tree in by_gate if (way := tree_way(problem, tree, origin))]
    fit = [way for way in candidates if _is_other(problem, primary, way, rules)]
    chosen = _choose(problem, primary, fit, rules)
    penalty = np.ones(problem.graph.n_arcs)
    used = [primary]
    for _ in range(rules.rounds):
        if len(chosen) >= rules.wanted:
            break
        for way in used:
            penalty[problem.on_roads(way.arcs)] *= rules.penalty
        tree = problem.tree(penalty=penalty)
        way = tree_way(problem, tree, origin)
        if way is None:
            break
        candidates.append(way)
        if _is_other(problem, primary, way, rules):
            fit.append(way)
            chosen = _choose(problem, primary, fit, rules)
        used = [way]
    return chosen, _near_misses(problem, primary, candidates, chosen)


def _is_other(problem: Problem, primary: Walk, way: Walk, rules: AlternateRules) -> bool:
    """Tell whether a way is short enough, simple, mostly off the primary."""
    limit = max(primary.cost_s * rules.stretch, primary.cost_s + rules.stretch_s)
    return (
        way.cost_s <= limit
        and not _loops(problem, way)
        and shared_share(problem, way, primary) <= rules.max_shared
    )


def _choose(
    problem: Problem, primary: Walk, fit: Sequence[Walk], rules: AlternateRules
) -> list[Walk]:
    left = list(fit)
    chosen: list[Walk] = []
    while left and len(chosen) < rules.wanted:
        way = min(left, key=lambda w: _price(problem, w, [primary, *chosen]))
        chosen.append(way)
        left = [w for w in left if shared_share(problem, w, way) <= rules.max_twin]
    return chosen


def _price(problem: Problem, way: Walk, known: Sequence[Walk]) -> tuple[bool, float]:
    """Rank by clear or not, then by cost raised for shared length, gate and last approach."""
    shared = max(shared_share(problem, way, other) for other in known)
    same_gate = any(way.gate == other.gate for other in known)
    ends = {int(other.arcs[-1]) for other in known}
    price = (
        way.cost_s * (1.0 + 0.5 * shared) + 120.0 * same_gate + 60.0 * (int(way.arcs[-1]) in ends)
    )
    return way.max_risk >= problem.clear_below, price


def _near_misses(
    problem: Problem, primary: Walk, candidates: Sequence[Walk], chosen: Sequence[Walk]
) -> list[Walk]:
    return sorted(
        (w for w in candidates if not any(w is c for c in chosen) and not _loops(problem, w)
         and len(w.arcs) and not np.array_equal(w.arcs, primary.arcs)),
        key=lambda w: (shared_share(problem, w, primary), w.cost_s),
    )  # fmt: skip


def _loops(problem: Problem, way: Walk) -> bool:
    heads = problem.network.head[way.arcs]
    return len(np.unique(heads)) < len(heads)
