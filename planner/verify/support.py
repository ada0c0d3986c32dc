"""Rules on stops for the crew, on havens: where they are, calm, open as told, the way there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.verify.gates import is_open
from planner.verify.hazards import INSIDE_M, LIMIT_SLACK, is_used
from planner.verify.hours import around, hours_hold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from shapely.geometry.base import BaseGeometry

    from planner.verify.document import Head, SupportPlace
    from planner.verify.facts import Facts

PLACE_M = 25.0
"""A place is shown this near to where its layer has it."""

END_M = 60.0
"""A way drawn from the street may begin or end this much further off than a gate may lie."""

LENGTH_SHARE = 0.01
LENGTH_M = 3.0
TOP_MS: Mapping[str, float] = MappingProxyType({"foot": 2.5, "wheelchair": 2.5})
TOP_DRIVEN_MS = 140 / 3.6
SLACK_S = 2.0


@dataclass(frozen=True, eq=False)
class SupportCase:
    """One stop or haven; ``minutes`` within which it must lie, None for a haven."""

    place: SupportPlace
    minutes: int | None
    head: Head
    facts: Facts

    @cached_property
    def point(self) -> shapely.Point:
        """Where it is shown, metric."""
        return shapely.Point(self.facts.metric([[self.place.lon, self.place.lat]])[0])

    @cached_property
    def line(self) -> shapely.LineString | None:
        """The metric line of the way to it, None where none is told."""
        way = self.place.geometry
        return None if way is None else shapely.LineString(self.facts.metric(way.coordinates))

    @property
    def is_clear(self) -> bool:
        """Whether it is told as safe to go to: every stop, havens by a clear way."""
        return self.minutes is not None or self.place.state == "clear"

    def between(self, metres: float) -> tuple[float, float]:
        """Return the seconds of 1970 before and after which nobody is so far along the way."""
        line, place = self.line, self.place
        total = 0.0 if line is None else line.length
        top = TOP_MS.get(self.head.profile, TOP_DRIVEN_MS)
        begun = self.head.arrive_by.timestamp()
        return begun + metres / top, begun + (place.time_s or 0) - (total - metres) / top


def support_place(case: SupportCase) -> Iterator[str]:
    """Demand a row of its kind in the layer of stops, shown where it lies."""
    row = case.facts.support_rows.get(case.place.id)
    if row is None or row["kind"] != case.place.kind:
        yield f"is no {case.place.kind} of the layer of stops"
    elif (gap := case.facts.metric_shape(row["geometry"]).distance(case.point)) > PLACE_M:
        yield f"is shown {gap:.0f} m from its place"


def support_calm(case: SupportCase) -> Iterator[str]:
    """Demand that no footprint is on a place told as safe in the whole window of places to wait."""
    if case.is_clear:
        met = case.facts.crowds_on(case.point, *case.facts.site_span)
        for zone in sorted({one.zone_id for one in met}):
            yield f"lies in the footprint of zone {zone}"


def support_open(case: SupportCase) -> Iterator[str]:
    """Demand hours as the layer has them, and that they hold when one is there."""
    place = case.place
    row = case.facts.support_rows.get(place.id, {})
    if place.hours == "not known":
        return
    told = [place.opens, place.closes, place.by_day]
    known = [_said(row.get(key)) for key in ("opens", "closes", "hours")]
    if told != known:
        yield f"has hours {told}, the layer of stops has {known}"
        return
    when = place.arrive or case.head.arrive_by
    if place.hours == "open" and not _is_open(place, when, case.facts.zone):
        yield f"is told as open at {when.isoformat()}, it is open {told}"
    if place.hours == "shut" and case.minutes is not None:
        yield "is a stop that is told though it is shut"


def _said(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _is_open(place: SupportPlace, when: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the hours of a place hold at a moment, daily ones and those by the day."""
    daily = place.opens is None or is_open(place.opens, str(place.closes), when, zone)
    (_, now, _) = around(when.timestamp(), zone)
    by_day = place.by_day is None or hours_hold(place.by_day, now) is True
    return daily and by_day and (place.opens, place.by_day) != (None, None)


def support_emergency(case: SupportCase) -> Iterator[str]:
    """Demand of a hospital that it is told to take emergencies only where its layer says so."""
    row = case.facts.support_rows.get(case.place.id, {})
    known = _said(row.get("emergency")) or "unknown"
    if case.place.emergency not in (None, known):
        yield f"is told to take emergencies: {case.place.emergency}, the layer of stops: {known}"


def support_way(case: SupportCase) -> Iterator[str]:
    """Demand a way from a gate or site to it, as long as drawn, at a possible speed, in time."""
    place, line = case.place, case.line
    if line is None:
        if not place.here and place.state != "none":
            yield "has no way though it does not lie on the site"
        return
    ends = [shapely.Point(line.coords[i]) for i in (0, -1)]
    most = case.facts.limits.max_snap_m + END_M
    starts: list[BaseGeometry] = [shapely.Point(gate.xy) for gate in case.facts.gates.values()
              if gate.facility_id == case.head.facility]  # fmt: skip
    starts += case.facts.site_ground.values()
    if min((start.distance(ends[0]) for start in starts), default=np.inf) > most:
        yield "has a way that begins at no gate and no staging site"
    if (gap := case.point.distance(ends[1])) > most:
        yield f"has a way that ends {gap:.0f} m from it"
    told = place.length_m or 0.0
    if abs(line.length - told) > max(LENGTH_M, LENGTH_SHARE * line.length):
        yield f"has a way of {told:.0f} m, drawn {line.length:.0f} m"
    seconds = place.time_s or 0
    if seconds + SLACK_S < line.length / TOP_MS.get(case.head.profile, TOP_DRIVEN_MS):
        yield f"is said to be reached in {seconds} s: nobody is so fast"
    if case.minutes is not None and seconds > case.minutes * 60:
        yield f"is reached in {seconds} s, asked for were {case.minutes} min"
    gone = (place.arrive - case.head.arrive_by).total_seconds() if place.arrive else -1.0
    if gone != seconds:
        yield "says it is reached at a time that its seconds do not lead to"


def support_clear(case: SupportCase) -> Iterator[str]:
    """Demand that no crowd and no closure stands on a clear way for as long as one may be there."""
    if not case.is_clear or case.line is None:
        return
    limit = case.facts.limits.clear_below
    if (case.place.max_risk or 0.0) > limit + LIMIT_SLACK:
        yield f"has a way that is not clear, risk {case.place.max_risk:.2f}"
    for zone in sorted(set(_standing(case, limit))):
        yield f"has a way through the footprint of zone {zone}"
    since, until = case.between(0.0)[0], case.between(case.line.length)[1]
    for shut in case.facts.shut:
        if shut.start <= since and shut.end >= until and is_used(case.line, shut):
            yield f"has a way through closure {shut.id}"


def _standing(case: SupportCase, limit: float) -> Iterator[str]:
    """Yield the zones of which a crowd stands on the way whenever one can be there.

    The paces along the way are not told, so a crowd counts where it is there from the first
    second at which one can be inside it to the last.
    """
    line = case.line
    if line is None:
        return
    span = case.between(0.0)[0], case.between(line.length)[1]
    on_way = [
        one for one in case.facts.crowds_on(line, *span) if one.presence >= limit + LIMIT_SLACK
    ]
    for one in on_way:
        for part in shapely.get_parts(line.intersection(one.polygon)):
            if part.length <= INSIDE_M:
                continue
            middle = part.interpolate(0.5, normalized=True)
            first, last = case.between(line.project(middle))
            spans = [(o.start.timestamp(), o.end.timestamp()) for o in on_way
                     if o.zone_id == one.zone_id and o.polygon.covers(middle)]  # fmt: skip
            if _covers(spans, first, last):
                yield one.zone_id


def _covers(spans: Sequence[tuple[float, float]], first: float, last: float) -> bool:
    """Tell whether spans leave no second out from the first to the last.

    >>> _covers([(5.0, 9.0), (0.0, 5.0)], 1.0, 8.0), _covers([(0.0, 4.0), (5.0, 9.0)], 1.0, 8.0)
    (True, False)
    """
    for start, end in sorted(spans):
        if start <= first < end:
            first = end
    return first > last


SUPPORT_RULES: Mapping[str, Callable[[SupportCase], Iterator[str]]] = MappingProxyType({
    "support_place": support_place,
    "support_calm": support_calm,
    "support_open": support_open,
    "support_emergency": support_emergency,
    "support_way": support_way,
    "support_clear": support_clear,
})  # fmt: skip
