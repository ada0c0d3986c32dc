"""Choke points: told once, for all origins they hold for, to those who ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.marking import Marking
from planner.briefing.reader import readable
from planner.cli.text import plan_words
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.pace.choke import with_choke_points
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan import Plan


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))


@pytest.fixture(scope="module")
def points(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = with_choke_points(plan).document["choke_points"]
    return found


def test_nobody_is_told_who_does_not_ask(plan: Plan) -> None:
    assert plan.document["choke_points"] is None
    assert "choke point" not in plan_words(plan.document)


def test_every_way_of_the_plan_uses_what_is_called_forced(
    plan: Plan, points: list[dict[str, Any]]
) -> None:
    """One road at least of every choke point lies on each route of its origins."""
    assert points
    lines = {
        origin["id"]: [set(map(tuple, r["geometry"]["coordinates"])) for r in origin["routes"]]
        for origin in plan.document["origins"]
    }
    for point in points:
        assert len(point["roads"]) == point["value"]
        for key in point["origins"]:
            for line in lines[key]:
                assert any(
                    set(map(tuple, road["geometry"]["coordinates"])) <= line
                    for road in point["roads"]
                )


def test_each_is_told_once_and_those_of_most_origins_first(points: list[dict[str, Any]]) -> None:
    assert len({point["text"] for point in points}) == len(points)
    counts = [len(point["origins"]) for point in points]
    assert counts == sorted(counts, reverse=True)


def test_terminal_tells_them(plan: Plan, points: list[dict[str, Any]]) -> None:
    told = plan_words(with_choke_points(plan).document)
    assert all(f"choke point: {point['text']}" in told for point in points)


def test_no_reader_of_a_briefing_sees_them(plan: Plan, points: list[dict[str, Any]]) -> None:
    document = with_choke_points(plan).document
    for marking in Marking:
        shown = json.dumps(readable(document, marking), ensure_ascii=False)
        assert not any(point["text"] in shown for point in points)
