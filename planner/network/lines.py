"""Arcs as lines on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.pieces import ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network

SIDE_M = 5.0
"""Nearer to the middle of the road than this a place is on neither side (assumption; the default
of ``street_side_tolerance`` in Valhalla)."""


def arc_lines(network: Network, arcs: NDArray[np.int64]) -> NDArray[Any]:
    """Return LineStrings, metric, of some arcs in driving order."""
    sizes = np.diff(network.shape_start)[arcs]
    at = np.repeat(network.shape_start[arcs], sizes) + ranges(sizes)
    lines: NDArray[Any] = shapely.linestrings(
        network.shape_xy[at], indices=np.repeat(np.arange(len(arcs)), sizes)
    )
    return lines


def sides(
    lines: NDArray[Any], at: NDArray[np.float64], off: NDArray[np.float64]
) -> NDArray[np.int8]:
    """Return int8[k]: 1 left of a line, -1 right, 0 within ``SIDE_M`` of it.

    Parameters
    ----------
    at
        float64[k]; metres along the line.
    off
        float64[k, 2]; from the line to the place, metres.
    """
    before = shapely.line_interpolate_point(lines, np.maximum(at - 1, 0))
    after = shapely.line_interpolate_point(lines, at + 1)
    ahead = shapely.get_coordinates(after) - shapely.get_coordinates(before)
    left = ahead[:, 0] * off[:, 1] - ahead[:, 1] * off[:, 0]
    off_m = np.hypot(off[:, 0], off[:, 1])
    return np.where(off_m < SIDE_M, 0, np.sign(left)).astype(np.int8)
