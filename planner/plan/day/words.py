"""What is said of a day: its first line, an interval, a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from planner.plan import words
from planner.plan.directions.speech import speech_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.plan.day.check import Check

MIDNIGHT = "24:00"

SOME_MIN = 0.05
"""Less exposure is told as none."""

Span = tuple[str, str]

MARKS: Mapping[str, str] = MappingProxyType({
    "clear": "", "slow": "~", "exposed": "!", "not clear": "✕", "no way": "–", "shut": "▪",
})  # fmt: skip
"""What stands beside the minutes of an hour, or in their place, so that no colour is needed."""

MEANT: Mapping[str, str] = MappingProxyType({
    "clear": "clear", "slow": "clear, slower", "exposed": "clear, more exposed",
    "not clear": "not clear", "no way": "no way", "shut": "gate shut",
})  # fmt: skip
"""The levels of an hour in words."""


def clock(text: str, end: str) -> str:
    """Return HH:MM of an ISO time, 24:00 at the day's end.

    >>> clock("2026-03-03T00:00:00+00:00", "2026-03-03T00:00:00+00:00")
    '24:00'
    """
    if text == end:
        return MIDNIGHT
    return text[11:16]


def over_midnight(text: str, end: str, zone: ZoneInfo) -> str:
    """Return the clock of an ISO time of a day, or of the night after it, with its day then.

    An hour that the clocks show twice is told with its offset.

    >>> from zoneinfo import ZoneInfo
    >>> zone, end = ZoneInfo("Europe/Berlin"), "2026-10-25T00:00:00+02:00"
    >>> over_midnight("2026-10-25T00:20:00+02:00", end, zone)
    '00:20 on Sunday 25 Oct'
    >>> over_midnight("2026-10-25T02:20:00+01:00", end, zone)
    '02:20 on Sunday 25 Oct (UTC+01:00)'
    """
    when = datetime.fromisoformat(text)
    past = when > datetime.fromisoformat(end)
    local = when.astimezone(zone)
    twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    told = words.on_day(text) if past else clock(text, end)
    return f"{told} (UTC{text[19:]})" if twice else told


def count(vehicles: int) -> str:
    """Return a number of vehicles in words.

    >>> count(1), count(40)
    ('1 vehicle', '40 vehicles')
    """
    return f"{vehicles} vehicle{'s' * (vehicles != 1)}"


def change_of_shift(told: dict[str, Any], most: int | None = None, at: str = "") -> list[str]:
    """Return a change of shift in lines: its windows, best first, or what is in the way.

    Parameters
    ----------
    told
        As ``planner.plan.day.shift.shift`` writes it.
    most
        Windows told at most; all of the document when None.
    at
        ISO time; of the windows it lies in one is among those told.
    """
    windows = told["windows"]
    if not windows:
        return [told["text"], *told["help"]]
    kept = windows[:most]
    own = [row for row in windows if at and _lies_in(at, row)]
    if own and not any(row in kept for row in own):
        kept = [*kept[:-1], own[0]]
    lines = [row["text"] for row in kept]
    rest = len(windows) - len(kept) + told["more"]
    if rest:
        lines.append(f"{rest} more window{'s' * (rest != 1)}, none better than the first")
    if told["unknown_capacity"]:
        lines.append(f"left out, capacity not known: {', '.join(told['unknown_capacity'])}")
    return lines


def _lies_in(at: str, row: dict[str, Any]) -> bool:
    since, until, when = (datetime.fromisoformat(x) for x in (row["from"], row["until"], at))
    return since <= when < until


def interval(row: dict[str, Any], end: str) -> str:
    """Return an interval of the timetable in words."""
    span = f"from {clock(row['from'], end)} to {clock(row['until'], end)}"
    if row["gate"] is None:
        return f"no way in {span}: {row['reason']}"
    state = "" if row["clear"] else ", not clear"
    return f"{row['gate_name']} {span}{state}"


def window(row: dict[str, Any], end: str) -> str:
    """Return a window in words."""
    return (
        f"{clock(row['from'], end)} to {clock(row['until'], end)}: {row['minutes']:.0f} min, "
        f"{row['exposure_min']:.1f} min exposure on average"
    )


def cell(row: dict[str, Any]) -> str:
    """Return an hour of the heat map as it is written into its cell.

    >>> cell({"minutes": 11.6, "level": "not clear"}), cell({"minutes": None, "level": "shut"})
    ('12✕', '▪')
    """
    minutes = "" if row["minutes"] is None else f"{row['minutes']:.0f}"
    return minutes + MARKS[row["level"]]


def hours_alike(row: dict[str, Any], heat: dict[str, Any], end: str) -> str:
    """Return a row of the heat map in words, hours of one level together."""
    edges = [*heat["hours"], end]
    parts, at = [], 0
    for level, run in groupby(row["cells"], lambda cell: cell["level"]):
        cells = list(run)
        span = (
            f"{clock(edges[at], end)[:2]}-{clock(edges[at + len(cells)], end)[:2]} {MEANT[level]}"
        )
        at += len(cells)
        told = [c for c in cells if c["minutes"] is not None]
        if told:
            low, high = (f(c["minutes"] for c in told) for f in (min, max))
            span += (
                f", {low:.0f} min" if round(low) == round(high) else f", {low:.0f}-{high:.0f} min"
            )
            most = max(c["exposure_min"] for c in told)
            span += f", exposure up to {most:.1f} min" if most >= SOME_MIN else ""
        parts.append(span)
    return "; ".join(parts)


def headline(document: dict[str, Any], leaving: dict[str, Any] | None = None) -> str:
    """Return the first line: the gate of most of the day, when another is better, when none is.

    Parameters
    ----------
    leaving
        What the document tells of leaving, for the first line of that.
    """
    rows, end = (document if leaving is None else leaving)["timetable"], document["until"]
    spans: dict[str, list[Span]] = defaultdict(list)
    hours: dict[str, float] = defaultdict(float)
    none: list[Span] = []
    unclear: list[Span] = []
    for row in rows:
        if row["gate"] is None:
            _add(none, row)
            continue
        _add(spans[row["gate_name"]], row)
        hours[row["gate_name"]] += _seconds(row)
        if not row["clear"]:
            _add(unclear, row)
    by = speech_of(document["profile"]).by
    if not hours:
        return (
            f"No way {'through' if leaving is None else 'out'} {by} all day: {rows[0]['reason']}."
            if rows
            else "No arrival asked for."
        )
    main = max(hours, key=lambda name: hours[name])
    text = f"{'Best gate' if leaving is None else 'Best gate out'}: {main}" + (
        " all day" if len(hours) == 1 and not none else ""
    )
    for name, when in spans.items():
        if name != main:
            text += f"; {name} from {_listed(when, end)}"
    if unclear:
        text += f"; not clear {_listed(unclear, end)}"
    if none:
        what = f"travel {by} for an arrival" if leaving is None else f"leave {by}"
        text += f"; do not {what} from {_listed(none, end)}"
    return text + "."


def search(near: int, of: int, check: Check) -> str:
    """Return how good the ways are, in words."""
    if not near:
        return f"optimal at all {of} arrivals: no risk changes during a drive"
    text = f"near-optimal at {near} of {of} arrivals, where risk changes during the drive"
    if len(check.gaps_s):
        text += (
            f"; {len(check.gaps_s)} ways at {len(check.compared)} of them were worked out exactly: "
            f"{_gap(float(check.gaps_s.max()))}"
        )
    return text


def _gap(seconds: float) -> str:
    """Return by how much told ways fall short of exact ones."""
    if seconds < 0.5:
        return "none is better"
    return f"at best {seconds:.0f} s better, minutes and exposure weighed together"


def _add(spans: list[Span], row: dict[str, Any]) -> None:
    """Add an interval to some, as one with the last where they touch."""
    since = spans.pop()[0] if spans and spans[-1][1] == row["from"] else row["from"]
    spans.append((since, row["until"]))


def _listed(spans: list[Span], end: str) -> str:
    parts = [f"{clock(since, end)} to {clock(until, end)}" for since, until in spans]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _seconds(row: dict[str, Any]) -> float:
    since, until = (datetime.fromisoformat(row[k]) for k in ("from", "until"))
    return (until - since).total_seconds()
