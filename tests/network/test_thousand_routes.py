"""No route breaks a rule that stands in the raw file: a thousand ways of each city."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from planner.network.build import build_network
from planner.network.clockwork import make_clock
from planner.network.hours import spans
from planner.network.osm import read_extract
from planner.network.parts import in_largest_part
from planner.network.search import arrival_tree, follow_clock, make_gates, make_graph
from tests.network.drawing import EPSG, arc_between, at, write_osm
from tests.network.raw_rules import Driven, rule_breaks, strays
from tests.network.test_cities import CITIES

DESTINATIONS, ORIGINS = 50, 20
ARRIVE = 8 * 3600
"""Seconds of the local day: the rush hour, for which signs with hours are made."""

ZONES = {
    "portland": "America/Los_Angeles", "heidelberg": "Europe/Berlin",
    "helsinki": "Europe/Helsinki", "porto": "Europe/Lisbon",
}  # fmt: skip

ROAD = {"highway": "residential"}
AWAY = (11, [4, 6], ROAD)
"""A public way round: without it the streets beyond a private one are enclosed."""
#      4       6
#      |       |          ways 7: 1-2, 8: 2-3-5, 9: 2-4, 10: 3-6
#  1 - 2 ----- 3 --- 5
CROSS = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 100), 5: (300, 0), 6: (200, 100)}
WAYS = [(7, [1, 2], ROAD), (8, [2, 3, 5], ROAD), (9, [2, 4], ROAD), (10, [3, 6], ROAD)]


def signed_clock(network, midnight):
    """Return a clock of one day under which each arc is shut when its signs say so."""
    day = midnight, midnight + timedelta(days=1)
    shut = sorted(
        (arc, *((moment - midnight).total_seconds() for moment in span))
        for arc, rule in zip(network.timed_arc.tolist(), network.timed_rule.tolist(), strict=True)
        for span in spans(network.timed_rules[rule], *day, midnight.tzinfo)
    )
    count = np.bincount([arc for arc, *_ in shut], minlength=network.n_arcs)
    return make_clock(
        np.zeros(2, np.int64), np.full(network.n_arcs, -1, np.int32), np.zeros((0, 1)),
        np.concatenate([[0], np.cumsum(count)]), np.array([span for _, *span in shut]),
        n_nodes=network.n_nodes,
    )  # fmt: skip


def thousand_ways(network, midnight, seed=4):
    """Give ways between random streets: 20 to each of 50 destinations, fewer to a private lane."""
    rng = np.random.default_rng(seed)
    graph = make_graph(network)
    clock = signed_clock(network, midnight)
    inside = in_largest_part(network.tail, network.head, network.n_nodes)
    for target in rng.choice(np.flatnonzero(inside), DESTINATIONS, replace=False):
        day = np.array([0]), np.array([ARRIVE])
        gates = make_gates(np.array([network.head[target]], np.int32), *day)
        tree = arrival_tree(graph, clock, gates, ARRIVE, risk_aversion=0.0)
        reached = np.flatnonzero(np.isfinite(tree.cost) & inside)
        for arc in rng.choice(reached, min(ORIGINS, len(reached)), replace=False):
            yield Driven(*follow_clock(tree, int(arc)))


@pytest.mark.parametrize("city", CITIES)
def test_no_way_breaks_a_rule_of_the_raw_file(city, shared_data):
    extract = read_extract(shared_data / "osm" / f"{city}.osm.pbf")
    network = build_network(extract, epsg=CITIES[city][0])
    assert strays(extract, network) == 0
    midnight = datetime(2026, 12, 1, tzinfo=ZoneInfo(ZONES[city]))
    ways = list(thousand_ways(network, midnight))
    assert len(ways) >= 0.98 * DESTINATIONS * ORIGINS
    assert np.mean([len(way.arcs) for way in ways]) > 20
    breaks = list(rule_breaks(extract, network, ways, midnight=midnight))
    assert breaks == [], Counter(one.rule for one in breaks)


def breaks_of(folder, nodes, *, ways=WAYS, **more):
    """Return the rules that the way over some nodes of the drawing breaks."""
    plain = write_osm(folder / "plain.osm.pbf", {i: at(*p) for i, p in CROSS.items()}, WAYS)
    ruled = write_osm(folder / "ruled.osm.pbf", {i: at(*p) for i, p in CROSS.items()}, ways, **more)
    network = build_network(read_extract(plain), epsg=EPSG)
    arcs = [arc_between(network, *pair) for pair in pairwise(nodes)]
    seconds = ARRIVE + 10 * np.arange(len(arcs))
    return {
        one.rule
        for one in rule_breaks(
            read_extract(ruled), network, [Driven(np.array(arcs, np.int32), seconds)]
        )
    }


def rule(via, to, **tags):
    members = [("w", 7, "from"), via, ("w", to, "to")]
    return [(1, members, {"type": "restriction", "restriction": "no_left_turn"} | tags)]


def test_way_through_a_town_without_rules_breaks_none(tmp_path):
    assert breaks_of(tmp_path, (1, 2, 3, 6)) == set()


@pytest.mark.parametrize(
    ("nodes", "rule_name", "more"),
    [
        ((1, 2, 4), "turn", {"relations": rule(("n", 2, "via"), 9)}),
        ((1, 2, 3, 6), "via_ways", {"relations": rule(("w", 8, "via"), 10)}),
        ((1, 2, 4), "conditional", {"relations": rule(
            ("n", 2, "via"), 9, hour_on="07:00", hour_off="09:00")}),
        ((1, 2, 3, 2, 4), "u_turn", {}),
        ((1, 2, 3), "barrier", {"node_tags": {2: {"barrier": "block"}}}),
        ((2, 1), "direction", {"ways": [(7, [1, 2], ROAD | {"oneway": "yes"}), *WAYS[1:]]}),
        ((1, 2, 3), "size", {"ways": [(7, [1, 2], ROAD | {"maxheight": "1.8"}), *WAYS[1:]]}),
        ((1, 2, 3), "open_to_profile", {
            "ways": [(7, [1, 2], ROAD | {"motor_vehicle": "no"}), *WAYS[1:]]}),
        ((1, 2, 3, 6), "through_restricted", {
            "ways": [WAYS[0], (8, [2, 3, 5], ROAD | {"access": "private"}), *WAYS[2:], AWAY]}),
    ],
)  # fmt: skip
def test_way_that_breaks_a_rule_is_told(tmp_path, nodes, rule_name, more):
    assert breaks_of(tmp_path, nodes, **more) == {rule_name}
