"""What the scores of places to wait are made of."""

from __future__ import annotations

from typing import Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid
from planner.briefing.words import NONE

Document = dict[str, Any]


def score(site: Document) -> str:
    """Return a score as a cell, with a word where the planner asked for the site."""
    value = site.get("score")
    told = NONE if value is None else escape(f"{value:.0f}")
    return f"{told} <em>locked</em>" if site.get("locked") else told


def scores(document: Document) -> str:
    """Return a table of the parts of every score, "" where there are none."""
    sites = [site for site in document["staging"] if site.get("parts")]
    if not sites:
        return ""
    rows = [
        (
            escape(row[0]["label"]),
            "off" if row[0]["off"] else escape(f"{row[0]['weight']:g}"),
            *(_cell(part) for part in row),
        )
        for row in zip(*(site["parts"] for site in sites), strict=True)
        if row[0]["weight"] or row[0]["off"]
    ]
    heads = ("Criterion", "Weight", *(f"S{int(site['rank'])}" for site in sites))
    note = "Points from 0 to 100; the score is their mean by weight. What is not known counts neither for nor against."
    return f'<p class="note">{note}</p>' + grid("Parts of the scores", heads, rows, ".n")


def _cell(part: Document) -> str:
    points = NONE if part["points"] is None else escape(f"{part['points']:.0f}")
    return (
        f"<b>{points}</b> {isolate(part['words'])}" if not part["off"] else isolate(part["words"])
    )


def not_chosen(document: Document, most: int) -> str:
    """Return the nearest candidates that are not among the chosen and why, "" where none."""
    out = (document.get("staging_out") or [])[:most]
    if not out:
        return ""
    rows = [(isolate(one["name"] or one["id"]), isolate(one["why"])) for one in out]
    return grid("Nearest sites that are not suggested", ("Not suggested", "Why"), rows, ".w")
