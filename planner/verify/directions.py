"""Rules on what is told to a driver: directions that fit the route, a true last decision point."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import shapely
from pydantic import Field, TypeAdapter, ValidationError

from planner.verify.beside import along_of, pieces_of
from planner.verify.document import (
    Latitude,
    Longitude,
    NotNegative,
    Record,
    Seconds,
    Share,
    Time,
    unread,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.verify.case import RouteCase

SUM_M = 1.0
ON_LINE_M = 1.0
ALONG_M = 5.0
RISK_SLACK = 1e-3
CLOCK_SLACK_S = 1.0
BEFORE_M = 25.0
AHEAD_M = (25.0, 60.0)
ON_FOOT_M = 8.0
"""Paths bend within a few metres: the turn of a walker is looked at over this length too."""
WRONG_DEG = 40.0
"""A turn is told wrong when the road bends at least this much to the other side, seen over
each of the lengths ahead."""

ROUNDABOUT = "roundabout"
"""There one bears right to turn left, and is told the exit."""

SIDES = {"left": 1.0, "right": -1.0}


class Step(Record):
    """One direction: what to do, where, when; then driven ``length_m`` in ``time_s``."""

    turn: Literal[
        "depart", "continue", "slight_left", "left", "sharp_left", "slight_right", "right",
        "sharp_right", "uturn", "ferry", "arrive",
    ]  # fmt: skip
    at: Time
    time_s: Seconds
    wait_s: Seconds
    length_m: NotNegative
    lon: Longitude
    lat: Latitude
    risk: Share
    text: str


class Decision(Record):
    """The last place on a route at which one can still change to another route."""

    lon: Longitude
    lat: Latitude
    at: Time
    after_m: NotNegative
    to: str


STEPS: TypeAdapter[list[Step]] = TypeAdapter(Annotated[list[Step], Field(min_length=2)])


def directions(case: RouteCase) -> Iterator[str]:
    """Demand directions that sum to the route, keep its clock, begin on it, turn as it turns."""
    told = raw_of(case).get("steps")
    if told is None:
        return
    try:
        steps = STEPS.validate_python(told)
    except ValidationError as error:
        yield f"directions cannot be read: {unread(error)[0]}"
        return
    yield from _order(steps)
    yield from _sums(case, steps)
    yield from _clock(case, steps)
    yield from _places(case, steps)


def decision_point(case: RouteCase) -> Iterator[str]:
    """Demand a last decision point on both routes, where they share the street, in time."""
    told = raw_of(case).get("decision")
    if told is None:
        return
    try:
        decision = Decision.model_validate(told)
    except ValidationError as error:
        yield f"decision point cannot be read: {unread(error)[0]}"
        return
    other = case.beside.get(decision.to)
    if other is None or decision.to == case.route.id:
        yield f"decision point leads to {decision.to!r}, no other route of this origin"
        return
    yield from parting(case, decision, other)
    if not is_there(case, decision):
        yield f"decision point is passed at another time than {decision.at.isoformat()}"


def raw_of(case: RouteCase) -> dict[str, Any]:
    """Return the route as the document has it."""
    for raw in case.origin.ways:
        if isinstance(raw, dict) and raw.get("id") == case.route.id:
            return raw
    return {}


def _order(steps: Sequence[Step]) -> Iterator[str]:
    turns = [step.turn for step in steps]
    inside = {"depart", "arrive"}.intersection(turns[1:-1])
    if turns[0] != "depart" or turns[-1] != "arrive" or inside:
        yield f"directions do not lead from depart to arrive: {', '.join(turns)}"
    for i, step in enumerate(steps):
        side = step.turn.rpartition("_")[2]
        said = SIDES.keys() & re.split(r"\W+", step.text.lower().split(" onto ")[0])
        if side in SIDES and said and side not in said and ROUNDABOUT not in step.text:
            yield f"direction {i + 1} says {step.text!r} for {step.turn}"


def _sums(case: RouteCase, steps: Sequence[Step]) -> Iterator[str]:
    route = case.route
    length = sum(step.length_m for step in steps)
    if abs(length - route.length_m) > SUM_M:
        yield f"directions are {length:.1f} m long, the route {route.length_m:.1f} m"
    for what, told, own in (
        ("driving", sum(step.time_s for step in steps), route.time_s),
        ("waiting", sum(step.wait_s for step in steps), route.wait_s),
    ):
        if told != own:
            yield f"directions take {told} s of {what}, the route {own} s"
    risk = max(step.risk for step in steps)
    if abs(risk - route.max_risk) > RISK_SLACK:
        yield f"directions say risk {risk:.3f} at most, the route {route.max_risk:.3f}"


def _clock(case: RouteCase, steps: Sequence[Step]) -> Iterator[str]:
    if steps[0].at != case.route.depart:
        yield "the first direction is not given at the departure"
    for i, (step, after) in enumerate(pairwise(steps), 1):
        if (after.at - step.at).total_seconds() != step.wait_s + step.time_s:
            yield f"direction {i + 1} does not follow {step.wait_s + step.time_s} s after the former"
    if (case.route.arrive - steps[-1].at).total_seconds() != steps[-1].wait_s:
        yield "the last direction is not given at the arrival"


def _places(case: RouteCase, steps: Sequence[Step]) -> Iterator[str]:
    xy = np.vstack(case.leg_xy)
    line = xy[:, 0] + 1j * xy[:, 1]
    metres = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(line)))])
    driven = np.array([0.0, *(step.length_m for step in steps)]).cumsum()
    along = driven[:-1] * (metres[-1] / max(driven[-1], 1e-9))
    told = case.facts.metric([(step.lon, step.lat) for step in steps])
    off = np.atleast_1d(shapely.distance(shapely.points(told), case.line))
    here = np.interp(along, metres, line)
    astray = np.abs(told[:, 0] + 1j * told[:, 1] - here)
    near = (ON_FOOT_M,) if case.law.walks else ()
    behind = [here - np.interp(along - back, metres, line) for back in (BEFORE_M, *near)]
    ahead = [np.interp(along + far, metres, line) - here for far in (*AHEAD_M, *near)]
    bends = [then * np.conj(before) for before in behind for then in ahead]
    turned = np.degrees(np.angle(np.stack(bends, axis=1)))
    for i, step in enumerate(steps):
        if off[i] > ON_LINE_M or astray[i] > ALONG_M:
            yield f"direction {i + 1} is given {max(off[i], astray[i]):.0f} m from its place"
        way = SIDES.get(step.turn.removeprefix("sharp_"), 0.0)
        if ROUNDABOUT not in step.text and (way * turned[i] <= -WRONG_DEG).all() and way:
            yield f"direction {i + 1} says {step.turn}, the road turns {turned[i, 0]:+.0f} degrees"


def parting(case: RouteCase, decision: Decision, other: RouteCase) -> Iterator[str]:
    """Demand a decision point on a route and another, where they have not parted for good."""
    xy, along = case.shown_xy, along_of(case.shown_xy)
    driven = decision.after_m * along[-1] / max(case.route.length_m, 1e-9)
    place = shapely.Point(case.facts.metric([[decision.lon, decision.lat]])[0])
    lines = (("this route", case.shown_line), (decision.to, other.shown_line))
    for name, line in lines:
        off = place.distance(line)
        if off > ON_LINE_M:
            yield f"decision point lies {off:.0f} m from {name}"
    vertex = int(np.argmin(np.abs(along - driven)))
    if float(np.hypot(*(xy[vertex] - (place.x, place.y)))) > ON_LINE_M:
        yield f"decision point does not lie {decision.after_m:.0f} m after the start"
    both = set(pieces_of(other.shown))
    shared = np.array([piece in both for piece in pieces_of(case.shown)])
    parts = np.flatnonzero(shared[:-1] & ~shared[1:]) + 1
    last = int(parts[-1]) if len(parts) else 0
    if vertex > last:
        yield f"decision point lies {along[vertex] - along[last]:.0f} m after the routes have parted"
    elif vertex and not shared[vertex - 1]:
        yield "decision point is reached by a street that the other route does not take"


def is_there(case: RouteCase, decision: Decision) -> bool:
    """Tell whether a leg is entered or left at the point at its time, or is driven over it."""
    ends = np.cumsum([leg.length_m for leg in case.legs]).tolist()
    seconds, after = decision.at.timestamp(), decision.after_m
    for leg, end, enter, leave in zip(case.legs, ends, case.enter_s, case.leave_s, strict=True):
        since, until = enter, leave
        if abs(after - end) <= SUM_M:
            since = leave
        elif abs(after - (end - leg.length_m)) <= SUM_M:
            until = enter
        elif not end - leg.length_m < after < end:
            continue
        if since - CLOCK_SLACK_S <= seconds <= until + CLOCK_SLACK_S:
            return True
    return False
