"""Which places of a route lie beside another route."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.verify.case import RouteCase

BESIDE_M = 0.5


def places_beside(
    route: RouteCase, other: RouteCase, metres: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Tell of places at some metres along a route whether each lies beside another route.

    Only places in doubt are measured: those on straight pieces that are no pieces of the other
    route, of legs that come near it at all.
    """
    piece = np.searchsorted(route.along[1:-1], metres, side="right")
    common = _same(route, other)[piece]
    doubtful = np.flatnonzero(_near(route, other)[piece] & ~common)
    axes = (np.interp(metres[doubtful], route.along, axis) for axis in route.xy.T)
    points = shapely.points(*axes)
    found = other.leg_tree.query(points, predicate="dwithin", distance=BESIDE_M)[0]
    common[doubtful[found]] = True
    return common


def _same(route: RouteCase, other: RouteCase) -> NDArray[np.bool_]:
    """Tell of each piece of a route whether the other drives it too, either way round."""
    theirs = set(_pieces(other.xy)) | set(_pieces(other.xy[::-1]))
    return np.array([piece in theirs for piece in _pieces(route.xy)], bool)


def _pieces(xy: NDArray[np.float64]) -> list[tuple[complex, complex]]:
    places = (xy[:, 0] + 1j * xy[:, 1]).tolist()
    return list(pairwise(places))


def _near(route: RouteCase, other: RouteCase) -> NDArray[np.bool_]:
    """Tell of each piece of a route whether it may come near the other: its leg does."""
    near = np.zeros(len(route.legs), bool)
    near[other.leg_tree.query(route.lines, predicate="dwithin", distance=BESIDE_M)[0]] = True
    pieces = np.repeat(near, np.diff(route.ends, prepend=0))[:-1]
    # Between two legs no line was measured.
    pieces[route.ends[:-1] - 1] = True
    return pieces
