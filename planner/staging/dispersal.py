"""The ways by which a crowd leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from planner.network.graph import CLASSES
from planner.network.lines import arc_lines
from planner.network.transit import nearest_stops

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.graph import Network

WALK_MS = 1.34
"""Metres a second on foot on level ground: Weidmann, Transporttechnik der Fussgaenger, 1993."""
LEAVE_MIN = 10.0
"""Minutes on foot within which people look for a stop. Assumption."""
REACH_M = WALK_MS * 60 * LEAVE_MIN
"""Metres on foot to the farthest stop that people leave by."""
SPREAD_M = 100.0
"""Within this of a crowd's edge people leave by every street. Assumption: a block."""
STOPS = 6
"""Stops that a crowd walks to: stations first, each kind, spread around. Assumption."""
AT_EDGE_M = 15.0
"""A street this near to the crowd is stepped on at once. Assumption: half a wide street."""
NOT_WALKED = frozenset(
    {"motorway", "motorway_link", "trunk_link", "ferry"}
)  # fmt: skip
"""Classes of roads that nobody leaves along on foot."""


class WaysOut(NamedTuple):
    """Streets people walk: `k` lines, metric, and where each leads, "" for anywhere."""

    lines: NDArray[Any]
    to: NDArray[Any]


class Nearest(NamedTuple):
    """For `s` sites, metres to the nearest of some shapes, inf for none; its row, -1."""

    metres: NDArray[np.float64]
    row: NDArray[np.int64]


def nearest_of(sites: NDArray[Any], shapes: NDArray[Any], *, within_m: float) -> Nearest:
    """Return the nearest shape to each site among those within a distance."""
    metres = np.full(len(sites), np.inf)
    row = np.full(len(sites), -1, np.int64)
    if len(shapes):
        (site, shape), far = shapely.STRtree(shapes).query_nearest(
            sites, max_distance=within_m, return_distance=True
        )
        order = np.lexsort((shape, far, site))
        first = order[np.unique(site[order], return_index=True)[1]]
        metres[site[first]], row[site[first]] = far[first], shape[first]
    return Nearest(metres, row)


def ways_out(network: Network, crowd: Any, stops: GeoDataFrame | None) -> WaysOut:
    """Return the streets by which people leave a crowd.

    Every street within ``SPREAD_M`` of its edge, and the shortest walks along the roads of
    the network, in either direction, to the stops that ``nearest_stops`` chooses. *Assumption*:
    footpaths that no vehicle uses are not known here.

    Parameters
    ----------
    crowd
        Its ground when it ends, metric.
    stops
        The static table ``transit_stops`` in the network's CRS; None where it is unknown.
    """
    arcs = _walked(network, crowd)
    if shapely.is_empty(crowd) or not len(arcs):
        return WaysOut(np.zeros(0, object), np.zeros(0, object))
    lines = arc_lines(network, arcs)
    close = shapely.dwithin(lines, crowd, SPREAD_M)
    spread = shapely.intersection(lines[close], shapely.buffer(crowd, SPREAD_M))
    found = [WaysOut(spread, np.full(len(spread), "", object))]
    near = _stops_near(crowd, stops)
    if near is not None and len(near):
        found += _walks(network, arcs, lines, crowd, near)
    return WaysOut(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _walked(network: Network, crowd: Any) -> NDArray[np.int64]:
    """Return the arcs near a crowd that people walk along, each road once."""
    closed = np.array([name in NOT_WALKED for name in CLASSES])
    keep = network.each_road_once() & ~closed[network.road_class]
    if shapely.is_empty(crowd):
        return np.zeros(0, np.int64)
    west, south, east, north = shapely.bounds(crowd)
    margin = REACH_M * 1.5
    for ends in (network.node_xy[network.tail], network.node_xy[network.head]):
        keep &= (ends >= (west - margin, south - margin)).all(axis=1)
        keep &= (ends <= (east + margin, north + margin)).all(axis=1)
    return np.flatnonzero(keep)


def _stops_near(crowd: Any, stops: GeoDataFrame | None) -> GeoDataFrame | None:
    if stops is None or stops.empty:
        return None
    centre = shapely.centroid(crowd)
    apart = shapely.distance(np.asarray(stops.geometry.array, object), crowd)
    # Who stands at a stop needs no way to it.
    within = stops[(apart <= REACH_M) & (apart > 0)]
    return nearest_stops(within, (centre.x, centre.y), limit=STOPS, within_m=np.inf)


def _walks(
    network: Network, arcs: NDArray[np.int64], lines: NDArray[Any], crowd: Any, stops: GeoDataFrame
) -> list[WaysOut]:
    """Return the shortest walk to each stop, as far as one begins at the crowd."""
    nodes, ends = np.unique([network.tail[arcs], network.head[arcs]], return_inverse=True)
    ends = ends.reshape(2, -1)
    begins, by = _begins(network.node_xy[nodes], ends, lines, crowd)
    metres, before, arc_of = _tree(ends, network.length_m[arcs], begins)
    arc_of |= {(node, len(nodes)): int(arc) for node, arc in enumerate(by.tolist()) if arc >= 0}
    spots = shapely.get_coordinates(stops.geometry)
    gap, at = cKDTree(network.node_xy[nodes]).query(spots)
    found = []
    for stop, (name, kind) in enumerate(zip(stops["name"], stops["kind"], strict=True)):
        if gap[stop] + metres[at[stop]] <= REACH_M:
            walk = lines[_chain(int(at[stop]), before, arc_of)]
            told = str(name) or f"the nearest {kind} stop"
            found.append(WaysOut(walk, np.full(len(walk), told, object)))
    return found


def _begins(
    xy: NDArray[np.float64], ends: NDArray[np.int64], lines: NDArray[Any], crowd: Any
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return for each node how far people walk to it first, inf where they come later; by what arc.

    The arc is -1 where the node is at the crowd itself.
    """
    far = shapely.distance(shapely.points(xy), crowd)
    first, by = np.full(len(xy), np.inf), np.full(len(xy), -1)
    met = np.flatnonzero(shapely.dwithin(lines, crowd, AT_EDGE_M))
    for end in ends[:, met]:
        first[end], by[end] = far[end], met
    if not len(met) and len(far):
        first[far.argmin()] = far.min()
    by[far <= AT_EDGE_M] = -1
    return first, by


def _tree(
    ends: NDArray[np.int64],
    length: NDArray[np.float64],
    begins: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int32], dict[tuple[int, int], int]]:
    """Return metres to each node, the node before it, and the arc between two nodes."""
    n = len(begins)
    low, high = ends.min(axis=0), ends.max(axis=0)
    order = np.lexsort((length, high, low))
    pair = low[order] * n + high[order]
    once = order[np.unique(pair, return_index=True)[1]]
    start = np.flatnonzero(np.isfinite(begins))
    # From the crowd, one node more, to where people begin to walk.
    rows = np.concatenate([low[once], np.full(len(start), n)])
    columns = np.concatenate([high[once], start])
    # A way of no length would be read as none.
    cost = np.maximum(np.concatenate([length[once], begins[start]]), 1e-6)
    graph = coo_matrix((cost, (rows, columns)), (n + 1, n + 1)).tocsr()
    metres, before = dijkstra(
        graph, directed=False, indices=n, return_predecessors=True, limit=REACH_M
    )
    arc_of = {(int(low[i]), int(high[i])): int(i) for i in once}
    return metres, before, arc_of


def _chain(
    node: int, before: NDArray[np.int32], arc_of: dict[tuple[int, int], int]
) -> NDArray[np.int64]:
    """Return the arcs walked to a node, the last first."""
    walked = []
    while before[node] >= 0:
        other = int(before[node])
        arc = arc_of.get((min(node, other), max(node, other)))
        walked += [] if arc is None else [arc]
        node = other
    return np.array(walked, np.int64)
