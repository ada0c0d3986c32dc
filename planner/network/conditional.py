"""Stand-in."""

from __future__ import annotations

from typing import NamedTuple


class Clause(NamedTuple):
    value: str
    hours: str


def clauses(value: str) -> list[Clause]:
    return []


def old_hours(tags: dict[str, str]) -> str | None:
    return "" if {"hour_on", "hour_off", "day_on", "day_off"} & tags.keys() else None
