"""Who leaves a gateway around the arrival asked for: at which gate one is when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import isolate
from planner.briefing.grid import grid, section
from planner.briefing.ways import level_mark
from planner.briefing.words import NONE, clock, letter
from planner.plan.directions.speech import speech_of
from planner.plan.levels import levels_of
from planner.plan.words import to_minute

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

Document = dict[str, Any]


def leaving(document: Document, zone: ZoneInfo) -> str:
    """Return where one is when, leaving each gateway at some times; "" where nobody asked."""
    told = document.get("leaving")
    if not told or not document["origins"]:
        return ""
    levels, times = levels_of(document), told["times"]
    found = [{origin["id"]: origin for origin in time["origins"]} for time in times]
    rows = [
        (f"<b>{letter(place)}</b> {isolate(origin['name'])}",
         *(_there(at.get(origin["id"]), zone, levels) for at in found))
        for place, origin in enumerate(document["origins"])
    ]  # fmt: skip
    heads = ("From", *(f"Leaving {clock(time['depart'], zone)}" for time in times))
    speech = speech_of(told["profile"])
    note = (
        f"For who leaves a {speech.origin} at that time, not by the plan: the gate, when one is there, "
        "minutes, and the worst risk met where there is some. Each way is checked before it is told; "
        "where the risk changes on the way, a better one may exist."
    )
    table = grid(
        "Where one is when, by time of leaving", heads, rows, numbers="." + "w" * len(times)
    )
    return section("Leaving at another time", table, note=note)


def _there(origin: Document | None, zone: ZoneInfo, levels: Sequence[float]) -> str:
    """Return the gate, the time and the minutes of who leaves, or why no way is told."""
    if origin is None:
        return NONE
    if origin["gate"] is None:
        return f"<em>{isolate(origin['reason'] or 'no way')}</em>"
    risk = f" {level_mark(origin['max_risk'], levels)}" if origin["max_risk"] >= levels[0] else ""
    clear = "" if origin["clear"] else " <em>not clear</em>"
    return (
        f"<b>{clock(to_minute(origin['arrive']), zone)}</b> {isolate(origin['gate_name'])}, "
        f"{origin['minutes']:.0f}&nbsp;min{risk}{clear}"
    )
