"""The append-only rows of a workspace: every edit adds versions, none is changed or deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    String,
    Table,
    and_,
    func,
    insert,
    select,
)  # fmt: skip

from planner.errors import InputError, StoreError
from planner.layers.geopackage import decode, encode
from planner.layers.layout import FORMAT, make_sure_of, stored_columns
from planner.layers.schema import TABLES, Kind, LayerSchema
from planner.layers.table import empty_frame, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame
    from sqlalchemy.types import TypeEngine

    from planner.layers.sqlite import Store

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who edits when; ``based_on`` is the last edit seen, ``fresh`` the ids thought to be new."""

    role: str
    at: datetime
    based_on: int | None = None
    fresh: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit as the file remembers it: ids by what became of them; ``at`` in UTC."""

    number: int
    layer: str
    role: str
    at: datetime
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id it touched."""
        return (*self.added, *self.changed, *self.removed)


def read_settings(store: Store) -> str:
    """Return the settings as JSON.

    Raises
    ------
    StoreError
        The file is no workspace, or one of another version.

    """
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE name = 'planner_settings'"
        ).scalar_one()
        query = "SELECT key, value FROM planner_settings"
        rows = connection.exec_driver_sql(query).all() if found else []
    values = {str(key): str(value) for key, value in rows}
    name = store.path.name
    if "settings" not in values:
        message = f"{name} is a database but not a workspace; make one with planner init."
        raise StoreError(message)
    if values.get("format") != FORMAT:
        message = f"{name} was made by another version ({values.get('format')}); make it anew."
        raise StoreError(message)
    return values["settings"]


def write_settings(store: Store, settings: str) -> None:
    """Put the settings, as JSON, in place of those that were there."""
    with store.writing() as connection:
        sql = "UPDATE planner_settings SET value = ? WHERE key = 'settings'"
        connection.exec_driver_sql(sql, (settings,))


def last_edit(store: Store) -> int:
    """Return the number of the last edit, 0 for none."""
    with store.reading() as connection:
        query = "SELECT coalesce(max(edit), 0) FROM planner_edits"
        return int(connection.exec_driver_sql(query).scalar_one())


def current_ids(store: Store, layer: str) -> frozenset[str]:
    """Return the ids in use in a layer."""
    with store.reading() as connection:
        if not stored_columns(connection, layer):
            return frozenset()
        rows = connection.exec_driver_sql(f"SELECT id FROM {layer}")  # noqa: S608 - a name of the schemas
        return frozenset(str(row[0]) for row in rows)


def used_ids(store: Store, layer: str) -> frozenset[str]:
    """Return the ids that were ever used in a layer."""
    with store.reading() as connection:
        if not stored_columns(connection, layer):
            return frozenset()
        query = f"SELECT DISTINCT id FROM {layer}_history"  # noqa: S608 - a name of the schemas
        return frozenset(str(row[0]) for row in connection.exec_driver_sql(query))


def edited_ids(store: Store, layer: str, role: str, *, others: bool = False) -> frozenset[str]:
    """Return the ids that a role, or any other role, ever added, changed or removed."""
    sign = "!=" if others else "="
    with store.reading() as connection:
        query = f"SELECT DISTINCT id FROM {layer}_history WHERE editor_role {sign} ?"  # noqa: S608 - a name of the schemas
        return frozenset(str(row[0]) for row in connection.exec_driver_sql(query, (role,)))


def edit_known_at(store: Store, at: datetime) -> int:
    """Return the number of the last edit written up to a UTC time, 0 for none."""
    with store.reading() as connection:
        query = "SELECT coalesce(max(edit), 0) FROM planner_edits WHERE at <= ?"
        return int(connection.exec_driver_sql(query, (_written(at),)).scalar_one())


def time_of_edit(store: Store, edit: int) -> datetime | None:
    """Return when an edit was written, in UTC; None where there is none of this number."""
    with store.reading() as connection:
        query = "SELECT at FROM planner_edits WHERE edit = ?"
        found = connection.exec_driver_sql(query, (edit,)).scalar_one_or_none()
    return None if found is None else datetime.fromisoformat(str(found))


def renewed_since(store: Store, edit: int) -> bool:
    """Tell whether roads were renewed after an edit: each renewal ends with an edit without rows."""
    with store.reading() as connection:
        query = (
            "SELECT count(*) FROM planner_edits AS e WHERE e.edit > ? AND e.layer = 'gateways'"
            " AND NOT EXISTS (SELECT 1 FROM gateways_history AS h WHERE h.edit = e.edit)"
        )
        return bool(connection.exec_driver_sql(query, (edit,)).scalar_one())


def read_rows(
    store: Store, schema: LayerSchema, *, at: datetime | None = None, edit: int | None = None
) -> GeoDataFrame:
    """Return the rows of a layer by id: now, as known at a UTC time, or as left by an edit."""
    with store.reading() as connection:
        there = stored_columns(connection, schema.name)
        table = _table(schema, there.intersection(schema.names) or None)
        query = _known(table, at, edit).where(table.c.deleted == 0).order_by(table.c.id)
        rows = connection.execute(query).all() if there else []
    if not rows:
        return empty_frame(schema)
    cells = {name: [getattr(row, name, None) for row in rows] for name in schema.names}
    try:
        geometry = decode(row.geom if schema.spatial else None for row in rows)
    except Exception as error:  # shapely raises its own kinds on broken bytes
        message = f"A geometry of {schema.name} in {store.path.name} is broken; undo that edit."
        raise StoreError(message) from error
    return typed(cells, geometry, schema)


def last_edits(store: Store, *, most: int = 20) -> list[Edit]:
    """Return the last edits, newest first, with what each did to which rows.

    A row that was not there before counts as added, also when it had been removed earlier.
    """
    told = []
    with store.reading() as connection:
        query = "SELECT edit, layer, role, at FROM planner_edits ORDER BY edit DESC LIMIT ?"
        for edit in connection.exec_driver_sql(query, (most,)).all():
            ids: dict[str, list[str]] = {"added": [], "changed": [], "removed": []}
            for row in connection.exec_driver_sql(_touched(edit.layer), (edit.edit,)):
                what = "removed" if row.deleted else "added" if row.was_gone else "changed"
                ids[what].append(str(row.id))
            at = datetime.fromisoformat(str(edit.at))
            parts = {what: tuple(found) for what, found in ids.items()}
            told.append(Edit(int(edit.edit), str(edit.layer), str(edit.role), at, **parts))
    return told


def _touched(layer: str) -> str:
    table = f"{TABLES[layer].name}_history"
    return (
        "SELECT now.id, now.deleted, coalesce(before.deleted, 1) AS was_gone"  # noqa: S608 - a name of the schemas
        f" FROM {table} AS now LEFT JOIN {table} AS before"
        " ON before.id = now.id AND before.version = now.version - 1"
        " WHERE now.edit = ? ORDER BY now.id"
    )


def change_rows(
    store: Store, schema: LayerSchema, frame: GeoDataFrame, gone: Sequence[str], stamp: Stamp
) -> None:
    """Add a version of every row of a checked frame, mark others as deleted: one edit, or none."""
    cells = [_stored(frame[column.name], column.kind) for column in schema.columns]
    values = [
        dict(zip(schema.names, row, strict=True), deleted=0)
        | ({"geom": blob} if schema.spatial else {})
        for row, blob in zip(zip(*cells, strict=True), encode(frame.geometry), strict=True)
    ]
    with store.writing() as connection:
        make_sure_of(connection)
        latest = _latest(connection, _table(schema), gone)
        values += [{**_content(row, schema), "deleted": 1} for row in latest.values()]
        _add_versions(connection, schema, values, stamp)


def undo_last(store: Store, stamp: Stamp) -> int:
    """Add versions that restore what was there before the last edit; return their number."""
    with store.writing() as connection:
        make_sure_of(connection)
        last = connection.exec_driver_sql(
            "SELECT edit, layer FROM planner_edits ORDER BY edit DESC LIMIT 1"
        ).first()
        if last is None:
            return 0
        schema = TABLES[last.layer]
        table = _table(schema)
        values = []
        for row in connection.execute(select(table).where(table.c.edit == last.edit)).all():
            before = connection.execute(
                select(table).where(table.c.id == row.id, table.c.version == row.version - 1)
            ).first()
            gone = {**_content(row, schema), "deleted": 1}
            values.append(gone if before is None else _content(before, schema))
        _add_versions(connection, schema, values, stamp)
        return len(values)


def to_redo(store: Store) -> bool:
    """Tell whether to undo the last edit is to bring back what was taken back just before."""
    last = edit = last_edit(store)
    while _took_back(store, edit):
        edit -= 1
    # Taken back, brought back, taken back again: only what ends taken back can be brought back.
    return (last - edit) % 2 == 1


def _took_back(store: Store, edit: int) -> bool:
    """Tell whether an edit left every row of the edit before as it had been before that."""
    with store.reading() as connection:
        query = "SELECT edit, layer FROM planner_edits WHERE edit <= ? ORDER BY edit DESC LIMIT 2"
        found = connection.exec_driver_sql(query, (edit,)).all()
        if len(found) < 2 or found[0].layer != found[1].layer:
            return False
        schema = TABLES[found[0].layer]
        columns = stored_columns(connection, schema.name).intersection(schema.names)
        table = _table(schema, columns)
        last, before = (
            {row.id: row for row in connection.execute(select(table).where(table.c.edit == n.edit))}
            for n in found
        )
        if not last or last.keys() != before.keys():
            return False
        names = ["deleted", *columns, *(["geom"] if schema.spatial else [])]
        for key, row in last.items():
            earlier = connection.execute(
                select(table).where(table.c.id == key, table.c.version == row.version - 2)
            ).first()
            there = earlier is not None and not earlier.deleted
            same = there and all(getattr(row, n) == getattr(earlier, n) for n in names)
            if not (same or (row.deleted and not there)):
                return False
    return True


def _add_versions(
    connection: Connection, schema: LayerSchema, values: list[dict[str, Any]], stamp: Stamp
) -> None:
    table = _table(schema)
    latest = _latest(connection, table, [row["id"] for row in values])
    _refuse_edited(latest, stamp)
    moment = _written(stamp.at)
    newest = connection.exec_driver_sql("SELECT max(at) FROM planner_edits").scalar_one()
    # a clock set back must not reorder what was known when
    moment = max(moment, newest or moment)
    edit = connection.exec_driver_sql(
        "INSERT INTO planner_edits (layer, role, at) VALUES (?, ?, ?) RETURNING edit",
        (schema.name, stamp.role, moment),
    ).scalar_one()
    fid = connection.execute(select(func.coalesce(func.max(table.c.fid), 0))).scalar_one()
    rows = []
    for row in values:
        before = latest.get(row["id"])
        fid += before is None
        rows.append(
            row | {
                "fid": fid if before is None else before.fid,
                "version": 1 if before is None else before.version + 1,
                "edit": edit, "editor_role": stamp.role, "edited_at": moment,
            }
        )  # fmt: skip
    if rows:
        connection.execute(insert(table), rows)
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (moment, schema.name)
    )


def _refuse_edited(latest: dict[str, Any], stamp: Stamp) -> None:
    last = stamp.based_on
    edited = [
        key
        for key, row in latest.items()
        if key in stamp.fresh or (last is not None and row.edit > last)
    ]
    if edited:
        message = f"Edited by someone else meanwhile: {', '.join(edited[:5])}; reload, then edit."
        raise StoreError(message)


def _known(table: Table, at: datetime | None, edit: int | None = None) -> Select[Any]:
    """Select each id's newest version, or the newest one up to a time, or up to an edit."""
    other = table.alias()
    same = other.c.id == table.c.id
    if at is not None:
        same = and_(same, other.c.edited_at <= _written(at))
    if edit is not None:
        same = and_(same, other.c.edit <= edit)
    newest = select(func.max(other.c.version)).where(same).scalar_subquery()
    return select(table).where(table.c.version == newest)


def _latest(connection: Connection, table: Table, ids: Sequence[str]) -> dict[str, Any]:
    found = {}
    for start in range(0, len(ids), _BATCH):
        query = _known(table, None).where(table.c.id.in_(ids[start : start + _BATCH]))
        found.update({row.id: row for row in connection.execute(query)})
    return found


def _content(row: Row[Any], schema: LayerSchema) -> dict[str, Any]:
    names = (*schema.names, "deleted", *(["geom"] if schema.spatial else []))
    return {name: getattr(row, name) for name in names}


@cache
def _table(schema: LayerSchema, there: frozenset[str] | None = None) -> Table:
    """Return the history of a layer with its columns, or with those that a file has of them."""
    kinds: dict[Kind, TypeEngine[Any]] = {Kind.INTEGER: Integer(), Kind.FLAG: Integer()}
    kinds[Kind.NUMBER] = Float()
    columns = [
        Column(c.name, kinds.get(c.kind, String()))
        for c in schema.columns
        if there is None or c.name in there
    ]
    return Table(
        f"{schema.name}_history", MetaData(),
        Column("row", Integer, primary_key=True), Column("fid", Integer),
        Column("version", Integer), Column("edit", Integer), Column("editor_role", String),
        Column("edited_at", String), Column("deleted", Integer), *columns,
        *([Column("geom", LargeBinary)] if schema.spatial else []),
    )  # fmt: skip


def _stored(cells: pd.Series[Any], kind: Kind) -> list[Any]:
    write, gap = _WRITERS.get(kind, (str, ""))
    missing = cells.isna()
    return [gap if none else write(cell) for cell, none in zip(cells, missing, strict=True)]


def _written(when: datetime) -> str:
    if when.tzinfo is None:
        message = f"{when} has no time zone; give one."
        raise InputError(message)
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03d}Z"


_WRITERS: Mapping[Kind, tuple[Callable[[Any], Any], Any]] = MappingProxyType(
    {
        Kind.TIME: (_written, None),
        Kind.CLOCK: (lambda text: text or None, None),  # an empty word is no clock
        Kind.INTEGER: (int, None),
        Kind.FLAG: (int, None),
        Kind.NUMBER: (float, None),
    }
)
