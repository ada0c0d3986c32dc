"""Where it is risky, from when to when: at a place, along a way, as areas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import Point

from planner.errors import GeometryError, InputError
from planner.initialise import credit_of
from planner.layers.clock import parse_time
from planner.layers.crs import to_lonlat, to_metric, to_xy
from planner.layers.faults import Unfit
from planner.layers.shapes import read_shape
from planner.network.profiles import PROFILES
from planner.network.rush import rush_factor
from planner.network.split import split
from planner.network.store import load_network
from planner.plan.day.risk import shut_by_clock
from planner.plan.own.line import read_drawing
from planner.plan.words import iso
from planner.plan.zones import label
from planner.risk.along import risk_through, travel
from planner.risk.areas import risk_areas
from planner.risk.build import build_risk
from planner.risk.ground import Obstacles
from planner.risk.status import status_at
from planner.tuning import parameters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry

    from planner.layers.workspace import Workspace
    from planner.network.graph import Network
    from planner.risk.along import Journey
    from planner.risk.field import Risk

LONGEST = timedelta(hours=48)
"""Longest time between the two asked about."""

TRIP = timedelta(hours=6)
"""A drawn way is travelled within this."""

EVERY = timedelta(minutes=15)
"""Between two times at which areas are given."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The risk of a workspace on the roads of a profile between two UTC times."""

    workspace: Workspace
    profile: str
    start: datetime
    end: datetime
    network: Network
    risk: Risk

    def told(self, when: datetime) -> str:
        """Return a time as ISO text in the workspace's zone."""
        return iso(when, self.workspace.timezone)

    def second(self, when: datetime) -> int:
        """Return whole seconds of the risk field at a time."""
        return self.risk.field.seconds(when)

    def head(self) -> dict[str, Any]:
        """Return what every answer begins with: times, profile, zones, notices, credit."""
        second = self.second(self.start)
        zones = [
            {
                "id": zone.id, "status": str(status_at(zone, second, self.risk.parameters)),
                "label": label(zone, self.risk, self.network, self.workspace.timezone),
            }
            for zone in sorted(self.risk.zones, key=lambda one: one.id)
        ]  # fmt: skip
        return {
            "at": self.told(self.start), "until": self.told(self.end), "profile": self.profile,
            "timezone": self.workspace.settings.timezone, "zones": zones,
            "notices": list(self.risk.notices), "attribution": credit_of(self.workspace),
        }  # fmt: skip


def scene(
    workspace: Workspace, at: str, until: str | None = None, *, profile: str = "car",
    ahead: timedelta = timedelta(0),
) -> Scene:  # fmt: skip
    """Return the risk between two ISO times, naive ones in the workspace's zone.

    Parameters
    ----------
    until
        One moment, ``at``, when None.
    profile
        On whose roads.
    ahead
        For how long after that risk is worked out too.

    Raises
    ------
    InputError
        A time cannot be read, the second is not after the first or too far, or the profile is
        not known.
    """
    if profile not in PROFILES:
        raise InputError(f"profile {profile!r}: say {', '.join(PROFILES)}")
    start = _whole(parse_time(at, workspace.timezone))
    end = start if until is None else _whole(parse_time(until, workspace.timezone))
    if end < start or (until is not None and end == start):
        raise InputError(f"--until {until} is not after --at {at}")
    if end - start > LONGEST:
        raise InputError(f"--until is {end - start} after --at; ask for 48 hours at most")
    network = split(load_network(workspace, profile)).network
    # The last moment asked about is part of the answer.
    span = (start, end + timedelta(minutes=1) + ahead)
    tables = workspace.statics()
    ground = [
        list(to_metric(workspace.static(name), network.epsg).geometry) if name in tables else []
        for name in ("buildings", "water")
    ]
    risk = build_risk(
        network,
        *(to_metric(workspace.layer(name), network.epsg) for name in ("zones", "closures")),
        obstacles=Obstacles(*ground), parameters=parameters_of(workspace),
        start=span[0], end=span[1], by_clock=shut_by_clock(network, span, workspace.timezone),
    )  # fmt: skip
    return Scene(workspace, profile, start, end, network, risk)


def place_risk(of: Scene, place: BaseGeometry, name: str) -> dict[str, Any]:
    """Return the risk of a metric place through the time asked about, as data."""
    risk = of.risk
    first = of.second(of.start)
    last = max(of.second(of.end), first + 1)
    times, values = risk_through(of.network, risk, place, start_s=first, end_s=last)
    spells = [
        {
            "from": of.told(risk.field.when(int(since))), "until": of.told(risk.field.when(int(end))),
            "risk": round(float(value), 3), "level": risk.parameters.level(float(value)),
        }
        for since, end, value in zip(times[:-1], times[1:], values, strict=True)
    ]  # fmt: skip
    point = to_lonlat(place.representative_point().coords[0], of.network.epsg)[0].tolist()
    return of.head() | {
        "place": name, "lon": round(point[0], 7), "lat": round(point[1], 7), "spells": spells,
        "max_risk": round(float(values.max(initial=0)), 3),
        "clear": bool(values.max(initial=0) < risk.parameters.clear_below),
    }  # fmt: skip


def way_risk(of: Scene, line: LineString, notices: Sequence[str] = ()) -> dict[str, Any]:
    """Return the exposure along a metric way entered at the time asked about, as data."""
    slower = None
    if not PROFILES[of.profile].on_foot:
        local = of.start.astimezone(of.workspace.timezone)
        slower = rush_factor(of.network.road_class, local).astype(np.float64)
    found = travel(of.network, of.risk, line, of.second(of.start), slower=slower)
    if found.off_road_m > line.length / 2:
        raise GeometryError(
            f"{found.off_road_m:.0f} of {line.length:.0f} m of the way run along no road of this map; "
            "draw it on the roads, lon before lat"
        )
    if found.leave_s[-1] > of.risk.field.breaks[-1]:
        hours = TRIP.total_seconds() / 3600
        raise InputError(f"the way takes longer than {hours:.0f} hours; give it in parts")
    parameters, length = of.risk.parameters, found.to_m - found.from_m
    worst = float(found.risk.max())
    head = of.head()
    head["notices"] += notices
    if found.off_road_m > 0:
        head["notices"].append(
            f"{found.off_road_m:.0f} m of the way run along no road of this map; the mean pace of the "
            "rest is taken for them"
        )
    arrive = of.start + timedelta(seconds=float(found.leave_s[-1] - found.enter_s[0]))
    return head | {
        "depart": of.told(of.start), "arrive": of.told(arrive),
        "until": of.told(arrive), "length_m": round(line.length, 1),
        "time_s": round(float(found.leave_s[-1] - found.enter_s[0])),
        "exposure_min": round(found.exposure_min, 3), "max_risk": round(worst, 3),
        "clear": bool(worst < parameters.clear_below and not found.shut.any()),
        "shut_m": round(float(length[found.shut].sum()), 1),
        "off_road_m": round(found.off_road_m, 1), "stretches": _stretches(of, found),
    }  # fmt: skip


def _stretches(of: Scene, found: Journey) -> list[dict[str, Any]]:
    """Return the parts of a way that have any risk or are shut, neighbours alike joined."""
    told: list[dict[str, Any]] = []
    level, when = of.risk.parameters.level, of.risk.field.when
    for i, arc in enumerate(found.arc):
        value = round(float(found.risk[i]), 3)
        if value == 0 and not found.shut[i]:
            continue
        street = of.network.names[of.network.name[arc]] if arc >= 0 else ""
        one = {
            "street": street, "from_m": round(float(found.from_m[i]), 1),
            "to_m": round(float(found.to_m[i]), 1), "from": of.told(when(int(found.enter_s[i]))),
            "until": of.told(when(int(found.leave_s[i]))), "risk": value, "level": level(value),
            "shut": bool(found.shut[i]),
        }  # fmt: skip
        same = ("street", "risk", "shut")
        last = told[-1] if told else None
        if last and last["to_m"] == one["from_m"] and all(last[k] == one[k] for k in same):
            last |= {"to_m": one["to_m"], "until": one["until"]}
        else:
            told.append(one)
    return told


def area_risk(of: Scene) -> dict[str, Any]:
    """Return the risk areas as a GeoJSON FeatureCollection: a feature for each level and time."""
    times = [of.start]
    while times[-1] + EVERY <= of.end:
        times.append(times[-1] + EVERY)
    features = []
    for when in times:
        for number, area in risk_areas(of.network, of.risk, of.second(when)):
            degrees = shapely.transform(area, lambda xy: to_lonlat(xy, of.network.epsg).round(7))
            shape = shapely.orient_polygons(shapely.make_valid(degrees))
            features.append({
                "type": "Feature", "geometry": json.loads(shapely.to_geojson(shape)),
                "properties": {"level": number, "at": of.told(when), "area_m2": round(area.area)},
            })  # fmt: skip
    return {"type": "FeatureCollection", **of.head(), "features": features}


def spot(of: Scene, text: str) -> Point:
    """Return the metric point of ``lon,lat`` in words.

    Raises
    ------
    InputError
        Not two numbers, or outside the area of the workspace.
    """
    try:
        lon, lat = (float(part) for part in text.split(","))
        read_shape(Point(lon, lat), ("Point",), of.workspace.settings.bounds)
    except ValueError as error:
        raise InputError(
            f"--place {text!r}: give lon,lat in degrees, such as 8.69,49.41"
        ) from error
    except Unfit as unfit:
        raise InputError(f"--place {text}: {unfit.problem}; {unfit.remedy}") from unfit
    return Point(to_xy([(lon, lat)], of.network.epsg)[0])


def outline(of: Scene, facility: str) -> tuple[BaseGeometry, str]:
    """Return the metric outline and the name of a facility.

    Raises
    ------
    InputError
        It is unknown.
    """
    frame = of.workspace.layer("facilities")
    row = frame[frame["id"] == facility]
    if row.empty:
        known = ", ".join(frame["id"].head(5)) or "none yet"
        raise InputError(f"no facility {facility!r}; known: {known}")
    return to_metric(row, of.network.epsg).geometry.iloc[0], str(row["name"].iloc[0])


def drawn_way(of: Scene, given: str) -> tuple[LineString, tuple[str, ...]]:
    """Return the metric line of a drawing, with what is odd about it.

    Raises
    ------
    InputError, GeometryError
        As ``read_drawing``.
    """
    drawing = read_drawing(of.workspace, given)
    return drawing.metric(of.network.epsg), drawing.notices


def _whole(when: datetime) -> datetime:
    return when.astimezone(UTC).replace(microsecond=0)
