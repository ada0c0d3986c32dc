"""Mapped names that are fit to be stored."""

from __future__ import annotations

from planner.layers import privacy


def clean_name(name: str) -> str:
    """Return a mapped name as one short line, "" where it seems to hold personal data.

    Examples
    --------
    >>> clean_name("Town  Hall")
    'Town Hall'
    >>> clean_name("call +49 6221 555 0100")
    ''
    """
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())[:200]
    return "" if privacy.found(text, note=False) else text
