"""From the street plan to roads as driven: closes, roundabouts, motorway, bridges, one-ways."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aldermere.drawing import (
    BOUNDS,
    DOWNTOWN,
    FERRY,
    FRAME,
    GRID,
    INTERCHANGES,
    MOTORWAY,
    RAIL_LINE,
    RAMPARTS,
    RING,
    Road,
    river,
)  # fmt: skip
from aldermere.graph import Edge, Graph, crossings
from aldermere.layout import Layout, ground
from aldermere.names import Namer
from aldermere.shapes import (
    Points,
    Raster,
    along,
    at,
    inside,
    length,
    offset,
    piece,
    resample,
    simplify,
    spline,
)  # fmt: skip

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDABOUTS = ((-1500.0, -1400.0), (-1250.0, 1230.0), (1800.0, 420.0))


@dataclass(slots=True)
class Street:
    """One street: its name, class and the tags that all of it carries."""

    name: str
    kind: str
    tags: dict[str, str] = field(default_factory=dict)
    district: str = "suburb"


@dataclass(slots=True)
class Roads:
    """All roads: junctions, edges, the streets they belong to, what stands at junctions."""

    graph: Graph
    streets: list[Street]
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)

    def kind(self, edge: Edge) -> str:
        """Return the class of an edge."""
        return self.streets[edge.street].kind

    def add(self, street: Street, u: int, v: int, pts: Points, **tags: str) -> Edge:
        """Add an edge of a new street."""
        self.streets.append(street)
        return self.extend(len(self.streets) - 1, u, v, pts, **tags)

    def extend(self, street: int, u: int, v: int, pts: Points, **tags: str) -> Edge:
        """Add an edge of a known street; its ends are put on the junctions."""
        pts = np.array(pts, float)
        pts[0], pts[-1] = self.graph.xy[u], self.graph.xy[v]
        edge = Edge(u, v, pts, street, dict(tags))
        self.graph.edges.append(edge)
        return edge


def pave(layout: Layout, seed: int) -> Roads:
    """Return the finished roads of a street plan."""
    rng = np.random.default_rng(seed + 1)
    roads = Roads(layout.graph, [Street(r.name, r.kind, dict(r.tags)) for r in layout.roads])
    _round(roads)
    _motorway(roads)
    closes(roads, rng)
    _pieces(roads)
    _districts(roads)
    _ferry(roads)
    _classes(roads, rng)
    _one_ways(roads, rng)
    mend(roads)
    _names(roads, rng)
    return roads


def closes(roads: Roads, rng: np.random.Generator, wanted: int = 85) -> None:
    """Add dead-end closes inside large blocks outside the ring, in place."""
    ring = spline(RING, closed=True)
    taken = Raster(FRAME, 4.0)
    for e in roads.graph.edges:
        taken.paint_line(e.pts, 25)
    closed = ground()
    order = rng.permutation(len(roads.graph.edges))
    made = 0
    for i in order:
        e = roads.graph.edges[int(i)]
        size = length(e.pts)
        if roads.kind(e) not in ("residential", "tertiary") or size < 80 or made >= wanted:
            continue
        distance = size * (0.4 + 0.2 * rng.random())
        start = at(e.pts, distance)
        if inside(start[None], ring)[0]:
            continue
        ahead = at(e.pts, distance + 2) - at(e.pts, distance - 2)
        side = 1 if rng.random() < 0.5 else -1
        ray = side * np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead)
        bend, reach = (rng.random() - 0.5) * 0.9, 45 + 70 * rng.random()
        line = _close_line(start, ray, bend, reach)
        while len(line) > 5 and (taken.hit(line[4:]) or closed.hit(line[1:])):
            line = line[:-1]
        if length(line) < 42:
            continue
        n = roads.graph.split(int(i), distance)
        end = roads.graph.add_node(line[-1])
        roads.add(Street("", "residential", {}, "close"), n, end, simplify(line, 0.5))
        roads.node_tags[end] = {"highway": "turning_circle"}
        taken.paint_line(line, 25)
        made += 1


def _close_line(start: Points, ray: Points, bend: float, reach: float) -> Points:
    steps = np.arange(0, reach, 7.0)
    turn = bend * np.clip((steps - 15) / 50, 0, 1.6)
    c, s = np.cos(turn), np.sin(turn)
    step = np.column_stack([ray[0] * c - ray[1] * s, ray[0] * s + ray[1] * c]) * 7.0
    return np.vstack([start, start + np.cumsum(step, axis=0)])


def _round(roads: Roads) -> None:
    """Turn three junctions of main roads into roundabouts, in place."""
    graph = roads.graph
    for place in ROUNDABOUTS:
        degree = graph.at_node()
        n = min(
            degree,
            key=lambda k: (
                float(np.hypot(*(graph.xy[k] - place))) + (9e9 if len(degree[k]) < 3 else 0)
            ),
        )
        centre, radius = graph.xy[n], 26.0
        rim = []
        for i in degree[n]:
            e = graph.edges[i]
            if e.v == n:
                e.u, e.v, e.pts = e.v, e.u, e.pts[::-1]
            far = np.hypot(*(resample(e.pts, 1.0) - centre).T)
            cut = float(np.argmax(far >= radius)) * length(e.pts) / (len(far) - 1)
            e.pts = piece(e.pts, cut, length(e.pts))
            e.u = graph.add_node(e.pts[0])
            ray = e.pts[0] - centre
            rim.append((float(np.arctan2(ray[1], ray[0])), e.u))
        rim.sort()
        roads.streets.append(Street("", "primary", {"junction": "roundabout"}))
        for (a, u), (b, v) in zip(rim, [*rim[1:], (rim[0][0] + 2 * np.pi, rim[0][1])], strict=True):
            t = np.linspace(a, b, max(3, round((b - a) * radius / 9)))
            arc = centre + radius * np.column_stack([np.cos(t), np.sin(t)])
            roads.extend(len(roads.streets) - 1, u, v, arc, junction="roundabout")


def _motorway(roads: Roads) -> None:
    """Add two carriageways, with a diamond interchange at each crossing main road, in place."""
    graph = roads.graph
    middle = spline(MOTORWAY, step=25)
    tags = {"ref": "A7", "maxspeed": "90", "lanes": "2", "oneway": "yes"}
    ways = {side: resample(offset(middle, side * 11), 25) for side in (-1, 1)}
    links: dict[int, list[tuple[float, int]]] = {-1: [], 1: []}
    ramps = Street("", "motorway_link", {"oneway": "yes", "maxspeed": "50"})
    for place in INTERCHANGES:
        i = _crossing_edge(graph, middle, place)
        crossed = float(along(middle)[np.argmin(np.hypot(*(middle - place).T))])
        for side in (-1, 1):
            i = _crossing_edge(graph, offset(middle, side * 66.0), place)
            foot = _cut_at(graph, i, offset(middle, side * 66.0))
            for sign in (-1, 1):
                s = crossed + sign * 300.0
                n = graph.add_node(at(ways[side], s * length(ways[side]) / length(middle)))
                links[side].append((s * length(ways[side]) / length(middle), n))
                ends = (graph.xy[n], graph.xy[foot])
                curve = _ramp(ends, middle, (crossed, sign, side))
                # North-bound is the right-hand side (-1): off before the road, on after it.
                if sign * side > 0:
                    roads.add(ramps, n, foot, curve, oneway="yes")
                else:
                    roads.add(ramps, foot, n, curve[::-1], oneway="yes")
    for side, name in ((-1, "north"), (1, "south")):
        line, size = ways[side], length(ways[side])
        stops = [
            (0.0, graph.add_node(line[0])),
            *sorted(links[side]),
            (size, graph.add_node(line[-1])),
        ]
        roads.streets.append(Street("Eastern Motorway", "motorway", {**tags, "direction": name}))
        for (a, u), (b, v) in itertools.pairwise(stops):
            pts = simplify(piece(line, a, b), 0.4)
            ends, pts = ((v, u), pts[::-1]) if side == 1 else ((u, v), pts)
            roads.extend(len(roads.streets) - 1, *ends, pts, oneway="yes")


def _ramp(ends: tuple[Points, Points], middle: Points, where: tuple[float, int, int]) -> Points:
    crossed, sign, side = where
    mids = []
    for back, reach in ((220.0, 16.0), (130.0, 34.0), (60.0, 55.0)):
        line = offset(middle, side * reach)
        mids.append(at(line, (crossed + sign * back) * length(line) / length(middle)))
    return simplify(spline([tuple(p) for p in (ends[0], *mids, ends[1])], step=14), 0.5)


def _crossing_edge(graph: Graph, line: Points, place: tuple[float, float]) -> int:
    lines = [e.pts for e in graph.edges] + [line]
    first = np.cumsum([0] + [len(p) - 1 for p in lines])
    best = (9e9, -1)
    for i, j, t, _ in crossings(lines):
        if j >= first[-2] and i < first[-2]:
            k = int(np.searchsorted(first, i, side="right")) - 1
            seg = lines[k][i - first[k] : i - first[k] + 2]
            best = min(best, (float(np.hypot(*(seg[0] + t * (seg[1] - seg[0]) - place))), k))
    return best[1]


def _cut_at(graph: Graph, i: int, line: Points) -> int:
    pts = graph.edges[i].pts
    hits = [(s + t) for s, _, t, _ in crossings([pts, line])]
    seg = int(hits[0])
    s = along(pts)
    return graph.split(i, float(s[seg] + (hits[0] - seg) * (s[seg + 1] - s[seg])))


def _ferry(roads: Roads) -> None:
    graph = roads.graph
    ends = [
        min(graph.at_node(), key=lambda n, p=p: float(np.hypot(*(graph.xy[n] - p))))
        for p in (FERRY[0], FERRY[-1])
    ]
    street = Street("Staithe Ferry", "ferry", {"route": "ferry", "motor_vehicle": "yes", "foot": "yes",
                    "duration": "00:05"}, "edge")  # fmt: skip
    roads.add(street, ends[0], ends[1], np.array(FERRY))


def _pieces(roads: Roads) -> None:
    """Give parts of a side street that lost touch with each other streets of their own."""
    by_street: dict[int, list[Edge]] = defaultdict(list)
    for e in roads.graph.edges:
        by_street[e.street].append(e)
    for index, edges in sorted(by_street.items()):
        if roads.streets[index].kind in ("motorway", "motorway_link", "primary", "secondary"):
            continue
        groups = _connected(edges)
        for group in groups[1:]:
            old = roads.streets[index]
            roads.streets.append(Street("", old.kind, dict(old.tags), old.district))
            for e in group:
                e.street = len(roads.streets) - 1


def _connected(edges: list[Edge]) -> list[list[Edge]]:
    at_node: dict[int, list[int]] = defaultdict(list)
    for i, e in enumerate(edges):
        at_node[e.u].append(i)
        at_node[e.v].append(i)
    left, groups = dict.fromkeys(range(len(edges))), []
    while left:
        todo, group = [next(iter(left))], []
        left.pop(todo[0])
        while todo:
            e = edges[todo.pop()]
            group.append(e)
            for j in at_node[e.u] + at_node[e.v]:
                if j in left:
                    left.pop(j)
                    todo.append(j)
        groups.append(group)
    return sorted(groups, key=lambda g: -sum(length(e.pts) for e in g))


def _districts(roads: Roads) -> None:
    """Tell each street in which part of the city most of it lies, in place."""
    ring, wall = spline(RING, closed=True), spline(RAMPARTS)
    points: dict[int, list[Points]] = defaultdict(list)
    for e in roads.graph.edges:
        points[e.street].append(resample(e.pts, 15))
    for index, parts in points.items():
        street = roads.streets[index]
        p = np.vstack(parts)
        if street.district == "close":
            continue
        if inside(p, wall).mean() > 0.5:
            street.district = "old"
        elif in_downtown(p).mean() > 0.5:
            street.district = "town"
        elif inside(p, ring).mean() > 0.5:
            street.district = "inner"
        elif np.hypot(p[:, 0] / 2450, p[:, 1] / 1900).mean() > 0.86:
            street.district = "edge"


def grid_place(points: Points) -> Points:
    """Return (u, v) of places in the downtown grid."""
    d = points - np.array(DOWNTOWN)
    c, s = np.cos(GRID), np.sin(GRID)
    return np.column_stack([d[:, 0] * c + d[:, 1] * s, -d[:, 0] * s + d[:, 1] * c])


def in_downtown(points: Points) -> NDArray[np.bool_]:
    """Return which points lie in the downtown grid."""
    uv = grid_place(points)
    return (np.abs(uv[:, 0]) < 430) & (uv[:, 1] > -390) & (uv[:, 1] < 400)


def _classes(roads: Roads, rng: np.random.Generator) -> None:
    """Raise long side streets to collectors, slow old lanes down, in place."""
    size: dict[int, float] = defaultdict(float)
    for e in roads.graph.edges:
        size[e.street] += length(e.pts)
    for index, metres in sorted(size.items()):
        street = roads.streets[index]
        if street.kind != "residential" or street.name:
            continue
        chance = rng.random()
        if street.district in ("inner", "suburb", "town") and metres > 620:
            street.kind = "tertiary" if chance < 0.4 else "unclassified"
            street.tags["maxspeed"] = "50" if chance < 0.4 else "40"
        elif street.district == "old":
            street.kind = "living_street" if chance < 0.3 else "residential"
            street.tags["surface"] = "sett" if chance < 0.6 else "paving_stones"
        elif street.district == "edge" and metres > 300:
            street.kind = "unclassified"
        if street.district in ("suburb", "close", "inner") and chance > 0.55:
            street.tags.setdefault("maxspeed", "30")
        if street.kind in ("residential", "unclassified") and chance > 0.8:
            street.tags.setdefault("surface", "asphalt")


def _one_ways(roads: Roads, rng: np.random.Generator) -> None:
    """Make neighbouring downtown streets one-way in turn, and some old lanes, in place."""
    rows: dict[int, list[tuple[float, int]]] = {0: [], 1: []}
    parts: dict[int, list[Edge]] = defaultdict(list)
    for e in roads.graph.edges:
        street = roads.streets[e.street]
        if street.kind in ("residential", "tertiary", "unclassified", "living_street"):
            if in_downtown(e.pts).all() and street.name not in ("North Quay", "The Ramparts"):
                parts[e.street].append(e)
            elif street.district == "old" and street.name == "" and street.kind == "residential":
                e.tags["lane"] = "yes"
    for index, edges in sorted(parts.items()):
        uv = np.vstack([grid_place(e.pts) for e in edges])
        spread = np.ptp(uv, axis=0)
        if max(spread) > 150 and min(spread) < 0.4 * max(spread):
            across = int(spread[0] > spread[1])
            rows[across].append((float(uv[:, across].mean()), index))
    for across, found in rows.items():
        for rank, (_, index) in enumerate(sorted(found)):
            _direct(parts[index], across, rank % 2 == 0)
    _old_lanes(roads, rng)


def _old_lanes(roads: Roads, rng: np.random.Generator) -> None:
    lanes = sorted({e.street for e in roads.graph.edges if e.tags.pop("lane", "")})
    for index in lanes:
        if rng.random() < 0.3:
            _direct([e for e in roads.graph.edges if e.street == index], int(rng.integers(2)), True)


def _direct(edges: list[Edge], across: int, onward: bool) -> None:
    for e in edges:
        uv = grid_place(e.pts[[0, -1]])
        rising = bool(uv[1, 1 - across] > uv[0, 1 - across])
        if rising != onward:
            e.u, e.v, e.pts = e.v, e.u, e.pts[::-1]
        e.tags["oneway"] = "yes"


def driven(roads: Roads) -> list[tuple[int, int, int]]:
    """Return (tail, head, edge) of every way a car may go along an edge."""
    out = []
    for i, e in enumerate(roads.graph.edges):
        if roads.kind(e) in ("pedestrian", "footway"):
            continue
        out.append((e.u, e.v, i))
        if e.tags.get("oneway") != "yes" and e.tags.get("junction") != "roundabout":
            out.append((e.v, e.u, i))
    return out


def mend(roads: Roads) -> None:
    """Open one-way streets to both sides where they would trap somebody, in place."""
    for _ in range(10):
        arcs = driven(roads)
        good = _reach(arcs, forward=True) & _reach(arcs, forward=False)
        wrong = [
            i for u, v, i in arcs
            if not (u in good and v in good) and roads.kind(roads.graph.edges[i]) != "motorway"
        ]  # fmt: skip
        wrong = [i for i in wrong if roads.graph.edges[i].tags.get("oneway") == "yes"]
        if not wrong:
            return
        for i in wrong:
            roads.graph.edges[i].tags.pop("oneway", None)


def _reach(arcs: list[tuple[int, int, int]], *, forward: bool) -> set[int]:
    nexts: dict[int, list[int]] = defaultdict(list)
    for u, v, _ in arcs:
        nexts[u if forward else v].append(v if forward else u)
    seen, todo = {arcs[0][0]}, [arcs[0][0]]
    while todo:
        for n in nexts[todo.pop()]:
            if n not in seen:
                seen.add(n)
                todo.append(n)
    return seen


def _names(roads: Roads, rng: np.random.Generator) -> None:
    namer = Namer(rng, {s.name for s in roads.streets if s.name})
    used = sorted({e.street for e in roads.graph.edges})
    for index in used:
        street = roads.streets[index]
        if not street.name and street.kind in (
            "residential",
            "tertiary",
            "unclassified",
            "living_street",
            "pedestrian",
            "secondary",
        ):
            street.name = namer.name(street.district)


def over(points: Points) -> NDArray[np.bool_]:
    """Return which points of a road lie over water, railway or motorway."""
    outline, island = river()
    wet = inside(points, outline) & ~inside(points, island)
    for line, room in ((spline(RAIL_LINE), 9.0), (spline(MOTORWAY), 26.0)):
        fine = resample(line, 4.0)
        near = np.array([np.hypot(*(fine - p).T).min() for p in points]) < room
        wet |= near
    return wet


__all__ = [
    "BOUNDS",
    "Road",
    "Roads",
    "Street",
    "closes",
    "driven",
    "in_downtown",
    "mend",
    "over",
    "pave",
]
