"""The ways in: figures, street by street, the last point at which to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.grid import framed, section
from planner.briefing.no_way import stop_ways, walks_told
from planner.briefing.sure import column_head, count_cell
from planner.briefing.words import (
    NONE,
    STAYS_CLEAR,
    clock,
    held,
    kilometres,
    letter,
    minutes,
    moment,
    percent,
    quiet_metres,
    route_name,
    takes_s,
    way_mark,
    ways_of,
)
from planner.plan.directions.speech import speech_of
from planner.plan.levels import level_of, levels_of
from planner.plan.pace.names import NAMES, PACE
from planner.plan.words import latest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

Document = dict[str, Any]

HEADS = ("Way", "Gate", "Leave by", "Arrive", "Min", "km", "Worst risk", "Exposure, min",
         "Shared with first")  # fmt: skip
THEN = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "


def ways_in(document: Document, zone: ZoneInfo, *, linked: bool = True) -> str:
    """Return the ways in, one group of rows an origin, first choices first.

    Parameters
    ----------
    document
        The plan's document as its reader may see it.
    zone
        Zone in which times are told.
    linked
        Whether a script shows a side on the map when its letter is pressed.
    """
    if not document["origins"]:
        return ""
    told, column = speech_of(document.get("profile")), column_head(document)
    heads = (*HEADS, column) if column else HEADS
    how = _How(
        zone, levels_of(document), document.get("ensemble"), len(heads), walks_told(document)
    )
    groups = (
        _group(origin, place, how, linked=linked)
        for place, origin in enumerate(document["origins"])
    )
    kinds = ("", "", *[' class="n"'] * (len(heads) - 2))
    head = "".join(f'<th scope="col"{k}>{text}</th>' for k, text in zip(kinds, heads, strict=True))
    table = framed(
        f"Ways in from each {told.side}",
        f"<thead><tr>{head}</tr></thead>{''.join(groups)}",
        kind="ways",
    )
    note = (
        "A letter alone is the first choice; A2, A3 … are for the case that it shuts. "
        f"{PACE} "
        "Open a street-by-street text to read it aloud: each line begins with the time at which it "
        "is due. Minutes include waiting; exposure is minutes on the way times the risk met there."
    )
    return section(told.ways, table, note=note)


def level_mark(risk: float, levels: Sequence[float]) -> str:
    """Return a risk as its number and, where it has one, its level on the map."""
    level = level_of(risk, levels)
    mark = f'<span class="lv lv{level}" title="level {level}">{level}</span> ' if level else ""
    return f"{mark}{risk:.2f}"


class _How(NamedTuple):
    """How ways are told: zone, map levels, variations, columns, where the walk of a stop is told."""

    zone: ZoneInfo
    levels: Sequence[float]
    ensemble: Document | None
    columns: int
    walks: Mapping[str, tuple[str, str]]


def _group(origin: Document, place: int, how: _How, *, linked: bool) -> str:
    key, mark = escape(origin["id"]), letter(place)
    button = (
        f'<button type="button" data-origin="{key}" aria-label="Show {mark} on the map">{mark}'
        "</button>"
    )
    still = f'<b class="let">{mark}</b>'
    title = (
        f'<th colspan="{how.columns}" scope="rowgroup">'
        f"{button if linked else still} "
        f"From {isolate(origin['name'])}{_proof(origin)}</th>"
    )
    rows = "".join(_way(origin, (place, n), how) for n in range(len(ways_of(origin))))
    rows += _missing(origin, how)
    return f'<tbody data-origin="{key}"><tr class="from">{title}</tr>{rows}</tbody>'


def _proof(origin: Document) -> str:
    if origin.get("feasible") and origin.get("proven") is False:
        return ' <span class="note">(best found; not proven best)</span>'
    return ""


def _way(origin: Document, place: tuple[int, int], how: _How) -> str:
    route, zone = ways_of(origin)[place[1]], how.zone
    wait = f" ({minutes(route['wait_s'])} waiting)" if route.get("wait_s") else ""
    shared = NONE if route["role"] == "primary" else percent(route.get("shared_with_primary"))
    clear = "" if route.get("clear", True) else "<br><em>not clear</em>"
    role = NAMES.get(route["role"], STAYS_CLEAR)
    name = f"<b>{way_mark(*place, route)}</b> {role}"
    figures = (
        f"<b>{clock(route.get('leave_by') or route['depart'], zone)}</b>{_hand(route)}",
        clock(route["arrive"], zone),
        minutes(takes_s(route)) + wait, kilometres(route["length_m"]) + _quiet(route),
        level_mark(route["max_risk"], how.levels) + clear, f"{route['exposure_min']:.1f}", shared,
        *([count_cell(route, how.ensemble)] if how.columns > len(HEADS) else []),
    )  # fmt: skip
    gate = isolate(route.get("entrance_name") or route["entrance"])
    cells = "".join(f'<td class="n">{cell}</td>' for cell in figures)
    first = " first" if route["role"] == "primary" else ""
    return (
        f'<tr class="choice{first}"><th scope="row">{name}</th><td>{gate}</td>{cells}</tr>'
        f'<tr class="told{first}"><td colspan="{how.columns}">{_told(origin, place, zone)}</td></tr>'
    )


def _hand(route: Document) -> str:
    """Return how much earlier than the drive asks one leaves."""
    hand = route.get("margin_s")
    return f'<br><span class="note">{minutes(hand)} min in hand</span>' if hand else ""


def _quiet(route: Document) -> str:
    """Return how many metres of a way are on quiet streets."""
    told = quiet_metres(route)
    return f'<br><span class="note">{told}</span>' if told else ""


def _told(origin: Document, place: tuple[int, int], zone: ZoneInfo) -> str:
    """Return a way in words: when to use it, where to change, what to heed, street by street."""
    route = ways_of(origin)[place[1]]
    names = names_of(origin)
    last = _use(route, names) + _change(origin, place, names)
    heed = "".join(
        f'<p class="heed"><em>{isolate(text)}</em></p>' for text in route.get("notices") or []
    )
    heed = _holds(route, names) + heed
    streets = THEN.join(isolate(name) for name in _named(route.get("streets") or []))
    steps = route.get("steps") or []
    if not steps:
        return f'{last}{heed}<p class="chain">{streets}</p>'
    lines = "".join(
        f"<li><time>{clock(step.get('at'), zone)}</time> "
        f"<span>{sentence(step.get('text') or '', names)}</span></li>"
        for step in steps
    )
    paper = ' class="onpaper"' if route["role"] == "primary" else ""
    told = latest(route)
    note = f'<p class="note">{told}</p>' if told else ""
    return (
        f"{last}{heed}<details{paper}><summary><b>{way_mark(*place, route)} street by street</b> "
        f'<span class="chain">{streets}</span></summary>{note}<ol class="steps">{lines}</ol></details>'
    )


def _use(route: Document, names: Sequence[str]) -> str:
    """Return what must happen for a way to be right."""
    told = route.get("use_when") or ""
    return f'<p class="use">{sentence(told, names)}</p>' if told else ""


def _holds(route: Document, names: Sequence[str]) -> str:
    """Return where a way stands still, and until when."""
    said = "; ".join(sentence(text, names) for text in held(route))
    return f'<p class="change"><b>{said}</b></p>' if said else ""


def _change(origin: Document, place: tuple[int, int], names: Sequence[str]) -> str:
    """Return the last point at which to change, with the mark of the way changed to."""
    decision = ways_of(origin)[place[1]].get("decision") or {}
    head, colon, rest = str(decision.get("text") or "").partition(":")
    if not rest:
        return ""
    marks = {
        route["id"]: f" ({route_name(place[0], n)})" for n, route in enumerate(origin["routes"])
    }
    told = f"<b>{escape(head)}{colon}</b>{sentence(rest, names)}{marks.get(decision.get('to'), '')}"
    return f'<p class="change">{told}</p>'


def names_of(origin: Document) -> list[str]:
    """Return every name the sentences of an origin's routes may speak of."""
    names = [origin["name"]]
    for route in ways_of(origin):
        names += [route.get("entrance_name"), *(route.get("streets") or [])]
        names += [step.get("street") for step in route.get("steps") or []]
        names += [hold["place"] for hold in route.get("holds") or []]
        names.append((route.get("decision") or {}).get("street"))
        names += (route.get("trigger") or {}).get("streets") or []
    return list(dict.fromkeys(str(name) for name in names if name))


def _named(streets: Sequence[str]) -> list[str]:
    named = [street for street in streets if street]
    return [s for n, s in enumerate(named) if n == 0 or s != named[n - 1]]


def _missing(origin: Document, how: _How) -> str:
    rows, zone = [], how.zone
    if not origin["feasible"]:
        opens = f" Opens at {moment(origin['opens_at'], zone)}." if origin.get("opens_at") else ""
        reason = str(origin.get("reason") or "No way through.")
        reason = isolate(reason) + "." * bool(opens and not reason.endswith("."))
        rows.append(f"<b>No way through.</b> {reason}{opens}")
        rows += [told for told in [stop_ways(origin, zone, how.walks)] if told]
    rows += [f"<em>{isolate(text)}</em>" for text in origin.get("unmet") or []]
    return "".join(f'<tr><td colspan="{how.columns}">{text}</td></tr>' for text in rows)
