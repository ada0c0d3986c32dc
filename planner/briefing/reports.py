"""Tables of what was reported: assemblies, closed roads, what else to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.words import KINDS, NONE, SOURCES, grade, plain, said, size, window

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Document = dict[str, Any]


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
                window(row["starts_at"], row["ends_at"], zone),
                escape(size(row.get("size_low"), row.get("size_high"))),
                NONE if weight is None else f"{weight:.2f}",
            ]
        rows.append(cells)
    heads = ["Report", "Kind", "Source", "Grade"]
    heads += ["Window", "People", "Weight at arrival"] if timed else []
    note = (
        "Weight at arrival, 0 to 1, is how far the plan counts on the report at that time; "
        "it is not a probability."
    )
    table = grid("What was reported", heads, rows, numbers="....wnn" if timed else "")
    return section("Reports", table, note=note if timed else "")


def closures(document: Document, zone: ZoneInfo) -> str:
    """Return the closed roads."""
    rows = [
        (
            isolate(row.get("name") or row["id"]),
            window(row["starts_at"], row["ends_at"], zone) if row.get("starts_at") else NONE,
        )
        for row in document["closures"]
    ]
    if not rows:
        return ""
    timed = any(row.get("starts_at") for row in document["closures"])
    heads = ("Road", "Window")[: 1 + timed]
    return section("Closed roads", grid("Closed roads", heads, [r[: 1 + timed] for r in rows]))


def notices(document: Document) -> str:
    """Return warnings, notices and explanations as a list."""
    keys = ("warnings", "notices", "explanations")
    words = [word for key in keys for word in document.get(key) or []]
    items = "".join(f"<li>{isolate(said(word))}</li>" for word in words)
    return section("Good to know", f"<ul>{items}</ul>") if items else ""
