"""How much earlier than the drive asks one should leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.profiles import PROFILES
from planner.network.rush import margin_s

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.routes.walk import Walk

MINUTE_S = 60


def time_in_hand(answer: Answer, way: Walk) -> int:
    """Return seconds, whole minutes, by which to leave before the way's own departure.

    It is the margin for the traffic of the hour, less where an earlier start would meet more
    risk, or a road or a gate still shut.
    """
    when = answer.risk.field.when(way.depart).astimezone(answer.layers.settings.zone)
    if PROFILES[answer.question.profile].on_foot or not len(way.arcs):
        return 0
    wanted = margin_s(int(way.time_s.sum()), when)
    for early in range(MINUTE_S, wanted + 1, MINUTE_S):
        if not _is_as_good(answer, way, early):
            return early - MINUTE_S
    return wanted


def _is_as_good(answer: Answer, way: Walk, early: int) -> bool:
    """Tell whether a way driven some seconds earlier is open and no riskier."""
    field = answer.problem.field
    entered = way.entered - early
    if float(field.on_entry(way.arcs, entered).max(initial=0.0)) > way.max_risk:
        return False
    begin, end = field.shut_start[way.arcs], field.shut_start[way.arcs + 1]
    for i in np.flatnonzero(end > begin).tolist():
        spans = field.shut[begin[i] : end[i]]
        left = entered[i] + way.time_s[i]
        if ((spans[:, 0] < left) & (spans[:, 1] > entered[i])).any():
            return False
    return True
