"""What a search kernel may ask of the clock: risk, closures, rest at a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

GRID_S = 60
"""Seconds of one step of the table that finds a risk interval in constant time."""


class Clock(NamedTuple):
    """Risk, closures and resting places of a graph with `m` arcs and `n` nodes, for kernels.

    Attributes
    ----------
    breaks, risk, row
        As in ``RiskField``: int64[k + 1], float64[rows, k], int32[m].
    first
        int32[g]; interval in which minute `i` after ``breaks[0]`` begins.
    shut_start, shut
        int32[m + 1], int64[q, 2]; sorted half-open intervals in which an arc is shut.
    busy
        bool[m]; arcs with any risk or closure: all others cost their time, at any second.
    rest_start, rest
        int32[n + 1], int64[p, 2]; half-open intervals in which one may wait at a node.
    """

    breaks: NDArray[np.int64]
    first: NDArray[np.int32]
    row: NDArray[np.int32]
    risk: NDArray[np.float64]
    shut_start: NDArray[np.int32]
    shut: NDArray[np.int64]
    busy: NDArray[np.bool_]
    rest_start: NDArray[np.int32]
    rest: NDArray[np.int64]


def make_clock(
    breaks: NDArray[np.int64],
    row: NDArray[np.int32],
    risk: NDArray[np.float64],
    shut_start: NDArray[np.int32],
    shut: NDArray[np.int64],
    *,
    n_nodes: int,
    rest: dict[int, Sequence[tuple[int, int]]] | None = None,
) -> Clock:
    """Return the arrays in the one type and layout the kernels are compiled for.

    ``rest`` maps a node to the intervals in which one may wait there; absent: nowhere.
    """
    breaks = np.ascontiguousarray(breaks, np.int64)
    minutes = np.arange(breaks[0], max(breaks[-1], breaks[0] + 1), GRID_S)
    first = np.searchsorted(breaks, minutes, side="right") - 1
    waits = sorted((node, a, b) for node, spans in (rest or {}).items() for a, b in spans)
    rest_start = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount([w[0] for w in waits], minlength=n_nodes), out=rest_start[1:])
    return Clock(
        breaks,
        first.astype(np.int32),
        np.ascontiguousarray(row, np.int32),
        np.ascontiguousarray(risk, np.float64).reshape(-1, len(breaks) - 1),
        np.ascontiguousarray(shut_start, np.int32),
        np.ascontiguousarray(shut, np.int64).reshape(-1, 2),
        (np.asarray(row) >= 0) | (np.diff(shut_start) > 0),
        rest_start,
        np.array([w[1:] for w in waits], np.int64).reshape(-1, 2),
    )


def idle_clock(n_nodes: int, n_arcs: int) -> Clock:
    """Return a clock under which nothing is risky, nothing is shut and nobody waits."""
    return make_clock(
        np.zeros(2, np.int64),
        np.full(n_arcs, -1, np.int32),
        np.zeros((0, 1)),
        np.zeros(n_arcs + 1, np.int32),
        np.zeros((0, 2), np.int64),
        n_nodes=n_nodes,
    )


@compiled(inline="always")
def risk_at(arc: int, t: int, clock: Clock) -> float:
    """Return the risk of entering an arc at a second."""
    row = clock.row[arc]
    if row < 0 or t < clock.breaks[0] or t >= clock.breaks[-1]:
        return 0.0
    k = clock.first[(t - clock.breaks[0]) // GRID_S]
    while t >= clock.breaks[k + 1]:
        k += 1
    return clock.risk[row, k]  # type: ignore[no-any-return]  # an array cell


@compiled(inline="always")
def latest_entry(arc: int, t: int, time: int, clock: Clock) -> int:
    """Return the latest second, not after ``t``, at which the whole arc can be driven open."""
    for i in range(clock.shut_start[arc + 1] - 1, clock.shut_start[arc] - 1, -1):
        if t < clock.shut[i, 1] and t + time > clock.shut[i, 0]:
            t = clock.shut[i, 0] - time
    return t


@compiled(inline="always")
def may_rest(node: int, since: int, until: int, clock: Clock) -> bool:
    """Tell whether one may wait at a node during all of [since, until)."""
    for i in range(clock.rest_start[node], clock.rest_start[node + 1]):
        if clock.rest[i, 0] <= since and until <= clock.rest[i, 1]:
            return True
    return False
