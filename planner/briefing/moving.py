"""Movement about a staging site as HTML: the line for the driver, streets, ways in, fallback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.words import clock
from planner.plan.sites.movement_words import movement_lines

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

LABELS = {"way in": "Way in", "hold": "Hold at", "fallback": "Fallback"}


def moving(site: dict[str, Any], zone: ZoneInfo) -> str:
    """Return how one moves to, from, beside a site, "" where that is not computed."""
    lines = movement_lines(site)
    return f"<p><b>{isolate(lines[0][1])}</b></p>{_rest(site, lines, zone)}" if lines else ""


def _rest(site: dict[str, Any], lines: list[tuple[str, str]], zone: ZoneInfo) -> str:
    over = site["movement"]["hand_over"]
    steps = "".join(
        f"<li><time>{clock(step['at'], zone)}</time> <span>{isolate(step['text'])}</span></li>"
        for step in (over["steps"] if over else [])
    )
    told = "".join(
        f"<p><b>{LABELS[what]}</b> {isolate(_upper(text))}</p>" for what, text in lines[1:]
    )
    return (f'<ol class="steps">{steps}</ol>' if steps else "") + told


def moving_of_sites(document: dict[str, Any], zone: ZoneInfo) -> str:
    """Return a fold for every staging site: the line for the driver, inside all the rest."""
    made = [
        f'<details class="onpaper moving"><summary><b>{escape("S" + str(int(site["rank"])))} '
        f"{isolate(site['name'])}</b>: {isolate(lines[0][1])}</summary>"
        f"{_rest(site, lines, zone)}</details>"
        for site in document["staging"] if (lines := movement_lines(site))
    ]  # fmt: skip
    return f"<h3>Moving in, on and away</h3>{''.join(made)}" if made else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
