"""Restrictions over one or more via ways, on small drawings."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network.clockwork import idle_clock
from planner.network.search import arrival_tree, best_start, follow, make_gates, make_graph
from planner.network.split import split
from tests.network.drawing import ROAD, draw

#   1 --7-- 2 --8-- 3 --9-- 4        7 west street, 8 the link, 9 east street
#           |       |                6: 2-5, 5: 3-6; 5-6 joins below
#           5 --4-- 6
PLACES = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (100, -100), 6: (200, -100)}
WAYS = [
    (7, [1, 2], ROAD), (8, [2, 3], ROAD), (9, [3, 4], ROAD),
    (6, [2, 5], ROAD), (5, [3, 6], ROAD), (4, [5, 6], ROAD),
]  # fmt: skip


def rule(kind, *via, from_=7, to=9, **tags):
    members = [("w", from_, "from"), *(("w", way, "via") for way in via), ("w", to, "to")]
    return [(1, members, {"type": "restriction", "restriction": kind, **tags})]


def way(network, start, end):
    """Return the OSM nodes of the best way between two of them."""
    graph = make_graph(network)
    node = {int(i): v for v, i in enumerate(network.node_id)}
    gates = make_gates(np.array([node[end]], np.int32), np.zeros(1, np.int64), np.zeros(1, np.int64))
    tree = arrival_tree(graph, idle_clock(graph.n_nodes, graph.n_arcs), gates, 0, risk_aversion=0.0)
    arcs = follow(tree, best_start(graph, tree, node[start]))
    assert network.head[arcs[-1]] == node[end]
    return [start, *network.node_id[network.head[arcs]].tolist()]


def test_without_a_rule_the_way_is_straight(tmp_path):
    assert way(draw(tmp_path, PLACES, WAYS), 1, 4) == [1, 2, 3, 4]


def test_no_rule_over_a_way_bars_the_whole_row_alone(tmp_path):
    network = draw(tmp_path, PLACES, WAYS, relations=rule("no_straight_on", 8))
    assert way(network, 1, 4) == [1, 2, 5, 6, 3, 4]
    assert way(network, 1, 3) == [1, 2, 3]
    assert way(network, 2, 4) == [2, 3, 4]
    assert way(network, 5, 4) in ([5, 2, 3, 4], [5, 6, 3, 4])


def test_only_rule_over_a_way_must_be_ended_once_begun(tmp_path):
    network = draw(tmp_path, PLACES, WAYS, relations=rule("only_straight_on", 8))
    assert way(network, 1, 6) == [1, 2, 5, 6]
    assert way(network, 1, 4) == [1, 2, 3, 4]
    assert way(network, 2, 6) in ([2, 3, 6], [2, 5, 6])


def test_rule_over_two_ways(tmp_path):
    relations = rule("no_entry", 6, 4, to=5)
    shut = [(*one[:2], {**ROAD, "access": "no"}) if one[0] == 8 else one for one in WAYS]
    network = draw(tmp_path, PLACES, [*shut, (3, [1, 5], ROAD)], relations=relations)
    assert way(network, 2, 3) == [2, 5, 6, 3]
    assert way(network, 1, 3) == [1, 5, 6, 3]


def test_rule_holds_where_the_way_between_is_cut_by_a_junction(tmp_path):
    places = {**PLACES, 7: (150, 0), 8: (150, 100)}
    ways = [(i, [2, 7, 3], tags) if i == 8 else (i, nodes, tags) for i, nodes, tags in WAYS]
    network = draw(
        tmp_path, places, [*ways, (2, [7, 8], ROAD)], relations=rule("no_straight_on", 8)
    )
    assert way(network, 1, 4) == [1, 2, 5, 6, 3, 4]
    assert way(network, 8, 4) == [8, 7, 3, 4]


def test_rule_holds_after_a_split(tmp_path):
    network = split(
        draw(tmp_path, PLACES, WAYS, relations=rule("no_straight_on", 8)), max_time_s=3
    ).network
    passed = [node for node in way(network, 1, 4) if node > 0]
    assert passed == [1, 2, 5, 6, 3, 4]


@pytest.mark.parametrize("word", ["motorcar", "motor_vehicle"])
def test_exempt_cars_drive_the_row(tmp_path, word):
    network = draw(tmp_path, PLACES, WAYS, relations=rule("no_straight_on", 8, **{"except": word}))
    assert way(network, 1, 4) == [1, 2, 3, 4]


def test_rule_over_a_way_by_the_clock_shuts_a_copy_of_the_last_arc(tmp_path):
    relations = rule("no_straight_on", 8, hour_on="07:00", hour_off="09:00")
    network = draw(tmp_path, PLACES, WAYS, relations=relations)
    assert network.timed_rules == ("shut 07:00-09:00",)
    (arc,) = network.timed_arc.tolist()
    assert network.way_id[arc] == 9
    assert network.copy_of[arc] != arc
