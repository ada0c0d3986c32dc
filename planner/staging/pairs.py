"""Two ways from a place to two gateways that share no street: the pair with the least seconds.

A way is a row of arcs that obeys the turn rules, so it is a path in the graph whose nodes are arcs
and whose edges are allowed turns. Two ways without a common *arc* are then a flow of two units in
which every arc and every gateway holds one: the least such flow is found by two shortest
augmenting searches, the second of which may push the first way aside (Suurballe, Bhandari), each
led by the seconds that a tree from the gateways already knows. A *street* is more than an arc: its
other direction and its copies count as the same. Where the least flow drives a street twice, one
of the two arcs is left out, either in turn (branch and bound), until no street is driven twice.

That is exact, turn rules included: the pair returned has the least seconds of all pairs whose ways
drive no street twice, and None means that there is none, unless ``MOST_TRIES`` ran out.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.compiled import compiled
from planner.network.moves import BARRED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.network.search import Graph

MOST_TRIES = 64
"""Flows looked at for one place before its pair is taken as found but not proven."""

UNUSED, ENDS = -2, -1
"""In ``after`` of the kernel: on no way; the last arc of one."""


class Found(NamedTuple):
    """The arcs of two ways in driving order, quicker first; None: no pair. Proven: exact."""

    ways: tuple[NDArray[np.int32], NDArray[np.int32]] | None
    proven: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs of ways over some arcs to the doors of gateways.

    Attributes
    ----------
    graph
        Movements with their seconds.
    roads
        int32[m]; number of the street of each arc.
    owner
        int[n]; gateway whose door a node is, -1: none's.
    ahead
        float64[m]; least seconds from entering each arc to any door, inf where none is reached.
    closed
        Grounds, bool[m], out of which at most one way leads: known from places without a pair.
    """

    graph: Graph
    roads: NDArray[np.int32]
    owner: NDArray[np.int64]
    ahead: NDArray[np.float64]
    closed: list[NDArray[np.bool_]] = field(default_factory=list)

    def least(
        self,
        starts: NDArray[np.int32],
        entry_s: NDArray[np.float64],
        barred: NDArray[np.bool_] | None = None,
    ) -> Found:
        """Return the least pair that begins with two of the arcs ``starts``.

        Parameters
        ----------
        starts
            int32[k]; arcs that may come first.
        entry_s
            float64[k]; seconds that entering each costs, as the turn onto it.
        barred
            bool[m]; arcs that may not be used.
        """
        onward = starts[np.isfinite(self.ahead[starts])]
        if any(ground[onward].all() for ground in self.closed):
            return Found(None)
        shut = np.zeros(self.graph.n_arcs, bool) if barred is None else barred
        number = itertools.count()
        left: list[tuple[float, int, tuple[int, ...], list[NDArray[np.int32]]]] = []
        out: list[tuple[int, ...]] = [()]
        for tries in itertools.count():
            for bars in out:
                ways, seconds, met = self._flow(starts, entry_s, shut, bars)
                if not ways and barred is None and not bars:
                    self.closed.append(met)
                if ways:
                    heapq.heappush(left, (seconds, next(number), bars, ways))
            if not left:
                return Found(None)
            _, _, bars, ways = heapq.heappop(left)
            twice = self._twice(np.concatenate(ways))
            if twice is None:
                return Found((ways[0], ways[1]))
            if tries == MOST_TRIES:
                return Found(None, proven=False)
            out = [(*bars, arc) for arc in twice]
        raise AssertionError

    def _flow(
        self,
        starts: NDArray[np.int32],
        entry_s: NDArray[np.float64],
        shut: NDArray[np.bool_],
        bars: tuple[int, ...],
    ) -> tuple[list[NDArray[np.int32]], float, NDArray[np.bool_]]:
        """Return the least two ways without a common arc, [] for none; seconds; arcs reached."""
        barred = shut
        if bars:
            barred = shut.copy()
            barred[list(bars)] = True
        found, before, after, met, seconds = _two_units(
            self.graph, self.owner, int(self.owner.max(initial=-1)) + 1, self.ahead,
            starts, entry_s, barred,
        )  # fmt: skip
        if found < 2:
            return [], np.inf, met
        ways = [
            np.array(list(_row(after, int(arc))), np.int32)
            for arc in starts
            if after[arc] != UNUSED and before[arc] < 0
        ]
        return sorted(ways, key=lambda way: int(self.graph.seconds(way).sum())), seconds, met

    def _twice(self, arcs: NDArray[np.int32]) -> tuple[int, int] | None:
        """Return two of some arcs that are one street, None where there are none."""
        roads = self.roads[arcs]
        order = np.argsort(roads, kind="stable")
        same = np.flatnonzero(np.diff(roads[order]) == 0)
        if not len(same):
            return None
        return int(arcs[order[same[0]]]), int(arcs[order[same[0] + 1]])


def _row(after: NDArray[np.int32], arc: int) -> Iterator[int]:
    while arc >= 0:
        yield arc
        arc = int(after[arc])


@compiled(nogil=True)
def _two_units(graph, owner, n_gateways, ahead, starts, entry_s, barred):
    # Nodes: the begin of arc a is a, its end is m + a, gateway g is 2 m + g. Edges: along an arc
    # (held once), turns, from the end of an arc to the gateway whose door is there (each
    # gateway is left once). Reduced costs stay at 0 or more: ``ahead`` at first, lifted after the
    # first search by what that found (Johnson). Units sent back along a way undo it.
    m = len(graph.tail)
    size = 2 * m + n_gateways
    high = np.zeros(size)
    high[:m] = ahead
    high[m : 2 * m] = ahead - graph.time
    after = np.full(m, UNUSED, np.int32)
    before = np.full(m, -1, np.int32)
    end_of = np.full(n_gateways, -1, np.int32)
    cost = np.empty(size)
    parent = np.empty(size, np.int32)
    seconds = 0.0
    found = 0
    while found < 2:
        cost[:] = np.inf
        heap = [(0.0, np.int64(-1))]
        heap.pop()
        for k in range(len(starts)):
            b = starts[k]
            begun = after[b] != UNUSED and before[b] < 0
            if barred[b] or begun or ahead[b] == np.inf:
                continue
            f = entry_s[k] + high[b]
            if f < cost[b]:
                cost[b] = f
                parent[b] = -1
                heapq.heappush(heap, (f, np.int64(b)))
        last = -1
        most = np.inf
        while heap:
            f, top = heapq.heappop(heap)
            v = int(top)
            if f > cost[v]:
                continue
            if v >= 2 * m:
                arc = end_of[v - 2 * m]
                if arc < 0:
                    last = v
                    most = f
                    break
                _relax(heap, cost, parent, high, v, m + arc, f)
            elif v < m:
                if after[v] == UNUSED:
                    _relax(heap, cost, parent, high, v, m + v, f + graph.time[v])
                elif before[v] >= 0:
                    arc = before[v]
                    turn = graph.turn[graph.row[v] + graph.entry[arc]]
                    _relax(heap, cost, parent, high, v, m + arc, f - turn)
            else:
                arc = v - m
                if after[arc] != UNUSED:
                    _relax(heap, cost, parent, high, v, arc, f - graph.time[arc])
                node = graph.head[arc]
                gateway = owner[node]
                if gateway >= 0 and after[arc] != ENDS:
                    _relax(heap, cost, parent, high, v, 2 * m + gateway, f)
                for i in range(graph.out_start[node], graph.out_start[node + 1]):
                    b = graph.out_arcs[i]
                    turn = graph.turn[graph.row[b] + graph.entry[arc]]
                    if turn == BARRED or barred[b] or ahead[b] == np.inf:
                        continue
                    if b != arc and after[arc] != b:
                        _relax(heap, cost, parent, high, v, b, f + turn)
        if last < 0:
            break
        for v in range(size):
            if cost[v] < most:
                high[v] += most - cost[v]
        seconds += most
        # Along the search backwards: what leaves the end of an arc now follows it.
        v = last
        while v >= 0:
            u = parent[v]
            if u < 0:
                before[v] = -1
            elif u >= m and u < 2 * m:
                arc = u - m
                if v >= 2 * m:
                    after[arc] = ENDS
                    end_of[v - 2 * m] = arc
                elif v == arc:
                    after[arc] = UNUSED
                else:
                    after[arc] = v
                    before[v] = arc
            v = u
        found += 1
    return found, before, after, cost[:m] < np.inf, seconds


@compiled(inline="always")
def _relax(heap, cost, parent, high, v, to, f):
    """Lower the cost of a node reached from ``v``: ``f`` holds what lay before, high at ``v``."""
    f = f - high[v] + high[to]
    if f < cost[to]:
        cost[to] = f
        parent[to] = v
        heapq.heappush(heap, (f, np.int64(to)))
