"""A city file becomes a workspace."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from planner import __version__
from planner.errors import StoreError
from planner.layers.clock import zone_of
from planner.layers.crs import to_metric
from planner.layers.intake import import_layer
from planner.layers.workspace import Settings, Workspace
from planner.network.city import City, offers, read_city
from planner.network.corrections import without_road
from planner.network.extent import Bounds
from planner.network.frontage import assumed_entrances
from planner.network.gateways import LEAST
from planner.network.hurdles import TABLES, Surroundings
from planner.network.kinds import (
    CLEAR_KINDS,
    FACILITY_KINDS,
    QUIET_KINDS,
    STOP_KINDS,
    TRANSIT_KINDS,
)
from planner.network.site_kinds import SITE_KINDS
from planner.network.sources import OSM_CREDIT
from planner.network.store import corrected, load_extract, load_network, save_extract

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from planner.network.candidates import Candidates

__all__ = [
    "InitReport",
    "Progress",
    "assumed_entrances",
    "initialise",
    "read_obstacles",
    "settle_gates",
]

Counts = Mapping[str, int]

FEW_BUILDINGS = 0.05
"""Fewer mapped buildings per road arc than this call for a warning (assumption)."""
SOURCE = "source"
"""Name under which a workspace keeps what was left out when its file was read, the box, the credit."""
MADE = "import"
"""Role under which rows are made from a file of the map."""
STATIC = (
    "buildings", "water", "green", "rails", "waterways", "quiet_places", "transit_stops",
    "keep_clear",
)  # fmt: skip
KINDS_OF_STATIC: Mapping[str, Mapping[Any, str]] = {
    "quiet_places": QUIET_KINDS,
    "keep_clear": CLEAR_KINDS,
    "transit_stops": dict(zip(TRANSIT_KINDS, TRANSIT_KINDS, strict=True)),
}
"""Static tables whose kinds are counted: kinds by tag."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is about to be done, and the share of the work that lies behind, 0 to 1."""

    step: str
    done: float


Tell = Callable[[Progress], None]
"""Is told of each step before it begins; raising ``Cancelled`` in it ends the work."""

STEPS = {
    "roads": Progress("Reading the roads", 0.0),
    "network": Progress("Joining the roads to a network", 0.15),
    "places": Progress("Reading buildings, water and places to stop", 0.3),
    "candidates": Progress("Finding ways into the city, gates and staging sites", 0.5),
    "writing layers": Progress("Writing the layers", 0.7),
    "writing roads": Progress("Writing the roads", 0.8),
    "writing the map": Progress("Writing the map", 0.9),
    "end": Progress("Closing the file", 0.98),
}
"""The steps of ``initialise`` with their shares of the time, as measured on two cities."""


@dataclass(frozen=True, slots=True)
class InitReport:
    """What a new workspace holds.

    Attributes
    ----------
    path
        The workspace file.
    counts
        Rows by kind, zeros included, in words fit to print.
    drops
        What was read and left out, by kind.
    warnings
        What the user should know or do, whole sentences.
    settings
        Name, time zone, CRS, bounds and source.
    """

    path: Path
    counts: Counts
    drops: Counts
    warnings: tuple[str, ...]
    settings: Settings


def initialise(
    pbf: Path | str,
    workspace_path: Path | str,
    *,
    bbox: Bounds | None = None,
    timezone: str | None = None,
    name: str | None = None,
    overwrite: bool = False,
    progress: Tell | None = None,
) -> InitReport:
    """Make a workspace of a file of roads: OpenStreetMap, OSMnx GraphML or DIMACS.

    The file appears whole or not at all.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees: read only this part.
    timezone
        IANA name; found from the place when not given.
    progress
        Told before each step; what it raises ends the work, and no file is left.

    Raises
    ------
    NetworkError
        The file cannot be read or holds no road.
    InputError
        The box or the time zone makes no sense.
    StoreError
        The workspace exists and ``overwrite`` is not set, or cannot be written.
    """
    tell = teller(progress)
    if timezone is not None:
        zone_of(timezone)
    city = read_city(pbf, bbox=bbox, tell=tell)
    settings = _settings(Path(pbf), city, timezone=timezone, name=name)
    tell("candidates")
    found = offers(city)
    with Workspace.building(workspace_path, settings, overwrite=overwrite) as workspace:
        tell("writing layers")
        for layer, frame in found.layers.items():
            workspace.append(layer, frame, role=MADE)
        write_ground(workspace, city, found.drops, tell)
    return InitReport(
        path=Path(workspace_path),
        counts=_counts(found.layers, city),
        drops={**city.places.drops, **found.drops},
        warnings=warnings_of(city, found),
        settings=settings,
    )


def write_ground(
    workspace: Workspace, city: City, drops: Counts, tell: Callable[[str], None]
) -> None:
    """Store the roads, the map beneath them and what was dropped, in place of what was there.

    Raises
    ------
    StoreError
        The workspace cannot be written.
    """
    tell("writing roads")
    save_extract(workspace, city.extract, epsg=city.network.epsg)
    tell("writing the map")
    for table in STATIC:
        workspace.put_static(table, getattr(city.places, table))
    box = None if city.bbox is None else list(city.bbox)
    told = {"drops": {**city.places.drops, **drops}, "bbox": box, "credit": city.about.credit}
    workspace.put_arrays(SOURCE, told)
    tell("end")


def credit_of(workspace: Workspace) -> str:
    """Return whom to credit for the roads; OpenStreetMap where it was never told."""
    try:
        return str(workspace.get_arrays(SOURCE)["credit"])
    except StoreError:
        return OSM_CREDIT


def dropped(workspace: Workspace) -> Counts:
    """Return what was left out beside the roads when the file was read; {} where never told."""
    try:
        stored: Counts = workspace.get_arrays(SOURCE)["drops"]
    except StoreError:
        return {}
    return stored


def read_obstacles(workspace: Workspace) -> tuple[GeoDataFrame, GeoDataFrame]:
    """Return buildings and water, in the metric CRS: where no crowd can stand."""
    buildings, water = (
        to_metric(workspace.static(table), workspace.settings.epsg)
        for table in ("buildings", "water")
    )
    return buildings, water


def import_file(
    workspace: Workspace, layer: str, file: Path, *, role: str = "planner"
) -> list[str]:
    """Read a file into a layer, all or nothing; return what was done, in words.

    Assumed gates come for facilities without any, and go when real ones arrive.

    Raises
    ------
    SchemaError
        The rows do not fit the layer; every fault is listed.
    InputError
        The file is absent or of an unknown format, or there is no such layer.
    """
    checked = import_layer(workspace, file, layer, role=role)
    count = len(checked.frame)
    said = [f"{count} row{'s' * (count != 1)} into {layer}", *checked.notices]
    if checked.dropped_columns:
        said.append(f"columns not kept: {', '.join(checked.dropped_columns)}")
    if layer in ("facilities", "entrances"):
        said += settle_gates(workspace, layer, checked.frame)
    if layer == "corrections":
        said += without_road(corrected(workspace))
    return said


def settle_gates(workspace: Workspace, layer: str, frame: GeoDataFrame) -> list[str]:
    """Keep assumed entrances only where a facility has no other; return what was done, in words.

    Call it after rows were added to facilities or entrances.

    Parameters
    ----------
    layer
        "facilities" or "entrances".
    frame
        The rows that were added.
    """
    ids = set(frame["id" if layer == "facilities" else "facility_id"])
    entrances = workspace.layer("entrances")
    own = entrances[entrances["facility_id"].isin(ids)]
    gated = set(own.loc[~own["assumed"], "facility_id"])
    outdated = gated if layer == "entrances" else ids
    stale = own.loc[own["assumed"] & own["facility_id"].isin(outdated), "id"].tolist()
    if stale:
        workspace.remove("entrances", stale, role=MADE)
    said = [f"{len(stale)} assumed entrances taken out"] if stale else []
    if layer == "facilities" and ids - gated:
        facilities = workspace.layer("facilities")
        said += _assume(workspace, facilities[facilities["id"].isin(ids - gated)])
    return said


def _assume(workspace: Workspace, bare: GeoDataFrame) -> list[str]:
    network = load_network(workspace)
    tables = {
        name: to_metric(workspace.static(name), network.epsg)
        for name in TABLES
        if name in workspace.statics()
    }
    around = Surroundings.of(network, load_extract(workspace), tables)
    made = assumed_entrances(bare, network, around=around, taken=workspace.ids()["entrances"])
    if len(made):
        workspace.append("entrances", made, role=MADE)
    said = [f"{len(made)} entrances assumed where public streets meet the outline"]
    without = sorted(set(bare["id"]) - set(made["facility_id"]))
    if without:
        said.append(f"no street within 250 m of {', '.join(without[:5])}: import their gates")
    return said


def teller(progress: Tell | None) -> Callable[[str], None]:
    """Return what tells of a step by its name."""
    return lambda step: None if progress is None else progress(STEPS[step])


def _settings(pbf: Path, city: City, *, timezone: str | None, name: str | None) -> Settings:
    west, south, east, north = city.bounds
    return Settings(
        name=name or pbf.name.split(".")[0].replace("_", " ").capitalize(),
        timezone=timezone or _timezone_at((west + east) / 2, (south + north) / 2),
        epsg=city.network.epsg,
        bounds=city.bounds,
        **source_facts(pbf, city),
    )


def source_facts(file: Path, city: City) -> dict[str, str]:
    """Return what a workspace's settings say of the file it was made from."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return {
        "extract_date": city.network.extract_date,
        "source_name": file.name,
        "source_sha256": digest,
        "created_with": f"planner {__version__}",
    }


def _timezone_at(lon: float, lat: float) -> str:
    import tzfpy

    return tzfpy.get_tz(lon, lat) or "UTC"


def _counts(layers: Mapping[str, GeoDataFrame], city: City) -> Counts:
    network = city.network
    counts = {"road arcs": network.counts["arcs"], "junctions": network.n_nodes}
    counts["gateways"] = len(layers["gateways"])
    _by_kind(counts, "facilities", layers["facilities"], FACILITY_KINDS)
    entrances = layers["entrances"]
    assumed = int(np.count_nonzero(entrances["assumed"]))
    counts["entrances"] = len(entrances)
    counts["entrances: mapped"] = len(entrances) - assumed
    counts["entrances: assumed"] = assumed
    _by_kind(
        counts,
        "staging sites",
        layers["staging_sites"],
        dict(zip(SITE_KINDS, SITE_KINDS, strict=True)),
    )
    _by_kind(counts, "support stops", layers["support_stops"], STOP_KINDS)
    for table in STATIC:
        frame = getattr(city.places, table)
        _by_kind(counts, table.replace("_", " "), frame, KINDS_OF_STATIC.get(table, {}))
    return counts


def _by_kind(
    counts: dict[str, int], title: str, frame: GeoDataFrame, table: Mapping[Any, str]
) -> None:
    """Count rows by kind; what is said of a kind behind a comma makes no other kind of it."""
    counts[title] = len(frame)
    kinds = Counter(str(kind).partition(",")[0] for kind in frame["kind"]) if table else Counter()
    for kind in dict.fromkeys(table.values()):
        counts[f"{title}: {kind}"] = kinds[kind]


def warnings_of(city: City, found: Candidates) -> tuple[str, ...]:
    """Return what a file lacks that a plan would need, in whole sentences."""
    network, places = city.network, city.places
    layers, warnings = found.layers, [city.about.lack] if city.about.lack else []
    if not network.extract_date:
        warnings.append("The file does not tell its date; check how old its roads are.")
    if len(layers["gateways"]) < LEAST:
        warnings.append(
            f"Only {len(layers['gateways'])} gateways were found; import others where traffic enters."
        )
    if layers["facilities"].empty:
        warnings.append("The file names no public facility; import your own.")
    if found.without_gate:
        first = ", ".join(found.without_gate[:5])
        many = len(found.without_gate)
        said = f"{many} facilities have" if many > 1 else "1 facility has"
        warnings.append(
            f"{said} no street within 250 m and so no entrance ({first}); import "
            f"{'their' if many > 1 else 'its'} gates."
        )
    if len(places.buildings) < FEW_BUILDINGS * network.counts["arcs"]:
        warnings.append(
            f"The file maps {len(places.buildings)} buildings for {network.counts['arcs']} road arcs: "
            "footprints cannot be kept out of those that are missing."
        )
    if places.water.empty or places.lost_water:
        which = ", ".join(places.lost_water[:5]) or "no water"
        lack = "lacks the outline of" if places.lost_water else "maps"
        warnings.append(f"The file {lack} {which}: footprints cannot be kept out of it.")
    unsure = found.drops.get("car parks of assumed size", 0)
    if unsure:
        warnings.append(
            f"{unsure} staging sites have an assumed size of 300 m2; check them on the ground."
        )
    return tuple(warnings)
