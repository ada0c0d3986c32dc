"""A change of shift: when so many vehicles can come, as many leave, by which gates."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.day.table import gate_quality
from planner.plan.day.words import MIDNIGHT, count
from planner.plan.gate_size import capacity
from planner.plan.words import listed
from planner.routes.shift import Most, Window, change_windows, gate_sets, most_at_once

if TYPE_CHECKING:
    from planner.plan.day.told import Reported, Told

Record = dict[str, Any]
QUARTER_MIN = 15
SHOWN = 8
"""Windows told, best first, at most."""


class _Gates(NamedTuple):
    """Gates whose capacity is known: rows of the tables, what holds of each at each time.

    ``rate`` counts vehicles in a slot; ``minutes`` and ``exposure`` are [2, g, s], into and out.
    """

    ids: list[str]
    names: list[str]
    rate: NDArray[np.float64]
    good: NDArray[np.bool_]
    minutes: NDArray[np.float64]
    exposure: NDArray[np.float64]
    edges: list[str]
    every_min: int

    def at(self, slots: float) -> datetime:
        """Return the local time a number of slots, or of parts of one, after the day began."""
        begins = datetime.fromisoformat(self.edges[int(slots)])
        return begins + timedelta(minutes=(slots - int(slots)) * self.every_min)

    def iso(self, slots: float) -> str:
        """Return that time, to the full minute after it."""
        at = self.at(slots - 1e-9) if slots else self.at(slots)
        at = at + timedelta(seconds=-at.timestamp() % 60)
        return at.replace(microsecond=0).isoformat()

    def clock(self, slots: float) -> str:
        """Return that time as HH:MM, 24:00 at the day's end."""
        return MIDNIGHT if slots >= len(self.edges) - 1 else self.iso(slots)[11:16]


def shift(into: tuple[Reported, Told], out: tuple[Reported, Told], *,
          vehicles: int, every_min: int) -> Record:  # fmt: skip
    """Return when so many vehicles can come, then as many leave, or how many can at most.

    Parameters
    ----------
    into, out
        The day of arriving, that of leaving.
    vehicles
        How many come, and how many leave.
    every_min
        Minutes between the times.
    """
    rows = list(into[0].gates.itertuples())
    known = [g for g, row in enumerate(rows) if capacity(row) is not None]
    unknown = [str(row.name) for g, row in enumerate(rows) if g not in known]
    gates = _gates(into[1], out[1], known, rows, every_min)
    windows = change_windows(gates.good[0], gates.good[1], gates.rate, vehicles) if known else []
    told = sorted((_window(gates, w, vehicles) for w in windows), key=_best_first)
    most = _most(gates)
    return {
        "vehicles": vehicles, "feasible": bool(told), "windows": told[:SHOWN],
        "most": [_fit(gates, m) for m in most],
        "unknown_capacity": unknown,
        "text": _text(told, most, vehicles, unknown if not known else []),
        "help": [] if told else _help(gates, most, vehicles, unknown),
    }  # fmt: skip


def _gates(into: Told, out: Told, known: list[int], rows: list[Any], every_min: int) -> _Gates:
    found = [[gate_quality(side, g) for g in known] for side in (into, out)]
    shape = (2, len(known), len(into.edges) - 1)
    good, minutes, exposure = (
        np.array([[getattr(q, name) for q in side] for side in found]).reshape(shape)
        for name in ("good", "minutes", "exposure")
    )
    rate = [float(capacity(rows[g]) or 0) * every_min / QUARTER_MIN for g in known]
    return _Gates(
        [str(rows[g].id) for g in known], [str(rows[g].name) for g in known],
        np.array(rate), good.astype(bool), minutes, exposure, into.edges, every_min,
    )  # fmt: skip


def _window(gates: _Gates, found: Window, vehicles: int) -> Record:
    some = list(found.gates)
    turn = [math.ceil(found.last + found.each - 1e-9), math.ceil(found.until - 1e-9)]
    parts = [
        table[side][some][:, a:b]
        for table in (gates.minutes, gates.exposure)
        for side, a, b in ((0, found.first, max(turn[0], found.first + 1)),
                           (1, int(found.first + found.each + 1e-9), turn[1]))
    ]  # fmt: skip
    minutes, exposed = (float(np.mean([parts[i].mean(), parts[i + 1].mean()])) for i in (0, 2))
    each = found.each * gates.every_min
    names = [gates.names[g] for g in some]
    row: Record = {
        "from": gates.iso(found.first), "until": gates.iso(found.until),
        "latest_start": gates.iso(found.last), "minutes_needed": round(2 * each, 1),
        "gates": [gates.ids[g] for g in some], "gate_names": names,
        "minutes": round(minutes, 1), "exposure_min": round(exposed, 2),
    }  # fmt: skip
    begin = (
        f"begin at {gates.clock(found.first)}" if found.first == found.last
        else f"begin between {gates.clock(found.first)} and {gates.clock(found.last)}"
    )  # fmt: skip
    row["text"] = (
        f"{begin} by {' and '.join(names)}: {vehicles} in {_minutes(each)}, then "
        f"{vehicles} out {_minutes(each)}; drives of {minutes:.0f} min, {exposed:.1f} min exposure"
    )
    return row


def _minutes(each: float) -> str:
    return f"within {math.ceil(each - 1e-9)} min"


def _best_first(row: Record) -> tuple[Any, ...]:
    return (
        row["exposure_min"],
        len(row["gates"]),
        row["minutes"],
        row["minutes_needed"],
        row["from"],
    )


def _most(gates: _Gates) -> list[Most]:
    """Return the largest change by each gate, then by all of them or by the best set of some."""
    every = [most_at_once(gates.good[0], gates.good[1], gates.rate, some)
             for some in gate_sets(len(gates.rate))]  # fmt: skip
    single = [m for m in every if len(m.gates) == 1]
    best = max(every, key=lambda m: (m.vehicles, -len(m.gates)), default=None)
    return [m for m in [*single, *([best] if best and len(best.gates) > 1 else [])] if m.vehicles]


def _fit(gates: _Gates, most: Most) -> Record:
    return {
        "gates": [gates.ids[g] for g in most.gates],
        "gate_names": [gates.names[g] for g in most.gates],
        "from": gates.iso(most.first), "until": gates.iso(most.first + 2 * most.each),
        "vehicles": most.vehicles,
    }  # fmt: skip


def _text(told: list[Record], most: list[Most], vehicles: int, unknown: list[str]) -> str:
    if unknown:
        many = f"{count(vehicles)} take{'s' * (vehicles == 1)}"
        return f"How long {many} is not known: no gate has a capacity."
    if told:
        return f"{count(vehicles)} in, then {vehicles} out: {told[0]['text']}."
    top = max((m.vehicles for m in most), default=0)
    if not top:
        return f"No window for {count(vehicles)}: at no time are ways in and out all clear."
    return f"No window is long enough for {count(vehicles)}: {top} fit at most."


def _help(gates: _Gates, most: list[Most], vehicles: int, unknown: list[str]) -> list[str]:
    """Return what would help where no window takes all."""
    said = []
    if unknown:
        said = [f"enter the capacity of {listed(unknown)}: a gate without one is left out"]
    if not most:
        return said
    for one in most:
        names = " and ".join(gates.names[g] for g in one.gates)
        span = f"{gates.clock(one.first)} to {gates.clock(one.first + 2 * one.each)}"
        said.append(f"{names}: {one.vehicles} in and {one.vehicles} out from {span}")
    best = max(most, key=lambda m: m.vehicles)
    second = _beside(gates, best)
    if second is not None and best.vehicles + second.vehicles >= vehicles:
        rest = vehicles - best.vehicles
        said.append(f"split it over two windows: {best.vehicles} from {gates.clock(best.first)}, "
                    f"{rest} from {gates.clock(second.first)}")  # fmt: skip
    each = max(m.each for m in most)
    need = math.ceil(vehicles / each * QUARTER_MIN / gates.every_min - 1e-9)
    said.append(f"gates that let {need} vehicles pass in 15 min would do it in one window")
    return said


def _beside(gates: _Gates, best: Most) -> Most | None:
    """Return the largest change in what is left of the day beside another."""
    left = gates.good.copy()
    left[:, :, best.first : math.ceil(best.first + 2 * best.each)] = False
    found = [
        most_at_once(left[0], left[1], gates.rate, some) for some in gate_sets(len(gates.rate))
    ]
    return max((m for m in found if m.vehicles), key=lambda m: m.vehicles, default=None)
