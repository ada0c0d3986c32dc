"""Many lines laid on their ways in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.verify.trace import AT_NODE_M, OFF_WAY_M, Trace, trace_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.verify.trace import Way

    Floats = NDArray[np.float64]


def traces_of(ways: Sequence[Way], lines: Sequence[Floats]) -> list[tuple[Trace, ...]]:
    """Return the stretches of its way that each line, float64[p, 2] metric, runs along.

    The same as ``trace_on`` of each. A line that has one place on its way at every point, and
    goes on along the way from each to the next, is driven straight on: whoever turns round
    pays for it and misses more. Only the others are weighed one by one.
    """
    if not ways:
        return []
    sure, courses = _straight_on(ways, lines)
    return [
        (Trace(way, *course),) if straight else trace_on(way, line)
        for way, line, straight, course in zip(ways, lines, sure, courses, strict=True)
    ]


def _straight_on(
    ways: Sequence[Way], lines: Sequence[Floats]
) -> tuple[list[bool], list[tuple[int, float, float]]]:
    """Tell which lines are surely driven straight on; direction, start and end of those."""
    points = np.array([len(line) for line in lines])
    first, last = np.cumsum(points) - points, np.cumsum(points) - 1
    xy = np.concatenate(lines)
    metre = _only_place(ways, points, xy)
    heading = np.sign(metre[last] - metre[first])
    ahead = np.repeat(heading, points)[:-1] * np.diff(metre)
    step = np.hypot(*np.diff(xy, axis=0).T)
    # No line leads from the end of one to the start of the next.
    ahead[last[:-1]] = step[last[:-1]] = 0.0
    on_course = (ahead >= 0) & (np.abs(ahead - step) <= OFF_WAY_M)
    # What the same line misses, were it driven the other way.
    reverse = 2 * np.add.reduceat(np.minimum(ahead, step), first)
    sure = np.logical_and.reduceat(on_course, first) & (reverse > AT_NODE_M)
    found = (np.nan_to_num(heading).astype(int), metre[first], metre[last])
    return sure.tolist(), list(zip(*(one.tolist() for one in found), strict=True))


def _only_place(ways: Sequence[Way], points: NDArray[np.intp], xy: Floats) -> Floats:
    """Return metres along its way of the one place near each point, NaN for none or several.

    ``points`` tells how many of ``xy`` are to be laid on each way.
    """
    nodes = np.concatenate([way.xy for way in ways])
    foot, span = nodes[:-1], np.diff(nodes, axis=0)
    point, piece = _close_by(ways, points, xy, nodes)
    foot, span = foot[piece], span[piece]
    square = np.maximum((span**2).sum(1), 1e-12)
    gap = xy[point] - foot
    share = np.clip((gap * span).sum(1) / square, 0.0, 1.0)
    off = np.hypot(*(gap - share[:, None] * span).T)
    near = np.flatnonzero(off <= OFF_WAY_M)
    along = np.concatenate([way.along for way in ways])[piece] + share * np.sqrt(square)
    return _alone(len(xy), point[near], along[near], off[near])


def _close_by(
    ways: Sequence[Way], points: NDArray[np.intp], xy: Floats, nodes: Floats
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return each point with each piece of its way that is not too far west or east of it."""
    pieces = np.array([len(way.nodes) - 1 for way in ways])
    begin = np.cumsum(pieces + 1) - pieces - 1
    of_point = np.repeat(pieces, points)
    point = np.repeat(np.arange(len(xy)), of_point)
    since = np.repeat(begin, points) - (np.cumsum(of_point) - of_point)
    piece = np.arange(len(point)) + since[point]
    east, here = nodes[:, 0], xy[point, 0]
    west = np.minimum(east[:-1], east[1:]) - 2 * OFF_WAY_M
    east = np.maximum(east[:-1], east[1:]) + 2 * OFF_WAY_M
    close = np.flatnonzero((west[piece] <= here) & (here <= east[piece]))
    return point[close], piece[close]


def _alone(n: int, point: NDArray[np.intp], along: Floats, off: Floats) -> Floats:
    """Return the place of each of some points that has one, the nearest of those that are one."""
    only = np.full(n, np.nan)
    if len(point):
        nearest = np.lexsort((off, point))
        first = np.flatnonzero(np.diff(point, prepend=-1))
        spread = np.maximum.reduceat(along, first) - np.minimum.reduceat(along, first)
        # Two pieces of a way meet in one place.
        one = spread <= AT_NODE_M
        only[point[first[one]]] = along[nearest[first[one]]]
    return only
