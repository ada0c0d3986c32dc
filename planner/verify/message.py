"""A rule on the staff message: gate, times, streets of the route, no word of reasons."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from planner.verify.document import Record, Stop, Time, unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.verify.case import PlanCase
    from planner.verify.document import Origin, Route

CLOCK = re.compile(r"\b(\d\d:\d\d)\b")

OFFSET = re.compile(r" \(UTC[+-]\d\d:\d\d\)")
"""What stands behind an hour that the clocks show twice."""

UNTOLD = re.compile(
    r"\b(assembl\w*|march\w*|crowd\w*|protest\w*|demonstrat\w*|blockade\w*|encampment\w*|event\w*"
    r"|friction|zone\w*|risk\w*|exposure|report\w*|source\w*|grade\w*|police|permit\w*|closure\w*"
    r"|closed|shut|unsafe|danger\w*)\b",
    re.IGNORECASE,
)
"""Words of reasons: a message that travels further than its plan holds none."""

SENTENCES = 3

EARLY = timedelta(minutes=1)
"""An arrival this much before the time asked for is told instead of it."""


class Message(Record):
    """What is told to staff who come by a gateway."""

    text: Annotated[str, Field(min_length=1)]
    gate: str | None
    leave_by: Time | None
    valid_until: Time
    streets: list[str]
    other: str | None
    stop: str | None


class Earlier(Record):
    """An hour before the one asked for at which a way is clear."""

    arrive: Time
    leave_by: Time
    entrance_name: Annotated[str, Field(min_length=1)]


class First(Record):
    """What the first route says of itself that a message tells."""

    leave_by: Time
    entrance_name: Annotated[str, Field(min_length=1)]


class Turn(Record):
    """How far one has come where one decides on another way."""

    after_m: float


class When(Record):
    """Where one decides on another way: None for before leaving."""

    decide: Turn | None


class Other(Record):
    """What another route says of itself that a message tells."""

    leave_by: Time
    trigger: When | None = None


def staff_message(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand a message of the gate, times and streets of the first route, without any reason."""
    for origin, routes in plan.origins:
        if origin.message is None:
            continue
        try:
            told = Message.model_validate(origin.message)
            yield from (
                (message_id(origin.id), fault) for fault in _faults(plan, origin, routes, told)
            )
        except ValidationError as error:
            yield message_id(origin.id), f"message cannot be read: {unread(error)[0]}"


def message_id(origin: str) -> str:
    """Return the id under which a fault of an origin's message is told."""
    return f"{origin}:message"


def _faults(
    plan: PlanCase, origin: Origin, routes: Sequence[Route], told: Message
) -> Iterator[str]:
    primary = next((route for route in routes if route.role == "primary"), None)
    if primary is None:
        yield from (_none if told.stop is None else _walked)(plan, origin, told)
        return
    raw = {r["id"]: r for r in origin.routes if isinstance(r, dict) and "id" in r}
    first = First.model_validate(raw[primary.id])
    other = next((route for route in routes if route.id == told.other), None)
    names = [origin.name, first.entrance_name, *told.streets, *_names(raw)]
    if told.gate != primary.entrance or first.entrance_name not in told.text:
        yield f"leads to {told.gate!r}, the route to {primary.entrance!r}"
    if told.leave_by != first.leave_by or first.leave_by > primary.depart:
        yield f"leaves by {told.leave_by}, the route by {first.leave_by} to depart {primary.depart}"
    if told.other is not None and other in (None, primary):
        yield f"names {told.other!r} as another way, no other route of this origin"
    # A gate or way that shuts before the time asked for is reached by then, not at that time.
    early = plan.head.arrive_by - primary.arrive >= EARLY
    must = [first.leave_by, primary.arrive if early else plan.head.arrive_by]
    bare = _bare(told.text, names)
    if other is not None:
        way = Other.model_validate(raw[other.id])
        must += _instead(way)
        yield from _decided(way, told)
    yield from _clocks(plan, told, bare, [*must, *_until(primary)], must=must)
    yield from _by(plan, primary, told)
    yield from _plain(bare)


def _instead(other: Other) -> list[datetime]:
    """Return by when one leaves by another way that nobody under way can turn to."""
    decide = other.trigger and other.trigger.decide
    return [] if decide else [other.leave_by]


def _decided(other: Other, told: Message) -> Iterator[str]:
    """Demand that nobody under way is sent by a way that is decided on before leaving."""
    decide = other.trigger and other.trigger.decide
    if not (decide and decide.after_m) and "If in doubt before you leave, " not in told.text:
        yield "turns those under way to a way that is decided on before leaving"


def _by(plan: PlanCase, route: Route, told: Message) -> Iterator[str]:
    """Demand streets that the route drives."""
    on_way = _streets(plan, route)
    for street in told.streets:
        if on_way and not {part.strip() for part in street.split(" / ")} & on_way:
            yield f"goes by {street!r}, the route does not"
        if street not in told.text:
            yield f"does not tell {street!r}"


def _walked(plan: PlanCase, origin: Origin, told: Message) -> Iterator[str]:
    """Demand the stop, gate, times and streets of a drive that is gone on from on foot."""
    stop = Stop.model_validate(origin.stop)
    drive = First.model_validate(origin.stop["drive"])
    if stop.walk is None or told.stop != stop.id or told.gate != stop.walk.entrance:
        yield f"leads over {told.stop!r} to {told.gate!r}, the stop is {stop.id!r}"
        return
    gate = First.model_validate(origin.stop["walk"]).entrance_name
    for name in (stop.name, gate):
        if name not in told.text:
            yield f"does not tell {name!r}"
    if told.leave_by != drive.leave_by or drive.leave_by > stop.drive.depart:
        yield f"leaves by {told.leave_by}, the drive by {drive.leave_by}"
    must = [drive.leave_by, stop.drive.arrive, plan.head.arrive_by]
    bare = _bare(told.text, [origin.name, stop.name, gate, *told.streets])
    yield from _clocks(plan, told, bare, must, must=must)
    yield from _by(plan, stop.drive, told)
    yield from _plain(bare)


def _none(plan: PlanCase, origin: Origin, told: Message) -> Iterator[str]:
    """Demand that nobody is sent where no way is."""
    if told.gate is not None or told.leave_by is not None or told.streets:
        yield "leads to a gate, yet there is no way in"
    if not told.text.startswith("Do not "):
        yield "does not tell to stay, yet there is no way in"
    opens = [] if origin.opens_at is None else [origin.opens_at]
    hour = None if origin.earlier is None else Earlier.model_validate(origin.earlier)
    before, names = [], [origin.name]
    if hour is not None and hour.entrance_name in told.text:
        before, names = [hour.arrive, hour.leave_by], [origin.name, hour.entrance_name]
    if origin.stop is not None:
        stop = Stop.model_validate(origin.stop)
        names.append(stop.name)
        if stop.name not in told.text:
            yield f"does not tell {stop.name!r}, where those stop who are under way"
    must = [*opens, *before]
    yield from _clocks(
        plan, told, bare := _bare(told.text, names), [plan.head.arrive_by, *must], must=must
    )
    yield from _plain(bare)


def _clocks(
    plan: PlanCase, told: Message, bare: str, may: Sequence[datetime], *, must: Sequence[datetime]
) -> Iterator[str]:
    """Demand the clocks of the route; until when the message holds, where that is not over."""
    if told.valid_until != plan.head.valid_until:
        yield f"holds until {told.valid_until}, the plan until {plan.head.valid_until}"
    holds = [told.valid_until] if told.valid_until >= min(may) else []
    said = set(CLOCK.findall(OFFSET.sub("", bare)))
    for clock in sorted(said - {f"{when:%H:%M}" for when in [*may, *holds]}):
        yield f"tells {clock}, no time of the route"
    for clock in sorted({f"{when:%H:%M}" for when in [*must, *holds]} - said):
        yield f"does not tell {clock}"


def _until(route: Route) -> list[datetime]:
    """Return when each hold ends, to the minute after."""
    ends = [hold.until for hold in route.holds or []]
    return [end + timedelta(seconds=-end.second % 60) for end in ends]


def _streets(plan: PlanCase, route: Route) -> set[str]:
    """Return the names, numbers too, of the raw ways driven."""
    roads = plan.facts.roads(plan.head.profile)
    ways = [roads.way(leg.way) for leg in route.legs]
    tags = [way.tags.get(key, "") for way in ways if way is not None for key in ("name", "ref")]
    return {" ".join(part.split()) for text in tags for part in text.split(";")} - {""}


def _names(raw: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Give the names of places that a message may hold, whatever words they are made of."""
    for route in raw.values():
        yield str(route.get("entrance_name", ""))
        yield from (str(hold.get("place", "")) for hold in route.get("holds") or [])
        yield from (str(step.get("street", "")) for step in route.get("steps") or [])


def _bare(text: str, names: Sequence[str]) -> str:
    """Return a message without the names of places: those may hold hours, words, full stops.

    A name is a whole word: a ramp called 4 takes nothing out of 06:47.

    >>> _bare("Take 4, leave by 06:47.", ["4"])
    'Take X, leave by 06:47.'
    """
    for name in sorted({name for name in names if name}, key=len, reverse=True):
        text = re.sub(rf"(?<![\w:]){re.escape(name)}(?![\w:])", "X", text)
    return text


def _plain(text: str) -> Iterator[str]:
    """Demand three sentences without a word of reasons, of a message without names."""
    said = UNTOLD.search(text)
    if said:
        yield f"tells a reason: {said.group()!r}"
    if len(re.findall(r"\.(?:\s|$)", text)) != SENTENCES:
        yield f"is not {SENTENCES} sentences: {text!r}"
