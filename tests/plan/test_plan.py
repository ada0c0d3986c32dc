"""The whole plan on the bundled city: true to its inputs, the same twice, withheld when wrong."""

from __future__ import annotations

import copy
import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.network.store import load_extract, load_network
from planner.plan import Plan, make_plan, words
from planner.plan.document import write_document
from planner.plan.make import read_layers, solve
from planner.plan.question import Question, ask
from planner.plan.withhold import verified
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)


def plan(workspace: Workspace, arrive: str = ARRIVE, **more) -> Plan:
    return make_plan(workspace, ask(FACILITY, arrive, workspace.timezone, **more), now=NOW)


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> Plan:
    return plan(workspace)


@pytest.fixture
def own(bundled: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))


def primaries(made: Plan) -> dict[str, dict]:
    return {o["id"]: o["routes"][0] for o in made.document["origins"] if o["routes"]}


def test_same_question_gives_the_same_bytes(workspace: Workspace, made: Plan) -> None:
    assert json.dumps(plan(workspace).document) == json.dumps(made.document)


def test_every_gateway_has_a_primary_that_arrives_in_time(made: Plan) -> None:
    by = datetime.fromisoformat(made.document["arrive_by"])
    assert len(primaries(made)) >= 8
    for route in primaries(made).values():
        early = (by - datetime.fromisoformat(route["arrive"])).total_seconds()
        assert 0 <= early <= 900


def test_most_gateways_have_two_alternates_that_differ(made: Plan) -> None:
    origins = made.document["origins"]
    full = [o for o in origins if len(o["routes"]) >= 3]
    assert len(full) >= 0.7 * len(origins)
    for origin in origins:
        for route in origin["routes"][1:]:
            assert route["shared_with_primary"] <= 0.6
        assert len(origin["routes"]) >= 3 or origin["unmet"]


def test_assembly_at_the_front_gate_sends_the_ways_to_another(
    made: Plan, workspace: Workspace
) -> None:
    """Before the window the front gate is used, inside it is not."""
    before = {r["entrance_name"] for r in primaries(plan(workspace, "2027-03-02T06:10")).values()}
    inside = {r["entrance_name"] for r in primaries(made).values()}
    assert "South gate" in before
    assert "South gate" not in inside
    south = next(g for g in made.document["gates"] if g["name"] == "South gate")
    assert "assembly" in south["reason"]


def test_a_shorter_list_of_vehicles_opens_more_sites(workspace: Workspace, made: Plan) -> None:
    few = {s["id"] for s in plan(workspace, vehicles=1).document["staging"]}
    many = plan(workspace, vehicles=60).document["staging"]
    assert all(s["room_for"] >= 10 for s in made.document["staging"])
    assert all(s["room_for"] >= 60 for s in many)
    assert few - {s["id"] for s in many}


def test_a_zone_far_from_every_way_leaves_the_routes_as_they_were(
    own: Workspace, made: Plan
) -> None:
    west, south, _, _ = own.settings.bounds
    corner = shapely.Point(west + 0.002, south + 0.002)
    row = {
        "id": ["far"], "kind": ["standing_assembly"], "starts_at": ["2027-03-02T07:00"],
        "ends_at": ["2027-03-02T09:00"], "size_low": [20], "size_high": [30],
        "influence_m": [1.0],
    }  # fmt: skip
    own.append("zones", gpd.GeoDataFrame(row, geometry=[corner], crs=4326))
    assert plan(own).document["origins"] == made.document["origins"]


def test_gate_shut_by_its_hours_is_told_and_not_used(own: Workspace) -> None:
    gates = own.layer("entrances")
    mine = gates[(gates["facility_id"] == FACILITY) & (gates["kind"] != "foot")].copy()
    mine["opens"], mine["closes"] = "10:00", "11:00"
    own.append("entrances", mine)
    document = plan(own).document
    assert not document["feasible"]
    assert document["headline"].startswith("Delay the shift: no vehicle way in before 10:00")
    assert all("open" in o["reason"] for o in document["origins"])
    opens = {words.clock(o["opens_at"]) for o in document["origins"] if o["opens_at"]}
    assert opens == {"10:00"}
    assert plan(own, "2027-03-02T10:00").document["feasible"]


def test_unknown_facility_is_named_with_those_that_exist(workspace: Workspace) -> None:
    with pytest.raises(InputError, match=r"no facility 'nowhere'.*courthouse"):
        make_plan(workspace, ask("nowhere", ARRIVE, workspace.timezone))


def test_question_out_of_range_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="vehicles"):
        ask(FACILITY, ARRIVE, workspace.timezone, vehicles=0)
    with pytest.raises(InputError, match="time"):
        ask(FACILITY, "tomorrow", workspace.timezone)


def test_naive_arrival_is_local_time(workspace: Workspace) -> None:
    question = ask(FACILITY, "2027-03-02T07:30", workspace.timezone)
    assert question.arrive_utc == datetime(2027, 3, 2, 8, 30, tzinfo=UTC)
    assert isinstance(question, Question)


def test_nothing_is_told_of_a_way_that_is_withheld(workspace: Workspace) -> None:
    """Neither how long it takes to its gate, nor whose first choice it is, nor why."""
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    answer = solve(load_network(workspace), read_layers(workspace, FACILITY), question)
    document = write_document(answer, workspace, NOW)
    for origin in document["origins"]:
        for route in origin["routes"]:
            route["legs"][0]["time_s"] += 60
    checked = verified(document, load_extract(workspace), answer)
    assert not any(origin["routes"] for origin in checked["origins"])
    assert {(gate["time_s"], tuple(gate["best_for"])) for gate in checked["gates"]} == {(None, ())}
    lost = {origin["id"] for origin in document["origins"] if origin["routes"]}
    assert not lost & {record["origin"] for record in checked["why"]}


def test_a_route_that_does_not_verify_is_withheld(workspace: Workspace) -> None:
    """A second is taken from one leg: the route goes, the plan says so."""
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    answer = solve(load_network(workspace), read_layers(workspace, FACILITY), question)
    document = write_document(answer, workspace, NOW)
    wrong = copy.deepcopy(document)
    victim = next(o for o in wrong["origins"] if len(o["routes"]) > 1)
    victim["routes"][1]["legs"][0]["time_s"] += 60
    checked = verified(wrong, load_extract(workspace), answer)
    assert not checked["verification"]["passed"]
    after = next(o for o in checked["origins"] if o["id"] == victim["id"])
    assert victim["routes"][1]["id"] not in {r["id"] for r in after["routes"]}
    assert any("withheld" in said for said in after["unmet"])
    assert verified(document, load_extract(workspace), answer)["verification"]["passed"]
