"""The planner's wishes as data: asked, kept, what each costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiLineString

from planner.layers.schema import ROLES
from planner.plan import words
from planner.plan.paths import degrees
from planner.plan.why import reasons
from planner.plan.wishes import words as wish_words
from planner.plan.wishes.hand import DEMANDS, PREFER, Kind
from planner.plan.wishes.passing import passed_after

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.wishes.hand import Wish
    from planner.plan.wishes.weigh import Dropped
    from planner.routes.answer import OriginAnswer
    from planner.routes.walk import Walk

Record = dict[str, Any]

SHORT_M = 30.0
"""Driven for less than this, a preferred street is only crossed."""


def wish_record(answer: Answer, origins: Sequence[Record]) -> Record | None:
    """Return what was asked of the ways and what came of it, None where nothing was.

    Parameters
    ----------
    answer
        What the plan is written from.
    origins
        Its records of the document.
    """
    if not answer.hand.wishes:
        return None
    placed = _placed(answer, origins)
    record: Record = {
        "asked": answer.question.wishes.model_dump(mode="json"),
        "prefer_factor": PREFER,
        "items": [_item(answer, wish, placed) for wish in answer.hand.wishes],
        "origins": [_origin(answer, i, key, found) for i, (key, found) in enumerate(placed)],
        "passes": {
            f"{key}:{role}": list(_passes(answer, way))
            for key, found in placed
            for role, way in zip(_roles(origins, key), found.routes, strict=False)
        },
    }
    return record | {"text": wish_words.text(record, origins)}


def with_reasons(origins: list[Record], record: Record | None) -> list[Record]:
    """Return the origins with the reason of those that have no way because of the wishes."""
    why = {o["id"]: o["reason"] for o in (record or {"origins": []})["origins"] if o["reason"]}
    return [o | {"reason": why[o["id"]]} if o["id"] in why else o for o in origins]


def _placed(answer: Answer, origins: Sequence[Record]) -> list[tuple[str, OriginAnswer]]:
    """Return the id of each origin on a road, with its ways."""
    keys = [o["id"] for o, node in zip(origins, answer.stops.gateways, strict=True) if node >= 0]
    return list(zip(keys, answer.origins, strict=True))


def _roles(origins: Sequence[Record], key: str) -> list[str]:
    return [r["role"] for o in origins if o["id"] == key for r in o["routes"]]


def _item(answer: Answer, wish: Wish, placed: Sequence[tuple[str, OriginAnswer]]) -> Record:
    network = answer.problem.network
    ways = [(f"{key}:{i}", way) for key, found in placed for i, way in enumerate(found.routes)]
    broken = [] if wish.kind in DEMANDS else [
        (key, i) for key, found in placed for i, way in enumerate(found.routes)
        if not _uses(way, wish)
    ]  # fmt: skip
    lon, lat = wish.lonlat or (None, None)
    once = wish.arcs[np.unique(answer.problem.roads[wish.arcs], return_index=True)[1]]
    costs = _costs(answer, wish, placed)
    return {
        "id": wish.id, "kind": str(wish.kind), "asked": wish.asked, "name": wish.name,
        "told": wish_words.told(wish),
        "lon": lon, "lat": lat,
        "offset_m": None if wish.offset_m is None else round(wish.offset_m, 1),
        "lines": [] if wish.kind == Kind.VIA else _lines(answer, once),
        "length_m": round(float(network.length_m[once].sum()), 1),
        "kept": not broken if ways else None,
        "broken_by": [f"{key}:{ROLES[i]}" for key, i in broken],
        "costs": costs,
        "worst_min": max((c["minutes"] for c in costs if c["minutes"] is not None), default=None),
    }  # fmt: skip


def _lines(answer: Answer, arcs: NDArray[np.int32]) -> list[list[list[float]]]:
    """Return the lon/lat lines of arcs, joined where they meet."""
    if not len(arcs):
        return []
    joined = shapely.line_merge(MultiLineString(degrees(answer, arcs)))
    return [np.asarray(part.coords).tolist() for part in shapely.get_parts(joined)]


def _uses(way: Walk, wish: Wish) -> bool:
    on = np.isin(way.arcs, wish.arcs)
    return float(way.length_m[on].sum()) >= SHORT_M


def _costs(answer: Answer, wish: Wish, placed: Sequence[tuple[str, OriginAnswer]]) -> list[Record]:
    """Return what the first choice of each origin pays for one wish, the others kept."""
    if answer.weighed is None:
        return []
    others = answer.weighed.each[wish.id]
    return [
        {"origin": key, **_difference(found.routes[0] if found.routes else None, other)}
        for (key, found), other in zip(placed, others, strict=True)
    ]


def _difference(way: Walk | None, other: Walk | None) -> Record:
    """Return minutes and exposure that a way takes more than another; null where one lacks."""
    if way is None or other is None:
        return {"minutes": None, "exposure_min": None}
    longer = (way.arrive - way.depart) - (other.arrive - other.depart)
    return {
        "minutes": round(longer / 60, 2),
        "exposure_min": round((way.exposure_s - other.exposure_s) / 60, 4),
    }


def _origin(answer: Answer, i: int, key: str, found: OriginAnswer) -> Record:
    """Return what an origin pays for all wishes together, and what would help it."""
    record: Record = {
        "id": key, "minutes": None, "exposure_min": None, "without": None, "drop": [],
        "reason": None,
    }  # fmt: skip
    if answer.weighed is None:
        return record
    other = answer.weighed.without[i]
    record |= _difference(found.routes[0] if found.routes else None, other)
    record["without"] = None if other is None else _short(answer, other)
    dropped = answer.weighed.dropped.get(i)
    if dropped is not None and dropped.way is not None:
        record["drop"] = list(dropped.ids)
        record["reason"] = _reason(answer, i, dropped)
    return record


def _short(answer: Answer, way: Walk) -> Record:
    gate = answer.gates.iloc[way.gate]
    return {
        "time_s": way.arrive - way.depart, "exposure_min": round(way.exposure_s / 60, 4),
        "entrance": gate["id"], "entrance_name": gate["name"],
    }  # fmt: skip


def _reason(answer: Answer, i: int, dropped: Dropped) -> str:
    """Return why there is no way, and what would do."""
    way = dropped.way
    assert way is not None  # noqa: S101 - asked for only then
    wishes = [wish for wish in answer.hand.wishes if wish.id in dropped.ids]
    instead = _short(answer, way)
    asked = " and ".join(wish_words.told(wish) for wish in wishes)
    alone = dropped.ids == ("gate",)
    why = _shut(answer, i) if alone else ""
    what = "the next best gate" if alone else "without that"
    return (
        f"{why or f'no way {asked}'}; {what}: {instead['entrance_name']}, "
        f"{words.minutes(instead['time_s'])}"
    )


def _shut(answer: Answer, i: int) -> str:
    """Return what shuts the pinned gate: its hours, or what stands on the way to it."""
    problem, g = answer.problem, answer.hand.gate
    assert g is not None  # noqa: S101 - asked for only then
    gate = answer.gates.iloc[g]
    if not len(problem.by_hours().gates().node):
        when = words.iso(answer.question.arrive_utc, answer.layers.settings.timezone)
        hours = f"open {gate['opens']}-{gate['closes']}"
        return f"{gate['name']} is shut at {words.clock(when)} ({hours})"
    what = reasons.standing_before(answer, g, int(problem.origins[i]))
    return f"no way to {gate['name']}: {' and '.join(what)}" if what else ""


def _passes(answer: Answer, way: Walk) -> Iterator[Record]:
    """Give where and when a way passes each place, in order."""
    zone, metres = answer.layers.settings.timezone, np.cumsum(way.length_m)
    for i, wish in passed_after(answer, way):
        second = int(way.entered[i] + way.time_s[i])
        yield {
            "id": wish.id, "name": wish.name,
            "at": words.iso(answer.risk.field.when(second), zone),
            "after_m": round(float(metres[i]), 1),
        }  # fmt: skip
