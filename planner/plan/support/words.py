"""Stops, havens in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from planner.plan.words import minutes
from planner.staging.support import NOUNS, OPEN, SHUT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.staging.support import Candidate

Record = dict[str, Any]

HOURS_UNKNOWN = "hours not known: ask before you go"
SHOWN = 60
"""Characters of hours that are told in words; longer ones stand in the layer."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
EMERGENCY = {"yes": "takes emergencies", "no": "takes no emergencies",
             "unknown": "emergencies: not known"}  # fmt: skip
ALL_DAY = ("00:00", "24:00")


def key_of(place: str) -> str:
    """Return by what name the check speaks of a stop or a haven.

    >>> key_of("osm-node-1")
    'support:osm-node-1'
    """
    return f"support:{place}"


def hours(record: Record) -> str:
    """Return the hours of a place in words."""
    if record["hours"] == UNKNOWN:
        return HOURS_UNKNOWN
    daily, by_day = (record["opens"], record["closes"]), record["by_day"]
    told = "all day" if daily == ALL_DAY else f"{daily[0]} to {daily[1]}"
    if not by_day:
        return f"open {told}" if record["hours"] == OPEN else f"shut then, open {told}"
    shown = by_day if len(by_day) <= SHOWN else "hours differ by the day"
    if record["hours"] == OPEN:
        return f"open {told if daily[0] else 'then'} ({shown})"
    opens = record["next_open"]
    onward = f", opens {_when(opens, record['arrive'])}" if opens else ", not open within a week"
    return f"shut then{onward} ({shown})"


def _when(opens: str, arrive: str | None) -> str:
    """Return when a place opens: the time of day, with the day of the week where it is another.

    >>> _when("2027-03-02T09:00:00+01:00", "2027-03-02T08:00:00+01:00")
    '09:00'
    >>> _when("2027-03-03T09:00:00+01:00", "2027-03-02T08:00:00+01:00")
    'Wed 09:00'
    """
    same = arrive is not None and opens[:10] == arrive[:10]
    day = "" if same else f"{DAYS[datetime.fromisoformat(opens).weekday()]} "
    return f"{day}{opens[11:16]}"


def way(record: Record) -> str:
    """Return how far a place is, in words."""
    if record["here"]:
        return "on the site"
    if record["time_s"] is None:
        return "no way leads there"
    begun = record["from"]
    return f"{minutes(record['time_s'])} from {begun['name'] if begun else 'the site'}"


def _first(opens: Sequence[datetime], when: datetime | None) -> str:
    zone = None if when is None else when.tzinfo
    told = min(opens).astimezone(zone).isoformat()
    return _when(told, told if when is None else when.isoformat())


def stop(record: Record) -> str:
    """Return a stop in words: name, minutes, hours."""
    return f"{named(record)}: {way(record)}, {hours(record)}"


def haven(record: Record) -> str:
    """Return a haven in words: name, minutes, what its way is like, hours where it is shut."""
    told = f"{named(record)}: {way(record)}"
    if record["state"] == "none":
        told = f"{named(record)}: no way leads there within an hour now"
    elif record["state"] == "exposed":
        by = " (an area at risk touches it)" if record["touched"] else ""
        told += f" by an exposed way, risk {record['max_risk']:.2f}{by}"
    elif record["state"] == "clear":
        told += " by a clear way"
    told += f"; {EMERGENCY[record['emergency']]}" if record["emergency"] else ""
    return f"{told}; {hours(record)}" if record["hours"] == SHUT else told


def named(record: Record) -> str:
    """Return a place's name with its kind; one without a name by the street it lies on."""
    return called(record) + f" ({NOUNS[record['kind']]})" * (not _is_nameless(record))


def called(record: Record) -> str:
    """Return a place's name, or its kind and the street it lies on."""
    if not _is_nameless(record):
        return str(record["name"])
    noun, street = NOUNS[record["kind"]], str(record["street"])
    return f"{noun} on {street}" if street else noun


def _is_nameless(record: Record) -> bool:
    return str(record["name"]).casefold() in {record["kind"], NOUNS[record["kind"]]}


def none_of(
    kind: str,
    found: Sequence[Candidate],
    *,
    minutes: int = 0,
    nearest: Record | None = None,
    shut: Sequence[Candidate] = (),
    when: datetime | None = None,
    touched: int = 0,
    look_min: int = 0,
) -> Record:
    """Return why no stop of a kind is told, and the nearest one that is clear and may be open.

    Parameters
    ----------
    found
        Every stop of the kind.
    shut
        Those within the minutes that are shut then.
    when
        The arrival, local: the first of them opens on that day or another.
    touched
        How many an area at risk touches.
    look_min
        Minutes beyond which nobody looks.
    """
    noun = NOUNS[kind]
    if not found:
        return {"kind": kind, "text": f"{noun}: none on the map here", "nearest": None}
    parts = []
    if shut:
        some = f"{len(shut)} nearer {'is' if len(shut) == 1 else 'are'} shut then"
        opens = [one.hours.next_open for one in shut if one.hours.next_open is not None]
        parts.append(some + (f", first opens {_first(opens, when)}" if opens else ""))
    if touched:
        parts.append(
            f"{touched} left out: an area at risk touches {'it' if touched == 1 else 'them'}"
        )
    beside = f" ({'; '.join(parts)})" if parts else ""
    onward = (
        f"nearest is {nearest['text']}" if nearest
        else f"none that is clear to reach and may be open within {look_min} min"
    )  # fmt: skip
    text = f"{noun}: none within {minutes} min{beside}; {onward}"
    return {"kind": kind, "text": text, "nearest": nearest}
