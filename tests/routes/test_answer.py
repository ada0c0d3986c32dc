"""Ways in through the toy town: primary, alternates, options, none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import LineString, box

from planner.routes.answer import answer_all
from planner.routes.forced import forced_arcs
from planner.routes.options import undominated
from planner.routes.primary import best_of_trees, primary_ways
from planner.routes.walk import shared_share
from tests.routes.asking import ask
from tests.town import at, closures_frame, make_network, second, zone

STREET_2 = LineString([(100, 200), (300, 200)])


def answer(problem):
    return answer_all(problem, problem.free_tree().cost)


def test_free_day_primary_is_the_shortest_way_and_arrives_at_the_last_moment() -> None:
    """Eight blocks of 10 s: leave 80 s before, no exposure, proven."""
    problem = ask()
    (found,) = answer(problem)
    way = found.routes[0]
    assert way.arrive == problem.arrive
    assert way.arrive - way.depart == 80
    assert way.exposure_s == 0
    assert way.proven


def test_alternates_share_at_most_sixty_percent_with_the_primary() -> None:
    """The grid has room for three, each within its stretch."""
    problem = ask(gates=[((400.0, 400.0), [(0, 86400)]), ((0.0, 400.0), [(0, 86400)])])
    (found,) = answer(problem)
    assert len(found.routes) >= 3
    for way in found.routes[1:]:
        assert shared_share(problem, way, found.routes[0]) <= 0.6


def test_gate_that_must_be_reached_early_has_a_way_of_its_own() -> None:
    """The road to the second gate shuts at 07:55; the last moment is 08:00."""
    streets = [
        ((0.0, 0.0), (100.0, 0.0), "Main"), ((100.0, 0.0), (200.0, 0.0), "Side"),
        ((200.0, 0.0), (300.0, 0.0), "Side"),
    ]  # fmt: skip
    shut = closures_frame({
        "id": "c", "name": "C", "starts_at": at(7 + 55 / 60), "ends_at": at(10), "kind": "works",
        "geometry": LineString([(110, 0), (190, 0)]),
    })  # fmt: skip
    gates = [((100.0, 0.0), [(0, 86400)]), ((300.0, 0.0), [(0, 86400)])]
    problem = ask(network=make_network(streets), closures=shut, gates=gates)
    (found,) = answer(problem)
    assert found.routes[0].gate == 0
    late, early = found.by_gate
    assert late.arrive == problem.arrive
    assert second(7.75) <= early.arrive < second(8)
    assert early.gate == 1


def test_primary_goes_round_a_zone_inside_its_window_and_straight_after_it() -> None:
    """A crowd on the only short street: longer at 08:00, free again at 12:00."""
    streets = [
        ((0.0, 0.0), (100.0, 0.0), "Main"), ((100.0, 0.0), (200.0, 0.0), "Main"),
        ((200.0, 0.0), (300.0, 0.0), "Main"), ((0.0, 0.0), (0.0, 400.0), "West"),
        ((0.0, 400.0), (300.0, 400.0), "North"), ((300.0, 400.0), (300.0, 0.0), "East"),
    ]  # fmt: skip
    crowd = zone(LineString([(120, 0), (180, 0)]), influence_m=50.0)
    asked = {"network": make_network(streets), "gates": [((300.0, 0.0), [(0, 86400)])]}
    during = answer(ask(crowd, hour=8.0, **asked))[0].routes[0]
    after = answer(ask(crowd, hour=14.0, **asked))[0].routes[0]
    assert during.arrive - during.depart == 110
    assert during.max_risk < 0.1
    assert after.arrive - after.depart == 30


def test_exact_primary_is_never_dearer_than_the_best_tree() -> None:
    """And under a moving risk the table's answer is proven."""
    march = zone(
        LineString([(0, 200), (400, 200)]), kind="march", starts_at=at(7.9), ends_at=at(8.2)
    )
    problem = ask(
        march, zone(box(250, 250, 350, 350), id="z-2"), origins=[(0.0, 0.0), (400.0, 0.0)]
    )
    exact = primary_ways(problem, problem.free_tree().cost)
    for way, tree in zip(exact, best_of_trees(problem), strict=True):
        assert way is not None
        assert tree is not None
        assert way.proven
        assert way.cost_s <= tree.cost_s + 1e-6


def test_shut_gate_sends_everybody_to_the_other() -> None:
    """The near gate opens at noon only."""
    gates = [((100.0, 0.0), [(second(12), second(13))]), ((400.0, 0.0), [(0, 86400)])]
    assert answer(ask(gates=gates))[0].routes[0].gate == 1


def test_every_gate_shut_is_no_way_through_and_opens_when_a_gate_does() -> None:
    """Nothing before nine; the first arrival is at nine."""
    problem = ask(gates=[((400.0, 400.0), [(second(9), second(10))])])
    (found,) = answer(problem)
    assert found.routes == ()
    assert found.opens == second(9)


def test_road_shut_until_half_past_opens_as_soon_as_one_can_drive_it() -> None:
    """The bridge is shut until 08:30; the drive from it to the gate takes 80 s more."""
    works = closures_frame(
        {"id": "c", "name": "Works", "starts_at": at(7), "ends_at": at(8.5), "kind": "works",
         "geometry": LineString([(100, -90), (100, -10)])}
    )  # fmt: skip
    problem = ask(closures=works, origins=[(0.0, -100.0)], gates=[((400.0, 400.0), [(0, 86400)])])
    (found,) = answer(problem)
    assert found.routes == ()
    assert found.opens == pytest.approx(second(8.5) + 80, abs=60)


def test_one_bridge_is_named_as_what_every_way_must_use() -> None:
    """From the far bank the cut is the bridge, from this bank there is none."""
    problem = ask(origins=[(0.0, -100.0), (0.0, 0.0)])
    far, here = primary_ways(problem, problem.free_tree().cost)
    names = [problem.network.names[problem.network.name[a]] for a in forced_arcs(problem, far)]
    assert set(names) == {"Street 0", "Bridge"}
    assert len(forced_arcs(problem, here)) == 0


def test_every_road_of_a_single_lane_is_forced_up_to_the_last_approach() -> None:
    """Six blocks in a row, then the gate: the first three lie further out than 300 m."""
    streets = [((x * 100.0, 0.0), (x * 100.0 + 100, 0.0), f"Block {x}") for x in range(6)]
    problem = ask(network=make_network(streets), gates=[((600.0, 0.0), [(0, 86400)])])
    (way,) = primary_ways(problem, problem.free_tree().cost)
    assert forced_arcs(problem, way).tolist() == way.arcs[:3].tolist()


def test_options_trade_minutes_for_exposure() -> None:
    """The fastest is the most exposed, and none is beaten in both."""
    crowd = zone(LineString([(350, 380), (350, 400)]), influence_m=250.0, size_low=20, size_high=30)
    (found,) = answer(ask(crowd))
    trades = [(w.arrive - w.depart, w.exposure_s) for w in found.options]
    assert trades == sorted(trades)
    assert [e for _, e in trades] == sorted((e for _, e in trades), reverse=True)
    problem = ask(crowd)
    assert undominated(problem, found.routes[0], found.options) == list(found.options)


def test_a_hold_bridges_two_closures_without_circling() -> None:
    """One road shuts before the next opens: leave early, wait between them, do not circle."""
    streets = [
        ((0.0, 0.0), (100.0, 0.0), "Far"), ((100.0, 0.0), (200.0, 0.0), "Near"),
        ((200.0, 0.0), (300.0, 0.0), "Gate"),
    ]  # fmt: skip
    # Near is shut before 08:00, Far from 07:54 on: leave early, hold between them.
    shut = closures_frame(
        {"id": "a", "name": "A", "starts_at": at(6), "ends_at": at(8) , "kind": "works",
         "geometry": LineString([(110, 0), (190, 0)])},
        {"id": "b", "name": "B", "starts_at": at(7.9), "ends_at": at(9), "kind": "works",
         "geometry": LineString([(10, 0), (90, 0)])},
    )  # fmt: skip
    asked = {
        "network": make_network(streets), "closures": shut,
        "gates": [((300.0, 0.0), [(0, 86400)])], "hour": 8 + 1 / 60,
    }  # fmt: skip
    assert answer(ask(**asked))[0].routes == ()
    way = answer(ask(rest=[(100.0, 0.0)], **asked))[0].routes[0]
    # Far is left at 07:54 sharp at the latest; Near is entered no earlier than 08:00.
    assert way.depart == second(7.9) - 10
    assert way.wait_s.tolist() == [second(8) - second(7.9), 0, 0]


def test_answers_are_the_same_twice() -> None:
    """Same input, same arcs, same seconds."""
    crowd = zone(STREET_2)
    first, second_ = answer(ask(crowd)), answer(ask(crowd))
    for a, b in zip(first[0].routes, second_[0].routes, strict=True):
        np.testing.assert_array_equal(a.arcs, b.arcs)
        np.testing.assert_array_equal(a.entered, b.entered)


def test_a_wider_arrival_window_never_costs_more() -> None:
    """More ways to be on time cannot make the best one dearer."""
    problem = ask(zone(STREET_2))
    narrow = primary_ways(replace(problem, early=0), problem.free_tree().cost)[0]
    wide = primary_ways(problem, problem.free_tree().cost)[0]
    assert wide.cost_s <= narrow.cost_s + 1e-9
