"""Files made before a column was thought of: read as they are, brought up by their first edit."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pyogrio
import pytest

from planner.errors import SchemaError
from planner.layers.geopackage import encode, layer_sql
from planner.layers.layout import make_sure_of, stored_columns
from planner.layers.schema import LAYERS, schema_of
from planner.layers.sqlite import Store
from planner.layers.workspace import Workspace
from tests.layers.conftest import entrances, facilities, zones
from tests.layers.test_workspace import now

if TYPE_CHECKING:
    from pathlib import Path

NEW = {
    "zones": {"report_of", "position_error_m"},
    "facilities": {"street"},
    "entrances": {
        "street",
        "vehicles_per_15min",
        "max_height_m",
        "max_width_m",
        "max_length_m",
        "max_weight_t",
    },
    "staging_sites": {
        "street",
        "access",
        "vehicles",
        "maxheight_m",
        "opens",
        "closes",
        "hours",
        "maxstay_min",
        "lit",
    },
}
"""Columns that files of before lack."""


def older(path: Path) -> Workspace:
    """Give back an empty workspace laid out as it was before the columns of ``NEW``."""
    with sqlite3.connect(path) as db:
        for name, lacking in NEW.items():
            schema = LAYERS[name]
            columns = tuple(c for c in schema.columns if c.name not in lacking)
            db.execute(f"DROP VIEW {name}")
            db.execute(f"DROP TABLE {name}_history")
            for statement in layer_sql(replace(schema, columns=columns)):
                db.execute(statement)
    db.close()
    return Workspace.open(path)


@pytest.fixture
def old(workspace: Workspace) -> Workspace:
    """A file of before with two versions of a zone, put in as other programs do."""
    old = older(workspace.path)
    row = (
        "INSERT INTO zones (id, kind, source_kind, starts_at, ends_at, size_low, size_high,"
        " source_grade, info_grade, time_precision_min, geom) VALUES ('a', 'march', 'news',"
        " '2026-03-02T15:00:00Z', '2026-03-02T18:00:00Z', 200, 800, 'C', 3, 15, ?)"
    )
    with sqlite3.connect(old.path) as db:
        db.execute(row, (_blob(zones().geometry.iloc[0]),))
    with sqlite3.connect(old.path) as db:
        now()
        db.execute("UPDATE zones SET size_high = 900 WHERE id = 'a'")
    db.close()
    return old


def _blob(shape: object) -> bytes:
    (blob,) = encode([shape])
    assert blob is not None
    return blob


def test_file_of_before_is_read_as_it_is_and_not_written(old: Workspace) -> None:
    before = old.path.read_bytes()
    found = Workspace.open(old.path).layer("zones")
    assert list(found.columns) == [*LAYERS["zones"].names, "geometry"]
    assert found["report_of"].tolist() == [""]
    assert found["position_error_m"].isna().all()
    assert found["size_high"].tolist() == [900]
    assert old.links("zones") == {"a": ""}
    assert old.version == 2
    assert old.path.read_bytes() == before


def test_first_edit_brings_it_up_and_keeps_every_version(old: Workspace) -> None:
    between = now()
    old.append("zones", zones(id="b", report_of="a", position_error_m=50))
    found = old.layer("zones")
    assert found["report_of"].tolist() == ["", "a"]
    assert found["position_error_m"].tolist()[1] == 50
    was = old.layer("zones", at=between)
    assert was["id"].tolist() == ["a"]
    assert was["report_of"].tolist() == [""]
    store = Store.existing(old.path)
    with store.reading() as connection:
        for name in NEW:
            assert stored_columns(connection, name) >= set(LAYERS[name].names)


def test_edit_of_another_layer_brings_up_all_of_them_and_a_second_changes_nothing(
    old: Workspace,
) -> None:
    old.append("facilities", facilities().assign(street="Main Street"))
    old.append("entrances", entrances().assign(street=["Main Street", None]))
    assert old.layer("facilities")["street"].tolist() == ["Main Street"]
    assert old.layer("entrances")["street"].tolist() == ["Main Street", ""]
    laid_out = _layout(old)
    with Store.existing(old.path).writing() as connection:
        make_sure_of(connection)
    assert _layout(old) == laid_out


def _layout(workspace: Workspace) -> list[str]:
    with sqlite3.connect(workspace.path) as db:
        rows = db.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    db.close()
    return [str(row[0]) for row in rows]


def test_undo_reaches_back_across_it(old: Workspace) -> None:
    old.undo()
    assert old.layer("zones")["size_high"].tolist() == [800]
    changed = old.layer("zones").assign(position_error_m=30.0, size_high=850)
    old.append("zones", changed)
    assert old.layer("zones")["position_error_m"].tolist() == [30]
    old.undo()
    found = old.layer("zones")
    assert found["size_high"].tolist() == [800]
    assert found["position_error_m"].isna().all()
    assert found["report_of"].tolist() == [""]


def test_site_of_before_is_open_to_all_at_all_hours_until_someone_says_otherwise(
    old: Workspace,
) -> None:
    with sqlite3.connect(old.path) as db:
        db.execute(
            "INSERT INTO staging_sites (id, name, capacity_m2, surface, kind, geom)"
            " VALUES ('a', 'Lot', 900, 'asphalt', 'car park', ?)",
            (_blob(facilities().geometry.iloc[0]),),
        )
    db.close()
    told = {"access": "public", "vehicles": "any", "opens": "00:00", "closes": "24:00",
            "hours": "", "lit": "unknown"}  # fmt: skip
    found = old.layer("staging_sites")
    assert found.iloc[0][list(told)].to_dict() == told
    assert found["maxheight_m"].isna().all()
    old.append("staging_sites", found.assign(access="permission", maxheight_m=2.1, lit="yes"))
    row = old.layer("staging_sites").iloc[0]
    assert (row["access"], row["maxheight_m"], row["lit"]) == ("permission", 2.1, "yes")
    assert row["capacity_m2"] == 900
    old.undo()
    assert old.layer("staging_sites").iloc[0][list(told)].to_dict() == told


def test_failed_edit_leaves_it_as_it_was(old: Workspace) -> None:
    before = old.path.read_bytes()
    with pytest.raises(SchemaError):
        old.append("zones", zones(id="b", report_of="nowhere"))
    assert old.path.read_bytes() == before


def test_other_programs_read_and_write_it_when_brought_up(old: Workspace) -> None:
    old.append("zones", zones(id="b", report_of="a"))
    with sqlite3.connect(old.path) as db:
        db.execute("UPDATE zones SET position_error_m = 12.5 WHERE id = 'b'")
        with pytest.raises(sqlite3.IntegrityError, match="position_error_m"):
            db.execute("UPDATE zones SET position_error_m = -1 WHERE id = 'b'")
    db.close()
    found = old.layer("zones").set_index("id")
    assert found.loc["b", "position_error_m"] == 12.5
    assert found.loc["b", "report_of"] == "a"
    # another process would do this; GDAL and the workspace never share a file in one
    copy = old.path.with_name("copy.gpkg")
    copy.write_bytes(old.path.read_bytes())
    assert "report_of" in pyogrio.read_info(copy, layer="zones")["fields"]
    assert "street" in pyogrio.read_info(copy, layer="staging_sites")["fields"]


def test_every_column_added_since_may_be_missing() -> None:
    for name, lacking in NEW.items():
        for column in lacking:
            assert not schema_of(name).column(column).required
