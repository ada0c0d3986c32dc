"""What stands on the page: marking, first line, map with controls, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from planner.briefing import controls
from planner.briefing.earlier import since
from planner.briefing.escape import escape
from planner.briefing.leaflet import CREDIT
from planner.briefing.legend import legend
from planner.briefing.opening import opening, stale
from planner.briefing.tables import tables

if TYPE_CHECKING:
    from datetime import datetime

    from planner.briefing.marking import Marking
    from planner.plan import Plan
    from planner.plan.diff.since import Changed

Document = dict[str, Any]

MEANING = (
    "Risk means delay to access, not a judgement of people; assembly is lawful. "
    "The plan keeps clear of crowds."
)


def body(
    plan: Plan,
    document: Document,
    drawn: Document,
    map_html: str,
    *,
    shown: set[str],
    marking: Marking,
    now: datetime,
    changed: Changed | None = None,
) -> str:
    """Return the inside of the page's body.

    Parameters
    ----------
    plan
        Frames for the tables of what the map shows.
    document
        The plan's document as the marking's reader may see it.
    drawn
        The overlay that the page's script draws.
    map_html
        The map's element.
    shown
        Layers that the map has something for.
    changed
        What changed since an earlier plan, where that was asked for.
    """
    zone = ZoneInfo(document["timezone"])
    ribbon = f'<b class="tlp" style="color:{marking.colour}">{marking}</b>'
    return (
        '<a class="skip" href="#tables">Skip the map</a>'
        f'<header class="ribbon"><span>{escape(marking.sharing)}</span>{ribbon}</header>'
        f"<main>{stale(document, marking, zone=zone, now=now)}"
        f"{opening(document, marking, zone=zone, now=now)}{since(changed)}"
        f"{_stage(document, drawn, map_html, shown=shown, marking=marking, zone=zone)}"
        f'<div id="tables">{tables(document, zone=zone, plan=plan)}</div></main>'
        f'<footer class="ribbon"><span>{escape(CREDIT)}</span>{ribbon}</footer>'
    )


def _stage(
    document: Document,
    drawn: Document,
    map_html: str,
    *,
    shown: set[str],
    marking: Marking,
    zone: ZoneInfo,
) -> str:
    events, steps = drawn.get("events") or [], drawn["risk"]
    beside = controls.shortlist(document, zone) + f'<p class="note">{MEANING}</p>'
    return (
        f'<div class="stage{"" if document["origins"] else " alone"}"><div class="board">'
        f'<div class="chart">{_views(marking)}{map_html}</div>'
        f"{controls.hour(steps, events, marking)}{legend(document, shown)}</div>"
        f"<aside>{beside}</aside>{controls.happenings(events, marking)}</div>"
    )


def _views(marking: Marking) -> str:
    whole = (
        '<button type="button" id="view-all">All ways in</button>' if marking.carries_plan else ""
    )
    return (
        '<div class="views"><button type="button" id="view-near">At the site</button>'
        f'{whole}<span class="north" role="img" aria-label="North is up">N ↑</span></div>'
    )
