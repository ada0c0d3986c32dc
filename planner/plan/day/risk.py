"""The risk of one local day: worked out once for every hour of it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from planner.network.hours import spans
from planner.risk.build import build_risk

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from planner.network.graph import Network
    from planner.plan.prepare import Ground
    from planner.plan.question import Question
    from planner.risk.build import Risk, Spell
    from planner.risk.parameters import RiskParameters

AHEAD = timedelta(hours=24)
"""An arrival late in the day may be put off by as much as this."""

DRIVE = timedelta(hours=4)
"""Longest drive to an arrival early in the day for which risk is worked out, waits included."""


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC times at which a local day begins and ends: 23 to 25 hours apart.

    >>> from datetime import date
    >>> from zoneinfo import ZoneInfo
    >>> [f"{t:%d %H}" for t in day_bounds(date(2026, 10, 25), ZoneInfo("Europe/Berlin"))]
    ['24 22', '25 23']
    """
    first = datetime.combine(day, time(), zone)
    last = datetime.combine(day + timedelta(days=1), time(), zone)
    return first.astimezone(UTC), last.astimezone(UTC)


def day_span(question: Question, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC times between which the risk of a question's day is worked out."""
    start, end = day_bounds(question.arrive_utc.astimezone(zone).date(), zone)
    return start - DRIVE, end + AHEAD


def day_risk(ground: Ground, span: tuple[datetime, datetime], parameters: RiskParameters) -> Risk:
    """Return the risk on a facility's roads between two UTC times."""
    return build_risk(
        ground.stops.network, ground.metric.zones, ground.metric.closures,
        obstacles=ground.obstacles, parameters=parameters, start=span[0], end=span[1],
        by_clock=shut_by_clock(ground.stops.network, span, ground.layers.settings.zone),
    )  # fmt: skip


def shut_by_clock(network: Network, span: tuple[datetime, datetime], zone: ZoneInfo) -> list[Spell]:
    """Return (arcs, from, to) in seconds after the span's start of every rule by the clock."""
    found: list[Spell] = []
    for i, rule in enumerate(network.timed_rules):
        arcs = network.timed_arc[network.timed_rule == i]
        for begin, end in spans(rule, *span, zone) if len(arcs) else ():
            seconds = [round((moment - span[0]).total_seconds()) for moment in (begin, end)]
            found.append((arcs, seconds[0], seconds[1]))
    return found
