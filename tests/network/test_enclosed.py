"""Public streets behind restricted ones: those go there whose way begins or ends there.

The planner marks them on its arcs, the check finds them in the raw file by itself.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from planner.network.build import build_network
from planner.network.clockwork import idle_clock
from planner.network.graph import Access
from planner.network.osm import read_extract
from planner.network.search import arrival_tree, follow, make_gates, make_graph
from planner.verify.enclosed import Enclosed
from planner.verify.streets import Streets
from planner.verify.trace import Trace
from tests.network.drawing import EPSG, ROAD, arc_between, at, write_osm
from tests.network.raw_rules import Driven, rule_breaks

#   1 --7-- 2 --8-- 3       7, 8, 9, 10: a public ring
#   |               |       11: 3-5, private
#  10               9       12: 5-6-7-2, public, on one way or the other
#   |               |
#   4 --------------+
#
#   5, 6, 7 lie above 3, 2.
PLACES = {
    1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (0, -100), 5: (200, 100), 6: (150, 100), 7: (100, 100),
}  # fmt: skip
RING = [(7, [1, 2], ROAD), (8, [2, 3], ROAD), (9, [3, 4], ROAD), (10, [4, 1], ROAD)]
PRIVATE = (11, [3, 5], {**ROAD, "access": "private"})
BEHIND = {
    "no street leads there": (12, [5, 6, 7, 2], {**ROAD, "oneway": "yes"}),
    "no street leads away": (12, [2, 7, 6, 5], {**ROAD, "oneway": "yes"}),
    "neither": (12, [5, 6, 7], ROAD),
}
OPEN = (12, [5, 6, 7, 2], ROAD)


def town(folder, behind, *, node_tags=None, away=()):
    """Return the extract and the network of a town with a street behind the private one."""
    nodes = {i: at(*place) for i, place in PLACES.items()} | {
        100 + i: at(-100 - 10 * i, 0) for i in range(60)
    }
    # A tail of blocks: the check takes an area of a quarter of the file as the town itself.
    tail = (20, [1, *range(100, 160)], ROAD)
    ways = [*RING, PRIVATE, behind, tail, *away]
    path = write_osm(folder / "town.osm.pbf", nodes, ways, node_tags=node_tags)
    extract = read_extract(path)
    return extract, build_network(extract, epsg=EPSG)


def ways_to(network, target):
    """Return the quickest way, as arcs, from every road to the end of an arc."""
    graph = make_graph(network)
    gates = make_gates(np.array([network.head[target]], np.int32), [0], [100_000])
    tree = arrival_tree(
        graph, idle_clock(network.n_nodes, network.n_arcs), gates, 100_000, risk_aversion=0.0
    )
    quick = np.argsort(tree.cost, kind="stable")
    quick = quick[np.isfinite(tree.cost[quick])]
    # One sets out on either side of a road, or on its copy for leaving.
    roads, first = np.unique(network.roads()[quick], return_index=True)
    return dict(zip(roads.tolist(), (follow(tree, arc) for arc in quick[first]), strict=True))


def breaks(extract, network, arcs):
    entered = 30_000 + 20 * np.arange(len(arcs))
    return {
        b.rule for b in rule_breaks(extract, network, [Driven(np.array(arcs, np.int32), entered)])
    }


@pytest.mark.parametrize("what", BEHIND)
def test_public_street_behind_a_private_one_is_for_destinations(tmp_path, what):
    extract, network = town(tmp_path, BEHIND[what])
    behind = np.isin(network.way_id, [12])
    assert set(network.access[behind].tolist()) == {Access.DESTINATION}
    assert set(network.access[~behind & (network.way_id != 11)].tolist()) == {Access.PUBLIC}
    streets = Streets(extract, EPSG)
    way = streets.way(12)
    enclosed = Enclosed(streets)
    assert not enclosed.leaves(Trace(way, 1, 0.0, float(way.along[-1])))
    ring = streets.way(8)
    assert enclosed.leaves(Trace(ring, 1, 0.0, float(ring.along[-1])))


def test_public_street_with_a_public_way_in_and_out_stays_public(tmp_path):
    extract, network = town(tmp_path, OPEN)
    assert set(network.access[network.way_id == 12].tolist()) == {Access.PUBLIC}
    way = Streets(extract, EPSG).way(12)
    assert Enclosed(Streets(extract, EPSG)).leaves(Trace(way, -1, float(way.along[-1]), 0.0))


@pytest.mark.parametrize("what", BEHIND)
def test_every_street_is_reached_and_left_and_no_way_passes_through(tmp_path, what):
    extract, network = town(tmp_path, BEHIND[what])
    for target in range(network.n_arcs):
        found = ways_to(network, target)
        assert found.keys() == set(network.roads().tolist())
        for road, way in found.items():
            assert breaks(extract, network, way) == set(), (target, road)


def test_way_through_the_private_street_is_caught(tmp_path):
    extract, network = town(tmp_path, BEHIND["no street leads there"])
    around = [arc_between(network, *pair) for pair in pairwise((1, 2, 3, 5, 2, 1))]
    assert breaks(extract, network, around) == {"through_restricted"}
    assert breaks(extract, network, around[2:]) == set()
    assert breaks(extract, network, around[:-1]) == set()


def test_bollard_encloses_a_street_too(tmp_path):
    extract, network = town(tmp_path, OPEN, node_tags={7: {"barrier": "bollard"}})
    inner = arc_between(network, 5, 7)
    assert network.access[inner] == Access.DESTINATION
    into = [arc_between(network, *pair) for pair in pairwise((1, 2, 3, 5, 7))]
    assert breaks(extract, network, into) == set()
    way = Streets(extract, EPSG).way(12)
    assert not Enclosed(Streets(extract, EPSG)).leaves(Trace(way, 1, 0.0, float(way.along[2])))


def test_nobody_has_a_destination_on_a_motorway(tmp_path):
    tags = {"highway": "motorway", "oneway": "yes"}
    _, network = town(tmp_path, (12, [5, 6, 7, 2], tags))
    assert set(network.access[network.way_id == 12].tolist()) == {Access.PUBLIC}
