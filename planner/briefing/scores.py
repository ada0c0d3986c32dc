"""What the scores of places to wait are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid
from planner.briefing.words import NONE
from planner.staging.score import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Sequence

Document = dict[str, Any]

FULL = 100.0


def score(site: Document) -> str:
    """Return a score as a cell."""
    value = site.get("score")
    return NONE if value is None else escape(f"{value:.0f}")


def locked(site: Document) -> str:
    """Return a word to stand behind the name of a site that the planner asked for."""
    return " <em>locked</em>" if site.get("locked") else ""


def scores(document: Document) -> str:
    """Return the parts of every score, to be opened by a click and in print; "" without any."""
    sites = [site for site in document["staging"] if site.get("parts")]
    if not sites:
        return ""
    every = list(zip(*(site["parts"] for site in sites), strict=True))
    rows = [_row(parts) for parts in every if parts[0]["points"] is not None]
    heads = ("Criterion", "Weight", *(f"S{int(site['rank'])}" for site in sites))
    off = [parts[0]["label"] for parts in every if parts[0]["off"]]
    note = "Points from 0 to 100; a score is their mean by weight. What is not known gets 50."
    note += f" Switched off: {escape(', '.join(off))}." if off else ""
    return (
        '<details class="onpaper"><summary>What the scores are made of</summary>'
        f'<p class="note">{note}</p>{grid("Parts of the scores", heads, rows, ".n")}</details>'
    )


def _row(parts: Sequence[Document]) -> tuple[str, ...]:
    """Return one criterion; where all sites are alike in words, these stand once."""
    said = {part["words"] for part in parts if part["points"] < FULL}
    alike = len(said) == 1 and len(parts) > 1 and all(part["points"] < FULL for part in parts)
    label = escape(parts[0]["label"]) + (f"<br>{isolate(said.pop())}" if alike else "")
    cells = [_points(part) + ("" if alike else _words(part)) for part in parts]
    return label, escape(f"{parts[0]['weight']:g}"), *cells


def _points(part: Document) -> str:
    return f"<b>{escape(round(part['points']))}</b>"


def _words(part: Document) -> str:
    """Return what keeps a site from full marks, "" where nothing does."""
    unknown = part["value"] is None and part["points"] == NEUTRAL
    return f" {isolate(part['words'])}" if unknown or part["points"] < FULL else ""


def not_chosen(document: Document, most: int) -> str:
    """Return the nearest candidates that are not among the chosen and why, "" where none."""
    out = (document.get("staging_out") or [])[:most]
    if not out:
        return ""
    rows = [(isolate(one["name"] or one["id"]) + locked(one), isolate(one["why"])) for one in out]
    return grid("Nearest sites that are not suggested", ("Not suggested", "Why"), rows, ".w")


def tried(document: Document) -> str:
    """Return the places that were tried, with what takes most of each score, "" where none."""
    rows = [
        (isolate(one["text"]), isolate(_least(one)))
        for one in document.get("staging_tried") or []
    ]  # fmt: skip
    return (
        grid("Places tried, measured like any site", ("Tried", "Weakest"), rows, "ww")
        if rows
        else ""
    )


def _least(one: Document) -> str:
    """Return in words the part that takes most of the score of a tried place."""
    lost = [
        (part["weight"] * (FULL - part["points"]), part["words"])
        for part in one["parts"] if part["points"] is not None
    ]  # fmt: skip
    most, told = max(lost, default=(0.0, NONE), key=lambda part: part[0])
    return told if most > 0 else NONE
