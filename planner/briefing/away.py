"""Away from a gate on foot: what lies within minutes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from planner.briefing.escape import escape, isolate, isolate_plain
from planner.briefing.grid import grid, section
from planner.briefing.marks import mark
from planner.briefing.words import NONE, clock, percent, plain
from planner.network.profiles import PROFILES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark
    from planner.plan import Plan

Document = dict[str, Any]

LAYER = "onFoot"
"""Off on the screen at first, where it would cover the ways in; outlined on paper."""

LEAST_CUT = 0.005
"""A smaller share of the streets is not told as cut off."""


def away_marks(plan: Plan, document: Document, zone: ZoneInfo) -> list[Mark]:
    """Return the ground within minutes of the gates, the widest first: it lies below the others."""
    told = document.get("on_foot")
    if not told:
        return []
    gates = ", ".join(isolate_plain(gate["name"]) for gate in told["gates"] if gate["open"])
    at = clock(told["at"], zone)
    return [
        mark(LAYER, f"{walked.minutes}",
             [f"Within {walked.minutes} min {_who(told)} of a gate", f"Leaving at {at}: {gates}",
              "By clear streets alone"],
             shape=walked.area, style="reach", at=_rim(walked.area), rank=-walked.minutes,
             badge={"kind": "rim", "text": f"{walked.minutes} min"})
        for walked in reversed(plan.walked)
        if not walked.area.is_empty
    ]  # fmt: skip


def _rim(area: Any) -> tuple[float, float]:
    """Return the northernmost point of an area."""
    lon, lat = max(shapely.get_coordinates(area).tolist(), key=lambda point: point[1])
    return lon, lat


def away(document: Document, zone: ZoneInfo) -> str:
    """Return what lies within minutes of each gate, with what is cut off; "" where nobody asked."""
    told = document.get("on_foot")
    if not told or not told["gates"]:
        return ""
    rows = [row for gate in told["gates"] for row in _rows(gate, zone)]
    heads = (
        "Gate",
        "Within, min",
        "Streets, km",
        "Cut off by zones",
        "Area, km²",
        "Reached first then",
    )
    who = _who(told)
    note = (
        f"Leaving a gate {who} at {clock(told['at'], zone)}, by clear streets alone, under the risk "
        "of the hour. The areas stand on the map, layer “On foot”. Places are named where "
        "streets reached pass near them; whether they are open was not asked."
    )
    table = grid(f"What lies within minutes of a gate {who}", heads, rows, numbers="wnnnnw")
    cut = {zone_["id"]: zone_["label"] for gate in told["gates"] for zone_ in gate["zones"]}
    by = "; ".join(isolate(label) for label in cut.values())
    return section("Away on foot", table + (f"<p>Cut off by: {by}.</p>" if by else ""), note=note)


def _who(told: Document) -> str:
    return PROFILES[told["profile"]].title.lower()


def _rows(gate: Document, zone: ZoneInfo) -> list[tuple[str, ...]]:
    name = isolate(gate["name"])
    if not gate["open"]:
        opens = (
            f"opens {clock(gate['opens_at'], zone)}"
            if gate["opens_at"]
            else "opens no more that day"
        )
        return [(name, NONE, NONE, NONE, NONE, f"<em>shut then; {opens}</em>")]
    rows: list[tuple[str, ...]] = []
    for place, step in enumerate(gate["within"]):
        free = step["road_km_without_zones"]
        lost = 1.0 - step["road_km"] / free if free else 0.0
        there = [_place(p) for p in gate["places"] if p["minutes"] == step["minutes"]]
        rows.append((
            "" if place else name, escape(step["minutes"]), f"{step['road_km']:.1f}",
            percent(lost) if lost >= LEAST_CUT else NONE, f"{step['area_km2']:.2f}",
            "; ".join(there) or NONE,
        ))  # fmt: skip
    return rows


def _place(place: Document) -> str:
    kind = plain(place["kind"])
    return f"{isolate(place['name'])} ({escape(kind)})" if place["name"] else escape(kind)
