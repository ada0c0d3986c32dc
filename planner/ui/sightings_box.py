"""A report seen again, told to be one zone with others, or a zone of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.words import SOURCES, moment, plain
from planner.errors import PlannerError
from planner.risk.status import Status
from planner.sightings import join, seen_again, split
from planner.ui.desk import mark_of
from planner.ui.standing import Standing, standings
from planner.ui.words import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.ui.desk import Bench
    from planner.ui.drafts import Desk

AS_BEFORE = ""
FAULT = "sighting-fault"
"""Where it is kept why the last step was not taken: a page may be drawn anew at any time."""

STATUS: Mapping[Status, str] = {
    Status.REPORTED: "Reported", Status.NOT_YET: "Not yet there", Status.EXPIRED: "Expired",
}  # fmt: skip


def sightings_box(bench: Bench, desk: Desk) -> str:
    """Draw how the chosen report stands, and what can be told of it; return what was done.

    Parameters
    ----------
    desk
        With a stored report in its form.
    """
    key, when = desk.chosen, bench.when or datetime.now(UTC)
    found = standings(bench.workspace.path, bench.stamp, when)
    standing, row = found.get(key), bench.cells(key)
    if standing is None or row is None:
        return ""
    st.caption(literal(in_words(standing, row, when, bench)))
    above = st.container()
    done = _told(bench, key, standing, changed=key in desk.drafts)
    with above:
        _fault(bench, key)
    return done


def _told(bench: Bench, key: str, standing: Standing, *, changed: bool) -> str:
    """Draw what can be told of a report; return what was done."""
    now = st.button(
        "Seen again now", key="seen-now", disabled=changed,
        help="Its age counts from now. "
        + ("Save or discard your changes of it first." if changed else ""),
    )  # fmt: skip
    if now:
        return _done(bench, key, lambda: _told_seen(bench, key, None, {}))
    with st.expander("Seen at another time, other figures, one zone with others"):
        return _seen_otherwise(bench, key, changed=changed) or _one_zone(
            bench, key, standing, changed=changed
        )


def in_words(standing: Standing, row: Mapping[str, Any], when: datetime, bench: Bench) -> str:
    """Return how a report stands, in one or two sentences."""
    zone = bench.workspace.timezone
    source = SOURCES.get(row["source_kind"], plain(row["source_kind"])).lower()
    grade = f"{row['source_grade']}{int(row['info_grade'])}"
    seen = moment(row["observed_at"].isoformat(), zone)
    said = f"{STATUS[standing.status]} at {moment(when.isoformat(), zone)}. Last seen {seen} ({source}, {grade})"
    expires = moment(standing.expires.isoformat(), zone)
    said += (
        "." if standing.expired else f"; unless seen again nothing of it is left after {expires}."
    )
    if standing.others:
        said += f" Taken as one zone with {', '.join(standing.others)}."
    return said


def _seen_otherwise(bench: Bench, key: str, *, changed: bool) -> str:
    name = f"seen-{mark_of(bench.workspace.path, 'zones')}-{key}-{bench.version}"
    with st.form(name, border=False):
        here = datetime.now(bench.workspace.timezone)
        left, right = st.columns(2, gap="small")
        day = left.date_input("Seen on", here.date(), format="YYYY-MM-DD", key=f"{name}-day")
        hour = right.time_input("Seen at", here.time().replace(second=0, microsecond=0),
                                step=60, key=f"{name}-hour")  # fmt: skip
        source = left.selectbox(
            "By", [AS_BEFORE, *SOURCES], key=f"{name}-source",
            format_func=lambda kind: SOURCES.get(kind, "the same kind of source"),
            help="Another kind of source becomes a report of its own: the two corroborate each other.",
        )  # fmt: skip
        grade = right.text_input("Grade", key=f"{name}-grade", placeholder="as before",
                                 help="Source A-F and report 1-6, such as C3.")  # fmt: skip
        size = left.text_input("People", key=f"{name}-size", placeholder="as before",
                               help="LOW-HIGH, or one number.")  # fmt: skip
        until = right.text_input("New end", key=f"{name}-until", placeholder="as before",
                                 help="Such as 2026-12-01T11:00.")  # fmt: skip
        if not st.form_submit_button("Write the sighting", disabled=changed):
            return ""
    if day is None or hour is None:
        st.error("Say when it was seen.")
        return ""
    news = {"grade": grade, "size": size, "source": source, "until": until}
    at = datetime.combine(day, hour).isoformat(timespec="minutes")
    told = {part: text.strip() for part, text in news.items() if text.strip()}
    return _done(bench, key, lambda: _told_seen(bench, key, at, told))


def _one_zone(bench: Bench, key: str, standing: Standing, *, changed: bool) -> str:
    names = [other for other in bench.ids["zones"] if other not in (key, *standing.others)]
    others = st.multiselect(
        "One zone with", names, key=f"join-{key}-{bench.version}", placeholder="Choose reports",
        help="They are taken together: independent kinds of source corroborate, copies do not add up.",
    )  # fmt: skip
    left, right = st.columns(2, gap="small")
    if left.button("Take as one zone", key="zone-join", disabled=changed or not others,
                   width="stretch"):  # fmt: skip
        return _done(bench, key, lambda: _joined(bench, key, others))
    if right.button("A zone of its own", key="zone-split", width="stretch",
                    disabled=changed or not standing.others):  # fmt: skip
        return _done(bench, key, lambda: _split(bench, key))
    return ""


def _told_seen(bench: Bench, key: str, at: str | None, news: dict[str, str]) -> str:
    row = seen_again(bench.workspace, key, at, news=news)
    return f"{key} was seen again." if row == key else f"{key} was seen again: told by {row}."


def _joined(bench: Bench, key: str, others: list[str]) -> str:
    changed = join(bench.workspace, key, others)
    return f"{', '.join(changed)}: now taken as reports of one zone with {key}."


def _split(bench: Bench, key: str) -> str:
    changed = split(bench.workspace, [key])
    return f"{', '.join(changed)}: now a zone of its own."


def _done(bench: Bench, key: str, act: Callable[[], str]) -> str:
    """Return what was done; keep why where it cannot be."""
    fault = "Somebody edited meanwhile. Look at it as it is now, then press again."
    if bench.workspace.version == bench.version:
        try:
            return act()
        except PlannerError as error:
            fault = literal(f"Nothing was written. {error}")
    st.session_state[FAULT] = (str(bench.workspace.path), bench.version, key, fault)
    return ""


def _fault(bench: Bench, key: str) -> None:
    """Tell why the last step was not taken: also when the page is drawn anew, until an edit."""
    *about, text = st.session_state.get(FAULT) or ("", 0, "", "")
    if text and about == [str(bench.workspace.path), bench.version, key]:
        st.error(text)


def expired_rows(bench: Bench) -> dict[str, Standing]:
    """Return the reports that are expired at the moment asked about, by id."""
    if bench.when is None:
        return {}
    found = standings(bench.workspace.path, bench.stamp, bench.when)
    return {key: standing for key, standing in found.items() if standing.expired}


def expired_list(bench: Bench) -> None:
    """Draw which reports are expired at the moment asked about, if any are."""
    found = expired_rows(bench)
    if bench.when is not None and found:
        zone = bench.workspace.timezone
        told = "; ".join(
            f"{key} (until {moment(found[key].expires.isoformat(), zone)})" for key in sorted(found)
        )
        st.caption(
            literal(
                f"Expired at {moment(bench.when.isoformat(), zone)}, so without weight in map, ways "
                f"and tables until seen again: {told}."
            )
        )
