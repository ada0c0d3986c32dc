"""Plain feature tables of the workspace, such as buildings, that other programs can show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from planner.errors import StoreError
from planner.layers.crs import to_degrees
from planner.layers.geopackage import REGISTER_GEOMETRY, decode, encode, quoted
from planner.layers.layout import register
from planner.layers.schema import TABLES
from planner.layers.table import spatial

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy import Connection

    from planner.layers.sqlite import Store

MARK = "plain feature table"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_TAKEN = ("planner_", "gpkg_", "sqlite_", "rtree_")
_TYPES = {"INTEGER": "int64", "REAL": "float64", "BOOLEAN": "bool", "TEXT": "str"}


def put(store: Store, name: str, frame: GeoDataFrame) -> None:
    """Store a frame as a feature table, in place of one of the same name.

    Raises
    ------
    StoreError
        The name is taken or unfit, or a column is.

    """
    _refuse_name(name)
    frame = to_degrees(frame)
    kinds = {str(column): _sql_type(frame[column]) for column in frame.columns.drop("geometry")}
    if {"fid", "geom"} & {column.lower() for column in kinds}:
        message = f"A column of {name} is called fid or geom; rename it."
        raise StoreError(message)
    columns = [f"{quoted(column)} {kind}" for column, kind in kinds.items()]
    cells = [_cells(frame[column], kind) for column, kind in kinds.items()]
    rows = list(zip(encode(frame.geometry), *cells, strict=True))
    table = quoted(name)
    marks = ", ".join("?" * (len(kinds) + 1))
    names = ", ".join(["geom", *map(quoted, kinds)])
    with store.writing() as connection:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        parts = ", ".join(["fid INTEGER PRIMARY KEY", "geom BLOB", *columns])
        connection.exec_driver_sql(f"CREATE TABLE {table} ({parts})")
        if rows:
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - quoted names
            connection.exec_driver_sql(sql, rows)
        _register(connection, name, frame)


def get(store: Store, name: str) -> GeoDataFrame:
    """Return a feature table in EPSG:4326, in the order it was stored.

    Raises
    ------
    StoreError
        There is no such table.

    """
    table = quoted(name)
    with store.reading() as connection:
        if name not in _named(connection):
            message = f"{store.path.name} holds no {name!r}; make the workspace anew: planner init."
            raise StoreError(message)
        info = connection.exec_driver_sql(f"PRAGMA table_info({table})").all()
        rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY fid").all()  # noqa: S608 - quoted
    kinds = {row.name: row.type for row in info}
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    cells = dict(zip(kinds, columns, strict=True))
    data = {
        column: _series(cells[column], kind)
        for column, kind in kinds.items()
        if column not in ("fid", "geom")
    }
    return spatial(data, decode(cells["geom"]))


def names(store: Store) -> tuple[str, ...]:
    """Return the names of the feature tables that are no layers."""
    with store.reading() as connection:
        return _named(connection)


def _named(connection: Connection) -> tuple[str, ...]:
    query = "SELECT table_name FROM gpkg_contents WHERE description = ? ORDER BY table_name"
    return tuple(str(row[0]) for row in connection.exec_driver_sql(query, (MARK,)))


def _refuse_name(name: str) -> None:
    taken = name in TABLES or name.endswith("_history") or name.startswith(_TAKEN)
    if taken or not _NAME.fullmatch(name):
        message = f"A feature table cannot be called {name!r}; use lower-case letters, digits, _."
        raise StoreError(message)


def _register(connection: Connection, name: str, frame: GeoDataFrame) -> None:
    known = frame.geometry.dropna()
    known = known[~known.is_empty]
    west, south, east, north = map(float, known.total_bounds) if len(known) else (0.0,) * 4
    register(connection, name, "features", MARK, (west, south, east, north))
    kinds = {str(kind).upper() for kind in known.geom_type.unique()}
    connection.exec_driver_sql(
        REGISTER_GEOMETRY, (name, kinds.pop() if len(kinds) == 1 else "GEOMETRY")
    )


def _sql_type(cells: pd.Series[Any]) -> str:
    if pd.api.types.is_bool_dtype(cells):
        return "BOOLEAN"
    if pd.api.types.is_integer_dtype(cells):
        return "INTEGER"
    return "REAL" if pd.api.types.is_float_dtype(cells) else "TEXT"


def _cells(cells: pd.Series[Any], kind: str) -> list[Any]:
    values = cells.astype(object).where(cells.notna(), None).tolist()
    if kind == "BOOLEAN":
        return [None if value is None else int(value) for value in values]
    return [None if value is None else str(value) for value in values] if kind == "TEXT" else values


def _series(values: tuple[Any, ...], kind: str) -> pd.Series[Any]:
    if kind == "TEXT":
        return pd.Series(["" if value is None else value for value in values], dtype="str")
    holes = any(value is None for value in values)
    return pd.Series(list(values), dtype="float64" if holes else _TYPES.get(kind, "object"))
