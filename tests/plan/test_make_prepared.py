"""What is prepared once gives the plans that are made from scratch; first choices come first."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest

from planner.errors import InputError
from planner.initialise import import_file, initialise
from planner.layers.workspace import Workspace
from planner.plan.first import NOTICE
from planner.plan.make import Plan, make_plan, plan_at
from planner.plan.prepare import Prepared, prepare
from planner.plan.question import Question, ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)
HOURS = ("06:10", "07:30", "08:45")


def at(workspace: Workspace, hour: str, day: str = ARRIVE[:10]) -> Question:
    return ask(FACILITY, f"{day}T{hour}", workspace.timezone)


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def prepared(workspace: Workspace) -> Prepared:
    return prepare(workspace, FACILITY)


def told(plan: Plan) -> str:
    return json.dumps(plan.document)


LATER = ("routes", "options", "unmet", "message", "stop", "earlier", "later")
"""What of an origin is told once its other ways are known."""


def primaries(plan: Plan) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    """Return each origin's own facts with its primary, less the way to change to."""
    found = []
    for origin in plan.document["origins"]:
        own = {k: v for k, v in origin.items() if k not in LATER}
        first = next(iter(origin["routes"]), None)
        found.append((own, first and {k: v for k, v in first.items() if k != "decision"}))
    return found


def test_prepared_plans_have_the_bytes_of_plans_from_scratch(
    workspace: Workspace, prepared: Prepared
) -> None:
    """In whatever order the hours are asked."""
    for hour in (*HOURS, HOURS[0]):
        question = at(workspace, hour)
        fresh = make_plan(workspace, question, now=NOW)
        assert told(plan_at(prepared, question, now=NOW)) == told(fresh)


def test_plans_made_at_the_same_time_do_not_disturb_each_other(
    workspace: Workspace, prepared: Prepared
) -> None:
    questions = [at(workspace, hour) for hour in HOURS * 2]
    alone = [told(plan_at(prepared, q, now=NOW, whole=False)) for q in questions]
    shared = prepare(workspace, FACILITY)
    with ThreadPoolExecutor(3) as pool:
        together = pool.map(lambda q: told(plan_at(shared, q, now=NOW, whole=False)), questions)
    assert list(together) == alone


def test_edit_makes_a_preparation_outdated_but_never_changes_it(
    bundled: Path, tmp_path: Path
) -> None:
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    question = at(own, "07:30")
    before = prepare(own, FACILITY)
    first = told(plan_at(before, question, now=NOW))
    assert before.version == own.version
    own.remove("zones", list(own.layer("zones")["id"]))
    assert before.version < own.version
    assert told(plan_at(before, question, now=NOW)) == first
    after = plan_at(prepare(own, FACILITY), question, now=NOW)
    assert after.document["zones"] == []
    assert told(after) == told(make_plan(own, question, now=NOW))
    versions = [
        document["provenance"]["inputs"]["workspace_version"]
        for document in (json.loads(first), after.document)
    ]
    assert versions == [before.version, own.version]
    assert versions[0] < versions[1]


def test_other_facility_or_number_of_vehicles_is_refused(
    workspace: Workspace, prepared: Prepared
) -> None:
    for other in (at(workspace, "07:30").model_copy(update={"vehicles": 3}),
                  at(workspace, "07:30").model_copy(update={"facility": "elsewhere"})):  # fmt: skip
        with pytest.raises(InputError, match="prepare it first"):
            plan_at(prepared, other)


@pytest.fixture(scope="module", params=HOURS)
def both(request: pytest.FixtureRequest, prepared: Prepared) -> tuple[Plan, Plan]:
    """Return the first choices of an hour, and its whole plan."""
    question = at(prepared.workspace, request.param)
    first = plan_at(prepared, question, now=NOW, whole=False)
    return first, plan_at(prepared, question, now=NOW)


def test_first_choices_are_the_primaries_of_the_whole_plan(both: tuple[Plan, Plan]) -> None:
    first, whole = both
    assert primaries(first) == primaries(whole)
    assert first.document["verification"]["passed"]
    assert (first.whole, whole.whole) == (False, True)


@pytest.mark.parametrize(("days", "said"), [(1, "made 1 day before"), (2, "made 2 days before")])
def test_plan_made_days_before_tells_how_many(prepared: Prepared, days: int, said: str) -> None:
    question = at(prepared.workspace, "07:30")
    now = question.arrive_utc - timedelta(days=days, hours=12)
    notices = plan_at(prepared, question, now=now, whole=False).document["notices"]
    assert any(notice.startswith(said) for notice in notices)


def test_first_choices_say_nothing_of_what_nobody_looked_for(both: tuple[Plan, Plan]) -> None:
    document = both[0].document
    assert "if that gate shuts" not in document["headline"]
    assert "if that way shuts" not in document["headline"]
    assert document["staging"] == []
    assert NOTICE in document["notices"]
    assert not any("staging" in said for said in document["warnings"])
    for origin in document["origins"]:
        assert origin["options"] == []
        assert len(origin["routes"]) <= 1
        assert not any("alternate" in said or "clear" in said for said in origin["unmet"])
        assert all(route["decision"] is None for route in origin["routes"])


def test_first_line_begins_alike_in_first_choices_and_whole_plan(both: tuple[Plan, Plan]) -> None:
    """The same gate, way, minutes; only what to do if it shuts comes later."""
    short, whole = (plan.document["headline"] for plan in both)
    assert whole.startswith(short.split(". ")[0].removesuffix("."))


def test_no_way_in_is_told_alike_in_first_choices(bundled: Path, tmp_path: Path) -> None:
    own = Workspace.open(shutil.copy(bundled, tmp_path / "own.gpkg"))
    gates = own.layer("entrances")
    mine = gates[(gates["facility_id"] == FACILITY) & (gates["kind"] != "foot")].copy()
    mine["opens"], mine["closes"] = "10:00", "11:00"
    own.append("entrances", gpd.GeoDataFrame(mine, crs=4326))
    ready, question = prepare(own, FACILITY), at(own, "07:30")
    first = plan_at(ready, question, now=NOW, whole=False)
    whole = plan_at(ready, question, now=NOW)
    assert not first.document["feasible"]
    line = first.document["headline"].rstrip(".")
    assert whole.document["headline"].startswith(line)
    assert primaries(first) == primaries(whole)


def test_first_choices_are_the_primaries_on_a_real_city(shared_data: Path, tmp_path: Path) -> None:
    path = tmp_path / "portland.gpkg"
    initialise(shared_data / "osm" / "portland.osm.pbf", path)
    city = Workspace.open(path)
    for layer in ("facilities", "entrances"):
        import_file(city, layer, shared_data / "facilities" / f"portland-{layer}.geojson")
    ready = prepare(city, "exercise-hq")
    for hour in ("06:10", "08:00"):
        question = ask("exercise-hq", f"2027-03-02T{hour}", city.timezone)
        first = plan_at(ready, question, now=NOW, whole=False)
        whole = plan_at(ready, question, now=NOW)
        assert primaries(first) == primaries(whole)
