"""What is said of a drawn way: the stamp, what was made of the drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString

from planner.layers.crs import to_xy
from planner.plan.words import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.facts import Answer
    from planner.plan.own.end import End
    from planner.plan.own.time import Ride

NOT_VERIFIED = "NOT VERIFIED"
TOLD_M = 12.0
"""A way that lies further than this from the drawing is told to."""

LINE_M = 5.0
TWICE_M = 60.0
"""Metres driven over again that are worth a word."""


def stamp(route: dict[str, Any], findings: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return whether a way keeps every rule, in one sentence."""
    broken = sorted((f for f in findings if f["breaks"]), key=lambda f: f["from"])
    if not broken:
        clear = (
            "clear as reported" if route["clear"] else f"not clear, risk {route['max_risk']:.2f}"
        )
        return {"verified": True, "text": f"Verified: every rule is kept at its minute; {clear}."}
    first = broken[0]
    left = len(broken) - 1
    more = f"; {left} more fault{'s' * (left > 1)}" if left else ""
    return {
        "verified": False,
        "text": f"{NOT_VERIFIED}: {first['text']}, {clock(first['from'])}{more}.",
    }


def drawing_notices(answer: Answer, ride: Ride, end: End, line: LineString) -> list[str]:
    """Return what was made of the drawing: moved, driven over twice, begun at the gate."""
    notices = []
    epsg = answer.problem.network.epsg
    if end.moved_m >= 1:
        notices.append(f"the end was moved {end.moved_m:.0f} m to {end.name}")
    far, where = _furthest(ride, line, epsg)
    if far > TOLD_M:
        street = answer.problem.network.names[answer.problem.network.name[max(where, 0)]]
        on = f" on {street}" if where >= 0 and street else ""
        notices.append(f"the roads lie up to {far:.0f} m beside the drawing{on}")
    twice = _twice_m(ride)
    if twice > TWICE_M:
        notices.append(f"{twice:.0f} m are driven more than once")
    begin = to_xy(ride.parts[0].lonlat[:1], epsg)[0]
    gates = answer.problem.network.node_xy[answer.problem.gate_nodes]
    if len(gates) and end.gap_m > 2 * TWICE_M:
        off = np.hypot(*(gates - begin).T)
        if off.min() < TWICE_M:
            name = answer.gates["name"].iloc[int(off.argmin())]
            notices.append(
                f"it begins at {name}: if it was drawn from the gate outwards, draw it the other way"
            )
    return notices


def _furthest(ride: Ride, line: LineString, epsg: int) -> tuple[float, int]:
    """Return how far the matched roads lie from the drawing at most, and the arc there."""
    worst, arc = 0.0, -1
    shapely.prepare(line)
    for i, part in enumerate(ride.parts):
        driven = LineString(to_xy(part.lonlat, epsg))
        points = shapely.line_interpolate_point(driven, np.arange(0, driven.length, LINE_M))
        off = float(shapely.distance(points, line).max(initial=0.0))
        if off > worst and part.way:
            worst, arc = off, int(ride.arcs[i])
    return worst, arc


def _twice_m(ride: Ride) -> float:
    """Return metres of road that the way has been over before, either way."""
    seen: set[tuple[int, frozenset[tuple[float, ...]]]] = set()
    total = 0.0
    for part in ride.parts:
        key = (part.way, frozenset(map(tuple, part.lonlat.tolist())))
        total += part.length_m if part.way and key in seen else 0.0
        seen.add(key)
    return total
