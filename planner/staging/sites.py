"""Ranked sites: outside risk in the whole window, near a gate, with two ways out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.primary import tree_way
from planner.staging.exits import Exit, Exits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

WANTED = 6


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A chosen site: its row among the candidates, the way to a gate, two ways out."""

    row: int
    to_gate: Walk
    exits: tuple[Exit, Exit]


def rank_sites(
    problem: Problem,
    tree: Tree,
    nodes: NDArray[np.int32],
    risk: NDArray[np.float64],
    *,
    since: int,
    until: int,
    wanted: int = WANTED,
) -> tuple[list[Site], Counter[str]]:
    """Return the best sites, nearest to a gate in minutes first, and why others fell out.

    Parameters
    ----------
    problem, tree
        The question and its arrival-time tree.
    nodes
        int32[s]; node where each candidate meets the road.
    risk
        float64[s]; highest risk on the candidate's own ground in the window.
    since, until
        Window in which a site and its ways out must stay free of risk.
    """
    dropped: Counter[str] = Counter()
    touched = problem.field.touched(since, until)
    graph = problem.graph
    reached: list[tuple[int, int, Walk]] = []
    for row, node in enumerate(nodes):
        arcs = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
        if risk[row] > 0 or touched[arcs].any():
            dropped["risk or a closure at the site in the window"] += 1
            continue
        way = tree_way(problem, tree, int(node))
        if way is None or way.max_risk >= problem.clear_below:
            dropped["no clear way from the site to a gate"] += 1
            continue
        reached.append((way.arrive - way.depart, row, way))
    exits = Exits(problem, since=since, until=until)
    sites: list[Site] = []
    for _, row, way in sorted(reached, key=lambda r: r[:2]):
        if len(sites) == wanted:
            break
        pair = exits.pair(int(nodes[row]))
        if pair is None:
            dropped["no two separate ways out to two gateways"] += 1
            continue
        sites.append(Site(row, way, pair))
    return sites, dropped
