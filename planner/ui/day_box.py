"""The day at a site: best gate by interval, best times to arrive; worked out when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.words import parse
from planner.plan.day.words import change_of_shift, clock, count
from planner.plan.doubt.variations import of_all
from planner.ui import behind, session
from planner.ui.day_heat import day_heat
from planner.ui.kept import asked_line
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
        day_heat(trial.made, answered.zone)
        st.html(day_more(trial.made))


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
    check = found["verification"]
    mark = "✓" if check["passed"] else "Faults found: do not rely on it."
    warnings = "".join(f"<p><b>{isolate(text)}</b></p>" for text in found["warnings"])
    sure = found.get("ensemble") or {}
    said = f"<p>{escape(sure['sentence'])}</p>" if sure else ""
    return (
        f'<div class="short"><p class="sure"><b>{isolate(found["headline"])}</b></p>'
        f"{asked_line(found)}{warnings}"
        f"{_table(found, found, 'arrival', arrive)}{_changes(found)}"
        f"<p><b>Best times to arrive</b></p>{_listed(found['windows'], found)}{said}"
        f"<p>{mark} {int(check['checked'])} ways of {len(check['slots'])} arrivals and "
        f"{len(check['leaving_slots'])} times of leaving checked independently. "
        f"Search: {escape(found['search']['text'])}.</p></div>"
    )


def day_more(found: dict[str, Any]) -> str:
    """Return what else is told of a day as HTML: leaving, a change of shift, every gate."""
    leaving = found["leaving"]
    return (
        f'<div class="short"><p class="sure"><b>{isolate(leaving["headline"])}</b></p>'
        f"{_table(leaving, found, 'leaving', None)}{_changes(leaving)}"
        f"<p><b>Best times to leave</b></p>{_listed(leaving['windows'], found)}"
        f"{_shift(found['shift'])}{_gates(found)}</div>"
    )


def _table(told: dict[str, Any], found: dict[str, Any], what: str, arrive: datetime | None) -> str:
    counted = any(row["clear_share"] is not None for row in told["timetable"])
    rows = "".join(_row(row, found, arrive, counted=counted) for row in told["timetable"])
    some = '<th scope="col">Some clear way in</th>' * counted
    verb = "arrive" if what == "arrival" else "leave"
    return (
        f"<table><caption>Best gate by time of {what}</caption><thead><tr>"
        f'<th scope="col">{verb.capitalize()}</th>'
        '<th scope="col">Gate</th><th scope="col" class="n">Min</th>'
        '<th scope="col" class="n">Exposure, min</th><th scope="col">Way</th>'
        f"{some}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(
    row: dict[str, Any], found: dict[str, Any], arrive: datetime | None, *, counted: bool
) -> str:
    end = found["until"]
    here = arrive is not None and parse(row["from"]) <= arrive < parse(row["until"])
    span = f"{clock(row['from'], end)} to {clock(row['until'], end)}"
    head = f"<tr{' class=now' if here else ''}><td>{escape(span)}{' ◀' if here else ''}</td>"
    if row["gate"] is None:
        return f'{head}<td colspan="{4 + counted}">{isolate(row["reason"])}</td></tr>'
    way = "clear" if row["clear"] else f"not clear, risk {row['max_risk']:.2f}"
    lost = f"; no way from {int(row['without_way'])}" if row["without_way"] else ""
    share = f"<td>{escape(of_all(row, found['ensemble']))}</td>" * counted
    return (
        f"{head}<td>{isolate(row['gate_name'])}</td><td class='n'>{_minutes(row)}</td>"
        f"<td class='n'>{row['exposure_min']:.1f}</td><td>{escape(way + lost)}</td>{share}</tr>"
    )


def _minutes(row: dict[str, Any]) -> str:
    if row["minutes_low"] is None:
        return ""
    low, high = (f"{row[end]:.0f}" for end in ("minutes_low", "minutes_high"))
    return low if low == high else f"{low} to {high}"


def _changes(told: dict[str, Any]) -> str:
    """Return every change of gate with its reason."""
    rows = "".join(f"<li>{isolate(row['text'])}</li>" for row in told["switches"])
    return f"<p><b>Changes of gate</b></p><ul>{rows}</ul>" if rows else ""


def _listed(windows: list[dict[str, Any]], found: dict[str, Any]) -> str:
    def share(row: dict[str, Any]) -> str:
        told = of_all(row, found.get("ensemble"))
        return f"; some clear way in {escape(told)}" if told else ""

    best = "".join(f"<li>{isolate(row['text'])}{share(row)}</li>" for row in windows)
    return f"<ul>{best}</ul>" if best else "<p>None is clear from everywhere.</p>"


def _shift(told: dict[str, Any] | None) -> str:
    """Return when so many vehicles can come and as many leave."""
    if told is None:
        return ""
    rows = "".join(f"<li>{isolate(text)}</li>" for text in change_of_shift(told))
    many, best = int(told["vehicles"]), ", best first" * (len(told["windows"]) > 1)
    return f"<p><b>Change of shift: {count(many)} in, then {many} out{best}</b></p><ul>{rows}</ul>"


def _gates(found: dict[str, Any]) -> str:
    """Return every gate by interval, for arriving: its state, why, how often it is clear."""
    rows = "".join(
        _gate_row(gate, row, found) for gate in found["gates"] for row in gate["intervals"]
    )
    return (
        "<details><summary><b>Every gate by interval</b></summary><table><thead><tr>"
        '<th scope="col">Gate</th><th scope="col">Arrive</th><th scope="col">State</th>'
        '<th scope="col" class="n">Min</th><th scope="col">Why; clear way to it in</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def _gate_row(gate: dict[str, Any], row: dict[str, Any], found: dict[str, Any]) -> str:
    end = found["until"]
    span = f"{clock(row['from'], end)} to {clock(row['until'], end)}"
    why = [isolate(row["reason"])] if row["reason"] else []
    told = of_all(row, found["ensemble"])
    why += [escape(told)] if told else []
    return (
        f"<tr><td>{isolate(gate['name'])}</td><td>{escape(span)}</td><td>{escape(row['state'])}</td>"
        f"<td class='n'>{_minutes(row)}</td><td>{'; '.join(why)}</td></tr>"
    )
