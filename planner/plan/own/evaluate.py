"""A planner's own way judged beside the suggestions of the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from planner import __version__
from planner.initialise import credit_of
from planner.layers.crs import LONLAT, to_lonlat
from planner.network.map_match import REACH_M
from planner.network.store import load_network
from planner.plan import words
from planner.plan.make import Plan, plan_at
from planner.plan.own import words as own_words
from planner.plan.own.check import OWN, findings, near_zones
from planner.plan.own.end import ending_at
from planner.plan.own.parts import follow
from planner.plan.own.record import compared, route_of
from planner.plan.own.time import ride
from planner.plan.prepare import Prepared, from_elsewhere, prepare

if TYPE_CHECKING:
    from shapely.geometry import LineString

    from planner.layers.workspace import Workspace
    from planner.plan.own.line import Drawing
    from planner.plan.question import Question

AT_START_M = 100.0
"""A way that begins this near to a gateway is compared with the ways from there. Assumption."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """A judged way.

    Attributes
    ----------
    document
        JSON-ready; ``docs/evaluation.schema.json`` describes it.
    plan
        The plan whose suggestions it was compared with.
    """

    document: dict[str, Any]
    plan: Plan

    @property
    def verified(self) -> bool:
        """Whether the way keeps every rule."""
        return bool(self.document["stamp"]["verified"])

    @property
    def compared(self) -> bool:
        """Whether there is a suggestion to compare it with."""
        return len(self.document["comparison"]) > 1


def evaluate(
    workspace: Workspace,
    question: Question,
    drawing: Drawing,
    *,
    plan: Plan | None = None,
    now: datetime | None = None,
) -> Evaluation:
    """Return a planner's own way matched to the roads, timed, checked, compared.

    Parameters
    ----------
    workspace
        What is known of the area.
    question
        Facility, time to arrive by, who travels.
    drawing
        The way as drawn.
    plan
        The plan of this question where there is one already; else made here.
    now
        Time of judging, for the stamp; the machine's clock when None.

    Raises
    ------
    InputError
        The facility is unknown, or the workspace lacks gateways.
    """
    when = now or datetime.now(UTC)
    prepared = plan.prepared if plan else prepare(
        workspace, question.facility, vehicles=question.vehicles, profile=question.profile,
        locked=question.sites.locked,
    )  # fmt: skip
    line = drawing.metric(prepared.ground.stops.network.epsg)
    origin = _gateway_at(prepared, line.coords[0])
    if origin is None:
        prepared = _from(prepared, drawing)
        plan, origin = None, OWN
    made = plan or plan_at(prepared, question, now=when)
    return Evaluation(_judged(made, drawing, line, origin) | {
        "generated_at": words.iso(when, made.document["timezone"]),
        "attribution": credit_of(workspace), "version": __version__,
    }, made)  # fmt: skip


def with_own(plan: Plan, own: Evaluation) -> Plan:
    """Return a plan whose briefing holds a planner's own way: ``own`` of its document."""
    return replace(plan, document=plan.document | {"own": own.document})


def _judged(made: Plan, drawing: Drawing, line: LineString, origin: str) -> dict[str, Any]:
    """Return what is told of a metric line beside the ways of one origin."""
    answer, streets = made.answer.plain, made.prepared.streets
    parts, end = ending_at(answer, follow(line, streets, made.network))
    driven = ride(answer, parts, streets, end.gate)
    found = findings(answer, driven, end, streets) + near_zones(answer, driven, streets)
    route = route_of(answer, driven, end, streets)
    judged = own_words.stamp(route, found)
    drawn = np.round(to_lonlat(line.coords, made.network.epsg), 7).tolist()
    return {
        **{key: made.document[key] for key in
           ("facility", "facility_name", "arrive_by", "timezone", "profile")},
        "stamp": judged,
        "drawing": {
            "source": drawing.source, "name": drawing.name, "points": drawing.points,
            "length_m": round(float(line.length), 1),
            "geometry": {"type": "LineString", "coordinates": drawn},
        },
        "route": route,
        "findings": sorted(found, key=lambda one: (one["from"], one["kind"])),
        "origin": next(_origin(o) for o in made.document["origins"] if o["id"] == origin),
        "comparison": compared(made, origin, route, verified=judged["verified"]),
        "notices": [*drawing.notices, *own_words.drawing_notices(answer, driven, end, line)],
        "tolerance_m": REACH_M,
    }  # fmt: skip


def _origin(origin: dict[str, Any]) -> dict[str, Any]:
    return {key: origin[key] for key in ("id", "name", "lon", "lat", "feasible", "reason")} | {
        "own": origin["id"] == OWN
    }


def _gateway_at(prepared: Prepared, start: tuple[float, ...]) -> str | None:
    """Return the gateway near which a way begins, if it begins near one."""
    stops = prepared.ground.stops
    rows = [
        (float(np.hypot(*(stops.network.node_xy[node] - start[:2]))), str(key))
        for key, node in zip(
            prepared.ground.layers.gateways["id"], stops.gateways.tolist(), strict=True
        )
        if node >= 0
    ]
    metres, key = min(rows, default=(np.inf, ""))
    return key if metres <= AT_START_M else None


def _from(prepared: Prepared, drawing: Drawing) -> Prepared:
    """Return the same facility with the start of a drawing as the one place to come from."""
    start = gpd.GeoDataFrame(
        {"id": [OWN], "name": ["the start of the drawn route"], "road_class": ["road"]},
        geometry=[Point(drawing.line.coords[0][:2])], crs=LONLAT,
    )  # fmt: skip
    network = load_network(prepared.workspace, prepared.ground.profile)
    return replace(prepared, ground=from_elsewhere(prepared.ground, network, start))
