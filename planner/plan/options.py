"""Trades of minutes for exposure as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.paths import degrees, way_record
from planner.plan.trades import NAMES
from planner.routes.walk import shared_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.facts import Answer
    from planner.routes.answer import OriginAnswer
    from planner.routes.walk import Walk

Record = dict[str, Any]

OPTION = "option"
"""Role of a way that is shown as a trade only."""


def option_records(
    answer: Answer, key: str, found: OriginAnswer, routes: Sequence[Record]
) -> list[Record]:
    """Return the options of an origin, fastest first.

    Parameters
    ----------
    answer
        What the plan is written from.
    key
        Id of the origin.
    found
        Its ways.
    routes
        Records of its routes: an option that is one of them leaves legs and holds to it.
    """
    if not found.options:
        return []
    records = []
    for i, (name, way) in enumerate(zip(NAMES[len(found.options) - 1], found.options, strict=True)):
        same = _same(found.routes, routes, way)
        shared = shared_share(answer.problem, way, found.routes[0])
        parts = degrees(answer, way.arcs)
        record = way_record(
            answer, f"{key}:{OPTION}-{i + 1}", OPTION, way, shared=shared, parts=parts
        )
        record |= {"name": name, "same_as": same, "proven": way.proven}
        records.append(record | ({"legs": None, "holds": None} if same else {}))
    return records


def _same(ways: Sequence[Walk], routes: Sequence[Record], way: Walk) -> str | None:
    """Return the id of the route that a way is, at the same seconds; None for none of them."""
    same = (
        str(route["id"]) for one, route in zip(ways, routes, strict=False)
        if one.is_same(way)
    )  # fmt: skip
    return next(same, None)
