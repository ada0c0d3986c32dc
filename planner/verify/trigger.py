"""Rules on triggers: what is said must happen for a way bears on the ways before it, not on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import shapely
from pydantic import Field, ValidationError

from planner.verify.directions import Decision, is_there, parting, raw_of
from planner.verify.document import Record, Seconds, unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.verify.case import RouteCase

LATE_SLACK_S = 30.0
CLOSER_M = 1.0
"""Lengths along a line and along the road differ by less."""


class Decide(Decision):
    """The last place on the primary at which one can turn to the way, how late one is then."""

    to: str = ""
    late_s: Seconds


class Trigger(Record):
    """What must happen to the ways before for a way to be right."""

    instead_of: Annotated[list[str], Field(min_length=1)]
    streets: list[Annotated[str, Field(min_length=1)]]
    gates: list[str]
    zone: str | None
    decide: Decide | None


def use_when(case: RouteCase) -> Iterator[str]:
    """Demand a trigger that bears on the ways before and not on this one, told in its words."""
    raw = raw_of(case)
    told, words = raw.get("trigger"), str(raw.get("use_when") or "")
    if told is None:
        return
    try:
        trigger = Trigger.model_validate(told)
    except ValidationError as error:
        yield f"trigger cannot be read: {unread(error)[0]}"
        return
    if (
        case.primary is None
        or trigger.instead_of != _ids_before(case)
        or not case.beside.keys() >= set(trigger.instead_of)
    ):
        yield "trigger does not speak of the ways before it in order"
        return
    before = [case.beside[key] for key in trigger.instead_of]
    yield from _streets(case, trigger, before)
    yield from _gates(case, trigger, before)
    yield from _zone(case, trigger)
    missing = [street for street in trigger.streets if street not in words]
    if missing:
        yield f"the words of the trigger leave out {', '.join(missing)}"
    if trigger.decide is not None:
        yield from _decide(case, case.primary, trigger.decide, trigger.streets)
        if f"{trigger.decide.at:%H:%M}" not in words:
            yield "the words of the trigger leave out until when one can decide"


def _ids_before(case: RouteCase) -> list[Any]:
    ids = [raw.get("id") if isinstance(raw, dict) else None for raw in case.origin.routes]
    return ids[: ids.index(case.route.id)] if case.route.id in ids else ids


def _streets(case: RouteCase, trigger: Trigger, before: list[RouteCase]) -> Iterator[str]:
    for street in trigger.streets:
        if street in case.named:
            yield f"is to be used when {street} is shut, and drives it"
    for one in before if trigger.streets else ():
        if not set(one.named).intersection(trigger.streets):
            yield f"is to be used instead of {one.route.id}, which drives no street that is named"


def _gates(case: RouteCase, trigger: Trigger, before: list[RouteCase]) -> Iterator[str]:
    known = {one.route.entrance for one in before}
    for gate in trigger.gates:
        if gate == case.route.entrance:
            yield f"is to be used when {gate} cannot be, and ends there"
    if trigger.gates and set(trigger.gates) != known:
        yield "names other gates than those of the ways before it"


def _zone(case: RouteCase, trigger: Trigger) -> Iterator[str]:
    if trigger.zone is None or case.primary is None:
        return
    ground = [c.polygon for c in case.facts.crowds if c.zone_id == trigger.zone]
    if not ground:
        yield f"is to be used when {trigger.zone} grows, which stands nowhere"
        return
    crowd = shapely.union_all(ground)
    if case.line.distance(crowd) < case.primary.line.distance(crowd) - CLOSER_M:
        yield f"is to be used when {trigger.zone} grows, and is nearer to it than the primary"


def _decide(
    case: RouteCase, primary: RouteCase, decide: Decide, streets: list[str]
) -> Iterator[str]:
    point = decide.model_copy(update={"to": case.route.id})
    yield from parting(primary, point, case)
    if not is_there(primary, point):
        yield f"is decided on at {decide.at.isoformat()}, when the primary is elsewhere"
    driven = 0.0
    for leg, name in zip(primary.legs, primary.named, strict=True):
        if name in streets and driven < decide.after_m - CLOSER_M:
            yield "is decided on only after the street that is shut"
            break
        driven += leg.length_m
    if not case.route.wait_s:
        early = (decide.at - case.head.arrive_by).total_seconds()
        late = [max(early + left, 0.0) for left in _to_go(case, decide)]
        if late and all(abs(one - decide.late_s) > LATE_SLACK_S for one in late):
            yield f"says it arrives {decide.late_s} s late, it does {late[-1]:.0f} s"


def _to_go(case: RouteCase, decide: Decide) -> list[float]:
    """Return the seconds from a place of a route to its end, each time it passes there."""
    place = case.facts.metric([[decide.lon, decide.lat]])[0]
    here = np.flatnonzero(np.hypot(*(case.xy - place).T) <= CLOSER_M)
    along = case.along
    ends = np.cumsum([0.0, *(leg.length_m for leg in case.legs)])
    seconds = np.cumsum([0.0, *(leg.time_s for leg in case.legs)])
    driven = along[here] * ends[-1] / max(along[-1], 1e-9)
    left: list[float] = (seconds[-1] - np.interp(driven, ends, seconds)).tolist()
    return left
