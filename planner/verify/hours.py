"""What a sign with hours on it says at a moment."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from opening_hours import OpeningHours

    from planner.verify.law import Law, Tags

CLEARLY_S = 60.0
"""Nobody is fined for a minute: only what holds this long before and after a moment counts."""

TICK_S = 1e-3

UNSAID = frozenset({"none", "no", ""})
"""Values by which a turn restriction, or a limit, is lifted."""

CONDITIONAL = ":conditional"
CLOCK_KEYS = frozenset({"hour_on", "hour_off", "day_on", "day_off"})

_WHOLE_DAY = re.compile(r"\b24\s?h\b")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SIZE = re.compile(r"(height|width|length|weight)\s*(<=|>=|<|>|=)\s*(\d+(?:[.]\d+)?)")
_CLAUSE = re.compile(r"([^;@(]*)@\s*(\([^()]*(?:\([^()]*\)[^()]*)*\)|[^@]*?)(?=;[^;@]*@|;?\s*$)")


def around(second: float, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Return the local clock a little before a second of 1970, at it and a little after."""
    return tuple(
        datetime.fromtimestamp(second + shift, zone).replace(tzinfo=None)
        for shift in (-CLEARLY_S - TICK_S, 0.0, CLEARLY_S)
    )


def is_hourly(tags: Tags, law: Law) -> bool:
    """Tell whether what a profile may do there changes by the clock."""
    return not law.hourly_keys.isdisjoint(tags) or ("barrier" in tags and "opening_hours" in tags)


def in_force(tags: Tags, law: Law, when: datetime) -> dict[str, str]:
    """Return the tags as they stand at a moment of local time."""
    now = dict(tags)
    for key in law.hourly_keys.intersection(tags):
        for word, condition in clauses(tags[key]):
            # Of several conditions that hold the last one counts.
            if holds(condition, law, when):
                now[key.removesuffix(CONDITIONAL)] = word
    if "barrier" in tags and "opening_hours" in tags:
        hours = _hours(tags["opening_hours"])
        if hours is not None and hours.is_open(when):
            now.pop("locked", None)
        elif hours is not None:
            now = {"barrier": tags["barrier"], "locked": "yes"}
    return now


@lru_cache(maxsize=1024)
def clauses(value: str) -> tuple[tuple[str, str], ...]:
    """Return the (value, condition) pairs of a conditional tag.

    Examples
    --------
    >>> clauses("no @ (Mo-Fr 07:00-09:00); destination @ Sa 8:00-9:00;10:00-11:00")
    (('no', 'Mo-Fr 07:00-09:00'), ('destination', 'Sa 8:00-9:00;10:00-11:00'))
    """
    found = []
    for word, condition in _CLAUSE.findall(value):
        bare = condition.strip()
        if bare.startswith("(") and bare.endswith(")"):
            bare = bare[1:-1].strip()
        found.append((word.strip(" ;"), bare))
    return tuple(found)


def holds(condition: str, law: Law, when: datetime) -> bool:
    """Tell whether a condition is known to hold for a profile at a moment of local time."""
    return all(_holds(part.strip(), law, when) for part in _AND.split(condition))


def _holds(part: str, law: Law, when: datetime) -> bool:
    size = _SIZE.fullmatch(part.lower())
    if size is not None:
        own, limit = law.size.get(f"max{size[1]}", 0.0), float(size[3])
        more, same = own > limit, own == limit
        return (">" in size[2] and more) or ("=" in size[2] and same) or (
            "<" in size[2] and not (more or same)
        )  # fmt: skip
    hours = _hours(part)
    # What is no time (rain, a permit, a trade) cannot be known here.
    return hours is not None and bool(hours.is_open(when))


@lru_cache(maxsize=1024)
def _hours(text: str) -> OpeningHours | None:
    from opening_hours import OpeningHours, validate

    text = _WHOLE_DAY.sub("00:00-24:00", text)
    return OpeningHours(text) if text and validate(text) else None


def sign_hours(tags: Tags) -> str:
    """Return the hours of the old form of a restriction, ``hour_on`` to ``hour_off``.

    Examples
    --------
    >>> sign_hours({"day_on": "Monday", "day_off": "Fr", "hour_on": "7", "hour_off": "09:30"})
    'Mo-Fr 07:00-09:30'
    """
    days = [tags[key].strip()[:2].title() for key in ("day_on", "day_off") if key in tags]
    hours = [_clock(tags[key].strip()) for key in ("hour_on", "hour_off") if key in tags]
    spans = ["-".join(part) for part in (days, hours) if len(part) == len(("from", "to"))]
    return " ".join(spans)


def _clock(text: str) -> str:
    hour, _, minute = text.partition(":")
    return f"{hour.zfill(2)}:{minute or '00'}"


def restriction_at(tags: Tags, law: Law, when: datetime | None) -> str:
    """Return what a turn restriction demands of a profile, "" for nothing.

    Parameters
    ----------
    tags
        Those of the relation.
    law
        Whom it is asked for.
    when
        Moment of local time; None leaves everything that has hours out.
    """
    for key in law.turn_keys:
        kind = tags.get(key, "")
        if when is not None:
            if not CLOCK_KEYS.isdisjoint(tags) and not holds(sign_hours(tags), law, when):
                kind = ""
            for word, condition in clauses(tags.get(key + CONDITIONAL, "")):
                if holds(condition, law, when):
                    kind = "" if word in UNSAID else word
        if kind or key in tags:
            return kind
    return ""


def restriction_is_hourly(tags: Tags, law: Law) -> bool:
    """Tell whether a turn restriction holds for a profile at some hours only."""
    hourly = any(key + CONDITIONAL in tags for key in law.turn_keys)
    return hourly or not CLOCK_KEYS.isdisjoint(tags)
