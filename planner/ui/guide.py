"""The line that leads a newcomer from city to briefing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import streamlit as st

from planner.briefing.escape import isolate
from planner.layers.workspace import Workspace
from planner.ui.own_files import own_file
from planner.ui.pages import TITLES, page_at

if TYPE_CHECKING:
    from datetime import date

    from planner.ui.answers import Stamp
    from planner.ui.question import Shared

GUIDED, LOOKED, DOWNLOADED = "guided", "looked", "downloaded"
STEPS = ("City", "Site", "What is reported", "Plan", "Briefing")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a reader is.

    Attributes
    ----------
    own_site
        Whether the workspace holds a site that did not come with the city file.
    gates_known
        Whether the site asked about has a gate that is not assumed.
    reports
        Whether an assembly is reported for the day asked about, or later.
    looked, downloaded
        Whether the ways in were read, and the briefing was fetched.
    """

    own_site: bool = False
    gates_known: bool = False
    reports: bool = False
    looked: bool = False
    downloaded: bool = False

    @property
    def done(self) -> tuple[bool, ...]:
        """Which of ``STEPS`` are done; there is a city wherever this is asked."""
        return True, self.gates_known, self.reports, self.looked, self.downloaded


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its number, its title, and whether it is done or the next."""

    number: int
    title: str
    done: bool
    next: bool


def steps(reached: Reached) -> tuple[Step, ...]:
    """Return every step; the first that is not done is the next.

    >>> [step.title for step in steps(Reached(gates_known=True)) if step.next]
    ['What is reported']
    """
    first = reached.done.index(False) if not all(reached.done) else len(STEPS)
    return tuple(
        Step(place + 1, title, done, place == first)
        for place, (title, done) in enumerate(zip(STEPS, reached.done, strict=True))
    )


def advice(reached: Reached) -> tuple[str, str]:
    """Return what to do next, and the path of the page on which to do it ("" where all is done).

    >>> advice(Reached())[1], advice(Reached(True, True, True, True, True))[1]
    ('layers', '')
    """
    if not reached.gates_known:
        if reached.own_site:
            return "The gates of this site are assumed: draw or import its real ones.", "layers"
        return "Choose the site to reach below, or draw your own with its gates.", "layers"
    if not reached.reports:
        return "Say what is reported for that day: by mouse, in words, or from a file.", "layers"
    if not reached.looked:
        return "Choose who travels, then read the ways in, street by street.", "routes"
    if not reached.downloaded:
        return "Download the briefing for those who travel.", "briefing"
    return "All done. Change the time or the reports, and the answer follows.", ""


@st.cache_data(max_entries=12, show_spinner=False)
def held(path: Path, stamp: Stamp, facility: str, day: date) -> tuple[bool, bool, bool]:  # noqa: ARG001 - part of the key
    """Return whether there is an own site, a known gate, a report for that day or later."""
    workspace = Workspace.open(path)
    sites = workspace.layer("facilities")["id"]
    gates = workspace.layer("entrances")
    known = gates[(gates["facility_id"] == facility) & ~gates["assumed"].astype(bool)]
    morning = datetime.combine(day, time(), tzinfo=workspace.timezone).astimezone(UTC)
    ahead = workspace.layer("zones")["ends_at"] >= morning
    return bool((~sites.str.startswith("osm-")).any()), len(known) > 0, bool(ahead.any())


def guide(path: Path, stamp: Stamp, asked: Shared) -> None:
    """Draw the line while the reader is being led."""
    if not st.session_state.get(GUIDED):
        return
    if urlsplit(st.context.url or "").path.rstrip("/").endswith("/routes"):
        st.session_state[LOOKED] = True
    day = asked.when.date() if asked.when else datetime.now(UTC).date()
    reached = Reached(
        *held(path, stamp, asked.facility, day),
        looked=bool(st.session_state.get(LOOKED)),
        downloaded=bool(st.session_state.get(DOWNLOADED)),
    )
    sentence, page = advice(reached)
    with st.container(key="guide", horizontal=True, vertical_alignment="center", gap="small"):
        style = own_file("guide.css")
        st.html(f"<style>{style}</style>{_line(steps(reached), sentence)}")
        if page:
            st.page_link(page_at(page), label=TITLES[page], icon=":material/arrow_forward:")
        st.button(
            "Close", key="guide-close", type="tertiary", icon=":material/close:",
            help="Close the guide; the Start page brings it back.", on_click=follow, args=(False,),
        )  # fmt: skip


def follow(led: bool = True) -> None:
    """Begin or end leading the reader."""
    st.session_state[GUIDED] = led
    if led:
        st.session_state[LOOKED] = st.session_state[DOWNLOADED] = False


def _line(line: tuple[Step, ...], sentence: str) -> str:
    items = "".join(_item(step) for step in line)
    return f'<nav class="guide" aria-label="First steps"><ol>{items}</ol><p>{isolate(sentence)}</p></nav>'


def _item(step: Step) -> str:
    kind = "done" if step.done else "next" if step.next else "later"
    current = ' aria-current="step"' if step.next else ""
    mark = "✓" if step.done else str(step.number)
    told = '<span class="hidden"> done</span>' if step.done else ""
    return f'<li class="{kind}"{current}><b>{mark}</b> {step.title}{told}</li>'
