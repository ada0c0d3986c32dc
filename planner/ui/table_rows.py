"""A layer as a table of plain cells: to it, from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely

from planner.errors import InputError
from planner.layers.cells import is_missing
from planner.layers.check import GEOMETRY, Fault
from planner.layers.schema import Kind, LayerSchema
from planner.reports import shape_in_words
from planner.ui.drafts import NEW, Draft, plain, stored

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

DIGITS = 7
"""Decimals of a degree in a shape's text: about a centimetre."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Rows as they were put into the editor.

    Attributes
    ----------
    shown
        What the editor starts with, numbered 0, 1, ...
    origin
        Id of the stored row of each, ``NEW`` for a row added before the page was left.
    before
        The stored rows as the editor shows them, by id.
    frame
        The stored rows.
    version
        The last edit of the workspace that was seen.
    """

    shown: pd.DataFrame
    origin: tuple[str, ...]
    before: pd.DataFrame
    frame: GeoDataFrame
    version: int


def sheet_of(frame: GeoDataFrame, schema: LayerSchema, zone: ZoneInfo, version: int) -> Sheet:
    """Return rows of a layer ready for the editor: local times, shapes as WKT."""
    columns: dict[str, Any] = {}
    for column in schema.columns:
        cells = frame[column.name]
        if column.kind is Kind.TIME:
            cells = cells.dt.tz_convert(zone).dt.tz_localize(None).dt.as_unit("ns")
        elif column.kind not in (Kind.NUMBER, Kind.INTEGER, Kind.FLAG):
            cells = cells.astype(object).where(cells.astype(object) != "", None)
        columns[column.name] = cells.to_numpy() if column.kind is not Kind.INTEGER else cells.array
    columns[GEOMETRY] = shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=DIGITS)
    shown = pd.DataFrame(columns)
    shown[GEOMETRY] = shown[GEOMETRY].astype(object)
    before = shown.set_index("id", drop=False)
    return Sheet(shown, tuple(frame["id"]), before, frame.reset_index(drop=True), version)


def holding(frame: GeoDataFrame, text: str, most: int) -> tuple[GeoDataFrame, int]:
    """Return the first rows that hold a text in any cell, with how many do."""
    wanted = text.strip().casefold()
    if wanted:
        cells = frame.drop(columns=frame.geometry.name).astype(str)
        hits = cells.apply(lambda c: c.str.casefold().str.contains(wanted, regex=False))
        frame = frame[hits.any(axis=1)]
    return frame.iloc[:most].reset_index(drop=True), len(frame)


def changes(
    sheet: Sheet, edited: pd.DataFrame, schema: LayerSchema
) -> tuple[list[Draft], list[int], list[Fault]]:
    """Return what an edited table changes, with the rows' numbers, and cells that are no shape."""
    drafts: list[Draft] = []
    rows: list[int] = []
    faults: list[Fault] = []
    kept = set()
    # All rows at once: to look each up among all of them took most of a second of a long table.
    shown = sheet.before.to_dict("index")
    for number, (place, row) in enumerate(
        zip(edited.index, edited.to_dict("records"), strict=True)
    ):
        key = sheet.origin[place] if 0 <= place < len(sheet.origin) else NEW
        kept.add(key)
        old = shown.get(key, {})
        changed = [
            name for name in (*schema.names, GEOMETRY) if not _equal(row.get(name), old.get(name))
        ]
        if changed:
            drafts.append(_draft(sheet, key, row, changed, (schema, number + 1, faults)))
            rows.append(number + 1)
    for key in sheet.frame["id"]:
        if key not in kept:
            before = stored(sheet.frame, key)
            drafts.append(Draft(key, before.cells if before else {}, gone=True))
            rows.append(0)
    return drafts, rows, faults


def _draft(
    sheet: Sheet, key: str, row: dict[Any, Any], changed: list[str],
    about: tuple[LayerSchema, int, list[Fault]],
) -> Draft:  # fmt: skip
    """Return the draft of a row some cells of which were changed."""
    schema, number, faults = about
    before = stored(sheet.frame, key)
    # A cell that was not touched keeps its stored value, to the second and the last decimal.
    cells = {
        name: plain(row.get(name)) if before is None or name in changed else before.cells[name]
        for name in schema.names
    }
    shape = None if before is None else before.shape
    if GEOMETRY in changed:
        try:
            shape = None if is_missing(row.get(GEOMETRY)) else shape_in_words(str(row[GEOMETRY]))
        except InputError as error:
            problem, _, remedy = str(error).partition("; ")
            faults.append(Fault(schema.name, number, key, GEOMETRY, problem, remedy))
    return Draft(key, cells, shape)


def rows_with_origin(sheet: Sheet, edited: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return an edited table numbered anew, with the stored row each comes from."""
    origin = tuple(
        sheet.origin[place] if 0 <= place < len(sheet.origin) else NEW for place in edited.index
    )
    return edited.reset_index(drop=True), origin


def _equal(one: object, other: object) -> bool:
    if is_missing(one) or is_missing(other):
        return is_missing(one) and is_missing(other)
    return bool(one == other)
