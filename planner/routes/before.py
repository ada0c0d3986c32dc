"""The last arrival before the one asked for, for origins that have no way then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.routes.minutes import MINUTE_S, Minutes, first_that

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.routes.problem import Problem

BACK_S = 6 * 3600
"""Seconds before the arrival asked for in which an earlier one is looked for. Assumption: nobody
comes more than half a night early."""


def latest_arrivals(
    problem: Problem,
    origins: Sequence[int],
    before: Callable[[int], Problem] | None = None,
    *,
    back_s: int = BACK_S,
) -> dict[int, int]:
    """Return the last whole minute (as a second) before that each origin has a plan for.

    The minute is one to arrive by: the way may be there up to the arrival window sooner, and no
    way is there between that and the second asked for.

    Parameters
    ----------
    problem
        A question for which the origins have no way.
    before
        The same question for another second; ``problem.at`` when None, which keeps its hour.
    back_s
        Seconds to look back.
    """
    minutes = Minutes(problem, before or problem.at, np.array(origins, np.int32))
    found = {origin: _last(minutes, origin, back_s) for origin in origins}
    return {origin: last for origin, last in found.items() if last is not None}


def _last(minutes: Minutes, origin: int, back_s: int) -> int | None:
    """Return the last minute for which an origin has a plan."""
    step, first = minutes.step, -(-(minutes.problem.arrive - back_s) // MINUTE_S) * MINUTE_S
    end = _waiting_anywhere(minutes, origin, back_s)
    while end is not None and end >= first:
        if minutes.relaxed(origin, end - step, end) and minutes.has_way(origin, end):
            # No arrival lies between this window and the second asked for: the later the
            # window, the fewer of these minutes it holds.
            return _no_later(minutes, origin, end)
        end -= step
    return None


def _no_later(minutes: Minutes, origin: int, end: int) -> int:
    low, high = end, min(end + minutes.step, minutes.problem.arrive // MINUTE_S * MINUTE_S)
    while high - low > MINUTE_S:
        middle = (low + high) // 2 // MINUTE_S * MINUTE_S
        low, high = (middle, high) if minutes.has_way(origin, middle) else (low, middle)
    return low


def _waiting_anywhere(minutes: Minutes, origin: int, back_s: int) -> int | None:
    """Return the last minute not later than which there is a way if one might wait anywhere."""
    top = minutes.problem.arrive // MINUTE_S * MINUTE_S

    def there(back: int) -> bool:
        return minutes.relaxed(origin, top - back * MINUTE_S, top)

    if not there(back_s // MINUTE_S):
        return None
    # Arrivals lie within the minute found: plans for up to a window later may have them.
    back = first_that(1, max(back_s // MINUTE_S, 1), there)
    return min(top - MINUTE_S, top - (back - 1) * MINUTE_S)
