"""What differs between two records of a plan, by how much it is worth telling."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]

WORTH = MappingProxyType({"seconds": 60, "exposure_min": 0.1, "metres": 50.0, "share": 0.05})
"""Differences below these are kept in the record, not told. Assumption."""

PLACE_M = 10.0
"""Metres by which a point must move to count as moved. Assumption."""

ALWAYS = 0.0
NEVER = None

FIELDS: Mapping[str, Mapping[str, float | None]] = MappingProxyType({
    "origin": {
        "name": ALWAYS, "lon": NEVER, "lat": NEVER, "feasible": ALWAYS, "reason": NEVER,
        "opens_at": WORTH["seconds"], "proven": NEVER, "unmet": NEVER,
    },
    "way": {
        "role": ALWAYS, "entrance": ALWAYS, "entrance_name": NEVER, "depart": NEVER,
        "leave_by": WORTH["seconds"], "margin_s": NEVER, "arrive": WORTH["seconds"],
        "time_s": NEVER, "wait_s": WORTH["seconds"], "length_m": NEVER, "cost_s": NEVER,
        "exposure_min": WORTH["exposure_min"], "max_risk": NEVER, "clear": ALWAYS,
        "clear_share": WORTH["share"], "shared_with_primary": NEVER, "streets": NEVER,
        "notices": NEVER,
    },
    "gate": {
        "name": ALWAYS, "kind": ALWAYS, "lon": NEVER, "lat": NEVER, "opens": ALWAYS,
        "closes": ALWAYS, "open": ALWAYS, "time_s": NEVER, "best_for": NEVER, "reason": NEVER,
        "clear_share": WORTH["share"],
    },
    "site": {
        "name": ALWAYS, "rank": ALWAYS, "lon": NEVER, "lat": NEVER, "gate": ALWAYS,
        "time_s": WORTH["seconds"], "room_for": ALWAYS, "clear_share": WORTH["share"],
    },
    "zone": {
        "label": NEVER, "kind": ALWAYS, "source_kind": NEVER, "grade": ALWAYS,
        "starts_at": WORTH["seconds"], "ends_at": WORTH["seconds"], "size_low": ALWAYS,
        "size_high": ALWAYS, "status": ALWAYS, "presence_at_arrival": NEVER,
        "footprint_m2": NEVER, "expires_at": NEVER, "geometry": NEVER,
    },
    "closure": {
        "name": ALWAYS, "kind": NEVER, "starts_at": WORTH["seconds"],
        "ends_at": WORTH["seconds"], "geometry": NEVER,
    },
})  # fmt: skip
"""Fields by kind of record, each with the least difference of note; NEVER: in the record only."""

TIMES = ("opens_at", "leave_by", "depart", "arrive", "starts_at", "ends_at", "expires_at")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two plans.

    Attributes
    ----------
    kind, key
        Of what, and its id.
    what
        ``added``, ``removed`` or ``changed``.
    rank, weight
        Worst first: by rank, of equals by weight.
    sentence
        "" where it is of no note.
    fields
        From ``fields``.
    origin, before_key
        Of a way: id of its origin; id the way had before.
    """

    kind: str
    key: str
    what: str
    rank: int
    sentence: str = ""
    weight: float = 0.0
    fields: tuple[Record, ...] = ()
    origin: str | None = None
    before_key: str | None = None

    def record(self) -> Record:
        """Return it as JSON-ready data."""
        return {
            "kind": self.kind, "id": self.key, "what": self.what, "of_note": bool(self.sentence),
            "rank": self.rank, "sentence": self.sentence or None, "origin": self.origin,
            "before_id": self.before_key, "fields": list(self.fields),
        }  # fmt: skip


def fields(kind: str, before: Record, after: Record, *, later_s: float = 0.0) -> list[Record]:
    """Return what differs as ``name``, ``before``, ``after``, ``of_note``.

    Parameters
    ----------
    kind
        Key of ``FIELDS``.
    later_s
        Seconds by which the arrival asked about is later: ``leave_by`` and ``arrive`` that move
        with it are of no note.
    """
    told = []
    for name, worth in FIELDS[kind].items():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        moved = later_s if name in ("leave_by", "arrive") else 0.0
        told.append({
            "name": name, "before": old, "after": new,
            "of_note": worth is not None and _differs(name, old, new, worth, moved),
        })  # fmt: skip
    return told


def _differs(name: str, old: Any, new: Any, worth: float, moved: float) -> bool:
    if worth == ALWAYS:
        return True
    if old is None or new is None:
        # What one plan alone counted is no change of the world.
        return name != "clear_share"
    gap = seconds(old, new) - moved if name in TIMES else float(new) - float(old)
    # Figures are rounded: a tenth that is one on paper is one here.
    return abs(gap) >= worth - 1e-9


def seconds(before: str, after: str) -> float:
    """Return the seconds from one ISO time to another."""
    return (datetime.fromisoformat(after) - datetime.fromisoformat(before)).total_seconds()
