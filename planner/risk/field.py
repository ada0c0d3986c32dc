"""Risk of every arc at every moment, as arrays a search can read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from planner.risk.parameters import RiskParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.reported import Zone
    from planner.risk.track import Track

Spell = tuple["NDArray[np.int32]", int, int]
"""Arcs, and the seconds from and to which they are shut."""


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

    def at(self, second: int) -> NDArray[np.float64]:
        """Return the risk of every arc, float64[m], when entered at a second."""
        found = np.zeros(len(self.row))
        step = int(np.searchsorted(self.breaks, second, side="right")) - 1
        if 0 <= step < self.risk.shape[1]:
            has = self.row >= 0
            found[has] = self.risk[self.row[has], step]
        return found

    def highest(self, since: int, until: int) -> NDArray[np.float64]:
        """Return the highest risk of every arc, float64[m], within [since, until)."""
        found = np.zeros(len(self.row))
        first = max(int(np.searchsorted(self.breaks, since, side="right")) - 1, 0)
        last = int(np.searchsorted(self.breaks, until, side="left"))
        part = self.risk[:, first:last]
        if part.size and until > self.breaks[0] and since < self.breaks[-1]:
            has = self.row >= 0
            found[has] = part.max(axis=1)[self.row[has]]
        return found

    def lowest(self, since: int, until: int) -> NDArray[np.float64]:
        """Return the lowest risk of every arc, float64[m], within [since, until)."""
        found = np.zeros(len(self.row))
        first = int(np.searchsorted(self.breaks, since, side="right")) - 1
        last = int(np.searchsorted(self.breaks, until, side="left"))
        if 0 <= first < last <= self.risk.shape[1]:
            has = self.row >= 0
            found[has] = self.risk[:, first:last].min(axis=1)[self.row[has]]
        return found

    def when(self, second: int) -> datetime:
        """Return the aware UTC time of a whole second after ``epoch``."""
        return self.epoch + timedelta(seconds=int(second))

    def on_entry(self, arcs: NDArray[np.int32], seconds: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the risk, float64[k], of entering each of `k` arcs at its own second."""
        interval = np.searchsorted(self.breaks, seconds, side="right") - 1
        row = self.row[arcs]
        known = (row >= 0) & (interval >= 0) & (interval < len(self.breaks) - 1)
        risk = np.zeros(len(arcs))
        risk[known] = self.risk[row[known], interval[known]]
        return risk

    def shut_during(self, since: int, until: int) -> NDArray[np.bool_]:
        """Return which arcs, bool[m], are shut at some second of [since, until)."""
        owner = np.repeat(np.arange(len(self.row)), np.diff(self.shut_start))
        found = np.zeros(len(self.row), bool)
        found[owner[(self.shut[:, 1] > since) & (self.shut[:, 0] < until)]] = True
        return found

    def shuts(
        self, arcs: NDArray[np.int32], entered: NDArray[np.int64], time_s: NDArray[np.int64]
    ) -> bool:
        """Tell whether any of `k` arcs is shut while it is driven at its own seconds."""
        begin, end = self.shut_start[arcs], self.shut_start[arcs + 1]
        # Few arcs are ever shut.
        return any(
            bool(((since < self.shut[a:b, 1]) & (since + time > self.shut[a:b, 0])).any())
            for i in np.flatnonzero(end > begin).tolist()
            for since, time, a, b in [(entered[i], time_s[i], begin[i], end[i])]
        )

    def touched(self, since: int, until: int) -> NDArray[np.bool_]:
        """Return which arcs, bool[m], have any risk or closure during [since, until)."""
        return (self.highest(since, until) > 0) | self.shut_during(since, until)


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """Where the crowd of one zone stands during [start_s, end_s), seconds after the epoch.

    Attributes
    ----------
    polygon
        Metric; the crowd itself: area within 5% of size / density, never in mapped buildings
        or water. Of a march, the column in the middle of the step.
    presence
        Weight in [0, 1].
    around
        Metric; contains ``polygon`` where more than it must be kept clear: all that a march
        covers in the step, or the whole of a drawn polygon with more room than the crowd needs.
    """

    zone_id: str
    start_s: int
    end_s: int
    polygon: BaseGeometry
    presence: float
    around: BaseGeometry | None = None

    @property
    def kept_clear(self) -> BaseGeometry:
        """Ground no vehicle enters in this step while ``presence >= block_presence``."""
        return self.polygon if self.around is None else self.around


@dataclass(frozen=True, slots=True, eq=False)
class Risk:
    """Everything known about risk over one span of time.

    Attributes
    ----------
    footprints
        One per zone and step, by zone and time.
    closed
        Arcs of each closure by its id, int32.
    notices
        Assumptions and oddities, fit to print.
    zones
        What is reported, rows of one zone as one.
    spells
        Closures, drawn or by the rules of the road: what is certain.
    shut_by
        Id of the closure of each spell, "" for a rule of the road.
    tracks
        Each zone on its own, in the order of ``zones``.
    """

    field: RiskField
    footprints: tuple[Footprint, ...]
    parameters: RiskParameters = RiskParameters()  # noqa: RUF009 - frozen
    closed: Mapping[str, NDArray[np.int32]] = dataclasses.field(default_factory=dict)
    notices: tuple[str, ...] = ()
    zones: tuple[Zone, ...] = ()
    spells: tuple[Spell, ...] = ()
    shut_by: tuple[str, ...] = ()
    tracks: tuple[Track, ...] = ()
