"""A city file becomes a workspace, whole or not at all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from planner.errors import Cancelled, InputError, NetworkError, StoreError
from planner.initialise import STEPS, Progress, initialise, read_obstacles, settle_gates
from planner.layers.schema import LAYERS
from planner.layers.workspace import Workspace
from planner.network.store import load_extract, load_network
from tests.network.osmfile import Drawing, lonlat

if TYPE_CHECKING:
    from pathlib import Path


def _town() -> Drawing:
    """Streets every 100 m, main roads beyond them, a court, a hospital and a car park."""
    draw = Drawing()
    for i in range(-10, 11):
        line = [(100 * j, 100 * i) for j in range(-10, 11)]
        draw.way(*line, highway="residential", name=f"Row {i}")
        draw.way(*[(y, x) for x, y in line], highway="residential", name=f"File {i}")
    for name, x, y in (("West", -1, 0), ("East", 1, 0), ("North", 0, 1), ("South", 0, -1)):
        draw.way((1000 * x, 1000 * y), (1500 * x, 1500 * y), highway="primary", name=f"{name} Road")
    draw.box(10, 10, 60, 60, building="yes", amenity="courthouse", name="Old Court")
    door = draw.node(240, 210, entrance="main")
    draw.way((210, 210), door, (270, 210), (270, 270), (210, 270), (210, 210),
             building="yes", amenity="hospital", name="City Hospital")  # fmt: skip
    draw.box(310, 310, 50, 40, amenity="parking")
    draw.box(-90, -90, 80, 70, amenity="school", name="South School")
    draw.node(105, -5, highway="bus_stop", name="Old Court")
    draw.node(410, 410, amenity="fuel", opening_hours="06:00-22:00")
    draw.node(420, 410, amenity="cafe", opening_hours="Mo-Fr 08:00-18:00", name="0622155501")
    return draw


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return _town().write(tmp_path / "toy_town.osm.pbf")


def test_initialise_fills_every_layer_it_can(town: Path, tmp_path: Path) -> None:
    report = initialise(town, tmp_path / "w.gpkg")
    counts = report.counts
    assert counts["gateways"] == 4
    assert counts["facilities"] == 2
    assert counts["facilities: courthouse"] == 1
    assert counts["facilities: embassy"] == 0
    assert counts["entrances: mapped"] == 1
    assert counts["entrances: assumed"] == 4
    assert counts["staging sites"] == 1
    assert counts["support stops: fuel"] == 1
    assert counts["support stops: police"] == 0
    assert counts["buildings"] == 2
    assert counts["water"] == 0
    assert counts["quiet places: school"] == counts["quiet places: hospital"] == 1
    assert counts["transit stops: bus"] == counts["transit stops"] == 1
    assert counts["transit stops: ferry"] == 0


def test_the_workspace_holds_what_the_report_tells(town: Path, tmp_path: Path) -> None:
    report = initialise(town, tmp_path / "w.gpkg")
    workspace = Workspace.open(report.path)
    for layer in ("facilities", "entrances", "gateways", "staging_sites", "support_stops"):
        frame = workspace.layer(layer)
        assert len(frame) == report.counts[layer.replace("_", " ")]
        assert list(frame.columns) == [*LAYERS[layer].names, "geometry"]
    assert load_network(workspace).counts["arcs"] == report.counts["road arcs"]
    assert load_extract(workspace).n_ways > 0
    buildings, water = read_obstacles(workspace)
    assert buildings.crs.to_epsg() == report.settings.epsg == 32632
    assert buildings.geometry.area.tolist() == pytest.approx([3600, 3600], rel=0.02)
    assert water.empty
    for table in ("quiet_places", "transit_stops"):
        assert len(workspace.static(table)) == report.counts[table.replace("_", " ")] > 0


def test_settings_tell_place_time_zone_and_source(town: Path, tmp_path: Path) -> None:
    settings = initialise(town, tmp_path / "w.gpkg").settings
    assert settings.timezone == "Europe/Berlin"
    assert settings.name == "Toy town"
    assert settings.source_name == "toy_town.osm.pbf"
    assert settings.source_sha256 == hashlib.sha256(town.read_bytes()).hexdigest()
    west, south, east, north = settings.bounds
    assert west < lonlat(-990, 0)[0]
    assert north > lonlat(0, 990)[1]
    assert south < north
    assert west < east


def test_name_and_time_zone_can_be_given(town: Path, tmp_path: Path) -> None:
    settings = initialise(
        town, tmp_path / "w.gpkg", timezone="Asia/Tokyo", name="Exercise"
    ).settings
    assert (settings.timezone, settings.name) == ("Asia/Tokyo", "Exercise")


def test_hours_are_kept_where_the_same_every_day(town: Path, tmp_path: Path) -> None:
    stops = Workspace.open(initialise(town, tmp_path / "w.gpkg").path).layer("support_stops")
    fuel = stops[stops["kind"] == "fuel"].iloc[0]
    food = stops[stops["kind"] == "food"].iloc[0]
    assert (fuel["opens"], fuel["closes"]) == ("06:00", "22:00")
    # Nobody told of the hours: they are not known, never open all day.
    assert (food["opens"], food["closes"]) == ("", "")


def test_a_mapped_name_with_a_telephone_number_is_not_kept(town: Path, tmp_path: Path) -> None:
    stops = Workspace.open(initialise(town, tmp_path / "w.gpkg").path).layer("support_stops")
    assert stops[stops["kind"] == "food"]["name"].tolist() == ["food"]


def test_warnings_say_what_the_file_lacks(town: Path, tmp_path: Path) -> None:
    warnings = " ".join(initialise(town, tmp_path / "w.gpkg").warnings)
    assert "does not tell its date" in warnings
    assert "maps no water" in warnings
    assert "2 buildings" in warnings


def _site(ident: str, x: float, y: float) -> gpd.GeoDataFrame:
    shape = shapely.box(*lonlat(x, y), *lonlat(x + 60, y + 60))
    return gpd.GeoDataFrame({"id": [ident], "name": ["Depot"]}, geometry=[shape], crs=4326)


def _gate(facility: str, x: float, y: float) -> gpd.GeoDataFrame:
    row = {"id": ["gate"], "name": ["Gate"], "facility_id": [facility]}
    return gpd.GeoDataFrame(row, geometry=[shapely.Point(*lonlat(x, y))], crs=4326)


def test_settle_gates_assumes_gates_until_real_ones_come(town: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(initialise(town, tmp_path / "w.gpkg").path)
    workspace.append("facilities", _site("depot", -180, -180))
    said = settle_gates(workspace, "facilities", _site("depot", -180, -180))
    gates = workspace.layer("entrances").query("facility_id == 'depot'")
    assert said == ["4 entrances assumed where public streets meet the outline"]
    assert gates["assumed"].tolist() == [True] * 4

    workspace.append("entrances", _gate("depot", -180, -150))
    said = settle_gates(workspace, "entrances", _gate("depot", -180, -150))
    gates = workspace.layer("entrances").query("facility_id == 'depot'")
    assert said == ["4 assumed entrances taken out"]
    assert gates["id"].tolist() == ["gate"]


def test_settle_gates_moves_assumed_gates_with_the_facility(town: Path, tmp_path: Path) -> None:
    workspace = Workspace.open(initialise(town, tmp_path / "w.gpkg").path)
    for x in (-180, 420):
        workspace.append("facilities", _site("depot", x, -180))
        settle_gates(workspace, "facilities", _site("depot", x, -180))
    gates = workspace.layer("entrances").query("facility_id == 'depot'")
    assert len(gates) == 4
    assert gates.geometry.x.min() > lonlat(400, 0)[0]


def test_bbox_narrows_the_workspace(town: Path, tmp_path: Path) -> None:
    box = (*lonlat(-550, -550), *lonlat(150, 150))
    report = initialise(town, tmp_path / "w.gpkg", bbox=box)
    assert report.counts["facilities"] == 1
    assert report.counts["staging sites"] == 0
    assert report.counts["gateways"] >= 3


def test_an_existing_workspace_is_kept_unless_told(town: Path, tmp_path: Path) -> None:
    path = initialise(town, tmp_path / "w.gpkg").path
    before = path.read_bytes()
    with pytest.raises(StoreError):
        initialise(town, path)
    assert path.read_bytes() == before
    initialise(town, path, overwrite=True)


def test_nothing_is_left_behind_when_the_file_is_bad(tmp_path: Path) -> None:
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(b"not a map")
    with pytest.raises(NetworkError):
        initialise(bad, tmp_path / "w.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.osm.pbf"]


@pytest.mark.parametrize("box", [(9, 49, 8, 50), (8, 50, 9, 49), (8, 49, 9, 95)])
def test_a_box_in_the_wrong_order_raises(
    town: Path, tmp_path: Path, box: tuple[float, float, float, float]
) -> None:
    with pytest.raises(InputError, match="west, south, east, north"):
        initialise(town, tmp_path / "w.gpkg", bbox=box)


def test_a_box_without_roads_raises(town: Path, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="no road"):
        initialise(town, tmp_path / "w.gpkg", bbox=(20, 20, 21, 21))


def test_real_portland_has_hospitals_gates_and_staging(shared_data: Path, tmp_path: Path) -> None:
    report = initialise(shared_data / "osm" / "portland.osm.pbf", tmp_path / "w.gpkg")
    assert report.counts["facilities: hospital"] == 4
    assert report.counts["gateways"] == 12
    assert report.counts["staging sites"] > 20
    assert report.settings.timezone == "America/Los_Angeles"
    assert any("Willamette River" in warning for warning in report.warnings)


def test_each_step_is_told_before_it_begins(town: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    initialise(town, tmp_path / "w.gpkg", progress=told.append)

    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert done[0] == 0
    assert all(0 <= share < 1 for share in done)
    assert len({progress.step for progress in told}) == len(told) >= 6


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_cancelling_at_any_step_leaves_no_file(town: Path, tmp_path: Path, step: int) -> None:
    target, told = tmp_path / "out" / "w.gpkg", []
    target.parent.mkdir()

    def stop(progress: Progress) -> None:
        told.append(progress)
        if len(told) > step:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        initialise(town, target, progress=stop)
    assert len(told) == step + 1
    assert list(target.parent.iterdir()) == []


def test_cancelling_leaves_the_file_that_was_to_be_replaced(town: Path, tmp_path: Path) -> None:
    target = tmp_path / "w.gpkg"
    initialise(town, target)
    before = target.read_bytes()

    def stop(progress: Progress) -> None:
        if progress.done > 0.9:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        initialise(town, target, overwrite=True, progress=stop)
    assert target.read_bytes() == before
