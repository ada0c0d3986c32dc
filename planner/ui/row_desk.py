"""Beside the map: choose a row, fill its form, save what was changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import shapely
import streamlit as st

from planner.briefing.words import day, plain
from planner.errors import InputError, PlannerError, SchemaError, StoreError
from planner.layers.schema import Kind
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.reports import shape_in_words
from planner.ui.answers import stamp_of
from planner.ui.desk import Bench, mark_of
from planner.ui.drafts import NEW, ONE, Desk, Draft, in_words
from planner.ui.faults import fault_list
from planner.ui.row_form import fields
from planner.ui.saving import Saved, save, told
from planner.ui.sightings_box import sightings_box
from planner.ui.street_words import street_words
from planner.ui.table_rows import sheet_of
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path

    from planner.network.graph import Network
    from planner.ui.answers import Stamp

CONFLICT = "Edited by someone else"
DIGITS = 6


@st.fragment
def row_desk(bench: Bench) -> None:
    """Draw the form of the chosen row with what is unsaved; saving draws the whole page anew."""
    desk = bench.desk
    top = st.container()
    _choose_row(bench, desk)
    with _place_of(desk):
        # It stays while the row does: the page may be drawn anew before anybody has read it.
        layer, turn, note = st.session_state.get("drawing-said", ("", 0, ""))
        if note and (layer, turn) == (bench.layer, desk.turn):
            st.info(literal(note))
        box = st.container()
        draft = bench.draft(desk)
        if draft.gone:
            st.warning(literal(f"{draft.key} will be removed when you save."))
        else:
            draft = _filled(bench, desk, draft)
            desk = desk.keep(draft, bench.before(draft.key) or bench.fresh, bench.version)
            bench.put(desk)
    with top:
        _save_or_discard(bench, desk)
    with box:
        _sightings(bench, desk)


def _place_of(desk: Desk) -> Any:
    """Return the place of the chosen row's form: not that of the row before it.

    What a row has less than the one before must go. Streamlit clears it when the run of a fragment
    ends, but not where another fragment's run follows at once, as while a plan is being made.
    An empty place takes all it held with it.
    """
    places = st.empty(), st.empty()
    return places[desk.turn % 2].container()


def _sightings(bench: Bench, desk: Desk) -> None:
    if bench.layer == "zones" and bench.before(desk.chosen) is not None:
        done = sightings_box(bench, desk)
        if done:
            say(bench.workspace, done)
            st.rerun()


def _choose_row(bench: Bench, desk: Desk) -> None:
    words = {NEW: f"New {ONE[bench.layer]}"}
    words |= {str(row["id"]): _row_words(row, bench) for row in bench.frame.to_dict("records")}
    if desk.chosen not in words:
        words[desk.chosen] = desk.chosen
    key = f"row-{bench.layer}"
    st.session_state[key] = desk.chosen
    st.selectbox(
        "Row", list(words), key=key, format_func=lambda name: words.get(name, name),
        on_change=lambda: bench.put(bench.desk.choose(st.session_state[key])),
        help="Choose here, or click on the map. What you changed in other rows is kept.",
    )  # fmt: skip


def _row_words(row: dict[str, Any], bench: Bench) -> str:
    zone = bench.workspace.timezone
    if bench.layer == "zones":
        starts, ends = (row[name].astimezone(zone) for name in ("starts_at", "ends_at"))
        return f"{row['id']} · {plain(row['kind'])} · {day(starts, zone)} {starts:%H:%M} to {ends:%H:%M}"
    if bench.layer == "corrections":
        return f"{row['id']} · {plain(row['kind'])}"
    name = str(row.get("name") or "")
    return str(row["id"]) if name in ("", row["id"]) else f"{name} ({row['id']})"


def _filled(bench: Bench, desk: Desk, draft: Draft) -> Draft:
    """Draw place, fields and shape of a row; return it as filled in."""
    if draft.key == NEW and "LineString" in bench.schema.geometry_types:
        with st.expander("Say where: along, from, to"):
            line = street_words(bench.workspace, bench.stamp)
        if line is not None:
            _reshaped(bench, desk, replace(draft, shape=line))
    if draft.shape is None:
        st.caption(
            literal(f"No place yet: draw the {ONE[bench.layer]} on the map{_or_words(bench)}.")
        )
    key = _form_key(bench, desk)
    cells = fields(
        bench.schema, _seeds(bench, draft), key=key, zone=bench.workspace.timezone,
        known=bench.ids, stored=draft.key != NEW,
    )  # fmt: skip
    draft = replace(draft, cells=cells)
    shape = _shape_text(draft, key)
    if shape is not None:
        _reshaped(bench, desk, replace(draft, shape=shape))
    return draft


def _form_key(bench: Bench, desk: Desk) -> str:
    return f"form-{mark_of(bench.workspace.path, bench.layer)}-{desk.turn}"


def shape_alone(bench: Bench, desk: Desk) -> Desk:
    """Return a desk on which the mouse changed the shape of the row in the form, nothing else.

    The form stays as it is, with what is being typed in it; only its shape is told anew.
    """
    desk = replace(desk, turn=bench.desk.turn)
    st.session_state.pop(f"{_form_key(bench, desk)}-shape", None)
    return desk


def _or_words(bench: Bench) -> str:
    return ", or name its street" if "LineString" in bench.schema.geometry_types else ""


def _seeds(bench: Bench, draft: Draft) -> dict[str, Any]:
    """Return what the fields start with: a new row's day is that of the question."""
    cells = dict(draft.cells)
    if draft.key == NEW and bench.day is not None:
        for column in bench.schema.columns:
            if column.kind is Kind.TIME and column.required and cells.get(column.name) is None:
                cells[column.name] = bench.day
    return cells


def _reshaped(bench: Bench, desk: Desk, draft: Draft) -> None:
    """Take another shape over and draw the page anew, so that the map shows it."""
    desk = desk.keep(draft, bench.before(draft.key), bench.version)
    bench.put(replace(desk, chosen=draft.key, turn=desk.turn + 1))
    st.rerun()


def _shape_text(draft: Draft, key: str) -> Any:
    """Draw the shape as text; return another one when it was typed."""
    before = "" if draft.shape is None else shapely.to_wkt(draft.shape, rounding_precision=DIGITS)
    with st.expander("Shape as text"):
        if f"{key}-shape" not in st.session_state:
            st.session_state[f"{key}-shape"] = before
        text = st.text_area(
            "WKT, lon before lat", key=f"{key}-shape", height=90,
            help="Such as LINESTRING (8.69 49.41, 8.70 49.41), in degrees.",
        )  # fmt: skip
        if text.strip() in ("", before):
            return None
        try:
            return shape_in_words(text)
        except InputError as error:
            st.error(literal(str(error)))
            return None


def _save_or_discard(bench: Bench, desk: Desk) -> None:
    count = len(desk.drafts)
    words = "; ".join(in_words(draft, bench.layer) for draft in list(desk.drafts.values())[:5])
    head = (
        f"{count} unsaved change{'s' if count > 1 else ''}: {words}" if count else "Nothing unsaved"
    )
    st.markdown(f"**{literal(head)}**")
    stored_row = desk.chosen != NEW and bench.before(desk.chosen) is not None
    left, middle, right = st.columns(3, gap="small")
    if left.button("Save", key="row-save", type="primary", disabled=not count, width="stretch"):
        _save(bench, desk)
    if middle.button("Discard", key="row-discard", disabled=not count, width="stretch",
                     help="Drops every unsaved change of this layer."):  # fmt: skip
        _drop(bench, desk)
    gone = desk.chosen in desk.drafts and desk.drafts[desk.chosen].gone
    if right.button("Keep it" if gone else "Remove", key="row-remove", disabled=not stored_row,
                    width="stretch", help="Marks the row; it goes when you save."):  # fmt: skip
        _mark(bench, desk, gone=not gone)
    _what_went_wrong(bench, desk)


def _mark(bench: Bench, desk: Desk, *, gone: bool) -> None:
    before = bench.before(desk.chosen)
    draft = replace(bench.draft(desk), gone=gone)
    bench.put(desk.keep(draft, before, bench.version).choose(desk.chosen))
    st.rerun()


def _drop(bench: Bench, desk: Desk) -> None:
    st.session_state.pop("row-error", None)
    bench.put(Desk(chosen=desk.chosen, turn=desk.turn + 1))
    st.rerun()


def _save(bench: Bench, desk: Desk) -> None:
    st.session_state.pop("row-error", None)
    try:
        done = save(bench.workspace, bench.layer, list(desk.drafts.values()), based_on=desk.version)
    except PlannerError as error:
        st.session_state["row-error"] = (bench.layer, desk.turn, error)
        return
    say(bench.workspace, done, bench.layer)
    chosen = NEW if desk.chosen in done.gone else desk.chosen
    bench.put(Desk(chosen=chosen, turn=desk.turn + 1))
    st.rerun()


def _what_went_wrong(bench: Bench, desk: Desk) -> None:
    """Show why the last save failed until it is tried again or dropped."""
    layer, turn, error = st.session_state.get("row-error") or ("", 0, None)
    place = st.empty()
    if error is None or layer != bench.layer or turn != desk.turn or not desk.drafts:
        return
    with place.container():
        if isinstance(error, SchemaError):
            fault_list(error, source=f"the {ONE[layer]}")
        elif isinstance(error, StoreError) and str(error).startswith(CONFLICT):
            _conflict(bench, desk, error)
        else:
            st.error(literal(f"Nothing was saved. {error}"))


def _conflict(bench: Bench, desk: Desk, error: StoreError) -> None:
    """Show the rows as somebody else left them; the reader decides which stand."""
    now = bench.workspace.layer(bench.layer)
    mine = [key for key in desk.drafts if key != NEW]
    st.error(literal(f"{str(error).partition(';')[0]}. Nothing of yours was saved. As it is now:"))
    theirs = now[now["id"].isin(mine)]
    if len(theirs):
        st.dataframe(
            sheet_of(theirs, bench.schema, bench.workspace.timezone, 0).shown, hide_index=True,
            alt="The rows as somebody else left them",
        )  # fmt: skip
    else:
        st.caption("The rows were removed.")
    left, right = st.columns(2, gap="small")
    if left.button("Take theirs", key="row-theirs", help="Drops your changes.", width="stretch"):
        _drop(bench, desk)
    if right.button("Save mine over theirs", key="row-mine", width="stretch"):
        newer = replace(desk, version=bench.workspace.version)
        bench.put(newer)
        _save(bench, newer)


def say(workspace: Workspace, what: Saved | str, layer: str = "") -> None:
    """Keep what was done, to be told once the page is drawn anew."""
    if isinstance(what, Saved):
        network = network_of(workspace.path, stamp_of(workspace.path)) if layer == "zones" else None
        what = told(workspace, network, layer, what)
    st.session_state["edit-said"] = (str(workspace.path), workspace.version, what)


def said(bench: Bench) -> None:
    """Tell what the last edit of this reader did, until the next edit of anybody."""
    path, version, text = st.session_state.get("edit-said") or ("", 0, "")
    if text and (path, version) == (str(bench.workspace.path), bench.version):
        st.success(literal(text))


@st.cache_resource(max_entries=4, show_spinner=False)
def network_of(path: Path, stamp: Stamp) -> Network:  # noqa: ARG001 - part of the key
    """Return the roads of a workspace."""
    return load_network(Workspace.open(path))
