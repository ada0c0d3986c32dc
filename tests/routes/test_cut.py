"""Minimum cuts against every set of roads of a small network."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from planner.routes.cut import least_cut
from planner.routes.forced import forced_arcs
from planner.routes.primary import primary_ways
from tests.routes.asking import DAY, ask
from tests.town import make_network

if TYPE_CHECKING:
    from planner.routes.problem import Problem

NONE = np.zeros(0, np.int32)


def drawn(seed: int) -> Problem:
    """A ladder of two or three rows, each 400 m apart, with streets left out or drawn twice."""
    rng = np.random.default_rng(seed)
    places = [(x * 400.0, y * 400.0) for x in range(4) for y in range(3)]
    streets = [
        (a, b, f"{n}")
        for n, (a, b) in enumerate(combinations(places, 2))
        if abs(a[0] - b[0]) + abs(a[1] - b[1]) == 400 and rng.random() < 0.75
    ]
    streets += [(places[0], places[1], "x"), (places[-1], places[-2], "y")]
    network = make_network(streets)
    return ask(network=network, origins=[places[0]], gates=[(places[-1], [DAY])])


def leads(problem: Problem, without: set[int]) -> bool:
    """Whether a way leads from the origin to the gate when some roads are shut."""
    network = problem.network
    reached, left = set(), [int(problem.origins[0])]
    while left:
        at = left.pop()
        if at in reached:
            continue
        reached.add(at)
        left += [
            int(network.head[a]) for a in np.flatnonzero(network.tail == at)
            if int(problem.roads[a]) not in without
        ]  # fmt: skip
    return int(problem.gate_nodes[0]) in reached


def cuts_of(problem: Problem, size: int, spared: set[int]) -> list[set[int]]:
    """Every set of so many roads without which no way leads."""
    roads = sorted({int(r) for r in problem.roads} - spared)
    return [set(some) for some in combinations(roads, size) if not leads(problem, set(some))]


@pytest.mark.parametrize("seed", range(60))
def test_cut_is_as_small_as_any_set_of_roads(seed: int) -> None:
    problem = drawn(seed)
    found = least_cut(problem, problem.origins, NONE)
    if not leads(problem, set()):
        assert found is None
        return
    smallest = next((k for k in (1, 2, 3) if cuts_of(problem, k, set())), None)
    if smallest is None:
        assert found is None
        return
    assert found is not None
    assert len(found.arcs) == smallest
    assert set(problem.roads[found.arcs].tolist()) in cuts_of(problem, smallest, set())


@pytest.mark.parametrize("seed", range(60))
def test_cut_beyond_what_is_forced_holds_none_of_it(seed: int) -> None:
    """Roads that are cuts by themselves are set aside; the next cut is as small as any of the rest."""
    problem = drawn(seed)
    (primary,) = primary_ways(problem, problem.free_tree().cost)
    if primary is None:
        return
    forced = forced_arcs(problem, primary)
    roads = set(problem.roads[forced].tolist())
    assert roads == set().union(*cuts_of(problem, 1, set()))
    found = least_cut(problem, problem.origins, forced)
    smallest = next((k for k in (2, 3) if cuts_of(problem, k, roads)), None)
    if smallest is None:
        assert found is None
        return
    assert found is not None
    assert len(found.arcs) == smallest
    assert set(problem.roads[found.arcs].tolist()) in cuts_of(problem, smallest, roads)


def test_cut_nearest_to_the_gate_is_told() -> None:
    """Two pairs of roads in a row: the second pair."""
    a, b, c = (0.0, 0.0), (1000.0, 0.0), (2000.0, 0.0)
    streets = [
        (a, (500.0, 300.0), "one"), ((500.0, 300.0), b, "one"), (a, (500.0, -300.0), "two"),
        ((500.0, -300.0), b, "two"), (b, (1500.0, 400.0), "three"), ((1500.0, 400.0), c, "three"),
        (b, (1500.0, -400.0), "four"), ((1500.0, -400.0), c, "four"),
    ]  # fmt: skip
    problem = ask(network=make_network(streets), origins=[a], gates=[(c, [DAY])])
    found = least_cut(problem, problem.origins, NONE)
    assert found is not None
    names = {problem.network.names[problem.network.name[arc]] for arc in found.arcs}
    assert names == {"three", "four"}
    assert set(problem.network.head[found.arcs].tolist()) == {int(problem.gate_nodes[0])}


def test_origin_within_the_last_approach_has_no_cut() -> None:
    problem = ask(origins=[(300.0, 400.0)])
    assert least_cut(problem, problem.origins, NONE) is None


@pytest.mark.parametrize("seed", range(20))
def test_cut_of_several_origins_parts_all_of_them(seed: int) -> None:
    """Two origins at once: as small as any set of roads that parts both."""
    problem = drawn(seed)
    corners = [int(problem.origins[0]), int(np.argmax(problem.network.node_xy @ [1.0, -2.0]))]
    found = least_cut(problem, corners, NONE)
    parting = [
        k for k in (1, 2, 3)
        if any(
            all(not leads(replace(problem, origins=np.array([o])), set(some)) for o in corners)
            for some in combinations(sorted(set(problem.roads.tolist())), k)
        )
    ]  # fmt: skip
    open_ = any(leads(replace(problem, origins=np.array([o])), set()) for o in corners)
    if not open_ or not parting:
        assert found is None
    else:
        assert found is not None
        assert len(found.arcs) == parting[0]
