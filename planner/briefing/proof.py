"""What stands behind a plan: the independent check, its numbers, its sources."""

from __future__ import annotations

from typing import Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.words import plain, said

Document = dict[str, Any]


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
        items = "".join(f"<li>{isolate(said(fault))}</li>" for fault in found["failures"])
        text = f"<p><b>✕ Failed. Do not use the ways named here.</b></p><ul>{items}</ul>"
    return section("Independent check", text)


def assumptions(document: Document) -> str:
    """Return every parameter with its source or the word assumption."""
    parameters = (document.get("provenance") or {}).get("parameters") or {}
    rows = [
        (
            escape(plain(name)),
            isolate(said(_field(entry, "value"))),
            escape(_field(entry, "unit")),
            isolate(_source(entry)),
        )
        for name, entry in parameters.items()
    ]
    if not rows:
        return ""
    heads = ("Number", "Value", "Unit", "Where it comes from")
    table = grid("Numbers the plan rests on", heads, rows, numbers="wwww")
    return section("Assumptions", table, fold=True)


def sources(document: Document) -> str:
    """Return what went in, with the credit open data asks for."""
    provenance = document.get("provenance") or {}
    rows = [
        (escape(plain(name)), isolate(said(value)))
        for name, value in (provenance.get("inputs") or {}).items()
    ]
    if provenance.get("version"):
        rows.append(("planner version", isolate(provenance["version"])))
    credit = (
        "<p>Roads, water, parks and buildings: © OpenStreetMap contributors "
        "(ODbL 1.0, openstreetmap.org/copyright).</p>"
    )
    table = grid("What went into the plan", ("Input", "Value"), rows, numbers=".w") if rows else ""
    return section("Sources", credit + table)


def _source(entry: object) -> str:
    """Return where a number comes from, with what it is otherwise where it was changed."""
    source = str(_field(entry, "source"))
    if not isinstance(entry, dict) or "default" not in entry:
        return source
    usual, value = entry["default"], entry["value"]
    if isinstance(usual, dict):
        usual = {cell: number for cell, number in usual.items() if number != value[cell]}
    return f"{source}; by default {said(usual)}"


def _field(entry: object, name: str) -> Any:
    if isinstance(entry, dict):
        found = entry.get(name)
        return "" if found is None else found
    return entry if name == "value" else ""
