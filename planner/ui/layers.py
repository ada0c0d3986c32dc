"""What is known of the city, layer by layer: drawn, told in words, typed, read from files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.layers.schema import LAYERS
from planner.layers.workspace import Workspace
from planner.ui import session
from planner.ui.desk import Bench, desk_of, put_desk
from planner.ui.drafts import TITLES, Desk, fresh_row, touched
from planner.ui.draw_map import draw_map
from planner.ui.heading import Answered, ask_and_answer, opened
from planner.ui.import_box import export_box, import_box
from planner.ui.layer_marks import ON_MAP
from planner.ui.model_numbers import model_numbers
from planner.ui.row_desk import row_desk, said, say, shape_alone
from planner.ui.sightings_box import expired_list
from planner.ui.table_editor import table_editor
from planner.ui.undo_bar import history_table, undo_button
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

    from planner.ui.answers import Holdings, Stamp


def page() -> None:
    """Draw the answer, then one layer: map with form, table, files, history."""
    answered = ask_and_answer()
    found = opened()
    if found is None:
        st.info("Open a workspace on the Start page: its layers are shown and edited here.")
        return
    path, stamp, known = found
    workspace = Workspace.open(path)
    layer = _choose_layer(workspace, stamp, known)
    bench = _bench(workspace, stamp, layer, answered)
    said(bench)
    _map_beside_form(bench, answered)
    _table_files_history(bench, stamp)


@st.cache_resource(max_entries=24, show_spinner=False)
def rows(path: Path, stamp: Stamp, layer: str) -> GeoDataFrame:  # noqa: ARG001 - part of the key
    """Return the rows of a layer; shared, so nobody may change them."""
    return Workspace.open(path).layer(layer)


def _choose_layer(workspace: Workspace, stamp: Stamp, known: Holdings) -> str:
    left, right = st.columns([1, 2.6], gap="small", vertical_alignment="bottom")

    titles = {}
    for layer, title in TITLES.items():
        waiting = len(desk_of(workspace.path, layer).drafts)
        titles[layer] = f"{title} · {known.counts[layer]}" + (
            f" · {waiting} unsaved" if waiting else ""
        )
    chosen: str = left.selectbox(
        "Layer", list(titles), format_func=lambda layer: titles[layer], **session.lasting("layer", "zones"),
        help="\n".join(f"- **{title}**: {_meaning(layer)}" for layer, title in TITLES.items()),
    )  # fmt: skip
    with right:
        told = undo_button(workspace, stamp, waiting=len(desk_of(workspace.path, chosen).drafts))
    if told:
        say(workspace, told)
        st.rerun()
    return chosen


def _meaning(layer: str) -> str:
    schema = LAYERS[layer]
    shapes = {"Point": "a point", "LineString": "a line", "Polygon": "an area"}
    drawn = " or ".join(shapes[kind] for kind in schema.geometry_types if kind in shapes)
    return f"{schema.meaning} Drawn as {drawn}."


def _bench(workspace: Workspace, stamp: Stamp, layer: str, answered: Answered | None) -> Bench:
    ids = {other: sorted(keys) for other, keys in workspace.ids().items()}
    sites = ids["facilities"]
    site = answered.asked.facility if answered else (sites[0] if len(sites) == 1 else "")
    day = session.shared().when
    return Bench(
        workspace, stamp, LAYERS[layer], rows(workspace.path, stamp, layer), ids,
        fresh_row(LAYERS[layer], facility=site), day.date() if day else None,
        answered.plan.question.arrive_utc if answered else None,
    )  # fmt: skip


def _map_beside_form(bench: Bench, answered: Answered | None) -> None:
    left, right = st.columns([1.5, 1], gap="small")
    with left:
        touch = draw_map(bench, answered)
        st.caption(
            literal(
                f"{_meaning(bench.layer)} Draw a new one with the tools, or click one to edit it. "
                "Without a mouse: choose the row, name its street or write its shape beside the "
                "map, or use the table below."
            )
        )
        if bench.layer == "zones":
            expired_list(bench)
    desk = bench.desk
    if touch.drawn:
        desk, told = touched(desk, touch.drawn, bench.frame, bench.fresh, bench.version)
        in_form = bench.desk.chosen
        if touch.drawn.get("id") == in_form == desk.chosen and in_form in desk.drafts:
            desk = shape_alone(bench, desk)
        _moved_on(bench, desk, told)
    if touch.picked:
        name, key = touch.picked
        if name == ON_MAP[bench.layer] and key != desk.chosen and bench.before(key):
            _moved_on(bench, desk.choose(key), "")
    with right:
        row_desk(bench)


def _moved_on(bench: Bench, desk: Desk, told: str) -> None:
    put_desk(bench.workspace.path, bench.layer, desk)
    st.session_state["drawing-said"] = bench.layer, desk.turn, told
    st.rerun()


def _table_files_history(bench: Bench, stamp: Stamp) -> None:
    table, files, numbers, past = st.tabs(
        ["Table", "Import or export", "Numbers of the model", "History"]
    )
    with table:
        _table(bench)
    with files:
        _files(bench, stamp)
    with numbers:
        _numbers(bench)
    with past:
        history_table(bench.workspace, stamp)


@st.fragment
def _table(bench: Bench) -> None:
    saved = table_editor(bench.workspace, bench.schema, bench.frame, bench.ids, bench.version)
    if saved is not None:
        say(bench.workspace, saved, bench.layer)
        st.rerun()


@st.fragment
def _numbers(bench: Bench) -> None:
    done = model_numbers(bench.workspace, bench.version)
    if done:
        say(bench.workspace, done)
        st.rerun()


def _files(bench: Bench, stamp: Stamp) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        told: Any = import_box(bench.workspace, bench.layer)
    if told:
        say(bench.workspace, told)
        st.rerun()
    with right:
        export_box(bench.workspace, stamp, bench.layer)
