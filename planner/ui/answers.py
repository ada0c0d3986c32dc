"""Plans for the pages: every call into the planner, each worked out once."""

from __future__ import annotations

import gc
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from planner.briefing.basemap import base_map
from planner.briefing.page import render_briefing
from planner.briefing.steps import day_steps
from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.network.profiles import CAR
from planner.network.store import load_network
from planner.plan import Plan
from planner.plan.day.risk import day_risk, day_span
from planner.plan.day.sheet import with_day
from planner.plan.leaving import leave_at
from planner.plan.make import plan_at, with_beside, with_sites
from planner.plan.pace.choke import choke_points
from planner.plan.prepare import Prepared, prepare
from planner.plan.question import BALANCED, ask
from planner.plan.wishes.asked import Wishes
from planner.staging.site_wishes import SiteWishes
from planner.tuning import parameters_of
from planner.ui.question import SUPPORT_MIN, first_day, labels_of
from planner.ui.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from planner.plan.diff.since import Changed
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.risk.parameters import RiskParameters

Made = TypeVar("Made")
Stamp = tuple[int, int, int]
KEPT = 12
"""Plans kept for all readers of one server."""

FRESH = timedelta(minutes=10)
"""A plan is made anew after this, so that "valid until" never lags behind the clock."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a page asks with: the workspace's name, zone, facilities and likely day."""

    name: str
    timezone: ZoneInfo
    facilities: dict[str, str]
    day: date
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of one state of a workspace; ``stamp`` changes with any edit."""

    path: Path
    stamp: Stamp
    facility: str
    arrive: str
    vehicles: int = 10
    profile: str = "car"
    quiet: bool = True
    wishes: Wishes = Wishes()  # noqa: RUF009 - frozen
    trade: str = BALANCED
    sites: SiteWishes = SiteWishes()  # noqa: RUF009 - frozen
    support_minutes: int = SUPPORT_MIN

    @property
    def ground(self) -> tuple[Path, Stamp, str, int, str, tuple[str, ...]]:
        """All of it that no hour changes."""
        locked = tuple(sorted(self.sites.locked))
        return self.path, self.stamp, self.facility, self.vehicles, self.profile, locked

    @property
    def ways(self) -> Asked:
        """The same without what bears on places to wait and stops of the crew alone."""
        locked = SiteWishes(locked=self.sites.locked)
        return replace(self, sites=locked, support_minutes=SUPPORT_MIN)

    def with_stay(self, other: Asked) -> Asked:
        """Return the same with what another question asks of places to wait and stops."""
        return replace(self, sites=other.sites, support_minutes=other.support_minutes)

    def question(self, zone: ZoneInfo) -> Question:
        """Return the question in the planner's own words, with the workspace's numbers."""
        return ask(
            self.facility, self.arrive, zone,
            vehicles=self.vehicles, profile=self.profile, quiet=self.quiet, wishes=self.wishes,
            trade=self.trade, sites=self.sites, support_minutes=self.support_minutes,
            parameters=_numbers(self.path, self.stamp),
        )  # fmt: skip


def stamp_of(path: Path) -> Stamp:
    """Return what changes whenever the workspace changes.

    Raises
    ------
    InputError
        No such file.
    StoreError
        The file is no workspace.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {path} any more: open another workspace on the Start page"
        )
    about = path.stat()
    return Workspace.open(path).version, about.st_mtime_ns, about.st_size


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _numbers(path: Path, stamp: Stamp) -> RiskParameters:  # noqa: ARG001 - part of the key
    return parameters_of(Workspace.open(path))


@st.cache_data(max_entries=KEPT, show_spinner=False)
def holdings(path: Path, stamp: Stamp) -> Holdings:  # noqa: ARG001 - part of the key
    """Return what there is to ask about."""
    workspace = Workspace.open(path)
    zones = workspace.layer("zones")
    return Holdings(
        workspace.settings.name,
        workspace.timezone,
        labels_of(workspace.layer("facilities")),
        first_day(zones, workspace.timezone, datetime.now(UTC)),
        {layer: len(ids) for layer, ids in workspace.ids().items()},
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def _prepared(
    path: Path,
    stamp: Stamp,  # noqa: ARG001 - part of the key
    facility: str,
    vehicles: int,
    profile: str,
    locked: tuple[str, ...],
) -> Prepared:
    # What stayed for another site or an older state of the workspace may go now.
    gc.unfreeze()
    ready = prepare(
        Workspace.open(path), facility, vehicles=vehicles, profile=profile, locked=locked
    )
    return staying(ready)


def staying(made: Made) -> Made:
    """Return what is kept, out of the collector's sight.

    Streamlit collects after every run of a fragment: to walk through plans and cities again each
    time makes every poll a tenth of a second slower.
    """
    gc.collect()
    gc.freeze()
    return made


@st.cache_resource(max_entries=8, show_spinner=False)
def _risk(_prepared: Prepared, key: tuple[Any, ...], _question: Question) -> Risk:  # noqa: ARG001 - the key
    span = day_span(_question, _prepared.workspace.timezone)
    return day_risk(_prepared.ground, span, _question.parameters)


def laid_out(asked: Asked) -> tuple[Prepared, Question, Risk]:
    """Return a site on its roads, what is asked there, the risk of that day."""
    prepared = _prepared(*asked.ground)
    zone = prepared.workspace.timezone
    question = asked.question(zone)
    day = question.arrive_utc.astimezone(zone).date()
    return prepared, question, _risk(prepared, (*asked.ground, day), question)


def _plan(asked: Asked, *, whole: bool) -> Plan:
    prepared, question, risk = laid_out(asked)
    return plan_at(prepared, question, whole=whole, risk=risk)


@st.cache_resource(show_spinner=False)
def _workshop() -> Workshop[Asked, Plan]:
    return Workshop(_make_whole)


def _make_whole(asked: Asked) -> Plan:
    """Return a whole plan; one of the same ways is ranked again where there is one by now."""
    again = _ranked_again(asked)
    # Who waits here for another order takes a worker from it: two would wait for each other.
    return staying(_plan(asked, whole=True)) if again is None else again


def _ranked_again(asked: Asked) -> Plan | None:
    """Return a plan whose ways are those asked for, its sites ranked again; None: there is none."""
    return _workshop().derive(
        asked, lambda known: known.with_stay(asked) == asked,
        lambda plan: with_sites(plan, asked.sites, asked.support_minutes),
    )  # fmt: skip


@st.cache_resource(max_entries=2 * KEPT, ttl=FRESH, show_spinner=False)
def _first_choices(asked: Asked) -> Plan:
    return _plan(asked, whole=False)


def best_known(asked: Asked) -> Plan:
    """Return the whole plan if it is made, else its first choices at once.

    Where only the places to wait are asked for otherwise, it is made at once: they are ranked
    again, no way is looked for anew.

    Raises
    ------
    PlannerError
        The question cannot be asked of this workspace; the message says what to do.
    """
    if _workshop().ready(asked):
        return whole_plan(asked)
    again = _ranked_again(asked)
    return _first_choices(asked) if again is None else again


def whole_plan(asked: Asked) -> Plan:
    """Return the whole plan, waiting for it where it is not made yet.

    Raises
    ------
    PlannerError
        The question cannot be asked of this workspace; the message says what to do.
    """
    return _workshop().order(asked).result()


def is_whole(asked: Asked) -> bool:
    """Tell whether the whole plan is made."""
    return _workshop().ready(asked)


def plans_under_way() -> bool:
    """Tell whether a plan is being made, or waits: other work lets it go first."""
    return _workshop().busy()


@st.fragment(run_every=0.5)
def finish(asked: Asked) -> None:
    """Have the whole plan made in the background; draw the page again once it is."""
    shop = _workshop()
    before = st.session_state.get("ordered")
    if before is not None and before != asked:
        shop.drop(before)
    st.session_state["ordered"] = asked
    shop.order(asked)
    if shop.ready(asked):
        st.rerun()


@st.cache_resource(max_entries=KEPT, show_spinner="Looking where one is when …")
def leaving(asked: Asked, depart: str) -> dict[str, Any]:
    """Return where one is, leaving every side at a time, as ``leave_at`` tells it.

    Raises
    ------
    InputError
        The time cannot be read.
    """
    prepared = _prepared(*asked.ground)
    return leave_at(
        prepared.workspace, asked.facility, depart, profile=asked.profile, quiet=asked.quiet,
        trade=asked.trade, wishes=asked.wishes, prepared=prepared,
    )  # fmt: skip


@st.cache_resource(max_entries=KEPT, show_spinner="Looking for choke points …")
def choke_of(asked: Asked, _plan: Plan) -> list[dict[str, Any]]:  # noqa: ARG001 - the key
    """Return the choke points of a question's whole plan."""
    return choke_points(_plan)


def city_for(asked: Asked, plan: Plan) -> dict[str, Any]:
    """Return the base map around a site: the same at every hour, for all, and through every edit."""
    spot = plan.document["facility_lon"], plan.document["facility_lat"]
    return _city(asked.path, plan.settings.model_dump_json(), spot)


@st.cache_resource(max_entries=4, show_spinner=False)
def _city(
    path: Path,
    settings: str,  # noqa: ARG001 - part of the key: a workspace made anew has others
    place: tuple[float, float],
) -> dict[str, Any]:
    workspace = Workspace.open(path)
    frames = {name: workspace.static(name) for name in workspace.statics()}
    driven, walked = (load_network(workspace, profile) for profile in (CAR.name, "foot"))
    return staying(base_map(driven, frames, centre=place, walked=walked))


def day_for(asked: Asked, plan: Plan) -> dict[str, Any]:
    """Return the risk at every quarter-hour of the local day of the arrival."""
    return of_the_day(asked, plan, _steps)


def _steps(plan: Plan, day: date, zone: ZoneInfo) -> dict[str, Any]:
    return day_steps(plan.network, plan.risk, day, zone)


def of_the_day(asked: Asked, plan: Plan, make: Callable[[Plan, date, ZoneInfo], Made]) -> Made:
    """Return what holds for every hour of the arrival's local day, made of one of its plans."""
    zone = plan.settings.zone
    day = plan.question.arrive_utc.astimezone(zone).date()
    made: Made = _of_the_day((*asked.ground, day, make.__qualname__), plan, day, make)
    return made


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_the_day(
    key: tuple[Any, ...],  # noqa: ARG001 - the key
    _plan: Plan,
    _day: date,
    _make: Callable[[Plan, date, ZoneInfo], Any],
) -> Any:
    return staying(_make(_plan, _day, _plan.settings.zone))


@st.cache_data(max_entries=KEPT, ttl=FRESH, show_spinner="Looking who leaves when …")
def sealed(
    asked: Asked,
    marking: str,
    about: str,  # noqa: ARG001 - part of the key
    _plan: Plan,
    _changed: Changed | None = None,
) -> str:
    """Return the sealed briefing of a plan, with its day, who leaves at another time, who on foot.

    ``about`` tells plans of one question apart, and what they are compared with.
    """
    plan = with_day(with_beside(_plan))
    base = city_for(asked, plan)
    return render_briefing(plan, {}, marking=marking, base=base, changed=_changed)
