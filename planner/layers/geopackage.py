"""The format GeoPackage: geometry blobs, registered tables, layer views."""

# ruff: noqa: S608 - every name in this SQL comes from the schemas
from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.schema import WORDS, Column, Kind, LayerSchema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

APPLICATION_ID = 0x47504B47
USER_VERSION = 10300
NOW = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
_HEAD_BYTES = 8
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_EMPTY, _BOX = 0b010001, 0b000011

_SQL_TYPES = {
    Kind.TIME: "DATETIME", Kind.INTEGER: "INTEGER", Kind.NUMBER: "REAL", Kind.FLAG: "BOOLEAN",
}  # fmt: skip
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],'
    'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
)

CONTENTS_SQL = (
    f"PRAGMA application_id={APPLICATION_ID}",
    f"PRAGMA user_version={USER_VERSION}",
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    f"""CREATE TABLE gpkg_contents (
        table_name TEXT PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT ({NOW}),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
        srs_id INTEGER REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents(table_name),
        column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys(srs_id),
        z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name))""",
    f"""INSERT INTO gpkg_spatial_ref_sys VALUES
        ('Undefined Cartesian', -1, 'NONE', -1, 'undefined', ''),
        ('Undefined geographic', 0, 'NONE', 0, 'undefined', ''),
        ('WGS 84', 4326, 'EPSG', 4326, '{_WGS84}', 'longitude and latitude')""",
)

REGISTER_TABLE = """INSERT OR REPLACE INTO gpkg_contents
    (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
REGISTER_GEOMETRY = "INSERT OR REPLACE INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)"


def encode(geometries: Iterable[Any]) -> Iterator[bytes | None]:
    """Yield the GeoPackage blob of each lon/lat geometry; None stays None."""
    array = np.asarray(list(geometries), object)
    bodies = shapely.to_wkb(array, byte_order=1)
    boxes = shapely.bounds(array)
    empty = shapely.is_empty(array)
    for body, box, is_empty in zip(bodies, boxes.reshape(-1, 4), empty, strict=True):
        if body is None:
            yield None
        elif is_empty:
            yield b"GP" + struct.pack("<BBi", 0, _EMPTY, 4326) + body
        else:
            west, south, east, north = box
            head = struct.pack("<BBi4d", 0, _BOX, 4326, west, east, south, north)
            yield b"GP" + head + body


def decode(blobs: Iterable[bytes | None]) -> NDArray[np.object_]:
    """Return the geometries of GeoPackage blobs.

    Raises
    ------
    ValueError
        A blob is not of this format.

    """
    bodies = np.array([None if blob is None else _body(blob) for blob in blobs], object)
    return np.asarray(shapely.from_wkb(bodies), object)


def _body(blob: bytes) -> bytes:
    kind = (blob[3] >> 1) & 7 if len(blob) > _HEAD_BYTES else len(_ENVELOPE_BYTES)
    if blob[:2] != b"GP" or kind >= len(_ENVELOPE_BYTES):
        raise ValueError("a geometry is not a GeoPackage blob")
    return blob[_HEAD_BYTES + _ENVELOPE_BYTES[kind] :]


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def layer_sql(schema: LayerSchema) -> tuple[str, ...]:
    """Return the statements that make a layer: history table, view, triggers for other programs."""
    return (_history_sql(schema), _view_sql(schema), *_triggers_sql(schema))


def wider_sql(schema: LayerSchema, columns: Iterable[Column]) -> tuple[str, ...]:
    """Return the statements that give a layer of an older file columns it lacks.

    The view is made anew; its triggers go with it, so they are too.
    """
    added = (f"ALTER TABLE {schema.name}_history ADD COLUMN {_column_sql(c)}" for c in columns)
    return (
        *added, f"DROP VIEW {schema.name}", _view_sql(schema), *_triggers_sql(schema),
    )  # fmt: skip


def geometry_type_name(types: Sequence[str]) -> str:
    """Return the GeoPackage name that covers these geometry types."""
    return types[0].upper() if len(types) == 1 else "GEOMETRY"


def _history_sql(schema: LayerSchema) -> str:
    columns = [_column_sql(column) for column in schema.columns]
    columns += ["geom BLOB NOT NULL"] if schema.spatial else []
    orders = [
        f"CONSTRAINT {quoted(f'{low} may not exceed {high}')} CHECK ({low} <= {high})"
        for low, high in schema.ordered
    ]
    return f"""CREATE TABLE {schema.name}_history (
        row INTEGER PRIMARY KEY, fid INTEGER NOT NULL, version INTEGER NOT NULL,
        edit INTEGER NOT NULL, editor_role TEXT NOT NULL, edited_at DATETIME NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0, {", ".join(columns)},
        UNIQUE (id, version){"".join(", " + order for order in orders)})"""


def _stored_names(schema: LayerSchema) -> tuple[str, ...]:
    return (*schema.names, "geom") if schema.spatial else schema.names


def _column_sql(column: Column) -> str:
    return f"{column.name} {_SQL_TYPES.get(column.kind, 'TEXT')}{_check(column)}"


def _check(column: Column) -> str:
    """Return the constraints that also hold for edits made by other programs."""
    name, rules = column.name, []
    if column.choices:
        rules.append(f"{name} IN ({', '.join(_literal(choice) for choice in column.choices)})")
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        rules += [f"{name} >= {column.minimum}"] if column.minimum is not None else []
        rules += [f"{name} <= {column.maximum}"] if column.maximum is not None else []
    if column.kind in (Kind.ID, *WORDS):
        rules += [f"length({name}) <= {column.maximum}"] if column.maximum is not None else []
        rules.append(f"{name} NOT GLOB '*@[A-Za-z0-9_]*'")
    if column.kind is Kind.CLOCK:
        rules.append(f"{name} GLOB '[0-2][0-9]:[0-5][0-9]' AND {name} <= '24:00'")
    required = " NOT NULL" if column.required or column.name == "id" else ""
    if not rules:
        return required
    rule = " AND ".join(rules)
    return f"{required} CONSTRAINT {quoted(f'{name}: {rule}')} CHECK ({rule})"


def _view_sql(schema: LayerSchema) -> str:
    names = ", ".join(f"h.{name}" for name in _stored_names(schema))
    history = f"{schema.name}_history"
    return f"""CREATE VIEW {schema.name} AS SELECT h.fid AS fid, {names}
        FROM {history} h WHERE h.deleted = 0
        AND h.version = (SELECT max(g.version) FROM {history} g WHERE g.id = h.id)"""


def _triggers_sql(schema: LayerSchema) -> Iterator[str]:
    """Yield triggers that turn edits of the view into appended versions."""
    history = f"{schema.name}_history"
    names = ", ".join(_stored_names(schema))
    place = ", NEW.geom" if schema.spatial else ""
    new = ", ".join(_new_value(column) for column in schema.columns) + place
    old = ", ".join(f"OLD.{name}" for name in _stored_names(schema))
    edit = (
        "INSERT INTO planner_edits (layer, role, at) "
        f"VALUES ({_literal(schema.name)}, 'outside', {NOW});"
    )
    into = (
        f"INSERT INTO {history} (fid, version, edit, "
        f"editor_role, edited_at, deleted, {names}) SELECT"
    )
    made = f"{_literal(schema.prefix + '-')} || (SELECT coalesce(max(fid), 0) + 1 FROM {history})"
    key = f"coalesce(nullif(trim(NEW.id), ''), {made})"
    for verb, fid, key_sql, deleted, values in (
        ("INSERT", _fid(history, key), key, 0, new.replace("NEW.id", key, 1)),
        ("UPDATE", "OLD.fid", "OLD.id", 0, new.replace("NEW.id", "OLD.id", 1)),
        ("DELETE", "OLD.fid", "OLD.id", 1, old),
    ):
        version = f"(SELECT coalesce(max(version), 0) + 1 FROM {history} WHERE id = {key_sql})"
        last = "(SELECT max(edit) FROM planner_edits)"
        row = f"{fid}, {version}, {last}, 'outside', {NOW}, {deleted}, {values}"
        yield (
            f"CREATE TRIGGER {schema.name}_{verb.lower()} INSTEAD OF {verb} ON {schema.name} "
            f"BEGIN {edit} {into} {row}; END"
        )


def _fid(history: str, key: str) -> str:
    known = f"(SELECT fid FROM {history} WHERE id = {key} LIMIT 1)"
    return f"coalesce({known}, (SELECT coalesce(max(fid), 0) + 1 FROM {history}))"


def _new_value(column: Column) -> str:
    value = f"NEW.{column.name}"
    if column.kind is Kind.ID and (column.required or column.name == "id"):
        return value
    if column.kind is Kind.TIME:
        value = f"strftime('%Y-%m-%dT%H:%M:%fZ', {value})"
    if column.default_from:
        other = f"NEW.{column.default_from}"
        if column.kind is Kind.TIME:
            other = f"strftime('%Y-%m-%dT%H:%M:%fZ', {other})"
        return f"coalesce({value}, {other})"
    if column.kind in (Kind.ID, *WORDS) and column.default is None:
        return f"coalesce({value}, '')"
    return value if column.default is None else f"coalesce({value}, {_literal(column.default)})"


def _literal(value: str | float) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value)) if isinstance(value, bool) else repr(value)
