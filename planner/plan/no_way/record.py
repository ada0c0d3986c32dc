"""What those do who have no way in: where to stop, how to go on, when to come instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.afoot import WALKERS, transit_near, walk_at
from planner.plan.beside import WHO
from planner.plan.inside import inside
from planner.plan.no_way.advice import advise, still_made
from planner.plan.no_way.last_stop import last_stops
from planner.plan.no_way.other_hours import other_hours

if TYPE_CHECKING:
    from planner.plan.afoot import Afoot
    from planner.plan.facts import Answer
    from planner.plan.prepare import Prepared
    from planner.verify import Facts

Record = dict[str, Any]

SOON_S = 3600
"""A gate that opens within the hour is told."""


def with_stops(
    document: Record, answer: Answer, prepared: Prepared
) -> tuple[Record, dict[str, Facts]]:
    """Return the document with what those do who have no way, and what their walks are checked by.

    Nothing is worked out where every origin has a way.

    Parameters
    ----------
    document
        The plan as written, before its check.
    answer, prepared
        What it was written from.
    """
    placed = np.flatnonzero(answer.stops.gateways >= 0).tolist()
    closed = {
        number: place for number, place in enumerate(placed)
        if not document["origins"][place]["routes"]
    }  # fmt: skip
    if not closed or not len(answer.gates):
        return document, {}
    who = () if PROFILES[answer.question.profile].on_foot else WALKERS
    walkers = {one: walk_at(prepared, answer.question, who=one) for one in who}
    afoot = walkers.get(WHO)
    origins = list(document["origins"])
    hours = other_hours(prepared, answer, {n: answer.origins[n].opens for n in closed})
    nodes = {number: int(answer.problem.origins[number]) for number in closed}
    stops = last_stops(answer, walkers, list(nodes.values())) if walkers else {}
    for number, place in closed.items():
        earlier, later = hours[number]
        if earlier is not None and not still_made(earlier, document["generated_at"]):
            earlier = None
        told = {"stop": stops.get(nodes[number]), "earlier": earlier, "later": later}
        if later is None:
            told["opens_at"] = None
        origins[place] = origins[place] | told
    beside = {
        "transit": [] if afoot is None else _transit(prepared, afoot),
        "gates": _gates_soon(answer, afoot),
        "inside": None if document["feasible"] else inside(answer, afoot),
    }
    document = document | {"origins": origins}
    document["advice"] = advise(document, beside)
    document["headline"] = words.headline(document)
    return document, {one: walker.facts for one, walker in walkers.items()}


def _transit(prepared: Prepared, afoot: Afoot) -> list[Record]:
    """Return stops of public transport from which a clear walk leads in, the nearest first."""
    found = []
    for row in transit_near(prepared).itertuples():
        walk = afoot.record(f"transit:{row.id}", str(row.id))
        if walk is not None:
            place = {"lon": round(row.geometry.x, 7), "lat": round(row.geometry.y, 7)}
            found.append({"id": str(row.id), "name": row.name, "kind": row.road_class} | place
                         | {"walk": walk})  # fmt: skip
    return sorted(found, key=lambda stop: (stop["walk"]["time_s"], stop["id"]))


def _gates_soon(answer: Answer, afoot: Afoot | None) -> list[Record]:
    """Return the gates that are shut at the arrival, by their hours, and open within the hour."""
    zone, when = answer.layers.settings.timezone, answer.risk.field.when
    found: dict[str, Record] = {}
    for told in (answer, *([afoot.answer] if afoot else [])):
        by_hours, now = told.problem.by_hours(), told.problem.arrive
        for g, (row, spans) in enumerate(
            zip(told.gates.itertuples(), by_hours.openings, strict=True)
        ):
            if by_hours.is_open(g, now):
                continue
            soon = min((a for a, _ in spans if now < a <= now + SOON_S), default=None)
            if soon is not None:
                found.setdefault(row.id, {"id": row.id, "name": row.name, "kind": row.kind,
                                          "opens_at": words.iso(when(soon), zone)})  # fmt: skip
    return sorted(found.values(), key=lambda gate: (words.clock_key(gate["opens_at"]), gate["id"]))
