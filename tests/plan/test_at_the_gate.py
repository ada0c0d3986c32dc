"""A crowd before the gate, where no road is: the drive would end clear, the walk in the crowd.

The gate lies 90 m up a square from the end of East Road; nobody drives on the square.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from planner.cli.text import plan_words
from planner.plan import with_doubt
from planner.plan.day.sheet import ask_day, make_day
from planner.plan.leaving import leave_at
from planner.plan.make import make_plan
from planner.plan.own.evaluate import evaluate
from planner.plan.own.line import drawing_of
from planner.plan.question import ask
from planner.routes.doors import without
from planner.routes.problem import Problem
from tests.plan.test_hard_cases import DAY, SITE, Town, along, at, frame, spot, three_streets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plan.test_hard_cases import Place

GATE, BACK, CLEAR_OF_BOTH = (500.0, 90.0), (0.0, -330.0), (540.0, 50.0)
LABEL = "Standing assembly"


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = Town(three_streets(), tmp_path, gate=GATE, start=(-600, 0))
    made.crowd("square", spot(GATE), "07:00", "09:00")
    return made


def with_two_gates(town: Town, gate: Place = GATE, back: Place = BACK) -> Town:
    """Put another gate beside a street."""
    shared = {"facility_id": SITE, "kind": "both", "opens": "00:00", "closes": "24:00"}
    town.replace(
        "entrances", {"id": "gate", "name": "Gate", "geometry": spot(gate), **shared},
        {"id": "back", "name": "Back gate", "geometry": spot(back), **shared},
    )  # fmt: skip
    return town


def test_nobody_is_sent_to_a_gate_while_a_crowd_stands_before_it(town: Town) -> None:
    assert town.way("06:30")["entrance"] == town.way("09:30")["entrance"] == "gate"
    document = town.plan("07:30")
    (origin,), (gate,) = document["origins"], document["gates"]
    assert not document["feasible"]
    assert origin["reason"].startswith(f"Gate: {LABEL}")
    assert gate["open"]
    assert LABEL in gate["reason"]
    assert origin["opens_at"][11:16] == "09:00"


def test_another_gate_is_used_and_the_plan_says_why(town: Town) -> None:
    document = with_two_gates(town).plan("07:30")
    (origin,) = document["origins"]
    assert {route["entrance"] for route in origin["routes"]} == {"back"}
    assert f"Gate is not used: {LABEL}, 07:00-09:00." in plan_words(document)


def test_without_the_report_the_way_to_the_gate_is_found_again(tmp_path: Path) -> None:
    """The reason is solved anew: the crowd is taken from the gate as it is from the roads."""
    near, far = (-450.0, -90.0), (500.0, 10.0)
    town = Town(three_streets(), tmp_path, gate=near, start=(-600, 0))
    town.crowd("square", spot(near), "07:00", "09:00")
    document = with_two_gates(town, near, far).plan("07:30")
    (why,) = document["why"]
    assert document["origins"][0]["routes"][0]["entrance"] == "back"
    assert why["causes"] == ["square"]
    assert why["gate"]["on_a_calm_day"] == "gate"
    assert why["longer_s"] > 60
    assert "Without it the way to Gate" in why["text"]


def test_a_way_of_ones_own_that_ends_before_the_gate_breaks_a_rule(town: Town) -> None:
    drawn = along((-600, 0), (-300, 0), (300, 0), (500, 0))
    line = drawing_of(town.workspace, drawn, source="map", name="drawn")
    question = ask(SITE, at("07:30"), town.workspace.timezone)
    found = evaluate(town.workspace, question, line).document["findings"]
    said = [f["text"] for f in found if f["breaks"]]
    assert any("ends before Gate, on the ground of zone square" in text for text in said), said


def test_a_day_tells_of_no_way_not_of_a_gate_that_is_shut(town: Town) -> None:
    document = make_day(town.workspace, ask_day(SITE, DAY)).document
    (gate,) = document["gates"]
    for rows in (gate["intervals"], gate["leaving"]):
        states = {row["from"][11:16]: (row["state"], row["reason"]) for row in rows}
        assert "shut" not in {state for state, _ in states.values()}
        (no_way,) = [reason for state, reason in states.values() if state == "no way"]
        assert LABEL in no_way


def test_who_leaves_for_the_gate_hears_of_the_report_not_of_hours(town: Town) -> None:
    found = leave_at(town.workspace, SITE, at("07:20"))
    (origin,) = found["origins"]
    assert origin["reason"].startswith("a zone is reported at Gate on arrival")
    assert origin["leave_instead"][11:13] == "08"


def test_in_variations_the_gate_is_clear_where_the_crowd_is_not_there(tmp_path: Path) -> None:
    town = with_two_gates(Town(three_streets(), tmp_path, gate=GATE, start=(-600, 0)))
    town.workspace.append("zones", frame([{
        "id": "square", "kind": "standing_assembly", "starts_at": at("07:00"),
        "ends_at": at("09:00"), "size_low": 60, "size_high": 60, "source_grade": "C",
        "info_grade": 3, "time_precision_min": 0, "influence_m": 0, "position_error_m": 1,
        "geometry": spot(GATE),
    }]))  # fmt: skip
    question = ask(SITE, at("07:30"), town.workspace.timezone)
    document = with_doubt(make_plan(town.workspace, question), worlds=200).document
    share = {gate["id"]: gate["clear_share"] for gate in document["gates"]}
    there = np.mean([0.4 < share["gate"] < 0.65, share["back"] == 1.0])
    assert there == 1.0, share
    (origin,) = document["origins"]
    assert origin["robust"]["same_as"] in {route["id"] for route in origin["routes"]}


def test_a_walk_to_the_gate_near_a_crowd_is_told(tmp_path: Path) -> None:
    town = Town(three_streets(), tmp_path, gate=GATE, start=(-600, 0))
    town.crowd("beside", spot(CLEAR_OF_BOTH), "07:00", "09:00", reach_m=100)
    way = town.way("07:30")
    (said,) = [note for note in way["notices"] if note.startswith("not clear on foot")]
    assert said.startswith("not clear on foot: the last 90 m to Gate pass near a reported zone")
    assert not [n for n in town.way("06:00")["notices"] if n.startswith("not clear on foot")]


def test_a_search_that_forgets_the_crowd_is_caught_by_the_check(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind(self: Problem, doors: Any, _risk: Any) -> Problem:
        hours = tuple(door.hours for door in doors)
        return replace(self, doors=tuple(doors), openings=hours)

    monkeypatch.setattr(Problem, "facing", blind)
    question = ask(SITE, at("07:30"), town.workspace.timezone)
    failures = make_plan(town.workspace, question).document["verification"]["failures"]
    assert {failure["rule"] for failure in failures} == {"gate_clear"}


def test_what_is_left_of_hours_is_second_for_second_what_no_crowd_takes() -> None:
    draw = np.random.default_rng(7)
    for _ in range(300):
        ends = np.sort(draw.choice(60, 4, replace=False))
        spans = [(int(ends[0]), int(ends[1])), (int(ends[2]), int(ends[3]))]
        gone = tuple(int(x) for x in np.sort(draw.choice(60, 2, replace=False)))
        left = without(spans, (gone[0], gone[1]))
        for second in range(60):
            in_spans = any(a <= second < b for a, b in spans)
            expected = in_spans and not gone[0] <= second < gone[1]
            assert any(a <= second < b for a, b in left) == expected
