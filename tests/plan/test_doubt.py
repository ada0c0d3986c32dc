"""The plan of the bundled city in simulated variations of its reports."""

from __future__ import annotations

import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import jsonschema
import numpy as np
import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan, with_doubt
from planner.plan.doubt import simulate as doubt
from planner.plan.doubt import variations
from planner.plan.doubt.shares import wilson
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

NOW = datetime(2027, 3, 2, 6, 30, tzinfo=UTC)
WORLDS = 200
SCHEMA = Path(__file__).parents[2] / "docs" / "plan.schema.json"


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def calm(workspace: Workspace) -> Plan:
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone), now=NOW)


@pytest.fixture(scope="module")
def doubted(calm: Plan) -> Plan:
    return with_doubt(calm, worlds=WORLDS)


@pytest.fixture
def own(bundled: Path, tmp_path: Path) -> Workspace:
    return Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))


def told(plan: Plan) -> str:
    return json.dumps(plan.document)


def ways(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [route for origin in document["origins"] for route in origin["routes"]]


def zone_at_the_site(workspace: Workspace, *, grade: str = "C3", **more: Any) -> None:
    """Put one report over the facility and all its gates, in the place of all others."""
    workspace.remove("zones", list(workspace.layer("zones")["id"]))
    site = workspace.layer("facilities").to_crs(workspace.settings.epsg)
    ground = site[site["id"] == FACILITY].geometry.iloc[0].buffer(60)
    row = {
        "id": "around", "kind": "standing_assembly", "starts_at": f"{ARRIVE[:11]}06:00",
        "ends_at": f"{ARRIVE[:11]}09:00", "size_low": 60_000, "size_high": 60_000,
        "source_grade": grade[0], "info_grade": int(grade[1]), "source_kind": "permit",
    } | more  # fmt: skip
    frame = gpd.GeoDataFrame([row], geometry=[ground], crs=workspace.settings.epsg)
    workspace.append("zones", frame.to_crs(4326))


def test_same_seed_gives_the_same_bytes_on_one_and_on_seven_threads(
    calm: Plan, doubted: Plan
) -> None:
    assert told(with_doubt(calm, worlds=WORLDS, threads=1)) == told(doubted)
    assert told(with_doubt(calm, worlds=WORLDS, threads=7)) == told(doubted)
    assert told(with_doubt(calm, worlds=WORLDS, seed=1)) != told(doubted)


def test_question_with_worlds_gives_the_plan_that_is_doubted_afterwards(
    workspace: Workspace, doubted: Plan
) -> None:
    question = ask(FACILITY, ARRIVE, workspace.timezone, worlds=WORLDS)
    assert told(make_plan(workspace, question, now=NOW)) == told(doubted)


def test_document_with_shares_is_one_of_the_schema(doubted: Plan) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(told(doubted)))


def test_plan_without_worlds_has_no_shares(calm: Plan) -> None:
    assert calm.document["ensemble"] is None
    assert {r["clear_share"] for r in ways(calm.document)} == {None}
    assert with_doubt(calm) is calm


def test_doubt_changes_nothing_but_what_it_adds(calm: Plan, doubted: Plan) -> None:
    added = {
        "ensemble", "origins", "gates", "staging", "staging_out", "verification", "provenance",
    }  # fmt: skip
    for key in calm.document.keys() - added:
        assert doubted.document[key] == calm.document[key]
    for before, after in zip(ways(calm.document), ways(doubted.document), strict=True):
        assert after | dict(variations.UNCOUNTED) == before
    assert calm.document["ensemble"] is None


def test_shares_are_counts_within_their_sampling_error(doubted: Plan) -> None:
    document = doubted.document
    records = [*ways(document), *document["gates"], *document["staging"]]
    counted = [r for r in records if r["clear_share"] is not None]
    assert len(counted) >= len(ways(document)) + 3
    assert len({r["clear_share"] for r in counted}) >= 3
    for record in counted:
        k = record["clear_share"] * WORLDS
        assert k == pytest.approx(round(k), abs=1e-3)
        low, high = wilson(round(k), WORLDS)
        assert record["clear_share_low"] == pytest.approx(low, abs=1e-6)
        assert record["clear_share_high"] == pytest.approx(high, abs=1e-6)


def test_gate_among_the_reported_crowd_is_clear_least_often(doubted: Plan) -> None:
    gates = {g["name"]: g["clear_share"] for g in doubted.document["gates"]}
    assert gates["South gate"] < min(gates["North gate"], gates["East gate"])
    assert gates["West gate"] is None


def test_robust_way_is_clear_often_enough_and_passed_the_check(calm: Plan, doubted: Plan) -> None:
    document = doubted.document
    beside = [o["robust"]["route"] for o in document["origins"] if (o["robust"] or {}).get("route")]
    assert beside
    assert document["verification"]["passed"]
    extra = document["verification"]["checked"] - calm.document["verification"]["checked"]
    assert extra == len(beside)
    for origin in document["origins"]:
        robust = origin["robust"]
        assert robust["clear_share"] >= 0.9
        assert origin["sure"] == robust["text"]
        if robust["same_as"]:
            (route,) = (r for r in origin["routes"] if r["id"] == robust["same_as"])
            assert route["clear_share"] == robust["clear_share"]
        else:
            assert robust["route"]["role"] == "robust"
            assert robust["route"]["clear_share"] == robust["clear_share"]


def test_first_choice_clear_too_seldom_is_set_beside_another(doubted: Plan) -> None:
    for origin in doubted.document["origins"]:
        if origin["routes"][0]["clear_share"] < 0.9:
            assert variations.is_other(origin)
            first = round(origin["routes"][0]["clear_share"] * WORLDS)
            assert f"(first choice in {first})" in origin["sure"]
            assert re.search(r"earlier|later|the same minute", origin["sure"])


@pytest.mark.parametrize(
    ("leave", "told"),
    [
        ("07:19:52", "1 min earlier than"),  # 26 s apart, but the clocks shown are 07:19 and 07:20
        ("07:20:50", "the same minute as"),
        ("07:21:01", "1 min later than"),
    ],
)
def test_minutes_beside_the_first_choice_are_those_between_the_clocks_shown(leave, told) -> None:
    way, first = (
        {"leave_by": f"2027-03-02T{clock}-08:00", "id": name, "role": "robust", "clear_share": 1.0,
         "entrance_name": "East gate", "time_s": 400, "wait_s": 0, "legs": [], "streets": []}
        for clock, name in ((leave, "a"), ("07:20:18", "b"))
    )  # fmt: skip
    ensemble = {"worlds": 200, "clear_share_asked": 0.9}
    text = variations.robust_text({"routes": [first]}, way, way, ensemble)
    assert text.endswith(f"leave by {leave[:5]}, {told} the first choice")


def test_no_way_often_enough_says_which_is_most_often(calm: Plan) -> None:
    document = with_doubt(calm, worlds=WORLDS, clear_share=1.0).document
    without = [o for o in document["origins"] if o["robust"] is None]
    assert without
    for origin in without:
        most = max(r["clear_share"] for r in origin["routes"])
        assert f"no way is clear in at least {WORLDS} of {WORLDS}" in origin["sure"]
        assert origin["sure"].endswith(f"in {round(most * WORLDS)}")


def test_second_line_has_the_words_that_were_agreed(doubted: Plan) -> None:
    document = doubted.document
    said = document["ensemble"]["sentence"]
    assert re.match(
        r"The first choice from .+ is clear in \d+ of 200 simulated variations of these reports; "
        r"unreported events are not included\.",
        said,
    )
    everything = json.dumps([said, [o["sure"] for o in document["origins"]],
                             document["ensemble"]["varied"]])  # fmt: skip
    assert not re.search(r"probab|safe|likely", everything)
    others = sum(variations.is_other(o) for o in document["origins"])
    assert f"From {others} of {len(document['origins'])} gateways" in said


def test_every_report_in_doubt_is_listed_with_what_was_varied(doubted: Plan) -> None:
    varied = doubted.document["ensemble"]["varied"]
    assert len(varied) == 3
    for text in varied:
        there = int(re.search(r"there in (\d+) of 200", text).group(1))
        assert 0 < there < WORLDS
    assert any("speed by up to" in text for text in varied if text.startswith("March"))


def test_stopped_tells_the_shares_so_far(calm: Plan) -> None:
    steps = []

    def tell(done: int, of: int) -> bool:
        steps.append((done, of))
        return done < 50

    document = with_doubt(calm, worlds=WORLDS, progress=tell).document
    ensemble = document["ensemble"]
    assert steps[-1] == (50, WORLDS)
    assert (ensemble["worlds"], ensemble["of"], ensemble["stopped"]) == (50, WORLDS, True)
    assert ensemble["sentence"].startswith("Stopped after 50 of 200. ")
    assert "of 50 simulated variations" in ensemble["sentence"]
    assert all(round(r["clear_share"] * 50, 3) % 1 == 0 for r in ways(document))
    whole = with_doubt(calm, worlds=50).document
    assert [r["clear_share"] for r in ways(document)] == [r["clear_share"] for r in ways(whole)]


def test_nothing_reported_is_nothing_to_vary(own: Workspace) -> None:
    own.remove("zones", list(own.layer("zones")["id"]))
    question = ask(FACILITY, ARRIVE, own.timezone, worlds=WORLDS)
    document = make_plan(own, question, now=NOW).document
    assert document["ensemble"]["varied"] == []
    assert document["ensemble"]["sentence"].startswith("Nothing to vary: ")
    assert {r["clear_share"] for r in ways(document)} == {None}
    assert f"{WORLDS} of" not in json.dumps(document["origins"])


def test_report_of_another_hour_is_nothing_to_vary(workspace: Workspace) -> None:
    night = ask(FACILITY, f"{ARRIVE[:11]}00:30", workspace.timezone, worlds=WORLDS)
    ensemble = make_plan(workspace, night, now=NOW).document["ensemble"]
    assert ensemble["varied"] == []
    assert ensemble["states"] == 1


def test_side_without_a_way_tells_how_often_there_is_one(own: Workspace) -> None:
    zone_at_the_site(own)
    question = ask(FACILITY, ARRIVE, own.timezone, worlds=WORLDS)
    document = make_plan(own, question, now=NOW).document
    assert not document["feasible"]
    found = round(document["ensemble"]["way_share"] * WORLDS)
    assert 70 <= found <= 130
    said = document["ensemble"]["sentence"]
    assert said.startswith("No way through as reported: do not count on one. ")
    clear = max(round((g["clear_share"] or 0) * WORLDS) for g in document["gates"])
    told = f"a clear one in at least {clear}" if clear else "no clear one in any"
    assert f"Some road stays open in {found}, {told}, of 200 simulated variations" in said
    for origin in document["origins"]:
        assert origin["robust"] is None
        assert origin["sure"] == (
            f"no way through as reported; some road stays open in {found} of 200 variations"
        )


def test_report_nobody_doubts_leaves_no_way_in_any_variation(own: Workspace) -> None:
    zone_at_the_site(own, grade="A1")
    question = ask(FACILITY, ARRIVE, own.timezone, worlds=40)
    document = make_plan(own, question, now=NOW).document
    assert {o["sure"] for o in document["origins"]} == {"no way through in any of 40 variations"}


def test_facility_without_a_gate_is_answered(own: Workspace) -> None:
    gates = own.layer("entrances")
    mine = gates[gates["facility_id"] == FACILITY].copy()
    mine["kind"] = "foot"
    own.append("entrances", mine)
    question = ask(FACILITY, ARRIVE, own.timezone, worlds=40)
    document = make_plan(own, question, now=NOW).document
    assert document["ensemble"]["way_share"] == 0
    assert {g["clear_share"] for g in document["gates"]} == {None}


def test_robust_way_that_fails_the_check_is_withheld(
    calm: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second is taken from the arrival of every robust way."""
    right = doubt.with_shares

    def wrong(*given: Any) -> dict[str, Any]:
        document = right(*given)
        for origin in document["origins"]:
            if (origin["robust"] or {}).get("route"):
                origin["robust"]["route"]["time_s"] += 60
        return document

    monkeypatch.setattr(doubt, "with_shares", wrong)
    document = with_doubt(calm, worlds=WORLDS).document
    assert not document["verification"]["passed"]
    failed = {f["id"] for f in document["verification"]["failures"]}
    assert failed
    assert all(key.endswith(":robust") for key in failed)
    for origin in document["origins"]:
        if f"{origin['id']}:robust" in failed:
            assert (origin["robust"], origin["sure"]) == (None, doubt.WITHHELD)
            assert origin["routes"]
    assert any("robust" in said for said in document["warnings"])


def test_withheld_ways_are_neither_counted_nor_said_to_be_missing(calm: Plan) -> None:
    first, *others = calm.document["origins"]
    gone = [first | {"routes": [], "feasible": False, "reason": "withheld"}, *others]
    document = with_doubt(
        replace(calm, document=calm.document | {"origins": gone}), worlds=40
    ).document
    assert document["origins"][0]["robust"] is None
    assert document["origins"][0]["sure"] == variations.WITHHELD
    assert all(o["routes"][0]["clear_share"] is not None for o in document["origins"][1:])


def test_numbers_out_of_range_are_refused_in_words(calm: Plan) -> None:
    for asked, said in (
        ({"worlds": 10_001}, r"worlds 10001: give a whole number .* from 0 \(none\) to 10,000"),
        ({"worlds": 5, "clear_share": 0.0}, r"clear.share 0\.0: give a share"),
        ({"worlds": 5, "seed": -1}, "seed -1: give a whole number from 0 up"),
    ):
        with pytest.raises(InputError, match=said):
            with_doubt(calm, **asked)


def test_two_threads_doubt_one_plan_without_disturbing_each_other(
    calm: Plan, doubted: Plan
) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: told(with_doubt(calm, worlds=WORLDS)), range(2)))
    assert made == [told(doubted)] * 2


def test_seed_and_numbers_stand_in_the_provenance(calm: Plan) -> None:
    provenance = with_doubt(calm, worlds=40, seed=7).document["provenance"]
    assert provenance["seed"] == 7
    assert provenance["parameters"]["worlds"]["value"] == 40
    assert provenance["parameters"]["clear_share"]["value"] == 0.9


def test_first_choices_alone_can_be_doubted(workspace: Workspace, doubted: Plan) -> None:
    question = ask(FACILITY, ARRIVE, workspace.timezone)
    first = make_plan(workspace, question, now=NOW, whole=False)
    document = with_doubt(first, worlds=WORLDS).document
    shares = [o["routes"][0]["clear_share"] for o in document["origins"]]
    whole = [o["routes"][0]["clear_share"] for o in doubted.document["origins"]]
    assert np.array_equal(shares, whole)
