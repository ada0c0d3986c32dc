"""Numbers, times, codes as people say them."""

from __future__ import annotations

from datetime import datetime
from math import atan2, isnan, pi
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

KINDS = {
    "standing_assembly": "Standing assembly",
    "march": "March",
    "blockade": "Blockade",
    "encampment": "Encampment",
    "permitted_event": "Permitted event",
    "unknown_friction": "Unclear friction",
}
SOURCES = {
    "operator": "Operator on site",
    "permit": "Permit",
    "police": "Police",
    "road_authority": "Road authority",
    "news": "News",
    "other": "Other",
}
RELIABILITY = {
    "A": "completely reliable", "B": "usually reliable", "C": "fairly reliable",
    "D": "not usually reliable", "E": "unreliable", "F": "source not judged",
}  # fmt: skip
CREDIBILITY = {
    "1": "confirmed", "2": "probably true", "3": "possibly true",
    "4": "doubtful", "5": "improbable", "6": "information not judged",
}  # fmt: skip
COMPASS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
ROBUST = "robust"
STAYS_CLEAR = "stays clear"
NONE = "\N{EN DASH}"
LEAST_QUIET_M = 5.0
FOR_OTHERS = {
    "for people on foot only": "on foot only",
    "for vehicles only": "not on foot",
}


def parse(text: str) -> datetime:
    """Return the time an ISO text of a plan stands for."""
    return datetime.fromisoformat(text)


def clock(text: str | None, zone: ZoneInfo) -> str:
    """Return hh:mm in a zone, or a dash."""
    return parse(text).astimezone(zone).strftime("%H:%M") if text else NONE


def day(text: str | datetime, zone: ZoneInfo) -> str:
    """Return weekday, day, month and year in a zone."""
    when = parse(text) if isinstance(text, str) else text
    local = when.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y}"


def moment(text: str | None, zone: ZoneInfo) -> str:
    """Return day and hh:mm in a zone, or a dash."""
    return f"{day(text, zone)} {clock(text, zone)}" if text else NONE


def window(start: str, end: str, zone: ZoneInfo) -> str:
    """Return a window, its day once where it begins and ends on the same."""
    same = day(start, zone) == day(end, zone)
    return f"{moment(start, zone)} to {clock(end, zone) if same else moment(end, zone)}"


def takes_s(route: dict[str, Any]) -> int:
    """Return the seconds of a way from departure to arrival, holds included."""
    return int(route["time_s"]) + int(route.get("wait_s") or 0)


def held(route: dict[str, Any]) -> list[str]:
    """Return the holds of a way, each as a sentence without its end."""
    told = [str(hold["text"]) for hold in route.get("holds") or []]
    return [text[:1].upper() + text[1:] for text in told]


def leave_by(route: dict[str, Any], zone: ZoneInfo) -> str:
    """Return when to leave at the latest, with the time in hand in words where there is some."""
    hand = f" ({minutes(route['margin_s'])} min in hand)" if route.get("margin_s") else ""
    return clock(route.get("leave_by") or route["depart"], zone) + hand


def leave_short(route: dict[str, Any], zone: ZoneInfo) -> str:
    """Return the same for a narrow table, under a head that tells of the minutes in hand.

    >>> from zoneinfo import ZoneInfo
    >>> leave_short({"leave_by": "2026-12-01T07:22+01:00", "margin_s": 300}, ZoneInfo("Europe/Berlin"))
    '07:22 (5)'
    """
    hand = f" ({minutes(route['margin_s'])})" if route.get("margin_s") else ""
    return clock(route.get("leave_by") or route["depart"], zone) + hand


def leave_head(document: dict[str, Any]) -> str:
    """Return the head over such times, as HTML."""
    routes = (route for origin in document["origins"] for route in origin["routes"])
    return "Leave by<br>(in&nbsp;hand)" if any(r.get("margin_s") for r in routes) else "Leave by"


def quiet_metres(route: dict[str, Any]) -> str:
    """Return how much of a way is on quiet streets, "" for none.

    >>> quiet_metres({"quiet_m": {"school": 80.4, "residential street": 150.0}})
    '230 m quiet streets'
    """
    metres = sum((route.get("quiet_m") or {}).values())
    return f"{round(metres, -1):.0f} m quiet streets" if metres >= LEAST_QUIET_M else ""


def minutes(time_s: float | None) -> str:
    """Return whole minutes, never rounding a wait or a way down to nothing."""
    if time_s is None:
        return NONE
    return str(max(round(time_s / 60), 1 if time_s > 0 else 0))


def kilometres(length_m: float | None) -> str:
    """Return kilometres with one decimal."""
    return NONE if length_m is None else f"{length_m / 1000:.1f}"


def percent(share: float | None) -> str:
    """Return a share as whole percent."""
    return NONE if share is None else f"{100 * share:.0f}%"


def letter(index: int) -> str:
    """Return A..Z, then AA, AB ...

    >>> letter(0), letter(25), letter(26)
    ('A', 'Z', 'AA')
    """
    first, last = divmod(index, 26)
    return (ascii_uppercase[first - 1] if first else "") + ascii_uppercase[last]


def route_name(origin: int, route: int) -> str:
    """Return a route's mark on the map: A for a first choice, then A2, A3 ..."""
    return letter(origin) + (str(route + 1) if route else "")


def ways_of(origin: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the routes of an origin, then its robust way where that is none of them."""
    other = (origin.get("robust") or {}).get("route")
    return [*origin["routes"], *([other] if other else [])]


def way_mark(place: int, number: int, route: dict[str, Any]) -> str:
    """Return the mark of the way at a place among those of an origin: A, A2, for the robust AR."""
    return f"{letter(place)}R" if route["role"] == ROBUST else route_name(place, number)


def grade(code: str | None) -> str:
    """Return a two-part grade in words, both codes kept."""
    if not code or len(code) == 1:
        return NONE
    source, information = RELIABILITY.get(code[0]), CREDIBILITY.get(code[1])
    return f"{code}: {source}, {information}" if source and information else code


def sources(zone: dict[str, Any]) -> str:
    """Return the kinds of source that report a zone, each once, and by how many reports."""
    told = zone.get("reports") or [zone]
    kinds = dict.fromkeys(row.get("source_kind") or "" for row in told)
    named = ", ".join(SOURCES.get(kind, plain(kind)) for kind in kinds)
    return f"{named} ({len(told)} reports)" if len(told) > 1 else named


def plain(code: str | None) -> str:
    """Return a code of the program as a word."""
    return (code or NONE).replace("_", " ")


def direction(east: float, north: float) -> str:
    """Return the compass word of a way as the crow flies.

    >>> direction(0, 5), direction(-3, -3)
    ('north', 'south-west')
    """
    return COMPASS[round(atan2(north, east) / (pi / 4)) % 8]


def said(value: object) -> str:
    """Return a value of the document as one line of text."""
    if isinstance(value, dict):
        return ", ".join(f"{plain(key)} {said(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(said(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def size(low: float | None, high: float | None) -> str:
    """Return a range of people."""
    known = [f"{value:,.0f}" for value in (low, high) if value is not None and not isnan(value)]
    return NONE.join(dict.fromkeys(known)) or "not known"


def gate_state(gate: dict[str, Any]) -> tuple[str, str]:
    """Return a gate's sign and state in words: open, shut, for others, or open but cut off."""
    # Whom a gate is for stands in its reason where it is not for those who ask.
    if (whom := str(gate.get("reason") or "")) in FOR_OTHERS:
        return "⚑", FOR_OTHERS[whom]
    if not gate["open"]:
        return "✕", "shut"
    if gate.get("time_s") is None and str(gate.get("reason") or "").startswith("no way"):
        return "✕", "no way in"
    return "✓", "open"
