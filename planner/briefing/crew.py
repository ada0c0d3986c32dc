"""Tables of what keeps a crew going: stops for rest, food, toilets, fuel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.grid import grid, section
from planner.briefing.words import NONE, clock, minutes
from planner.plan.support.words import called, hours

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Document = dict[str, Any]


def crew(document: Document, zone: ZoneInfo) -> str:
    """Return stops for the crew within the minutes asked for; "" where nobody looked."""
    support = document.get("support")
    if not support:
        return ""
    rows = [
        (isolate(one["kind"]), isolate(called(one)), taken(one), begun(one),
         isolate(one["street"] or NONE), escape(hours(one)))
        for one in support["stops"]
    ]  # fmt: skip
    heads = ("For", "Place", "Min", "From", "Last street", "Hours")
    table = grid("Stops for the crew", heads, rows, numbers=".wn...") if rows else ""
    none = "".join(f"<li>{sentence(one['text'], _names(one))}</li>" for one in support["none"])
    shut = (
        ""
        if support["gates_open"]
        else " Every gate is shut then: minutes from one that is opened."
    )
    note = (
        f"Leaving at {clock(document['arrive_by'], zone)}, within {support['minutes']} min by clear ways; "
        f"no area at risk touches them from {clock(support['since'], zone)} to "
        f"{clock(support['until'], zone)}. Three of each kind at most.{shut}"
    )
    return section("For the crew", table + (f"<ul>{none}</ul>" if none else ""), note=note)


def taken(place: Document) -> str:
    """Return the minutes to a place as a cell."""
    if place["here"]:
        return "on site"
    return NONE if place["time_s"] is None else minutes(place["time_s"])


def begun(place: Document) -> str:
    """Return where the way to a place begins, as a cell."""
    return isolate(place["from"]["name"]) if place["from"] else NONE


def _names(none: Document) -> list[str]:
    nearest = none["nearest"]
    if not nearest:
        return []
    start = nearest["from"]
    return [nearest["name"], nearest["street"], *([start["name"]] if start else [])]
