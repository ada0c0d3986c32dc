"""What stands beside a plan: who leaves at another time, who leaves on foot."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.plan import make_plan, reach
from planner.plan.leaving import leave_at
from planner.plan.question import ask
from planner.plan.reach import ReachQuestion, gate_reach
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

    from planner.network.graph import Network
    from planner.plan import Plan


def made_of(path: Path, **asked: Any) -> Plan:
    workspace = Workspace.open(path)
    return make_plan(
        workspace, ask(FACILITY, ARRIVE, workspace.timezone, **asked), beside_too=True, now=NOW
    )  # fmt: skip


NOW = datetime(2027, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(bundled: Path) -> Plan:
    return made_of(bundled)


def test_a_plan_alone_has_nothing_beside(bundled: Path) -> None:
    workspace = Workspace.open(bundled)
    plan = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone), whole=False)
    assert (plan.document["leaving"], plan.document["on_foot"], plan.walked) == (None, None, ())


def test_who_leaves_at_the_hour_is_where_the_command_says(bundled: Path, made: Plan) -> None:
    alone = leave_at(Workspace.open(bundled), FACILITY, ARRIVE)
    (time,) = [t for t in made.document["leaving"]["times"] if t["depart"] == alone["depart"]]
    for told, origin in zip(time["origins"], alone["origins"], strict=True):
        assert told == {key: origin.get(key) for key in told}
    assert (time["checked"], time["failed"]) == (alone["checked"], alone["failed"])


def test_what_is_reached_is_what_the_command_says(bundled: Path, made: Plan) -> None:
    workspace = Workspace.open(bundled)
    gates = made.document["on_foot"]["gates"]
    assert gates
    for gate in gates:
        alone = gate_reach(workspace, ReachQuestion(FACILITY, gate["id"], ARRIVE))
        steps = [feature["properties"] for feature in alone["features"]]
        assert [step["road_km"] for step in gate["within"]] == [s["road_km"] for s in steps]
        assert [s["without_zones"]["road_km"] for s in steps] == [
            step["road_km_without_zones"] for step in gate["within"]
        ]
        assert (gate["open"], gate["zones"]) == (alone["open"], alone["zones"])


def test_ground_on_the_map_is_that_of_all_gates(bundled: Path, made: Plan) -> None:
    """Each holds the one before; every gate's own areas lie in it, no crowd does."""
    for near, far in zip(made.walked, made.walked[1:], strict=False):
        assert near.minutes < far.minutes
        assert near.area.difference(far.area).area < 0.01 * near.area.area
    workspace = Workspace.open(bundled)
    for gate in made.document["on_foot"]["gates"]:
        features = gate_reach(workspace, ReachQuestion(FACILITY, gate["id"], ARRIVE))["features"]
        for walked, feature in zip(made.walked, features, strict=True):
            own = shapely.from_geojson(json.dumps(feature["geometry"]))
            assert own.difference(walked.area).area <= 0.02 * own.area


def test_places_named_lie_near_streets_reached(made: Plan) -> None:
    named = [place for gate in made.document["on_foot"]["gates"] for place in gate["places"]]
    assert any(place["kind"] in ("bus", "tram", "train") for place in named)
    for gate in made.document["on_foot"]["gates"]:
        keys = [(place["name"], place["kind"]) for place in gate["places"]]
        assert len(keys) == len(set(keys))
        for minutes in (5, 10, 15):
            assert sum(p["minutes"] == minutes and p["kind"] == "bus" for p in gate["places"]) <= 2


def test_walkers_from_stops_are_told_for_their_own_profile(bundled: Path) -> None:
    document = made_of(bundled, profile="wheelchair").document
    assert document["on_foot"]["profile"] == document["leaving"]["profile"] == "wheelchair"
    ids = [origin["id"] for origin in document["origins"]]
    for time in document["leaving"]["times"]:
        assert [origin["id"] for origin in time["origins"]] == ids


def test_walkers_and_drivers_know_a_zone_by_one_name(
    bundled: Path, made: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path may run nearer to a crowd than any street driven: one zone had two names then."""
    by_street = {row["id"]: row["label"] for row in made.document["zones"]}
    told = [zone for gate in made.document["on_foot"]["gates"] for zone in gate["zones"]]
    assert told
    assert all(zone["label"] == by_street[zone["id"]] for zone in told)

    def with_paths(workspace: Workspace, profile: str = "car") -> Network:
        network = load_network(workspace, profile)
        names = tuple(f"path {name}" if name else "" for name in network.names)
        return network if profile == "car" else replace(network, names=names)

    monkeypatch.setattr(reach, "load_network", with_paths)
    beside = [g["zones"] for g in made_of(bundled).document["on_foot"]["gates"]]
    assert [zone for zones in beside for zone in zones] == told
    told_at = next(g["id"] for g in made.document["on_foot"]["gates"] if g["zones"])
    alone = gate_reach(Workspace.open(bundled), ReachQuestion(FACILITY, told_at, ARRIVE))
    assert alone["zones"]
    assert all("path" in zone["label"] for zone in alone["zones"])


def test_a_gate_shut_at_the_hour_says_when_it_opens(bundled: Path, tmp_path: Path) -> None:
    path = shutil.copy(bundled, tmp_path / "city.gpkg")
    workspace = Workspace.open(path)
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["opens"], own["closes"] = "09:00", "17:00"
    workspace.append("entrances", own)
    plan = made_of(path)
    told = plan.document["on_foot"]["gates"]
    assert all(not gate["open"] and gate["opens_at"][11:16] == "09:00" for gate in told)
    assert plan.walked == ()
    reasons = [o["reason"] for t in plan.document["leaving"]["times"] for o in t["origins"]]
    assert any("opens at 09:00" in (reason or "") for reason in reasons)


def test_a_city_without_stops_is_told_without(stopless: Path) -> None:
    told = made_of(stopless).document["on_foot"]["gates"]
    assert told
    kinds = {place["kind"] for gate in told for place in gate["places"]}
    assert kinds <= {"hospital", "police", "fire"}


def test_the_plan_itself_is_the_same_with_it_and_without(bundled: Path, made: Plan) -> None:
    workspace = Workspace.open(bundled)
    alone = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone), now=NOW).document
    other = ("leaving", "on_foot")
    assert {k: v for k, v in made.document.items() if k not in other} == {
        k: v for k, v in alone.items() if k not in other
    }
