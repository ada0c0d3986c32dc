"""How much earlier than the drive asks one should leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.clockwork import may_rest
from planner.network.profiles import PROFILES
from planner.network.rush import margin_s

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.routes.walk import Walk

MINUTE_S = 60


def time_in_hand(answer: Answer, way: Walk) -> int:
    """Return seconds, whole minutes, by which to leave before the way's own departure.

    It is the margin for the traffic of the hour, less where an earlier start would meet more
    risk, or a road or a gate still shut. What a report has aged in these minutes is no more
    risk, unless the way is clear no longer. Where one holds on the way, an earlier start makes the
    hold longer: the drive up to it alone is earlier, what comes after stays as it is.
    """
    when = answer.risk.field.when(way.depart).astimezone(answer.layers.settings.zone)
    if PROFILES[answer.question.profile].on_foot or not len(way.arcs):
        return 0
    held = np.flatnonzero(way.wait_s > 0)
    moved = int(held[0]) + 1 if len(held) else len(way.arcs)
    wanted = margin_s(int(way.time_s[:moved].sum()), when)
    for early in range(MINUTE_S, wanted + 1, MINUTE_S):
        if not _is_as_good(answer, way, early, moved):
            return early - MINUTE_S
    return wanted


def _is_as_good(answer: Answer, way: Walk, early: int, moved: int) -> bool:
    """Tell whether a way is open and no riskier if its first arcs are driven earlier."""
    problem, arcs = answer.problem, way.arcs[:moved]
    field = problem.field
    entered, time_s = way.entered[:moved] - early, way.time_s[:moved]
    risk = float(field.on_entry(arcs, entered).max(initial=0.0))
    if risk > way.max_risk + answer.risk.parameters.presence_error:
        return False
    if way.max_risk < problem.clear_below <= risk:
        return False
    if field.shuts(arcs, entered, time_s):
        return False
    there = int(entered[-1] + time_s[-1])
    if moved == len(way.arcs):
        return problem.is_open(way.gate, there)
    node = int(problem.network.head[arcs[-1]])
    return bool(may_rest(node, there, there + early, problem.clock))
