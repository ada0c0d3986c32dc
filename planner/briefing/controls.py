"""What stands beside the map: the hour, the side one comes from, first choices, events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate
from planner.briefing.no_way import in_short
from planner.briefing.order import any_way, heading, listed
from planner.briefing.sure import column_head, count_cell
from planner.briefing.words import leave_head, leave_short, letter, minutes, takes_s
from planner.plan.directions.speech import speech_of
from planner.plan.levels import risk_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from planner.briefing.marking import Marking

Document = dict[str, Any]

NOTES = {
    True: "A letter shows the other ways from there, too.",
    False: "A letter shows the way from there to its stop.",
}


def hour(steps: Document, events: Sequence[Document], marking: Marking) -> str:
    """Return the slider through the plan's window, its events marked."""
    if not marking.carries_plan:
        return ""
    chosen, last = steps["selected"], len(steps["times"]) - 1
    ticks = "".join(
        f'<i class="at-{escape(event["kind"])}" style="--at:{event["step"] / max(last, 1):.4f}"></i>'
        for event in events
    )
    return (
        '<div class="hour"><button type="button" id="play">Play</button>'
        '<label for="hour">Risk at <output id="hour-text" for="hour">'
        f"{steps['days'][chosen]} {steps['times'][chosen]}</output></label>"
        f'<div class="track"><input type="range" id="hour" min="0" max="{last}" value="{chosen}" '
        f'step="1"><div class="ticks" aria-hidden="true">{ticks}</div></div>'
        '<button type="button" id="arrival">Arrival</button></div>'
    )


def shortlist(document: Document, zone: ZoneInfo) -> str:
    """Return the first choice from each side, that of the first line first."""
    rows, often = [], column_head(document)
    for place in listed(document):
        origin = document["origins"][place]
        if not origin["routes"]:
            cells = f"<td colspan='{4 if often else 3}'>{in_short(document, origin, zone)}</td>"
            rows.append(_row(place, origin, cells))
            continue
        route = origin["routes"][0]
        cells = (
            f"<td>{isolate(route.get('entrance_name') or route['entrance'])}{_clear(route, document)}</td>"
            f"<td class='n'><b>{leave_short(route, zone)}</b></td>"
            f"<td class='n'>{minutes(takes_s(route))}</td>"
        )
        if often:
            cells += f"<td class='n'>{count_cell(route, document['ensemble'])}</td>"
        rows.append(_row(place, origin, cells))
    if not rows:
        return ""
    side = speech_of(document.get("profile")).side
    return (
        f'<table class="short"><caption>{heading(document)} '
        f'<button type="button" id="all-sides" hidden>All {side}s</button>'
        f'<span class="note">{NOTES[any_way(document)]}</span></caption>'
        '<thead><tr><th scope="col"><span class="hidden">Mark</span></th><th scope="col">From</th>'
        f"{_heads(document)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _heads(document: Document) -> str:
    """Return the heads over what is told of a side."""
    often = column_head(document)
    if not any_way(document):
        return f'<th scope="col" colspan="{4 if often else 3}">Instead</th>'
    return (
        '<th scope="col">Gate</th><th scope="col" class="n">'
        f'{leave_head(document)}</th><th scope="col" class="n">Min</th>'
    ) + (f'<th scope="col" class="n">{often}</th>' if often else "")


def _row(place: int, origin: Document, cells: str) -> str:
    mark = letter(place)
    return (
        f'<tr data-origin="{escape(origin["id"])}"><td><button type="button" class="let" '
        f'aria-pressed="false" aria-label="{mark}: show its ways on the map">{mark}</button></td>'
        f'<th scope="row">{isolate(origin["name"])}</th>{cells}</tr>'
    )


def _clear(route: Document, document: Document) -> str:
    if route.get("clear", True):
        return ""
    return f"<br><em>not clear: {risk_words(route['max_risk'], document)}</em>"


def happenings(events: Sequence[Document], marking: Marking) -> str:
    """Return what happens when, in order; a click moves the slider there."""
    if not events or not marking.carries_plan:
        return ""
    items = "".join(
        f'<li class="at-{escape(event["kind"])}"><button type="button" class="jump" '
        f'data-step="{round(event["step"])}">{isolate(event["text"])}</button></li>'
        for event in sorted(events, key=lambda event: float(event["step"]))
    )
    return f'<div class="when"><h2>What happens when</h2><ol class="events">{items}</ol></div>'
