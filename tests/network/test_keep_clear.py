"""What the map tells of places and ways to be kept clear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from planner.network.emergency import emergency_ways
from planner.network.osm import read_extract
from planner.network.places import read_places
from tests.network.osmfile import Drawing

if TYPE_CHECKING:
    from pathlib import Path


def test_places_to_be_kept_clear_are_read(tmp_path: Path) -> None:
    draw = Drawing()
    draw.box(0, 0, 40, 40, amenity="fire_station", building="yes", name="North")
    draw.node(90, 0, amenity="taxi")
    draw.node(120, 0, emergency="emergency_ward_entrance")
    draw.node(150, 0, emergency="fire_hydrant")
    draw.node(180, 0, aeroway="helipad")
    rows = read_places(draw.write(tmp_path / "city.osm.pbf")).keep_clear
    assert sorted(rows["kind"]) == ["fire station", "helipad", "hospital entrance", "taxi stand"]


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ({"service": "emergency_access"}, True),
        ({"access": "emergency"}, True),
        ({"emergency": "designated", "access": "no"}, True),
        ({"emergency": "yes", "motor_vehicle": "no"}, True),
        ({"emergency": "yes"}, False),
        ({"access": "private"}, False),
    ],
)
def test_a_way_for_emergency_vehicles_is_told_by_its_tags(
    tags: dict[str, str], kept: bool, tmp_path: Path
) -> None:
    draw = Drawing()
    draw.way((0, 0), (100, 0), highway="residential")
    draw.way((50, 0), (50, 80), highway="service", name="Lane", **tags)
    found = emergency_ways(read_extract(draw.write(tmp_path / "city.osm.pbf")))
    assert found["name"].tolist() == ["Lane"] * kept
    assert found.crs.to_epsg() == 4326
