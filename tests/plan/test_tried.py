"""Places tried for waiting in a plan: measured like any candidate, in words and as data."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from planner.briefing.places import staging
from planner.cli.main import app
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.question import ask
from planner.plan.sites.tried import with_tried
from planner.plan.sites.what_if import NO_ROAD
from planner.scenario import ARRIVE, FACILITY
from planner.staging.criteria import CRITERIA

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "plan.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))


def test_a_site_as_if_it_stood_where_it_does_has_its_score_and_rank(plan: Plan) -> None:
    best = plan.document["staging"][0]
    made = with_tried(plan, [f"{best['id']}={best['lon']},{best['lat']}"])
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(made.document)))
    (tried,) = made.document["staging_tried"]
    assert (tried["score"], tried["was"], tried["rank"]) == (best["score"], best["score"], 1)
    assert plan.document["staging_tried"] == [], "the plan it was made of stays as it is"


def test_a_place_that_is_no_site_has_every_part_and_may_beat_none_it_does_not(plan: Plan) -> None:
    """Ways, havens, crowds are those of the site it stands on; its size is a guess."""
    best = plan.document["staging"][0]
    made = with_tried(plan, [f"{best['lon']},{best['lat']}"])
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(made.document)))
    (tried,) = made.document["staging_tried"]
    assert tried["id"] is None
    assert [part["criterion"] for part in tried["parts"]] == [row.name for row in CRITERIA]
    points = {part["criterion"]: part["points"] for part in tried["parts"]}
    there = {part["criterion"]: part["points"] for part in best["parts"]}
    for name in ("gate_minutes", "all_gates"):
        assert points[name] == pytest.approx(there[name], abs=10)
    assert points["room"] == 50.0
    assert "not known: size" in next(p for p in tried["parts"] if p["criterion"] == "room")["words"]
    better = sum(site["score"] > tried["score"] for site in plan.document["staging"])
    assert tried["rank"] == better + 1
    assert f"in place {tried['rank']}" in staging(made.document, made.settings.zone)


def test_a_place_tried_for_coaches_has_the_room_of_coaches(bundled: Path) -> None:
    """With the room of as many cars every place anywhere was told as too small for them."""
    workspace = Workspace.open(bundled)
    plan = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone, profile="bus"))
    best = plan.document["staging"][0]
    (tried,) = with_tried(plan, [f"{best['lon']},{best['lat']}"]).document["staging_tried"]
    room = next(part for part in tried["parts"] if part["criterion"] == "room")
    asked = plan.question.vehicles
    assert room["words"] == f"not known: size; assumed room for {asked} of {asked} asked"


def test_a_place_for_people_on_foot_is_refused(bundled: Path) -> None:
    """They have no sites: any place came first "of the sites told", with room for vehicles."""
    workspace = Workspace.open(bundled)
    plan = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone, profile="wheelchair"))
    with pytest.raises(InputError, match="people on foot bring no vehicles"):
        with_tried(plan, ["-28.19,38.85"])
    assert with_tried(plan, []).document["staging_tried"] == []


@pytest.mark.parametrize(
    ("table", "why"), [("water", "lies in water"), ("buildings", "lies on a building")]
)
def test_nobody_waits_in_water_or_on_a_building(plan: Plan, table: str, why: str) -> None:
    """Of such places near a road one is told; of others that no road is near."""
    frame = plan.prepared.workspace.static(table)
    spots = frame.geometry.representative_point()
    places = [f"{spot.x},{spot.y}" for spot in spots.iloc[:: max(1, len(spots) // 8)]][:8]
    tried = with_tried(plan, places).document["staging_tried"]
    assert all(one["score"] is None for one in tried)
    assert all(why in one["why"] or "road" in one["why"] for one in tried), tried


def test_a_place_far_from_every_road_is_none(plan: Plan) -> None:
    frame = plan.prepared.workspace.static("water")
    spots = frame.geometry.representative_point()
    tried = with_tried(plan, [f"{spot.x},{spot.y}" for spot in spots]).document["staging_tried"]
    assert any("m from the nearest road" in one["why"] or one["why"] == NO_ROAD for one in tried)


def test_a_place_in_a_reported_crowd_is_not_usable_and_says_why(plan: Plan) -> None:
    spots = plan.zones.geometry.representative_point()
    tried = with_tried(plan, [f"{p.x},{p.y}" for p in spots]).document["staging_tried"]
    out = [one for one in tried if one["score"] is None]
    assert any("risk" in one["why"] for one in out)
    assert all(one["rank"] is None and "not usable" in one["text"] for one in out)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("there", "give LON,LAT"),
        ("999,999", "is no place"),
        ("nowhere=8.4,49.0", "not among those looked at"),
        ("", "give LON,LAT"),
    ],
)
def test_a_place_that_cannot_be_tried_says_what_to_give(plan: Plan, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        with_tried(plan, [text])


def test_command_tells_the_parts_in_words_and_as_json(plan: Plan, bundled: Path) -> None:
    best = plan.document["staging"][0]
    asked = ["plan", "-w", str(bundled), "--facility", FACILITY, "--arrive", ARRIVE,
             f"--try={best['id']}={best['lon']},{best['lat']}"]  # fmt: skip
    said = CliRunner().invoke(app, asked).output
    assert f"tried: {best['name']} at" in said
    assert "minutes to the nearest gate: " in said.partition("tried: ")[2]
    told = CliRunner().invoke(app, [*asked, "--json"])
    (tried,) = json.loads(told.stdout)["staging_tried"]
    assert tried["score"] == best["score"]
