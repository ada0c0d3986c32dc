"""More vehicles asked for than any site holds: said plainly, with what would help, and it does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.briefing.escape import isolate
from planner.briefing.places import staging
from planner.cli.text import plan_words
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.make import with_sites
from planner.plan.question import ask
from planner.plan.stage.make import make_stage
from planner.plan.stage.question import ask_stage
from planner.scenario import FACILITY
from planner.staging.site_wishes import SiteWishes

ARRIVE = "2027-03-02T07:30"
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "plan.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def city(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def short(city: Workspace) -> Any:
    """A thousand vehicles: no site holds as many."""
    return make_plan(city, ask(FACILITY, ARRIVE, city.timezone, vehicles=1000))


def plan(city: Workspace, vehicles: int, **asked: Any) -> dict[str, Any]:
    return make_plan(
        city, ask(FACILITY, ARRIVE, city.timezone, vehicles=vehicles, **asked)
    ).document


def test_it_stands_in_the_first_lines_with_the_largest_and_what_would_help(city, short) -> None:
    """It said "no candidate near with enough room", in the last lines."""
    room = short.document["staging_room"]
    lines = plan_words(short.document).splitlines()[:4]
    (said,) = [line for line in lines if line.startswith("no staging site:")]
    assert "holds 1000 vehicles" in said
    assert f"{room['largest']['name']}, has room for {room['largest']['room_for']}" in said
    assert f"what would help: {room['largest']['room_for']} vehicles or fewer at one site" in said
    assert f"or all 1000 apart at {room['sites']} sites" in said
    assert any(f"--split --sites {room['sites']}" in line for line in lines)
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(short.document)))
    told = [w for w in short.document["warnings"] if w.startswith("no staging site: ")]
    assert [w.startswith(f"no staging site: {room['text']}") for w in told] == [True]
    assert short.document["staging_out"]
    assert isolate(room["text"]) in staging(short.document, city.timezone)


def test_as_many_as_the_largest_holds_find_a_site_and_one_more_does_not(city, short) -> None:
    largest = short.document["staging_room"]["largest"]
    held = plan(city, largest["room_for"])
    assert largest["id"] in {site["id"] for site in held["staging"]}
    assert held["staging_room"] is None
    assert plan(city, largest["room_for"] + 1)["staging"] == []


@pytest.mark.parametrize("profile", ["car", "bus"])
def test_as_many_as_several_hold_together_wait_apart_at_them(city, short, profile: str) -> None:
    """At so many sites and no fewer; coaches are more than all sites hold together."""
    document = short.document if profile == "car" else plan(city, 1000, profile=profile)
    room = document["staging_room"]
    if profile == "bus":
        assert room["together"] < 1000
        assert f"together for {room['together']}" in room["text"]
        assert f"{room['together']} or fewer apart at {room['sites']}" in room["text"]
    vehicles = min(1000, room["together"])
    for sites in (room["sites"], room["sites"] - 1):
        asked = ask_stage([FACILITY], ARRIVE, city.timezone, vehicles=(vehicles,), profile=profile,
                          choice={"sites": sites, "split": True})  # fmt: skip
        assert make_stage(city, asked).document["feasible"] == (sites == room["sites"])


def test_a_forbidden_site_is_not_the_largest(city, short) -> None:
    """Ranked again from the answer that is there, too."""
    first = short.document["staging_room"]["largest"]
    again = with_sites(short, SiteWishes(forbidden=[first["id"]]))
    assert again is not None
    told = again.document["staging_room"]
    assert told["largest"]["id"] != first["id"]
    assert told["largest"]["room_for"] <= first["room_for"]
    assert len([w for w in again.document["warnings"] if w.startswith("no staging site")]) == 1


def test_nothing_is_said_of_room_where_no_site_can_be_used(bundled: Path, tmp_path: Path) -> None:
    """All wait for permission: fewer vehicles would not help."""
    found = Workspace.open(shutil.copy(bundled, tmp_path / "shut.gpkg"))
    sites = found.layer("staging_sites")
    found.append("staging_sites", sites.assign(access="permission"))
    document = plan(found, 1000)
    assert document["staging_room"] is None
    assert plan(found, 1000, profile="foot")["staging_room"] is None
