"""How fast a way is: what is posted, what the law implies, what the surface allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from planner.network import rules
from planner.network.graph import CLASSES
from planner.network.profiles import Speed
from planner.network.tagging import look_up, of_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.country import Country
    from planner.network.osm import Extract
    from planner.network.profiles import Profile

SURFACE_KMH: dict[str, float] = {
    **dict.fromkeys(("sett", "cobblestone", "unhewn_cobblestone", "cobblestone:flattened"), 30.0),
    "paving_stones": 50.0, "compacted": 50.0, "fine_gravel": 40.0,
    **dict.fromkeys(("gravel", "unpaved", "pebblestone", "wood", "metal_grid"), 30.0),
    **dict.fromkeys(("ground", "dirt", "earth", "grass_paver", "woodchips"), 20.0),
    **dict.fromkeys(("grass", "sand", "stone", "rock", "clay", "stepping_stones"), 15.0),
    **dict.fromkeys(("mud", "snow", "ice"), 10.0),
}  # fmt: skip
SMOOTHNESS_KMH: dict[str, float] = {
    "intermediate": 80.0, "bad": 40.0, "very_bad": 20.0, "horrible": 10.0, "very_horrible": 5.0,
    "impassable": 0.0,
}  # fmt: skip
TRACK_KMH: dict[str, float] = {
    "grade1": 40.0,
    "grade2": 30.0,
    "grade3": 20.0,
    "grade4": 15.0,
    "grade5": 10.0,
}
SERVICE_KMH: dict[str, float] = {
    "parking_aisle": 10.0, "driveway": 12.0, "drive-through": 8.0, "drive_through": 8.0,
    "alley": 15.0,
}  # fmt: skip
FORD_KMH = 10.0
NARROW_M, NARROW_KMH = 3.0, 40.0
"""Assumption: a two-way road so narrow, or of one lane, is driven with care for who comes."""

WALKED_SURFACES: dict[str, float] = {
    **dict.fromkeys(("sand", "mud", "snow", "ice", "unhewn_cobblestone", "stepping_stones"), 0.0),
    **dict.fromkeys(("gravel", "pebblestone", "grass", "woodchips", "rock", "stone"), 0.0),
    **dict.fromkeys(("cobblestone", "ground", "dirt", "earth", "unpaved", "sett"), 2.4),
}  # fmt: skip
WALKED_SMOOTHNESS: dict[str, float] = {
    "bad": 2.4,
    "very_bad": 0.0,
    "horrible": 0.0,
    "very_horrible": 0.0,
    "impassable": 0.0,
}
"""Speeds on bad ground, of vehicles (0 shuts the way) and of a wheelchair. Those of vehicles by
``smoothness`` are those of the public OSRM car profile; the others are an assumption."""

STEEP_PERCENT = 8.33
"""Steepest running slope of a ramp: 2010 ADA Standards, 405.2."""

_IMPLYING = ("zone:traffic", "zone:maxspeed", "source:maxspeed", "maxspeed:type")
"""Keys that tell the law behind a limit, the last one first in weight."""


def speeds(
    extract: Extract, road_class: NDArray[np.int64], profile: Profile, here: Country
) -> NDArray[np.float64]:
    """Return float64[2, w]: average km/h along and against each way, 0 where impassable."""
    default, cap = _of_class(extract, road_class, profile)
    if profile.on_foot:
        walked = np.fmin(default, ground_kmh(extract, profile))
        return np.stack([walked, walked])
    default = _by_law(extract, default, road_class, here)
    sides = []
    for side in ("forward", "backward"):
        posted = np.full(extract.n_ways, np.nan)
        for key in ("maxspeed", f"maxspeed:{side}"):
            said = look_up(extract, key, lambda v: rules.speed_of(v, here) or np.nan, np.nan)
            posted = np.where(np.isnan(said), posted, said)
        limit = np.where(np.isnan(posted), default, posted)
        speed = np.minimum(np.minimum(limit, cap), profile.top_kmh) * profile.speed_factor
        sides.append(np.fmin(speed, ground_kmh(extract, profile)))
    return np.stack(sides)


def _of_class(
    extract: Extract, road_class: NDArray[np.int64], profile: Profile
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    is_ferry = road_class == CLASSES.index("ferry")
    table = profile.speeds
    default = look_up(extract, "highway", lambda v: table.get(v, _NO_ROAD).default, np.nan)
    cap = look_up(extract, "highway", lambda v: table.get(v, _NO_ROAD).cap, np.nan)
    ferry = table["ferry"]
    crossing = _crossing_kmh(extract, is_ferry)
    crossing = np.where(np.isnan(crossing), ferry.default, crossing)
    return np.where(is_ferry, crossing, default), np.where(is_ferry, ferry.cap, cap)


def _crossing_kmh(extract: Extract, is_ferry: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return float64[w]: km/h of the ferries that say how long they take, NaN for all else."""
    seconds = look_up(extract, "duration", lambda v: rules.seconds_of(v) or np.nan, np.nan)
    found = np.full(extract.n_ways, np.nan)
    for way in np.flatnonzero(is_ferry & ~np.isnan(seconds)).tolist():
        drawn = extract.lonlat[extract.ref_start[way] : extract.ref_start[way + 1]]
        # One that the file cuts off is longer than what is drawn.
        if len(drawn) > 1 and not np.isnan(drawn).any():
            found[way] = 3.6 * _EARTH.line_length(*drawn.T) / seconds[way]
    return found


_EARTH = Geod(ellps="WGS84")
_NO_ROAD = Speed(np.nan, np.nan)


def _by_law(
    extract: Extract, default: NDArray[np.float64], road_class: NDArray[np.int64], here: Country
) -> NDArray[np.float64]:
    speed = default.copy()
    if here.known:
        speed[road_class == CLASSES.index("motorway")] = min(here.limits.motorway, 130.0)
        speed[road_class == CLASSES.index("living_street")] = here.limits.living_street
        # An unposted street of a town is not faster than its law.
        town = road_class == CLASSES.index("residential")
        speed[town] = np.minimum(speed[town], here.limits.urban)
    for key in _IMPLYING:
        said = look_up(extract, key, lambda v: rules.speed_of(v, here) or np.nan, np.nan)
        # That a street lies in a town makes it no faster than its kind; open country does.
        if key == "zone:traffic":
            said = np.where(said <= here.limits.urban, np.fmin(said, default), said)
        speed = np.where(np.isnan(said), speed, said)
    slow: NDArray[np.float64] = np.fmin(speed, of_table(extract, "service", SERVICE_KMH))
    return slow


def ground_kmh(extract: Extract, profile: Profile) -> NDArray[np.float64]:
    """Return float64[w]: the fastest the ground allows; NaN where it tells nothing, 0 shut."""
    if profile.on_foot and profile.steps:
        return np.full(extract.n_ways, np.nan)
    tables: dict[str, dict[str, float]] = (
        {"surface": WALKED_SURFACES, "smoothness": WALKED_SMOOTHNESS}
        if profile.on_foot
        else {"surface": SURFACE_KMH, "smoothness": SMOOTHNESS_KMH, "tracktype": TRACK_KMH}
    )
    ground = np.full(extract.n_ways, np.nan)
    for key, table in tables.items():
        ground = np.fmin(ground, of_table(extract, key, table))
    if profile.on_foot:
        return _rolled(extract, ground)
    ford = look_up(extract, "ford", lambda v: np.nan if v in rules.NO_FORD else FORD_KMH, np.nan)
    narrow = look_up(extract, "width", lambda v: rules.metres_of(v) or np.inf, np.inf) < NARROW_M
    narrow |= look_up(extract, "lanes", lambda v: float(v == "1"), 0) > 0
    narrow &= look_up(extract, "oneway", lambda v: float(rules.ONEWAY.get(v, 0) != 0), 0) == 0
    slowest: NDArray[np.float64] = np.fmin(
        np.fmin(ground, ford), np.where(narrow, NARROW_KMH, np.nan)
    )
    return slowest


def _rolled(extract: Extract, ground: NDArray[np.float64]) -> NDArray[np.float64]:
    slope = look_up(extract, "incline", lambda v: rules.slope_of(v) or 0.0, 0)
    width = look_up(extract, "width", lambda v: rules.metres_of(v) or np.inf, np.inf)
    ground = np.where((slope > STEEP_PERCENT) | (width < 0.8), 0.0, ground)
    # Who has been there and says that a wheelchair passes knows better than a rule.
    passes = look_up(extract, "wheelchair", lambda v: float(v in ("yes", "designated")), 0) > 0
    return np.where(passes & (ground == 0), 2.4, ground)
