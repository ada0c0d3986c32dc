"""A plan's arcs walked again: minutes, metres, exposure, streets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.network.search import follow_clock

if TYPE_CHECKING:
    from planner.network.search import Tree
    from planner.routes.problem import Problem

LAST_APPROACH_M = 300.0
"""Metres before the gate in which ways may share their road."""


@dataclass(frozen=True, eq=False)
class Walk:
    """A way in: `k` arcs, when each is entered, and what that costs.

    Attributes
    ----------
    arcs, entered
        int32[k], int64[k]; arcs in driving order, second of entry.
    gate
        Index of the gate it ends at.
    arrive
        Second of arrival.
    cost_s
        ``(T - departure) + risk_aversion * exposure`` in seconds, and what quiet streets cost.
    proven
        Whether no cheaper plan exists.
    risk, time_s, length_m
        float64[k], int64[k], float64[k] of the arcs; the seconds hold the turn onto each.
    passed
        int32[k]; how many of the places to pass lie behind at the start of each arc; None: there
        are none.
    """

    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    gate: int
    arrive: int
    cost_s: float
    proven: bool
    risk: NDArray[np.float64]
    time_s: NDArray[np.int64]
    length_m: NDArray[np.float64]
    passed: NDArray[np.int32] | None = None

    @property
    def depart(self) -> int:
        """Second of departure."""
        return int(self.entered[0]) if len(self.entered) else self.arrive

    @cached_property
    def wait_s(self) -> NDArray[np.int64]:
        """Seconds waited after each arc, int64[k]."""
        return np.append(self.entered[1:], self.arrive) - self.entered - self.time_s

    def states(self, n_arcs: int) -> NDArray[np.int32]:
        """Return int32[k]: the arcs, told apart by the places passed before; of ``n_arcs`` roads."""
        return self.arcs if self.passed is None else self.arcs + np.int32(n_arcs) * self.passed

    def is_same(self, other: Walk) -> bool:
        """Tell whether another is the same plan: the same arcs, entered at the same seconds."""
        return np.array_equal(self.arcs, other.arcs) and np.array_equal(self.entered, other.entered)

    @property
    def exposure_s(self) -> float:
        """Seconds driven, each weighted by the risk of its arc."""
        return float(self.time_s @ self.risk)

    @property
    def max_risk(self) -> float:
        """Highest risk met."""
        return float(self.risk.max(initial=0.0))

    @cached_property
    def outside(self) -> NDArray[np.bool_]:
        """bool[k]; arcs that lie outside the last approach."""
        return _outside(self.length_m)


def _outside(length_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    to_go = np.cumsum(length_m[::-1])[::-1]
    # A short walk has no last approach: all of it counts.
    outside: NDArray[np.bool_] = to_go > (
        LAST_APPROACH_M if to_go[0] >= 2 * LAST_APPROACH_M else 0.0
    )
    return outside


def walk(problem: Problem, arcs: NDArray[np.int32], entered: NDArray[np.int64], *,
         arrive: int, proven: bool) -> Walk:  # fmt: skip
    """Return a plan's arcs with their times and risks, priced anew."""
    network = problem.network
    risk = problem.field.on_entry(arcs, entered)
    time_s = problem.graph.seconds(arcs)
    end = int(network.head[arcs[-1]])
    gate = _gate_at(problem, end, arrive)
    depart = int(entered[0])
    dear = (1.0 + problem.risk_aversion * risk) * problem.factor[arcs] - 1.0
    cost = problem.arrive - depart + float(time_s @ dear)
    cost += problem.aside_s(gate, int(arcs[-1]))
    return Walk(arcs, entered, gate, arrive, cost, proven, risk, time_s, network.length_m[arcs])


def walk_tree(problem: Problem, tree: Tree, arc: int) -> Walk:
    """Return the plan that a tree holds for entering ``arc``."""
    arcs, entered = follow_clock(tree, arc)
    arrive = int(entered[-1] + problem.graph.seconds(arcs[-2:])[-1])
    return walk(problem, arcs, entered, arrive=arrive, proven=False)


def street_runs(problem: Problem, arcs: NDArray[np.int32]) -> list[str]:
    """Return the named streets of a way's arcs in order, each run once."""
    network = problem.network
    names: list[str] = []
    for index in network.name[arcs]:
        name = network.names[index]
        if name and (not names or names[-1] != name):
            names.append(name)
    return names


def shared_share(problem: Problem, way: Walk, other: Walk) -> float:
    """Return the share of ``way``, outside its last approach, that also lies on ``other``."""
    same = np.isin(problem.roads[way.arcs], problem.roads[other.arcs], kind="table")
    return outside_share(way.length_m, same)


def outside_share(length_m: NDArray[np.float64], same: NDArray[np.bool_]) -> float:
    """Return the share of the length of some arcs outside the last approach for which a mark holds."""
    outside = _outside(length_m)
    total = float(length_m[outside].sum())
    return float(length_m[outside & same].sum()) / total if total else 0.0


def _gate_at(problem: Problem, node: int, arrive: int) -> int:
    here = np.flatnonzero(problem.gate_nodes == node)
    if problem.pinned is not None and problem.pinned in here:
        return problem.pinned
    for gate in here.tolist():
        if problem.is_open(gate, arrive):
            return int(gate)
    return int(here[0]) if len(here) else -1
