"""The nearest place on a road, where one may stop."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network.hurdles import Surroundings
from planner.network.osm import read_extract
from planner.network.snap import Snapper, snap
from planner.network.ways import tunnel_ways
from tests.network.drawing import ROAD, at, draw, write_osm

#   1 ---- 2 ---- 3      7 (y = 0), public
#   4 ---- 5             8 (y = 20), to be varied, joined to 7 by 9 (x = 0)
PLACES = {1: (0, 0), 2: (200, 0), 3: (400, 0), 4: (0, 20), 5: (200, 20)}


def town(folder, tags):
    return draw(
        folder, PLACES, [(7, [1, 2, 3], ROAD), (8, [4, 5], {**ROAD, **tags}), (9, [1, 4], ROAD)]
    )


def way_of(network, snapped):
    return [int(network.way_id[a]) if a >= 0 else None for a in snapped.arc]


def near(network, x, y):
    corner = network.node_xy[network.node_id == 1][0]
    return corner + np.array([[x, y]], float)


def test_point_goes_to_the_nearest_street(tmp_path):
    network = town(tmp_path, {})
    snapped = snap(network, near(network, 150, 14))
    assert way_of(network, snapped) == [8]
    assert snapped.distance_m == pytest.approx([6], abs=0.2)
    assert snapped.along == pytest.approx([150], abs=0.5)
    assert snapped.xy == pytest.approx(near(network, 150, 20), abs=0.3)


@pytest.mark.parametrize(
    ("tags", "private", "way"),
    [
        ({"access": "private"}, False, 7),
        ({"access": "private"}, True, 7),
        ({"access": "destination"}, False, 8),
        ({"highway": "motorway", "oneway": "no"}, True, 7),
        ({"highway": "motorway_link", "oneway": "no"}, True, 7),
        ({"highway": "living_street"}, False, 8),
    ],
)
def test_kind_of_street_decides(tmp_path, tags, private, way):
    network = town(tmp_path, tags)
    assert way_of(network, snap(network, near(network, 100, 19), allow_private=private)) == [way]


def test_private_street_is_taken_when_25_m_nearer(tmp_path):
    network = town(tmp_path, {"access": "private"})
    point = near(network, 150, 27)
    assert way_of(network, snap(network, point)) == [7]
    places = PLACES | {4: (0, 30), 5: (200, 30)}
    ways = [(7, [1, 2, 3], ROAD), (8, [4, 5], {**ROAD, "access": "private"}), (9, [1, 4], ROAD)]
    network = draw(tmp_path, places, ways)
    assert way_of(network, snap(network, near(network, 150, 30), allow_private=True)) == [8]


@pytest.mark.parametrize("private", [False, True])
def test_street_that_cannot_be_reached_is_never_taken(tmp_path, private):
    ways = [(7, [1, 2, 3], ROAD), (9, [1, 4], ROAD), (8, [5, 4], {**ROAD, "oneway": "yes"})]
    network = draw(tmp_path, PLACES, ways)
    point = near(network, 150, 20)
    assert way_of(network, snap(network, point, allow_private=private)) == [7]


def test_drive_that_only_leads_in_is_taken_for_a_gate(tmp_path):
    ways = [(7, [1, 2, 3], ROAD), (9, [1, 4], ROAD), (8, [4, 5], {**ROAD, "oneway": "yes"})]
    network = draw(tmp_path, PLACES, ways)
    point = near(network, 150, 20)
    assert way_of(network, snap(network, point)) == [7]
    assert way_of(network, snap(network, point, allow_private=True)) == [8]


def test_point_far_from_every_road_has_no_arc(tmp_path):
    network = town(tmp_path, {})
    point = near(network, 200, 500)
    snapped = snap(network, point, max_m=100)
    assert snapped.arc.tolist() == [-1]
    assert np.isinf(snapped.distance_m).all()
    assert snapped.xy == pytest.approx(point)


def test_of_a_two_way_street_the_lower_arc_is_named(tmp_path):
    network = town(tmp_path, {})
    arc = snap(network, near(network, 300, 3)).arc[0]
    assert arc < network.twin[arc]


def test_many_points_are_answered_as_one_by_one(tmp_path):
    network = town(tmp_path, {"access": "destination"})
    points = near(network, 0, 0) + np.random.default_rng(1).uniform(-50, 300, (50, 2))
    snapper = Snapper(network)
    together = snapper.snap(points)
    single = [snapper.snap(points[i : i + 1]) for i in range(50)]
    assert together.arc.tolist() == [int(s.arc[0]) for s in single]
    assert together.along.tolist() == [float(s.along[0]) for s in single]


def test_tunnels_are_never_taken(tmp_path):
    nodes = {i: at(*p) for i, p in PLACES.items()}
    ways = [(7, [1, 2, 3], ROAD), (8, [4, 5], {**ROAD, "tunnel": "yes"}),
            (9, [1, 4], {**ROAD, "tunnel": "no"})]  # fmt: skip
    extract = read_extract(write_osm(tmp_path / "t.osm.pbf", nodes, ways))
    assert tunnel_ways(extract).tolist() == [8]
    network = draw(tmp_path, PLACES, ways)
    snapped = snap(network, near(network, 150, 19), around=Surroundings.of(network, extract, {}))
    assert way_of(network, snapped) == [7]
