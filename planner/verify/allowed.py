"""Who may stand on a place of the layer of sites, with what, when, for how long: by its own row."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely

from planner.verify.gates import is_open
from planner.verify.hours import around, hours_hold
from planner.verify.law import LAWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from planner.verify.case import SiteCase
    from planner.verify.facts import Facts

PUBLIC, GRANTED, PRIVATE = "public", "granted", "private"
FITS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"cars": frozenset({"car", "van"}), "buses": frozenset({"bus"}), "any": frozenset(LAWS)}
)
"""Word of the column ``vehicles`` to the profiles that it lets in."""

OWN_SHARE = 0.5 - 1e-6
"""Share of closed ground that lies on a facility whose own it is; degrees are cut at some digit."""

MINUTE_S = 60


def site_allowed(case: SiteCase) -> Iterator[str]:
    """Demand that the vehicle may use site, fallback, places to hold in the whole window."""
    if case.facts.staging_sites is not None and case.site.id not in case.facts.site_rows:
        yield "is no place of the layer of sites"
    asked = [("", case.site.id)]
    moved = case.site.movement
    if moved is not None:
        asked += [] if moved.fallback is None else [("the fallback", moved.fallback.site)]
        asked += [("a place to hold,", hold.id) for hold in moved.hold_points]
    for what, key in asked:
        for said in bars(case.facts, key, case.profile, *case.facts.site_span):
            yield f"has {what} {key}, which {said}" if what else said


def bars(facts: Facts, key: str, profile: str, since: float, until: float) -> Iterator[str]:
    """Give in words what keeps a profile off a place in [since, until) of the seconds of 1970.

    Parameters
    ----------
    facts
        What is known.
    key
        Id of the place; of one that the layer of sites does not have nothing is said.
    profile, since, until
        Who stands there, from when until when; without an end hours and longest stay bind nobody.
    """
    row = facts.site_rows.get(key)
    if row is None:
        return
    yield from _closed(facts, key, row)
    yield from _unfit(row, profile)
    if math.isfinite(since) and math.isfinite(until):
        yield from _shut(facts, row, since, until)
        yield from _too_long(row, since, until)


def is_own(facts: Facts, key: str, *facilities: str) -> bool:
    """Tell whether half of a place lies on one facility; one of those named, if any are."""
    ground = facts.site_ground[key]
    return any(
        _share(ground, outline) >= OWN_SHARE
        for one, outline in facts.own_ground.items() if not facilities or one in facilities
    )  # fmt: skip


def is_private(facts: Facts, key: str) -> bool:
    """Tell whether a place of the layer is closed to the public."""
    row = facts.site_rows.get(key)
    return row is not None and _word(row, "access", PUBLIC) == PRIVATE


def _closed(facts: Facts, key: str, row: Mapping[str, Any]) -> Iterator[str]:
    access = _word(row, "access", PUBLIC)
    if access == PRIVATE and is_own(facts, key):
        return
    if access not in (PUBLIC, GRANTED):
        yield f"is not to be driven onto, its access is {access}"


def _unfit(row: Mapping[str, Any], profile: str) -> Iterator[str]:
    vehicles = _word(row, "vehicles", "any")
    if profile not in FITS.get(vehicles, ()):
        yield f"is for {vehicles} alone, not for a {profile}"
    limit, own = _number(row, "maxheight_m"), LAWS[profile].size.get("maxheight", 0.0)
    if own > limit:
        yield f"lets in what is {limit:g} m high, a {profile} has {own:g} m"


def _shut(facts: Facts, row: Mapping[str, Any], since: float, until: float) -> Iterator[str]:
    """Look at the clock when the stay begins, then at every whole minute before its end."""
    opens, closes = _word(row, "opens", "00:00"), _word(row, "closes", "24:00")
    hours = _word(row, "hours", "")
    if (opens, closes, hours) == ("00:00", "24:00", ""):
        return
    first = math.floor(since / MINUTE_S) + 1
    for second in (since, *(k * MINUTE_S for k in range(first, math.ceil(until / MINUTE_S)))):
        (_, now, _) = around(second, facts.zone)
        when = datetime.fromtimestamp(second, facts.zone)
        # What cannot be read counts as shut.
        if not is_open(opens, closes, when, facts.zone) or (
            hours and hours_hold(hours, now) is not True
        ):
            said = f"{opens} to {closes} {hours}".strip()
            yield f"is not known to be open at {when:%H:%M} of {when:%d %b}, its hours are {said}"
            return


def _too_long(row: Mapping[str, Any], since: float, until: float) -> Iterator[str]:
    """Demand a stay within the longest one: it binds where all may drive in, as the layer says."""
    longest, stay = _number(row, "maxstay_min"), timedelta(seconds=until - since)
    if _word(row, "access", PUBLIC) == PUBLIC and stay > timedelta(minutes=min(longest, 1e9)):
        yield f"may be used for {longest:g} min, used it is for {stay.total_seconds() / 60:g}"


def _word(row: Mapping[str, Any], name: str, blank: str) -> str:
    value = row.get(name)
    return value.strip() or blank if isinstance(value, str) else blank


def _number(row: Mapping[str, Any], name: str) -> float:
    """Return a limit, infinite where none is known."""
    value = row.get(name)
    known = isinstance(value, (int, float)) and not math.isnan(value)
    return float(value) if known and value is not None else math.inf


def _share(ground: BaseGeometry, outline: BaseGeometry) -> float:
    """Return the share of a ground that lies on an outline; of a point all or nothing."""
    if ground.area <= 0:
        return float(outline.area > 0 and outline.intersects(ground))
    return float(shapely.area(shapely.intersection(ground, outline)) / ground.area)
