"""One day in the city: facilities, gates, reports, closures, approved routes, staging sites."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from aldermere.drawing import PARKS, SITES, downtown
from aldermere.osm_file import lonlat
from aldermere.shapes import Points, rectangle, simplify
from aldermere.sites import unit
from aldermere.ways_in import Ways

if TYPE_CHECKING:
    from pathlib import Path

    from aldermere.city import City

DAY = "2027-03-02"
OFFSET = "-01:00"
FACILITIES = {
    "courthouse": ("courthouse", 3),
    "hospital": ("hospital", 3),
    "service-centre": ("municipal service centre", 2),
}
# facility and gate -> kind, opens, closes
GATES = {
    ("courthouse", "South gate"): ("both", "06:00", "20:00"),
    ("courthouse", "North gate"): ("both", "07:00", "19:00"),
    ("courthouse", "East gate"): ("vehicle", "00:00", "24:00"),
    ("courthouse", "West gate"): ("foot", "07:30", "18:30"),
    ("hospital", "South-west gate"): ("both", "00:00", "24:00"),
    ("hospital", "North-east gate"): ("vehicle", "00:00", "24:00"),
    ("hospital", "South-east gate"): ("both", "06:00", "21:00"),
    ("hospital", "North-west gate"): ("foot", "07:00", "20:00"),
    ("service-centre", "North gate"): ("both", "07:00", "18:00"),
    ("service-centre", "East gate"): ("vehicle", "06:00", "19:00"),
    ("service-centre", "West gate"): ("both", "22:00", "06:00"),
}  # fmt: skip


def _time(clock: str, day: str = DAY) -> str:
    return f"{day}T{clock}:00{OFFSET}"


def _feature(shape: str, points: Points, **properties: str | float | bool) -> dict[str, Any]:
    where = lonlat(points).tolist()
    coordinates = [[*where, where[0]]] if shape == "Polygon" else where
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def facilities() -> list[dict[str, Any]]:
    """Return the sites to keep reachable."""
    out = []
    for site in SITES:
        if site.key in FACILITIES:
            kind, level = FACILITIES[site.key]
            outline = rectangle(np.array(site.centre), unit(site.angle), *site.size)
            out.append(
                _feature("Polygon", outline, id=site.key, name=site.name, kind=kind, fsl=level)
            )
    return out


def entrances(city: City) -> list[dict[str, Any]]:
    """Return the gates with their hours."""
    out = []
    for gate in city.built.gates:
        if (gate.site, gate.name) in GATES:
            kind, opens, closes = GATES[gate.site, gate.name]
            key = f"{gate.site}-{gate.name.removesuffix(' gate').lower()}"
            out.append(_feature(
                "Point", city.roads.graph.xy[gate.node], id=key, name=gate.name,
                facility_id=gate.site, kind=kind, opens=opens, closes=closes, assumed=False,
            ))  # fmt: skip
    return out


def zones(ways: Ways) -> list[dict[str, Any]]:
    """Return the reports of the day."""
    front = np.array([downtown(u, v) for u, v in ((70, -122), (182, -122), (182, -70), (70, -70))])
    march = ways.walk([(60, -612), (-226, -520), (-190, 30), (228, 150), (560, 209)])
    lawn = (PARKS["Larkmead Park"] - [-660, 700]) * 0.6 + [-590, 735]
    doubt = np.array(
        [downtown(u, v) for u, v in ((-118, 205), (-84, 205), (-84, 300), (-118, 300))]
    )
    return [
        _feature("Polygon", front, id="zone-1", kind="standing_assembly", source_kind="permit",
                 starts_at=_time("07:00"), ends_at=_time("10:00"), size_low=200, size_high=500,
                 source_grade="B", info_grade=2, observed_at=_time("16:00", "2027-03-01"),
                 time_precision_min=15),
        _feature("LineString", simplify(march, 0.5), id="zone-2", kind="march", source_kind="permit",
                 starts_at=_time("08:30"), ends_at=_time("10:30"), size_low=600, size_high=1200,
                 source_grade="B", info_grade=2, observed_at=_time("16:00", "2027-03-01"),
                 speed_kmh=1.2, time_precision_min=10),
        _feature("Polygon", doubt, id="zone-3", kind="unknown_friction", source_kind="other",
                 starts_at=_time("06:30"), ends_at=_time("09:00"), size_low=30, size_high=900,
                 source_grade="E", info_grade=4, observed_at=_time("05:50"), time_precision_min=45,
                 note="Second-hand report, not seen by staff."),
        _feature("Polygon", simplify(lawn, 1.0), id="zone-4", kind="permitted_event",
                 source_kind="operator", starts_at=_time("18:00"), ends_at=_time("22:00"),
                 size_low=1500, size_high=3000, source_grade="A", info_grade=1,
                 observed_at=_time("09:00", "2027-02-26"), time_precision_min=10),
    ]  # fmt: skip


def closures(ways: Ways) -> list[dict[str, Any]]:
    """Return the stretches shut during the day."""
    bridge = ways.walk([(-1205, -120), (-1075, 130)])
    beside = ways.walk([(-990, 410), (-560, 462)])
    return [
        _feature("LineString", simplify(bridge, 0.3), id="closure-1",
                 name="Ring Road west bridge, deck works", starts_at=_time("00:00"),
                 ends_at=_time("23:59"), kind="works"),
        _feature("LineString", simplify(beside, 0.3), id="closure-2",
                 name="Copperfield Road, park event", starts_at=_time("17:30"),
                 ends_at=_time("23:00"), kind="event_permit"),
    ]  # fmt: skip


def access_routes(city: City, ways: Ways) -> list[dict[str, Any]]:
    """Return two approved ways in for each facility, driven legally along the streets."""
    gate = {(g.site, g.name): g.node for g in city.built.gates}
    wanted = (
        ("courthouse", "North gate", (-150, 2130), "Northgate Road approach", "primary"),
        ("courthouse", "East gate", (2740, -1800), "Anvil Road approach", "alternate"),
        ("hospital", "North-east gate", (-1980, 2130), "Harrowgate Road approach", "primary"),
        ("hospital", "South-west gate", (-2740, 930), "Westering Road approach", "alternate"),
        ("service-centre", "North gate", (-2740, -60), "Weir Road approach", "primary"),
        ("service-centre", "East gate", (-430, -2130), "Southmoor Road approach", "alternate"),
    )
    out = []
    for site, name, start, label, role in wanted:
        way = ways.drive(ways.node(start), gate[site, name])
        out.append(_feature("LineString", simplify(way, 0.3), id=f"{site}-{role}", name=label,
                            facility_id=site, role=role))  # fmt: skip
    return out


SITES_CSV = (
    ("staging-1", "Kestrel Common yard", (640, -1420), 2400, "asphalt", "works yard"),
    ("staging-2", "Ferrier's Green hardstanding", (1010, 1290), 1500, "gravel", "hardstanding"),
    ("staging-3", "Hatchet Lake car field", (-1770, -1090), 3600, "grass", "field"),
)


def staging_rows(ways: Ways) -> list[list[str]]:
    """Return the rows of staging_sites.csv, each a little off the nearest street."""
    out = [["id", "name", "capacity_m2", "surface", "kind", "lon", "lat"]]
    for key, name, place, room, surface, kind in SITES_CSV:
        road = np.vstack([e.pts for e in ways.edge])
        near = road[int(np.argmin(np.hypot(*(road - place).T)))]
        away = np.array(place) - near
        spot = near + away / max(np.hypot(*away), 1e-6) * min(18.0, float(np.hypot(*away)))
        lon, lat = lonlat(spot).tolist()
        out.append([key, name, str(room), surface, kind, f"{lon:.7f}", f"{lat:.7f}"])
    return out


def write(city: City, folder: Path) -> None:
    """Write every file of the scenario; the same city gives the same bytes."""
    ways = Ways(city)
    layers = {
        "facilities": facilities(),
        "entrances": entrances(city),
        "zones": zones(ways),
        "closures": closures(ways),
        "access_routes": access_routes(city, ways),
    }
    for name, features in layers.items():
        rows = ",\n".join(json.dumps(f, ensure_ascii=False) for f in features)
        text = f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}\n'
        (folder / f"{name}.geojson").write_text(text, encoding="utf-8", newline="\n")
    with (folder / "staging_sites.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(staging_rows(ways))
