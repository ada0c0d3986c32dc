"""Room to stand: ground less what takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

SPACE_M2 = 25.0
"""Area of one mapped parking space with its share of the aisle (assumption)."""
DISABLED_M2 = 35.0
"""The same for a space 3.5 m wide that is kept for visitors with reduced mobility (assumption)."""
TRACK_M = 3.0
"""Kept free on either side of a track in the street: a tram and a door's width (assumption)."""
TOUCH_M = 1.0
"""Outlines this near to each other touch (assumption)."""
NARROW_M = 15.0
"""A strip of a square no wider than this is a street: left to walkers and the fire engine
(assumption)."""
EVEN_M = 0.3
"""Corners of what is left of a square are told to within this (assumption)."""
LARGER = 1.1
"""Green this many times as large as a site lies round it, not upon it (assumption)."""


class Room:
    """What takes room from ground one could wait on.

    Parameters
    ----------
    takes
        Polygons that always do, metric: buildings, water, tracks, carriageways.
    green
        Polygons of parks, lawns, playgrounds and pitches: where two outlines overlap, the
        smaller lies on top.
    """

    def __init__(self, takes: NDArray[Any], green: NDArray[Any]) -> None:
        self._takes, self._green = shapely.STRtree(takes), shapely.STRtree(green)

    @classmethod
    def of(
        cls,
        buildings: GeoDataFrame,
        *,
        water: GeoDataFrame | None = None,
        green: GeoDataFrame | None = None,
        rails: GeoDataFrame | None = None,
        roads: Iterable[Any] = (),
    ) -> Room:
        """Take what is known of an area, in one metric CRS.

        Parameters
        ----------
        rails
            With ``tunnel``: what lies in one takes no room.
        roads
            Carriageways as polygons.
        """
        tracks = np.empty(0, object)
        if rails is not None:
            tracks = shapely.buffer(_shapes(rails[~rails["tunnel"].astype(bool)]), TRACK_M)
        takes = [_shapes(buildings), _shapes(water), tracks, np.array([*roads, None], object)[:-1]]
        return cls(np.concatenate(takes), _shapes(green))

    def less(self, sites: Iterable[Any]) -> Room:
        """Return the room beside these sites."""
        more = np.array([*sites, None], object)[:-1]
        return Room(np.concatenate([self._takes.geometries, more]), self._green.geometries)

    def takes(self, points: NDArray[Any]) -> NDArray[np.bool_]:
        """Return bool[k]: the points where something stands or vehicles drive."""
        found = np.zeros(len(points), bool)
        found[self._takes.query(points, "intersects")[0]] = True
        return found

    def left(
        self, ground: NDArray[Any], *, narrow_m: float = 0.0, least_m2: float = SPACE_M2
    ) -> NDArray[Any]:
        """Return what is left of areas, in pieces of some size.

        Parameters
        ----------
        narrow_m
            Strips no wider than this are taken out.
        least_m2
            Smaller pieces are no room.
        """
        out = np.array([*ground, None], object)[:-1]
        area = shapely.area(out)
        site, at = self._takes.query(out, "intersects")
        upon, green = self._green.query(out, "intersects")
        small = shapely.area(self._green.geometries[green]) <= LARGER * area[upon]
        upon, green = upon[small], green[small]
        for i in range(len(out)):
            taken = [
                *self._takes.geometries[at[site == i]],
                *self._green.geometries[green[upon == i]],
            ]
            rest = shapely.difference(out[i], shapely.union_all(taken)) if taken else out[i]
            if narrow_m:
                rest = _wide_parts(rest, narrow_m)
            if taken or narrow_m:
                out[i] = _whole_parts(rest, least_m2)
        return out


def _wide_parts(rest: Any, narrow_m: float) -> Any:
    core = shapely.buffer(rest, -narrow_m / 2, join_style="mitre")
    wide = shapely.buffer(core, narrow_m / 2 + EVEN_M, join_style="mitre")
    return shapely.simplify(shapely.intersection(wide, rest), EVEN_M)


def _whole_parts(rest: Any, least_m2: float) -> Any:
    parts = shapely.get_parts(rest)
    parts = parts[(shapely.get_dimensions(parts) > 1) & (shapely.area(parts) >= least_m2)]
    if len(parts) == 1:
        return parts[0]
    return shapely.multipolygons(parts) if len(parts) else shapely.Polygon()


def _shapes(frame: GeoDataFrame | None) -> NDArray[Any]:
    """Return the polygons of a frame, mended."""
    if frame is None:
        return np.empty(0, object)
    return shapely.make_valid(np.asarray(frame.geometry.array, object))


def lies_on(sites: NDArray[Any], outlines: NDArray[Any]) -> NDArray[np.bool_]:
    """Return bool[s]: the sites of which at least half lies on one of the outlines.

    Parameters
    ----------
    sites, outlines
        Points and polygons in one metric CRS; outlines of points hold nothing.
    """
    found = np.zeros(len(sites), bool)
    solid = outlines[shapely.get_dimensions(outlines) > 1]
    site, at = shapely.STRtree(solid).query(sites, "intersects")
    if not len(site):
        return found
    point = shapely.get_dimensions(sites[site]) == 0
    half = shapely.area(shapely.intersection(sites[site], solid[at])) * 2 >= shapely.area(
        sites[site]
    )
    found[site[point | half]] = True
    return found
