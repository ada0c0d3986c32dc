"""Whether who is inside can leave at an arrival, or from when on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.network.outward import departure_tree
from planner.plan import words
from planner.routes.isochrone import clear_clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.clockwork import Clock
    from planner.plan.afoot import Afoot
    from planner.plan.facts import Answer
    from planner.routes.problem import Problem

STEP_S = 300
AHEAD_S = 6 * 3600
"""How far ahead a time to leave is looked for, in steps of five minutes. Assumption."""


def inside(answer: Answer, afoot: Afoot | None) -> dict[str, Any] | None:
    """Return by what one can leave at the arrival on a clear way, or until when to stay inside.

    None where every gate is shut by its hours: what people inside do then no plan knows.

    Returns
    -------
    ``by``: by vehicle or on foot, None where neither; ``until``: when one can leave again, None
    where one can now, or not within six hours; ``text``.
    """
    ways = [("by vehicle", answer.problem, clear_clock(answer.problem))]
    if afoot is not None:
        ways.append(("on foot", afoot.problem, afoot.problem.clock))
    first = answer.problem.arrive
    if not any(open_gates(problem.by_hours(), first).any() for _, problem, _ in ways):
        return None
    for second in range(first, first + AHEAD_S + 1, STEP_S):
        for by, problem, clock in ways:
            if can_leave(problem, clock, second):
                return _told(answer, by, second)
    text = "no clear way out within six hours: stay inside, away from the gates"
    return {"by": None, "until": None, "text": text}


def can_leave(problem: Problem, clock: Clock, second: int) -> bool:
    """Tell whether a clear way leads from a gate that is open at a second to any origin."""
    starts = problem.gate_nodes[open_gates(problem, second)]
    if not len(starts):
        return False
    tree = departure_tree(problem.graph, clock, starts, second, risk_aversion=0.0)
    # Nobody waits at a gate before setting out: who would is outside at a later second.
    graph = problem.graph
    for node in problem.origins.tolist():
        arcs = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
        if any(_leaves_at(tree, int(arc), second) for arc in arcs[np.isfinite(tree.cost[arcs])]):
            return True
    return False


def open_gates(problem: Problem, second: int) -> NDArray[np.bool_]:
    """Return which gates, bool[g], lie on a road and may be used at a second."""
    is_open = [problem.is_open(gate, second) for gate in range(len(problem.gate_nodes))]
    return np.array(is_open, bool) & (problem.gate_nodes >= 0)


def _leaves_at(tree: Any, arc: int, second: int) -> bool:
    while tree.before[arc] >= 0:
        arc = int(tree.before[arc])
    return int(tree.entered[arc]) == second


def _told(answer: Answer, by: str, second: int) -> dict[str, Any]:
    now = second == answer.problem.arrive
    until = words.iso(answer.risk.field.when(second), answer.layers.settings.timezone)
    if now:
        text = f"a clear way out {by} is open at {words.clock(until)}"
    else:
        text = f"stay inside until {words.clock(until)}: then a clear way out {by} opens"
    return {"by": by if now else None, "until": None if now else until, "text": text}
