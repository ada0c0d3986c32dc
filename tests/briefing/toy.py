"""A toy plan: sixteen by twelve blocks of 100 m, a river, a march past the front gate.

::

    y=1200 +--+--+-- ... --+  "Street 12"
           |  |  |         |        site at (800, 600); north gate (800, 700), south (800, 500)
    y=0    +--+--+-- ... --+  "Street 0"
          x=0               1600    river below y=0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import transform
from shapely.geometry import LineString, Point, box

from planner.layers.crs import to_lonlat
from planner.network.graph import CLASSES, Network
from planner.plan.beside import Walked
from planner.risk.build import build_risk
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from tests.network.arrays import free_turns

EPSG = 32610
CORNER = (524_000.0, 5_040_000.0)
COLUMNS, ROWS = 16, 12
ARRIVE = datetime(2096, 3, 2, 16, 0, tzinfo=UTC)
ZONE = "America/Los_Angeles"


@dataclass(frozen=True)
class ToyPlan:
    """What a briefing reads of a plan."""

    document: dict[str, Any]
    network: Network
    risk: Any
    facility: gpd.GeoDataFrame
    entrances: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    closures: gpd.GeoDataFrame
    access_routes: gpd.GeoDataFrame
    gateways: gpd.GeoDataFrame
    support_stops: gpd.GeoDataFrame
    question: Any = None
    settings: Any = field(default=None)
    walked: tuple[Walked, ...] = ()


def toy_network() -> Network:
    """Return the blocks as two-way streets."""
    ends, names, classes = [], [], []
    for y in range(ROWS + 1):
        for x in range(COLUMNS):
            ends.append(((x, y), (x + 1, y)))
            names.append(f"Street {y}")
            classes.append("primary" if y % 6 == 0 else "residential")
    for x in range(COLUMNS + 1):
        for y in range(ROWS):
            ends.append(((x, y), (x, y + 1)))
            names.append(f"Avenue {x}")
            classes.append("secondary" if x % 8 == 0 else "residential")
    arcs = [pair for a, b in ends for pair in ((a, b), (b, a))]
    nodes = {(x, y): x * (ROWS + 1) + y for x in range(COLUMNS + 1) for y in range(ROWS + 1)}
    known = ("", *sorted(set(names)))
    m = len(arcs)
    index = np.arange(m)
    tail, head = np.array([[nodes[a], nodes[b]] for a, b in arcs], np.int32).T
    return Network(
        epsg=EPSG,
        node_id=np.arange(len(nodes), dtype=np.int64),
        node_xy=np.array(list(nodes), float) * 100 + CORNER,
        tail=tail,
        head=head,
        length_m=np.full(m, 100.0),
        time_s=np.full(m, 10, np.int32),
        way_id=np.array([known.index(name) for name in names for _ in range(2)], np.int64),
        way_from=np.array([(i // 2) % 16 + i % 2 for i in range(m)], np.int32),
        way_to=np.array([(i // 2) % 16 + 1 - i % 2 for i in range(m)], np.int32),
        road_class=np.array([CLASSES.index(c) for c in classes for _ in range(2)], np.uint8),
        access=np.zeros(m, np.uint8),
        name=np.array([known.index(name) for name in names for _ in range(2)], np.int32),
        twin=(index ^ 1).astype(np.int32),
        **free_turns(tail, head, len(nodes)),
        shape_start=(2 * np.arange(m + 1)).astype(np.int64),
        shape_xy=np.array(arcs, float).reshape(-1, 2) * 100 + CORNER,
        names=known,
        extract_date="2026-02-01T00:00:00Z",
    )


def lonlat(*points: tuple[float, float]) -> list[list[float]]:
    """Return block coordinates as lon/lat."""
    return to_lonlat(np.array(points, float) * 100 + CORNER, EPSG).tolist()


def frame(rows: list[dict[str, Any]], shapes: list[Any]) -> gpd.GeoDataFrame:
    """Return rows with shapes in block coordinates as a lon/lat frame."""
    metric = [transform(shape, lambda xy: xy * 100 + CORNER) for shape in shapes]
    table = gpd.GeoDataFrame(rows, geometry=metric, crs=EPSG)
    return table.to_crs(4326)


def toy_zones() -> gpd.GeoDataFrame:
    """Return a standing assembly at the south gate and a march along Street 9."""
    shared = {
        "source_kind": "operator", "info_grade": 3, "influence_m": float("nan"), "note": "",
        "speed_kmh": float("nan"), "time_precision_min": 10.0, "size_low": 200, "size_high": 800,
    }  # fmt: skip
    hour = timedelta(hours=1)
    rows = [
        {"id": "z1", "kind": "standing_assembly", "source_grade": "B",
         "starts_at": pd.Timestamp(ARRIVE - hour), "ends_at": pd.Timestamp(ARRIVE + 2 * hour),
         "observed_at": pd.Timestamp(ARRIVE - hour), **shared},
        {"id": "z2", "kind": "march", "source_grade": "C",
         "starts_at": pd.Timestamp(ARRIVE), "ends_at": pd.Timestamp(ARRIVE + 3 * hour),
         "observed_at": pd.Timestamp(ARRIVE - hour), **shared},
    ]  # fmt: skip
    return frame(rows, [box(7.6, 4.6, 8.4, 5.0), LineString([(3, 9), (13, 9)])])


def toy_background() -> dict[str, gpd.GeoDataFrame]:
    """Return a river, a park, one building a block."""
    rows = [{"id": i} for i in range(COLUMNS * ROWS)]
    blocks = [box(x + 0.2, y + 0.2, x + 0.8, y + 0.8) for x in range(16) for y in range(12)]
    return {
        "buildings": frame(rows, blocks),
        "water": frame([{"id": 0}], [box(-1, -1.5, 17, -0.3)]),
        "green": frame([{"id": 0}], [box(10, 2, 13, 4)]),
    }


def toy_plan(text: Any = str, *, feasible: bool = True, **changes: Any) -> ToyPlan:
    """Return the toy plan; ``text`` is applied to every string a user could have written."""
    network = toy_network()
    zones, closures = toy_zones(), toy_closures(text)
    risk = build_risk(
        network, zones.to_crs(EPSG), closures.to_crs(EPSG), obstacles=Obstacles(),
        parameters=RiskParameters(),
        start=ARRIVE - timedelta(hours=3), end=ARRIVE + timedelta(hours=24),
    )  # fmt: skip
    document = toy_document(text) | changes
    if not feasible:
        document = shut(document, text)
    gates = [{"id": g["id"], "name": g["name"]} for g in document["gates"]]
    return ToyPlan(
        document=document, network=network, risk=risk,
        facility=frame([{"id": "hq", "name": text("Service centre")}], [box(7.7, 5.3, 8.3, 6.7)]),
        entrances=frame(gates, [Point(8, 7), Point(8, 5)][: len(gates)]),
        zones=zones, closures=closures,
        access_routes=frame([{"id": "ar", "name": text("Permit road"), "facility_id": "hq"}],
                            [LineString([(0, 6), (7, 6)])]),
        gateways=frame([{"id": "gw-1"}, {"id": "gw-2"}], [Point(0, 12), Point(16, 0)]),
        support_stops=frame(
            [{"id": "h", "name": text("General hospital"), "kind": "hospital"},
             {"id": "f", "name": text("Fuel"), "kind": "fuel"}], [Point(12, 8), Point(3, 3)]),
        walked=toy_walked(),
    )  # fmt: skip


def toy_closures(text: Any = str) -> gpd.GeoDataFrame:
    """Return one closed block."""
    rows = [{"id": "c1", "name": text("Works on Avenue 5"), "kind": "works",
             "starts_at": pd.Timestamp(ARRIVE - timedelta(hours=2)),
             "ends_at": pd.Timestamp(ARRIVE + timedelta(hours=8))}]  # fmt: skip
    return frame(rows, [LineString([(5, 3), (5, 4)])])


def local(minutes: float) -> str:
    """Return the arrival time plus minutes, in the zone, as ISO text."""
    return (ARRIVE + timedelta(minutes=minutes)).astimezone(ZoneInfo(ZONE)).isoformat()


def route(
    key: tuple[str, str], gate: tuple[str, str], path: list[Any], text: Any = str, **more: Any
) -> Any:
    """Return a route record along block corners; ``text`` is applied to the street names."""
    length = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(path))
    time_s = round(length * 25)
    record = {
        "id": f"{key[0]}:{key[1]}", "role": key[1], "entrance": gate[0], "entrance_name": gate[1],
        "depart": local(-time_s / 60 - 3), "arrive": local(-3), "time_s": time_s, "wait_s": 0,
        "length_m": length * 100.0, "exposure_min": 0.4, "max_risk": 0.15, "clear": True,
        "shared_with_primary": 0.2, "clear_share": None, "cost_s": time_s,
        "streets": ["Street 12", "Avenue 8"], "snap_offset_m": 3.0, "notices": [],
        "geometry": {"type": "LineString", "coordinates": lonlat(*path)},
        "legs": legs(path, time_s, text), "steps": steps(gate[1], path, time_s, text),
        "decision": decision(key, path, time_s, text), "trigger": None,
        "use_when": f"Use when {text(street(path[0], path[1]))} is shut; decide by 07:40.",
    }  # fmt: skip
    return record | more


def street(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Return the name of the street between two corners."""
    return f"Street {a[1]}" if a[1] == b[1] else f"Avenue {a[0]}"


def toward(a: tuple[float, float], b: tuple[float, float]) -> str:
    """Return the compass word from one corner to another."""
    if a[1] == b[1]:
        return "east" if b[0] > a[0] else "west"
    return "north" if b[1] > a[1] else "south"


def legs(path: list[Any], time_s: int, text: Any) -> list[Any]:
    """Return the legs of a route: one for each stretch."""
    made, second = [], 0
    for n, (a, b) in enumerate(pairwise(path)):
        blocks = abs(a[0] - b[0]) + abs(a[1] - b[1])
        made.append(
            {"way": n, "street": text(street(a, b)), "enter": local((second - time_s) / 60 - 3),
             "time_s": round(blocks * 25), "wait_s": 0, "length_m": blocks * 100.0, "risk": 0.15,
             "coordinates": lonlat(a, b)}
        )  # fmt: skip
        second += round(blocks * 25)
    return made


def steps(gate: str, path: list[Any], time_s: int, text: Any) -> list[Any]:
    """Return the directions of a route: one for each stretch, then the arrival."""
    made, second = [], 0
    clockwise = ("north", "east", "south", "west")
    for n, (a, b) in enumerate(pairwise(path)):
        blocks = abs(a[0] - b[0]) + abs(a[1] - b[1])
        name, way = text(street(a, b)), toward(a, b)
        lon, lat = lonlat(a)[0]
        turn, said = "depart", f"Start {way} on {name}"
        if n:
            before = clockwise.index(toward(path[n - 1], a))
            turn = "right" if clockwise.index(way) == (before + 1) % 4 else "left"
            said = f"Turn {turn} onto {name}"
        made.append(
            {"turn": turn, "street": name, "toward": way, "at": local((second - time_s) / 60 - 3),
             "time_s": round(blocks * 25), "wait_s": 0, "length_m": blocks * 100.0, "lon": lon,
             "lat": lat, "risk": 0.15, "text": f"{said}, {blocks / 10:.1f} km"}
        )  # fmt: skip
        second += round(blocks * 25)
    lon, lat = lonlat(path[-1])[0]
    return [*made, {**made[-1], "turn": "arrive", "at": local(-3), "time_s": 0, "length_m": 0.0,
                    "lon": lon, "lat": lat, "risk": 0.0, "text": f"Arrive: {gate}, on the left"}]  # fmt: skip


def decision(key: tuple[str, str], path: list[Any], time_s: int, text: Any) -> dict[str, Any]:
    """Return the point to change from a route to another: here always the gateway."""
    lon, lat = lonlat(path[0])[0]
    role = "alternate" if key[1] == "primary" else "primary"
    at, name = local(-time_s / 60 - 3), text(street(path[0], path[1]))
    return {
        "lon": lon, "lat": lat, "at": at, "street": name, "after_m": 0.0,
        "to": f"{key[0]}:{role}", "to_role": role,
        "text": f"Last point to change: the start, on {name}, {at[11:16]} - from there the {role} "
        "by Avenue 8 reaches North gate at 07:57",
    }  # fmt: skip


def toy_document(text: Any = str) -> dict[str, Any]:
    """Return the document of a feasible plan from two sides."""
    north, south = ("g-n", text("North gate")), ("g-s", text("South gate"))
    site, corner = lonlat((8, 6), (0, 12))
    other = lonlat((16, 0))[0]
    streets = [text("Street 12"), text("Avenue 8")]
    ways = [
        [((0, 12), (8, 12), (8, 7)), ((0, 12), (0, 8), (8, 8), (8, 7)), ((0, 12), (4, 12), (4, 5), (8, 5))],
        [((16, 0), (16, 12), (8, 12), (8, 7)), ((16, 0), (16, 6), (9, 6), (9, 7), (8, 7)), ((16, 0), (8, 0), (8, 5))],
    ]  # fmt: skip
    roles = ("primary", "alternate", "contingency")
    origins = []
    for n, (key, place) in enumerate((("gw-1", corner), ("gw-2", other))):
        routes = [
            route((key, role), south if role == "contingency" else north, list(path), text,
                  streets=streets, notices=[text("ends on a private road")] if not n else [])
            for role, path in zip(roles, ways[n], strict=True)
        ]  # fmt: skip
        origins.append({
            "id": key, "name": text(("North-west", "South-east")[n] + " motorway"),
            "lon": place[0], "lat": place[1], "feasible": True, "reason": None, "opens_at": None,
            "proven": True, "routes": routes, "options": [], "unmet": [text("shares the bridge")],
        })  # fmt: skip
    return {
        "feasible": True, "facility": "hq", "facility_name": text("Service centre"),
        "facility_lon": site[0], "facility_lat": site[1],
        "headline": f"Best way in at 08:00: {north[1]} via {streets[1]}, 5 min; leave by 07:52; "
        f"if shut, {south[1]} via {streets[0]}",
        "arrive_by": local(0), "timezone": ZONE, "profile": "car", "generated_at": local(-120),
        "valid_until": local(60), "origins": origins, "gates": toy_gates(text, north, south),
        "leaving": toy_leaving(text, origins), "on_foot": toy_on_foot(text, north, south),
        "staging": toy_staging(text), "choke_points": [{"street": "Choke Lane"}],
        "explanations": [], "zones": toy_zone_records(text),
        "closures": [{"id": "c1", "name": text("Works on Avenue 5"), "kind": "works",
                      "starts_at": local(-120), "ends_at": local(480)}],
        "verification": {"passed": True, "checked": 8, "failures": []},
        "notices": [text("the size of z2 is not known")], "warnings": [text("gates are assumed")],
        "provenance": {
            "inputs": {"extract_date": "2026-02-01T00:00:00Z", "source_name": text("toy.osm.pbf")},
            "parameters": RiskParameters().table(), "seed": 0, "version": "0.1.0",
        },
    }  # fmt: skip


def toy_gates(text: Any, north: tuple[str, str], south: tuple[str, str]) -> list[Any]:
    """Return an open and a shut gate."""
    (n_lon, n_lat), (s_lon, s_lat) = lonlat((8, 7), (8, 5))
    return [
        {"id": north[0], "name": north[1], "kind": "both", "lon": n_lon, "lat": n_lat,
         "opens": "00:00", "closes": "24:00", "assumed": False, "open": True, "time_s": 300,
         "best_for": ["gw-1", "gw-2"], "reason": None},
        {"id": south[0], "name": south[1], "kind": "vehicle", "lon": s_lon, "lat": s_lat,
         "opens": "06:00", "closes": "20:00", "assumed": True, "open": False, "time_s": None,
         "best_for": [], "reason": text("an assembly is reported in front of it")},
    ]  # fmt: skip


def toy_leaving(text: Any, origins: list[Any]) -> dict[str, Any]:
    """Return where one is when: from one side at the gate, from the other none is open."""
    there, none = origins
    way = there["routes"][0]
    times = []
    for minutes in (-30, 0):
        gone = {"gate": None, "gate_name": None, "depart": None, "arrive": None, "minutes": None,
                "exposure_min": None, "max_risk": None, "clear": None, "reason": None,
                "leave_instead": None}  # fmt: skip
        found = gone | {"id": there["id"], "name": there["name"], "gate": way["entrance"],
                        "gate_name": way["entrance_name"], "depart": local(minutes),
                        "arrive": local(minutes + 7), "minutes": 7.0, "exposure_min": 0.7,
                        "max_risk": 0.17, "clear": False}  # fmt: skip
        lost = gone | {"id": none["id"], "name": none["name"],
                       "reason": text("South gate is shut on arrival at 07:41 and opens at 08:40"),
                       "leave_instead": local(33)}  # fmt: skip
        times.append(
            {"depart": local(minutes), "checked": 1, "failed": 0, "origins": [found, lost]}
        )
    return {"profile": "car", "times": times}


def toy_on_foot(text: Any, north: tuple[str, str], south: tuple[str, str]) -> dict[str, Any]:
    """Return what lies within minutes of the north gate on foot; the south gate opens later."""
    within = [{"minutes": 5 * n, "area_km2": 0.21 * n, "road_km": 3.5 * n,
               "road_km_without_zones": 4.0 * n} for n in (1, 2, 3)]  # fmt: skip
    return {
        "profile": "foot", "at": local(0), "minutes": [5, 10, 15],
        "gates": [
            {"id": north[0], "name": north[1], "open": True, "opens_at": None, "within": within,
             "places": [{"name": text("General hospital"), "kind": "hospital", "minutes": 10},
                        {"name": text("Plaza stop"), "kind": "tram", "minutes": 5},
                        {"name": "", "kind": "bus", "minutes": 15}],
             "zones": [{"id": "z2", "label": "March, Street 9, 08:00-11:00"}]},
            {"id": south[0], "name": south[1], "open": False, "opens_at": local(40), "within": [],
             "places": [], "zones": []},
        ],
    }  # fmt: skip


def toy_walked() -> tuple[Walked, ...]:
    """Return the ground within those minutes: squares round the north gate."""
    return tuple(
        Walked(
            5 * n, frame([{"id": n}], [box(8 - 2 * n, 7 - n, 8 + 2 * n, 7 + n)]).geometry.iloc[0]
        )
        for n in (1, 2, 3)
    )


def toy_staging(text: Any) -> list[Any]:
    """Return one site with two ways out."""
    lon, lat = lonlat((12, 10))[0]
    ways = [{"gateway": g, "time_s": 200, "length_m": 900.0,
             "geometry": {"type": "LineString", "coordinates": lonlat(*path)}}
            for g, path in (("gw-1", ((12, 10), (12, 12), (0, 12))),
                            ("gw-2", ((12, 10), (16, 10), (16, 0))))]  # fmt: skip
    return [{"id": "s1", "name": text("Car park Avenue 12"), "rank": 1, "lon": lon, "lat": lat,
             "time_s": 240, "gate": "g-n", "area_m2": 2600.0, "room_for": 40,
             "shared_door_m": 0.0, "road_offset_m": 12.0,
             "clear_share": None, "why": text("4 min from the north gate"), "ways": ways}]  # fmt: skip


def toy_zone_records(text: Any) -> list[Any]:
    """Return the reports as the document tells them."""
    shared = {"source_kind": "operator", "size_low": 200, "size_high": 800}
    return [
        {"id": "z1", "label": text("Standing assembly, Street 5"), "kind": "standing_assembly",
         "grade": "B3", "starts_at": local(-60), "ends_at": local(120),
         "presence_at_arrival": 0.62, "footprint_m2": 740.0, **shared},
        {"id": "z2", "label": text("March, Street 9"), "kind": "march", "grade": "C3",
         "starts_at": local(0), "ends_at": local(180),
         "presence_at_arrival": 0.5, "footprint_m2": 800.0, **shared},
    ]  # fmt: skip


def shut(document: dict[str, Any], text: Any = str) -> dict[str, Any]:
    """Return the document with no way through."""
    reason = text("every gate is inside a reported assembly")
    origins = [
        {**origin, "feasible": False, "routes": [], "reason": reason, "opens_at": local(135),
         "stop": None if n else toy_stop(origin["id"], text),
         "earlier": toy_hour(-70, text), "later": toy_hour(135, text)}
        for n, origin in enumerate(document["origins"])
    ]  # fmt: skip
    gates = [{**g, "open": False, "reason": reason, "time_s": None} for g in document["gates"]]
    headline = "No way through to Service centre at 08:00; it opens at 10:15"
    return {**document, "feasible": False, "origins": origins, "gates": gates, "headline": headline,
            "advice": toy_advice(text)}  # fmt: skip


def toy_stop(origin: str, text: Any = str) -> dict[str, Any]:
    """Return where those of one side stop: a drive along one street, a walk along another."""
    place, gate = ("p1", text("Quay car park")), ("e9", text("West door"))
    drive = route((origin, "stop"), place, [(0, 12), (0, 8)], text, streets=[text("Avenue 0")])
    walk = route((origin, "walk"), gate, [(0, 8), (0, 6), (7, 6)], text, streets=[text("Street 6")])
    lon, lat = lonlat((0, 8))[0]
    return {
        "id": place[0], "name": place[1], "lon": lon, "lat": lat, "minutes": 14.0,
        "stay": {"from": drive["arrive"], "until": local(60)}, "drive": drive, "walk": walk,
        "wheelchair": None,
        "text": f"Drive to {place[1]} (2 min), then 4 min on foot to {gate[1]}, clear",
    }  # fmt: skip


def toy_hour(minutes: float, text: Any = str) -> dict[str, Any]:
    """Return a way for another arrival."""
    return {
        "arrive_by": local(minutes), "minutes": 6.0, "entrance": "e1",
        "entrance_name": text("North gate"), "depart": local(minutes - 6),
        "leave_by": local(minutes - 8), "arrive": local(minutes), "clear": minutes < 0,
        "max_risk": 0.0 if minutes < 0 else 0.2, "streets": [text("Street 12")],
    }  # fmt: skip


def toy_advice(text: Any = str) -> dict[str, Any]:
    """Return what to do with the shift, and what stands beside it."""
    walk = route(("transit", "walk"), ("e9", text("West door")), [(4, 4), (4, 6), (7, 6)], text)
    lon, lat = lonlat((4, 4))[0]
    return {
        "kind": "delay", "text": "Delay the shift: no vehicle way in before 10:15",
        "until": local(135),
        "transit": [{"id": "n1", "name": text("Mill Lane"), "lon": lon, "lat": lat, "kind": "tram",
                     "walk": walk}],
        "gates": [{"id": "e1", "name": text("North gate"), "kind": "both", "opens_at": local(2)}],
        "inside": {"by": None, "until": local(140), "text": "stay inside until 10:20"},
    }  # fmt: skip
