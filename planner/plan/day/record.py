"""A day as JSON-ready data: best gates by interval, windows, ways of every gateway."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner import __version__
from planner.initialise import credit_of
from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.day import words as day_words
from planner.plan.day.doubt import ensemble
from planner.plan.day.heat import heat
from planner.plan.day.shift import Clock, shift
from planner.plan.day.switch import switches
from planner.plan.day.table import (
    EXPOSED_MIN,
    SLOWER,
    SLOWER_MIN,
    gate_intervals,
    origin_table,
    timetable,
    windows,
)
from planner.plan.day.told import WITHHELD, without_withheld
from planner.plan.gate_size import capacity, too_large
from planner.plan.words import clock_key
from planner.plan.zones import label
from planner.risk.status import expires_s
from planner.routes.day_sheet import ARRIVE, COST, DEPART
from planner.routes.steady import WORTH_S

if TYPE_CHECKING:
    from planner.plan.day.check import Check
    from planner.plan.day.doubt import Doubt
    from planner.plan.day.night import Night
    from planner.plan.day.sheet import DayQuestion
    from planner.plan.day.told import Reported, Told


class Side(NamedTuple):
    """A day of arriving, or one of leaving: what it was found in, its tables, its check."""

    about: Reported
    told: Told
    check: Check

    def table(self) -> dict[str, Any]:
        """Return the gate held to by interval, its changes with their reasons, the best times."""
        every = np.ones(len(self.told.best), bool)
        rows = timetable(self.about, self.told)
        changes = pairwise(rows)
        at = [b["from"] for a, b in changes if a["gate"] != b["gate"] and a["gate"] and b["gate"]]
        return {
            "timetable": rows,
            "switches": switches(self.about, self.told, at),
            "windows": windows(self.told, every),
        }


def write_day(
    into: Side, out: Side, asked: DayQuestion, *,
    doubt: Doubt | None = None, night: Night | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the document of a day of arriving and leaving.

    ``night`` is what comes after it, for a change of shift alone.
    """
    about, told = into.about, into.told
    ground, settings = about.prepared.ground, about.prepared.ground.layers.settings
    facility = ground.layers.facility.iloc[0]
    arriving = into.table()
    document = {
        "feasible": bool((told.best >= 0).any()),
        "headline": "",
        "facility": asked.facility, "facility_name": facility["name"],
        "date": asked.date.isoformat(), "timezone": settings.timezone,
        "profile": asked.profile, "quiet": asked.quiet and about.hours[0].quiet is not None,
        "trade": asked.trade, "wishes": None,
        "every_min": asked.every_min, "slots": told.edges[:-1], "until": told.edges[-1],
        **arriving,
        "leaving": {"headline": "", **out.table()},
        "gates": _gates(into, out),
        "unfit": _unfit(about),
        "heat": heat(into[:2], out[:2]),
        "shift": None if asked.vehicles is None else _shift(into, out, asked, night),
        "origins": _origins(into, out),
        "ensemble": None if doubt is None else ensemble(doubt, arriving["timetable"]),
        "search": _search(into, out),
        "verification": _verification(into, out, night),
        "warnings": _warnings(into, out, night),
        "provenance": _provenance(about),
    }  # fmt: skip
    document["headline"] = day_words.headline(document)
    document["leaving"]["headline"] = day_words.headline(document, document["leaving"])
    return document


def _shift(into: Side, out: Side, asked: DayQuestion, night: Night | None) -> dict[str, Any]:
    """Return what is told of a change of shift: by ways that pass the check, past midnight too."""
    tables = without_withheld(into.told, into.check), without_withheld(out.told, out.check)
    if night is not None:
        tables = night.after(tables)
    day, zone = into.told.edges, into.about.prepared.ground.layers.settings.zone
    clock = Clock(tables[0].edges, len(day) - 1, day[-1], asked.every_min, zone)
    return shift(into.about.gates, tables, clock, asked.vehicles or 1)


def _gates(into: Side, out: Side) -> list[dict[str, Any]]:
    return [
        {
            "id": row.id, "name": row.name, "opens": row.opens, "closes": row.closes,
            "vehicles_per_15min": capacity(row),
            "intervals": gate_intervals(into.about, into.told, g),
            "leaving": gate_intervals(out.about, out.told, g),
        }
        for g, row in enumerate(into.about.gates.itertuples())
    ]  # fmt: skip


def _unfit(about: Reported) -> list[dict[str, str]]:
    """Return the gates of the facility that the vehicle is too large for."""
    ground = about.prepared.ground
    return [
        {"id": row.id, "name": row.name, "reason": why}
        for row in ground.layers.entrances.itertuples()
        if row.kind in PROFILES[ground.profile].gate_kinds
        and (why := too_large(ground.profile, row))
    ]


def _origins(into: Side, out: Side) -> list[dict[str, Any]]:
    about, told = into.about, into.told
    ground = about.prepared.ground
    ends = {key: o for o, key in enumerate(out.about.prepared.ground.gates["id"])}
    placed = iter(range(len(told.best)))
    records = []
    for row, node in zip(ground.layers.gateways.itertuples(), ground.stops.gateways, strict=True):
        record = {
            "id": row.id, "name": row.name, "timetable": [], "windows": [], "ways": [],
            "leaving": [],
        }  # fmt: skip
        if node >= 0:
            o = next(placed)
            record |= {
                "timetable": origin_table(about, told, o),
                "windows": windows(told, np.arange(len(told.best)) == o),
                "ways": [_way(about, told, g, o) for g in range(len(told.minutes))],
            }
        if row.id in ends:
            o = ends[row.id]
            record["leaving"] = [_way(out.about, out.told, g, o) for g in range(len(told.minutes))]
        records.append(record)
    return records


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
        "gate": about.gates["id"].iloc[gate],
        "minutes": each(np.round(told.minutes[gate, origin], 2)),
        "exposure_min": each(np.round(told.exposure[gate, origin], 3)),
        "max_risk": each(np.round(told.risk[gate, origin], 4)),
        "clear": each(told.clear[gate, origin]),
        "depart": clocks(values[:, DEPART]),
        "arrive": clocks(values[:, ARRIVE]),
    }


def _search(into: Side, out: Side) -> dict[str, Any]:
    sheet, check = into.about.sheet, into.check
    near, leaving = (np.logical_or.reduce(side.about.sheet.near, axis=0) for side in (into, out))
    worst = float(check.gaps_s.max(initial=0.0))
    return {
        "trees": sheet.trees.tolist(), "leaving_trees": out.about.sheet.trees.tolist(),
        "near_optimal_slots": np.flatnonzero(near).tolist(),
        "near_optimal_leaving": np.flatnonzero(leaving).tolist(),
        "compared_slots": list(check.compared), "compared_ways": len(check.gaps_s),
        "worst_gap_s": round(worst, 1) if len(check.gaps_s) else None,
        "mean_gap_s": round(float(check.gaps_s.mean()), 2) if len(check.gaps_s) else None,
        "text": day_words.search(int(near.sum()), len(near), check),
    }  # fmt: skip


def _verification(into: Side, out: Side, night: Night | None) -> dict[str, Any]:
    ins, outs = [into], [out]
    if night is not None:
        ins, outs = [*ins, night.into], [*outs, night.out]
    sides = [*ins, *outs]
    return {
        "passed": not any(side.check.failures for side in sides),
        "checked": sum(side.check.ways for side in sides),
        "slots": [side.told.edges[s] for side in ins for s in side.check.slots],
        "leaving_slots": [side.told.edges[s] for side in outs for s in side.check.slots],
        "withheld": sum(int(side.check.withheld.sum()) for side in sides),
        "failures": [{"slot": side.told.edges[s], "id": f.id, "rule": f.rule, "detail": f.detail}
                     for side in sides for s, f in side.check.failures],
    }  # fmt: skip


def _warnings(into: Side, out: Side, night: Night | None) -> list[str]:
    told = []
    whole: list[tuple[Side, str]] = [(into, "arrivals"), (out, "times of leaving")]
    if night is not None:
        whole += [(night.into, "arrivals about midnight and past it"),
                  (night.out, "times of leaving about midnight and past it")]  # fmt: skip
    for side, what in whole:
        n = int(side.check.withheld.any(axis=0).sum())
        if n:
            told.append(f"ways of {n} {what} did not pass the independent check and are withheld")
    ground = into.about.prepared.ground
    ends = set(out.about.prepared.ground.gates["id"])
    lost = [row.name for row, node in zip(ground.layers.gateways.itertuples(), ground.stops.gateways,
                                          strict=True) if node >= 0 and row.id not in ends]  # fmt: skip
    told += [f"no road out lies near {name}: leaving by it is not told" for name in lost]
    told += _unseen(into)
    return told + [f"{gate['name']} is {gate['reason']}" for gate in _unfit(into.about)]


def _unseen(into: Side) -> list[str]:
    """Return which reports age to nothing within the day, before their own window ends."""
    about, edges = into.about, into.told.edges
    ground, risk = about.prepared.ground, about.risk
    zone, told = ground.layers.settings.zone, []
    for one in risk.zones:
        gone = expires_s(one, risk.parameters)
        since, ends = (words.iso(risk.field.when(s), zone) for s in (gone, one.end_s))
        if (
            gone < one.end_s
            and clock_key(since) < clock_key(edges[-1])
            and clock_key(edges[0]) < clock_key(ends)
        ):
            what = label(one, risk, ground.stops.network, zone)
            told.append(
                f"no longer counted from {words.moment(since, edges[0])} unless seen again: {what}"
            )
    return told


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
            "switch_worth_s": {"value": WORTH_S, "unit": "s", "source": "assumption"},
            "window_exposed_min": {"value": EXPOSED_MIN, "unit": "min", "source": "assumption"},
        },
        "version": __version__,
    }  # fmt: skip
