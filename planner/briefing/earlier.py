"""Before: what changed since an earlier plan, its ways as a layer of the map."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from shapely.geometry import MultiLineString

from planner.briefing.escape import escape, isolate, isolate_plain
from planner.briefing.marks import mark
from planner.briefing.words import clock

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.briefing.marks import Mark
    from planner.plan.diff.since import Changed

Record = dict[str, Any]

LAYER = "earlier"
"""Off at first: what holds now is what a map is read for."""

SHOWN = 6
"""Changes told at once; the rest is folded."""


def earlier_marks(changed: Changed | None, zone: ZoneInfo) -> list[Mark]:
    """Return the first choices of before that are others now, none where nothing is compared."""
    if changed is None:
        return []
    called = changed.found["before"]["called"]
    return [
        mark(LAYER, f"{way['origin']}:before",
             [f"Before, from {isolate_plain(way['origin_name'])} by {isolate_plain(way['entrance_name'])}",
              f"Leave by {clock(way['leave_by'], zone)}", f"Plan {called}"],
             shape=shape, style="earlier")
        for way, shape in zip(changed.ways, _apart(changed.ways), strict=True)
        if not shape.is_empty
    ]  # fmt: skip


def _apart(ways: list[Record]) -> list[MultiLineString]:
    """Return the lines of ways, each stretch of several once: dashes laid over each other fill up."""
    drawn: set[tuple[tuple[float, ...], tuple[float, ...]]] = set()
    lines = []
    for way in ways:
        parts: list[list[tuple[float, ...]]] = []
        for a, b in pairwise(tuple(point) for point in way["geometry"]["coordinates"]):
            fresh = (a, b) not in drawn and a != b
            if fresh and parts and parts[-1][-1] == a:
                parts[-1].append(b)
            elif fresh:
                parts.append([a, b])
            drawn |= {(a, b), (b, a)}
        lines.append(MultiLineString(parts))
    return lines


def since(changed: Changed | None) -> str:
    """Return the section on what changed, "" where nothing is compared."""
    if changed is None:
        return ""
    found = changed.found
    worst = "".join(
        f'<span class="worst">{isolate(said)}</span>' for said in found["sentences"][:1]
    )
    return (
        f'<details class="since onpaper"><summary><b>Since the plan {escape(found["before"]["called"])}:</b> '
        f"{isolate(found['headline'])} {worst}</summary>{changes(found)}</details>"
    )


def changes(found: Record, *, shown: int = SHOWN) -> str:
    """Return a comparison as HTML: caveats, changes worst first, what did not change."""
    first = [row["sentence"] for row in found["changes"] if _told(row, ways=False)]
    ways = [row["sentence"] for row in found["changes"] if _told(row, ways=True)]
    caveats = "".join(f"<p><b>{isolate(said)}.</b></p>" for said in found["caveats"])
    before = f"<p>First line before: {isolate(found['before']['headline'])}</p>"
    beside = f"change{'s' * (len(ways) != 1)} of other ways"
    return (
        f"{caveats}{_items(first[:shown])}{_folded('more', first[shown:])}{_folded(beside, ways)}"
        f"<p>{isolate(found['unchanged'])}</p>{before}"
    )


def _told(row: Record, *, ways: bool) -> bool:
    return bool(row["of_note"]) and (row["kind"] == "way") == ways


def _items(sentences: list[str]) -> str:
    items = "".join(f"<li>{isolate(said)}</li>" for said in sentences)
    return f"<ul>{items}</ul>" if items else ""


def _folded(what: str, sentences: list[str]) -> str:
    if not sentences:
        return ""
    return f"<details><summary>{len(sentences)} {what}</summary>{_items(sentences)}</details>"
