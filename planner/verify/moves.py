"""Rules on the movement about a staging site: ways in, hand-over, places to hold, fallback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString

from planner.verify.case import overlap_m
from planner.verify.hazards import INSIDE_M, LIMIT_SLACK, is_used
from planner.verify.sites import LENGTH_M, LENGTH_SHARE, TOP_MS, disturbances, shared_m

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from planner.verify.case import SiteCase
    from planner.verify.document import Moved
    from planner.verify.facts import Facts

MOST_HOLDS = 3

CARRIAGEWAYS = frozenset({
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "motorway_link", "trunk_link", "primary_link", "secondary_link",
    "tertiary_link", "road",
})  # fmt: skip
"""Classes of road that nobody may hold on; aisles of car parks are service roads."""

ON_ROAD_M = 15.0
"""Metres of carriageway that the outline of a car park may cut off by careless drawing."""

AROUND_DEG = 0.004
"""A road with no node as near as this to a place, some 300 m, is not looked at."""

SHARED_SLACK_M = 10.0

FROM_GROUND = frozenset({"starts_at_origin"})
"""Rules of ways that do not hold of a hand-over: it begins where the site meets its road."""


def move_lengths(case: SiteCase) -> Iterator[str]:
    """Demand that each way in, and the one to the fallback, is as long as its line, not too fast."""
    for name, way in _moves(case):
        line = _line(case, way)
        if abs(line.length - way.length_m) > max(LENGTH_M, LENGTH_SHARE * line.length):
            yield f"has {name} of {way.length_m:.0f} m, drawn {line.length:.0f} m"
        if way.time_s + 1 < line.length / TOP_MS:
            yield f"has {name} that takes {way.time_s} s: no car is so fast"


def move_ways_in(case: SiteCase) -> Iterator[str]:
    """Demand that ways in lead from their gateway to the site, there when its window begins."""
    ways = [] if case.site.movement is None else case.site.movement.ways_in
    known = {origin.id: origin for origin in case.origins}
    for way in ways:
        name, line = f"the way in from {way.gateway}", _line(case, way)
        origin = known.get(way.gateway)
        if origin is None:
            yield f"has {name}, which is no origin of the plan"
            continue
        begin = case.facts.metric([[origin.lon, origin.lat]])[0]
        if shapely.Point(begin).distance(shapely.Point(line.coords[0])) > case.reach_m:
            yield f"has {name} that begins elsewhere"
        if case.stood.distance(shapely.Point(line.coords[-1])) > case.reach_m:
            yield f"has {name} that ends elsewhere"
        if (way.arrive - way.depart).total_seconds() != way.time_s or way.leave_by > way.depart:
            yield f"has {name} whose times contradict each other"
        if way.arrive.timestamp() > case.facts.site_span[0]:
            yield f"has {name} that is there after the window has begun"


def move_ways_in_clear(case: SiteCase) -> Iterator[str]:
    """Demand that a way in that is called clear meets no crowd, closure there all the while."""
    ways = [] if case.site.movement is None else case.site.movement.ways_in
    limit = case.facts.limits.clear_below
    for way in ways:
        line, name = _line(case, way), f"a way in from {way.gateway}"
        since, until = way.depart.timestamp(), way.arrive.timestamp()
        if way.clear != (way.max_risk < limit) and abs(way.max_risk - limit) > LIMIT_SLACK:
            yield f"has {name} with risk {way.max_risk:.2f} that says clear is {way.clear}"
        for one in case.facts.crowds_on(line, since, until):
            stays = one.start.timestamp() <= since and one.end.timestamp() >= until
            is_met = stays and overlap_m(line, one.polygon) > INSIDE_M
            if is_met and way.max_risk < min(one.presence, limit):
                yield f"has {name} through the footprint of zone {one.zone_id}"
        for shut in case.facts.shut:
            if shut.start <= since and shut.end >= until and is_used(line, shut):
                yield f"has {name} through closure {shut.id}"


def move_hand_over(case: SiteCase) -> Iterator[str]:
    """Demand that the way to the gate begins at the site and is clear at its times."""
    over = None if case.site.movement is None else case.site.movement.hand_over
    if over is None:
        return
    begin = shapely.Point(case.facts.metric(over.legs[0].coordinates[:1])[0])
    if case.stood.distance(begin) > case.reach_m:
        yield f"has a way to the gate that begins {case.stood.distance(begin):.0f} m from it"
    if not over.clear:
        yield f"has a way to the gate that is not clear, risk {over.max_risk:.2f}"


def move_holds(case: SiteCase) -> Iterator[str]:
    """Demand other places of the layer, off the carriageway, calm in the whole window."""
    holds = [] if case.site.movement is None else case.site.movement.hold_points
    if len(holds) > MOST_HOLDS:
        yield f"has {len(holds)} places to hold, {MOST_HOLDS} at most are told"
    for hold in holds:
        ground = case.facts.site_ground.get(hold.id)
        if ground is None or hold.id == case.site.id:
            yield f"has a place to hold, {hold.id}, that is no other place of the layer"
            continue
        shown = shapely.Point(case.facts.metric([[hold.lon, hold.lat]])[0])
        if ground.distance(shown) > case.reach_m:
            yield f"has a place to hold, {hold.id}, that is shown elsewhere"
        for disturbed in disturbances(case.facts, ground):
            yield f"has a place to hold, {hold.id}, {disturbed}"
        if (metres := carriageway_m(case.facts, ground, hold.lon, hold.lat)) > ON_ROAD_M:
            yield f"has a place to hold, {hold.id}, with {metres:.0f} m of carriageway on it"


def carriageway_m(facts: Facts, ground: BaseGeometry, lon: float, lat: float) -> float:
    """Return the metres of raw carriageways inside a metric ground about a place.

    A ground without an area counts as a disc of 2 m. Nodes that the file lacks have no place.
    """
    wide = ground if ground.area > 0 else ground.buffer(2.0)
    extract = facts.extract
    start = extract.ref_start
    near = np.flatnonzero(np.abs(extract.lonlat[:, 0] - lon) < AROUND_DEG)
    near = near[np.abs(extract.lonlat[near, 1] - lat) < AROUND_DEG]
    rows = np.unique(np.searchsorted(start, near, side="right") - 1)
    classes = [i for i, value in enumerate(extract.values) if value in CARRIAGEWAYS]
    rows = rows[np.isin(extract.codes("highway")[rows], classes)]
    roads = (extract.lonlat[start[row] : start[row + 1]] for row in rows)
    placed = (road[np.isfinite(road).all(axis=1)] for road in roads)
    drawn = [road for road in placed if len(road) > 1]
    if not drawn:
        return 0.0
    # All in one go: turning degrees into metres costs as much for one road as for many.
    of_road = np.repeat(np.arange(len(drawn)), [len(road) for road in drawn])
    lines = shapely.linestrings(facts.metric(np.concatenate(drawn)), indices=of_road)
    return float(np.sum(shapely.length(shapely.intersection(lines, wide))))


def move_fallback(case: SiteCase) -> Iterator[str]:
    """Demand another site of the layer, calm in the whole window, as is the way to it."""
    moved = case.site.movement
    if moved is None or moved.fallback is None:
        return
    to, line = moved.fallback, _line(case, moved.fallback)
    known = case.facts.site_ground.get(to.site)
    if known is None or to.site == case.site.id:
        yield f"has the fallback {to.site}, which is no other site of the layer"
        return
    place = shapely.Point(case.facts.metric([[to.lon, to.lat]])[0])
    ground = shapely.union(place, known)
    if known.distance(place) > case.reach_m:
        yield f"has the fallback {to.site}, shown {known.distance(place):.0f} m from its ground"
    yield from (f"has the fallback {to.site}, {one}" for one in disturbances(case.facts, known))
    for what, end, at in (("begins", case.stood, 0), ("ends", ground, -1)):
        if end.distance(shapely.Point(line.coords[at])) > case.reach_m:
            yield f"has a way to its fallback that {what} elsewhere"
    since, until = case.facts.site_span
    for one in case.facts.crowds_on(line, since, until):
        if overlap_m(line, one.polygon) > INSIDE_M:
            yield f"has a way to its fallback through the footprint of zone {one.zone_id}"
    for shut in case.facts.shut:
        if shut.start < until and shut.end > since and is_used(line, shut):
            yield f"has a way to its fallback through closure {shut.id}"
    over = moved.hand_over
    if over is not None:
        gate_way = LineString(case.facts.metric(over.geometry.coordinates))
        shared = shared_m(shapely.get_coordinates(line), gate_way)
        if shared > to.shared_m + SHARED_SLACK_M:
            yield (
                f"has a way to its fallback that shares {shared:.0f} m with the way to the gate, "
                f"declared {to.shared_m:.0f} m"
            )


def _moves(case: SiteCase) -> list[tuple[str, Moved]]:
    moved = case.site.movement
    if moved is None:
        return []
    ways: list[tuple[str, Moved]] = [(f"a way in from {w.gateway}", w) for w in moved.ways_in]
    return ways if moved.fallback is None else [*ways, ("a way to its fallback", moved.fallback)]


def _line(case: SiteCase, way: Moved) -> LineString:
    return LineString(case.facts.metric(way.geometry.coordinates))
