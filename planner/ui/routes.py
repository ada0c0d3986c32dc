"""Every way in from one side: on the map, street by street, with the last point to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import isolate
from planner.briefing.no_way import stop_ways
from planner.briefing.tables import ways_in
from planner.briefing.words import letter, ways_of
from planner.plan.directions.speech import speech_of
from planner.ui import session
from planner.ui.chart import chart
from planner.ui.choke_box import choke_box
from planner.ui.day_box import day_box
from planner.ui.hand_box import TOOLS, hand_box
from planner.ui.heading import Answered, ask_and_answer
from planner.ui.leave import leaving_at
from planner.ui.map_view import turned
from planner.ui.own_way import own_way_box, take, tools
from planner.ui.reach import reach_of_a_gate
from planner.ui.trade_box import trade_box
from planner.ui.way import way_in_words
from planner.ui.why import message_of, why_origin
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.directions.speech import Speech

CHOSEN, MAP = "side", "routes"


def page() -> None:
    """Draw the ways in from the chosen side beside the map, then all of them."""
    answered = ask_and_answer()
    if answered is None:
        st.info("Open a workspace on the Start page to see ways in.")
        return
    origins = answered.document["origins"]
    side = turned(MAP)
    if side is not None:
        st.session_state[CHOSEN] = side
    left, right = st.columns([1.6, 1], gap="small")
    under = st.container()
    with right:
        told = speech_of(answered.document["profile"])
        chosen = _side(origins, told)
        _robust(chosen, answered)
        options = trade_box(chosen, answered)
        why_origin(chosen, answered)
        message_of(chosen)
        _ways(chosen, answered)
        below = [
            *options, *reach_of_a_gate(answered), *leaving_at(answered, chosen), *choke_box(answered, chosen),
        ]  # fmt: skip
    with under:
        below += own_way_box(answered)
    with left:
        touch = chart(answered, key=MAP, shown=chosen["id"], below=below, tools=(*TOOLS, *tools()))
        hand_box(answered, touch)
    take(answered, touch.drawn)
    day_box(answered)
    found = ways_in(answered.document, answered.zone, linked=False)
    st.html(f'<div class="tables">{found}</div>')


def _side(origins: Sequence[dict[str, Any]], told: Speech) -> dict[str, Any]:
    """Return the place to come from whose ways are shown, as the reader chose it here or on the map."""
    by_id = {origin["id"]: place for place, origin in enumerate(origins)}
    if st.session_state.get(CHOSEN) not in by_id:
        reachable = [o for o in origins if o["routes"]] or list(origins)
        st.session_state[CHOSEN] = min(reachable, key=_cost)["id"]

    def label(key: str) -> str:
        origin = origins[by_id[key]]
        way = "" if origin["routes"] else " (no way through)"
        return f"{letter(by_id[key])}: {origin['name']}{way}"

    picked = st.selectbox(
        "Coming from", list(by_id), format_func=label, **session.lasting(CHOSEN, ""),
        help=f"{told.origins}; the letters stand on the map.",
    )  # fmt: skip
    return origins[by_id[picked]]


def _robust(origin: dict[str, Any], answered: Answered) -> None:
    """Draw which way stays clear often enough, in a place of its own from the first on."""
    if answered.document["ensemble"] is None:
        told = "being worked out …" if answered.unsure else "not simulated."
    else:
        told = str(origin["sure"] or "nothing in doubt bears on it.")
    with st.container(key="robust"):
        st.html(f'<p class="sure"><b>Robust way:</b> {isolate(told)}</p>')


def _cost(origin: dict[str, Any]) -> float:
    return float(origin["routes"][0]["cost_s"]) if origin["routes"] else 0.0


def _ways(origin: dict[str, Any], answered: Answered) -> None:
    if not origin["routes"]:
        by = speech_of(answered.document["profile"]).by
        st.warning(literal(origin["reason"] or f"No way through {by} at this time."))
        if told := stop_ways(origin, answered.zone):
            st.html(f'<div class="way site">{told}</div>')
    place = [o["id"] for o in answered.document["origins"]].index(origin["id"])
    for number, route in enumerate(ways_of(origin)):
        st.html(way_in_words(route, (place, number), answered, unfold=number == 0))
    if not answered.whole:
        st.caption("Other ways are being worked out …")
    for reason in origin["unmet"]:
        st.caption(literal(reason))
