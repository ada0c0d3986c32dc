"""A drawn town as a workspace, for ways that a planner draws through it.

::

    gw-west A --10--- B --10--- C --11--- D  east gate (06:00-20:00)    y = 400
            |         |         |         |
            20       21 ^      22        23          each block 500 m wide, 400 m high;
            |         | one-way |         |          21 leads north only
            E --30--- F --30--- G --30--- H  south gate (22:00-23:00)   y = 0
                                |         |
                               40 private |50
                                |         |
                                I --60--- J  footway                     y = -400

Way 10 and 11 are Long Street, 20 West, 21 Up, 22 Middle, 23 East, 30 Low Street. From way 10 no
right turn into way 22 at C. Hill lets 2.6 m
through. All are 30 km/h streets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, Point, box

from planner.initialise import initialise
from planner.layers.workspace import Workspace
from tests.network.drawing import at, write_osm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ARRIVE = "2027-03-02T08:00"
PLACES: dict[str, tuple[float, float]] = {
    "A": (0, 400), "B": (500, 400), "C": (1000, 400), "D": (1500, 400),
    "E": (0, 0), "F": (500, 0), "G": (1000, 0), "H": (1500, 0),
    "I": (1000, -400), "J": (1500, -400),
}  # fmt: skip
STREET = {"highway": "secondary", "maxspeed": "30"}
WAYS: tuple[tuple[int, str, dict[str, str]], ...] = (
    (10, "ABC", {"name": "Long Street"}), (11, "CD", {"name": "Long Street"}),
    (20, "AE", {"name": "West Street"}), (21, "FB", {"name": "Up Street", "oneway": "yes"}),
    (22, "CG", {"name": "Middle Street"}), (23, "DH", {"name": "East Street"}),
    (30, "EFGH", {"name": "Low Street"}), (40, "GI", {"name": "Yard", "access": "private"}),
    (50, "HJ", {"name": "Hill", "maxheight": "2.6"}), (60, "IJ", {"name": "Foot Lane", "highway": "footway"}),
)  # fmt: skip


def place(name: str, dx: float = 0.0, dy: float = 0.0) -> tuple[float, float]:
    """Return the lon/lat of a crossing, metres beside it where asked for."""
    x, y = PLACES[name]
    return at(x + dx, y + dy)


def way(names: str, dx: float = 0.0, dy: float = 0.0) -> LineString:
    """Return the line from crossing to crossing, drawn this far beside the streets."""
    return LineString([place(name, dx, dy) for name in names])


def make_town(folder: Path) -> Workspace:
    """Return the town as a workspace with its facility, gates and gateway."""
    number = {name: i + 1 for i, name in enumerate(PLACES)}
    nodes = {number[name]: at(*xy) for name, xy in PLACES.items()}
    ways = [(i, [number[n] for n in names], STREET | tags) for i, names, tags in WAYS]
    rule = (7, [("w", 10, "from"), ("n", number["C"], "via"), ("w", 22, "to")],
            {"type": "restriction", "restriction": "no_right_turn"})  # fmt: skip
    file = write_osm(folder / "town.osm.pbf", nodes, ways, relations=[rule])
    initialise(file, folder / "town.gpkg", timezone="Europe/Berlin")
    workspace = Workspace.open(folder / "town.gpkg")
    for layer in ("gateways", "facilities", "entrances"):
        known = workspace.layer(layer)["id"].tolist()
        if known:
            workspace.remove(layer, known)
    outline = box(*place("D", 20, -80), *place("D", 60, -20))
    put(workspace, "facilities", [{"id": "hq", "name": "Town hall", "kind": "office"}], [outline])
    gates = [
        {"id": "east", "name": "East gate", "opens": "06:00", "closes": "20:00"},
        {"id": "south", "name": "South gate", "opens": "22:00", "closes": "23:00"},
    ]
    both = [gate | {"facility_id": "hq", "kind": "both", "assumed": False} for gate in gates]
    put(workspace, "entrances", both, [Point(place("D", 3)), Point(place("H", 3))])
    row = {"id": "gw-west", "name": "West", "road_class": "secondary"}
    put(workspace, "gateways", [row], [Point(place("A"))])
    return workspace


def put(
    workspace: Workspace, layer: str, rows: Sequence[dict[str, Any]], shapes: Sequence[Any]
) -> None:
    """Add rows to a layer."""
    workspace.append(layer, gpd.GeoDataFrame(list(rows), geometry=list(shapes), crs=4326))


def crowd(workspace: Workspace, where: Any, since: str, until: str) -> None:
    """Report an assembly of hundreds at a place, local times of the day."""
    day = ARRIVE[:10]
    row = {
        "id": "z-1", "kind": "standing_assembly", "source_kind": "police",
        "starts_at": _local(workspace, f"{day} {since}"),
        "ends_at": _local(workspace, f"{day} {until}"),
        "size_low": 300, "size_high": 400, "source_grade": "A", "info_grade": 1,
        "observed_at": _local(workspace, f"{day} {since}"), "influence_m": 50.0,
    }  # fmt: skip
    put(workspace, "zones", [row], [where])


def close(workspace: Workspace, where: Any, since: str, until: str) -> None:
    """Shut a place between two local times of the day."""
    day = ARRIVE[:10]
    row = {
        "id": "c-1", "name": "Works", "kind": "works",
        "starts_at": _local(workspace, f"{day} {since}"),
        "ends_at": _local(workspace, f"{day} {until}"),
    }  # fmt: skip
    put(workspace, "closures", [row], [where])


def _local(workspace: Workspace, text: str) -> pd.Timestamp:
    return pd.Timestamp(text).tz_localize(workspace.settings.timezone)
