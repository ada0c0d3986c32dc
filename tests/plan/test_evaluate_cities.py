"""A suggestion given back as a drawing is the suggestion, on every city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely.geometry import shape

from planner.cli import steps
from planner.initialise import initialise
from planner.layers.workspace import Workspace
from planner.plan.make import Plan, make_plan
from planner.plan.own.check import findings
from planner.plan.own.end import ending_at
from planner.plan.own.evaluate import evaluate
from planner.plan.own.line import drawing_of
from planner.plan.own.parts import follow
from planner.plan.own.time import ride
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

    from planner.routes.walk import Walk

CITIES = ("heidelberg", "helsinki", "portland", "porto")


def given_back(plan: Plan, route: dict, way: Walk) -> None:
    """Draw a suggestion over itself; demand the same roads, seconds, risk, and that it verifies."""
    answer, streets = plan.answer, plan.prepared.streets
    drawing = drawing_of(
        plan.prepared.workspace, shape(route["geometry"]), source="map", name=route["id"]
    )
    line = drawing.metric(plan.network.epsg)
    parts, end = ending_at(answer, follow(line, streets, plan.network))
    own = ride(answer, parts, streets, end.gate)
    roads = answer.problem.roads
    assert roads[own.arcs].tolist() == roads[way.arcs].tolist(), route["id"]
    assert (own.time_s == way.time_s).all(), route["id"]
    assert end.id == route["entrance"]
    if not way.wait_s.any():
        assert own.arrive == way.arrive
        assert own.exposure_min == pytest.approx(way.exposure_s / 60)
        assert findings(answer, own, end, streets) == []
    assert np.isclose(own.length_m, route["length_m"], atol=0.2)


def all_given_back(plan: Plan, *, every: int = 1) -> None:
    """Give back the ways of every so many gateways."""
    told = 0
    answers = iter(plan.answer.origins)
    placed = zip(plan.document["origins"], plan.answer.stops.gateways, strict=True)
    for number, (origin, node) in enumerate(placed):
        ways = next(answers).routes if node >= 0 else ()
        if number % every:
            continue
        for route, way in zip(origin["routes"], ways, strict=True):
            given_back(plan, route, way)
            told += 1
    assert told > 7


@pytest.mark.parametrize(
    "hour", [ARRIVE, *(ARRIVE.replace("T07:30", at) for at in ("T08:30", "T12:00"))]
)
def test_suggestion_given_back_is_itself_on_the_bundled_city(bundled: Path, hour: str) -> None:
    workspace = Workspace.open(bundled)
    all_given_back(make_plan(workspace, ask(FACILITY, hour, workspace.timezone)))


@pytest.mark.parametrize("city", CITIES)
def test_suggestion_given_back_is_itself_on_a_real_city(
    shared_data: Path, tmp_path: Path, city: str
) -> None:
    path = tmp_path / f"{city}.gpkg"
    initialise(shared_data / "osm" / f"{city}.osm.pbf", path)
    for layer in ("facilities", "entrances"):
        file = shared_data / "facilities" / f"{city}-{layer}.geojson"
        steps.import_layer(layer, file, path, role="exercise")
    workspace = Workspace.open(path)
    question = ask("exercise-hq", "2027-03-03T08:00", workspace.timezone)
    plan = make_plan(workspace, question)
    all_given_back(plan, every=3)
    origin = next(o for o in plan.document["origins"] if o["routes"])
    drawing = drawing_of(
        workspace, shape(origin["routes"][0]["geometry"]), source="map", name="back"
    )
    found = evaluate(workspace, question, drawing, plan=plan)
    assert found.verified
    assert found.document["origin"]["id"] == origin["id"]
    own, first, *_ = found.document["comparison"]
    assert first["shared_m"] == pytest.approx(own["length_m"], rel=0.001)
