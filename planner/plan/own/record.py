"""A drawn way as a record like those of a plan, beside the suggestions."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import LineString

from planner.layers.crs import to_xy
from planner.network.profiles import PROFILES
from planner.network.rush import margin_s
from planner.plan import words
from planner.plan.own.check import OWN
from planner.plan.own.places import street_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.plan.facts import Answer
    from planner.plan.make import Plan
    from planner.plan.own.end import End
    from planner.plan.own.time import Ride
    from planner.verify.streets import Streets

STEP_M, SAME_M = 5.0, 0.5
"""Places this far apart are looked at; one this near to a way lies on it."""


def route_of(answer: Answer, ride: Ride, end: End, streets: Streets) -> dict[str, Any]:
    """Return a drawn way as a route of a plan, with its role ``drawn``."""
    zone, when = answer.layers.settings.timezone, answer.risk.field.when
    legs = [_leg(answer, ride, streets, run) for run in _runs(ride)]
    depart = when(ride.depart)
    driven = not PROFILES[answer.question.profile].on_foot
    local = depart.astimezone(answer.layers.settings.zone)
    hand = margin_s(int(ride.time_s.sum()), local) if driven else 0
    return {
        "id": OWN, "role": "drawn", "entrance": end.id, "entrance_name": end.name,
        "depart": words.iso(depart, zone),
        "leave_by": words.iso(when(ride.depart - hand), zone), "margin_s": hand,
        "arrive": words.iso(when(ride.arrive), zone),
        "time_s": int(ride.time_s.sum()), "wait_s": 0, "length_m": round(ride.length_m, 1),
        "exposure_min": round(ride.exposure_min, 4), "max_risk": round(ride.max_risk, 4),
        "clear": bool(ride.max_risk < answer.problem.clear_below),
        "streets": _named([leg["street"] for leg in legs]),
        "geometry": {
            "type": "LineString",
            "coordinates": _joined([point for leg in legs for point in leg["coordinates"]]),
        },
        "legs": legs, "snap_offset_m": round(end.offset_m, 1),
    }  # fmt: skip


def _runs(ride: Ride) -> Iterator[slice]:
    """Give the stretches of one way driven in one go at one risk."""
    keys = [
        (part.way, part.forward, float(risk), bool(arc >= 0))
        for part, risk, arc in zip(ride.parts, ride.risk, ride.arcs, strict=True)
    ]
    cuts = [i for i in range(1, len(keys)) if keys[i] != keys[i - 1]]
    for begin, end in pairwise([0, *cuts, len(keys)]):
        yield slice(begin, end)


def _leg(answer: Answer, ride: Ride, streets: Streets, run: slice) -> dict[str, Any]:
    zone, when = answer.layers.settings.timezone, answer.risk.field.when
    parts = ride.parts[run]
    return {
        "way": parts[0].way, "street": street_of(answer, ride, streets, run.start),
        "enter": words.iso(when(int(ride.entered[run.start])), zone),
        "time_s": int(ride.time_s[run].sum()), "wait_s": 0,
        "length_m": round(float(sum(part.length_m for part in parts)), 1),
        "risk": round(float(ride.risk[run.start]), 4),
        "coordinates": _joined([point for part in parts for point in part.lonlat.tolist()]),
    }  # fmt: skip


def _joined(points: Sequence[list[float]]) -> list[list[float]]:
    """Return points without those that repeat the one before, two at least."""
    kept = [p for i, p in enumerate(points) if not i or p != points[i - 1]]
    return kept if len(kept) > 1 else [kept[0], kept[0]]


def _named(streets: Sequence[str]) -> list[str]:
    named = [street for street in streets if street]
    return [s for i, s in enumerate(named) if not i or s != named[i - 1]]


def compared(
    plan: Plan, origin: str, route: dict[str, Any], *, verified: bool
) -> list[dict[str, Any]]:
    """Return a row of the drawn way, then one of each suggestion from where it begins."""
    failed = {failure["id"] for failure in plan.document["verification"]["failures"]}
    found = next(o for o in plan.document["origins"] if o["id"] == origin)
    beside = (found["robust"] or {}).get("route")
    rows = [_row(route, verified, 0.0)]
    for one in [*found["routes"], *([beside] if beside else [])]:
        shared = _shared_m(route, one, plan.network.epsg)
        rows.append(_row(one, one["id"] not in failed, shared))
    return rows


def _row(route: dict[str, Any], verified: bool, shared_m: float) -> dict[str, Any]:
    own = route["role"] == "drawn"
    worst = max(route["legs"], key=lambda leg: leg["risk"])
    lon, lat = worst["coordinates"][0]
    return {
        "id": route["id"], "role": route["role"], "own": own,
        "entrance": route["entrance"], "entrance_name": route["entrance_name"],
        "depart": route["depart"], "leave_by": route["leave_by"], "arrive": route["arrive"],
        "time_s": route["time_s"] + route["wait_s"], "length_m": route["length_m"],
        "exposure_min": route["exposure_min"], "max_risk": route["max_risk"],
        "worst": {
            "risk": worst["risk"], "street": worst["street"], "at": worst["enter"],
            "lon": lon, "lat": lat,
        } if worst["risk"] > 0 else None,
        "clear": route["clear"], "verified": verified,
        "shared_m": None if own else round(shared_m, 1),
        "geometry": route["geometry"],
    }  # fmt: skip


def _shared_m(route: dict[str, Any], other: dict[str, Any], epsg: int) -> float:
    """Return the metres of a way that lie on another, whichever way it is driven there."""
    ground = LineString(to_xy(other["geometry"]["coordinates"], epsg))
    shapely.prepare(ground)
    total = 0.0
    for leg in route["legs"]:
        line = LineString(to_xy(leg["coordinates"], epsg))
        count = max(round(line.length / STEP_M), 1)
        places = (np.arange(count) + 0.5) / count
        points = shapely.line_interpolate_point(line, places, normalized=True)
        total += leg["length_m"] * float(shapely.dwithin(ground, points, SAME_M).mean())
    return total
