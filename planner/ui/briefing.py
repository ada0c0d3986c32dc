"""The sealed briefing: its marking, a look at it, the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.marking import Marking, parse_marking
from planner.briefing.page import DEFAULT_MARKING
from planner.errors import PlannerError
from planner.plan.own.evaluate import with_own
from planner.plan.stage.make import with_several
from planner.ui import answers, session, stage_work
from planner.ui.changed import compared, since_choice
from planner.ui.heading import ask_and_answer
from planner.ui.own_way import current
from planner.ui.question import sealed_name
from planner.ui.why import all_messages
from planner.ui.words import literal

if TYPE_CHECKING:
    from planner.plan.diff.since import Changed
    from planner.plan.own.evaluate import Evaluation
    from planner.ui.heading import Answered

HEIGHT = 900
MARKINGS = [str(mark) for mark in Marking]


def page() -> None:
    """Draw the choice of marking, the download and the page as its reader will see it."""
    answered = ask_and_answer()
    if answered is None:
        st.info("Open a workspace on the Start page to make a briefing.")
        return
    with st.container(key="briefbar"):
        left, middle, right, last = st.columns([1.1, 1.8, 1.2, 1.3], vertical_alignment="bottom")
    marking = left.selectbox(
        "Marking", MARKINGS, **session.lasting("marking", DEFAULT_MARKING),
        help="TLP 2.0: who may read it. GREEN and CLEAR leave out routes, gates, staging and times.",
    )  # fmt: skip
    with middle:
        number = since_choice(answered)
    doubt = right.toggle(
        "With the simulation", **session.lasting("brief_doubt", default=True),
        help="How often each way, gate and site stays clear in variations of the reports. Without "
        "it the briefing is ready at once.",
    )  # fmt: skip
    if not answered.whole or (doubt and answered.unsure):
        st.caption(f"The briefing is being written{' once the simulation ends' * doubt} …")
        return
    plan = answered.plan if doubt else answers.whole_plan(answered.asked)
    mine, sites = _own(answered), _several(answered)
    about = state_of(plan.document, None if mine is None else mine.document, sites)
    if mine is not None:
        plan = with_own(plan, mine)
    if sites is not None:
        plan = with_several(plan, sites)
    known, news = _since(answered, number)
    if not known:
        return
    text = answers.sealed(answered.asked, marking, f"{about}{number}", plan, news)
    last.download_button(
        "Download the briefing",
        text,
        file_name=sealed_name(answered.document),
        mime="text/html",
        on_click=_downloaded,
        type="primary",
        width="stretch",
        help="One HTML file: opens in any browser, no network needed.",
    )
    st.caption(
        literal(
            f"{parse_marking(marking).sharing} One file of {len(text.encode()) / 1e6:.1f} MB that "
            "opens without a network, prints on A4 or Letter, and says by itself when it is out of date."
        )
    )
    all_messages(answered)
    st.iframe(text, height=HEIGHT, alt="The briefing as its reader will see it")


def state_of(plan: dict[str, Any], own: dict[str, Any] | None, sites: dict[str, Any] | None) -> str:
    """Return what tells a briefing from others of one question: which plan, and what beside it.

    A plan is made anew every few minutes; a briefing of the one before would end earlier than
    the first line above it says.
    """
    return repr((
        plan["generated_at"], plan["ensemble"] and plan["ensemble"]["sentence"],
        own and own["drawing"], sites and (sites["headline"], sites["generated_at"]),
    ))  # fmt: skip


def _since(answered: Answered, number: int) -> tuple[bool, Changed | None]:
    """Return whether it is known what changed since an edit, and what did; 0 asks for nothing."""
    if not number:
        return True, None
    try:
        news = compared(answered, number)
    except PlannerError as error:
        st.warning(literal(error))
        return True, None
    return news is not None, news


def _own(answered: Answered) -> Evaluation | None:
    """Return the reader's own way where there is one and the briefing is to hold it."""
    try:
        mine = current(answered)
    except PlannerError as error:
        st.warning(literal(error))
        return None
    if mine is None:
        return None
    stamp = mine.document["stamp"]["text"]
    wanted = st.toggle(
        "With your own way", **session.lasting("brief_own", default=True), help=stamp
    )
    return mine if wanted else None


def _several(answered: Answered) -> dict[str, Any] | None:
    """Return the sites for several facilities where they are chosen and the briefing is to hold them."""
    sites = stage_work.current(answered.asked)
    if sites is None:
        return None
    wanted = st.toggle(
        "With the sites for several facilities", **session.lasting("brief_several", default=True),
        help=literal(sites["headline"]),
    )  # fmt: skip
    return sites if wanted else None


def _downloaded() -> None:
    st.session_state["downloaded"] = True
