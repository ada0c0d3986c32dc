"""One invented facility in a real city, through a morning of reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely.geometry import LineString, Point
from shapely.ops import substring

from planner.cli import steps
from planner.errors import NetworkError
from planner.initialise import initialise
from planner.layers.crs import to_lonlat, to_xy
from planner.layers.workspace import Workspace
from planner.plan.make import make_plan
from planner.plan.question import ask

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan

FACILITY = "exercise-hq"
DATE = "2027-03-03"  # a Wednesday
CROWD = {"start": f"{DATE}T07:00", "end": f"{DATE}T10:00", "size": "200-800", "grade": "C3"}
NEAR_M, FAR_M = 400.0, 3000.0
"""Metres before the gate between which a street is looked for to report a crowd on."""


@dataclass(frozen=True)
class Report:
    """A crowd reported on the fastest way of one gateway."""

    origin: str
    along: LineString
    in_words: bool


@dataclass(frozen=True)
class CityDay:
    """The plans of one city: calm, a crowd on the way, at the front gate, at every gate."""

    path: Path
    calm: Plan
    noon: Plan
    report: Report
    crowd: Plan
    after: Plan
    front: str
    front_crowd: Plan
    shut: Plan
    opening: Plan
    before_opening: Plan


def city_day(shared: Path, folder: Path, city: str) -> CityDay:
    """Initialise a city, import its facility, and plan through the day."""
    path = folder / f"{city}.gpkg"
    initialise(shared / "osm" / f"{city}.osm.pbf", path)
    for layer in ("facilities", "entrances"):
        file = shared / "facilities" / f"{city}-{layer}.geojson"
        steps.import_layer(layer, file, path, role="exercise")
    calm, noon = plan_at(path, "08:00"), plan_at(path, "12:00")
    report = report_on_the_way(path, calm)
    crowd, after = plan_at(path, "08:00"), plan_at(path, "12:00")
    steps.remove_rows("zones", ["on-the-way"], path, role="exercise")
    front = front_gate(calm.document)
    crowd_at(path, calm.document, front)
    front_crowd = plan_at(path, "08:00")
    for gate in calm.document["gates"]:
        if gate["id"] != front:
            crowd_at(path, calm.document, gate["id"])
    shut = plan_at(path, "08:00")
    opens = min(datetime.fromisoformat(o["opens_at"]) for o in shut.document["origins"])
    opening, before = (plan_at(path, t.isoformat()) for t in (opens, opens - timedelta(minutes=2)))
    return CityDay(
        path, calm, noon, report, crowd, after, front, front_crowd, shut, opening, before
    )


def plan_at(path: Path, when: str) -> Plan:
    """Plan for HH:MM of the day, or for a whole ISO time."""
    workspace = Workspace.open(path)
    when = when if "T" in when else f"{DATE}T{when}"
    return make_plan(workspace, ask(FACILITY, when, workspace.timezone))


def front_gate(document: dict[str, Any]) -> str:
    """Return the gate that is best for most gateways."""
    counts = Counter({g["id"]: len(g["best_for"]) for g in document["gates"]})
    return counts.most_common(1)[0][0]


def crowd_at(path: Path, calm: dict[str, Any], gate: str) -> None:
    """Report a crowd where the drive to a gate ends."""
    ends = [r["geometry"]["coordinates"][-1] for r in routes(calm) if r["entrance"] == gate]
    where = next(g for g in calm["gates"] if g["id"] == gate)
    lon, lat = ends[0] if ends else (where["lon"], where["lat"])
    report(path, f"at-{gate}", {"geometry": Point(lon, lat).wkt})


def report(path: Path, key: str, words: dict[str, str]) -> None:
    """Add the crowd of the morning at a place, by the step behind ``planner zone add``."""
    place = dict.fromkeys(("along", "from", "to", "geometry")) | words
    row = {
        "id": key, "kind": "standing_assembly", "source_kind": "news",
        "starts_at": CROWD["start"], "ends_at": CROWD["end"],
        "size": CROWD["size"], "grade": CROWD["grade"],
    }  # fmt: skip
    steps.zone_add(path, place, row, role="exercise")


def report_on_the_way(path: Path, calm: Plan) -> Report:
    """Report a crowd on a street of a fastest way that none of its alternates needs."""
    drawn = None
    for origin in sorted(calm.document["origins"], key=lambda o: o["routes"][0]["cost_s"]):
        for street, before, after, line in _stretches(origin):
            drawn = drawn or (origin["id"], line)
            try:
                report(path, "on-the-way", {"along": street, "from": before, "to": after})
            except NetworkError:
                continue
            zone = metric(calm, Workspace.open(path).layer("zones").geometry.iloc[0].coords)
            # Two streets can cross twice: the words must mean the stretch that is driven.
            if metric(calm, line.coords).intersection(zone.buffer(2.0)).length > 0.8 * zone.length:
                return Report(origin["id"], zone, in_words=True)
            steps.remove_rows("zones", ["on-the-way"], path, role="exercise")
    assert drawn, "no street of a fastest way can be gone round"
    key, line = drawn
    line = substring(line, 0.2, 0.8, normalized=True)
    report(path, "on-the-way", {"geometry": line.wkt})
    return Report(key, metric(calm, line.coords), in_words=False)


def _stretches(origin: dict[str, Any]) -> list[tuple[str, str, str, LineString]]:
    """Return (street, street before, street after, lon/lat line) of runs near the gate."""
    primary, *others = origin["routes"]
    elsewhere = {pair for route in others for pair in segments(route)}
    runs = [(name, list(legs)) for name, legs in groupby(primary["legs"], lambda g: g["street"])]
    to_go = float(primary["length_m"])
    found = []
    for (before, _), (street, legs), (after, _) in zip(runs, runs[1:], runs[2:], strict=False):
        left = to_go - sum(
            g["length_m"] for name, some in runs[: runs.index((street, legs)) + 1] for g in some
        )
        length = sum(g["length_m"] for g in legs)
        points = [p for g in legs for p in g["coordinates"]]
        free = not elsewhere & set(pairs(points))
        if street and 60 <= length <= 600 and NEAR_M <= left <= FAR_M and free and others:
            found.append((street, before or street, after or street, LineString(points)))
    return found


def routes(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every route of a plan."""
    return [route for origin in document["origins"] for route in origin["routes"]]


def origin_of(plan: Plan, key: str) -> dict[str, Any]:
    """Return one origin of a plan."""
    return next(o for o in plan.document["origins"] if o["id"] == key)


def pairs(points: list[list[float]]) -> list[frozenset[tuple[float, ...]]]:
    """Return the segments of a line, whichever way they are driven."""
    return [frozenset((tuple(a), tuple(b))) for a, b in pairwise(points) if a != b]


def segments(route: dict[str, Any]) -> list[frozenset[tuple[float, ...]]]:
    """Return the segments of a route in order."""
    return pairs(route["geometry"]["coordinates"])


def metric(plan: Plan, lonlat: Any) -> LineString:
    """Return a lon/lat line in metres."""
    return LineString(to_xy(np.array(list(lonlat), float), plan.network.epsg))


def line_of(plan: Plan, route: dict[str, Any]) -> LineString:
    """Return a route's line in metres."""
    return metric(plan, route["geometry"]["coordinates"])


def shared_share(plan: Plan, route: dict[str, Any], primary: dict[str, Any]) -> float:
    """Return the share of a route, outside its last 300 m, drawn over the primary."""
    line = line_of(plan, route)
    if line.length <= 300:
        return 0.0
    points = np.array(route["geometry"]["coordinates"])
    xy = to_xy(points, plan.network.epsg)
    length = np.hypot(*np.diff(xy, axis=0).T)
    to_go = np.cumsum(length[::-1])[::-1]
    known = set(segments(primary))
    same = np.array(
        [frozenset((tuple(a), tuple(b))) in known for a, b in pairwise(points.tolist())]
    )
    outside = to_go > 300.0
    return float(length[outside & same].sum() / length[outside].sum())


def exposure_of_old_way(old: dict[str, Any], plan: Plan) -> float:
    """Return the minutes of exposure of driving an old route through a new plan's risk."""
    arcs = _arcs(old, plan)
    time_s = plan.network.time_s[arcs].astype(np.int64)
    field = plan.risk.field
    arrive = field.seconds(datetime.fromisoformat(plan.document["arrive_by"]))
    entered = arrive - np.cumsum(time_s[::-1])[::-1]
    risk = field.on_entry(arcs, entered)
    return float(time_s @ risk) / 60


def _arcs(route: dict[str, Any], plan: Plan) -> np.ndarray:
    """Return the arcs of a route by the lines and ways of its legs."""
    network = plan.network
    found = []
    for leg in route["legs"]:
        known = {}
        for arc in np.flatnonzero(network.way_id == leg["way"]).tolist():
            shape = np.round(to_lonlat(network.arc_shape(arc), network.epsg), 7)
            known[tuple(map(tuple, shape.tolist()))] = arc
        points = [tuple(p) for p in leg["coordinates"]]
        at = 0
        while at < len(points) - 1:
            end = next(e for e in range(at + 2, len(points) + 1) if tuple(points[at:e]) in known)
            found.append(known[tuple(points[at:end])])
            at = end - 1
    return np.array(found, np.int32)
