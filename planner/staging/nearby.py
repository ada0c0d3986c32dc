"""What lies near candidate sites by air or road."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.outward import NEVER, Outward, departure_tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.risk.field import Footprint
    from planner.routes.problem import Problem
    from planner.staging.scene import Scene

NEAR_M = 300.0
"""A report nearer than this makes one leave a site. Assumption: three blocks, about four minutes
on foot; of a report that is near already, half the distance it has."""


class NearReport(NamedTuple):
    """The report nearest to a site: its id, metres now, metres at which one leaves."""

    zone: str
    distance_m: float
    within_m: float


def crowd_m(scene: Scene) -> NDArray[np.float64]:
    """Return float64[s]: metres from each candidate to the nearest report, inf without one."""
    crowd = shapely.union_all(
        list({id(f.kept_clear): f.kept_clear for f in during(scene)}.values())
    )
    gaps = np.asarray(scene.sites.geometry.distance(crowd), float)
    return np.where(np.isnan(gaps), np.inf, gaps)


def during(scene: Scene) -> list[Footprint]:
    """Return the ground that reports cover in the window."""
    crowds = () if scene.reported is None else scene.reported.footprints
    return [
        f for f in crowds
        if f.start_s < scene.until and f.end_s > scene.since and f.presence > 0
    ]  # fmt: skip


def out_tree(
    problem: Problem, node: int, barred: NDArray[np.bool_], *, within: float = NEVER
) -> Outward:
    """Return the tree of free-flow ways from a node over arcs that are not barred.

    Ways of up to ``within`` seconds are the shortest; longer ones are not looked for.
    """
    return departure_tree(
        problem.graph, problem.idle, np.array([node], np.int32), 0,
        risk_aversion=0.0, penalty=np.where(barred, np.inf, 1.0), within=within,
    )  # fmt: skip


def reached(problem: Problem, out: Outward, node: int) -> int:
    """Return the arc by which a node is reached first, -1 where it is not."""
    graph = problem.graph
    into = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
    if node < 0 or not len(into):
        return -1
    arc = int(into[np.argmin(out.cost[into])])
    return arc if np.isfinite(out.cost[arc]) else -1
