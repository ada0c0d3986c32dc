"""Reach of a gate, leaving at a time: asked of a workspace."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import shape

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan.leaving import leave_at
from planner.plan.prepare import prepare
from planner.plan.reach import ReachQuestion, gate_reach
from planner.risk.numbers import NUMBERS
from planner.scenario import ARRIVE, FACILITY
from planner.tuning import set_parameters

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def wish() -> ReachQuestion:
    return ReachQuestion(FACILITY, "courthouse-north", ARRIVE, "car", "out", (1, 3))


def test_areas_grow_with_minutes_and_zones_never_add(
    workspace: Workspace, wish: ReachQuestion
) -> None:
    found = gate_reach(workspace, wish)
    near, far = (feature["properties"] for feature in found["features"])
    assert near["road_km"] < far["road_km"] <= far["without_zones"]["road_km"]
    assert shape(found["features"][1]["geometry"]).is_valid
    assert "OpenStreetMap" in found["attribution"]


def test_a_gate_among_the_crowd_reaches_nothing_and_the_zone_is_named(
    workspace: Workspace, wish: ReachQuestion
) -> None:
    found = gate_reach(workspace, replace(wish, gate="courthouse-south"))
    facts = found["features"][-1]["properties"]
    assert facts["road_km"] == 0.0 < facts["without_zones"]["road_km"]
    assert found["open"]
    assert found["zones"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"gate": "nowhere"}, "no gate 'nowhere'"),
        ({"minutes": (10, 5)}, "ascending"),
        ({"minutes": ()}, "ascending"),
        ({"direction": "up"}, "say out or into"),
        ({"profile": "ship"}, "cannot be asked"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    workspace: Workspace, wish: ReachQuestion, changed: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        gate_reach(workspace, replace(wish, **changed))


def test_a_gate_on_foot_is_not_asked_by_car(
    bundled: Path, tmp_path: Path, wish: ReachQuestion
) -> None:
    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["id"] == wish.gate].copy()
    own["kind"] = "foot"
    workspace.append("entrances", own)
    with pytest.raises(InputError, match="of kind foot"):
        gate_reach(workspace, wish)
    assert gate_reach(workspace, replace(wish, profile="foot"))["features"]


def test_a_gate_that_is_shut_reaches_nothing_and_says_when_it_opens(
    bundled: Path, tmp_path: Path, wish: ReachQuestion
) -> None:
    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["opens"], own["closes"] = "09:00", "17:00"
    workspace.append("entrances", own)
    found = gate_reach(workspace, wish)
    assert (found["open"], found["features"]) == (False, [])
    assert found["opens_at"][11:16] == "09:00"
    origins = leave_at(workspace, FACILITY, ARRIVE)["origins"]
    told = [o for o in origins if o["leave_instead"]]
    assert told
    assert all(o["gate"] is None and "opens at 09:00" in o["reason"] for o in told)
    # Whoever leaves then finds it open.
    again = leave_at(workspace, FACILITY, told[0]["leave_instead"])["origins"]
    one = next(o for o in again if o["id"] == told[0]["id"])
    assert one["arrive"][11:16] in ("09:00", "09:01")


def opening(bundled: Path, folder: Path, hours: dict[str, str], closes: str) -> Workspace:
    """The bundled city with gates open from some hours on, all others from "" on."""
    workspace = Workspace.open(shutil.copy(bundled, folder / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["opens"] = [hours.get(i.removeprefix("courthouse-"), hours[""]) for i in own["id"]]
    own["closes"] = closes
    workspace.append("entrances", own)
    return workspace


def test_whoever_leaves_at_the_minute_told_instead_has_a_way(bundled: Path, tmp_path: Path) -> None:
    """At half past five the roads are full, at ten at night empty: a drive of then is quicker.

    A minute counted back on the full roads was too soon: the gate was still shut on arrival.
    """
    workspace = opening(bundled, tmp_path, {"": "22:10"}, "23:55")
    ready = prepare(workspace, FACILITY, profile="bus")
    asked = {"prepared": ready, "profile": "bus"}
    origins = leave_at(workspace, FACILITY, "2027-03-01T17:30", **asked)["origins"]
    told = {o["id"]: o["leave_instead"] for o in origins if o["leave_instead"]}
    assert len(told) >= 5
    for minute in sorted(set(told.values())):
        again = leave_at(workspace, FACILITY, minute, **asked)["origins"]
        for one in again:
            if told.get(one["id"]) == minute:
                assert one["gate"] is not None
                assert one["arrive"][11:16] in ("22:10", "22:11")


def test_the_gate_waited_for_is_the_one_that_lets_in_soonest_with_its_day(
    bundled: Path, tmp_path: Path
) -> None:
    """At eight in the evening all gates are shut; the south gate opens first, the next morning."""
    workspace = opening(bundled, tmp_path, {"": "08:00", "south": "06:00"}, "20:00")
    origins = leave_at(workspace, FACILITY, "2027-03-01T20:30")["origins"]
    told = [o for o in origins if o["leave_instead"]]
    assert told
    for one in told:
        assert one["leave_instead"].startswith("2027-03-02T05:5")
        assert one["reason"].startswith("South gate is shut on arrival at 20:3")
        assert " and opens at 2027-03-02 06:00: leave at 2027-03-02 05:5" in one["reason"]


def test_ways_of_who_leaves_at_a_time_pass_the_check(workspace: Workspace) -> None:
    found = leave_at(workspace, FACILITY, ARRIVE)
    ways = [o for o in found["origins"] if o["gate"]]
    assert ways
    assert found["failed"] == 0
    assert all(o["depart"] == found["depart"] < o["arrive"] for o in ways)


def test_numbers_of_the_workspace_hold_for_reach_and_for_leaving(
    bundled: Path, tmp_path: Path, wish: ReachQuestion
) -> None:
    city = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    among = replace(wish, gate="courthouse-south")
    assert gate_reach(city, among)["zones"]
    set_parameters(city, {name: 0 for name in NUMBERS if name.startswith("grade_weight")})
    facts = gate_reach(city, among)["features"][-1]["properties"]
    assert facts["road_km"] == facts["without_zones"]["road_km"] > 0
    assert all(o["max_risk"] == 0 for o in leave_at(city, FACILITY, ARRIVE)["origins"] if o["gate"])
