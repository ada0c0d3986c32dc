"""The straight steps of some roads, joined at their nodes, whoever may drive there."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROUND_M = 120.0
"""Most metres of road between two samples next to each other: round a corner that was cut."""

OFF = -1
"""In the place of a step: off every road."""


class Road(Protocol):
    """A line of nodes: ids, metric places, metres of each from the first."""

    @property
    def refs(self) -> Sequence[int]:
        """Node ids; roads with one id in common are joined there."""

    @property
    def xy(self) -> NDArray[np.float64]:
        """float64[n, 2]; NaN where no place is known."""

    @property
    def along(self) -> NDArray[np.float64]:
        """float64[n]."""


class Strand(NamedTuple):
    """A road of a network: node ids, float64[n, 2] metric."""

    refs: tuple[int, ...]
    xy: NDArray[np.float64]

    @property
    def along(self) -> NDArray[np.float64]:
        """Metres from the first node to each."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.xy, axis=0).T))])


class State(NamedTuple):
    """A place on a step of a road, driven in one direction; step -1 is off every road."""

    step: int
    forward: bool
    at: float
    off: float


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The straight steps of all roads and the graph they make.

    Attributes
    ----------
    a, b
        Node ids at either end, in drawing order.
    road, along, length
        Road of each step, metres on it at its start, its metres.
    at_node
        For each node the (step, forward, node at the other end) by which one may leave it.
    found
        Ways round already looked for, by the node they start at.
    """

    a: list[int]
    b: list[int]
    road: list[int]
    along: list[float]
    length: list[float]
    lines: NDArray[np.object_]
    at_node: dict[int, list[tuple[int, bool, int]]]
    found: dict[int, dict[int, tuple[float, int, bool]]] = field(default_factory=dict)

    def near(self, node: int) -> dict[int, tuple[float, int, bool]]:
        """Return metres to each node within ``ROUND_M``, with the step by which it is reached."""
        if node not in self.found:
            self.found[node] = self._look_round(node)
        return self.found[node]

    def _look_round(self, start: int) -> dict[int, tuple[float, int, bool]]:
        done: dict[int, tuple[float, int, bool]] = {}
        heap: list[tuple[float, int, int, bool]] = [(0.0, start, OFF, True)]
        while heap:
            metres, node, step, forward = heapq.heappop(heap)
            if node in done:
                continue
            done[node] = (metres, step, forward)
            for onward, way, other in self.at_node[node]:
                far = metres + self.length[onward]
                if other not in done and far <= ROUND_M:
                    heapq.heappush(heap, (far, other, onward, way))
        return done

    def way_between(self, start: int, end: int) -> list[tuple[int, bool]]:
        """Return the steps from one node to another, as ``near`` found them."""
        found, way = self.near(start), []
        while end != start:
            _, step, forward = found[end]
            way.append((step, forward))
            end = self.a[step] if forward else self.b[step]
        return way[::-1]

    def ends(self, state: State) -> tuple[int, int]:
        """Return the nodes at which a state's step begins and ends, in driving order."""
        pair = (self.a[state.step], self.b[state.step])
        return pair if state.forward else pair[::-1]

    def driven(self, state: State) -> float:
        """Return the metres of its step that a state has behind it."""
        return state.at if state.forward else self.length[state.step] - state.at


def steps_of(roads: Sequence[Road]) -> Steps:
    """Return the steps of roads whose ends have a place."""
    a, b, road, along, ends = [], [], [], [], []
    for number, one in enumerate(roads):
        known: NDArray[np.bool_] = np.asarray(np.isfinite(one.xy).all(axis=1))
        at = one.along
        for i in np.flatnonzero(known[:-1] & known[1:]).tolist():
            a.append(one.refs[i])
            b.append(one.refs[i + 1])
            road.append(number)
            along.append(float(at[i]))
            ends.append(one.xy[i : i + 2])
    pairs = np.array(ends, float).reshape(-1, 2, 2)
    length = np.hypot(*(pairs[:, 1] - pairs[:, 0]).T).tolist()
    at_node: dict[int, list[tuple[int, bool, int]]] = defaultdict(list)
    for step, (one_end, other) in enumerate(zip(a, b, strict=True)):
        at_node[one_end].append((step, True, other))
        at_node[other].append((step, False, one_end))
    lines = np.asarray(shapely.linestrings(pairs), object)
    return Steps(a, b, road, along, length, lines, dict(at_node))


def candidates(
    steps: Steps, points: NDArray[np.object_], reach_m: float
) -> list[list[tuple[int, float, float]]]:
    """Return (step, metres on it, metres off it) of every step within reach of each point."""
    tree = shapely.STRtree(steps.lines)
    sample, step = tree.query(points, predicate="dwithin", distance=reach_m)
    at = shapely.line_locate_point(steps.lines[step], points[sample])
    off = shapely.distance(steps.lines[step], points[sample])
    found: list[list[tuple[int, float, float]]] = [[] for _ in points]
    for i, s, m, d in zip(sample.tolist(), step.tolist(), at.tolist(), off.tolist(), strict=True):
        if steps.length[s] > 0:
            found[i].append((s, m, d))
    return found


def gaps(points: NDArray[np.object_], steps: Steps) -> NDArray[np.float64]:
    """Return metres from each point to the nearest road."""
    tree = shapely.STRtree(steps.lines)
    found: NDArray[np.float64] = np.full(len(points), np.inf)
    (sample, _), off = tree.query_nearest(points, return_distance=True, all_matches=False)
    found[sample] = off
    return found
