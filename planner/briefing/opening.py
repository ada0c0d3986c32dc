"""What is read first: the warning banner, the answer in words, for when it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.escape import escape, isolate, sentence
from planner.briefing.hand import second_line
from planner.briefing.no_way import onward
from planner.briefing.reader import WITHHELD, names_in
from planner.briefing.words import day, letter, moment, parse
from planner.plan.directions.speech import speech_of, traveller

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from planner.briefing.marking import Marking

Document = dict[str, Any]

LONG_LINE = 110


def stale(document: Document, marking: Marking, *, zone: ZoneInfo, now: datetime) -> str:
    """Return the banner that shows itself once the plan is out of date."""
    until = document.get("valid_until")
    if not until or not marking.carries_plan:
        return ""
    hidden = "" if now >= parse(until) else " hidden"
    return (
        f'<div id="stale" role="alert"{hidden}><b>Out of date.</b> This briefing was valid until '
        f"{moment(until, zone)}. Ask for a new one before you move.</div>"
        "<noscript><div class='stale'>Compare the time below with your watch: this page "
        "cannot warn by itself where scripts are off.</div></noscript>"
    )


def opening(document: Document, marking: Marking, *, zone: ZoneInfo, now: datetime) -> str:
    """Return the answer in words, with site, time, writing and end of validity."""
    name = isolate(document["facility_name"])
    if not marking.carries_plan:
        return (
            f'<div class="opening"><h1>{isolate(document["headline"])}</h1>'
            f'<p class="facts"><span>{name}</span><span>written {day(now, zone)}</span></p>'
            f'<p class="withheld">{WITHHELD}</p></div>'
        )
    facts = [
        f"{name}, arrive by <b>{moment(document['arrive_by'], zone)}</b>",
        escape(traveller(document.get("profile"))),
        f"written {moment(document.get('generated_at') or now.isoformat(), zone)}",
    ]
    if document.get("valid_until"):
        facts.append(f"valid until <b>{moment(document['valid_until'], zone)}</b>")
    facts.append(f"times in {escape(document['timezone'])}")
    kinds = ["none"] * (not document["feasible"])
    kinds += ["long"] * (len(document["headline"]) > LONG_LINE)
    closed = f' class="{" ".join(kinds)}"' if kinds else ""
    said = "".join(f"<span>{fact}</span>" for fact in facts)
    return (
        f'<div class="opening"><h1{closed}>{sentence(document["headline"], names_in(document))}</h1>'
        f'{second_line(document, names_in(document))}{_trade(document)}{_sure(document)}<p class="facts">{said}</p>'
        f"{_failure(document)}{onward(document, zone)}{_reasons(document, zone)}</div>"
    )


def _trade(document: Document) -> str:
    """Return the line that tells what was chosen of minutes and exposure, where something was."""
    told = (document.get("trade") or {}).get("text")
    return f'<p class="sure">{sentence(told, names_in(document))}</p>' if told else ""


def _sure(document: Document) -> str:
    """Return the second line: how often the answer holds, where that was looked at."""
    told = (document.get("ensemble") or {}).get("sentence")
    return f'<p class="sure">{sentence(told, names_in(document))}</p>' if told else ""


def _failure(document: Document) -> str:
    if (document.get("verification") or {}).get("passed", True):
        return ""
    return (
        '<p class="failed"><b>✕ The independent check found faults.</b> '
        "Do not use this plan before they are looked at (see Independent check).</p>"
    )


def _reasons(document: Document, zone: ZoneInfo) -> str:
    """Say in large letters why there is no way through, and when it opens."""
    if document["feasible"] or not document["origins"]:
        return ""
    by = speech_of(document.get("profile")).by
    seen: dict[tuple[str, str], list[str]] = {}
    for place, origin in enumerate(document["origins"]):
        opens = moment(origin["opens_at"], zone) if origin.get("opens_at") else ""
        key = (origin.get("reason") or "No way through.", opens)
        seen.setdefault(key, []).append(letter(place))
    reasons = sorted(seen.items(), key=lambda pair: -len(pair[1]))
    (reason, opens), marks = reasons[0]
    item = (
        f"<li>{isolate(reason)}{f' <b>Opens {opens}.</b>' if opens else ''}"
        f' <span class="note">(from {", ".join(marks)})</span></li>'
    )
    others = "<li>Other sides: see Ways in.</li>" * (len(reasons) > 1)
    return (
        f'<div class="none"><p><b>No way through {by} at this time.</b> Why:</p>'
        f"<ul>{item}{others}</ul></div>"
    )
