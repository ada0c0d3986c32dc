"""The tables of a workspace file: as they are made, as an older file is brought up to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.layers.geopackage import (
    CONTENTS_SQL,
    NOW,
    REGISTER_GEOMETRY,
    REGISTER_TABLE,
    geometry_type_name,
    layer_sql,
    wider_sql,
)  # fmt: skip
from planner.layers.schema import TABLES, LayerSchema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from planner.layers.sqlite import Store

FORMAT = "planner workspace 1"
Box = tuple[float, float, float, float]


def lay_out(store: Store, settings: str, bounds: Box) -> None:
    """Make the tables, views and triggers of an empty workspace."""
    statements = [
        *CONTENTS_SQL,
        "CREATE TABLE planner_settings (id INTEGER PRIMARY KEY, key TEXT UNIQUE, value TEXT)",
        f"""CREATE TABLE planner_edits (edit INTEGER PRIMARY KEY AUTOINCREMENT,
            layer TEXT NOT NULL, role TEXT NOT NULL, at DATETIME NOT NULL DEFAULT ({NOW}))""",
        """CREATE TABLE planner_arrays (id INTEGER PRIMARY KEY, name TEXT NOT NULL,
            key TEXT NOT NULL, kind TEXT NOT NULL, shape TEXT NOT NULL, data BLOB NOT NULL,
            UNIQUE (name, key))""",
    ]
    with store.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        rows = [("format", FORMAT), ("settings", settings)]
        connection.exec_driver_sql("INSERT INTO planner_settings (key, value) VALUES (?, ?)", rows)
        # GDAL lists unregistered tables unless at least one is registered as attributes
        for table in ("planner_settings", "planner_arrays"):
            register(connection, table, "attributes", "", None)
        for schema in TABLES.values():
            _add_layer(connection, schema, bounds)


def stored_columns(connection: Connection, layer: str) -> frozenset[str]:
    """Return the columns a file keeps of a layer; none where it is older than the layer.

    Parameters
    ----------
    layer
        A name of the schemas.
    """
    rows = connection.exec_driver_sql(f"PRAGMA table_info({layer}_history)").all()
    return frozenset(str(row.name) for row in rows)


def make_sure_of(connection: Connection) -> None:
    """Give a file that is older than a layer, or a column of one, what it lacks.

    Rows keep what they hold; in a new column they hold nothing. Call it in the transaction of
    an edit: a file that is only read stays as it is.
    """
    for schema in TABLES.values():
        there = stored_columns(connection, schema.name)
        lacking = [column for column in schema.columns if column.name not in there]
        if there and lacking:
            for statement in wider_sql(schema, lacking):
                connection.exec_driver_sql(statement)
        elif not there:
            _add_layer(connection, schema, _bounds(connection))


def register(
    connection: Connection, table: str, kind: str, meaning: str, bounds: Box | None
) -> None:
    """Enter a table into the contents list that other programs read."""
    box = bounds or (None, None, None, None)
    srs = None if bounds is None else 4326
    row = (table, kind, table, meaning, *box, srs)
    connection.exec_driver_sql(REGISTER_TABLE, row)


def _bounds(connection: Connection) -> Box:
    query = "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'zones'"
    west, south, east, north = connection.exec_driver_sql(query).one()
    return west, south, east, north


def _add_layer(connection: Connection, schema: LayerSchema, bounds: Box) -> None:
    for statement in layer_sql(schema):
        connection.exec_driver_sql(statement)
    if not schema.spatial:
        register(connection, schema.name, "attributes", schema.meaning, None)
        return
    register(connection, schema.name, "features", schema.meaning, bounds)
    kind = geometry_type_name(schema.geometry_types)
    connection.exec_driver_sql(REGISTER_GEOMETRY, (schema.name, kind))
