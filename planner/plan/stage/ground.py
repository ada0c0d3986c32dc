"""Several facilities on their roads, with the candidates to wait at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.network.search import arrival_tree
from planner.network.store import load_extract, load_network
from planner.plan.day.risk import day_risk, day_span
from planner.plan.hour import at_hour, problem_at
from planner.plan.prepare import Prepared, lay_out, read_layers
from planner.plan.sites.choice import known_sites
from planner.risk.areas import risk_of_places
from planner.routes.isochrone import clear_clock
from planner.routes.primary import tree_way
from planner.staging.candidates import MAX_DISTANCE_M, UNSIZED, vehicle_m2
from planner.staging.do_no_harm import harms
from planner.staging.exits import Exits
from planner.staging.scene import Scene
from planner.staging.usable import of_others, why_not
from planner.verify.streets import Streets

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.layers.workspace import Workspace
    from planner.network.clockwork import Clock
    from planner.plan.facts import Layers
    from planner.plan.hour import Hour
    from planner.plan.stage.question import StageQuestion
    from planner.risk.build import Risk
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk
    from planner.staging.exits import Exit

    Pair = tuple[Exit, Exit, float]

NO_ROOM, NO_ROAD = "no room for a vehicle", "no street that vehicles may use lies near"
RISK = "risk or a closure there between {} and {}"
NO_EXITS = "no two separate ways out to two gateways"


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Facilities and candidates on their roads at the hour.

    Attributes
    ----------
    asked
        The question.
    prepared
        All facilities as one: every gate, every candidate.
    risk, problem, hour
        The day's risk, the question as arrays, the roads at the hour.
    clock
        On which arcs are shut too while they are not clear.
    gates
        For each facility the numbers of its gates.
    room
        int64[s]; vehicles each candidate holds.
    out
        For each candidate why it cannot be used, "" where it can.
    exits
        For each candidate two ways out and the metres they share at the door; None: none, or
        nobody looked.
    seconds, ways
        float64[f, s]: from each candidate to each facility, inf where no clear way leads; the
        ways. Those of candidates that cannot be used are inf.
    far
        Candidates of the layer too far from every facility.
    """

    asked: StageQuestion
    prepared: Prepared
    risk: Risk
    problem: Problem
    hour: Hour
    clock: Clock
    gates: tuple[tuple[int, ...], ...]
    room: NDArray[np.int64]
    out: tuple[str, ...]
    exits: tuple[Pair | None, ...]
    seconds: NDArray[np.float64]
    ways: tuple[tuple[Walk | None, ...], ...]
    far: int

    @property
    def sites(self) -> GeoDataFrame:
        """The candidates, metric, by id."""
        return self.prepared.ground.sites

    @property
    def usable(self) -> NDArray[np.bool_]:
        """bool[s]; the candidates that can be used."""
        return np.array([not why for why in self.out], bool)


def prepare_stage(workspace: Workspace, asked: StageQuestion) -> tuple[Prepared, int]:
    """Return facilities as one with their candidates on the roads, and how many lie too far.

    Raises
    ------
    InputError
        A facility or a site is unknown, or the workspace lacks gateways.
    """
    version = workspace.version
    layers = read_layers(workspace, *(key for key, _ in asked.facilities))
    known_sites(layers.staging_sites, (*asked.fixed, *asked.forbidden))
    network = load_network(workspace, asked.question.profile)
    extract = load_extract(workspace)
    sites, far = _candidates(layers.metric(network.epsg), asked)
    ground = lay_out(network, layers, asked.question.vehicles, extract, sites=sites)
    streets = Streets(extract, network.epsg, asked.question.profile)
    return Prepared(workspace, version, asked.question.facility, ground, streets), far


def _candidates(metric: Layers, asked: StageQuestion) -> tuple[GeoDataFrame, int]:
    """Return the sites near some facility, or asked for by name, by id; how many are far."""
    sites = metric.staging_sites
    gaps = [sites.distance(shape).to_numpy(float) for shape in metric.facility.geometry]
    near = np.min(gaps, axis=0) <= MAX_DISTANCE_M
    near |= sites["id"].isin(asked.fixed).to_numpy(bool)
    order = np.argsort(sites["id"].astype(str).to_numpy(), kind="stable")
    return sites.iloc[order[near[order]]].reset_index(drop=True), int((~near).sum())


def lay_stage(workspace: Workspace, asked: StageQuestion) -> Laid:
    """Return what a choice of sites is made from."""
    prepared, far = prepare_stage(workspace, asked)
    ground, question = prepared.ground, asked.question
    risk = day_risk(ground, day_span(question, workspace.timezone), question.parameters)
    hour = at_hour(ground, question)
    problem = problem_at(ground, question, risk, hour)
    own = [ground.gates["facility_id"] == key for key, _ in asked.facilities]
    gates = tuple(tuple(np.flatnonzero(of).tolist()) for of in own)
    room = np.nan_to_num(ground.sites["capacity_m2"].to_numpy(float), nan=0.0)
    room //= vehicle_m2(question.profile)
    bare = Laid(
        asked, prepared, risk, problem, hour, clear_clock(problem), gates, room.astype(np.int64), (), (),
        np.zeros((0, 0)), (), far,
    )  # fmt: skip
    return with_seconds(_judged(bare), bare.clock)


def _judged(laid: Laid) -> Laid:
    """Return the same with why a candidate cannot be used, and the ways out of the others."""
    ground, risk, problem = laid.prepared.ground, laid.risk, laid.problem
    since, until = (risk.field.seconds(when) for when in laid.asked.question.staging_window)
    zone = ground.layers.settings.zone
    window = [
        when.astimezone(zone).strftime("%H:%M") for when in laid.asked.question.staging_window
    ]
    heat = risk_of_places(
        ground.stops.network, risk, list(ground.sites.geometry), start_s=since, end_s=until
    )
    barred = why_not(
        ground.sites, ground.profile, ground.metric.facility.geometry.union_all(),
        laid.asked.question.staging_window, zone, ground.metric.closures,
    )  # fmt: skip
    touched = risk.field.touched(since, until)
    exits = Exits(problem, since=since, until=until)
    harm = harms(_scene(laid, heat, since, until))
    area = ground.sites["capacity_m2"].to_numpy(float)
    out, pairs = [], []
    for row, node in enumerate(ground.stops.sites.tolist()):
        why, pair = "", None
        if barred[row]:
            why = str(barred[row])
        elif laid.room[row] < 1:
            why = UNSIZED if np.isnan(area[row]) else NO_ROOM
        elif node < 0:
            why = NO_ROAD
        elif heat[row] > 0 or touched[_doors(problem, node)].any():
            why = RISK.format(*window)
        elif harm[row]:
            why = harm[row]
        else:
            pair = exits.apart(node)
            why = "" if pair else NO_EXITS
        out.append(why)
        pairs.append(pair)
    return replace(laid, out=tuple(out), exits=tuple(pairs))


def _scene(laid: Laid, heat: NDArray[np.float64], since: int, until: int) -> Scene:
    """Return the candidates as the criteria look at them, as yet without ways to a gate."""
    ground, question = laid.prepared.ground, laid.asked.question
    metric = ground.metric
    frames = metric.obstacles | {"facility": metric.facility, "support_stops": metric.support_stops}
    return Scene(
        laid.problem, ground.sites, ground.stops.sites, heat, since, until, question.vehicles,
        ways=(), gate_s=np.zeros((len(heat), 0)), open=False, frames=frames, reported=laid.risk,
        zone=ground.layers.settings.zone,
    )  # fmt: skip


def _doors(problem: Problem, node: int) -> NDArray[np.int32]:
    graph = problem.graph
    return graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]


def with_seconds(laid: Laid, clock: Clock) -> Laid:
    """Return the same with the seconds and ways from every usable site under a clock."""
    nodes = laid.prepared.ground.stops.sites
    ways = []
    for gates, serves in zip(laid.gates, serving(laid), strict=True):
        tree = clear_tree(laid.problem, clock, gates)
        ways.append(tuple(
            tree_way(laid.problem, tree, int(node)) if use else None
            for node, use in zip(nodes, serves, strict=True)
        ))  # fmt: skip
    seconds = np.array(
        [[np.inf if way is None else way.arrive - way.depart for way in of] for of in ways], float
    )
    return replace(laid, seconds=seconds.reshape(len(ways), len(nodes)), ways=tuple(ways))


def serving(laid: Laid) -> NDArray[np.bool_]:
    """Return which candidates, bool[f, s], may be used for each facility.

    Ground that is closed to the public serves the facility on which it lies, no other.
    """
    outlines = laid.prepared.ground.metric.facility.set_index("id").geometry
    others = [of_others(laid.sites, outlines[key]) for key, _ in laid.asked.facilities]
    found: NDArray[np.bool_] = laid.usable & ~np.array(others)
    return found


def clear_tree(problem: Problem, clock: Clock, gates: tuple[int, ...]) -> Any:
    """Return the arrival-time tree of one facility's gates under a clock."""
    return arrival_tree(
        problem.graph, clock, problem.gates(gates), problem.arrive,
        risk_aversion=problem.risk_aversion, penalty=problem.factor,
    )  # fmt: skip
