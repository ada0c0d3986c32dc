"""Hospitals, police, fire stations near a site, as the map has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.layers.crs import to_xy
from planner.staging.support import HAVENS

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

MOST = 25
"""Havens that a map or table has, the nearest."""


class Near(NamedTuple):
    """A row of the stops, its place in degrees, the metres to it east and north of the site."""

    row: Any
    lonlat: tuple[float, float]
    away: NDArray[np.float64]


def nearest_havens(stops: GeoDataFrame, document: dict[str, Any], epsg: int) -> list[Near]:
    """Return the havens nearest to the site of a plan in a straight line, nearest first."""
    rows = [
        row for row in stops.itertuples()
        if row.kind in HAVENS and row.geometry is not None and not row.geometry.is_empty
    ]  # fmt: skip
    if not rows:
        return []
    points = [row.geometry.representative_point() for row in rows]
    places = [(point.x, point.y) for point in points]
    xy = to_xy([(document["facility_lon"], document["facility_lat"]), *places], epsg)
    away = xy[1:] - xy[0]
    order = np.argsort(np.hypot(*away.T), kind="stable")[:MOST]
    return [Near(rows[n], places[n], away[n]) for n in order.tolist()]
