"""Local corrections: each kind changes what it says, where it was drawn, and nothing else.

y=100  d ---------- e ---------- f      North Street, one way: d, e, f
       |            |            |
       |            |            |      West, Middle, East Street
y=0    a ---------- b ---------- c      South Street, one way a to c
      x=0          200          400
"""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point

from planner.layers.check import check
from planner.network.barriers import barrier_verdict
from planner.network.build import build_network
from planner.network.corrections import IN_FORCE, WITHOUT_ROAD, apply_corrections
from planner.network.osm import read_extract
from planner.network.profiles import CAR
from tests.network.drawing import EPSG, ROAD, arc_between, at, may_follow, write_osm

A, B, C, D, E, F = range(1, 7)
PLACES = {A: (0, 0), B: (200, 0), C: (400, 0), D: (0, 100), E: (200, 100), F: (400, 100)}
SOUTH, NORTH, WEST, MIDDLE, EAST = 10, 11, 12, 13, 14
WAYS = [
    (SOUTH, [A, B, C], {**ROAD, "oneway": "yes", "name": "South Street"}),
    (NORTH, [D, E, F], {**ROAD, "name": "North Street"}),
    (WEST, [A, D], ROAD), (MIDDLE, [B, E], ROAD), (EAST, [C, F], ROAD),
]  # fmt: skip


def town(tmp_path, ways=WAYS, places=PLACES, **more):
    nodes = {i: at(*place) for i, place in places.items()}
    return read_extract(write_osm(tmp_path / "t.osm.pbf", nodes, ways, **more))


def line(*places):
    return LineString([at(*place) for place in places])


def rows(*drawn, **cells):
    """Rows of (kind, shape), checked as an import would."""
    frame = gpd.GeoDataFrame(
        {"kind": [kind for kind, _ in drawn], **{k: [v] * len(drawn) for k, v in cells.items()}},
        geometry=[shape for _, shape in drawn], crs=4326,
    )  # fmt: skip
    checked = check(frame, "corrections", timezone="UTC")
    assert checked.faults == ()
    return checked.frame


def corrected(extract, *drawn, **cells):
    made = apply_corrections(extract, rows(*drawn, **cells), EPSG)
    assert made.unmatched == {}
    assert made.counts[IN_FORCE] == len(drawn)
    return made.extract


def network(extract):
    return build_network(extract, epsg=EPSG)


def pairs(extract):
    """The arcs of an extract's network as pairs of node ids."""
    net = network(extract)
    return set(zip(net.node_id[net.tail].tolist(), net.node_id[net.head].tolist(), strict=True))


def pieces(extract, way):
    """Tags by the nodes they run over, of what became of a way."""
    start = extract.ref_start
    return {
        tuple(extract.refs[start[i] : start[i + 1]].tolist()): extract.tags(i)
        for i in range(extract.n_ways)
        if extract.way_id[i] == way or extract.way_id[i] < 0
    }


BLOCK = line((203, 104), (398, 103))
"""Beside North Street from e to f, as a hand draws it."""


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [("closed", "vehicle", "no"), ("private", "vehicle", "private"),
     ("destination", "vehicle", "destination"), ("open", "vehicle", "yes"),
     ("oneway", "oneway", "yes"), ("two_way", "oneway", "no")],
)  # fmt: skip
def test_only_the_stretch_drawn_is_changed(tmp_path, kind, key, value):
    made = pieces(corrected(town(tmp_path), (kind, BLOCK)), NORTH)
    assert made == {(D, E): dict(WAYS[1][2]), (E, F): {**WAYS[1][2], key: value}}


def test_closed_block_is_no_arc(tmp_path):
    extract = town(tmp_path)
    closed = corrected(extract, ("closed", BLOCK))
    assert pairs(extract) - pairs(closed) == {(E, F), (F, E)}
    assert pairs(closed) < pairs(extract)


def test_closed_to_everyone_says_so_for_walkers(tmp_path):
    made = pieces(corrected(town(tmp_path), ("closed", BLOCK), applies_to="everyone"), NORTH)
    assert made[E, F] == {**WAYS[1][2], "access": "no", "foot": "no"}


def test_half_a_block_is_cut_at_new_nodes(tmp_path):
    closed = corrected(town(tmp_path), ("closed", line((250, 98), (300, 101))))
    made = pieces(closed, NORTH)
    assert [tags.get("vehicle") for tags in made.values()] == [None, "no", None]
    (_, _, first), (_, last), _ = made
    assert first < 0 > last
    net = network(closed)
    assert net.length_m[arc_between(net, E, first)] == pytest.approx(50, abs=1)
    assert net.length_m[arc_between(net, F, last)] == pytest.approx(100, abs=1)


def test_oneway_goes_as_the_line_is_drawn(tmp_path):
    extract = town(tmp_path)
    for drawn, gone in ((BLOCK, (F, E)), (BLOCK.reverse(), (E, F))):
        assert pairs(extract) - pairs(corrected(extract, ("oneway", drawn))) == {gone}


def test_two_way_opens_the_other_direction(tmp_path):
    extract = town(tmp_path)
    made = corrected(extract, ("two_way", line((1, -3), (199, -2))))
    assert pairs(made) - pairs(extract) == {(B, A)}


def test_speed_replaces_every_limit(tmp_path):
    tags = {**ROAD, "maxspeed": "30", "maxspeed:forward": "20"}
    extract = town(tmp_path, [(NORTH, [D, E, F], tags), WAYS[3]])
    made = corrected(extract, ("speed", BLOCK), maxspeed_kmh=50.0)
    assert pieces(made, NORTH)[E, F] == {**ROAD, "maxspeed": "50"}


@pytest.mark.parametrize("tags", [
    {"highway": "construction"}, {"highway": "pedestrian"}, {"highway": "busway"},
    {**ROAD, "access": "no"}, {**ROAD, "motorcar": "no"}, {"highway": "track"},
    {"highway": "service", "service": "emergency_access"},
])  # fmt: skip
def test_open_lets_cars_in_whatever_the_map_says(tmp_path, tags):
    ways = [*WAYS[:2], (MIDDLE, [B, E], tags)]
    extract = town(tmp_path, ways=ways)
    made = corrected(extract, ("open", line((200, 2), (201, 99))))
    assert {(B, E), (E, B)}.isdisjoint(pairs(extract))
    assert {(B, E), (E, B)} < pairs(made)


def test_footway_beside_the_road_stays_as_it_is(tmp_path):
    side = [(20, [7, 8], {"highway": "footway"})]
    extract = town(tmp_path, [*WAYS, *side], {**PLACES, 7: (200, 105), 8: (400, 105)})
    made = corrected(extract, ("closed", line((200, 105), (400, 105))))
    assert pieces(made, 20)[7, 8] == {"highway": "footway"}
    assert (E, F) not in pairs(made)


def test_nearer_carriageway_is_the_one_meant(tmp_path):
    other = [(20, [7, 8], {**ROAD, "oneway": "yes"})]
    extract = town(tmp_path, [*WAYS, *other], {**PLACES, 7: (200, 110), 8: (400, 110)})
    made = corrected(extract, ("closed", line((203, 108), (398, 109))))
    assert pairs(extract) - pairs(made) == {(7, 8)}


def test_gate_shuts_the_road_where_it_stands(tmp_path):
    extract = town(tmp_path)
    made = corrected(extract, ("gate", Point(at(300, 106))))
    node = int(made.node_id[0])
    assert made.node_tags == ({"barrier": "gate", "vehicle": "no", "foot": "yes"},)
    net = network(made)
    assert net.node_id.tolist().count(node) == 2  # a dead end from both sides
    assert net.length_m[arc_between(net, E, node)] == pytest.approx(100, abs=1)


def test_gate_near_a_node_stands_on_it(tmp_path):
    ways = [(NORTH, [D, 7, F], ROAD)]
    extract = town(tmp_path, ways, {**PLACES, 7: (300, 100)})
    made = corrected(extract, ("gate", Point(at(301.5, 104))))
    assert made.node_id.tolist() == [7]
    assert made.refs.tolist() == extract.refs.tolist()


def test_no_gate_takes_the_barrier_away(tmp_path):
    tags = {7: {"barrier": "bollard", "access": "no"}}
    ways = [(NORTH, [D, 7, F], ROAD)]
    extract = town(tmp_path, ways, {**PLACES, 7: (300, 100)}, node_tags=tags)
    assert barrier_verdict(extract.node_tags[0], CAR).stops
    made = corrected(extract, ("no_gate", Point(at(303, 105))))
    assert made.node_id.tolist() == []
    assert pairs(made) == {(D, F), (F, D)}


TURNS = {
    "left": (line((198, 60), (199, 98), (150, 103)), (B, E, D)),
    "straight on": (line((150, 97), (250, 98)), (D, E, F)),
    "back": (line((203, 40), (203, 97), (198, 97), (197, 40)), (B, E, B)),
}


def movements(extract):
    """Allowed movements as triples of node ids."""
    net = network(extract)
    ids = net.node_id
    return {
        (int(ids[net.tail[a]]), int(ids[net.head[a]]), int(ids[net.head[b]]))
        for a in range(net.n_arcs)
        for b in range(net.n_arcs)
        if net.head[a] == net.tail[b] and may_follow(net, a, b)
    }


@pytest.mark.parametrize("name", ["left", "straight on"])
def test_no_turn_bars_the_movement_drawn_alone(tmp_path, name):
    extract = town(tmp_path)
    drawn, barred = TURNS[name]
    made = corrected(extract, ("no_turn", drawn))
    assert movements(extract) - movements(made) == {barred}
    assert movements(made) < movements(extract)


@pytest.mark.parametrize("name", TURNS)
def test_turn_allowed_frees_the_movement_that_was_banned(tmp_path, name):
    extract = town(tmp_path)
    drawn, _ = TURNS[name]
    banned = corrected(extract, ("no_turn", drawn))
    freed = apply_corrections(banned, rows(("turn_allowed", drawn)), EPSG)
    assert freed.unmatched == {}
    assert freed.extract.restrictions == ()
    assert movements(freed.extract) == movements(extract)


def test_turn_allowed_leaves_the_ban_on_the_other_approach(tmp_path):
    rule = [(500, [("w", NORTH, "from"), ("n", E, "via"), ("w", MIDDLE, "to")],
             {"type": "restriction", "restriction": "no_right_turn"})]  # fmt: skip
    extract = town(tmp_path, relations=rule)
    assert {(D, E, B), (F, E, B)}.isdisjoint(movements(extract))
    made = corrected(extract, ("turn_allowed", line((150, 98), (197, 98), (198, 50))))
    assert movements(made) - movements(extract) == {(D, E, B)}


def test_turn_allowed_lifts_a_command_to_go_elsewhere(tmp_path):
    rule = [(500, [("w", MIDDLE, "from"), ("n", E, "via"), ("w", NORTH, "to")],
             {"type": "restriction", "restriction": "only_left_turn"})]  # fmt: skip
    ways = [*WAYS, (20, [E, 7], ROAD)]
    extract = town(tmp_path, ways, {**PLACES, 7: (200, 200)}, relations=rule)
    assert (B, E, 7) not in movements(extract)
    made = corrected(extract, ("turn_allowed", line((199, 50), (199, 150))))
    assert (B, E, 7) in movements(made)


def test_ban_that_names_a_cut_way_names_its_pieces(tmp_path):
    rule = [(500, [("w", SOUTH, "from"), ("n", B, "via"), ("w", MIDDLE, "to")],
             {"type": "restriction", "restriction": "no_left_turn"})]  # fmt: skip
    extract = town(tmp_path, relations=rule)
    made = corrected(extract, ("speed", line((50, 0), (100, 0))), maxspeed_kmh=20.0)
    net = network(made)
    cut = [int(i) for i in net.node_id[net.node_id < 0]]
    last = next(n for n in cut if (n, B) in pairs(made))
    assert not may_follow(net, arc_between(net, last, B), arc_between(net, B, E))


SAME_TOWN_LATER = [
    (90, [C, B], {**ROAD, "oneway": "-1"}), (91, [B, A], {**ROAD, "oneway": "-1"}),
    (92, [F, 17, E], ROAD), (93, [E, D], ROAD),
    (94, [A, D], ROAD), (95, [E, B], ROAD), (96, [F, C], ROAD),
]  # fmt: skip
"""The same streets mapped anew: other ids, split otherwise, drawn the other way round."""


@pytest.mark.parametrize(
    ("kind", "drawn", "more"),
    [("closed", BLOCK, {}), ("oneway", BLOCK, {}), ("two_way", line((1, -3), (199, -2)), {}),
     ("no_turn", TURNS["left"][0], {}), ("no_turn", TURNS["straight on"][0], {})],
)  # fmt: skip
def test_correction_holds_in_a_newer_extract(tmp_path, kind, drawn, more):
    places = {**PLACES, 17: (300, 101)}
    now = town(tmp_path)
    later = town(tmp_path, SAME_TOWN_LATER, places)
    assert movements(now) == movements(later)
    one, other = (movements(corrected(e, (kind, drawn), **more)) for e in (now, later))
    assert one == other != movements(now)


def test_given_extract_is_left_as_it_is(tmp_path):
    extract = town(tmp_path)
    before = {f.name: str(getattr(extract, f.name)) for f in dataclasses.fields(extract)}
    corrected(extract, ("closed", BLOCK), ("gate", Point(at(100, 0))))
    after = {f.name: str(getattr(extract, f.name)) for f in dataclasses.fields(extract)}
    assert before == after
    assert apply_corrections(extract, rows(), EPSG).extract is extract


def test_same_rows_give_the_same_extract(tmp_path):
    extract = town(tmp_path)
    drawn = [("closed", line((250, 98), (300, 101))), ("no_turn", TURNS["left"][0])]
    one, other = (corrected(extract, *drawn) for _ in range(2))
    assert one.to_arrays().keys() == other.to_arrays().keys()
    for name, value in one.to_arrays().items():
        assert np.array_equal(value, other.to_arrays()[name]), name


@pytest.mark.parametrize(
    ("kind", "shape", "why"),
    [("closed", line((0, 40), (300, 45)), "runs along no road"),
     ("gate", Point(at(100, 50)), "no road lies within 12 m"),
     ("no_gate", Point(at(300, 100)), "the map has no barrier within 12 m"),
     ("turn_allowed", TURNS["left"][0], "no ban of the map is on this turn"),
     ("no_turn", line((20, 0), (180, 0)), "passes 0 junctions"),
     ("closed", line((300, 100), (300.5, 100)), "too short")],
)  # fmt: skip
def test_row_that_matches_no_road_is_told(tmp_path, kind, shape, why):
    extract = town(tmp_path)
    made = apply_corrections(extract, rows((kind, shape), ("closed", BLOCK)), EPSG)
    assert why in made.unmatched["correction-1"]
    assert made.counts[WITHOUT_ROAD] == 1 == made.counts[IN_FORCE]
    assert (E, F) not in pairs(made.extract)


@pytest.mark.parametrize(
    ("kind", "shape", "speed", "column"),
    [("gate", BLOCK, None, "geometry"), ("closed", Point(at(0, 0)), None, "geometry"),
     ("speed", BLOCK, None, "maxspeed_kmh"), ("closed", BLOCK, 30.0, "maxspeed_kmh")],
)  # fmt: skip
def test_row_that_does_not_go_together_is_a_fault(kind, shape, speed, column):
    frame = gpd.GeoDataFrame({"kind": [kind], "maxspeed_kmh": [speed]}, geometry=[shape], crs=4326)
    faults = check(frame, "corrections", timezone="UTC").faults
    assert [fault.column for fault in faults] == [column]
