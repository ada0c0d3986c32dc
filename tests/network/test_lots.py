"""Which ground of the map is a staging site, with how much room, for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from planner.initialise import initialise
from planner.layers.crs import to_metric
from planner.layers.workspace import Workspace
from planner.network.driven import driven
from planner.network.lots import Around, staging_ground
from planner.network.osm import read_extract
from planner.network.places import read_places
from planner.network.room import Room
from planner.network.site_kinds import car_park, leave, square, yard
from planner.network.site_tags import (
    SHORT_MIN,
    count_of,
    disabled_of,
    height_of,
    hours_of,
    lit_of,
    maxstay_of,
    surface_of,
)
from tests.network.osmfile import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from geopandas import GeoDataFrame

UTM = 32632


def ground(draw: Drawing, folder: Path) -> tuple[GeoDataFrame, Mapping[str, int]]:
    """Return what a drawing with at least one road offers, by id, and what was left out."""
    draw.way((-500, -500), (-400, -500), highway="residential")
    path = draw.write(folder / "city.osm.pbf")
    places, ways = read_places(path), driven(read_extract(path), UTM)
    near = {
        name: to_metric(getattr(places, name), UTM)
        for name in ("car_parks", "squares", "yards", "buildings", "water", "green", "rails",
                     "disabled_spaces", "facilities", "quiet_places")
    }  # fmt: skip
    room = Room.of(near["buildings"], water=near["water"], green=near["green"],
                   rails=near["rails"], roads=ways.roads)  # fmt: skip
    shapes = (np.asarray(near[name].geometry.array, object)
              for name in ("disabled_spaces", "facilities", "quiet_places"))  # fmt: skip
    frame, counts = staging_ground(
        near["car_parks"], near["squares"], near["yards"], Around(room, ways, *shapes)
    )
    return frame.set_index("id"), counts


def streets() -> Drawing:
    """Return a drawing of eleven rows and eleven files of streets, 100 m apart."""
    draw = Drawing()
    for i in range(-5, 6):
        line = [(100 * j, 100 * i) for j in range(-5, 6)]
        draw.way(*line, highway="primary", name=f"Row {i}")
        draw.way(*[(y, x) for x, y in line], highway="primary", name=f"File {i}")
    return draw


def areas(frame: GeoDataFrame) -> list[float]:
    return frame["capacity_m2"].tolist()


def test_rows_with_a_lane_between_them_are_one_lot_and_the_lane_is_no_room(tmp_path: Path) -> None:
    draw = Drawing()
    first = draw.box(0, 0, 40, 12, amenity="parking", surface="asphalt")
    draw.box(0, 18, 40, 12, amenity="parking", name="Lot North", lit="yes")
    draw.way((-20, 15), (60, 15), highway="service", service="parking_aisle")
    frame, _ = ground(draw, tmp_path)
    assert frame.index.tolist() == [f"park-way-{first}"]
    assert areas(frame) == pytest.approx([2 * 40 * 12], rel=0.02)
    row = frame.iloc[0]
    assert (row["name"], row["surface"], row["lit"]) == ("Lot North", "asphalt", "yes")


@pytest.mark.parametrize(
    ("road", "names"), [("residential", ("", "")), ("service", ("North", "South")), ("", ("", ""))]
)
def test_rows_across_a_street_or_with_names_of_their_own_are_two_lots(
    tmp_path: Path, road: str, names: tuple[str, str]
) -> None:
    draw = Drawing()
    for y, name in zip((0, 20), names, strict=True):
        draw.box(0, y, 40, 12, amenity="parking", **({"name": name} if name else {}))
    if road:
        draw.way((-20, 16), (60, 16), highway=road)
    frame, _ = ground(draw, tmp_path)
    assert len(frame) == 2


def test_parts_under_other_rules_are_other_lots(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 40, 20, amenity="parking")
    low = draw.box(40, 0, 40, 20, amenity="parking", maxheight="2.1")
    draw.box(80, 0, 40, 20, amenity="parking", maxheight="2.1", capacity="30")
    frame, _ = ground(draw, tmp_path)
    assert len(frame) == 2
    assert frame.loc[f"park-way-{low}", "maxheight_m"] == 2.1
    assert frame["capacity_m2"].max() == pytest.approx(1600, rel=0.02)


def test_roof_of_which_nobody_tells_the_height_keeps_buses_out(tmp_path: Path) -> None:
    """In Helsinki coaches were sent to wait under the bridge of Hakaniemi."""
    draw = Drawing()
    told = {
        draw.box(0, 0, 40, 20, amenity="parking", covered="yes"): 2.0,
        draw.box(100, 0, 40, 20, amenity="parking", covered="yes", maxheight="4"): 4.0,
        draw.box(200, 0, 40, 20, amenity="parking", covered="no"): None,
    }
    frame, _ = ground(draw, tmp_path)
    height = frame["maxheight_m"]
    found = {way: height[f"park-way-{way}"] for way in told}
    assert {way: None if np.isnan(m) else m for way, m in found.items()} == told


def test_what_stands_on_a_lot_takes_room_a_park_round_it_does_not(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(-200, -200, 600, 600, leisure="park")
    draw.box(0, 0, 50, 40, amenity="parking")
    draw.box(0, 0, 10, 10, building="yes")
    draw.box(20, 0, 10, 10, landuse="grass")
    draw.box(30, 0, 10, 10, leisure="playground")
    draw.box(40, 0, 10, 10, natural="water")
    frame, _ = ground(draw, tmp_path)
    assert areas(frame) == pytest.approx([50 * 40 - 4 * 100], rel=0.02)


def test_spaces_for_visitors_with_reduced_mobility_stay_out_of_the_room(tmp_path: Path) -> None:
    draw = Drawing()
    told = draw.box(0, 0, 50, 40, amenity="parking", **{"capacity:disabled": "4"})
    drawn = draw.box(200, 0, 50, 40, amenity="parking", **{"capacity:disabled": "1"})
    for x in (205, 215, 225):
        draw.node(x, 5, amenity="parking_space", parking_space="disabled")
    draw.box(235, 3, 4, 5, amenity="parking_space", parking_space="disabled")
    point = draw.node(400, 0, amenity="parking", capacity="40", **{"capacity:disabled": "10"})
    frame, _ = ground(draw, tmp_path)
    full = 50 * 40
    assert frame.loc[f"park-way-{told}", "capacity_m2"] == pytest.approx(full - 4 * 35, rel=0.02)
    assert frame.loc[f"park-way-{drawn}", "capacity_m2"] == pytest.approx(full - 4 * 35, rel=0.02)
    assert frame.loc[f"park-node-{point}", "capacity_m2"] == 30 * 25


def test_low_beam_on_every_way_in_binds_on_the_lot(tmp_path: Path) -> None:
    draw = Drawing()
    lots = {}
    for x, second in ((0, None), (200, {"maxheight": "2.5"}), (400, {})):
        lots[x] = f"park-way-{draw.box(x, 0, 50, 40, amenity='parking')}"
        beam = draw.node(x + 20, -20, barrier="height_restrictor", maxheight="2.1")
        draw.way((x + 20, -60), beam, (x + 20, 20), highway="service")
        if second is not None:
            draw.way((x + 40, -60), (x + 40, 20), highway="service", **second)
    lots[600] = f"park-way-{draw.box(600, 0, 50, 40, amenity='parking', maxheight='2.3')}"
    beam = draw.node(620, -55, barrier="height_restrictor", maxheight="3")
    far = draw.node(620, -120, barrier="height_restrictor", maxheight="1.9")  # of another place
    draw.way((620, -200), far, beam, (620, 20), highway="service")
    frame, _ = ground(draw, tmp_path)
    height = frame["maxheight_m"]
    assert [height[lots[x]] for x in (0, 200)] == [2.1, 2.5]
    assert np.isnan(height[lots[400]])
    assert height[lots[600]] == 2.3


def test_lot_behind_closed_ways_alone_is_closed(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 50, 40, amenity="parking")
    draw.way((20, -60), (20, 20), highway="service", access="private")
    draw.box(200, 0, 50, 40, amenity="parking")
    gate = draw.node(220, -20, barrier="lift_gate", access="no")
    draw.way((220, -60), gate, (220, 20), highway="service")
    both = draw.box(400, 0, 50, 40, amenity="parking")
    draw.way((420, -60), (420, 20), highway="service", access="private")
    draw.way((440, -60), (440, 20), highway="service")
    shop = draw.box(600, 0, 50, 40, amenity="parking")
    draw.way((620, -60), (620, 20), highway="service", access="customers")
    draw.way((605, 5), (645, 5), highway="service", access="private")  # an aisle leads nowhere
    frame, counts = ground(draw, tmp_path)
    assert frame["access"].to_dict() == {
        f"park-way-{both}": "public", f"park-way-{shop}": "permission",
    }  # fmt: skip
    assert counts["car parks left out: every way in is closed to the public"] == 2


def test_row_of_bays_along_a_street_is_no_place_to_gather(tmp_path: Path) -> None:
    """As in Heidelberg: strips of 5 m that open to the carriageway, without an aisle."""
    draw = Drawing()
    draw.box(0, 0, 90, 5, amenity="parking")
    draw.way((-20, -3), (120, -3), highway="residential")
    behind = draw.box(0, 200, 90, 5, amenity="parking")
    draw.way((-20, 198), (120, 198), highway="service")  # its own aisle
    frame, counts = ground(draw, tmp_path)
    assert frame.index.tolist() == [f"park-way-{behind}"]
    assert counts["car parks left out: a row of bays along a street"] == 1


def test_square_waits_for_leave_unless_its_tags_let_vehicles_in(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((-10, -5), (350, -5), highway="residential")
    calm = draw.box(0, 0, 40, 40, highway="pedestrian", area="yes", access="yes", foot="yes")
    driven_on = draw.box(100, 0, 40, 40, place="square", motor_vehicle="yes", name="Wide Square")
    market = draw.box(200, 0, 40, 40, amenity="marketplace")
    shut = draw.box(250, 0, 40, 40, place="square", motor_vehicle="no")
    draw.box(300, 0, 40, 40, place="square", access="no")
    frame, counts = ground(draw, tmp_path)
    told = frame["access"].to_dict()
    assert told == {
        f"square-way-{calm}": "permission", f"square-way-{driven_on}": "public",
        f"place-way-{market}": "permission",
    }  # fmt: skip
    assert f"square-way-{shut}" not in told
    assert counts["squares left out: not public"] == 2


def test_square_is_wide_level_reached_ground_and_no_school_yard(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((-10, -5), (600, -5), highway="residential")
    wide = draw.box(0, 0, 40, 40, highway="pedestrian", area="yes")
    draw.box(40, 0, 60, 10, highway="pedestrian", area="yes")  # a street, drawn as an area
    draw.box(120, 0, 40, 40, highway="pedestrian", area="yes", layer="1")
    draw.box(180, 0, 40, 40, highway="pedestrian", area="yes", indoor="yes")
    draw.box(0, 400, 40, 40, highway="pedestrian", area="yes")  # no street leads there
    draw.box(300, 0, 100, 100, amenity="school")
    draw.box(320, 0, 40, 40, highway="pedestrian", area="yes", name="Yard")
    draw.way((500, 0), (540, 0), (540, 40), (500, 40), (500, 0), highway="pedestrian")  # a loop
    frame, counts = ground(draw, tmp_path)
    assert frame.index.tolist() == [f"square-way-{wide}"]
    assert counts["squares left out: the yard of a school or clinic"] == 1
    assert counts["squares left out: no street or lane leads there"] == 1


def test_corners_round_a_church_are_no_square(tmp_path: Path) -> None:
    """As before the cathedral of Helsinki: what is left is too little on every side."""
    draw = Drawing()
    draw.way((-10, -5), (100, -5), highway="residential")
    draw.box(0, 0, 60, 60, place="square", name="Church Square")
    draw.box(16, 0, 28, 60, building="church")
    draw.box(0, 16, 60, 28, building="yes")
    frame, counts = ground(draw, tmp_path)
    assert frame.empty
    assert counts["squares left out: under 300 m2"] == 1


def test_carriageway_tracks_and_car_park_are_no_part_of_a_square(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 100, 60, place="square", name="Market Square")
    draw.way((-50, 3), (150, 3), highway="secondary", width="6")
    draw.way((-50, 57), (150, 57), railway="tram")
    lot = draw.box(60, 6, 40, 48, amenity="parking")
    frame, _ = ground(draw, tmp_path)
    assert frame["kind"].to_dict()[f"park-way-{lot}"] == "car park"
    room = frame.set_index("kind").loc["square", "capacity_m2"]
    assert room == pytest.approx(60 * 48, rel=0.03)


def test_square_drawn_twice_is_one(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((-10, -5), (100, -5), highway="residential")
    draw.box(0, 0, 60, 60, place="square", name="Old Square")
    draw.box(0, 0, 60, 50, highway="pedestrian", area="yes")
    frame, _ = ground(draw, tmp_path)
    assert areas(frame) == pytest.approx([3600], rel=0.03)


def test_closed_ground_is_kept_on_the_ground_of_a_facility_alone(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 200, 200, amenity="hospital", name="City Hospital")
    own = draw.box(20, 20, 50, 40, amenity="parking", access="private")
    draw.box(400, 0, 50, 40, amenity="parking", access="private")
    works = draw.box(100, 100, 50, 50, landuse="industrial", industrial="depot")
    draw.box(600, 0, 50, 50, landuse="depot")
    draw.box(700, 0, 50, 50, landuse="depot", depot="tram", access="yes")
    draw.box(800, 0, 50, 50, landuse="industrial", industrial="warehouse", access="yes")
    town = draw.box(900, 0, 50, 50, landuse="depot", access="permissive")
    frame, counts = ground(draw, tmp_path)
    assert frame["access"].to_dict() == {
        f"park-way-{own}": "private", f"yard-way-{works}": "private",
        f"yard-way-{town}": "public",
    }  # fmt: skip
    assert counts["car parks left out: not public"] == 1
    assert counts["service yards left out: not public"] == 1


def test_garage_is_no_open_lot_though_only_its_name_or_its_building_says_so(tmp_path: Path) -> None:
    draw = Drawing()
    draw.node(0, 0, amenity="parking", name="Parkhaus am Bahnhof", capacity="200")
    draw.node(50, 0, amenity="parking", name="Tiefgarage")
    draw.node(80, 0, amenity="parking", name="City Q-Park")
    draw.box(100, 0, 40, 40, building="yes")
    draw.node(120, 20, amenity="parking", capacity="90")
    open_air = draw.node(300, 0, amenity="parking", parking="surface", name="Garage Street Lot",
                         capacity="40")  # fmt: skip
    frame, counts = ground(draw, tmp_path)
    assert frame.index.tolist() == [f"park-node-{open_air}"]
    assert counts["car parks left out: covered or beside the kerb"] == 3
    assert counts["car parks left out: a point in a building or a street"] == 1


def test_point_within_any_outline_is_that_lot(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 50, 40, amenity="parking", access="private")
    draw.node(20, 20, amenity="parking", capacity="80")
    frame, counts = ground(draw, tmp_path)
    assert frame.empty
    assert counts["car parks left out: a point within an outline"] == 1


def test_self_crossing_and_nested_outlines_count_their_ground_once(tmp_path: Path) -> None:
    draw = Drawing()
    draw.way((0, 0), (40, 40), (40, 0), (0, 40), (0, 0), amenity="parking")  # a bow tie
    draw.box(200, 0, 60, 40, amenity="parking")
    draw.box(210, 10, 20, 20, amenity="parking", capacity="7")
    frame, _ = ground(draw, tmp_path)
    assert sorted(areas(frame)) == pytest.approx([800, 2400], rel=0.03)
    assert shapely.is_valid(np.asarray(frame.geometry.array, object)).all()


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({}, "surface"), ({"parking": "surface"}, "surface"), ({"parking": "lane"}, "street side"),
        ({"parking": "underground"}, "underground"), ({"building": "yes"}, "multi-storey"),
        ({"location": "underground"}, "underground"), ({"parking": "rooftop"}, "rooftop"),
        ({"parking": "layby"}, "street side"), ({"parking": "<b>"}, "surface"),
        # A lot of level -1 was told as a place to hold, one of layer -1 as 280 open spaces.
        ({"level": "-1"}, "underground"), ({"level": "-2;-1"}, "underground"),
        ({"layer": "-1"}, "underground"), ({"level": "0"}, "surface"), ({"level": "0;-1"}, "surface"),
        ({"level": "-1", "parking": "surface"}, "surface"), ({"level": "-"}, "surface"),
        ({"indoor": "yes"}, "multi-storey"), ({"indoor": "no"}, "surface"),
    ],
)  # fmt: skip
def test_car_park_has_a_kind(tags: dict[str, str], kind: str) -> None:
    assert car_park({"amenity": "parking", **tags}) == kind
    assert car_park(tags) == ""


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({}, ("public", "any")),
        ({"access": "customers"}, ("permission", "any")),
        ({"access": "private;customers"}, ("permission", "any")),
        ({"access": "whoever"}, ("private", "any")),
        ({"access": "no", "motorcar": "yes"}, ("public", "cars")),
        ({"access": "no", "coach": "designated"}, ("public", "buses")),
        ({"access": "psv"}, ("public", "buses")),
        ({"bus": "no"}, ("public", "cars")),
    ],
)  # fmt: skip
def test_who_may_drive_onto_a_car_park(tags: dict[str, str], told: tuple[str, str]) -> None:
    assert leave({"amenity": "parking", **tags}) == told


def test_square_closed_to_cars_is_not_thereby_a_square_for_buses() -> None:
    assert leave({"place": "square", "motorcar": "private"}) == ("private", "any")
    assert leave({"place": "square", "bus": "yes"}) == ("public", "buses")


def test_height_binds_strictest_where_it_cannot_be_read() -> None:
    said = {"2.1": 2.1, "7'": 2.13, "low": 2.0, "below_default": 2.0, "-3": 2.0, "0": 2.0}
    assert {text: height_of({"maxheight": text}) for text in said} == said
    assert np.isnan([height_of({"maxheight": text}) for text in ("none", "default", "99")]).all()
    assert height_of({"maxheight": "4", "maxheight:physical": "2.3"}) == 2.3


@pytest.mark.parametrize(
    ("tags", "hours"),
    [
        ({}, ""), ({"opening_hours": "24/7"}, "24/7"), ({"opening_hours": "mornings"}, "unknown"),
        ({"opening_hours": "Mo-Fr 08:00-18:00"}, "Mo-Fr 08:00-18:00"),
        ({"opening_hours": 'Mo-Fr 08:00-18:00 "ring 06221 555 0100"'}, "Mo-Fr 08:00-18:00 unknown"),
        ({"opening_hours": '"by appointment"'}, "unknown"),
        ({"access:conditional": "no @ (Sa 06:00-14:00)"}, "24/7; Sa 06:00-14:00 off"),
        ({"access:conditional": "customers @ (Mo-Fr 07:00-19:00; Sa 08:00-12:00)"},
         "24/7; Mo-Fr 07:00-19:00 off; Sa 08:00-12:00 off"),
        ({"access:conditional": "no @ wet"}, "unknown"),
        ({"access:conditional": "no @ (weight>7.5)"}, ""),
        ({"access:conditional": "yes @ (Su)"}, ""),
        ({"opening_hours": "Mo-Fr 08:00-18:00; " * 40}, "unknown"),
    ],
)  # fmt: skip
def test_hours_are_those_of_the_map_without_remarks(tags: dict[str, str], hours: str) -> None:
    assert hours_of(tags) == hours


@pytest.mark.parametrize(
    ("tags", "minutes"),
    [
        ({}, None), ({"maxstay": "30 minutes"}, 30), ({"maxstay": "2 hours"}, 120),
        ({"maxstay": "1h"}, 60), ({"maxstay": "30min"}, 30), ({"maxstay": "240"}, 240),
        ({"maxstay": "1,5 h"}, 90), ({"maxstay": "PT2H"}, 120), ({"maxstay": "02:00"}, 120),
        ({"maxstay": "1 week"}, 10_080), ({"maxstay": "6 months"}, SHORT_MIN),
        ({"maxstay": "no"}, None), ({"maxstay": "unlimited"}, None), ({"maxstay": "100 weeks"}, None),
        ({"maxstay": "0"}, SHORT_MIN), ({"maxstay": "see sign"}, SHORT_MIN),
        ({"maxstay": "1 day", "maxstay:conditional": "2 hours @ (Mo-Fr 08:00-18:00)"}, 120),
        ({"maxstay": "2 hours", "maxstay:conditional": "no @ (18:00-08:00)"}, 120),
        ({"parking:condition:area:maxstay": "15 min"}, 15),
        ({"parking:condition:maxstay": "4 h"}, 240),
    ],
)  # fmt: skip
def test_longest_stay_binds_strictest_where_it_cannot_be_read(
    tags: dict[str, str], minutes: float | None
) -> None:
    found = maxstay_of(tags)
    assert (None if np.isnan(found) else found) == minutes


def test_rows_where_one_may_stay_longer_are_a_lot_of_their_own(tmp_path: Path) -> None:
    draw = Drawing()
    short = draw.box(0, 0, 40, 20, amenity="parking", maxstay="30 min")
    long = draw.box(40, 0, 40, 20, amenity="parking")
    frame, _ = ground(draw, tmp_path)
    assert frame.loc[f"park-way-{short}", "maxstay_min"] == 30
    assert np.isnan(frame.loc[f"park-way-{long}", "maxstay_min"])


def test_counts_lights_surface_are_words_of_the_map_or_nothing() -> None:
    assert np.isnan([count_of(text) for text in ("-3", "many", "1e9", "999999", "²")]).all()
    told = {"4": 4.0, "yes": 1.0, "no": 0.0, "-3": 1.0, "lots": 1.0, "0": 0.0}
    assert {text: disabled_of({"capacity:disabled": text}) for text in told} == told
    assert [lit_of({"lit": text}) for text in ("yes", "24/7", "no", "?")] == [
        "yes", "yes", "no", "unknown",
    ]  # fmt: skip
    assert surface_of({"surface": "Paving_stones"}) == "paving_stones"
    assert surface_of({"surface": "<b>" + "x" * 60}) == ""


def test_square_and_yard_by_tag() -> None:
    assert square({"place": "square"}) == "square"
    assert square({"highway": "pedestrian", "tunnel": "yes"}) == ""
    assert square({"highway": "pedestrian", "amenity": "parking"}) == ""
    assert yard({"industrial": "depot"}) == yard({"landuse": "depot", "depot": "bus"})
    assert yard({"landuse": "industrial"}) == yard({"landuse": "depot", "depot": "railway"}) == ""


def test_hostile_tags_still_make_a_workspace(tmp_path: Path) -> None:
    draw = streets()
    hostile = {
        "maxheight": "low", "capacity": "-3", "capacity:disabled": "x" * 500,
        "opening_hours": '25:99-"; DROP TABLE', "surface": "<script>" + "a" * 300,
        "lit": "\u202e", "name": "ring +49 6221 555 0100", "access": "yes;;;",
    }  # fmt: skip
    draw.box(110, 110, 60, 60, amenity="parking", **hostile)
    draw.box(210, 210, 60, 60, place="square", **hostile)
    report = initialise(draw.write(tmp_path / "town.osm.pbf"), tmp_path / "w.gpkg")
    frame = Workspace.open(report.path).layer("staging_sites").set_index("kind")
    row = frame.loc["car park"]
    assert (row["maxheight_m"], row["hours"], row["surface"], row["lit"]) == (
        2.0, "unknown", "", "unknown",
    )  # fmt: skip
    assert "0100" not in row["name"]
    assert row["name"].startswith("Car park")
    assert frame.loc["square", "access"] == "permission"


def test_lots_on_one_street_are_told_apart_by_a_second(tmp_path: Path) -> None:
    """Who is sent to the car park near Row 1 must find one of them, not the other."""
    draw = streets()
    for x, y in ((215, 105), (-285, 105), (130, 310)):
        draw.box(x, y, 40, 40, amenity="parking", surface="asphalt")
    draw.node(130, -250, amenity="parking")
    report = initialise(draw.write(tmp_path / "town.osm.pbf"), tmp_path / "w.gpkg")
    assert sorted(Workspace.open(report.path).layer("staging_sites")["name"]) == [
        "Car park near File 1",
        "Car park near Row 1 and File -3",
        "Car park near Row 1 and File 2",
        "Car park near Row 3",
    ]
    told = report.counts
    kinds = [told[key] for key in told if key.startswith("staging sites: ")]
    assert told["staging sites: car park"] == sum(kinds) == told["staging sites"] == 4
