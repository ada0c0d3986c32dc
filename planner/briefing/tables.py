"""The tables of a briefing as HTML, every string escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.words import (
    KINDS,
    NONE,
    SOURCES,
    clock,
    gate_state,
    grade,
    kilometres,
    letter,
    minutes,
    moment,
    percent,
    plain,
    route_name,
    size,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

Document = dict[str, Any]

DEFAULT_LEVELS = (0.1, 0.2, 0.4, 0.6, 0.8)


def tables(document: Document, *, zone: ZoneInfo) -> str:
    """Return every table the document has something for."""
    return (
        ways_in(document, zone)
        + gates(document)
        + staging(document)
        + zones(document, zone)
        + closures(document, zone)
        + notices(document)
        + verification(document)
        + assumptions(document)
        + sources(document)
    )


def section(title: str, body: str, *, note: str = "", fold: bool = False) -> str:
    """Return one titled part of the page; a folded one opens by a click and in print."""
    name = title.lower().replace(" ", "-").replace(",", "")
    lead = f'<p class="note">{note}</p>' if note else ""
    if fold:
        return (
            f'<section id="{name}"><details><summary><h2>{title}</h2></summary>'
            f"{lead}{body}</details></section>"
        )
    return f'<section id="{name}"><h2>{title}</h2>{lead}{body}</section>'


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: str = "") -> str:
    """Return a table of cells that are already HTML; ``numbers`` marks columns with ``n``."""

    def cell(tag: str, place: int, text: str) -> str:
        kind = ' class="n"' if numbers[place : place + 1] == "n" else ""
        scope = ' scope="col"' if tag == "th" else ""
        return f"<{tag}{scope}{kind}>{text}</{tag}>"

    head = "".join(cell("th", place, text) for place, text in enumerate(heads))
    body = "".join(
        "<tr>" + "".join(cell("td", place, text) for place, text in enumerate(row)) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def levels_of(document: Document) -> tuple[float, ...]:
    """Return the risks at which the map's levels begin, as the plan's parameters say."""
    parameters = (document.get("provenance") or {}).get("parameters") or {}
    found = _field(parameters.get("level_from"), "value")
    return tuple(found) if found else DEFAULT_LEVELS


def level_mark(risk: float, levels: Sequence[float]) -> str:
    """Return a risk as its number and, where it has one, its level on the map."""
    level = sum(risk >= bound for bound in levels)
    mark = f'<span class="lv lv{level}">{level}</span> ' if level else ""
    return f"{mark}{risk:.2f}"


def ways_in(document: Document, zone: ZoneInfo) -> str:
    """Return the ways in, one group of rows an origin, first choices first."""
    if not document["origins"]:
        return ""
    heads = ("Way", "Gate", "Leave by", "Arrive", "Min", "km", "Exposure, min", "Worst risk",
             "Shared with first", "Along")  # fmt: skip
    width = len(heads)
    levels = levels_of(document)
    body = []
    for place, origin in enumerate(document["origins"]):
        title = (
            f'<th colspan="{width}" scope="colgroup"><button type="button" '
            f'data-origin="{escape(origin["id"])}">{letter(place)}</button> '
            f"From {isolate(origin['name'])}{_proof(origin)}</th>"
        )
        rows = "".join(
            _way(route, (place, n), zone, levels) for n, route in enumerate(origin["routes"])
        )
        rows += _missing(origin, width, zone)
        body.append(f'<tbody data-origin="{escape(origin["id"])}"><tr>{title}</tr>{rows}</tbody>')
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    table = f'<table class="ways"><thead><tr>{head}</tr></thead>{"".join(body)}</table>'
    note = (
        "A letter alone is the first choice; A2, A3 … are for the case that it shuts. "
        "Exposure is minutes on the way times the risk met there. Minutes include waiting."
    )
    return section("Ways in", f'<div class="scroll" tabindex="0">{table}</div>', note=note)


def _proof(origin: Document) -> str:
    if origin.get("feasible") and origin.get("proven") is False:
        return ' <span class="note">(best found; not proven best)</span>'
    return ""


def _way(route: Document, place: tuple[int, int], zone: ZoneInfo, levels: Sequence[float]) -> str:
    wait = f" ({minutes(route['wait_s'])} waiting)" if route.get("wait_s") else ""
    shared = NONE if route["role"] == "primary" else percent(route.get("shared_with_primary"))
    notes = "".join(f"<br><em>{isolate(text)}</em>" for text in route.get("notices") or [])
    streets = " \N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} ".join(
        isolate(name) for name in _named(route.get("streets") or [])
    )
    clear = "" if route.get("clear", True) else "<br><em>not clear of risk</em>"
    cells = (
        f"<b>{route_name(*place)}</b> {escape(route['role'])}",
        isolate(route.get("entrance_name") or route["entrance"]),
        f"<b>{clock(route['depart'], zone)}</b>", clock(route["arrive"], zone),
        minutes(route["time_s"]) + wait, kilometres(route["length_m"]),
        f"{route['exposure_min']:.1f}", level_mark(route["max_risk"], levels) + clear, shared,
        f"{streets}{notes}",
    )  # fmt: skip
    kinds = ("", "", ' class="n"', ' class="n"', ' class="n"', ' class="n"', ' class="n"',
             ' class="n"', ' class="n"', ' class="via"')  # fmt: skip
    row = "".join(f"<td{kind}>{cell}</td>" for kind, cell in zip(kinds, cells, strict=True))
    first = ' class="first"' if route["role"] == "primary" else ""
    return f"<tr{first}>{row}</tr>"


def _named(streets: Sequence[str]) -> list[str]:
    named = [street for street in streets if street]
    return [s for n, s in enumerate(named) if n == 0 or s != named[n - 1]]


def _missing(origin: Document, width: int, zone: ZoneInfo) -> str:
    rows = []
    if not origin["feasible"]:
        opens = f" Opens at {moment(origin['opens_at'], zone)}." if origin.get("opens_at") else ""
        reason = isolate(origin.get("reason") or "No way through.")
        rows.append(f"<b>No way through.</b> {reason}{opens}")
    rows += [f"<em>{isolate(text)}</em>" for text in origin.get("unmet") or []]
    return "".join(f'<tr><td colspan="{width}">{text}</td></tr>' for text in rows)


def gates(document: Document) -> str:
    """Return the gates: what passes, when, and what each is best for."""
    if not document["gates"]:
        return ""
    marks = {origin["id"]: letter(n) for n, origin in enumerate(document["origins"])}
    rows = [
        (
            isolate(gate["name"]),
            f"<b>{' '.join(gate_state(gate))}</b>",
            f"{escape(gate['opens'])} to {escape(gate['closes'])}",
            escape(plain(gate["kind"])),
            minutes(gate.get("time_s")),
            " ".join(escape(marks.get(o, o)) for o in gate.get("best_for") or []) or NONE,
            isolate(gate.get("reason") or "")
            + (" <em>place assumed</em>" if gate.get("assumed") else ""),
        )
        for gate in document["gates"]
    ]
    heads = ("Gate", "At arrival", "Hours", "For", "Min, fastest way", "Best for", "Note")
    return section("Gates", grid(heads, rows, numbers="....n"))


def staging(document: Document) -> str:
    """Return the ranked places to wait."""
    if not document["staging"]:
        return ""
    names = {gate["id"]: gate["name"] for gate in document["gates"]}
    rows = [
        (
            f"<b>S{int(site['rank'])}</b> {isolate(site['name'])}",
            minutes(site.get("time_s")),
            isolate(names.get(site.get("gate"), site.get("gate") or NONE)),
            escape(site.get("room_for") if site.get("room_for") is not None else NONE),
            escape(f"{site['area_m2']:,.0f}" if site.get("area_m2") else NONE),
            isolate(site.get("why") or ""),
        )
        for site in document["staging"]
    ]
    heads = ("Site", "Min to gate", "Gate", "Vehicles", "Area, m²", "Why")
    note = "Places to wait outside every risk area, each with two separate ways out."
    return section("Staging", grid(heads, rows, numbers=".n.nn"), note=note)


def zones(document: Document, zone: ZoneInfo) -> str:
    """Return what was reported: place, window, size, grade and kind of source."""
    if not document["zones"]:
        return section("Reports", "<p>No assembly or other friction is reported.</p>")
    timed = any(row.get("starts_at") for row in document["zones"])
    rows = []
    for row in document["zones"]:
        cells = [
            isolate(row.get("label") or row["id"]),
            escape(KINDS.get(row.get("kind") or "", plain(row.get("kind")))),
            escape(SOURCES.get(row.get("source_kind") or "", plain(row.get("source_kind")))),
            escape(grade(row.get("grade"))),
        ]
        if timed:
            weight = row.get("presence_at_arrival")
            cells += [
                f"{moment(row['starts_at'], zone)} to {moment(row['ends_at'], zone)}",
                escape(size(row.get("size_low"), row.get("size_high"))),
                NONE if weight is None else f"{weight:.2f}",
            ]
        rows.append(cells)
    heads = ["Report", "Kind", "Source", "Grade"]
    heads += ["Window", "People", "Weight at arrival"] if timed else []
    return section("Reports", grid(heads, rows, numbers="......n"))


def closures(document: Document, zone: ZoneInfo) -> str:
    """Return the closed roads."""
    rows = [
        (
            isolate(row.get("name") or row["id"]),
            f"{moment(row['starts_at'], zone)} to {moment(row['ends_at'], zone)}"
            if row.get("starts_at")
            else NONE,
        )
        for row in document["closures"]
    ]
    return section("Closed roads", grid(("Road", "Window"), rows)) if rows else ""


def notices(document: Document) -> str:
    """Return warnings, notices and explanations as a list."""
    keys = ("warnings", "notices", "explanations")
    words = [word for key in keys for word in document.get(key) or []]
    items = "".join(f"<li>{isolate(_text(word))}</li>" for word in words)
    return section("Good to know", f"<ul>{items}</ul>") if items else ""


def verification(document: Document) -> str:
    """Return what the independent check found."""
    found = document.get("verification")
    if not found:
        return ""
    if found["passed"]:
        text = (
            f"<p><b>✓ Passed.</b> {int(found['checked'])} routes and sites were walked again by "
            "separate code: legal roads, opening hours, closures, times, distance to crowds.</p>"
        )
    else:
        items = "".join(f"<li>{isolate(_text(fault))}</li>" for fault in found["failures"])
        text = f"<p><b>✕ Failed. Do not use the ways named here.</b></p><ul>{items}</ul>"
    return section("Independent check", text)


def assumptions(document: Document) -> str:
    """Return every parameter with its source or the word assumption."""
    parameters = (document.get("provenance") or {}).get("parameters") or {}
    rows = [
        (
            escape(plain(name)),
            isolate(_text(_field(entry, "value"))),
            escape(_field(entry, "unit")),
            isolate(_field(entry, "source")),
        )
        for name, entry in parameters.items()
    ]
    if not rows:
        return ""
    heads = ("Number", "Value", "Unit", "Where it comes from")
    return section("Assumptions", grid(heads, rows), fold=True)


def sources(document: Document) -> str:
    """Return what went in, with the credit open data asks for."""
    provenance = document.get("provenance") or {}
    rows = [
        (escape(plain(name)), isolate(_text(value)))
        for name, value in (provenance.get("inputs") or {}).items()
    ]
    if provenance.get("version"):
        rows.append(("planner version", isolate(provenance["version"])))
    credit = (
        "<p>Roads, water, parks and buildings: © OpenStreetMap contributors "
        "(ODbL 1.0, openstreetmap.org/copyright).</p>"
    )
    body = credit + (grid(("Input", "Value"), rows) if rows else "")
    return section("Sources", body, fold=False)


def _field(entry: object, name: str) -> Any:
    if isinstance(entry, dict):
        found = entry.get(name)
        return "" if found is None else found
    return entry if name == "value" else ""


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{plain(key)} {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
