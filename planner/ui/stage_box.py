"""Sites where the vehicles of several facilities wait, chosen on the Staging page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import isolate_plain
from planner.briefing.several import several_marks, several_told
from planner.layers.workspace import Workspace
from planner.network.profiles import PROFILES
from planner.plan.stage.question import LONGEST_MIN, MINUTES, MOST_FACILITIES, MOST_SITES
from planner.ui import answers, session, stage_work
from planner.ui.progress import over, progress_line
from planner.ui.question import MOST_VEHICLES, labels_of
from planner.ui.stage_work import StageAsked
from planner.ui.trials import State
from planner.ui.words import literal

if TYPE_CHECKING:
    from planner.briefing.marks import Mark
    from planner.ui.heading import Answered

EVERY_S = 1.0
OBJECTIVES = {"p-median": "Least minutes", "p-center": "Nobody far", "coverage": "Most within"}


def stage_box(answered: Answered) -> list[Mark]:
    """Draw what is asked and, once it is worked out, the answer; return its marks for the map."""
    with st.expander("Several facilities: which sites for all of them"):
        if PROFILES[answered.asked.profile].on_foot:
            st.caption("People on foot bring no vehicles: choose another way to travel above.")
            return []
        wanted = _asked(answered)
        on = st.toggle("Choose sites", **session.lasting("stage_on", default=False),
                       help="Worked out again whenever something above changes.")  # fmt: skip
        if not on or wanted is None:
            stage_work.keep(None)
            return []
        stage_work.keep(wanted)
        with st.container(key="several"):
            return _drawn(wanted, answered)


def _asked(answered: Answered) -> StageAsked | None:
    """Draw what is asked; return it, None while no facility is chosen."""
    known = answers.holdings(answered.asked.path, answered.asked.stamp).facilities
    before = st.session_state.get("stage_facilities")
    # Of another city nothing may be left chosen.
    if before is not None and not set(before) <= set(known):
        st.session_state.pop("stage_facilities")
    facilities = st.multiselect(
        "Facilities", list(known), format_func=lambda key: isolate_plain(known[key]),
        max_selections=MOST_FACILITIES, **session.lasting("stage_facilities", [answered.asked.facility]),
    )  # fmt: skip
    objective = st.radio(
        "Best is", list(OBJECTIVES), format_func=OBJECTIVES.__getitem__, horizontal=True,
        **session.lasting("stage_objective", "p-median"),
        help="Least minutes: of all vehicles added up. Nobody far: of the furthest vehicle. Most "
        "within: as many vehicles as possible within the minutes.",
    )  # fmt: skip
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    vehicles = left.number_input(
        "Vehicles of each",
        1,
        MOST_VEHICLES,
        **session.lasting("stage_vehicles", answered.asked.vehicles),
    )
    sites = middle.number_input("Sites at most", 1, MOST_SITES, **session.lasting("stage_sites", 2))
    minutes = right.number_input(
        "Within, min", 1, LONGEST_MIN, **session.lasting("stage_minutes", MINUTES),
        disabled=objective != "coverage", help="Counts for “Most within” alone.",
    )  # fmt: skip
    fixed, forbidden = _named_sites(answered)
    split = st.toggle(
        "Vehicles of one facility may wait apart", **session.lasting("stage_split", default=False)
    )
    if not facilities:
        st.caption("Choose the facilities.")
        return None
    return StageAsked(
        stage_work.of_page(answered.asked), tuple(facilities), (int(vehicles),), int(sites), str(objective), int(minutes),
        fixed, forbidden, bool(split),
    )  # fmt: skip


def _named_sites(answered: Answered) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Draw which sites to open in any case, and which not."""
    names = _names(str(answered.asked.path), answered.asked.stamp)
    for name in ("stage_fixed", "stage_forbidden"):
        kept = st.session_state.get(name)
        if kept is not None and not set(kept) <= set(names):
            st.session_state.pop(name)
    left, right = st.columns(2)
    fixed = left.multiselect("Open in any case", list(names), format_func=lambda key: isolate_plain(names[key]),
                             **session.lasting("stage_fixed", []))  # fmt: skip
    forbidden = right.multiselect("Not to be opened", list(names),
                                  format_func=lambda key: isolate_plain(names[key]),
                                  **session.lasting("stage_forbidden", []))  # fmt: skip
    return tuple(fixed), tuple(forbidden)


@st.cache_data(max_entries=4, show_spinner=False)
def _names(path: str, stamp: answers.Stamp) -> dict[str, str]:  # noqa: ARG001 - part of the key
    return labels_of(Workspace.open(path).layer("staging_sites"))


def _drawn(wanted: StageAsked, answered: Answered) -> list[Mark]:
    trial = stage_work.stage(wanted)
    if not over(trial):
        _running(wanted)
        return []
    if trial.state is State.FAILED or trial.made is None:
        st.warning(literal(f"No sites can be chosen: {trial.problem}"))
        st.button("Try again", key="stage-again", on_click=stage_work.stage_again, args=(wanted,))
        return []
    told: dict[str, Any] = trial.made
    st.html(f'<div class="tables">{several_told(told, answered.zone)}</div>')
    return several_marks(told, answered.zone, beside=answered.document)


@st.fragment(run_every=EVERY_S)
def _running(wanted: StageAsked) -> None:
    trial = stage_work.stage(wanted)
    if over(trial):
        st.rerun()
    st.html(progress_line("Sites", trial, "steps", beginning="sites are being chosen …"))
