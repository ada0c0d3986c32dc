"""Where to wait: ranked sites beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.crew import crew
from planner.briefing.escape import escape, isolate
from planner.briefing.moving import moving
from planner.briefing.places import havens_by_road
from planner.briefing.tables import staging
from planner.briefing.words import minutes
from planner.network import profiles
from planner.ui import session
from planner.ui.chart import chart
from planner.ui.clear_in import clear_words
from planner.ui.heading import ask_and_answer
from planner.ui.question import MOST_VEHICLES
from planner.ui.stage_box import stage_box

if TYPE_CHECKING:
    from planner.ui.heading import Answered


def page() -> None:
    """Draw the sites and how many vehicles they must hold."""
    answered = ask_and_answer()
    if answered is None:
        st.info("Open a workspace on the Start page to see staging sites.")
        return
    left, right = st.columns([1.6, 1], gap="small")
    with right:
        st.session_state["w_vehicles"] = answered.asked.vehicles
        st.number_input(
            "Vehicles to stage", 1, MOST_VEHICLES, key="w_vehicles", on_change=_vehicles,
            help="Vehicles a staging site must hold.",
        )  # fmt: skip
        _sites(answered)
    first = next((str(site["id"]) for site in answered.document["staging"]), "")
    spots = [(site["lon"], site["lat"]) for site in answered.document["staging"]]
    tables = st.container()
    more = stage_box(answered)
    with left:
        # Without sites yet the map waits: its first view is to hold them.
        if answered.whole:
            spots += [one["at"] for one in more if one["at"]]
            chart(answered, key="staging", near=spots, below=more, site=first)
    told = staging(answered.document, answered.zone, moves=False)
    told += crew(answered.document, answered.zone)
    tables.html(f'<div class="tables">{told}{havens_by_road(answered.document)}</div>')


def _vehicles() -> None:
    session.change(vehicles=int(st.session_state["w_vehicles"]))


def _sites(answered: Answered) -> None:
    sites = answered.document["staging"]
    gates = {gate["id"]: gate["name"] for gate in answered.document["gates"]}
    if sites:
        st.html("".join(_site(site, gates, answered) for site in sites))
    elif profiles.PROFILES[answered.document["profile"]].on_foot:
        st.info("People on foot bring no vehicles to stage: choose another way to travel above.")
    elif answered.whole:
        st.info(
            "No site near is free of risk, large enough and has two separate ways out. Ask for "
            "fewer vehicles or another hour, or add your own sites on the Layers page."
        )
    else:
        st.caption("Sites are being worked out …")


def _site(site: dict[str, Any], gates: dict[str, str], answered: Answered) -> str:
    gate = isolate(gates.get(site["gate"], site["gate"]))
    return (
        f'<details class="way site"{" open" if site["rank"] == 1 else ""}><summary>'
        f"S{int(site['rank'])} {isolate(site['name'])}</summary>"
        f"<p><b>{minutes(site['time_s'])} min to {gate}</b> · room for {escape(site['room_for'])} "
        f"vehicles{escape(clear_words(site, answered))}</p><p>{isolate(site['why'])}</p>{moving(site, answered.zone)}</details>"
    )
