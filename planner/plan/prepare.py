"""What a plan depends on beside its question, prepared once for many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.layers.crs import to_metric
from planner.network.country import country_of
from planner.network.emergency import emergency_ways
from planner.network.hurdles import TABLES, Surroundings
from planner.network.profiles import PROFILES
from planner.network.search import Graph, make_graph
from planner.network.store import load_extract, load_network
from planner.network.transit import WALK_M, nearest_stops
from planner.plan.alike import most_like
from planner.plan.facts import Layers
from planner.plan.gate_size import fitting
from planner.plan.hour import Runs, runs_of
from planner.plan.stops import Stops, coming_from, place_stops
from planner.risk.ground import Obstacles
from planner.staging.candidates import measured, shortlist, vehicle_m2, worth_a_look
from planner.staging.usable import why_never
from planner.verify.streets import Streets

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network
    from planner.network.osm import Extract


KEPT_CLEAR = ("quiet_places", "transit_stops", "keep_clear")
"""Tables that tell what vehicles should spare, or leave open."""

BARRED_TOLD = 10
"""Sites nearest by that this traveller may never use, told with the reason."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One facility on its roads: all that no hour changes.

    Attributes
    ----------
    profile
        Name of who travels.
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
    runs
        Arcs in their order along ways.
    raised
        int64; OSM ids of ways on bridges.
    barred
        Why more sites within reach are never for this traveller, with their number.
    known
        What hours asked about before have made of the roads.
    """

    profile: str
    vehicles: int
    layers: Layers
    metric: Layers
    gates: GeoDataFrame
    sites: GeoDataFrame
    stops: Stops
    graph: Graph
    roads: NDArray[np.int32]
    obstacles: Obstacles
    runs: Runs
    raised: NDArray[np.int64]
    barred: Counter[str] = field(default_factory=Counter)
    known: dict[object, Any] = field(default_factory=dict)


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


def prepare(
    workspace: Workspace,
    facility: str,
    *,
    vehicles: int = 10,
    profile: str = "car",
    locked: Collection[str] = (),
) -> Prepared:
    """Return everything a plan for a facility needs but the hour.

    Parameters
    ----------
    workspace
        What is known of the area.
    facility
        Id of the facility.
    vehicles
        Number of vehicles a staging site must hold.
    profile
        Who travels; on foot one comes from stops of public transport near by.
    locked
        Ids of staging sites to look at wherever they are and whatever they hold.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways, or stops for people on foot.
    """
    # One state of all: an edit in the meantime makes this outdated, never wrongly current.
    with workspace.at_once():
        version = workspace.version
        layers = read_layers(workspace, facility)
        if PROFILES[profile].on_foot:
            layers = replace(layers, gateways=stops_near(workspace, layers.facility))
    network = load_network(workspace, profile)
    extract = load_extract(workspace)
    ground = lay_out(network, layers, vehicles, extract, locked)
    streets = Streets(extract, network.epsg, profile)
    return Prepared(workspace, version, facility, ground, streets)


def read_layers(workspace: Workspace, facility: str, *others: str) -> Layers:
    """Return the layers a plan for one facility, or a choice for several, needs.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    facilities = workspace.layer("facilities")
    asked = (facility, *others)
    for one in asked:
        if not (facilities["id"] == one).any():
            raise InputError(_unknown(one, facilities, workspace.path.name))
    row = facilities.set_index("id", drop=False).loc[list(asked)]
    gateways = workspace.layer("gateways")
    if gateways.empty:
        raise InputError(
            "the workspace has no gateways to come from; import some: planner import gateways FILE"
        )

    def own(name: str) -> GeoDataFrame:
        frame = workspace.layer(name)
        return frame[frame["facility_id"].isin(asked)].reset_index(drop=True)

    tables = workspace.statics()
    obstacles: dict[str, GeoDataFrame] = {
        name: workspace.static(name) for name in (*TABLES, *KEPT_CLEAR) if name in tables
    }
    return Layers(
        settings=workspace.settings, facility=row.reset_index(drop=True), entrances=own("entrances"),
        zones=workspace.layer("zones"), closures=workspace.layer("closures"),
        access_routes=own("access_routes"), gateways=gateways,
        staging_sites=measured(
            workspace.layer("staging_sites"), workspace.static("buildings"),
            workspace.static("water"), workspace.settings.epsg,
        ),
        support_stops=workspace.layer("support_stops"), obstacles=obstacles,
    )  # fmt: skip


def _unknown(facility: str, facilities: GeoDataFrame, file: str) -> str:
    """Return what to say of an id that no facility has: those most like it, how to see all."""
    if facilities.empty:
        return f"no facility {facility!r}: {file} holds none; planner import facilities FILE"
    names = dict(zip(facilities["id"], facilities["name"].fillna("").astype(str), strict=True))
    told, near = most_like(facility, names)
    how = "most like it" if near else "one is" if len(told) == 1 else "some are"
    return (
        f"no facility {facility!r} among the {len(names)} of {file}; {how}: {', '.join(told)}. "
        f"See all: planner show -w {file} facilities. "
        "Add yours: planner import facilities FILE"
    )


def lay_out(
    network: Network,
    layers: Layers,
    vehicles: int,
    extract: Extract | None = None,
    locked: Collection[str] = (),
    *,
    sites: GeoDataFrame | None = None,
) -> Ground:
    """Return one facility or several on their roads; raw roads tell which are tunnels or bridges.

    ``sites`` are candidates in the network's metric CRS; those near with room where None.
    """
    if extract is not None:
        ways = {"emergency_ways": emergency_ways(extract)}
        layers = replace(layers, obstacles=layers.obstacles | ways)
    metric = layers.metric(network.epsg)
    profile = PROFILES[network.profile]
    usable = metric.entrances["kind"].isin(profile.gate_kinds)
    usable &= fitting(network.profile, metric.entrances)
    gates = metric.entrances[usable].reset_index(drop=True)
    shapes = metric.facility.geometry
    outline = shapes.iloc[0] if len(shapes) == 1 else shapes.union_all()
    barred: Counter[str] = Counter()
    if sites is None:
        sites, barred = _candidates(metric, network.profile, outline, vehicles, locked)
    around = Surroundings.of(network, extract, metric.obstacles)
    stops = place_stops(
        network, gates, metric.gateways, sites, facility=outline, around=around,
        drives_left=country_of(layers.settings.timezone).drives_on_left,
    )  # fmt: skip
    return Ground(
        network.profile, vehicles, layers, metric, gates, sites, stops,
        graph=make_graph(stops.network), roads=stops.network.roads(),
        obstacles=Obstacles(*(_shapes(metric, name) for name in ("buildings", "water"))),
        runs=runs_of(stops.network, stops.parent, network), raised=around.raised, barred=barred,
    )  # fmt: skip


def _candidates(
    metric: Layers, profile: str, outline: BaseGeometry, vehicles: int, locked: Collection[str]
) -> tuple[GeoDataFrame, Counter[str]]:
    """Return the sites looked at, nearest first; why others near are left out, counted."""
    # Who comes on foot waits nowhere: sites are for vehicles.
    sites = metric.staging_sites.iloc[: 0 if PROFILES[profile].on_foot else None]
    why = why_never(sites, profile, outline)
    each, centre = vehicle_m2(profile), outline.centroid
    told = shortlist(
        sites[why != ""], centre, vehicles=vehicles, m2_per_vehicle=each, limit=BARRED_TOLD
    )
    looked_at = {*told["id"], *locked}
    asked = (why == "") | sites["id"].isin(looked_at).to_numpy(bool)
    near = worth_a_look(sites, centre, vehicles=vehicles, m2_per_vehicle=each)
    chosen = shortlist(
        sites[asked], centre, vehicles=vehicles, m2_per_vehicle=each, locked=looked_at
    )
    return chosen, Counter(why[near & ~asked].tolist())


def from_elsewhere(ground: Ground, network: Network, gateways: GeoDataFrame) -> Ground:
    """Return a facility on its roads with other places to come from; gates and sites stay put.

    Parameters
    ----------
    ground
        The facility as it was laid out.
    network
        The same roads, not split.
    gateways
        EPSG:4326; ``id``, ``name``, ``road_class``.
    """
    metric = to_metric(gateways, network.epsg)
    stops = coming_from(network, ground.stops, metric)
    return replace(
        ground, layers=replace(ground.layers, gateways=gateways),
        metric=replace(ground.metric, gateways=metric), stops=stops,
        graph=make_graph(stops.network), roads=stops.network.roads(),
        runs=runs_of(stops.network, stops.parent, network), known={},
    )  # fmt: skip


def stops_near(workspace: Workspace, facility: GeoDataFrame) -> GeoDataFrame:
    """Return stops of public transport near a facility, as places to come from, EPSG:4326.

    Raises
    ------
    InputError
        None is near, or none were read.
    """
    if "transit_stops" not in workspace.statics():
        raise InputError(
            "this workspace knows no stops of public transport; renew it: planner update FILE"
        )
    epsg = workspace.settings.epsg
    stops = to_metric(workspace.static("transit_stops"), epsg)
    centre = to_metric(facility, epsg).geometry.iloc[0].centroid
    near = nearest_stops(stops, (centre.x, centre.y))
    if near.empty:
        raise InputError(f"no stop of public transport lies within {WALK_M:.0f} m of the facility")
    named = [name or f"{kind} stop" for name, kind in zip(near["name"], near["kind"], strict=True)]
    frame = near.assign(id=near["osm_id"], name=named, road_class=near["kind"])
    return frame[["id", "name", "road_class", "geometry"]].to_crs(4326).reset_index(drop=True)


def _shapes(layers: Layers, name: str) -> list[BaseGeometry]:
    return list(layers.obstacles[name].geometry) if name in layers.obstacles else []
