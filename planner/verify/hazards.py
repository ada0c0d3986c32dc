"""Rules on closures, crowds, stated risk, evaluated at the seconds a leg is driven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.verify.case import RouteCase, overlap_m
from planner.verify.facts import SHUT_STRIP_M, Closure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry

INSIDE_M = 1.0
"""A corner touched for less is drawing, not driving."""

ALONG_LENGTH_M = 5.0
"""A street on the strip of a closed line for this long is the closed one, not one across it."""

ARC_S = 30.0
SLACK_S = 1.0

RISK_SLACK = 0.01
EXPOSURE_SLACK_MIN = 0.02
LIMIT_SLACK = 0.001
"""A risk this near to the limit of what is clear may be rounded to either side of it."""


def closure(case: RouteCase) -> Iterator[str]:
    """Demand that no leg is on a closed stretch, or in a closed area, while it is shut."""
    for shut in case.facts.shut:
        during = (case.enter_s < shut.end) & (case.leave_s > shut.start)
        for i in np.flatnonzero(during).tolist():
            line = case.lines[i]
            if is_used(line, shut) and _meets(
                case, i, *used_part(line, shut), shut.start, shut.end
            ):
                yield f"{case.name(i)} is driven while closure {shut.id} is shut"


def is_used(line: LineString, shut: Closure) -> bool:
    """Tell whether a line runs along a closed stretch or into a closed area."""
    shape, more_than_m = used_part(line, shut)
    return line.intersects(shape) and overlap_m(line, shape) > more_than_m


def used_part(line: LineString, shut: Closure) -> tuple[BaseGeometry, float]:
    """Return the ground that is shut, and the metres of a line on it that are not yet use."""
    if shut.shape.area > 0:
        return shut.shape, INSIDE_M
    return shut.strip, min(ALONG_LENGTH_M, 0.5 * line.length + SHUT_STRIP_M)


def crowd(case: RouteCase) -> Iterator[str]:
    """Demand that no vehicle is inside a footprint that blocks, at any second of a leg."""
    limit = case.facts.limits.block_presence
    said: set[tuple[int, str]] = set()
    for i, k in _met(case):
        one = case.facts.crowds[k]
        start, end = case.facts.crowd_span[k]
        if one.presence < limit or (i, one.zone_id) in said:
            continue
        if _meets(case, i, one.polygon, INSIDE_M, start, end):
            said.add((i, one.zone_id))
            yield f"{case.name(i)} drives into the footprint of zone {one.zone_id}"


def risk_stated(case: RouteCase) -> Iterator[str]:
    """Demand a risk of at least the presence of any footprint a leg passes through.

    Risk is charged when an arc is entered, at most half a minute before the car is there.
    """
    for i, k in _met(case):
        one = case.facts.crowds[k]
        start, end = case.facts.crowd_span[k]
        if case.legs[i].risk >= one.presence - RISK_SLACK:
            continue
        for there, _ in case.times_inside(i, one.polygon, INSIDE_M):
            charged = max(case.enter_s[i], there - ARC_S - SLACK_S)
            if start <= charged and there + SLACK_S < end:
                yield (
                    f"{case.name(i)} says risk {case.legs[i].risk:.2f} in the footprint of "
                    f"zone {one.zone_id} with presence {one.presence:.2f}"
                )
                break


def _met(case: RouteCase) -> Iterator[tuple[int, int]]:
    """Yield (leg, crowd) whose boxes touch and whose times overlap."""
    legs, crowds = case.facts.crowd_tree.query(case.lines)
    start, end = case.facts.crowd_span[crowds].T
    together = (start < case.leave_s[legs]) & (end > case.enter_s[legs])
    yield from zip(legs[together].tolist(), crowds[together].tolist(), strict=True)


def _meets(
    case: RouteCase, i: int, shape: BaseGeometry, more_than_m: float, start: float, end: float
) -> bool:
    # Whole seconds of the arcs inside a leg leave its even pace uncertain by one.
    return any(
        start < until - SLACK_S and end > since + SLACK_S
        for since, until in case.times_inside(i, shape, more_than_m)
    )


def exposure(case: RouteCase) -> Iterator[str]:
    """Demand that exposure and worst risk follow from the legs."""
    route = case.route
    total = sum(leg.time_s * leg.risk for leg in case.legs) / 60
    # Risks are printed rounded; their errors add up over the minutes.
    slack = EXPOSURE_SLACK_MIN + 0.0005 * route.time_s / 60
    if abs(total - route.exposure_min) > slack:
        yield f"says {route.exposure_min:.2f} min of exposure, its legs sum to {total:.2f}"
    worst = max(leg.risk for leg in case.legs)
    if abs(worst - route.max_risk) > RISK_SLACK:
        yield f"says {route.max_risk:.2f} as worst risk, its legs reach {worst:.2f}"


def clear(case: RouteCase) -> Iterator[str]:
    """Demand that a route is called clear exactly when its worst risk is low enough."""
    limit = case.facts.limits.clear_below
    worst = max(leg.risk for leg in case.legs)
    if case.route.clear != (worst < limit) and abs(worst - limit) > LIMIT_SLACK:
        yield f"is called {'' if case.route.clear else 'not '}clear at a worst risk of {worst:.2f}"
