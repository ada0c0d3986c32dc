"""How sure: how often ways, gates, sites stay clear in simulated variations of the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.grid import grid, section
from planner.briefing.reader import names_in
from planner.briefing.words import NONE, letter, way_mark, ways_of
from planner.plan.variations import count, is_other, of_all, sampled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Document = dict[str, Any]

NOTE = (
    "Each variation is one reading of all reports: whether each is there, where, how many, from when "
    "to when, within what was reported of it. The numbers count those in which a way, a gate or "
    "a place stays clear; they say nothing of what nobody reported. The last column tells between "
    "which numbers the count would lie were there many more variations (Wilson, 95%)."
)


def sure(document: Document) -> str:
    """Return how often ways, gates, sites stay clear; "" where that was not looked at."""
    ensemble = document.get("ensemble")
    if not ensemble:
        return ""
    names = names_in(document)
    lead = f"<p><b>{sentence(ensemble['sentence'], names)}</b></p>"
    rows = list(_rows(document))
    if not rows:
        return section("How sure", lead)
    varied = "".join(f"<li>{isolate(text)}</li>" for text in ensemble["varied"])
    heads = ("What", "To", f"Clear in, of {ensemble['worlds']}", "Sampling")
    table = grid("How often each stays clear", heads, rows, "..nn")
    return section(
        "How sure", f"{lead}{_sides(document)}{table}<p>Varied:</p><ul>{varied}</ul>", note=NOTE
    )


def _sides(document: Document) -> str:
    """Return the robust way of each side beside its first choice, where they differ."""
    names = names_in(document)
    items = "".join(
        f"<li><b>{letter(place)}</b> {isolate(origin['name'])}: {sentence(origin['sure'], names)}</li>"
        for place, origin in enumerate(document["origins"])
        if origin.get("sure") and (is_other(origin) or not origin.get("robust"))
    )
    return f"<ul>{items}</ul>" if items else ""


def _rows(document: Document) -> Iterator[Sequence[str]]:
    ensemble = document["ensemble"]
    found = [
        (f"<b>{way_mark(place, n, route)}</b> {isolate(origin['name'])}",
         isolate(route.get("entrance_name") or route["entrance"]), route)
        for place, origin in enumerate(document["origins"])
        for n, route in enumerate(ways_of(origin))
    ]  # fmt: skip
    found += [(isolate(gate["name"]), "any clear way to it", gate) for gate in document["gates"]]
    found += [
        (f"<b>S{int(site['rank'])}</b> {isolate(site['name'])}", "its ground, its door", site)
        for site in document["staging"]
    ]
    for what, to, record in found:
        if of_all(record, ensemble):
            yield what, to, count_cell(record, ensemble), escape(sampled(record, ensemble))


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
