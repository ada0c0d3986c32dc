"""When a way opens again for origins that have none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.minutes import MINUTE_S, Minutes, first_that
from planner.routes.primary import longest_s

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from planner.routes.problem import Problem

DAY_S = 24 * 3600


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
    minutes = Minutes(problem, later or problem.at, np.array(origins, np.int32))
    ahead = _Ahead(minutes, problem.free_tree().cost, _moments(problem))
    found = {origin: ahead.first(origin) for origin in origins}
    return {origin: second for origin, second in found.items() if second is not None}


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """The day after an arrival."""

    minutes: Minutes
    to_go: NDArray[np.float64]
    moments: NDArray[np.int64]

    @property
    def arrive(self) -> int:
        """The second asked for."""
        return self.minutes.problem.arrive

    @property
    def last(self) -> int:
        """The last minute looked at."""
        return (self.arrive + DAY_S) // MINUTE_S * MINUTE_S

    def first(self, origin: int) -> int | None:
        """Return the first minute for which an origin has a plan."""
        begin, step, open_ = self._waiting_anywhere(origin), self.minutes.step, self.minutes.has_way
        while begin is not None and begin <= self.last:
            end = min(begin + step - MINUTE_S, self.last)
            if self._may_open(origin, begin, end) and open_(origin, end, spare=step):
                for minute in range(begin, end + 1, MINUTE_S):
                    if open_(origin, minute):
                        return self._no_sooner(origin, minute)
            begin = end + MINUTE_S
        return None

    def _no_sooner(self, origin: int, minute: int) -> int:
        """Return a minute that has a plan, or those before it while they have.

        Roads may be faster at that hour than at the one asked for, which set the beginning.
        """
        before = minute - MINUTE_S
        while before > self.arrive and self.minutes.has_way(origin, before):
            before -= MINUTE_S
        return before + MINUTE_S

    def _waiting_anywhere(self, origin: int) -> int | None:
        """Return the first minute for which there is a way if one might wait anywhere.

        No plan arrives before.
        """

        def there(minute: int) -> bool:
            return self.minutes.relaxed(origin, self.arrive + 1, minute * MINUTE_S)

        end = self.last // MINUTE_S
        if not there(end):
            return None
        return first_that(self.arrive // MINUTE_S + 1, end, there) * MINUTE_S

    def _may_open(self, origin: int, begin: int, end: int) -> bool:
        """Tell whether something on a way that arrives between two minutes opens while it lasts."""
        since = begin - MINUTE_S - int(longest_s(self.minutes.problem, origin, self.to_go))
        return bool(((self.moments >= since) & (self.moments <= end)).any())


def _moments(problem: Problem) -> NDArray[np.int64]:
    """Return the seconds at which a road or a gate opens."""
    opens = np.array([a for spans in problem.openings for a, _ in spans], np.int64)
    return np.concatenate([problem.field.shut[:, 1], opens])
