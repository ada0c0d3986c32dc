"""The one page of the app: ask, read the answer, look at the map, take the briefing."""

from __future__ import annotations

import os
import re
import sys
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from planner.briefing.body import MEANING
from planner.briefing.escape import isolate
from planner.briefing.marking import Marking
from planner.briefing.page import DEFAULT_MARKING, asset
from planner.briefing.tables import tables
from planner.briefing.words import moment
from planner.errors import PlannerError
from planner.ui import answers
from planner.ui.question import MORNING, sealed_name, workspace_given

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
MAP_HEIGHT = 640
FIRST_STEPS = """\
**No workspace is open.** A workspace is one file that holds a city's roads, your sites and gates,
and what has been reported. Give its path above, or make one in a terminal:

- try it out with the bundled city: `planner demo --out demo`, then open the workspace it names
- your own city: `planner init CITY.osm.pbf -w CITY.gpkg`
- your sites and gates: `planner import facilities FILE -w CITY.gpkg`, then `entrances`
"""


def literal(text: object) -> str:
    r"""Return text that Streamlit's Markdown shows as it is.

    >>> literal("$x$ :red[a]")
    '\\$x\\$ \\:red\\[a\\]'
    """
    return _PUNCTUATION.sub(r"\\\1", str(text))


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Ways in", page_icon="🧭", layout="wide")
    st.html(f"<style>{asset('app.css')}</style>")
    path = _workspace()
    if not path:
        st.info(FIRST_STEPS)
        return
    try:
        _answer(path)
    except PlannerError as error:
        st.error(literal(error))


def _workspace() -> str:
    given = workspace_given(sys.argv[1:], os.environ)
    if given:
        return given
    return st.text_input(
        "Workspace file",
        key="workspace",
        placeholder="/path/to/city.gpkg",
        help="The GeoPackage made by `planner init` or `planner demo`.",
    ).strip()


def _answer(path: str) -> None:
    stamp = answers.stamp_of(path)
    known = answers.holdings(path, stamp)
    if not known.facilities:
        st.warning(
            "This workspace holds no facility yet. Import yours in a terminal: "
            f"`planner import facilities FILE -w` {literal(path)}"
        )
        return
    question = _question(path, stamp, known)
    if question is None:
        return
    plan = answers.plan_for(question)
    document = plan.document
    zone = ZoneInfo(document["timezone"])
    _first_line(document, zone)
    st.iframe(
        answers.page_for(question, DEFAULT_MARKING, compact=True),
        height=MAP_HEIGHT,
        alt="Map of ways in, gates, staging sites and risk through the day; tables follow below",
    )
    _take_away(question, document)
    st.html(f'<div class="tables">{tables(document, zone=zone)}<p>{MEANING}</p></div>')


def _question(path: str, stamp: answers.Stamp, known: answers.Holdings) -> answers.Asked | None:
    left, middle, right, place = st.columns([3, 1.5, 1.2, 1.5], vertical_alignment="bottom")
    facility = left.selectbox(
        "Site to reach",
        list(known.facilities),
        format_func=lambda key: known.facilities[key],
        key="facility",
        help="A facility of this workspace.",
    )
    day = middle.date_input("Arrive on", known.day, key="day", format="YYYY-MM-DD")
    hour = right.time_input(
        "Arrive by",
        MORNING,
        key="hour",
        step=timedelta(minutes=15),
        help=f"Local time of the workspace, {known.timezone.key}.",
    )
    place.html(f'<p class="place">{isolate(known.name)}<br>{isolate(known.timezone.key)}</p>')
    if facility is None or not hasattr(day, "year") or hour is None:
        st.info("Choose a site, a day and a time.")
        return None
    return answers.asked(path, stamp, facility, (day, hour))


def _first_line(document: dict[str, Any], zone: ZoneInfo) -> None:
    kind = "" if document["feasible"] else " none"
    st.html(
        f'<div class="first{kind}"><h1>{isolate(document["headline"])}</h1>'
        f"<p>Valid until {moment(document['valid_until'], zone)}. "
        f"Times in {isolate(document['timezone'])}.</p></div>"
    )
    if not document["feasible"]:
        reasons = {
            origin.get("reason") or "": moment(origin["opens_at"], zone)
            if origin.get("opens_at") else ""
            for origin in document["origins"]
        }  # fmt: skip
        items = "".join(
            f"<li>{isolate(reason)}{f' <b>Opens {opens}.</b>' if opens else ''}</li>"
            for reason, opens in reasons.items()
        )
        st.html(f'<ul class="why">{items}</ul>')
    if not document["verification"]["passed"]:
        st.error("The independent check found faults: do not use this plan. See the list below.")


def _take_away(question: answers.Asked, document: dict[str, Any]) -> None:
    left, right, _ = st.columns([1.6, 1.6, 4], vertical_alignment="bottom")
    marking = left.selectbox(
        "Marking of the briefing",
        [str(mark) for mark in Marking],
        index=[str(mark) for mark in Marking].index(DEFAULT_MARKING),
        key="marking",
        help="TLP 2.0. GREEN and CLEAR leave out routes, gates, staging and times.",
    )
    right.download_button(
        "Download the briefing",
        lambda: answers.page_for(question, marking, compact=False),
        file_name=sealed_name(document),
        mime="text/html",
        on_click="ignore",
        type="primary",
        help="One HTML file: opens in any browser, no network needed.",
    )


if __name__ == "__main__":
    main()
