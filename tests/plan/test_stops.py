"""Gates and sites on the roads they are reached by."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point, box

from planner.plan.stops import place_stops
from tests.town import EPSG, make_network

MAIN, BACK = ((0.0, 0.0), (400.0, 0.0), "Main Street"), ((0.0, 30.0), (400.0, 30.0), "Back Lane")
SIDE = ((0.0, 0.0), (0.0, 30.0), "Side Street")


def frame(*shapes, **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=EPSG)


def placed(*gates, sites=(), site_streets=None, **columns):
    """Put gates and sites on three streets, secondary and two-way."""
    network = make_network([MAIN, BACK, SIDE])
    lots = frame(*sites, **({"street": site_streets} if site_streets else {}))
    return place_stops(network, frame(*gates, **columns), frame(Point(0, 0)), lots)


@pytest.mark.parametrize(("y", "heading"), [(-12.0, 1), (12.0, -1)])
def test_gate_on_a_wide_road_names_the_arc_on_its_side(y, heading):
    stops = placed(Point(200, y))
    arc = int(stops.gate_arc[0])
    network = stops.network
    assert network.head[arc] == stops.gates[0]
    shape = network.arc_shape(arc)
    assert np.sign(shape[-1, 0] - shape[0, 0]) == heading


def test_gate_at_a_junction_names_no_arc():
    assert placed(Point(-8, -8)).gate_arc.tolist() == [-1]


def test_street_column_of_a_gate_is_obeyed():
    near_back = Point(200, 24)
    free, bound = placed(near_back, street=[""]), placed(near_back, street=["Main St"])
    assert free.network.node_xy[free.gates[0]].tolist() == [200, 30]
    assert bound.network.node_xy[bound.gates[0]].tolist() == [200, 0]
    assert (free.gate_named.tolist(), bound.gate_named.tolist()) == ([0], [1])


def test_street_column_of_a_site_is_obeyed_and_one_that_is_not_near_is_told():
    sites = [box(190, 20, 210, 26), Point(100, 24), Point(300, 24)]
    stops = placed(
        Point(0, 0), sites=sites, site_streets=["Main Street", "Main St", "Far Avenue"]
    )  # fmt: skip
    at = stops.network.node_xy[stops.sites]
    assert at == pytest.approx(np.array([[200, 0], [100, 0], [300, 30]]), abs=3)
    assert stops.site_named.tolist() == [1, 1, -1]


def test_sites_keep_their_order_whether_points_or_areas():
    sites = [box(290, 35, 310, 55), Point(100, 33), box(190, -20, 210, -5)]
    stops = placed(Point(0, 0), sites=sites)
    at = stops.network.node_xy[stops.sites]
    assert at == pytest.approx(np.array([[300, 30], [100, 30], [200, 0]]), abs=3)


def test_gate_far_from_every_road_has_no_node():
    stops = placed(Point(200, 900))
    assert stops.gates.tolist() == [-1]
    assert np.isinf(stops.gate_offset_m).all()
    assert stops.gate_arc.tolist() == [-1]
