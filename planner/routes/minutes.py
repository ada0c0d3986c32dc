"""Which origins have a plan for which minute, each asked for once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.primary import having_ways, least_to_go

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from planner.routes.problem import Problem

MINUTE_S = 60


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """What was asked so far of the minutes before and after an arrival.

    Attributes
    ----------
    problem
        A question for which the origins have no way.
    other
        The same question for another second.
    origins
        int32[o]; nodes.
    """

    problem: Problem
    other: Callable[[int], Problem]
    origins: NDArray[np.int32]
    asked: dict[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    bounds: dict[tuple[int, int], NDArray[np.float64]] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """Seconds of the arrival window, in whole minutes."""
        return max(self.problem.early // MINUTE_S, 1) * MINUTE_S

    def has_way(self, origin: int, minute: int, *, spare: int = 0) -> bool:
        """Tell whether a plan for a minute has a way, if need be by some seconds dearer."""
        asked = (minute, spare)
        if asked not in self.asked:
            problem = replace(self.other(minute), origins=self.origins)
            self.asked[asked] = having_ways(problem, problem.free_tree().cost, spare=spare)
        return origin in self.asked[asked]

    def relaxed(self, origin: int, since: int, until: int) -> bool:
        """Tell whether one arrives between two seconds if one might wait anywhere.

        No plan arrives there otherwise.
        """
        if (since, until) not in self.bounds:
            whole = replace(self.problem, arrive=until, early=until - since)
            self.bounds[since, until] = whole.latest_tree().cost
        return bool(np.isfinite(least_to_go(self.problem, origin, self.bounds[since, until])))


def first_that(begin: int, end: int, holds: Callable[[int], bool]) -> int:
    """Return the first whole number of [begin, end] that holds, as all after it; ``end`` does."""
    while begin < end:
        middle = (begin + end) // 2
        begin, end = (begin, middle) if holds(middle) else (middle + 1, end)
    return end
