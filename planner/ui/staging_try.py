"""A site tried elsewhere: what its score would be there, how it is kept there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid
from planner.errors import InputError, PlannerError
from planner.layers.workspace import Workspace
from planner.plan.sites.what_if import moved_shape, what_if
from planner.ui import answers
from planner.ui.drafts import stored
from planner.ui.saving import save
from planner.ui.staging_map import rank_of, site_of
from planner.ui.staging_rows import choose
from planner.ui.undo_bar import undo_button
from planner.ui.words import literal

if TYPE_CHECKING:
    from planner.ui.heading import Answered
    from planner.ui.map_view import Touch

Record = dict[str, Any]

LAYER = "staging_sites"

TRIED, KEPT = "staging_tried", "staging_kept"
"""Where it is kept what is tried, (workspace, site, lon, lat), and the last edit made here,
(workspace, version, words)."""

NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


def take(answered: Answered, touch: Touch) -> None:
    """Take over what was done on the map: a site dragged is tried there, one clicked is opened."""
    drawn = touch.drawn or {}
    if drawn.get("tool") == "move" and isinstance(drawn.get("geometry"), dict):
        lon, lat = drawn["geometry"]["coordinates"][:2]
        _try(answered, site_of(str(drawn.get("id"))), float(lon), float(lat))
        st.rerun()
    keys = {str(site["id"]) for site in answered.document["staging"]}
    if touch.picked and touch.picked[0] == "staging" and touch.picked[1] in keys:
        choose(touch.picked[1])
        st.rerun()


def _try(answered: Answered, site: str, lon: float, lat: float) -> None:
    choose(site)
    st.session_state[TRIED] = (answered.asked.path, site, lon, lat)


def tried(answered: Answered) -> Record | None:
    """Return what the site being tried elsewhere would be worth, None where none is tried.

    A place that cannot be measured is told and dropped.
    """
    path, site, lon, lat = st.session_state.get(TRIED) or (None, "", 0.0, 0.0)
    if path != answered.asked.path or not answered.whole:
        return None
    try:
        return _measured(answered.asked, site, lon, lat, answered.plan)
    except InputError as error:
        st.warning(literal(f"Not tried: {error}."))
        _drop()
        return None


@st.cache_resource(max_entries=32, ttl=answers.FRESH, show_spinner="Measuring that place …")
def _measured(
    asked: answers.Asked,  # noqa: ARG001 - part of the key
    site: str,
    lon: float,
    lat: float,
    _plan: Any,
) -> Record:
    return what_if(_plan, site, lon, lat)


def try_box(answered: Answered, found: Record | None) -> None:
    """Draw what a tried place is worth with the buttons, and what was kept before."""
    _undo(answered)
    if found is None:
        return
    with st.container(key="site-try", border=True):
        rank = rank_of(answered, found["id"])
        title = f"S{rank} moved" if rank else "Moved"
        st.html(f'<div class="site-row" role="status">{told(found, title)}</div>')
        left, right = st.columns(2, gap="small")
        left.button("Keep it there", on_click=_keep, args=(answered, found), width="stretch",
                    help="Writes the move into the staging sites: an edit like any other.")  # fmt: skip
        right.button("Put it back", on_click=_drop, width="stretch")


def told(found: Record, title: str) -> str:
    """Return what a tried place is worth, with the parts that changed."""
    score, was = _two(found["score"], found["was"])
    head = f"<p><b>{escape(title)}: {score}</b> (was {was}) {isolate(found['name'])}</p>"
    why = f"<p>Falls out: {isolate(found['why'])}</p>" if found["why"] else ""
    rows = [
        (escape(part["label"]), _part(part, "was_"), _part(part, ""))
        for part in found["parts"]
        if (part["points"], part["words"]) != (part["was_points"], part["was_words"])
    ]
    table = grid("What changed", ("Changed", "Before", "There"), rows) if rows else ""
    alike = "" if rows or found["why"] else "<p>No part of the score changes.</p>"
    far = (
        ""
        if not found["offset_m"]
        else f" Measured {found['offset_m']:.0f} m along the road from there."
    )
    return (
        f'{head}{why}{alike}<div class="short">{table}</div>'
        f'<p class="soft">Variations do not count on either side: they are counted once it is kept.{far}</p>'
    )


def _part(part: Record, which: str) -> str:
    points = part[f"{which}points"]
    lead = "" if points is None else f"<b>{points:.0f}</b> "
    return f"{lead}{isolate(part[f'{which}words'])}"


def _two(score: float | None, was: float | None) -> list[str]:
    """Return two scores, to a tenth where they would else look alike."""
    near = score is not None and was is not None and round(score) == round(was) and score != was
    return ["out" if one is None else f"{one:.{int(near)}f}" for one in (score, was)]


def place_field(answered: Answered, site: Record) -> None:
    """Draw a field for who tries a site elsewhere without a mouse."""
    called = f"S{int(site['rank'])}" if "rank" in site else "it"
    given = st.text_input(
        f"Try {called} elsewhere: drag its mark, or give lon, lat", key=_field(site["id"]),
        placeholder=f"{site['lon']:.5f}, {site['lat']:.5f}", on_change=_typed,
        args=(answered, str(site["id"])),
    )  # fmt: skip
    if given and len(NUMBER.findall(given)) != 2:
        st.caption("Give two numbers: longitude, latitude, such as 8.69, 49.41.")


def _field(site: str) -> str:
    return f"w_site_place-{site}"


def _typed(answered: Answered, site: str) -> None:
    found = NUMBER.findall(str(st.session_state[_field(site)]))
    if len(found) == 2:
        _try(answered, site, float(found[0]), float(found[1]))


def _drop() -> None:
    st.session_state.pop(TRIED, None)


def _keep(answered: Answered, found: Record) -> None:
    """Write a move into the layer; what went wrong is told when the page is drawn."""
    workspace = Workspace.open(answered.asked.path)
    said = f"{found['name']} was moved. Undo takes it back."
    try:
        before = stored(workspace.layer(LAYER), found["id"])
        if before is None:
            raise InputError(f"site {found['id']!r} is gone from the layer")
        shape = moved_shape(answered.plan, found["id"], found["lon"], found["lat"])
        save(workspace, LAYER, [replace(before, shape=shape)], based_on=answered.asked.stamp[0])
    except PlannerError as error:
        said = f"Not kept: {error}."
    else:
        _drop()
    st.session_state[KEPT] = (answered.asked.path, workspace.version, said)


def _undo(answered: Answered) -> None:
    """Say what was kept on this page, with the button that takes it back, until the next edit."""
    path, stamp = answered.asked.path, answered.asked.stamp
    *about, said = st.session_state.get(KEPT) or ("",)
    if about != [path, stamp[0]]:
        return
    st.info(literal(said))
    workspace = Workspace.open(path)
    if done := undo_button(workspace, stamp, waiting=0):
        st.session_state[KEPT] = (path, workspace.version, done)
        st.rerun()
