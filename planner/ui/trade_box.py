"""Minutes against exposure: what to choose, what each choice costs from one side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.trades import option_marks, ribbon
from planner.ui import session
from planner.ui.question import TRADES

if TYPE_CHECKING:
    from planner.ui.heading import Answered

KEY = "w_trade"


def trade_box(origin: dict[str, Any], answered: Answered) -> list[dict[str, Any]]:
    """Draw the choice, the options of a side as a chart with a table; return the marks of them."""
    st.session_state[KEY] = answered.asked.trade
    st.radio(
        "Minutes against exposure", list(TRADES), format_func=TRADES.__getitem__, horizontal=True,
        key=KEY, on_change=_chosen,
        help="What the first choice weighs. Fastest: risk counts for nothing, but no way enters "
        "ground that is kept clear. Balanced: the number of the model. Least exposure: a minute "
        "of it is worth an hour.",
    )  # fmt: skip
    if not origin["routes"]:
        return []
    if not answered.whole:
        st.caption("Options are being worked out …")
        return []
    place = [o["id"] for o in answered.document["origins"]].index(origin["id"])
    st.html(
        f'<div class="tables">{ribbon(answered.document, place, answered.zone, drawn=True)}</div>'
    )
    return option_marks(origin, answered.zone)


def _chosen() -> None:
    session.change(trade=st.session_state[KEY])
