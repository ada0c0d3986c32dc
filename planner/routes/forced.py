"""The stretch every way in must use, by a minimum cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from planner.routes.walk import LAST_APPROACH_M

DRIVE_S = 3600
"""Seconds of driving before the arrival window in which a closure counts."""

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.routes.problem import Problem


def forced_arcs(problem: Problem, origin: int) -> NDArray[np.int32]:
    """Return the one arc through which every way from a node to the gates must pass, if any.

    Roads shut at any moment of the drive do not count, nor does the last approach (everything
    within 300 m of a gate). Two or more separate ways leave an empty array: then nothing is
    forced. Max-flow equals min-cut (Ford and Fulkerson 1956, doi:10.4153/CJM-1956-045-5).
    """
    network = problem.network
    sink = network.n_nodes
    since = problem.arrive - problem.early - DRIVE_S
    arcs = np.flatnonzero(~problem.field.shut_during(since, problem.arrive + 1)).astype(np.int32)
    gates = network.node_xy[problem.gate_nodes]
    near = np.min(
        np.linalg.norm(network.node_xy[:, None] - gates[None], axis=2), axis=1
    ) <= LAST_APPROACH_M  # fmt: skip
    ends = np.flatnonzero(near)
    if origin in ends:
        return np.zeros(0, np.int32)
    tail = np.concatenate([network.tail[arcs], ends])
    head = np.concatenate([network.head[arcs], np.full(len(ends), sink)])
    room = np.concatenate([np.ones(len(arcs), np.int32), np.full(len(ends), 9, np.int32)])
    graph = csr_matrix((room, (tail, head)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, origin, sink)
    if flow.flow_value != 1:
        return np.zeros(0, np.int32)
    left = graph - flow.flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    side = np.zeros(sink + 1, bool)
    side[breadth_first_order(left, origin, return_predecessors=False)] = True
    return arcs[side[network.tail[arcs]] & ~side[network.head[arcs]]]
