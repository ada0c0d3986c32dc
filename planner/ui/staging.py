"""Where to wait: ranked sites beside the map."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from planner.briefing.crew import crew
from planner.briefing.medical import medical
from planner.briefing.places import havens_by_road
from planner.briefing.tables import staging
from planner.network import profiles
from planner.ui import session
from planner.ui.heading import ask_and_answer
from planner.ui.question import MOST_SUPPORT_MIN, MOST_VEHICLES
from planner.ui.stage_box import stage_box
from planner.ui.staging_map import sites_map
from planner.ui.staging_rows import out_rows, site_rows
from planner.ui.staging_try import place_field, take, tried, try_box
from planner.ui.staging_wishes import criteria_box

if TYPE_CHECKING:
    from planner.ui.heading import Answered


def page() -> None:
    """Draw the sites and how many vehicles they must hold."""
    answered = ask_and_answer()
    if answered is None:
        st.info("Open a workspace on the Start page to see staging sites.")
        return
    left, right = st.columns([1.25, 1], gap="small")
    with right:
        st.session_state["w_vehicles"] = answered.asked.vehicles
        st.number_input(
            "Vehicles to stage", 1, MOST_VEHICLES, key="w_vehicles", on_change=_vehicles,
            help="Vehicles a staging site must hold.",
        )  # fmt: skip
        found = tried(answered)
        try_box(answered, found)
        _sites(answered)
    tables = st.container()
    more = stage_box(answered)
    with left:
        # Without sites yet the map waits: its first view is to hold them.
        if answered.whole:
            take(answered, sites_map(answered, found, more))
    with tables:
        _tables(answered)


def _tables(answered: Answered) -> None:
    """Draw why each site, then what keeps a crew going, with the minutes a stop may be away."""
    document, zone = answered.document, answered.zone
    st.html(f'<div class="tables">{staging(document, zone, moves=False)}</div>')
    if not document.get("support"):
        return
    st.session_state["w_support"] = answered.asked.support_minutes
    with st.container(key="support", width=320):
        st.number_input(
            "Stops for the crew within, min", 1, MOST_SUPPORT_MIN, key="w_support",
            on_change=_support, help="Rest, toilets, food, fuel: minutes by a clear way from a gate "
            "or a staging site.",
        )  # fmt: skip
    st.html(
        f'<div class="tables">{crew(document, zone)}{havens_by_road(document)}'
        f"<details><summary>Medical plan: the fields of the form ICS 206</summary>"
        f"{medical(document, zone)}</details></div>"
    )


def _support() -> None:
    session.change(support_minutes=int(st.session_state["w_support"]))


def _vehicles() -> None:
    session.change(vehicles=int(st.session_state["w_vehicles"]))


def _sites(answered: Answered) -> None:
    on_foot = profiles.PROFILES[answered.document["profile"]].on_foot
    if answered.document["staging"]:
        site_rows(answered, partial(place_field, answered))
    elif on_foot:
        st.info("People on foot bring no vehicles to stage: choose another way to travel above.")
    elif answered.whole and answered.document["staging_room"]:
        room = answered.document["staging_room"]
        several = " Choose several sites in the box “Several facilities” below."
        st.info(room["text"][0].upper() + room["text"][1:] + "." + several * (room["sites"] > 1))
    elif answered.whole:
        st.info(
            "No site near is free of risk, large enough and has two separate ways out. Ask for "
            "fewer vehicles or another hour, or add your own sites on the Layers page."
        )
    else:
        st.caption("Sites are being worked out …")
    if not on_foot:
        out_rows(answered, partial(place_field, answered))
        criteria_box()
