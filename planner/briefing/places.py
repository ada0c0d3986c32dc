"""Tables of places: gates, staging sites, havens, routes approved beforehand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from planner.briefing.crew import begun, taken
from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.havens import nearest_havens
from planner.briefing.moving import moving_of_sites
from planner.briefing.scores import locked, not_chosen, score, scores, tried
from planner.briefing.sure import beside, counts
from planner.briefing.words import NONE, direction, gate_state, letter, minutes, plain
from planner.plan.support.words import EMERGENCY, hours, named

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.plan import Plan

Document = dict[str, Any]

MOST_OUT = 5


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
            PASSES.get(gate["kind"], escape(plain(gate["kind"]))),
            minutes(gate.get("time_s")),
            " ".join(escape(marks.get(o, o)) for o in gate.get("best_for") or []) or NONE,
            isolate(gate.get("reason") or "")
            + (" <em>place assumed</em>" if gate.get("assumed") else ""),
        )
        for gate in document["gates"]
    ]
    heads = ("Gate", "At arrival", "Hours", "For", "Min, fastest way", "First choice from", "Note")
    column = counts(document, document["gates"])
    return section("Gates", grid("Gates of the site", *beside(heads, rows, column, "....n.w")))


def staging(document: Document, zone: ZoneInfo, *, moves: bool = True) -> str:
    """Return the ranked places to wait, with the movement about each unless that stands elsewhere."""
    out = not_chosen(document, MOST_OUT) + tried(document)
    if not document["staging"]:
        room = document.get("staging_room")
        why = f": {isolate(room['text'])}" if room else ""
        note = f"No place to wait is suggested{why}."
        return section("Staging", out, note=note) if out else ""
    names = {gate["id"]: gate["name"] for gate in document["gates"]}
    rows = [
        (
            f"<b>S{int(site['rank'])}</b> {isolate(site['name'])}{locked(site)}",
            score(site),
            minutes(site.get("time_s")),
            isolate(names.get(site.get("gate"), site.get("gate") or NONE)),
            escape(site.get("room_for") if site.get("room_for") is not None else NONE),
            isolate(site.get("why") or ""),
        )
        for site in document["staging"]
    ]
    heads = ("Site", "Score", "Min to gate", "Gate", "Room for", "Why")
    apart = all(site["ways"] for site in document["staging"])
    note = f"Places to wait outside every risk area{', each with two separate ways out' * apart}."
    column = counts(document, document["staging"])
    table = grid("Staging sites, best first", *beside(heads, rows, column, ".nn.nw"))
    table += moving_of_sites(document, zone) if moves else ""
    return section("Staging", table + scores(document) + out, note=note)


def havens(plan: Plan, document: Document) -> str:
    """Return hospitals, police and fire stations: minutes under current risk where known."""
    if told := havens_by_road(document):
        return told
    found = nearest_havens(plan.support_stops, document, plan.network.epsg)
    if not found:
        return section(
            "Havens",
            "<p>The map data tells of no hospital, police or fire station near. "
            "Add them to the layer support_stops.</p>",
        )
    rows = [
        (
            isolate(str(one.row.name or f"{one.row.kind} (no name)")),
            plain(one.row.kind),
            f"{math.hypot(*one.away) / 1000:.1f}",
            direction(*one.away),
        )
        for one in found
    ]
    heads = ("Place", "Kind", "km, straight line", "From the site")
    note = (
        "Nearest first. The distance is a straight line, not a drive: roads may be longer or shut. "
        "Not asked whether they are open."
    )
    table = grid("Hospitals, police, fire stations", heads, rows, numbers="..n.")
    return section("Havens", table, note=note)


STATES = {
    "here": "on the site", "clear": "clear", "exposed": "exposed only", "none": "no way now",
}  # fmt: skip


ASK = ": ask before you go"


def _emergency(one: Document) -> str:
    """Return whether a hospital takes emergencies; "" of any other place."""
    return f", {EMERGENCY[one['emergency']]}" if one["emergency"] else ""


def havens_by_road(document: Document) -> str:
    """Return havens with the minutes of the way to them; "" where nobody looked or none is known."""
    support = document.get("support")
    if not support or not support["havens"]:
        return ""
    rows = [
        (
            isolate(named(one)) + _emergency(one),
            f"<b>{STATES[one['state']]}</b>"
            + f" (risk {one['max_risk'] or 0:.2f})" * (one["state"] == "exposed"),
            taken(one),
            begun(one),
            isolate(one["street"] or NONE),
            f"{one['line_m'] / 1000:.1f}",
            escape(hours(one).removesuffix(ASK)),
        )
        for one in support["havens"]
    ]
    heads = ("Place", "Way", "Min", "From", "Last street", "km, straight line", "Hours")
    note = (
        "Minutes by road from the gate, under the risk of the hour. The soonest clear ones of each kind; "
        "nearer ones stand below where only an exposed way leads there, or none."
    )
    return section(
        "Havens",
        grid("Hospitals, police, fire stations", heads, rows, numbers="w.n..n."),
        note=note,
    )


def approved(plan: Plan, document: Document) -> str:
    """Return the routes approved beforehand, for a reader who may see routes."""
    if not document["origins"] or not len(plan.access_routes):
        return ""
    rows = [
        (isolate(getattr(row, "name", "") or NONE), escape(plain(getattr(row, "role", None))))
        for row in plan.access_routes.itertuples()
    ]
    note = "Drawn as approved; this plan does not check them for the hour."
    table = grid("Routes approved beforehand", ("Route", "Role"), rows)
    return section("Approved routes", table, note=note)


PASSES = {"both": "vehicles, on foot", "vehicle": "vehicles", "foot": "on foot"}
