"""Arcs that a drawn closure shuts.

A line shuts the arcs that run along it within ``closure_width_m``, in both directions; a street
that only crosses or touches it stays open. A polygon shuts what runs half a metre in it; a point
shuts the nearest street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from planner.risk.zones import check_crs, seconds_out

if TYPE_CHECKING:
    from datetime import datetime

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.ground import Streets
    from planner.risk.parameters import RiskParameters

RUN_M = 15.0
"""Along this much of a line an arc runs, unless half of either is shorter."""
ALONG_SHARE = 0.6
INSIDE_M = 0.5
"""Metres of a street in a closed area that shut it: the check takes more than 1 m for driving."""
NEAR_M = 30.0


def read_closures(
    frame: GeoDataFrame, epoch: datetime, streets: Streets, parameters: RiskParameters
) -> tuple[dict[str, NDArray[np.int32]], list[tuple[str, int, int]], tuple[str, ...]]:
    """Return the arcs of each closure, its window (id, from, to) in seconds, and notices.

    Raises
    ------
    CrsError
        The frame is not in the CRS of the network.
    """
    check_crs(frame, streets.network.epsg, "closures")
    arcs: dict[str, NDArray[np.int32]] = {}
    windows, notices = [], []
    for row in frame.to_dict("records"):
        name = str(row["id"])
        start, end = seconds_out(epoch, row["starts_at"], row["ends_at"])
        shut = closure_arcs(streets, row["geometry"], parameters.closure_width_m)
        if not len(shut):
            notices.append(f"closure {name}: no street lies along it; nothing is shut")
        arcs[name] = shut
        always = np.iinfo(np.int32).max
        windows.append((name, -always if start is None else start, always if end is None else end))
    return arcs, windows, tuple(notices)


def closure_arcs(
    streets: Streets, geometry: BaseGeometry, width_m: float = 12.0
) -> NDArray[np.int32]:
    """Return the arcs, int32 and sorted, that a metric geometry shuts."""
    found = [_shut(streets, part, width_m) for part in shapely.get_parts(geometry)]
    return np.unique(np.concatenate([np.zeros(0, np.int32), *found]))


def _shut(streets: Streets, part: BaseGeometry, width_m: float) -> NDArray[np.int32]:
    west, south, east, north = part.bounds
    margin = max(width_m, NEAR_M)
    arcs = streets.near((west - margin, south - margin, east + margin, north + margin))
    if not len(arcs):
        return arcs
    lines = streets.lines(arcs)
    if part.geom_type == "Point":
        gaps = shapely.distance(lines, part)
        chosen = gaps <= min(float(gaps.min()) + 0.01, NEAR_M)
        chosen &= _same_street(streets, arcs, int(np.argmin(gaps)))
        return arcs[chosen]
    if isinstance(part, LineString):
        return arcs[_runs_along(lines, part, width_m)]
    length = shapely.length(lines)
    inside = shapely.length(shapely.intersection(lines, part))
    return arcs[inside > np.minimum(INSIDE_M, length / 4)]


def _same_street(streets: Streets, arcs: NDArray[np.int32], first: int) -> NDArray[np.bool_]:
    arc = arcs[first]
    return np.asarray((arcs == arc) | (arcs == streets.network.twin[arc]), bool)


def _runs_along(
    lines: NDArray[np.object_], closure: LineString, width_m: float
) -> NDArray[np.bool_]:
    strip = closure.buffer(width_m, cap_style="flat")
    runs = np.zeros(len(lines), bool)
    for i in np.flatnonzero(shapely.intersects(lines, strip)):
        whole = lines[i].length
        for piece in shapely.get_parts(lines[i].intersection(strip)):
            if piece.length == 0:
                continue
            steps = np.linspace(0, 1, max(int(piece.length / 10) + 2, 3))
            places = shapely.line_interpolate_point(piece, steps, normalized=True)
            run = float(np.abs(np.diff(shapely.line_locate_point(closure, places))).sum())
            enough = min(RUN_M, whole / 2, closure.length / 2)
            runs[i] |= run >= enough and run >= ALONG_SHARE * piece.length
    return runs
