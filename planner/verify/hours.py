"""What a sign with hours on it says at a moment."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from planner.verify.law import ENDING, FREE, TRAVELLERS

if TYPE_CHECKING:
    from collections.abc import Iterator
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
HOURS = "opening_hours"

MOST_DOUBTS = 6
"""Conditions of one sign that are weighed both ways; of further ones the last say stands."""

_WHOLE_DAY = re.compile(r"\b24\s?h\b")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[.](\d\d)(?!\d)")
_HOLIDAYS_OFF = re.compile(r"(;\s*SH off|,\s*SH(?=\s+off)|SH,\s*(?=PH off))")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_SIZE = re.compile(
    r"(height|width|length|weight|maxweightrating|axleload)\s*(<=|>=|<|>|=)"
    r"\s*(\d+(?:[.]\d+)?)\s*[mt]?"
)
_CLAUSE = re.compile(r"([^;@(]*)@\s*(\([^()]*(?:\([^()]*\)[^()]*)*\)|[^@]*?)(?=;[^;@]*@|;?\s*$)")


class Moment(NamedTuple):
    """A moment on the local clock, with the country whose holidays are kept, "" unknown."""

    clock: datetime
    country: str = ""


def around(second: float, zone: ZoneInfo) -> tuple[Moment, ...]:
    """Return the local clock a little before a second of 1970, at it and a little after."""
    here = _country(zone.key or "")
    return tuple(
        Moment(datetime.fromtimestamp(second + shift, zone).replace(tzinfo=None), here)
        for shift in (-CLEARLY_S - TICK_S, 0.0, CLEARLY_S)
    )


@lru_cache(maxsize=64)
def _country(zone: str) -> str:
    """Return the ISO code of the country that the tz database names for a zone, "" for none."""
    from importlib.resources import files

    table = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    found = re.search(rf"^([A-Z]{{2}})\t\S+\t{re.escape(zone)}(?=\t|$)", table, re.MULTILINE)
    return "" if found is None else found[1]


def is_hourly(tags: Tags, law: Law) -> bool:
    """Tell whether what a profile may do there changes by the clock."""
    return not law.hourly_keys.isdisjoint(tags) or HOURS in tags


def readings(tags: Tags, law: Law, when: Moment) -> Iterator[dict[str, str]]:
    """Give the tags as they may stand at a moment: more than once where hours are not known.

    What cannot be known, as rain, a permit or hours that cannot be read, is taken both ways;
    the strictest of the readings binds.
    """
    said = [
        (key.removesuffix(CONDITIONAL), *_said(word, condition, law, when))
        for key in sorted(law.hourly_keys.intersection(tags))
        for word, condition in clauses(tags[key])
    ]
    doubtful = [i for i, (_, _, state) in enumerate(said) if state is None][:MOST_DOUBTS]
    for taken in itertools.product((True, False), repeat=len(doubtful)):
        now = dict(tags)
        meant = dict(zip(doubtful, taken, strict=True))
        for i, (key, word, state) in enumerate(said):
            # Of several conditions that hold the last one counts.
            if meant.get(i, state is not False):
                now[key] = word
        yield _at_hours(now, when)


def _said(word: str, condition: str, law: Law, when: Moment) -> tuple[str, bool | None]:
    """Return the word that a clause puts in force, and whether it does; None: not known."""
    if word in FREE | ENDING and condition in ENDING:
        # Who may come for a purpose may always come for it.
        return condition, True
    return word, holds(condition, law, when)


def _at_hours(now: dict[str, str], when: Moment) -> dict[str, str]:
    """Return tags as its own hours leave a gate or a way."""
    if HOURS not in now:
        return now
    is_open = hours_hold(now[HOURS], when) is True
    if "barrier" in now:
        # In its hours a bollard is lowered, as a gate is unlocked.
        opened = {key: value for key, value in now.items() if key != "locked"}
        return opened | {"barrier": "gate"} if is_open else {"barrier": "gate", "locked": "yes"}
    return now if is_open else {"access": "no"}


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


def holds(condition: str, law: Law, when: Moment) -> bool | None:
    """Tell whether a condition holds for a profile at a moment, None where that is not known."""
    states = [_holds(part.strip(" ()"), law, when) for part in _AND.split(condition)]
    if False in states:
        return False
    return None if None in states else True


def _holds(part: str, law: Law, when: Moment) -> bool | None:
    size = _SIZE.fullmatch(part.lower())
    if size is not None:
        name = size[1].removeprefix("max").removesuffix("rating")
        own, limit = law.size.get(f"max{name}", 0.0), float(size[3])
        more, same = own > limit, own == limit
        return own > 0 and ((">" in size[2] and more) or ("=" in size[2] and same) or (
            "<" in size[2] and not (more or same)
        ))  # fmt: skip
    if part in TRAVELLERS:
        return part in law.own
    return hours_hold(part, when)


def hours_hold(text: str, when: Moment) -> bool | None:
    """Tell whether hours hold at a moment, None where they tell nothing of it."""
    sure = _HOLIDAYS_OFF.sub("", text)
    hours = _hours(sure, when.country)
    if hours is None or hours.is_unknown(when.clock) or "SH" in sure:
        return None
    is_open = bool(hours.is_open(when.clock))
    # Whether a day is one of school holidays is not known.
    return None if is_open and sure != text else is_open


@lru_cache(maxsize=1024)
def _hours(text: str, country: str) -> OpeningHours | None:
    import opening_hours as library

    text = _WHOLE_DAY.sub("00:00-24:00", text)
    text = text if library.validate(text) else _DOTTED.sub(r"\1:\2", text)
    if not text or not library.validate(text):
        return None
    try:
        return library.OpeningHours(text, country=country or None)
    except library.UnknownCountryError:  # type: ignore[attr-defined]  # the stub leaves it out
        return library.OpeningHours(text)


def sign_hours(tags: Tags) -> str:
    """Return the hours of the old form of a restriction, ``hour_on`` to ``hour_off``.

    Where one end is missing they are of no form that can be read.

    Examples
    --------
    >>> sign_hours({"day_on": "Monday", "day_off": "Fr", "hour_on": "7", "hour_off": "09:30"})
    'Mo-Fr 07:00-09:30'
    >>> sign_hours({"hour_on": "7"})
    '07:00-?'
    """
    spans = []
    for key, meaning in (("day", _day), ("hour", _clock)):
        ends = [tags.get(f"{key}_{end}") for end in ("on", "off")]
        if ends != [None, None]:
            spans.append("-".join("?" if end is None else meaning(end.strip()) for end in ends))
    return " ".join(spans)


def _day(text: str) -> str:
    return text[:2].title()


def _clock(text: str) -> str:
    hour, _, rest = text.partition(":")
    return f"{hour.zfill(2)}:{rest[:2] or '00'}"


def demands(tags: Tags, law: Law, when: Moment | None) -> frozenset[str]:
    """Return what a turn restriction demands of a profile, at its strictest where not known.

    Parameters
    ----------
    tags
        Those of the relation.
    law
        Whom it is asked for.
    when
        Moment of local time; None leaves everything that has hours out.
    """
    always = next((tags[key] for key in law.turn_keys if key in tags), "")
    if when is None:
        return frozenset({always} - UNSAID)
    timed = next((tags[k] for k in (key + CONDITIONAL for key in law.turn_keys) if k in tags), "")
    on_sign = CLOCK_KEYS.isdisjoint(tags) or holds(sign_hours(tags), law, when) is not False
    found = {always} if on_sign else set()
    for word, condition in clauses(timed):
        state = holds(condition, law, when)
        if word in UNSAID and state:
            found.clear()
        elif word not in UNSAID and state is not False:
            found.add(word)
    return frozenset(found - UNSAID)


def restriction_is_hourly(tags: Tags, law: Law) -> bool:
    """Tell whether a turn restriction holds for a profile at some hours only."""
    hourly = any(key + CONDITIONAL in tags for key in law.turn_keys)
    return hourly or not CLOCK_KEYS.isdisjoint(tags)
