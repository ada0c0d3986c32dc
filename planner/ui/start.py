"""The first screen: three ways to a city, then the workspaces there are."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import streamlit as st

from planner.errors import InputError, PlannerError
from planner.layers.workspace import Workspace
from planner.ui import guide, session
from planner.ui.making import (
    TOLD_ENDINGS,
    Wanted,
    a_city,
    ending_of,
    is_city_file,
    safe_stem,
    stem_of,
    the_scenario,
)
from planner.ui.own_files import own_file
from planner.ui.own_list import own_list
from planner.ui.pages import page_at
from planner.ui.watching import begin, open_now, open_workspace, watch
from planner.ui.words import literal

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from planner.layers.workspace import Bounds

LAST_PARTS = ["pbf", "osm", "gz", "bz2", "graphml"]
FROM_PLACE = "found from the place"
JOURNEY = (
    "One of the three above.",
    "The place to reach, and its gates.",
    "Where, when, how many: assemblies, closures.",
    "Gate, streets, time to leave, staging.",
    "One file that opens anywhere, offline.",
)
BOX_HELP = (
    "West, south, east, north in degrees, as in -122.70, 45.50, -122.64, 45.54. Empty: all of it."
)


def page() -> None:
    """Draw the ways to a city, and what is open."""
    asked = session.shared()
    _draw(opened=asked.workspace)


def first_time() -> None:
    """Draw the ways to a city for a reader who has none open."""
    session.shared()
    _draw(opened="")


def _draw(*, opened: str) -> None:
    st.html(f"<style>{_style()}</style>")
    # An empty place takes away what stood here, which would else stay while the answer is made.
    place = st.empty()
    open_now()
    with place.container(key="start"):
        if watch():
            return
        _welcome(opened)
        bundled, upload, path = st.columns(3, gap="medium")
        with bundled.container(border=True, height="stretch"):
            _bundled()
        with upload.container(border=True, height="stretch"):
            _upload()
        with path.container(border=True, height="stretch"):
            _by_path()
        own_list()
        _journey()


def _journey() -> None:
    """Draw what comes after a city is chosen."""
    items = "".join(
        f"<li><b>{title}</b> {told}</li>" for title, told in zip(guide.STEPS, JOURNEY, strict=True)
    )
    st.html(f'<section class="journey"><h2>How it goes</h2><ol class="row">{items}</ol></section>')


def _welcome(opened: str) -> None:
    st.html(
        '<div class="welcome"><h1>Know the way in before you leave</h1>'
        "<p>Say which site, when, and what is reported nearby. The answer: which gate, which "
        "streets, when to leave, where to stage. Everything stays on this machine.</p></div>"
    )
    if opened and not st.session_state.get(guide.GUIDED):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.page_link(
                page_at("situation"),
                label=f"Back to {literal(opened)}",
                icon=":material/arrow_back:",
            )
            st.button("Guide me through, step by step", key="guide-me", on_click=guide.follow)


def _card(sign: str, title: str, text: str) -> None:
    st.markdown(f"## :blue[:material/{sign}:] {title}")
    st.html(f'<div class="card"><p>{text}</p></div>')


def _bundled() -> None:
    _card(
        "location_city", "Try it now",
        "Aldermere, an invented city on a busy Tuesday: a courthouse to reach by 07:30, an assembly "
        "at its south gate, a march, road works. Ready in seconds, and yours to change.",
    )  # fmt: skip
    if st.button(
        "Try the bundled city", key="try", type="primary", icon=":material/play_arrow:",
        width="stretch",
    ):  # fmt: skip
        _begin(the_scenario())


def _upload() -> None:
    _card(
        "upload_file", "Bring your city",
        "A file of OpenStreetMap data becomes a workspace. Up to 200 MB here; a larger file by "
        "its path.",
    )  # fmt: skip
    given = st.file_uploader(
        f"City file ({TOLD_ENDINGS})", type=LAST_PARTS, key="city-file",
        help="An OpenStreetMap extract of your city or region. A graph that OSMnx saved (.graphml) "
        "gives roads alone: no buildings, gates, car parks or turn restrictions.",
    )  # fmt: skip
    if given is not None and st.button(
        "Make the workspace", key="make-upload", type="primary", width="stretch"
    ):
        _begin_upload(given)
    with st.expander("Name, part of it, time zone"):
        _options("upload")


def _by_path() -> None:
    _card(
        "folder_open", "Open by path",
        "A workspace you have (.gpkg), or a city file, on the machine this app runs on.",
    )  # fmt: skip
    typed = st.text_input(
        "Path of the file", key="path", placeholder="~/maps/city.gpkg",
        help="A workspace is opened where it lies. Of a city file a new workspace is made.",
    )  # fmt: skip
    pressed = st.button("Open", key="open-path", width="stretch")
    # Enter in the field is as good as the button, once.
    if pressed or (typed and typed != st.session_state.get("path-tried")):
        st.session_state["path-tried"] = typed
        st.session_state["path-problem"] = ""
        try:
            _open_path(typed)
        except PlannerError as error:
            st.session_state["path-problem"] = str(error)
    if st.session_state.get("path-problem"):
        st.error(literal(st.session_state["path-problem"]))
    if is_city_file(typed):
        with st.expander("Name, part of it, time zone"):
            _options("path")


def _open_path(typed: str) -> None:
    path = checked_path(typed)
    if not is_city_file(path.name):
        Workspace.open(path)
        open_workspace(path)
    else:
        name, bbox, timezone = _chosen("path")
        _start(a_city(path, title=path.name, name=name, bbox=bbox, timezone=timezone))


def checked_path(typed: str) -> Path:
    """Return the file a reader typed the path of.

    Raises
    ------
    InputError
        There is no such file, it may not be read, or it is of another kind.
    """
    if not typed.strip():
        raise InputError("Type the path of a workspace (.gpkg) or of a city file first.")
    path = Path(typed.strip().strip("\"'")).expanduser()
    if path.is_dir():
        raise InputError(f"{path} is a folder. Give the path of a file in it.")
    try:
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no path can look like this"
        raise InputError(
            f"{path} cannot be opened ({why}). The path is read on the machine this app runs on; "
            "see whether it is spelt right and whether this app may read it."
        ) from error
    if path.suffix.lower() != ".gpkg" and not is_city_file(path.name):
        raise InputError(f"{path.name} is no workspace (.gpkg) and no city file ({TOLD_ENDINGS}).")
    return path


def _begin_upload(given: UploadedFile) -> None:
    aside = TemporaryDirectory(prefix="planner-upload-")
    try:
        if not is_city_file(given.name):
            raise InputError(f"{given.name} is no city file: give {TOLD_ENDINGS}.")
        name, bbox, timezone = _chosen("upload")
        source = Path(aside.name, safe_stem(stem_of(given.name)) + ending_of(given.name))
        with source.open("wb") as file:
            shutil.copyfileobj(given, file)
        _start(
            a_city(source, title=given.name, name=name, bbox=bbox, timezone=timezone, aside=aside)
        )
    except PlannerError as error:
        aside.cleanup()
        st.error(literal(error))
    except OSError as error:
        aside.cleanup()
        st.error(literal(f"The file cannot be kept ({error.strerror}): is the disk full?"))


def _begin(wanted: Wanted) -> None:
    try:
        _start(wanted)
    except PlannerError as error:
        st.error(literal(error))


def _start(wanted: Wanted) -> None:
    begin(wanted)
    st.rerun()


def _options(of: str) -> None:
    st.text_input("Name", key=f"{of}-name", max_chars=80, placeholder="as the file",
                  help="What the workspace is called.")  # fmt: skip
    st.text_input("Box", key=f"{of}-box", placeholder="all of it", help=BOX_HELP)
    st.selectbox("Time zone", [FROM_PLACE, *sorted(available_timezones())], key=f"{of}-zone",
                 help="In which times are told and typed.")  # fmt: skip


def _chosen(of: str) -> tuple[str, Bounds | None, str | None]:
    zone = st.session_state.get(f"{of}-zone", FROM_PLACE)
    return (
        st.session_state.get(f"{of}-name", ""),
        parsed_box(st.session_state.get(f"{of}-box", "")),
        None if zone == FROM_PLACE else zone,
    )


def parsed_box(text: str) -> Bounds | None:
    """Return west, south, east, north of what a reader typed; None for nothing.

    Raises
    ------
    InputError
        These are not four numbers in that order.

    Examples
    --------
    >>> parsed_box("-122.7, 45.5 -122.6, 45.6")
    (-122.7, 45.5, -122.6, 45.6)
    """
    parts = text.replace(",", " ").replace(";", " ").split()
    if not parts:
        return None
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError as error:
        raise InputError(
            f"The box {text!r} is not four numbers: west, south, east, north in degrees."
        ) from error
    if not (west < east and south < north):
        raise InputError(f"The box {text!r} is empty: west, south, east, north, in this order.")
    return west, south, east, north


def _style() -> str:
    return own_file("start.css")
