"""Risk areas through the plan's window, as data for the slider."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.briefing.lines import encode_lines
from planner.briefing.words import parse
from planner.layers.crs import to_lonlat
from planner.risk.areas import risk_areas

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from shapely.geometry.base import BaseGeometry

    from planner.plan import Plan

BEFORE = timedelta(hours=2)
AFTER = timedelta(hours=6)
STEP = timedelta(minutes=30)
LABEL_AREA_M2 = 1500.0


def times_of(document: dict[str, Any], zone: ZoneInfo) -> list[datetime]:
    """Return half-hours from two hours before arrival to six after, arrival among them."""
    arrive = parse(document["arrive_by"]).astimezone(zone)
    start = arrive - BEFORE
    start -= timedelta(minutes=start.minute % 30, seconds=start.second)
    count = round((BEFORE + AFTER) / STEP) + 1
    return sorted({start + STEP * step for step in range(count)} | {arrive})


def risk_steps(plan: Plan, zone: ZoneInfo) -> dict[str, Any]:
    """Return the states of risk and crowd, and which state each time of the window shows."""
    times = times_of(plan.document, zone)
    states: list[dict[str, Any]] = []
    known: dict[str, int] = {}
    order = []
    for when in times:
        second = plan.risk.field.seconds(when)
        areas = risk_areas(plan.network, plan.risk, second)
        crowd = [f.polygon for f in plan.risk.footprints if f.start_s <= second < f.end_s]
        key = _digest(areas, crowd)
        if key not in known:
            known[key] = len(states)
            states.append(_state(areas, crowd, plan.network.epsg))
        order.append(known[key])
    arrive = parse(plan.document["arrive_by"])
    return {
        "times": [f"{when:%H:%M}" for when in times],
        "days": [f"{when:%a} {when.day} {when:%b}" for when in times],
        "state": order,
        "states": states,
        "selected": times.index(arrive.astimezone(zone)),
    }


def worst_step(plan: Plan, zone: ZoneInfo) -> dict[str, Any]:
    """Return one state without a time: each place at its worst level in the window."""
    by_level: dict[int, list[Any]] = {}
    for when in times_of(plan.document, zone):
        for level, area in risk_areas(plan.network, plan.risk, plan.risk.field.seconds(when)):
            by_level.setdefault(level, []).append(area)
    covered: BaseGeometry = shapely.Polygon()
    areas = []
    for level in sorted(by_level, reverse=True):
        whole = shapely.union_all(by_level[level])
        areas.append((level, shapely.difference(whole, covered)))
        covered = shapely.union(covered, whole)
    state = _state(areas, [], plan.network.epsg)
    return {"times": [""], "days": [""], "state": [0], "states": [state], "selected": 0}


def _state(areas: list[tuple[int, Any]], crowd: list[Any], epsg: int) -> dict[str, Any]:
    return {
        "risk": [
            {
                "level": int(level),
                "rings": encode_lines([area], epsg, tolerance_m=1.0),
                "at": _label_points(area, epsg),
            }
            for level, area in sorted(areas, key=lambda pair: pair[0])
        ],
        "crowd": encode_lines(crowd, epsg, tolerance_m=0.5),
    }


def _label_points(area: BaseGeometry, epsg: int) -> list[list[float]]:
    parts = [p for p in shapely.get_parts(area) if p.area >= LABEL_AREA_M2]
    parts = sorted(parts, key=lambda p: -p.area)[:12]
    if not parts:
        return []
    points = shapely.point_on_surface(np.asarray(parts, object))
    lonlat = to_lonlat(shapely.get_coordinates(points), epsg)
    return [[round(float(lon), 6), round(float(lat), 6)] for lon, lat in lonlat]


def _digest(areas: list[tuple[int, Any]], crowd: list[Any]) -> str:
    mark = hashlib.sha256()
    for level, area in areas:
        mark.update(bytes([int(level)]) + shapely.to_wkb(area))
    for polygon in crowd:
        mark.update(b"c" + shapely.to_wkb(polygon))
    return mark.hexdigest()
