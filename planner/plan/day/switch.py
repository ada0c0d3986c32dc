"""Why a day changes from one gate to another: found by solving the time of change again."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import make_clock
from planner.plan import words
from planner.plan.day.words import clock
from planner.plan.zones import label
from planner.risk.apart import ZONE, Cause, left_of, outside, reported
from planner.routes.day_sheet import COST, RISK, at_slot, ways_into
from planner.routes.leave_sheet import ways_out
from planner.routes.problem import calm_spans
from planner.routes.steady import WORTH_S, against

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.plan.day.told import Reported, Told
    from planner.routes.problem import Problem

Record = dict[str, Any]

AROUND_S = 7200
"""Seconds before an arrival, or after leaving, in which a drive may meet a zone."""


class _Change(NamedTuple):
    """The first slot told another gate than the one before it."""

    slot: int
    old: int
    new: int


def switches(about: Reported, told: Told, times: Sequence[str]) -> list[Record]:
    """Return the changes of the gate held to, at the times of the timetable, each with its reason."""
    changes = [
        _Change(s, a, b)
        for s, (a, b) in enumerate(pairwise(told.lead.tolist()), 1)
        if a != b and a >= 0 and b >= 0
    ]
    return [_record(about, told, change, at) for change, at in zip(changes, times, strict=True)]


def _record(about: Reported, told: Told, change: _Change, time: str) -> Record:
    names = [str(about.gates["name"].iloc[g]) for g in (change.old, change.new)]
    ids = [str(about.gates["id"].iloc[g]) for g in (change.old, change.new)]
    kind, causes, reason = _why(about, change, names)
    at = clock(time, told.edges[-1])
    return {
        "at": time,
        "from_gate": ids[0], "from_name": names[0], "to_gate": ids[1], "to_name": names[1],
        "gain_min": _gain_min(about, change), "kind": kind, "causes": causes, "reason": reason,
        "text": f"until {at} {names[0]}; from {at} {names[1]}, {reason}",
    }  # fmt: skip


def _why(about: Reported, change: _Change, names: list[str]) -> tuple[str, list[str], str]:
    """Return what kind of reason there is for a change, the ids in it, the reason in words."""
    old, new = names
    shut = _shuts(about, change)
    if shut:
        return "shut", [], f"because {old} shuts at {shut}"
    found = _first(about, change.slot, stays=change.old, beside=change.new)
    if found:
        it = "it" if len(found) == 1 else "them"
        said = f"because of {_named(about, found)}: without {it} {old} would still do"
        return "reported", [c.key for c in found], said
    if not about.by_hours(change.new, change.slot - 1):
        return "opens", [], f"because {new} is open from then"
    found = _first(about, change.slot - 1, stays=change.new, beside=change.old)
    if found:
        return (
            "over",
            [c.key for c in found],
            f"because {new} is clear of {_named(about, found)} then",
        )
    if _holds(about, change.slot, stays=change.old, beside=change.new, hour=change.slot - 1):
        return "hour", [], f"because of the traffic of the hour: {new} is quicker then"
    return "quicker", [], f"because {new} is quicker or calmer then"


def _shuts(about: Reported, change: _Change) -> str:
    """Return the clock at which the gate before a change has shut, "" while it is open.

    One may still have been there so much early; that is no reason to call it open.
    """
    at, spans = about.sheet.slots[change.slot].arrive, about.doors[change.old].hours
    ended = [until for _, until in spans if until <= at]
    if not ended or any(since <= at < until for since, until in spans):
        return ""
    zone = about.prepared.ground.layers.settings.zone
    return words.clock(words.iso(about.risk.field.when(max(ended)), zone))


def _first(about: Reported, slot: int, *, stays: int, beside: int) -> tuple[Cause, ...]:
    """Return what must be taken away at a slot for a gate to do as well as another; none: nothing does.

    It is one zone or closure if one is enough, else all that hold around the slot.
    """
    second = about.sheet.slots[slot].arrive
    span = (second, second + AROUND_S) if about.sheet.out else (second - AROUND_S, second + 1)
    causes = reported(about.risk, *span)
    tries = [(c,) for c in causes] + ([tuple(causes)] if len(causes) > 1 else [])
    return next(
        (some for some in tries if _holds(about, slot, stays=stays, beside=beside, gone=some)),
        (),
    )


def _holds(
    about: Reported, slot: int, *,
    stays: int, beside: int, gone: Iterable[Cause] = (), hour: int | None = None,
) -> bool:  # fmt: skip
    """Tell whether one could stay with a gate beside another, some causes or the traffic away."""
    sheet = about.sheet
    now, then = sheet.slots[slot], sheet.slots[slot if hour is None else hour]
    problem = at_slot(sheet.problem, now._replace(hour=then.hour), sheet.hours)
    if gone:
        problem = _without(about, problem, gone)
    rows = [_row(about, problem, g) for g in (stays, beside)]
    cost = np.stack([row[:, COST] for row in rows])[..., None]
    risk = np.stack([row[:, RISK] for row in rows])[..., None]
    clear = np.isfinite(cost) & (risk < problem.clear_below)
    needs, loss = against(cost, clear, np.array([1], np.int32))
    return bool(np.isfinite(cost[0]).any() and not needs[0, 0] and loss[0, 0] < WORTH_S)


def _without(about: Reported, problem: Problem, gone: Iterable[Cause]) -> Problem:
    """Return a question with some zones or closures away."""
    span = (problem.arrive - 2 * AROUND_S, problem.arrive + 2 * AROUND_S)
    left = left_of(about.risk, outside(frozenset(gone)), span)
    field = left.field
    free = make_clock(
        field.breaks, field.row, field.risk, field.shut_start, field.shut,
        n_nodes=problem.network.n_nodes,
        rest={int(n): calm_spans(problem.graph, field, int(n)) for n in problem.rest_nodes},
    )  # fmt: skip
    made = replace(problem, field=field, clock=free).avoiding(problem.avoided)
    return made.facing(made.doors, left) if made.doors else made


def _row(about: Reported, problem: Problem, gate: int) -> NDArray[np.float64]:
    """Return float64[o, 5]; the ways of a gate, solved again."""
    if about.sheet.out:
        return ways_out(problem, int(problem.origins[gate])).row
    return ways_into(problem, gate).row


def _gain_min(about: Reported, change: _Change) -> float | None:
    cost = about.sheet.values[:, :, change.slot, COST]
    both = np.isfinite(cost[change.old]) & np.isfinite(cost[change.new])
    if not both.any():
        return None
    return round(float((cost[change.old] - cost[change.new])[both].mean()) / 60, 1)


def _named(about: Reported, causes: Iterable[Cause]) -> str:
    """Return zones and closures in words."""
    risk, ground = about.risk, about.prepared.ground
    zone = ground.layers.settings.zone
    said = []
    for cause in causes:
        if cause.kind == ZONE:
            own = next(z for z in risk.zones if z.id == cause.key)
            told = label(own, risk, ground.stops.network, zone)
            said.append(f"a reported zone ({told[:1].lower()}{told[1:]})")
        else:
            row = next(r for r in ground.layers.closures.itertuples() if str(r.id) == cause.key)
            since, until = (words.iso(t, zone) for t in (row.starts_at, row.ends_at))
            hours = words.span(since, until, "-")
            said.append(f"the closure {row.name}, {hours}")
    return " together with ".join(said)
