"""Where one leaves the area by the road one would come in on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.gateways import WAY_OUT_M
from planner.network.graph import CLASSES, Access
from planner.network.parts import round_the_core

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network


def exit_nodes(network: Network, nodes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the node by which one leaves where each gateway is entered; -1 where none is near.

    It is the gateway's own node where roads lead to it. Where the way in is one-way, as a
    carriageway of a motorway is, it is the end of an arc the other way within ``WAY_OUT_M``: of the
    same class of road if there is one, of the same name if there is one, then the nearest.

    Parameters
    ----------
    nodes
        int[k]; nodes of the gateways, -1 for none.

    Returns
    -------
    int32[k]
    """
    free = network.access != Access.PRIVATE
    _, reached = round_the_core(network.tail[free], network.head[free], network.n_nodes)
    out = (network.access == Access.PUBLIC) & reached[network.tail] & network.is_own()
    out &= network.road_class != CLASSES.index("ferry")
    ends = np.flatnonzero(out)
    found = [int(node) if node < 0 or reached[node] else _beside(network, int(node), ends)
             for node in nodes]  # fmt: skip
    return np.array(found, np.int32)


def _beside(network: Network, node: int, ends: NDArray[np.intp]) -> int:
    """Return the end of the likeliest arc out near a node that is only come from."""
    into = np.flatnonzero(network.tail == node)
    far = np.hypot(*(network.node_xy[network.head[ends]] - network.node_xy[node]).T)
    near, far = ends[far <= WAY_OUT_M], far[far <= WAY_OUT_M]
    if not len(near) or not len(into):
        return -1
    way = int(into[network.road_class[into].argmin()])
    kept = _heading(network, near) @ _heading(network, np.array([way]))[0] < 0
    near, far = near[kept], far[kept]
    if not len(near):
        return -1
    order = np.lexsort((
        near, far, network.name[near] != network.name[way],
        network.road_class[near] != network.road_class[way],
    ))  # fmt: skip
    return int(network.head[near[order[0]]])


def _heading(network: Network, arcs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return float64[k, 2]; from the tail of each arc to its head, metres."""
    step: NDArray[np.float64] = (
        network.node_xy[network.head[arcs]] - network.node_xy[network.tail[arcs]]
    )
    return step
