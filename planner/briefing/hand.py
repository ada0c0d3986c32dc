"""The planner's hand for readers: the second line, its marks on the map, its table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shapely.geometry import MultiLineString

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.grid import grid, section
from planner.briefing.marks import mark
from planner.briefing.words import NONE, clock
from planner.plan.wishes.words import amount, span

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark

Document = dict[str, Any]

HAND = "hand"
"""Layer of the map."""

TITLES = {
    "gate": "Gate to end at", "via": "Place to pass", "avoid": "Not to be driven",
    "prefer": "Preferred", "access_routes": "Preferred",
}  # fmt: skip
STYLES = {"avoid": "avoid", "prefer": "prefer", "access_routes": "prefer"}


def second_line(document: Document, names: Iterable[str]) -> str:
    """Return what was asked of the ways and what it costs, "" where nothing was."""
    wishes = document.get("wishes")
    if not wishes:
        return ""
    own = [item["name"] for item in wishes["items"]]
    return f'<p class="sure asked">{sentence(wishes["text"], [*names, *own])}</p>'


def hand_marks(document: Document) -> list[Mark]:
    """Return the places to pass, the streets left alone or preferred, as marks."""
    made, vias = [], 0
    for item in (document.get("wishes") or {"items": []})["items"]:
        facts = [item["name"], TITLES[item["kind"]], _off(item)]
        if item["kind"] == "via":
            vias += 1
            made.append(mark(HAND, item["id"], facts, at=(item["lon"], item["lat"]), rank=vias,
                             badge={"kind": "via", "text": f"V{vias}"}))  # fmt: skip
        elif item["lines"]:
            made.append(mark(HAND, item["id"], facts, shape=MultiLineString(item["lines"]),
                             style=STYLES[item["kind"]]))  # fmt: skip
    return made


def hand_table(document: Document, zone: ZoneInfo) -> str:
    """Return what was asked, whether it is kept, what each wish costs, as a section."""
    wishes = document.get("wishes")
    if not wishes:
        return ""
    rows = [
        (escape(TITLES[item["kind"]]), isolate(item["name"]),
         escape(_kept(item) + _passed(document, item, zone)), escape(cost_of(item)))
        for item in wishes["items"]
    ]  # fmt: skip
    table = grid("What was asked of the ways", ("Wish", "Which", "Kept", "Costs"), rows)
    note = (
        "Each cost is that of the wish alone, the others kept: the question was solved again "
        "without it."
    )
    return section("What was asked", table, note=note)


def _off(item: Document) -> str:
    if item["offset_m"] is None or item["offset_m"] < 1:
        return ""
    return f"{item['offset_m']:.0f} m from where it was asked"


def _kept(item: Document) -> str:
    if item["kept"] is None:
        return NONE
    if item["kept"]:
        return "by every way"
    count = len(item["broken_by"])
    return f"not by {count} way{'s' if count > 1 else ''}"


def cost_of(item: Document) -> str:
    """Return in words what one wish costs the first choices, from the least to the most."""
    minutes = [c["minutes"] for c in item["costs"] if c["minutes"] is not None]
    if not minutes:
        return NONE if not item["costs"] else "there is no way with or without it"
    low, high = min(minutes), max(minutes)
    if round(low) == round(high):
        return amount(high)
    return f"{span(low, high)}, by the side one comes from"


def _passed(document: Document, item: Document, zone: ZoneInfo) -> str:
    """Return when the first choices pass a place, "" for other wishes."""
    passes = document["wishes"]["passes"]
    firsts = [origin["routes"][0]["id"] for origin in document["origins"] if origin["routes"]]
    times = sorted(p["at"] for key in firsts for p in passes.get(key, ()) if p["id"] == item["id"])
    if not times:
        return ""
    first, last = clock(times[0], zone), clock(times[-1], zone)
    return f", at {first}" if first == last else f", between {first} and {last}"
