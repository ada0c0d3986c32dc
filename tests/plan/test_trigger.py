"""When a way is to be used: streets, gates and zones of the ways before, until when to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from shapely.geometry import Point

from planner.cli.text import plan_words
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.pace import trigger
from planner.plan.pace.trigger import FIRST, Bearing, triggers
from planner.plan.question import ask
from planner.plan.withhold import _within
from planner.scenario import ARRIVE, FACILITY
from tests.plan.drawn import answer_of, drive, problem_of
from tests.plan.test_decision import STRAIGHT, TOWN, TWICE, places

if TYPE_CHECKING:
    from pathlib import Path

OUTSIDE = places(
    (0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (3, 4), (4, 4), (4, 3), (4, 2)
)


def told(*ways: list[Any], gates: str = "nnnn", bearing: Any = None) -> list[dict[str, Any]]:
    """The triggers of ways; ``gates`` holds a letter for the gate of each."""
    problem = problem_of(TOWN, *ways[0])
    walks = [drive(problem, *way) for way in ways]
    roles = ("primary", "alternate", "contingency", "emergency")
    routes = [
        {"id": f"o:{role}", "role": role, "entrance": gate, "entrance_name": f"Gate {gate.upper()}",
         "leave_by": "2026-03-02T07:50:00+00:00"}
        for role, gate in zip(roles, gates, strict=True)
    ]  # fmt: skip
    answer = answer_of(problem)
    return triggers(answer, walks, routes[: len(walks)], bearing or Bearings(answer))


class Bearings(Bearing):
    """A plan without zones, unless some are given."""

    zones: Any = ()


def test_primary_is_used_first_and_has_no_facts() -> None:
    assert told(STRAIGHT)[0] == {"use_when": FIRST, "trigger": None}


def test_street_of_the_primary_that_the_way_spares_is_named_and_decided_on_before_it() -> None:
    """Street 1 is the primary's alone; the two part at the start."""
    _, second = told(STRAIGHT, OUTSIDE)
    assert second["trigger"]["streets"] == ["Street 1"]
    assert second["use_when"] == "Use when Street 1 is shut; decide at the start, 07:59."
    assert second["trigger"]["decide"]["late_s"] == 40


def test_street_that_all_ways_before_use_counts_before_one_of_each() -> None:
    """The primary and the alternate both use Street 1, the contingency does not."""
    other = places((0, 0), (1, 0), (1, 1), (2, 1), (3, 1), (4, 1), (4, 2))
    *_, third = told(STRAIGHT, other, OUTSIDE)
    assert third["trigger"]["streets"] == ["Street 1"]
    assert third["trigger"]["instead_of"] == ["o:primary", "o:alternate"]


def test_gate_is_named_where_the_way_has_another_than_all_before() -> None:
    _, second, third, _ = told(STRAIGHT, OUTSIDE, OUTSIDE, OUTSIDE, gates="nnse")
    assert second["trigger"]["gates"] == []
    assert third["trigger"]["gates"] == ["n"]
    assert "Gate N cannot be used" in third["use_when"]


@pytest.mark.parametrize(("y", "grows"), [(0, True), (400, False), (-2000, False)])
def test_zone_near_the_primary_and_far_from_the_way_grows(
    y: float, grows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the primary; on the other way; too far to reach either. The town is small."""
    monkeypatch.setattr(trigger, "GROWTH_M", 100.0)
    ground = Point(300, y).buffer(10)

    class OneZone(Bearings):
        zones: Any = (("z", ground, 100.0, "the march on Street 1"),)

    _, second = told(STRAIGHT, OUTSIDE, bearing=OneZone(answer_of(problem_of(TOWN, *STRAIGHT))))
    assert second["trigger"]["zone"] == ("z" if grows else None)
    assert ("or the march on Street 1 grows;" in second["use_when"]) == grows


def test_emergency_way_is_used_last() -> None:
    *_, fourth = told(STRAIGHT, OUTSIDE, OUTSIDE, OUTSIDE)
    assert fourth["use_when"].startswith("Use last, when ")


def test_ways_that_nothing_tells_apart_are_called_blocked() -> None:
    """Every named street of the primary is on the alternate too."""
    _, second = told(STRAIGHT, TWICE)
    assert second["use_when"].startswith(
        "Use when the first choice is blocked; decide by Street 1 at"
    )


def test_same_input_gives_the_same_words() -> None:
    assert told(STRAIGHT, TWICE, OUTSIDE) == told(STRAIGHT, TWICE, OUTSIDE)


def test_withheld_way_takes_the_triggers_that_speak_of_it_along() -> None:
    route = {"id": "a", "decision": None, "use_when": "x", "trigger": {"instead_of": ["p", "gone"]}}
    assert _within(route, {"a", "p"})["use_when"] is None
    assert _within(route, {"a", "p", "gone"}) == route


@pytest.fixture(scope="module")
def document(bundled: Path) -> dict[str, Any]:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone)).document


def test_bundled_plan_says_of_every_way_when_to_use_it(document: dict[str, Any]) -> None:
    assert document["verification"]["passed"]
    shown = plan_words(document)
    for origin in document["origins"]:
        for route in origin["routes"]:
            assert route["use_when"].endswith(".")
            assert route["use_when"] in shown
            assert len(route["use_when"]) < 260
