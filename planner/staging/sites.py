"""Ranked sites: outside risk in the whole window, near a gate, with two ways out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.primary import tree_way
from planner.staging.exits import Exit, Exits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

Reached = tuple[int, int, "Walk"]
"""Seconds to a gate, row of the site, way."""

WANTED = 6

DOOR_M = 150.0
"""Metres that two ways out may share where a vehicle has no choice. Assumption: a block."""


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """A chosen site: its row among the candidates, the way to a gate, two ways out.

    ``door_m`` is how far the two ways out have one street, as at the side of a one-way street.
    ``open`` tells whether the way to the gate is open and clear at the time asked for; if not,
    it is the one of a free day, to be taken when the gates open again.
    """

    row: int
    to_gate: Walk
    exits: tuple[Exit, Exit]
    door_m: float = 0.0
    open: bool = True


def rank_sites(
    problem: Problem,
    tree: Tree,
    nodes: NDArray[np.int32],
    risk: NDArray[np.float64],
    *,
    since: int,
    until: int,
    shut: Sequence[str] = (),
    wanted: int = WANTED,
) -> tuple[list[Site], Counter[str]]:
    """Return the best sites, nearest to a gate in minutes first, and why others fell out.

    Sites whose ways out share the street at the door fill the places that others leave. Where
    no way to a gate is clear, sites to wait at until one is are ranked by a free day's minutes.

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
    shut
        By candidate, why it may not be used in that window, "" where it may; none for all open.
    """
    dropped = Counter(filter(None, shut))
    open_rows = [row for row in range(len(nodes)) if not (len(shut) and shut[row])]
    now, later = _ways_to_gates(problem, tree, nodes, risk, touched=problem.field.touched(since, until),
                                rows=open_rows, dropped=dropped)  # fmt: skip
    exits = Exits(problem, since=since, until=until)
    sites: list[Site] = []
    narrow: list[Site] = []
    for _, row, way in sorted(now or later, key=lambda r: r[:2]):
        if len(sites) == wanted:
            break
        node = int(nodes[row])
        pair = exits.pair(node)
        if pair is not None:
            sites.append(Site(row, way, pair[:2], open=bool(now)))
        elif (
            exits.is_narrow(node, door_m=DOOR_M)
            and (pair := exits.pair(node, door_m=DOOR_M)) is not None
        ):
            narrow.append(Site(row, way, pair[:2], pair[2], open=bool(now)))
        else:
            dropped["no two separate ways out to two gateways"] += 1
    return [*sites, *narrow][:wanted], dropped


def _ways_to_gates(
    problem: Problem,
    tree: Tree,
    nodes: NDArray[np.int32],
    risk: NDArray[np.float64],
    *,
    touched: NDArray[np.bool_],
    rows: Sequence[int],
    dropped: Counter[str],
) -> tuple[list[Reached], list[Reached]]:
    """Return calm sites with a clear way to a gate, and those with one on a free day only."""
    graph, free = problem.graph, problem.free_tree()
    now: list[Reached] = []
    later: list[Reached] = []
    for row in rows:
        node = int(nodes[row])
        arcs = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
        if risk[row] > 0 or touched[arcs].any():
            dropped["risk or a closure at the site in the window"] += 1
            continue
        way, found = tree_way(problem, tree, node), now
        if way is None or way.max_risk >= problem.clear_below:
            dropped["no clear way from the site to a gate"] += 1
            way, found = tree_way(problem, free, node), later
        if way is not None:
            found.append((way.arrive - way.depart, row, way))
    return now, later
