"""Rules of signs with hours: what they say at the second a route is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.verify.enclosed import is_open
from planner.verify.hours import around, is_hourly, readings
from planner.verify.law import Leave
from planner.verify.restrictions import broken, broken_row
from planner.verify.signs import leave_of_barrier, too_small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.verify.case import RouteCase
    from planner.verify.law import Tags
    from planner.verify.trace import Way

STEP_S = 60.0


def conditional(case: RouteCase) -> Iterator[str]:
    """Demand that no road, barrier or turn is used while its hours forbid it."""
    yield from _ways(case)
    yield from _through(case)
    yield from _barriers(case)
    yield from _turns(case)
    yield from _rows(case)


def _ways(case: RouteCase) -> Iterator[str]:
    for i in sorted({i for i, trace in case.stretches if trace.way.is_hourly}):
        since = float(case.enter_s[i])
        pace = case.legs[i].time_s / max(case.drawn[i].length_m, 1e-9)
        for trace in case.traces[i]:
            until = since + pace * abs(trace.end - trace.start)
            if _is_shut_in(case, trace.way, trace.direction, since, until):
                yield f"{case.name(i)} is driven at an hour at which its signs forbid it"
            since = until


def _is_shut_in(case: RouteCase, way: Way, direction: int, since: float, until: float) -> bool:
    """Tell whether a way is clearly shut at some moment of [since, until]."""
    steps = int((until - since) // STEP_S)
    moments = [since + STEP_S * step for step in range(steps + 1)] + [until]
    return any(
        all(way.leave_at(direction, when) is Leave.SHUT for when in around(moment, case.facts.zone))
        for moment in moments
    )


def _through(case: RouteCase) -> Iterator[str]:
    if not any(trace.way.is_hourly for _, trace in case.stretches):
        return
    been_open = False
    leaves = case.streets.enclosed.leaves
    for i, before, after in case.joints:
        been_open = been_open or (is_open(before) and leaves(before))
        if not (been_open and (before.way.is_hourly or after.way.is_hourly)):
            continue
        moments = around(float(case.leave_s[i]), case.facts.zone)
        ending = min(before.way.leave_at(before.direction, when) for when in moments)
        onward = max(after.way.leave_at(after.direction, when) for when in moments)
        if (ending, onward) == (Leave.ENDING_ONLY, Leave.OPEN) and leaves(after):
            yield f"{case.name(i)} is restricted at this hour, yet the route goes on by an open road"


def _barriers(case: RouteCase) -> Iterator[str]:
    for leg, passing, tags in case.stops:
        if is_hourly(tags, case.law) and _is_barred(case, case.second_at(leg, passing), tags):
            what = f"{tags.get('barrier', 'ford or kerb')} (node {passing.node})"
            yield f"{case.name(leg)} passes a {what} while it is shut"


def _is_barred(case: RouteCase, second: float, tags: Tags) -> bool:
    """Tell whether a barrier is clearly shut at a second, its signs read strictly."""
    return all(
        any(
            leave_of_barrier(now, case.law) is Leave.SHUT or too_small(now, case.law)
            for now in readings(tags, case.law, when)
        )
        for when in around(second, case.facts.zone)
    )


def _turns(case: RouteCase) -> Iterator[str]:
    for leg, passing in case.passings:
        rules = case.streets.rules_at.get(passing.node, ())
        if not any(case.streets.is_hourly(rule) for rule in rules):
            continue
        moments = around(case.second_at(leg, passing), case.facts.zone)
        told = broken(passing, case.streets, moments)
        if told is not None:
            yield f"{case.name(leg)} breaks turn restriction {told} at node {passing.node}"


def _rows(case: RouteCase) -> Iterator[str]:
    for row in case.rows:
        if case.streets.is_hourly(row.rule):
            begin, end = (case.runs[k].first_leg for k in (row.first, row.last))
            moments = around(float(case.enter_s[end]), case.facts.zone)
            told = broken_row(row, case.streets, moments)
            if told is not None:
                yield f"{case.name(begin)} begins what turn restriction {told} forbids"
