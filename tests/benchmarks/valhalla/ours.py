"""Our answers to random pairs of places of a city."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.crs import to_lonlat
from planner.network.clockwork import Clock, idle_clock
from planner.network.search import (
    Graph,
    arrival_tree,
    best_start,
    follow,
    make_gates,
    make_graph,
)
from planner.network.snap import Snapped, snap
from planner.network.split import Split, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network

DAY_S = 86_400
ON_ROAD_M = 0.5


class Pairs(NamedTuple):
    """Places on roads, two a pair: starts and ends by turns; lonlat float64[k, 2, 2]."""

    stops: Snapped
    lonlat: NDArray[np.float64]


class Route(NamedTuple):
    """One way of ours, `k` arcs of the network long.

    Attributes
    ----------
    length_m, time_s
        Of the whole.
    arcs, arc_m, arc_s
        int64[k], float64[k], float64[k]; each arc once, metres driven on it, seconds with the
        turn onto it.
    xy
        float64[p, 2]; metric CRS.
    """

    length_m: float
    time_s: float
    arcs: NDArray[np.int64]
    arc_m: NDArray[np.float64]
    arc_s: NDArray[np.float64]
    xy: NDArray[np.float64]


def random_pairs(network: Network, n: int, seed: int) -> Pairs:
    """Return pairs of places, drawn by length of road, on streets one may stop on."""
    rng = np.random.default_rng(seed)
    metres = np.where(network.is_own(), network.length_m, 0.0)
    arc = rng.choice(network.n_arcs, 8 * n, p=metres / metres.sum())
    step = (rng.random(len(arc)) * (np.diff(network.shape_start)[arc] - 1)).astype(np.int64)
    at = network.shape_start[arc] + step
    part = rng.random((len(arc), 1))
    xy = network.shape_xy[at] * (1 - part) + network.shape_xy[at + 1] * part
    xy = xy[snap(network, xy).distance_m < ON_ROAD_M][: 2 * n]
    stops = snap(network, xy)
    return Pairs(stops, to_lonlat(stops.xy, network.epsg).reshape(n, 2, 2))


def our_routes(network: Network, pairs: Pairs) -> list[Route | None]:
    """Return our quickest way of each pair, None where there is none."""
    cut = split(network, stops=pairs.stops)
    graph = make_graph(cut.network)
    clock = idle_clock(graph.n_nodes, graph.n_arcs)
    return [_route(cut, graph, clock, *nodes) for nodes in cut.stop_node.reshape(-1, 2).tolist()]


def _route(cut: Split, graph: Graph, clock: Clock, start: int, end: int) -> Route | None:
    if start == end:
        nothing = np.empty(0)
        place = cut.network.node_xy[[start, end]]
        return Route(0.0, 0.0, nothing.astype(int), nothing, nothing, place)
    gates = make_gates([end], [0], [DAY_S])
    tree = arrival_tree(graph, clock, gates, DAY_S, risk_aversion=0.0)
    first = best_start(graph, tree, start)
    if first < 0:
        return None
    arcs = follow(tree, first)
    xy = np.concatenate([cut.network.arc_shape(arc) for arc in arcs.tolist()])
    parent = cut.parent[arcs].astype(np.int64)
    begins = np.flatnonzero(np.concatenate([[True], parent[1:] != parent[:-1]]))
    metres = np.add.reduceat(cut.network.length_m[arcs], begins)
    seconds = np.add.reduceat(graph.seconds(arcs).astype(float), begins)
    return Route(
        float(metres.sum()), float(seconds.sum()), parent[begins], metres, seconds, xy
    )  # fmt: skip
