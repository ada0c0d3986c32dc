"""Which stretches of which roads a drawn line runs along."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from shapely.geometry import Point

from planner.network.map_match import match
from planner.network.road_steps import candidates, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from planner.network.redraw import Road

REACH_M = 12.0
"""A road this near to what was drawn may be meant: half a wide street. Assumption."""

END_M = 12.0
"""A line that ends this near to a junction ends at it. Assumption."""


class Stretch(NamedTuple):
    """A part of a road that a line runs along.

    Attributes
    ----------
    begin, end
        Metres from the start of the way, ``begin < end``.
    forward
        Whether the line follows the way's drawing order.
    first, last
        Metres from the start of the line at which the stretch is on it.
    """

    road: Road
    begin: float
    end: float
    forward: bool
    first: float
    last: float

    @property
    def length_m(self) -> float:
        """Metres along the road."""
        return self.end - self.begin


class Spot(NamedTuple):
    """The place on a road nearest to a point, metres from its start and from the point."""

    road: Road
    metres: float
    off_m: float


def runs_along(line: LineString, roads: Sequence[Road]) -> tuple[list[Stretch], float]:
    """Return the stretches a metric line runs along, in its order, and the share of it on them.

    Whichever way each was drawn: the direction is told.
    """
    pieces = match(line, roads, reach_m=REACH_M).pieces
    found = [
        Stretch(roads[p.road], min(p.begin, p.end), max(p.begin, p.end), p.forward, p.first, p.last)
        for p in pieces if p.road >= 0
    ]  # fmt: skip
    off = sum(p.last - p.first for p in pieces if p.road < 0)
    return found, 1 - off / line.length if line.length else 0.0


def nearest_spot(xy: NDArray[np.float64], roads: Sequence[Road]) -> Spot | None:
    """Return the place on roads nearest to a metric point, None where none is within reach."""
    steps = steps_of(roads)
    if not steps.a:
        return None
    near = candidates(steps, np.array([Point(xy)], object), REACH_M)[0]
    if not near:
        return None
    step, metres, off = min(near, key=lambda row: row[2])
    return Spot(roads[steps.road[step]], steps.along[step] + metres, off)


def settled(stretches: Sequence[Stretch], roads: Sequence[Road]) -> list[Stretch]:
    """Return stretches whose ends near a junction lie at it, without those that only touch.

    A road of which nothing is left when its ends move to the junctions was only overrun.
    """
    shared = Counter(node for road in roads for node in set(road.refs))
    moved = [_moved(stretch, shared) for stretch in stretches]
    kept = [stretch for stretch in moved if stretch.length_m > 0]
    return kept or [s for s in stretches if s.length_m > 0]


def _moved(stretch: Stretch, shared: Counter[int]) -> Stretch:
    road, last = stretch.road, len(stretch.road.refs) - 1
    along = road.along
    ends = along[[i for i, node in enumerate(road.refs) if shared[node] > 1 or i in (0, last)]]

    def nearest(metres: float) -> float:
        off = np.abs(ends - metres)
        return float(ends[off.argmin()]) if off.min() <= END_M else metres

    return stretch._replace(begin=nearest(stretch.begin), end=nearest(stretch.end))
