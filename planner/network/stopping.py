"""The roads on which one may stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.build import in_largest_part
from planner.network.graph import CLASSES, Access, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_STOPPING = ("motorway", "motorway_link", "trunk_link", "ferry")
"""Classes on which nobody stops."""

CLASS_HANDICAP_M = {"trunk": 50.0, "primary_link": 20.0, "secondary_link": 20.0, "track": 20.0}
"""Assumption: how much nearer a road of a class that seldom has a door must be to be taken."""


def fit_to_stop(network: Network, *, allow_private: bool) -> NDArray[np.bool_]:
    """Return bool[m]: arcs where a vehicle may stop and which it can reach, each street once.

    Public and destination arcs count within their largest strongly connected part; private
    ones, where asked for, when they can be reached from it over roads one may stop on.
    """
    fit = ~np.isin(network.road_class, [CLASSES.index(name) for name in NO_STOPPING])
    open_to_all = np.flatnonzero(network.access <= Access.DESTINATION)
    inside = in_largest_part(network.tail[open_to_all], network.head[open_to_all], network.n_nodes)
    main = np.zeros(network.n_arcs, bool)
    main[open_to_all[inside]] = True
    if allow_private:
        main = _reached(network, main)
    twin = network.twin
    main &= fit
    main[twin >= 0] |= main[twin[twin >= 0]]
    once: NDArray[np.bool_] = (twin < 0) | (np.arange(network.n_arcs) < twin)
    return main & once


def _reached(network: Network, main: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return bool[m]: the main arcs, and those that begin where they or others of them lead."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    n = network.n_nodes
    if not main.any():
        return main
    core = int(network.tail[np.flatnonzero(main)[0]])
    graph = csr_matrix((np.ones(network.n_arcs, np.int8), (network.tail, network.head)), (n, n))
    reached = np.zeros(n, bool)
    reached[breadth_first_order(graph, core, return_predecessors=False)] = True
    arcs: NDArray[np.bool_] = reached[network.tail]
    return arcs


def near(network: Network, xy: NDArray[np.float64], max_m: float) -> NDArray[np.bool_]:
    """Return bool[m]: the arcs whose bounding box comes within ``max_m`` of any point."""
    xy = np.asarray(xy, float).reshape(-1, 2)
    found = np.zeros(network.n_arcs, bool)
    if not len(xy) or not network.n_arcs:
        return found
    low = np.minimum.reduceat(network.shape_xy, network.shape_start[:-1], axis=0) - max_m
    high = np.maximum.reduceat(network.shape_xy, network.shape_start[:-1], axis=0) + max_m
    some = np.flatnonzero(
        (high >= xy.min(axis=0)).all(axis=1) & (low <= xy.max(axis=0)).all(axis=1)
    )
    low, high = low[some], high[some]
    for point in xy:
        found[some[((low <= point) & (point <= high)).all(axis=1)]] = True
    return found
