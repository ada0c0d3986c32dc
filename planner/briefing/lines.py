"""Many lines as one short string that a small script in the page decodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.crs import to_lonlat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SCALE = 200_000
"""Grid steps a degree: half a metre of latitude."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encode_lonlat(lonlat: NDArray[np.float64], part: NDArray[np.int64]) -> str:
    """Encode points grouped into parts.

    Parameters
    ----------
    lonlat
        float64[k, 2]; degrees.
    part
        int64[k]; which part a point belongs to, never falling.

    Returns
    -------
    A part is its count of points, then longitude and latitude of each as the step from the
    point before, across parts; whole numbers in groups of five bits, low first, one
    character a group, the sixth bit set where more follow.
    """
    grid = np.rint(np.asarray(lonlat, float) * SCALE).astype(np.int64)
    part = np.asarray(part, np.int64)
    if len(grid):
        fresh = np.r_[True, (grid[1:] != grid[:-1]).any(axis=1) | (part[1:] != part[:-1])]
        grid, part = grid[fresh], part[fresh]
    _, starts, sizes = np.unique(part, return_index=True, return_counts=True)
    steps = np.diff(grid, axis=0, prepend=np.zeros((1, 2), np.int64)).reshape(-1)
    zigzag = (steps << 1) ^ (steps >> 63)
    return _digits(np.insert(zigzag, starts * 2, sizes))


def encode_lines(
    lines: Sequence[Any] | NDArray[Any], epsg: int, *, tolerance_m: float = 0.0
) -> str:
    """Encode metric geometries (lines, or polygons ring by ring)."""
    geometries = np.asarray(lines, dtype=object).reshape(-1)
    geometries = geometries[~(shapely.is_missing(geometries) | shapely.is_empty(geometries))]
    if tolerance_m:
        geometries = shapely.simplify(geometries, tolerance_m)
    parts = shapely.get_parts(geometries)
    areas = shapely.area(parts) > 0
    parts = np.r_[parts[~areas], shapely.get_rings(parts[areas])]
    xy, part = shapely.get_coordinates(parts, return_index=True)
    if not len(xy):
        return ""
    return encode_lonlat(to_lonlat(xy, epsg), part)


def _digits(values: NDArray[np.int64]) -> str:
    if not len(values):
        return ""
    width = np.ones(len(values), np.int64)
    rest = values >> 5
    while rest.any():
        width += rest > 0
        rest >>= 5
    last = np.cumsum(width)
    place = np.arange(last[-1]) - np.repeat(last - width, width)
    digit = (np.repeat(values, width) >> (5 * place)) & 31
    more = place + 1 < np.repeat(width, width)
    letters = np.frombuffer(ALPHABET.encode(), np.uint8)
    return bytes(letters[digit + 32 * more]).decode("ascii")
