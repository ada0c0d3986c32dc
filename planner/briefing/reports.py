"""Tables of what was reported: assemblies, closed roads, what else to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.words import (
    KINDS,
    NONE,
    grade,
    moment,
    plain,
    said,
    size,
    sources,
    window,
)
from planner.plan.zones import current, expired

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Document = dict[str, Any]


def zones(document: Document, zone: ZoneInfo) -> str:
    """Return what is reported: place, window, size, grade and kind of source; then what expired."""
    now, gone = current(document), expired(document)
    if not now and not gone:
        return section("Reports", "<p>No assembly or other friction is reported.</p>")
    timed = any(row.get("starts_at") for row in now)
    heads = ["Report", "Kind", "Source", "Grade"]
    heads += ["Window", "People", "Weight at arrival"] if timed else []
    note = (
        "Weight at arrival, 0 to 1, is how far the plan counts on the report at that time; "
        "it is not a probability."
    )
    rows = [_zone(row, zone, timed=timed) for row in now]
    table = (
        grid("What was reported", heads, rows, numbers="....wnn" if timed else "")
        if now
        else "<p>No assembly or other friction is reported for that time.</p>"
    )
    return section("Reports", table + _expired(gone, zone), note=note if timed else "")


def _zone(row: Document, zone: ZoneInfo, *, timed: bool) -> list[str]:
    cells = [
        isolate(row.get("label") or row["id"]),
        escape(KINDS.get(row.get("kind") or "", plain(row.get("kind")))),
        escape(sources(row)),
        escape(grade(row.get("grade"))),
    ]
    if timed:
        weight = row.get("presence_at_arrival")
        when = window(row["starts_at"], row["ends_at"], zone)
        cells += [
            f"{when} (not yet)" if row.get("status") == "not yet" else when,
            escape(size(row.get("size_low"), row.get("size_high"))),
            NONE if weight is None else f"{weight:.2f}",
        ]
    return cells


def _expired(rows: list[Document], zone: ZoneInfo) -> str:
    if not rows:
        return ""
    items = "".join(
        f"<li>{isolate(row.get('label') or row['id'])}: expired {moment(row['expires_at'], zone)}</li>"
        for row in rows
    )
    return f"<p>Expired, no longer counted:</p><ul>{items}</ul>"


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
    """Return warnings and notices as a list."""
    keys = ("warnings", "notices")
    words = [word for key in keys for word in document.get(key) or []]
    items = "".join(f"<li>{isolate(said(word))}</li>" for word in words)
    return section("Good to know", f"<ul>{items}</ul>") if items else ""
