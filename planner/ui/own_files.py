"""The app's own scripts, style sheets."""

from __future__ import annotations

from importlib import resources


def own_file(name: str) -> str:
    """Return a style sheet or script of this package."""
    return (resources.files("planner.ui") / "assets" / name).read_text("utf-8")
