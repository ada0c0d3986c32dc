"""A day as tables: best gate, minutes, exposure by gateway at each arrival."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan import words
from planner.plan.day.turns import Turns
from planner.plan.doubt import variations
from planner.plan.doubt.shares import counted
from planner.plan.wishes.hand import Hand
from planner.routes.day_sheet import ARRIVE, COST, DEPART, EXPOSURE, RISK
from planner.routes.steady import lead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from geopandas import GeoDataFrame

    from planner.plan.day.check import Check
    from planner.plan.day.doubt import Doubt
    from planner.plan.hour import Hour
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.day_sheet import Sheet
    from planner.routes.day_worlds import DayOutcome
    from planner.routes.doors import Door
    from planner.routes.problem import Span

NONE, WITHHELD = -1, -2
"""Numbers of no gate: there is no way; its way did not pass the check."""


class Told(NamedTuple):
    """The day as tables: `g` gates, `o` gateways on a road, `s` arrivals.

    Attributes
    ----------
    best
        int32[o, s]; gate each gateway holds to, ``NONE``, ``WITHHELD``.
    lead
        int32[s]; gate held to that is best from most gateways.
    minutes, exposure, risk, clear
        [g, o, s]; minutes on the way, inf for none; exposure in minutes; highest risk; whether
        it stays clear.
    edges
        ISO time of each arrival, then of the day's end.
    outcome
        What became of it in variations of the reports; None where none were looked at.
    turns
        When gates change between the times; None: at the times alone.
    when
        The ISO time of a second of the day's risk.
    """

    best: NDArray[np.int32]
    lead: NDArray[np.int32]
    minutes: NDArray[np.float64]
    exposure: NDArray[np.float64]
    risk: NDArray[np.float64]
    clear: NDArray[np.bool_]
    edges: list[str]
    outcome: DayOutcome | None = None
    turns: Turns | None = None
    when: Callable[[int], str] | None = None

    def turn(self, slot: int, gate: int, since: str, origin: int | None = None) -> str:
        """Return until when what is told of a gate ``since`` some time holds, else from a slot on.

        ``origin`` as in ``Turns.second``.
        """
        if self.turns is None or self.when is None or gate < 0 or slot == len(self.edges) - 1:
            return self.edges[slot]
        at = self.when(self.turns.second(gate, slot, origin))
        if datetime.fromisoformat(since) < datetime.fromisoformat(at):
            return at
        # Over as it begins, for the gate shuts then: of one origin it is not told.
        return self.edges[slot] if origin is None else since

    def gate_share(self, gate: int, a: int, b: int) -> dict[str, Any]:
        """Return in how many variations a gate is reached clear from all gateways, throughout."""
        if self.outcome is None or gate < 0:
            return dict(variations.UNCOUNTED)
        clear = self.outcome.clear[gate, self.outcome.ever[gate], a:b]
        return counted(np.logical_and.reduce(clear, axis=(0, 1)))

    def way_share(self, which: NDArray[np.bool_], a: int, b: int) -> dict[str, Any]:
        """Return in how many variations some gateways have a clear way to some gate, throughout."""
        if self.outcome is None:
            return dict(variations.UNCOUNTED)
        which = which & np.logical_or.reduce(self.outcome.ever, axis=0)
        clear = np.logical_or.reduce(self.outcome.clear[:, which, a:b], axis=0)
        return counted(np.logical_and.reduce(clear, axis=(0, 1)))

    def of_best(self, table: NDArray[Any], fill: Any) -> NDArray[Any]:
        """Return [o, s]: what a table tells of each gateway's best gate."""
        if not len(table):
            return np.full(self.best.shape, fill)
        at = np.maximum(self.best, 0)
        picked = np.take_along_axis(table, at[None].astype(np.int64), axis=0)[0]
        found: NDArray[Any] = np.where(self.best >= 0, picked, fill)
        return found


class Reported(NamedTuple):
    """What reasons are found in; ``gates`` are the facility's, whichever way the day is asked.

    ``hand`` is what all ways keep, ``doors`` are the gates with their hours.
    """

    gates: GeoDataFrame
    prepared: Prepared
    questions: Sequence[Question]
    risk: Risk
    sheet: Sheet
    hours: Sequence[Hour]
    hand: Hand = Hand()
    doors: Sequence[Door] = ()

    def by_hours(self, gate: int, slot: int) -> bool:
        """Tell whether a gate's hours let one arrive in time for a slot, or leave at it."""
        at = self.sheet.slots[slot].arrive
        first = at if self.sheet.out else at - self.sheet.problem.early
        return any(a <= at and b > first for a, b in self.doors[gate].hours)


def tell(
    about: Reported, check: Check, end: datetime, doubt: Doubt | None = None,
    *, openings: Sequence[Sequence[Span]] = (),
) -> Told:  # fmt: skip
    """Return the tables the document is written from; ``openings`` are as in ``Turns``."""
    sheet, zone = about.sheet, about.prepared.ground.layers.settings.zone
    values = sheet.values
    best = np.where(check.withheld, WITHHELD, check.best).astype(np.int32)
    there = np.isfinite(values[..., COST])
    clear = there & (values[..., RISK] < sheet.problem.clear_below)
    minutes = np.where(there, (values[..., DEPART] - values[..., ARRIVE]) / 60, np.inf)
    edges = [words.iso(t, zone) for t in (*(q.arrive_utc for q in about.questions), end)]
    outcome = None if doubt is None else doubt.outcome
    return Told(
        best,
        lead(sheet, best),
        minutes,
        values[..., EXPOSURE] / 60,
        values[..., RISK],
        clear,
        edges,
        outcome,
        Turns(sheet, openings) if openings else None,
        lambda second: words.iso(about.risk.field.when(second), zone),
    )


def without_withheld(told: Told, check: Check) -> Told:
    """Return the tables with ways that are withheld as not clear."""
    clear = told.clear.copy()
    o, s = np.nonzero(check.withheld)
    clear[check.best[o, s], o, s] = False
    return told._replace(clear=clear)


def joined(day: Told, after: Told, gates: NDArray[np.intp], lead: int) -> Told:
    """Return the tables of a day with those of times after it, by some of its gates.

    Parameters
    ----------
    gates
        int[k]; numbers in the day of the gates of what comes after; by the others is no way.
    lead
        Times of what comes after that still are the day's: left out.
    """

    def table(first: NDArray[Any], then: NDArray[Any], fill: Any) -> NDArray[Any]:
        whole = np.full((*first.shape[:2], then.shape[2] - lead), fill, first.dtype)
        whole[gates] = then[..., lead:]
        return np.concatenate([first, whole], axis=2)

    def numbered(first: NDArray[np.int32], then: NDArray[np.int32]) -> NDArray[np.int32]:
        then = then[..., lead:]
        then = np.where(then >= 0, gates.astype(np.int32)[np.maximum(then, 0)], then)
        return np.concatenate([first, then], axis=-1).astype(np.int32)

    return Told(
        numbered(day.best, after.best), numbered(day.lead, after.lead),
        table(day.minutes, after.minutes, np.inf), table(day.exposure, after.exposure, 0.0),
        table(day.risk, after.risk, 0.0), table(day.clear, after.clear, False),
        [*day.edges[:-1], *after.edges[lead:]],
    )  # fmt: skip
