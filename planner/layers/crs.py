"""Coordinates in degrees or in metres, each turned into the other."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from planner.errors import CrsError

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import ArrayLike, NDArray

LONLAT = 4326
EAST_DEG, POLE_DEG = 180, 90
_SOUTH_DEG, _NORTH_DEG = -80, 84


def metric_epsg(lon: float, lat: float) -> int:
    """Return the EPSG code of the UTM zone of a place given in degrees.

    Raises
    ------
    CrsError
        The place is off the globe or beyond the zones (80 S to 84 N).

    Examples
    --------
    >>> metric_epsg(-122.68, 45.52)
    32610

    """
    if not (-EAST_DEG <= lon <= EAST_DEG and _SOUTH_DEG <= lat <= _NORTH_DEG):
        message = f"No metric CRS for lon {lon}, lat {lat}; give degrees, lat within -80 to 84."
        raise CrsError(message)
    zone = min(int((lon + 180) // 6) + 1, 60)
    return (32600 if lat >= 0 else 32700) + zone


def metric_code(epsg: int) -> int:
    """Return the code of a CRS whose coordinates are metres.

    Raises
    ------
    CrsError
        It is unknown, or counts in degrees or feet.
    """
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError as error:
        message = f"EPSG:{epsg} is not a known CRS; give one in metres, such as a UTM zone."
        raise CrsError(message) from error
    if not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        message = f"EPSG:{epsg} ({crs.name}) is not in metres; give a UTM zone."
        raise CrsError(message)
    return epsg


@lru_cache(maxsize=64)
def crs_of(epsg: int) -> CRS:
    """Return a CRS, made once: what it says of itself is worked out from text."""
    return CRS.from_epsg(epsg)


def to_metric(frame: GeoDataFrame, epsg: int) -> GeoDataFrame:
    """Return the frame in the metric CRS ``epsg``.

    Raises
    ------
    CrsError
        The frame has no CRS.

    """
    return _projected(frame, epsg)


def to_degrees(frame: GeoDataFrame) -> GeoDataFrame:
    """Return the frame in EPSG:4326.

    Raises
    ------
    CrsError
        The frame has no CRS, or coordinates that its CRS cannot place on the globe.

    """
    return _projected(frame, LONLAT)


def to_lonlat(xy: ArrayLike, epsg: int) -> NDArray[np.float64]:
    """Return float64[n, 2] lon, lat in degrees of metric coordinates [n, 2]."""
    return _turned(xy, epsg, LONLAT)


def to_xy(lonlat: ArrayLike, epsg: int) -> NDArray[np.float64]:
    """Return float64[n, 2] metric coordinates of lon, lat in degrees [n, 2]."""
    return _turned(lonlat, LONLAT, epsg)


def _projected(frame: GeoDataFrame, epsg: int) -> GeoDataFrame:
    if frame.crs is None:
        message = "The frame has no coordinate reference system; set one, such as EPSG:4326."
        raise CrsError(message)
    if frame.crs.to_epsg() == epsg:
        return frame
    try:
        return frame.to_crs(crs_of(epsg))
    except Exception as error:  # pyproj raises several kinds
        message = f"The coordinates cannot be turned from {frame.crs.name} to EPSG:{epsg}: {error}"
        raise CrsError(message) from error


def _turned(points: ArrayLike, source: int, target: int) -> NDArray[np.float64]:
    array = np.asarray(points, np.float64).reshape(-1, 2)
    x, y = _transformer(source, target).transform(array[:, 0], array[:, 1])
    return np.column_stack([x, y])


@lru_cache(maxsize=64)
def _transformer(source: int, target: int) -> Transformer:
    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except ProjError as error:
        message = f"EPSG:{source} or EPSG:{target} is not a known CRS."
        raise CrsError(message) from error
