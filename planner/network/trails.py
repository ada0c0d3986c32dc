"""Plans of many nodes read off one arrival-time tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.compiled import compiled
from planner.network.search import best_start

if TYPE_CHECKING:
    from planner.network.search import Graph, Tree


class Trails(NamedTuple):
    """The plans of `o` nodes, `k` arcs in all.

    Attributes
    ----------
    first
        int32[o]; first arc, -1 where no plan begins.
    start
        int64[o + 1]; node `i` drives ``arcs[start[i]:start[i + 1]]``.
    arcs, entered
        int32[k], int64[k]; arcs in driving order, second of entry.
    """

    first: NDArray[np.int32]
    start: NDArray[np.int64]
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]


def trails(graph: Graph, tree: Tree, nodes: NDArray[np.int32]) -> Trails:
    """Return the plan of each node: what ``follow_clock`` gives for its ``best_start``."""
    first = np.array([best_start(graph, tree, int(node)) for node in nodes], np.int32)
    start, arcs, entered = _follow(
        first, tree.clock, tree.slot, tree.label, tree.after, tree.arcs, tree.open_arc
    )
    return Trails(first, start, arcs, entered)


@compiled(nogil=True)
def _follow(first, clock, slot, label, after, arcs, open_arc):
    m = len(arcs)
    start = np.zeros(len(first) + 1, np.int64)
    for i in range(len(first)):
        n = 0
        at = slot[first[i]] if first[i] >= 0 else -1
        while at >= 0:
            n += 1
            at = after[at]
        start[i + 1] = start[i] + n
    path = np.empty(start[-1], np.int32)
    entered = np.empty(start[-1], np.int64)
    for i in range(len(first)):
        k = start[i]
        at = slot[first[i]] if first[i] >= 0 else -1
        then = clock[first[i]] if first[i] >= 0 else 0
        while at >= 0:
            path[k] = arcs[at if at < m else open_arc[at - m]]
            entered[k] = then
            then = int(label[at, 1])
            at = after[at]
            k += 1
    return start, path, entered
