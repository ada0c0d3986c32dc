"""A march: a column of fixed ground that moves along its line.

The head leaves the first point at the start; who has not set off yet waits around it, who has
arrived gathers around the last point, so that the ground taken is the same at any moment. The
line is walked by the end of the window: a stated speed that would not do is raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import substring

from planner.risk.footprint import Grower, Stand

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.ground import Obstacles, Streets
    from planner.risk.parameters import RiskParameters
    from planner.risk.zones import Zone

SAMPLE_M = 20.0
ON_STREET_M = 15.0
SHORT_M = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class March:
    """The course of a march.

    Attributes
    ----------
    line
        Metric, walked from its first to its last point.
    width_m, column_m
        Width of the street it takes, length of the column there.
    speed_ms
        Metres a second.
    start_s
        Second at which the head leaves the first point.
    """

    line: LineString
    width_m: float
    column_m: float
    speed_ms: float
    start_s: int

    def head_m(self, second: float) -> float:
        """Return how far the head is past the first point, beyond the line's end when done."""
        return min(
            max(second - self.start_s, 0.0) * self.speed_ms, self.line.length + self.column_m
        )


def column_length_m(size: float, width_m: float, density: float) -> float:
    """Return the length of a column of ``size`` people on a street.

    Examples
    --------
    >>> round(column_length_m(5000, 12.0, 1.0))
    417
    """
    return size / (width_m * density)


def plan_march(
    zone: Zone, streets: Streets, parameters: RiskParameters
) -> tuple[March, tuple[str, ...]]:
    """Return the course of a march, and notices on what had to be assumed."""
    line = LineString(zone.geometry.coords)
    width = street_width_m(line, streets, parameters.march_width_m)
    column = column_length_m(zone.size, width, parameters.march_density)
    needed = (line.length + column) / (zone.end_s - zone.start_s) * 3.6
    notices = []
    if zone.speed_kmh is None:
        speed = max(needed, parameters.march_speed_min_kmh)
        notices.append(f"zone {zone.id}: {speed:.1f} km/h is taken from its window")
    elif zone.speed_kmh < needed * (1 - 1e-9):
        speed = needed
        notices.append(
            f"zone {zone.id}: at {zone.speed_kmh:g} km/h it would not end in its window; "
            f"{speed:.1f} km/h is taken"
        )
    else:
        speed = zone.speed_kmh
    return March(line, width, column, speed / 3.6, zone.start_s), tuple(notices)


def street_width_m(line: LineString, streets: Streets, default: float) -> float:
    """Return the median width of the streets a line runs on, ``default`` off the streets."""
    west, south, east, north = line.bounds
    arcs = streets.near(
        (west - ON_STREET_M, south - ON_STREET_M, east + ON_STREET_M, north + ON_STREET_M)
    )
    if not len(arcs):
        return default
    places = shapely.line_interpolate_point(line, np.arange(0, line.length, SAMPLE_M))
    tree = shapely.STRtree(streets.lines(arcs))
    _, nearest = tree.query_nearest(places, max_distance=ON_STREET_M, all_matches=False)
    widths = 2 * streets.half_width_m[arcs[nearest]]
    widths = widths[widths > 0]
    return float(np.median(widths)) if len(widths) else default


class Column:
    """Places the column of a march on the ground, step by step."""

    def __init__(
        self, march: March, streets: Streets, obstacles: Obstacles, parameters: RiskParameters
    ) -> None:
        self._march = march
        self._target = march.column_m * march.width_m
        half = march.width_m / 2
        blocked = obstacles.within(march.line.buffer(half))
        self._parts = shapely.get_parts(blocked)
        self._blocked = shapely.STRtree(self._parts)
        ends = (Point(march.line.coords[0]), Point(march.line.coords[-1]))
        share = parameters.open_ground_reach
        self._start, self._end = (Grower(p, streets, obstacles, share) for p in ends)
        self._both = Grower(MultiPoint(ends), streets, obstacles, share)

    def stand(self, since_s: float, until_s: float) -> Stand:
        """Return the ground of the column in the middle of [since, until), and all it covers."""
        march = self._march
        first, last = march.head_m(since_s), march.head_m(until_s)
        tail, head, polygon = self._at((first + last) / 2)
        if last == first:
            spine = substring(march.line, max(tail - SAMPLE_M, 0.0), max(head, SHORT_M))
            return Stand(polygon, polygon, spine)
        sweep = (last - first) / 2
        tail, head = max(tail - sweep, 0.0), min(head + sweep, march.line.length)
        parts = [polygon, self._strip(tail, head)]
        if first < march.column_m:
            parts.append(self._at(first)[2])
        if last > march.line.length:
            parts.append(self._at(last)[2])
        spine = substring(march.line, tail, max(head, tail + 0.1))
        return Stand(polygon, shapely.union_all(parts), spine)

    def _at(self, head_m: float) -> tuple[float, float, BaseGeometry]:
        """Tail and head on the line, and the ground, when the head has come so far."""
        march = self._march
        length = march.line.length
        head = min(head_m, length)
        tail = min(max(head_m - march.column_m, 0.0), length)
        if tail > 0 and head_m <= length:
            return self._whole(tail, head)
        strip = self._strip(tail, head)
        if tail == 0 and head_m <= length:
            return tail, head, self._start.fill(self._target, strip)
        grower = self._end if tail > 0 else self._both
        return tail, head, grower.fill(self._target, strip)

    def _whole(self, tail: float, head: float) -> tuple[float, float, BaseGeometry]:
        """Place a column wholly on the line: its tail is where its ground is complete."""
        strip = self._strip(tail, head)
        for _ in range(8):
            short = self._target - strip.area
            if abs(short) <= 0.01 * self._target:
                return tail, head, strip
            tail = min(tail - short / self._march.width_m, head - 0.1)
            if tail <= 0:
                return 0.0, head, self._start.fill(self._target, self._strip(0.0, head))
            strip = self._strip(tail, head)
        return tail, head, strip

    def _strip(self, tail: float, head: float) -> BaseGeometry:
        if head - tail < SHORT_M:
            return Polygon()
        piece = substring(self._march.line, tail, head)
        strip = piece.buffer(self._march.width_m / 2, cap_style="flat", quad_segs=4)
        hits = self._parts[self._blocked.query(strip, predicate="intersects")]
        return strip.difference(shapely.union_all(hits)) if len(hits) else strip


def march_times(march: March, start_s: int, end_s: int, step_s: int) -> NDArray[np.int64]:
    """Return the seconds in [start, end] between which the column is taken to stand still."""
    moves_from = max(start_s, march.start_s)
    total = (march.line.length + march.column_m) / march.speed_ms
    moves_to = min(end_s, march.start_s + int(np.ceil(total)))
    times = {start_s, end_s}
    if moves_to > moves_from:
        times |= {moves_from, moves_to, *range(moves_from, moves_to, step_s)}
    return np.array(sorted(times), np.int64)
