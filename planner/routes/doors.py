"""When a gate may be used: in its hours, with no crowd on the ground before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.risk.field import Footprint, Risk
    from planner.routes.problem import Span


class Door(NamedTuple):
    """A gate as one walks up to it.

    Attributes
    ----------
    hours
        Intervals [from, to) in which it is open by its hours, in seconds.
    step
        Metric; the ground between the gate and the place where the way ends.
    """

    hours: tuple[Span, ...]
    step: BaseGeometry


def openings(doors: Sequence[Door], risk: Risk) -> tuple[tuple[Span, ...], ...]:
    """Return for each gate the intervals, in seconds, in which it is open with nobody before it."""
    found = []
    for door, crowds in zip(doors, crowds_before(doors, risk), strict=True):
        left = door.hours
        for crowd in crowds:
            left = without(left, (crowd.start_s, crowd.end_s))
        found.append(left)
    return tuple(found)


def without(spans: Sequence[Span], gone: Span) -> tuple[Span, ...]:
    """Return what is left of intervals without the seconds of another.

    >>> without([(0, 10), (20, 30)], (5, 22))
    ((0, 5), (22, 30))
    """
    since, until = gone
    parts = [part for a, b in spans for part in ((a, min(b, since)), (max(a, until), b))]
    return tuple((a, b) for a, b in parts if a < b)


def zones_before(door: Door, risk: Risk, span: Span) -> list[str]:
    """Return the ids of zones that stand before a gate at some second of [from, to)."""
    (crowds,) = crowds_before([door], risk)
    return sorted({c.zone_id for c in crowds if c.start_s < span[1] and c.end_s > span[0]})


def risk_on(step: BaseGeometry, risk: Risk, second: int) -> float:
    """Return the risk at a second where the step of a gate is nearest to each crowd.

    The distance is that over the ground: people walk there, whatever the streets do.
    """
    reach = {zone.id: zone.influence_m for zone in risk.zones}
    free = 1.0
    for crowd in risk.footprints:
        if crowd.start_s <= second < crowd.end_s:
            near = 1 - crowd.kept_clear.distance(step) / max(reach.get(crowd.zone_id, 0.0), 1e-9)
            free *= 1 - crowd.presence * max(near, 0.0)
    return 1 - free


def crowds_before(doors: Sequence[Door], risk: Risk) -> list[list[Footprint]]:
    """Return for each gate the crowds that shut roads and stand on its step, in order."""
    least, clearance = risk.parameters.block_presence, risk.parameters.vehicle_clearance_m
    found: list[list[Footprint]] = [[] for _ in doors]
    crowds = [f for f in risk.footprints if f.presence >= least]
    if crowds and doors:
        steps = shapely.STRtree([door.step for door in doors])
        ground = np.array([crowd.kept_clear for crowd in crowds], object)
        met = steps.query(ground, predicate="dwithin", distance=clearance)
        for c, g in sorted(zip(*met.tolist(), strict=True)):
            found[g].append(crowds[c])
    return found
