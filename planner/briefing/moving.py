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
    if not lines:
        return ""
    over = site["movement"]["hand_over"]
    steps = "".join(
        f"<li><time>{clock(step['at'], zone)}</time> {isolate(step['text'])}</li>"
        for step in (over["steps"] if over else [])
    )
    told = "".join(
        f"<p><b>{LABELS[what]}</b> {isolate(_upper(text))}</p>" for what, text in lines[1:]
    )
    streets = f"<ol>{steps}</ol>" if steps else ""
    return f'<div class="moving"><p><b>{isolate(lines[0][1])}</b></p>{streets}{told}</div>'


def moving_of_sites(document: dict[str, Any], zone: ZoneInfo) -> str:
    """Return the movement about every staging site, each below its name."""
    made = [
        f"<h3>{escape('S' + str(int(site['rank'])))} {isolate(site['name'])}</h3>{block}"
        for site in document["staging"] if (block := moving(site, zone))
    ]  # fmt: skip
    return f'<div class="movements">{"".join(made)}</div>' if made else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
