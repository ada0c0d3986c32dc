"""Which stops for rest, food, toilets, fuel to tell a crew of: open then, few of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from planner.errors import InputError, NetworkError
from planner.layers.clock import opening_intervals, parse_clock
from planner.network.hours import ALWAYS, next_open, said

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

NEEDS = ("rest", "toilets", "food", "fuel")
"""What a crew needs on a long shift, in the order told."""

HAVENS = ("hospital", "police", "fire")

ON_FOOT = ("rest", "toilets", "food")
"""The same of who brings no vehicle: there is nothing to fuel."""

KEPT = 3
"""Stops told of each kind. Assumption: one to go to, two should that be full or shut."""

USE_MIN = 15
"""A stop stays open this long after one is there. Assumption: shorter is no rest."""

SAME_M = 300.0
"""Two places of one name and kind this near are one: a mapped point and its outline."""

ALL_DAY = ("00:00", "24:00")
OPEN, SHUT, UNKNOWN = "open", "shut", "not known"
UNSAID = "unknown"
"""Of a hospital: nobody knows whether it takes emergencies."""
A_WEEK = timedelta(days=7)


class Kept(NamedTuple):
    """Hours as the layer has them: the same every day, by the day; "" where they are not known."""

    opens: str
    closes: str
    hours: str


class Hours(NamedTuple):
    """Hours of a place at a time: open, shut or not known, as the layer has them, "" unknown.

    ``next_open`` is when it opens next where it is shut; None: not within a week.
    """

    state: str
    opens: str
    closes: str
    hours: str = ""
    next_open: datetime | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stop that is clear to reach: its row, kind, name, seconds, hours, metric place.

    ``emergency`` tells of a hospital whether it takes emergencies: yes, no or unknown.
    """

    row: int
    kind: str
    name: str
    time_s: float
    hours: Hours
    xy: tuple[float, float]
    emergency: str = UNSAID


def known_hours(stops: GeoDataFrame) -> list[Kept]:
    """Return the hours of each row, "" where they are not known.

    Rows of the map whose hours nobody knew were once kept as open all day. A layer in which no row
    of the map lacks its hours was made then: all day is told as not known there.
    """
    by_day = stops["hours"] if "hours" in stops else [""] * len(stops)
    texts = [
        Kept(*(value if isinstance(value, str) else "" for value in row))
        for row in zip(stops["opens"], stops["closes"], by_day, strict=True)
    ]
    mapped = [str(key).startswith("osm-") for key in stops["id"]]
    doubtful = not any(own and not one.opens for own, one in zip(mapped, texts, strict=True))
    return [
        Kept("", "", one.hours)
        if not (one.opens and one.closes) or (doubtful and own and one[:2] == ALL_DAY)
        else one
        for own, one in zip(mapped, texts, strict=True)
    ]  # fmt: skip


def hours_at(kept: Kept, when: datetime, zone: ZoneInfo) -> Hours:
    """Return whether a place is open from a time on for as long as it is used."""
    opens, closes, hours = kept
    daily = bool(opens and closes) and parse_clock(opens) != parse_clock(closes)
    if not daily and not hours:
        return Hours(UNKNOWN, "", "")
    until, opens, closes = when + timedelta(minutes=USE_MIN), opens * daily, closes * daily
    try:
        states = said(hours, when, until, zone) if hours else {"open"}
        held = not daily or opening_intervals(opens, closes, when, until, zone) == [(when, until)]
        if held and states == {"open"}:
            return Hours(OPEN, opens, closes, hours)
        if held and "closed" not in states:
            return Hours(UNKNOWN, "", "")
        return Hours(
            SHUT, opens, closes, hours, _opens_next(Kept(opens, closes, hours), when, zone)
        )
    except (InputError, NetworkError):
        return Hours(UNKNOWN, "", "")


def _opens_next(kept: Kept, when: datetime, zone: ZoneInfo) -> datetime | None:
    """Return when a place that is shut opens next for long enough, UTC; None: not within a week."""
    opens, closes, hours = kept
    stay, end = timedelta(minutes=USE_MIN), when + A_WEEK
    days = opening_intervals(opens, closes, when, end, zone) if opens else [(when, end)]
    for since, until in days:
        found = next_open(hours or ALWAYS, since, until, zone, lasting=stay)
        if found is not None:
            return found
    return None


def chosen(found: Sequence[Candidate], *, kept: int = KEPT) -> list[Candidate]:
    """Return a few stops of each kind, the soonest first.

    Those known to be open come before those whose hours nobody knows, which fill the places
    left: a crew is not sent past an open door to one that may be shut. Of places of one name
    and kind that lie together the soonest is told.
    """
    told: list[Candidate] = []
    for kind in NEEDS:
        own: list[Candidate] = []
        ranked = sorted(
            (one for one in found if one.kind == kind and one.hours.state != SHUT),
            key=lambda one: (one.hours.state != OPEN, one.time_s, one.row),
        )
        for one in ranked:
            if len(own) < kept and not any(is_same(one, other) for other in own):
                own.append(one)
        told += sorted(own, key=lambda one: (one.time_s, one.row))
    return told


def is_same(one: Candidate, other: Candidate) -> bool:
    """Tell whether two rows stand for one place."""
    if (one.kind, one.name.casefold()) != (other.kind, other.name.casefold()):
        return False
    # A place without a name of its own is called by its kind: only what lies together is one.
    near = SAME_M if one.name.casefold() != one.kind else SAME_M / 10
    away = (one.xy[0] - other.xy[0]) ** 2 + (one.xy[1] - other.xy[1]) ** 2
    return away <= near**2


NOUNS: Mapping[str, str] = MappingProxyType({
    "rest": "place to rest", "toilets": "toilets", "food": "food", "fuel": "fuel",
    "hospital": "hospital", "police": "police station", "fire": "fire station",
})  # fmt: skip
"""What people call a kind of stop."""
