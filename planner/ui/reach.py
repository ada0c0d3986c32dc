"""The reach of a gate: a control, what it found as marks of the map, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st
from shapely.geometry import shape

from planner.briefing.escape import isolate
from planner.briefing.marks import mark
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.network.profiles import PROFILES
from planner.plan.on_paths import on_paths
from planner.plan.reach import ReachQuestion, gate_reach, reach_ground
from planner.plan.wishes.asked import Wishes
from planner.plan.words import clock
from planner.ui import session
from planner.ui.kept import asked_line
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path

    from planner.plan.prepare import Ground
    from planner.ui.answers import Stamp
    from planner.ui.heading import Answered

LAYER = "reach"
STEPS = {"5, 10, 15 min": (5, 10, 15), "10, 20, 30 min": (10, 20, 30), "5 min": (5,)}
BY = ("foot", "car")
WAYS: dict[str, str] = {"out": "leaving the gate", "into": "to be at the gate"}


def reach_of_a_gate(answered: Answered) -> list[dict[str, Any]]:
    """Draw the control with its table; return the marks for the map, none while it is off."""
    with st.expander("Reach of a gate"):
        shown = st.toggle("Show on the map", **session.lasting("reach_on", default=False))
        by = st.selectbox("By", BY, format_func=lambda key: PROFILES[key].title,
                          **session.lasting("reach_by", BY[0]))  # fmt: skip
        gates = _gates(answered, by)
        if not gates:
            st.caption(f"This site has no gate for: {PROFILES[by].title.lower()}.")
            return []
        if st.session_state.get("reach_gate") not in gates:
            st.session_state["reach_gate"] = next(iter(gates))
        gate = st.selectbox("Gate", list(gates), format_func=gates.__getitem__,
                            **session.lasting("reach_gate", ""))  # fmt: skip
        way = st.selectbox("When", list(WAYS), format_func=WAYS.__getitem__,
                           help="At the time asked for above.",
                           **session.lasting("reach_way", "out"))  # fmt: skip
        steps = st.selectbox(
            "Within", list(STEPS), **session.lasting("reach_steps", next(iter(STEPS)))
        )
        if not shown:
            return []
        wish = ReachQuestion(
            answered.asked.facility, gate, answered.document["arrive_by"], by, way, STEPS[steps],
            answered.asked.wishes.avoid,
        )  # fmt: skip
        try:
            asked, ground = answered.asked, answered.plan.prepared.ground
            found = _found(asked.path, asked.stamp, wish, ground.profile, ground)
        except InputError as error:
            st.warning(literal(error))
            return []
        st.html(reach_table(found))
        return reach_marks(found)


def reach_marks(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the areas as marks, the widest first: it lies below the others."""
    return [
        mark(
            LAYER,
            f"{found['gate']}-{feature['properties']['minutes']}",
            [_title(found, feature["properties"]["minutes"]),
             f"{feature['properties']['road_km']:.1f} km of clear streets"],
            shape=shape(feature["geometry"]),
            style="reach",
        )
        for feature in reversed(found["features"])
    ]  # fmt: skip


def reach_table(found: dict[str, Any]) -> str:
    """Return the areas as an HTML table, with what zones cut off."""
    if not found["open"]:
        opens = f"; it opens {clock(found['opens_at'])}" if found["opens_at"] else ""
        return f"<p>{isolate(found['gate_name'])} is shut at {clock(found['at'])}{opens}.</p>"
    rows = "".join(
        f"<tr><td>{p['minutes']} min</td><td>{p['area_km2']:.2f} km²</td>"
        f"<td>{p['road_km']:.1f} km</td><td>{p['without_zones']['road_km']:.1f} km</td></tr>"
        for p in (feature["properties"] for feature in found["features"])
    )
    cut = "; ".join(isolate(zone["label"]) for zone in found["zones"])
    return (
        '<div class="tables"><table><thead><tr><th>Within</th><th>Area</th><th>Streets</th>'
        f"<th>Without zones</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p>Clear streets alone count.{f' Cut off by: {cut}.' if cut else ''}</p>"
        f"{asked_line(found)}</div>"
    )


def _title(found: dict[str, Any], minutes: int) -> str:
    how = "out of" if found["direction"] == "out" else "into"
    who = PROFILES[found["profile"]].title.lower()
    return f"{minutes} min {how} {found['gate_name']}, {who}, {clock(found['at'])}"


def _gates(answered: Answered, by: str) -> dict[str, str]:
    gates = answered.plan.entrances
    serves = gates["kind"].isin(PROFILES[by].gate_kinds)
    return dict(zip(gates.loc[serves, "id"], gates.loc[serves, "name"], strict=True))


@st.cache_resource(max_entries=4, show_spinner=False)
def _ground(path: Path, stamp: Stamp, facility: str, by: str) -> Ground:  # noqa: ARG001 - part of the key
    return reach_ground(Workspace.open(path), facility, by)


@st.cache_resource(max_entries=32, show_spinner="Looking how far one gets …")
def _found(
    path: Path, stamp: Stamp, wish: ReachQuestion,
    by: str,  # noqa: ARG001 - part of the key
    _plan: Ground,
) -> dict[str, Any]:  # fmt: skip
    """Return the areas beside a plan on roads of a profile: its streets name what is left alone."""
    ground = _ground(path, stamp, wish.facility, wish.profile)
    hand = on_paths(_plan, Wishes(avoid=wish.avoid), ground)
    named = _plan.stops.network
    return gate_reach(Workspace.open(path), wish, ground=ground, hand=hand, named=named)
