"""Leaflet from its pip package, so that no page has to fetch it."""

from __future__ import annotations

import base64
import re
from functools import cache
from importlib import metadata
from pathlib import Path

from planner.errors import InputError

PACKAGE = "XStatic-Leaflet"
CREDIT = (
    "Map drawing: Leaflet, © 2010-2022 Vladimir Agafonkin, © 2010-2011 CloudMade, "
    "BSD 2-Clause licence"
)
_URL = re.compile(r"url\(([^)]*)\)")


@cache
def leaflet_js() -> str:
    """Return Leaflet's script.

    Raises
    ------
    InputError
        The package that carries it is not installed.
    """
    text = _file("leaflet.js").read_text("utf-8")
    return re.sub(r"\n?//# sourceMappingURL=.*\s*$", "\n", text)


@cache
def leaflet_css() -> str:
    """Return Leaflet's style sheet with its pictures inside.

    Raises
    ------
    InputError
        The package is not installed, or a picture it names is not in it.
    """
    return _URL.sub(_inline, _file("leaflet.css").read_text("utf-8"))


def _inline(match: re.Match[str]) -> str:
    target = match.group(1).strip("'\" ")
    if target.startswith(("data:", "#")):
        return match.group(0)
    picture = base64.b64encode(_file(target).read_bytes()).decode()
    return f"url(data:image/png;base64,{picture})"


def _file(name: str) -> Path:
    # The package is read as data, never imported: its import relies on a namespace hook.
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.as_posix().endswith(f"leaflet/data/{name}"):
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise InputError(f"{PACKAGE} ({name}) is missing; run: pip install {PACKAGE}")
