"""A place told in words: along a street, from one crossing to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.network.streets import normalise
from planner.reports import streets_of, stretch_in_words
from planner.ui import session
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.network.streets import StreetIndex
    from planner.ui.answers import Stamp


@st.cache_resource(max_entries=4, show_spinner=False)
def streets(path: Path, stamp: Stamp) -> StreetIndex:  # noqa: ARG001 - part of the key
    """Return the named streets of a workspace, each worked out once."""
    return streets_of(Workspace.open(path))


@st.cache_data(max_entries=64, show_spinner=False)
def crossing(path: Path, stamp: Stamp, along: str) -> list[str]:
    """Return the streets that cross one, none where the name is not known."""
    index = streets(path, stamp)
    try:
        return list(index.crossings(index.find(along)))
    except InputError:
        return []


def street_words(workspace: Workspace, stamp: Stamp) -> BaseGeometry | None:
    """Draw three street names; return the stretch, lon/lat, when it was just asked for."""
    index = streets(workspace.path, stamp)
    names = list(index.names)
    along = _street(
        "Along",
        "along",
        names,
        "The street it stands on or moves along; of a short one, such as a bridge, it is enough.",
    )
    cross = crossing(workspace.path, stamp, along) if along else names
    left, right = st.columns(2, gap="small")
    with left:
        begin = _street("From", "from", cross, "The crossing at which it begins.")
    with right:
        end = _street("To", "to", cross, "The crossing at which it ends.")
    asked = (str(workspace.path), along, begin, end)
    if st.button("Show it on the map", key="words-find"):
        try:
            return stretch_in_words(workspace, along, begin, end, streets=index)
        except InputError as error:
            st.session_state["words-error"] = (asked, str(error))
    about, text = st.session_state.get("words-error") or ((), "")
    if about == asked:
        st.error(literal(text[:1].upper() + text[1:]))
    return None


def _street(title: str, name: str, names: list[str], meaning: str) -> str:
    asked = str(st.session_state.get(f"words-{name}") or "")
    options = names if not asked or asked in names else [asked, *names]
    chosen = st.selectbox(
        title, options, **session.lasting(f"words-{name}", None), index=None,
        accept_new_options=True, placeholder="Type a street",
        help=f"{meaning} Common short forms are understood: SW 3rd Ave.",
    )  # fmt: skip
    return meant(str(chosen or ""), names)


def meant(text: str, names: list[str]) -> str:
    """Return the one name that begins with a text, else the text itself.

    >>> meant("sw main", ["Southwest Main Street", "Southwest Madison Street"])
    'Southwest Main Street'
    """
    asked = normalise(text)
    held = [name for name in names if asked and normalise(name).startswith(asked)]
    return held[0] if len(held) == 1 and text not in names else text
