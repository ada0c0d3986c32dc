"""The fewest roads whose closure parts origins from every gate: minimum cuts by maximum flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.compiled import compiled
from planner.routes.forced import closed_arcs, last_approach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.problem import Problem

MOST = 3
"""With more roads than these, no cut is told."""


class Cut(NamedTuple):
    """A smallest set of roads that holds one of every way in; the nearest to the gates.

    ``arcs`` is int32[k]: the arc of each by which one drives in.
    """

    arcs: NDArray[np.int32]


def least_cut(
    problem: Problem, origins: Sequence[int], spared: NDArray[np.int32], most: int = MOST
) -> Cut | None:
    """Return a minimum cut between some origins and the last approach.

    Parameters
    ----------
    problem
        The question; roads shut during the drive do not count, turn restrictions are left aside, so
        the true cut may be smaller.
    origins
        Nodes; the cut parts all of them from the gates.
    spared
        int32[s]; arcs whose roads no cut may hold, such as those that are cuts by themselves.
    most
        Roads of a cut at most.

    Returns
    -------
    Cut | None
        None: an origin lies within the last approach, no way leads in, or only a larger cut exists.

    References
    ----------
    Ford, Fulkerson 1956, Maximal flow through a network, Can. J. Math. 8, 399-404,
    doi:10.4153/CJM-1956-045-5.
    """
    graph = problem.graph
    goal = last_approach(problem)
    nodes = np.unique(np.asarray(origins, np.int64))
    if goal[nodes].any():
        return None
    # Opposite directions of a road are two capacities, ways drawn twice over it are one.
    ways = 2 * problem.roads.astype(np.int64) + (graph.tail < graph.head)
    roads = _Flow(
        ways, closed_arcs(problem, goal), problem.on_roads(spared),
        np.zeros(int(ways.max(initial=0)) + 1, np.int64),
    )  # fmt: skip
    value, arcs = _least_cut(graph, roads, nodes, goal, int(most))
    if not 0 < value <= most:
        return None
    return Cut(arcs[np.unique(problem.roads[arcs], return_index=True)[1]])


class _Flow(NamedTuple):
    """The roads as capacities of one: number of each arc's, which are shut, which have no limit."""

    ways: NDArray[np.int64]
    shut: NDArray[np.bool_]
    free: NDArray[np.bool_]
    flow: NDArray[np.int64]


@compiled(nogil=True)
def _least_cut(graph, roads, origins, goal, most):
    by = np.empty(len(goal), np.int64)
    begins = np.zeros(len(goal), np.bool_)
    begins[origins] = True
    value = 0
    while True:
        at = _path(graph, roads, begins, goal, by)
        if at < 0:
            break
        value += 1
        if value > most:
            return value, np.empty(0, np.int32)
        while by[at] != len(roads.ways):
            step = by[at]
            if step >= 0:
                roads.flow[roads.ways[step]] += 1
                at = graph.head[step]
            else:
                roads.flow[roads.ways[-2 - step]] -= 1
                at = graph.tail[-2 - step]
    # The last sweep came to every node from which one more unit would get to the goal.
    cut = np.empty(len(roads.ways), np.int32)
    k = 0
    for arc in range(len(roads.ways)):
        if not roads.shut[arc] and by[graph.head[arc]] != -1 and by[graph.tail[arc]] == -1:
            cut[k] = arc
            k += 1
    return value, cut[:k].copy()


@compiled(nogil=True)
def _path(graph, roads, begins, goal, by):
    # Back from the goal, an origin from which one more unit fits: by[node] is the arc it goes on
    # by, or -2 - arc driven back; -1 where the sweep did not come.
    by[:] = -1
    stack = np.empty(len(goal), np.int64)
    top = 0
    for node in range(len(goal)):
        if goal[node]:
            by[node] = len(roads.ways)
            stack[top] = node
            top += 1
    while top:
        top -= 1
        at = stack[top]
        for i in range(graph.in_start[at], graph.in_start[at + 1]):
            arc = graph.in_arcs[i]
            to = graph.tail[arc]
            fits = not roads.shut[arc] and (roads.free[arc] or roads.flow[roads.ways[arc]] < 1)
            if by[to] == -1 and fits:
                by[to] = arc
                if begins[to]:
                    return to
                stack[top] = to
                top += 1
        for i in range(graph.out_start[at], graph.out_start[at + 1]):
            arc = graph.out_arcs[i]
            to = graph.head[arc]
            if by[to] == -1 and roads.flow[roads.ways[arc]] > 0:
                by[to] = -2 - arc
                if begins[to]:
                    return to
                stack[top] = to
                top += 1
    return -1
