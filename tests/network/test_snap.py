"""The nearest place on a road, where one may stop."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.network.about import About
from planner.network.hurdles import Hurdle, Surroundings
from planner.network.kerb import kerb_arcs
from planner.network.osm import read_extract
from planner.network.snap import Snapper, snap, snap_areas
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


def named(folder, *, first="Main Street", second="Back Lane", **tags):
    """Draw the town with Main Street at y = 0 and Back Lane at y = 20."""
    ways = [(7, [1, 2, 3], {**ROAD, "name": first}), (9, [1, 4], ROAD),
            (8, [4, 5], {**ROAD, **({"name": second} if second else {}), **tags})]  # fmt: skip
    return draw(folder, PLACES, ways)


@pytest.mark.parametrize(
    ("street", "way", "found"),
    [("", 8, 0), ("Main St.", 7, 1), ("12 MAIN STREET", 7, 1), ("Back Lane", 8, 1),
     ("Other Road", 8, -1)],
)  # fmt: skip
def test_street_of_the_address_goes_before_a_nearer_one(tmp_path, street, way, found):
    network = named(tmp_path)
    snapped = snap(network, near(network, 150, 19), about=About(streets=[street]))
    assert way_of(network, snapped) == [way]
    assert snapped.named.tolist() == [found]


@pytest.mark.parametrize(("gap", "way", "found"), [(90, 7, 1), (130, 8, -1)])
def test_street_of_the_address_that_is_not_near_changes_nothing_and_is_told(
    tmp_path, gap, way, found
):
    # the drive at y = gap has no name; Main Street is up to 100 m further away
    places = PLACES | {4: (0, gap), 5: (200, gap)}
    ways = [(7, [1, 2, 3], {**ROAD, "name": "Main Street"}), (9, [1, 4], ROAD),
            (8, [4, 5], {**ROAD, "name": "Back Lane"})]  # fmt: skip
    network = draw(tmp_path, places, ways)
    point = near(network, 150, gap - 1)
    about = About(streets=["Main Street"])
    snapped = snap(network, point, about=about)
    assert way_of(network, snapped) == [way]
    assert snapped.named.tolist() == [found]
    area = shapely.box(*(point[0] - 0.5), *(point[0] + 0.5))
    beside = snap_areas(network, [area], about=about)
    assert way_of(network, beside) == [way]
    assert beside.named.tolist() == [found]


def test_street_that_is_not_there_leaves_the_order_of_others_as_it_is(tmp_path):
    network = named(tmp_path, second="")
    point = near(network, 150, 9)
    free, lost = snap(network, point), snap(network, point, about=About(streets=["Other Road"]))
    assert way_of(network, free) == way_of(network, lost) == [7]
    assert (free.named.tolist(), lost.named.tolist()) == ([0], [-1])


def test_drive_without_a_name_leads_to_an_address_when_20_m_nearer(tmp_path):
    network = named(tmp_path, second="")
    about = About(streets=["Main Street"])
    assert way_of(network, snap(network, near(network, 150, 35), about=about)) == [7]
    places = PLACES | {4: (0, 60), 5: (200, 60)}
    ways = [(7, [1, 2, 3], {**ROAD, "name": "Main Street"}), (9, [1, 4], ROAD), (8, [4, 5], ROAD)]
    network = draw(tmp_path, places, ways)
    assert way_of(network, snap(network, near(network, 150, 59), about=about)) == [8]


@pytest.mark.parametrize(
    ("name", "way"), [("Assumed gate on Main Street", 7), ("Main gate", 8), ("North", 8)]
)
def test_gate_called_after_a_street_prefers_it(tmp_path, name, way):
    network = named(tmp_path)
    snapped = snap(network, near(network, 150, 14), about=About(names=[name]))
    assert way_of(network, snapped) == [way]


def between(network, kind, table, **more):
    """Return what stands at y = 16 to 19, between a point at y = 14 and the road at y = 20."""
    corner = network.node_xy[network.node_id == 1][0]
    line = shapely.LineString(corner + np.array([[-500, 17], [500, 17]]))
    shape = line.buffer(1.5) if table in ("water", "buildings") else line
    frame = gpd.GeoDataFrame({"kind": [kind], **more}, geometry=[shape], crs=network.epsg)
    return Surroundings.of(network, None, {table: frame})


@pytest.mark.parametrize(
    ("table", "kind", "more", "way"),
    [
        ("water", "river", {}, 7), ("waterways", "canal", {"tunnel": [False]}, 7),
        ("waterways", "canal", {"tunnel": [True]}, 8), ("rails", "rail", {"tunnel": [False]}, 7),
        ("rails", "tram", {"tunnel": [False]}, 8), ("buildings", "house", {}, 7),
        ("buildings", "roof", {}, 8),
    ],
)  # fmt: skip
def test_road_behind_a_hurdle_is_left_for_one_before_it(tmp_path, table, kind, more, way):
    network = town(tmp_path, {})
    around = between(network, kind, table, **more)
    snapped = snap(network, near(network, 150, 14), around=around)
    assert way_of(network, snapped) == [way]
    assert snapped.crosses.tolist() == [0]


def test_no_road_is_reached_across_a_river_even_when_there_is_no_other(tmp_path):
    network = town(tmp_path, {})
    around = between(network, "river", "water")
    far = snap(network, near(network, 150, 74), around=around)
    assert way_of(network, far) == [8]
    only = np.isin(network.way_id, [8])
    below = Snapper(network, among=only, around=around).snap(near(network, 150, 10))
    assert below.arc.tolist() == [-1]


def test_track_between_is_told_when_no_other_road_is_near(tmp_path):
    network = town(tmp_path, {})
    only = np.isin(network.way_id, [8])
    snapper = Snapper(network, among=only, around=between(network, "rail", "rails"))
    assert snapper.snap(near(network, 150, 10)).crosses.tolist() == [Hurdle.RAIL]


def test_bridge_beside_a_place_is_left_for_the_street_below(tmp_path):
    nodes = {i: at(*p) for i, p in PLACES.items()}
    ways = [(7, [1, 2, 3], ROAD), (8, [4, 5], {**ROAD, "bridge": "viaduct"}),
            (9, [1, 4], {**ROAD, "bridge": "no"})]  # fmt: skip
    extract = read_extract(write_osm(tmp_path / "b.osm.pbf", nodes, ways))
    network = draw(tmp_path, PLACES, ways)
    around = Surroundings.of(network, extract, {})
    assert around.raised.tolist() == [8]
    assert way_of(network, snap(network, near(network, 150, 19), around=around)) == [7]


def test_street_beyond_a_trunk_road_is_left_for_the_trunk_road(tmp_path):
    places = {1: (0, 0), 2: (400, 0), 3: (0, 30), 4: (400, 30)}
    ways = [(7, [1, 2], {"highway": "trunk"}), (8, [3, 4], ROAD), (9, [1, 3], ROAD)]
    network = draw(tmp_path, places, ways)
    point = near(network, 200, -20)
    assert way_of(network, snap(network, point)) == [8]
    around = Surroundings.of(network, None, {})
    assert way_of(network, snap(network, point, around=around)) == [7]


def test_private_drive_that_touches_the_own_site_is_not_put_behind(tmp_path):
    network = town(tmp_path, {"access": "private"})
    corner = network.node_xy[network.node_id == 1][0]
    point, box = near(network, 150, 19), shapely.box(140, 18, 160, 60)
    site = shapely.transform(box, lambda xy: xy + corner)
    own = snap(network, point, allow_private=True, about=About(site=site))
    assert way_of(network, own) == [8]
    assert way_of(network, snap(network, point, about=About(site=site))) == [7]


def test_street_cut_off_at_the_edge_serves_a_gate_only_without_another(tmp_path):
    ways = [(7, [1, 2, 3], ROAD), (9, [1, 4], ROAD), (8, [5, 4], {**ROAD, "oneway": "yes"})]
    places = PLACES | {5: (200, 500), 4: (0, 500), 6: (0, 20)}
    ways[1] = (9, [1, 6, 4], ROAD)
    network = draw(tmp_path, places, ways)
    assert way_of(network, snap(network, near(network, 190, 499), allow_private=True)) == [9]
    assert way_of(network, snap(network, near(network, 199, 400), allow_private=True)) == [9]
    far = snap(network, near(network, 199, 499), allow_private=True, max_m=150)
    assert way_of(network, far) == [8]


def test_lot_is_entered_by_the_road_inside_it(tmp_path):
    #  the lot reaches from y = 2 to y = 60, its middle is nearer to the street at y = 0
    aisle = {"highway": "service", "access": "customers"}
    places = {1: (0, 0), 2: (400, 0), 3: (100, 0), 4: (100, 50), 5: (120, 50)}
    ways = [(7, [1, 3, 2], ROAD), (8, [3, 4, 5], aisle)]
    network = draw(tmp_path, places, ways)
    corner = network.node_xy[network.node_id == 1][0]
    lot = shapely.transform(shapely.box(90, 2, 300, 60), lambda xy: xy + corner)
    placed = snap_areas(network, [lot])
    assert way_of(network, placed) == [8]
    assert placed.distance_m.tolist() == [0]
    assert placed.xy == pytest.approx(near(network, 120, 50), abs=1)
    beside = shapely.transform(shapely.box(200, 12, 300, 60), lambda xy: xy + corner)
    placed = snap_areas(network, [beside])
    assert way_of(network, placed) == [7]
    assert placed.distance_m == pytest.approx([12], abs=0.2)


@pytest.mark.parametrize(("drives_left", "above"), [(False, (2, 1)), (True, (1, 2))])
def test_wide_road_is_left_on_the_side_of_the_place(tmp_path, drives_left, above):
    places = {1: (0, 0), 2: (400, 0), 3: (0, 400), 4: (400, 400)}
    wide = {"highway": "secondary"}
    ways = [(7, [1, 2], wide), (8, [1, 3], ROAD), (9, [3, 4], {**wide, "oneway": "yes"}),
            (10, [4, 2], ROAD)]  # fmt: skip
    network = draw(tmp_path, places, ways)
    points = np.concatenate([near(network, x, y) for x, y in
                             [(200, 15), (200, -15), (200, 2), (15, 200), (200, 385)]])  # fmt: skip
    snapped = snap(network, points)
    assert way_of(network, snapped) == [7, 7, 7, 8, 9]
    assert (np.abs(snapped.side) == [1, 1, 0, 1, 1]).all()
    arcs = kerb_arcs(network, snapped, drives_left=drives_left)
    ends = [tuple(int(network.node_id[n[a]]) for n in (network.tail, network.head)) for a in arcs]
    assert ends[:2] == [above, above[::-1]]
    assert arcs[2:].tolist() == [-1, -1, -1]
