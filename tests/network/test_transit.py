"""Stops of public transport: of what kind, one row a stop, which of them are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely import Point

from planner.network.places import read_places
from planner.network.transit import nearest_stops, transit_kind
from tests.network.osmfile import Drawing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "bus_stop"}, "bus"),
        ({"railway": "halt"}, "train"),
        ({"railway": "station", "light_rail": "yes"}, "tram"),
        ({"railway": "station", "train": "yes", "subway": "yes"}, "train"),
        ({"railway": "station", "station": "subway"}, "subway"),
        ({"railway": "subway_entrance"}, "subway"),
        ({"public_transport": "stop_position", "trolleybus": "yes"}, "bus"),
        ({"public_transport": "station", "amenity": "ferry_terminal"}, "ferry"),
        ({"public_transport": "platform"}, ""),
        ({"public_transport": "platform", "bus": "no", "tram": "yes"}, "tram"),
        ({"railway": "station", "disused": "yes"}, ""),
        ({"highway": "bus_stop", "access": "private"}, ""),
        ({"railway": "level_crossing"}, ""),
    ],
)
def test_tags_tell_what_stops_there(tags: dict[str, str], kind: str) -> None:
    assert transit_kind(tags) == kind


def read(draw: Drawing, folder: Path) -> gpd.GeoDataFrame:
    return read_places(draw.write(folder / "city.osm.pbf")).transit_stops


def test_two_sides_of_a_street_are_one_stop(tmp_path: Path) -> None:
    draw = Drawing()
    draw.node(0, 0, highway="bus_stop", name="Town Hall")
    draw.node(70, 15, highway="bus_stop", name="Town hall")
    draw.node(30, 8, public_transport="stop_position", bus="yes")
    draw.node(400, 0, highway="bus_stop", name="Town Hall")
    draw.node(20, 0, railway="tram_stop", name="Town Hall")
    stops = read(draw, tmp_path)
    assert stops["kind"].value_counts().to_dict() == {"bus": 2, "tram": 1}


def test_platforms_by_letter_belong_to_their_station(tmp_path: Path) -> None:
    draw = Drawing()
    station = draw.node(0, 0, railway="station", name="Central")
    draw.way((10, 40), (200, 40), public_transport="platform", train="yes", name="B")
    draw.node(90, 45, public_transport="stop_position", train="yes", name="Track 4")
    stops = read(draw, tmp_path)
    assert stops["name"].tolist() == ["Central"]
    assert stops["osm_id"].tolist() == [f"node/{station}"]


def test_an_entrance_without_a_name_takes_that_of_its_station(tmp_path: Path) -> None:
    draw = Drawing()
    draw.node(0, 0, railway="station", station="subway", name="Market")
    draw.node(200, 0, railway="subway_entrance")
    draw.node(900, 0, railway="subway_entrance")
    stops = read(draw, tmp_path)
    assert sorted(stops["name"]) == ["", "Market", "Market"]


def test_roads_are_not_read_as_stops(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((0, 0), (100, 0), highway="residential", name="Row")
    draw.node(50, 0, highway="crossing")
    draw.node(60, 0, highway="bus_stop", name="Row")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    assert places.counts["transit stops"] == 1
    assert places.counts["quiet places"] == 0


def test_schools_and_hospitals_are_read_as_grounds_or_points(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 90, 70, amenity="school", name="North School")
    draw.node(300, 0, amenity="kindergarten", name="0622155501")
    draw.node(500, 0, amenity="clinic")
    draw.node(700, 0, amenity="university")
    quiet = read_places(draw.write(tmp_path / "city.osm.pbf")).quiet_places
    rows = dict(zip(quiet["kind"], quiet["name"], strict=True))
    assert rows == {"school": "North School", "kindergarten": "", "clinic": ""}
    assert quiet.geom_type.value_counts().to_dict() == {"Point": 2, "Polygon": 1}


def stops(*rows: tuple[str, str, float, float]) -> gpd.GeoDataFrame:
    names, kinds, xs, ys = zip(*rows, strict=True)
    points = [Point(x, y) for x, y in zip(xs, ys, strict=True)]
    return gpd.GeoDataFrame({"name": names, "kind": kinds}, geometry=points, crs=32632)


def test_stations_come_first_then_each_kind() -> None:
    near = stops(
        ("Corner", "bus", 50, 0), ("Quay", "ferry", 1000, 0), ("Central", "train", 1100, 0),
        ("Market", "tram", 300, 0), ("Far", "train", 1300, 0),
    )  # fmt: skip
    assert nearest_stops(near, (0.0, 0.0))["name"].tolist() == [
        "Central", "Market", "Quay", "Corner",
    ]  # fmt: skip


def test_stops_are_spread_around_and_no_more_than_asked() -> None:
    crowd = [(f"East {i}", "bus", 100.0 + 160 * i, 5.0) for i in range(6)]
    found = nearest_stops(stops(*crowd, ("West", "bus", -900, 0)), (0.0, 0.0), limit=2)
    assert found["name"].tolist() == ["East 0", "West"]
    assert found["distance_m"].tolist() == pytest.approx([100.1, 900], abs=0.1)


def test_the_second_of_two_stops_side_by_side_is_left_out() -> None:
    found = nearest_stops(stops(("A", "bus", 100, 0), ("B", "bus", 180, 0)), (0.0, 0.0))
    assert found["name"].tolist() == ["A"]


def test_no_stop_in_reach_is_an_empty_answer() -> None:
    assert nearest_stops(stops(("A", "bus", 5000, 0)), (0.0, 0.0)).empty


def test_a_city_has_its_main_station_once_and_its_schools(shared_data: Path) -> None:
    places = read_places(shared_data / "osm" / "heidelberg.osm.pbf")
    names = places.transit_stops.loc[places.transit_stops["kind"] == "train", "name"]
    assert (names == "Heidelberg Hauptbahnhof").sum() == 1
    assert not names.str.fullmatch("[A-Z]|Gleis .*").any()
    assert (places.quiet_places["kind"] == "school").sum() >= 20
    assert (places.transit_stops["kind"] == "bus").sum() >= 300
