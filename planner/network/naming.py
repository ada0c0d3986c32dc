"""Mapped names that are fit to be stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.layers import privacy

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def street_of(tags: Mapping[str, str]) -> str:
    """Return the street of a mapped address, never its house number; "" where none is told.

    Examples
    --------
    >>> street_of({"addr:street": "Main Street", "addr:housenumber": "12"})
    'Main Street'
    >>> street_of({"addr:street": "12 Main Street", "addr:housenumber": "12"})
    'Main Street'
    >>> street_of({"addr:street": "12 Main Street"}), street_of({"name": "Town Hall"})
    ('', '')
    """
    text, number = clean_name(tags.get("addr:street", "")), tags.get("addr:housenumber", "").strip()
    if number:
        text = text.removeprefix(f"{number} ").removesuffix(f" {number}")
    return "" if privacy.has_house_number(text) else text
