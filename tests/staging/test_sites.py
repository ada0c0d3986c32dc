"""Which sites of the toy town may be staged at."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely.geometry import Point, box

from planner.staging.candidates import shortlist
from planner.staging.exits import Exits
from planner.staging.site_wishes import SiteWishes
from planner.staging.sites import rank_sites
from tests.routes.asking import ask, node
from tests.staging.scenes import WINDOW, scene
from tests.town import EPSG, at, second, zone

CORNERS = ((0.0, 0.0), (400.0, 0.0))


def rank(problem, places, risk=None):
    found = rank_sites(scene(problem, places, risk))
    return found.sites, found.dropped


def test_nearest_site_in_minutes_ranks_first() -> None:
    """Three blocks beat five."""
    problem = ask(origins=CORNERS)
    sites, _ = rank(problem, [(100.0, 200.0), (300.0, 200.0)])
    assert [s.row for s in sites] == [1, 0]


CLUSTER = [(300.0, 200.0), (310.0, 200.0), (320.0, 200.0), (330.0, 200.0)]
"""Four lots on one block."""


def test_of_lots_on_one_block_two_are_told_and_one_further_off() -> None:
    """What comes near one comes near all: the third place goes to another block."""
    seen = scene(ask(origins=CORNERS), [*CLUSTER, (0.0, 100.0)])
    found = rank_sites(seen, wanted=3)
    rows = [site.row for site in found.sites]
    assert 4 in rows
    assert len(set(rows) & {0, 1, 2, 3}) == 2
    scores = [site.score for site in found.sites]
    assert scores == sorted(scores, reverse=True)
    whys = [out.why for out in found.out]
    assert all(why.endswith(", near two chosen") for why in whys)
    assert len(whys) == 2


def test_lots_on_one_block_fill_up_where_no_others_are_left() -> None:
    seen = scene(ask(origins=CORNERS), CLUSTER)
    both = [{site.row for site in rank_sites(seen, wanted=n).sites} for n in (2, 4)]
    assert both[0] < both[1] == {0, 1, 2, 3}


def test_a_lot_that_was_asked_for_is_told_beside_two_others() -> None:
    problem = ask(origins=CORNERS)
    seen = scene(problem, [*CLUSTER, (0.0, 100.0)])
    others = [out.row for out in rank_sites(seen, wanted=3).out]
    ids = [str(seen.sites["id"].iloc[row]) for row in others]
    found = rank_sites(seen, SiteWishes(locked=tuple(ids)), wanted=4)
    assert set(others) <= {site.row for site in found.sites}


def test_site_with_risk_in_the_window_is_dropped_even_when_calm_at_the_arrival() -> None:
    """The crowd comes at 08:30; arrival is at 08:00."""
    problem = ask(zone(box(80, 180, 120, 220), starts_at=at(8.5)), origins=CORNERS)
    sites, dropped = rank(problem, [(100.0, 200.0), (300.0, 300.0)])
    assert [s.row for s in sites] == [1]
    assert dropped["risk or a closure at the site in the window"] == 1


def test_site_on_risky_ground_is_dropped() -> None:
    """Risk on the site itself counts, not only on its street."""
    sites, _ = rank(ask(origins=CORNERS), [(100.0, 200.0)], risk=[0.2])
    assert sites == ()


def test_site_with_one_way_out_is_dropped() -> None:
    """The far bank hangs on one bridge."""
    problem = ask(origins=((0.0, 400.0), (400.0, 400.0)), gates=[((200.0, 0.0), [(0, 86400)])])
    sites, dropped = rank(problem, [(100.0, -100.0)])
    assert sites == ()
    assert dropped["no two separate ways out to two gateways"] == 1


def test_site_that_may_not_be_used_in_the_window_falls_out_with_its_reason() -> None:
    problem = ask(origins=CORNERS)
    seen = scene(problem, [(100.0, 200.0), (300.0, 200.0)], barred=["", "shut on Mondays"])
    found = rank_sites(seen)
    assert [s.row for s in found.sites] == [0]
    assert [(out.row, out.why) for out in found.out] == [(1, "shut on Mondays")]
    assert found.dropped == {"shut on Mondays": 1}


def test_two_exits_share_no_street_and_reach_two_gateways() -> None:
    """Neither an arc nor its twin is on both."""
    problem = ask(origins=CORNERS)
    pair = Exits(problem, **WINDOW).pair(node(problem.network, (200.0, 200.0)))
    assert pair is not None
    first, second_, shared_m = pair
    assert shared_m == 0.0
    assert not np.isin(problem.roads[second_.arcs], problem.roads[first.arcs]).any()
    assert first.gateway != second_.gateway


def test_shortlist_keeps_the_nearest_with_room() -> None:
    """10 vehicles at 30 m2 need 300 m2."""
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "capacity_m2": [900.0, 299.0, np.nan]},
        geometry=[Point(500, 0).buffer(20), Point(100, 0), Point(10, 0)],
        crs=EPSG,
    )
    assert shortlist(frame, Point(0, 0), vehicles=10)["id"].tolist() == ["a"]
    assert shortlist(frame, Point(0, 0), vehicles=40).empty


def test_gate_that_is_shut_leaves_sites_to_wait_at_until_it_opens() -> None:
    """The gate opens at 09:00, asked for 08:00: the nearer site on a free day comes first."""
    problem = ask(origins=CORNERS, gates=[((400.0, 400.0), [(second(9), second(20))])])
    sites, _ = rank(problem, [(100.0, 200.0), (300.0, 200.0)])
    assert [(s.row, s.open) for s in sites] == [(1, False), (0, False)]
