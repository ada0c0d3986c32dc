"""The file is a GeoPackage that other programs open, list and edit."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from planner.layers.geopackage import decode, encode
from tests.layers.conftest import facilities, zones

if TYPE_CHECKING:
    from pathlib import Path

    from planner.layers.workspace import Workspace


def elsewhere(code: str, path: Path) -> Any:
    """Run code on the file in another process (GDAL may not open it in this one)."""
    head = "import json, sys, warnings\nimport geopandas as gpd, pyogrio\npath = sys.argv[1]\n"
    head += "warnings.simplefilter('error')\n"
    done = subprocess.run(
        [sys.executable, "-c", head + code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def edit(path: Path, sql: str) -> None:
    """Edit the file as another program would."""
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(sql)


@pytest.mark.parametrize("shape", [Point(1, 2), LineString([(0, 0), (3, 4)]), Polygon(), None])
def test_geometry_survives_the_blob(shape: Any) -> None:
    (blob,) = encode([shape])
    (back,) = decode([blob])
    assert back is shape is None or shapely.equals_exact(back, shape)


def test_blob_carries_its_envelope() -> None:
    (blob,) = encode([LineString([(0, 5), (3, 4)])])
    assert blob is not None
    assert blob[:4] == b"GP\x00\x03"
    with pytest.raises(ValueError, match="not a GeoPackage blob"):
        decode([b"rubbish"])


def test_file_says_that_it_is_a_geopackage(workspace: Workspace) -> None:
    with closing(sqlite3.connect(workspace.path)) as other:
        assert other.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
        assert other.execute("PRAGMA user_version").fetchone()[0] == 10300
        assert other.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
        assert other.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_gdal_lists_the_layers_and_hides_their_history(filled: Workspace) -> None:
    filled.put_static("buildings", facilities())
    names = elsewhere("print(json.dumps(pyogrio.list_layers(path)[:, 0].tolist()))", filled.path)
    assert {"facilities", "entrances", "zones", "closures", "buildings"} <= set(names)
    assert [name for name in names if "history" in name or "edits" in name] == []


def test_gdal_reads_the_current_rows(filled: Workspace) -> None:
    filled.append("zones", zones(id="zone-1", size_high=900))
    code = (
        "f = gpd.read_file(path, layer='zones', bbox=(-123, 45, -122, 46))\n"
        "print(json.dumps([f.crs.to_epsg(), f.size_high.tolist(), str(f.starts_at[0])]))"
    )
    assert elsewhere(code, filled.path) == [4326, [900], "2026-03-02 15:00:00+00:00"]


def test_row_added_by_gdal_lands_as_a_version(filled: Workspace) -> None:
    before = filled.version
    code = (
        "f = gpd.read_file(path, layer='zones')\n"
        "f['id'] = 'drawn'\n"
        "pyogrio.write_dataframe(f, path, layer='zones', append=True, driver='GPKG')\n"
        "print(len(gpd.read_file(path, layer='zones')))"
    )
    assert elsewhere(code, filled.path) == 2
    rows = filled.layer("zones")
    assert rows["id"].tolist() == ["drawn", "zone-1"]
    assert rows["starts_at"].nunique() == 1
    assert filled.version == before + 1


def test_row_drawn_elsewhere_gets_an_id_and_the_defaults(filled: Workspace) -> None:
    edit(
        filled.path,
        "INSERT INTO entrances (facility_id, geom) SELECT 'hq', geom FROM entrances LIMIT 1",
    )
    row = filled.layer("entrances").iloc[0]
    assert (row["id"], row["kind"], row["opens"], row["closes"]) == (
        "gate-3", "both", "00:00", "24:00",
    )  # fmt: skip


def test_row_changed_or_deleted_elsewhere_keeps_its_history(filled: Workspace) -> None:
    edit(filled.path, "UPDATE zones SET size_high = 950 WHERE id = 'zone-1'")
    assert filled.layer("zones")["size_high"].tolist() == [950]
    edit(filled.path, "DELETE FROM zones")
    assert len(filled.layer("zones")) == 0
    assert filled.undo() == 1
    assert filled.layer("zones")["size_high"].tolist() == [950]


def test_feature_number_of_a_row_stays_through_its_versions(filled: Workspace) -> None:
    filled.append("zones", zones(id="b"))
    with closing(sqlite3.connect(filled.path)) as other, other:
        query = "SELECT id, fid FROM zones ORDER BY id"
        before = other.execute(query).fetchall()
        other.execute("UPDATE zones SET size_high = 901 WHERE fid = 1")
        other.execute("UPDATE zones SET size_high = 902 WHERE fid = 1")
        assert other.execute(query).fetchall() == before


@pytest.mark.parametrize(
    "change",
    ["kind = 'riot'", "size_low = -1", "size_low = 9999", "note = 'ask @someone'",
     "starts_at = NULL", "starts_at = 'Monday'", "source_grade = 'Z'"],
)  # fmt: skip
def test_value_that_no_schema_allows_is_refused_elsewhere_too(
    filled: Workspace, change: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        edit(filled.path, "UPDATE zones SET " + change)  # noqa: S608 - a fixed list
    assert filled.version == 3


def test_file_switched_to_wal_by_another_program_is_switched_back(filled: Workspace) -> None:
    edit(filled.path, "PRAGMA journal_mode=WAL")
    filled.append("zones", zones(id="b"))
    with closing(sqlite3.connect(filled.path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert not filled.path.with_name(filled.path.name + "-wal").exists()
