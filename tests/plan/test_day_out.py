"""The day for those who leave, its changes of gate, its hours, a change of shift."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.network.way_out import exit_nodes
from planner.plan.day import out_check as day_out_check
from planner.plan.day.heat import LEVELS
from planner.plan.day.sheet import Day, ask_day, day_at, make_day
from planner.plan.prepare import prepare
from planner.scenario import FACILITY
from planner.verify import Failure, leaves_by
from tests.plan.test_day import DATE, SCHEMA, at

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.prepare import Prepared


@pytest.fixture(scope="module")
def prepared(bundled: Path) -> Prepared:
    return prepare(Workspace.open(bundled), FACILITY)


@pytest.fixture(scope="module")
def day(prepared: Prepared) -> Day:
    return day_at(prepared, ask_day(FACILITY, DATE, vehicles=40))


def with_capacity(bundled: Path, folder: Path, **each: int | None) -> Workspace:
    """The bundled city whose gates let so many vehicles pass in a quarter of an hour."""
    workspace = Workspace.open(shutil.copy(bundled, folder / "city.gpkg"))
    gates = workspace.layer("entrances")
    own = gates[gates["facility_id"] == FACILITY].copy()
    own["vehicles_per_15min"] = [each.get(i.removeprefix("courthouse-")) for i in own["id"]]
    workspace.append("entrances", own)
    return workspace


def test_ways_out_leave_no_sooner_than_asked_and_reach_every_side(day: Day) -> None:
    document = day.document
    for origin in document["origins"]:
        assert len(origin["leaving"]) == len(document["gates"])
        for way in origin["leaving"]:
            for slot, depart, arrive, minutes in zip(
                document["slots"], way["depart"], way["arrive"], way["minutes"], strict=True
            ):
                if minutes is None:
                    continue
                times = [datetime.fromisoformat(t) for t in (slot, depart, arrive)]
                assert times == sorted(times)
                assert (times[2] - times[1]).total_seconds() / 60 == pytest.approx(
                    minutes, abs=0.01
                )


def test_each_change_of_gate_says_when_between_which_and_why(day: Day) -> None:
    document = day.document
    told = [(document["timetable"], document["switches"]),
            (document["leaving"]["timetable"], document["leaving"]["switches"])]  # fmt: skip
    for rows, switches in told:
        names = [row["gate"] for row in rows if row["gate"]]
        changes = sum(a != b for a, b in pairwise(names))
        assert len(switches) == changes
        for one in switches:
            assert at(rows, one["at"])["gate"] == one["to_gate"]
            clock = one["at"][11:16]
            assert one["text"].startswith(
                f"until {clock} {one['from_name']}; from {clock} {one['to_name']}, "
            )
            assert (one["kind"] in ("reported", "over")) == bool(one["causes"])
    assert document["leaving"]["switches"], "an assembly stands before the north gate at seven"


def test_without_the_reported_cause_the_old_gate_is_held_to(
    bundled: Path, tmp_path: Path, day: Day
) -> None:
    """The reason is solved again: take the zones of a change away and there is none at that time."""
    found = [s for s in day.document["leaving"]["switches"] if s["kind"] == "reported"]
    workspace = Workspace.open(shutil.copy(bundled, tmp_path / "city.gpkg"))
    for one in found[:1]:
        workspace.remove("zones", one["causes"])
        again = make_day(workspace, ask_day(FACILITY, DATE)).document["leaving"]["switches"]
        assert one["at"] not in [s["at"] for s in again if s["from_gate"] == one["from_gate"]]


def test_hours_tell_the_worst_of_their_times(day: Day) -> None:
    heat, document = day.document["heat"], day.document
    assert len(heat["hours"]) == 24
    assert {row["direction"] for row in heat["rows"]} == {"arrive", "leave"}
    for row in heat["rows"]:
        gate = next(g for g in document["gates"] if g["id"] == row["gate"])
        intervals = gate["intervals" if row["direction"] == "arrive" else "leaving"]
        for hour, cell in zip(heat["hours"], row["cells"], strict=True):
            quarters = [
                (datetime.fromisoformat(hour) + timedelta(minutes=m)).isoformat()
                for m in (0, 15, 30, 45)
            ]
            states = [at(intervals, t)["state"] for t in quarters]
            least = max(
                {"in part": 3, "not clear": 3, "no way": 4, "shut": 5}.get(s, 0) for s in states
            )
            assert (LEVELS.index(cell["level"]) == least) or (
                least == 0 and LEVELS.index(cell["level"]) < 3
            )
            assert (cell["minutes"] is None) == (cell["level"] in ("no way", "shut"))


def test_without_any_capacity_a_change_of_shift_says_what_to_enter(day: Day) -> None:
    shift = day.document["shift"]
    assert not shift["feasible"]
    assert "no gate has a capacity" in shift["text"]
    assert "enter the capacity of " in shift["help"][0]


def test_a_change_of_shift_fits_its_window_by_gates_that_are_good_throughout(
    bundled: Path, tmp_path: Path
) -> None:
    workspace = with_capacity(bundled, tmp_path, east=20, north=10)
    document = make_day(workspace, ask_day(FACILITY, DATE, vehicles=40)).document
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(document)))
    shift = document["shift"]
    assert shift["feasible"]
    assert shift["unknown_capacity"] == ["South gate"]
    for window in shift["windows"]:
        rate = sum(g["vehicles_per_15min"] for g in document["gates"] if g["id"] in window["gates"])
        assert window["minutes_needed"] == pytest.approx(2 * 40 / rate * 15, abs=0.05)
        start, until = (datetime.fromisoformat(window[k]) for k in ("latest_start", "until"))
        assert (until - start).total_seconds() / 60 >= window["minutes_needed"] - 0.1
        for key in window["gates"]:
            gate = next(g for g in document["gates"] if g["id"] == key)
            assert at(gate["intervals"], window["from"])["state"] == "clear"


def test_where_no_window_takes_them_all_it_says_how_many_fit_and_what_would_help(
    bundled: Path, tmp_path: Path
) -> None:
    workspace = with_capacity(bundled, tmp_path, east=1, north=1)
    shift = make_day(workspace, ask_day(FACILITY, DATE, vehicles=500)).document["shift"]
    assert not shift["feasible"]
    top = max(row["vehicles"] for row in shift["most"])
    assert f"{top} fit at most" in shift["text"]
    assert any("would do it in one window" in said for said in shift["help"])
    fits = make_day(workspace, ask_day(FACILITY, DATE, vehicles=top)).document["shift"]
    assert fits["feasible"]


@pytest.mark.parametrize("vehicles", [0, -3, 20_000])
def test_a_number_of_vehicles_out_of_range_is_refused(vehicles: int) -> None:
    with pytest.raises(InputError, match="give a whole number from 1 to 10,000"):
        ask_day(FACILITY, DATE, vehicles=vehicles)


def test_ways_out_that_fail_the_check_are_withheld(
    prepared: Prepared, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = day_out_check.checked

    def fail(*args: Any, **more: Any) -> Any:
        document, _ = real(*args, **more)
        return document, (Failure("out-0:primary", "speed", "too fast"),)

    monkeypatch.setattr(day_out_check, "checked", fail)
    document = day_at(prepared, ask_day(FACILITY, DATE), risk=day.risk).document
    assert not document["verification"]["passed"]
    assert document["verification"]["withheld"] > 0
    assert any("times of leaving did not pass" in said for said in document["warnings"])
    assert any(None in way["minutes"] for o in document["origins"] for way in o["leaving"])


def test_the_check_of_a_way_out_reads_hours_kind_and_limits_of_its_gate(prepared: Prepared) -> None:
    gates = prepared.ground.layers.entrances.assign(max_height_m=np.nan)
    noon = datetime.fromisoformat("2027-03-02T12:00-01:00")

    def faults(frame: Any, profile: str = "van", when: datetime = noon) -> list[str]:
        return list(leaves_by(frame, "courthouse-north", profile, when, "Atlantic/Azores"))

    assert faults(gates) == []
    assert "is shut" in faults(gates, when=noon - timedelta(hours=6))[0]
    assert "which is for foot" in faults(gates.assign(kind="foot"))[0]
    assert "maxheight 2.5" in faults(gates.assign(max_height_m=2.5))[0]
    assert "does not have" in next(leaves_by(gates, "nowhere", "car", noon, "Atlantic/Azores"))


def test_a_gateway_that_is_one_way_in_is_left_by_the_road_beside_it(
    shared_data: Path, tmp_path: Path
) -> None:
    from planner.initialise import import_file, initialise

    path = tmp_path / "porto.gpkg"
    initialise(shared_data / "osm" / "porto.osm.pbf", path)
    workspace = Workspace.open(path)
    for layer in ("facilities", "entrances"):
        import_file(workspace, layer, shared_data / "facilities" / f"porto-{layer}.geojson")
    ready = prepare(workspace, "exercise-hq")
    network, nodes = ready.ground.stops.network, ready.ground.stops.gateways
    ends = exit_nodes(network, nodes)
    assert (ends >= 0).all()
    assert (ends != nodes).sum() >= 5
    for node, end in zip(nodes, ends, strict=True):
        classes = [
            set(network.road_class[side == n])
            for side, n in ((network.tail, node), (network.head, end))
        ]
        assert classes[0] & classes[1], "by a road of the same class"
    document = day_at(ready, replace(ask_day("exercise-hq", DATE), every_min=60)).document
    assert document["verification"]["passed"]
    assert all(row["gate"] for row in document["leaving"]["timetable"])
