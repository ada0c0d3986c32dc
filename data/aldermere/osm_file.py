"""The city as OpenStreetMap objects in a .osm.pbf file."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import osmium

from aldermere.drawing import (
    BOUNDS,
    FRAME,
    LAKE,
    MOTORWAY,
    ORIGIN_LAT,
    ORIGIN_LON,
    PARKS,
    POND,
    RAIL_LINE,
    river,
    river_axis,
)  # fmt: skip
from aldermere.graph import Edge
from aldermere.shapes import Points, Raster, length, piece, places, simplify, spline

if TYPE_CHECKING:
    from pathlib import Path

    from aldermere.roads import Roads
    from aldermere.rules import Ban
    from aldermere.sites import Built, Plot

# Metres of one degree at latitude 38.85 on the WGS 84 ellipsoid.
LAT_M, LON_M = 111_012.6, 86_809.0
EXTRACT_DATE = "2026-11-02T00:00:00Z"


def lonlat(points: Points) -> Points:
    """Return longitude and latitude of places in metres, rounded as OSM stores them."""
    p = np.asarray(points, float)
    out = np.stack([ORIGIN_LON + p[..., 0] / LON_M, ORIGIN_LAT + p[..., 1] / LAT_M], axis=-1)
    return np.round(out, 7)


@dataclass(slots=True)
class Objects:
    """OSM nodes, ways and relations, ids by position in the lists plus one."""

    nodes: list[tuple[Points, dict[str, str]]] = field(default_factory=list)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)
    relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = field(default_factory=list)

    def node(self, point: Points, tags: dict[str, str] | None = None) -> int:
        """Add a node; return its id."""
        self.nodes.append((np.asarray(point, float), dict(tags or {})))
        return len(self.nodes)

    def way(self, refs: list[int], tags: dict[str, str]) -> int:
        """Add a way; return its id."""
        self.ways.append((refs, tags))
        return len(self.ways)

    def area(self, outline: Points, tags: dict[str, str]) -> int:
        """Add a closed way; return its id."""
        refs = [self.node(p) for p in outline]
        return self.way([*refs, refs[0]], tags)


@dataclass(slots=True)
class _Run:
    refs: list[int]
    tags: dict[str, str]
    edges: list[int]
    ends: tuple[int, int]


def objects(roads: Roads, built: Built, bans: list[Ban]) -> Objects:
    """Return the whole city as OSM objects."""
    out = Objects()
    used = sorted(roads.graph.at_node())
    ids = {n: out.node(roads.graph.xy[n], roads.node_tags.get(n)) for n in used}
    runs = [run for e in roads.graph.edges for run in _runs(out, roads, e, ids)]
    ways = _chained(runs, _cuts(roads, bans, ids))
    way_of: dict[int, list[int]] = defaultdict(list)
    for run in ways:
        way = out.way(run.refs, run.tags)
        for e in run.edges:
            way_of[e].append(way)
    _restrictions(out, bans, ids, way_of)
    _ground(out)
    for plot in [*built.grounds, *built.car_parks, *built.buildings]:
        _plot(out, plot)
    _places(out, built)
    _bus_stops(out, roads)
    return out


_decks: dict[bool, Raster] = {}


def deck(with_motorway: bool) -> Raster:
    """Return where a road stands on a bridge: over water, railway, and the motorway."""
    if with_motorway not in _decks:
        raster = Raster(FRAME, 2.0)
        outline, island = river()
        raster.paint_area(outline)
        raster.paint_area(island, taken=False)
        raster.paint_line(spline(RAIL_LINE), 9)
        if with_motorway:
            raster.paint_line(spline(MOTORWAY), 26)
        _decks[with_motorway] = raster
    return _decks[with_motorway]


def _runs(out: Objects, roads: Roads, e: Edge, ids: dict[int, int]) -> list[_Run]:
    """Cut an edge where a bridge begins or ends."""
    street = roads.streets[e.street]
    size = length(e.pts)
    steps = np.linspace(0, size, max(3, int(size / 2)))
    raster = deck(not street.kind.startswith("motorway"))
    over = raster.look(places(e.pts, steps))
    if street.kind in ("ferry", "residential", "service"):
        over[:] = False
    edges = np.flatnonzero(np.diff(over.astype(int)))
    stops = [0.0]
    for i in edges:
        stops.append(float(np.clip(steps[i] + (-8 if over[i + 1] else 10), stops[-1], size)))
    stops.append(size)
    tags = _way_tags(roads, e)
    runs, ref = [], ids[e.u]
    state = bool(over[0])
    for a, b in itertools.pairwise(stops):
        last = b >= size - 1e-6
        if b - a > 0.5:
            pts = simplify(piece(e.pts, a, b), 0.25)
            refs = [ref, *[out.node(p) for p in pts[1:-1]], ids[e.v] if last else out.node(pts[-1])]
            extra = {"bridge": "yes", "layer": "1"} if state else {}
            runs.append(_Run(refs, {**tags, **extra}, [id(e)], (refs[0], refs[-1])))
            ref = refs[-1]
        state = not state
    if runs and runs[-1].refs[-1] != ids[e.v]:
        runs[-1].refs[-1] = ids[e.v]
        runs[-1].ends = (runs[-1].ends[0], ids[e.v])
    return runs


def _way_tags(roads: Roads, e: Edge) -> dict[str, str]:
    street = roads.streets[e.street]
    tags = {} if street.kind == "ferry" else {"highway": street.kind}
    if street.name and e.tags.get("junction") != "roundabout":
        tags["name"] = street.name
    tags |= {k: v for k, v in street.tags.items() if k != "direction"}
    if e.tags.get("oneway") == "yes":
        tags.pop("lanes", None)
    tags |= e.tags
    if street.kind in ("primary", "secondary", "tertiary"):
        tags.setdefault("lit", "yes")
        tags.setdefault("surface", "asphalt")
    return tags


def _cuts(roads: Roads, bans: list[Ban], ids: dict[int, int]) -> set[int]:
    """Return OSM nodes where ways must end: restrictions, and each fourth junction."""
    cut = {ids[b.via] for b in bans if isinstance(b.via, int)}
    cut |= {ids[n] for b in bans if isinstance(b.via, Edge) for n in (b.via.u, b.via.v)}
    cut |= {ids[n] for n, at in roads.graph.at_node().items() if len(at) > 2 and n % 4 == 0}
    return cut


def _chained(runs: list[_Run], cut: set[int]) -> list[_Run]:
    """Join runs of the same street and tags end to end into ways."""
    by_end: dict[tuple[int, str], list[int]] = defaultdict(list)
    keys = [repr(sorted(r.tags.items())) for r in runs]
    for i, r in enumerate(runs):
        for end in r.ends:
            by_end[end, keys[i]].append(i)
    done: set[int] = set()
    out = []
    for i, r in enumerate(runs):
        if i in done:
            continue
        done.add(i)
        chain = _Run(list(r.refs), r.tags, list(r.edges), r.ends)
        one_way = r.tags.get("oneway") == "yes" or r.tags.get("junction") == "roundabout"
        for _ in range(1 if one_way else 2):
            while (j := _next_run(chain, by_end[chain.refs[-1], keys[i]], done, cut)) >= 0:
                refs = runs[j].refs
                if refs[0] != chain.refs[-1] and one_way:
                    break
                chain.refs += refs[1:] if refs[0] == chain.refs[-1] else refs[::-1][1:]
                chain.edges += runs[j].edges
                done.add(j)
            if not one_way:
                chain.refs.reverse()
        out.append(chain)
    return out


def _next_run(chain: _Run, here: list[int], done: set[int], cut: set[int]) -> int:
    """Return the one run that may follow a chain, -1 for none."""
    end = chain.refs[-1]
    options = [j for j in here if j not in done]
    if end in cut or len(here) != 2 or len(options) != 1 or end == chain.refs[0]:
        return -1
    return options[0]


def _restrictions(
    out: Objects, bans: list[Ban], ids: dict[int, int], way_of: dict[int, list[int]]
) -> None:
    for b in bans:
        via = ids[b.via] if isinstance(b.via, int) else 0
        if isinstance(b.via, Edge):
            ways = way_of[id(b.via)]
            if len(ways) != 1:
                continue
            ends = {out.ways[ways[0] - 1][0][0], out.ways[ways[0] - 1][0][-1]}
            members = [("w", w, "via") for w in ways]
        else:
            ends, members = {via}, [("n", via, "via")]
        come = [
            w for w in way_of[id(b.come)] if ends & {out.ways[w - 1][0][0], out.ways[w - 1][0][-1]}
        ]
        go = [w for w in way_of[id(b.go)] if ends & {out.ways[w - 1][0][0], out.ways[w - 1][0][-1]}]
        if len(come) == 1 and len(go) == 1:
            refs = [("w", come[0], "from"), *members, ("w", go[0], "to")]
            out.relations.append((refs, {"type": "restriction", "restriction": b.kind}))


def _inside_frame(line: Points) -> Points:
    keep = (np.abs(line[:, 0]) < FRAME[2]) & (np.abs(line[:, 1]) < FRAME[3])
    return line[keep]


def _ground(out: Objects) -> None:
    outline, island = river()
    outer = out.area(simplify(_inside_frame(outline), 1.0), {})
    inner = out.area(simplify(island, 1.0), {"leisure": "park", "name": "Heron Island"})
    out.relations.append((
        [("w", outer, "outer"), ("w", inner, "inner")],
        {"type": "multipolygon", "natural": "water", "water": "river", "name": "River Alde"},
    ))  # fmt: skip
    axis = simplify(_inside_frame(river_axis()[0]), 1.0)
    out.way([out.node(p) for p in axis], {"waterway": "river", "name": "River Alde"})
    rail = simplify(_inside_frame(spline(RAIL_LINE)), 0.5)
    out.way([out.node(p) for p in rail], {"railway": "rail", "usage": "main", "gauge": "1435"})
    out.area(simplify(LAKE, 1.0), {"natural": "water", "water": "lake", "name": "Hatchet Lake"})
    out.area(simplify(POND, 1.0), {"natural": "water", "water": "pond"})
    for name, shape in PARKS.items():
        kind = {"leisure": "park"}
        if "Wood" in name:
            kind = {"landuse": "forest"}
        elif "Churchyard" in name:
            kind = {"amenity": "grave_yard"}
        elif "Heath" in name:
            kind = {"natural": "heath"}
        elif "Meadow" in name:
            kind = {"landuse": "meadow"}
        out.area(simplify(shape, 1.0), {**kind, "name": name})
        if kind == {"leisure": "park"}:
            middle = shape.mean(0)
            out.area(simplify(middle + (shape - middle) * 0.72, 1.0), {"highway": "footway"})


def _plot(out: Objects, plot: Plot) -> None:
    outline, doors = plot.outline, plot.doors
    refs: list[int] = []
    for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        refs.append(out.node(a))
        side, size = (b - a) / np.hypot(*(b - a)), np.hypot(*(b - a))
        on = []
        for p, tags in doors:
            s = float((p - a) @ side)
            if 0 < s < size and np.hypot(*(a + side * s - p)) < 0.05:
                on.append((s, p, tags))
        refs += [out.node(p, tags) for _, p, tags in sorted(on, key=lambda d: d[0])]
    out.way([*refs, refs[0]], plot.tags)


STOPS = (
    ("cafe", 17, {"opening_hours": "Mo-Su 06:30-20:00"}, "Cafe"),
    ("restaurant", 8, {"opening_hours": "Mo-Su 11:30-23:00"}, "Kitchen"),
    ("fast_food", 4, {}, "Counter"),
    ("pharmacy", 5, {"opening_hours": "Mo-Sa 08:00-19:00"}, "Pharmacy"),
    ("toilets", 7, {"opening_hours": "Mo-Su 06:00-22:00", "access": "yes"}, "Public toilets"),
)
FUEL = (
    ("Ring Road West Fuel", (-1190, -520), "24/7"), ("Northgate Fuel", (-108, 1290), "24/7"),
    ("Meridian Fuel", (1560, 402), "Mo-Su 06:00-22:00"), ("Anvil Road Fuel", (1180, -1015), "24/7"),
    ("Southmoor Fuel", (-292, -1380), "Mo-Su 06:00-23:00"),
)  # fmt: skip


def _places(out: Objects, built: Built) -> None:
    out.node(
        np.array([-150.0, 120.0]), {"place": "city", "name": "Aldermere", "population": "61000"}
    )
    shops = [b for b in built.buildings if b.district in ("old", "town", "inner")]
    taken = 0
    for amenity, count, tags, word in STOPS:
        for k in range(count):
            spot = shops[(taken * 37 + 11) % len(shops)].outline.mean(0)
            taken += 1
            name = {"name": f"{word} {k + 1}"} if amenity != "toilets" else {}
            out.node(spot, {"amenity": amenity, **name, **tags})
    for name, place, hours in FUEL:
        out.node(
            np.array(place, float) + 14.0, {"amenity": "fuel", "name": name, "opening_hours": hours}
        )


BUS_ROADS = ("primary", "secondary", "tertiary")
STOPS_APART_M, BESIDE_M = 250.0, 6.0


def _bus_stops(out: Objects, roads: Roads) -> None:
    """Put one stop beside the longest block of each larger street, none near another."""
    longest: dict[str, Edge] = {}
    for e in roads.graph.edges:
        name = roads.streets[e.street].name
        if not name or roads.kind(e) not in BUS_ROADS:
            continue
        if name not in longest or length(e.pts) > length(longest[name].pts):
            longest[name] = e
    taken: list[Points] = []
    for name, e in longest.items():
        middle = length(e.pts) / 2
        spot, ahead = places(e.pts, np.array([middle, middle + 1.0]))
        side = np.array([ahead[1] - spot[1], spot[0] - ahead[0]])
        spot = spot + BESIDE_M * side / np.hypot(*side)
        if all(np.hypot(*(spot - other)) >= STOPS_APART_M for other in taken):
            taken.append(spot)
            out.node(spot, {"highway": "bus_stop", "name": name})


def write(city: Objects, path: Path) -> None:
    """Write the objects as a .osm.pbf file; the same objects give the same bytes."""
    header = osmium.io.Header()
    header.set("generator", "make_city.py")
    header.set("osmosis_replication_timestamp", EXTRACT_DATE)
    (west, south), (east, north) = lonlat(np.array([BOUNDS[:2], BOUNDS[2:]]))
    header.add_box(osmium.osm.Box(west, south, east, north))
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path), header=header) as writer:
        for i, (point, tags) in enumerate(city.nodes, 1):
            place = tuple(lonlat(point).tolist())
            writer.add_node(osmium.osm.mutable.Node(id=i, version=1, location=place, tags=tags))
        for i, (refs, tags) in enumerate(city.ways, 1):
            writer.add_way(osmium.osm.mutable.Way(id=i, version=1, nodes=refs, tags=tags))
        for i, (members, tags) in enumerate(city.relations, 1):
            writer.add_relation(
                osmium.osm.mutable.Relation(id=i, version=1, members=members, tags=tags)
            )
