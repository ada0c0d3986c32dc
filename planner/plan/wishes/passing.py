"""After which of its arcs a way has passed each place it was asked to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.plan.wishes.hand import Kind

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.plan.wishes.hand import Wish
    from planner.routes.walk import Walk


def passed_after(answer: Answer, way: Walk) -> list[tuple[int, Wish]]:
    """Return (position of the arc, place) for each place a way passes, in order."""
    vias = answer.hand.of(Kind.VIA)
    if way.passed is None or not vias:
        return []
    # Whatever does not lie behind at the start of the last arc does at its end.
    behind = np.append(way.passed[1:], len(vias))
    return [(int(np.argmax(behind > i)), wish) for i, wish in enumerate(vias)]
