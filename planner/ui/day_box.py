"""The day at a site: best gate by interval, best times to arrive; worked out when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.words import parse
from planner.plan.day_words import clock
from planner.ui import behind, session
from planner.ui.progress import over, progress_line
from planner.ui.trials import State
from planner.ui.words import literal

if TYPE_CHECKING:
    from datetime import datetime

    from planner.ui.answers import Asked
    from planner.ui.heading import Answered

EVERY_S = 1.0


def day_box(answered: Answered) -> None:
    """Draw the switch; with it on how far the day is, then its table."""
    with st.expander("The whole day: which gate when, best times to arrive"):
        on = st.toggle("Work out the day", **session.lasting("day_on", default=False),
                       help="Every quarter of an hour of the day asked about.")  # fmt: skip
        asked = behind.that_day(answered.asked, answered.zone)
        if not on:
            behind.let_day_go()
            return
        with st.container(key="day"):
            _drawn(asked, answered)


def _drawn(asked: Asked, answered: Answered) -> None:
    trial = behind.day(asked)
    if not over(trial):
        _running(asked)
    elif trial.state is State.FAILED:
        st.warning(literal(f"The day cannot be worked out: {trial.problem}"))
        _again(asked)
    elif trial.made is None:
        st.caption("Stopped: nothing is told of a part of a day.")
        _again(asked)
    else:
        st.html(day_table(trial.made, parse(answered.document["arrive_by"])))


def _again(asked: Asked) -> None:
    st.button("Work it out", key="day-again", on_click=behind.day_again, args=(asked,))


@st.fragment(run_every=EVERY_S)
def _running(asked: Asked) -> None:
    trial = behind.day(asked)
    if over(trial):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(progress_line("The day", trial, "steps", beginning="roads are being laid out …"))
        st.button("Stop", key="day-stop", on_click=behind.stop_day, args=(asked,), type="tertiary")


def day_table(found: dict[str, Any], arrive: datetime) -> str:
    """Return a day as HTML: first line, gates by interval with that of the arrival, best times.

    Parameters
    ----------
    found
        As ``write_day`` makes it.
    """
    rows = "".join(_row(row, found["until"], arrive) for row in found["timetable"])
    best = "".join(f"<li>{isolate(row['text'])}</li>" for row in found["windows"])
    times = f"<ul>{best}</ul>" if best else "<p>None is clear from everywhere.</p>"
    check = found["verification"]
    mark = "✓" if check["passed"] else "Faults found: do not rely on it."
    warnings = "".join(f"<p><b>{isolate(text)}</b></p>" for text in found["warnings"])
    return (
        f'<div class="short"><p class="sure"><b>{isolate(found["headline"])}</b></p>{warnings}'
        "<table><caption>Best gate by time of arrival</caption><thead><tr>"
        '<th scope="col">Arrive</th><th scope="col">Gate</th><th scope="col" class="n">Min</th>'
        '<th scope="col" class="n">Exposure, min</th><th scope="col">Way</th></tr></thead>'
        f"<tbody>{rows}</tbody></table><p><b>Best times to arrive</b></p>{times}"
        f"<p>{mark} {int(check['checked'])} ways of {len(check['slots'])} arrivals checked "
        f"independently. Search: {escape(found['search']['text'])}.</p></div>"
    )


def _row(row: dict[str, Any], end: str, arrive: datetime) -> str:
    here = parse(row["from"]) <= arrive < parse(row["until"])
    span = f"{clock(row['from'], end)} to {clock(row['until'], end)}"
    head = f"<tr{' class=now' if here else ''}><td>{escape(span)}{' ◀' if here else ''}</td>"
    if row["gate"] is None:
        return f'{head}<td colspan="4">{isolate(row["reason"])}</td></tr>'
    low, high = (f"{row[end]:.0f}" for end in ("minutes_low", "minutes_high"))
    span = low if low == high else f"{low} to {high}"
    way = "clear" if row["clear"] else f"not clear, risk {row['max_risk']:.2f}"
    lost = f"; no way from {int(row['without_way'])}" if row["without_way"] else ""
    return (
        f"{head}<td>{isolate(row['gate_name'])}</td><td class='n'>{span}</td>"
        f"<td class='n'>{row['exposure_min']:.1f}</td><td>{escape(way + lost)}</td></tr>"
    )
