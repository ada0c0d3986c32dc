"""What ways in are called: by their rank for people, by their PACE name beside it for planners."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NAMES: Mapping[str, str] = MappingProxyType({
    "primary": "first choice", "alternate": "second choice",
    "contingency": "third choice", "emergency": "last resort",
})  # fmt: skip
"""Names by the role that a plan's document holds, best first."""

PACE = f"In PACE terms: {', '.join(f'{name} = {role}' for role, name in NAMES.items())}."


def the(role: str) -> str:
    """Return what a way is called within a sentence.

    >>> the("emergency")
    'the last resort'
    """
    return f"the {NAMES[role]}"


def with_pace(role: str) -> str:
    """Return what a way is called, its PACE name behind it.

    >>> with_pace("alternate"), with_pace("robust")
    ('second choice (alternate)', 'robust')
    """
    return f"{NAMES[role]} ({role})" if role in NAMES else role
