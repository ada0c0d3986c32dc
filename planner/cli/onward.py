"""What those do who have no way in, as plain lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.words import clock, dated, minutes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

Record = dict[str, Any]


PARTS = (("drive", "drive"), ("walk", "on foot"), ("wheelchair", "by wheelchair"))


def onward_of(origin: Record) -> Iterator[str]:
    """Give where an origin without a way stops, and other hours."""
    if origin["stop"]:
        yield f"  stop: {origin['stop']['text']}"
    else:
        yield "  stop: no clear way leads to a place to stop; do not set out at this hour"
    if origin["earlier"]:
        yield f"  earlier: {_hour(origin['earlier'])}, the last clear arrival before"
    if origin["later"]:
        yield f"  later: {_hour(origin['later'])}, the first arrival after"


def stop_directions(document: Record) -> Iterator[str]:
    """Give the directions to the stop that takes the least minutes, and on from there."""
    stops = [(origin["name"], origin["stop"]) for origin in document["origins"] if origin["stop"]]
    if not stops:
        return
    took = [(stop["minutes"] is None, stop["minutes"] or 0.0) for _, stop in stops]
    name, stop = stops[took.index(min(took))]
    yield from ("", f"street by street, to stop at {stop['name']} from {name}")
    for key, how in PARTS:
        if stop[key]:
            yield f"  {how}:"
            yield from (f"  {clock(step['at'])}  {step['text']}" for step in stop[key]["steps"])


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


def stop_features(origin: Record, without: Collection[str]) -> Iterator[tuple[Record, Record]]:
    """Give geometry and properties of where an origin stops, of the ways there and on from there.

    Parameters
    ----------
    without
        Fields of a way that are no properties of its feature.
    """
    stop = origin["stop"]
    if not stop:
        return
    ways = [key for key, _ in PARTS]
    for way in (stop[key] for key in ways if stop[key]):
        yield (
            way["geometry"],
            {"origin": origin["id"]}
            | {key: value for key, value in way.items() if key not in without},
        )
    point = {"type": "Point", "coordinates": [stop["lon"], stop["lat"]]}
    facts = {key: value for key, value in stop.items() if key not in (*ways, "stay", "lon", "lat")}
    yield point, {"origin": origin["id"], "role": "stop"} | facts


def _hour(hour: Record) -> str:
    risky = "" if hour["clear"] else f", not clear, risk {hour['max_risk']:.2f}"
    there = dated(hour["arrive"])
    return f"{hour['entrance_name']} at {there}, leave by {clock(hour['leave_by'])}{risky}"
