"""The map of the Layers page: rows to pick or reshape, tools to draw new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.basemap import base_map
from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.ui.chart import planned, send
from planner.ui.layer_marks import ON_MAP, draft_shape, layer_marks, tools_of
from planner.ui.map_view import Touch, map_view, send_city
from planner.ui.sightings_box import expired_rows

if TYPE_CHECKING:
    from pathlib import Path

    from planner.ui.answers import Stamp
    from planner.ui.desk import Bench
    from planner.ui.heading import Answered

HEIGHT = 600
CALM = {
    "times": ["00:00"], "days": [""], "seconds": [0.0], "state": [0],
    "states": [{"risk": [], "crowd": ""}], "selected": 0,
}  # fmt: skip
"""Risk as the map takes it while nothing can be asked yet."""


def draw_map(bench: Bench, answered: Answered | None) -> Touch:
    """Draw the map with the layer's rows fit to be edited; return what was just done on it."""
    data = planned(answered) if answered else _bare(bench)
    desk = bench.desk
    frame = bench.frame
    if bench.layer == "zones":
        hidden = [k for k in expired_rows(bench) if k != desk.chosen and k not in desk.drafts]
        frame = frame[~frame["id"].isin(hidden)]
    data["marks"], left_out = layer_marks(
        frame, bench.schema, desk, data["marks"], home=tuple(data["home"]),
        zone=bench.workspace.timezone,
    )  # fmt: skip
    data["draft"] = draft_shape(desk)
    data["chosen"] = (ON_MAP[bench.layer], desk.chosen)
    city = _send(bench, answered)
    touch = map_view(data, city=city, key="layers", height=HEIGHT, tools=tools_of(bench.schema))
    if left_out:
        st.caption(
            f"The {len(frame) - left_out} rows nearest to the site are drawn; the table holds "
            f"the other {left_out}."
        )
    return touch


def _bare(bench: Bench) -> dict[str, Any]:
    """Return what is drawn while the workspace holds no site: the middle of its area."""
    home = list(_middle(bench.workspace))
    return {
        "home": home, "near": [home], "risk": CALM, "events": [], "marks": [], "routes": [],
        "stagingWays": [], "onward": [], "site": "",
    }  # fmt: skip


def _send(bench: Bench, answered: Answered | None) -> str:
    """Send the city; return its key, that of the other pages where they can draw it too."""
    if answered is not None:
        return send(answered)
    path = bench.workspace.path
    key = f"{path}:"
    send_city(_city(path, bench.stamp), key=key)
    return key


@st.cache_resource(max_entries=4, show_spinner=False)
def _city(path: Path, stamp: Stamp) -> dict[str, Any]:  # noqa: ARG001 - part of the key
    workspace = Workspace.open(path)
    frames = {name: workspace.static(name) for name in workspace.statics()}
    return base_map(load_network(workspace), frames, centre=_middle(workspace))


def _middle(workspace: Workspace) -> tuple[float, float]:
    west, south, east, north = workspace.settings.bounds
    return (west + east) / 2, (south + north) / 2
