"""A plan that must hold: the outer ring of streets shuts before the inner one opens."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import UTC, datetime
from html import unescape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
from typer.testing import CliRunner

from planner.briefing.controls import shortlist
from planner.briefing.overlay import overlay
from planner.briefing.steps import risk_steps
from planner.briefing.ways import ways_in
from planner.cli.main import app
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan, words
from planner.plan.question import ask
from planner.plan.withhold import verified
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)
DAY = ARRIVE[:11]
INNER_M, OUTER_M, WIDE_M = 250.0, 1100.0, 60.0
OPENS = "07:20"


@pytest.fixture(scope="module")
def ringed(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the bundled city without reports: inner ring shut until 07:20, outer from 07:03."""
    path = tmp_path_factory.mktemp("ringed") / "city.gpkg"
    workspace = Workspace.open(shutil.copy(bundled, path))
    workspace.remove("zones", list(workspace.layer("zones")["id"]))
    metric = workspace.layer("facilities").to_crs(workspace.settings.epsg)
    centre = metric[metric["id"] == FACILITY].geometry.iloc[0].centroid
    rings = [centre.buffer(r + WIDE_M).difference(centre.buffer(r)) for r in (INNER_M, OUTER_M)]
    rows = {
        "id": ["inner", "outer"], "name": ["Inner ring", "Outer ring"], "kind": ["works"] * 2,
        "starts_at": [f"{DAY}05:00", f"{DAY}07:03"], "ends_at": [f"{DAY}{OPENS}", f"{DAY}12:00"],
    }  # fmt: skip
    frame = gpd.GeoDataFrame(rows, geometry=rings, crs=workspace.settings.epsg)
    workspace.append("closures", frame.to_crs(4326))
    return workspace


@pytest.fixture(scope="module")
def made(ringed: Workspace) -> Plan:
    return make_plan(ringed, ask(FACILITY, ARRIVE, ringed.timezone), now=NOW)


def holding(made: Plan) -> list[dict[str, Any]]:
    return [r for o in made.document["origins"] for r in o["routes"] if r["holds"]]


def told(made: Plan) -> dict[str, Any]:
    """Return the route of the first line."""
    best = words.best_origin(made.document)
    assert best is not None
    route: dict[str, Any] = best["routes"][0]
    return route


def test_every_way_from_outside_holds_between_the_rings_and_passes_the_check(made: Plan) -> None:
    assert made.document["verification"]["passed"]
    assert len(holding(made)) >= 8
    for route in holding(made):
        (hold,) = route["holds"]
        since, until = (datetime.fromisoformat(hold[key]) for key in ("from", "until"))
        assert (until - since).total_seconds() == route["wait_s"] >= 600
        assert abs(hold["minutes"] - route["wait_s"] / 60) <= 0.5
        opens = datetime.fromisoformat(f"{DAY}{OPENS}").replace(tzinfo=until.tzinfo)
        assert since < opens
        assert datetime.fromisoformat(route["arrive"]) >= opens


def test_hold_is_in_the_first_line_and_in_the_directions(made: Plan) -> None:
    route = told(made)
    (hold,) = route["holds"]
    assert (
        hold["text"] == f"hold at {hold['place']} {hold['minutes']} min until {hold['text'][-5:]}"
    )
    assert hold["text"] in made.document["headline"]
    said = [step["text"] for step in route["steps"] if step["wait_s"]]
    assert len(said) == 1
    assert said[0].lower().startswith(hold["text"].lower() + "; then ")


def test_place_of_a_hold_is_a_site_of_the_layer(ringed: Workspace, made: Plan) -> None:
    names = set(ringed.layer("staging_sites")["name"])
    assert {hold["place"] for route in holding(made) for hold in route["holds"]} <= names


def test_hold_is_told_on_the_terminal_and_in_the_briefing(ringed: Workspace, made: Plan) -> None:
    (hold,) = told(made)["holds"]
    asked = ["plan", "-w", str(ringed.path), "--facility", FACILITY, "--arrive", ARRIVE]
    said = CliRunner().invoke(app, asked).stdout
    assert hold["text"] in said.splitlines()[0]
    assert said.count(hold["text"]) >= 2
    page = unescape(ways_in(made.document, ZoneInfo(made.document["timezone"])))
    assert f"Hold at <bdi>{hold['place']}</bdi> {hold['minutes']} min until" in page


def test_hold_told_wrong_is_withheld(made: Plan) -> None:
    wrong = copy.deepcopy(made.document)
    victim = words.best_origin(wrong)
    assert victim is not None
    victim["routes"][0]["holds"][0]["minutes"] += 5
    extract = made.prepared.streets.extract
    checked = verified(wrong, extract, made.answer, made.prepared.streets)
    assert {f["rule"] for f in checked["verification"]["failures"]} == {"holds_told"}
    after = next(o for o in checked["origins"] if o["id"] == victim["id"])
    assert after["routes"] == []


def test_nobody_holds_where_a_crowd_is_on_the_ground(ringed: Workspace, tmp_path: Path) -> None:
    """Of small reach, so that the street at the door stays free of risk."""
    own = Workspace.open(shutil.copy(ringed.path, tmp_path / "own.gpkg"))
    before = make_plan(own, ask(FACILITY, ARRIVE, own.timezone), now=NOW)
    taken = told(before)["holds"][0]["place"]
    sites = own.layer("staging_sites")
    here = sites[sites["name"] == taken].geometry.iloc[0]
    row = {
        "id": ["on-site"], "kind": ["standing_assembly"], "starts_at": [f"{DAY}06:00"],
        "ends_at": [f"{DAY}09:00"], "size_low": [5], "size_high": [10], "influence_m": [1.0],
        "source_grade": ["A"], "info_grade": [1],
    }  # fmt: skip
    own.append("zones", gpd.GeoDataFrame(row, geometry=[here.centroid.buffer(1e-5)], crs=4326))
    after = make_plan(own, ask(FACILITY, ARRIVE, own.timezone), now=NOW)
    assert after.document["verification"]["passed"]
    assert taken not in json.dumps([r["holds"] for r in holding(after)])


def test_minutes_of_tables_and_map_include_the_hold(made: Plan) -> None:
    zone = ZoneInfo(made.document["timezone"])
    route = told(made)
    whole = str(round((route["time_s"] + route["wait_s"]) / 60))
    assert f"<td class='n'>{whole}</td>" in shortlist(made.document, zone)
    assert f"{whole} ({route['holds'][0]['minutes']} waiting)" in ways_in(made.document, zone)
    drawn = overlay(made, made.document, risk_steps(made, zone), zone=zone)
    (facts,) = (r["facts"] for r in drawn["routes"] if r["id"] == route["id"])
    assert facts[-1].lower() == route["holds"][0]["text"].lower()
    assert any(fact.startswith(f"{whole} min, ") for fact in facts)
