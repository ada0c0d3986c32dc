"""The roads every way in must use: the cuts of one arc."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.compiled import compiled
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
    within 300 m of a gate); roads shut during the drive do not count. One sweep along the
    primary finds them all: an arc is forced when nothing beyond it is reached from what lies
    before it. Turn restrictions are left aside, so a road may be forced that is not named.
    """
    shut = problem.field.shut_during(problem.arrive - problem.early - DRIVE_S, problem.arrive + 1)
    network, graph = problem.network, problem.graph
    gates = network.node_xy[problem.gate_nodes]
    tail = network.node_xy[network.tail[primary.arcs]]
    near = (np.linalg.norm(tail[:, None] - gates[None], axis=2) <= LAST_APPROACH_M).any(axis=1)
    path = primary.arcs[: int(np.argmax(near))] if near.any() else primary.arcs
    goal = np.linalg.norm(network.node_xy[:, None] - gates[None], axis=2).min(axis=1)
    forced = _sweep(
        path, network.tail, network.head, graph.out_start, graph.out_arcs,
        goal <= LAST_APPROACH_M, shut, problem.roads,
    )  # fmt: skip
    return np.asarray(path[forced], np.int32)


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
