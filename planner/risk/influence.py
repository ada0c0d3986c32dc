"""Streets around a crowd that lose function: a decay over network distance.

Intensity is 1 on every arc that touches ground to be kept clear and falls in a straight line
to 0 at ``reach`` metres along the streets, whatever their direction; a river is crossed only
where a bridge is. An arc has the mean of the intensity along it, so that cutting an arc in
pieces changes nothing on the whole. Between the two carriageways of a street lies nothing that
keeps people apart: across them the distance is that over the ground.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.footprint import Stand
    from planner.risk.ground import Streets


ACROSS_M = 30.0
"""The other carriageway of a street lies no further off than this. Assumption."""
PIECE_M = 5.0
"""Along the other carriageway the distance is measured this often."""
OPPOSITE = -0.7
"""Cosine between two ways of driving beyond which one is against the other."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Arcs that a crowd bears on.

    Attributes
    ----------
    arcs
        int32[k]; every arc of intensity above 0.
    intensity
        float64[k]; in (0, 1].
    inside
        bool[k]; the arc comes within a vehicle's clearance of ground to be kept clear.
    """

    arcs: NDArray[np.int32]
    intensity: NDArray[np.float64]
    inside: NDArray[np.bool_]


class Surroundings:
    """The streets within reach of some bounds, ready for many questions."""

    def __init__(
        self, streets: Streets, bounds: Sequence[float], reach_m: float, clearance_m: float
    ) -> None:
        network = streets.network
        self._clearance_m = clearance_m
        west, south, east, north = bounds
        margin = reach_m + clearance_m + 1
        self.reach_m = reach_m
        self.arcs = streets.near((west - margin, south - margin, east + margin, north + margin))
        self.lines = streets.lines(self.arcs)
        self._tree = shapely.STRtree(self.lines)
        self._length = network.length_m[self.arcs]
        one_way = network.twin[self.arcs] < 0
        self._street = np.where(one_way, network.name[self.arcs], 0)
        last = network.shape_start[self.arcs + 1] - 1
        chord = network.shape_xy[last] - network.shape_xy[network.shape_start[self.arcs]]
        self._chord = chord / np.maximum(np.hypot(*chord.T), 1e-9)[:, None]
        nodes, ends = np.unique(
            np.concatenate([network.tail[self.arcs], network.head[self.arcs]]), return_inverse=True
        )
        self._tail, self._head = ends[: len(self.arcs)], ends[len(self.arcs) :]
        self._xy = network.node_xy[nodes]
        self._links = _cheapest(self._tail, self._head, self._length, len(nodes))

    def reach(self, stand: Stand, reach_m: float | None = None) -> Reach:
        """Return the arcs within reach of a stand, which may be less than that of the streets."""
        reach_m = self.reach_m if reach_m is None else reach_m
        inside = np.zeros(len(self.arcs), bool)
        for shape in (stand.kept_clear, stand.spine):
            hits = self._tree.query(shape, predicate="dwithin", distance=self._clearance_m)
            inside[hits] = True
        near = np.flatnonzero(inside)
        if not len(near):
            near = self._tree.query_nearest(stand.polygon, max_distance=max(reach_m, 1e-6))
        if not len(near):
            return Reach(np.zeros(0, np.int32), np.zeros(0), np.zeros(0, bool))
        across = self._across(inside, stand) if reach_m > 0 else np.zeros(0, np.int64)
        intensity = np.where(inside, 1.0, self._decay(near, across, stand, reach_m))
        hit = np.flatnonzero(intensity > 0)
        return Reach(self.arcs[hit], intensity[hit], inside[hit])

    def _across(self, inside: NDArray[np.bool_], stand: Stand) -> NDArray[np.int64]:
        """Return the arcs of the other carriageway of a street with a crowd on the first."""
        first = np.flatnonzero(inside & (self._street > 0))
        if not len(first):
            return np.zeros(0, np.int64)
        found = np.zeros(len(self.arcs), bool)
        for shape in (stand.kept_clear, stand.spine):
            found[self._tree.query(shape, predicate="dwithin", distance=ACROSS_M)] = True
        other = np.flatnonzero(found & ~inside & np.isin(self._street, self._street[first]))
        same = self._street[other][:, None] == self._street[first]
        against = self._chord[other] @ self._chord[first].T < OPPOSITE
        beside = shapely.distance(self.lines[other][:, None], self.lines[first]) <= ACROSS_M
        return np.asarray(other[(same & against & beside).any(axis=1)], np.int64)

    def _over(
        self, across: NDArray[np.int64], ground: BaseGeometry, reach_m: float
    ) -> NDArray[np.float64]:
        """Return the mean intensity of arcs whose distance is that over the ground."""
        lines, mean = self.lines[across], np.zeros(len(across))
        for i, line in enumerate(lines):
            n = int(np.ceil(line.length / PIECE_M)) or 1
            places = shapely.line_interpolate_point(line, (np.arange(n) + 0.5) / n, normalized=True)
            mean[i] = np.clip(1 - shapely.distance(places, ground) / reach_m, 0, 1).mean()
        return mean

    def _decay(
        self,
        near: NDArray[np.int64],
        across: NDArray[np.int64],
        stand: Stand,
        reach_m: float,
    ) -> NDArray[np.float64]:
        if reach_m <= 0:
            return np.zeros(len(self.arcs))
        bears = np.concatenate([near, across])
        nodes = np.unique(np.concatenate([self._tail[bears], self._head[bears]]))
        ground = shapely.union_all([stand.kept_clear, stand.spine])
        gaps = shapely.distance(shapely.points(self._xy[nodes]), ground)
        distance = self._spread(nodes, gaps, reach_m)
        tail, head = distance[self._tail], distance[self._head]
        decay = mean_intensity(tail, head, self._length, reach_m)
        decay[near] = self._beside(near, ground, (tail[near], head[near]), reach_m)
        decay[across] = np.maximum(decay[across], self._over(across, ground, reach_m))
        return decay

    def _beside(
        self,
        near: NDArray[np.int64],
        ground: BaseGeometry,
        ends: tuple[NDArray[np.float64], NDArray[np.float64]],
        reach_m: float,
    ) -> NDArray[np.float64]:
        """Return the mean intensity of arcs that the crowd bears on at some place on the way."""
        lines, length = self.lines[near], self._length[near]
        gap = shapely.distance(lines, ground)
        link = shapely.shortest_line(lines, ground)
        share = shapely.line_locate_point(lines, shapely.get_point(link, 0), normalized=True)
        before = mean_intensity(ends[0], gap, share * length, reach_m)
        after = mean_intensity(gap, ends[1], (1 - share) * length, reach_m)
        return np.asarray(share * before + (1 - share) * after, np.float64)

    def _spread(
        self, nodes: NDArray[np.int64], gaps: NDArray[np.float64], reach_m: float
    ) -> NDArray[np.float64]:
        """Distance along the streets from the crowd to every node, by one source for all."""
        n = self._links.shape[0] - 1
        links = self._links.copy()
        graph = csr_matrix(
            (
                np.concatenate([links.data, gaps + 1.0]),
                np.concatenate([links.indices, nodes]),
                np.append(links.indptr[:-1], len(links.data) + len(nodes)),
            ),
            shape=(n + 1, n + 1),
        )
        found = dijkstra(graph, indices=n, limit=reach_m + 1.0)
        return np.asarray(found[:n] - 1.0, np.float64)


def _cheapest(
    tail: NDArray[np.int64], head: NDArray[np.int64], length: NDArray[np.float64], n: int
) -> csr_matrix:
    """Streets as links both ways with one spare row; of parallel streets the shortest."""
    a, b = np.concatenate([tail, head]), np.concatenate([head, tail])
    weight = np.concatenate([length, length])
    order = np.lexsort((weight, b, a))
    a, b, weight = a[order], b[order], weight[order]
    first = np.ones(len(a), bool)
    first[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    start = np.zeros(n + 2, np.int64)
    np.cumsum(np.bincount(a[first], minlength=n + 1), out=start[1:])
    return csr_matrix((weight[first], b[first], start), shape=(n + 1, n + 1))


def mean_intensity(
    at_tail_m: NDArray[np.float64],
    at_head_m: NDArray[np.float64],
    length_m: NDArray[np.float64],
    reach_m: float,
) -> NDArray[np.float64]:
    """Return the mean over each arc of ``1 - distance / reach``, never below 0.

    The distance at a place on the arc is the lesser of those by its tail and by its head.

    Examples
    --------
    >>> mean_intensity(np.zeros(1), np.full(1, 100.0), np.full(1, 100.0), 100.0)
    array([0.5])
    """
    far = 2 * (reach_m + length_m)
    tail, head = np.minimum(at_tail_m, far), np.minimum(at_head_m, far)
    turn = np.clip((length_m + head - tail) / 2, 0, length_m)
    total = _ramp(tail, turn, reach_m) + _ramp(head, length_m - turn, reach_m)
    return np.asarray(np.clip(total / np.maximum(length_m, 1e-9), 0, 1), np.float64)


def _ramp(
    from_m: NDArray[np.float64], run_m: NDArray[np.float64], reach_m: float
) -> NDArray[np.float64]:
    left = np.maximum(reach_m - from_m, 0)
    run = np.minimum(run_m, left)
    return (left * run - run**2 / 2) / reach_m
