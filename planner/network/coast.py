"""The sea, from OSM coastlines: land lies left of the line, water right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely import Polygon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_REACH_DEG = 0.004
_STEP_DEG = 2e-6


def sea_polygons(
    coastlines: Sequence[Any], bounds: tuple[float, float, float, float]
) -> NDArray[Any]:
    """Return the parts of a box that lie to the right of the coastlines.

    Coastlines that stop short of the edge of the box (cut extracts) are led straight to it
    when it is within about 400 m. A piece of the box that coastlines contradict each other
    about stays land.

    Parameters
    ----------
    coastlines
        LineStrings, lon/lat, in drawing order.
    bounds
        West, south, east, north; degrees.
    """
    box = shapely.box(*bounds)
    lines = shapely.get_parts(shapely.intersection(np.array(coastlines, object), box))
    lines = lines[(shapely.get_dimensions(lines) == 1) & ~shapely.is_empty(lines)]
    if len(lines) == 0:
        return np.array([], object)
    leads = _leads(lines, box)
    edges = shapely.union_all([*lines, *leads, box.exterior])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
    votes = _votes(lines, faces)
    return faces[votes > 0]


def _leads(lines: NDArray[Any], box: Polygon) -> list[Any]:
    merged = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(list(lines))))
    leads = []
    for line in merged[~shapely.is_closed(merged)]:
        for at in (0, -1):
            end = shapely.get_point(line, at)
            gap = shapely.shortest_line(end, box.exterior)
            if 0 < gap.length <= _REACH_DEG:
                leads.append(gap)
    return leads


def _votes(lines: NDArray[Any], faces: NDArray[Any]) -> NDArray[np.float64]:
    """Return metres-in-degrees of coast with this face on its right, less 9 x on its left."""
    starts, ends = [], []
    for line in lines:
        xy = shapely.get_coordinates(line)
        starts.append(xy[:-1])
        ends.append(xy[1:])
    a, b = np.concatenate(starts), np.concatenate(ends)
    length = np.hypot(*(b - a).T)
    a, b, length = a[length > 0], b[length > 0], length[length > 0]
    right = np.column_stack([b[:, 1] - a[:, 1], a[:, 0] - b[:, 0]]) / length[:, None]
    votes = np.zeros(len(faces))
    tree = shapely.STRtree(faces)
    for side, weight in ((1.0, 1.0), (-1.0, -9.0)):
        at, face = tree.query(shapely.points((a + b) / 2 + side * _STEP_DEG * right), "within")
        np.add.at(votes, face, weight * length[at])
    return votes
