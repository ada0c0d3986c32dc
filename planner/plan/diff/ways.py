"""Ways of two plans matched by the ground they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Record = dict[str, Any]

NEAR_M = 5.0
"""Lines this near to each other are one street."""

PIECE_M = 20.0
LEAST_SHARED = 0.5
"""Ways that share less of either are two ways, not one that changed."""

M_PER_DEG = 111_195.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A way before with what it became: None on a side for one that came or went.

    Attributes
    ----------
    apart_m
        Metres of the one that lie off the other, the larger of both; 0 for one geometry.
    """

    before: Record | None
    after: Record | None
    apart_m: float = 0.0


def match(before: Sequence[Record], after: Sequence[Record], lat: float) -> list[Pair]:
    """Return ways in pairs, those that share most first; then those gone, then those new.

    Parameters
    ----------
    before, after
        Routes of one origin; each is in exactly one pair.
    lat
        Latitude near which they lie, in degrees: lengths are measured there.
    """
    shared = []
    for i, old in enumerate(before):
        for j, new in enumerate(after):
            share, apart = _overlap(old, new, lat)
            if share >= LEAST_SHARED:
                # Of ways as alike, one keeps its role rather than changing it.
                shared.append((-share, old["role"] != new["role"], i, j, apart))
    pairs, left, right = [], set(range(len(before))), set(range(len(after)))
    for _, _, i, j, apart in sorted(shared):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            pairs.append(Pair(before[i], after[j], apart))
    return [
        *pairs,
        *(Pair(before[i], None) for i in sorted(left)),
        *(Pair(None, after[j]) for j in sorted(right)),
    ]


def _overlap(old: Record, new: Record, lat: float) -> tuple[float, float]:
    """Return the lesser share that two ways have of each other, metres they lie apart."""
    if old["geometry"]["coordinates"] == new["geometry"]["coordinates"]:
        return 1.0, 0.0
    lines = [_metric(route["geometry"]["coordinates"], lat) for route in (old, new)]
    shares, aparts = [], []
    for one, other in (lines, lines[::-1]):
        pieces, length = _pieces(one)
        total = float(length.sum())
        line = shapely.linestrings(other)
        shapely.prepare(line)
        on = float(length[shapely.dwithin(line, shapely.points(pieces), NEAR_M)].sum())
        shares.append(on / total if total else 1.0)
        aparts.append(total - on)
    return min(shares), max(aparts)


def _metric(coordinates: Sequence[Sequence[float]], lat: float) -> NDArray[np.float64]:
    """Return points in metres, float64[p, 2], on a plane that touches the earth at a latitude."""
    scale = M_PER_DEG * np.array([np.cos(np.radians(lat)), 1.0])
    points: NDArray[np.float64] = np.asarray(coordinates, float) * scale
    return points


def _pieces(line: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return middles, float64[n, 2], and lengths, float64[n], of short pieces of a line."""
    points = shapely.get_coordinates(shapely.segmentize(shapely.linestrings(line), PIECE_M))
    steps = np.diff(points, axis=0)
    return points[:-1] + steps / 2, np.hypot(*steps.T)
