"""A plan of first choices only: no word on what nobody has looked for yet."""

from __future__ import annotations

import math
from typing import Any

from planner.plan import words

NOTICE = "first choices only: other ways and staging sites have not been worked out"


def without_the_rest(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document of first choices less what it would say of other ways and sites."""
    warnings = [w for w in document["warnings"] if not w.startswith("no staging site")]
    return document | {
        "headline": headline(document),
        "notices": [*document["notices"], NOTICE],
        "warnings": warnings,
    }


def headline(document: dict[str, Any]) -> str:
    """Return the first line without what to do if the gate shuts."""
    best = words.best_origin(document)
    if best is None:
        return words.headline(document)
    gate = best["routes"][0]["entrance"]
    # Where all ways end at one gate, there is no other to tell of.
    origins = [_ending_at(origin, gate) for origin in document["origins"]]
    return words.headline(document | {"origins": origins})


def _ending_at(origin: dict[str, Any], gate: str) -> dict[str, Any]:
    if not origin["routes"] or origin["routes"][0]["entrance"] == gate:
        return origin
    # Its cost keeps it from being taken for the best.
    return origin | {"routes": [origin["routes"][0] | {"entrance": gate, "cost_s": math.inf}]}
