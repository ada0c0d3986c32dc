"""Nearest place on the roads for points on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.build import in_largest_part
from planner.network.graph import CLASSES, Access, Network
from planner.network.pieces import ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

HANDICAP_M = {Access.PUBLIC: 0.0, Access.DESTINATION: 10.0, Access.PRIVATE: 25.0}
"""Assumption: how much nearer a restricted street must be to be taken instead of a public one."""

NO_STOPPING = ("motorway", "motorway_link", "ferry")
"""Classes on which nobody stops."""

NEAR_M = 250.0
"""Default limit: further from every road, a point is on none."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Places on arcs for `k` points.

    Attributes
    ----------
    arc
        int32[k]; -1 where no road is near enough. Of a two-way street, the lower arc.
    along
        float64[k]; metres from the arc's tail, 0 where there is none.
    distance_m
        float64[k]; from the point to the road, inf where there is none.
    xy
        float64[k, 2]; the place, metric CRS; the point itself where there is none.
    """

    arc: NDArray[np.int32]
    along: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    xy: NDArray[np.float64]


class Snapper:
    """The roads one may stop on, indexed once for many questions.

    Parameters
    ----------
    network
        Roads in a metric CRS.
    allow_private
        Take private arcs too, and arcs off the largest strongly connected part.
    exclude_ways
        int64; OSM ids of ways never to stop on, such as tunnels (``tunnel_ways``).
    usable
        bool[m]; the arcs to take, instead of those one may stop on.
    """

    def __init__(
        self,
        network: Network,
        *,
        allow_private: bool = False,
        exclude_ways: NDArray[np.int64] | None = None,
        usable: NDArray[np.bool_] | None = None,
    ) -> None:
        self._network = network
        if usable is None:
            usable = _usable(network, allow_private=allow_private)
        if exclude_ways is not None:
            usable = usable & ~np.isin(network.way_id, exclude_ways)
        self._layers: list[tuple[float, NDArray[np.int64], Any]] = []
        for access, handicap in HANDICAP_M.items():
            arcs = np.flatnonzero(usable & (network.access == access))
            if len(arcs):
                self._layers.append((handicap, arcs, shapely.STRtree(_lines(network, arcs))))

    def snap(self, xy: NDArray[np.float64], *, max_m: float = NEAR_M) -> Snapped:
        """Return the nearest place on a road for points, float64[k, 2] in the network's CRS."""
        xy = np.asarray(xy, float).reshape(-1, 2)
        points = shapely.points(xy)
        best = np.full(len(xy), np.inf)
        distance_m = np.full(len(xy), np.inf)
        arc = np.full(len(xy), -1, np.int64)
        for handicap, arcs, tree in self._layers:
            (asked, found), metres = tree.query_nearest(
                points, max_distance=max_m, return_distance=True
            )
            # Of arcs equally near, the lowest.
            order = np.lexsort((arcs[found], metres, asked))
            asked, first = np.unique(asked[order], return_index=True)
            found, metres = arcs[found[order][first]], metres[order][first]
            better = metres + handicap < best[asked]
            asked, found, metres = asked[better], found[better], metres[better]
            best[asked], distance_m[asked], arc[asked] = metres + handicap, metres, found
        return _placed(self._network, xy, arc, distance_m)


def snap(
    network: Network,
    xy: NDArray[np.float64],
    *,
    allow_private: bool = False,
    max_m: float = NEAR_M,
    exclude_ways: NDArray[np.int64] | None = None,
) -> Snapped:
    """Return the nearest place for each point on a road where a car may stop.

    Public streets go before restricted ones (``HANDICAP_M``); motorways, their links and
    ferries are never taken. A ``Snapper`` answers many such questions faster.

    Parameters
    ----------
    network
        Roads in a metric CRS.
    xy
        float64[k, 2] in the same CRS.
    allow_private
        Take private arcs too, and arcs off the largest strongly connected part.
    max_m
        Points further from every road get none.
    exclude_ways
        int64; OSM ids of ways never to stop on, such as tunnels.
    """
    usable = _usable(network, allow_private=allow_private) & near(network, xy, max_m)
    return Snapper(network, exclude_ways=exclude_ways, usable=usable).snap(xy, max_m=max_m)


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


def _usable(network: Network, *, allow_private: bool) -> NDArray[np.bool_]:
    twin = network.twin
    usable = (twin < 0) | (np.arange(network.n_arcs) < twin)
    usable &= ~np.isin(network.road_class, [CLASSES.index(name) for name in NO_STOPPING])
    if not allow_private:
        open_to_all = np.flatnonzero(network.access <= Access.DESTINATION)
        inside = in_largest_part(
            network.tail[open_to_all], network.head[open_to_all], network.n_nodes
        )
        mask = np.zeros(network.n_arcs, bool)
        mask[open_to_all[inside]] = True
        usable &= mask
    return usable


def _lines(network: Network, arcs: NDArray[np.int64]) -> NDArray[Any]:
    sizes = np.diff(network.shape_start)[arcs]
    at = np.repeat(network.shape_start[arcs], sizes) + ranges(sizes)
    lines: NDArray[Any] = shapely.linestrings(
        network.shape_xy[at], indices=np.repeat(np.arange(len(arcs)), sizes)
    )
    return lines


def _placed(
    network: Network,
    xy: NDArray[np.float64],
    arc: NDArray[np.int64],
    distance_m: NDArray[np.float64],
) -> Snapped:
    along, place = np.zeros(len(xy)), xy.copy()
    hit = np.flatnonzero(arc >= 0)
    if len(hit):
        lines = _lines(network, arc[hit])
        along[hit] = shapely.line_locate_point(lines, shapely.points(xy[hit]))
        place[hit] = shapely.get_coordinates(shapely.line_interpolate_point(lines, along[hit]))
        # A network whose lengths are not those of its drawing keeps its own measure.
        drawn = shapely.length(lines)
        along[hit] *= network.length_m[arc[hit]] / np.where(drawn > 0, drawn, 1)
    return Snapped(arc.astype(np.int32), along, distance_m, place)
