"""Streets as a planar graph: crossings become shared nodes, short ends are pruned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from aldermere.shapes import Points, along, at, length


@dataclass(slots=True, eq=False)
class Edge:
    """A street between two junctions."""

    u: int
    v: int
    pts: Points
    street: int
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """Junctions and the streets between them."""

    xy: list[Points]
    edges: list[Edge]

    def at_node(self) -> dict[int, list[int]]:
        """Return the edges at each node, a loop twice."""
        out: dict[int, list[int]] = defaultdict(list)
        for i, e in enumerate(self.edges):
            out[e.u].append(i)
            out[e.v].append(i)
        return out

    def add_node(self, point: Points) -> int:
        """Add a junction and return its index."""
        self.xy.append(np.asarray(point, float))
        return len(self.xy) - 1

    def split(self, i: int, distance: float) -> int:
        """Cut edge `i` at a distance from its start; return the new junction."""
        e = self.edges[i]
        s = along(e.pts)
        p = np.array([np.interp(distance, s, e.pts[:, 0]), np.interp(distance, s, e.pts[:, 1])])
        n = self.add_node(p)
        before, after = e.pts[s < distance - 0.05], e.pts[s > distance + 0.05]
        self.edges.append(Edge(n, e.v, np.vstack([p, after]), e.street, dict(e.tags)))
        e.v, e.pts = n, np.vstack([before, p])
        return n


def crossings(lines: list[Points]) -> list[tuple[int, int, float, float]]:
    """Return (segment, segment, share along each) of all crossings of different lines.

    Segments are numbered through all lines in order.
    """
    a = np.vstack([line[:-1] for line in lines])
    b = np.vstack([line[1:] for line in lines])
    owner = np.concatenate([np.full(len(line) - 1, i) for i, line in enumerate(lines)])
    cells: dict[tuple[int, int], list[int]] = defaultdict(list)
    low, high = (
        np.floor(np.minimum(a, b) / 60).astype(int),
        np.floor(np.maximum(a, b) / 60).astype(int),
    )
    for i, (lo, hi) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        for cx in range(lo[0], hi[0] + 1):
            for cy in range(lo[1], hi[1] + 1):
                cells[cx, cy].append(i)
    pairs = {
        (i, j)
        for inside in cells.values()
        for k, i in enumerate(inside)
        for j in inside[k + 1 :]
        if owner[i] != owner[j]
    }
    if not pairs:
        return []
    p = np.array(sorted(pairs))
    d1, d2 = b[p[:, 0]] - a[p[:, 0]], b[p[:, 1]] - a[p[:, 1]]
    gap = a[p[:, 1]] - a[p[:, 0]]
    det = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]
    flat = np.abs(det) < 1e-9
    det[flat] = 1.0
    t = (gap[:, 0] * d2[:, 1] - gap[:, 1] * d2[:, 0]) / det
    u = (gap[:, 0] * d1[:, 1] - gap[:, 1] * d1[:, 0]) / det
    eps = 1e-9
    hit = ~flat & (t >= -eps) & (t <= 1 + eps) & (u >= -eps) & (u <= 1 + eps)
    return [
        (int(i), int(j), float(s), float(w))
        for (i, j), s, w in zip(p[hit], np.clip(t[hit], 0, 1), np.clip(u[hit], 0, 1), strict=True)
    ]


def planar(lines: list[Points]) -> Graph:
    """Return the graph in which lines share a node wherever they cross or touch."""
    cuts: dict[int, list[tuple[float, int]]] = defaultdict(list)
    first = np.concatenate([[0], np.cumsum([len(line) - 1 for line in lines])])
    graph = Graph([], [])
    places: dict[tuple[int, int], int] = {}

    def node(p: Points) -> int:
        key = (round(p[0] * 4), round(p[1] * 4))
        if key not in places:
            places[key] = graph.add_node(p)
        return places[key]

    start = [line[:-1] for line in lines]
    flat_a = np.vstack(start)
    flat_b = np.vstack([line[1:] for line in lines])
    for i, j, t, u in crossings(lines):
        n = node(flat_a[i] + t * (flat_b[i] - flat_a[i]))
        cuts[i].append((t, n))
        cuts[j].append((u, n))
    for k, line in enumerate(lines):
        begin, pts = node(line[0]), [line[0]]
        for s in range(len(line) - 1):
            for _, n in sorted(cuts[int(first[k]) + s]):
                if n != begin:
                    pts.append(graph.xy[n])
                    _put(graph, begin, n, pts, k)
                begin, pts = n, [graph.xy[n]]
            pts.append(line[s + 1])
        _put(graph, begin, node(line[-1]), pts, k)
    return graph


def _put(graph: Graph, u: int, v: int, pts: list[Points], street: int) -> None:
    line = np.array(pts)
    keep = np.concatenate([[True], np.hypot(*np.diff(line, axis=0).T) > 0.3])
    keep[-1] = True
    line = line[keep]
    if len(line) < 2 or (u == v and length(line) < 60):
        return
    line[0], line[-1] = graph.xy[u], graph.xy[v]
    graph.edges.append(Edge(u, v, line, street))


def contract(graph: Graph, shortest: float, rank: list[int]) -> None:
    """Pull together junctions nearer than a distance along a street, in place.

    The junction on the street of lowest rank keeps its place.
    """
    for _ in range(12):
        parent = list(range(len(graph.xy)))
        best = _node_rank(graph, rank)
        for e in sorted(graph.edges, key=lambda e: length(e.pts)):
            if length(e.pts) >= shortest:
                break
            if e.u == e.v or parent[e.u] != e.u or parent[e.v] != e.v:
                continue
            keep, go = (e.u, e.v) if best[e.u] <= best[e.v] else (e.v, e.u)
            parent[go] = keep
            # One step a round and node: chains are pulled together in later rounds.
        moved = False
        kept = []
        for e in graph.edges:
            u, v = _root(parent, e.u), _root(parent, e.v)
            moved |= (u, v) != (e.u, e.v)
            e.u, e.v = u, v
            e.pts = _refit(e.pts, graph.xy[u], graph.xy[v])
            if u != v or length(e.pts) > 60:
                kept.append(e)
        graph.edges = kept
        if not moved:
            return


def _root(parent: list[int], i: int) -> int:
    while parent[i] != i:
        i = parent[i]
    return i


def _node_rank(graph: Graph, rank: list[int]) -> dict[int, int]:
    best: dict[int, int] = defaultdict(lambda: 99)
    for e in graph.edges:
        for n in (e.u, e.v):
            best[n] = min(best[n], rank[e.street])
    return best


def _refit(pts: Points, start: Points, end: Points) -> Points:
    """Move the ends; drop vertices that would make a kink beside them."""
    inner = pts[1:-1]
    if len(inner):
        far = (np.hypot(*(inner - start).T) > 12) & (np.hypot(*(inner - end).T) > 12)
        inner = inner[far]
    return np.vstack([start, inner, end])


def prune(graph: Graph, keep_end: list[bool], rank: list[int]) -> None:
    """Drop doubles and short loose ends, then all but the largest part, in place."""
    seen: dict[tuple[int, int], list[Edge]] = defaultdict(list)
    for e in sorted(graph.edges, key=lambda e: (rank[e.street], length(e.pts))):
        key = (min(e.u, e.v), max(e.u, e.v))
        if all(abs(length(e.pts) - length(o.pts)) > 40 for o in seen[key]):
            seen[key].append(e)
    graph.edges = [e for doubles in seen.values() for e in doubles]
    for _ in range(30):
        degree = {n: len(es) for n, es in graph.at_node().items()}
        loose = [
            e for e in graph.edges
            if (degree[e.u] == 1 or degree[e.v] == 1) and not keep_end[e.street]
        ]  # fmt: skip
        gone = {id(e) for e in loose}
        if not gone:
            break
        graph.edges = [e for e in graph.edges if id(e) not in gone]
    _largest(graph)


def sharp(graph: Graph, rank: list[int], least: float) -> None:
    """Drop side streets that meet another at a sharper angle than this, in place."""
    gone: set[int] = set()
    for n, ids in graph.at_node().items():
        rays = []
        for i in ids:
            e = graph.edges[i]
            pts = e.pts if e.u == n else e.pts[::-1]
            ray = at(pts, min(20.0, length(pts))) - pts[0]
            rays.append((np.arctan2(ray[1], ray[0]), i))
        for k, (a, i) in enumerate(rays):
            for b, j in rays[k + 1 :]:
                apart = abs((a - b + np.pi) % (2 * np.pi) - np.pi)
                if apart < least and i != j and not {i, j} & gone:
                    weak = max(
                        (rank[graph.edges[q].street], -length(graph.edges[q].pts), q)
                        for q in (i, j)
                    )
                    if weak[0] > 1:
                        gone.add(weak[2])
    graph.edges = [e for i, e in enumerate(graph.edges) if i not in gone]


def _largest(graph: Graph) -> None:
    parent = list(range(len(graph.xy)))
    for e in graph.edges:
        parent[_root(parent, e.u)] = _root(parent, e.v)
    weight: dict[int, float] = defaultdict(float)
    for e in graph.edges:
        weight[_root(parent, e.u)] += length(e.pts)
    best = max(weight, key=lambda n: weight[n])
    graph.edges = [e for e in graph.edges if _root(parent, e.u) == best]
