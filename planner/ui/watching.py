"""A workspace on its way, as its reader sees it: progress, its end, what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planner.briefing.escape import isolate
from planner.ui import guide, session
from planner.ui.making import Making, State, Wanted, Workshop
from planner.ui.pages import turn_to
from planner.ui.session import BESIDE, MAKING
from planner.ui.shelf import home, shelf
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path

    from planner.initialise import InitReport

TO_OPEN = "to_open"
"""What a reload must find again stands in the URL, beside the question."""

EVERY_S = 0.4
TOLD = {
    "road arcs": "Road arcs",
    "gateways": "Ways into the city",
    "facilities": "Sites on the map",
    "entrances": "Entrances",
    "staging sites": "Places to stage",
    "support stops": "Fuel, food, toilets",
    "buildings": "Buildings",
}


@st.cache_resource(show_spinner=False)
def workshop() -> Workshop:
    """Return the server's workshop."""
    return Workshop()


def begin(wanted: Wanted) -> None:
    """Begin to make a workspace for this reader.

    Raises
    ------
    InputError
        It cannot be begun; the message says what to do.
    """
    making = workshop().begin(wanted, home(), offer=shelf().put)
    st.session_state[BESIDE] = {MAKING: making.key}


def current() -> Making | None:
    """Return what is being made for this reader, or was made last."""
    key = st.session_state.get(BESIDE, {}).get(MAKING) or st.query_params.get(MAKING, "")
    making = workshop().find(key) if key else None
    if key and making is None:
        forget()
    elif making is not None:
        st.session_state[BESIDE] = {MAKING: key}
    return making


def forget() -> None:
    """Speak of it no more."""
    st.session_state.pop(BESIDE, None)


def watch() -> bool:
    """Draw what is being made for this reader; tell whether that is all there is to see."""
    making = current()
    if making is None:
        return False
    if making.state is State.RUNNING:
        st.html(f"<h1>Making a workspace of {isolate(making.wanted.title)}</h1>")
        _running(making.key)
        return True
    if making.state is State.READY:
        _ready(making)
        return True
    _ended(making)
    return False


def go_on(making: Making) -> None:
    """Open what was made, and lead the reader from there."""
    forget()
    guide.follow()
    open_workspace(making.target, **making.wanted.asks)


def open_workspace(path: Path, **asks: str) -> None:
    """Make a workspace the one that is asked about, at the next run."""
    st.session_state[TO_OPEN] = (path, asks)
    st.rerun()


def open_now() -> None:
    """Open what was asked for or is ready to be opened; draw before it what hides the old page."""
    making = current()
    if making is not None and making.state is State.READY and making.wanted.straight_on:
        forget()
        guide.follow()
        st.session_state[TO_OPEN] = (making.target, making.wanted.asks)
    if TO_OPEN in st.session_state:
        path, asks = st.session_state.pop(TO_OPEN)
        session.turn_to_workspace(shelf().put(path), **asks)
        turn_to("situation")


@st.fragment(run_every=EVERY_S)
def _running(key: str) -> None:
    making = workshop().find(key)
    if making is None or making.state is not State.RUNNING:
        st.rerun()
    told = making.progress
    st.progress(min(told.done, 1.0), text=f"{told.step} …")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Cancel", key="making-cancel", on_click=making.cancel)
        st.caption("The workspace appears once it is whole; cancelling leaves nothing behind.")


def _ended(making: Making) -> None:
    about = literal(making.wanted.title)
    with st.container(horizontal=True, vertical_alignment="center", key="making-ended"):
        if making.state is State.CANCELLED:
            st.info(f"{about}: cancelled. Nothing was kept.", icon=":material/info:")
        else:
            st.error(
                f"{about}: no workspace was made. {literal(making.problem)}",
                icon=":material/error:",
            )
        st.button("Close", key="making-close", type="tertiary", on_click=forget)


def _ready(making: Making) -> None:
    report = making.report
    if report is None:
        return
    settings = report.settings
    st.html(
        f"<h1>{isolate(settings.name)} is ready</h1><p>{isolate(making.target.name)} · map of "
        f"{isolate(settings.extract_date[:10] or 'unknown date')} · times in "
        f"{isolate(settings.timezone)}</p>"
    )
    _counts(report)
    if report.warnings:
        st.warning(
            "Good to know:\n\n" + "\n".join(f"- {literal(text)}" for text in report.warnings),
            icon=":material/info:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Go on", key="making-go", type="primary", icon=":material/arrow_forward:"
        ):  # the page is turned in the body: a callback cannot
            go_on(making)
        st.button("Make another", key="making-another", on_click=forget)
    with st.expander("All that was read, and what was left out"):
        st.dataframe(_table(report), hide_index=True, width="stretch")


def _counts(report: InitReport) -> None:
    cells = "".join(
        f"<div><dt>{title}</dt><dd>{report.counts[kind]:,}</dd></div>"
        for kind, title in TOLD.items()
        if kind in report.counts
    )
    st.html(f'<dl class="counts">{cells}</dl>')


def _table(report: InitReport) -> list[dict[str, object]]:
    parts = (("read", report.counts), ("left out or mended", report.drops))
    return [
        {"What": kind, "Rows": count, "": part}
        for part, counts in parts
        for kind, count in counts.items()
        if count
    ]
