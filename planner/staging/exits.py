"""Two ways out of a site that share no street, to two gateways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.network.search import Tree, arrival_tree, best_start, follow, make_gates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.routes.problem import Problem

EDGE_M = 150.0
"""A gateway is reached on any road within this distance: its outbound carriageway counts."""


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
        self._doors = [np.flatnonzero(self._owner == g).astype(np.int32) for g in range(len(far))]
        self._free = np.where(problem.field.touched(since, until), np.inf, 1.0)
        self._all = self._tree(range(len(self._doors)), self._free)

    def pair(self, node: int, *, door_m: float = 0.0) -> tuple[Exit, Exit, float] | None:
        """Return two ways from a node to two gateways, and the metres they have in common.

        They share no street but the one a vehicle must take at the door, if that is at most
        ``door_m`` long; None where no such pair is found.
        """
        first = self._way(self._all, node)
        if first is None:
            return None
        barred = self._free.copy()
        door = self._door(first.arcs, door_m)
        barred[self._problem.on_roads(first.arcs[door:])] = np.inf
        others = [g for g in range(len(self._doors)) if g != first.gateway]
        second = self._way(self._tree(others, barred), node)
        if second is None:
            return None
        return first, second, float(self._problem.network.length_m[first.arcs[:door]].sum())

    def is_narrow(self, node: int, *, door_m: float) -> bool:
        """Tell whether a vehicle has no choice of street at the door of a site with a way out."""
        first = self._way(self._all, node)
        return first is not None and self._door(first.arcs, door_m) > 0

    def _door(self, arcs: NDArray[np.int32], most_m: float) -> int:
        """Count the first arcs, ``most_m`` long at most, that leave no choice of street."""
        graph, roads = self._problem.graph, self._problem.roads
        length = np.cumsum(self._problem.network.length_m[arcs])
        back = -1
        for i, arc in enumerate(arcs):
            node = graph.tail[arc]
            out = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
            if length[i] > most_m or (roads[out] != back).sum() > 1:
                return i
            back = roads[arc]
        return len(arcs)

    def _tree(self, gateways: Sequence[int], factor: NDArray[np.float64]) -> Tree:
        nodes = np.concatenate([self._doors[g] for g in gateways] or [np.zeros(0, np.int32)])
        when = np.zeros(len(nodes), np.int64)
        problem = self._problem
        return arrival_tree(
            problem.graph, problem.idle, make_gates(nodes, when, when), 0,
            risk_aversion=0.0, penalty=factor,
        )  # fmt: skip

    def _way(self, tree: Tree, node: int) -> Exit | None:
        arc = best_start(self._problem.graph, tree, node)
        if arc < 0:
            return None
        arcs = follow(tree, arc)
        network = self._problem.network
        gateway = int(self._owner[network.head[arcs[-1]]])
        return Exit(
            gateway,
            arcs,
            int(self._problem.graph.seconds(arcs).sum()),
            float(network.length_m[arcs].sum()),
        )
