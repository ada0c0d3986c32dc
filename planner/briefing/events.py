"""What happens when, as points on the slider."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from planner.briefing.escape import isolate_plain
from planner.briefing.words import KINDS, clock, parse, plain
from planner.plan.zones import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

Document = dict[str, Any]
Event = dict[str, Any]
DAY_S = 86_400


def events(document: Document, steps: Document, *, zone: ZoneInfo) -> list[Event]:
    """Return what begins or ends within the slider's times, earliest first.

    Parameters
    ----------
    document
        The plan's document as its reader may see it.
    steps
        What ``risk_steps`` or ``day_steps`` gave; without times nothing is returned.
    zone
        Zone in which times are told.

    Returns
    -------
    Of each event: ``step`` (place on the slider, may lie between two), ``text`` (with its
    time), ``kind`` (report, closure, gate, arrival).
    """
    seconds = steps.get("seconds")
    if not seconds:
        return []
    found = [
        {"step": _place(when, seconds), "text": f"{clock(when.isoformat(), zone)} {text}",
         "kind": kind}
        for when, text, kind in _all(document, zone, seconds)
        if seconds[0] <= when.timestamp() <= seconds[-1]
    ]  # fmt: skip
    return sorted(found, key=lambda event: float(event["step"]))


def _all(
    document: Document, zone: ZoneInfo, seconds: Sequence[int]
) -> Iterator[tuple[datetime, str, str]]:
    for row in current(document):
        name = row.get("label") or KINDS.get(row.get("kind") or "", plain(row.get("kind")))
        yield from _both_ends(row, name, ("begins", "ends"), "report")
    for row in document["closures"]:
        yield from _both_ends(row, row.get("name") or "Closed road", ("closes", "opens"), "closure")
    for gate in document["gates"]:
        yield from _gate(gate, zone, seconds)
    if document.get("arrive_by"):
        yield parse(document["arrive_by"]), "Arrival", "arrival"


def _both_ends(
    row: Document, name: str, words: tuple[str, str], kind: str
) -> Iterator[tuple[datetime, str, str]]:
    for key, word in zip(("starts_at", "ends_at"), words, strict=True):
        if row.get(key):
            yield parse(row[key]), f"{isolate_plain(name)} {word}", kind


def _gate(
    gate: Document, zone: ZoneInfo, seconds: Sequence[int]
) -> Iterator[tuple[datetime, str, str]]:
    """Yield opening and closing on each local day the slider touches."""
    if (gate["opens"], gate["closes"]) == ("00:00", "24:00") or gate["opens"] == gate["closes"]:
        return
    first = datetime.fromtimestamp(seconds[0], UTC).astimezone(zone).date()
    days = (seconds[-1] - seconds[0]) // DAY_S + 2
    for day in (first + timedelta(days=n) for n in range(days)):
        for key, word in (("opens", "opens"), ("closes", "shuts")):
            hour, minute = (int(part) for part in str(gate[key]).split(":")[:2])
            local = datetime(day.year, day.month, day.day, hour % 24, minute, tzinfo=zone)
            when = local + timedelta(days=hour // 24)
            yield when, f"{isolate_plain(gate['name'])} {word}", "gate"


def _place(when: datetime, seconds: Sequence[int]) -> float:
    second = when.timestamp()
    after = min(bisect_right(seconds, second), len(seconds) - 1)
    before = after - 1
    share = (second - seconds[before]) / (seconds[after] - seconds[before])
    return round(before + min(max(share, 0.0), 1.0), 3)
