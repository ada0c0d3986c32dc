"""Which streets vehicles spare, at what cost, and what a way is told to pass."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from planner.network.clockwork import idle_clock
from planner.network.graph import CLASSES
from planner.network.quiet import (
    GROUNDS,
    KINDS,
    MAIN,
    POINT_M,
    STREET_COST,
    metres_by_kind,
    places_passed,
    quiet_factor,
)
from planner.network.search import arrival_tree, best_start, follow, make_gates, make_graph
from tests.network.drawing import EPSG, arc_between, draw

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network

TUESDAY = datetime(2027, 3, 2, 8)
SUNDAY = datetime(2027, 3, 7, 8)

#   1 ---- 2 -------- 3 ---- 4     y = 0: ends tertiary, 2-3 residential
#          |          |
#          5 -------- 6            y = -60: tertiary, the way round; a spur at 5
PLACES = {
    1: (0, 0), 2: (400, 0), 3: (1000, 0), 4: (1400, 0), 5: (400, -60), 6: (1000, -60),
    7: (400, -900),
}  # fmt: skip


def town(folder: Path, kind: str = "residential") -> Network:
    through = {"highway": "tertiary", "maxspeed": "50"}
    ways = [
        (11, [1, 2], through),
        (12, [2, 3], {"highway": kind, "maxspeed": "50"}),
        (13, [3, 4], through),
        (14, [2, 5, 6, 3], through),
        (15, [5, 7], through),
    ]
    return draw(folder, PLACES, ways)


def places(network: Network, kind: str, *shapes: BaseGeometry) -> gpd.GeoDataFrame:
    """Return places drawn in metres from node 1."""
    corner = network.node_xy[network.node_id == 1][0]
    names = [f"{kind} {i}" for i in range(1, len(shapes) + 1)]
    frame = gpd.GeoDataFrame({"name": names, "kind": kind}, geometry=list(shapes), crs=EPSG)
    return frame.set_geometry(frame.translate(*corner))


def driven(network: Network, factor: np.ndarray | None) -> list[tuple[int, int]]:
    """Return the cheapest way from 1 to 4 as OSM nodes."""
    node = {int(i): k for k, i in enumerate(network.node_id)}
    graph, clock = make_graph(network), idle_clock(network.n_nodes, network.n_arcs)
    gates = make_gates(np.array([node[4]], np.int32), np.array([-9999]), np.array([9999]))
    penalty = None if factor is None else factor.astype(float)
    tree = arrival_tree(graph, clock, gates, 0, risk_aversion=0.0, penalty=penalty)
    arcs = follow(tree, best_start(graph, tree, node[1]))
    ids = network.node_id
    return [(int(ids[network.tail[a]]), int(ids[network.head[a]])) for a in arcs]


def test_a_short_way_round_spares_a_residential_street(tmp_path: Path) -> None:
    network = town(tmp_path)
    quiet = quiet_factor(network, None, None)
    assert (2, 3) in driven(network, None)
    assert (2, 3) not in driven(network, quiet.factor)


@pytest.mark.parametrize("kind", sorted(MAIN & set(CLASSES) - {"ferry"}))
def test_main_roads_cost_their_seconds(tmp_path: Path, kind: str) -> None:
    quiet = quiet_factor(town(tmp_path, kind), None, TUESDAY)
    assert (quiet.factor == 1).all()
    assert (quiet.kind == 0).all()


@pytest.mark.parametrize(
    ("when", "kind", "factor"),
    [
        (TUESDAY, "school", GROUNDS["school"].factor),
        (TUESDAY.replace(hour=17), "school", 1.0),
        (TUESDAY.replace(hour=6, minute=59), "school", 1.0),
        (SUNDAY, "school", 1.0),
        (SUNDAY, "kindergarten", 1.0),
        (SUNDAY, "hospital", GROUNDS["hospital"].factor),
        (TUESDAY.replace(hour=2), "hospital", GROUNDS["hospital"].factor),
        (None, "school", GROUNDS["school"].factor),
    ],
)
def test_schools_count_in_their_hours_and_hospitals_always(
    tmp_path: Path, when: datetime | None, kind: str, factor: float
) -> None:
    network = town(tmp_path)
    quiet = quiet_factor(network, places(network, kind, box(0, 20, 400, 90)), when)
    assert quiet.factor[arc_between(network, 1, 2)] == pytest.approx(factor)


def test_a_main_road_past_a_school_bears_little_and_past_a_hospital_none(tmp_path: Path) -> None:
    network = town(tmp_path, "secondary")
    arc = arc_between(network, 2, 3)
    ground = box(300, 20, 1100, 90)
    school = quiet_factor(network, places(network, "school", ground), TUESDAY)
    hospital = quiet_factor(network, places(network, "hospital", ground), TUESDAY)
    assert school.factor[arc] == pytest.approx(GROUNDS["school"].main_factor)
    assert hospital.factor[arc] == 1.0


def test_only_the_part_within_reach_is_charged_and_told(tmp_path: Path) -> None:
    network = town(tmp_path)
    arc = arc_between(network, 2, 3)
    school = places(network, "school", box(700, 0, 2000, 10))  # 75 m before it: from 625 on
    quiet = quiet_factor(network, school, TUESDAY)
    share = 375 / 600
    assert quiet.share[arc] == pytest.approx(share, abs=0.01)
    high, low = GROUNDS["school"].factor, STREET_COST["residential"][1]
    assert quiet.factor[arc] == pytest.approx(share * high + (1 - share) * low, abs=0.01)
    metres = metres_by_kind(network, quiet, np.array([arc]))
    assert metres == {
        "residential street": pytest.approx(225, abs=3), "school": pytest.approx(375, abs=3),
    }  # fmt: skip
    assert places_passed(quiet, np.array([arc])) == {"school": ("school 1",)}


def test_two_schools_side_by_side_count_once(tmp_path: Path) -> None:
    network = town(tmp_path)
    arc = arc_between(network, 1, 2)
    both = places(network, "school", box(100, 10, 200, 60), box(150, 10, 250, 60))
    quiet = quiet_factor(network, both, TUESDAY)
    assert quiet.share[arc] * 400 == pytest.approx(150 + 2 * 74.3, abs=2)


def test_a_place_mapped_as_a_point_stands_for_its_grounds(tmp_path: Path) -> None:
    network = town(tmp_path)
    arc = arc_between(network, 1, 2)
    reach = GROUNDS["school"].reach_m + POINT_M
    near = quiet_factor(network, places(network, "school", Point(200, reach - 5)), TUESDAY)
    far = quiet_factor(network, places(network, "school", Point(200, reach + 5)), TUESDAY)
    assert KINDS[near.kind[arc]] == "school"
    assert KINDS[far.kind[arc]] == ""


def test_both_directions_of_a_street_cost_the_same(tmp_path: Path) -> None:
    network = town(tmp_path)
    quiet = quiet_factor(network, places(network, "school", box(500, 5, 560, 60)), TUESDAY)
    pairs = np.flatnonzero(network.twin >= 0)
    assert quiet.factor[pairs] == pytest.approx(quiet.factor[network.twin[pairs]])


def test_a_city_without_mapped_places_keeps_the_cost_of_its_streets(tmp_path: Path) -> None:
    network = town(tmp_path)
    none = quiet_factor(network, places(network, "school"), TUESDAY)
    assert none.factor.tolist() == quiet_factor(network, None, TUESDAY).factor.tolist()
    assert none.factor.dtype == np.float32
    assert none.kind.dtype == np.uint8
