"""Rules on where those stop who have no way in: legal, calm for the stay, the walk from there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.verify.allowed import bars
from planner.verify.clock import HOLD_REACH_M
from planner.verify.hazards import is_used

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from planner.verify.case import RouteCase
    from planner.verify.document import Head, Stop
    from planner.verify.facts import Facts

ELSEWHERE = frozenset({
    "on_time", "gate_of_facility", "gate_for_profile", "gate_reached", "gate_open",
    "gate_clear", "shared_stated", "alternates_differ", "decision_point", "pinned_gate", "places_passed",
})  # fmt: skip
"""Rules of ways to a gate, of ways beside others: they say nothing of a drive to a stop."""

BESIDE = frozenset({"shared_stated", "alternates_differ", "decision_point"})
"""The same of a walk to a gate."""


@dataclass(frozen=True, eq=False)
class StopCase:
    """One stop: the drive that ends there, the walks from there by who walks, if there are any."""

    stop: Stop
    drive: RouteCase
    walks: Mapping[str, RouteCase]
    head: Head
    facts: Facts

    @cached_property
    def ground(self) -> BaseGeometry | None:
        """The metric outline of its place in the layer of sites, None where it has none."""
        return self.facts.site_ground.get(self.stop.id)

    @cached_property
    def stood(self) -> BaseGeometry:
        """The place and the end of the drive, metric."""
        end = shapely.Point(self.drive.leg_xy[-1][-1])
        return end if self.ground is None else shapely.union(self.ground, end)

    @property
    def span(self) -> tuple[float, float]:
        """Seconds of 1970 from the end of the drive, or the first walk, to the end of the stay."""
        starts = [self.drive.route.arrive, *(case.route.depart for case in self.walks.values())]
        return min(starts).timestamp(), self.stop.stay.until.timestamp()


def stop_place(case: StopCase) -> Iterator[str]:
    """Demand a place of the layer of sites, shown where it lies, at which the drive ends."""
    if case.ground is None:
        yield f"is at {case.stop.name}, no place where one may stop"
        return
    shown = shapely.Point(case.facts.metric([[case.stop.lon, case.stop.lat]])[0])
    gap = case.ground.distance(shown)
    if gap > HOLD_REACH_M:
        yield f"is shown {gap:.0f} m from its ground"
    gap = case.ground.distance(shapely.Point(case.drive.leg_xy[-1][-1]))
    if gap > HOLD_REACH_M:
        yield f"is {gap:.0f} m from where the drive ends"


def stop_calm(case: StopCase) -> Iterator[str]:
    """Demand that no footprint and no closure is on the place during the whole stay."""
    known = {
        id(facts): facts for facts in (case.facts, *(one.facts for one in case.walks.values()))
    }
    met = {
        one.zone_id for facts in known.values() for one in facts.crowds_on(case.stood, *case.span)
    }
    for zone in sorted(met):
        yield f"lies in the footprint of zone {zone} during the stay"
    since, until = case.span
    for one in case.facts.shut:
        if one.start >= until or one.end <= since:
            continue
        if one.shape.area > 0 and case.stood.intersects(one.shape):
            yield f"lies in closure {one.id} during the stay"
        elif is_used(case.drive.lines[-1], one):
            yield f"is reached by a street that closure {one.id} shuts during the stay"


def stop_allowed(case: StopCase) -> Iterator[str]:
    """Demand that the vehicle may use the place during its whole stay."""
    if case.ground is not None:
        stay = case.stop.stay
        span = stay.since.timestamp(), stay.until.timestamp()
        yield from bars(case.facts, case.stop.id, case.head.profile, *span)


def stop_clear(case: StopCase) -> Iterator[str]:
    """Demand that the drive and the walk are clear: nobody is sent past a crowd."""
    for what, way in (("drive", case.drive), *case.walks.items()):
        if not way.route.clear:
            yield f"has a way ({what}) that is not clear, risk {way.route.max_risk:.2f}"


def stop_times(case: StopCase) -> Iterator[str]:
    """Demand that the stay begins with the end of the drive, holds the walk and the arrival."""
    stay, drive = case.stop.stay, case.drive.route
    if stay.since != drive.arrive:
        yield f"says the stay begins at {stay.since.isoformat()}, the drive ends at another time"
    if stay.until < case.head.arrive_by:
        yield "has a stay that ends before the arrival asked for"
    walk = case.stop.walk
    if walk is not None and walk.depart < drive.arrive:
        yield "has a walk that begins before the drive ends"


def stop_joined(case: StopCase) -> Iterator[str]:
    """Demand that every walk begins where the drive ends."""
    for who, walk in case.walks.items():
        gap = float(np.hypot(*(walk.leg_xy[0][0] - case.drive.leg_xy[-1][-1])))
        if gap > HOLD_REACH_M:
            yield f"has a way ({who}) that begins {gap:.0f} m from where the drive ends"


STOP_RULES: Mapping[str, Callable[[StopCase], Iterator[str]]] = MappingProxyType({
    "stop_place": stop_place,
    "stop_calm": stop_calm,
    "stop_allowed": stop_allowed,
    "stop_clear": stop_clear,
    "stop_times": stop_times,
    "stop_joined": stop_joined,
})  # fmt: skip
