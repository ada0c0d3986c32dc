"""Roads that every way in must use, told to the planner who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from shapely.geometry import shape

from planner.briefing.escape import escape, isolate
from planner.briefing.marks import mark
from planner.ui import answers, session

if TYPE_CHECKING:
    from planner.ui.heading import Answered

LAYER = "choke"


def choke_box(answered: Answered, side: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw the control, and what all ways from the chosen side share; return the marks of it."""
    with st.expander("Choke points"):
        shown = st.toggle(
            "Show roads every way in must use", **session.lasting("choke_on", default=False),
            help="For planners: briefings never show them.",
        )  # fmt: skip
        if not shown:
            return []
        if not answered.whole:
            st.caption("Being worked out …")
            return []
        found = answers.choke_of(answered.asked, answered.plan)
        mine = [point for point in found if side["id"] in point["origins"]]
        with st.container(key="choke"):
            st.html(choke_list(mine))
        return choke_marks(mine)


def choke_marks(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the roads of choke points as marks of the map."""
    return [
        mark(
            LAYER, f"{i}-{j}", [f"Choke point: {road['street']}", point["text"]],
            shape=shape(road["geometry"]), style=LAYER,
        )
        for i, point in enumerate(points) for j, road in enumerate(point["roads"])
    ]  # fmt: skip


def choke_list(points: list[dict[str, Any]]) -> str:
    """Return choke points as an HTML list."""
    if not points:
        return "<p>No road, nor two or three together, shuts every way in from here.</p>"
    rows = "".join(f"<li>{isolate(point['text'])}</li>" for point in points)
    return f"<ul class='{escape(LAYER)}'>{rows}</ul>"
