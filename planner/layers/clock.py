"""Clock times as people write them, of reports or of gates."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from planner.errors import InputError

HOUR_MIN = 60
DAY_MIN = 24 * HOUR_MIN
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.]\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_CLOCK = re.compile(r"(\d{2}):(\d{2})")
_YEARS = range(1970, 2200)

Span = tuple[datetime, datetime]

FRIDAY = 5


def zone_of(timezone: tzinfo | str) -> tzinfo:
    """Return the time zone of an IANA name, or the zone itself.

    Raises
    ------
    InputError
        No such zone is known.

    """
    if not isinstance(timezone, str):
        return timezone
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"There is no time zone {timezone!r}; write it like 'Europe/Berlin'."
        raise InputError(message) from error


def parse_time(text: str, timezone: tzinfo | str) -> datetime:
    """Return the UTC time of an ISO text; without an offset it is taken in ``timezone``.

    Raises
    ------
    InputError
        Not a time, or a local time that the change of clocks skips or repeats.

    Examples
    --------
    >>> parse_time("2026-03-02T08:00", "America/Los_Angeles").isoformat()
    '2026-03-02T16:00:00+00:00'

    """
    text = text.strip()
    if not _TIME.fullmatch(text):
        message = f"{text[:40]!r} is not a time; write it like 2026-03-02T08:00."
        raise InputError(message)
    try:
        when = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError as error:
        message = f"{text[:40]!r} is no day or hour of the calendar; check it."
        raise InputError(message) from error
    if when.year not in _YEARS:
        message = f"The year of {text[:40]!r} is out of range; check it."
        raise InputError(message)
    return to_utc(when, timezone)


def to_utc(when: datetime, timezone: tzinfo | str) -> datetime:
    """Return a time in UTC; a naive one is taken in ``timezone``.

    Raises
    ------
    InputError
        A local time that the change of clocks skips or repeats.

    """
    if when.tzinfo is not None:
        return when.astimezone(UTC)
    zone = zone_of(timezone)
    first = when.replace(tzinfo=zone, fold=0)
    second = when.replace(tzinfo=zone, fold=1)
    there_and_back = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if there_and_back != when.replace(fold=0):
        message = f"{when:%Y-%m-%d %H:%M} does not exist in {zone}: the clocks skip it."
        raise InputError(f"{message} Write the time with its offset.")
    if first.utcoffset() != second.utcoffset():
        both = f"{first.isoformat()} or {second.isoformat()}"
        message = f"{when:%Y-%m-%d %H:%M} happens twice in {zone}; write {both}."
        raise InputError(message)
    return first.astimezone(UTC)


def comes_twice(when: datetime) -> bool:
    """Tell whether the clock of an aware time's zone shows it twice that day.

    >>> comes_twice(datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    True
    """
    first, second = when.replace(fold=0).utcoffset(), when.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def parse_clock(text: str) -> int:
    """Return the minutes after midnight of "HH:MM", from 00:00 to 24:00.

    Raises
    ------
    InputError
        Not a time of day.

    Examples
    --------
    >>> parse_clock("06:30")
    390

    """
    match = _CLOCK.fullmatch(text.strip())
    minutes = int(match[1]) * HOUR_MIN + int(match[2]) if match else -1
    if match is None or int(match[2]) >= HOUR_MIN or minutes > DAY_MIN:
        message = f"{text[:20]!r} is not a time of day; write HH:MM from 00:00 to 24:00."
        raise InputError(message)
    return minutes


def opening_intervals(
    opens: str, closes: str, start: datetime, end: datetime, timezone: tzinfo | str
) -> list[Span]:
    """Return the UTC intervals within [start, end) in which a daily gate is open.

    An hour that the change of clocks repeats counts as open only when both of its passes are.

    Raises
    ------
    InputError
        An hour is not HH:MM, or the gate opens and closes at the same time.

    """
    first, last = parse_clock(opens), parse_clock(closes)
    if first == last:
        message = f"A gate cannot open and close at {opens}; write 00:00 to 24:00 for always."
        raise InputError(message)
    if last < first:
        last += DAY_MIN
    zone = zone_of(timezone)
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(zone).date() - timedelta(days=1)
    spans: list[Span] = []
    if last - first == DAY_MIN:
        # Open always: clocks that change at midnight shut nothing.
        return [(start, end)] if start < end else []
    while day <= end.astimezone(zone).date():
        begins = max(_moment(day, first, zone, late=True), start)
        ends = min(_moment(day, last, zone, late=False), end)
        if begins < ends:
            spans.append((begins, ends))
        day += timedelta(days=1)
    return _joined(spans)


def _moment(day: date, minutes: int, zone: tzinfo, *, late: bool) -> datetime:
    day += timedelta(days=minutes // DAY_MIN)
    clock = time(minutes % DAY_MIN // 60, minutes % 60)
    local = [datetime.combine(day, clock, zone).replace(fold=fold) for fold in (0, 1)]
    moments = [moment.astimezone(UTC) for moment in local]
    return max(moments) if late else min(moments)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def is_weekday(when: datetime) -> bool:
    """Tell whether a local time lies on a day from Monday to Friday, holidays included."""
    return when.isoweekday() <= FRIDAY
