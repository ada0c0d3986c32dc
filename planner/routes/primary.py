"""The best way in of every origin: trees for all, then the exact corridor table for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.corridor import Bound, exact_ways
from planner.network.moves import BARRED
from planner.network.search import best_start
from planner.routes.walk import Walk, walk, walk_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.network.corridor import Way
    from planner.network.search import Tree
    from planner.routes.problem import Problem

STEP_S = 60
"""Trees are grown for every minute of the arrival window in which risk can change."""

SLACK_S = 900
"""How much longer than free flow a plan is looked for where no tree found one."""


def primary_ways(
    problem: Problem,
    to_go: NDArray[np.float64],
    only: Sequence[int] | None = None,
    *,
    spare: int = 0,
) -> list[Walk | None]:
    """Return the best plan of each origin, None where there is none.

    Parameters
    ----------
    problem
        The question.
    to_go
        float64[m]; free-flow seconds to the nearest of the gates (``Problem.free_tree``).
    only
        Gates to consider; all when None.
    spare
        Seconds by which a plan may be dearer than others are looked for.
    """
    only = problem.gates_in_reach(only)
    if not only:
        return [None] * len(problem.origins)
    known = best_of_trees(problem, only)
    places = range(len(known))
    found = dict(_exact_ways(problem, to_go, only, known, places, spare=spare))
    return [found[place] for place in places]


def having_ways(problem: Problem, to_go: NDArray[np.float64], *, spare: int = 0) -> frozenset[int]:
    """Return the nodes of origins for which ``primary_ways`` finds a way, without finding the best.

    A table is filled for those alone that no tree leads in.
    """
    only = problem.gates_in_reach()
    if not only:
        return frozenset()
    known = best_of_trees(problem, only)
    closed = [place for place, way in enumerate(known) if way is None]
    for place, way in _exact_ways(problem, to_go, only, known, closed, spare=spare):
        known[place] = way
    return frozenset(
        int(o) for o, way in zip(problem.origins, known, strict=True) if way is not None
    )


def _exact_ways(
    problem: Problem,
    to_go: NDArray[np.float64],
    only: Sequence[int],
    known: Sequence[Walk | None],
    places: Sequence[int],
    *,
    spare: int,
) -> Iterator[tuple[int, Walk | None]]:
    """Give the best plans of the origins at some places, each the one known or a better one."""
    if not places:
        return
    close = lower_bounds(problem, to_go, only)
    dear = problem.dear_tree(only).cost if (problem.factor > 1).any() else None
    asked: dict[int, tuple[int, Bound]] = {}
    for place in places:
        origin, way = int(problem.origins[place]), known[place]
        most = way.cost_s + 1e-6 if way else longest_s(problem, origin, to_go) + spare
        least = least_to_go(problem, origin, close)
        if np.isfinite(least) and least <= most:
            asked[place] = origin, Bound(close, most, dear=dear)
    found = {}
    if asked:
        found = dict(zip(asked, exact_ways(
            problem.graph, problem.clock, problem.gates(only), problem.arrive,
            list(asked.values()), risk_aversion=problem.risk_aversion, penalty=problem.factor,
        ), strict=True))  # fmt: skip
    for place in places:
        yield place, _better_of(problem, known[place], found.get(place))


def best_of_trees(problem: Problem, only: Sequence[int] | None = None) -> list[Walk | None]:
    """Return the best plan of each origin over trees at every minute of the window."""
    best: list[Walk | None] = [None] * len(problem.origins)
    for tree in arrival_trees(problem, only):
        for i, origin in enumerate(problem.origins):
            way = tree_way(problem, tree, int(origin))
            if way and _better(way, best[i]) and not circles(problem, way):
                best[i] = way
    return best


def arrival_trees(problem: Problem, only: Sequence[int] | None = None) -> list[Tree]:
    """Return trees for arriving at the last moment and, where risk changes, each minute before."""
    first = problem.tree(only)
    reach = first.cost[np.isfinite(first.cost)].max(initial=0.0)
    if not problem.changes(int(reach) + problem.early):
        return [first]
    return [
        first,
        *(problem.tree(only, earlier=e) for e in range(STEP_S, problem.early + 1, STEP_S)),
    ]


def tree_way(problem: Problem, tree: Tree, origin: int) -> Walk | None:
    """Return the plan a tree holds for a node, None where it holds none."""
    arc = best_start(problem.graph, tree, origin)
    return None if arc < 0 else walk_tree(problem, tree, arc)


def _better(way: Walk, other: Walk | None) -> bool:
    return other is None or (way.cost_s, -way.depart) < (other.cost_s, -other.depart)


def lower_bounds(
    problem: Problem, to_go: NDArray[np.float64], only: Sequence[int] | None = None
) -> NDArray[np.float64]:
    """Return lower bounds as close as a table may use: closures count, risk does not.

    Where one may wait at the end of an arc, its table holds the wait: only the free-flow bound
    leaves room for it.
    """
    latest = problem.latest_tree(only).cost
    waits = np.diff(problem.clock.rest_start)[problem.network.head] > 0
    return np.where(waits & np.isfinite(latest), to_go, latest)


def longest_s(problem: Problem, origin: int, to_go: NDArray[np.float64]) -> float:
    """Return the cost beyond which no plan is looked for; ``to_go`` is free flow."""
    return least_to_go(problem, origin, to_go) + problem.early + SLACK_S


def least_to_go(problem: Problem, origin: int, to_go: NDArray[np.float64]) -> float:
    """Return the least of what is left to pay from a node, inf where no road leads on."""
    graph = problem.graph
    out = graph.out_arcs[graph.out_start[origin] : graph.out_start[origin + 1]]
    return float(to_go[out].min(initial=np.inf))


def _better_of(problem: Problem, known: Walk | None, found: Way | None) -> Walk | None:
    """Return the plan of a table as a way in, the one known where there is none."""
    if found is None or not np.isfinite(found.cost):
        return known
    way = walk(problem, found.arcs, found.entered, arrive=found.arrive, proven=True)
    return known if circles(problem, way) else way


def circles(problem: Problem, way: Walk) -> bool:
    """Tell whether a way drives round to kill time: by a junction again, free to go on before.

    The cost allows it, for a second driven is no dearer than one waited; but nobody may hold on
    a carriageway, in circles neither. A loop round the block that a forbidden turn asks for, or
    the right side of the road at the gate, is none.
    """
    graph, heads = problem.graph, problem.network.head[way.arcs]
    order = np.argsort(heads, kind="stable")
    again = heads[order][1:] == heads[order][:-1]
    if not again.any():
        return False
    places: dict[int, list[int]] = {}
    for i in np.sort(order[np.append(False, again) | np.append(again, False)]).tolist():
        places.setdefault(int(heads[i]), []).append(i)
    arcs = way.arcs.tolist()
    for passed in places.values():
        for n, later in enumerate(passed[1:], 1):
            for before in passed[:n]:
                if later + 1 == len(arcs):
                    sides = (problem.aside_s(way.gate, arcs[i]) for i in (before, later))
                    if next(sides) <= next(sides):
                        return True
                elif graph.turn[graph.row[arcs[later + 1]] + graph.entry[arcs[before]]] != BARRED:
                    return True
    return False
