"""What a plan depends on beside its question, prepared once for many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import InputError
from planner.network.hurdles import TABLES, Surroundings
from planner.network.search import Graph, make_graph
from planner.network.store import load_extract, load_network
from planner.plan.facts import Layers
from planner.plan.stops import Stops, place_stops
from planner.risk.ground import Obstacles
from planner.staging.candidates import shortlist
from planner.verify.streets import Streets

if TYPE_CHECKING:
    import numpy as np
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network
    from planner.network.osm import Extract


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One facility on its roads: all that no hour changes.

    Attributes
    ----------
    vehicles
        Number of vehicles the candidate sites hold.
    layers, metric
        The frames in EPSG:4326 and in the network's metric CRS.
    gates, sites
        Vehicle entrances and candidate sites, metric.
    stops
        Roads split at gates, gateways and sites.
    graph, roads
        The same for the searches, as in ``Problem``.
    obstacles
        Where no crowd can stand.
    """

    vehicles: int
    layers: Layers
    metric: Layers
    gates: GeoDataFrame
    sites: GeoDataFrame
    stops: Stops
    graph: Graph
    roads: NDArray[np.int32]
    obstacles: Obstacles


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A workspace as it was at one version, ready for any hour; shared freely, never changed.

    Attributes
    ----------
    version
        The workspace's version that was read; after an edit, prepare anew.
    facility
        Id of the facility.
    ground
        The facility on its roads.
    streets
        Raw roads for the check.
    """

    workspace: Workspace
    version: int
    facility: str
    ground: Ground
    streets: Streets

    @property
    def is_current(self) -> bool:
        """Whether the workspace still is at the version that was read."""
        return self.workspace.version == self.version


def prepare(workspace: Workspace, facility: str, *, vehicles: int = 10) -> Prepared:
    """Return everything a plan for a facility needs but the hour.

    Parameters
    ----------
    workspace
        What is known of the area.
    facility
        Id of the facility.
    vehicles
        Number of vehicles a staging site must hold.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    # Read first: an edit in the meantime makes this outdated, never wrongly current.
    version = workspace.version
    layers = read_layers(workspace, facility)
    network = load_network(workspace)
    extract = load_extract(workspace)
    ground = lay_out(network, layers, vehicles, extract)
    return Prepared(workspace, version, facility, ground, Streets(extract, network.epsg))


def read_layers(workspace: Workspace, facility: str) -> Layers:
    """Return the layers a plan for one facility needs.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    facilities = workspace.layer("facilities")
    row = facilities[facilities["id"] == facility]
    if row.empty:
        known = ", ".join(facilities["id"].head(5)) or "none yet"
        raise InputError(
            f"no facility {facility!r} in {workspace.path.name}; it holds {len(facilities)}: {known}. "
            "Import yours with: planner import facilities FILE"
        )
    gateways = workspace.layer("gateways")
    if gateways.empty:
        raise InputError(
            "the workspace has no gateways to come from; import some: planner import gateways FILE"
        )

    def own(name: str) -> GeoDataFrame:
        frame = workspace.layer(name)
        return frame[frame["facility_id"] == facility].reset_index(drop=True)

    tables = workspace.statics()
    obstacles: dict[str, GeoDataFrame] = {
        name: workspace.static(name) for name in TABLES if name in tables
    }
    return Layers(
        settings=workspace.settings, facility=row.reset_index(drop=True), entrances=own("entrances"),
        zones=workspace.layer("zones"), closures=workspace.layer("closures"),
        access_routes=own("access_routes"), gateways=gateways,
        staging_sites=workspace.layer("staging_sites"),
        support_stops=workspace.layer("support_stops"), obstacles=obstacles,
    )  # fmt: skip


def lay_out(
    network: Network, layers: Layers, vehicles: int, extract: Extract | None = None
) -> Ground:
    """Return a facility on its roads; raw roads tell which are tunnels or bridges."""
    metric = layers.metric(network.epsg)
    gates = metric.entrances[metric.entrances["kind"] != "foot"].reset_index(drop=True)
    outline = metric.facility.geometry.iloc[0]
    sites = shortlist(metric.staging_sites, outline.centroid, vehicles=vehicles)
    around = Surroundings.of(network, extract, metric.obstacles)
    stops = place_stops(network, gates, metric.gateways, sites, facility=outline, around=around)
    return Ground(
        vehicles, layers, metric, gates, sites, stops,
        graph=make_graph(stops.network), roads=stops.network.roads(),
        obstacles=Obstacles(*(_shapes(metric, name) for name in ("buildings", "water"))),
    )  # fmt: skip


def _shapes(layers: Layers, name: str) -> list[BaseGeometry]:
    return list(layers.obstacles[name].geometry) if name in layers.obstacles else []
