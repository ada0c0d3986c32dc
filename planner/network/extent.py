"""How far the mapped area reaches, whatever strays outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.errors import NetworkError
from planner.layers.crs import to_lonlat, to_xy

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Polygon

    from planner.network.graph import Network

Bounds = tuple[float, float, float, float]

NEARLY_EMPTY = 0.05
"""Cells with fewer junctions than this share of a full cell are not the city (assumption)."""
LEAST_CELL_M, MOST_CELL_M = 250.0, 1_000.0
"""Cells are wider than a block, and narrower than the gap to the next town (assumption)."""
METRES_A_DEGREE = 111_000.0
MOST_CELLS = 4_000_000
TRIM = 0.001
"""Share of nodes left outside the robust box on each side (assumption)."""


def dense_bounds(network: Network) -> Bounds:
    """Return west, south, east, north in degrees of where the network is dense.

    Junctions are counted on a grid; the largest group of touching cells that are not nearly
    empty, trimmed by 0.1% on each side, is the area. So ways that stray far do not count.

    Raises
    ------
    NetworkError
        The network has no arcs.
    """
    if network.n_arcs == 0:
        raise NetworkError("The extract holds no road for cars: no study area can be found.")
    xy = network.node_xy[np.union1d(network.tail, network.head)]
    low, high = np.quantile(xy[_in_dense_part(xy)], [TRIM, 1 - TRIM], axis=0)
    return _degrees(low, high, network.epsg)


def full_bounds(network: Network) -> Bounds:
    """Return west, south, east, north in degrees of all nodes, trimmed by 0.1% on each side."""
    low, high = np.quantile(network.node_xy, [TRIM, 1 - TRIM], axis=0)
    return _degrees(low, high, network.epsg)


def _degrees(low: NDArray[np.float64], high: NDArray[np.float64], epsg: int) -> Bounds:
    corners = [[low[0], low[1]], [low[0], high[1]], [high[0], low[1]], [high[0], high[1]]]
    lonlat = to_lonlat(corners, epsg)
    (west, south), (east, north) = lonlat.min(axis=0), lonlat.max(axis=0)
    return float(west), float(south), float(east), float(north)


def _in_dense_part(xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    from scipy.ndimage import label

    low, high = np.quantile(xy, [0.05, 0.95], axis=0)
    cell_m = float(np.clip(np.hypot(*(high - low)) / 20, LEAST_CELL_M, MOST_CELL_M))
    at = ((xy - xy.min(axis=0)) // cell_m).astype(np.int64)
    shape = at.max(axis=0) + 1
    flat = at[:, 0] * shape[1] + at[:, 1]
    if int(shape[0]) * int(shape[1]) > MOST_CELLS:  # nodes half a world apart
        low, high = np.quantile(xy, [0.02, 0.98], axis=0)
        keep: NDArray[np.bool_] = ((xy >= low) & (xy <= high)).all(axis=1)
        return keep
    count = np.bincount(flat, minlength=int(shape[0] * shape[1]))
    full = count >= max(2.0, NEARLY_EMPTY * float(np.quantile(count[count > 0], 0.9)))
    part, _ = label(full.reshape(shape), np.ones((3, 3)))
    share = np.bincount(part.ravel(), weights=count)
    share[0] = 0
    dense: NDArray[np.bool_] = part.ravel()[flat] == share.argmax()
    return dense


def widened(bounds: Bounds, *, share: float, metres: float = 0.0) -> Bounds:
    """Return a box of degrees that is larger on each side by a share of it and some metres."""
    west, south, east, north = bounds
    lat_m = metres / METRES_A_DEGREE
    lon_m = lat_m / max(float(np.cos(np.radians((south + north) / 2))), 0.05)
    dx, dy = share * (east - west) + lon_m, share * (north - south) + lat_m
    return (
        max(west - dx, -180.0),
        max(south - dy, -90.0),
        min(east + dx, 180.0),
        min(north + dy, 90.0),
    )


def metric_box(bounds: Bounds, epsg: int) -> Polygon:
    """Return a box of degrees as a polygon in metres."""
    west, south, east, north = bounds
    ring = shapely.segmentize(shapely.box(west, south, east, north).exterior, (east - west) / 16)
    return shapely.Polygon(to_xy(shapely.get_coordinates(ring), epsg))


def depth_in(xy: NDArray[np.float64], box: Polygon) -> NDArray[np.float64]:
    """Return how far points lie inside the box: 0 at its edge, 1 at its centre."""
    low_x, low_y, high_x, high_y = box.bounds
    centre = np.array([low_x + high_x, low_y + high_y]) / 2
    half = np.array([high_x - low_x, high_y - low_y]) / 2
    depth: NDArray[np.float64] = 1 - (np.abs(xy - centre) / half).max(axis=1, initial=0)
    return depth
