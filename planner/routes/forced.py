"""The roads every way in must use: the cuts of one road."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.compiled import compiled
from planner.network.graph import Access
from planner.routes.walk import LAST_APPROACH_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

DRIVE_S = 3600
"""Seconds of driving before the arrival window in which a closure counts."""


def forced_arcs(problem: Problem, primary: Walk) -> NDArray[np.int32]:
    """Return the arcs, int32[k], that lie on every way from the primary's origin to a gate.

    Each is a minimum cut of one arc between the origin and the last approach (everything
    within 300 m of a gate); roads shut during the drive do not count, nor do restricted ones that
    no way may pass through. One sweep along the primary finds them all: an arc is forced when
    nothing beyond it is reached from what lies before it. Turn restrictions are left aside, so a
    road may be forced that is not named.
    """
    network, graph = problem.network, problem.graph
    goal = last_approach(problem)
    near = goal[network.tail[primary.arcs]]
    path = primary.arcs[: int(np.argmax(near))] if near.any() else primary.arcs
    forced = _sweep(
        path, network.tail, network.head, graph.out_start, graph.out_arcs,
        goal, closed_arcs(problem, goal), problem.roads,
    )  # fmt: skip
    return np.asarray(path[forced], np.int32)


def last_approach(problem: Problem) -> NDArray[np.bool_]:
    """Return bool[n]: the nodes within 300 m of a gate."""
    network = problem.network
    gates = network.node_xy[problem.gate_nodes[problem.gate_nodes >= 0]]
    far = np.linalg.norm(network.node_xy[:, None] - gates[None], axis=2).min(axis=1, initial=np.inf)
    near: NDArray[np.bool_] = far <= LAST_APPROACH_M
    return near


def closed_arcs(problem: Problem, goal: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return bool[m]: the arcs no way in may use.

    Those shut during the drive, and restricted ones, save where a way may end: those from
    which restricted arcs alone lead to the goal.
    """
    network = problem.network
    since = problem.arrive - problem.early - DRIVE_S
    shut: NDArray[np.bool_] = problem.field.shut_during(since, problem.arrive + 1)
    restricted = network.access != Access.PUBLIC
    inside, before = goal.copy(), -1
    while before != int(inside.sum()):
        before = int(inside.sum())
        inside[network.tail[restricted & inside[network.head]]] = True
    closed: NDArray[np.bool_] = shut | (restricted & ~inside[network.head])
    return closed


@compiled(nogil=True)
def _sweep(path, tail, head, out_start, out_arcs, goal, shut, roads):
    k = len(path)
    place = np.full(len(out_start) - 1, -1, np.int64)
    for i in range(k):
        place[tail[path[i]]] = i
    forced = np.zeros(k, np.bool_)
    seen = np.zeros(len(place), np.bool_)
    stack = np.empty(len(place), np.int64)
    far = 0
    for i in range(k):
        # Everything reached from the path's first i nodes without the arcs still ahead.
        node = tail[path[i]]
        top = 0
        if not seen[node]:
            seen[node] = True
            stack[0] = node
            top = 1
        while top:
            top -= 1
            at = stack[top]
            if goal[at]:
                far = k
            far = max(far, place[at])
            for j in range(out_start[at], out_start[at + 1]):
                arc = out_arcs[j]
                on_path = place[at] >= 0 and roads[path[place[at]]] == roads[arc]
                if not on_path and not shut[arc] and not seen[head[arc]]:
                    seen[head[arc]] = True
                    stack[top] = head[arc]
                    top += 1
        if far >= k:
            break
        forced[i] = far == i
        far = max(far, i + 1)
    return forced
