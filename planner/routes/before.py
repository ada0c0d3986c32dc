"""The last arrival before the one asked for, for origins that have no way then."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.opening import MINUTE_S
from planner.routes.primary import least_to_go, primary_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

BACK_S = 6 * 3600
"""Seconds before the arrival asked for in which an earlier one is looked for. Assumption: nobody
comes more than half a night early."""


def latest_arrivals(
    problem: Problem,
    origins: Sequence[int],
    before: Callable[[int], Problem] | None = None,
    *,
    back_s: int = BACK_S,
) -> dict[int, tuple[int, Walk]]:
    """Return the last whole minute (as a second) before that each origin has a plan for, its way.

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
    behind = _Behind(problem, before or problem.at, np.array(origins, np.int32), back_s)
    found = {origin: behind.last(origin) for origin in origins}
    return {origin: last for origin, last in found.items() if last is not None}


@dataclass(frozen=True, slots=True, eq=False)
class _Behind:
    """The hours before an arrival: what was asked of them so far."""

    problem: Problem
    before: Callable[[int], Problem]
    origins: NDArray[np.int32]
    back_s: int
    asked: dict[int, dict[int, Walk]] = field(default_factory=dict)
    bounds: dict[tuple[int, int], NDArray[np.float64]] = field(default_factory=dict)

    @property
    def first(self) -> int:
        """The first minute looked at."""
        return -(-(self.problem.arrive - self.back_s) // MINUTE_S) * MINUTE_S

    def last(self, origin: int) -> tuple[int, Walk] | None:
        """Return the last minute for which an origin has a plan, and its way."""
        step = max(self.problem.early // MINUTE_S, 1) * MINUTE_S
        end = self._waiting_anywhere(origin)
        while end is not None and end >= self.first:
            if self._relaxed(origin, end, end - step) and origin in self._ways(end):
                # No arrival lies between this window and the second asked for: the later the
                # window, the fewer of these minutes it holds.
                return self._no_later(origin, end, step)
            end -= step
        return None

    def _no_later(self, origin: int, end: int, step: int) -> tuple[int, Walk]:
        low, high = end, min(end + step, self.problem.arrive // MINUTE_S * MINUTE_S)
        while high - low > MINUTE_S:
            middle = (low + high) // 2 // MINUTE_S * MINUTE_S
            low, high = (middle, high) if origin in self._ways(middle) else (low, middle)
        return low, self._ways(low)[origin]

    def _ways(self, minute: int) -> dict[int, Walk]:
        """Return the way of every origin that has one for a minute."""
        if minute not in self.asked:
            problem = replace(self.before(minute), origins=self.origins)
            ways = primary_ways(problem, problem.free_tree().cost)
            self.asked[minute] = {
                int(o): way for o, way in zip(self.origins, ways, strict=True) if way is not None
            }
        return self.asked[minute]

    def _waiting_anywhere(self, origin: int) -> int | None:
        """Return the last minute not later than which there is a way if one might wait anywhere."""
        low, high = 0, self.back_s // MINUTE_S
        top = self.problem.arrive // MINUTE_S * MINUTE_S
        if not self._relaxed(origin, top, top - high * MINUTE_S):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            held = self._relaxed(origin, top, top - middle * MINUTE_S)
            low, high = (low, middle) if held else (middle, high)
        # Arrivals lie within the minute found: plans for up to a window later may have them.
        return min(top - MINUTE_S, top - low * MINUTE_S)

    def _relaxed(self, origin: int, until: int, since: int) -> bool:
        key = (since, until)
        if key not in self.bounds:
            whole = replace(self.problem, arrive=until, early=until - since)
            self.bounds[key] = whole.latest_tree().cost
        return bool(np.isfinite(least_to_go(self.problem, origin, self.bounds[key])))
