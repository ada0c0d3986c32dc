"""Plans for the page: every call into the planner, each worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.basemap import base_map
from planner.briefing.page import render_briefing
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.plan import Plan, make_plan
from planner.plan.question import ask
from planner.ui.question import facility_labels, first_day

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Stamp = tuple[int, int, int]
KEPT = 12
"""Plans kept for all readers of one server; one of a large city holds about 100 MB."""

FRESH = timedelta(minutes=10)
"""A plan is made anew after this, so that "valid until" never lags behind the clock."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a page asks with: the workspace's name, zone, facilities and likely day."""

    name: str
    timezone: ZoneInfo
    facilities: dict[str, str]
    day: date


@dataclass(frozen=True, slots=True)
class Asked:
    """One question; ``stamp`` changes with any edit of the workspace, so it can be a key."""

    path: str
    stamp: Stamp
    facility: str
    arrive: str


def stamp_of(path: str) -> Stamp:
    """Return what changes whenever the workspace changes.

    Raises
    ------
    InputError
        No such file.
    StoreError
        The file is no workspace.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise InputError(
            f"There is no file {file}. Check the path, or make a workspace: "
            "planner init CITY.osm.pbf -w CITY.gpkg"
        )
    about = file.stat()
    return Workspace.open(file).version, about.st_mtime_ns, about.st_size


@st.cache_data(max_entries=KEPT, show_spinner=False)
def holdings(path: str, stamp: Stamp) -> Holdings:  # noqa: ARG001 - part of the key
    """Return what there is to ask about."""
    workspace = Workspace.open(Path(path).expanduser())
    names = facility_labels(workspace.layer("facilities"))
    zones = workspace.layer("zones")
    day = first_day(zones, workspace.timezone, datetime.now(UTC))
    return Holdings(workspace.settings.name, workspace.timezone, names, day)


def asked(path: str, stamp: Stamp, facility: str, when: tuple[date, time]) -> Asked:
    """Return the question of a facility, a day and a time of day there."""
    return Asked(path, stamp, facility, datetime.combine(*when).isoformat(timespec="minutes"))


@st.cache_resource(max_entries=KEPT, ttl=FRESH, show_spinner="Planning the ways in …")
def plan_for(question: Asked) -> Plan:
    """Return the plan of a question.

    Raises
    ------
    PlannerError
        The question cannot be asked of this workspace; the message says what to do.
    """
    workspace = Workspace.open(Path(question.path).expanduser())
    return make_plan(workspace, ask(question.facility, question.arrive, workspace.timezone))


@st.cache_resource(max_entries=4, show_spinner="Drawing the city …")
def _city(
    path: str,
    stamp: Stamp,  # noqa: ARG001 - part of the key
    facility: str,  # noqa: ARG001 - part of the key
    _question: Asked,
) -> dict[str, Any]:
    # The city looks the same at every hour, so the arrival time is kept out of the key.
    plan = plan_for(_question)
    workspace = Workspace.open(Path(path).expanduser())
    frames = {name: workspace.static(name) for name in workspace.statics()}
    centre = (plan.document["facility_lon"], plan.document["facility_lat"])
    return base_map(plan.network, frames, centre=centre)


@st.cache_data(max_entries=KEPT, ttl=FRESH, show_spinner="Drawing the map …")
def page_for(question: Asked, marking: str, *, compact: bool) -> str:
    """Return the sealed page of a question, or its map alone."""
    city = _city(question.path, question.stamp, question.facility, question)
    return render_briefing(plan_for(question), {}, marking=marking, compact=compact, base=city)
