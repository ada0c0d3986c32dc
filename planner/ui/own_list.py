"""The workspaces there are, to open one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.errors import PlannerError
from planner.layers.workspace import Workspace
from planner.ui import session
from planner.ui.shelf import shelf
from planner.ui.watching import open_workspace
from planner.ui.words import literal

AT_FIRST = 6
SHORT = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One workspace file, as it is listed.

    Attributes
    ----------
    name
        Its name on the shelf.
    city
        What it says of itself; "" where it cannot be read.
    source
        The city file it was made of.
    extract
        Date of that file, "" when unknown.
    changed
        When the file was last written.
    size
        In bytes.
    """

    name: str
    path: Path
    city: str
    source: str
    extract: str
    changed: datetime
    size: int


def entries() -> list[Entry]:
    """Return the workspaces on the shelf, newest first."""
    found = []
    for name in shelf().names():
        path = shelf().path(name)
        try:
            about = path.stat()
        except OSError:  # it went while this was read
            continue
        city, source, extract = _said(path, about.st_mtime_ns, about.st_size)
        changed = datetime.fromtimestamp(about.st_mtime, UTC)
        found.append(Entry(name, path, city, source, extract, changed, about.st_size))
    return sorted(found, key=lambda entry: entry.changed, reverse=True)


def own_list() -> None:
    """Draw the workspaces, each with a way to open it."""
    there = entries()
    sound = [entry for entry in there if entry.city]
    if there:
        st.html("<h2>Your workspaces</h2>")
    for entry in sound[:AT_FIRST]:
        _row(entry)
    if len(sound) > AT_FIRST:
        with st.expander(f"{len(sound) - AT_FIRST} older ones"):
            for entry in sound[AT_FIRST:]:
                _row(entry)
    broken = [entry.path.name for entry in there if not entry.city]
    if broken:
        st.caption(literal(f"Not listed, as no workspace of this version: {', '.join(broken)}."))


def _row(entry: Entry) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"own-{entry.name}"
    ):
        st.html(_told(entry))
        if st.button(
            f"Open {literal(_short(entry.name))}", key=f"open-{entry.name}", type="secondary"
        ):
            open_workspace(entry.path)


def _told(entry: Entry) -> str:
    here = session.shared().workspace == entry.name
    mark = ' <em class="here">open now</em>' if here else ""
    return (
        f'<div class="own"><b>{isolate(entry.city)}</b>{mark}<span>'
        f"{isolate(entry.source or 'unknown source')} · map of "
        f"{isolate(entry.extract or 'unknown date')} · {entry.size / 1e6:.1f} MB · changed "
        f"{escape(f'{entry.changed.astimezone():%Y-%m-%d %H:%M}')}</span></div>"
    )


def _short(name: str) -> str:
    return name if len(name) <= SHORT else f"{name[: SHORT - 1]}…"


@st.cache_data(max_entries=200, show_spinner=False)
def _said(path: Path, changed: int, size: int) -> tuple[str, str, str]:  # noqa: ARG001 - part of the key
    try:
        settings = Workspace.open(path).settings
    except PlannerError:
        return "", "", ""
    return settings.name or path.stem, settings.source_name, settings.extract_date[:10]
