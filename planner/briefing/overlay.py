"""What changes from plan to plan, as data for the page's script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.briefing.away import away_marks
from planner.briefing.earlier import earlier_marks
from planner.briefing.escape import isolate_plain
from planner.briefing.events import events
from planner.briefing.hand import hand_marks
from planner.briefing.lines import encode_lonlat
from planner.briefing.marks import in_place, marks
from planner.briefing.no_way import halt_marks, halts
from planner.briefing.own import own_marks
from planner.briefing.refuge_marks import refuge_marks
from planner.briefing.several import several_marks
from planner.briefing.words import (
    clock,
    held,
    kilometres,
    leave_by,
    letter,
    minutes,
    takes_s,
    way_mark,
    ways_of,
)
from planner.plan.doubt.variations import clear_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from planner.plan import Plan
    from planner.plan.diff.since import Changed


def overlay(
    plan: Plan,
    document: dict[str, Any],
    risk: dict[str, Any],
    *,
    zone: ZoneInfo,
    changed: Changed | None = None,
) -> dict[str, Any]:
    """Return what changes from plan to plan: everything the script draws over the base map.

    Parameters
    ----------
    plan
        Frames with the shapes of what the document names.
    document
        The plan's document as its reader may see it.
    risk
        Risk through time, from ``planner.briefing.steps``.
    zone
        Zone in which times are told.
    changed
        What changed since an earlier plan, whose ways are drawn too.
    """
    return {
        "home": [document["facility_lon"], document["facility_lat"]],
        "near": _near(document),
        "risk": risk,
        "events": events(document, risk, zone=zone),
        "marks": [
            *away_marks(plan, document, zone),
            *own_marks(document.get("own"), zone),
            *halt_marks(document, zone),
            *earlier_marks(changed, zone),
            *hand_marks(document),
            *in_place(
                several_marks(document.get("several"), zone, beside=document),
                [*refuge_marks(document), *marks(plan, document, zone=zone)],
            ),
        ],
        "routes": [
            _route(route, origin, (place, number), zone, clear_in(route, document.get("ensemble")))
            for place, origin in enumerate(document["origins"])
            for number, route in enumerate(ways_of(origin))
        ],
        "stagingWays": [
            _line(way["geometry"]["coordinates"])
            for site in document["staging"]
            for way in site.get("ways") or []
        ],
        "onward": [
            drawn
            for site in document["staging"]
            for drawn in _onward(site, site.get("movement") or {}, zone)
        ],
        "site": "",
    }


def _onward(site: dict[str, Any], moved: dict[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the ways from a staging site to a gate and to its fallback, drawn once it is chosen."""
    found, key, called = [], str(site["id"]), f"S{int(site['rank'])}"
    if back := moved.get("fallback"):
        to = isolate_plain(back["name"])
        found.append({
            "site": key, "look": "fallback", "line": _line(back["geometry"]["coordinates"]),
            "facts": [
                f"{called} to its fallback {to}",
                f"{minutes(back['time_s'])} min, {kilometres(back['length_m'])} km",
            ],
        })  # fmt: skip
    if over := moved.get("hand_over"):
        found.append({
            "site": key, "look": "onward", "line": _line(over["geometry"]["coordinates"]),
            "facts": [
                f"{called} to {isolate_plain(over['entrance_name'])}",
                f"leave by {leave_by(over, zone)}, arrive {clock(over['arrive'], zone)}",
                f"{minutes(takes_s(over))} min, {kilometres(over['length_m'])} km",
            ],
        })  # fmt: skip
    return found


def _route(
    route: dict[str, Any],
    origin: dict[str, Any],
    place: tuple[int, int],
    zone: ZoneInfo,
    often: str,
) -> dict[str, Any]:
    gate, mark = route.get("entrance_name") or route["entrance"], way_mark(*place, route)
    ends = f"{isolate_plain(origin['name'])} to {isolate_plain(gate)}"
    times = f"leave by {leave_by(route, zone)}, arrive {clock(route['arrive'], zone)}"
    length = f"{minutes(takes_s(route))} min, {kilometres(route['length_m'])} km"
    return {
        "id": route["id"],
        "origin": origin["id"],
        "mark": mark,
        "letter": letter(place[0]),
        "role": route["role"],
        "line": _line(route["geometry"]["coordinates"]),
        "facts": [
            f"{mark}: {ends}",
            f"{route['role']}, {times}",
            f"{length}, worst risk {route['max_risk']:.2f}{often}",
            *held(route),
        ],
    }


def _line(coordinates: Sequence[Sequence[float]]) -> str:
    lonlat = np.asarray(coordinates, float).reshape(-1, np.shape(coordinates)[-1])[:, :2]
    return encode_lonlat(lonlat, np.zeros(len(lonlat), np.int64))


def _near(document: dict[str, Any]) -> list[list[float]]:
    """Return the places the first view must hold: the site, its gates, where one stops."""
    spots = [[document["facility_lon"], document["facility_lat"]]]
    sites = (document.get("several") or {}).get("sites", [])
    places = [*document["gates"], *halts(document), *sites]
    return spots + [[place["lon"], place["lat"]] for place in places]
