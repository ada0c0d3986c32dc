"""The one map of the app, filled for a page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.marks import in_place
from planner.briefing.overlay import overlay
from planner.briefing.refuge_marks import is_refuge
from planner.briefing.steps import nearest_step
from planner.briefing.words import parse
from planner.ui import answers, session
from planner.ui.map_view import Touch, map_view, rested, send_city
from planner.ui.question import on_the_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.ui.heading import Answered

HEIGHT, TALL = 560, 900
"""Pixels; the taller one has the slider."""
_SHOWN = "day_shown"


def chart(
    answered: Answered,
    *,
    key: str,
    slider: bool = False,
    shown: str = "",
    near: Sequence[Sequence[float]] = (),
    below: Sequence[dict[str, Any]] = (),
    tools: Sequence[str] = (),
    site: str = "",
) -> Touch:
    """Draw the map of a plan with the risk of its day; return what was done on it.

    ``below`` are marks drawn beneath those of the plan, or instead of them, ``tools`` those of drawing that are offered, ``site`` the staging site whose way to the gate is shown first. With ``near``, places as longitude, latitude, the first view shows them beside the site, and
    is kept apart from that of other pages.

    A page with a slider begins with ``follow_slider``: a move of it is a new arrival time.
    """
    data = planned(answered)
    data["near"] = [*data["near"], *near]
    data["site"] = site
    data["marks"] = in_place(below, data["marks"])
    if slider:
        st.session_state[_SHOWN] = data["risk"]["seconds"], answered.zone
    city = send(answered)
    look = key if near else ""
    return map_view(
        data,
        city=city,
        key=key,
        height=TALL if slider else HEIGHT,
        slider=slider,
        shown=shown,
        look=look,
        tools=tools,
    )


def follow_slider(key: str) -> None:
    """Take the place at which a map's slider came to rest over as the arrival time."""
    step, shown = rested(key), st.session_state.get(_SHOWN)
    if step is not None and shown is not None:
        seconds, zone = shown
        if 0 <= step < len(seconds):
            session.change(arrive=on_the_clock(datetime.fromtimestamp(seconds[step], zone), zone))


def planned(answered: Answered, *, refuges: bool = False) -> dict[str, Any]:
    """Return what the map draws of a plan, with the risk of its whole day.

    ``refuges`` are fallbacks and places to hold that are not suggested themselves: of use where
    sites are looked at, in the way elsewhere.
    """
    asked, zone = answered.asked, answered.zone
    arrive = parse(answered.document["arrive_by"])
    day = answers.day_for(asked, answered.plan)
    risk = day | {"selected": nearest_step(day, arrive)}
    data = overlay(answered.plan, answered.document, risk, zone=zone)
    data["marks"] = [one for one in data["marks"] if refuges or not is_refuge(one)]
    return data


def send(answered: Answered) -> str:
    """Send the city around a site to the browser; return its key."""
    key = f"{answered.asked.path}:{answered.asked.facility}"
    send_city(answers.city_for(answered.asked, answered.plan), key=key)
    return key
