"""Rules on staging sites: outside every crowd, two separate ways out, room as stated."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString
from shapely.ops import substring

from planner.verify.case import SiteCase, overlap_m
from planner.verify.hazards import INSIDE_M, is_used

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.verify.facts import Facts

WAYS = 2
SAME_M = 0.25
"""Streets this near are the same one."""

SHARED_M = 3.0
MOST_DOOR_M = 150.0
"""A block: where a vehicle has no choice its two ways out may share as much, if declared."""

LENGTH_SHARE = 0.01
LENGTH_M = 2.0
TOP_MS = 140 / 3.6


def site_outside_crowds(case: SiteCase) -> Iterator[str]:
    """Demand that no footprint, no closed area reaches the site's ground in the whole window."""
    yield from (f"lies {disturbed}" for disturbed in disturbances(case.facts, case.ground))


def disturbances(facts: Facts, ground: BaseGeometry) -> Iterator[str]:
    """Give in words the crowds and closed areas on some ground in the window of the sites."""
    since, until = facts.site_span
    for zone in sorted({one.zone_id for one in facts.crowds_on(ground, since, until)}):
        yield f"in the footprint of zone {zone}"
    for shut in facts.shut:
        on_it = shut.shape.area > 0 and ground.intersects(shut.shape)
        if shut.start < until and shut.end > since and on_it:
            yield f"in closure {shut.id}"


def site_place(case: SiteCase) -> Iterator[str]:
    """Demand that the site is shown where its layer has it."""
    gap = case.ground.distance(shapely.Point(case.xy))
    if gap > case.facts.limits.max_snap_m:
        yield f"is shown {gap:.0f} m from its ground"


def site_ways_clear(case: SiteCase) -> Iterator[str]:
    """Demand that no footprint or closure lies on its ways out in the whole window."""
    since, until = case.facts.site_span
    shut = [one for one in case.facts.shut if one.start < until and one.end > since]
    for way, line in zip(case.site.ways, case.way_lines, strict=True):
        for zone in _zones_along(case, line):
            yield f"has a way to {way.gateway} through the footprint of zone {zone}"
        for one in shut:
            if is_used(line, one):
                yield f"has a way to {way.gateway} through closure {one.id}"


def _zones_along(case: SiteCase, line: LineString) -> list[str]:
    met = case.facts.crowds_on(line, *case.facts.site_span)
    return sorted({one.zone_id for one in met if overlap_m(line, one.polygon) > INSIDE_M})


def site_gateways(case: SiteCase) -> Iterator[str]:
    """Demand two ways, to two gateways."""
    named = [way.gateway for way in case.site.ways]
    asked = case.facts.limits.site_ways
    if not asked <= len(named) <= WAYS or len(set(named)) != len(named):
        yield f"has ways to {', '.join(named) or 'no gateway'}; two different ones are needed"


def site_ways_reach(case: SiteCase) -> Iterator[str]:
    """Demand that each way has one end at the site."""
    site = shapely.union(case.ground, shapely.Point(case.xy))
    for way, line in zip(case.site.ways, case.way_lines, strict=True):
        gap = min(site.distance(shapely.Point(line.coords[i])) for i in (0, -1))
        if gap > case.facts.limits.max_snap_m:
            yield f"has a way to {way.gateway} that ends {gap:.0f} m from it"


def site_ways_disjoint(case: SiteCase) -> Iterator[str]:
    """Demand that its two ways have no street in common but, where declared, the door's."""
    door = case.site.shared_door_m
    if door > MOST_DOOR_M:
        yield f"has two ways that share {door:.0f} m at the door; {MOST_DOOR_M:.0f} are allowed"
    beyond = (substring(line, door, line.length) for line in case.way_lines)
    lines = [part for part in beyond if isinstance(part, LineString)]
    for one, other in itertools.combinations(lines, 2):
        shared = shared_m(shapely.get_coordinates(one), other)
        if shared > SHARED_M:
            yield f"has two ways that share {shared:.0f} m of street"


def shared_m(xy: NDArray[np.float64], other: LineString) -> float:
    """Return the metres of the line's segments that lie on another line all along."""
    start, step = xy[:-1], np.diff(xy, axis=0)
    # Three points inside a segment: lines that only touch or cross are near at one at most.
    shapely.prepare(other)
    near = [
        shapely.dwithin(other, shapely.points(start + share * step), SAME_M)
        for share in (0.25, 0.5, 0.75)
    ]
    return float(np.hypot(*step.T)[np.all(near, axis=0)].sum())


def site_way_lengths(case: SiteCase) -> Iterator[str]:
    """Demand that each way is as long as its line, driven at a possible speed."""
    for way, line in zip(case.site.ways, case.way_lines, strict=True):
        if abs(line.length - way.length_m) > max(LENGTH_M, LENGTH_SHARE * line.length):
            yield f"has a way to {way.gateway} of {way.length_m:.0f} m, drawn {line.length:.0f} m"
        if way.time_s + 1 < line.length / TOP_MS:
            yield f"has a way to {way.gateway} that takes {way.time_s} s: no car is so fast"


def site_room(case: SiteCase) -> Iterator[str]:
    """Demand that it has room for as many vehicles as its area holds."""
    room = math.floor(case.site.area_m2 / case.facts.limits.vehicle_m2 + 1e-9)
    if case.site.room_for != room:
        yield f"says it has room for {case.site.room_for}, its area holds {room}"
