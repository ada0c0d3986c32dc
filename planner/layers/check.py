"""The check of a layer: every fault at once, or a frame that fits the schema exactly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any

from planner.errors import CrsError
from planner.layers.cells import is_missing, read_cell, suggestion
from planner.layers.clock import zone_of
from planner.layers.correction_kinds import odd_correction
from planner.layers.crs import to_degrees
from planner.layers.faults import Fault, Unfit, fault_table, schema_error, shown
from planner.layers.links import odd_links
from planner.layers.schema import Column, Kind, LayerSchema, schema_of
from planner.layers.shapes import Bounds, read_shape
from planner.layers.table import empty_frame, typed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import tzinfo

    from geopandas import GeoDataFrame

__all__ = ["GEOMETRY", "Checked", "Fault", "check", "fault_table", "schema_error"]

GEOMETRY = "geometry"
Cells = dict[str, list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The outcome: a frame that fits, or faults (and then the frame has no rows)."""

    frame: GeoDataFrame
    faults: tuple[Fault, ...] = ()
    dropped_columns: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    """What one check has found so far."""

    layer: str
    rows: Sequence[int]
    ids: Sequence[str] = ()
    faults: list[Fault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def add(self, position: int | None, column: str, problem: str, remedy: str) -> None:
        row, key = 0, ""
        if position is not None:
            row = self.rows[position]
            key = self.ids[position] if self.ids else ""
        self.faults.append(Fault(self.layer, row, key, column, problem, remedy))


def check(
    frame: GeoDataFrame,
    layer: str,
    *,
    timezone: tzinfo | str,
    existing_ids: Mapping[str, Collection[str]] | None = None,
    links: Mapping[str, str] | None = None,
    bounds: Bounds | None = None,
    rows: Sequence[int] | None = None,
) -> Checked:
    """Return the frame in EPSG:4326 with exactly the columns of the layer, or every fault.

    ``frame`` is in any CRS, its cells as typed or already of the right type; times without an
    offset are taken in ``timezone``. References are held against ``existing_ids`` (by layer), and
    made ids avoid them. Rows that name others of their own layer are held against ``links``: the
    rows there are, with the one each names. A row outside ``bounds`` (west, south, east, north in degrees) is a fault.
    ``rows`` are the user's numbers of the rows: 1, 2, ... when not given.

    Raises
    ------
    InputError
        There is no such layer or time zone.

    """
    schema = schema_of(layer)
    known = existing_ids or {}
    findings = _Findings(layer, list(rows) if rows is not None else range(1, len(frame) + 1))
    dropped = tuple(str(name) for name in _extra(frame, schema))
    _find_missing_columns(frame, schema, dropped, findings)
    cells = _read_ids(frame, schema, known.get(layer, ()), findings)
    zone = zone_of(timezone)
    for column in schema.columns[1:]:
        cells[column.name] = _read_column(frame, column, zone, findings)
    _fill_from_others(cells, schema, findings)
    _find_unordered(cells, schema, findings)
    _find_unknown_references(cells, schema, known, findings)
    _find_odd_links(cells, schema, links, findings)
    shapes = _read_shapes(frame, schema, bounds, findings)
    _find_odd_marches(cells, shapes, findings)
    _find_odd_corrections(cells, shapes, findings)
    if dropped:
        findings.notices.append(f"Columns not kept: {', '.join(shown(n) for n in dropped)}.")
    faults = tuple(sorted(findings.faults, key=lambda fault: fault.row))
    result = empty_frame(schema) if faults else typed(cells, shapes, schema)
    return Checked(result, faults, dropped, tuple(findings.notices))


def _geometry_name(frame: GeoDataFrame) -> str:
    return str(getattr(frame, "_geometry_column_name", None) or GEOMETRY)


def _extra(frame: GeoDataFrame, schema: LayerSchema) -> list[str]:
    own = {*schema.names, _geometry_name(frame)}
    return [name for name in frame.columns if name not in own]


def _find_missing_columns(
    frame: GeoDataFrame, schema: LayerSchema, extra: Sequence[str], findings: _Findings
) -> None:
    if not len(frame) and list(frame.columns) == [_geometry_name(frame)]:
        # A file of features without any has no columns either.
        return
    for column in schema.columns:
        if column.required and column.name not in frame.columns:
            near = suggestion(column.name, extra)
            remedy = (
                f"rename {shown(near)} to {column.name}" if near else f"add it: {column.meaning}"
            )
            findings.add(None, column.name, "the column is missing", remedy)


def _read_ids(
    frame: GeoDataFrame, schema: LayerSchema, taken: Collection[str], findings: _Findings
) -> Cells:
    column = schema.columns[0]
    raw = list(frame["id"]) if "id" in frame.columns else [None] * len(frame)
    ids: list[str] = []
    for position, value in enumerate(raw):
        try:
            ids.append("" if is_missing(value) else str(read_cell(value, column, UTC)))
        except Unfit as unfit:
            findings.add(position, "id", unfit.problem, unfit.remedy)
            ids.append("-")
    first_row: dict[str, int] = {}
    findings.ids = ["" if key == "-" else key for key in ids]
    for position, key in enumerate(ids):
        if key in ("", "-"):
            continue
        if key in first_row:
            problem = f"the id is already used in row {first_row[key]}"
            findings.add(position, "id", problem, "give every row its own id")
        first_row.setdefault(key, findings.rows[position])
    _make_ids(ids, schema, {*taken, *ids}, findings)
    return {"id": list(ids)}


def _make_ids(
    ids: list[str], schema: LayerSchema, taken: Collection[str], findings: _Findings
) -> None:
    made, number = [], 0
    for position, key in enumerate(ids):
        if not key:
            number += 1
            while f"{schema.prefix}-{number}" in taken:
                number += 1
            ids[position] = f"{schema.prefix}-{number}"
            made.append(ids[position])
    if made:
        span = made[0] if len(made) == 1 else f"{made[0]} to {made[-1]}"
        findings.notices.append(f"{_rows(len(made))} without an id: named {span}.")


def _read_column(
    frame: GeoDataFrame, column: Column, zone: tzinfo, findings: _Findings
) -> list[Any]:
    if column.name not in frame.columns:
        _tell_default(column, len(frame), findings)
        return [column.default] * len(frame)
    values: list[Any] = []
    missing = 0
    for position, value in enumerate(frame[column.name]):
        if is_missing(value):
            missing += 1
            values.append(column.default)
            if column.required:
                findings.add(position, column.name, "the value is missing", column.meaning)
            continue
        try:
            values.append(read_cell(value, column, zone))
        except Unfit as unfit:
            findings.add(position, column.name, unfit.problem, unfit.remedy)
            values.append(None)
    _tell_default(column, missing, findings)
    return values


def _tell_default(column: Column, count: int, findings: _Findings) -> None:
    if count and column.default is not None and column.kind is not Kind.FLAG:
        findings.notices.append(f"{_rows(count)} without {column.name}: taken as {column.default}.")


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _fill_from_others(cells: Cells, schema: LayerSchema, findings: _Findings) -> None:
    wrong = {(fault.row, fault.column) for fault in findings.faults}
    for column in schema.columns:
        if not column.default_from:
            continue
        values, count = cells[column.name], 0
        for position, other in enumerate(cells[column.default_from]):
            if values[position] is None and (findings.rows[position], column.name) not in wrong:
                values[position] = other
                count += 1
        if count and column.kind is Kind.TIME:
            findings.notices.append(
                f"{_rows(count)} without {column.name}: taken as {column.default_from}."
            )


def _find_unordered(cells: Cells, schema: LayerSchema, findings: _Findings) -> None:
    for low, high in schema.ordered:
        times = schema.column(low).kind is Kind.TIME
        for position, (first, last) in enumerate(zip(cells[low], cells[high], strict=True)):
            if first is None or last is None:
                continue
            if times and last <= first:
                findings.add(position, high, "ends before it starts", f"give {high} after {low}")
            elif last < first:
                problem = f"{low} {first} is more than {high} {last}"
                findings.add(position, low, problem, "swap the two")
    if {"opens", "closes"} <= set(schema.names):
        for position, (opens, closes) in enumerate(
            zip(cells["opens"], cells["closes"], strict=True)
        ):
            if opens is not None and opens == closes:
                remedy = "write 00:00 and 24:00 for always open"
                findings.add(position, "closes", f"opens and closes at {opens}", remedy)
            elif opens == "24:00":
                findings.add(position, "opens", "opens at 24:00", "write 00:00")


def _find_unknown_references(
    cells: Cells, schema: LayerSchema, known: Mapping[str, Collection[str]], findings: _Findings
) -> None:
    for column in schema.columns:
        if column.refers_to in known and column.name != schema.link:
            _find_unknown(cells, column, known[column.refers_to], findings)


def _find_unknown(
    cells: Cells, column: Column, targets: Collection[str], findings: _Findings
) -> None:
    for position, key in enumerate(cells[column.name]):
        if key is None or key in targets:
            continue
        near = suggestion(key, sorted(targets))
        listed = ", ".join(sorted(targets)[:5])
        hint = f"known: {listed}" if listed else f"import the {column.refers_to} first"
        hint = f"did you mean {near}?" if near else hint
        problem = f"there is no {shown(key)} among the {column.refers_to}"
        findings.add(position, column.name, problem, hint)


def _find_odd_links(
    cells: Cells, schema: LayerSchema, links: Mapping[str, str] | None, findings: _Findings
) -> None:
    if not schema.link:
        return
    if links is not None:
        there = {*links, *cells["id"]}
        _find_unknown(cells, schema.column(schema.link), there, findings)
    for position, problem, remedy in odd_links(cells["id"], cells[schema.link], links or {}):
        findings.add(position, schema.link, problem, remedy)


def _read_shapes(
    frame: GeoDataFrame, schema: LayerSchema, bounds: Bounds | None, findings: _Findings
) -> list[Any]:
    name = _geometry_name(frame)
    if name not in frame.columns:
        findings.add(None, GEOMETRY, "there is no geometry", "give one; in a CSV lon and lat")
        return [None] * len(frame)
    try:
        geometries = list(to_degrees(frame).geometry) if len(frame) else []
    except (CrsError, AttributeError) as error:
        remedy = "set the coordinate reference system the data was drawn in"
        findings.add(None, GEOMETRY, str(error), remedy)
        return [None] * len(frame)
    shapes: list[Any] = []
    for position, geometry in enumerate(geometries):
        try:
            shapes.append(read_shape(geometry, schema.geometry_types, bounds))
        except Unfit as unfit:
            findings.add(position, GEOMETRY, unfit.problem, unfit.remedy)
            shapes.append(None)
    return shapes


def _find_odd_marches(cells: Cells, shapes: Sequence[Any], findings: _Findings) -> None:
    if findings.layer != "zones":
        return
    for position, (kind, shape) in enumerate(zip(cells["kind"], shapes, strict=True)):
        if kind == "march" and shape is not None and shape.geom_type != "LineString":
            problem = f"a march is drawn as a {shape.geom_type}"
            findings.add(position, GEOMETRY, problem, "draw its way as a line, from start to end")


def _find_odd_corrections(cells: Cells, shapes: Sequence[Any], findings: _Findings) -> None:
    if findings.layer != "corrections":
        return
    rows = zip(cells["kind"], shapes, cells["maxspeed_kmh"], strict=True)
    for position, (kind, shape, speed) in enumerate(rows):
        drawn = None if shape is None else shape.geom_type
        for column, problem, remedy in odd_correction(kind, drawn, speed):
            findings.add(position, column, problem, remedy)
