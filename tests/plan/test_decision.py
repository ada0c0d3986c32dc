"""The last point at which a driver can still change to another way."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from shapely.geometry import LineString

from planner.cli.text import plan_words
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.pace.decision import Change, decisions, last_change
from planner.plan.question import ask
from planner.plan.words import latest
from planner.scenario import ARRIVE, FACILITY
from tests.plan.drawn import answer_of, drive, problem_of
from tests.town import arc, at, closures_frame, make_network, town_streets

if TYPE_CHECKING:
    from pathlib import Path

    from planner.network.graph import Network

TOWN = make_network(town_streets())
Place = tuple[float, float]


def places(*crossings: tuple[int, int]) -> list[Place]:
    """Crossings in blocks as places."""
    return [(100.0 * x, 100.0 * y) for x, y in crossings]


STRAIGHT = places((0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (4, 1), (4, 2))
TWICE = places((0, 0), (0, 1), (1, 1), (1, 0), (2, 0), (2, 1), (3, 1), (4, 1), (4, 2))
"""Leaves the straight way at the start, again at (2, 0); joins it at (4, 1)."""


def closed(a: Place, b: Place) -> Any:
    """A closure of the whole day between two places."""
    row = {"id": "c", "name": "", "kind": "works", "starts_at": at(0), "ends_at": at(23)}
    return closures_frame(row | {"geometry": LineString([a, b])})


def changes(*ways: list[Place], network: Network = TOWN, **more: Any) -> list[Change | None]:
    problem = problem_of(network, *ways[0], **more)
    walks = [drive(problem, *way) for way in ways]
    return [last_change(problem, walks, i) for i in range(len(walks))]


def test_last_place_where_two_ways_part_counts() -> None:
    """Both drive from (1, 0) to (2, 0); there the one goes on, the other turns off."""
    first, second = changes(STRAIGHT, TWICE)
    assert first is not None
    assert second is not None
    assert (first.after, first.onto) == (2, 4)
    assert (second.after, second.onto) == (4, 2)


def test_two_lanes_round_an_island_are_no_place_to_change() -> None:
    """The ways join at (80, 0), go round either side of an island, and end alike.

    (0, 50)--------(80, 50)
       |              |       __(110, 5)_
    (0, 0)---------(80, 0)--(100, 0)--(120, 0)--(200, 0)
    """
    own: list[Place] = [(0, 0), (80, 0), (100, 0), (120, 0), (200, 0)]
    other: list[Place] = [
        (0, 0), (0, 50), (80, 50), (80, 0), (100, 0), (110, 5), (120, 0), (200, 0),
    ]  # fmt: skip
    lines = dict.fromkeys((*pairwise(own), *pairwise(other)))
    network = make_network([(a, b, "Main") for a, b in lines])
    first, second = changes(own, other, network=network)
    assert first is not None
    assert second is not None
    assert (first.after, second.after) == (0, 0)


def test_ways_that_part_at_once_are_chosen_at_the_gateway() -> None:
    other = places((0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (3, 2), (4, 2))
    first, second = changes(STRAIGHT, other)
    assert first == Change(0, 1, 0, 28800)
    assert second == Change(0, 0, 0, 28800)


def test_street_crossed_or_met_again_is_no_place_to_change() -> None:
    """The other crosses at (2, 1), joins at the end: sharing a node is not enough."""
    own = places((0, 1), (1, 1), (2, 1), (3, 1), (4, 1))
    other = places((0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (3, 2), (4, 2), (4, 1))
    first, second = changes(own, other)
    assert first is not None
    assert second is not None
    assert (first.after, second.after) == (0, 0)


def test_way_that_is_shut_by_then_is_no_way_to_change_to() -> None:
    """The street from (2, 1) is closed: the last change to the other way is none at all."""
    first, second = changes(STRAIGHT, TWICE, closures=closed((200.0, 100.0), (300.0, 100.0)))
    assert first is None
    assert second is not None


def test_way_that_is_not_clear_any_more_by_then_is_no_way_to_change_to() -> None:
    """By itself it is through a street ten seconds before a crowd is there; who changes is not.

    A way told as that exposed from the start is one to change to all the same.
    """
    far = places((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (1, 3), (0, 3), (0, 4), (1, 4),
                 (2, 4), (3, 4), (4, 4), (4, 3), (4, 2))  # fmt: skip
    calm = problem_of(TOWN, *STRAIGHT)
    row = np.full(calm.graph.n_arcs, -1, np.int32)
    row[arc(TOWN, (200.0, 400.0), (300.0, 400.0))] = 0
    found = []
    for begins in (28900, 28770, 28000):
        crowd = replace(
            calm.field, breaks=np.array([0, begins, 86400]), row=row, risk=np.array([[0.0, 0.5]])
        )
        problem = replace(calm, field=crowd)
        walks = [drive(problem, *way) for way in (STRAIGHT, far)]
        found.append((walks[1].max_risk, last_change(problem, walks, 0)))
    risks, (after, by_then, before) = zip(*found, strict=True)
    assert risks == (0.0, 0.0, 0.5)
    assert by_then is None
    assert after is not None
    assert before is not None


def test_latest_of_several_others_is_told() -> None:
    third = places((0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (4, 1), (4, 2))
    first, *_ = changes(STRAIGHT, TWICE, third)
    assert first is not None
    assert (first.after, first.other) == (3, 2)


def test_one_way_alone_has_no_decision() -> None:
    assert changes(STRAIGHT) == [None]


def test_record_names_the_junction_and_the_other_way() -> None:
    problem = problem_of(TOWN, *STRAIGHT)
    walks = [drive(problem, *STRAIGHT), drive(problem, *TWICE)]
    routes = [
        {"id": f"o:{role}", "role": role, "entrance_name": "North gate"}
        for role in ("primary", "alternate")
    ]
    record, _ = decisions(answer_of(problem), walks, routes)
    assert record is not None
    assert record["to"] == "o:alternate"
    assert record["after_m"] == 200.0
    assert record["at"] == "2026-03-02T07:59:20+00:00"
    assert record["text"] == (
        "Last point to change: Street 1 at Avenue 2, 07:59 - from there the second choice by Street 2 "
        "reaches North gate at 08:00"
    )


def test_late_arrival_by_the_other_way_is_said() -> None:
    far = places((0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (1, 3), (0, 3), (0, 4), (1, 4),
                 (2, 4), (3, 4), (4, 4), (4, 3), (4, 2))  # fmt: skip
    problem = problem_of(TOWN, *STRAIGHT)
    walks = [drive(problem, *STRAIGHT), drive(problem, *far)]
    routes = [{"id": r, "role": r, "entrance_name": "G"} for r in ("primary", "emergency")]
    record, _ = decisions(answer_of(problem), walks, routes)
    assert record is not None
    assert record["text"].endswith("reaches G at 08:01, 1 min late")


@pytest.fixture(scope="module")
def document(bundled: Path) -> dict[str, Any]:
    workspace = Workspace.open(bundled)
    return make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone)).document


def test_bundled_plan_tells_each_driver_a_point_on_the_way(document: dict[str, Any]) -> None:
    assert document["verification"]["passed"]
    for origin in document["origins"]:
        ids = {route["id"] for route in origin["routes"]}
        for route in origin["routes"]:
            decision = route["decision"]
            if decision is None:
                continue
            assert decision["to"] in ids - {route["id"]}
            assert route["depart"] <= decision["at"] < route["arrive"]
            assert [decision["lon"], decision["lat"]] in route["geometry"]["coordinates"]


def test_ways_are_called_by_their_rank_in_every_sentence(document: dict[str, Any]) -> None:
    """PACE names stand in ids and roles, and behind the rank in the terminal."""
    said = [document["headline"], *document["explanations"]]
    for origin in document["origins"]:
        said += origin["unmet"]
        for route in origin["routes"]:
            said += [route["use_when"], (route["decision"] or {"text": ""})["text"]]
    assert not re.search(r"alternate|contingency|emergency|primary", " ".join(said))
    shown = plan_words(document)
    assert "  first choice (primary): " in shown
    assert "  second choice (alternate): " in shown


def test_first_choice_tells_no_share_of_itself(document: dict[str, Any]) -> None:
    lines = [line for line in plan_words(document).splitlines() if line.startswith("  ")]
    own = [line for line in lines if line.startswith("  first choice (primary)")]
    assert own
    assert not any(", shared " in line for line in own)
    assert any(", shared " in line for line in lines)


def test_bundled_plan_reads_well_in_length(document: dict[str, Any]) -> None:
    for origin in document["origins"]:
        for route in origin["routes"]:
            steps = route["steps"]
            assert 3 <= len(steps) <= 26
            assert sum(s["time_s"] for s in steps) == route["time_s"]
            assert sum(s["length_m"] for s in steps) == pytest.approx(route["length_m"], abs=1)


def test_terminal_shows_the_best_way_street_by_street(document: dict[str, Any]) -> None:
    origin = next(o for o in document["origins"] if o["name"] in document["headline"])
    route = origin["routes"][0]
    shown = plan_words(document).splitlines()
    begin = shown.index(f"street by street, first choice from {origin['name']}") + 1
    ends = begin + len(route["steps"])
    assert [line[9:] for line in shown[begin:ends]] == [s["text"] for s in route["steps"]]
    assert shown[ends].strip() == route["decision"]["text"]
    # The first street's hour is not that of "leave by": it is said which of them it is.
    assert route["margin_s"] > 0
    assert shown[ends + 1].strip() == latest(route)
    assert f"leaving at {shown[begin].split()[0]}," in latest(route)
