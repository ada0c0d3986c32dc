"""The planner's hand beside the plan: leaving, isochrones, walks, whole days keep what applies."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from planner.errors import InputError, NetworkError
from planner.layers.workspace import Workspace
from planner.plan.afoot import walk_at
from planner.plan.day.sheet import Day, ask_day, day_at
from planner.plan.leaving import leave_at
from planner.plan.on_paths import on_paths
from planner.plan.prepare import prepare
from planner.plan.question import ask
from planner.plan.reach import ReachQuestion, gate_reach, reach_ground
from planner.plan.wishes.asked import Wishes
from planner.risk.parameters import CALMEST
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from planner.plan.prepare import Prepared

NORTH = "courthouse-north"
RING = "Ring Road"
PLACE = "park-way-1261"
DATE = ARRIVE[:10]
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "day.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Workspace:
    return Workspace.open(bundled)


@pytest.fixture(scope="module")
def prepared(workspace: Workspace) -> Prepared:
    return prepare(workspace, FACILITY)


@pytest.fixture(scope="module")
def day(prepared: Prepared) -> Day:
    asked = ask_day(FACILITY, DATE, every_min=60, trade="calmest", vehicles=5,
                    wishes={"gate": NORTH, "avoid": (RING,), "prefer": ("Chancel Street",)})  # fmt: skip
    return day_at(prepared, asked)


def leave(prepared: Prepared, **wishes: Any) -> dict[str, Any]:
    return leave_at(prepared.workspace, FACILITY, ARRIVE, prepared=prepared, wishes=wishes)


def test_who_leaves_keeps_gate_streets_and_places(prepared: Prepared) -> None:
    free, held = leave(prepared), leave(prepared, gate=NORTH, avoid=(RING,), via=(PLACE,))
    assert free["wishes"] is None
    assert any(RING in o["streets"] for o in free["origins"] if o["gate"])
    told = [o for o in held["origins"] if o["gate"]]
    assert told
    assert held["failed"] == 0
    assert {o["gate"] for o in told} == {NORTH}
    assert not any(RING in o["streets"] for o in told)
    assert [item["kind"] for item in held["wishes"]["items"]] == ["gate", "via", "avoid"]
    before = {o["id"]: o["minutes"] for o in free["origins"] if o["gate"] == NORTH}
    assert all(o["minutes"] >= before[o["id"]] for o in told if o["id"] in before)


def test_isochrone_leaves_a_street_alone(workspace: Workspace) -> None:
    wish = ReachQuestion(FACILITY, NORTH, ARRIVE, "car", "out", (3,))
    free, held = (gate_reach(workspace, w) for w in (wish, replace(wish, avoid=(RING,))))
    metres = [found["features"][0]["properties"]["road_km"] for found in (free, held)]
    assert metres[1] < metres[0]
    assert held["features"][0]["properties"]["without_zones"]["road_km"] >= metres[1]
    assert held["wishes"]["text"] == f"As asked: not on {RING}."
    assert free["wishes"] is None
    with pytest.raises(NetworkError, match="no street"):
        gate_reach(workspace, replace(wish, avoid=("Nowhere Lane",)))


def test_day_keeps_gate_streets_and_trade(day: Day) -> None:
    document = day.document
    jsonschema.validate(document, SCHEMA)
    assert document["verification"]["failures"] == []
    assert [gate["id"] for gate in document["gates"]] == [NORTH]
    for side in (document, document["leaving"]):
        assert {row["gate"] for row in side["timetable"]} <= {NORTH, None}
    assert document["trade"] == "calmest"
    assert day.sheet.problem.risk_aversion == CALMEST
    network = day.sheet.problem.network
    ring = np.array([name == RING for name in network.names])[network.name]
    driven = np.concatenate([w.arcs for row in day.sheet.ways for w in row if w is not None])
    assert len(driven)
    assert not ring[driven].any()
    assert document["wishes"]["left_out"] == []
    assert "to " in document["wishes"]["text"]


def test_day_passes_no_places_and_says_so(prepared: Prepared) -> None:
    with pytest.raises(InputError, match="places to pass"):
        ask_day(FACILITY, DATE, wishes={"via": (PLACE,)})
    asked = replace(ask_day(FACILITY, DATE, every_min=60), wishes=Wishes(via=(PLACE,)))
    document = day_at(prepared, asked).document
    assert document["verification"]["passed"]
    assert document["wishes"]["items"] == []
    assert len(document["wishes"]["left_out"]) == 1
    assert "only for one arrival" in document["wishes"]["text"]


def test_day_that_spares_no_quiet_streets_pays_nothing_for_them(prepared: Prepared) -> None:
    found = [day_at(prepared, ask_day(FACILITY, DATE, every_min=60, quiet=quiet)).sheet.hours
             for quiet in (True, False)]  # fmt: skip
    assert any((hour.factor > 1).any() for hour in found[0])
    assert all((hour.factor == 1).all() for hour in found[1])


def test_who_walks_keeps_off_the_street_and_to_the_gate_that_takes_walkers(
    workspace: Workspace, prepared: Prepared
) -> None:
    walked = reach_ground(workspace, FACILITY, "foot")
    hand = on_paths(
        prepared.ground, Wishes(gate=NORTH, avoid=(RING,), prefer=("Chancel Street",)), walked
    )
    network = walked.stops.network
    names = {str(network.names[network.name[arc]]) for wish in hand.wishes for arc in wish.arcs}
    assert names <= {RING, ""}
    takes = NORTH in set(walked.gates["id"])
    assert (hand.gate is not None) == takes
    question = ask(FACILITY, ARRIVE, workspace.timezone, wishes={"avoid": (RING,)})
    afoot = walk_at(prepared, question)
    assert afoot.ways
    for way in afoot.ways.values():
        at = afoot.problem.network
        assert RING not in {str(at.names[at.name[arc]]) for arc in way.arcs}
