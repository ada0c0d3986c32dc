"""What no place to wait may get in the way of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.layers.clock import is_weekday
from planner.network.quiet import GROUNDS, POINT_M

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

SPARE_M = 100.0
"""Metres to spare beyond which nothing more is told."""
RIM_M = 2.0
"""Outlines that overlap by no more than this only touch. Assumption: how far maps are off."""
ON_M = 1.0
"""A site less than this from a ground is on it."""


@dataclass(frozen=True, slots=True)
class Keep:
    """One kind of place to be kept clear: one row of the table.

    Attributes
    ----------
    rule
        Name of the rule it is of.
    frame, kind
        Table or layer it is in, and its kind there.
    words
        What it is called.
    reach_m
        Metres from its outline that are kept clear.
    point_m
        Metres more where it is mapped as a point.
    hours
        First and last hour of a weekday in which ``reach_m`` counts, at others its ground alone
        does; None: always.
    """

    rule: str
    frame: str
    kind: str
    words: str
    reach_m: float
    point_m: float = 0.0
    hours: tuple[int, int] | None = None


KEEPS: tuple[Keep, ...] = (
    Keep("school", "quiet_places", "school", "a school", 50.0, POINT_M, GROUNDS["school"].hours),
    Keep("school", "quiet_places", "kindergarten", "a kindergarten", 50.0, POINT_M,
         GROUNDS["kindergarten"].hours),
    Keep("hospital", "quiet_places", "hospital", "a hospital", 30.0, POINT_M),
    Keep("hospital", "keep_clear", "hospital entrance", "an emergency ward", 50.0),
    Keep("hospital", "keep_clear", "helipad", "a helipad", 50.0),
    Keep("rescue", "keep_clear", "fire station", "a fire station", 30.0, 20.0),
    Keep("rescue", "support_stops", "fire", "a fire station", 30.0, 20.0),
    Keep("rescue", "keep_clear", "ambulance station", "an ambulance station", 30.0, 20.0),
    Keep("emergency_way", "emergency_ways", "emergency way", "a way kept for emergency vehicles",
         5.0),
    Keep("transit_ground", "keep_clear", "bus station", "a bus station", 10.0, 30.0),
    Keep("transit_ground", "keep_clear", "taxi stand", "a taxi stand", 10.0, 5.0),
)  # fmt: skip
"""*Assumption*, all metres: a school's 50 m are where children cross and are set down; 30 m are the
turn of a vehicle out of its gate; 50 m the queue at an emergency ward; 5 m half a lane either side.
Hours are those of ``quiet.GROUNDS``."""

CAR_PARK = "car park"
NEAR_M = 300.0
"""People who find a car park taken walk this far from the next. Assumption: four minutes."""


class Spare(NamedTuple):
    """How clear `s` sites are of some places.

    Attributes
    ----------
    spare_m
        float64[s]; metres beyond what must be kept clear, ``SPARE_M`` at most; below 0: in it.
    metres
        float64[s]; distance to the place that counts, inf where none is near.
    place
        int64[s]; its row, -1 where none is near.
    """

    spare_m: NDArray[np.float64]
    metres: NDArray[np.float64]
    place: NDArray[np.int64]


def spare(sites: NDArray[Any], places: NDArray[Any], need_m: NDArray[np.float64]) -> Spare:
    """Return how clear sites are of places, each of which needs its own metres.

    Metric geometries; of several places the one with the least to spare counts.
    """
    found = Spare(np.full(len(sites), SPARE_M), np.full(len(sites), np.inf),
                  np.full(len(sites), -1, np.int64))  # fmt: skip
    if not len(places):
        return found
    inner = _within_rim(sites)
    reach = float(need_m.max()) + SPARE_M
    site, place = shapely.STRtree(places).query(inner, "dwithin", reach)
    metres = shapely.distance(inner[site], places[place])
    left = metres - need_m[place]
    order = np.lexsort((place, metres, left, site))
    first = order[np.unique(site[order], return_index=True)[1]]
    first = first[left[first] < SPARE_M]
    rows = site[first]
    found.spare_m[rows], found.metres[rows] = left[first], metres[first]
    found.place[rows] = place[first]
    return found


def _within_rim(sites: NDArray[Any]) -> NDArray[Any]:
    """Return sites less their rim: outlines that share an edge do not overlap."""
    inner = shapely.buffer(sites, -RIM_M)
    thin = shapely.is_empty(inner) & ~shapely.is_empty(sites)
    return np.where(thin, sites, inner)


class Kept(NamedTuple):
    """Places to be kept clear, by one rule: `p` of them.

    Attributes
    ----------
    shapes
        object[p]; metric.
    need_m
        float64[p]; metres to be kept clear.
    words, names
        What each is, and what it is called, "" without a name.
    timed
        bool[p]; whether ``need_m`` holds for the hours asked about alone.
    """

    shapes: NDArray[Any]
    need_m: NDArray[np.float64]
    words: Sequence[str]
    names: Sequence[str]
    timed: NDArray[np.bool_]


def kept(
    rule: str, frames: Mapping[str, GeoDataFrame], first: datetime | None, last: datetime | None
) -> Kept:
    """Return the places that a rule keeps clear in a window of local time; None: at any time.

    Parameters
    ----------
    frames
        Tables and layers by name in one metric CRS, with ``kind``, and ``name`` if any.
    """
    shapes: list[NDArray[Any]] = [np.zeros(0, object)]
    need: list[NDArray[np.float64]] = [np.zeros(0)]
    words: list[str] = []
    names: list[str] = []
    timed: list[bool] = []
    for keep in KEEPS:
        frame = frames.get(keep.frame)
        if keep.rule != rule or frame is None:
            continue
        rows = frame[(frame["kind"] == keep.kind).to_numpy(bool)]
        ground = np.asarray(rows.geometry.array, object)
        counts = keep.hours is None or first is None or last is None or in_hours(
            first, last, keep.hours
        )  # fmt: skip
        reach = keep.reach_m if counts else ON_M
        shapes.append(ground)
        need.append(reach + np.where(shapely.get_dimensions(ground) < 1, keep.point_m, 0.0))
        words += [keep.words] * len(ground)
        names += [str(n or "") for n in rows["name"]] if "name" in rows else [""] * len(ground)
        timed += [counts and keep.hours is not None] * len(ground)
    return Kept(np.concatenate(shapes), np.concatenate(need), words, names, np.array(timed, bool))


def in_hours(first: datetime, last: datetime, hours: tuple[int, int]) -> bool:
    """Tell whether a window of local time has a moment of a weekday within hours.

    Examples
    --------
    >>> in_hours(datetime(2026, 3, 3, 7, 30), datetime(2026, 3, 3, 9), (7, 17))
    True
    >>> in_hours(datetime(2026, 3, 1, 7, 30), datetime(2026, 3, 1, 9), (7, 17))
    False
    """
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight <= last:
        begin, end = (midnight + timedelta(hours=h) for h in hours)
        if is_weekday(midnight) and first < end and last > begin:
            return True
        midnight += timedelta(days=1)
    return False


def told(kept: Kept, found: Spare, row: int) -> str:
    """Return the words for one site: what it is in front of, or that it is clear."""
    place = int(found.place[row])
    if place < 0:
        return "none near"
    metres, name = found.metres[row], kept.names[place]
    what = f"{kept.words[place]}{f' ({name})' * bool(name)}"
    if found.spare_m[row] >= 0:
        return f"{metres:.0f} m from {what}"
    if metres < ON_M:
        return f"on the ground of {what}"
    return f"in front of {what}, {metres:.0f} m from it{', in its hours' * bool(kept.timed[place])}"


def public_share(
    sites: NDArray[Any], lots: GeoDataFrame, taken_m2: float, *, within_m: float = NEAR_M
) -> NDArray[np.float64]:
    """Return the share of the car parks round each site that stays open while vehicles wait there.

    Parameters
    ----------
    lots
        The layer ``staging_sites``, metric: public car parks with ``capacity_m2``, and others.
    taken_m2
        Ground that the vehicles take; no more than the site has.

    Returns
    -------
    NDArray
        float64[s]; nan for a site that is no public car park.
    """
    public = lots[lots["kind"].fillna("").astype(str).str.startswith(CAR_PARK).to_numpy(bool)]
    room = np.nan_to_num(public["capacity_m2"].to_numpy(float), nan=0.0)
    shapes = np.asarray(public.geometry.array, object)
    site, lot = shapely.STRtree(shapes).query(sites, "dwithin", within_m)
    total = np.bincount(site, room[lot], len(sites))
    own = np.zeros(len(sites))
    same = shapely.equals(sites[site], shapes[lot])
    own[site[same]] = room[lot[same]]
    taken = np.minimum(own, taken_m2)
    return np.where(own > 0, 1.0 - taken / np.maximum(total, 1e-9), np.nan)
