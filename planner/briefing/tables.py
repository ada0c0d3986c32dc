"""The tables of a briefing, in the order in which a reader needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.away import away
from planner.briefing.crew import crew
from planner.briefing.day import day
from planner.briefing.hand import hand_table
from planner.briefing.hours import hours
from planner.briefing.leaving import leaving
from planner.briefing.medical import medical
from planner.briefing.own import own
from planner.briefing.places import approved, gates, havens, staging
from planner.briefing.proof import assumptions, sources, verification
from planner.briefing.reports import closures, notices, zones
from planner.briefing.several import several
from planner.briefing.sure import sure
from planner.briefing.trades import trades
from planner.briefing.ways import ways_in
from planner.briefing.why import messages, why

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.plan import Plan

__all__ = ["staging", "tables", "ways_in"]


def tables(
    document: dict[str, Any], *, zone: ZoneInfo, plan: Plan | None = None, linked: bool = True
) -> str:
    """Return every table the document has something for.

    Parameters
    ----------
    document
        The plan's document as its reader may see it.
    zone
        Zone in which times are told.
    plan
        The frames, for tables of what the map shows beside the document; absent: left out.
    linked
        Whether a script shows a side on the map when its letter is pressed.
    """
    return (
        ways_in(document, zone, linked=linked)
        + trades(document, zone)
        + hand_table(document, zone)
        + own(document, zone)
        + why(document)
        + messages(document)
        + sure(document)
        + gates(document)
        + (hours(plan, document, zone) if plan is not None else "")
        + day(document)
        + leaving(document, zone)
        + away(document, zone)
        + staging(document, zone)
        + several(document, zone)
        + crew(document, zone)
        + (havens(plan, document) + approved(plan, document) if plan is not None else "")
        + medical(document, zone)
        + zones(document, zone)
        + closures(document, zone)
        + notices(document)
        + verification(document)
        + assumptions(document)
        + sources(document)
    )
