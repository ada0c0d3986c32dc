"""Movement about the chosen sites: ways in, places to hold on the way on, where to go instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.graph import CLASSES
from planner.risk.status import Status, status_at
from planner.routes.primary import circles, tree_way
from planner.staging.fallback import Refuges, find_fallback
from planner.staging.nearby import NEAR_M, NearReport, crowd_m, during, out_tree, reached

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from planner.routes.problem import Problem
    from planner.routes.walk import Walk
    from planner.staging.fallback import Fallback
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

GROWS_M = 500.0
"""How far a report is reckoned to grow or move before one has left. Assumption: some 8 minutes on
foot; one further off is no reason to prefer a fallback."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """What is known of moving to, from, beside one chosen site.

    Attributes
    ----------
    ways_in
        Ways that end at the site when its window begins, clear ones first, nearest first.
    holds
        Other candidates towards the gate, that with the least detour first.
    near_report
        None where nothing is reported as near as that in the window.
    fallback
        None where no other usable site stays apart from the report and can be reached.
    """

    ways_in: tuple[WayIn, ...]
    holds: tuple[Hold, ...]
    near_report: NearReport | None
    fallback: Fallback | None


def movements(
    scene: Scene,
    sites: Sequence[Site],
    unfit: Collection[int] = (),
    *,
    spare: Collection[int] = (),
    apart: bool = True,
) -> list[Movement]:
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
    spare
        Rows of other candidates that one may fall back to: no criterion bars them.
    apart
        Whether a place to fall back to needs two separate ways out, as the chosen ones have.
    """
    if not sites or scene.reported is None:
        return []
    touched = scene.problem.field.touched(scene.since, scene.until)
    calm = _calm_ways_on(scene, touched)
    onward = {row: way for row, way in calm.items() if row not in unfit}
    refuges = Refuges(scene, frozenset(site.row for site in sites), spare, apart)
    made = []
    for site in sites:
        node = int(scene.nodes[site.row])
        near_report = _report_near(scene, site)
        made.append(Movement(
            tuple(_ways_in(scene.problem, node, scene.since)),
            tuple(_holds(scene, site, touched, onward)) if site.open else (),
            near_report, find_fallback(refuges, site, near_report=near_report, touched=touched),
        ))  # fmt: skip
    return made


def bound_for(problem: Problem, node: int, by: int) -> Problem:
    """Return the question of being at a node by a second."""
    return replace(
        problem, gate_nodes=np.array([node], np.int32), gate_arcs=np.array([-1], np.int32),
        openings=(((by - problem.early, by + 1),),), doors=(), arrive=by, pinned=None,
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
    node = int(scene.nodes[site.row])
    out = out_tree(scene.problem, node, touched, within=takes + DETOUR_S)
    gaps = crowd_m(scene)
    least = min(NEAR_M, gaps[site.row])
    found: list[Hold] = []
    for row, way in onward.items():
        # Whoever holds is there to keep away from a report, not to come nearer to it.
        if gaps[row] < least:
            continue
        last = reached(scene.problem, out, int(scene.nodes[row]))
        if row == site.row or way.gate != site.to_gate.gate or last < 0:
            continue
        time = int(out.cost[last])
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


def _report_near(scene: Scene, site: Site) -> NearReport | None:
    """Return the report whose ground comes nearest to a site, if it could grow to it.

    What is expired by the arrival is no longer looked out for.
    """
    ground = scene.sites.geometry.iloc[site.row]
    gone = _expired(scene)
    far = {"": np.inf}
    for one in during(scene):
        if one.zone_id in gone:
            continue
        gap = float(one.kept_clear.distance(ground))
        far[one.zone_id] = min(gap, far.get(one.zone_id, np.inf))
    zone = min(far, key=lambda key: (far[key], key))
    if far[zone] > NEAR_M + GROWS_M:
        return None
    return NearReport(zone, far[zone], min(NEAR_M, far[zone] / 2))


def _expired(scene: Scene) -> set[str]:
    """Return the ids of the zones that are expired by the arrival."""
    risk = scene.reported
    if risk is None:
        return set()
    return {
        zone.id for zone in risk.zones
        if status_at(zone, scene.problem.arrive, risk.parameters) == Status.EXPIRED
    }  # fmt: skip
