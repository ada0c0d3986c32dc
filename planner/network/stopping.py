"""The roads on which one may stop."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from planner.network.graph import CLASSES, Access, Network
from planner.network.parts import in_largest_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NO_STOPPING = ("motorway", "motorway_link", "trunk_link", "ferry")
"""Classes on which nobody stops."""

CLASS_HANDICAP_M = {"trunk": 50.0, "primary_link": 20.0, "secondary_link": 20.0}
"""Assumption: how much nearer a road of a class that seldom has a door must be to be taken."""


class Reach(IntEnum):
    """How an arc hangs together with the largest part of the public streets."""

    NONE = 0
    INTO = 1
    """It leads there, and nothing leads from there to it, as at the edge of the data."""
    FROM = 2
    """One gets there from it."""
    PART = 3
    """It belongs to it."""


def reach(network: Network) -> NDArray[np.uint8]:
    """Return uint8[m]: the ``Reach`` of every arc; private ones never belong to the main part."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    open_to_all = np.flatnonzero(network.access <= Access.DESTINATION)
    inside = in_largest_part(network.tail[open_to_all], network.head[open_to_all], network.n_nodes)
    main = open_to_all[inside]
    found = np.zeros(network.n_arcs, np.uint8)
    if not len(main):
        return found
    n, start = network.n_nodes, int(network.tail[main[0]])
    graph = csr_matrix((np.ones(network.n_arcs, np.int8), (network.tail, network.head)), (n, n))
    for value, links, end in (
        (Reach.INTO, graph.T.tocsr(), network.head), (Reach.FROM, graph, network.tail),
    ):  # fmt: skip
        nodes = np.zeros(n, bool)
        nodes[breadth_first_order(links, start, return_predecessors=False)] = True
        found[nodes[end]] = value
    found[main] = Reach.PART
    return found


def fit_to_stop(network: Network, reached: NDArray[np.uint8], least: Reach) -> NDArray[np.bool_]:
    """Return bool[m]: arcs of a class where one stops, in such a ``reach``, each street once."""
    fit = ~np.isin(network.road_class, [CLASSES.index(name) for name in NO_STOPPING])
    fit &= either_way(network, reached) >= least
    return fit & network.each_road_once()


def either_way(network: Network, reached: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return uint8[m]: the better ``reach`` of an arc and its twin."""
    twin = network.twin
    return np.where(twin >= 0, np.maximum(reached, reached[twin]), reached)


def near(network: Network, xy: NDArray[np.float64], max_m: float) -> NDArray[np.bool_]:
    """Return bool[m]: the arcs whose bounding box comes within ``max_m`` of any point."""
    xy = np.asarray(xy, float).reshape(-1, 2)
    return near_boxes(network, np.hstack([xy, xy]), max_m)


def near_boxes(network: Network, boxes: NDArray[np.float64], max_m: float) -> NDArray[np.bool_]:
    """Return bool[m]: the arcs whose bounding box comes within ``max_m`` of any box.

    Parameters
    ----------
    boxes
        float64[k, 4]; west, south, east, north, metric.
    """
    found = np.zeros(network.n_arcs, bool)
    if not len(boxes) or not network.n_arcs:
        return found
    far = np.hstack([boxes[:, :2] - max_m, boxes[:, 2:] + max_m])
    some = np.arange(network.n_arcs)
    everything = np.concatenate([far[:, :2].min(axis=0), far[:, 2:].max(axis=0)])
    some = some[_meets(network.boxes, everything)]
    sides = [side[some] for side in network.boxes]
    for box in far:
        found[some[_meets(sides, box)]] = True
    return found


def _meets(sides: Sequence[NDArray[np.float64]], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = sides
    meets: NDArray[np.bool_] = west <= box[2]
    meets &= east >= box[0]
    meets &= south <= box[3]
    meets &= north >= box[1]
    return meets
