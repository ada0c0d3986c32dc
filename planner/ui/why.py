"""Why the answer is what it is, in short; the message to staff, ready to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import isolate
from planner.briefing.why import listed
from planner.plan.staff import text_of
from planner.plan.why_words import first_choice

if TYPE_CHECKING:
    from planner.ui.heading import Answered

Record = dict[str, Any]


def why_box(answered: Answered) -> None:
    """Draw one line on why, with the rest folded behind it."""
    told = [*first_choice(answered.document), *answered.document["explanations"]]
    with st.container(key="why"):
        if not answered.whole:
            st.html('<p class="because"><b>Why:</b> being worked out …</p>')
        elif told:
            st.html(
                f'<details class="because"><summary><b>Why:</b> {isolate(told[0])}</summary>'
                f"{listed(told[1:])}</details>"
                if told[1:]
                else f'<p class="because"><b>Why:</b> {isolate(told[0])}</p>'
            )


def why_origin(origin: Record, answered: Answered) -> None:
    """Draw why a gateway's first choice is what it is."""
    record = next((r for r in answered.document["why"] or [] if r["origin"] == origin["id"]), None)
    if record is None:
        return
    gate = record["gate"]["text"] if record["gate"] else ""
    told = [text for text in (gate, record["hour"], record["text"]) if text]
    if told:
        st.html(f'<div class="because"><b>Why:</b>{listed(told)}</div>')


def message_of(origin: Record) -> None:
    """Draw the message to staff who come from a side, with a button that copies it."""
    if origin["message"]:
        st.markdown("**Message to staff** (no reasons: may be passed on)")
        st.code(origin["message"]["text"], language=None, wrap_lines=True)


def all_messages(answered: Answered) -> None:
    """Draw the messages of all sides as one text, with a button that copies it."""
    text = text_of(answered.document)
    if text:
        with st.expander("Messages to staff, by side"):
            st.caption("They hold no reasons: each may be passed on by itself.")
            st.code(text, language=None, wrap_lines=True)
