"""Footprints among the mapped buildings and water of a real city."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point

from planner.network.build import build_network
from planner.network.osm import read_extract
from planner.network.outlines import read_shapes
from planner.risk.ground import Obstacles
from tests.town import is_shut, risk_of, second, zone

if TYPE_CHECKING:
    from pathlib import Path

    from planner.network.graph import Network

EPSG = 32635


@pytest.fixture(scope="module")
def helsinki(shared_data: Path) -> tuple[Network, Obstacles]:
    path = shared_data / "osm" / "helsinki.osm.pbf"
    shapes = read_shapes(path, ["building", "natural"])
    outlines = gpd.GeoSeries(list(shapes.geometry), crs=4326).to_crs(EPSG)
    is_building = np.array(["building" in tags for tags in shapes.tags])
    is_water = np.array([tags.get("natural") == "water" for tags in shapes.tags])
    obstacles = Obstacles(outlines[is_building], outlines[is_water])
    return build_network(read_extract(path), epsg=EPSG), obstacles


def test_footprints_among_real_buildings(helsinki: tuple[Network, Obstacles]) -> None:
    network, obstacles = helsinki
    assert len(obstacles.buildings) > 1_000
    picks = np.random.default_rng(2).choice(network.n_arcs, 12, replace=False)
    for i, a in enumerate(picks):
        shape = network.arc_shape(a)
        line = LineString(shape)
        place = line if i % 2 else Point(shape[0])
        people = (200, 1_000, 20_000)[i % 3]
        row = zone(place, size_low=1, size_high=people, influence_m=np.nan)
        risk = risk_of(network, row, obstacles=obstacles)
        polygon = risk.footprints[0].polygon
        assert polygon.area == pytest.approx(people / 1.08, rel=0.05)
        near = obstacles.tree.geometries.take(obstacles.tree.query(polygon))
        assert polygon.intersection(shapely.union_all(near)).area < 1e-3
        assert is_shut(risk.field, second(8)).any()


def test_a_day_of_five_zones_is_quick(helsinki: tuple[Network, Obstacles]) -> None:
    network, obstacles = helsinki
    rows = [
        zone(Point(network.node_xy[i]), id=f"z-{i}", size_high=1_000) for i in (10, 200, 900, 1500)
    ]
    longest = int(np.argmax(network.length_m))
    rows.append(zone(LineString(network.arc_shape(longest)), id="m", kind="march"))
    begun = time.perf_counter()
    risk_of(network, *rows, obstacles=obstacles)
    assert time.perf_counter() - begun < 3  # 0.2 s when alone on the machine
