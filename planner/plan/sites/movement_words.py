"""What is told of movement about a staging site, line by line."""

from __future__ import annotations

from typing import Any


def movement_lines(site: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is told of moving to, from, beside a site: label, words; [] where nothing is.

    Examples
    --------
    >>> movement_lines({"movement": None})
    []
    """
    moved = site.get("movement")
    if moved is None:
        return []
    holds = [("hold", hold["text"]) for hold in moved["hold_points"]]
    ways_in = [("way in", way["text"]) for way in moved["ways_in"]]
    return [
        ("hand-over", moved["text"]),
        *(ways_in or [("way in", moved["ways_in_reason"])]),
        *holds,
        ("fallback", moved["fallback"]["text"] if moved["fallback"] else no_fallback(moved)),
    ]


def no_fallback(moved: dict[str, Any]) -> str:
    """Return what makes one leave a site that has no fallback, and why it has none."""
    return f"If {moved['trigger']['text']}: {moved['fallback_reason']}"
