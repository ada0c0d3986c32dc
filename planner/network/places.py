"""What OpenStreetMap knows beside the roads."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.coast import sea_polygons
from planner.network.kinds import (
    CLEAR_KINDS,
    CLEAR_NODES,
    FACILITY_KINDS,
    GREEN,
    QUIET_KINDS,
    RAILS,
    STOP_KINDS,
    WATER,
    WATERWAYS,
    Tags,
    kind_of,
)
from planner.network.naming import clean_name, street_of
from planner.network.outlines import Shapes, read_shapes
from planner.network.site_kinds import car_park, disabled_space, is_buried, leave, square, yard
from planner.network.site_tags import SITE_COLUMNS, UNKNOWN, hours_of
from planner.network.transit import STOP_NODES, merged_stops, rank_of, transit_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

Bounds = tuple[float, float, float, float]

KEYS = (
    "building", "amenity", "office", "diplomatic", "natural", "waterway", "landuse", "leisure",
    "railway", "entrance", "barrier", "tourism", "parking", "public_transport", "place",
    "industrial",
)  # fmt: skip
AREAS = (("highway", "pedestrian"),)
"""Areas that are read for a value of a key whose other values are not."""
_GATES = frozenset({"gate", "lift_gate", "swing_gate", "sliding_gate", "entrance"})
_CLOSED_BUILDINGS = frozenset({"no", "demolished", "razed", "proposed"})
_NO_HOSPITAL = frozenset({"clinic", "centre", "doctor", "doctors", "rehabilitation"})
"""Values of ``healthcare`` of what takes no emergencies though it is called a hospital. Assumption."""
_HOURS = re.compile(r"(?:Mo-Su )?(\d\d:\d\d)-(\d\d:\d\d)")


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Frames in EPSG:4326; every row has ``osm_id``, ``name``, ``kind`` and ``geometry``.

    ``car_parks``, ``squares`` and ``yards`` add ``access, vehicles, maxheight_m, hours, maxstay_min,
    lit, surface`` as of the layer ``staging_sites``, ``capacity`` (spaces, NaN unknown) and
    ``disabled`` (spaces of these that are kept for visitors with reduced mobility); the ``kind``
    of a car park is surface, street side, underground, multi-storey, rooftop or garages;
    ``disabled_spaces`` are such spaces mapped one by one; ``entrances`` adds
    ``value, access, vehicle, foot`` (tag values, "" unset) with ``kind`` entrance or gate;
    all of these, with ``facilities``, add the ``street`` of the address ("" untold);
    ``support_stops`` adds ``opens, closes`` (the same every day), ``hours`` (by the day; all ""
    unknown), ``emergency`` (yes, no, unknown) and leaves private ones out;
    ``rails`` and ``waterways`` add ``tunnel``; ``quiet_places`` are the grounds of schools and
    clinics; ``transit_stops`` are points, one a stop; ``keep_clear`` are stations of
    rescue, bus stations, taxi stands. ``counts`` tells how many of each were read
    and ``drops`` what was dropped or mended, by kind, zeros included; ``lost_water`` names
    water whose outline is not in the file.
    """

    buildings: GeoDataFrame
    water: GeoDataFrame
    waterways: GeoDataFrame
    green: GeoDataFrame
    rails: GeoDataFrame
    car_parks: GeoDataFrame
    squares: GeoDataFrame
    yards: GeoDataFrame
    disabled_spaces: GeoDataFrame
    entrances: GeoDataFrame
    facilities: GeoDataFrame
    support_stops: GeoDataFrame
    quiet_places: GeoDataFrame
    transit_stops: GeoDataFrame
    keep_clear: GeoDataFrame
    counts: Mapping[str, int]
    drops: Mapping[str, int]
    lost_water: tuple[str, ...]


def read_places(path: Path | str, *, bbox: Bounds | None = None) -> Places:
    """Read buildings, water, green, rails, car parks, gates and public places from a file.

    Unsorted files, missing nodes and nodes at 0,0 are read. Where an outline is not whole,
    water and green are closed by a straight line, facilities, stops and car parks become a
    point, and buildings are dropped.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees: keep what touches this box; None keeps all.

    Raises
    ------
    NetworkError
        The file is absent or not OSM data.
    """
    nodes_with = (*STOP_NODES, *CLEAR_NODES)
    shapes = read_shapes(path, KEYS, nodes_with=nodes_with, areas_with=AREAS)
    if bbox is not None:
        shapes = _within(shapes, bbox)
    return _places(shapes, bbox)


def _places(shapes: Shapes, bbox: Bounds | None) -> Places:
    points, lines, areas = (shapely.get_dimensions(shapes.geometry) == d for d in range(3))
    solid = areas & shapes.whole
    sites = _stubs_as_points(shapes)
    site = (solid | points) | ~shapes.whole
    any_ = np.ones(len(shapes.tags), bool)
    frames: dict[str, Any] = {
        "buildings": _frame(shapes, _building, solid),
        "water": _with_sea(_frame(shapes, kind_of(WATER, is_buried), areas), shapes, bbox),
        "waterways": _frame(shapes, kind_of(WATERWAYS), lines, tunnel=_tunnel),
        "green": _frame(shapes, kind_of(GREEN), areas),
        "rails": _frame(shapes, kind_of(RAILS), lines, tunnel=_tunnel),
        "car_parks": _frame(sites, car_park, site, **_SITE_COLUMNS),
        "squares": _frame(shapes, square, solid, **_SITE_COLUMNS),
        "yards": _frame(shapes, yard, solid, **_SITE_COLUMNS),
        "disabled_spaces": _frame(shapes, disabled_space, solid | points),
        "entrances": _frame(shapes, _entrance, points & shapes.whole, **_ENTRANCE_COLUMNS),
        "facilities": _frame(sites, kind_of(FACILITY_KINDS), site, street=street_of),
        "support_stops": _frame(sites, kind_of(STOP_KINDS, _not_public), site, **_STOP_COLUMNS),
        "quiet_places": _named(_frame(sites, kind_of(QUIET_KINDS), site)),
        "transit_stops": merged_stops(_named(_frame(shapes, transit_kind, any_, rank=rank_of))),
        "keep_clear": _named(_frame(sites, kind_of(CLEAR_KINDS), site)),
    }
    counts = {name.replace("_", " "): len(frame) for name, frame in frames.items()}
    cut = [shapes.tags[i] for i in np.flatnonzero(~shapes.whole)]
    drops = dict(shapes.counts)
    drops["buildings dropped, outline not whole"] = sum(bool(_building(tags)) for tags in cut)
    drops["facilities and car parks kept as a point, outline not whole"] = sum(
        bool(car_park(tags) or kind_of(FACILITY_KINDS)(tags)) for tags in cut
    )
    water = kind_of(WATER, is_buried)
    names = (tags.get("name", "an unnamed water") for tags in shapes.lost if water(tags))
    lost = tuple(dict.fromkeys(names))
    return Places(**frames, counts=counts, drops=drops, lost_water=lost)


def no_places() -> Places:
    """Return the empty frames of a file that knows nothing beside its roads."""
    nothing = np.empty(0, object)
    return _places(Shapes((), (), nothing, np.empty(0, bool), {}), None)


def _frame(
    shapes: Shapes,
    kind: Callable[[Tags], str],
    mask: NDArray[np.bool_],
    **columns: Callable[[Tags], Any],
) -> GeoDataFrame:
    import geopandas as gpd

    rows = np.flatnonzero(mask)
    kinds = [kind(shapes.tags[i]) for i in rows]
    keep = [(i, k) for i, k in zip(rows, kinds, strict=True) if k]
    data: dict[str, Any] = {
        "osm_id": [shapes.osm_id[i] for i, _ in keep],
        "name": [shapes.tags[i].get("name", "") for i, _ in keep],
        "kind": [k for _, k in keep],
    }
    for name, value in columns.items():
        data[name] = [value(shapes.tags[i]) for i, _ in keep]
    geometry = shapes.geometry[np.array([i for i, _ in keep], np.int64)]
    return gpd.GeoDataFrame(data, geometry=geometry, crs=4326)


def _named(frame: GeoDataFrame) -> GeoDataFrame:
    return frame.assign(name=[clean_name(name) for name in frame["name"]])


def _within(shapes: Shapes, bbox: Bounds) -> Shapes:
    tree = shapely.STRtree(shapes.geometry)
    rows = np.sort(tree.query(shapely.box(*bbox), "intersects"))
    return Shapes(
        tuple(shapes.osm_id[i] for i in rows),
        tuple(shapes.tags[i] for i in rows),
        shapes.geometry[rows],
        shapes.whole[rows],
        shapes.counts,
        shapes.lost,
    )


def _stubs_as_points(shapes: Shapes) -> Shapes:
    geometry = shapes.geometry.copy()
    stubs = ~shapes.whole
    geometry[stubs] = shapely.centroid(shapely.extract_unique_points(geometry[stubs]))
    return replace(shapes, geometry=geometry)


def _with_sea(water: GeoDataFrame, shapes: Shapes, bbox: Bounds | None) -> GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    coast = [i for i, tags in enumerate(shapes.tags) if tags.get("natural") == "coastline"]
    if not coast:
        return water
    box = _data_box(shapes, bbox)
    lines = [g for g in shapes.geometry[coast] if shapely.get_dimensions(g) == 1]
    sea = sea_polygons(lines, box)
    frame = gpd.GeoDataFrame(
        {"osm_id": [f"coastline/{i}" for i in range(len(sea))], "name": "", "kind": "sea"},
        geometry=sea,
        crs=4326,
    )
    return gpd.GeoDataFrame(pd.concat([water, frame], ignore_index=True), crs=4326)


def _data_box(shapes: Shapes, bbox: Bounds | None) -> Bounds:
    """Return the part of a box where things are mapped; one stray line must not count."""
    xy = shapely.get_coordinates(shapes.geometry)
    if bbox is not None:
        xy = xy[((xy >= bbox[:2]) & (xy <= bbox[2:])).all(axis=1)]
        if len(xy) == 0:
            return bbox
    (west, south), (east, north) = np.quantile(xy, [0.001, 0.999], axis=0)
    if bbox is not None and (east <= west or north <= south):
        return bbox
    return float(west), float(south), float(east), float(north)


def _building(tags: Tags) -> str:
    value = tags.get("building", "no")
    return "" if value in _CLOSED_BUILDINGS else ("building" if value == "yes" else value)


def _not_public(tags: Tags) -> bool:
    return tags.get("access") in ("private", "no")


def _tunnel(tags: Tags) -> bool:
    return tags.get("tunnel", "no") != "no"


def _entrance(tags: Tags) -> str:
    if tags.get("entrance", "no") != "no":
        return "entrance"
    return "gate" if tags.get("barrier") in _GATES else ""


def _tag(key: str) -> Callable[[Tags], str]:
    return lambda tags: tags.get(key, "")


def _opens(tags: Tags) -> tuple[str, str]:
    """Return the daily hours where they are the same every day, else ("", "")."""
    text = tags.get("opening_hours", "")
    if text == "24/7":
        return "00:00", "24:00"
    match = _HOURS.fullmatch(text)
    return (match[1], match[2]) if match else ("", "")


def _hours(tags: Tags) -> str:
    """Return hours that differ by the day as the map writes them, "" where they cannot be read."""
    text = tags.get("opening_hours", "")
    if not text or any(_opens(tags)):
        return ""
    told = hours_of({"opening_hours": text})
    return "" if told == UNKNOWN else told


def _emergency(tags: Tags) -> str:
    """Return whether a hospital takes emergencies; what is called a clinic is taken as none."""
    if tags.get("amenity") != "hospital":
        return UNKNOWN
    word = tags.get("emergency", UNKNOWN)
    if word not in ("yes", "no"):
        word = "no" if tags.get("healthcare", "hospital") in _NO_HOSPITAL else UNKNOWN
    return word


_SITE_COLUMNS: Mapping[str, Callable[[Tags], Any]] = {
    **SITE_COLUMNS,
    "access": lambda tags: leave(tags).access,
    "vehicles": lambda tags: leave(tags).vehicles,
    "street": street_of,
}
_ENTRANCE_COLUMNS: Mapping[str, Callable[[Tags], Any]] = {
    "value": _tag("entrance"),
    "access": _tag("access"),
    "vehicle": lambda tags: tags.get("motor_vehicle", tags.get("vehicle", "")),
    "foot": _tag("foot"),
    "street": street_of,
}
_STOP_COLUMNS: Mapping[str, Callable[[Tags], Any]] = {
    "opens": lambda tags: _opens(tags)[0],
    "closes": lambda tags: _opens(tags)[1],
    "hours": _hours,
    "emergency": _emergency,
}
