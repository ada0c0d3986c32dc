"""What changed since an earlier state of the workspace: a box, the ways of before for the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.earlier import earlier_marks, since
from planner.errors import PlannerError
from planner.layers.then import as_known
from planner.layers.workspace import Workspace
from planner.plan.diff.since import Changed, Earlier, changed, earlier_plan
from planner.plan.prepare import Prepared, prepare
from planner.ui import answers, session
from planner.ui.undo_bar import edits, in_words
from planner.ui.words import literal
from planner.ui.workshop import Workshop

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.layers.history import Edit
    from planner.ui.answers import Asked
    from planner.ui.heading import Answered

SINCE = "since"
"""Where the number of the edit is kept that a reader compares with; 0: with none."""

_SEEN = "since-seen"
Key = tuple["Asked", int]


def changed_box(answered: Answered) -> list[dict[str, Any]]:
    """Draw the box; return the marks of the first choices of before, none where none are compared."""
    _follow_edits(answered)
    known = _comparable(answered.asked)
    if not known:
        return []
    with st.container(key="changed", horizontal=True, vertical_alignment="top"):
        with st.popover("What changed since …", type="tertiary"):
            number = _choice(known, answered.zone)
        return _told(answered, number) if number else []


def since_choice(answered: Answered) -> int:
    """Draw what to compare with; return the number of the edit, 0 for none."""
    return _choice(_comparable(answered.asked), answered.zone)


def _choice(known: dict[int, Edit], zone: ZoneInfo) -> int:
    st.session_state[SINCE] = _chosen(known)
    st.selectbox(
        "Compare with what was known", [0, *known],
        format_func=lambda number: _called(known.get(number), zone), disabled=not known,
        help="The same question, answered from what was known after that edit. The first "
        "choices of then are a layer of the map.",
        **session.lasting(SINCE, default=0),
    )  # fmt: skip
    return _chosen(known)


def _follow_edits(answered: Answered) -> None:
    """After an edit compare with what was known before it, as long as the reader stays."""
    version = answered.asked.stamp[0]
    seen = st.session_state.get(_SEEN)
    about = answered.asked.path
    if seen is not None and seen[0] == about and version > seen[1] > 0:
        st.session_state[SINCE] = seen[1]
    if seen is None or seen[0] != about:
        st.session_state[SINCE] = 0
    st.session_state[_SEEN] = about, version


def _comparable(asked: Asked) -> dict[int, Edit]:
    """Return the edits one may compare with, newest first: all but the last one, which is now."""
    found = {edit.number: edit for edit in edits(asked.path, asked.stamp)[1:]}
    # Before its facility was known there is no plan of it.
    site = next(
        (n for n, e in found.items() if e.layer == "facilities" and asked.facility in e.added), 0
    )
    return {number: edit for number, edit in found.items() if number >= site}


def _chosen(known: dict[int, Edit]) -> int:
    number = st.session_state.get(SINCE, 0)
    return number if number in known else 0


def _called(edit: Edit | None, zone: ZoneInfo) -> str:
    return (
        "Nothing: only this plan" if edit is None else f"Edit {edit.number}: {in_words(edit, zone)}"
    )


def _told(answered: Answered, number: int) -> list[dict[str, Any]]:
    """Draw what changed since an edit once both plans are there; return the marks."""
    try:
        news = compared(answered, number)
    except PlannerError as error:
        st.caption(literal(str(error)))
        return []
    if news is None:
        return []
    st.html(since(news))
    return earlier_marks(news, answered.zone)


def compared(answered: Answered, number: int) -> Changed | None:
    """Return what changed since an edit; None, and say so, while it is being worked out.

    Raises
    ------
    PlannerError
        There was no plan then.
    """
    key = answered.asked, number
    if answered.whole and _earlier_plans().ready(key):
        return _changed(key, answered)
    _earlier_plans().order(key)
    _waiting(key)
    return None


@st.fragment(run_every=0.5)
def _waiting(key: Key) -> None:
    if _earlier_plans().ready(key) and answers.is_whole(key[0]):
        st.rerun()
    st.caption("The plan of before is being worked out …")


def _changed(key: Key, answered: Answered) -> Changed:
    """Return what changed, worked out once for one pair of plans."""
    kept = st.session_state.get("since-told")
    if kept is None or kept[0] != key or kept[1] is not answered.document:
        earlier = _earlier_plans().order(key).result()
        kept = key, answered.document, changed(earlier, answered.document)
        st.session_state["since-told"] = kept
    return kept[2]


@st.cache_resource(show_spinner=False)
def _earlier_plans() -> Workshop[Key, Earlier]:
    return Workshop(_make, kept=8)


def _make(key: Key) -> Earlier:
    asked, number = key
    workspace = Workspace.open(asked.path)
    question = asked.question(workspace.timezone)
    ready = _prepared(asked.ground, number, workspace)
    return earlier_plan(workspace, question, str(number), prepared=ready)


@st.cache_resource(max_entries=4, show_spinner=False)
def _prepared(ground: tuple[Any, ...], number: int, _workspace: Workspace) -> Prepared:
    _, _, facility, vehicles, profile, locked = ground
    then = as_known(_workspace, str(number))
    return answers.staying(
        prepare(then, facility, vehicles=vehicles, profile=profile, locked=locked)
    )
