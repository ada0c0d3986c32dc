"""Sites for several facilities asked of a workspace: what is told holds, or says why not."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from shapely.geometry import Point

from planner.errors import InputError
from planner.initialise import import_file, initialise
from planner.layers.workspace import Workspace
from planner.plan.prepare import prepare
from planner.plan.stage.check import checked
from planner.plan.stage.make import Stage, make_stage
from planner.plan.stage.question import ask_stage
from planner.reports import add_row
from planner.scenario import FACILITY

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "stage.schema.json").read_text("utf-8"))
ARRIVE = "2027-03-02T07:30"


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def both(workspace: Workspace) -> list[str]:
    """The facility of the scenario and another that has gates for cars."""
    gates = workspace.layer("entrances")
    driven = gates[gates["kind"].isin(["vehicle", "both"])]["facility_id"]
    return [FACILITY, next(key for key in sorted(set(driven)) if key != FACILITY)]


def stage(workspace: Workspace, facilities: list[str], **choice: Any) -> Stage:
    rest = {key: choice.pop(key) for key in ("vehicles", "worlds", "seed") if key in choice}
    return make_stage(
        workspace, ask_stage(facilities, ARRIVE, workspace.timezone, choice=choice, **rest)
    )


@pytest.fixture(scope="module")
def median(workspace: Workspace, both: list[str]) -> Stage:
    return stage(workspace, both, sites=2, vehicles=(8,), worlds=20)


def test_document_fits_its_schema_and_passes_the_independent_check(median) -> None:
    """As printed: lists and numbers of JSON only."""
    printed = json.loads(json.dumps(median.document))
    jsonschema.Draft202012Validator(SCHEMA).validate(printed)
    assert set(printed) == set(SCHEMA["properties"])
    assert printed["verification"]["passed"]
    assert printed["verification"]["checked"] >= 2
    assert printed["feasible"]


def test_vehicles_of_every_facility_wait_once(median, both) -> None:
    """Eight each."""
    placed = dict.fromkeys(both, 0)
    for site in median.document["sites"]:
        for one in site["serves"]:
            placed[one["facility"]] += one["vehicles"]
    assert set(placed.values()) == {8}


def test_minutes_are_those_of_a_plan_for_each_facility(workspace, median, both) -> None:
    """One facility's own roads give the same drive from the same site."""
    from planner.plan.make import answer_at
    from planner.plan.question import ask
    from planner.routes.primary import tree_way

    for key in both:
        prepared = prepare(workspace, key)
        answer = answer_at(prepared.ground, ask(key, ARRIVE, workspace.timezone))
        ids = answer.sites["id"].tolist()
        tree = answer.problem.tree()
        for site in median.document["sites"]:
            for one in site["serves"]:
                if one["facility"] == key and site["id"] in ids:
                    node = int(answer.stops.sites[ids.index(site["id"])])
                    way = tree_way(answer.problem, tree, node)
                    assert abs((way.arrive - way.depart) - one["time_s"] - one["wait_s"]) <= 2


def test_least_worst_is_no_worse_than_that_of_the_least_sum(workspace, median, both) -> None:
    """Each objective is best in its own figure."""
    centre = stage(workspace, both, sites=2, vehicles=(8,), objective="p-center").document
    assert centre["figures"]["worst_s"] <= median.document["figures"]["worst_s"]
    assert centre["figures"]["vehicle_min"] >= median.document["figures"]["vehicle_min"]


def test_fixed_site_is_open_and_a_forbidden_one_is_not(workspace, median, both) -> None:
    """The best site is forbidden, the best one then is fixed."""
    first = median.document["sites"][0]["id"]
    without = stage(workspace, both, sites=2, vehicles=(8,), forbidden=(first,)).document
    assert first not in {site["id"] for site in without["sites"]}
    held = without["sites"][0]["id"]
    fixed = stage(workspace, both, sites=2, vehicles=(8,), fixed=(held,)).document
    assert [site["id"] for site in fixed["sites"] if site["fixed"]] == [held]


@pytest.mark.parametrize("objective", ["p-center", "p-median"])
def test_the_furthest_is_told_as_far_as_it_is(workspace, both, objective) -> None:
    """Nine and a half minutes were told as "no vehicle waits more than 9 min"."""
    told = stage(workspace, both, sites=2, vehicles=(8,), objective=objective).document
    said = re.findall(r"more than (.*) from|average, (.*) at most", told["headline"])
    (words,) = [one for pair in said for one in pair if one]
    number = {unit: int(n) for n, unit in re.findall(r"(\d+) (min|s)", words)}
    worst = max(one["time_s"] + one["wait_s"] for site in told["sites"] for one in site["serves"])
    assert 60 * number.get("min", 0) + number.get("s", 0) == worst


def test_the_average_is_told_no_further_than_the_furthest(workspace, both) -> None:
    """Whole minutes beside exact ones read "4 min on average, 3 min 47 s at most"."""
    told = stage(workspace, both, sites=2, vehicles=(8,)).document
    (pair,) = re.findall(r"wait (.*) from their .* on average, (.*) at most", told["headline"])
    of_one, of_all = (
        sum(int(n) * {"min": 60, "s": 1}[unit] for n, unit in re.findall(r"(\d+) (min|s)", words))
        for words in pair
    )
    assert of_one == told["figures"]["mean_s"] <= of_all


def test_what_would_help_does(workspace, both) -> None:
    """More vehicles than one site holds; each help that can be asked for is asked for."""
    most = max(stage(workspace, both, sites=1, vehicles=(1,)).laid.room)
    asked = {"sites": 1, "vehicles": (int(most) // 2 + 1,)}
    short = stage(workspace, both, **asked).document
    assert not short["feasible"]
    assert any(one["reason"] for one in short["facilities"])
    more = next(one for one in short["help"] if one["kind"] == "more_sites")
    assert stage(workspace, both, **asked | {"sites": 1 + more["amount"]}).document["feasible"]
    assert more["text"] in short["headline"] or short["help"][0] is not more


def test_site_to_be_opened_that_is_under_risk_is_told(bundled, both, median, tmp_path) -> None:
    """A crowd is reported on the best site: it cannot be opened, and the answer says so."""
    path = Path(shutil.copy(bundled, tmp_path / "crowd.gpkg"))
    workspace = Workspace.open(path)
    site = median.document["sites"][0]
    row = {"kind": "standing_assembly", "source_kind": "other", "source_grade": "A", "info_grade": "1",
           "starts_at": "2027-03-02T06:00", "ends_at": "2027-03-02T09:00", "size_low": 200,
           "size_high": 400}  # fmt: skip
    add_row(workspace, "zones", row, Point(site["lon"], site["lat"]), role="planner")
    found = stage(workspace, both, sites=2, vehicles=(8,), fixed=(site["id"],)).document
    assert not found["feasible"]
    assert "to be opened in any case cannot be used" in found["facilities"][0]["reason"]
    assert [one["kind"] for one in found["help"]] == ["not_fixed"]
    free = stage(workspace, both, sites=2, vehicles=(8,)).document
    assert free["feasible"]
    assert site["id"] in {one["id"] for one in free["sites_out"]}
    more = stage(workspace, both, sites=2, vehicles=(1000,), fixed=(site["id"],)).document
    assert more["help"]
    assert all(one["text"].endswith(f"(with {site['name']} not fixed)") for one in more["help"])


def test_site_in_front_of_a_fire_station_is_not_usable(bundled, both, median, tmp_path) -> None:
    """What does harm is out for several facilities as for one."""
    path = Path(shutil.copy(bundled, tmp_path / "fire.gpkg"))
    workspace = Workspace.open(path)
    site = median.document["sites"][0]
    row = {"kind": "fire", "name": "Engine 1"}
    add_row(workspace, "support_stops", row, Point(site["lon"], site["lat"]), role="planner")
    found = stage(workspace, both, sites=2, vehicles=(8,)).document
    out = {one["id"]: one["why"] for one in found["sites_out"]}
    assert "Engine 1" in out[site["id"]]
    assert site["id"] not in {one["id"] for one in found["sites"]}


def test_variations_tell_how_often_the_sites_hold(median) -> None:
    """The scenario's reports are in doubt."""
    robust = median.document["robust"]
    assert 0 <= robust["holds_in"] <= robust["worlds"] == 20
    assert set(robust["lost_in"]) == {site["id"] for site in median.document["sites"]}
    assert robust["told"]
    if robust["worst"] is not None and robust["sites_worst"] is not None:
        assert robust["sites_worst"] <= robust["worst"]


def test_same_question_has_the_same_answer(workspace, median, both) -> None:
    """But for the stamp."""
    again = stage(workspace, both, sites=2, vehicles=(8,), worlds=20).document
    assert again | {"generated_at": ""} == median.document | {"generated_at": ""}


def first_drive(document: dict[str, Any]) -> dict[str, Any]:
    return next(one for site in document["sites"] for one in site["serves"])


def _twice(document):
    document["sites"][0]["serves"][0]["vehicles"] += 1


def _roomy(document):
    document["sites"][0]["room_for"] += 1


def _larger(document):
    document["sites"][0]["area_m2"] += 3000.0


def _sooner(document):
    document["figures"]["vehicle_min"] -= 1.0


def _nearer(document):
    document["figures"]["worst_s"] -= 60


def _unknown(document):
    document["sites"][0]["id"] = "nowhere"


def _quicker(document):
    first_drive(document)["arrive"] = first_drive(document)["depart"]


def _lost(document):
    document["sites"][0]["serves"] = []


def _elsewhere(document):
    document["sites"][0]["lon"] += 0.02


def _third(document):
    document["sites"] = [*document["sites"], *(copy.deepcopy(document["sites"]) * 2)]


def _robust_unknown(document):
    document["robust"]["sites"] = ["nowhere"]


def _robust_out(document):
    document["sites_out"].append({"id": document["robust"]["sites"][0], "why": "no room"})


def _robust_quicker(document):
    first_drive(document["robust"]["placed"])["arrive"] = first_drive(document["robust"]["placed"])[
        "depart"
    ]


def _robust_elsewhere(document):
    document["robust"]["placed"]["sites"][0]["lon"] += 0.02


def _robust_none(document):
    document["robust"]["placed"] = None


def _robust_same(document):
    document["robust"]["same"] = True


ROBUST = {"schedule": _robust_quicker, "site_place": _robust_elsewhere, "document": _robust_none,
          "robust_placed": _robust_same}  # fmt: skip

WRONG = {"everyone_placed": _twice, "room_kept": _roomy, "area_known": _larger, "figures_add_up": _sooner,
         "figures_add_up ": _nearer, "sites_asked": _unknown, "schedule": _quicker,
         "everyone_placed ": _lost, "site_place": _elsewhere, "sites_asked ": _third, "robust_sites": _robust_unknown, "robust_sites ": _robust_out}  # fmt: skip


@pytest.mark.parametrize(("rule", "spoil"), WRONG.items(), ids=WRONG)
def test_check_finds_what_is_wrong_and_withholds_the_choice(median, rule, spoil) -> None:
    """One lie each: the rule that must see it does."""
    document = copy.deepcopy(median.document)
    spoil(document)
    found = checked(document, median.laid)
    assert rule.strip() in {failure["rule"] for failure in found["verification"]["failures"]}
    assert not found["feasible"]
    assert (found["sites"], found["figures"]) == ([], None)


@pytest.fixture(scope="module")
def other(workspace: Workspace, both: list[str]) -> Stage:
    """A choice beside which other sites are told for when the reports are wrong."""
    found = stage(workspace, both, sites=2, vehicles=(8,), worlds=100, seed=3)
    assert not found.document["robust"]["same"]
    return found


def test_robust_sites_are_told_with_who_waits_there_and_their_drives(other, both) -> None:
    """They were told by name alone; whoever plans with them wants the drives, and them checked."""
    printed = json.loads(json.dumps(other.document))
    jsonschema.Draft202012Validator(SCHEMA).validate(printed)
    placed = printed["robust"]["placed"]
    assert {site["id"] for site in placed["sites"]} == set(printed["robust"]["sites"])
    waits = [one["facility"] for site in placed["sites"] for one in site["serves"]]
    assert sorted(waits) == sorted(both)
    # The choice is the best with the reports as they are.
    assert placed["figures"]["vehicle_min"] >= printed["figures"]["vehicle_min"]
    assert printed["verification"]["passed"]
    drives = sum(len(s["serves"]) for s in (*printed["sites"], *placed["sites"]))
    assert printed["verification"]["checked"] == drives + len(printed["sites"]) + len(
        placed["sites"]
    )
    assert "with the reports as they are" in printed["robust"]["told"][-1]


@pytest.mark.parametrize(("rule", "spoil"), ROBUST.items(), ids=ROBUST)
def test_check_finds_what_is_wrong_with_the_robust_sites(other, rule, spoil) -> None:
    """Their drives are put to the same rules as those of the choice."""
    document = copy.deepcopy(other.document)
    spoil(document)
    failures = checked(document, other.laid)["verification"]["failures"]
    assert rule in {failure["rule"] for failure in failures}


FAULTS = {
    "twice": (["a", "a"], {}, "given twice"),
    "counts": (["a", "b"], {"vehicles": (1, 2, 3)}, "vehicles were given 3 times for 2 facilities"),
    "none": ([], {}, "give 1 to 12 facilities"),
    "no vehicles": (["a", "b"], {"vehicles": (0, 5)}, "vehicles 0"),
    "many": (["a"], {"vehicles": (5000,)}, "from 1 to 1000"),
    "on foot": (["a"], {"profile": "foot"}, "no vehicles to stage"),
    "objective": (["a"], {"choice": {"objective": "best"}}, "one of p-median, coverage, p-center"),
    "sites": (["a"], {"choice": {"sites": 0}}, "from 1 to 20"),
    "minutes": (["a"], {"choice": {"minutes": 0}}, "from 1 to 120"),
    "both": (["a"], {"choice": {"fixed": ("x",), "forbidden": ("x",)}}, "fixed and forbidden"),
}


@pytest.mark.parametrize(("facilities", "asked", "said"), FAULTS.values(), ids=FAULTS)
def test_question_that_cannot_be_asked_says_why(workspace, facilities, asked, said) -> None:
    """One fault each, in the words of the option."""
    with pytest.raises(InputError, match=said):
        ask_stage(facilities, ARRIVE, workspace.timezone, **asked)


def test_unknown_site_is_named(workspace, both) -> None:
    """With those most like it."""
    with pytest.raises(InputError, match="no staging site 'nowhere' among the"):
        stage(workspace, both, fixed=("nowhere",))


@pytest.mark.parametrize("city", ["portland", "heidelberg"])
def test_city_and_its_hospitals_have_sites_that_verify(city, shared_data, tmp_path) -> None:
    """The exercise site with up to four hospitals."""
    osm = shared_data / "osm" / f"{city}.osm.pbf"
    path = tmp_path / f"{city}.gpkg"
    initialise(osm, path)
    workspace = Workspace.open(path)
    for layer in ("facilities", "entrances"):
        import_file(workspace, layer, shared_data / "facilities" / f"{city}-{layer}.geojson")
    frame = workspace.layer("facilities")
    hospitals = frame[frame["kind"] == "hospital"]["id"].tolist()[:4]
    found = stage(workspace, ["exercise-hq", *hospitals], sites=5).document
    assert found["verification"]["passed"]
    assert found["feasible"]
    assert np.isfinite(found["figures"]["worst_s"])
