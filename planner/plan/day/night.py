"""What comes after a day's midnight: as far as a change of shift begun that day may last."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.day.check import Sample
from planner.plan.day.hand import at_gates
from planner.plan.day.laid import arriving, lay_out, leaving
from planner.plan.day.record import Side
from planner.plan.day.table import gate_quality
from planner.plan.day.told import joined, tell, without_withheld
from planner.plan.gate_size import capacity, in_slot

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from planner.plan.day.check import Check
    from planner.plan.day.laid import Laid
    from planner.plan.day.told import Reported, Told

    Say = Callable[[str, int, int], object]

MOST_MIN = 12 * 60
"""Minutes past midnight that are looked at, at most: as many of the risk are left to drive on."""

SAMPLE = 3
"""Times past midnight of which ways are checked, in and out, at most."""


class Night(NamedTuple):
    """Arriving and leaving past midnight, by those gates that a change of shift may use then.

    Attributes
    ----------
    gates
        int[k]; their numbers among the day's.
    lead
        Times of its tables that are the day's last: who is asked for soon after midnight may
        arrive before it.
    """

    into: Side
    out: Side
    gates: NDArray[np.intp]
    lead: int

    def after(self, day: tuple[Told, Told]) -> tuple[Told, Told]:
        """Return a day's tables, in and out, with those past midnight behind them."""
        into, out = (
            joined(first, side.told, self.gates, self.lead)
            for first, side in zip(day, (self.into, self.out), strict=True)
        )
        return into, out


def past_midnight(
    day: Laid, sides: tuple[Side, Side], *, vehicles: int, every_min: int, say: Say | None = None
) -> Night | None:
    """Return what comes after midnight; None where no change of shift of that day lasts so long.

    Parameters
    ----------
    day, sides
        The day laid out, those who come, those who leave.
    vehicles
        How many come, and how many leave.
    every_min
        Minutes between the times.
    """
    gates = _open_at_midnight(*sides)
    slots = _slots(sides[0].about, gates, vehicles, every_min)
    if slots < 1:
        return None
    step, first = timedelta(minutes=every_min), day.questions[0].arrive_utc
    n = len(day.slots)
    lead = min(math.ceil(day.questions[0].parameters.early_arrival_s / step.total_seconds()), n)
    times = [first + i * step for i in range(n - lead, n + slots)]
    # Places to wait at are those that are free through the night.
    question = day.questions[0].model_copy(update={"arrive": times[-1]})
    laid = lay_out(at_gates(day.prepared, gates), question, day.risk, times, day.kept)
    look = Sample(SAMPLE, 0, lead)
    end = times[-1] + step
    after = None if say is None else lambda what, *n: say(f"{what} past midnight", *n)
    into, out = (_side(*found, end) for found in (
        arriving(laid, look, say=after), leaving(laid, look, say=after)))  # fmt: skip
    return Night(into, out, gates, lead)


def _side(about: Reported, check: Check, end: datetime) -> Side:
    return Side(about, without_withheld(tell(about, check, end), check), check)


def _open_at_midnight(into: Side, out: Side) -> NDArray[np.intp]:
    """Return the gates of known capacity that serve, in or out, in the last time of a day.

    A change that lasts over midnight goes on then, by each of its gates.
    """
    return np.array([
        g for g, row in enumerate(into.about.gates.itertuples())
        if capacity(row) is not None and len(into.told.edges) > 1
        and any(gate_quality(side.told, g).good[-1] for side in (into, out))
    ], np.intp)  # fmt: skip


def _slots(about: Reported, gates: NDArray[np.intp], vehicles: int, every_min: int) -> int:
    """Return how many times past midnight the longest change begun before it lasts."""
    rows = list(about.gates.iloc[gates].itertuples())
    rates = [rate for row in rows if (rate := in_slot(row, every_min)) is not None]
    if not rates:
        return 0
    longest = math.ceil(2 * vehicles / min(rates) - 1 - 1e-9)
    return min(longest, MOST_MIN // every_min)
