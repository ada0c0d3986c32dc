"""In which order sides are listed, under which heading."""

from __future__ import annotations

from typing import Any

from planner.briefing.words import takes_s
from planner.plan.directions.speech import speech_of
from planner.plan.words import best_origin

Document = dict[str, Any]


def listed(document: Document) -> list[int]:
    """Return the places of the origins: the one of the first line, quicker ones first, those without a way."""
    told = best_origin(document)
    key = None if told is None else told["id"]

    def rank(place: int) -> tuple[bool, float]:
        origin = document["origins"][place]
        routes = origin["routes"]
        return origin["id"] != key, takes_s(routes[0]) if routes else float("inf")

    return sorted(range(len(document["origins"])), key=rank)


def heading(document: Document) -> str:
    """Return what stands over such a list, and what its order is."""
    side = speech_of(document.get("profile")).side
    told = best_origin(document)
    if told is None:
        return f"No way through from any {side}: what to do instead"
    least = min(takes_s(o["routes"][0]) for o in document["origins"] if o["routes"])
    first = takes_s(told["routes"][0]) <= least
    order = "quickest first" if first else "that of the first line, then quickest first"
    return f"First choice from each {side}, {order}"


def any_way(document: Document) -> bool:
    """Tell whether some origin has a way in."""
    return any(origin["routes"] for origin in document["origins"])
