"""Where vehicles drive: carriageways beside service lanes, from raw roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.layers.crs import to_metric
from planner.layers.site_access import PRIVATE
from planner.network import rules
from planner.network.profiles import PATHS, ROAD_SPEEDS
from planner.network.site_tags import height_of, leave_of

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
    lane_rules
        ``Rules`` of each.
    roads
        Carriageways of streets as polygons.
    barriers
        Points on service ways where something stands.
    barrier_rules
        ``Rules`` of each.
    """

    lanes: NDArray[Any]
    lane_rules: tuple[Rules, ...]
    roads: NDArray[Any]
    barriers: NDArray[Any]
    barrier_rules: tuple[Rules, ...]


class Rules(NamedTuple):
    """What binds whoever drives along: word of ``SITE_ACCESS``, greatest height in metres or NaN."""

    access: str
    height_m: float


NOWHERE = Driven(np.empty(0, object), (), np.empty(0, object), np.empty(0, object), ())


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
    barriers, rules_there = _barriers(extract, lane_row, epsg)
    return Driven(
        lanes, tuple(_rules(extract.tags(i)) for i in lane_row.tolist()),
        shapely.buffer(lines, half, cap_style="flat"), barriers, rules_there,
    )  # fmt: skip


def _rules(tags: dict[str, str]) -> Rules:
    locked = tags.get("locked") == "yes"
    return Rules(PRIVATE if locked else leave_of(tags).access, height_of(tags))


def _barriers(
    extract: Extract, lane_row: NDArray[np.int64], epsg: int
) -> tuple[NDArray[Any], tuple[Rules, ...]]:
    """Return the places on lanes where a barrier stands, with its rules."""
    import geopandas as gpd

    told = dict(zip(extract.node_id.tolist(), extract.node_tags, strict=True))
    start = extract.ref_start
    found = {
        node: extract.lonlat[at]
        for i in lane_row.tolist()
        for at in range(start[i], start[i + 1])
        if (node := int(extract.refs[at])) in told and np.isfinite(extract.lonlat[at]).all()
    }
    places = [shapely.Point(*place) for place in found.values()]
    frame = to_metric(gpd.GeoDataFrame(geometry=places, crs=4326), epsg)
    return np.asarray(frame.geometry.array, object), tuple(_rules(told[node]) for node in found)


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
