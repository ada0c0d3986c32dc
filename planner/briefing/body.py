"""What stands on the page: marking, first line, map with controls, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.briefing.escape import escape, isolate, isolate_plain, sentence
from planner.briefing.leaflet import CREDIT
from planner.briefing.map import LAYERS
from planner.briefing.reader import WITHHELD, names_in
from planner.briefing.tables import tables
from planner.briefing.words import clock, day, letter, minutes, moment, parse

if TYPE_CHECKING:
    from datetime import datetime

    from planner.briefing.marking import Marking

Document = dict[str, Any]

MEANING = (
    "Risk means delay to access, not a judgement of people; assembly is lawful. "
    "The plan keeps vehicles away from crowds."
)
LEVELS = ("slight delay", "some delay", "long delay likely", "hardly passable", "do not enter")
WAYS = {
    "primary": "first choice (A)",
    "alternate": "second (A2)",
    "contingency": "third (A3)",
    "emergency": "last resort (A4)",
}
SWITCHES = {
    "risk": "Risk levels",
    "zones": LAYERS["zones"],
    "routes": "Ways in",
    "gates": LAYERS["gates"],
    "staging": LAYERS["staging"],
    "stagingWays": "Ways out of staging",
    "closures": LAYERS["closures"],
    "approved": LAYERS["approved"],
    "havens": LAYERS["havens"],
    "gateways": LAYERS["gateways"],
}
PLAN_SWITCHES = ("routes", "gates", "staging", "stagingWays", "approved", "gateways")
LONG_LINE = 110
OFF_AT_FIRST = ("stagingWays",)


def body(
    document: Document,
    steps: dict[str, Any],
    map_html: str,
    *,
    marking: Marking,
    zone: ZoneInfo,
    now: datetime,
    compact: bool = False,
) -> str:
    """Return the inside of the page's body."""
    ribbon = f'<span class="tlp" style="color:{marking.colour}">{marking}</span>'
    figure = (
        f'<div class="stage"><div><div class="chart">{_view_buttons(marking)}{map_html}</div>'
        f"{_legend(marking)}</div>"
        f"<aside>{_controls(document, steps, marking)}{_shortlist(document, zone)}"
        f'<p class="note">{MEANING}</p>{_switches(marking)}</aside></div>'
    )
    if compact:
        return f'<main class="compact">{figure}</main>'
    return (
        f'<header class="ribbon"><span>{escape(marking.sharing)}</span>{ribbon}</header>'
        f"<main>{_stale(document, marking, now)}{_opening(document, marking, zone, now)}{figure}"
        f"{tables(document, zone=zone)}"
        f'<p class="note">{MEANING}</p></main>'
        f'<footer class="ribbon"><span>{escape(CREDIT)}</span>{ribbon}</footer>'
    )


def _stale(document: Document, marking: Marking, now: datetime) -> str:
    until = document.get("valid_until")
    if not until or not marking.carries_plan:
        return ""
    hidden = "" if now >= parse(until) else " hidden"
    return (
        f'<div id="stale" role="alert"{hidden}><b>Out of date.</b> This briefing was valid until '
        f"{moment(until, ZoneInfo(document['timezone']))}. Ask for a new one before you move."
        "</div><noscript><div class='stale'>Compare the time below with your watch: this page "
        "cannot warn by itself where scripts are off.</div></noscript>"
    )


def _opening(document: Document, marking: Marking, zone: ZoneInfo, now: datetime) -> str:
    name = isolate(document["facility_name"])
    if not marking.carries_plan:
        return (
            f'<div class="opening"><h1>{isolate(document["headline"])}</h1>'
            f'<p class="facts">{name}. Written {day(now, zone)}.</p>'
            f'<p class="withheld">{WITHHELD}</p></div>'
        )
    facts = [
        f"{name}, arrive by <b>{moment(document['arrive_by'], zone)}</b>",
        f"written {moment(document.get('generated_at') or now.isoformat(), zone)}",
    ]
    if document.get("valid_until"):
        facts.append(f"valid until <b>{moment(document['valid_until'], zone)}</b>")
    facts.append(f"times in {escape(document['timezone'])}")
    kinds = ["none"] * (not document["feasible"]) + ["long"] * (
        len(document["headline"]) > LONG_LINE
    )
    closed = f' class="{" ".join(kinds)}"' if kinds else ""
    return (
        f'<div class="opening"><h1{closed}>{sentence(document["headline"], names_in(document))}</h1>'
        f'<p class="facts">{" · ".join(facts)}</p>{_failure(document)}{_reasons(document, zone)}'
        "</div>"
    )


def _failure(document: Document) -> str:
    if (document.get("verification") or {}).get("passed", True):
        return ""
    return (
        '<p class="failed"><b>✕ The independent check found faults.</b> '
        "Do not use this plan before they are looked at (see Independent check).</p>"
    )


def _reasons(document: Document, zone: ZoneInfo) -> str:
    """Say in large letters why there is no way through, and when it opens."""
    if document["feasible"]:
        return ""
    seen: dict[tuple[str, str], list[str]] = {}
    for place, origin in enumerate(document["origins"]):
        opens = moment(origin["opens_at"], zone) if origin.get("opens_at") else ""
        key = (origin.get("reason") or "No way through.", opens)
        seen.setdefault(key, []).append(letter(place))
    items = "".join(
        f"<li>{isolate(reason)}{f' <b>Opens {opens}.</b>' if opens else ''}"
        f' <span class="note">(from {", ".join(marks)})</span></li>'
        for (reason, opens), marks in seen.items()
    )
    return (
        '<div class="none"><p><b>No way through by car at this time.</b> Choose: move the hour, '
        f"stay inside, or work elsewhere. Why:</p><ul>{items}</ul></div>"
    )


def _view_buttons(marking: Marking) -> str:
    whole = (
        '<button type="button" id="view-all">All ways in</button>' if marking.carries_plan else ""
    )
    return (
        '<div class="views"><button type="button" id="view-near">At the site</button>'
        f'{whole}<span class="north" aria-label="North is up">N ↑</span></div>'
    )


def _controls(document: Document, steps: dict[str, Any], marking: Marking) -> str:
    parts = []
    if marking.carries_plan:
        chosen = steps["selected"]
        parts.append(
            '<div class="control"><label for="hour">Risk at <output id="hour-text">'
            f"{steps['days'][chosen]} {steps['times'][chosen]}</output></label>"
            f'<div class="row"><button type="button" id="play">Play</button>'
            f'<input type="range" id="hour" min="0" max="{len(steps["times"]) - 1}" '
            f'value="{chosen}" step="1"><button type="button" id="arrival">Arrival</button>'
            "</div></div>"
        )
    if document["origins"]:
        options = "".join(
            f'<option value="{escape(origin["id"])}">{letter(place)}: from '
            f"{escape(isolate_plain(origin['name']))}{'' if origin['feasible'] else ' (no way)'}</option>"
            for place, origin in enumerate(document["origins"])
        )
        parts.append(
            '<div class="control"><label for="origin">Show ways from</label>'
            '<select id="origin"><option value="">all sides, first choice only</option>'
            f"{options}</select></div>"
        )
    return "".join(parts)


def _shortlist(document: Document, zone: ZoneInfo) -> str:
    rows = []
    for place, origin in enumerate(document["origins"]):
        if not origin["routes"]:
            rows.append((float("inf"), _short_none(place, origin)))
            continue
        route = origin["routes"][0]
        gate = isolate(route.get("entrance_name") or route["entrance"])
        row = (
            f'<tr data-origin="{escape(origin["id"])}"><td><b class="let">{letter(place)}</b></td>'
            f"<td>{isolate(origin['name'])}</td><td>{gate}</td>"
            f"<td class='n'><b>{clock(route['depart'], zone)}</b></td>"
            f"<td class='n'>{minutes(route['time_s'])}</td></tr>"
        )
        rows.append((route["time_s"], row))
    if not rows:
        return ""
    body_rows = "".join(row for _, row in sorted(rows, key=lambda pair: pair[0]))
    return (
        '<table class="short"><caption>First choice from each side, quickest first</caption>'
        "<thead><tr><th></th><th>From</th><th>Gate</th><th>Leave&nbsp;by</th><th>Min</th></tr>"
        f"</thead><tbody>{body_rows}</tbody></table>"
    )


def _short_none(place: int, origin: Document) -> str:
    return (
        f'<tr data-origin="{escape(origin["id"])}"><td><b class="let">{letter(place)}</b></td>'
        f"<td>{isolate(origin['name'])}</td><td colspan='3'><b>no way through</b></td></tr>"
    )


def _legend(marking: Marking) -> str:
    levels = "".join(
        f'<li><span class="lv lv{n}">{n}</span> {text}</li>' for n, text in enumerate(LEVELS, 1)
    )
    lines = "".join(
        f'<li><svg width="46" height="10" aria-hidden="true"><line class="r-{role}" x1="2" x2="44" '
        f'y1="5" y2="5"/></svg> {text}</li>'
        for role, text in WAYS.items()
    )
    signs = (
        '<li><span class="gate open"><b>✓</b></span> gate open</li>'
        '<li><span class="gate shut"><b>✕</b></span> gate shut</li>'
        '<li><span class="staging">S1</span> staging, best first</li>'
    )
    others = (
        '<li><span class="dots"></span> reported place</li>'
        '<li><span class="hatch"></span> crowd</li>'
        '<li><span class="bar"></span> closed road</li>'
        '<li><span class="haven">H</span> hospital (P police, F fire)</li>'
    )
    plan = f"<ul>{lines}</ul><ul>{signs}{others}</ul>" if marking.carries_plan else ""
    rest = "" if marking.carries_plan else f"<ul>{others}</ul>"
    return f'<div class="legend"><h2>Legend</h2><ul>{levels}</ul>{plan}{rest}</div>'


def _switches(marking: Marking) -> str:
    boxes = "".join(
        f'<label><input type="checkbox" data-layer="{key}"'
        f"{'' if key in OFF_AT_FIRST else ' checked'}> {text}</label>"
        for key, text in SWITCHES.items()
        if marking.carries_plan or key not in PLAN_SWITCHES
    )
    return f'<details class="switches"><summary>Layers</summary>{boxes}</details>'
