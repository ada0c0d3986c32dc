"""Ids like one that is not known, to be told instead."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 5
ALIKE = 0.5
"""How many are told instead of an unknown one, and how like it they must be."""


def most_like(asked: str, names: Mapping[str, str]) -> tuple[list[str], bool]:
    """Return ids with their names, the most like first, and whether any is like what was asked.

    Parameters
    ----------
    names
        Name of each id; where none is like it, the first ids are returned.

    Examples
    --------
    >>> most_like("north", {"g-1": "South gate", "g-2": "North gate"})
    (['g-2 (North gate)'], True)
    """
    text = asked.strip().lower()

    def alike(key: str) -> float:
        words = (str(key).lower(), names[key].lower())
        within = text in words[0] or text in words[1]
        return max(within, *(SequenceMatcher(None, text, word).ratio() for word in words))

    near = sorted((key for key in names if alike(key) >= ALIKE), key=alike, reverse=True)
    return [f"{key} ({names[key]})" for key in (near or list(names))[:MOST]], bool(near)
