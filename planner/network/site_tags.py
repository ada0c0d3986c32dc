"""What tags say of ground to wait on: who may drive in, how high, at which hours, by what light."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.errors import NetworkError
from planner.layers.site_access import ANY, BUSES, CARS, LIT, PERMISSION, PRIVATE, PUBLIC
from planner.network import conditional, rules
from planner.network.hours import ALWAYS, parsed, understood
from planner.network.profiles import BUS, CAR, VAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.network.profiles import Profile

    Tags = Mapping[str, str]

LOW_M = 2.0
"""Height of a limit that is mapped but cannot be read, and of a roof over a lot without one: cars
pass, nothing higher (assumption)."""
UNKNOWN = "unknown"
"""Hours that are mapped but cannot be read: never known to be open."""

LEAVE: Mapping[str, str] = {
    **dict.fromkeys(
        ("yes", "permissive", "public", "designated", "official", "limited", "destination"), PUBLIC
    ),
    **dict.fromkeys(
        ("customers", "customer", "visitors", "delivery", "permit", "emergency"), PERMISSION
    ),
}
"""Value of an access key of a lot; any other word, also one nobody knows, keeps the public out."""

FROM_STRICT = (PRIVATE, PERMISSION, PUBLIC)
"""Words of ``access`` that the map can tell, the strictest first."""

SHORT_MIN = 30.0
"""Longest stay where a limit is mapped that cannot be read (assumption)."""
_STAY = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]*)\.?")
_STAY_MIN: Mapping[str, float] = {
    **dict.fromkeys(("", "m", "min", "mins", "minute", "minutes", "minuten"), 1.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), 60.0),
    **dict.fromkeys(("d", "day", "days", "night", "nights"), 1440.0),
    **dict.fromkeys(("week", "weeks"), 10_080.0),
}
"""Minutes of a unit of ``maxstay``; a bare number is one of minutes (assumption: 60, 120, 240)."""
_STAYS = ("maxstay", "parking:condition:maxstay", "parking:condition:area:maxstay")
_MOST_STAY_MIN = 40_320.0

_REMARK = re.compile(r'"[^"]*"')
_SURFACE = re.compile(r"[a-z][a-z0-9_:; -]{0,39}")
_LIGHTS = {
    **dict.fromkeys(("yes", "24/7", "automatic", "sunset-sunrise", "limited", "good"), "yes"),
    **dict.fromkeys(("no", "disused"), "no"),
}
_MOST_M = 20.0
_ROOFS = frozenset({"yes", "roof", "arcade", "colonnade", "building_passage"})
_LONGEST_HOURS = 255


class Leave(NamedTuple):
    """Who may drive in and with what: words of the columns ``access`` and ``vehicles``."""

    access: str
    vehicles: str


def leave_of(tags: Tags, *, untold: str = PUBLIC, named_only: bool = False) -> Leave:
    """Return who may drive onto a site.

    Parameters
    ----------
    untold
        What holds where no tag says anything.
    named_only
        Let tags alone that name vehicles let more in than ``untold``: on a pedestrian square
        ``access=yes`` speaks of people on foot.

    Examples
    --------
    >>> leave_of({"access": "customers"}), leave_of({"access": "no", "bus": "designated"})
    (Leave(access='permission', vehicles='any'), Leave(access='public', vehicles='buses'))
    >>> leave_of({"foot": "yes", "access": "yes"}, untold="permission", named_only=True)
    Leave(access='permission', vehicles='any')
    """
    cars = min(_level(tags, profile, untold, named_only) for profile in (CAR, VAN))
    buses = _level(tags, BUS, untold, named_only)
    if named_only and PUBLIC not in (FROM_STRICT[cars], FROM_STRICT[buses]):
        cars = buses = min(cars, buses)
    vehicles = CARS if cars > buses else BUSES if buses > cars else ANY
    return Leave(FROM_STRICT[max(cars, buses)], vehicles)


def _level(tags: Tags, profile: Profile, untold: str, named_only: bool) -> int:
    usual = FROM_STRICT.index(untold)
    for key in reversed(profile.access_keys):
        if key in tags:
            words = map(str.strip, tags[key].split(";"))
            found = max(
                FROM_STRICT.index(PUBLIC if word in profile.own_words else LEAVE.get(word, PRIVATE))
                for word in words
            )
            return min(usual, found) if named_only and key == "access" else found
    return usual


def height_of(tags: Tags) -> float:
    """Return the metres under which a vehicle must stay, NaN for no limit that is known.

    Examples
    --------
    >>> height_of({"maxheight": "2.1 m"}), height_of({"maxheight": "low"}), height_of({})
    (2.1, 2.0, nan)
    """
    told = [tags[key] for key in ("maxheight", "maxheight:physical") if key in tags]
    limits = [LOW_M if (limit := rules.metres_of(text)) is None else limit for text in told]
    least = min(limits, default=np.inf)
    return round(max(least, 0.1), 2) if least <= _MOST_M else np.nan


def headroom_of(tags: Tags) -> float:
    """Return the height limit of a lot: under a roof of which nobody tells the height it is low.

    Examples
    --------
    >>> headroom_of({"covered": "yes"}), headroom_of({"covered": "yes", "maxheight": "3.5"})
    (2.0, 3.5)
    >>> headroom_of({"covered": "no"}), headroom_of({"covered": "partial"})
    (nan, nan)
    """
    told = height_of(tags)
    untold = np.isnan(told) and not any(key in tags for key in ("maxheight", "maxheight:physical"))
    return LOW_M if untold and tags.get("covered", "no") in _ROOFS else told


def hours_of(tags: Tags) -> str:
    """Return when a site is open, as OpenStreetMap writes it; "" where nothing is told.

    Hours at which access tags keep the public out, as on market days, are taken out. Remarks
    are not kept: hours with one are taken as not known. So is all that cannot be read.

    Examples
    --------
    >>> hours_of({"opening_hours": "Mo-Fr 07:00-19:00"}), hours_of({"opening_hours": "mornings"})
    ('Mo-Fr 07:00-19:00', 'unknown')
    >>> hours_of({"access:conditional": "no @ (Sa 06:00-14:00)"})
    '24/7; Sa 06:00-14:00 off'
    """
    opening = tags.get("opening_hours", "").strip()
    shut = [
        hours
        for key in CAR.access_keys
        for value, condition in conditional.clauses(tags.get(f"{key}:conditional", ""))
        if LEAVE.get(value, PRIVATE) != PUBLIC
        and (hours := conditional.hours_of(condition, CAR, frees=False).when)
    ]
    if not opening and not shut:
        return ""
    try:
        bare = " ".join(_REMARK.sub(f" {UNKNOWN} ", opening or ALWAYS).split())
        text = understood(bare, frees=True)
    except NetworkError:
        return UNKNOWN
    if ALWAYS in shut:
        return UNKNOWN
    parts = [part for one in shut for part in one.split(";")]
    whole = "; ".join([text, *(f"{part.strip()} off" for part in parts)])
    sound = len(whole) <= _LONGEST_HOURS and parsed(whole, "") is not None
    return whole if sound else UNKNOWN


def maxstay_of(tags: Tags) -> float:
    """Return the minutes one may stay at most, NaN where no limit is known.

    Limits that hold at some hours only are taken as holding at all.

    Examples
    --------
    >>> maxstay_of({"maxstay": "2 hours"}), maxstay_of({"maxstay": "120"}), maxstay_of({})
    (120.0, 120.0, nan)
    >>> maxstay_of({"maxstay:conditional": "30 min @ (Mo-Fr 08:00-18:00)"})
    30.0
    """
    told = [tags[key] for key in _STAYS if key in tags]
    for key in _STAYS:
        told += [one.value for one in conditional.clauses(tags.get(f"{key}:conditional", ""))]
    least = min(map(_stay_min, told), default=np.inf)
    return least if least <= _MOST_STAY_MIN else np.nan


def _stay_min(text: str) -> float:
    """Return the minutes of a limit, inf for none, the assumed ones where it is not understood."""
    text = text.strip().lower()
    if text in ("no", "none", "unlimited"):
        return np.inf
    match = _STAY.fullmatch(text)
    if match is None:
        return (rules.seconds_of(text.upper()) or 60 * SHORT_MIN) / 60
    number, unit = float(match[1].replace(",", ".")), match[2]
    return max(number * _STAY_MIN[unit], 1.0) if number and unit in _STAY_MIN else SHORT_MIN


def lit_of(tags: Tags) -> str:
    """Return whether a site has lights: yes, no or unknown."""
    return _LIGHTS.get(tags.get("lit", ""), LIT[-1])


def surface_of(tags: Tags) -> str:
    """Return what the ground is made of, "" where that is no word of the map."""
    text = tags.get("surface", "").strip().lower()
    return text if _SURFACE.fullmatch(text) else ""


MOST_DIGITS = 5


def count_of(text: str) -> float:
    """Return the number of spaces that a capacity tells, NaN where it tells none.

    Examples
    --------
    >>> count_of("40"), count_of("-3")
    (40.0, nan)
    """
    plain = text.isascii() and text.isdecimal()
    return float(text) if plain and len(text) <= MOST_DIGITS else np.nan


def disabled_of(tags: Tags) -> float:
    """Return how many spaces are kept for visitors with reduced mobility; one where some are."""
    told = tags.get("capacity:disabled", "no")
    number = count_of(told)
    if np.isfinite(number):
        return number
    return 0.0 if told in ("no", "none") else 1.0


SITE_COLUMNS: Mapping[str, Callable[[Tags], object]] = {
    "maxheight_m": headroom_of,
    "hours": hours_of,
    "maxstay_min": maxstay_of,
    "lit": lit_of,
    "surface": surface_of,
    "capacity": lambda tags: count_of(tags.get("capacity", "")),
    "disabled": disabled_of,
}
"""Columns of ground to wait on that the tags fill in the same way, whatever its kind."""
