"""The order of steps from a question to a plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.layers.clock import opening_intervals
from planner.network.store import load_extract, load_network
from planner.plan.document import write_document
from planner.plan.facts import Answer, Layers
from planner.plan.stops import place_stops
from planner.plan.withhold import verified
from planner.risk.areas import risk_of_places
from planner.risk.build import Obstacles, build_risk
from planner.routes.answer import answer_all
from planner.routes.problem import make_problem
from planner.staging.candidates import shortlist
from planner.staging.sites import rank_sites

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Settings, Workspace
    from planner.network.graph import Network
    from planner.plan.question import Question
    from planner.risk.build import Risk

DAY = timedelta(days=1)
DRIVE = timedelta(hours=3)
"""Longest drive, before the arrival window, for which risk is worked out."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A whole answer: the document that is printed, and what a map needs beside it.

    Attributes
    ----------
    document
        The plan as JSON-ready data; ``docs/plan.schema.json`` describes it.
    network, risk
        Split roads and their risk.
    facility, entrances, zones, closures, access_routes, gateways, support_stops
        Frames in EPSG:4326; ``facility`` has one row.
    """

    document: dict[str, Any]
    question: Question
    settings: Settings
    network: Network
    risk: Risk
    facility: GeoDataFrame
    entrances: GeoDataFrame
    zones: GeoDataFrame
    closures: GeoDataFrame
    access_routes: GeoDataFrame
    gateways: GeoDataFrame
    support_stops: GeoDataFrame


def make_plan(workspace: Workspace, question: Question, *, now: datetime | None = None) -> Plan:
    """Return the answer to a question; infeasible is an answer too.

    Parameters
    ----------
    workspace
        What is known of the area.
    question
        Facility, arrival time, vehicles, parameters.
    now
        Time of making, for the stamp; the machine's clock when None.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    layers = read_layers(workspace, question.facility)
    answer = solve(load_network(workspace), layers, question)
    document = write_document(answer, workspace, now or datetime.now(UTC))
    document = verified(document, load_extract(workspace), answer)
    return Plan(
        document, question, workspace.settings, answer.problem.network, answer.risk,
        layers.facility, layers.entrances, layers.zones, layers.closures,
        layers.access_routes, layers.gateways, layers.support_stops,
    )  # fmt: skip


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

    obstacles: dict[str, GeoDataFrame] = {
        name: workspace.static(name)
        for name in ("buildings", "water")
        if name in workspace.statics()
    }
    return Layers(
        settings=workspace.settings, facility=row.reset_index(drop=True), entrances=own("entrances"),
        zones=workspace.layer("zones"), closures=workspace.layer("closures"),
        access_routes=own("access_routes"), gateways=gateways,
        staging_sites=workspace.layer("staging_sites"),
        support_stops=workspace.layer("support_stops"), obstacles=obstacles,
    )  # fmt: skip


def solve(network: Network, layers: Layers, question: Question) -> Answer:
    """Return ways, sites and risk for a question, from frames and arrays alone."""
    epsg = network.epsg
    metric = layers.metric(epsg)
    gates = metric.entrances[metric.entrances["kind"] != "foot"].reset_index(drop=True)
    centre = metric.facility.geometry.iloc[0].centroid
    sites = shortlist(metric.staging_sites, centre, vehicles=question.vehicles)
    stops = place_stops(network, gates, metric.gateways, sites)
    start, end = question.arrive_utc - DRIVE, question.arrive_utc + DAY
    risk = build_risk(
        stops.network, metric.zones, metric.closures,
        obstacles=Obstacles(*(_shapes(metric, name) for name in ("buildings", "water"))),
        parameters=question.parameters, start=start, end=end,
    )  # fmt: skip
    field = risk.field
    openings = [
        [(field.seconds(a), field.seconds(b)) for a, b in opening_intervals(
            row.opens, row.closes, start, end, layers.settings.timezone)]
        for row in gates.itertuples()
    ]  # fmt: skip
    problem = make_problem(
        stops.network, field,
        origins=stops.gateways[stops.gateways >= 0],
        gates=list(zip(stops.gates.tolist(), openings, strict=True)),
        rest_nodes=stops.sites[stops.sites >= 0],
        arrive=field.seconds(question.arrive_utc),
        limits={
            "early_s": question.parameters.early_arrival_s,
            "risk_aversion": question.parameters.risk_aversion,
            "clear_below": question.parameters.clear_below,
        },
    )  # fmt: skip
    to_go = problem.free_tree().cost
    since, until = (field.seconds(t) for t in question.staging_window)
    ranked, dropped = rank_sites(
        problem, problem.tree(), stops.sites,
        risk_of_places(
            stops.network, risk, list(sites.geometry), start_s=since, end_s=until
        ),
        since=since, until=until,
    )  # fmt: skip
    return Answer(
        question=question, layers=layers, metric=metric, gates=gates, sites=sites, stops=stops,
        risk=risk, problem=problem, to_go=to_go, origins=answer_all(problem, to_go),
        staging=ranked, staging_dropped=dropped,
    )  # fmt: skip


def _shapes(layers: Layers, name: str) -> list[BaseGeometry]:
    return list(layers.obstacles[name].geometry) if name in layers.obstacles else []
