"""Our answers to random pairs of places of a city, in the shape in which Valhalla gives its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.crs import to_lonlat
from planner.network.clockwork import idle_clock
from planner.network.search import Gates, arrival_tree, best_start, follow, make_graph
from planner.network.snap import snap
from planner.network.split import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network

NOON_S = 43_200


class Route(NamedTuple):
    """One way of ours: metres, seconds, coordinates in the metric CRS, arcs of the network."""

    length_m: float
    time_s: float
    xy: NDArray[np.float64]
    arcs: NDArray[np.int64]


class Pairs(NamedTuple):
    """Pairs of places on roads: arcs int64[k, 2], metric xy and lonlat float64[k, 2, 2]."""

    arc: NDArray[np.int64]
    along: NDArray[np.float64]
    xy: NDArray[np.float64]
    lonlat: NDArray[np.float64]


def random_pairs(network: Network, n: int, seed: int) -> Pairs:
    """Return pairs of places, drawn by length of road, on streets one may stop on."""
    rng = np.random.default_rng(seed)
    share = network.length_m / network.length_m.sum()
    arc = rng.choice(network.n_arcs, 2 * n, p=share)
    step = (rng.random(2 * n) * (np.diff(network.shape_start)[arc] - 1)).astype(np.int64)
    at = network.shape_start[arc] + step
    part = rng.random((2 * n, 1))
    drawn = network.shape_xy[at] * (1 - part) + network.shape_xy[at + 1] * part
    places = snap(network, drawn, max_m=5_000)
    lonlat = to_lonlat(places.xy, network.epsg)
    return Pairs(
        places.arc.astype(np.int64).reshape(-1, 2),
        places.along.reshape(-1, 2),
        places.xy.reshape(-1, 2, 2),
        lonlat.reshape(-1, 2, 2),
    )


def our_routes(network: Network, pairs: Pairs) -> list[Route | None]:
    """Return our quickest way of each pair, None where there is none."""
    stops = snap(network, pairs.xy.reshape(-1, 2), max_m=5_000)
    stops = stops._replace() if hasattr(stops, "_replace") else stops
    cut = split(network, stops=stops)
    graph = make_graph(cut.network)
    clock = idle_clock(graph.n_nodes, graph.n_arcs)
    return [_route(cut, graph, clock, *nodes) for nodes in cut.stop_node.reshape(-1, 2).tolist()]


def _route(cut, graph, clock, start: int, end: int) -> Route | None:
    gates = Gates(np.array([end], np.int32), np.array([0]), np.array([NOON_S]))
    tree = arrival_tree(graph, clock, gates, NOON_S, risk_aversion=0.0)
    first = best_start(graph, tree, start)
    if start == end:
        return Route(0.0, 0.0, cut.network.node_xy[[start, end]], np.empty(0, np.int64))
    if first < 0:
        return None
    arcs = follow(tree, first)
    xy = np.concatenate([cut.network.arc_shape(arc) for arc in arcs.tolist()])
    kept = np.ones(len(xy), bool)
    kept[1:] = (xy[1:] != xy[:-1]).any(axis=1)
    return Route(
        float(cut.network.length_m[arcs].sum()),
        float(tree.cost[first]),
        xy[kept],
        cut.parent[arcs].astype(np.int64),
    )
