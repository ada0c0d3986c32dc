"""What stands beside the roads: public sites with gates, car parks, buildings."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aldermere.drawing import (
    FRAME,
    INTERCHANGES,
    LAKE,
    MOTORWAY,
    PARKS,
    RAIL_LINE,
    SITES,
    Site,
    river,
)  # fmt: skip
from aldermere.graph import Edge, crossings
from aldermere.roads import Roads, Street
from aldermere.shapes import Points, Raster, along, at, length, places, rectangle, resample, spline

HALF_WIDTH = {
    "motorway": 9.0, "motorway_link": 6.0, "primary": 8.5, "secondary": 7.0, "tertiary": 6.0,
    "service": 3.5, "living_street": 4.0, "pedestrian": 4.0,
}  # fmt: skip
COMPASS = ("East", "North-east", "North", "North-west", "West", "South-west", "South", "South-east")


@dataclass(slots=True)
class Plot:
    """An outline on the ground with its tags."""

    outline: Points
    tags: dict[str, str]
    district: str = ""
    doors: list[tuple[Points, dict[str, str]]] = field(default_factory=list)


@dataclass(slots=True)
class Gate:
    """Where a road enters a site."""

    site: str
    name: str
    node: int


@dataclass(slots=True)
class Built:
    """Everything beside the roads."""

    grounds: list[Plot] = field(default_factory=list)
    buildings: list[Plot] = field(default_factory=list)
    car_parks: list[Plot] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)


def unit(degrees: float) -> Points:
    """Return the unit vector at an angle from east."""
    return np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])


def build(roads: Roads, seed: int) -> Built:
    """Return sites, car parks and buildings; their service roads are added in place."""
    rng = np.random.default_rng(seed + 2)
    built = Built()
    taken = occupied(roads)
    for site in SITES:
        _site(roads, built, site)
        u = unit(site.angle)
        taken.paint_area(rectangle(np.array(site.centre), u, site.size[0] + 8, site.size[1] + 8))
    for e in roads.graph.edges:
        if roads.kind(e) == "service":
            taken.paint_line(e.pts, 4)
    _car_parks(roads, built, taken, rng)
    _buildings(roads, built, taken, rng)
    return built


def occupied(roads: Roads) -> Raster:
    """Return the ground that roads, water, parks and railway take."""
    taken = Raster(FRAME, 2.0)
    outline, island = river()
    taken.paint_area(outline)
    taken.paint_area(island)
    taken.paint_line(np.vstack([outline, outline[:1]]), 8)
    for park in [*PARKS.values(), LAKE]:
        taken.paint_area(park)
    taken.paint_line(spline(RAIL_LINE), 12)
    taken.paint_line(spline(MOTORWAY), 36)
    taken.paint(np.array(INTERCHANGES), 120)
    for e in roads.graph.edges:
        taken.paint_line(e.pts, HALF_WIDTH.get(roads.kind(e), 4.5) + 1.5)
    return taken


def _site(roads: Roads, built: Built, site: Site) -> None:
    u, centre = unit(site.angle), np.array(site.centre)
    v = np.array([-u[1], u[0]])
    wide, deep = site.size
    ground = Plot(rectangle(centre, u, wide, deep), {"name": site.name, **site.tags})
    is_hall = min(site.size) < 60
    share = (1.0, 1.0) if is_hall else (wide * 0.62 / wide, 0.5)
    house = rectangle(
        centre + v * (0 if is_hall else deep * 0.08), u, wide * share[0], deep * share[1]
    )
    if is_hall:
        ground.tags.setdefault("building", "civic")
        built.buildings.append(ground)
    else:
        built.grounds.append(ground)
        built.buildings.append(Plot(house, {"building": "civic"}))
    body = built.buildings[-1]
    sides = {"e": (u, wide), "n": (v, deep), "w": (-u, wide), "s": (-v, deep)}
    for side in site.gates:
        out, reach = sides[side]
        edge = centre + out * reach / 2
        door = _door(body.outline, centre, out)
        body.doors.append((door, {"entrance": "main" if side == "s" else "yes"}))
        _gate(roads, built, site, (edge, out, is_hall))


def _door(outline: Points, centre: Points, out: Points) -> Points:
    closed = np.vstack([outline, outline[:1]])
    ray = np.vstack([centre, centre + out * 500])
    (i, _, t, _), *_ = crossings([closed, ray])
    return closed[i] + t * (closed[i + 1] - closed[i])


def _gate(roads: Roads, built: Built, site: Site, where: tuple[Points, Points, bool]) -> None:
    edge, out, is_hall = where
    found = first_street(roads, edge, edge + out * 140)
    if found is None:
        return
    i, distance = found
    n = roads.graph.split(i, distance)
    # A hall has no yard: its gate is the foot of a short drive before the door.
    foot = edge + out * (3.0 if is_hall else 0.0)
    g = roads.graph.add_node(foot)
    name = f"{COMPASS[round(np.degrees(np.arctan2(out[1], out[0])) / 45) % 8]} gate"
    drive = Street("", "service", {"service": "driveway"})
    roads.add(drive, n, g, np.vstack([roads.graph.xy[n], foot]))
    if not is_hall:
        inner = roads.graph.add_node(edge - out * 10)
        roads.extend(
            len(roads.streets) - 1, g, inner, np.vstack([foot, edge - out * 10]), access="private"
        )
        roads.node_tags[g] = {
            "barrier": "lift_gate" if name[0] == "N" else "gate",
            "access": "private",
        }
    built.gates.append(Gate(site.key, name, g))


def first_street(roads: Roads, start: Points, end: Points) -> tuple[int, float] | None:
    """Return (edge, distance along it) of the first street a straight line meets."""
    near = [
        k for k, e in enumerate(roads.graph.edges)
        if min(np.hypot(*(e.pts[0] - start)), np.hypot(*(e.pts[-1] - start))) < 600
    ]  # fmt: skip
    lines = [roads.graph.edges[k].pts for k in near]
    first = np.cumsum([0] + [len(p) - 1 for p in lines])
    best = (2.0, -1, 0.0)
    for i, j, t, w in crossings([*lines, np.vstack([start, end])]):
        if j == first[-1] and w < best[0]:
            k = int(np.searchsorted(first, i, side="right")) - 1
            s = along(lines[k])
            seg = i - int(first[k])
            distance = float(s[seg] + t * (s[seg + 1] - s[seg]))
            best = (w, k, min(max(distance, 4.0), float(s[-1]) - 4.0))
    return None if best[1] < 0 else (near[best[1]], best[2])


def _free(taken: Raster, outline: Points) -> bool:
    a, b, d = outline[0], outline[1], outline[3]
    nx = max(2, int(np.hypot(*(b - a)) / 1.8) + 1)
    ny = max(2, int(np.hypot(*(d - a)) / 1.8) + 1)
    s, t = np.meshgrid(np.linspace(0, 1, nx), np.linspace(0, 1, ny))
    return not taken.hit(a + s[..., None] * (b - a) + t[..., None] * (d - a))


def _car_parks(roads: Roads, built: Built, taken: Raster, rng: np.random.Generator) -> None:
    kinds = ("residential", "tertiary", "unclassified", "secondary")
    order = rng.permutation(len(roads.graph.edges))
    quota = {"town": 9, "old": 4, "inner": 13, "suburb": 8, "edge": 2}
    for i in order:
        e = roads.graph.edges[int(i)]
        street = roads.streets[e.street]
        if street.kind not in kinds or length(e.pts) < 46 or not quota.get(street.district):
            continue
        small = street.district in ("town", "old")
        wide, deep = (34 + 16 * rng.random(), 24 + 8 * rng.random()) if small else (
            46 + 34 * rng.random(), 34 + 22 * rng.random())  # fmt: skip
        half = length(e.pts) / 2
        start = at(e.pts, half)
        ahead = at(e.pts, half + 3) - at(e.pts, half - 3)
        side = 1 if rng.random() < 0.5 else -1
        out = side * np.array([-ahead[1], ahead[0]]) / np.hypot(*ahead)
        centre = start + out * (HALF_WIDTH.get(street.kind, 4.5) + 5 + deep / 2)
        lot = rectangle(centre, ahead, wide, deep)
        if not _free(taken, lot):
            continue
        quota[street.district] -= 1
        taken.paint_area(lot + (lot - centre) * 0.12)
        _lot(roads, built, int(i), (half, centre, lot, street.district), rng)


def _lot(
    roads: Roads,
    built: Built,
    i: int,
    place: tuple[float, Points, Points, str],
    rng: np.random.Generator,
) -> None:
    half, centre, lot, district = place
    n = roads.graph.split(i, half)
    middle = roads.graph.add_node(centre)
    aisle = Street("", "service", {"service": "parking_aisle"})
    roads.add(aisle, n, middle, np.vstack([roads.graph.xy[n], centre]))
    area = float(np.hypot(*(lot[1] - lot[0])) * np.hypot(*(lot[3] - lot[0])))
    chance = rng.random()
    tags = {
        "amenity": "parking",
        "parking": "surface",
        "capacity": str(int(area / 26)),
        "surface": "gravel" if chance < 0.2 else "asphalt",
    }
    if district in ("suburb", "inner") and chance > 0.85:
        tags["access"] = "customers"
    if chance > 0.4:
        tags["name"] = f"Car park {len(built.car_parks) + 1}"
    built.car_parks.append(Plot(lot, tags, district))


# frontage (least, more), depth, setback from the kerb, gap, share of plots built on
ROWS = {
    "old": (15.0, 18.0, 10.0, 1.5, 1.0, 0.9),
    "town": (24.0, 30.0, 17.0, 2.0, 2.0, 0.95),
    "inner": (30.0, 34.0, 11.0, 3.5, 5.0, 0.3),
    "suburb": (15.0, 12.0, 10.0, 6.0, 9.0, 0.06),
    "close": (12.0, 5.0, 9.0, 5.0, 6.0, 0.33),
    "edge": (14.0, 12.0, 10.0, 8.0, 14.0, 0.08),
}
USES = {
    "old": ("house", "retail", "yes"), "town": ("commercial", "office", "retail", "apartments"),
    "inner": ("apartments", "terrace", "residential"), "suburb": ("house", "semidetached_house"),
    "close": ("house", "detached"), "edge": ("house", "farm", "yes"),
}  # fmt: skip


def _buildings(roads: Roads, built: Built, taken: Raster, rng: np.random.Generator) -> None:
    _sheds(built, taken, rng)
    edges = [
        e
        for e in roads.graph.edges
        if roads.kind(e)
        in ("residential", "tertiary", "unclassified", "living_street", "secondary", "primary")
    ]
    order = {"old": 0, "town": 1, "close": 2, "inner": 3, "suburb": 4, "edge": 5}
    edges.sort(key=lambda e: order[roads.streets[e.street].district])
    for e in edges:
        for side in (1, -1):
            _row(roads, built, e, side, (taken, rng))


def _row(
    roads: Roads, built: Built, e: Edge, side: int, state: tuple[Raster, np.random.Generator]
) -> None:
    taken, rng = state
    street = roads.streets[e.street]
    least, more, depth, setback, gap, share = ROWS[street.district]
    size, s = length(e.pts), 7.0
    kerb = HALF_WIDTH.get(street.kind, 4.5) + 1.5
    while s < size - 10:
        front = least + more * rng.random()
        front = min(front, size - 7 - s)
        deep = depth * (0.85 + 0.4 * rng.random())
        chance, use = rng.random(), int(rng.integers(12))
        if front < 8:
            return
        a, b = places(e.pts, np.array([s, s + front]))
        s += front + gap
        out = side * np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
        house = rectangle((a + b) / 2 + out * (kerb + setback + deep / 2), b - a, front, deep)
        if chance <= share and not _free(taken, house):
            deep *= 0.6
            house = rectangle(
                (a + b) / 2 + out * (kerb + setback + deep / 2), b - a, front * 0.8, deep
            )
        if chance > share or not _free(taken, house):
            continue
        taken.paint_area(house)
        taken.paint_line(np.vstack([house, house[:1]]), 2.0)
        kinds = USES[street.district]
        tags = {"building": kinds[use % len(kinds)]}
        if street.district == "town" and use > 3:
            tags["building:levels"] = str(3 + use)
        built.buildings.append(Plot(house, tags, street.district))


def _sheds(built: Built, taken: Raster, rng: np.random.Generator) -> None:
    """Put works and warehouses along the railway and the motorway."""
    rail = resample(spline(RAIL_LINE), 70)
    for i in range(1, len(rail) - 1):
        for side in (1, -1):
            if rng.random() > 0.62:
                continue
            t = rail[i + 1] - rail[i - 1]
            out = side * np.array([-t[1], t[0]]) / np.hypot(*t)
            wide, deep = 38 + 22 * rng.random(), 18 + 14 * rng.random()
            shed = rectangle(rail[i] + out * (15 + deep / 2), t, wide, deep)
            if abs(rail[i][0]) < 2500 and _free(taken, shed):
                taken.paint_area(shed)
                use = "industrial" if rng.random() < 0.5 else "warehouse"
                built.buildings.append(Plot(shed, {"building": use}, "works"))
