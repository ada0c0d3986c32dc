"""People leave a crowd by the streets round it, then by the shortest walks to stops."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from shapely import Point, Polygon, box

from planner.network.lines import arc_lines
from planner.staging.dispersal import REACH_M, SPREAD_M, nearest_of, ways_out
from tests.town import EPSG, make_network, town_streets

NETWORK = make_network(town_streets())


def stops(*rows: tuple[str, str, float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": [r[0] for r in rows], "kind": [r[1] for r in rows]},
        geometry=[Point(r[2], r[3]) for r in rows],
        crs=EPSG,
    )


CROWD = box(190, 190, 210, 210)


def leads(x: float, y: float, table) -> str | None:
    """Return where the street within 20 m of a place leads, None for no way out."""
    ways = ways_out(NETWORK, CROWD, table)
    near = nearest_of(np.array([Point(x, y)], object), ways.lines, within_m=20.0)
    return None if near.row[0] < 0 else ways.to[near.row[0]]


def test_a_site_on_the_street_to_the_station_is_on_the_way() -> None:
    table = stops(("Central", "train", 400, 200))
    assert leads(350, 210, table) == "Central"
    assert leads(350, 310, table) is None


def test_people_leave_by_every_street_near_the_crowd() -> None:
    assert leads(200, 210 + SPREAD_M - 5, None) == ""
    assert leads(200, 210 + SPREAD_M + 25, None) is None


def test_a_stop_without_a_name_is_told_by_its_kind() -> None:
    assert leads(0, 220, stops(("", "tram", 0, 200))) == "the nearest tram stop"


def test_a_stop_within_the_crowd_needs_no_way() -> None:
    assert leads(395, 200, stops(("Here", "bus", 200, 200))) is None


def test_a_stop_too_far_to_walk_is_left_out() -> None:
    long = make_network([((0.0, 0.0), (600.0, 0.0), ""), ((600.0, 0.0), (600.0, 700.0), "")])
    crowd = box(-5, -5, 5, 5)
    far = stops(("Far", "train", 600, 500))
    assert shapely.distance(crowd, far.geometry.iloc[0]) < REACH_M
    assert set(ways_out(long, crowd, far).to) == {""}


def test_nobody_walks_along_a_motorway() -> None:
    from dataclasses import replace

    fast = replace(NETWORK, road_class=np.zeros(NETWORK.n_arcs, np.uint8))
    assert len(ways_out(fast, CROWD, stops(("Central", "train", 400, 200))).lines) == 0


def test_each_walk_is_the_shortest() -> None:
    """Against networkx over the same streets, from the streets at the crowd."""
    graph = nx.Graph()
    xy = NETWORK.node_xy
    for a, b, m in zip(NETWORK.tail, NETWORK.head, NETWORK.length_m, strict=True):
        graph.add_edge(int(a), int(b), weight=float(m))
    rng = np.random.default_rng(3)
    for x, y in rng.integers(0, 5, (12, 2)) * 100.0:
        if shapely.distance(CROWD, Point(x, y)) < SPREAD_M:
            continue
        ways = ways_out(NETWORK, CROWD, stops(("S", "train", float(x), float(y))))
        walk = ways.lines[ways.to == "S"]
        begin = int(np.hypot(*(xy - (200, 200)).T).argmin())
        end = int(np.hypot(*(xy - (x, y)).T).argmin())
        shortest = nx.shortest_path_length(graph, begin, end, weight="weight")
        # Who leaves at the edge is spared the way from the middle.
        assert shapely.length(walk).sum() == pytest.approx(shortest, abs=1.0)
        assert shapely.union_all(walk).distance(Point(x, y)) < 1.0


@pytest.mark.parametrize("crowd", [Polygon(), box(9000, 9000, 9001, 9001)], ids=["empty", "away"])
def test_hostile_crowds(crowd) -> None:
    """A crowd that is nowhere, or without a street for miles, has no ways out."""
    assert len(ways_out(NETWORK, crowd, stops(("S", "train", 0.0, 0.0))).lines) == 0


def test_nearest_of_several_is_the_first_of_the_nearest() -> None:
    lines = arc_lines(NETWORK, np.array([0, 1]))
    near = nearest_of(np.array([Point(50, -100), Point(0, 5000)], object), lines, within_m=20)
    assert near.row.tolist() == [0, -1]
    assert near.metres.tolist() == [0.0, np.inf]
