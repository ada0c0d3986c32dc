"""What changed for those who come from each side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.plan.diff import told
from planner.plan.diff.fields import WORTH, Change, fields, seconds
from planner.plan.diff.told import name_of
from planner.plan.diff.ways import match
from planner.plan.words import clock, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.plan.diff.ways import Pair

Record = dict[str, Any]

LOST, UNCLEAR, EARLIER, COURSE, FOUND, AWAY, BETTER = 10, 25, 30, 45, 70, 74, 80
GONE, BESIDE = 86, 88
"""Ranks, worst first, other ways after all first choices; those of places, and of what was asked, lie between."""


def origin_changes(before: Record, after: Record) -> Iterator[Change]:
    """Yield what differs of every origin, then of each of its ways."""
    old = {origin["id"]: origin for origin in before["origins"]}
    new = {origin["id"]: origin for origin in after["origins"]}
    # Who drives comes from gateways, who walks from stops: none of them went away.
    comparable = bool(old.keys() & new.keys()) or before["profile"] == after["profile"]
    for key in dict.fromkeys((*old, *new)):
        if key in old and key in new:
            yield from _origin(old[key], new[key], before, after)
        else:
            what, origin = ("removed", old[key]) if key in old else ("added", new[key])
            said = f"From {name_of(origin['name'])}: {_ONE_SIDED[what]}"
            yield Change("origin", key, what, AWAY, said if comparable else "")


_ONE_SIDED = {"removed": "no more a place to come from", "added": "a new place to come from"}


def _origin(old: Record, new: Record, before: Record, after: Record) -> Iterator[Change]:
    later_s = seconds(before["arrive_by"], after["arrive_by"])
    pairs = match(old["routes"], new["routes"], before["facility_lat"])
    found = (*fields("origin", old, new), *_first_fields(old, new, later_s))
    rank, weight, parts = _first(old, new, pairs, later_s, after["arrive_by"])
    if old["name"] != new["name"]:
        parts = [*parts, f"before called {name_of(old['name'])}"]
    said = f"From {name_of(new['name'])}: {'; '.join(parts)}" if parts else ""
    if found or said:
        yield Change("origin", new["id"], "changed", rank, said, weight, found)
    for pair in pairs:
        yield from _way(pair, new, later_s, heads=(old["routes"][:1], new["routes"][:1]))


def _first_fields(old: Record, new: Record, later_s: float) -> list[Record]:
    """Return what differs between the first choices, whichever ways they are."""
    if not (old["routes"] and new["routes"]):
        return []
    found = fields("way", old["routes"][0], new["routes"][0], later_s=later_s)
    return [row | {"name": f"first.{row['name']}"} for row in found]


def _first(
    old: Record, new: Record, pairs: list[Pair], later_s: float, by: str
) -> tuple[int, float, list[str]]:
    """Return rank, weight, words of the change of an origin's first choice."""
    if not new["routes"]:
        opens = f", opens for arrival at {moment(new['opens_at'], by)}" if new["opens_at"] else ""
        if old["routes"]:
            return LOST, 0.0, [f"no way through any more{opens}"]
        moved = _opens_otherwise(old, new)
        return BESIDE, 0.0, [f"still no way through{opens}"] if moved else []
    if not old["routes"]:
        route = new["routes"][0]
        return FOUND, 0.0, [f"a way again, by {name_of(route['entrance_name'])}, "
                            f"leave {clock(route['leave_by'])}"]  # fmt: skip
    parts = told.first_choice(old, new, pairs, later_s)
    one, other = old["routes"][0], new["routes"][0]
    sooner = seconds(other["leave_by"], one["leave_by"]) + later_s
    if one["clear"] and not other["clear"]:
        return UNCLEAR, other["max_risk"], parts
    if sooner >= WORTH["seconds"]:
        return EARLIER, sooner, parts
    better = not one["clear"] or sooner <= -WORTH["seconds"]
    moved = one["entrance"] != other["entrance"]
    return (BETTER if better and not moved else COURSE), -sooner, parts


def _opens_otherwise(old: Record, new: Record) -> bool:
    one, other = old["opens_at"], new["opens_at"]
    if one is None or other is None:
        return one is not other
    return abs(seconds(one, other)) >= WORTH["seconds"]


def _way(
    pair: Pair, origin: Record, later_s: float, *, heads: tuple[list[Record], list[Record]]
) -> Iterator[Change]:
    """Yield what became of one way; a first choice is told with its origin, not here."""
    old, new = pair.before, pair.after
    is_first = (old is not None and old in heads[0], new is not None and new in heads[1])
    found = tuple(_fields(pair, later_s)) if old and new else ()
    if old and new and not found:
        return
    what = "changed" if old and new else "removed" if old else "added"
    # What its origin tells already is not told twice; without any way it tells all.
    silent = any(is_first) or not (heads[0] and heads[1])
    words = "" if silent else told.other_way(pair)
    said = f"From {name_of(origin['name'])}: {words}" if words else ""
    yield Change(
        "way", (new or old or {})["id"], what, GONE if new is None else BESIDE, said,
        fields=found, origin=origin["id"], before_key=old["id"] if old else None,
    )  # fmt: skip


def _fields(pair: Pair, later_s: float) -> list[Record]:
    found = fields("way", pair.before or {}, pair.after or {}, later_s=later_s)
    if pair.apart_m:
        apart = round(pair.apart_m, 1)
        found.append({"name": "apart_m", "before": 0.0, "after": apart,
                      "of_note": apart >= WORTH["metres"]})  # fmt: skip
    return found
