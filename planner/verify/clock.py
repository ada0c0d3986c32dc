"""Rules of the clock: seconds add up, arrival is on time, speeds are possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from shapely import distance, union_all
from shapely.geometry import Point

from planner.verify.allowed import bars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from planner.verify.case import Halt, RouteCase

SPEED_SLACK = 1.05
ROUNDING_S = 1.0
HOLD_REACH_M = 100.0
"""A place to wait lies beside its street; a car park's entry may be at its far end."""

HOLD_GAP_M = 1.0
MINUTE_S = 60


def schedule(case: RouteCase) -> Iterator[str]:
    """Demand that each leg is entered when the former ends and has been waited after."""
    route = case.route
    driven = sum(leg.time_s for leg in case.legs)
    waited = sum(leg.wait_s for leg in case.legs)
    if route.time_s != driven:
        yield f"says {route.time_s} s of driving, its legs sum to {driven} s"
    if route.wait_s != waited:
        yield f"says {route.wait_s} s of waiting, its legs sum to {waited} s"
    whole = (route.arrive - route.depart).total_seconds()
    if whole != driven + waited:
        yield f"takes {whole:.0f} s by its clock, {driven + waited} s by its legs"
    ends = np.append(case.enter_s[1:], route.arrive.timestamp())
    for i, (leave, then) in enumerate(zip(case.leave_s, ends, strict=True)):
        if then - leave != case.legs[i].wait_s:
            yield f"{case.name(i)} is followed after {then - leave:.0f} s, not {case.legs[i].wait_s} s"
    if case.enter_s[0] != route.depart.timestamp():
        yield f"departs at {route.depart.isoformat()}, enters its first leg at another time"


def on_time(case: RouteCase) -> Iterator[str]:
    """Demand arrival by the time asked for, not long before it."""
    early = (case.head.arrive_by - case.route.arrive).total_seconds()
    if early < 0:
        yield f"arrives {-early:.0f} s late"
    elif early > case.facts.limits.early_s:
        yield f"arrives {early:.0f} s early, more than {case.facts.limits.early_s} s"


def speed(case: RouteCase) -> Iterator[str]:
    """Demand that no leg is driven faster than its sign allows, or than any car goes."""
    for i, (leg, stretches) in enumerate(zip(case.legs, case.traces, strict=True)):
        if not stretches:
            continue
        top = max(one.way.top_speed_kmh(one.direction) for one in stretches)
        top_ms = SPEED_SLACK * top / 3.6
        if leg.time_s + ROUNDING_S < case.drawn[i].length_m / top_ms:
            kmh = 3.6 * case.drawn[i].length_m / leg.time_s
            yield f"{case.name(i)} is driven at {kmh:.0f} km/h, allowed are {top_ms * 3.6:.0f}"


def waiting_place(case: RouteCase) -> Iterator[str]:
    """Demand that a vehicle waits at the origin, a staging site or a car park only."""
    for halt in case.halts:
        if not (_at_origin(case, halt) or _places_near(case, halt)):
            yield f"stands {halt.seconds:.0f} s where no vehicle may wait"


def hold_outside_crowds(case: RouteCase) -> Iterator[str]:
    """Demand that no footprint is where a vehicle waits, on the street or on the site's ground."""
    for halt in case.halts:
        here = Point(halt.xy)
        grounds = [here] if _at_origin(case, halt) else _places_near(case, halt) or [here]
        met = [case.facts.crowds_on(union_all([here, ground]), halt.since, halt.until)
               for ground in grounds]  # fmt: skip
        if all(met):
            zones = ", ".join(sorted({crowd.zone_id for crowds in met for crowd in crowds}))
            yield f"stands {halt.seconds:.0f} s in the footprint of zone {zones}"


def hold_allowed(case: RouteCase) -> Iterator[str]:
    """Demand that the vehicle may use the site where it waits, as long as it waits."""
    for halt in case.halts:
        if _at_origin(case, halt):
            continue
        here = Point(halt.xy)
        near = [k for k, ground in case.facts.site_ground.items()
                if ground.distance(here) <= HOLD_REACH_M]  # fmt: skip
        said = {k: list(bars(case.facts, k, case.law.name, halt.since, halt.until)) for k in near}
        if said and all(said.values()):
            told = "; ".join(f"{k} {why[0]}" for k, why in said.items())
            yield f"stands {halt.seconds:.0f} s where it may not: {told}"


def holds_told(case: RouteCase) -> Iterator[str]:
    """Demand that every hold is told with its place and times, and none that is not made."""
    told = case.route.holds
    if told is None:
        return
    halts = [halt for halt in case.halts if halt.seconds]
    if len(told) != len(halts):
        yield f"tells {len(told)} holds, stands {len(halts)} times"
        return
    for hold, halt in zip(told, halts, strict=True):
        span = hold.since.timestamp(), hold.until.timestamp()
        if span != (halt.since, halt.until):
            yield f"tells a hold at {hold.place} from {hold.since} until {hold.until}; it is another"
        if abs(hold.minutes * MINUTE_S - halt.seconds) > MINUTE_S / 2 and halt.seconds >= MINUTE_S:
            yield f"tells a hold of {hold.minutes} min, stands {halt.seconds:.0f} s"
        gap = float(np.hypot(*(case.facts.metric([[hold.lon, hold.lat]])[0] - halt.xy)))
        if gap > HOLD_GAP_M:
            yield f"tells a hold at {hold.place}, {gap:.0f} m from where it stands"


def _at_origin(case: RouteCase, halt: Halt) -> bool:
    return float(np.hypot(*(halt.xy - case.leg_xy[0][0]))) <= HOLD_REACH_M


def _places_near(case: RouteCase, halt: Halt) -> list[BaseGeometry]:
    """Return the places where one may wait, within reach of where a vehicle stands."""
    shapes = case.facts.holding_shapes
    near = distance(shapes, Point(halt.xy)) <= HOLD_REACH_M
    found: list[BaseGeometry] = shapes[near].tolist()
    return found
