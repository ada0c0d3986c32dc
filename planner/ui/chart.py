"""The one map of the app, filled for a page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.overlay import overlay
from planner.briefing.steps import nearest_step
from planner.briefing.words import parse
from planner.ui import answers, session
from planner.ui.map_view import Touch, map_view, send_city
from planner.ui.question import on_the_clock

if TYPE_CHECKING:
    from planner.ui.heading import Answered

HEIGHT = 560
SLID = "slid"


def chart(
    answered: Answered,
    *,
    key: str,
    height: int = HEIGHT,
    slider: bool = False,
    shown: str = "",
) -> Touch:
    """Draw the map of a plan with the risk of its day; return what was done on it.

    A move of its slider is a change of the arrival time: the page is drawn again with it.
    """
    data = planned(answered)
    city = send(answered)
    touch = map_view(data, city=city, key=key, height=height, slider=slider, shown=shown)
    if slider:
        _follow(touch, data["risk"], answered)
    return touch


def planned(answered: Answered) -> dict[str, Any]:
    """Return what the map draws of a plan, with the risk of its whole day."""
    asked, zone = answered.asked, answered.zone
    arrive = parse(answered.document["arrive_by"])
    day = answers.day_for(asked.path, asked.stamp, arrive.astimezone(zone).date())
    risk = day | {"selected": nearest_step(day, arrive)}
    return overlay(answered.plan, answered.document, risk, zone=zone)


def send(answered: Answered) -> str:
    """Send the city around a site to the browser; return its key."""
    key = f"{answered.asked.path}:{answered.asked.facility}"
    send_city(answers.city_for(answered.asked, answered.plan), key=key)
    return key


def _follow(touch: Touch, day: dict[str, Any], answered: Answered) -> None:
    """Take a new place of the slider over as the arrival time."""
    if touch.step is None or touch.step == st.session_state.get(SLID):
        return
    st.session_state[SLID] = touch.step
    if not 0 <= touch.step < len(day["seconds"]):
        return
    when = datetime.fromtimestamp(day["seconds"][touch.step], answered.zone)
    session.change(arrive=on_the_clock(when, answered.zone))
    st.rerun()
