"""How sure the answer is: a line with a place of its own, from the first on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planner.briefing.escape import isolate
from planner.plan.doubt.variations import OF_WHAT
from planner.ui import behind
from planner.ui.progress import over, progress_line

if TYPE_CHECKING:
    from planner.ui.answers import Asked
    from planner.ui.heading import Answered
    from planner.ui.trials import Trial

EVERY_S = 1.0
END = "are not included."
UNSURE = "unsure"
"""Where the question is kept whose simulation is to begin behind the page."""

_SEEN = "sure-asked"


def sure_line(answered: Answered) -> None:
    """Draw how often the answer stays clear, or how far the simulation is."""
    asked, found = answered.asked, answered.document["ensemble"]
    with st.container(key="sure"):
        if found is not None:
            with st.container(horizontal=True, vertical_alignment="center"):
                _sentence(found["sentence"])
                if found["stopped"]:
                    _again(asked)
        elif not answered.whole:
            _said(
                "other ways in and staging come first, then variations of the reports.", last=False
            )
        else:
            trial = behind.simulated(asked)
            if over(trial):
                _not_simulated(asked, trial)
            else:
                st.session_state[UNSURE] = asked
                _running(asked)


def begin() -> None:
    """Have the simulation begin that this page waits for, now that the page is drawn."""
    asked = st.session_state.get(UNSURE)
    if asked is not None:
        behind.simulate(asked)


def _sentence(text: str) -> None:
    """Draw the share of the first choice, and folded what there is to say of robust ways."""
    head, end, more = text.partition(END)
    if not more.strip():
        _said(text)
        return
    st.html(
        f'<details class="sure told"><summary><b>How sure:</b> {isolate(head + end)} '
        f"<u>A robust way differs.</u></summary>{isolate(more.strip())}</details>"
    )


def _said(text: str, *, last: bool = True) -> None:
    """Draw a line, marked where it is the last word."""
    told = " told" if last else ""
    st.html(f'<p class="sure{told}"><b>How sure:</b> {isolate(text)}</p>')


def _not_simulated(asked: Asked, trial: Trial[object]) -> None:
    why = f"the simulation failed: {trial.problem}" if trial.problem else "not simulated"
    with st.container(horizontal=True, vertical_alignment="center"):
        _said(f"{why}.")
        _again(asked)


def _again(asked: Asked) -> None:
    st.button("Simulate", key="sure-again", on_click=behind.simulate_again, args=(asked,),
              type="tertiary")  # fmt: skip


@st.fragment(run_every=EVERY_S)
def _running(asked: Asked) -> None:
    """Draw how far it is, each second until it is over; then the page is drawn anew."""
    trial = behind.simulated(asked)
    # At the first run the page itself is still being drawn: the work begins behind it.
    if st.session_state.get(_SEEN) == asked:
        trial = behind.simulate(asked)
    st.session_state[_SEEN] = asked
    if over(trial):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            progress_line(
                "How sure", trial, OF_WHAT.partition(";")[0],
                beginning="reports are being laid on the streets …",
            )
        )  # fmt: skip
        st.button("Stop", key="sure-stop", on_click=behind.stop_simulation, args=(asked,),
                  type="tertiary", help="What is simulated by then is shown.")  # fmt: skip
