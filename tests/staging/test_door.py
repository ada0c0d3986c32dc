"""Sites beside a one-way street: their two ways out begin as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planner.staging.exits import Exits
from planner.staging.sites import rank_sites
from tests.routes.asking import ask, node
from tests.staging.scenes import WINDOW, scene
from tests.town import arc, make_network, town_streets

CORNERS = ((0.0, 0.0), (400.0, 0.0))
SITE, DOOR, OUT = (250.0, 250.0), (250.0, 200.0), ((200.0, 200.0), (300.0, 200.0))


def beside_a_lane(length_m: float):
    """The town, and a site whose only road is a lane to Street 3."""
    kept = [s for s in town_streets() if s[:2] != OUT]
    lane = [(OUT[0], DOOR, "Street 3"), (DOOR, OUT[1], "Street 3"), (SITE, DOOR, "Lane")]
    network = make_network([*kept, *lane])
    length = network.length_m.copy()
    length[arc(network, SITE, DOOR)] = length_m
    return ask(network=replace(network, length_m=length), origins=CORNERS)


def test_ways_share_the_lane_and_nothing_after_it() -> None:
    """50 m of lane, then west and east."""
    problem = beside_a_lane(50.0)
    exits, site = Exits(problem, **WINDOW), node(problem.network, SITE)
    assert exits.pair(site) is None
    first, other, shared_m = exits.pair(site, door_m=150.0)
    assert shared_m == 50.0
    assert first.arcs[0] == other.arcs[0]
    assert not np.isin(problem.roads[other.arcs[1:]], problem.roads[first.arcs[1:]]).any()


def test_lane_longer_than_a_block_does_not_count() -> None:
    """200 m of lane is a trap."""
    problem = beside_a_lane(200.0)
    assert Exits(problem, **WINDOW).pair(node(problem.network, SITE), door_m=150.0) is None


def test_site_with_a_free_choice_ranks_before_one_beside_a_lane() -> None:
    """The lane's site is nearer to the gate."""
    problem = beside_a_lane(50.0)
    sites = rank_sites(scene(problem, (SITE, (0.0, 100.0)))).sites
    assert [(s.row, s.door_m) for s in sites] == [(1, 0.0), (0, 50.0)]
