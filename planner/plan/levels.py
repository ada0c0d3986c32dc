"""The levels of risk, as the map draws them, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = ("slight delay", "some delay", "long delay likely", "hardly passable", "do not enter")
"""What levels 1 to 5 mean."""

DEFAULT_LEVELS = (0.1, 0.2, 0.4, 0.6, 0.8)


def levels_of(document: dict[str, Any]) -> tuple[float, ...]:
    """Return the risks at which the map's levels begin, as the plan's parameters say."""
    parameters = (document.get("provenance") or {}).get("parameters") or {}
    entry = parameters.get("level_from")
    found = entry.get("value") if isinstance(entry, dict) else entry
    return tuple(found) if found else DEFAULT_LEVELS


def level_of(risk: float, levels: Sequence[float]) -> int:
    """Return the level on the map of a risk, 0 below the first."""
    return sum(risk >= bound for bound in levels)


def risk_words(risk: float, document: dict[str, Any]) -> str:
    """Return a risk as what it means, its number behind it; below all levels the number alone.

    >>> risk_words(0.13, {}), risk_words(0.05, {})
    ('slight delay (risk 0.13)', 'risk 0.05')
    """
    level = level_of(risk, levels_of(document))
    return f"{LEVELS[level - 1]} (risk {risk:.2f})" if level else f"risk {risk:.2f}"
