"""Sites for several facilities, worked out behind the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.layers.workspace import Workspace
from planner.plan.question import BALANCED
from planner.plan.stage.make import make_stage
from planner.plan.stage.question import ENOUGH, MINUTES, ask_stage
from planner.plan.wishes.asked import Wishes
from planner.staging.site_wishes import SiteWishes
from planner.tuning import parameters_of
from planner.ui import answers, session
from planner.ui.question import SUPPORT_MIN
from planner.ui.trials import Trials

if TYPE_CHECKING:
    from planner.ui.answers import Asked
    from planner.ui.trials import Tell, Trial

_WANTED = "stage_wanted"


@dataclass(frozen=True, slots=True)
class StageAsked:
    """What is asked for beside the page's own question, of which ``asked`` is what counts."""

    asked: Asked
    facilities: tuple[str, ...]
    vehicles: tuple[int, ...]
    sites: int
    objective: str = "p-median"
    minutes: int = MINUTES
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    split: bool = False


@st.cache_resource(show_spinner=False)
def _stages() -> Trials[StageAsked, dict[str, Any]]:
    return Trials(_work_out, give_way=answers.plans_under_way)


def _work_out(wanted: StageAsked, _tell: Tell) -> dict[str, Any]:
    workspace, asked = Workspace.open(wanted.asked.path), wanted.asked
    question = ask_stage(
        wanted.facilities, asked.arrive, workspace.timezone, vehicles=wanted.vehicles,
        choice={
            "sites": wanted.sites, "objective": wanted.objective, "minutes": wanted.minutes,
            "fixed": wanted.fixed, "forbidden": wanted.forbidden, "split": wanted.split,
        },
        profile=asked.profile, quiet=asked.quiet, worlds=ENOUGH, parameters=parameters_of(workspace),
    )  # fmt: skip
    return answers.staying(make_stage(workspace, question).document)


def of_page(asked: Asked) -> Asked:
    """Return what of a page's question bears on the choice: its hour and who travels, no wish."""
    plain = replace(asked, wishes=Wishes(), sites=SiteWishes(), trade=BALANCED)
    return replace(plain, vehicles=1, support_minutes=SUPPORT_MIN)


def stage(wanted: StageAsked) -> Trial[dict[str, Any]]:
    """Have sites chosen for this reader; return how far that is."""
    return _stages().order(wanted, session.reader())


def stage_again(wanted: StageAsked) -> None:
    """Forget a choice that failed: it is begun anew."""
    _stages().forget(wanted)


def current(asked: Asked) -> dict[str, Any] | None:
    """Return the choice this reader has before them for a question, None where there is none."""
    wanted = st.session_state.get(_WANTED)
    if wanted is None or wanted.asked != of_page(asked):
        return None
    trial = _stages().known(wanted)
    return None if trial is None else trial.made


def keep(wanted: StageAsked | None) -> None:
    """Remember what this reader asks for, for the other pages; what they asked before is let go."""
    session.give_up(_stages(), _WANTED, wanted)
    st.session_state[_WANTED] = wanted
