"""Opening hours: the times at which an expression of OpenStreetMap opens or shuts a road."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

ALWAYS = "24/7"
SHUT, OPEN = "shut", "open"

_WHOLE_DAY = re.compile(r"\b24\s?h\b")
_DOTS = re.compile(r"\b(\d{1,2})\.(\d{2})\b")
_SCHOOL_OFF = re.compile(r"\s*;\s*SH off\b|(?<=PH),\s*SH(?= off)|\bSH,\s*(?=PH off)")


@lru_cache(maxsize=1024)
def understood(expression: str, *, frees: bool = False) -> str:
    """Return opening hours in a form that can be evaluated.

    Whole days written ``24h`` and hours with a dot are mended. School holidays are not known:
    where the hours forbid, ``SH off`` is left out, so that the rule holds in the holidays too.

    Parameters
    ----------
    frees
        Whether more is allowed at these hours.

    Raises
    ------
    NetworkError
        They are not understood.
    """
    text = _WHOLE_DAY.sub("00:00-24:00", expression.strip())
    text = text if frees else _SCHOOL_OFF.sub("", text)
    for candidate in (text, _DOTS.sub(r"\1:\2", text)):
        if "SH" not in candidate and parsed(candidate, "") is not None:
            return candidate
    msg = f"The hours {expression!r} are not understood; write them as OSM opening_hours."
    raise NetworkError(msg)


@lru_cache(maxsize=1024)
def parsed(expression: str, country: str) -> Any:
    """Return opening hours of a country ("" for none) as the library holds them, None unread."""
    import opening_hours as library

    try:
        return library.OpeningHours(expression, country=country or None)
    except library.UnknownCountryError:  # type: ignore[attr-defined] # the stub leaves it out
        return library.OpeningHours(expression)
    except library.ParserError:  # type: ignore[attr-defined] # the stub leaves it out
        return None


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
    if kind not in (SHUT, OPEN) or parsed(expression, _country(zone)) is None:
        msg = f"The rule {rule!r} is not understood; it begins with shut or open, then hours."
        raise NetworkError(msg)
    passable = "closed" if kind == SHUT else "open"
    found: list[tuple[datetime, datetime]] = []
    for begin, end, state in _stretches(expression, since, until, zone):
        if state == passable:
            continue
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def said(expression: str, since: datetime, until: datetime, zone: ZoneInfo) -> frozenset[str]:
    """Return every state that hours have between two moments: open, closed, unknown.

    Clock, holidays and sun are those of ``spans``.

    Raises
    ------
    NetworkError
        The hours are not understood.
    """
    return frozenset(state for _, _, state in _stretches(expression, since, until, zone))


def next_open(
    expression: str, since: datetime, until: datetime, zone: ZoneInfo, *, lasting: timedelta
) -> datetime | None:
    """Return the first moment, UTC, from which hours are open for some time; None: there is none.

    Raises
    ------
    NetworkError
        The hours are not understood.
    """
    found = _stretches(expression, since, until, zone)
    return next((a for a, b, state in found if state == OPEN and b - a >= lasting), None)


def _stretches(
    expression: str, since: datetime, until: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, str]]:
    """Give the stretches of hours between two moments, UTC, with open, closed or unknown."""
    hours = parsed(expression, _country(zone))
    if hours is None:
        msg = f"The hours {expression!r} are not understood; write them as OSM opening_hours."
        raise NetworkError(msg)
    for first, last, offset in _even_stretches(since, until, zone):
        local = [(moment + offset).replace(tzinfo=None) for moment in (first, last)]
        for begin, end, state, _ in hours.intervals(*local):
            begun, ended = (m.replace(tzinfo=first.tzinfo) - offset for m in (begin, end))
            yield begun, ended, str(state)


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
