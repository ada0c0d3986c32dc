"""Which stops for rest, food, toilets, fuel to tell a crew of: open then, few of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from planner.layers.clock import opening_intervals, parse_clock

if TYPE_CHECKING:
    from datetime import tzinfo

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


class Hours(NamedTuple):
    """Hours of a place at a time: ``state`` is open, shut or not known; both "" where not known."""

    state: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stop that is clear to reach: its row, kind, name, seconds, hours, metric place."""

    row: int
    kind: str
    name: str
    time_s: float
    hours: Hours
    xy: tuple[float, float]


def known_hours(stops: GeoDataFrame) -> list[tuple[str, str]]:
    """Return opens, closes of each row, ("", "") where they are not known.

    Rows of the map whose hours nobody knew were once kept as open all day. A layer in which no row
    of the map lacks its hours was made then: all day is told as not known there.
    """
    texts = [
        tuple(str(value) if isinstance(value, str) else "" for value in pair)
        for pair in zip(stops["opens"], stops["closes"], strict=True)
    ]
    mapped = [str(key).startswith("osm-") for key in stops["id"]]
    doubtful = not any(own and not opens for own, (opens, _) in zip(mapped, texts, strict=True))
    return [
        ("", "") if not (opens and closes) or (doubtful and own and (opens, closes) == ALL_DAY)
        else (opens, closes)
        for own, (opens, closes) in zip(mapped, texts, strict=True)
    ]  # fmt: skip


def hours_at(
    hours: tuple[str, str], when: datetime, zone: tzinfo, *, use_min: int = USE_MIN
) -> Hours:
    """Return whether a place with daily hours is open from a time on for as long as it is used."""
    opens, closes = hours
    if not opens or not closes or parse_clock(opens) == parse_clock(closes):
        return Hours(UNKNOWN, "", "")
    until = when + timedelta(minutes=use_min)
    spans = opening_intervals(opens, closes, when, until, zone)
    return Hours(OPEN if spans == [(when, until)] else SHUT, opens, closes)


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
