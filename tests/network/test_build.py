"""From ways to arcs, on towns small enough to check by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from planner.network.build import build_network
from planner.network.graph import CLASSES, Access
from planner.network.osm import read_extract
from planner.network.profiles import CAR
from tests.network.drawing import EPSG, ROAD, arc_between, at, draw, may_follow, write_osm

LINE = {i: (100.0 * i, 0.0) for i in range(1, 7)}  # 1 --- 2 --- 3 --- 4 --- 5 --- 6


def pairs(network):
    ids = network.node_id
    return sorted(zip(ids[network.tail].tolist(), ids[network.head].tolist(), strict=True))


def test_two_way_street_gives_an_arc_each_way(tmp_path):
    network = draw(tmp_path, LINE, [(7, [1, 2, 3], ROAD)])
    assert pairs(network) == [(1, 3), (3, 1)]
    assert network.twin.tolist() == [1, 0]
    assert network.way_from.tolist() == [0, 2]
    assert network.way_to.tolist() == [2, 0]
    assert network.length_m == pytest.approx([200, 200], rel=2e-3)
    assert np.array_equal(network.arc_shape(0), network.arc_shape(1)[::-1])
    assert len(network.arc_shape(0)) == 3


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"oneway": "yes"}, [(1, 2)]),
        ({"oneway": "true"}, [(1, 2)]),
        ({"oneway": "1"}, [(1, 2)]),
        ({"oneway": "-1"}, [(2, 1)]),
        ({"oneway": "reverse"}, [(2, 1)]),
        ({"oneway": "no"}, [(1, 2), (2, 1)]),
        ({"junction": "roundabout"}, [(1, 2)]),
        ({"highway": "motorway"}, [(1, 2)]),
        ({"highway": "motorway", "oneway": "no"}, [(1, 2), (2, 1)]),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, [(1, 2), (2, 1)]),
    ],
)
def test_oneway_tags_set_the_directions(tmp_path, tags, expected):
    assert pairs(draw(tmp_path, LINE, [(7, [1, 2], {**ROAD, **tags})])) == expected


@pytest.mark.parametrize(
    ("tags", "access"),
    [
        ({}, Access.PUBLIC),
        ({"access": "permissive"}, Access.PUBLIC),
        ({"access": "no", "motor_vehicle": "yes"}, Access.PUBLIC),
        ({"access": "no", "vehicle": "no", "motorcar": "destination"}, Access.DESTINATION),
        ({"access": "customers"}, Access.DESTINATION),
        ({"vehicle": "private"}, Access.PRIVATE),
        ({"motor_vehicle": "agricultural;destination"}, Access.DESTINATION),
        ({"highway": "track", "access": "yes"}, Access.PUBLIC),
        ({"motor_vehicle": "forestry"}, None),
        ({"access": "yes", "motorcar": "no"}, None),
        ({"highway": "track"}, None),
        ({"highway": "service", "service": "emergency_access"}, None),
    ],
)
def test_the_most_particular_access_tag_decides(tmp_path, tags, access):
    network = draw(tmp_path, LINE, [(7, [1, 2], {**ROAD, **tags}), (8, [2, 3], ROAD)])
    found = set(network.access[network.way_id == 7].tolist())
    assert found == (set() if access is None else {access})


def test_streets_are_cut_at_junctions_only(tmp_path):
    network = draw(tmp_path, {**LINE, 9: (200, 100)}, [(7, [1, 2, 3, 4], ROAD), (8, [9, 2], ROAD)])
    assert pairs(network) == [(1, 2), (2, 1), (2, 4), (2, 9), (4, 2), (9, 2)]


def test_a_way_is_cut_where_a_node_is_missing(tmp_path):
    network = draw(tmp_path, LINE, [(7, [1, 2, 99, 3, 4], ROAD)])
    assert pairs(network) == [(1, 2), (2, 1), (3, 4), (4, 3)]
    arc = arc_between(network, 3, 4)
    assert (network.way_from[arc], network.way_to[arc]) == (3, 4)


def test_a_bollard_cuts_its_street_in_two(tmp_path):
    network = draw(tmp_path, LINE, [(7, [1, 2, 3], ROAD)], node_tags={2: {"barrier": "bollard"}})
    assert network.node_id.tolist().count(2) == 2
    left = arc_between(network, 1, 2)
    right = arc_between(network, 2, 3)
    assert network.head[left] != network.tail[right]
    assert network.counts["barriers stopping: bollard"] == 1


def test_a_bollard_at_a_crossing_parts_every_street(tmp_path):
    network = draw(
        tmp_path,
        {**LINE, 9: (200, 100)},
        [(7, [1, 2, 3], ROAD), (8, [9, 2], ROAD)],
        node_tags={2: {"barrier": "bollard"}},
    )
    assert network.node_id.tolist().count(2) == 3


def test_a_bollard_off_the_street_cuts_nothing(tmp_path):
    network = draw(
        tmp_path,
        LINE,
        [(7, [1, 3, 4], ROAD), (8, [2, 5], {"highway": "footway"})],
        node_tags={2: {"barrier": "bollard"}},
    )
    assert network.n_nodes == 2
    assert "barriers stopping: bollard" not in network.counts


@pytest.mark.parametrize(
    ("tags", "stops"),
    [
        ({"barrier": "gate"}, False),
        ({"barrier": "lift_gate", "access": "destination"}, False),
        ({"barrier": "gate", "locked": "yes"}, True),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate", "access": "private", "motor_vehicle": "yes"}, False),
        ({"barrier": "swing_gate", "motor_vehicle": "no"}, True),
        ({"barrier": "bollard", "access": "yes"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
        ({"barrier": "block"}, True),
        ({"barrier": "chain"}, True),
        ({"barrier": "jersey_barrier"}, True),
        ({"barrier": "kissing_gate"}, True),
        ({"barrier": "stile"}, True),
        ({"barrier": "a word nobody knows"}, False),
    ],
)
def test_barriers_stop_or_pass_by_kind_and_tags(tmp_path, tags, stops):
    network = draw(tmp_path, LINE, [(7, [1, 2, 3], ROAD)], node_tags={2: tags})
    assert (network.n_nodes == 4) is stops
    assert sum(n for key, n in network.counts.items() if key.startswith("barriers")) == 1


@pytest.mark.parametrize(("access", "nodes"), [("private", 3), ("yes", 4)])
def test_private_gate_of_a_private_drive_is_passed_that_of_a_public_street_is_not(
    tmp_path, access, nodes
):
    drive = (8, [2, 3], {**ROAD, "access": access})
    gate = {2: {"barrier": "lift_gate", "access": "private"}}
    network = draw(tmp_path, LINE, [(7, [1, 2], ROAD), drive], node_tags=gate)
    assert network.n_nodes == nodes


def test_pieces_of_a_way_take_the_seconds_of_the_whole(tmp_path):
    # 25 m at 30 km/h x 0.95 is 3.16 s a piece: 13 s in all, not 4 x 3.
    places = {i: (25.0 * i, 0.0) for i in range(5)} | {10 + i: (25.0 * i, 9) for i in (1, 2, 3)}
    places = {i + 1: p for i, p in places.items()}
    sides = [(20 + i, [i + 1, 11 + i], ROAD) for i in (1, 2, 3)]
    network = draw(tmp_path, places, [(7, [1, 2, 3, 4, 5], ROAD), *sides])
    mine = network.way_id == 7
    forward = mine & (network.way_from < network.way_to)
    assert network.time_s[forward].sum() == 13
    assert network.time_s[mine & ~forward].sum() == 13
    assert sorted(network.time_s[forward].tolist()) == [3, 3, 3, 4]


def test_no_arc_takes_less_than_a_second(tmp_path):
    places = {1: (0, 0), 2: (0.5, 0), 3: (1.0, 0), 4: (60, 0), 5: (0.5, 20), 6: (1.0, 20)}
    ways = [(7, [1, 2, 3, 4], ROAD), (8, [2, 5], ROAD), (9, [3, 6], ROAD)]
    network = draw(tmp_path, places, ways)
    assert network.time_s.min() == 1
    assert network.time_s[(network.way_id == 7) & (network.way_from < network.way_to)].sum() == 8


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"highway": "residential"}, 30.0),
        ({"highway": "primary", "maxspeed": "30"}, 30.0),
        ({"highway": "primary", "maxspeed": "20 mph"}, 32.2),
        ({"highway": "primary", "maxspeed": "none"}, 100.0),
        ({"highway": "living_street", "maxspeed": "50"}, 20.0),
        ({"highway": "primary", "maxspeed": "nonsense"}, 65.0),
        ({"highway": "residential", "maxspeed": "DE:urban"}, 50.0),
    ],
)
def test_speed_comes_from_maxspeed_capped_by_class(tmp_path, tags, kmh):
    network = draw(tmp_path, {1: (0, 0), 2: (5000, 0)}, [(7, [1, 2], tags)])
    driven = network.length_m[0] / network.time_s[0] * 3.6
    assert driven == pytest.approx(kmh * CAR.speed_factor, rel=5e-3)


def test_speed_may_differ_by_direction(tmp_path):
    tags = {**ROAD, "maxspeed:forward": "50", "maxspeed:backward": "10"}
    network = draw(tmp_path, {1: (0, 0), 2: (1000, 0)}, [(7, [1, 2], tags)])
    assert network.time_s.tolist() == pytest.approx([76, 379], abs=1)


def test_loops_and_parallel_arcs_are_kept(tmp_path):
    square = {1: (0, 0), 2: (100, 0), 3: (100, 100), 4: (0, 100), 5: (-100, 0)}
    ways = [(7, [1, 2, 3, 4, 1], ROAD), (8, [5, 1], ROAD), (9, [5, 4, 1], ROAD)]
    network = draw(tmp_path, square, ways)
    assert network.counts["arcs that are loops"] == 0
    assert len([p for p in pairs(network) if p == (1, 4)]) == 3
    network = draw(tmp_path, square, ways[:2])
    assert network.counts["arcs that are loops"] == 2
    assert pairs(network).count((1, 1)) == 2


def test_name_is_the_name_or_else_the_number(tmp_path):
    ways = [
        (7, [1, 2], {**ROAD, "name": "Ölweg", "ref": "K 1"}),
        (8, [2, 3], {**ROAD, "ref": "B 3"}),
        (9, [3, 4], ROAD),
    ]
    network = draw(tmp_path, LINE, ways)
    named = {int(w): network.names[i] for w, i in zip(network.way_id, network.name, strict=True)}
    assert named == {7: "Ölweg", 8: "B 3", 9: ""}
    assert network.names[0] == ""


def test_ferries_are_arcs_only_where_cars_have_leave(tmp_path):
    ferry = {"route": "ferry"}
    network = draw(
        tmp_path, LINE,
        [(7, [1, 2], {**ferry, "motor_vehicle": "yes"}), (8, [2, 3], ROAD), (9, [3, 4], ferry)],
    )  # fmt: skip
    assert CLASSES[network.road_class[network.way_id == 7][0]] == "ferry"
    assert 9 not in network.way_id


def test_arcs_off_the_largest_part_are_counted_not_dropped(tmp_path):
    network = draw(tmp_path, LINE, [(7, [1, 2, 3], ROAD), (8, [5, 6], {**ROAD, "oneway": "yes"})])
    assert network.n_arcs == 3
    assert network.counts["arcs outside the largest strongly connected part"] == 1


def test_a_node_with_more_than_32_exits_does_not_break(tmp_path):
    spokes = {i: (100 * np.cos(i / 6), 100 * np.sin(i / 6)) for i in range(2, 38)}
    network = draw(tmp_path, {1: (0, 0), **spokes}, [(50 + i, [1, i], ROAD) for i in spokes])
    assert network.n_arcs == 72
    first = arc_between(network, 2, 1)
    assert not may_follow(network, first, arc_between(network, 1, 2))


def test_same_file_same_network(tmp_path):
    places = {i: at(*p) for i, p in LINE.items()}
    path = write_osm(tmp_path / "t.osm.pbf", places, [(7, [1, 2, 3], ROAD), (8, [2, 5], ROAD)])
    first, second = (build_network(read_extract(path), epsg=EPSG) for _ in range(2))
    for field in dataclasses.fields(first):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name))
