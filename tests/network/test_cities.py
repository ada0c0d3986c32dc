"""Real cities: the figures that must not drift."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network.build import build_network
from planner.network.osm import read_extract
from planner.network.snap import snap
from planner.network.split import split
from planner.network.streets import StreetIndex
from tests.network.test_split import check

CITIES = {
    # EPSG, arcs, largest strongly connected share (Heidelberg has stray ways far outside,
    # Helsinki is cut small, through one-way streets)
    "portland": (32610, 38_372, 0.99),
    "heidelberg": (32632, 30_820, 0.88),
    "helsinki": (32635, 4_300, 0.88),
    "porto": (32629, 148_828, 0.99),
}


@pytest.fixture(scope="module", params=CITIES)
def city(request, shared_data):
    name = request.param
    epsg = CITIES[name][0]
    return name, build_network(read_extract(shared_data / "osm" / f"{name}.osm.pbf"), epsg=epsg)


def test_city_has_its_arcs_in_one_part(city):
    name, network = city
    _, arcs, share = CITIES[name]
    own = int(network.is_own().sum())
    assert own == pytest.approx(arcs, rel=0.02)
    assert network.counts["arcs"] == own
    outside = network.counts["arcs outside the largest strongly connected part"]
    assert 1 - outside / own >= share


def test_city_is_drawn_as_long_as_it_says(city):
    _, network = city
    step = np.hypot(*np.diff(network.shape_xy, axis=0).T)
    inside = np.ones(len(step), bool)
    inside[network.shape_start[1:-1] - 1] = False
    assert step[inside].sum() == pytest.approx(network.length_m.sum())
    assert np.array_equal(network.shape_xy[network.shape_start[:-1]], network.node_xy[network.tail])


def test_city_speeds_are_those_of_streets(city):
    _, network = city
    kmh = network.length_m.sum() / network.time_s.sum() * 3.6
    assert 15 < kmh < 35
    assert network.time_s.min() >= 1


def test_splitting_a_city_keeps_times_lengths_and_movements(city):
    _, network = city
    rng = np.random.default_rng(7)
    places = network.node_xy[rng.integers(0, network.n_nodes, 30)] + rng.normal(0, 40, (30, 2))
    result = split(network, stops=snap(network, places))
    assert result.network.time_s.max() <= 30
    check(network, result)


def test_missing_references_of_a_cut_city_are_counted(city):
    name, network = city
    missing = network.counts["node references dropped: not in the file or the box"]
    assert (missing > 0) is (name == "helsinki")


def test_streets_of_a_city_are_found_by_words(shared_data):
    extract = read_extract(shared_data / "osm" / "portland.osm.pbf")
    index = StreetIndex(build_network(extract, epsg=32610))
    line = index.stretch("SW 3rd Avenue", "SW Main Street", "SW Salmon Street")
    assert 75 < line.length < 85  # a Portland block: 200 ft and the street
