"""What a driver sees at the junctions of a way: angles, other exits, roundabouts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.graph import CLASSES, Access
from planner.network.moves import BARRED

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

SIGHT_M = 20.0
"""Headings are taken over this length on either side of a junction."""

LEAST_M = 4.0
"""A piece shorter than this has no heading of its own."""

RING_M = 450.0
ROUND = 0.8
"""A one-way loop up to this long and at least this round (4 pi area / length²: a square of
streets has 0.79, a circle 1) is a roundabout, if it bends at no node like a street corner."""

CORNER_DEG = 75.0

MINOR = frozenset(
    CLASSES.index(name)
    for name in ("service", "track", "pedestrian", "footway", "path", "steps", "cycleway",
                 "bridleway")
)  # fmt: skip
FERRY = CLASSES.index("ferry")
FAST = frozenset(
    i for i, name in enumerate(CLASSES) if name.startswith(("motorway", "trunk"))
)  # fmt: skip


class Exit(NamedTuple):
    """Another way on: degrees to the left of straight on, its arc."""

    angle: float
    arc: int


@dataclass(frozen=True, eq=False)
class Course:
    """A way of `k` arcs as its driver sees it.

    Attributes
    ----------
    problem, way
        The roads, the way on them.
    """

    problem: Problem
    way: Walk

    @cached_property
    def arcs(self) -> list[int]:
        """The arcs as plain numbers."""
        arcs: list[int] = self.way.arcs.tolist()
        return arcs

    @cached_property
    def _line(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Points float64[p, 2]; metres along, float64[p]; the same at nodes, float64[k + 1]."""
        network = self.problem.network
        shapes = [network.arc_shape(a) for a in self.arcs]
        xy = np.concatenate(shapes)
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        ends = np.cumsum([len(s) for s in shapes])
        return xy, along, np.concatenate([[0.0], along[ends - 1]])

    @cached_property
    def _axes(self) -> NDArray[np.float64]:
        """float64[2, p]; x and y of the line, each in one piece of memory."""
        return np.ascontiguousarray(self._line[0].T)

    @property
    def at(self) -> NDArray[np.float64]:
        """float64[k + 1]; metres along the drawn line at each node."""
        return self._line[2]

    def heading(self, begin: float, end: float) -> float:
        """Return degrees anticlockwise from east of the line between two metres along it."""
        along = self._line[1]
        (x0, x1), (y0, y1) = (np.interp((begin, end), along, c).tolist() for c in self._axes)
        return math.degrees(math.atan2(y1 - y0, x1 - x0))

    @cached_property
    def _headings(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Headings into and out of each node, degrees, float64[k + 1] each."""
        _, along, at = self._line

        def between(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
            step = [np.interp(end, along, c) - np.interp(begin, along, c) for c in self._axes]
            degrees: NDArray[np.float64] = np.degrees(np.arctan2(step[1], step[0]))
            return degrees

        before, after = np.maximum(at - SIGHT_M, 0), np.minimum(at + SIGHT_M, at[-1])
        return between(before, at), between(at, after)

    @property
    def out(self) -> NDArray[np.float64]:
        """Degrees anticlockwise from east in which each node is left, float64[k + 1]."""
        return self._headings[1]

    @cached_property
    def bends(self) -> NDArray[np.float64]:
        """Degrees the way bends to the left at each node, float64[k + 1]; 0 at the ends."""
        into, out = self._headings
        bend = wrap(out - into)
        bend[[0, -1]] = 0.0
        return bend

    def turn(self, begin: int, enter: int, since: int, until: int) -> float:
        """Return degrees to the left between the road before one node and that after another.

        Parameters
        ----------
        begin, enter
            Nodes where the old street is left and the new one entered.
        since, until
            Nodes where the old street began and the new one ends: what lies beyond them
            belongs to other turns.
        """
        at = self.at
        back = max(float(at[since]), float(at[begin]) - SIGHT_M)
        ahead = min(float(at[until]), float(at[enter]) + SIGHT_M)
        if at[begin] - back < LEAST_M:
            back = max(0.0, float(at[begin]) - SIGHT_M)
        if ahead - at[enter] < LEAST_M:
            ahead = min(float(at[-1]), float(at[enter]) + SIGHT_M)
        into, out = self.heading(back, float(at[begin])), self.heading(float(at[enter]), ahead)
        return (out - into + 180.0) % 360.0 - 180.0

    @cached_property
    def crossings(self) -> NDArray[np.bool_]:
        """bool[k + 1]; nodes with more ways on than the one taken; never the ends."""
        graph, network = self.problem.graph, self.problem.network
        heads = network.head[self.way.arcs[:-1]]
        many = graph.out_start[heads + 1] - graph.out_start[heads]
        first = np.cumsum(many) - many
        places = np.arange(many.sum()) + np.repeat(graph.out_start[heads] - first, many)
        leaving = graph.out_arcs[places]
        # The way itself leads on from every one of these nodes: none is without.
        roads_out = np.add.reduceat(network.copy_of[leaving] == leaving, first, dtype=np.int64)
        ways_on = roads_out - (network.twin[self.way.arcs[:-1]] >= 0)
        return np.concatenate([[False], ways_on > 1, [False]])

    @cached_property
    def _exits(self) -> dict[int, list[Exit]]:
        """Exits already looked for, by node."""
        return {}

    def exits(self, node: int) -> list[Exit]:
        """Return the other legal ways on from a node that a driver would take for a street."""
        if not self.crossings[node]:
            return []
        if node not in self._exits:
            self._exits[node] = self._look_for_exits(node)
        return self._exits[node]

    def _look_for_exits(self, node: int) -> list[Exit]:
        network, graph = self.problem.network, self.problem.graph
        before, taken = self.arcs[node - 1], self.arcs[node]
        heading = self._headings[0][node]
        crossing = network.head[before]
        found = []
        seen = {int(network.copy_of[taken])}
        if network.twin[before] >= 0:
            seen.add(int(network.copy_of[network.twin[before]]))
        for arc in graph.out_arcs[graph.out_start[crossing] : graph.out_start[crossing + 1]]:
            barred = graph.turn[graph.row[arc] + graph.entry[before]] == BARRED
            road = int(network.copy_of[arc])
            if barred or road in seen or _lesser(self.problem, road, taken):
                continue
            seen.add(road)
            angle = _heading_of(network.arc_shape(road)) - heading
            found.append(Exit(float((angle + 180.0) % 360.0 - 180.0), road))
        return found

    @cached_property
    def rings(self) -> list[tuple[int, int, int]]:
        """Roundabouts on the way: first arc, arc after the last, number of the exit taken."""
        network = self.problem.network
        one_way = network.twin[self.way.arcs] < 0
        ways = network.way_id[self.way.arcs]
        start = np.flatnonzero(one_way[1:] & (ways[1:] != ways[:-1])) + 1
        found, done = [], 0
        for begin in start.tolist():
            if begin < done or not _may_begin_ring(
                self.problem, self.arcs[begin - 1], self.arcs[begin]
            ):
                continue
            ring = _ring(self.problem, self.arcs[begin])
            if self.arcs[begin - 1] in ring or not ring:
                continue
            end = begin
            while end < len(self.arcs) and self.arcs[end] in ring:
                end += 1
            passed = [_leaves(self.problem, arc, ring) for arc in self.arcs[begin : end - 1]]
            found.append((begin, end, 1 + sum(passed)))
            done = end
        return found


def wrap(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return angles within -180 to 180 degrees."""
    wrapped: NDArray[np.float64] = (degrees + 180.0) % 360.0 - 180.0
    return wrapped


def _lesser(problem: Problem, arc: int, taken: int) -> bool:
    """Tell whether a road is one that nobody on the taken one would mistake it for."""
    network = problem.network
    minor = network.road_class[arc] in MINOR and network.road_class[taken] not in MINOR
    private = network.access[arc] == Access.PRIVATE and network.access[taken] != Access.PRIVATE
    return bool(minor or private)


def _heading_of(shape: NDArray[np.float64]) -> float:
    """Return the heading of the first metres of an arc, degrees anticlockwise from east."""
    points: list[tuple[float, float]] = shape.tolist()
    (x0, y0), left = points[0], SIGHT_M
    x, y = x0, y0
    for a, b in pairwise(points):
        step = math.dist(a, b)
        part = min(1.0, left / step) if step > 0 else 1.0
        x, y = a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])
        left -= step
        if left <= 0:
            break
    return math.degrees(math.atan2(y - y0, x - x0))


def _may_begin_ring(problem: Problem, before: int, first: int) -> bool:
    """Tell whether another one-way arc than the one before leads into an arc."""
    network, graph = problem.network, problem.graph
    if network.length_m[first] > RING_M / 2:
        return False
    node = network.tail[first]
    into = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]].tolist()
    return any(
        arc != before and network.twin[arc] < 0 and abs(_bend(network, arc, first)) < CORNER_DEG
        for arc in into
    )


def _bend(network: Network, before: int, after: int) -> float:
    """Return degrees to the left from the last piece of an arc to the first of the next."""
    xy, start = network.shape_xy, network.shape_start
    (ax, ay), (bx, by) = xy[start[before + 1] - 2 : start[before + 1]].tolist()
    (cx, cy), (dx, dy) = xy[start[after] : start[after] + 2].tolist()
    x, y, u, v = bx - ax, by - ay, dx - cx, dy - cy
    return math.degrees(math.atan2(x * v - y * u, x * u + y * v))


def _ring(problem: Problem, first: int) -> frozenset[int]:
    """Return the arcs of the roundabout that an arc is part of, none if it is not."""
    for side in (1, -1):
        arcs = _loop(problem, first, side)
        if arcs and _is_round(problem, arcs):
            return frozenset(arcs)
    return frozenset()


def _loop(problem: Problem, first: int, side: int) -> list[int]:
    """Return the one-way arcs back to the first, always by the exit furthest to one side."""
    network, graph = problem.network, problem.graph
    arcs, length, arc = [first], float(network.length_m[first]), first
    x, y = network.node_xy[network.tail[first]].tolist()
    while length <= RING_M:
        node = network.head[arc]
        if node == network.tail[first]:
            return arcs
        here_x, here_y = network.node_xy[node].tolist()
        if math.hypot(here_x - x, here_y - y) > RING_M / math.pi:
            return []
        last, best, arc = arc, -np.inf, -1
        for other in graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]].tolist():
            if network.twin[other] >= 0:
                continue
            bend = side * _bend(network, last, other)
            if best < bend < CORNER_DEG:
                best, arc = bend, other
        if arc < 0 or best < -CORNER_DEG:
            return []
        arcs.append(arc)
        length += float(network.length_m[arc])
    return []


def _is_round(problem: Problem, arcs: list[int]) -> bool:
    shape = np.concatenate([problem.network.arc_shape(a) for a in arcs])
    x, y = (shape - shape[0]).T
    area = 0.5 * abs(float(x[:-1] @ y[1:] - x[1:] @ y[:-1]))
    step = np.diff(shape, axis=0)
    step = step[np.hypot(*step.T) > 0]
    length = float(np.hypot(*step.T).sum())
    heading = np.degrees(np.arctan2(step[:, 1], step[:, 0]))
    corner = np.abs(wrap(np.diff(heading))).max(initial=0.0)
    return bool(corner < CORNER_DEG and 4 * np.pi * area >= ROUND * length**2)


def _leaves(problem: Problem, arc: int, ring: frozenset[int]) -> bool:
    """Tell whether a roundabout has an exit at the end of one of its arcs, drives included."""
    network, graph = problem.network, problem.graph
    node = network.head[arc]
    out = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]].tolist()
    return any(o not in ring and network.access[o] == Access.PUBLIC for o in out)
