"""A newer file renews the map and leaves alone what people did."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from planner.errors import Cancelled, InputError, NetworkError
from planner.initialise import dropped, initialise, settle_gates
from planner.layers.geopackage import layer_sql
from planner.layers.schema import schema_of
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.renew import update
from tests.network.osmfile import Drawing, lonlat
from tests.test_initialise import _gate, _site, _town

if TYPE_CHECKING:
    from pathlib import Path

#   The newer town: Row 5 is gone, the fuel station too; a police station is new.


def _newer() -> Drawing:
    draw = _town()
    row = next(ident for ident, (_, tags) in draw.ways.items() if tags.get("name") == "Row 5")
    del draw.ways[row]
    fuel = next(i for i, (_, tags) in draw.nodes.items() if tags.get("amenity") == "fuel")
    draw.nodes[fuel] = (draw.nodes[fuel][0], {})
    draw.box(-270, 310, 50, 40, building="yes", amenity="police", name="Police")
    draw.node(-410, 410, amenity="toilets")
    return draw


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    workspace = initialise(_town().write(tmp_path / "old.osm.pbf"), tmp_path / "w.gpkg").path
    return _newer().write(tmp_path / "new.osm.pbf"), workspace


def test_update_renews_roads_map_and_untouched_rows(files: tuple[Path, Path]) -> None:
    newer, path = files
    before = load_network(Workspace.open(path)).n_arcs
    report = update(newer, path)
    workspace = Workspace.open(path)
    network = load_network(workspace)
    assert network.n_arcs < before
    assert "Row 5" not in network.names
    assert workspace.settings.source_name == "new.osm.pbf"
    assert set(workspace.layer("facilities")["name"]) == {"Old Court", "City Hospital", "Police"}
    assert set(workspace.layer("support_stops")["kind"]) >= {"toilets", "police"}
    assert "fuel" not in set(workspace.layer("support_stops")["kind"])
    assert report.layers["facilities"] == {"added": 1, "changed": 0, "removed": 0, "kept": 2}
    assert len(workspace.static("buildings")) == 3


def test_update_keeps_what_people_made_changed_or_removed(files: tuple[Path, Path]) -> None:
    newer, path = files
    workspace = Workspace.open(path)
    workspace.append("facilities", _site("depot", -180, -180))
    settle_gates(workspace, "facilities", _site("depot", -180, -180))
    stops = workspace.layer("support_stops")
    fuel, food = (stops[stops["kind"] == kind].copy() for kind in ("fuel", "food"))
    fuel["name"] = "Our own pump"
    workspace.append("support_stops", fuel)
    workspace.remove("support_stops", food["id"])
    update(newer, path)
    after = Workspace.open(path)
    assert set(after.layer("support_stops")["name"]) >= {"Our own pump"}
    assert not set(food["id"]) & after.ids()["support_stops"]
    assert "depot" in after.ids()["facilities"]
    gates = after.layer("entrances").query("facility_id == 'depot'")
    assert gates["assumed"].tolist() == [True] * 4


def test_a_facility_gone_from_the_map_stays_while_a_gate_of_the_user_belongs_to_it(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    _, path = files
    workspace = Workspace.open(path)
    court, hospital = (
        workspace.layer("facilities").set_index("name").loc[name, "id"]
        for name in ("Old Court", "City Hospital")
    )
    workspace.append("entrances", _gate(court, 10, 40))
    bare = _town()
    bare.ways = {i: way for i, way in bare.ways.items() if "building" not in way[1]}
    report = update(bare.write(tmp_path / "bare.osm.pbf"), path)
    after = Workspace.open(path)
    assert after.ids()["facilities"] == {court}
    assert "gate" in after.ids()["entrances"]
    assert hospital not in set(after.layer("entrances")["facility_id"])
    assert report.layers["facilities"]["removed"] == 1


def test_assumed_gates_do_not_come_back_where_the_user_set_a_gate(
    files: tuple[Path, Path],
) -> None:
    newer, path = files
    workspace = Workspace.open(path)
    court = workspace.layer("facilities").set_index("name").loc["Old Court", "id"]
    workspace.append("entrances", _gate(court, 10, 40))
    settle_gates(workspace, "entrances", _gate(court, 10, 40))
    update(newer, path)
    gates = Workspace.open(path).layer("entrances").query("facility_id == @court")
    assert gates["id"].tolist() == ["gate"]


def test_gateways_stay_once_one_that_was_found_is_edited(files: tuple[Path, Path]) -> None:
    newer, path = files
    workspace = Workspace.open(path)
    gateways = workspace.layer("gateways")
    workspace.remove("gateways", gateways["id"][:1])
    left = workspace.ids()["gateways"]
    update(newer, path)
    assert Workspace.open(path).ids()["gateways"] == left


def test_the_same_file_again_changes_no_row(files: tuple[Path, Path], tmp_path: Path) -> None:
    _, path = files
    report = update(tmp_path / "old.osm.pbf", path)
    assert all(done["added"] == done["changed"] == done["removed"] == 0
               for done in report.layers.values())  # fmt: skip
    assert sum(done["kept"] for done in report.layers.values()) > 0


def test_undo_stops_at_an_update(files: tuple[Path, Path]) -> None:
    newer, path = files
    before = Workspace.open(path).version
    update(newer, path)
    workspace = Workspace.open(path)
    assert workspace.version > before
    stops = workspace.ids()["support_stops"]
    assert workspace.undo() == 0
    assert workspace.ids()["support_stops"] == stops


def test_update_with_a_file_of_another_place_is_refused(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    _, path = files
    before = path.read_bytes()
    far = _town()
    far.nodes = {i: ((lon + 5, lat), tags) for i, ((lon, lat), tags) in far.nodes.items()}
    with pytest.raises(InputError, match="another place"):
        update(far.write(tmp_path / "far.osm.pbf"), path)
    assert path.read_bytes() == before


def test_a_bad_file_or_an_end_on_request_leaves_the_workspace_as_it_was(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    newer, path = files
    before = path.read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(newer.read_bytes()[:-40])
    with pytest.raises(NetworkError, match=r"cut\.osm\.pbf"):
        update(cut, path)

    def stop(progress: object) -> None:
        if getattr(progress, "done", 0) > 0.95:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        update(newer, path, progress=stop)
    assert path.read_bytes() == before
    left = {p.name for p in tmp_path.iterdir() if p.suffix != ".npz"}
    assert left == {"old.osm.pbf", "new.osm.pbf", "cut.osm.pbf", "w.gpkg"}


def test_update_reads_the_part_that_was_read_before(tmp_path: Path) -> None:
    box = (*lonlat(-550, -550), *lonlat(150, 150))
    path = initialise(_town().write(tmp_path / "old.osm.pbf"), tmp_path / "w.gpkg", bbox=box).path
    before = Workspace.open(path).settings.bounds
    update(_newer().write(tmp_path / "new.osm.pbf"), path)
    workspace = Workspace.open(path)
    assert workspace.settings.bounds == before
    assert "Police" not in set(workspace.layer("facilities")["name"])


def test_what_was_dropped_is_kept_in_the_workspace(files: tuple[Path, Path]) -> None:
    newer, path = files
    told = dropped(Workspace.open(path))
    assert "car parks of assumed size" in told
    assert dropped(Workspace.open(path)) == dict(update(newer, path).drops)
    assert json.loads(json.dumps(told)) == told


def test_rows_of_the_user_outside_the_newer_file_stay_valid(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    _, path = files
    half = (*lonlat(-2000, -2000), *lonlat(0, 2000))
    update(tmp_path / "old.osm.pbf", path, bbox=half)
    point = gpd.GeoDataFrame({"id": ["east"]}, geometry=[shapely.Point(*lonlat(900, 0))], crs=4326)
    assert Workspace.open(path).append("staging_sites", point) == 1


def test_file_of_before_gets_the_streets_of_addresses_from_a_newer_map(tmp_path: Path) -> None:
    path = initialise(_town().write(tmp_path / "old.osm.pbf"), tmp_path / "w.gpkg").path
    with sqlite3.connect(path) as db:
        db.execute("DROP VIEW facilities")
        db.execute("ALTER TABLE facilities_history DROP COLUMN street")
        schema = schema_of("facilities")
        columns = tuple(column for column in schema.columns if column.name != "street")
        _, *view = layer_sql(replace(schema, columns=columns))
        for statement in view:
            db.execute(statement)
    db.close()
    old = Workspace.open(path)
    assert old.layer("facilities")["street"].tolist() == ["", ""]

    draw = _town()
    court = next(i for i, (_, tags) in draw.ways.items() if tags.get("name") == "Old Court")
    draw.ways[court][1].update({"addr:street": "Row 5", "addr:housenumber": "9"})
    report = update(draw.write(tmp_path / "new.osm.pbf"), path)
    assert report.layers["facilities"]["changed"] == 1
    streets = old.layer("facilities").set_index("name")["street"]
    assert streets.to_dict() == {"Old Court": "Row 5", "City Hospital": ""}
