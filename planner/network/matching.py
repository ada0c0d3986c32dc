"""Which stretches of which roads a drawn line runs along."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from planner.network.redraw import Road

REACH_M = 12.0
"""A road this near to what was drawn may be meant: half a wide street. Assumption."""

STEP_M = 2.0
"""Metres from sample to sample of a drawn line."""

CHORD_M = 4.0
"""Metres before and after a sample that tell the line's heading: no hand draws straighter."""

SAME_HEADING = 0.77
"""Least cosine between a line and the road it runs along: 40 degrees. Assumption."""

GAP_M = 14.0
"""A line that loses its road for longer does not run along it in between. Assumption."""

END_M = 12.0
"""A line that ends this near to a junction ends at it. Assumption."""


SPREAD_M = 5.0
"""How far a hand draws beside the road, as the unit of distances. Assumption."""

SWITCH, JUMP = 6.0, 15.0
"""Cost, in squared spreads, of going over to a road that is joined, to one that is not.
Assumption."""


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


class _Steps(NamedTuple):
    """The straight steps of some roads: ends, road by number, metres at the start."""

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    road: NDArray[np.int64]
    along: NDArray[np.float64]


class _Hits(NamedTuple):
    """Samples of a line that lie on a road: sample, road, metres on it, cosine of headings."""

    sample: NDArray[np.int64]
    road: NDArray[np.int64]
    metres: NDArray[np.float64]
    cosine: NDArray[np.float64]


def runs_along(line: LineString, roads: Sequence[Road]) -> tuple[list[Stretch], float]:
    """Return the stretches a metric line runs along, in its order, and the share of it on them.

    At each sample one road of like heading counts, whichever way it was drawn: the nearest, were
    it not for the cost of going from road to road, so that a line does not flit between two.

    References
    ----------
    Newson and Krumm (2009), Hidden Markov map matching, doi:10.1145/1653771.1653818: least sum
    of squared distances and of costs for going over.
    """
    steps = _steps(roads)
    samples = np.linspace(0, line.length, max(2, int(np.ceil(line.length / STEP_M)) + 1))
    if not len(steps.road):
        return [], 0.0
    hits = _hits(line, samples, steps, roads)
    found: list[Stretch] = []
    for number in np.unique(hits.road).tolist():
        mine = np.flatnonzero(hits.road == number)
        found += _runs(roads[number], hits, mine, samples)
    share = len(hits.sample) / len(samples)
    return sorted(found, key=lambda stretch: (stretch.first, stretch.last)), share


def nearest_spot(xy: NDArray[np.float64], roads: Sequence[Road]) -> Spot | None:
    """Return the place on roads nearest to a metric point, None where none is within reach."""
    steps = _steps(roads)
    if not len(steps.road):
        return None
    metres, off = _project(np.broadcast_to(xy, steps.start.shape), steps.start, steps.end)
    best = int(off.argmin())
    if off[best] > REACH_M:
        return None
    along = float(steps.along[best] + metres[best])
    return Spot(roads[int(steps.road[best])], along, float(off[best]))


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


def _steps(roads: Sequence[Road]) -> _Steps:
    starts, ends, numbers, alongs = [], [], [], []
    for number, road in enumerate(roads):
        moves = (road.xy[1:] != road.xy[:-1]).any(axis=1)
        moves &= np.isfinite(road.xy[1:]).all(axis=1) & np.isfinite(road.xy[:-1]).all(axis=1)
        starts.append(road.xy[:-1][moves])
        ends.append(road.xy[1:][moves])
        numbers.append(np.full(int(moves.sum()), number, np.int64))
        alongs.append(road.along[:-1][moves])
    none = np.zeros((0, 2))
    return _Steps(
        np.concatenate([none, *starts]), np.concatenate([none, *ends]),
        np.concatenate([np.zeros(0, np.int64), *numbers]), np.concatenate([none[:, 0], *alongs]),
    )  # fmt: skip


def _hits(
    line: LineString, samples: NDArray[np.float64], steps: _Steps, roads: Sequence[Road]
) -> _Hits:
    points = shapely.line_interpolate_point(line, samples)
    behind = shapely.line_interpolate_point(line, np.maximum(samples - CHORD_M, 0))
    ahead = shapely.line_interpolate_point(line, np.minimum(samples + CHORD_M, line.length))
    heading = _unit(shapely.get_coordinates(ahead) - shapely.get_coordinates(behind))
    drawn = np.asarray(shapely.linestrings(np.stack([steps.start, steps.end], axis=1)), object)
    tree = shapely.STRtree(drawn)
    sample, step = tree.query(points, predicate="dwithin", distance=REACH_M)
    start, end = steps.start[step], steps.end[step]
    cosine = (heading[sample] * _unit(end - start)).sum(axis=1)
    like = np.abs(cosine) >= SAME_HEADING
    sample, step, cosine, start, end = (a[like] for a in (sample, step, cosine, start, end))
    metres, off = _project(shapely.get_coordinates(points)[sample], start, end)
    road = steps.road[step]
    order = np.lexsort((off, road, sample))
    key = sample[order] * (int(steps.road.max()) + 1) + road[order]
    order = order[np.unique(key, return_index=True)[1]]
    best = order[_followed(sample[order], road[order], off[order], roads)]
    return _Hits(sample[best], road[best], steps.along[step[best]] + metres[best], cosine[best])


def _followed(
    sample: NDArray[np.int64], road: NDArray[np.int64], off: NDArray[np.float64],
    roads: Sequence[Road],
) -> NDArray[np.int64]:  # fmt: skip
    """Return, of candidates ordered by sample, one for each sample: those that cost least."""
    nodes = {number: set(roads[number].refs) for number in np.unique(road).tolist()}
    joined = {(a, b): bool(nodes[a] & nodes[b]) for a in nodes for b in nodes}
    before: dict[int, tuple[float, int]] = {}
    came_from = np.full(len(sample), -1)
    groups = np.split(np.arange(len(sample)), np.flatnonzero(np.diff(sample)) + 1)
    for group in groups if len(sample) else []:
        now: dict[int, tuple[float, int]] = {}
        for i, number, metres in zip(
            group.tolist(), road[group].tolist(), off[group].tolist(), strict=True
        ):
            ways = [
                (cost + (0 if other == number else SWITCH if joined[other, number] else JUMP), j)
                for other, (cost, j) in before.items()
            ]
            cost, came_from[i] = min(ways, default=(0.0, -1))
            now[number] = (cost + (metres / SPREAD_M) ** 2, i)
        before = now
    chosen = [min(before.values())[1]] if before else []
    while chosen and came_from[chosen[-1]] >= 0:
        chosen.append(int(came_from[chosen[-1]]))
    return np.array(chosen[::-1], np.int64)


def _runs(
    road: Road, hits: _Hits, mine: NDArray[np.int64], samples: NDArray[np.float64]
) -> list[Stretch]:
    """Return the unbroken runs of a line along one road."""
    at, metres, sign = samples[hits.sample[mine]], hits.metres[mine], hits.cosine[mine] > 0
    broken = (np.diff(at) > GAP_M) | (np.abs(np.diff(metres)) > GAP_M + END_M)
    broken |= sign[1:] != sign[:-1]
    found = []
    for run in np.split(np.arange(len(mine)), np.flatnonzero(broken) + 1):
        low, high = float(metres[run].min()), float(metres[run].max())
        found.append(
            Stretch(road, low, high, bool(sign[run[0]]), float(at[run[0]]), float(at[run[-1]]))
        )
    return found


def _project(
    xy: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return metres along each step to the place nearest to a point, and metres off it."""
    step = end - start
    length = np.hypot(*step.T)
    metres = (((xy - start) * step).sum(axis=1) / length).clip(0, length)
    off = np.hypot(*(xy - start - step * (metres / length)[:, None]).T)
    return metres, off


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.hypot(*vectors.T)[:, None]
    return vectors / np.where(lengths > 0, lengths, 1)
