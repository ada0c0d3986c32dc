"""Movement about chosen sites of the toy town."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import Point, box

from planner.staging.fallback import APART_M
from planner.staging.movement import DETOUR_S, movements
from planner.staging.nearby import NEAR_M
from planner.staging.sites import rank_sites
from tests.routes.asking import ask, node
from tests.staging.scenes import WINDOW, scene
from tests.town import make_network, risk_of, town_streets, zone

CORNERS = ((0.0, 0.0), (400.0, 0.0), (0.0, 400.0))
WEST, EAST, MIDDLE = (0.0, 100.0), (400.0, 100.0), (200.0, 200.0)
FAR = (0.0, -100.0)


def town(*zones, stretch=1.0):
    """The question, the risk of some zones; a town whose streets are longer by a factor."""
    streets = [((a[0] * stretch, a[1] * stretch), (b[0] * stretch, b[1] * stretch), name)
               for a, b, name in town_streets()]  # fmt: skip
    network = make_network(streets)
    risk = risk_of(network, *zones)
    stretched = [(x * stretch, y * stretch) for x, y in CORNERS]
    gate = (400.0 * stretch, 400.0 * stretch)
    problem = ask(
        network=network, field=risk.field, origins=stretched, gates=[(gate, [(0, 86400)])]
    )
    return problem, risk


def moves(problem, risk, places, **more):
    """Return the scene, the chosen sites by row, the movement about each by row."""
    seen = scene(problem, places, reported=risk, **more)
    sites = rank_sites(seen).sites
    return seen, {site.row: site for site in sites}, dict(
        zip([site.row for site in sites], movements(seen, sites), strict=True))  # fmt: skip


def test_ways_in_are_there_when_the_window_begins() -> None:
    """From three gateways, the nearest first."""
    _, _, moved = moves(*town(), [WEST])
    ways = moved[0].ways_in
    assert [one.way.arrive for one in ways] == [WINDOW["since"]] * 3
    took = [one.way.arrive - one.way.depart for one in ways]
    assert took == sorted(took)
    assert ways[0].origin == 0


def test_clear_way_in_goes_before_one_that_is_not() -> None:
    """A crowd stands where one gateway lies: whoever comes from there passes it."""
    problem, risk = town(zone(Point(0.0, 0.0).buffer(5), size_low=20, size_high=20))
    _, _, moved = moves(problem, risk, [(300.0, 300.0)])
    told = [one.way.max_risk < problem.clear_below for one in moved[0].ways_in]
    assert told[:2] == [True, True]
    assert told == sorted(told, reverse=True)


def test_hold_points_lie_towards_the_gate_and_lengthen_the_way_by_little() -> None:
    seen, sites, moved = moves(*town(), [WEST, MIDDLE, FAR, (300.0, 300.0)])
    problem = seen.problem
    for row, movement in moved.items():
        takes = sites[row].to_gate.arrive - sites[row].to_gate.depart
        for hold in movement.holds:
            way = seen.ways[hold.row]
            assert hold.row != row
            assert way.arrive - way.depart < takes
            assert (
                hold.detour_s == max(0, hold.time_s + way.arrive - way.depart - takes) <= DETOUR_S
            )
    assert {hold.row for hold in moved[0].holds} == {1, 3}
    assert problem.clear_below > 0


@pytest.mark.parametrize("spoilt", ["risk", "use", "road"])
def test_place_that_is_risky_or_not_usable_or_a_carriageway_is_no_hold_point(spoilt: str) -> None:
    problem, risk = town()
    more = {"use": {"barred": ["", "shut on Mondays"]}}.get(spoilt, {})
    seen = scene(problem, [WEST, MIDDLE], reported=risk, **more)
    sites = [site for site in rank_sites(seen).sites if site.row == 0]
    assert movements(scene(problem, [WEST, MIDDLE], reported=risk), sites)[0].holds
    if spoilt == "risk":
        seen = replace(seen, risk=np.array([0.0, 0.3]))
    if spoilt == "road":
        ground = seen.sites.geometry.copy()
        ground.iloc[1] = box(150, 150, 250, 250)
        seen = replace(seen, sites=seen.sites.set_geometry(ground))
    assert movements(seen, sites)[0].holds == ()


def test_fallback_lies_apart_and_its_way_shares_no_street_with_the_way_to_the_gate() -> None:
    """Without a report: 600 m apart at least."""
    seen, sites, moved = moves(*town(stretch=3.0), [(0.0, 300.0), (300.0, 300.0), (1200.0, 0.0)])
    to = moved[0].fallback
    assert to is not None
    other = to.row
    assert seen.sites.geometry.iloc[0].distance(seen.sites.geometry.iloc[other]) >= APART_M
    roads = seen.problem.roads
    assert not np.isin(roads[to.move.arcs], roads[sites[0].to_gate.arcs]).any()
    assert to.shared_m == 0
    network = seen.problem.network
    assert network.tail[to.move.arcs[0]] == node(network, (0.0, 300.0))
    assert network.head[to.move.arcs[-1]] == seen.nodes[other]


def test_one_falls_back_to_a_usable_site_that_was_not_among_the_chosen() -> None:
    """Helsinki told three sites "no fallback": only the chosen were looked at, side by side."""
    places = [(0.0, 300.0), (300.0, 300.0), (1200.0, 0.0)]
    problem, risk = town(stretch=3.0)
    seen = scene(problem, places, reported=risk)
    sites = [site for site in rank_sites(seen).sites if site.row != 2]
    assert [moved.fallback for moved in movements(seen, sites)] == [None, None]
    assert [moved.fallback.row for moved in movements(seen, sites, spare=[2])] == [2, 2]


def test_a_long_way_round_is_no_reason_to_share_no_street(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Heidelberg a fallback five minutes off was told with a way of 41 minutes round the town."""
    places = [(0.0, 300.0), (900.0, 600.0)]
    problem, risk = town(stretch=3.0)
    seen = scene(problem, places, reported=risk)
    site = next(site for site in rank_sites(seen).sites if site.row == 0)
    apart = movements(seen, [site], spare=[1])[0].fallback
    monkeypatch.setattr("planner.staging.fallback.LONG_S", apart.move.time_s - 1)
    near = movements(seen, [site], spare=[1])[0].fallback
    assert (apart.shared_m, apart.row, near.row) == (0.0, 1, 1)
    assert near.move.time_s <= apart.move.time_s
    # Where there is no shorter one, the long way is told.
    monkeypatch.setattr("planner.staging.fallback.LONG_S", 0)
    assert movements(seen, [site], spare=[1])[0].fallback.move.time_s == apart.move.time_s


def test_nobody_falls_back_to_a_dead_end() -> None:
    """Two ways out are looked for before a site beyond the only bridge is told."""
    places = [(0.0, 300.0), (1200.0, -300.0)]
    problem, risk = town(stretch=3.0)
    seen = scene(problem, places, reported=risk)
    (site,) = rank_sites(seen).sites
    assert site.row == 0
    assert movements(seen, [site], spare=[1])[0].fallback is None
    # Where nobody asks for two ways out, it is as good as any.
    there = movements(seen, [site], spare=[1], apart=False)[0].fallback
    assert there is not None
    assert there.row == 1


def test_site_with_none_far_enough_has_no_fallback() -> None:
    """In a town of 400 m all lie within reach of one report."""
    _, _, moved = moves(*town(), [WEST, EAST])
    assert [movement.fallback for movement in moved.values()] == [None, None]


def test_fallback_is_not_what_the_same_report_reaches_first() -> None:
    """The crowd stands between the site and one that is nearer in minutes."""
    crowd = zone(Point(750.0, 300.0).buffer(20))
    problem, risk = town(crowd, stretch=3.0)
    places = [(0.0, 300.0), (1200.0, 300.0), (0.0, 1200.0)]
    seen, _, moved = moves(problem, risk, places)
    movement = moved[0]
    assert movement.near_report is not None
    assert movement.near_report.zone == str(crowd["id"])
    assert movement.near_report.within_m == pytest.approx(
        min(NEAR_M, movement.near_report.distance_m / 2)
    )
    if movement.fallback is not None:
        ground = seen.sites.geometry.iloc[movement.fallback.row]
        gap = min(f.kept_clear.distance(ground) for f in risk.footprints)
        assert gap >= movement.near_report.distance_m + NEAR_M
        touched = problem.field.touched(WINDOW["since"], WINDOW["until"])
        assert not touched[movement.fallback.move.arcs].any()


def test_report_far_away_is_no_trigger_of_its_own() -> None:
    """Beyond 800 m anything reported near the site counts alike."""
    problem, risk = town(zone(Point(1200.0, 1200.0).buffer(10)), stretch=3.0)
    _, _, moved = moves(problem, risk, [(0.0, 0.0)])
    assert all(movement.near_report is None for movement in moved.values())


def test_forbidden_or_barred_place_is_no_hold_point() -> None:
    problem, risk = town()
    seen = scene(problem, [WEST, MIDDLE, (300.0, 300.0)], reported=risk)
    sites = [site for site in rank_sites(seen).sites if site.row == 0]
    assert {hold.row for hold in movements(seen, sites)[0].holds} == {1, 2}
    assert {hold.row for hold in movements(seen, sites, unfit={1})[0].holds} == {2}


def test_nobody_holds_nearer_to_a_report_than_the_site_lies() -> None:
    """A place towards the gate, at the side of a crowd, is no place to hold."""
    problem, risk = town(zone(Point(330.0, 210.0).buffer(5), size_low=20, size_high=20))
    seen, sites, moved = moves(problem, risk, [WEST, MIDDLE, (300.0, 300.0)])
    crowd = [f.kept_clear for f in risk.footprints]
    gap = {row: min(c.distance(seen.sites.geometry.iloc[row]) for c in crowd) for row in range(3)}
    assert 0 in sites
    assert min(gap[1], gap[2]) < min(NEAR_M, gap[0])
    for row, movement in moved.items():
        for hold in movement.holds:
            assert gap[hold.row] >= min(NEAR_M, gap[row])


def test_fallback_of_a_calm_site_does_not_lie_beside_a_report() -> None:
    """Without a report near, one still does not flee to the side of another."""
    crowd = zone(Point(1000.0, 450.0).buffer(5), size_low=20, size_high=20)
    problem, risk = town(crowd, stretch=3.0)
    places = [(0.0, 300.0), (1200.0, 300.0)]
    seen, sites, moved = moves(problem, risk, places)
    crowds = [f.kept_clear for f in risk.footprints]
    gap = [min(c.distance(seen.sites.geometry.iloc[row]) for c in crowds) for row in range(2)]
    assert set(sites) == {0, 1}
    assert gap[1] < NEAR_M < APART_M < gap[0]
    assert moved[0].near_report is None
    assert moved[0].fallback is None
    assert moved[1].fallback is not None


def test_two_lots_side_by_side_are_one_place_to_hold() -> None:
    """The second of them, and one beside the site itself, give a driver no choice."""
    problem, risk = town()
    seen = scene(problem, [WEST, MIDDLE, MIDDLE, (300.0, 300.0), WEST], reported=risk)
    ground = seen.sites.geometry.copy()
    ground.iloc[2], ground.iloc[4] = Point(240.0, 200.0), Point(0.0, 140.0)
    seen = replace(seen, sites=seen.sites.set_geometry(ground))
    sites = [site for site in rank_sites(seen).sites if site.row == 0]
    told = [hold.row for hold in movements(seen, sites)[0].holds]
    assert len({1, 2} & set(told)) == 1
    assert 3 in told
    assert 4 not in told
