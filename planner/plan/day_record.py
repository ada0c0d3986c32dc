"""A day as JSON-ready data: best gates by interval, windows, ways of every gateway."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner import __version__
from planner.initialise import credit_of
from planner.plan import day_words, reasons, variations, words
from planner.plan.day_doubt import ensemble
from planner.plan.shares import counted
from planner.plan.told_ways import answer_of
from planner.routes.day_sheet import ARRIVE, COST, DEPART, EXPOSURE, RISK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from planner.plan.day_check import Check
    from planner.plan.day_doubt import Doubt
    from planner.plan.day_sheet import DayQuestion
    from planner.plan.hour import Hour
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.day_sheet import Sheet
    from planner.routes.day_worlds import DayOutcome

SLOWER = 0.15
"""A window's drives take at most this share more than the quickest of the day. Assumption."""
SLOWER_MIN = 2.0
"""Or this many minutes, if that is more. Assumption."""
EXPOSED_MIN = 0.5
"""Nor have they more exposure, in minutes, than the least of the day and this. Assumption."""

NONE, WITHHELD = -1, -2
"""Numbers of no gate: there is no way; its way did not pass the check."""


class Told(NamedTuple):
    """The day as tables: `g` gates, `o` gateways on a road, `s` arrivals.

    Attributes
    ----------
    best
        int32[o, s]; best gate of each gateway, ``NONE``, ``WITHHELD``.
    lead
        int32[s]; gate that is best from most gateways.
    minutes, exposure, risk, clear
        [g, o, s]; minutes on the way, inf for none; exposure in minutes; highest risk; whether
        it stays clear.
    edges
        ISO time of each arrival, then of the day's end.
    outcome
        What became of it in variations of the reports; None where none were looked at.
    """

    best: NDArray[np.int32]
    lead: NDArray[np.int32]
    minutes: NDArray[np.float64]
    exposure: NDArray[np.float64]
    risk: NDArray[np.float64]
    clear: NDArray[np.bool_]
    edges: list[str]
    outcome: DayOutcome | None = None

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
    """What reasons are found in."""

    prepared: Prepared
    questions: Sequence[Question]
    risk: Risk
    sheet: Sheet
    hours: Sequence[Hour]


def write_day(
    about: Reported, asked: DayQuestion, check: Check, end: datetime, doubt: Doubt | None = None
) -> dict[str, Any]:
    """Return the document of a day; ``end`` is when it is over, UTC."""
    ground, settings = about.prepared.ground, about.prepared.ground.layers.settings
    told = tell(about, check, end, doubt)
    facility = ground.layers.facility.iloc[0]
    timetable = _timetable(about, told)
    document = {
        "feasible": bool((told.best >= 0).any()),
        "headline": "",
        "facility": asked.facility, "facility_name": facility["name"],
        "date": asked.date.isoformat(), "timezone": settings.timezone,
        "profile": asked.profile, "quiet": asked.quiet and about.hours[0].quiet is not None,
        "every_min": asked.every_min, "slots": told.edges[:-1], "until": told.edges[-1],
        "timetable": timetable,
        "windows": _windows(told, np.ones(len(told.best), bool)),
        "gates": _gates(about, told),
        "origins": _origins(about, told),
        "ensemble": None if doubt is None else ensemble(doubt, timetable),
        "search": _search(about, check),
        "verification": _verification(told, check),
        "warnings": _warnings(check),
        "provenance": _provenance(about),
    }  # fmt: skip
    document["headline"] = day_words.headline(document)
    return document


def tell(about: Reported, check: Check, end: datetime, doubt: Doubt | None = None) -> Told:
    """Return the tables the document is written from."""
    sheet, zone = about.sheet, about.prepared.ground.layers.settings.zone
    values = sheet.values
    best = told_best(sheet, check)
    there = np.isfinite(values[..., COST])
    clear = there & (values[..., RISK] < sheet.problem.clear_below)
    minutes = np.where(there, (values[..., DEPART] - values[..., ARRIVE]) / 60, np.inf)
    lead = np.array([_most(column) for column in best.T.tolist()], np.int32)
    edges = [words.iso(t, zone) for t in (*(q.arrive_utc for q in about.questions), end)]
    outcome = None if doubt is None else doubt.outcome
    return Told(
        best, lead, minutes, values[..., EXPOSURE] / 60, values[..., RISK], clear, edges, outcome
    )


def told_best(sheet: Sheet, check: Check) -> NDArray[np.int32]:
    """Return int32[o, s]: the gate each gateway is told, ``NONE``, ``WITHHELD``."""
    return np.where(check.withheld, WITHHELD, sheet.best()).astype(np.int32)


def _most(gates: list[int]) -> int:
    found = Counter(g for g in gates if g >= 0).most_common(1)
    return found[0][0] if found else min(gates, default=NONE)


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


def _timetable(about: Reported, told: Told) -> list[dict[str, Any]]:
    clear: NDArray[np.bool_] = np.logical_and.reduce(told.of_best(told.clear, True), axis=0)
    rows = []
    for a, b in runs(list(zip(told.lead.tolist(), clear.tolist(), strict=True))):
        gate = int(told.lead[a])
        row = _span(told, a, b) | _gate_name(about, gate)
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
        row["without_way"] = int((told.best[:, a:b] < 0).sum(axis=0).max(initial=0))
        row["reason"] = _why_none(about, gate, a) if gate < 0 else None
        row["text"] = day_words.interval(row, told.edges[-1])
        rows.append(row)
    return rows


def _span(told: Told, a: int, b: int) -> dict[str, Any]:
    return {"from": told.edges[a], "until": told.edges[b]}


def _gate_name(about: Reported, gate: int) -> dict[str, Any]:
    if gate < 0:
        return {"gate": None, "gate_name": None}
    row = about.prepared.ground.gates.iloc[gate]
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


def _windows(told: Told, which: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the best times to arrive for some gateways: clear for all, quick, little exposure."""
    minutes = told.of_best(told.minutes, np.inf)[which]
    exposure = told.of_best(told.exposure, np.inf)[which]
    clear = told.of_best(told.clear, False)[which]
    ever = clear.any(axis=1)
    if not ever.any():
        return []
    whole = clear[ever].all(axis=0)
    if not whole.any():
        return []
    mean, exposed = minutes[ever].mean(axis=0), exposure[ever].mean(axis=0)
    least = float(mean[whole].min())
    good = whole & (mean <= least + max(SLOWER * least, SLOWER_MIN))
    good &= exposed <= float(exposed[whole].min()) + EXPOSED_MIN
    found = []
    for a, b in runs(good.tolist()):
        if good[a]:
            row = _span(told, a, b) | {
                "minutes": round(float(mean[a:b].mean()), 1),
                "exposure_min": round(float(exposed[a:b].mean()), 2),
                "gateways": int(ever.sum()),
            }  # fmt: skip
            row |= told.way_share(which, a, b)
            found.append(row | {"text": day_words.window(row, told.edges[-1])})
    return found


def _gates(about: Reported, told: Told) -> list[dict[str, Any]]:
    rows = []
    for g, gate in enumerate(about.prepared.ground.gates.itertuples()):
        finite = np.isfinite(told.minutes[g])
        ever = finite.any(axis=1)
        states = [_state(about, told, g, s, ever) for s in range(finite.shape[1])]
        intervals = []
        for a, b in runs(states):
            row = _span(told, a, b) | {"state": states[a]}
            row |= _figures(told.minutes[g, :, a:b], told.exposure[g, :, a:b], told.risk[g, :, a:b])
            row["best_for"] = int((told.best[:, a:b] == g).sum(axis=0).max(initial=0))
            row |= told.gate_share(NONE if states[a] == "shut" else g, a, b)
            intervals.append(row)
        rows.append({"id": gate.id, "name": gate.name, "opens": gate.opens, "closes": gate.closes,
                     "intervals": intervals})  # fmt: skip
    return rows


def _state(about: Reported, told: Told, gate: int, slot: int, ever: NDArray[np.bool_]) -> str:
    """Return clear, in part, not clear, no way, shut: how a gate is reached at an arrival."""
    if not about.sheet.open[gate, slot]:
        return "shut"
    reached = np.isfinite(told.minutes[gate, ever, slot])
    clear = told.clear[gate, ever, slot]
    if not reached.any():
        return "no way"
    return "clear" if clear.all() else "in part" if clear.any() else "not clear"


def _origins(about: Reported, told: Told) -> list[dict[str, Any]]:
    ground = about.prepared.ground
    placed = iter(range(len(told.best)))
    records = []
    for row, node in zip(ground.layers.gateways.itertuples(), ground.stops.gateways, strict=True):
        record = {"id": row.id, "name": row.name, "timetable": [], "windows": [], "ways": []}
        if node >= 0:
            o = next(placed)
            record |= {
                "timetable": _origin_table(about, told, o),
                "windows": _windows(told, np.arange(len(told.best)) == o),
                "ways": [_way(about, told, g, o) for g in range(len(told.minutes))],
            }
        records.append(record)
    return records


def _origin_table(about: Reported, told: Told, origin: int) -> list[dict[str, Any]]:
    best, clear = told.best[origin], told.of_best(told.clear, True)[origin]
    rows = []
    for a, b in runs(list(zip(best.tolist(), clear.tolist(), strict=True))):
        gate = int(best[a])
        row = _span(told, a, b) | _gate_name(about, gate)
        row |= _figures(*(told.of_best(table, np.inf)[origin, a:b]
                          for table in (told.minutes, told.exposure, told.risk)))  # fmt: skip
        rows.append(row | {"clear": bool(clear[a]) if gate >= 0 else None})
    return rows


def _way(about: Reported, told: Told, gate: int, origin: int) -> dict[str, Any]:
    """Return, by arrival, how one gets from a gateway to a gate; None where there is no way."""
    values, field = about.sheet.values[gate, origin], about.risk.field
    zone = about.prepared.ground.layers.settings.zone
    there: NDArray[np.bool_] = np.isfinite(values[:, COST]) & (told.best[origin] != WITHHELD)

    def each(column: NDArray[Any]) -> list[Any]:
        return [v if t else None for v, t in zip(column.tolist(), there, strict=True)]

    def clocks(before: NDArray[np.float64]) -> list[Any]:
        return [words.iso(field.when(slot.arrive - int(s)), zone) if t else None
                for slot, s, t in zip(about.sheet.slots, before, there, strict=True)]  # fmt: skip

    return {
        "gate": about.prepared.ground.gates["id"].iloc[gate],
        "minutes": each(np.round(told.minutes[gate, origin], 2)),
        "exposure_min": each(np.round(told.exposure[gate, origin], 3)),
        "max_risk": each(np.round(told.risk[gate, origin], 4)),
        "clear": each(told.clear[gate, origin]),
        "depart": clocks(values[:, DEPART]),
        "arrive": clocks(values[:, ARRIVE]),
    }


def _why_none(about: Reported, gate: int, slot: int) -> str:
    if gate == WITHHELD:
        return "the ways found did not pass the independent check"
    sheet = about.sheet
    problem = sheet.at(slot)
    if not len(problem.origins):
        return "no gateway lies on a road"
    hour = about.hours[sheet.slots[slot].hour]
    none = [None] * len(problem.origins)
    answer = answer_of(
        about.prepared.ground, about.questions[slot], about.risk, (problem, hour), none
    )
    found = Counter(reasons.no_way(answer, int(node)) for node in problem.origins)
    return found.most_common(1)[0][0]


def _search(about: Reported, check: Check) -> dict[str, Any]:
    sheet = about.sheet
    near: NDArray[np.bool_] = np.logical_or.reduce(sheet.near, axis=0)
    worst = float(check.gaps_s.max(initial=0.0))
    return {
        "trees": sheet.trees.tolist(), "near_optimal_slots": np.flatnonzero(near).tolist(),
        "compared_slots": list(check.compared), "compared_ways": len(check.gaps_s),
        "worst_gap_s": round(worst, 1) if len(check.gaps_s) else None,
        "mean_gap_s": round(float(check.gaps_s.mean()), 2) if len(check.gaps_s) else None,
        "text": day_words.search(int(near.sum()), len(near), check),
    }  # fmt: skip


def _verification(told: Told, check: Check) -> dict[str, Any]:
    return {
        "passed": not check.failures, "checked": check.ways,
        "slots": [told.edges[s] for s in check.slots],
        "withheld": int(check.withheld.sum()),
        "failures": [{"slot": told.edges[s], "id": f.id, "rule": f.rule, "detail": f.detail}
                     for s, f in check.failures],
    }  # fmt: skip


def _warnings(check: Check) -> list[str]:
    n = int(check.withheld.any(axis=0).sum())
    return (
        [f"ways of {n} arrivals did not pass the independent check and are withheld"] if n else []
    )


def _provenance(about: Reported) -> dict[str, Any]:
    workspace = about.prepared.workspace
    settings = workspace.settings
    return {
        "inputs": {
            "workspace": settings.name, "workspace_version": about.prepared.version,
            "source_name": settings.source_name, "extract_date": settings.extract_date,
            "roads": credit_of(workspace),
        },
        "parameters": about.questions[0].parameters.table() | {
            "window_slower": {"value": SLOWER, "unit": "share of the quickest", "source": "assumption"},
            "window_slower_min": {"value": SLOWER_MIN, "unit": "min", "source": "assumption"},
            "window_exposed_min": {"value": EXPOSED_MIN, "unit": "min", "source": "assumption"},
        },
        "version": __version__,
    }  # fmt: skip
