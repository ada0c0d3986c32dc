"""What a briefing tells beside a plan: who leaves later is where when, who leaves on foot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from planner.layers.crs import to_lonlat, to_metric
from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.leaving import leaving
from planner.plan.on_paths import on_paths
from planner.plan.reach import MINUTES, ReachQuestion, at_moment, reach_ground, reach_of
from planner.staging.support import HAVENS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.plan.prepare import Ground, Prepared
    from planner.plan.question import Question
    from planner.plan.reach import GateReach, Moment
    from planner.risk.build import Risk
    from planner.routes.isochrone import Reach

LEAVING_MIN = (-30, 0, 30)
"""Minutes before and after the arrival asked for at which it is told who leaves is where when."""

PLACE_M = 25.0
"""Metres from the ground reached within which a place counts as reached. Assumption."""

MOST_TOLD = {"haven": 4, "rail": 3, "bus": 2}
"""Places named of those that each further step of minutes adds, the nearest first."""
WHO = "foot"
TOLD = ("id", "name", "gate", "gate_name", "depart", "arrive", "minutes", "exposure_min",
        "max_risk", "clear", "reason", "leave_instead")  # fmt: skip
"""What is told of who leaves a gateway; the way itself is for ``planner leave``."""


class Walked(NamedTuple):
    """Ground within some minutes on foot of any gate that is open, in lon/lat."""

    minutes: int
    area: BaseGeometry


class Beside(NamedTuple):
    """What stands beside a plan.

    Attributes
    ----------
    leaving
        By times of leaving: where one is when, from each gateway; JSON-ready.
    on_foot
        By gates: what lies within minutes on foot, what zones cut off; JSON-ready.
    walked
        Ground within those minutes, ascending; each holds the one before.
    """

    leaving: dict[str, Any]
    on_foot: dict[str, Any]
    walked: tuple[Walked, ...]


def beside(prepared: Prepared, question: Question, risk: Risk) -> Beside:
    """Return what a briefing tells beside the plan of a question.

    Parameters
    ----------
    prepared, question
        What the plan was made of.
    risk
        The risk of the arrival's local day on the roads prepared.
    """
    on_foot, walked = _on_foot(prepared, question)
    return Beside(_leaving(prepared, question, risk), on_foot, walked)


def _leaving(prepared: Prepared, question: Question, risk: Risk) -> dict[str, Any]:
    """Return where one is, leaving each gateway at some times around the arrival asked for."""
    told = []
    for minutes in LEAVING_MIN:
        when = question.arrive_utc + timedelta(minutes=minutes)
        found = leaving(prepared, question.model_copy(update={"arrive": when}), risk)
        origins = [{key: origin.get(key) for key in TOLD} for origin in found["origins"]]
        told.append({"depart": found["depart"], "checked": found["checked"],
                     "failed": found["failed"], "origins": origins})  # fmt: skip
    return {"profile": question.profile, "times": told}


def _on_foot(prepared: Prepared, question: Question) -> tuple[dict[str, Any], tuple[Walked, ...]]:
    """Return what lies within minutes of every gate for who walks, and the ground of all."""
    zone = prepared.workspace.timezone
    who = question.profile if PROFILES[question.profile].on_foot else WHO
    ground = _walked_ground(prepared, who)
    asked = question.model_copy(update={"profile": who, "quiet": False})
    hand = on_paths(prepared.ground, question.wishes, ground)
    moment, at = at_moment(ground, asked, hand), words.iso(question.arrive_utc, zone)
    places = _places(prepared, moment)
    gates: list[dict[str, Any]] = []
    areas: dict[int, list[BaseGeometry]] = {}
    for gate, row in enumerate(ground.gates.itertuples()):
        if ground.stops.gates[gate] < 0:
            continue
        wish = ReachQuestion(question.facility, row.id, at, who)
        reach = reach_of(moment, gate, wish, prepared.ground.stops.network)
        opens = reach.opens
        gates.append({
            "id": row.id, "name": row.name, "open": reach.is_open,
            "opens_at": None if opens is None else words.iso(moment.risk.field.when(opens), zone),
            "within": list(_steps(reach)),
            "places": _nearest(reach.found, places, row.geometry),
            "zones": reach.zones,
        })  # fmt: skip
        for step in reach.found:
            areas.setdefault(step.minutes, []).append(step.polygon)
    record = {"profile": who, "at": at, "minutes": list(MINUTES), "gates": gates}
    return record, tuple(_walked(areas, moment.problem.network.epsg))


def _walked_ground(prepared: Prepared, who: str) -> Ground:
    """Return the facility on the roads of who walks, laid out once."""
    known = prepared.ground.known
    if ("beside", who) not in known:
        known["beside", who] = reach_ground(prepared.workspace, prepared.facility, who)
    found: Ground = known["beside", who]
    return found


def _steps(reach: GateReach) -> Iterator[dict[str, Any]]:
    for one, free in zip(reach.found, reach.free, strict=True):
        yield {
            "minutes": one.minutes, "area_km2": round(one.polygon.area / 1e6, 4),
            "road_km": round(one.road_m / 1000, 2),
            "road_km_without_zones": round(free.road_m / 1000, 2),
        }  # fmt: skip


def _places(prepared: Prepared, moment: Moment) -> GeoDataFrame:
    """Return places of help and stops of public transport, metric: name, kind, geometry."""
    columns, workspace = ["name", "kind", "geometry"], prepared.workspace
    frame = prepared.ground.metric.support_stops
    parts = [frame.loc[frame["kind"].isin(HAVENS), columns]]
    if "transit_stops" in workspace.statics():
        stops = workspace.static("transit_stops")
        parts.append(to_metric(stops, moment.problem.network.epsg)[columns])
    return pd.concat(parts, ignore_index=True)


def _nearest(
    found: Sequence[Reach], places: GeoDataFrame, gate: BaseGeometry
) -> list[dict[str, Any]]:
    """Return the places within reach, each name once, the soonest and then the nearest first."""
    spots = places.geometry.to_numpy()
    order = np.argsort(shapely.distance(spots, gate), kind="stable")
    seen: set[tuple[str, str]] = set()
    kept: list[dict[str, Any]] = []
    for step in found:
        left = dict(MOST_TOLD)
        near = shapely.dwithin(step.polygon, spots, PLACE_M)
        for i in order[near[order]].tolist():
            name, kind = str(places["name"].iloc[i] or ""), str(places["kind"].iloc[i])
            if (name, kind) in seen:
                continue
            seen.add((name, kind))
            left[_sort(kind)] -= 1
            if left[_sort(kind)] >= 0:
                kept.append({"name": name, "kind": kind, "minutes": step.minutes})
    return sorted(
        kept, key=lambda place: (tuple(MOST_TOLD).index(_sort(place["kind"])), place["minutes"])
    )


def _sort(kind: str) -> str:
    return "haven" if kind in HAVENS else "bus" if kind == "bus" else "rail"


def _walked(areas: dict[int, list[BaseGeometry]], epsg: int) -> Iterator[Walked]:
    for minutes, shapes in areas.items():
        whole = shapely.simplify(shapely.union_all(shapes), 1.0)
        yield Walked(minutes, shapely.transform(whole, lambda xy: to_lonlat(xy, epsg)))
