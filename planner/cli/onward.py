"""What those do who have no way in, as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.words import clock, minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]


def onward_of(origin: Record) -> Iterator[str]:
    """Give where an origin without a way stops, street by street and on foot, and other hours."""
    stop = origin["stop"]
    if stop:
        yield f"  stop: {stop['text']}"
        for way in (stop["drive"], stop["walk"]):
            yield from (
                (f"    {clock(step['at'])}  {step['text']}" for step in way["steps"]) if way else ()
            )
    if origin["earlier"]:
        yield f"  earlier: {_hour(origin['earlier'])}, the last clear arrival before"
    if origin["later"]:
        yield f"  later: {_hour(origin['later'])}, the first arrival after"


def beside_lines(advice: Record | None) -> Iterator[str]:
    """Give what stands beside the advice: gates soon open, public transport, people inside."""
    told = advice or {}
    for gate in told.get("gates") or []:
        yield f"opens within the hour: {gate['name']} at {clock(gate['opens_at'])}"
    for stop in told.get("transit") or []:
        walk = stop["walk"]
        yield (
            f"on foot from {stop['name']} ({stop['kind']}, timetable not known): "
            f"{minutes(walk['time_s'])} to {walk['entrance_name']}, clear"
        )
    if told.get("inside"):
        yield f"people inside: {told['inside']['text']}"


def _hour(hour: Record) -> str:
    risky = "" if hour["clear"] else f", not clear, risk {hour['max_risk']:.2f}"
    there = hour["arrive"][:16].replace("T", " ")
    return f"{hour['entrance_name']} at {there}, leave by {clock(hour['leave_by'])}{risky}"
