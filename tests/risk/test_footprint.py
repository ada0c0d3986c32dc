"""Footprints: as large as the crowd, on free ground, where it was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from planner.risk.footprint import crowd_m2
from planner.risk.ground import Obstacles
from tests.town import RIVER, is_shut, make_network, risk_of, second, town_streets, zone

if TYPE_CHECKING:
    from planner.network.graph import Network

TOWN = make_network(town_streets())
PLACES: dict[str, Any] = {
    "point on a crossing": Point(200, 200),
    "point inside a building": Point(150, 150),
    "point in the river": Point(250, -30),
    "street": LineString([(100, 300), (200, 300)]),
    "line round a corner": LineString([(100, 200), (200, 200), (200, 300)]),
    "small polygon": box(245, 205, 255, 215),
    "large plaza": box(205, 205, 295, 295),
    "polygon over buildings": box(120, 120, 320, 220),
    "bridge": LineString([(100, -100), (100, 0)]),
}


@pytest.mark.parametrize(("people", "ground"), [(200, 185), (1_000, 926), (20_000, 18_519)])
def test_crowd_takes_the_published_ground(people: int, ground: int) -> None:
    assert round(crowd_m2(people, 1.08)) == ground


@pytest.mark.parametrize("people", [30, 1_000, 20_000])
@pytest.mark.parametrize("place", PLACES)
def test_footprint_is_size_over_density_and_on_free_ground(
    place: str, people: int, obstacles: Obstacles
) -> None:
    row = zone(PLACES[place], size_low=10, size_high=people)
    footprint = risk_of(TOWN, row, obstacles=obstacles).footprints[0]
    assert footprint.polygon.area == pytest.approx(people / 1.08, rel=0.05)
    taken = shapely.union_all([*obstacles.buildings, *obstacles.water])
    assert footprint.polygon.intersection(taken).area < 1e-6
    assert footprint.polygon.is_valid
    assert footprint.kept_clear.buffer(0.01).covers(footprint.polygon)


@settings(max_examples=25, deadline=None)
@given(st.floats(-20, 420), st.floats(-20, 420), st.integers(5, 8_000))
def test_footprint_of_any_point_has_its_area(x: float, y: float, people: int) -> None:
    obstacles = Obstacles([box(10, 10, 90, 90), box(110, 10, 190, 190)], [RIVER])
    footprint = risk_of(
        TOWN, zone(Point(x, y), size_low=0, size_high=people), obstacles=obstacles
    ).footprints[0]
    assert footprint.polygon.area == pytest.approx(people / 1.08, rel=0.05)


def test_crowd_fills_the_street_not_a_circle(town: Network) -> None:
    polygon = risk_of(town, zone(Point(150, 200), size_high=1_500)).footprints[0].polygon
    west, south, east, north = polygon.bounds
    assert east - west > 2 * (north - south)


def test_crowd_stays_on_its_bank_of_the_river(town: Network, obstacles: Obstacles) -> None:
    row = zone(Point(250, -100), size_high=8_000)
    polygon = risk_of(town, row, obstacles=obstacles).footprints[0].polygon
    assert polygon.bounds[3] <= -90 + 1e-6


def test_drawn_polygon_with_room_is_kept_clear_as_a_whole(
    town: Network, obstacles: Obstacles
) -> None:
    plaza = box(205, 195, 295, 295)
    risk = risk_of(town, zone(plaza), obstacles=obstacles)
    footprint = risk.footprints[0]
    assert footprint.polygon.area == pytest.approx(500 / 1.08, rel=0.05)
    assert footprint.kept_clear.equals(plaza)
    shut = is_shut(risk.field, second(8))
    assert {town.names[town.name[a]] for a in shut.nonzero()[0]} == {"Street 3"}


def test_assembly_on_one_block_leaves_the_crossing_streets_open(town: Network) -> None:
    block = LineString([(100, 200), (200, 200)])
    risk = risk_of(town, zone(block, size_high=800))
    shut = is_shut(risk.field, second(8))
    assert {town.names[town.name[a]] for a in shut.nonzero()[0]} == {"Street 3"}
    assert shut.sum() == 2


def test_crowd_on_a_bridge_shuts_it_though_water_is_mapped(
    town: Network, obstacles: Obstacles
) -> None:
    risk = risk_of(town, zone(PLACES["bridge"], size_high=100), obstacles=obstacles)
    shut = is_shut(risk.field, second(8))
    assert "Bridge" in {town.names[town.name[a]] for a in shut.nonzero()[0]}


def test_upper_size_is_the_one_provided_for(town: Network) -> None:
    small, large = (
        risk_of(town, zone(Point(0, 0), size_low=100, size_high=n)).footprints[0].polygon.area
        for n in (200, 400)
    )
    assert large == pytest.approx(2 * small, rel=0.05)


def test_no_room_is_told_not_hidden(town: Network) -> None:
    island = Obstacles([], [box(-20_000, -20_000, 20_000, 20_000).difference(box(0, 0, 9, 9))])
    risk = risk_of(town, zone(Point(5, 5), size_high=900), obstacles=island)
    assert any("only 81 m2 are free" in note for note in risk.notices)


def test_march_out_of_a_closed_court_takes_no_more_ground_than_its_people_need(
    town: Network,
) -> None:
    """The court holds few of them; where the line leaves it, the whole town would be free."""
    court = box(150, 150, 250, 250).difference(box(195, 195, 205, 205))
    line = LineString([(200, 200), (350, 200)])
    risk = risk_of(town, zone(line, kind="march"), obstacles=Obstacles([court]))
    assert max(step.polygon.area for step in risk.footprints) <= 1.05 * crowd_m2(500, 1.0)
