"""Ground that a crowd of a given size takes: streets first, never buildings or water.

The crowd is put where it was drawn and spreads from there, along streets three times as far
as over open ground (``open_ground_reach``), only over ground connected with where it began,
until the area is ``size / density``. A drawn polygon with more room than that says that the
place is uncertain: the crowd is put around its middle, and the whole of it is kept clear.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.ops import substring

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.ground import Obstacles, Streets
    from planner.risk.parameters import RiskParameters
    from planner.risk.zones import Zone

TOLERANCE = 0.02
"""Largest error of the area of a footprint; the promise is 0.05."""
MAX_REACH_M = 5000.0
SHORT_M = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Where a crowd stands during one step.

    Attributes
    ----------
    polygon
        Metric; the crowd itself, its area ``size / density``.
    kept_clear
        Metric; the ground no vehicle enters: ``polygon``, what a march covers during the
        step, the whole of a drawn polygon.
    spine
        Drawn line or ground the arcs on which are shut even where ``kept_clear`` has a gap,
        as on a bridge over mapped water.
    """

    polygon: BaseGeometry
    kept_clear: BaseGeometry
    spine: BaseGeometry


class Grower:
    """Grows footprints around one seed over prepared local ground.

    Parameters
    ----------
    seed
        Metric geometry from which the crowd spreads.
    streets, obstacles
        What surrounds it.
    open_reach
        Reach over open ground as a share of that along streets.
    """

    def __init__(
        self, seed: BaseGeometry, streets: Streets, obstacles: Obstacles, open_reach: float
    ) -> None:
        self._seed = seed
        self._streets = streets
        self._obstacles = obstacles
        self._share = open_reach
        self._reach = self._room = self._guess = 0.0
        self._paved: BaseGeometry = Polygon()
        self._open: BaseGeometry = Polygon()

    def fill(self, target_m2: float, base: BaseGeometry | None = None) -> BaseGeometry:
        """Return ground of ``target_m2`` around the seed, ``base`` included; less if none is left.

        ``base`` is ground already taken; it counts towards the target.
        """
        base = Polygon() if base is None else base
        if base.area >= target_m2:
            return base
        high = max(self._reach, 30.0, 3 * target_m2**0.5)
        while True:
            self._prepare(high)
            if self._room >= target_m2:
                break
            if high >= MAX_REACH_M:
                all_ = self._region(high, base)
                if all_.area <= target_m2:
                    return all_
                # From a seed in a closed court the base alone leads out, to more than is needed.
                self._guess = target_m2**0.5
                break
            high *= 2
        guess = self._guess or target_m2**0.5
        return _bisect(lambda r: self._region(r, base), high, target_m2, guess)

    def _prepare(self, reach: float) -> None:
        if reach <= self._reach:
            return
        disc = self._seed.buffer(reach)
        blocked = self._obstacles.within(disc)
        self._paved = self._streets.paved(disc).intersection(disc).difference(blocked)
        self._open = self._seed.buffer(reach * self._share).difference(blocked)
        for shape in (self._paved, self._open):
            shapely.prepare(shape)
        self._reach = reach
        self._room = self._region(reach, Polygon()).area

    def _region(self, reach: float, base: BaseGeometry) -> BaseGeometry:
        self._guess = reach
        paved = self._paved.intersection(self._seed.buffer(reach))
        ground = self._open.intersection(self._seed.buffer(reach * self._share))
        return _connected(shapely.union_all([paved, ground, base]), self._seed, base)


def crowd_m2(size: float, density: float) -> float:
    """Return the ground in m2 that ``size`` people take at ``density`` people a m2.

    Examples
    --------
    >>> round(crowd_m2(1000, 1.08))
    926
    """
    return size / density


def standing(
    zone: Zone,
    streets: Streets,
    obstacles: Obstacles,
    parameters: RiskParameters,
    *,
    middle: BaseGeometry | None = None,
) -> Stand:
    """Return where the crowd of a zone that does not move stands.

    A drawn polygon with more room than the crowd needs is kept clear as a whole, unless the
    ``middle`` of the crowd in it is known: then that is the ground it takes.
    """
    target = crowd_m2(zone.size, parameters.standing_density)
    drawn = zone.geometry
    share = parameters.open_ground_reach
    if drawn.geom_type in ("Polygon", "MultiPolygon"):
        free = free_ground(zone, obstacles)
        if has_room(free, target):
            if middle is not None:
                core = _core(free, target, middle)
                return Stand(core, core, core)
            return Stand(_core(free, target, free.centroid), free, drawn)
        seed: BaseGeometry = free if not free.is_empty else drawn.representative_point()
        polygon = Grower(seed, streets, obstacles, share).fill(target, free)
        return Stand(polygon, polygon, drawn)
    seed = _inner_line(drawn, parameters.line_end_gap_m)
    polygon = Grower(seed, streets, obstacles, share).fill(target)
    return Stand(polygon, polygon, seed)


def free_ground(zone: Zone, obstacles: Obstacles) -> BaseGeometry:
    """Return the ground within a drawn polygon that nothing stands on."""
    return _polygons(zone.geometry.difference(obstacles.within(zone.geometry)))


def has_room(free: BaseGeometry, target_m2: float) -> bool:
    """Tell whether a drawn polygon is larger than its crowd, so that its place is uncertain."""
    return bool(free.area > target_m2 * (1 + TOLERANCE))


def _core(free: BaseGeometry, target: float, around: BaseGeometry) -> BaseGeometry:
    """Return the part of drawn ground around a point that the crowd needs."""
    middle = shapely.ops.nearest_points(free, around)[0]
    reach = float(shapely.hausdorff_distance(middle, shapely.envelope(free))) + 1
    return _bisect(
        lambda r: _polygons(free.intersection(middle.buffer(r, quad_segs=16))),
        reach,
        target,
        (target / math.pi) ** 0.5,
    )


def _inner_line(drawn: BaseGeometry, gap_m: float) -> BaseGeometry:
    """Cut a gap from a drawn line at either end, so that the streets it ends at stay open."""
    if not isinstance(drawn, LineString):
        return drawn
    gap = min(gap_m, drawn.length / 4)
    return substring(drawn, gap, drawn.length - gap)


def _bisect(
    region: Callable[[float], BaseGeometry], high: float, target: float, guess: float
) -> BaseGeometry:
    """Find the growing region of the target area; a jump in area is filled from its near side."""
    low, middle = 0.0, min(guess, high)
    inner: BaseGeometry = Polygon()
    outer: BaseGeometry | None = None
    while high - low > SHORT_M:
        shape = region(middle)
        if abs(shape.area - target) <= TOLERANCE / 2 * target:
            return shape
        width = high - low
        if shape.area < target:
            low, inner = middle, shape
        else:
            high, outer = middle, shape
        if outer is None:
            middle = min(1.5 * low + SHORT_M, (low + high) / 2)
        elif high - low > width / 2:
            middle = (low + high) / 2
        else:
            share = (target - inner.area) / max(outer.area - inner.area, target * TOLERANCE)
            middle = low + (high - low) * min(max(share, 0.05), 0.95)
    return _fill_jump(inner, region(high) if outer is None else outer, target)


def _fill_jump(inner: BaseGeometry, outer: BaseGeometry, target: float) -> BaseGeometry:
    start = inner if not inner.is_empty else outer.representative_point()
    low, high = 0.0, float(shapely.hausdorff_distance(start, outer)) + 1
    shape = outer
    for _ in range(40):
        middle = (low + high) / 2
        shape = _polygons(outer.intersection(start.buffer(middle)))
        if abs(shape.area - target) <= TOLERANCE * target:
            break
        low, high = (middle, high) if shape.area < target else (low, middle)
    return shape


def _connected(region: BaseGeometry, seed: BaseGeometry, base: BaseGeometry) -> BaseGeometry:
    """Keep the parts that touch the seed or the base, or else the nearest part."""
    parts = shapely.get_parts(_polygons(region))
    if len(parts) <= 1:
        return _polygons(region)
    gaps = shapely.distance(parts, seed)
    kept = gaps <= max(0.01, float(gaps.min()) + 1e-9)
    if not base.is_empty:
        kept |= shapely.intersects(parts, base)
    return _joined(parts[kept])


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """Keep the parts of a geometry that have an area."""
    if shape.geom_type == "Polygon":
        return shape
    parts = shapely.get_parts(shape)
    parts = shapely.get_parts(parts[shapely.area(parts) > 0])
    return _joined(parts)


def _joined(parts: NDArray[np.object_]) -> BaseGeometry:
    if len(parts) == 1 and isinstance(parts[0], Polygon):
        return parts[0]
    return MultiPolygon(list(parts)) if len(parts) else Polygon()
