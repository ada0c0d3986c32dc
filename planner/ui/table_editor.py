"""A whole layer as a table to edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from planner.errors import PlannerError, SchemaError
from planner.layers.check import GEOMETRY, schema_error
from planner.layers.schema import Column, Kind, LayerSchema
from planner.ui.desk import mark_of
from planner.ui.drafts import ONE, TITLES, label
from planner.ui.faults import fault_list
from planner.ui.row_form import worded
from planner.ui.saving import Saved, save
from planner.ui.table_rows import Sheet, changes, holding, rows_with_origin, sheet_of
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame

    from planner.layers.workspace import Workspace

MOST = 500
"""Rows editable at once; a filter reaches the others."""

ROW_PX = 35
TALLEST_PX = 460


def table_editor(
    workspace: Workspace, schema: LayerSchema, frame: GeoDataFrame,
    known: Mapping[str, Sequence[str]], version: int,
) -> Saved | None:  # fmt: skip
    """Draw a layer as a table; return what was saved just now.

    Parameters
    ----------
    frame
        Rows of the layer, EPSG:4326, as of ``version``.
    known
        Ids that may be referred to, by layer.
    """
    about = mark_of(workspace.path, schema.name)
    name = f"table-{about}"
    kept: dict[str, Any] = st.session_state.setdefault(name, {"turn": 0, "query": ""})
    key = f"editor-{about}-{kept['turn']}"
    waiting = _waiting(key) or kept.get("dirty", False)
    st.session_state.setdefault(f"filter-{about}", kept["query"])
    query = st.text_input(
        "Show rows that hold", key=f"filter-{about}",
        disabled=waiting, placeholder="any text, such as a name or an id",
        help="Searches every column. Save or discard first, then show other rows.",
    )  # fmt: skip
    rows, found = holding(frame, query, MOST)
    if not waiting and kept.get("about") != (version, query):
        kept |= {
            "about": (version, query),
            "query": query,
            "turn": kept["turn"] + 1,
            "dirty": False,
        }
        kept["sheet"] = sheet_of(rows, schema, workspace.timezone, version)
        key = f"editor-{about}-{kept['turn']}"
    elif key not in st.session_state and waiting:
        _take_up(kept)
        key = f"editor-{about}-{kept['turn']}"
    sheet: Sheet = kept["sheet"]
    edited = st.data_editor(
        sheet.shown, key=key, num_rows="dynamic", hide_index=True,
        column_config=columns(schema, known, workspace.timezone.key),
        height=min(ROW_PX * (len(sheet.shown) + 2) + 3, TALLEST_PX),
        placeholder="", alt=f"Table of {TITLES[schema.name].lower()}; every cell can be edited",
    )  # fmt: skip
    kept["edited"] = edited
    _say_how_many(len(sheet.shown), found, len(frame), schema)
    return _save_or_discard(workspace, schema, sheet, edited, kept)


def columns(schema: LayerSchema, known: Mapping[str, Sequence[str]], zone: str) -> dict[str, Any]:
    """Return how the editor shows each column."""
    found = {column.name: _column(column, label(schema, column.name), known, zone)
             for column in schema.columns}  # fmt: skip
    kinds = ", ".join(schema.geometry_types)
    found[GEOMETRY] = st.column_config.TextColumn(
        "Shape (WKT)", help=f"{kinds} as text, lon before lat, in degrees.", required=True, width="medium",
    )  # fmt: skip
    return found


def _column(column: Column, title: str, known: Mapping[str, Sequence[str]], zone: str) -> Any:
    make = st.column_config
    about: dict[str, Any] = {"label": title, "help": column.meaning, "required": column.required}
    if column.refers_to or column.kind is Kind.CHOICE:
        options = list(known.get(column.refers_to, ()) if column.refers_to else column.choices)
        return make.SelectboxColumn(
            **about, options=options, default=column.default,
            format_func=lambda option: worded(column, option),
        )  # fmt: skip
    if column.kind is Kind.TIME:
        about |= {"label": f"{title} (local)", "help": f"{column.meaning} Local time in {zone}."}
        return make.DatetimeColumn(**about, format="YYYY-MM-DD HH:mm")
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        step = 1 if column.kind is Kind.INTEGER else None
        return make.NumberColumn(
            **about, min_value=column.minimum, max_value=column.maximum, step=step,
            default=cast("float | None", column.default),
        )  # fmt: skip
    if column.kind is Kind.FLAG:
        return make.CheckboxColumn(**about, default=bool(column.default))
    longest = None if column.maximum is None else int(column.maximum)
    return make.TextColumn(**about, max_chars=longest, default=cast("str | None", column.default))


def _waiting(key: str) -> bool:
    """Tell whether the editor of a key holds edits."""
    state = st.session_state.get(key) or {}
    return any(state.get(part) for part in ("edited_rows", "added_rows", "deleted_rows"))


def _take_up(kept: dict[str, Any]) -> None:
    """Put the edits made before the page was left back into a new editor."""
    shown, origin = rows_with_origin(kept["sheet"], kept["edited"])
    kept["sheet"] = replace(kept["sheet"], shown=shown, origin=origin)
    kept["turn"] += 1


def _say_how_many(shown: int, found: int, all_rows: int, schema: LayerSchema) -> None:
    if not all_rows:
        st.caption(
            f"No {ONE[schema.name]} yet. Draw one on the map, import a file, or type into the "
            "empty row of the table."
        )
        return
    text = (
        f"{shown} of {all_rows} rows shown"
        if shown < all_rows
        else "1 row"
        if all_rows == 1
        else f"{all_rows} rows"
    )
    if shown < found:
        text += f"; {found} hold that text, type more of it to reach the others"
    st.caption(
        literal(
            f"{text}. Select rows at the left edge to remove them. The last row adds one, which "
            "counts once its cells with a blue corner are filled."
        )
    )


def _save_or_discard(
    workspace: Workspace, schema: LayerSchema, sheet: Sheet, edited: pd.DataFrame,
    kept: dict[str, Any],
) -> Saved | None:  # fmt: skip
    drafts, rows, faults = changes(sheet, edited, schema)
    kept["dirty"] = bool(drafts)
    count = "1 unsaved change" if len(drafts) == 1 else f"{len(drafts)} unsaved changes"
    left, right, note = st.columns([1.2, 1, 4], gap="small", vertical_alignment="center")
    pressed = left.button(
        "Save changes", key=f"table-save-{schema.name}", type="primary", disabled=not drafts
    )
    if right.button("Discard", key=f"table-discard-{schema.name}", disabled=not drafts):
        _begin_anew(kept)
        st.rerun()
    note.caption(f"{count} in this table." if drafts else "Nothing unsaved in this table.")
    if pressed:
        try:
            if faults:
                raise schema_error(faults, schema.name)
            saved = save(workspace, schema.name, drafts, based_on=sheet.version, rows=rows)
        except PlannerError as error:
            kept["error"] = error
        else:
            _begin_anew(kept)
            return saved
    if drafts:
        _what_went_wrong(kept.get("error"))
    return None


def _begin_anew(kept: dict[str, Any]) -> None:
    kept.pop("about", None)
    kept |= {"dirty": False, "turn": kept["turn"] + 1, "error": None}


def _what_went_wrong(error: PlannerError | None) -> None:
    """Show why the last save failed until it is tried again or dropped."""
    if isinstance(error, SchemaError):
        fault_list(error, source="the table")
    elif error is not None:
        st.error(literal(f"Nothing was saved. {error}"))
        st.caption("Discard shows the rows as they are now.")
