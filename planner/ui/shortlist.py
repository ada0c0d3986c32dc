"""The answer at a glance, beside the map: ways, gates, reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.no_way import in_short
from planner.briefing.order import any_way, heading, listed
from planner.briefing.words import (
    clock,
    gate_state,
    leave_head,
    leave_short,
    letter,
    minutes,
    moment,
    takes_s,
)
from planner.plan.zones import current, expired
from planner.ui.clear_in import clear_cell, clear_head

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.ui.heading import Answered


def shortlist(answered: Answered) -> None:
    """Draw first choices, gates and reports as three short tables."""
    document, zone = answered.document, answered.zone
    st.html(
        f'<div class="short">{_ways(answered)}{_gates(answered)}{_reports(document, zone)}</div>'
    )


def _ways(answered: Answered) -> str:
    document, zone = answered.document, answered.zone
    rows = []
    for place in listed(document):
        origin = document["origins"][place]
        head = f'<td><b class="let">{letter(place)}</b></td><td>{isolate(origin["name"])}</td>'
        if not origin["routes"]:
            told = in_short(document, origin, zone)
            rows.append(f'<tr>{head}<td colspan="4">{told}</td></tr>')
            continue
        route = origin["routes"][0]
        gate = isolate(route.get("entrance_name") or route["entrance"])
        rows.append(
            f"<tr>{head}<td>{gate}</td><td class='n'><b>{leave_short(route, zone)}</b></td>"
            f"<td class='n'>{minutes(takes_s(route))}</td>{clear_cell(route, answered)}</tr>"
        )
    return (
        f"<table><caption>{heading(document)}</caption><thead><tr>"
        '<th scope="col"><span class="hidden">Mark</span></th><th scope="col">From</th>'
        f"{_heads(answered)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _heads(answered: Answered) -> str:
    """Return the heads over what is told of a side."""
    if not any_way(answered.document):
        return '<th scope="col" colspan="4">Instead</th>'
    return (
        '<th scope="col">Gate</th><th scope="col" class="n">'
        f"{leave_head(answered.document)}</th>"
        f'<th scope="col" class="n">Min</th>{clear_head(answered)}'
    )


def _gates(answered: Answered) -> str:
    rows = "".join(
        f"<tr><td>{isolate(gate['name'])}</td><td><b>{' '.join(gate_state(gate))}</b></td>"
        f"<td>{escape(gate['opens'])} to {escape(gate['closes'])}</td>{clear_cell(gate, answered)}</tr>"
        for gate in answered.document["gates"]
    )
    if not rows:
        return ""
    return (
        '<table><caption>Gates at that time</caption><thead><tr><th scope="col">Gate</th>'
        f'<th scope="col">State</th><th scope="col">Hours</th>{clear_head(answered)}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _reports(document: dict[str, Any], zone: ZoneInfo) -> str:
    gone = _expired(document, zone)
    rows = ""
    for row in current(document):
        start, end = clock(row["starts_at"], zone), clock(row["ends_at"], zone)
        label = row["label"].removesuffix(f", {start}-{end}")
        rows += f"<tr><td>{isolate(label)}</td><td class='n'>{start} to {end}</td></tr>"
    if not rows:
        return f"<p><b>No assembly or other friction is reported.</b></p>{gone}"
    return (
        '<table><caption>What is reported</caption><thead><tr><th scope="col">Report</th>'
        f'<th scope="col" class="n">Window</th></tr></thead><tbody>{rows}</tbody></table>{gone}'
    )


def _expired(document: dict[str, Any], zone: ZoneInfo) -> str:
    found = expired(document)
    told = "; ".join(
        f"{isolate(row['label'])} ({moment(row['expires_at'], zone)})" for row in found
    )
    return f"<p>Expired: {told}</p>" if found else ""
