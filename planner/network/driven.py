"""Where vehicles drive: carriageways beside service lanes, from raw roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.layers.crs import to_metric
from planner.network import rules
from planner.network.profiles import PATHS, ROAD_SPEEDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.osm import Extract

LANE_M = 3.25
"""Width of one lane of a carriageway (assumption)."""
CARRIAGEWAY_M = 6.0
"""Width of a carriageway that is told neither in metres nor in lanes (assumption)."""
WIDEST_M = 40.0

_LANES = "service"
_NO_CARRIAGEWAY = PATHS | {_LANES, "track", "ferry", "busway"}


class Driven(NamedTuple):
    """Ways on the ground as metric shapes.

    Attributes
    ----------
    lanes
        Centre lines of service ways.
    lane_row
        int64; row of each in the extract.
    roads
        Carriageways of streets as polygons.
    """

    lanes: NDArray[Any]
    lane_row: NDArray[np.int64]
    roads: NDArray[Any]


NOWHERE = Driven(np.empty(0, object), np.empty(0, np.int64), np.empty(0, object))


def driven(extract: Extract | None, epsg: int) -> Driven:
    """Return where vehicles drive, less what lies in tunnels or on bridges."""
    if extract is None:
        return NOWHERE
    highway = np.array(extract.values, object)[extract.codes("highway")]
    streets = [name for name in ROAD_SPEEDS if name not in _NO_CARRIAGEWAY]
    level = _on_the_ground(extract)
    lane_row, lanes = _lines(extract, np.flatnonzero(level & (highway == _LANES)), epsg)
    row, lines = _lines(extract, np.flatnonzero(level & np.isin(highway, streets)), epsg)
    half = np.array([_width(extract.tags(i)) / 2 for i in row.tolist()], float)
    return Driven(lanes, lane_row, shapely.buffer(lines, half, cap_style="flat"))


def _on_the_ground(extract: Extract) -> NDArray[np.bool_]:
    off = np.zeros(extract.n_ways, bool)
    for key in ("tunnel", "bridge"):
        told = np.array([value not in ("", "no") for value in extract.values], bool)
        off |= told[extract.codes(key)]
    return ~off


def _lines(
    extract: Extract, rows: NDArray[np.int64], epsg: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return the rows that have a line within the file, and the lines."""
    import geopandas as gpd

    start = extract.ref_start
    places = [extract.lonlat[start[i] : start[i + 1]] for i in rows.tolist()]
    places = [xy[np.isfinite(xy).all(axis=1) & (xy != 0).any(axis=1)] for xy in places]
    long = np.array([len(xy) > 1 and bool((xy[0] != xy).any()) for xy in places], bool)
    lines = [shapely.LineString(xy) for xy, keep in zip(places, long, strict=True) if keep]
    frame = to_metric(gpd.GeoDataFrame(geometry=lines, crs=4326), epsg)
    return rows[long], np.asarray(frame.geometry.array, object)


def _width(tags: dict[str, str]) -> float:
    told = rules.metres_of(tags.get("width", ""))
    lanes = tags.get("lanes", "")
    if told is not None and told <= WIDEST_M:
        return told
    if lanes.isascii() and lanes.isdecimal() and 0 < int(lanes[:3]) * LANE_M <= WIDEST_M:
        return int(lanes[:3]) * LANE_M
    return CARRIAGEWAY_M
