"""Which gate to hold to through a day: best at each time, never changed for little."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.routes.day_sheet import COST, RISK

if TYPE_CHECKING:
    from planner.routes.day_sheet import Sheet

WORTH_S = 60.0
"""A change of gate that saves less, in seconds of cost on average, is not worth it. Assumption."""

_BACK_AT_ONCE = 1e8
_NOT_PASSABLE = 1e11
"""Weights, each above all sums of what comes after it: a time to and fro, a time without a way."""


def hold(needs: NDArray[np.bool_], loss: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the gate held to at each time.

    Of all rows of gates it is the one with the fewest times at a gate that cannot be held to; then
    with the fewest gates held for one time alone between two changes; then with the least sum of
    losses, each below ``WORTH_S`` not counted, and of ``WORTH_S`` for each change. Of equal rows it
    is the one that changes latest.

    Parameters
    ----------
    needs
        bool[g, s]; whether one must not stay with the gate.
    loss
        float64[g, s]; seconds it costs more than the best gate, not below 0.

    Returns
    -------
    int32[s]

    Examples
    --------
    >>> never = np.zeros((2, 4), bool)
    >>> hold(never, np.array([[0, 30, 0, 0], [90, 0, 90, 90.0]])).tolist()
    [0, 0, 0, 0]
    >>> hold(never, np.array([[0, 0, 400, 400.0], [90, 90, 0, 0]])).tolist()
    [0, 0, 1, 1]
    """
    n_gates, n = loss.shape
    if not n_gates or not n:
        return np.zeros(n, np.int32)
    stay = np.where(needs, _NOT_PASSABLE, np.where(loss < WORTH_S, 0.0, loss))
    # Settled: held for two times, or since the first. Fresh: changed to just now.
    settled, fresh = stay[:, 0].copy(), np.full(n_gates, np.inf)
    every, same = np.arange(n_gates), np.eye(n_gates, dtype=bool)
    back = np.zeros((n, 2, n_gates, 2), np.int64)
    for s in range(1, n):
        leave = np.minimum(settled, fresh + _BACK_AT_ONCE) + WORTH_S
        whence = settled > fresh + _BACK_AT_ONCE
        table = np.where(same, np.inf, leave[:, None])
        came = table.argmin(axis=0)
        back[s, 0, :, 0], back[s, 0, :, 1] = every, fresh <= settled
        back[s, 1, :, 0], back[s, 1, :, 1] = came, whence[came]
        settled, fresh = np.minimum(settled, fresh) + stay[:, s], table[came, every] + stay[:, s]
    # The last time may be a change's first: nothing changes back after it.
    kind = int(fresh.min() <= settled.min())
    gate = int((fresh if kind else settled).argmin())
    found = np.zeros(n, np.int32)
    for s in range(n - 1, -1, -1):
        found[s] = gate
        gate, kind = (int(x) for x in back[s, kind, gate])
    return found


def steady(sheet: Sheet) -> NDArray[np.int32]:
    """Return int32[o, s]: the gate each origin holds to, -1 where there is no way."""
    best = sheet.best()
    found = [lead(sheet, best[[o]], np.array([o])) for o in range(len(best))]
    return np.stack(found) if found else best


def lead(
    sheet: Sheet, best: NDArray[np.int32], origins: NDArray[np.intp] | None = None
) -> NDArray[np.int32]:
    """Return int32[s]: the gate held to for some origins, below 0 where none of them has a way.

    Parameters
    ----------
    best
        int32[k, s]; the gate each of them has, below 0 for none. The one that most of them have is
        what others are measured against.
    origins
        int[k]; their numbers, all when None.
    """
    rows = sheet.values if origins is None else sheet.values[:, origins]
    cost = np.where(best >= 0, rows[..., COST], np.inf)
    clear = np.isfinite(cost) & (rows[..., RISK] < sheet.problem.clear_below)
    return held(cost, clear, np.array([most(column) for column in best.T.tolist()], np.int32))


def most(gates: list[int]) -> int:
    """Return the gate named most often, the first of equals; the least number where none is.

    >>> most([2, 0, 2, -1]), most([-1, -2])
    (2, -2)
    """
    there = [g for g in gates if g >= 0]
    return max(there, key=there.count) if there else min(gates, default=-1)


def held(
    cost: NDArray[np.float64], clear: NDArray[np.bool_], first: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return int32[s]: the gate held to, given the one that is first at each time.

    Parameters
    ----------
    cost, clear
        [g, k, s]; seconds, inf for no way; whether it is clear.
    first
        int32[s]; below 0 where there is none, which is left as it is.
    """
    found = first.copy()
    there = np.flatnonzero(first >= 0)
    for part in np.split(there, np.flatnonzero(np.diff(there) > 1) + 1):
        if len(part):
            found[part] = hold(*against(cost[..., part], clear[..., part], first[part]))
    return found


def against(
    cost: NDArray[np.float64], clear: NDArray[np.bool_], first: NDArray[np.int32]
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return what it means not to go by the first gate: bool[g, s], float64[g, s] as in ``hold``.

    One must not stay with a gate that some origin does not reach, or not by a clear way, while it
    does the first one.
    """
    at = np.arange(len(first))
    own, own_clear = cost[first, :, at].T, clear[first, :, at].T
    needs = (np.isfinite(own) & ~np.isfinite(cost)) | (own_clear & ~clear)
    both = np.isfinite(own) & np.isfinite(cost)
    more = np.where(both, np.where(both, cost, 0.0) - np.where(both, own, 0.0), 0.0)
    mean = more.sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    must: NDArray[np.bool_] = np.logical_or.reduce(needs, axis=1)
    return must, np.maximum(mean, 0.0)
