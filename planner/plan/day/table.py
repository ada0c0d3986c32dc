"""Tables of a day: the gate held to by interval, windows, intervals of each gate."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.day import words as day_words
from planner.plan.day.reasons import why_gate, why_none
from planner.plan.day.told import NONE
from planner.plan.doubt import variations
from planner.routes.shift import spells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.plan.day.told import Reported, Told

SLOWER = 0.15
"""A window's drives take at most this share more than the quickest of the day. Assumption."""
SLOWER_MIN = 2.0
"""Or this many minutes, if that is more. Assumption."""
EXPOSED_MIN = 0.5
"""Nor have they more exposure, in minutes, than the least of the day and this. Assumption."""


STATES = ("shut", "no way", "not clear", "in part", "clear")
"""How a gate is reached, worst first."""


def runs(keys: Sequence[Any]) -> list[tuple[int, int]]:
    """Return (first, end) of each run of equal keys.

    >>> runs("aab")
    [(0, 2), (2, 3)]
    """
    found, at = [], 0
    for _, run in groupby(keys):
        n = len(list(run))
        found.append((at, at + n))
        at += n
    return found


def timetable(about: Reported, told: Told) -> list[dict[str, Any]]:
    """Return the gate held to by interval, with what its ways are like."""
    there = told.best >= 0
    ever = told.of_best(told.clear, False)[there.any(axis=1)]
    clear: NDArray[np.bool_] = np.logical_and.reduce(ever, axis=0)
    lost = (~there).sum(axis=0)
    rows = []
    # Hours without a way are told apart by the gates that are open: their reasons differ.
    is_open = np.array([[about.by_hours(g, s) for g in range(len(about.gates))]
                        for s in range(len(told.lead))], bool).reshape(len(told.lead), -1)  # fmt: skip
    shut = ((told.lead < 0)[:, None] & is_open).tolist()
    keys = zip(told.lead.tolist(), clear.tolist(), lost.tolist(), shut, strict=True)
    cuts = runs(list(keys))

    def better(b: int) -> bool:
        if b == len(lost) or told.lead[b] != told.lead[b - 1]:
            return False
        return bool(clear[b] >= clear[b - 1] and lost[b] <= lost[b - 1])

    for (a, b), span in zip(cuts, _spans(told, cuts, told.lead, better=better), strict=True):
        gate = int(told.lead[a])
        row = span | _gate_name(about, gate)
        row |= _figures(told.of_best(told.minutes, np.inf)[:, a:b],
                        told.of_best(told.exposure, 0.0)[:, a:b],
                        told.of_best(told.risk, 0.0)[:, a:b])  # fmt: skip
        row["clear"] = bool(clear[a]) if gate >= 0 else None
        row |= (
            told.way_share(np.ones(len(told.best), bool), a, b)
            if gate >= 0
            else dict(variations.UNCOUNTED)
        )
        row["gateways"] = int((told.best[:, a:b] == gate).sum(axis=0).min()) if gate >= 0 else 0
        row["without_way"] = int(lost[a])
        row["reason"] = why_none(about, gate, a) if gate < 0 else None
        row["text"] = day_words.interval(row, told.edges[-1])
        rows.append(row)
    return rows


def _spans(
    told: Told, cuts: Sequence[tuple[int, int]], gates: NDArray[np.integer], *,
    origin: int | None = None, better: Callable[[int], bool] = lambda _: False,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return from when until when each of some intervals holds.

    Parameters
    ----------
    gates
        Those told by slot.
    origin
        The one told of, all when None.
    better
        Whether what is told from a slot on is better than before: nobody counts on it sooner.
    """
    spans: list[dict[str, Any]] = []
    for n, (a, b) in enumerate(cuts):
        since = spans[-1]["until"] if n and cuts[n - 1][1] == a else told.edges[a]
        until = told.edges[b] if better(b) else told.turn(b, int(gates[b - 1]), since, origin)
        spans.append({"from": since, "until": until})
    return spans


def _gate_name(about: Reported, gate: int) -> dict[str, Any]:
    if gate < 0:
        return {"gate": None, "gate_name": None}
    row = about.gates.iloc[gate]
    return {"gate": row["id"], "gate_name": row["name"]}


def _figures(
    minutes: NDArray[np.float64], exposure: NDArray[np.float64], risk: NDArray[np.float64]
) -> dict[str, Any]:
    """Return the least and the most of some ways; minutes are inf where there is none."""
    there = np.isfinite(minutes)
    if not there.any():
        return {"minutes_low": None, "minutes_high": None, "exposure_min": None, "max_risk": None}
    return {
        "minutes_low": round(float(minutes[there].min()), 1),
        "minutes_high": round(float(minutes[there].max()), 1),
        "exposure_min": round(float(exposure[there].max()), 2),
        "max_risk": round(float(risk[there].max()), 3),
    }


class Quality(NamedTuple):
    """What some ways are like at each of `s` times: bool[s], float64[s] thrice.

    Attributes
    ----------
    whole
        Every place that ever has a clear way has one.
    quick, calm
        Of little more minutes, of little more exposure, than the best such time.
    minutes, exposure
        Means of those places, inf where one has no way; exposure in minutes.
    places
        How many they are.
    """

    whole: NDArray[np.bool_]
    quick: NDArray[np.bool_]
    calm: NDArray[np.bool_]
    minutes: NDArray[np.float64]
    exposure: NDArray[np.float64]
    places: int

    @property
    def good(self) -> NDArray[np.bool_]:
        """bool[s]; all clear, quick, little exposed."""
        return self.whole & self.quick & self.calm


def quality(
    minutes: NDArray[np.float64], exposure: NDArray[np.float64], clear: NDArray[np.bool_],
    *, day: int | None = None,
) -> Quality:  # fmt: skip
    """Return what ways are like at each time.

    Parameters
    ----------
    minutes, exposure, clear
        [o, s]; minutes inf where there is no way.
    day
        Times, from the first on, among which the best ones are looked for; all when None.
    """
    ever = clear[:, :day].any(axis=1)
    never = np.zeros(clear.shape[1], bool)
    if not ever.any():
        nothing = np.full(clear.shape[1], np.inf)
        return Quality(never, never, never, nothing, nothing, 0)
    whole: NDArray[np.bool_] = np.logical_and.reduce(clear[ever], axis=0)
    mean = minutes[ever].mean(axis=0)
    exposed = np.where(np.isfinite(mean), exposure[ever].mean(axis=0), np.inf)
    least, calmest = (float(t[:day][whole[:day]].min(initial=np.inf)) for t in (mean, exposed))
    quick = mean <= least + max(SLOWER * least, SLOWER_MIN)
    calm = exposed <= calmest + EXPOSED_MIN
    return Quality(whole, quick, calm, mean, exposed, int(ever.sum()))


def gate_quality(told: Told, gate: int, day: int | None = None) -> Quality:
    """Return what the ways by one gate are like, as ``quality``."""
    return quality(told.minutes[gate], told.exposure[gate], told.clear[gate], day=day)


def windows(told: Told, which: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the best times for some gateways: clear for all, quick, little exposure."""
    found = quality(*(told.of_best(table, fill)[which] for table, fill in (
        (told.minutes, np.inf), (told.exposure, np.inf), (told.clear, False))))  # fmt: skip
    rows, cuts = [], spells(found.good)
    gates = told.lead if which.all() else told.best[which][0]
    for (a, b), span in zip(cuts, _spans(told, cuts, gates), strict=True):
        row = span | {
            "minutes": round(float(found.minutes[a:b].mean()), 1),
            "exposure_min": round(float(found.exposure[a:b].mean()), 2),
            "gateways": found.places,
        }  # fmt: skip
        row |= told.way_share(which, a, b)
        rows.append(row | {"text": day_words.window(row, told.edges[-1])})
    return rows


def gate_intervals(about: Reported, told: Told, gate: int) -> list[dict[str, Any]]:
    """Return how a gate is reached, or left, interval by interval."""
    finite = np.isfinite(told.minutes[gate])
    ever = finite.any(axis=1)
    states = [gate_state(about, told, gate, s, ever) for s in range(finite.shape[1])]
    intervals, cuts = [], runs(states)
    own = np.full(len(states), gate)

    def better(b: int) -> bool:
        return b < len(states) and STATES.index(states[b]) > STATES.index(states[b - 1])

    for (a, b), span in zip(cuts, _spans(told, cuts, own, better=better), strict=True):
        row = span | {"state": states[a]}
        row |= _figures(
            *(table[gate, :, a:b] for table in (told.minutes, told.exposure, told.risk))
        )
        row["best_for"] = int((told.best[:, a:b] == gate).sum(axis=0).max(initial=0))
        row["reason"] = why_gate(about, gate, a, states[a])
        row |= told.gate_share(NONE if states[a] == "shut" else gate, a, b)
        intervals.append(row)
    return intervals


def gate_state(about: Reported, told: Told, gate: int, slot: int, ever: NDArray[np.bool_]) -> str:
    """Return clear, in part, not clear, no way, shut: how a gate is reached at an arrival."""
    if not about.by_hours(gate, slot):
        return "shut"
    reached = np.isfinite(told.minutes[gate, ever, slot])
    clear = told.clear[gate, ever, slot]
    if not reached.any():
        return "no way"
    return "clear" if clear.all() else "in part" if clear.any() else "not clear"


def origin_table(about: Reported, told: Told, origin: int) -> list[dict[str, Any]]:
    """Return the gate one gateway holds to by interval."""
    best, clear = told.best[origin], told.of_best(told.clear, True)[origin]
    rows, cuts = [], runs(list(zip(best.tolist(), clear.tolist(), strict=True)))
    for (a, b), span in zip(cuts, _spans(told, cuts, best, origin=origin), strict=True):
        if span["from"] == span["until"]:
            continue
        gate = int(best[a])
        row = span | _gate_name(about, gate)
        row |= _figures(*(told.of_best(table, np.inf)[origin, a:b]
                          for table in (told.minutes, told.exposure, told.risk)))  # fmt: skip
        rows.append(row | {"clear": bool(clear[a]) if gate >= 0 else None})
    return rows
