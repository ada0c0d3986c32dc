"""Marks of places outside the ranking to which a staging site sends its drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.marks import mark

if TYPE_CHECKING:
    from planner.briefing.marks import Mark

Document = dict[str, Any]

LOOK = "refuge"

BEHIND = 100
"""A staging site of the plan keeps its words before one of these does."""


def refuge_marks(document: Document) -> list[Mark]:
    """Return a mark for each fallback and place to hold that is no staging site of the plan."""
    chosen = {site["id"] for site in document["staging"]}
    found: dict[str, dict[str, Any]] = {}
    for site in document["staging"]:
        moved = site.get("movement") or {}
        back = moved.get("fallback")
        sent = [("hold", one["id"], one) for one in moved.get("hold_points") or []]
        for use, key, one in [*([("fallback", back["site"], back)] if back else []), *sent]:
            if key in chosen:
                continue
            place = found.setdefault(key, {"at": one, "fallback": [], "hold": [], "facts": []})
            place[use].append(f"S{int(site['rank'])}")
            told = one["text"] if use == "fallback" else f"Place to hold: {one['text']}"
            place["facts"].append(told)
    return [_mark(key, place) for key, place in found.items()]


def is_refuge(one: Mark) -> bool:
    """Tell whether a mark is one of these."""
    return (one["badge"] or {}).get("look") == LOOK


def _mark(key: str, place: dict[str, Any]) -> Mark:
    at = place["at"]
    text = ", ".join(f"{use} {' '.join(place[use])}" for use in ("fallback", "hold") if place[use])
    return mark(
        "staging", key, [at["name"], *place["facts"]], at=(at["lon"], at["lat"]), rank=BEHIND,
        badge={"kind": "staging", "text": text, "look": LOOK},
    )  # fmt: skip
