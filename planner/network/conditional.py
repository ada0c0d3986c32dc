"""Conditions of OpenStreetMap tags: what holds at which hours, for a traveller of which size."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError
from planner.network import rules
from planner.network.hours import ALWAYS, OPEN, SHUT, parsed, understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from planner.network.profiles import Profile


_SIZES = {
    "height": "height_m", "width": "width_m", "length": "length_m", "weight": "weight_t",
    "maxweightrating": "weight_t", "axleload": "axle_load_t",
}  # fmt: skip
"""Sizes a condition may compare with; the permitted weight is taken as the real one."""

_COMPARE = re.compile(r"(\w+)\s*(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*(?:m|t)?")
_AND = re.compile(r"\s+AND\s+", re.IGNORECASE)
_TWO_RULES = re.compile(r";|\|\||\d\s*,\s*[A-Za-z]")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOCK_KEYS = frozenset({"day_on", "day_off", "hour_on", "hour_off"})
"""Keys of hours in the old form, on turn restrictions."""

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


class Hours(NamedTuple):
    """When a condition is taken to hold: opening hours, None for never; whether it was read."""

    when: str | None
    is_read: bool = True


def hours_of(condition: str, who: Profile, *, frees: bool) -> Hours:
    """Return when a condition is taken to hold, at its strictest where it cannot be read.

    Parts joined by AND are hours, or compare a size of the traveller, or name travellers; one
    whose size is 0 is bound by no size. Of what cannot be read (rain, a permit, a slip of the
    mapper) it is taken that it holds at all times where the condition forbids, never where it
    frees.

    Parameters
    ----------
    frees
        Whether more is allowed while the condition holds.

    Examples
    --------
    >>> from planner.network.profiles import PROFILES
    >>> bus, car = PROFILES["bus"], PROFILES["car"]
    >>> hours_of("07:30-19:00 AND weight>7.5", bus, frees=False).when
    '07:30-19:00'
    >>> hours_of("07:30-19:00 AND weight>7.5", car, frees=False).when is None
    True
    >>> hours_of("wet", car, frees=False), hours_of("wet", car, frees=True)
    (Hours(when='24/7', is_read=False), Hours(when=None, is_read=False))
    """
    times, unread = [], False
    for part in map(_bare, _AND.split(condition.strip())):
        holds = _known(part, who)
        if holds is False:
            return Hours(None)
        if holds is None:
            try:
                times.append(understood(part, frees=frees))
            except NetworkError:
                unread = True
    # Two times joined by AND: both hold at hours that neither tells alone, at most at its own.
    unread |= len(times) > 1
    if unread and frees:
        return Hours(None, is_read=False)
    return Hours(times[0] if times else ALWAYS, not unread)


def _known(part: str, who: Profile) -> bool | None:
    """Tell whether what is no time holds for a traveller, None for all else."""
    match = _COMPARE.fullmatch(part)
    if match is not None and match[1] in _SIZES:
        return _fits(getattr(who.size, _SIZES[match[1]]), match[2], float(match[3]))
    return part in who.own_words if part in rules.TRAVELLERS else None


def _fits(own: float, sign: str, limit: float) -> bool:
    if not own:
        return False
    return {
        "<": own < limit, "<=": own <= limit, ">": own > limit, ">=": own >= limit,
        "=": own == limit,
    }[sign]  # fmt: skip


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
    return (f"{OPEN} {_sound(', '.join(opened))}",) if opened else ()


def _less(hours: str, without: Sequence[str]) -> str:
    # After a comma as in "Fr 06:00-10:00, Sa" another rule begins, and "off" ends that alone.
    if any(_TWO_RULES.search(other) or other == ALWAYS for other in without):
        msg = f"The hours {hours!r} less {list(without)} cannot be told."
        raise NetworkError(msg)
    return _sound("; ".join([hours, *(f"{other} off" for other in without)]))


def _sound(hours: str) -> str:
    if parsed(hours, "") is None:
        msg = f"The hours {hours!r} cannot be told."
        raise NetworkError(msg)
    return hours


class Ruled(NamedTuple):
    """What conditions come to: shut at all times, or by rules as of `rules_of`; all read or not."""

    shut: bool
    rules: tuple[str, ...] = ()
    is_read: bool = True


def ruled(said: Iterable[tuple[str, bool]], who: Profile, *, free: bool) -> Ruled:
    """Return what conditions come to for a traveller, at their strictest where they are not read.

    Parameters
    ----------
    said
        Conditions in order of weight, each with whether one may pass while it holds.
    free
        Whether one may at all other hours.

    Examples
    --------
    >>> from planner.network.profiles import PROFILES
    >>> ruled([("Su", False)], PROFILES["car"], free=True)
    Ruled(shut=False, rules=('shut Su',), is_read=True)
    >>> ruled([("wet", False)], PROFILES["car"], free=True)
    Ruled(shut=True, rules=(), is_read=False)
    """
    parts: list[At] = []
    is_read = True
    for condition, frees in said:
        hours = hours_of(condition, who, frees=frees)
        is_read &= hours.is_read
        if hours.when == ALWAYS:
            free = frees
            break
        parts += [At(hours.when, frees)] if hours.when else []
    try:
        found = rules_of(parts, free)
    except NetworkError:
        return Ruled(shut=True, is_read=False)
    return Ruled(not (free or found), found, is_read)
