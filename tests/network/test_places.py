"""What the reader of everything but roads keeps, drops and counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from planner.errors import NetworkError
from planner.layers.crs import to_metric
from planner.network.candidates import support_stops
from planner.network.lots import Around, staging_ground
from planner.network.places import Places, read_places
from planner.network.room import Room
from planner.network.sites import mapped_entrances, public_facilities
from tests.network.osmfile import Drawing, lonlat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame

UTM = 32632


def _city() -> Drawing:
    """A block with a holed pond, a court with a door, two touching car parks, a gap at 0,0."""
    draw = Drawing()
    door = draw.node(20, 0, entrance="main", name="Main door")
    draw.way((0, 0), door, (40, 0), (40, 30), (0, 30), (0, 0),
             building="yes", amenity="courthouse", name="Old Court")  # fmt: skip
    outer = draw.box(100, 100, 100, 100)
    inner = draw.box(140, 140, 20, 20)
    draw.relation((outer, "outer"), (inner, "inner"), natural="water", name="Pond")
    draw.box(200, 0, 40, 20, amenity="parking", surface="asphalt")
    draw.box(240, 0, 20, 20, amenity="parking")
    draw.box(205, 5, 10, 10, building="kiosk")
    draw.way((300, 0), (320, 20), (320, 0), (300, 20), (300, 0), building="yes")
    draw.way((400, 0), 9001, (440, 30), (400, 30), (400, 0), building="yes")
    draw.way((500, 0), (540, 0), draw.zero(), (500, 30), (500, 0), landuse="grass")
    draw.node(-50, 0, barrier="gate", access="private")
    draw.node(-60, 0, amenity="cafe", opening_hours="08:00-18:00")
    draw.node(-70, 0, amenity="toilets", access="private")
    return draw


@pytest.mark.parametrize("order", ["nwr", "rwn", "wrn"])
def test_read_places_does_not_mind_the_order_of_the_file(tmp_path: Path, order: str) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf", order))
    assert dict(places.counts) == {
        "buildings": 3, "water": 1, "waterways": 0, "green": 1, "rails": 0, "car parks": 2,
            "squares": 0, "yards": 0, "disabled spaces": 0,
        "entrances": 2, "facilities": 1, "support stops": 1, "quiet places": 0, "transit stops": 0,
        "keep clear": 0,
    }  # fmt: skip


def test_read_places_counts_each_kind_of_drop(tmp_path: Path) -> None:
    drops = read_places(_city().write(tmp_path / "city.osm.pbf")).drops
    assert drops["self-crossing outlines mended"] == 1
    assert drops["ways with nodes missing from the file"] == 2
    assert drops["buildings dropped, outline not whole"] == 1


def test_a_relation_keeps_its_hole(tmp_path: Path) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf"))
    area = to_metric(places.water, UTM).geometry.area.iloc[0]
    assert area == pytest.approx(100 * 100 - 20 * 20, rel=0.01)


def test_a_self_crossing_building_is_mended_to_its_area(tmp_path: Path) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf"))
    assert places.buildings.geometry.is_valid.all()
    bow = places.buildings[places.buildings["osm_id"] == "way/106"]
    assert to_metric(bow, UTM).geometry.area.iloc[0] == pytest.approx(200, rel=0.02)


def test_a_node_at_zero_zero_is_left_out_of_an_area(tmp_path: Path) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf"))
    area = to_metric(places.green, UTM).geometry.area.iloc[0]
    assert area == pytest.approx(40 * 30 / 2, rel=0.02)


def test_an_outline_that_is_cut_leaves_a_facility_as_a_point(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((0, 0), 9001, 9002, (0, 0), amenity="hospital", name="Cut Hospital")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    point = places.facilities.geometry.iloc[0]
    assert point.geom_type == "Point"
    assert (point.x, point.y) == pytest.approx(lonlat(0, 0), abs=1e-6)


def test_water_without_its_outline_is_named(tmp_path: Path) -> None:
    draw = Drawing()
    shore = draw.way((0, 0), (100, 0), (200, 0))
    draw.relation((shore, "outer"), (9001, "outer"), waterway="riverbank", name="Big River")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    assert places.lost_water == ("Big River",)


def test_old_style_relations_take_the_tags_of_their_outer_way(tmp_path: Path) -> None:
    draw = Drawing()
    outer = draw.box(0, 0, 100, 100, building="yes")
    draw.relation((outer, "outer"), (draw.box(40, 40, 20, 20), "inner"))
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    area = to_metric(places.buildings, UTM).geometry.area
    assert area.tolist() == pytest.approx([100 * 100 - 20 * 20], rel=0.01)


def test_the_sea_lies_right_of_the_coastline(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((0, -1000), (0, 1000), natural="coastline")  # northward: sea to the east
    west, south = lonlat(-500, -500)
    east, north = lonlat(500, 500)
    places = read_places(draw.write(tmp_path / "c.osm.pbf"), bbox=(west, south, east, north))
    sea = places.water.geometry.union_all()
    assert sea.contains(shapely.Point(*lonlat(300, 0)))
    assert not sea.contains(shapely.Point(*lonlat(-300, 0)))


def test_bbox_keeps_what_touches_it(tmp_path: Path) -> None:
    box = (*lonlat(90, 90), *lonlat(120, 120))
    places = read_places(_city().write(tmp_path / "city.osm.pbf"), bbox=box)
    assert places.counts["water"] == 1
    assert places.counts["car parks"] == 0


def _lots(places: Places) -> tuple[GeoDataFrame, Mapping[str, int]]:
    parks, squares, yards, buildings = (
        to_metric(frame, UTM)
        for frame in (places.car_parks, places.squares, places.yards, places.buildings)
    )
    return staging_ground(parks, squares, yards, Around(Room.of(buildings)))


def test_touching_car_parks_are_one_lot_less_its_buildings(tmp_path: Path) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf"))
    lots, left_out = _lots(places)
    assert lots["capacity_m2"].tolist() == pytest.approx([60 * 20 - 10 * 10], rel=0.02)
    assert set(left_out.values()) == {0}


def test_car_parks_private_covered_or_small_are_left_out(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 50, 50, amenity="parking", access="private")
    draw.box(100, 0, 50, 50, amenity="parking", parking="underground")
    draw.box(200, 0, 10, 10, amenity="parking")
    draw.node(300, 0, amenity="parking", capacity="20")
    draw.node(400, 0, amenity="parking")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    lots, left_out = _lots(places)
    assert lots["capacity_m2"].tolist() == [500.0, 300.0]
    assert lots["kind"].tolist() == ["car park", "car park, size assumed"]
    assert left_out["car parks left out: not public"] == 1
    assert left_out["car parks left out: covered or beside the kerb"] == 1
    assert left_out["car parks left out: under 300 m2"] == 1


def test_mapped_doors_on_the_outline_become_entrances(tmp_path: Path) -> None:
    places = read_places(_city().write(tmp_path / "city.osm.pbf"))
    facilities, _ = public_facilities(to_metric(places.facilities, UTM))
    doors = mapped_entrances(facilities, to_metric(places.entrances, UTM))
    assert doors["name"].tolist() == ["Main door"]
    assert doors["facility_id"].tolist() == ["osm-way-100"]
    assert not doors["assumed"].any()


def test_a_point_in_an_outline_of_its_kind_is_part_of_it(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 100, 100, amenity="hospital", name="City Hospital")
    draw.node(50, 50, amenity="hospital")
    draw.node(50, 60, amenity="library", name="Reading Room")
    draw.node(500, 60, office="government")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    facilities, left_out = public_facilities(to_metric(places.facilities, UTM))
    assert facilities["name"].tolist() == ["City Hospital", "Reading Room"]
    assert left_out == {
        "public places left out: no name": 1, "public places left out: part of another": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"opening_hours": "08:00-18:00"}, ("08:00", "18:00", "")),
        ({"opening_hours": "Mo-Sa 11:00-22:00; Su 12:00-22:00"},
         ("", "", "Mo-Sa 11:00-22:00; Su 12:00-22:00")),
        ({"opening_hours": "Mo-Fr 8.00-16.00"}, ("", "", "Mo-Fr 8:00-16:00")),
        # What speaks of school holidays, or cannot be read, is not known.
        ({"opening_hours": "Mo-Fr 08:00-18:00; SH off"}, ("", "", "")),
        ({"opening_hours": "by the season"}, ("", "", "")),
        ({}, ("", "", "")),
    ],
)  # fmt: skip
def test_hours_of_a_stop_are_kept_by_the_day(
    tags: Mapping[str, str], told: tuple[str, str, str], tmp_path: Path
) -> None:
    draw = Drawing()
    draw.node(0, 0, amenity="cafe", **tags)
    stops = read_places(draw.write(tmp_path / "city.osm.pbf")).support_stops
    assert tuple(stops[["opens", "closes", "hours"]].iloc[0]) == told


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({"emergency": "yes"}, "yes"),
        ({"emergency": "no"}, "no"),
        ({"healthcare": "clinic"}, "no"),
        ({"healthcare": "clinic", "emergency": "yes"}, "yes"),
        ({"healthcare": "hospital"}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_a_hospital_tells_whether_it_takes_emergencies(
    tags: Mapping[str, str], told: str, tmp_path: Path
) -> None:
    """A private clinic that is mapped as a hospital is no place to bring who is hurt."""
    draw = Drawing()
    draw.box(0, 0, 60, 60, amenity="hospital", name="House", **tags)
    draw.node(200, 0, amenity="police", emergency="yes")
    stops = read_places(draw.write(tmp_path / "city.osm.pbf")).support_stops
    assert dict(zip(stops["kind"], stops["emergency"], strict=True)) == {
        "hospital": told, "police": "unknown"}  # fmt: skip


def test_an_emergency_ward_at_a_hospital_tells_that_it_takes_emergencies(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 60, 60, amenity="hospital", name="General")
    draw.box(400, 0, 60, 60, amenity="hospital", name="Other")
    draw.box(70, 0, 20, 20, amenity="hospital", name="Rehab", emergency="no")
    draw.node(65, 30, emergency="emergency_ward_entrance")
    draw.node(66, 31, amenity="police")
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    stops = support_stops(places, UTM, (-180.0, -90.0, 180.0, 90.0))
    assert dict(zip(stops["name"], stops["emergency"], strict=True)) == {
        "General": "yes", "Other": "unknown", "Rehab": "no", "police": "unknown"}  # fmt: skip


def test_street_of_an_address_is_kept_never_its_number(tmp_path: Path) -> None:
    draw = Drawing()
    address = {"addr:street": "Main Street", "addr:housenumber": "12"}
    draw.box(0, 0, 100, 100, amenity="library", name="Reading Room", **address)
    draw.box(0, 200, 100, 100, amenity="townhall", name="Hall", **{"addr:street": "12 Main Street"})
    draw.node(0, 50, entrance="main", **{"addr:street": "Back Lane 7", "addr:housenumber": "7"})
    draw.box(200, 0, 50, 50, amenity="parking", **{"addr:street": "Park Row"})
    places = read_places(draw.write(tmp_path / "city.osm.pbf"))
    facilities, _ = public_facilities(to_metric(places.facilities, UTM))
    assert facilities.set_index("name")["street"].to_dict() == {
        "Reading Room": "Main Street", "Hall": "",
    }  # fmt: skip
    doors = mapped_entrances(facilities, to_metric(places.entrances, UTM))
    assert doors["street"].tolist() == ["Back Lane"]
    lots, _ = _lots(places)
    assert lots["street"].tolist() == ["Park Row"]


@pytest.mark.parametrize("content", [None, b"", b"no map at all"])
def test_unreadable_files_raise_with_the_path(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "bad.osm.pbf"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"bad\.osm\.pbf"):
        read_places(path)


def test_real_cities_give_the_known_counts(shared_data: Path) -> None:
    helsinki = read_places(shared_data / "osm" / "helsinki.osm.pbf")
    assert len(helsinki.car_parks) == 118
    assert len(helsinki.buildings) > 1_368
    assert helsinki.buildings.geometry.is_valid.all()
    portland = read_places(shared_data / "osm" / "portland.osm.pbf")
    assert (portland.facilities["kind"] == "hospital").sum() == 4
    assert "Willamette River" in portland.lost_water
    assert np.isfinite(portland.green.total_bounds).all()
