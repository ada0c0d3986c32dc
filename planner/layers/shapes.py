"""The geometry of a row: right type, sound, in degrees, within the area."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.layers.crs import EAST_DEG, POLE_DEG
from planner.layers.faults import Unfit

if TYPE_CHECKING:
    from collections.abc import Sequence

Bounds = tuple[float, float, float, float]

_EDGE_DEG = 0.001
_EARTH_KM = 6371.0


def read_shape(geometry: object, types: Sequence[str], bounds: Bounds | None) -> BaseGeometry:
    """Return a geometry, lon/lat, without heights and as one part where it has only one.

    Raises
    ------
    Unfit
        It is missing, empty, of another type, broken, not in degrees or outside the area.

    """
    if geometry is None or not isinstance(geometry, BaseGeometry):
        raise Unfit("has no geometry", "draw it, or take the row out")
    if geometry.is_empty:
        raise Unfit("the geometry is empty", "draw it, or take the row out")
    shape = _single(shapely.force_2d(geometry))
    if shape.geom_type not in types:
        parts = " with several parts" if shape.geom_type.startswith("Multi") else ""
        remedy = f"draw it as {' or '.join(types)}" + (", one row a part" if parts else "")
        raise Unfit(f"is a {shape.geom_type}{parts}", remedy)
    _refuse_far(shape)
    if not shape.is_valid:
        raise Unfit(f"the {shape.geom_type} is broken: {_reason(shape)}", "draw it again")
    if bounds is not None:
        _refuse_outside(shape, bounds)
    return shape


def _single(shape: BaseGeometry) -> BaseGeometry:
    parts = getattr(shape, "geoms", None)
    return parts[0] if parts is not None and len(parts) == 1 else shape


def _reason(shape: BaseGeometry) -> str:
    text = str(shapely.is_valid_reason(shape))
    name, _, place = text.partition("[")
    words = {
        "Self-intersection": "it crosses itself",
        "Ring Self-intersection": "it touches itself",
    }
    where = ", ".join(f"{float(number):.5f}" for number in place.rstrip("]").split()[:2])
    return words.get(name, name.lower()) + (f" at {where}" if where else "")


def _refuse_far(shape: BaseGeometry) -> None:
    points = shapely.get_coordinates(shape)
    if not np.isfinite(points).all():
        raise Unfit("a coordinate is not a number", "check the coordinates and the CRS")
    wrong = (np.abs(points[:, 0]) > EAST_DEG) | (np.abs(points[:, 1]) > POLE_DEG)
    if not wrong.any():
        return
    x, y = points[wrong][0]
    remedy = "save the file in EPSG:4326 (lon, lat)"
    if abs(y) <= EAST_DEG and abs(x) <= POLE_DEG:
        remedy = "write lon first, then lat; they look swapped"
    raise Unfit(f"{x:.10g}, {y:.10g} are not degrees lon, lat", remedy)


def _refuse_outside(shape: BaseGeometry, bounds: Bounds) -> None:
    west, south, east, north = bounds
    area = shapely.box(west - _EDGE_DEG, south - _EDGE_DEG, east + _EDGE_DEG, north + _EDGE_DEG)
    if shape.intersects(area):
        return
    place = shape.representative_point()
    remedy = "check its CRS and place, or make a workspace that covers it"
    if shapely.transform(shape, lambda points: points[:, ::-1]).intersects(area):
        remedy = "write lon first, then lat; they look swapped"
    distance = f"{_gap_km(place.x, place.y, bounds):,.1f} km"
    raise Unfit(f"lies {distance} outside the area of the workspace", remedy)


def _gap_km(lon: float, lat: float, bounds: Bounds) -> float:
    """Return the great-circle distance from a place to the nearest edge point of the bounds."""
    west, south, east, north = bounds
    near_lon, near_lat = min(max(lon, west), east), min(max(lat, south), north)
    a, b = math.radians(lat), math.radians(near_lat)
    turn = math.radians(near_lon - lon) / 2
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(turn) ** 2
    return 2 * _EARTH_KM * math.asin(min(1.0, math.sqrt(half)))
