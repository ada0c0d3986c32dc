"""The staff message of a gateway: which way in, when, what else to do; no reasons, no zones."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from planner.plan.directions.phrases import NAMELESS
from planner.plan.directions.speech import speech_of
from planner.plan.words import clock, due, listed, offset, on_day

Record = dict[str, Any]

STREETS = 3
"""Names of streets that one can keep in mind."""

CALL = "call site control"
"""Whom to ask: the post of the site that answers questions, never a person."""


STALE = "do not leave without a newer message"
"""What is said of a message that is over before anybody leaves by it."""


def message(document: Record, origin: Record) -> Record:
    """Return the message to staff who come by a gateway: three sentences, ready to paste.

    It holds names of gates, streets, places to wait; times; and nothing of what is reported.

    Parameters
    ----------
    document
        The plan: its time, profile, end of validity.
    origin
        The gateway's record, its routes checked.
    """
    stop = origin["stop"]
    if not origin["routes"]:
        return _on_foot(document, origin) if stop and stop["walk"] else _stay(document, origin)
    first = origin["routes"][0]
    other = next(iter(origin["routes"][1:]), None)
    streets = _streets(first)
    by = f" by {listed(streets)}" if streets else ""
    holds = [
        f"wait at {h['place']} until {_time(_whole(h['until']), document)}" for h in first["holds"]
    ]
    there = f"be there by {_time(due(first, document), document)}"
    leave = f"Leave {origin['name']} by {_time(first['leave_by'], document, day=True)}"
    text = [
        f"Come to {first['entrance_name']}{by}.",
        f"{listed([leave, *holds, there])}; {_valid(document, first['leave_by'])}.",
        _if_stopped(document, first, other),
    ]
    return {
        "text": " ".join(text), "gate": first["entrance"], "leave_by": first["leave_by"],
        "valid_until": document["valid_until"], "streets": streets,
        "other": None if other is None else other["id"], "stop": None,
    }  # fmt: skip


def with_messages(document: Record) -> Record:
    """Return a plan's document with the message of every gateway."""
    origins = [origin | {"message": message(document, origin)} for origin in document["origins"]]
    return document | {"origins": origins}


def text_of(document: Record) -> str:
    """Return all messages as text, a block for each gateway."""
    blocks = [
        f"{origin['name']}\n{origin['message']['text']}"
        for origin in document["origins"] if origin["message"]
    ]  # fmt: skip
    return "\n\n".join(blocks)


def _on_foot(document: Record, origin: Record) -> Record:
    """Return where to leave the vehicle, from there on foot, where no way is driven to a gate."""
    stop = origin["stop"]
    drive, walk = stop["drive"], stop["walk"]
    streets = _streets(drive)
    by = f" by {listed(streets)}" if streets else ""
    leave = f"Leave {origin['name']} by {_time(drive['leave_by'], document, day=True)}"
    at_stop = f"be at {stop['name']} by {_time(drive['arrive'], document)}"
    at_gate = f"at the gate by {_time(document['arrive_by'], document)}"
    text = [
        f"Drive to {stop['name']}{by}, leave the vehicle there and walk to {walk['entrance_name']}.",
        f"{listed([leave, at_stop, at_gate])}; {_valid(document, drive['leave_by'])}.",
        f"If you are stopped or in doubt, turn back where it is safe and {CALL}.",
    ]
    return {
        "text": " ".join(text), "gate": walk["entrance"], "leave_by": drive["leave_by"],
        "valid_until": document["valid_until"], "streets": streets, "other": None,
        "stop": stop["id"],
    }  # fmt: skip


def _valid(document: Record, before: str) -> str:
    """Return until when a message holds; one that is stale by then asks for a newer one."""
    until = document["valid_until"]
    if datetime.fromisoformat(until) < datetime.fromisoformat(before):
        return STALE
    return f"this holds until {_time(until, document)}"


def _stay(document: Record, origin: Record) -> Record:
    """Return what to do where there is no way in."""
    told = speech_of(document["profile"])
    when = _time(document["arrive_by"], document, day=True)
    opens = origin["opens_at"]
    then = f"a way in is expected from {_time(opens, document)} on; " if opens else ""
    before = _come_earlier(document, origin)
    valid = _valid(document, origin["earlier"]["leave_by"] if before else document["arrive_by"])
    wait = "" if valid == STALE else ", then wait for a new message"
    stay = f"{before}else stay" if before else "Stay"
    text = [
        f"Do not set out from {origin['name']} {told.by} to be there by {when}.",
        f"{stay} where you are or work elsewhere; {then}{valid}{wait}.",
        f"If you are already on your way, {_halt(origin)} and {CALL}.",
    ]
    return {
        "text": " ".join(text), "gate": None, "leave_by": None,
        "valid_until": document["valid_until"], "streets": [], "other": None, "stop": None,
    }  # fmt: skip


def _halt(origin: Record) -> str:
    """Return where those stop who are under way: at the plan's stop, else they turn back."""
    stop = origin["stop"]
    return f"stop at {stop['name']}" if stop else "turn back where it is safe"


def _come_earlier(document: Record, origin: Record) -> str:
    """Return that a newer message may ask to come earlier, where that is what the plan advises."""
    earlier = origin["earlier"]
    if earlier is None or (document["advice"] or {}).get("kind") != "come_earlier":
        return ""
    there, leave = (_time(earlier[key], document) for key in ("arrive", "leave_by"))
    return (
        f"Be ready to leave by {leave} and be at {earlier['entrance_name']} by {there}: "
        "a newer message tells the way; "
    )


def _if_stopped(document: Record, first: Record, other: Record | None) -> str:
    """Return what to do when stopped: where the other way turns off, to which gate.

    Who is under way turns off where one decides on the other way; where there is no such place, its
    road or its gate would be shut, or worse, by the time one is there.
    """
    if other is None:
        return f"If you are stopped or in doubt, stop where it is safe and {CALL}."
    decide = _decide(other)
    at = _turn_off(first, other)
    told = f"{_turn(other, at)} to {other['entrance_name']}"
    if at and decide:
        return (
            f"If you are stopped or in doubt, {told}; if you are past that, "
            f"stop where it is safe and {CALL}."
        )
    leave = "" if decide else f"leave by {_time(other['leave_by'], document)} instead: "
    return (
        f"If in doubt before you leave, {leave}{told}; if you are stopped or in doubt later, "
        f"stop where it is safe and {CALL}."
    )


def _decide(other: Record) -> Record | None:
    """Return the last place at which one turns to another way and comes by it, None for none."""
    decide: Record | None = (other["trigger"] or {}).get("decide")
    return decide


def _turn_off(first: Record, other: Record) -> int:
    """Return which direction of another way is the first from where one decides on it."""
    decide = _decide(other)
    points, own = (
        [tuple(point) for point in way["geometry"]["coordinates"]] for way in (other, first)
    )
    place = None if decide is None else (decide["lon"], decide["lat"])
    fork = next((i for i, (a, b) in enumerate(zip(own, points, strict=False)) if a != b), 0) - 1
    if decide is None:
        return _parting(first, other)
    if not decide["after_m"]:
        return 0
    if place not in points or points[fork] == place:
        return _parting(first, other)
    ahead = set(points[len(points) - 1 - points[::-1].index(place) :])
    steps, at = other["steps"], len(other["steps"]) - 1
    while at and (steps[at - 1]["lon"], steps[at - 1]["lat"]) in ahead:
        at -= 1
    # Two exits of a roundabout part within it: both are told where it begins.
    here = {(step["lon"], step["lat"]): _place(step) for step in first["steps"]}
    begun = at and here.get((steps[at - 1]["lon"], steps[at - 1]["lat"]))
    return at - 1 if begun and begun != _place(steps[at - 1]) else at


def _parting(first: Record, other: Record) -> int:
    """Return how many directions two ways have in common, 0 for none."""
    mine, theirs = ([_place(step) for step in way["steps"]] for way in (first, other))
    return next((i for i, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)


def _turn(other: Record, at: int) -> str:
    """Return a direction of another way, with the street one comes by, and what it goes on by."""
    step = other["steps"][at]
    # A direction ends with its length, and may begin with a hold.
    turn = step["text"].rpartition("; then ")[2].rpartition(", ")[0] or step["text"]
    turn = f"{turn[0].lower()}{turn[1:]}"
    before = other["steps"][at - 1]["street"] if at else ""
    ahead = (s["street"] for s in other["steps"][at + 1 :])
    onto = next((street for street in ahead if street not in {"", before, *NAMELESS}), "")
    if step["turn"] == "arrive":
        return f"stay on {before}" if before else "go straight on"
    if step["street"] in NAMELESS and onto and onto not in turn:
        turn += f" for {onto}"
    turn = turn if before in {"", *NAMELESS} else f"on {before}, {turn}"
    onward = [street for street in _streets({"steps": other["steps"][at:]}) if street not in turn]
    return f"{turn}, then by {onward[-1]}" if onward else turn


def _place(step: Record) -> tuple[str, ...]:
    # Two ways may start from one place on one street, in opposite directions.
    return tuple(str(step[key]) for key in ("turn", "street", "toward", "lon", "lat"))


def _streets(route: Record) -> list[str]:
    """Return the longest streets of a way, in the order driven; the last one is among them."""
    lengths: Counter[str] = Counter()
    for step in route["steps"]:
        if step["street"] not in NAMELESS:
            lengths[step["street"]] += step["length_m"]
    names = list(lengths)
    kept = {name for name, _ in lengths.most_common(STREETS - 1)} | set(names[-1:])
    return [name for name in names if name in kept]


def _time(text: str, document: Record, *, day: bool = False) -> str:
    """Return HH:MM of an ISO time, its day where that is another than the arrival's, or asked for.

    In the hour that the clocks show twice, its offset too.
    """
    named = day or text[:10] != document["arrive_by"][:10]
    return (on_day(text) if named else clock(text)) + offset(text, document.get("timezone"))


def _whole(text: str) -> str:
    """Return an ISO time at its minute, the next where seconds are left: none moves on too soon."""
    when = datetime.fromisoformat(text)
    return (when + timedelta(seconds=-when.second % 60)).isoformat()
