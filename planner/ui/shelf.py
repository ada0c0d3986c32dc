"""The workspaces this server offers, by the short name that stands in the URL."""

from __future__ import annotations

import os
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from planner.errors import InputError
from planner.ui.question import workspace_given

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "PLANNER_HOME"
"""Environment variable: folder in which the app keeps the workspaces it makes."""


class Shelf:
    """Workspace files by name; shared by every reader of one server, so it only grows.

    A URL names a workspace by its place here, never by a path: nobody can probe the disk.
    """

    def __init__(self) -> None:
        self._paths: dict[str, Path] = {}
        self._lock = threading.Lock()

    def put(self, path: Path) -> str:
        """Offer a file; return its name, the same each time."""
        path = path.expanduser().resolve()
        with self._lock:
            for name, known in self._paths.items():
                if known == path:
                    return name
            stem = re.sub(r"[^\w.-]+", "-", path.stem) or "workspace"
            name, number = stem, 2
            while name in self._paths:
                name, number = f"{stem}-{number}", number + 1
            self._paths[name] = path
            return name

    def path(self, name: str) -> Path:
        """Return the file of a name.

        Raises
        ------
        InputError
            No such workspace is offered here.
        """
        with self._lock:
            found = self._paths.get(name)
            known = ", ".join(sorted(self._paths)) or "none yet"
        if found is None:
            raise InputError(
                f"no workspace {name!r} is open here; there are: {known}. Open it on the Start page"
            )
        return found

    def names(self) -> list[str]:
        """Return the names on offer whose file still exists, in the order they came."""
        with self._lock:
            return [name for name, path in self._paths.items() if path.is_file()]


def home(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which the app keeps the workspaces it makes."""
    given = environment.get(FOLDER, "")
    return Path(given).expanduser() if given else Path.home() / "planner"


@st.cache_resource(show_spinner=False)
def _shelf(given: str, folder: str) -> Shelf:
    made = Shelf()
    if given:
        made.put(Path(given))
    for path in sorted(Path(folder).glob("*.gpkg")):
        made.put(path)
    return made


def shelf() -> Shelf:
    """Return the server's shelf: the file it was started with first, then those it made."""
    return _shelf(workspace_given(sys.argv[1:], os.environ), str(home()))


def started_with() -> str:
    """Return the name of the workspace the server was started with, "" for none."""
    given = workspace_given(sys.argv[1:], os.environ)
    return shelf().put(Path(given)) if given else ""
