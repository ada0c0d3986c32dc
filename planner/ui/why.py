"""Why the answer is what it is, in short; what staff are told, ready to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import isolate
from planner.briefing.why import listed
from planner.plan.staff import text_of
from planner.plan.why.words import first_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.ui.heading import Answered

Record = dict[str, Any]

PASSED_ON = "It holds no reasons, and may be passed on without the plan."


def why_box(answered: Answered) -> None:
    """Draw one line on why, with the rest folded behind it."""
    told = [*first_choice(answered.document), *answered.document["explanations"]]
    with st.container(key="why"):
        _folded(told if answered.whole else ["being worked out …"])


def why_origin(origin: Record, answered: Answered) -> None:
    """Draw why a gateway's first choice is what it is."""
    records = {record["origin"]: record for record in answered.document["why"] or []}
    record = records.get(origin["id"])
    if record is not None:
        gate = record["gate"]["text"] if record["gate"] else ""
        _folded([text for text in (gate, record["hour"], record["text"]) if text])


def _folded(told: Sequence[str]) -> None:
    """Draw the first of some sentences, the others behind it."""
    if not told:
        return
    first = f"<b>Why:</b> {isolate(told[0])}"
    if len(told) == 1:
        st.html(f'<p class="because">{first}</p>')
    else:
        st.html(f'<details class="because"><summary>{first}</summary>{listed(told[1:])}</details>')


def message_of(origin: Record) -> None:
    """Draw the message to staff who come from a side, with a button that copies it."""
    if origin["message"]:
        with st.expander("Message to staff"):
            st.code(origin["message"]["text"], language=None, wrap_lines=True)
            st.caption(PASSED_ON)


def all_messages(answered: Answered) -> None:
    """Draw the messages of all sides as one text, with a button that copies it."""
    text = text_of(answered.document)
    if text:
        with st.expander("Messages to staff, by side"):
            st.caption(PASSED_ON)
            st.code(text, language=None, wrap_lines=True)
