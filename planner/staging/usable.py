"""Why a traveller may not use a site in a window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError, NetworkError
from planner.layers.clock import opening_intervals
from planner.layers.site_access import ANY, CARS, GRANTED, PERMISSION, PRIVATE, PUBLIC, stay_words
from planner.network.hours import OPEN, spans
from planner.network.profiles import BUS, PROFILES
from planner.network.room import lies_on
from planner.network.site_tags import UNKNOWN

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

NOT_OWN = "closed to the public, not the facility's own ground"
NOT_GRANTED = "only for first aid or with permission: set its access to granted"
TOO_LOW = "too low for this vehicle"
FOR_OTHERS = "not for this kind of vehicle"
SHUT = "shut at some time of the staging window"
UNREAD = "opening hours not readable, taken as shut"
ONCE_AGREED = "set its access to granted once more is agreed"
CLOSED = "in a closed area at some time of the staging window"

SCHOOL_HOLIDAYS = "SH"

_BLANKS = {"access": PUBLIC, "vehicles": ANY, "opens": "00:00", "closes": "24:00", "hours": ""}


def why_never(
    sites: GeoDataFrame, profile: str, outline: BaseGeometry | None = None
) -> NDArray[np.object_]:
    """Return why a traveller may not use each site at any hour, "" where it may.

    Parameters
    ----------
    sites
        Staging layer; columns it lacks bar nobody.
    profile
        Who travels.
    outline
        The facility, in the CRS of ``sites``: ground closed to the public is its own where at
        least half of it lies there.
    """
    size = PROFILES[profile].size.height_m
    access, vehicles = _cells(sites, "access"), _cells(sites, "vehicles")
    height = sites["maxheight_m"].to_numpy(float) if "maxheight_m" in sites else np.nan
    outlines = np.array([outline, None], object)[: outline is not None]
    own = lies_on(np.asarray(sites.geometry.array, object), outlines)
    barred = (vehicles != ANY) & ((vehicles == CARS) == (profile == BUS.name))
    return np.select(
        [
            (access == PRIVATE) & ~own,
            access == PERMISSION,
            ~np.isin(access, (PUBLIC, GRANTED, PRIVATE)),
            barred,
            np.asarray(height < size),
        ],
        [NOT_OWN, NOT_GRANTED, NOT_OWN, FOR_OTHERS, TOO_LOW],
        "",
    ).astype(object)


def of_others(sites: GeoDataFrame, outline: BaseGeometry) -> NDArray[np.bool_]:
    """Return bool[s]: the sites closed to the public that lie on another facility than this one.

    Parameters
    ----------
    sites
        Staging layer; without ``access`` all are open to the public.
    outline
        The facility, in the CRS of ``sites``.
    """
    own = lies_on(np.asarray(sites.geometry.array, object), np.array([outline, None], object)[:1])
    found: NDArray[np.bool_] = (_cells(sites, "access") == PRIVATE) & ~own
    return found


def why_shut(sites: GeoDataFrame, since: datetime, until: datetime, zone: ZoneInfo) -> list[str]:
    """Return why each site is not open from the first to the last moment of a window, "" if it is.

    What cannot be read is taken as shut.

    Parameters
    ----------
    sites
        Staging layer; columns it lacks shut nothing.
    since, until
        UTC.
    zone
        Of the clocks on the sites.
    """
    known: dict[tuple[str, ...], str] = {}
    rows = zip(*(_cells(sites, name) for name in ("opens", "closes", "hours")), strict=True)
    told = []
    for row in rows:
        if row not in known:
            known[row] = _shut(row, since, until, zone)
        told.append(known[row])
    return told


def why_short(sites: GeoDataFrame, since: datetime, until: datetime) -> NDArray[np.object_]:
    """Return why one may not stay at each site for as long as a window, "" where one may.

    A limit binds the public alone: who keeps a site may grant more.
    """
    longest, public = longest_stay(sites), _cells(sites, "access") == PUBLIC
    short = public & (longest < (until - since).total_seconds() / 60)
    told = [
        f"{stay_words(longest[i])}: {ONCE_AGREED}" if short[i] else "" for i in range(len(sites))
    ]
    return np.array([*told, None], object)[:-1]


def longest_stay(sites: GeoDataFrame) -> NDArray[np.float64]:
    """Return the minutes one may stay at each site, float64[s]; nan where no limit is known."""
    if "maxstay_min" not in sites:
        return np.full(len(sites), np.nan)
    return np.asarray(sites["maxstay_min"].to_numpy(float), float)


def why_not(
    sites: GeoDataFrame, profile: str, outline: BaseGeometry | None,
    window: tuple[datetime, datetime], zone: ZoneInfo, closures: GeoDataFrame,
) -> NDArray[np.object_]:  # fmt: skip
    """Return why a traveller may not use each site in a window, "" where it may.

    Parameters
    ----------
    sites, profile, outline
        As in ``why_never``.
    window, zone
        First and last moment, the zone of the clocks: as in ``why_shut``.
    closures
        The layer, in the CRS of the sites.
    """
    never = why_never(sites, profile, outline)
    shut = np.array([*why_shut(sites, *window, zone), None], object)[:-1]
    why = np.where(never == "", shut, never)
    why = np.where(why == "", why_short(sites, *window), why)
    why[(why == "") & _closed(sites, closures, window)] = CLOSED
    return why


def _closed(
    sites: GeoDataFrame, closures: GeoDataFrame, window: tuple[datetime, datetime]
) -> NDArray[np.bool_]:
    """Return which sites, bool[s], a closed area touches in a window."""
    found = np.zeros(len(sites), bool)
    areas = closures[closures.geometry.area > 0]
    since, until = window
    during = ~((areas["starts_at"] >= until) | (areas["ends_at"] <= since)).to_numpy(bool)
    if during.any():
        shapes = areas.geometry[during].union_all()
        found |= sites.geometry.intersects(shapes).to_numpy(bool)
    return found


def _shut(row: tuple[str, ...], since: datetime, until: datetime, zone: ZoneInfo) -> str:
    opens, closes, hours = row
    # Whether a day is one of school holidays is not known.
    if hours == UNKNOWN or SCHOOL_HOLIDAYS in hours:
        return UNREAD
    try:
        open_at = opening_intervals(opens, closes, since, until, zone)
        if not any(first <= since and last >= until for first, last in open_at):
            return SHUT
        return SHUT if hours and spans(f"{OPEN} {hours}", since, until, zone) else ""
    except (InputError, NetworkError):
        return UNREAD


def _cells(sites: GeoDataFrame, name: str) -> NDArray[np.object_]:
    if name not in sites:
        return np.full(len(sites), _BLANKS[name], object)
    cells = sites[name].astype(object)
    filled = cells.where(cells.notna() & (cells != ""), _BLANKS[name])
    return np.asarray(filled, object)
