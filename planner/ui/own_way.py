"""A way of the reader's own: drawn, from a file, an approved one; judged beside the suggestions."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st
from shapely.geometry import shape

from planner.briefing.own import own_marks, own_way
from planner.errors import InputError, PlannerError
from planner.plan.own.evaluate import Evaluation, evaluate
from planner.plan.own.line import Drawing, drawing_of, read_drawing
from planner.ui import answers, session
from planner.ui.words import literal

if TYPE_CHECKING:
    from planner.plan import Plan
    from planner.ui.heading import Answered

DRAW, FILE, ROUTE = "Draw it on the map", "A file", "An approved route"
KINDS = ["geojson", "json", "gpx", "wkt", "txt"]
LINE, FROM_FILE, CURRENT = "own_line", "own_file", "own_current"
"""Where what was drawn, what was read, what is judged now are kept, with their workspace."""

MOST_KEPT = 12


def tools() -> tuple[str, ...]:
    """Return the tools the map offers: a line, while a way is to be drawn."""
    wanted = st.session_state.get("own_on") and st.session_state.get("own_from", DRAW) == DRAW
    return ("line",) if wanted else ()


def take(answered: Answered, drawn: dict[str, Any] | None) -> None:
    """Keep a line just drawn on the map; the page is drawn again with it."""
    if drawn and drawn.get("tool") == "line" and drawn.get("geometry"):
        st.session_state[LINE] = (answered.asked.path, drawn["geometry"])
        st.rerun()


def own_way_box(answered: Answered) -> list[dict[str, Any]]:
    """Draw the control with the judgement; return the marks for the map, none while it is off."""
    with st.expander("A way of your own, beside the suggestions"):
        on = st.toggle("Judge a way of mine", **session.lasting("own_on", default=False),
                       help="Drawn, from a file, or an approved route: matched to the roads as it "
                       "is, checked by every rule at its minutes, compared.")  # fmt: skip
        if not on:
            st.session_state.pop(CURRENT, None)
            return []
        if not answered.whole:
            st.caption("Once the other ways are worked out …")
            return []
        try:
            drawing = _drawing(answered)
            st.session_state[CURRENT] = drawing and (answered.asked.path, drawing)
            if drawing is None:
                return []
            found = judged(answered.asked, drawing, answered.plan)
        except PlannerError as error:
            st.warning(literal(error))
            return []
        with st.container(key="own"):
            st.html(f'<div class="tables own">{own_way(found.document, answered.zone)}</div>')
        return own_marks(found.document, answered.zone)


def _drawing(answered: Answered) -> Drawing | None:
    """Draw where the way comes from; return it, None while there is none."""
    left, right = st.columns([1, 2], vertical_alignment="bottom")
    source = left.selectbox(
        "Take it from", (DRAW, FILE, ROUTE), **session.lasting("own_from", DRAW)
    )
    with right:
        if source == FILE:
            return _of_file(answered)
        if source == ROUTE:
            return _of_layer(answered)
        return _of_map(answered)


def _of_map(answered: Answered) -> Drawing | None:
    path, kept = st.session_state.get(LINE) or (None, None)
    if kept is None or path != answered.asked.path:
        st.caption("Take the line tool on the map, click along the streets in driving order, "
                   "double-click at the gate.")  # fmt: skip
        return None
    st.button("Draw another", on_click=_forget, args=(LINE,))
    workspace = answered.plan.prepared.workspace
    try:
        geometry = shape(kept)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError("what came from the map is no line: draw it again") from error
    return drawing_of(workspace, geometry, source="map", name="drawn on the map")


def _forget(what: str) -> None:
    st.session_state.pop(what, None)


def _of_file(answered: Answered) -> Drawing | None:
    path, read = st.session_state.get(FROM_FILE) or (None, None)
    if path == answered.asked.path and isinstance(read, Drawing):
        st.button(f"Another file than {literal(read.name)}", on_click=_forget, args=(FROM_FILE,))
        return read
    given = st.file_uploader("GeoJSON, GPX or WKT in lon lat", type=KINDS, key="own-file")
    if given is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "way"
        path.write_bytes(given.getvalue())
        drawing = read_drawing(answered.plan.prepared.workspace, str(path))
    named = replace(drawing, name=given.name)
    st.session_state[FROM_FILE] = (answered.asked.path, named)
    return named


def _of_layer(answered: Answered) -> Drawing | None:
    rows = answered.plan.access_routes
    if rows.empty:
        st.caption("This site has no approved routes: draw one on the Layers page.")
        return None
    names = {str(row.id): f"{row.name or row.id} ({row.role})" for row in rows.itertuples()}
    if st.session_state.get("own_route") not in names:
        st.session_state["own_route"] = next(iter(names))
    chosen = st.selectbox("Approved route", list(names), format_func=names.__getitem__,
                          **session.lasting("own_route", ""))  # fmt: skip
    geometry = rows.set_index("id").geometry[chosen]
    workspace = answered.plan.prepared.workspace
    return drawing_of(workspace, geometry, source="layer", name=names[chosen])


def current(answered: Answered) -> Evaluation | None:
    """Return the reader's own way judged for the question as it stands, None where there is none.

    Raises
    ------
    PlannerError
        It cannot be judged.
    """
    path, drawing = st.session_state.get(CURRENT) or (None, None)
    if path != answered.asked.path or not isinstance(drawing, Drawing):
        return None
    return judged(answered.asked, drawing, answered.plan)


def judged(asked: answers.Asked, drawing: Drawing, plan: Plan) -> Evaluation:
    """Return a drawing judged beside a plan; the same drawing of the same question once."""
    return _judged(asked, drawing.source, drawing.name, drawing.line.wkt, drawing, plan)


@st.cache_resource(max_entries=MOST_KEPT, ttl=answers.FRESH, show_spinner="Judging your way …")
def _judged(
    asked: answers.Asked,  # noqa: ARG001 - part of the key
    source: str,  # noqa: ARG001 - part of the key
    name: str,  # noqa: ARG001 - part of the key
    line: str,  # noqa: ARG001 - part of the key
    _drawing: Drawing,
    _plan: Plan,
) -> Evaluation:
    return evaluate(_plan.prepared.workspace, _plan.question, _drawing, plan=_plan)
