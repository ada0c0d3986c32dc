"""The script with the style sheet that draw a map, for page or app."""

from __future__ import annotations

from functools import cache
from importlib import resources

_PARTS = ("ground.js", "marks.js", "map.js")


@cache
def map_js() -> str:
    """Return the map's script: ``plannerMap(map, base, options)`` on Leaflet's ``L``."""
    return "".join(_read(name) for name in _PARTS)


@cache
def map_css() -> str:
    """Return the map's style sheet, without Leaflet's own."""
    return _read("map.css")


def _read(name: str) -> str:
    return (resources.files("planner.briefing") / "assets" / name).read_text("utf-8")
