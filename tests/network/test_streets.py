"""Streets by name and the stretch between two crossings."""

from __future__ import annotations

import pytest

from planner.errors import NetworkError
from planner.network.streets import StreetIndex, normalise
from tests.network.drawing import ROAD, draw

#        6     7     8
#        |     |     |
#   1 -- 2 --- 3 --- 4 -- 5        Long Street: 1-2-3 and, another way, 3-4-5
#        |     |     |
#        9    10    11             Ash, Birch, Cedar Avenue from top to bottom
#
#       12 -------- 13             Lone Road, 20 m below 11, joined by nothing
PLACES = {
    1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (300, 0), 5: (400, 0), 6: (100, 80), 7: (200, 80),
    8: (300, 80), 9: (100, -80), 10: (200, -80), 11: (300, -80), 12: (100, -100), 13: (310, -100),
}  # fmt: skip


def street(name, **tags):
    return {**ROAD, "name": name, **tags}


WAYS = [
    (20, [1, 2, 3], street("Northwest Long Street")),
    (21, [3, 4, 5], street("Northwest Long Street", oneway="yes")),
    (22, [6, 2, 9], street("Ash Avenue")),
    (23, [7, 3, 10], street("Birch Avenue", oneway="-1")),
    (24, [8, 4, 11], street("Cedar Avenue")),
    (25, [12, 13], street("Lone Road")),
]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("streets"), PLACES, WAYS)


@pytest.fixture(scope="module")
def index(network):
    return StreetIndex(network)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SW 3rd Avenue", "Southwest 3rd Ave."),
        ("Third Street", "3rd st"),
        ("Hauptstraße", "HAUPTSTR."),
        ("Friedrich-Ebert-Anlage", "friedrich ebert anlage"),
        ("Rua de Santa Catarina", "R. Santa Catarina"),
        ("Praça da Liberdade", "praca liberdade"),
        ("Mäkelänkatu", "makelankatu"),
    ],
)
def test_spellings_of_one_name_are_one(one, other):
    assert normalise(one) == normalise(other)


def test_names_that_differ_stay_apart():
    assert len({normalise(n) for n in ("N Main St", "S Main St", "Main Ave", "Main St")}) == 4


def test_find_gives_every_arc_of_the_name(index, network):
    found = index.find("nw long st")
    assert found.name == "Northwest Long Street"
    assert set(network.way_id[found.arcs].tolist()) == {20, 21}


def test_unknown_name_suggests_near_ones(index):
    with pytest.raises(NetworkError, match="Did you mean Cedar Avenue"):
        index.find("Ceder Avenue")


def test_name_without_its_direction_suggests_the_full_one(index):
    with pytest.raises(NetworkError, match="Northwest Long Street"):
        index.find("Long St")


@pytest.mark.parametrize("name", ["", "  ", "!!!"])
def test_empty_name_is_no_street(index, name):
    with pytest.raises(NetworkError, match="There is no street"):
        index.find(name)


def test_stretch_runs_from_crossing_to_crossing(index, network):
    line = index.stretch("NW Long Street", "Ash Ave", "Birch Ave")
    place = {int(i): tuple(p) for i, p in zip(network.node_id, network.node_xy, strict=True)}
    assert [tuple(p) for p in line.coords] == [place[2], place[3]]


def test_stretch_goes_over_ways_and_against_one_way_streets(index, network):
    line = index.stretch("NW Long Street", "Cedar Ave", "Ash Ave")
    place = {int(i): tuple(p) for i, p in zip(network.node_id, network.node_xy, strict=True)}
    assert [tuple(p) for p in line.coords] == [place[4], place[3], place[2]]
    assert line.length == pytest.approx(200, abs=1)


def test_crossing_that_does_not_exist_lists_those_that_do(index):
    with pytest.raises(NetworkError, match="It crosses: Northwest Long Street") as raised:
        index.stretch("Ash Avenue", "NW Long Street", "Cedar Avenue")
    assert '"Ash Avenue" does not cross "Cedar Avenue"' in str(raised.value)


def test_streets_that_nearly_meet_count_as_crossing(index):
    line = index.stretch("Cedar Avenue", "NW Long Street", "Lone Road")
    assert line.length == pytest.approx(80, abs=1)


def test_both_ends_on_one_street_is_an_error(index):
    with pytest.raises(NetworkError, match="two different crossing streets"):
        index.stretch("NW Long Street", "Ash Avenue", "ASH AVE")


def test_crossings_are_named_once_and_sorted(index):
    found = index.crossings(index.find("NW Long Street"))
    assert found == ("Ash Avenue", "Birch Avenue", "Cedar Avenue")


def test_bollard_on_the_street_does_not_part_the_stretch(tmp_path):
    network = draw(tmp_path, PLACES, WAYS, node_tags={3: {"barrier": "bollard"}})
    line = StreetIndex(network).stretch("NW Long Street", "Ash Avenue", "Cedar Avenue")
    assert line.length == pytest.approx(200, abs=1)


def test_gap_of_a_square_is_bridged(tmp_path):
    # Mall: 1 -- 2 .. 50 m .. 3 -- 4, the square between has another name
    places = {1: (0, 0), 2: (100, 0), 3: (150, 0), 4: (250, 0), 5: (0, 90), 6: (250, 90)}
    ways = [
        (1, [1, 2], street("Mall")),
        (2, [2, 3], street("Square")),
        (3, [3, 4], street("Mall")),
        (4, [5, 1], street("First Street")),
        (5, [6, 4], street("Second Street")),
    ]
    index = StreetIndex(draw(tmp_path, places, ways))
    assert index.stretch("Mall", "1st Street", "2nd Street").length == pytest.approx(250, abs=1)


def test_street_in_two_far_parts_does_not_lead_across(tmp_path):
    places = {1: (0, 0), 2: (100, 0), 3: (900, 0), 4: (999, 0), 5: (0, 90), 6: (999, 90)}
    ways = [
        (1, [1, 2], street("Mall")),
        (2, [2, 3], street("Square")),
        (3, [3, 4], street("Mall")),
        (4, [5, 1], street("First Street")),
        (5, [6, 4], street("Second Street")),
    ]
    with pytest.raises(NetworkError, match="in one piece"):
        StreetIndex(draw(tmp_path, places, ways)).stretch("Mall", "1st Street", "2nd Street")


def test_dual_carriageway_gives_the_shortest_line(tmp_path):
    # Ring is two one-way roads 20 m apart; Elm and Oak cross both
    places = {1: (0, 0), 2: (300, 0), 3: (300, 20), 4: (0, 20), 5: (100, 0), 6: (200, 0),
              7: (200, 20), 8: (100, 20), 9: (100, 99), 10: (200, 99)}  # fmt: skip
    ways = [
        (1, [1, 5, 6, 2], street("Ring", oneway="yes")),
        (2, [3, 7, 8, 4], street("Ring", oneway="yes")),
        (3, [9, 8, 5], street("Elm")),
        (4, [10, 7, 6], street("Oak")),
    ]
    index = StreetIndex(draw(tmp_path, places, ways))
    line = index.stretch("Ring", "Elm", "Oak")
    assert line.length == pytest.approx(100, abs=1)
    assert line.bounds[3] - line.bounds[1] < 1


def test_bridge_told_without_crossings_is_the_whole_of_it(index):
    line = index.whole("nw long st")
    assert line.length == pytest.approx(400, abs=2)


def test_long_street_told_without_crossings_lists_them(tmp_path):
    places = {1: (0, 0), 2: (100, 0), 3: (1700, 0), 4: (100, 90)}
    ways = [(1, [1, 2, 3], street("Mall")), (2, [2, 4], street("First Street"))]
    with pytest.raises(NetworkError, match=r"over 1\.5 km long.*It crosses: First Street"):
        StreetIndex(draw(tmp_path, places, ways)).whole("Mall")
