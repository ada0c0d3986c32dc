"""How each report stands at a moment: of which zone, with which others, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import PlannerError
from planner.layers.crs import to_metric
from planner.layers.workspace import Workspace
from planner.risk.status import Status, expires_s, status_at
from planner.risk.zones import read_zones
from planner.tuning import parameters_of

if TYPE_CHECKING:
    from pathlib import Path

    from planner.ui.answers import Stamp


@dataclass(frozen=True, slots=True)
class Standing:
    """One report at a moment.

    Attributes
    ----------
    zone
        Id of the zone it tells of.
    others
        Ids of the other reports of that zone.
    expires
        When nothing of the zone is left unless it is seen again; UTC.
    """

    zone: str
    others: tuple[str, ...]
    status: Status
    expires: datetime

    @property
    def expired(self) -> bool:
        """Whether nothing of it is left."""
        return self.status is Status.EXPIRED


@st.cache_data(max_entries=24, show_spinner=False)
def standings(path: Path, stamp: Stamp, when: datetime) -> dict[str, Standing]:  # noqa: ARG001 - part of the key
    """Return how each report stands at an aware time, by its id; none where a row cannot be read."""
    workspace = Workspace.open(path)
    epsg = workspace.settings.epsg
    try:
        parameters = parameters_of(workspace)
        frame = to_metric(workspace.layer("zones"), epsg)
        zones, _ = read_zones(frame, when, epsg=epsg, parameters=parameters)
    except PlannerError:  # the answer above says what is wrong with it
        return {}
    return {
        report.id: Standing(
            zone.id, tuple(sorted(r.id for r in zone.reports if r.id != report.id)),
            status_at(zone, 0, parameters),
            when + timedelta(seconds=expires_s(zone, parameters)),
        )
        for zone in zones for report in zone.reports
    }  # fmt: skip
