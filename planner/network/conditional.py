"""Conditions of OpenStreetMap tags: what holds at which hours, for a traveller of which size."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from planner.network.profiles import Size

ALWAYS = "24/7"
SHUT, OPEN = "shut", "open"

_SIZES = {
    "height": "height_m", "width": "width_m", "length": "length_m", "weight": "weight_t",
    "maxweightrating": "weight_t", "axleload": "axle_load_t",
}  # fmt: skip
"""Sizes a condition may compare with; the permitted weight is taken as the real one."""

_COMPARE = re.compile(r"(\w+)\s*(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*(?:m|t)?")
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
_WHOLE_DAY = re.compile(r"\b24\s?h\b")
_DOTS = re.compile(r"\b(\d{1,2})\.(\d{2})\b")
_SCHOOL_OFF = re.compile(r"\s*;\s*SH off\b|(?<=PH),\s*SH(?= off)|\bSH,\s*(?=PH off)")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2})(?::\d{2})?)?")


class Clause(NamedTuple):
    """One value with its condition, as in ``no @ (Mo-Fr 07:00-09:00)``."""

    value: str
    condition: str


class At(NamedTuple):
    """What holds at the hours of an expression; `free` is whether one may pass then."""

    hours: str
    free: bool


def clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a ``*:conditional`` value, in order; the last that holds decides.

    Examples
    --------
    >>> clauses("no @ (Mo-Fr 07:00-09:00; Sa); destination @ wet")
    (Clause(value='no', condition='Mo-Fr 07:00-09:00; Sa'), Clause(value='destination', \
condition='wet'))
    """
    found: list[Clause] = []
    for piece in _split(text):
        value, at, condition = piece.partition("@")
        if at:
            found.append(Clause(value.strip(), _bare(condition)))
        elif found and value.strip():
            # Brackets are often left out where the hours hold a semicolon.
            last = found.pop()
            found.append(Clause(last.value, f"{last.condition}; {value.strip()}"))
    return tuple(found)


def _split(text: str) -> list[str]:
    pieces, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == ";" and depth <= 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def _bare(condition: str) -> str:
    condition = condition.strip()
    if condition.startswith("(") and condition.endswith(")"):
        condition = condition[1:-1].strip()
    return condition


def hours_of(condition: str, size: Size) -> str | None:
    """Return when a condition holds, as opening hours; None when it never does.

    Parts joined by AND are hours, or compare a size of the traveller; one whose size is 0 is
    bound by no size.

    Raises
    ------
    NetworkError
        The condition is neither.

    Examples
    --------
    >>> from planner.network.profiles import PROFILES
    >>> hours_of("07:30-19:00 AND weight>7.5", PROFILES["bus"].size)
    '07:30-19:00'
    >>> hours_of("07:30-19:00 AND weight>7.5", PROFILES["car"].size) is None
    True
    """
    times = []
    for part in map(_bare, _AND.split(condition.strip())):
        match = _COMPARE.fullmatch(part)
        if match is None or match[1] not in _SIZES:
            times.append(part)
        elif not _fits(getattr(size, _SIZES[match[1]]), match[2], float(match[3])):
            return None
    if len(times) > 1:
        msg = f"The condition {condition!r} joins two times by AND, which is not understood."
        raise NetworkError(msg)
    return understood(times[0]) if times else ALWAYS


def _fits(own: float, sign: str, limit: float) -> bool:
    if not own:
        return False
    return {
        "<": own < limit, "<=": own <= limit, ">": own > limit, ">=": own >= limit,
        "=": own == limit,
    }[sign]  # fmt: skip


@lru_cache(maxsize=1024)
def understood(expression: str) -> str:
    """Return opening hours in a form that can be evaluated.

    Whole days written ``24h`` and hours with a dot are mended. School holidays are not known:
    ``SH off`` is left out, so that the rule holds in the holidays too.

    Raises
    ------
    NetworkError
        They are not understood.
    """
    text = _SCHOOL_OFF.sub("", _WHOLE_DAY.sub("00:00-24:00", expression.strip()))
    for candidate in (text, _DOTS.sub(r"\1:\2", text)):
        if "SH" not in candidate and _parsed(candidate, "") is not None:
            return candidate
    msg = f"The hours {expression!r} are not understood; write them as OSM opening_hours."
    raise NetworkError(msg)


@lru_cache(maxsize=1024)
def _parsed(expression: str, country: str) -> Any:
    import opening_hours as library

    try:
        return library.OpeningHours(expression, country=country or None)
    except library.UnknownCountryError:  # type: ignore[attr-defined] # the stub leaves it out
        return library.OpeningHours(expression)
    except library.ParserError:  # type: ignore[attr-defined] # the stub leaves it out
        return None


def old_clock(tags: Mapping[str, str]) -> str:
    """Return the hours of ``hour_on``, ``hour_off``, ``day_on``, ``day_off``, "" without them.

    Raises
    ------
    NetworkError
        They are incomplete or not understood.

    Examples
    --------
    >>> old_clock({"day_on": "Monday", "day_off": "Friday", "hour_on": "7", "hour_off": "9:00"})
    'Mo-Fr 07:00-09:00'
    """
    parts = []
    for keys, meaning in ((("day_on", "day_off"), _day), (("hour_on", "hour_off"), _hour)):
        said = [tags[key] for key in keys if key in tags]
        if len(said) == 1:
            msg = f"Of {keys[0]} and {keys[1]} only one is tagged."
            raise NetworkError(msg)
        if said:
            parts.append("-".join(map(meaning, said)))
    return understood(" ".join(parts)) if parts else ""


def _day(text: str) -> str:
    short = text.strip().lower()
    known = [day for day in _DAYS if len(short) > 1 and day.startswith(short)]
    if len(known) != 1:
        msg = f"The day {text!r} is not understood."
        raise NetworkError(msg)
    return known[0][:2].title()


def _hour(text: str) -> str:
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2] or 0) > 59:
        msg = f"The hour {text!r} is not understood."
        raise NetworkError(msg)
    return f"{int(match[1]):02}:{match[2] or '00'}"


def rules_of(parts: Sequence[At], free: bool) -> tuple[str, ...]:
    """Return the rules that together shut a road as said.

    Parameters
    ----------
    parts
        In order of weight: the first whose hours hold decides.
    free
        What holds at all other hours.

    Returns
    -------
    tuple
        Rules "shut EXPR" or "open EXPR"; the road is shut while any of them says so.

    Raises
    ------
    NetworkError
        The hours overlap in a way no rule can tell.

    Examples
    --------
    >>> rules_of([At("Mo 07:00-09:00", False)], True), rules_of([At("Su", True)], False)
    (('shut Mo 07:00-09:00',), ('open Su',))
    >>> rules_of([At("08:00-09:00", True), At("07:00-19:00", False)], True)
    ('shut 07:00-19:00; 08:00-09:00 off',)
    """
    if free:
        shut, before = [], []
        for part in parts:
            if part.free:
                before.append(part.hours)
            else:
                shut.append(f"{SHUT} {_less(part.hours, before)}")
        return tuple(shut)
    opened, before = [], []
    for part in parts:
        if part.free:
            opened.append(_less(part.hours, before))
        else:
            before.append(part.hours)
    if len(opened) > 1 and any(";" in hours or hours == ALWAYS for hours in opened):
        msg = f"The hours {opened} cannot be joined."
        raise NetworkError(msg)
    return (f"{OPEN} {', '.join(opened)}",) if opened else ()


def _less(hours: str, without: Sequence[str]) -> str:
    if any(";" in other or other == ALWAYS for other in without):
        msg = f"The hours {hours!r} less {list(without)} cannot be told."
        raise NetworkError(msg)
    return "; ".join([hours, *(f"{other} off" for other in without)])


def spans(
    rule: str, since: datetime, until: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """Return when a rule shuts the road between two moments, as pairs of UTC moments.

    Hours are those on the local clock, also where it is put forward or back. Public holidays
    are those of the country of ``zone``; the sun rises at 07:00 and sets at 19:00.

    Raises
    ------
    NetworkError
        The rule is not understood.
    """
    kind, _, expression = rule.partition(" ")
    hours = _parsed(expression, _country(zone)) if kind in (SHUT, OPEN) else None
    if hours is None:
        msg = f"The rule {rule!r} is not understood; it begins with shut or open, then hours."
        raise NetworkError(msg)
    passable = "closed" if kind == SHUT else "open"
    found: list[tuple[datetime, datetime]] = []
    for first, last, offset in _even_stretches(since, until, zone):
        local = [(moment + offset).replace(tzinfo=None) for moment in (first, last)]
        for begin, end, state, _ in hours.intervals(*local):
            if str(state) == passable:
                continue
            pair = tuple(moment.replace(tzinfo=first.tzinfo) - offset for moment in (begin, end))
            if found and found[-1][1] == pair[0]:
                found[-1] = (found[-1][0], pair[1])
            else:
                found.append((pair[0], pair[1]))
    return found


def _country(zone: ZoneInfo) -> str:
    from planner.network.country import country_of

    return country_of(zone.key or "").code


def _even_stretches(
    since: datetime, until: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime, timedelta]]:
    """Return stretches between two moments over which the clock is neither put on nor back."""

    def offset(moment: datetime) -> timedelta:
        return moment.astimezone(zone).utcoffset() or timedelta(0)

    found, first, end = [], since.astimezone(UTC), until.astimezone(UTC)
    while first < end:
        last = min(first + timedelta(days=1), end)
        if offset(first) != offset(last):
            low, high = first, last
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(first) else (low, middle)
            # Clocks are changed at whole minutes.
            last = min((low + timedelta(seconds=59)).replace(second=0, microsecond=0), last)
            last = last if last > first else high
        found.append((first, last, offset(first)))
        first = last
    return found
