"""A page of nothing but the map, on the toy plan; its address says what is asked of it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st
from shapely.geometry import mapping

from planner.briefing.basemap import base_map
from planner.briefing.overlay import overlay
from planner.briefing.steps import day_steps, nearest_step
from planner.briefing.words import parse
from planner.ui.map_view import map_view, send_city
from tests.briefing.toy import ZONE, ToyPlan, toy_background, toy_plan

HOSTILE = (
    "{{7*7}}<script>alert(1)</script>{% raw %}</script>`${7*7}`\\n\N{RIGHT-TO-LEFT OVERRIDE}cba"
)


@st.cache_resource
def known(hostile: bool) -> tuple[ToyPlan, dict[str, Any], dict[str, Any]]:
    """Return the plan, its city, the risk of its day."""
    plan = toy_plan((lambda text: text + HOSTILE) if hostile else str)
    document = plan.document
    centre = (document["facility_lon"], document["facility_lat"])
    steps = day_steps(plan.network, plan.risk, date(2096, 3, 2), ZoneInfo(ZONE))
    steps["selected"] = nearest_step(steps, parse(document["arrive_by"]))
    return plan, base_map(plan.network, toy_background(), centre=centre), steps


def drawn_data(plan: ToyPlan, steps: dict[str, Any], editing: bool) -> dict[str, Any]:
    """Return the overlay, its reports fit to be edited, with what was drawn before."""
    data = overlay(plan, plan.document, steps, zone=ZoneInfo(ZONE))
    if editing:
        stored = st.session_state.setdefault(
            "stored", {row.id: mapping(row.geometry) for row in plan.zones.itertuples()}
        )
        data["marks"] = [
            mark | {"geometry": stored[mark["id"]]} if mark["layer"] == "zones" else mark
            for mark in data["marks"]
            if mark["layer"] != "zones" or mark["id"] in stored
        ]
        data["draft"] = st.session_state.get("draft")
        data["chosen"] = ("zones", "z2") if st.query_params["edit"] == "z2" else None
    return data


def keep(drawn: dict[str, Any]) -> None:
    """Do what a page does with a drawing."""
    if drawn["id"] is None:
        st.session_state["draft"] = drawn["geometry"]
    elif drawn["tool"] == "remove":
        del st.session_state["stored"][drawn["id"]]
    else:
        st.session_state["stored"][drawn["id"]] = drawn["geometry"]
    st.session_state["last"] = drawn


def page() -> None:
    """Draw the map and tell, as text, what was touched."""
    editing, hostile = "edit" in st.query_params, "hostile" in st.query_params
    plan, base, steps = known(hostile)
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    city = f"toy:{hostile}"
    send_city(base, key=city)
    tools = ("polygon", "line", "circle", "point", "edit") if editing else ()
    touch = map_view(
        drawn_data(plan, steps, editing), city=city, key="map", slider=not editing, tools=tools
    )
    if touch.drawn:
        keep(touch.drawn)
        st.rerun()
    if touch.picked:
        st.session_state["picked"] = touch.picked
    told = {
        "runs": st.session_state["runs"], "step": touch.step, "origin": touch.origin,
        "picked": st.session_state.get("picked"), "drawn": st.session_state.get("last"),
    }  # fmt: skip
    st.code(json.dumps(told), language=None)
    st.button("Again")


def other() -> None:
    """Draw a page without a map."""
    st.write("Nothing here")


if __name__ == "__main__":
    st.set_page_config(layout="wide", page_icon="🧭")
    st.navigation(
        [st.Page(page, title="Map", default=True), st.Page(other, title="Other")], position="top"
    ).run()
