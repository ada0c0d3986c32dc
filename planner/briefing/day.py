"""The day of the arrival: best gate by interval, the best times to arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.day_heat import heat_table
from planner.briefing.escape import escape, isolate
from planner.briefing.grid import grid, section
from planner.briefing.ways import level_mark
from planner.briefing.words import parse
from planner.plan.day.words import change_of_shift, clock, count
from planner.plan.doubt.variations import OF_WHAT, of_all
from planner.plan.levels import levels_of
from planner.plan.wishes.words import asked_of

if TYPE_CHECKING:
    from collections.abc import Sequence

Document = dict[str, Any]

SHOWN = 4
"""Windows of a change of shift, at most; one of the plan's arrival among them."""


def day(document: Document) -> str:
    """Return which gate is best when on the day of the arrival; "" where nobody asked."""
    told = document.get("day")
    if not told:
        return ""
    levels, end = levels_of(document), told["until"]
    counted = any(row["clear_share"] is not None for row in told["timetable"])
    arrive = parse(document["arrive_by"])
    rows = [_row(row, told, levels, now=parse(row["from"]) <= arrive < parse(row["until"]))
            for row in told["timetable"]]  # fmt: skip
    table = _table("arrive", rows, counted=counted)
    leaving = told["leaving"]
    out = [_row(row, told, levels, now=False) for row in leaving["timetable"]]
    body = [
        table, _switches(told), heat_table(told["heat"], end),
        _shift(told["shift"], document["arrive_by"]),
        f"<p><b>{isolate(leaving['headline'])}</b> {_times(leaving, end, 'leave')}</p>",
        _table("leave", out, counted=False), _switches(leaving),
    ]  # fmt: skip
    best = _times(told, end, "arrive")
    often = f" Some clear way: from every side, throughout the interval, in so many {OF_WHAT}."
    note = (
        f"<b>{best}</b> For an arrival every {told['every_min']} min of {told['date']}, by the "
        "least and the most minutes of all sides; the interval of this plan is bold. "
        f"{escape(told['search'].capitalize())}; {told['checked']} ways of the day are checked."
        f"{often * counted}"
    )
    warned = "".join(f"<p>{isolate(said)}</p>" for said in asked_of(told))
    warned += "".join(f"<p>{escape(said)}</p>" for said in told["warnings"])
    return section("The day", warned + "".join(body), note=note)


def _table(what: str, rows: Sequence[tuple[str, ...]], *, counted: bool) -> str:
    heads = [what.capitalize(), "Best gate", "Minutes", "Exposure, min", "Way"]
    heads += ["Some clear way"] * counted
    caption = f"Best gate by time of {'arrival' if what == 'arrive' else 'leaving'}"
    return grid(caption, heads, [row if counted else row[:-1] for row in rows], numbers=".wnnw.")


def _times(told: Document, end: str, what: str) -> str:
    """Return the best times to arrive, or to leave, as a sentence."""
    spans = ", ".join(
        f"{clock(w['from'], end)} to {clock(w['until'], end)}" for w in told["windows"]
    )
    return f"Best times to {what}: {spans}." if spans else "At no time are all ways clear."


def _switches(told: Document) -> str:
    """Return every change of gate with its reason."""
    rows = "".join(f"<li>{isolate(capital(row['text']))}.</li>" for row in told["switches"])
    return f"<ul>{rows}</ul>" if rows else ""


def _shift(told: Document | None, at: str) -> str:
    """Return when so many vehicles can come and as many leave; nothing where no capacity is known."""
    if told is None or not (told["windows"] or told["most"]):
        return ""
    rows, many = change_of_shift(told, SHOWN, at), told["vehicles"]
    best = ", best first" * (len(told["windows"]) > 1)
    listed = "".join(f"<li>{isolate(capital(text))}</li>" for text in rows)
    return (
        f"<p><b>Change of shift, {count(many)} in, then {many} out{best}</b></p><ul>{listed}</ul>"
    )


def capital(text: str) -> str:
    """Return words with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def _row(row: Document, told: Document, levels: Sequence[float], *, now: bool) -> tuple[str, ...]:
    span = f"{clock(row['from'], told['until'])}-{clock(row['until'], told['until'])}"
    span = f"<b>{span}</b>" if now else span
    if row["gate"] is None:
        return span, f"<em>no way: {isolate(row['reason'])}</em>", "", "", "", ""
    mark = level_mark(row["max_risk"], levels) if row["max_risk"] >= levels[0] else ""
    lost = f", none from {row['without_way']}" if row["without_way"] else ""
    return (
        span, isolate(row["gate_name"]), f"{row['minutes_low']:.0f}-{row['minutes_high']:.0f}",
        f"{row['exposure_min']:.1f}",
        ("clear" if row["clear"] else f"<em>not clear</em> {mark}") + lost,
        of_all(row, told["ensemble"]),
    )  # fmt: skip
