"""What the package brings as files: scripts, style sheets."""

from __future__ import annotations

from functools import cache
from importlib import resources

_PARTS = ("ground.js", "marks.js", "map.js")


@cache
def map_js() -> str:
    """Return the map's script: ``plannerMap(map, base, options)`` on Leaflet's ``L``."""
    return "".join(asset(name) for name in _PARTS)


@cache
def map_css() -> str:
    """Return the map's style sheet, without Leaflet's own."""
    return asset("map.css")


def asset(name: str) -> str:
    """Return a style sheet or script of this package."""
    return (resources.files("planner.briefing") / "assets" / name).read_text("utf-8")
