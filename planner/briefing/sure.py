"""How sure: how often ways, gates, sites stay clear in simulated variations of the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.grid import grid, section
from planner.briefing.reader import names_in
from planner.briefing.words import NONE, ROBUST, STAYS_CLEAR, letter, ways_of
from planner.plan.doubt.variations import count, is_other, of_all, sampled
from planner.plan.pace.names import NAMES

if TYPE_CHECKING:
    from collections.abc import Sequence

Document = dict[str, Any]

NOTE = (
    "Each variation is one reading of all reports: whether each is there, where, how many, from when "
    "to when, within what was reported of it. The numbers count those in which a way, a gate or "
    "a site stays clear; they say nothing of what nobody reported. Small below each: between which "
    "numbers it would lie were there many more variations (Wilson, 95%)."
)


def sure(document: Document) -> str:
    """Return how often ways, gates, sites stay clear; "" where that was not looked at."""
    ensemble = document.get("ensemble")
    if not ensemble:
        return ""
    lead = f"<p><b>{sentence(ensemble['sentence'], names_in(document))}</b></p>"
    if not column_head(document):
        return section("How sure", lead)
    varied = "".join(f"<li>{isolate(text)}</li>" for text in ensemble["varied"])
    body = f"{lead}{_sides(document)}{_ways(document)}{_places(document)}"
    return section("How sure", f"{body}<p>What was varied:</p><ul>{varied}</ul>", note=NOTE)


def _ways(document: Document) -> str:
    """Return a row for each side: in how many variations each of its ways stays clear."""
    roles = [
        role for role in (*NAMES, ROBUST) if any(_of_role(o, role) for o in document["origins"])
    ]
    if _same(document):
        roles = [*dict.fromkeys([*roles, ROBUST])]
    rows = [
        (f"<b>{letter(place)}</b> {isolate(origin['name'])}",
         *(_count(origin, role, document["ensemble"]) for role in roles))
        for place, origin in enumerate(document["origins"])
    ]  # fmt: skip
    names = [NAMES.get(role, STAYS_CLEAR) for role in roles]
    heads = ("From", *(name.capitalize() for name in names))
    caption = f"{column_head(document)} variations: ways"
    return grid(caption, heads, rows, "." + "n" * len(roles)) if roles else ""


def _places(document: Document) -> str:
    """Return in how many variations each gate has a clear way, each site stays clear."""
    named = [(isolate(gate["name"]), "some clear way to it", gate) for gate in document["gates"]]
    named += [
        (f"<b>S{int(site['rank'])}</b> {isolate(site['name'])}", "its ground, its door", site)
        for site in document["staging"]
    ]
    ensemble = document["ensemble"]
    rows = [
        (name, what, _counted(record, ensemble))
        for name, what, record in named
        if of_all(record, ensemble)
    ]
    heads = ("Gate or site", "Clear means", column_head(document))
    caption = f"{column_head(document)} variations: gates, sites"
    return grid(caption, heads, rows, "..n") if rows else ""


def _of_role(origin: Document, role: str) -> Document | None:
    return next((route for route in ways_of(origin) if route["role"] == role), None)


def _same(document: Document) -> bool:
    return any((origin.get("robust") or {}).get("same_as") for origin in document["origins"])


def _count(origin: Document, role: str, ensemble: Document) -> str:
    """Return the count of a way of a side, what the robust one is called, or a dash."""
    same = (origin.get("robust") or {}).get("same_as") if role == ROBUST else None
    if same:
        return next((NAMES[r["role"]] for r in origin["routes"] if r["id"] == same), NONE)
    record = _of_role(origin, role)
    return NONE if record is None else _counted(record, ensemble)


def _counted(record: Document, ensemble: Document) -> str:
    between = sampled(record, ensemble)
    small = f'<br><span class="note">{escape(between)}</span>' if between else ""
    return count_cell(record, ensemble) + small


def _sides(document: Document) -> str:
    """Return the robust way of each side beside its first choice, where they differ."""
    names = names_in(document)
    items = "".join(
        f"<li><b>{letter(place)}</b> {isolate(origin['name'])}: {sentence(origin['sure'], names)}</li>"
        for place, origin in enumerate(document["origins"])
        if origin.get("sure") and (is_other(origin) or not origin.get("robust"))
    )
    return f"<ul>{items}</ul>" if items else ""


def column_head(document: Document) -> str:
    """Return the head over counts, "" for a document without any."""
    ensemble = document.get("ensemble")
    if not ensemble or not ensemble["varied"] or not ensemble["worlds"]:
        return ""
    return f"Clear in, of {ensemble['worlds']}"


def count_cell(record: Document, ensemble: Document | None) -> str:
    """Return in how many variations something stays clear, or a dash."""
    share = record.get("clear_share")
    return NONE if ensemble is None or share is None else str(count(share, ensemble["worlds"]))


def counts(document: Document, records: Sequence[Document]) -> tuple[str, list[str]]:
    """Return a column of counts, its head first; the head is "" where nothing was counted."""
    ensemble = document.get("ensemble")
    return column_head(document), [count_cell(record, ensemble) for record in records]


def beside(
    heads: Sequence[str], rows: Sequence[Sequence[str]], column: tuple[str, list[str]], kinds: str
) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return heads, rows, kinds of a table with a column of counts, if there is one."""
    head, cells = column
    if not head:
        return tuple(heads), [tuple(row) for row in rows], kinds
    wider = [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
    return (*heads, head), wider, f"{kinds}n"
