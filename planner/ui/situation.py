"""The page one opens at 05:30: where it is risky, which gate, when to leave."""

from __future__ import annotations

import streamlit as st

from planner.briefing.body import MEANING
from planner.briefing.tables import tables
from planner.ui import start
from planner.ui.changed import changed_box
from planner.ui.chart import chart, follow_slider
from planner.ui.heading import Answered, ask_and_answer, opened
from planner.ui.shortlist import shortlist
from planner.ui.when import when_risky
from planner.ui.why import why_box

MAP = "situation"


def page() -> None:
    """Draw the answer, the map through the day, the tables; the first steps without a workspace."""
    if opened() is None:
        start.first_time()
        return
    follow_slider(MAP)
    answered = ask_and_answer()
    if answered is not None:
        why_box(answered)
        _day(answered)


def _day(answered: Answered) -> None:
    left, right = st.columns([2.25, 1], gap="small")
    with st.container():
        before = changed_box(answered)
    with left:
        chart(answered, key=MAP, slider=True, below=before)
    with right:
        shortlist(answered)
    when_risky(answered)
    found = tables(answered.document, zone=answered.zone, plan=answered.plan, linked=False)
    st.html(f'<div class="tables">{found}<p>{MEANING}</p></div>')
