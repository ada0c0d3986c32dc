"""Rules of the road: legs join, lie on open ways, keep signs, match their lengths."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import LineString

from planner.verify.hours import is_hourly
from planner.verify.law import Leave
from planner.verify.restrictions import broken, broken_row
from planner.verify.signs import leave_of_barrier, too_small

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.verify.case import RouteCase
    from planner.verify.trace import Passing, Trace

JOIN_M = 0.5
LENGTH_SHARE = 0.01
LENGTH_M = 2.0
DRAWN_M = 1.0
PASSED = re.compile(f"{int(Leave.OPEN)}.*{int(Leave.ENDING_ONLY)}.*{int(Leave.OPEN)}")
"""An open road, then a restricted one, then an open one."""


def legs_chain(case: RouteCase) -> Iterator[str]:
    """Demand that each leg starts where the former ended, at a node that both ways have."""
    gaps = np.hypot(*(case.xy[case.ends[:-1]] - case.xy[case.ends[:-1] - 1]).T)
    for i in np.flatnonzero(gaps > JOIN_M)[:1].tolist():
        yield f"{case.name(i + 1)} starts {gaps[i]:.1f} m from the end of the leg before"
        return
    for i, before, after in case.joints:
        if not _are_joined(before, after):
            yield f"{case.name(i)} ends at no node that the next stretch has too"


def _are_joined(before: Trace, after: Trace) -> bool:
    end, start = before.last_node, after.first_node
    if end is not None and start is not None:
        return before.way.nodes[end] == after.way.nodes[start]
    return before.way.id == after.way.id and abs(before.end - after.start) <= JOIN_M


def starts_at_origin(case: RouteCase) -> Iterator[str]:
    """Demand that the first leg begins near the origin."""
    place = case.facts.metric([[case.origin.lon, case.origin.lat]])[0]
    gap = float(np.hypot(*(case.leg_xy[0][0] - place)))
    if gap > case.facts.limits.max_snap_m:
        yield f"begins {gap:.0f} m from origin {case.origin.id}"


def on_way(case: RouteCase) -> Iterator[str]:
    """Demand that every leg lies within a metre of its raw way."""
    for i, stretches in enumerate(case.traces):
        if not stretches:
            known = case.streets.way(case.legs[i].way) is not None
            yield f"{case.name(i)} " + ("leaves its way" if known else "names no way of the file")


def direction(case: RouteCase) -> Iterator[str]:
    """Demand that no leg goes against a one-way street."""
    for i, trace in case.stretches:
        if not trace.way.may_drive(trace.direction) and not trace.way.is_hourly:
            yield f"{case.name(i)} goes against the one-way direction"


def open_to_profile(case: RouteCase) -> Iterator[str]:
    """Demand that no leg uses a way that is not for the profile of the plan."""
    for i, trace in case.stretches:
        if trace.way.leave(trace.direction) is Leave.SHUT and not trace.way.is_hourly:
            yield f"{case.name(i)} is not open to {case.law.name}"


def size(case: RouteCase) -> Iterator[str]:
    """Demand that the vehicle fits every road and gate it is sent through."""
    for i, trace in case.stretches:
        if trace.way.too_small is not None and not trace.way.is_hourly:
            yield f"{case.name(i)} has {trace.way.too_small}, too little for a {case.law.name}"
    for leg, passing, tags in case.stops:
        limit = None if is_hourly(tags, case.law) else too_small(tags, case.law)
        if limit is not None:
            yield f"{case.name(leg)} passes node {passing.node} with {limit}"


def through_restricted(case: RouteCase) -> Iterator[str]:
    """Demand that private roads and those for destinations only begin or end a route.

    An open road that lies behind restricted ones is one of them.
    """
    told = [(i, t, t.way.leave(t.direction)) for i, t in case.stretches if not t.way.is_hourly]
    order = "".join(str(int(leave)) for _, _, leave in told)
    if not PASSED.search(order):
        return
    been_open, restricted = False, None
    for i, trace, leave in told:
        if leave is Leave.ENDING_ONLY:
            restricted = i if been_open else None
        elif leave is Leave.OPEN and (restricted is not None or not been_open):
            if not case.streets.enclosed.leaves(trace):
                continue
            if restricted is not None:
                yield f"{case.name(restricted)} is restricted, yet the route goes on by an open road"
            been_open, restricted = True, None


def barrier(case: RouteCase) -> Iterator[str]:
    """Demand that nothing that stops the profile stands on the way."""
    for leg, passing, tags in case.stops:
        shut = leave_of_barrier(tags, case.law) is Leave.SHUT
        if shut and not is_hourly(tags, case.law):
            yield f"{case.name(leg)} passes a {tags.get('barrier', 'ford or kerb')} (node {passing.node})"


def turn(case: RouteCase) -> Iterator[str]:
    """Demand that turn restrictions are kept."""
    for leg, passing in case.passings:
        rule = broken(passing, case.streets)
        if rule is not None:
            yield f"{case.name(leg)} breaks turn restriction {rule} at node {passing.node}"


def via_ways(case: RouteCase) -> Iterator[str]:
    """Demand that turn restrictions over a row of ways are kept."""
    for row in case.rows:
        told = broken_row(row, case.streets)
        if told is not None:
            leg = case.runs[row.first].first_leg
            yield f"{case.name(leg)} begins what turn restriction {told} forbids"


def u_turn(case: RouteCase) -> Iterator[str]:
    """Demand that a vehicle turns round at dead ends only."""
    if case.law.walks:
        return
    for leg, passing in case.passings:
        if passing.turns_back and not _at_dead_end(case, passing):
            yield f"{case.name(leg)} ends in a U-turn at node {passing.node}"
    for i, before, after in case.joints:
        back = before.way.id == after.way.id and before.direction != after.direction
        if back and before.last_node is None:
            yield f"{case.name(i)} ends in a U-turn between two nodes"


def _at_dead_end(case: RouteCase, passing: Passing) -> bool:
    back = passing.came_from
    return back is not None and case.streets.is_dead_end(passing.node, back)


def lengths(case: RouteCase) -> Iterator[str]:
    """Demand that each leg is as long as its line on the globe, the route as their sum."""
    for i, (leg, true) in enumerate(zip(case.legs, case.true_m.tolist(), strict=True)):
        if abs(true - leg.length_m) > max(LENGTH_M, LENGTH_SHARE * true):
            yield f"{case.name(i)} says {leg.length_m:.1f} m, its line is {true:.1f} m long"
    total = sum(leg.length_m for leg in case.legs)
    if abs(total - case.route.length_m) > LENGTH_M + 0.001 * total:
        yield f"says {case.route.length_m:.0f} m, its legs sum to {total:.0f} m"


def drawn(case: RouteCase) -> Iterator[str]:
    """Demand that the line shown on the map is the line of the legs."""
    if _once([p for leg in case.legs for p in leg.coordinates]) == _once(
        case.route.geometry.coordinates
    ):
        return
    shown = case.facts.metric(case.route.geometry.coordinates)
    legs = case.xy
    if not (_near(shown[0], legs[0]) and _near(shown[-1], legs[-1])):
        yield "the line shown does not begin or end where the legs do"
        return
    off = LineString(shown).hausdorff_distance(LineString(legs))
    if off > DRAWN_M:
        yield f"the line shown leaves the legs by {off:.1f} m"


def _once(points: list[list[float]]) -> list[list[float]]:
    """Return points without those that repeat the one before."""
    return [point for point, _ in itertools.groupby(points)]


def _near(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return float(np.hypot(*(one - other))) <= DRAWN_M
