"""The medical block, with the fields of the public form ICS 206: what nobody knows is left to a pen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.words import minutes, window
from planner.plan.support.words import EMERGENCY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

Document = dict[str, Any]

PEN = '<span class="pen" role="img" aria-label="to be filled in"></span>'

SPARE = 2
"""Empty rows of a table in which the planner writes by hand."""

WAYS = {"here": "on the site", "exposed": "exposed way", "none": "no way now"}


def medical(document: Document, zone: ZoneInfo) -> str:
    """Return the block on a page of its own; "" where nobody looked."""
    support = document.get("support")
    if not support:
        return ""
    block = support["medical"]
    head = (
        f"<p><b>1 Incident</b> {isolate(block['incident'])} &ensp; "
        f"<b>2 Operational period</b> {escape(window(block['since'], block['until'], zone))}</p>"
    )
    note = (
        "The fields of the public form ICS 206. Lines are to be filled in by hand: the map does not know. "
        "Minutes by road are those at the arrival time under current risk. Hospitals known to take no "
        "emergencies are left out."
    )
    tables = _stations(block) + _transportation() + _hospitals(block)
    foot = (
        f"<p><b>6 Special procedures</b></p>{PEN}{PEN}"
        f'<p class="signed"><b>7 Prepared by</b> {escape(block["prepared_by"])}, signature {PEN}</p>'
        f'<p class="signed"><b>8 Approved by</b> {escape(block["approved_by"])}, signature {PEN}</p>'
    )
    return section("Medical", head + tables + foot, note=note)


def _stations(block: Document) -> str:
    rows = [(isolate(one["name"]), _place(one), PEN, PEN) for one in block["aid_stations"]]
    heads = ("Station", "Location", "Contact, frequency", "Paramedics on site")
    return _table("3 Medical aid stations", heads, rows)


def _transportation() -> str:
    heads = ("Ambulance service", "Location", "Contact, frequency", "Level of service")
    return _table("4 Transportation", heads, [])


def _hospitals(block: Document) -> str:
    rows = [
        (_hospital(one), f"{PEN}<br>{_place(one)}", PEN, PEN, _ground(one), PEN, PEN, PEN)
        for one in block["hospitals"]
    ]  # fmt: skip
    heads = ("Hospital", "Address, lat and lon", "Contact", "Air, min", "Road, min",
             "Trauma centre, level", "Burn centre", "Helipad")  # fmt: skip
    return _table("5 Hospitals", heads, rows)


def _hospital(one: Document) -> str:
    """Return the name of a hospital with whether it takes emergencies, a line where nobody knows."""
    known = one["emergency"] == "yes"
    return isolate(one["name"]) + (f", {EMERGENCY['yes']}" if known else f"<br>emergencies: {PEN}")


def _table(title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a table of the form, with empty rows to write in."""
    spare = [(PEN,) * len(heads)] * SPARE
    return f"<h3>{title}</h3>{grid(title, heads, [*rows, *spare])}"


def _ground(one: Document) -> str:
    told = "" if one["ground_s"] is None or one["state"] == "here" else minutes(one["ground_s"])
    way = WAYS.get(one["state"], "")
    return f"{told}{', ' * bool(told and way)}{way}"


def _place(one: Document) -> str:
    return f"{one['lat']:.5f}, {one['lon']:.5f}"
