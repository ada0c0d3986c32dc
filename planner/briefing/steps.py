"""Risk areas through a plan's window or a day, as data for the slider."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.briefing.lines import encode_lines
from planner.briefing.words import parse
from planner.layers.clock import comes_twice
from planner.layers.crs import to_lonlat
from planner.risk.areas import risk_areas

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.plan import Plan
    from planner.risk.field import Footprint, Risk

BEFORE = timedelta(hours=2)
AFTER = timedelta(hours=6)
STEP = timedelta(minutes=30)
QUARTER = timedelta(minutes=15)
LABEL_AREA_M2 = 1500.0


def times_of(document: dict[str, Any], zone: ZoneInfo) -> list[datetime]:
    """Return half-hours from two hours before arrival to six after, arrival among them."""
    arrive = parse(document["arrive_by"]).astimezone(zone)
    start = arrive - BEFORE
    start -= timedelta(minutes=start.minute % 30, seconds=start.second)
    count = round((BEFORE + AFTER) / STEP) + 1
    return sorted({start + STEP * step for step in range(count)} | {arrive})


def day_times(day: date, zone: ZoneInfo) -> list[datetime]:
    """Return the quarter-hours of a local day, its end among them: 97, or 4 fewer or more.

    >>> from zoneinfo import ZoneInfo
    >>> [len(day_times(date(2026, 10, d), ZoneInfo("Europe/Berlin"))) for d in (24, 25)]
    [97, 101]
    """
    first = datetime.combine(day, time(), zone).astimezone(UTC)
    last = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    count = round((last - first) / QUARTER) + 1
    return [(first + QUARTER * step).astimezone(zone) for step in range(count)]


def risk_steps(plan: Plan, zone: ZoneInfo) -> dict[str, Any]:
    """Return the states of risk and crowd, and which state each time of the window shows."""
    arrive = parse(plan.document["arrive_by"]).astimezone(zone)
    return _steps(plan.network, plan.risk, times_of(plan.document, zone), arrive)


def day_steps(
    network: Network, risk: Risk, day: date, zone: ZoneInfo, *, at: datetime | None = None
) -> dict[str, Any]:
    """Return the states of risk and crowd through a whole local day, at every quarter-hour.

    Parameters
    ----------
    network, risk
        Those of a plan for that day.
    at
        The time shown first, its nearest quarter-hour; noon without one.
    """
    times = day_times(day, zone)
    wanted = at or datetime.combine(day, time(12), zone)
    return _steps(network, risk, times, wanted)


def nearest_step(steps: dict[str, Any], when: datetime) -> int:
    """Return the step nearest to an aware time."""
    second = when.timestamp()
    return min(range(len(steps["seconds"])), key=lambda n: abs(steps["seconds"][n] - second))


def _steps(
    network: Network, risk: Risk, times: Sequence[datetime], selected: datetime
) -> dict[str, Any]:
    states: list[dict[str, Any]] = []
    known: dict[Any, int] = {}
    order = []
    for when in times:
        second = risk.field.seconds(when)
        crowd = [f for f in risk.footprints if f.start_s <= second < f.end_s]
        key = _same(risk, second, crowd)
        if key not in known:
            known[key] = len(states)
            areas = risk_areas(network, risk, second)
            states.append(_state(areas, [f.polygon for f in crowd], network.epsg))
        order.append(known[key])
    found = {
        "times": _clock_texts(times),
        "days": [f"{when:%a} {when.day} {when:%b}" for when in times],
        "seconds": [round(when.timestamp()) for when in times],
        "state": order,
        "states": states,
    }
    return {**found, "selected": nearest_step(found, selected)}


def _same(risk: Risk, second: int, crowd: Sequence[Footprint]) -> Any:
    """Return what is equal at two times only if the risk drawn is."""
    levels = np.searchsorted(risk.parameters.level_from, risk.field.at(second), side="right")
    arcs = np.flatnonzero(levels)
    mark = hashlib.sha256(arcs.tobytes() + levels[arcs].tobytes())
    for one in crowd:
        top = one.presence >= risk.parameters.block_presence
        level = -1 if top else risk.parameters.level(one.presence)
        mark.update(bytes([level + 1]) + shapely.to_wkb(one.polygon))
        mark.update(shapely.to_wkb(one.kept_clear) if one.presence > 0 else b"-")
    return mark.digest()


def _clock_texts(times: Sequence[datetime]) -> list[str]:
    """Return hh:mm of each time; with its zone where the clock shows it twice."""
    return [f"{when:%H:%M %Z}" if comes_twice(when) else f"{when:%H:%M}" for when in times]


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
