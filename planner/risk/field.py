"""Risk of every arc at every moment, as arrays a search can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class RiskField:
    """Piecewise constant risk in [0, 1] of `m` arcs; time is whole seconds after ``epoch``.

    Attributes
    ----------
    epoch
        Aware UTC time of second 0.
    breaks
        int64[k + 1]; interval `i` is ``[breaks[i], breaks[i + 1])``; outside all, risk is 0.
    row
        int32[m]; row of ``risk`` for each arc, -1 for an arc that never has any.
    risk
        float64[rows, k]; friction expected on the arc when entered in the interval.
    shut_start
        int32[m + 1]; arc `a` is shut during ``shut[shut_start[a]:shut_start[a + 1]]``.
    shut
        int64[q, 2]; sorted, disjoint half-open intervals [from, to): closures, and every
        moment at which a crowd's footprint on the arc reaches ``block_presence``.
    """

    epoch: datetime
    breaks: NDArray[np.int64]
    row: NDArray[np.int32]
    risk: NDArray[np.float64]
    shut_start: NDArray[np.int32]
    shut: NDArray[np.int64]

    def seconds(self, when: datetime) -> int:
        """Return whole seconds from ``epoch`` to an aware time."""
        return round((when - self.epoch).total_seconds())

    def when(self, second: int) -> datetime:
        """Return the aware UTC time of a whole second after ``epoch``."""
        return self.epoch + timedelta(seconds=int(second))

    def at(self, arcs: NDArray[np.int32], seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the risk, float64[k], of entering each of `k` arcs at its second."""
        interval = np.searchsorted(self.breaks, seconds, side="right") - 1
        row = self.row[arcs]
        known = (row >= 0) & (interval >= 0) & (interval < len(self.breaks) - 1)
        risk = np.zeros(len(arcs))
        risk[known] = self.risk[row[known], interval[known]]
        return risk

    def touched(self, since: int, until: int) -> NDArray[np.bool_]:
        """Return bool[m]: the arcs with any risk or closure during [since, until)."""
        inside = (self.breaks[1:] > since) & (self.breaks[:-1] < until)
        touched = np.zeros(len(self.row), bool)
        risky = (self.risk[:, inside] > 0).any(axis=1)
        touched[self.row >= 0] = risky[self.row[self.row >= 0]]
        arc = np.repeat(np.arange(len(self.row)), np.diff(self.shut_start))
        touched[arc[(self.shut[:, 1] > since) & (self.shut[:, 0] < until)]] = True
        return touched
