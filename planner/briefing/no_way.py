"""What those do who have no way in: where to stop, how to go on, in words; on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from planner.briefing.escape import escape, isolate, isolate_plain, sentence
from planner.briefing.marks import mark
from planner.briefing.words import clock, letter, minutes, moment, parse, takes_s
from planner.plan.no_way.advice import last_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark

Document = dict[str, Any]

LAYER = "halts"
MOST_TRANSIT = 4
PENDING = "Where to stop and how to go on is being worked out …"
NO_PLACE = "no clear way leads to a place to stop"


def onward(document: Document, zone: ZoneInfo, *, pending: bool = False) -> str:
    """Return in a box what those do who have no way in; "" where all have one.

    Parameters
    ----------
    document
        The plan's document as its reader may see it.
    zone
        Zone in which times are told.
    pending
        Whether nobody has looked yet.
    """
    closed = [(n, origin) for n, origin in enumerate(document["origins"]) if not origin["routes"]]
    if not closed or (pending and document["feasible"]):
        return ""
    if pending:
        return f'<div class="onward"><p>{PENDING}</p></div>'
    beside = document.get("advice") or {}
    items = [
        *_stops(document, closed, zone), *_hours([origin for _, origin in closed], zone),
        *_gates(beside.get("gates") or [], zone), *_transit(beside.get("transit") or []),
        *_inside(beside.get("inside")),
    ]  # fmt: skip
    if not items:
        return ""
    told = "".join(f"<li><b>{head}:</b> {text}</li>" for head, text in items)
    return f'<div class="onward"><p><b>What to do instead</b></p><ul>{told}</ul></div>'


def halts(document: Document) -> list[Document]:
    """Return the places where somebody stops, each once, in the order of the origins."""
    found = {o["stop"]["id"]: o["stop"] for o in document["origins"] if o.get("stop")}
    return list(found.values())


def halt_name(document: Document, key: str) -> str:
    """Return the mark of a place to stop: a number where there is more than one."""
    ids = [stop["id"] for stop in halts(document)]
    return "Stop" if len(ids) == 1 else f"Stop {ids.index(key) + 1}"


def in_short(document: Document, origin: Document, zone: ZoneInfo) -> str:
    """Return in a few words, as HTML, that an origin has no way, and where it stops."""
    stop = origin.get("stop")
    if not stop:
        return "<b>no way through</b>"
    there = f", by {clock(stop['drive']['arrive'], zone)}" if stop["walk"] else ""
    return f"<b>no way through</b>: {escape(halt_name(document, stop['id']))}{there}"


def _stops(
    document: Document, closed: Sequence[tuple[int, Document]], zone: ZoneInfo
) -> Iterator[tuple[str, str]]:
    for stop in halts(document):
        sides = [(n, o["stop"]) for n, o in closed if (o.get("stop") or {}).get("id") == stop["id"]]
        letters = _letters([n for n, _ in sides], document)
        there = min((one["drive"]["arrive"] for _, one in sides), key=parse)
        by = f", be there by {clock(there, zone)}" if stop["walk"] else ", for those under way"
        text = (
            f"{isolate(stop['name'])}{by} (from {letters}); "
            f"clear until {clock(stop['stay']['until'], zone)}. {_walk(stop, zone)}"
        )
        yield escape(halt_name(document, stop["id"])), text
    lost = [letter(n) for n, origin in closed if not origin.get("stop")]
    if lost:
        yield f"From {', '.join(lost)}", f"{NO_PLACE}; do not set out at this hour."


def _letters(sides: Sequence[int], document: Document) -> str:
    """Return the letters of sides, all of them in one word."""
    every = len(sides) == len(document["origins"]) > 1
    return "every side" if every else ", ".join(letter(n) for n in sides)


def _walk(stop: Document, zone: ZoneInfo) -> str:
    walk = stop["walk"]
    if walk is None:
        return "No clear way on foot reaches an open gate in time."
    gate = isolate(walk["entrance_name"])
    return (
        f"Then <b>{minutes(takes_s(walk))} min on foot</b> to {gate}, clear, "
        f"there at {clock(walk['arrive'], zone)}{_rolled(stop.get('wheelchair'), zone)}."
    )


def _rolled(way: Document | None, zone: ZoneInfo) -> str:
    if way is None:
        return "; no clear way by wheelchair"
    return f"; by wheelchair {minutes(takes_s(way))} min, set out by {clock(way['depart'], zone)}"


def _hours(origins: Sequence[Document], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    before = [o["earlier"] for o in origins if o.get("earlier")]
    after = [o["later"] for o in origins if o.get("later")]
    told = []
    if before:
        last = last_of(before)
        told.append(f"arrive by {clock(last['arrive'], zone)} {_gate_of(last, zone)}")
    if after:
        first = min(after, key=lambda one: parse(one["arrive_by"]))
        risky = "" if first["clear"] else f", not clear, risk {first['max_risk']:.2f}"
        opens = moment(first["arrive_by"], zone)
        told.append(f"from {opens} on {_gate_of(first, zone)}{risky}")
    if told:
        yield "By vehicle at another hour", ", or ".join(told) + "."


def _gate_of(hour: Document, zone: ZoneInfo) -> str:
    return f"at {isolate(hour['entrance_name'])} (leave by {clock(hour['leave_by'], zone)})"


def _gates(gates: Sequence[Document], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    if gates:
        told = ", ".join(f"{isolate(g['name'])} at {clock(g['opens_at'], zone)}" for g in gates)
        yield "Opens within the hour", f"{told}."


def _transit(stops: Sequence[Document]) -> Iterator[tuple[str, str]]:
    if stops:
        told = "; ".join(
            f"{isolate(stop['name'])} ({escape(stop['kind'])}), {minutes(takes_s(stop['walk']))} min "
            f"to {isolate(stop['walk']['entrance_name'])}"
            for stop in stops[:MOST_TRANSIT]
        )
        yield "Public transport, then clear on foot", f"{told}. Timetables are not known here."


def _inside(told: Document | None) -> Iterator[tuple[str, str]]:
    if told:
        text = escape(told["text"])
        yield "People inside", f"{text[:1].upper()}{text[1:]}."


def walks_told(document: Document) -> dict[str, tuple[str, str]]:
    """Return by place to stop the id and the letter of the first origin: there its walk is told."""
    found: dict[str, tuple[str, str]] = {}
    for n, origin in enumerate(document["origins"]):
        if origin.get("stop"):
            found.setdefault(origin["stop"]["id"], (origin["id"], letter(n)))
    return found


def stop_ways(
    origin: Document, zone: ZoneInfo, told: Mapping[str, tuple[str, str]] | None = None
) -> str:
    """Return where an origin without a way stops, street by street and on foot; "" for none.

    Parameters
    ----------
    origin, zone
        The origin; the zone in which times are told.
    told
        From ``walks_told``: a walk is told once. Without it, it is told here.
    """
    stop = origin.get("stop")
    if not stop:
        return ""
    names = [stop["name"]]
    for way in (stop["drive"], stop["walk"], stop.get("wheelchair")):
        names += [way["entrance_name"], *way["streets"]] if way else []
    parts = [("Drive", stop["drive"])]
    key, mark = (told or {}).get(stop["id"], (origin["id"], ""))
    if key == origin["id"]:
        parts += [("On foot", stop["walk"]), ("By wheelchair", stop.get("wheelchair"))]
    text = "".join(_steps(f"{head} to {way['entrance_name']}", way, names, zone)
                   for head, way in parts if way)  # fmt: skip
    beside = f"<p>On from there as from {mark}.</p>" if key != origin["id"] and stop["walk"] else ""
    return f'<p class="change"><b>{sentence(stop["text"], names)}.</b></p>{text}{beside}'


def _steps(head: str, way: Document, names: Sequence[str], zone: ZoneInfo) -> str:
    lines = "".join(
        f"<li><time>{clock(step['at'], zone)}</time> <span>{sentence(step['text'], names)}</span></li>"
        for step in way["steps"]
    )
    return (
        f'<details class="onpaper"><summary><b>{sentence(head, names)}</b>, street by street, '
        f'{minutes(takes_s(way))} min</summary><ol class="steps">{lines}</ol></details>'
    )


def halt_marks(document: Document, zone: ZoneInfo) -> list[Mark]:
    """Return the marks of where to stop: drives, walks drawn dashed, then the places."""
    stops = [origin["stop"] for origin in document["origins"] if origin.get("stop")]
    drives = [
        _line(stop["drive"], "drive", f"Drive to {isolate_plain(stop['name'])}", zone)
        for stop in stops
    ]
    walks = {
        stop["id"]: _line(stop["walk"], "walk", f"On foot from {isolate_plain(stop['name'])}", zone)
        for stop in stops if stop["walk"]
    }  # fmt: skip
    places = [
        mark(LAYER, stop["id"], [stop["name"], "Stop here: no way through by vehicle", stop["text"]],
             at=(stop["lon"], stop["lat"]), rank=rank,
             badge={"kind": "halt", "text": halt_name(document, stop["id"])})
        for rank, stop in enumerate(halts(document))
    ]  # fmt: skip
    return [*drives, *walks.values(), *places]


def _line(way: Document, style: str, title: str, zone: ZoneInfo) -> Mark:
    facts = [title, f"{minutes(takes_s(way))} min, there at {clock(way['arrive'], zone)}", "Clear"]
    shape = shapely.LineString(way["geometry"]["coordinates"])
    return mark(LAYER, way["id"], facts, shape=shape, style=style)
