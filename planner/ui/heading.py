"""What stands on top of every page: the question, then the answer in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.briefing.escape import escape, isolate
from planner.briefing.no_way import onward
from planner.briefing.words import moment
from planner.errors import PlannerError
from planner.plan.wishes.asked import Wishes
from planner.staging.site_wishes import SiteWishes
from planner.ui import answers, behind, guide, session
from planner.ui.progress import over
from planner.ui.question import PROFILES, completed, unread
from planner.ui.shelf import shelf
from planner.ui.sure import sure_line
from planner.ui.words import literal

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from planner.plan import Plan
    from planner.ui.question import Shared

STEP = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer, and what a page needs to draw both.

    Attributes
    ----------
    plan
        The answer; only first choices while ``whole`` is false.
    asked
        The question, as the cache knows it.
    known
        What the workspace holds.
    """

    plan: Plan
    asked: answers.Asked
    known: answers.Holdings

    @property
    def whole(self) -> bool:
        """Whether other ways in, staging too, are worked out."""
        return self.plan.whole

    @property
    def unsure(self) -> bool:
        """Whether a simulation is to come, or is under way."""
        return self.document["ensemble"] is None and not over(behind.simulated(self.asked))

    @property
    def document(self) -> dict[str, Any]:
        """The plan as data."""
        return self.plan.document

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are told."""
        return self.known.timezone


def opened() -> tuple[Path, answers.Stamp, answers.Holdings] | None:
    """Return the open workspace, None while there is none."""
    name = session.shared().workspace
    if not name:
        return None
    path = shelf().path(name)
    stamp = answers.stamp_of(path)
    return path, stamp, answers.holdings(path, stamp)


def ask_and_answer() -> Answered | None:
    """Draw the question and the answer in words; None where nothing can be asked yet."""
    found = opened()
    if found is None:
        return None
    path, stamp, known = found
    asked = completed(session.shared(), list(known.facilities), known.day, known.timezone)
    session.keep(asked)
    guide.guide(path, stamp, asked)
    question_bar(asked, known)
    lost = unread(st.session_state.get(session.OPENED) or {}, list(known.facilities))
    if lost:
        st.warning(f"The link was not read in full: {literal('; '.join(lost))}.")
    if not asked.facility:
        st.warning(
            "This workspace holds no site to reach yet. Draw or import yours on the Layers page."
        )
        return None
    question = answers.Asked(
        path, stamp, asked.facility, asked.arrive, asked.vehicles, asked.profile, asked.quiet,
        asked.wishes, asked.trade, asked.sites, asked.support_minutes,
    )  # fmt: skip
    answered = _answered(question, known)
    first_line(answered)
    sure_line(answered)
    st.session_state["unfinished"] = None if answered.whole else question
    return answered


def _answered(question: answers.Asked, known: answers.Holdings) -> Answered:
    """Return the answer; without the wishes, which are told, where these cannot be read here."""
    try:
        return Answered(behind.best_known(question), question, known)
    except PlannerError as error:
        if not question.wishes and not question.sites:
            raise
        st.warning(f"Not as you asked: {literal(str(error))}.")
        st.button("Drop what was asked of the ways and of places to wait", on_click=_drop_wishes)
    question = replace(question, wishes=Wishes(), sites=SiteWishes())
    return Answered(behind.best_known(question), question, known)


def _drop_wishes() -> None:
    session.change(wishes=Wishes(), sites=SiteWishes())


def question_bar(asked: Shared, known: answers.Holdings) -> None:
    """Draw what is asked, each part open to change."""
    names = shelf().names()
    widgets = {
        "w_workspace": asked.workspace,
        "w_facility": asked.facility,
        "w_day": asked.when.date() if asked.when else known.day,
        "w_hour": asked.when.time() if asked.when else time(8),
        "w_profile": asked.profile,
        "w_quiet": asked.quiet,
    }
    # A widget forgets its value when its page is left: the question is what is kept.
    for key, value in widgets.items():
        st.session_state[key] = value
    with st.container(key="question"):
        a, b, c, d, e, f = st.columns([1.7, 2.2, 1.3, 1.05, 1.35, 1.7], vertical_alignment="bottom")
    a.selectbox(
        "Workspace", names, key="w_workspace", on_change=_other_workspace,
        format_func=lambda name: name if name != asked.workspace else f"{name} · {known.name}"
        if known.name != name else name,
        help="One file with a city's roads, your sites and gates, and what has been reported. "
        "Open or make another on the Start page.",
    )  # fmt: skip
    b.selectbox(
        "Site to reach", list(known.facilities), key="w_facility", on_change=_site,
        format_func=lambda key: known.facilities.get(key, key),
        placeholder="No site yet", help="A facility of this workspace; your own come first.",
    )  # fmt: skip
    c.date_input("Arrive on", key="w_day", format="YYYY-MM-DD", on_change=_moment,
                 help="The day of the arrival.")  # fmt: skip
    d.time_input("Arrive by", key="w_hour", step=STEP, on_change=_moment,
                 help=f"Local time there ({known.timezone.key}). The slider on the map moves it too.")  # fmt: skip
    e.selectbox("Travels", list(PROFILES), key="w_profile", on_change=_profile,
                format_func=PROFILES.__getitem__,
                help="Who comes, in what: it decides which roads and gates serve. On foot people "
                "come from stops of public transport near by.")  # fmt: skip
    f.toggle("Spare quiet streets", key="w_quiet", on_change=_quiet,
             help="A cost on streets near schools and hospitals, and on those where people live: "
             "vehicles go round where it takes little longer.")  # fmt: skip


def _other_workspace() -> None:
    session.turn_to_workspace(st.session_state["w_workspace"])


def _site() -> None:
    if st.session_state["w_facility"]:
        # Gates and approved routes are those of a site; streets and places stay.
        kept = session.shared().wishes.model_copy(update={"gate": None, "access_routes": False})
        weighed = session.shared().sites.model_copy(update={"locked": (), "forbidden": ()})
        session.change(facility=st.session_state["w_facility"], wishes=kept, sites=weighed)


def _moment() -> None:
    day, hour = st.session_state["w_day"], st.session_state["w_hour"]
    if day is not None and hour is not None:
        session.change(arrive=datetime.combine(day, hour).isoformat(timespec="minutes"))


def _profile() -> None:
    session.change(profile=st.session_state["w_profile"])


def _quiet() -> None:
    session.change(quiet=bool(st.session_state["w_quiet"]))


def first_line(answered: Answered) -> None:
    """Draw the answer in words, with why there is none and how long it holds."""
    document, zone = answered.document, answered.zone
    kind = "" if document["feasible"] else " none"
    more = (
        ""
        if answered.whole
        else " · So far first choices alone: what if one shuts, other ways, staging are being worked out …"
    )
    st.html(
        f'<div class="first{kind}" role="status"><h1>{isolate(document["headline"])}</h1>'
        f"{_asked_of_ways(document)}"
        f"<p>Valid until {moment(document['valid_until'], zone)}. "
        f"Times in {escape(document['timezone'])}.{_checked(document)}{more}</p>{_before(answered) if answered.whole else ''}</div>"
    )
    if told := onward(document, zone, pending=not answered.whole):
        st.html(told)
    if not document["feasible"]:
        _why_not(document, zone)
    if not document["verification"]["passed"]:
        st.error("The independent check found faults: do not use this plan. See the list below.")


def _asked_of_ways(document: dict[str, Any]) -> str:
    """Return a line for the wishes, one for what was chosen of minutes and exposure."""
    wishes, trade = document["wishes"], document["trade"]
    told = [wishes["text"] if wishes else "", trade["text"]]
    return "".join(f'<p class="asked">{isolate(text)}</p>' for text in told if text)


def _checked(document: dict[str, Any]) -> str:
    found = document["verification"]
    if not found["passed"]:
        return ""
    return f" ✓ {int(found['checked'])} ways and sites checked independently."


def _before(answered: Answered) -> str:
    """Say what the first line was before the last edit of the workspace."""
    asked, line = answered.asked, answered.document["headline"]
    about = (asked.path, asked.facility, asked.arrive, asked.profile, asked.quiet, asked.wishes,
             asked.trade, asked.sites)  # fmt: skip
    seen = st.session_state.get("said") or {}
    if seen.get("about") != about:
        seen = {"about": about, "stamp": asked.stamp, "line": line, "before": ""}
    elif seen["stamp"] != asked.stamp:
        if seen["line"] != line:
            seen["before"] = seen["line"]
        seen |= {"stamp": asked.stamp, "line": line}
    else:
        seen["line"] = line
    st.session_state["said"] = seen
    before = seen["before"]
    return (
        f'<p class="before">Before the last edit: {isolate(before)}</p>'
        if before and before != line
        else ""
    )


def _why_not(document: dict[str, Any], zone: ZoneInfo) -> None:
    st.html(
        f'<details class="why"><summary>Why there is no way through</summary>'
        f"<ul>{reasons_told(document, zone)}</ul></details>"
    )


def reasons_told(document: dict[str, Any], zone: ZoneInfo) -> str:
    """Return every reason why there is no way, with when it opens, once each, as HTML."""
    reasons = dict.fromkeys(
        (
            origin.get("reason") or "",
            moment(origin["opens_at"], zone) if origin.get("opens_at") else "",
        )
        for origin in document["origins"]
    )
    # What is told with its hour is not told without it too.
    timed = {reason for reason, opens in reasons if opens}
    return "".join(
        f"<li>{isolate(reason)}{f' <b>Opens {opens}.</b>' if opens else ''}</li>"
        for reason, opens in reasons if opens or reason not in timed
    )  # fmt: skip
