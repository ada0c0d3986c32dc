"""The minute, between two times of a day, at which what is told of a gate holds no longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.day_sheet import COST, RISK, at_slot, ways_into
from planner.routes.leave_sheet import ways_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.routes.day_sheet import Sheet
    from planner.routes.problem import Span

MINUTE_S = 60


@dataclass(frozen=True, slots=True, eq=False)
class Turns:
    """Gates of a day, between its times.

    Attributes
    ----------
    sheet
        The ways at its times.
    openings
        When each gate may be used: in its hours, with no crowd before it.
    """

    sheet: Sheet
    openings: Sequence[Sequence[Span]]
    _known: dict[tuple[int, int, int | None], int] = field(default_factory=dict)

    def second(self, gate: int, slot: int, origin: int | None = None) -> int:
        """Return when a gate is as it was at the time before ``slot`` no longer.

        It is when the gate may be used no longer, or the first minute at which a way by it is lost,
        or is clear no more; the time of the slot itself where nothing is lost by then. Of one
        ``origin`` its own way counts alone: what another loses is no news to it.
        """
        if slot >= len(self.sheet.slots):
            raise IndexError(slot)
        key = (gate, slot, origin)
        if key not in self._known:
            self._known[key] = min(self._shuts(gate, slot), self._lost(gate, slot, origin))
        return self._known[key]

    def _shuts(self, gate: int, slot: int) -> int:
        """Return when a gate may be used no longer between two times, the second where it may."""
        before, arrive = (self.sheet.slots[s].arrive for s in (slot - 1, slot))
        shuts = max((until for _, until in self.openings[gate] if until <= arrive), default=arrive)
        over = self.sheet.open[gate, slot - 1] and not self.sheet.open[gate, slot]
        return shuts if over or shuts >= before else arrive

    def _lost(self, gate: int, slot: int, origin: int | None) -> int:
        """Return the first minute at which something is lost that the time before has."""
        before, then = self.sheet.slots[slot - 1], self.sheet.slots[slot]
        values = self.sheet.values[gate]
        had = self._state(values[:, slot - 1])
        if origin is not None:
            had &= np.arange(had.shape[1]) == origin
        if not (had & ~self._state(values[:, slot])).any():
            return then.arrive
        low, high = before.arrive, then.arrive
        while high - low > MINUTE_S:
            middle = low + (high - low) // (2 * MINUTE_S) * MINUTE_S
            problem = at_slot(self.sheet.problem, before._replace(arrive=middle), self.sheet.hours)
            ways = (
                ways_out(problem, int(problem.origins[gate])) if self.sheet.out
                else ways_into(problem, gate)
            )  # fmt: skip
            if (had & ~self._state(ways.row)).any():
                high = middle
            else:
                low = middle
        return high

    def _state(self, row: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return bool[2, o]: which gateways have a way, and which a clear one."""
        there = np.isfinite(row[:, COST])
        return np.stack([there, there & (row[:, RISK] < self.sheet.problem.clear_below)])
