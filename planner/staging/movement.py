"""Movement about the chosen sites: ways in, places to hold on the way on, where to go instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.graph import CLASSES
from planner.network.outward import NEVER, Outward, departure_tree, trace_back
from planner.risk.status import Status, status_at
from planner.routes.primary import circles, tree_way
from planner.staging.exits import DOOR_M, door_arcs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.field import Footprint
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk
    from planner.staging.scene import Scene
    from planner.staging.sites import Site

WAYS_IN = 3
"""Gateways told of a site: the nearest with a clear way, then the nearest without. Assumption."""

HOLDS = 3
"""Places to hold told of a site."""

BESIDE_M = 100.0
"""Two places this near are one to a driver: a second gives no choice. Assumption: a short block."""

DETOUR_S = 240
"""Seconds that a stop at a place to hold may lengthen the way to the gate. Assumption."""

CLOSE_S = 900
"""A fallback is looked for this near first; only speed hangs on it."""

NEAR_M = 300.0
"""A report nearer than this makes one leave a site. Assumption: three blocks, about four minutes
on foot; of a report that is near already, half the distance it has."""

GROWS_M = 500.0
"""How far a report is reckoned to grow or move before one has left. Assumption: some 8 minutes on
foot; one further off is no reason to prefer a fallback."""

APART_M = 2 * NEAR_M
"""Metres between a site and its fallback where no report is near yet: what comes near one is not
near the other. A report that has grown to the site is still ``NEAR_M`` from the fallback."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A drive over arcs that are free of risk and closures in the whole window."""

    arcs: NDArray[np.int32]
    time_s: int
    length_m: float


class WayIn(NamedTuple):
    """Index of a gateway among the problem's origins, the way from it to the site."""

    origin: int
    way: Walk


class Hold(NamedTuple):
    """Row of a candidate to hold at, the seconds from the site, those it adds to the way on."""

    row: int
    time_s: int
    detour_s: int


CARRIAGEWAYS = tuple(
    CLASSES.index(name) for name in CLASSES
    if name not in {"service", "track", "ferry", "pedestrian", "footway", "path", "steps",
                    "cycleway", "bridleway"}
)  # fmt: skip
"""Classes of road that nobody may hold on; aisles of car parks are service roads."""

ROAD_REACH_M = 300.0
"""A road with no junction as near as this to a place is not looked at."""

ON_ROAD_M = 10.0
"""Metres of carriageway that the outline of a car park may cut off by careless drawing."""


class Threat(NamedTuple):
    """The report nearest to a site: its id, metres now, metres at which one leaves."""

    zone: str
    distance_m: float
    within_m: float


class Fallback(NamedTuple):
    """Index of another chosen site, the way to it, its metres on streets of the way to the gate."""

    site: int
    move: Move
    shared_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What is known of moving to, from, beside one chosen site.

    Attributes
    ----------
    ways_in
        Ways that end at the site when its window begins, clear ones first, nearest first.
    holds
        Other candidates towards the gate, that with the least detour first.
    threat
        None where nothing is reported as near as that in the window.
    fallback
        None where no other chosen site stays apart from the report and can be reached.
    """

    ways_in: tuple[WayIn, ...]
    holds: tuple[Hold, ...]
    threat: Threat | None
    fallback: Fallback | None


def movements(scene: Scene, sites: Sequence[Site], unfit: Collection[int] = ()) -> list[Movement]:
    """Return the movement about each chosen site.

    Sites, places to hold, ways between them stay free of risk and closures in the whole window
    of the scene.

    Parameters
    ----------
    scene
        The candidates.
    sites
        The chosen ones, best first.
    unfit
        Rows of candidates that nobody may hold at: forbidden, or barred by a criterion.
    """
    if not sites or scene.reported is None:
        return []
    touched = scene.problem.field.touched(scene.since, scene.until)
    calm = _calm_ways_on(scene, touched)
    onward = {row: way for row, way in calm.items() if row not in unfit}
    made = []
    for site in sites:
        node = int(scene.nodes[site.row])
        threat = _threat(scene, site)
        made.append(Movement(
            tuple(_ways_in(scene.problem, node, scene.since)),
            tuple(_holds(scene, site, touched, onward)) if site.open else (),
            threat, _fallback(scene, sites, site, threat=threat, touched=touched),
        ))  # fmt: skip
    return made


def bound_for(problem: Problem, node: int, by: int) -> Problem:
    """Return the question of being at a node by a second."""
    return replace(
        problem, gate_nodes=np.array([node], np.int32), gate_arcs=np.array([-1], np.int32),
        openings=(((by - problem.early, by + 1),),), arrive=by, pinned=None,
    )  # fmt: skip


def _ways_in(problem: Problem, node: int, by: int) -> list[WayIn]:
    """Return the ways of the nearest gateways to a node, those that are clear first."""
    bound = bound_for(problem, node, by)
    tree = bound.tree()
    found = [
        WayIn(o, way) for o, origin in enumerate(problem.origins.tolist())
        if (way := tree_way(bound, tree, origin)) is not None and not circles(bound, way)
    ]  # fmt: skip
    found.sort(key=lambda one: (
        one.way.max_risk >= problem.clear_below, one.way.arrive - one.way.depart, one.origin,
    ))  # fmt: skip
    return found[:WAYS_IN]


def _calm_ways_on(scene: Scene, touched: NDArray[np.bool_]) -> dict[int, Walk]:
    """Return the clear way to a gate of each candidate that nothing touches in the window."""
    graph = scene.problem.graph
    found = {}
    for row, way in enumerate(scene.ways):
        node = int(scene.nodes[row])
        barred = scene.barred[row] if scene.barred else ""
        if way is None or barred or scene.risk[row] > 0 or node < 0:
            continue
        into = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
        out = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
        if not (touched[into].any() or touched[out].any()):
            found[row] = way
    return found


def _holds(
    scene: Scene, site: Site, touched: NDArray[np.bool_], onward: dict[int, Walk]
) -> list[Hold]:
    """Return candidates nearer to the site's gate, each but a small detour from the way to it."""
    takes = _takes(site.to_gate)
    # Whoever takes longer to a place makes more of a detour, however near it is to the gate.
    out = _out(scene.problem, int(scene.nodes[site.row]), touched, within=takes + DETOUR_S)
    gaps = _crowd_m(scene)
    least = min(NEAR_M, gaps[site.row])
    found: list[Hold] = []
    for row, way in onward.items():
        # Whoever holds is there to keep away from a report, not to come nearer to it.
        if gaps[row] < least:
            continue
        reached = _reached(scene.problem, out, int(scene.nodes[row]))
        if row == site.row or way.gate != site.to_gate.gate or reached < 0:
            continue
        time = int(out.cost[reached])
        detour = max(0, time + _takes(way) - takes)
        if detour <= DETOUR_S and _takes(way) < takes:
            found.append(Hold(row, time, detour))
    found.sort(key=lambda one: (one.detour_s, one.time_s, one.row))
    told: list[Hold] = []
    for one in found:
        here = scene.sites.geometry.iloc[one.row]
        apart = all(
            here.distance(scene.sites.geometry.iloc[row]) > BESIDE_M
            for row in (site.row, *(other.row for other in told))
        )
        if len(told) < HOLDS and apart and _road_m(scene, one.row) <= ON_ROAD_M:
            told.append(one)
    return told


def _crowd_m(scene: Scene) -> NDArray[np.float64]:
    """Return float64[s]: metres from each candidate to the nearest report, inf without one."""
    crowd = shapely.union_all(
        list({id(f.kept_clear): f.kept_clear for f in _during(scene)}.values())
    )
    gaps = np.asarray(scene.sites.geometry.distance(crowd), float)
    return np.where(np.isnan(gaps), np.inf, gaps)


def _road_m(scene: Scene, row: int) -> float:
    """Return the metres of carriageways inside the ground of a candidate."""
    network, ground = scene.problem.network, scene.sites.geometry.iloc[row]
    if ground.area <= 0:
        return 0.0
    west, south, east, north = ground.buffer(ROAD_REACH_M).bounds
    x, y = network.node_xy.T
    near = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    arcs = np.flatnonzero(near[network.tail] | near[network.head])
    once = network.each_road_once()[arcs] & np.isin(network.road_class[arcs], CARRIAGEWAYS)
    arcs = arcs[once]
    lines = [shapely.LineString(network.arc_shape(int(arc))) for arc in arcs]
    return float(sum(line.intersection(ground).length for line in lines))


def _takes(way: Walk) -> int:
    return way.arrive - way.depart


def _out(
    problem: Problem, node: int, barred: NDArray[np.bool_], *, within: float = NEVER
) -> Outward:
    """Return the tree of free-flow ways from a node over arcs that are not barred.

    Ways of up to ``within`` seconds are the shortest; longer ones are not looked for.
    """
    return departure_tree(
        problem.graph, problem.idle, np.array([node], np.int32), 0,
        risk_aversion=0.0, penalty=np.where(barred, np.inf, 1.0), within=within,
    )  # fmt: skip


def _reached(problem: Problem, out: Outward, node: int) -> int:
    """Return the arc by which a node is reached first, -1 where it is not."""
    graph = problem.graph
    into = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
    if node < 0 or not len(into):
        return -1
    arc = int(into[np.argmin(out.cost[into])])
    return arc if np.isfinite(out.cost[arc]) else -1


def _threat(scene: Scene, site: Site) -> Threat | None:
    """Return the report whose ground comes nearest to a site, if it could grow to it.

    What is expired by the arrival is no longer looked out for.
    """
    ground = scene.sites.geometry.iloc[site.row]
    gone = _expired(scene)
    far = {"": np.inf}
    for one in _during(scene):
        if one.zone_id in gone:
            continue
        gap = float(one.kept_clear.distance(ground))
        far[one.zone_id] = min(gap, far.get(one.zone_id, np.inf))
    zone = min(far, key=lambda key: (far[key], key))
    if far[zone] > NEAR_M + GROWS_M:
        return None
    return Threat(zone, far[zone], min(NEAR_M, far[zone] / 2))


def _expired(scene: Scene) -> set[str]:
    """Return the ids of the zones that are expired by the arrival."""
    risk = scene.reported
    if risk is None:
        return set()
    return {
        zone.id for zone in risk.zones
        if status_at(zone, scene.problem.arrive, risk.parameters) == Status.EXPIRED
    }  # fmt: skip


def _during(scene: Scene) -> list[Footprint]:
    crowds = () if scene.reported is None else scene.reported.footprints
    return [
        f for f in crowds
        if f.start_s < scene.until and f.end_s > scene.since and f.presence > 0
    ]  # fmt: skip


def _fallback(
    scene: Scene,
    sites: Sequence[Site],
    site: Site,
    *,
    threat: Threat | None,
    touched: NDArray[np.bool_],
) -> Fallback | None:
    """Return the nearest chosen site that stays apart from what threatens one, the way to it.

    The way shares no street with the site's way to the gate where one such way exists, for that
    may be what is shut; it keeps out of the ground that the report has grown to when one leaves.
    No report is as near to the fallback as makes one leave.
    """
    problem, barred = scene.problem, touched
    ground = {one.row: scene.sites.geometry.iloc[one.row] for one in sites}
    gaps = _crowd_m(scene)
    others = [j for j, one in enumerate(sites) if one.row != site.row and gaps[one.row] >= NEAR_M]
    if threat is None:
        here = ground[site.row]
        others = [j for j in others if here.distance(ground[sites[j].row]) >= APART_M]
    else:
        crowd = shapely.union_all(
            [f.kept_clear for f in _during(scene) if f.zone_id == threat.zone]
        )
        least = threat.distance_m + NEAR_M
        others = [j for j in others if crowd.distance(ground[sites[j].row]) >= least]
        barred = barred | _arcs_within(problem, crowd, threat.distance_m - threat.within_m)
    arcs = site.to_gate.arcs
    shut = problem.on_roads(arcs[door_arcs(problem, arcs, DOOR_M) :])
    for bars in (barred | shut, barred) if others else ():
        # Mostly one is near by: the whole city is looked at only where none is.
        for within in (CLOSE_S, NEVER):
            out = _out(problem, int(scene.nodes[site.row]), bars, within=within)
            last = {j: _reached(problem, out, int(scene.nodes[sites[j].row])) for j in others}
            there = [
                (float(out.cost[arc]), j) for j, arc in last.items()
                if arc >= 0 and out.cost[arc] <= within
            ]  # fmt: skip
            if there:
                break
        if there:
            nearest = min(there)[1]
            move = _move(problem, trace_back(out, last[nearest])[0])
            used = problem.on_roads(arcs)[move.arcs]
            shared = float(problem.network.length_m[move.arcs][used].sum())
            return Fallback(nearest, move, shared)
    return None


def _move(problem: Problem, arcs: NDArray[np.int32]) -> Move:
    length = float(problem.network.length_m[arcs].sum())
    return Move(arcs, int(problem.graph.seconds(arcs).sum()), length)


def _arcs_within(problem: Problem, shape: BaseGeometry, metres: float) -> NDArray[np.bool_]:
    """Return bool[m]: arcs with a point within some metres of a shape."""
    network = problem.network
    ground = shape.buffer(metres)
    west, south, east, north = ground.bounds
    x, y = network.shape_xy.T
    close = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    shapely.prepare(ground)
    inside = np.zeros(len(x), np.int64)
    inside[close] = shapely.intersects_xy(ground, x[close], y[close])
    found: NDArray[np.bool_] = np.add.reduceat(inside, network.shape_start[:-1]) > 0
    return found
