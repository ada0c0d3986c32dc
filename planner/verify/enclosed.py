"""Public roads that lie behind restricted ones, found from the raw file alone."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from planner.verify.law import Leave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.verify.streets import Streets
    from planner.verify.trace import Trace

ENCLOSED_NODES = 400
"""Open roads over more nodes than these, or a quarter of all, lie behind no restricted one."""

LEAST_M = 0.05
"""A shorter part of a road is not driven on."""


class Enclosed:
    """Which open roads few others lead to, or few lead away from.

    Nobody comes to one of the first, or from one of the second to the rest of the town, but
    through a restricted road: they are for those who begin or end there.

    Parameters
    ----------
    streets
        The raw roads; what is found is remembered.
    """

    def __init__(self, streets: Streets) -> None:
        self._streets = streets
        self._most = min(ENCLOSED_NODES, streets.n_points // 4)
        self._reaches_far: dict[tuple[int, bool], bool] = {}

    def leaves(self, trace: Trace) -> bool:
        """Tell whether an open stretch runs, in any part, where open roads lead to and from."""
        return any(
            self._is_far(begin, back=True) and self._is_far(end, back=False)
            for begin, end in _steps(trace)
        )

    def _is_far(self, node: int, *, back: bool) -> bool:
        """Tell whether open roads lead from a node, or ``back`` to it, over more than a few."""
        key = (node, back)
        if key not in self._reaches_far:
            seen, todo = {node}, [node]
            while todo and len(seen) <= self._most:
                onward = self._streets.neighbours(todo.pop(), back=back)
                todo += onward - seen
                seen |= onward
            self._reaches_far[key] = len(seen) > self._most
        return self._reaches_far[key]


def _steps(trace: Trace) -> Iterator[tuple[int, int]]:
    """Give the nodes at either end of each piece of a way that a stretch runs along."""
    way, low, high = trace.way, min(trace.start, trace.end), max(trace.start, trace.end)
    along: list[float] = way.along.tolist()
    for i, (begin, end) in enumerate(pairwise(along)):
        if min(end, high) - max(begin, low) > min(LEAST_M, end - begin, high - low) / 2:
            pair = (way.nodes[i], way.nodes[i + 1])
            yield pair if trace.direction > 0 else pair[::-1]


def is_open(trace: Trace) -> bool:
    """Tell whether everybody may use a stretch, at every hour."""
    return trace.way.leave(trace.direction) is Leave.OPEN and not trace.way.is_hourly
