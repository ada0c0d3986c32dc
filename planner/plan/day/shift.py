"""A change of shift: when so many vehicles can come, as many leave, by which gates."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.day.table import gate_quality
from planner.plan.day.words import count, over_midnight
from planner.plan.gate_size import QUARTER_MIN, capacity, in_slot
from planner.plan.words import listed
from planner.routes.shift import EXACT, Most, Window, change_windows, gate_sets, most_at_once

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

    from planner.plan.day.told import Told

Record = dict[str, Any]
SHOWN = 8
"""Windows told, best first, at most."""


class Clock(NamedTuple):
    """The times of a day, and of the night after it, as they are told.

    Attributes
    ----------
    edges
        ISO time of each slot, then of their end.
    day
        Slots of the day itself.
    end
        ISO time at which the day is over.
    """

    edges: Sequence[str]
    day: int
    end: str
    every_min: int
    zone: ZoneInfo

    def iso(self, slots: float) -> str:
        """Return the local time a number of slots after the day began, to the full minute after."""
        whole = int(slots + EXACT)
        minutes = math.ceil((slots - whole) * self.every_min - EXACT)
        if minutes <= 0 or minutes >= self.every_min:
            return self.edges[whole + (minutes > 0)]
        begins = datetime.fromisoformat(self.edges[whole])
        return (begins + timedelta(minutes=minutes)).isoformat()

    def words(self, slots: float) -> str:
        """Return that time as HH:MM, 24:00 at the day's end, with its day past it."""
        return over_midnight(self.iso(slots), self.end, self.zone)

    def is_past(self, slots: float) -> bool:
        """Tell whether a number of slots ends after the day."""
        return slots > self.day + EXACT

    def is_cut(self, slots: float) -> bool:
        """Tell whether a number of slots past the day lasts as long as is looked at."""
        return self.is_past(slots) and slots > len(self.edges) - 1 - EXACT


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
    clock: Clock


def shift(gates: GeoDataFrame, tables: tuple[Told, Told], clock: Clock, vehicles: int) -> Record:
    """Return when so many vehicles can come, then as many leave, or how many can at most.

    A change begins within the day; it may end in the night after it.

    Parameters
    ----------
    gates
        Of the facility.
    tables
        Of arriving, of leaving; with the night after the day where it is looked at.
    clock
        Their times.
    vehicles
        How many come, and how many leave.
    """
    rows = list(gates.itertuples())
    known = [g for g, row in enumerate(rows) if capacity(row) is not None]
    unknown = [str(row.name) for g, row in enumerate(rows) if g not in known]
    found = _gates(tables, known, rows, clock)
    windows = (
        change_windows(found.good[0], found.good[1], found.rate, vehicles, clock.day)
        if known else []
    )  # fmt: skip
    told = sorted((_window(found, w, vehicles) for w in windows), key=_best_first)
    most = _most(found)
    return {
        "vehicles": vehicles, "feasible": bool(told), "windows": told[:SHOWN],
        "more": len(told[SHOWN:]),
        "most": [_fit(found, m) for m in most],
        "until": clock.edges[-1] if len(clock.edges) - 1 > clock.day else clock.end,
        "unknown_capacity": unknown,
        "text": _text(found, told, most, vehicles) if known else _unknown(vehicles),
        "help": [] if told else _help(found, most, vehicles, unknown),
    }  # fmt: skip


def _gates(tables: tuple[Told, Told], known: list[int], rows: list[Any], clock: Clock) -> _Gates:
    found = [[gate_quality(side, g, clock.day) for g in known] for side in tables]
    shape = (2, len(known), len(clock.edges) - 1)
    good, minutes, exposure = (
        np.array([[getattr(q, name) for q in side] for side in found]).reshape(shape)
        for name in ("good", "minutes", "exposure")
    )
    rate = [in_slot(rows[g], clock.every_min) or 0.0 for g in known]
    return _Gates(
        [str(rows[g].id) for g in known], [str(rows[g].name) for g in known],
        np.array(rate), good.astype(bool), minutes, exposure, clock,
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
    clock = gates.clock
    each = found.each * clock.every_min
    names = [gates.names[g] for g in some]
    row: Record = {
        "from": clock.iso(found.first), "until": clock.iso(found.until),
        "latest_start": clock.iso(found.last), "minutes_needed": round(2 * each, 1),
        "gates": [gates.ids[g] for g in some], "gate_names": names,
        "minutes": round(minutes, 1), "exposure_min": round(exposed, 2),
    }  # fmt: skip
    first, last = clock.words(found.first), clock.words(found.last)
    begin = (
        f"begin at {first}" if found.first == found.last else f"begin between {first} and {last}"
    )
    row["text"] = (
        f"{begin} by {' and '.join(names)}: {vehicles} in {_minutes(each)}, then "
        f"{vehicles} out {_minutes(each)}{_over(clock, found)}; drives of {minutes:.0f} min, "
        f"{exposed:.1f} min exposure"
    )
    return row


def _over(clock: Clock, found: Window) -> str:
    """Return when a change that lasts over midnight is over, "" where none does."""
    if not clock.is_past(found.until):
        return ""
    begun = "" if found.first == found.last else f" if begun at {clock.words(found.last)}"
    offsets = {clock.iso(at)[19:] for at in (found.last, found.until)}
    changed = " (the clocks change)" * (len(offsets) > 1)
    return f", over by {clock.words(found.until)}{begun}{changed}"


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
    every = _largest(gates, gates.good)
    single = [m for m in every if len(m.gates) == 1]
    best = max(every, key=lambda m: (m.vehicles, -len(m.gates)), default=None)
    return [m for m in [*single, *([best] if best and len(best.gates) > 1 else [])] if m.vehicles]


def _largest(gates: _Gates, good: NDArray[np.bool_]) -> list[Most]:
    """Return the largest change by every set of gates, begun within the day."""
    return [most_at_once(good[0], good[1], gates.rate, some, gates.clock.day)
            for some in gate_sets(len(gates.rate))]  # fmt: skip


def _fit(gates: _Gates, most: Most) -> Record:
    return {
        "gates": [gates.ids[g] for g in most.gates],
        "gate_names": [gates.names[g] for g in most.gates],
        "from": gates.clock.iso(most.first), "until": gates.clock.iso(most.first + 2 * most.each),
        "vehicles": most.vehicles,
    }  # fmt: skip


def _unknown(vehicles: int) -> str:
    many = f"{count(vehicles)} take{'s' * (vehicles == 1)}"
    return f"How long {many} is not known: no gate has a capacity."


def _text(gates: _Gates, told: list[Record], most: list[Most], vehicles: int) -> str:
    if told:
        return f"{count(vehicles)} in, then {vehicles} out: {told[0]['text']}."
    top = max((m.vehicles for m in most), default=0)
    if not top:
        return f"No window for {count(vehicles)}: at no time are ways in and out all clear."
    clock = gates.clock
    cut = any(clock.is_cut(m.first + 2 * m.each) for m in most)
    until = f" until {clock.words(len(clock.edges) - 1)}, no later is looked at" if cut else ""
    return f"No window is long enough for {count(vehicles)}: {top} fit at most{until}."


def _help(gates: _Gates, most: list[Most], vehicles: int, unknown: list[str]) -> list[str]:
    """Return what would help where no window takes all."""
    said, clock = [], gates.clock
    if unknown:
        said = [f"enter the capacity of {listed(unknown)}: a gate without one is left out"]
    if not most:
        return said
    for one in most:
        names = " and ".join(gates.names[g] for g in one.gates)
        span = f"{clock.words(one.first)} to {clock.words(one.first + 2 * one.each)}"
        said.append(f"{names}: {one.vehicles} in and {one.vehicles} out from {span}")
    best = max(most, key=lambda m: m.vehicles)
    second = _beside(gates, best)
    if second is not None and best.vehicles + second.vehicles >= vehicles:
        rest = vehicles - best.vehicles
        said.append(f"split it over two windows: {best.vehicles} from {clock.words(best.first)}, "
                    f"{rest} from {clock.words(second.first)}")  # fmt: skip
    each = max(m.each for m in most)
    need = math.ceil(vehicles / each * QUARTER_MIN / clock.every_min - 1e-9)
    said.append(f"gates that let {need} vehicles pass in 15 min would do it in one window")
    return said


def _beside(gates: _Gates, best: Most) -> Most | None:
    """Return the largest change in what is left of the day beside another."""
    left = gates.good.copy()
    left[:, :, best.first : math.ceil(best.first + 2 * best.each)] = False
    found = _largest(gates, left)
    return max((m for m in found if m.vehicles), key=lambda m: m.vehicles, default=None)
