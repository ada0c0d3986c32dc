"""Where the streets meet the outline of a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.crs import to_lonlat, to_metric
from planner.network.about import NAME_M
from planner.network.graph import CLASSES, Access, Network
from planner.network.lines import arc_lines
from planner.network.naming import clean_name
from planner.network.stopping import Reach, either_way, reach
from planner.network.street_names import OTHER, likeness

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.hurdles import Surroundings

REACH_M = 40.0
"""A street this near to an outline gives onto it (assumption)."""
FAR_M = 250.0
"""Where no street gives onto a site, the nearest one up to here serves (assumption)."""
LIMIT = 4
APART_M = 15.0
"""Two assumed entrances of a site are at least this far apart (assumption)."""

_NO_FRONTAGE = frozenset({
    "motorway", "trunk", "motorway_link", "trunk_link", "ferry", "pedestrian", "track",
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Places on an outline where streets meet it, best first: metric ``xy`` and ``arc``."""

    xy: NDArray[np.float64]
    arc: NDArray[np.int64]


class Frontage:
    """The public streets of a network, ready to be asked which of them meet a site.

    Motorways, trunk roads, tracks, ferries and streets closed to the public give onto nothing.
    """

    def __init__(
        self, network: Network, around: Surroundings | None = None, *, cut_off: bool = False
    ) -> None:
        self._network, self._around = network, around
        barred = [CLASSES.index(name) for name in _NO_FRONTAGE]
        usable = network.access != Access.PRIVATE
        usable &= ~np.isin(network.road_class, barred)
        usable &= network.each_road_once()
        if around is not None:
            usable &= ~np.isin(network.way_id, around.covered)
        reached = either_way(network, reach(network)) >= Reach.FROM
        # Streets cut off by the edge of the data serve where there is no other.
        rest = None if cut_off or reached[usable].all() else Frontage(network, around, cut_off=True)
        self._rest = rest
        self._arcs = np.flatnonzero(usable if cut_off else usable & reached)
        self._lines = arc_lines(network, self._arcs)
        self._tree = shapely.STRtree(self._lines)

    def meetings(
        self, site: BaseGeometry, *, limit: int = LIMIT, street: str = ""
    ) -> Meetings:  # fmt: skip
        """Return at most ``limit`` places where streets meet a metric outline, spread around.

        Streets that cross the outline come first, then those that pass within 40 m; where
        there is neither, the nearest street within 250 m. A site that is a point is met at
        the nearest street only. The ``street`` of its address, where it is among them, has the
        first place; of nearest streets it may be 100 m further.
        """
        if shapely.get_dimensions(site) == 0:
            return self._nearest(site, street)
        edge = shapely.boundary(site)
        rows = self._tree.query(site, "dwithin", REACH_M)
        if len(rows) == 0:
            return self._nearest(site, street)
        lines, arcs = self._lines[np.sort(rows)], self._arcs[np.sort(rows)]
        cut = shapely.intersection(lines, edge)
        xy, owner = shapely.get_coordinates(cut, return_index=True)
        beside = np.flatnonzero(shapely.is_empty(cut) & ~shapely.contains(site, lines))
        stretch = shapely.intersection(lines[beside], shapely.buffer(site, REACH_M))
        # A buffer is a little less than a circle: what only its corner would hold is not met.
        beside, stretch = beside[~shapely.is_empty(stretch)], stretch[~shapely.is_empty(stretch)]
        gaps, clear = self._gaps(edge, stretch)
        beside = beside[clear] if len(xy) or clear.any() else beside
        gaps = gaps[clear] if len(xy) or clear.any() else gaps
        met = shapely.get_coordinates(shapely.get_point(gaps, 0)).reshape(-1, 2)
        places, met_arcs = np.concatenate([xy, met]), np.concatenate([arcs[owner], arcs[beside]])
        own = np.flatnonzero(self._is_called(street, met_arcs))
        first = own[:1] if len(own) <= 1 else own[[_nearest_to(places[own], site)]]
        spread = _spread(xy, met, limit, first.tolist())
        return Meetings(places[spread], met_arcs[spread])

    def _is_called(self, street: str, arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return bool[k]: the arcs on the street of an address, none where it is "" or unknown."""
        called = np.zeros(len(arcs), bool)
        if street:
            names, back = np.unique(self._network.name[arcs], return_inverse=True)
            alike = [bool(likeness(street, self._network.names[name])) for name in names]
            called = np.array(alike, bool)[back]
        return called

    def _gaps(
        self, edge: BaseGeometry, stretch: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """Return lines from an outline to streets beside it, and which cross no hurdle.

        A line goes to the middle of a street's stretch, or to its nearest place where only
        the way there is clear.
        """
        middle = shapely.line_interpolate_point(_longest(stretch), 0.5, normalized=True)
        gaps = np.asarray(shapely.shortest_line(edge, middle), object)
        if self._around is None:
            return gaps, np.ones(len(gaps), bool)
        hurdles = self._around.hurdles
        clear = hurdles.between(gaps) == 0
        nearest = np.asarray(shapely.shortest_line(edge, stretch), object)
        better = ~clear & (hurdles.between(nearest) == 0)
        return np.where(better, nearest, gaps), clear | better

    def _nearest(self, site: BaseGeometry, street: str = "") -> Meetings:
        row = self._tree.query_nearest(site, max_distance=FAR_M, all_matches=False)
        if len(row) == 0 and self._rest is not None:
            return self._rest.meetings(site, street=street)
        if len(row) == 0:
            return Meetings(np.empty((0, 2)), np.empty(0, np.int64))
        if street:
            within = float(shapely.distance(site, self._lines[row[0]])) + NAME_M[OTHER]
            near = self._tree.query(site, "dwithin", min(within, FAR_M))
            near = np.sort(near[self._is_called(street, self._arcs[near])])
            if len(near):
                row = near[[np.argmin(shapely.distance(site, self._lines[near]))]]
        end = 0 if shapely.get_dimensions(site) else 1
        gap = shapely.shortest_line(site, self._lines[row[0]])
        return Meetings(shapely.get_coordinates(gap)[[end]], self._arcs[row].astype(np.int64))

    def streets_near(self, sites: Sequence[Any]) -> list[list[str]]:
        """Return the names of the two nearest streets within 250 m of each site, nearest first.

        They are named differently; there may be one, or none.
        """
        names = np.array(self._network.names, object)[self._network.name[self._arcs]]
        named = np.flatnonzero(names != "")
        lines = self._lines[named]
        shapes = np.array([*sites, None], object)[:-1]
        site, row = shapely.STRtree(lines).query(shapes, "dwithin", FAR_M)
        order = np.lexsort((row, shapely.distance(shapes[site], lines[row]), site))
        found: list[list[str]] = [[] for _ in shapes]
        for s, name in zip(site[order].tolist(), names[named[row[order]]], strict=True):
            if len(found[s]) < 2 and name not in found[s]:
                found[s].append(name)
        return [[clean_name(name) for name in pair] for pair in found]

    def street(self, arc: int) -> str:
        """Return the name of an arc's street, "" when it has none."""
        return clean_name(self._network.names[self._network.name[arc]])


def assumed_entrances(
    facilities: GeoDataFrame,
    network: Network | Frontage,
    *,
    around: Surroundings | None = None,
    epsg: int | None = None,
    limit: int = LIMIT,
    taken: Collection[str] = (),
) -> GeoDataFrame:
    """Place entrances of facilities that have none where public streets meet their outlines.

    Parameters
    ----------
    facilities
        ``id`` and geometry (points or polygons), any CRS; ``street`` of the address, where told.
    network
        The roads, or a ``Frontage`` of them (then ``epsg``, their metric CRS, is needed).
    around
        Hurdles and tunnels, where ``network`` is one.
    taken
        Ids of entrances in use.

    Returns
    -------
    GeoDataFrame
        The columns of the layer ``entrances``, EPSG:4326, ``assumed`` true, kind both, always
        open. A facility without a street within 250 m gets no row.
    """
    import geopandas as gpd

    frontage = Frontage(network, around) if isinstance(network, Network) else network
    metric = network.epsg if isinstance(network, Network) else int(epsg or 0)
    rows: list[dict[str, Any]] = []
    points: list[NDArray[np.float64]] = []
    used = set(taken)
    shapes = to_metric(facilities, metric).geometry
    asked = facilities["street"] if "street" in facilities else [""] * len(facilities)
    for ident, site, own in zip(facilities["id"], shapes, asked, strict=True):
        met = frontage.meetings(site, limit=limit, street=own)
        for xy, arc in zip(met.xy, met.arc, strict=True):
            key = _free_id(str(ident), used)
            used.add(key)
            street = frontage.street(int(arc))
            rows.append({"id": key, "name": _label(street), "facility_id": ident})
            points.append(xy)
    columns = {name: [row[name] for row in rows] for name in ("id", "name", "facility_id")}
    lonlat = to_lonlat(np.array(points).reshape(-1, 2), metric)
    return gpd.GeoDataFrame(
        {**columns, "kind": "both", "opens": "00:00", "closes": "24:00", "assumed": True},
        geometry=shapely.points(lonlat),
        crs=4326,
    )


def _label(street: str) -> str:
    return f"Assumed gate on {street}" if street else "Assumed gate"


def _free_id(facility: str, used: Collection[str]) -> str:
    number = 1
    while f"{facility[:56]}-a{number}" in used:
        number += 1
    return f"{facility[:56]}-a{number}"


def _longest(stretches: NDArray[Any]) -> NDArray[Any]:
    parts, owner = shapely.get_parts(stretches, return_index=True)
    length = shapely.length(parts)
    out = np.full(len(stretches), shapely.LineString(), object)
    for i in np.argsort(length, kind="stable"):
        out[owner[i]] = parts[i]
    return out


def _nearest_to(xy: NDArray[np.float64], site: BaseGeometry) -> int:
    """Return the row of the place nearest to the middle of a site."""
    middle = site.centroid
    return int(np.hypot(*(xy - (middle.x, middle.y)).T).argmin())


def _spread(
    first: NDArray[np.float64], second: NDArray[np.float64], limit: int, chosen: Sequence[int] = ()
) -> NDArray[np.int64]:
    """Choose rows of both, all of the first kind before the second, each far from the chosen."""
    xy = np.concatenate([first, second])
    chosen = list(chosen)
    for left in (np.arange(len(first)), len(first) + np.arange(len(second))):
        while len(chosen) < limit:
            if chosen:
                gaps = np.hypot(*(xy[left][:, None] - xy[chosen][None]).T).min(axis=0, initial=1e9)
            else:
                gaps = np.hypot(*(xy[left] - xy.mean(axis=0)).T) + APART_M
            if gaps.max(initial=0) < APART_M:
                break
            chosen.append(int(left[gaps.argmax()]))
    return np.array(chosen, np.int64)
