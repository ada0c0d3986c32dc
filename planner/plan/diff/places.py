"""What changed of gates, staging sites, reports, closed roads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from planner.plan.diff.fields import PLACE_M, WORTH, Change, fields
from planner.plan.diff.told import name_of, share_of
from planner.plan.diff.ways import M_PER_DEG
from planner.plan.words import minutes, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Record = dict[str, Any]


class Place(NamedTuple):
    """How one kind of place is compared.

    Attributes
    ----------
    rows
        Where its records stand in a plan.
    worse, better, other
        Ranks of what is bad news, good news, neither.
    called, added, removed
        Words: of a record; of one only the plan after has; of one only that before has.
    bad
        Which of added, removed is bad news.
    told
        Words of what changed, by record before and after.
    """

    rows: str
    worse: int
    better: int
    other: int
    called: Callable[[Record], str]
    added: Callable[[Record], str]
    removed: Callable[[Record], str]
    bad: str
    told: Callable[[Record, Record], list[str]]


def place_changes(before: Record, after: Record) -> Iterator[Change]:
    """Yield what differs of every gate, staging site, report, closed road."""
    for kind, place in PLACES.items():
        old, new = _rows(before, place), _rows(after, place)
        for key in dict.fromkeys((*old, *new)):
            if key in old and key in new:
                yield from _changed(kind, place, old[key], new[key])
            else:
                what = "removed" if key in old else "added"
                yield _one_sided(kind, place, what, (old if key in old else new)[key])


def _rows(document: Record, place: Place) -> dict[str, Record]:
    """Return the records by id, sites with the name of the gate they lead to."""
    gates = {gate["id"]: gate["name"] for gate in document["gates"]}
    led = ({"gate_name": gates.get(row["gate"], row["gate"])} if "gate" in row else {}
           for row in document[place.rows])  # fmt: skip
    rows = zip(document[place.rows], led, strict=True)
    return {row["id"]: row | more for row, more in rows}


def _one_sided(kind: str, place: Place, what: str, row: Record) -> Change:
    words = (place.added if what == "added" else place.removed)(row)
    rank = place.worse if what == place.bad else place.better
    if kind == "zone" and row["status"] == "expired":
        return Change(kind, row["id"], what, place.other)
    return Change(kind, row["id"], what, rank, words)


def _changed(kind: str, place: Place, old: Record, new: Record) -> Iterator[Change]:
    found = [*fields(kind, old, new), *_moved(old, new)]
    if not found:
        return
    parts = place.told(old, new)
    gap = next((row["after"] for row in found if row["name"] == "moved_m"), 0.0)
    if gap >= PLACE_M:
        parts.append(f"moved by {_metres(gap)}")
    elif _outline(old) != _outline(new):
        parts.append("drawn otherwise")
    said = f"{place.called(new)}: {'; '.join(parts)}" if parts else ""
    yield Change(kind, new["id"], "changed", _rank(place, old, new), said, fields=tuple(found))


def _rank(place: Place, old: Record, new: Record) -> int:
    if "open" in new and old["open"] != new["open"]:
        return place.better if new["open"] else place.worse
    return place.other


def _moved(old: Record, new: Record) -> list[Record]:
    (x, y), (u, v) = _middle(old), _middle(new)
    gap = M_PER_DEG * math.hypot((u - x) * math.cos(math.radians(y)), v - y)
    if gap == 0:
        return []
    return [{"name": "moved_m", "before": 0.0, "after": round(gap, 1), "of_note": gap >= PLACE_M}]


def _middle(row: Record) -> tuple[float, float]:
    """Return lon, lat of a record: its point, or the middle of its shape."""
    if "geometry" not in row:
        return row["lon"], row["lat"]
    from shapely.geometry import shape

    middle = shape(row["geometry"]).centroid
    return middle.x, middle.y


def _outline(row: Record) -> Any:
    return row.get("geometry")


def _metres(gap: float) -> str:
    return f"{gap:.0f} m" if gap < 1000 else f"{gap / 1000:.1f} km"


def _window(row: Record) -> str:
    return span(row["starts_at"], row["ends_at"])


def _state(row: Record) -> str:
    why = f", {name_of(row['reason'])}" if row["reason"] else ""
    return "open" if row["open"] else f"shut{why}"


def _gate(old: Record, new: Record) -> list[str]:
    parts = [*_renamed(old, new)]
    if old["open"] != new["open"]:
        parts.append(f"now {_state(new)}")
    hours = [f"{name_of(row['opens'])} to {name_of(row['closes'])}" for row in (old, new)]
    if hours[0] != hours[1]:
        parts.append(f"hours {hours[1]} instead of {hours[0]}")
    if old.get("kind") != new.get("kind"):
        parts.append(f"now for {name_of(str(new.get('kind')))}")
    return [*parts, *share_of(old, new)]


def _site(old: Record, new: Record) -> list[str]:
    parts = [*_renamed(old, new)]
    if old["rank"] != new["rank"]:
        parts.append(f"now S{new['rank']:.0f} instead of S{old['rank']:.0f}")
    longer = new["time_s"] - old["time_s"]
    if abs(longer) >= WORTH["seconds"]:
        more = "longer" if longer > 0 else "shorter"
        parts.append(
            f"{minutes(new['time_s'])} to {name_of(new['gate_name'])}, {minutes(abs(longer))} {more}"
        )
    if old["gate"] != new["gate"]:
        parts.append(f"now to {name_of(new['gate_name'])} instead of {name_of(old['gate_name'])}")
    if old["room_for"] != new["room_for"]:
        parts.append(f"room for {new['room_for']:.0f} vehicles instead of {old['room_for']:.0f}")
    return [*parts, *share_of(old, new)]


def _zone(old: Record, new: Record) -> list[str]:
    parts = [*_times(old, new)]
    if old["kind"] != new["kind"]:
        parts.append(f"now a {_plain(new['kind'])}, before a {_plain(old['kind'])}")
    sizes = [f"{row['size_low']:,.0f} to {row['size_high']:,.0f} people" for row in (old, new)]
    if sizes[0] != sizes[1]:
        parts.append(f"{sizes[1]} instead of {sizes[0]}")
    if old["grade"] != new["grade"]:
        parts.append(f"grade {name_of(new['grade'])} instead of {name_of(old['grade'])}")
    if old["status"] != new["status"]:
        parts.append(f"{name_of(new['status'])} at the arrival, before {name_of(old['status'])}")
    return parts


def _closure(old: Record, new: Record) -> list[str]:
    return [*_renamed(old, new), *_times(old, new)]


def _renamed(old: Record, new: Record) -> list[str]:
    return [f"before called {name_of(old['name'])}"] if old["name"] != new["name"] else []


def _times(old: Record, new: Record) -> list[str]:
    of_note = [
        row for row in fields("closure", old, new) if row["name"] in ("starts_at", "ends_at")
    ]
    if not any(row["of_note"] for row in of_note):
        return []
    return [f"{_window(new)} instead of {_window(old)}"]


def _plain(kind: str) -> str:
    return name_of(kind.replace("_", " "))


PLACES = {
    "gate": Place(
        "gates", 20, 72, 60, lambda row: name_of(row["name"]),
        lambda row: f"{name_of(row['name'])}: a new gate, {_state(row)}",
        lambda row: f"{name_of(row['name'])}: no more a gate", "removed", _gate,
    ),
    "zone": Place(
        "zones", 40, 78, 42, lambda row: name_of(row["label"]),
        lambda row: f"New report: {name_of(row['label'])}",
        lambda row: f"No more reported: {name_of(row['label'])}", "added", _zone,
    ),
    "closure": Place(
        "closures", 41, 79, 43, lambda row: f"Closed road {name_of(row['name'])}",
        lambda row: f"Newly closed: {name_of(row['name'])}, {_window(row)}",
        lambda row: f"No more closed: {name_of(row['name'])}", "added", _closure,
    ),
    "site": Place(
        "staging", 61, 82, 84, lambda row: f"Staging {name_of(row['name'])}",
        lambda row: f"Staging {name_of(row['name'])}: new, S{row['rank']:.0f}",
        lambda row: f"Staging {name_of(row['name'])}, S{row['rank']:.0f}: no more",
        "removed", _site,
    ),
}  # fmt: skip
