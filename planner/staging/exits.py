"""Two ways out of a site that share no street, to two gateways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.network.moves import BARRED
from planner.network.search import Tree, arrival_tree, best_start, follow, make_gates
from planner.staging.pairs import Pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.routes.problem import Problem

EDGE_M = 150.0
"""A gateway is reached on any road within this distance: its outbound carriageway counts."""

WAYS = 2

DOOR_M = 150.0
"""Metres that two ways out may share where a vehicle has no choice. Assumption: a block."""


@dataclass(frozen=True, slots=True, eq=False)
class Exit:
    """A way out: gateway index, arcs in driving order, free-flow seconds, metres."""

    gateway: int
    arcs: NDArray[np.int32]
    time_s: int
    length_m: float


class Exits:
    """Ways from sites to gateways over roads that stay free of risk in a whole window."""

    def __init__(self, problem: Problem, *, since: int, until: int) -> None:
        """Bar every arc with any risk or closure during [since, until)."""
        self._problem = problem
        xy = problem.network.node_xy
        far = np.array([np.hypot(*(xy - xy[node]).T) for node in problem.origins])
        far = far.reshape(len(problem.origins), len(xy))
        # A node near two gateways belongs to the nearer.
        self._owner = np.full(len(xy), -1)
        if len(far):
            near = far.min(axis=0) <= EDGE_M
            self._owner[near] = far.argmin(axis=0)[near]
        self._n_gateways = len(np.unique(self._owner[self._owner >= 0]))
        free = np.where(problem.field.touched(since, until), np.inf, 1.0)
        self._all = self._tree(free)
        self._pairs = Pairs(problem.graph, problem.roads, self._owner, self._all.cost)

    def pair(self, node: int, *, door_m: float = 0.0) -> tuple[Exit, Exit, float] | None:
        """Return two ways from a node to two gateways, and the metres they have in common.

        They share no street but the one a vehicle must take at the door, if that is at most
        ``door_m`` long; of all such pairs they take the least seconds together. None where
        there is none.
        """
        graph = self._problem.graph
        arc = best_start(graph, self._all, node)
        if arc < 0 or self._n_gateways < WAYS:
            return None
        first = follow(self._all, arc)
        door = first[: door_arcs(self._problem, first, door_m)]
        at = int(graph.head[door[-1]]) if len(door) else node
        starts = graph.out_arcs[graph.out_start[at] : graph.out_start[at + 1]]
        entry = np.zeros(len(starts))
        barred = None
        if len(door):
            turn = graph.turn[graph.row[starts] + graph.entry[door[-1]]]
            starts, entry = starts[turn != BARRED], turn[turn != BARRED].astype(float)
            barred = self._problem.on_roads(door)
        ways = self._pairs.least(starts, entry, barred).ways
        if ways is None:
            return None
        one, other = (self._exit(np.concatenate([door, way]).astype(np.int32)) for way in ways)
        return one, other, float(self._problem.network.length_m[door].sum())

    def apart(self, node: int) -> tuple[Exit, Exit, float] | None:
        """Return two ways as ``pair`` does, apart from the door at least.

        They have up to ``DOOR_M`` at the door in common where no pair is wholly apart.
        """
        pair = self.pair(node)
        if pair is None and self.is_narrow(node, door_m=DOOR_M):
            pair = self.pair(node, door_m=DOOR_M)
        return pair

    def is_narrow(self, node: int, *, door_m: float) -> bool:
        """Tell whether a vehicle has no choice of street at the door of a site with a way out."""
        arc = best_start(self._problem.graph, self._all, node)
        return arc >= 0 and door_arcs(self._problem, follow(self._all, arc), door_m) > 0

    def _tree(self, factor: NDArray[np.float64]) -> Tree:
        nodes = np.flatnonzero(self._owner >= 0).astype(np.int32)
        when = np.zeros(len(nodes), np.int64)
        problem = self._problem
        return arrival_tree(
            problem.graph, problem.idle, make_gates(nodes, when, when), 0,
            risk_aversion=0.0, penalty=factor,
        )  # fmt: skip

    def _exit(self, arcs: NDArray[np.int32]) -> Exit:
        network = self._problem.network
        return Exit(
            int(self._owner[network.head[arcs[-1]]]),
            arcs,
            int(self._problem.graph.seconds(arcs).sum()),
            float(network.length_m[arcs].sum()),
        )


def door_arcs(problem: Problem, arcs: NDArray[np.int32], most_m: float) -> int:
    """Count the first arcs of a way, ``most_m`` long at most, that leave no choice of street."""
    graph, roads = problem.graph, problem.roads
    length = np.cumsum(problem.network.length_m[arcs])
    back = -1
    for i, arc in enumerate(arcs):
        node = graph.tail[arc]
        out = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
        if length[i] > most_m or (roads[out] != back).sum() > 1:
            return i
        back = roads[arc]
    return len(arcs)
