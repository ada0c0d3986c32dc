"""When a way opens again for origins that have none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.network.search import best_start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.problem import Problem

DAY_S = 24 * 3600
MINUTE_S = 60
MERGE_S = 300
"""Changes closer together than this are looked at once."""


def earliest_arrivals(problem: Problem, origins: Sequence[int]) -> dict[int, int]:
    """Return the first minute (as a second) at which each origin can arrive within a day.

    A way can only open when a closure ends, a crowd leaves a road or a gate opens, so the
    search looks just after each such moment, then narrows to the minute.
    """
    free = problem.free_tree()
    found: dict[int, int] = {}
    left = list(origins)
    for change in _changes(problem):
        reach = max((_free_s(problem, free.cost, o) for o in left), default=0)
        until = change + reach + MINUTE_S
        tree = _window(problem, until, until - change).tree()
        for origin in [o for o in left if best_start(problem.graph, tree, o) >= 0]:
            found[origin] = _to_the_minute(problem, origin, change, until)
            left.remove(origin)
        if not left:
            break
    return found


def _window(problem: Problem, arrive: int, early: int) -> Problem:
    return replace(problem, arrive=arrive, early=early)


def _to_the_minute(problem: Problem, origin: int, since: int, until: int) -> int:
    first = -(-since // MINUTE_S) * MINUTE_S
    for minute in range(max(first, problem.arrive + MINUTE_S), until, MINUTE_S):
        tree = _window(problem, minute, MINUTE_S).tree()
        if best_start(problem.graph, tree, origin) >= 0:
            return minute
    return until


def _changes(problem: Problem) -> list[int]:
    """Return the seconds in the coming day at which a road or a gate opens, near ones merged."""
    ends = problem.field.shut[:, 1]
    opens = [a for spans in problem.openings for a, _ in spans]
    moments = np.unique(np.concatenate([ends, np.array([problem.arrive, *opens], np.int64)]))
    moments = moments[(moments >= problem.arrive) & (moments <= problem.arrive + DAY_S)]
    kept: list[int] = []
    for moment in moments.tolist():
        if not kept or moment - kept[-1] >= MERGE_S:
            kept.append(moment)
        else:
            kept[-1] = moment
    return kept


def _free_s(problem: Problem, cost: np.ndarray, origin: int) -> int:
    graph = problem.graph
    free = cost[graph.out_arcs[graph.out_start[origin] : graph.out_start[origin + 1]]].min(
        initial=np.inf
    )
    return int(free) if np.isfinite(free) else 0
