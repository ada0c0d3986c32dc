"""Work behind the pages: the simulation of a plan, the day at a site, each told as it goes."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.errors import Cancelled
from planner.network.profiles import PROFILES
from planner.plan.day.sheet import ENOUGH, DayQuestion, day_at
from planner.plan.make import with_doubt, with_sites
from planner.ui import answers, session
from planner.ui.trials import Trials

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from planner.plan import Plan
    from planner.ui.answers import Asked
    from planner.ui.trials import Tell, Trial

WORLDS = 500
"""Simulated variations of the reports behind every plan."""

THREADS = max((os.cpu_count() or 1) - 1, 1)
"""One core is left to the pages."""

_LOOKED, _LOOKED_AT_DAY = "simulated", "day-asked"


@st.cache_resource(show_spinner=False)
def _simulations() -> Trials[Asked, Plan]:
    return Trials(_simulate, give_way=lambda: answers.plans_under_way() or _days().busy())


def _simulate(asked: Asked, tell: Tell) -> Plan:
    plan = answers.whole_plan(asked)
    return answers.staying(with_doubt(plan, progress=tell, threads=THREADS, worlds=WORLDS))


def best_known(asked: Asked) -> Plan:
    """Return the plan with its simulation, else the whole plan, else its first choices at once.

    Raises
    ------
    PlannerError
        The question cannot be asked of this workspace; the message says what to do.
    """
    let_go(asked)
    trial = simulated(asked)
    if trial is not None and trial.made is not None:
        again = _ranked_again(asked, trial.made)
        if again is not None:
            return again
    return answers.best_known(asked)


def _ranked_again(asked: Asked, made: Plan) -> Plan | None:
    """Return a simulated plan with the places to wait of a question, None where that is no help."""
    if asked == asked.ways:
        return made
    told = made.document["ensemble"]
    return _known_again(asked, (made.document["generated_at"], told["worlds"]), made)


@st.cache_resource(max_entries=answers.KEPT, ttl=answers.FRESH, show_spinner=False)
def _known_again(
    asked: Asked,
    about: tuple[str, int],  # noqa: ARG001 - part of the key
    _made: Plan,
) -> Plan | None:
    return with_sites(_made, asked.sites, asked.support_minutes)


def simulated(asked: Asked) -> Trial[Plan] | None:
    """Return how far the simulation behind a plan is, None where it was not begun.

    How the sites are ranked changes nothing of it: one simulation serves every ranking.
    """
    return _simulations().known(asked.ways)


def simulate(asked: Asked) -> Trial[Plan]:
    """Have the reports varied behind a plan for this reader; return how far that is.

    Called again while it runs, as a sign that somebody still looks.
    """
    st.session_state[_LOOKED] = asked.ways
    return _simulations().order(asked.ways, session.reader())


def let_go(asked: Asked) -> None:
    """Give up the simulation of another question than this, unless someone else looks at it."""
    session.give_up(_simulations(), _LOOKED, asked.ways)


def stop_simulation(asked: Asked) -> None:
    """End a simulation at its next step: what is simulated by then is told."""
    _simulations().stop(asked.ways)


def simulate_again(asked: Asked) -> None:
    """Forget a simulation that was stopped, or failed: it is begun anew."""
    _simulations().forget(asked.ways)


def that_day(asked: Asked, zone: ZoneInfo) -> Asked:
    """Return what is asked of the whole local day of a question's arrival."""
    day = asked.question(zone).arrive_utc.astimezone(zone).date()
    return replace(asked.ways, arrive=f"{day.isoformat()}T12:00")


@st.cache_resource(show_spinner=False)
def _days() -> Trials[Asked, dict[str, Any]]:
    return Trials(_work_out_day, give_way=answers.plans_under_way)


def _work_out_day(asked: Asked, tell: Tell) -> dict[str, Any]:
    prepared, question, risk = answers.laid_out(asked)
    zone = prepared.workspace.timezone

    def say(_what: str, done: int, of: int) -> None:
        if not tell(done, of):
            raise Cancelled("the day: stopped")

    wanted = DayQuestion(
        asked.facility, question.arrive_utc.astimezone(zone).date(), asked.profile, asked.quiet,
        vehicles=None if PROFILES[asked.profile].on_foot else asked.vehicles, worlds=ENOUGH,
        trade=asked.trade, wishes=asked.wishes, parameters=question.parameters,
    )  # fmt: skip
    return answers.staying(day_at(prepared, wanted, risk=risk, say=say).document)


def day(asked: Asked) -> Trial[dict[str, Any]]:
    """Have a day worked out for this reader; return how far it is."""
    session.give_up(_days(), _LOOKED_AT_DAY, asked)
    st.session_state[_LOOKED_AT_DAY] = asked
    return _days().order(asked, session.reader())


def let_day_go() -> None:
    """Give up every day this reader no longer looks at."""
    session.give_up(_days(), _LOOKED_AT_DAY, None)


def stop_day(asked: Asked) -> None:
    """End the work on a day: nothing is told of a part of it."""
    _days().stop(asked)


def day_again(asked: Asked) -> None:
    """Forget a day that was stopped, or failed: it is begun anew."""
    _days().forget(asked)
