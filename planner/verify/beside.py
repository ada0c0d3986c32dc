"""Which places of a route lie beside another route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.verify.case import RouteCase

BESIDE_M = 0.5

ROOM_M = 0.01
"""Pieces this much further off are measured too: rounding leaves none out."""


def along_of(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return metres, float64[p], from the first point of a line to each."""
    x, y = xy.T
    return np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])


def pieces_of(line: NDArray[np.float64]) -> list[bytes]:
    """Return a key of each piece of a line, float64[p, 2]; pieces with the same ends share it."""
    ends = np.hstack([line[:-1], line[1:]]) + 0.0  # There are two zeros, of one place.
    pieces: list[bytes] = ends.view(f"V{ends.itemsize * 4}").ravel().tolist()
    return pieces


def places_beside(
    route: RouteCase, other: RouteCase, metres: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell of places at some metres along a route whether each lies beside another route.

    Only places in doubt are measured: those on straight pieces that are no pieces of the other
    route, and come near it at all.
    """
    piece = np.searchsorted(route.along[1:-1], metres, side="right")
    same = _same(route, other)
    common = same[piece]
    doubtful = np.flatnonzero(_doubtful(route, other, same)[piece])
    axes = (np.interp(metres[doubtful], route.along, axis) for axis in route.xy.T)
    points = shapely.points(*axes)
    found = other.leg_tree.query(points, predicate="dwithin", distance=BESIDE_M)[0]
    common[doubtful[found]] = True
    return common


def _same(route: RouteCase, other: RouteCase) -> NDArray[np.bool_]:
    """Tell of each piece of a route whether the other drives it too, either way round."""
    theirs = {*pieces_of(other.xy), *pieces_of(other.xy[::-1])}
    return np.fromiter((piece in theirs for piece in pieces_of(route.xy)), bool)


def _doubtful(route: RouteCase, other: RouteCase, same: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell of each piece of a route whether places on it are to be measured."""
    doubtful = _near(route, other) & ~same
    some = np.flatnonzero(doubtful)
    ends = np.stack([route.xy[some], route.xy[some + 1]], axis=1)
    pieces = shapely.linestrings(ends)
    near = other.leg_tree.query(pieces, predicate="dwithin", distance=BESIDE_M + ROOM_M)[0]
    doubtful[:] = False
    doubtful[some[near]] = True
    return doubtful


def _near(route: RouteCase, other: RouteCase) -> NDArray[np.bool_]:
    """Tell of each piece of a route whether it may come near the other: its leg does."""
    near = np.zeros(len(route.legs), bool)
    near[other.leg_tree.query(route.lines, predicate="dwithin", distance=BESIDE_M)[0]] = True
    pieces = np.repeat(near, np.diff(route.ends, prepend=0))[:-1]
    # Between two legs no line was measured.
    pieces[route.ends[:-1] - 1] = True
    return pieces
