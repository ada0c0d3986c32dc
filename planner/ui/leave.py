"""Leaving at a time: a control, where one is when as a table, the way from the chosen side."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st
from shapely.geometry import shape

from planner.briefing.escape import escape, isolate
from planner.briefing.marks import mark
from planner.briefing.words import clock, letter, minutes, parse
from planner.errors import InputError
from planner.plan.words import to_minute
from planner.ui import answers, session
from planner.ui.kept import asked_line
from planner.ui.question import on_the_clock
from planner.ui.words import literal

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.ui.heading import Answered

LAYER = "leaving"
STEP = timedelta(minutes=5)
EARLIER = timedelta(minutes=30)
"""Where no way in tells when one leaves for the time asked for."""


def leaving_at(answered: Answered, side: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw the control with its table; return the mark of the way from a side, if there is one."""
    with st.expander("Leaving at a time"):
        shown = st.toggle("Show where one is when", **session.lasting("leave_on", default=False))
        hour = st.time_input(
            "Leave at", step=STEP, **session.lasting("leave_hour", _usual(answered, side)),
            help="On the day asked for above: the hour there is when one would be at a gate.",
        )  # fmt: skip
        if not shown or hour is None:
            return []
        day = parse(answered.document["arrive_by"]).astimezone(answered.zone).date()
        depart = on_the_clock(datetime.combine(day, hour, answered.zone), answered.zone)
        with st.container(key="leave"):
            try:
                found = answers.leaving(answered.asked, depart)
            except InputError as error:
                st.warning(literal(error))
                return []
            st.html(leave_table(found, answered.zone))
        return leave_marks(found, side["id"], answered.zone)


def leave_table(found: dict[str, Any], zone: ZoneInfo) -> str:
    """Return where one is when as an HTML table, quickest sides first as they are lettered."""
    rows = "".join(_row(place, origin, zone) for place, origin in enumerate(found["origins"]))
    return (
        '<div class="short"><table><caption>Leaving at '
        f"{clock(found['depart'], zone)}</caption><thead><tr>"
        '<th scope="col"><span class="hidden">Mark</span></th><th scope="col">From</th>'
        '<th scope="col">Gate</th><th scope="col" class="n">At the gate</th>'
        '<th scope="col" class="n">Min</th><th scope="col">Way</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{asked_line(found)}"
        f"<p>✓ {int(found['checked']) - int(found['failed'])} of {int(found['checked'])} ways "
        "passed the independent check.</p></div>"
    )


def leave_marks(found: dict[str, Any], side: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    """Return the way from one side as marks of the map."""
    return [
        mark(
            LAYER, origin["id"],
            [f"Leaving {origin['name']} at {clock(origin['depart'], zone)}",
             f"at {origin['gate_name']} {clock(to_minute(origin['arrive']), zone)}, "
             f"{minutes(60 * origin['minutes'])} min"],
            shape=shape(origin["geometry"]), style=LAYER,
        )
        for origin in found["origins"] if origin["id"] == side and origin["gate"] is not None
    ]  # fmt: skip


def _row(place: int, origin: dict[str, Any], zone: ZoneInfo) -> str:
    head = f'<td><b class="let">{letter(place)}</b></td><td>{isolate(origin["name"])}</td>'
    if origin["gate"] is None:
        return f'<tr>{head}<td colspan="4">{isolate(origin["reason"] or "no way")}</td></tr>'
    clear = "clear" if origin["clear"] else f"risk {origin['max_risk']:.2f}"
    return (
        f"<tr>{head}<td>{isolate(origin['gate_name'])}</td>"
        f"<td class='n'><b>{clock(to_minute(origin['arrive']), zone)}</b></td>"
        f"<td class='n'>{minutes(60 * origin['minutes'])}</td><td>{escape(clear)}</td></tr>"
    )


def _usual(answered: Answered, side: dict[str, Any]) -> time:
    """Return a time of leaving to begin with: that of the first choice, to five minutes."""
    routes, zone = side["routes"], answered.zone
    when = (
        parse(routes[0]["depart"]) if routes else parse(answered.document["arrive_by"]) - EARLIER
    ).astimezone(zone)
    return time(when.hour, when.minute - when.minute % 5)
