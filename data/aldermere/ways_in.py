"""Legal ways through the city, for the approved routes and the march of the scenario."""

from __future__ import annotations

import heapq
import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from aldermere.roads import driven
from aldermere.shapes import Points, length

if TYPE_CHECKING:
    from aldermere.city import City

SPEED_KMH = {
    "motorway": 90, "motorway_link": 50, "primary": 50, "secondary": 45, "tertiary": 40,
    "unclassified": 35, "residential": 28, "living_street": 10, "service": 12, "ferry": 8,
}  # fmt: skip


class Ways:
    """Every direction of every street, with the turns that are allowed."""

    def __init__(self, city: City) -> None:
        self.city = city
        edges = city.roads.graph.edges
        self.arcs = driven(city.roads)
        self.out: dict[int, list[int]] = defaultdict(list)
        for k, (u, _, _) in enumerate(self.arcs):
            self.out[u].append(k)
        tags = city.roads.node_tags
        self.shut = {n for n, t in tags.items() if t.get("barrier") == "bollard"}
        self.no: set[tuple[int, int, int]] = set()
        self.only: dict[tuple[int, int], int] = {}
        for ban in city.bans:
            if isinstance(ban.via, int) and ban.kind.startswith("only"):
                self.only[id(ban.come), ban.via] = id(ban.go)
            elif isinstance(ban.via, int):
                self.no.add((id(ban.come), ban.via, id(ban.go)))
        self.edge = [edges[i] for _, _, i in self.arcs]

    def node(self, place: tuple[float, float] | Points) -> int:
        """Return the junction nearest to a place."""
        xy = self.city.roads.graph.xy
        nodes = list(self.out)
        gap = np.hypot(*(np.array([xy[n] for n in nodes]) - np.asarray(place)).T)
        return nodes[int(np.argmin(gap))]

    def drive(self, start: int, end: int) -> Points:
        """Return the fastest legal way by car from one junction to another."""
        first = {k: self._seconds(k) for k in self.out[start]}
        return self._search(first, end)

    def walk(self, places: list[tuple[float, float]]) -> Points:
        """Return the shortest way along streets through places, turns and one-ways aside."""
        nodes = [self.node(p) for p in places]
        parts = [self._on_foot(a, b) for a, b in itertools.pairwise(nodes)]
        return np.vstack([parts[0], *[p[1:] for p in parts[1:]]])

    def _seconds(self, k: int) -> float:
        e = self.edge[k]
        return length(e.pts) / SPEED_KMH.get(self.city.roads.kind(e), 30) * 3.6

    def _search(self, first: dict[int, float], end: int) -> Points:
        heap = [(t, k) for k, t in first.items()]
        heapq.heapify(heap)
        best, before = dict(first), dict.fromkeys(first, -1)
        while heap:
            t, k = heapq.heappop(heap)
            if t > best[k]:
                continue
            if self.arcs[k][1] == end:
                return self._drawn(k, before)
            for j in self._next(k):
                s = t + self._seconds(j)
                if s < best.get(j, 9e9):
                    best[j], before[j] = s, k
                    heapq.heappush(heap, (s, j))
        message = f"no way to junction {end}"
        raise ValueError(message)

    def _next(self, k: int) -> list[int]:
        _, v, i = self.arcs[k]
        e = self.edge[k]
        if v in self.shut:
            return []
        return [
            j for j in self.out[v]
            if self.arcs[j][2] != i and (id(e), v, id(self.edge[j])) not in self.no
            and self.only.get((id(e), v), id(self.edge[j])) == id(self.edge[j])
        ]  # fmt: skip

    def _drawn(self, k: int, before: dict[int, int]) -> Points:
        chain = []
        while k != -1:
            e = self.edge[k]
            chain.append(e.pts if e.u == self.arcs[k][0] else e.pts[::-1])
            k = before[k]
        chain.reverse()
        return np.vstack([chain[0], *[p[1:] for p in chain[1:]]])

    def _on_foot(self, start: int, end: int) -> Points:
        graph = self.city.roads.graph
        at_node = graph.at_node()
        heap: list[tuple[float, int]] = [(0.0, start)]
        best, before = {start: 0.0}, {start: (-1, -1)}
        while heap:
            d, n = heapq.heappop(heap)
            if n == end:
                break
            for i in at_node[n]:
                e = graph.edges[i]
                if self.city.roads.kind(e).startswith(("motorway", "ferry")):
                    continue
                m, s = (e.v if e.u == n else e.u), d + length(e.pts)
                if s < best.get(m, 9e9):
                    best[m], before[m] = s, (n, i)
                    heapq.heappush(heap, (s, m))
        parts, n = [], end
        while n != start:
            n0, i = before[n]
            e = graph.edges[i]
            parts.append(e.pts if e.v == n else e.pts[::-1])
            n = n0
        parts.reverse()
        return np.vstack([parts[0], *[p[1:] for p in parts[1:]]])
