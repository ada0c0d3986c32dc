"""Which turns are barred."""

from __future__ import annotations

import pytest

from planner.network.graph import Access
from planner.network.restrictions import UNREAD
from tests.network.drawing import ROAD, arc_between, draw, may_follow

#            4
#            |
#      1 --- 2 --- 3        ways 7: 1-2, 8: 2-3, 9: 2-4, 6: 2-5
#            |
#            5
CROSS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (100, -100)}
WAYS = [(7, [1, 2], ROAD), (8, [2, 3], ROAD), (9, [2, 4], ROAD), (6, [2, 5], ROAD)]


def rule(kind, from_=7, to=9, via=("n", 2), **tags):
    members = [("w", from_, "from"), (*via, "via"), ("w", to, "to")]
    return [
        (1, members, {"type": "restriction", **({"restriction": kind} if kind else {}), **tags})
    ]


def turns(network, start=1, via=2):
    """Return the OSM nodes one may go on to when coming from ``start``."""
    first = arc_between(network, start, via)
    return {
        int(network.node_id[network.head[a]])
        for a in range(network.n_arcs)
        if may_follow(network, first, a)
    }


def test_without_rules_all_but_the_u_turn_is_allowed(tmp_path):
    assert turns(draw(tmp_path, CROSS, WAYS)) == {3, 4, 5}


@pytest.mark.parametrize("kind", ["no_left_turn", "no_straight_on", "no_right_turn", "no_entry"])
def test_no_rule_bars_one_turn(tmp_path, kind):
    network = draw(tmp_path, CROSS, WAYS, relations=rule(kind))
    assert turns(network) == {3, 5}
    assert turns(network, start=3) == {1, 4, 5}


def test_only_rule_bars_every_other_exit(tmp_path):
    assert turns(draw(tmp_path, CROSS, WAYS, relations=rule("only_left_turn"))) == {4}


def test_only_rule_bars_private_exits_too(tmp_path):
    ways = [*WAYS[:3], (6, [2, 5], {**ROAD, "access": "private"})]
    assert turns(draw(tmp_path, CROSS, ways, relations=rule("only_left_turn"))) == {4}


def test_rule_holds_when_its_ways_pass_through_the_node(tmp_path):
    through = [(7, [1, 2, 3], ROAD), (9, [5, 2, 4], ROAD)]
    network = draw(tmp_path, CROSS, through, relations=rule("no_left_turn"))
    assert turns(network) == {3}
    assert turns(network, start=3) == {1}
    assert turns(network, start=4) == {1, 3, 5}


def test_no_u_turn_on_one_way_bars_only_the_way_back(tmp_path):
    through = [(7, [1, 2, 3], ROAD), (9, [2, 4], ROAD)]
    network = draw(
        tmp_path,
        CROSS,
        through,
        relations=rule("no_u_turn", to=7),
        node_tags={2: {"highway": "turning_circle"}},
    )
    assert turns(network) == {3, 4}
    assert turns(network, start=4) == {1, 3, 4}


@pytest.mark.parametrize("words", ["motorcar", "bus;motor_vehicle"])
def test_rules_that_exempt_cars_are_skipped_by_name(tmp_path, words):
    network = draw(tmp_path, CROSS, WAYS, relations=rule("no_left_turn", **{"except": words}))
    assert turns(network) == {3, 4, 5}
    assert network.counts["turn restrictions skipped: cars are exempt"] == 1


def test_rules_for_others_are_skipped_by_name(tmp_path):
    network = draw(
        tmp_path, CROSS, WAYS, relations=rule(None, **{"restriction:hgv": "no_left_turn"})
    )
    assert turns(network) == {3, 4, 5}
    assert network.counts["turn restrictions skipped: for others"] == 1


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        (None, {"restriction:conditional": "no_left_turn @ (when it pleases)"}),
        (None, {"restriction:conditional": "no_left_turn @ wet; no_left_turn @ (Su)"}),
        ("no_left_turn", {"restriction:conditional": "none @ (permit_holder)"}),
        ("no_left_turn", {"hour_on": "07:00"}),
        ("no_left_turn", {"hour_on": "noon", "hour_off": "13:00"}),
    ],
)
def test_a_rule_whose_hours_cannot_be_read_holds_always(tmp_path, kind, tags):
    network = draw(tmp_path, CROSS, WAYS, relations=rule(kind, **tags))
    assert turns(network) == {3, 5}
    assert network.timed_rules == ()
    assert network.counts[UNREAD] == 1
    assert network.counts["turn restrictions applied"] == 1


def test_rules_whose_hours_are_read_are_not_counted_as_unread(tmp_path):
    tags = {"restriction:conditional": "no_left_turn @ (Su)"}
    assert UNREAD not in draw(tmp_path, CROSS, WAYS, relations=rule(None, **tags)).counts


def test_one_kind_of_rule_does_not_lift_another(tmp_path):
    tags = {"restriction:conditional": "no_right_turn @ wet"}
    network = draw(tmp_path, CROSS, WAYS, relations=rule("no_left_turn", **tags))
    assert turns(network) == {3, 5}


@pytest.mark.parametrize(
    ("kind", "tags", "said"),
    [
        ("no_left_turn", {"hour_on": "07:00", "hour_off": "09:00"}, "shut 07:00-09:00"),
        (None, {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"},
         "shut Mo-Fr 07:00-09:00"),
        ("no_left_turn", {"restriction:conditional": "none @ (Sa,Su)"}, "open Sa,Su"),
    ],
)  # fmt: skip
def test_a_rule_by_the_clock_leads_onto_a_copy_shut_at_those_hours(tmp_path, kind, tags, said):
    network = draw(tmp_path, CROSS, WAYS, relations=rule(kind, **tags))
    left = [a for a in range(network.n_arcs) if network.copy_of[a] == arc_between(network, 2, 4)]
    own, copy = left
    first = arc_between(network, 1, 2)
    assert not may_follow(network, first, own)
    assert may_follow(network, first, copy)
    assert network.timed_arc.tolist() == [copy]
    assert network.timed_rules == (said,)
    assert may_follow(network, arc_between(network, 3, 2), own)


@pytest.mark.parametrize("weight", ["weight>7.5", "length>12"])
def test_a_rule_for_larger_vehicles_does_not_bind_a_car(tmp_path, weight):
    tags = {"restriction:conditional": f"no_left_turn @ ({weight})"}
    assert turns(draw(tmp_path, CROSS, WAYS, relations=rule(None, **tags))) == {3, 4, 5}


def test_rule_for_motorcars_is_applied(tmp_path):
    relations = rule(None, **{"restriction:motorcar": "no_left_turn"})
    assert turns(draw(tmp_path, CROSS, WAYS, relations=relations)) == {3, 5}


def test_rule_that_exempts_buses_still_holds_for_cars(tmp_path):
    relations = rule("no_left_turn", **{"except": "bus;taxi"})
    assert turns(draw(tmp_path, CROSS, WAYS, relations=relations)) == {3, 5}


def test_rule_onto_a_footway_is_without_effect(tmp_path):
    ways = [*WAYS[:2], (9, [2, 4], {"highway": "footway"}), WAYS[3]]
    network = draw(tmp_path, CROSS, ways, relations=rule("only_left_turn"))
    assert turns(network) == {3, 5}
    assert network.counts["turn restrictions without effect: no such movement here"] == 1


def test_u_turn_is_allowed_at_a_dead_end_only(tmp_path):
    network = draw(tmp_path, CROSS, WAYS)
    assert turns(network, start=2, via=3) == {2}
    assert 1 not in turns(network)


def test_u_turn_is_allowed_where_only_a_more_restricted_street_goes_on(tmp_path):
    ways = [(7, [1, 2], ROAD), (8, [2, 3], {**ROAD, "access": "private"})]
    assert turns(draw(tmp_path, CROSS, ways)) == {1, 3}


def test_u_turn_is_allowed_in_a_turning_circle(tmp_path):
    ways = [(7, [1, 2, 3], ROAD)]
    network = draw(tmp_path, CROSS, ways, node_tags={2: {"highway": "turning_circle"}})
    assert turns(network) == {1, 3}


@pytest.mark.parametrize("access", ["private", "destination"])
def test_restricted_street_is_no_way_through(tmp_path, access):
    # 1 -7- 2 -8- 3 -9- 4: in from either side, out to none
    line = {i: (100.0 * i, 0.0) for i in range(1, 5)}
    ways = [(7, [1, 2], ROAD), (8, [2, 3], {**ROAD, "access": access}), (9, [3, 4], ROAD)]
    # A public way round: without it the streets beyond would be enclosed.
    network = draw(tmp_path, line, [*ways, (10, [1, 4], ROAD)])
    assert 3 in turns(network)
    assert turns(network, start=2, via=3) == {2}


def test_who_begins_on_a_restricted_street_leaves_it_by_a_copy(tmp_path):
    line = {i: (100.0 * i, 0.0) for i in range(1, 5)}
    ways = [(7, [1, 2], ROAD), (8, [2, 3], {**ROAD, "access": "private"}), (9, [3, 4], ROAD)]
    network = draw(tmp_path, line, [*ways, (10, [1, 4], ROAD)])
    own, out = arc_between(network, 2, 3), arc_between(network, 3, 4)
    (copy,) = [a for a in range(network.n_arcs) if network.copy_of[a] == own and a != own]
    assert may_follow(network, copy, out)
    assert not may_follow(network, own, out)
    assert not may_follow(network, arc_between(network, 1, 2), copy)


def test_public_street_behind_a_restricted_one_is_for_destinations(tmp_path):
    line = {i: (100.0 * i, 0.0) for i in range(1, 6)}
    inner = (9, [3, 4], ROAD)
    ways = [(7, [1, 2, 5], ROAD), (8, [2, 3], {**ROAD, "access": "destination"}), inner]
    network = draw(tmp_path, line, ways)
    assert network.access[arc_between(network, 3, 4)] == Access.DESTINATION
    assert may_follow(network, arc_between(network, 2, 3), arc_between(network, 3, 4))
    assert network.access[arc_between(network, 1, 2)] == Access.PUBLIC
