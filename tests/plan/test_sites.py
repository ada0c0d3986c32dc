"""Places to wait in a plan: scores, what is asked of them, what fell out."""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from shapely.geometry import Point
from typer.testing import CliRunner

from planner.cli.main import app
from planner.cli.scores import site_lines
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.diff.since import compared, earlier_plan
from planner.plan.make import plan_at
from planner.plan.prepare import prepare, read_layers
from planner.plan.question import ask
from planner.plan.sites.movement import NO_HAND_OVER, movement_text
from planner.reports import add_row
from planner.scenario import ARRIVE, FACILITY
from planner.staging.criteria import CRITERIA
from tests import city_day

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "plan.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def plain(workspace: Workspace) -> Plan:
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))


def asked(workspace: Workspace, worlds: int = 0, **sites: object) -> Plan:
    return make_plan(
        workspace, ask(FACILITY, ARRIVE, workspace.timezone, worlds=worlds, sites=sites)
    )


def fits(plan: Plan) -> None:
    assert plan.document["verification"]["passed"]
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(plan.document)))


def test_sites_go_by_score_and_a_score_is_the_mean_of_its_parts(plain: Plan) -> None:
    sites = plain.document["staging"]
    assert [s["rank"] for s in sites] == list(range(1, len(sites) + 1))
    assert sorted((s["score"] for s in sites), reverse=True) == [s["score"] for s in sites]
    for site in sites:
        assert [p["criterion"] for p in site["parts"]] == [row.name for row in CRITERIA]
        counted = [p for p in site["parts"] if p["points"] is not None]
        mean = np.average([p["points"] for p in counted], weights=[p["weight"] for p in counted])
        assert site["score"] == pytest.approx(mean, abs=0.11)
        assert all(p["words"] for p in site["parts"])
        assert {"gate": site["gate"], "time_s": site["time_s"]} in site["gates"]
    assert plain.document["site_wishes"] is None


def test_every_other_candidate_is_told_with_why(plain: Plan) -> None:
    chosen = {s["id"] for s in plain.document["staging"]}
    out = plain.document["staging_out"]
    assert out
    assert not chosen & {o["id"] for o in out}
    assert len(out) <= 40
    assert all(o["why"] for o in out)


def test_locked_site_is_first_and_a_forbidden_one_is_told_as_such(
    workspace: Workspace, plain: Plan
) -> None:
    last, first = plain.document["staging"][-1]["id"], plain.document["staging"][0]["id"]
    made = asked(workspace, locked=[last], forbidden=[first])
    fits(made)
    assert (made.document["staging"][0]["id"], made.document["staging"][0]["locked"]) == (
        last,
        True,
    )
    out = {o["id"]: o["why"] for o in made.document["staging_out"]}
    assert out[first].startswith("you have forbidden it")
    assert made.document["site_wishes"]["locked"] == [last]


def test_locked_site_that_is_barred_is_told_in_a_warning(workspace: Workspace, plain: Plan) -> None:
    barred = next(o for o in plain.document["staging_out"] if "risk" in o["why"])
    made = asked(workspace, locked=[barred["id"]], off=["exits"])
    fits(made)
    assert barred["id"] not in {s["id"] for s in made.document["staging"]}
    told = [w for w in made.document["warnings"] if w.startswith("locked site")]
    assert len(told) == 1
    assert barred["why"] in told[0]
    assert made.document["staging_out"][0]["id"] == barred["id"]


def test_site_too_small_is_looked_at_only_if_it_is_locked(
    workspace: Workspace, plain: Plan
) -> None:
    """It stays out, unless room is switched off."""
    small = min(plain.document["staging"], key=lambda site: site["room_for"])
    many = {"vehicles": small["room_for"] + 1}
    question = partial(ask, FACILITY, ARRIVE, workspace.timezone, **many)
    for sites in ({}, {"locked": [small["id"]]}):
        made = make_plan(workspace, question(sites=sites))
        fits(made)
        out = {o["id"]: o["why"] for o in made.document["staging_out"]}
        assert f"room for {small['room_for']} of {small['room_for'] + 1} asked" in out[small["id"]]
    made = make_plan(workspace, question(sites={"locked": [small["id"]], "off": ["room"]}))
    fits(made)
    assert made.document["staging"][0]["id"] == small["id"]
    assert "switched off: room, and room to grow" in made.document["staging"][0]["why"]
    with pytest.raises(InputError, match="prepare it first"):
        plan_at(prepare(workspace, FACILITY, **many), question(sites={"locked": [small["id"]]}))


def test_hard_criterion_switched_off_is_said_in_the_words_of_each_site(
    workspace: Workspace,
) -> None:
    made = asked(workspace, off=["exits"])
    fits(made)
    assert all(
        "switched off: separate ways in and out" in s["why"] for s in made.document["staging"]
    )


def test_ids_that_are_not_known_say_what_there_is(workspace: Workspace) -> None:
    for kind in ("locked", "forbidden"):
        with pytest.raises(
            InputError, match=r"no staging site 'nowhere' among the .* planner show"
        ):
            asked(workspace, **{kind: ["nowhere"]})


def test_variations_bar_sites_that_are_too_seldom_clear(workspace: Workspace) -> None:
    made = asked(workspace, worlds=60)
    fits(made)
    assert all(s["clear_share"] >= 0.9 for s in made.document["staging"])
    part = next(p for p in made.document["staging"][0]["parts"] if p["criterion"] == "clear_share")
    assert part["value"] == pytest.approx(made.document["staging"][0]["clear_share"], abs=1e-4)
    assert re.fullmatch(r"clear in \d+% of the variations", part["words"])
    assert any("of the variations, 90% asked" in o["why"] for o in made.document["staging_out"])


def test_terminal_shows_a_table_of_scores(plain: Plan) -> None:
    told = "\n".join(site_lines(plain.document))
    assert re.search(r"score of staging sites, 0 to 100 +weight +S1 +S2", told)
    assert re.search(r"minutes to the nearest gate +4 +\d+", told)
    assert "not staged: " in told


def test_command_line_reads_weights_locks_and_what_is_off(bundled: Path, plain: Plan) -> None:
    last = plain.document["staging"][-1]["id"]
    question = ["plan", "-w", str(bundled), "--facility", FACILITY, "--arrive", ARRIVE]
    run = CliRunner().invoke(app, [
        *question, "--json", "--site-weight", "room=5", "--site-off", "lit", "--lock-site", last,
    ])  # fmt: skip
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert found["site_wishes"] == {
        "weights": {"room": 5.0}, "off": ["lit"], "locked": [last], "forbidden": [],
        "clear_share": None,
    }  # fmt: skip
    assert found["staging"][0]["id"] == last
    for option, value, said in (
        ("--site-off", "risk", "can never be switched off"),
        ("--site-weight", "moon=1", "no criterion 'moon'; there are risk,"),
        ("--lock-site", "nowhere", "no staging site 'nowhere'"),
    ):
        run = CliRunner().invoke(app, [*question, option, value])
        assert (run.exit_code, said in run.stderr) == (2, True)


def test_sites_of_a_real_city_are_near_and_scored(shared_data: Path, tmp_path: Path) -> None:
    """Portland: about five minutes from a gate, none of them behind a worse one."""
    from planner.cli import steps
    from planner.initialise import initialise

    path = tmp_path / "portland.gpkg"
    initialise(shared_data / "osm" / "portland.osm.pbf", path)
    for layer in ("facilities", "entrances"):
        file = shared_data / "facilities" / f"portland-{layer}.geojson"
        steps.import_layer(layer, file, path, role="exercise")
    made = city_day.plan_at(path, "08:00")
    fits(made)
    sites = made.document["staging"]
    assert sites
    assert all(s["time_s"] <= 8 * 60 for s in sites)
    assert [s["score"] for s in sites] == sorted((s["score"] for s in sites), reverse=True)
    better = [
        o
        for o in made.answer.staging_out
        if o.score is not None and o.score > sites[-1]["score"] + 0.1
    ]
    assert all(o.why.endswith("near two chosen") for o in better)


def test_site_that_a_crowd_sees_says_so_beside_its_other_facts(
    bundled: Path, plain: Plan, tmp_path: Path
) -> None:
    """Who is told that it is free of risk must not find out there."""
    own = Workspace.open(shutil.copy(bundled, tmp_path / "seen.gpkg"))
    site = next(one for one in plain.document["staging"] if one["id"] == "staging-2")
    row = {"kind": "standing_assembly", "source_kind": "other", "source_grade": "A", "info_grade": "1",
           "starts_at": "2027-03-02T06:00", "ends_at": "2027-03-02T09:00", "size_low": 20,
           "size_high": 40, "influence_m": 30.0}  # fmt: skip
    add_row(own, "zones", row, Point(site["lon"], site["lat"] + 0.0018), role="planner")
    found = asked(own, locked=[site["id"]]).document["staging"]
    told = {one["id"]: {p["criterion"]: p for p in one["parts"]}["sight"] for one in found}
    assert told[site["id"]]["value"] < 250
    for one in found:
        words = f"; {told[one['id']]['words']}"
        assert (words in one["why"]) == (told[one["id"]]["value"] < 250)


def test_plan_of_an_older_state_leaves_out_sites_it_does_not_know(
    bundled: Path, tmp_path: Path
) -> None:
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    site = own.layer("staging_sites").iloc[:1].assign(id="mine", name="My yard")
    before = own.version
    own.append("staging_sites", site)
    question = ask(FACILITY, ARRIVE, own.timezone, sites={"locked": ["mine"], "off": ["lit"]})
    earlier = earlier_plan(own, question, str(before))
    assert earlier.document["site_wishes"]["locked"] == []
    told = compared(earlier, make_plan(own, question).document)
    assert any("Places to wait were asked for otherwise" in c["sentence"] for c in told["changes"])


def test_longest_stay_is_told_of_a_site_and_bars_one_that_is_too_short(
    bundled: Path, tmp_path: Path
) -> None:
    """Vehicles wait two and a half hours: half an hour's parking is no place, four hours' is."""
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    best, other = asked(own).document["staging"][:2]
    rows = own.layer("staging_sites").set_index("id", drop=False)
    own.append("staging_sites", rows.loc[[best["id"]]].assign(maxstay_min=30.0))
    own.append("staging_sites", rows.loc[[other["id"]]].assign(maxstay_min=240.0, maxheight_m=2.1))
    found = asked(own).document
    (out,) = [one for one in found["staging_out"] if one["id"] == best["id"]]
    assert "maximum stay 30 min: set its access to granted" in out["why"]
    (kept,) = [one for one in found["staging"] if one["id"] == other["id"]]
    assert "; maximum stay 4 h; height limit 2.1 m" in kept["why"]
    assert kept["score"] == other["score"]
    used = {hold["id"] for site in found["staging"] for hold in site["movement"]["hold_points"]}
    assert best["id"] not in used


def test_own_outline_has_the_room_that_buildings_leave_a_point_says_what_it_lacks(
    bundled: Path, tmp_path: Path
) -> None:
    """A yard imported without an area, as most are, was told "room for 0 of 10 asked"."""
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    row = own.layer("staging_sites").iloc[:1].assign(capacity_m2=np.nan)
    buildings, epsg = own.static("buildings"), own.settings.epsg
    hall = buildings.to_crs(epsg).geometry.iloc[[0]]
    yard = hall.envelope.buffer(20, join_style="mitre")
    left = yard.iloc[0].difference(buildings.to_crs(epsg).union_all()).area
    assert left < yard.iloc[0].area - hall.iloc[0].area / 2
    site = row.assign(id="yard", name="Own yard")
    own.append("staging_sites", site.set_geometry(yard.to_crs(4326).array))
    spot = row.geometry.representative_point()
    own.append("staging_sites", row.assign(id="spot", name="Spot").set_geometry(spot))
    sites = read_layers(own, FACILITY).staging_sites.set_index("id")
    assert left - 60 < sites.loc["yard", "capacity_m2"] <= left, "pieces under a space are no room"
    out = {one["id"]: one["why"] for one in asked(own, locked=["spot"]).document["staging_out"]}
    assert "size not known: draw its outline, or give its capacity_m2" in out["spot"]


def test_who_cannot_go_on_is_told_once_to_stay() -> None:
    said = movement_text({"hand_over": None, "hand_over_reason": NO_HAND_OVER}, {"rank": 1})
    assert said.startswith("Stay at S1: no way from here")
    assert "wait" not in said
