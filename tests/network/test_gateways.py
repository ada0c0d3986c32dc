"""Where traffic enters, and where streets meet an outline."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.errors import NetworkError
from planner.layers.crs import to_lonlat, to_xy
from planner.network.build import build_network
from planner.network.extent import dense_bounds
from planner.network.frontage import assumed_entrances
from planner.network.gateways import find_gateways, place_gateways
from planner.network.graph import Network
from planner.network.hurdles import Surroundings
from planner.network.osm import read_extract
from tests.network.osmfile import Drawing, lonlat
from tests.town import make_network

if TYPE_CHECKING:
    from pathlib import Path

UTM = 32632
BOX = (*lonlat(-1000, -1000), *lonlat(1000, 1000))


def _network(draw: Drawing, tmp_path: Path) -> Network:
    return build_network(read_extract(draw.write(tmp_path / "city.osm.pbf")), epsg=UTM)


def _cross(**west: str) -> Drawing:
    """A main street west to east, one north to south, both beyond the box.

             | Long Lane (secondary)
    West ----+---- Main (primary)
             |
    """
    draw = Drawing()
    draw.way((-1500, 0), (0, 0), highway="primary", name="West Road", **west)
    draw.way((0, 0), (1500, 0), highway="primary", name="East Road")
    draw.way((0, 1500), (0, 0), (0, -1500), highway="secondary", name="Long Lane")
    return draw


def test_gateways_lie_where_main_roads_cross_the_edge(tmp_path: Path) -> None:
    found = find_gateways(_network(_cross(), tmp_path), BOX)
    assert found["id"].tolist() == ["gw-01", "gw-02", "gw-03", "gw-04"]
    assert found["name"].tolist() == [
        "Long Lane (north)", "East Road (east)", "Long Lane (south)", "West Road (west)",
    ]  # fmt: skip
    assert found["road_class"].tolist() == ["secondary", "primary", "secondary", "primary"]
    assert found["way_out"].all()
    xy = to_xy(np.column_stack([found.geometry.x, found.geometry.y]), UTM)
    assert np.abs(xy - to_xy([lonlat(0, 0)], UTM)).max(axis=1) == pytest.approx(
        [1000] * 4, rel=0.01
    )


def test_a_road_that_only_leads_out_is_no_gateway(tmp_path: Path) -> None:
    found = find_gateways(_network(_cross(oneway="-1"), tmp_path), BOX)
    assert "West Road (west)" not in found["name"].tolist()
    assert len(found) == 3


def test_a_private_road_is_no_gateway(tmp_path: Path) -> None:
    found = find_gateways(_network(_cross(access="private"), tmp_path), BOX)
    assert "West Road (west)" not in found["name"].tolist()


def test_the_best_class_of_a_sector_wins(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((-1500, 200), (0, 200), (0, 0), highway="motorway", name="Fast Way")
    found = find_gateways(_network(draw, tmp_path), BOX)
    assert "Fast Way (west)" in found["name"].tolist()
    assert "West Road (west)" not in found["name"].tolist()


def test_lesser_roads_join_only_while_fewer_than_three(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((-1500, 0), (0, 0), highway="primary", name="West Road")
    draw.way((0, 0), (1500, 0), highway="unclassified", name="East Track")
    draw.way((0, 1500), (0, 0), (0, -1500), highway="tertiary", name="Long Lane")
    found = find_gateways(_network(draw, tmp_path), BOX)
    assert found["name"].tolist() == [
        "Long Lane (north)", "Long Lane (south)", "West Road (west)",
    ]  # fmt: skip


def test_roads_cut_at_the_edge_are_gateways_where_the_data_end(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((-980, 0), (0, 0), (980, 0), highway="primary", name="Main")
    draw.way((0, 980), (0, 0), highway="primary", name="Stem")
    draw.way((0, 0), (0, -300), highway="primary", name="Short Stub")
    found = find_gateways(_network(draw, tmp_path), BOX)
    assert found["name"].tolist() == ["Stem (north)", "Main (east)", "Main (west)"]


def test_two_gateways_of_one_street_have_different_names(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((1500, 525), (0, 0), highway="primary", name="Ring")
    draw.way((1500, -525), (0, 0), highway="primary", name="Ring")
    names = find_gateways(_network(draw, tmp_path), BOX)["name"].tolist()
    assert "Ring (east-north-east)" in names
    assert "Ring (east-south-east)" in names


def test_limit_keeps_the_best_classes(tmp_path: Path) -> None:
    found = find_gateways(_network(_cross(), tmp_path), BOX, limit=2)
    assert found["name"].tolist() == ["East Road (east)", "West Road (west)"]
    assert found["id"].tolist() == ["gw-01", "gw-02"]


def test_dense_bounds_does_not_follow_a_stray_way(tmp_path: Path) -> None:
    draw = Drawing()
    for i in range(21):
        draw.way(*[(100 * i, 100 * j) for j in range(21)], highway="residential")
        draw.way(*[(100 * j, 100 * i) for j in range(21)], highway="residential")
    draw.way((2000, 2000), (30_000, 2000), (60_000, 2000), highway="primary")
    west, south, east, north = dense_bounds(_network(draw, tmp_path))
    assert (west, south) == pytest.approx(lonlat(0, 0), abs=3e-3)
    assert (east, north) == pytest.approx(lonlat(2000, 2000), abs=3e-3)


def test_place_gateways_takes_motorways_that_snap_refuses(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((-1500, 600), (0, 600), (0, 0), highway="motorway", name="Fast Way")
    network = _network(draw, tmp_path)
    found = find_gateways(network, BOX)
    xy = to_xy(np.column_stack([found.geometry.x, found.geometry.y]), UTM)
    placed = place_gateways(network, xy)
    streets = [network.names[network.name[a]] for a in placed.arc]
    assert [f"{s} (" in n for s, n in zip(streets, found["name"], strict=True)] == [True] * 5
    assert placed.distance_m.max() < 0.1
    assert (placed.along <= network.length_m[placed.arc]).all()
    assert place_gateways(network, xy + 50_000).arc.tolist() == [-1] * 5


@pytest.mark.parametrize("city", ["portland", "heidelberg", "helsinki", "porto"])
def test_each_real_city_has_three_gateways_with_a_way_out(shared_data: Path, city: str) -> None:
    extract = read_extract(shared_data / "osm" / f"{city}.osm.pbf")
    lon, _ = np.nanmedian(extract.lonlat, axis=0)
    network = build_network(extract, epsg=32600 + int((lon + 180) // 6) + 1)
    found = find_gateways(network, dense_bounds(network))
    assert 3 <= len(found) <= 12
    assert found["way_out"].sum() >= 3
    assert set(found["road_class"]) <= {"motorway", "trunk", "primary", "secondary"}
    assert found["bearing_deg"].is_monotonic_increasing


def _facility(*shape: shapely.Geometry) -> gpd.GeoDataFrame:
    degrees = shapely.transform(np.array(shape), lambda xy: np.array([lonlat(*p) for p in xy]))
    ids = [f"site-{i}" for i in range(len(shape))]
    return gpd.GeoDataFrame({"id": ids}, geometry=degrees, crs=4326)


def test_assumed_entrances_where_streets_cross_the_outline(tmp_path: Path) -> None:
    site = _facility(shapely.box(-100, -50, 100, 50))
    gates = assumed_entrances(site, _network(_cross(), tmp_path))
    assert len(gates) == 4
    assert gates["assumed"].all()
    assert set(gates["kind"]) == {"both"}
    assert sorted(gates["name"]) == [
        "Assumed gate on East Road", "Assumed gate on Long Lane",
        "Assumed gate on Long Lane", "Assumed gate on West Road",
    ]  # fmt: skip
    edge = site.to_crs(UTM).geometry.iloc[0].boundary
    assert gates.to_crs(UTM).geometry.distance(edge).max() < 0.5


def test_assumed_entrances_beside_a_street_within_forty_metres(tmp_path: Path) -> None:
    near, far = shapely.box(200, 20, 400, 80), shapely.box(600, 60, 800, 100)
    gates = assumed_entrances(_facility(near, far), _network(_cross(), tmp_path))
    assert gates["facility_id"].tolist() == ["site-0", "site-1"]
    metric = gates.to_crs(UTM).geometry
    ground = to_xy([lonlat(300, 20)], UTM)[0]
    assert (metric.iloc[0].x, metric.iloc[0].y) == pytest.approx(tuple(ground), abs=3)


def test_street_of_the_address_has_the_first_of_the_assumed_entrances(tmp_path: Path) -> None:
    network, site = _network(_cross(), tmp_path), _facility(shapely.box(-100, -50, 100, 50))
    for street, first in (("East Rd", "East Road"), ("Long Lane", "Long Lane")):
        gates = assumed_entrances(site.assign(street=[street]), network)
        assert gates["name"].iloc[0] == f"Assumed gate on {first}"
        assert len(gates) == 4
    free, lost = (assumed_entrances(site.assign(street=[s]), network) for s in ("", "Far Street"))
    assert free.equals(lost)


@pytest.mark.parametrize(
    ("x", "street", "chosen"),
    [(60, "", "Long Lane"), (60, "East Road", "East Road"), (60, "West Road", "West Road"),
     (200, "West Road", "East Road")],
)  # fmt: skip
def test_point_is_met_at_the_street_of_its_address_when_it_is_near(
    tmp_path: Path, x: float, street: str, chosen: str
) -> None:
    site = _facility(shapely.Point(x, 80)).assign(street=[street])
    gates = assumed_entrances(site, _network(_cross(), tmp_path))
    assert gates["name"].tolist() == [f"Assumed gate on {chosen}"]


def test_no_assumed_entrance_far_from_streets_or_on_private_ones(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((500, 500), (700, 500), highway="service", access="private")
    site = _facility(shapely.box(550, 450, 650, 550), shapely.box(480, 480, 490, 490))
    gates = assumed_entrances(site, _network(draw, tmp_path))
    assert gates.empty
    assert list(gates.columns) == [
        "id", "name", "facility_id", "kind", "opens", "closes", "assumed", "geometry",
    ]  # fmt: skip


def test_no_entrance_is_assumed_towards_a_street_behind_water(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((200, 100), (400, 100), (1500, 100), (1500, 0), highway="residential", name="Quay")
    network, site = _network(draw, tmp_path), _facility(shapely.box(200, 20, 400, 70))
    free = assumed_entrances(site, network)
    assert set(free["name"]) == {"Assumed gate on East Road", "Assumed gate on Quay"}
    ground = to_xy([lonlat(-500, 85), lonlat(2000, 85)], UTM)
    canal = gpd.GeoDataFrame({"kind": ["canal"]}, geometry=[shapely.LineString(ground)], crs=UTM)
    around = Surroundings.of(network, None, {"waterways": canal})
    gates = assumed_entrances(site, network, around=around)
    assert gates["name"].tolist() == ["Assumed gate on East Road"]


def test_entrance_is_assumed_on_a_street_cut_off_only_without_another(tmp_path: Path) -> None:
    draw = _cross()
    draw.way((200, 100), (400, 100), highway="residential", name="Island")
    draw.way((500, 800), (700, 800), highway="residential", name="Far Island")
    sites = _facility(shapely.box(200, 20, 400, 70), shapely.box(500, 820, 700, 870))
    gates = assumed_entrances(sites, _network(draw, tmp_path))
    assert gates["name"].tolist() == ["Assumed gate on East Road", "Assumed gate on Far Island"]


def test_assumed_entrances_are_at_most_four_and_their_ids_free(tmp_path: Path) -> None:
    draw = _cross()
    for x in range(-400, 401, 50):
        draw.way((x, 0), (x, 300), highway="residential", name=f"Row {x}")
    draw.way(*[(x, 300) for x in range(-400, 401, 50)], highway="residential")
    site = _facility(shapely.box(-420, 100, 420, 200))
    gates = assumed_entrances(site, _network(draw, tmp_path), taken={"site-0-a1"})
    assert gates["id"].tolist() == ["site-0-a2", "site-0-a3", "site-0-a4", "site-0-a5"]


def test_a_point_is_entered_from_the_nearest_street(tmp_path: Path) -> None:
    gates = assumed_entrances(_facility(shapely.Point(300, 90)), _network(_cross(), tmp_path))
    xy = to_lonlat(np.array([[gates.to_crs(UTM).geometry.x[0]] * 2]), UTM)
    assert len(gates) == 1
    assert gates["name"].tolist() == ["Assumed gate on East Road"]
    assert xy.shape == (1, 2)


def test_dense_bounds_needs_roads() -> None:
    road = make_network([((0.0, 0.0), (9.0, 0.0), "")])
    arrays = [f.name for f in fields(Network) if str(f.type).startswith("NDArray")]
    empty = replace(road, **{name: getattr(road, name)[:0] for name in arrays})
    with pytest.raises(NetworkError, match="no road"):
        dense_bounds(empty)
