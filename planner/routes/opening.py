"""When a way opens again for origins that have none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.primary import least_to_go, longest_s, primary_ways

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.routes.problem import Problem

DAY_S = 24 * 3600
MINUTE_S = 60


def earliest_arrivals(
    problem: Problem, origins: Sequence[int], later: Callable[[int], Problem] | None = None
) -> dict[int, int]:
    """Return the first whole minute (as a second) for which each origin has a plan, within a day.

    The minute told is one for which ``primary_ways`` finds a way, as for none before it. A way
    that suits a minute suits, some early minutes dearer, every minute of the arrival window
    after it: whole windows are asked until one has a way, then its minutes one by one.

    Parameters
    ----------
    problem
        A question for which the origins have no way.
    later
        The same question for another second; ``problem.at`` when None, which keeps its hour.
    """
    ahead = _Ahead(
        problem, later or problem.at, np.array(origins, np.int32), problem.free_tree().cost,
        moments=_moments(problem),
    )  # fmt: skip
    found = {origin: ahead.first(origin) for origin in origins}
    return {origin: second for origin, second in found.items() if second is not None}


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """The day after an arrival: what was asked of it so far."""

    problem: Problem
    later: Callable[[int], Problem]
    origins: NDArray[np.int32]
    to_go: NDArray[np.float64]
    moments: NDArray[np.int64]
    asked: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    bounds: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """The last minute looked at."""
        return (self.problem.arrive + DAY_S) // MINUTE_S * MINUTE_S

    def first(self, origin: int) -> int | None:
        """Return the first minute for which an origin has a plan."""
        begin = self._waiting_anywhere(origin)
        step = max(self.problem.early // MINUTE_S, 1) * MINUTE_S
        while begin is not None and begin <= self.last:
            end = min(begin + step - MINUTE_S, self.last)
            if self._may_open(origin, begin, end) and self._open(origin, end, spare=step):
                for minute in range(begin, end + 1, MINUTE_S):
                    if self._open(origin, minute):
                        return self._no_sooner(origin, minute)
            begin = end + MINUTE_S
        return None

    def _no_sooner(self, origin: int, minute: int) -> int:
        """Return a minute that has a plan, or those before it while they have.

        Roads may be faster at that hour than at the one asked for, which set the beginning.
        """
        while minute - MINUTE_S > self.problem.arrive and self._open(origin, minute - MINUTE_S):
            minute -= MINUTE_S
        return minute

    def _open(self, origin: int, minute: int, *, spare: int = 0) -> bool:
        """Tell whether a plan for a minute has a way, if need be by some seconds dearer."""
        asked = (minute, spare)
        if asked not in self.asked:
            problem = replace(self.later(minute), origins=self.origins)
            ways = primary_ways(problem, problem.free_tree().cost, spare=spare)
            self.asked[asked] = frozenset(
                int(o) for o, way in zip(self.origins, ways, strict=True) if way is not None
            )
        return origin in self.asked[asked]

    def _waiting_anywhere(self, origin: int) -> int | None:
        """Return the first minute for which there is a way if one might wait anywhere.

        No plan arrives before.
        """
        begin, end = self.problem.arrive // MINUTE_S + 1, self.last // MINUTE_S
        if not self._relaxed(origin, end * MINUTE_S):
            return None
        while begin < end:
            middle = (begin + end) // 2
            if self._relaxed(origin, middle * MINUTE_S):
                end = middle
            else:
                begin = middle + 1
        return end * MINUTE_S

    def _relaxed(self, origin: int, until: int) -> bool:
        if until not in self.bounds:
            window = until - self.problem.arrive - 1
            whole = replace(self.problem, arrive=until, early=window)
            self.bounds[until] = whole.latest_tree().cost
        return bool(np.isfinite(least_to_go(self.problem, origin, self.bounds[until])))

    def _may_open(self, origin: int, begin: int, end: int) -> bool:
        """Tell whether something on a way that arrives between two minutes opens while it lasts."""
        since = begin - MINUTE_S - int(longest_s(self.problem, origin, self.to_go))
        return bool(((self.moments >= since) & (self.moments <= end)).any())


def _moments(problem: Problem) -> NDArray[np.int64]:
    """Return the seconds at which a road or a gate opens."""
    opens = np.array([a for spans in problem.openings for a, _ in spans], np.int64)
    return np.concatenate([problem.field.shut[:, 1], opens])
