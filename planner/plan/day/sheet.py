"""A day at a facility: which gate when, the best times to arrive, when not to travel."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from planner.errors import InputError
from planner.network.profiles import PROFILES
from planner.plan.day.doubt import simulated
from planner.plan.day.hand import day_hand
from planner.plan.day.laid import arriving, lay_out, leaving
from planner.plan.day.night import past_midnight
from planner.plan.day.record import Side, write_day
from planner.plan.day.risk import day_bounds, day_risk, day_span
from planner.plan.day.told import tell
from planner.plan.prepare import prepare
from planner.plan.question import BALANCED, ask, read_wishes
from planner.plan.wishes.asked import Wishes
from planner.risk.parameters import RiskParameters

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from planner.layers.workspace import Workspace
    from planner.plan.make import Plan
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.day_sheet import Sheet

    Say = Callable[[str, int, int], object]

STEPS_MIN = (5, 10, 15, 20, 30, 60)
"""Minutes between arrivals that one may ask for: they fit the hour."""

MOST_VEHICLES = 10_000
"""Vehicles of one change of shift, at most."""

ENOUGH = 50
"""Variations of the reports a day is put to beside a plan, at most."""

BESIDE = (
    "date", "every_min", "until", "headline", "timetable", "switches", "windows", "leaving", "heat",
    "shift", "warnings", "trade", "wishes",
)  # fmt: skip
"""What of a day is told beside a plan."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class DayQuestion:
    """Which facility, which local day, by whom.

    Attributes
    ----------
    every_min
        Minutes between arrivals.
    vehicles
        How many come, and how many leave, at a change of shift; None: none is asked for.
    worlds, seed, trade, wishes
        As in ``Question``; 50 variations are enough for a day. Places to pass are left out: told,
        not kept.
    """

    facility: str
    date: date
    profile: str = "car"
    quiet: bool = True
    every_min: int = 15
    vehicles: int | None = None
    worlds: int = 0
    seed: int = 0
    trade: str = BALANCED
    wishes: Wishes = Wishes()  # noqa: RUF009 - frozen
    parameters: RiskParameters = field(default_factory=RiskParameters)


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """A whole day answered: the document, and what it was written from.

    Attributes
    ----------
    document
        JSON-ready; ``docs/day.schema.json`` describes it.
    sheet
        Ways by gate, gateway and arrival.
    times
        UTC time of each arrival.
    """

    document: dict[str, Any]
    question: DayQuestion
    sheet: Sheet
    times: tuple[datetime, ...]
    risk: Risk


def ask_day(facility: str, day: str, *, every_min: int = 15, **rest: Any) -> DayQuestion:
    """Return the question of a day from what a person typed.

    Raises
    ------
    InputError
        The date, the step, the number of vehicles or a wish cannot be used.
    """
    try:
        when = date.fromisoformat(day) if _DATE.fullmatch(day.strip()) else None
    except ValueError:
        when = None
    if when is None:
        raise InputError(f"{day[:40]!r} is no date; write it like 2026-03-02")
    if every_min not in STEPS_MIN:
        raise InputError(
            f"every {every_min} minutes: choose one of {', '.join(map(str, STEPS_MIN))}"
        )
    vehicles = rest.get("vehicles")
    if vehicles is not None and not 1 <= vehicles <= MOST_VEHICLES:
        raise InputError(
            f"{vehicles} vehicles: give a whole number from 1 to {MOST_VEHICLES:,} that come, and "
            "as many that leave"
        )
    wishes = read_wishes(rest.pop("wishes", {}))
    if wishes.via:
        raise InputError(
            f"places to pass ({', '.join(wishes.via)}) are asked of one arrival, not of a day: leave "
            "them out, or ask planner plan"
        )
    return DayQuestion(facility, when, every_min=every_min, wishes=wishes, **rest)


def make_day(workspace: Workspace, asked: DayQuestion, *, say: Say | None = None) -> Day:
    """Return the day of a facility; a day without a way is an answer too.

    Parameters
    ----------
    workspace, asked
        What is known, what is asked.
    say
        Called with (what is done, done, all) as work goes on; what it raises ends it.

    Raises
    ------
    InputError
        As ``prepare``.
    """
    _question(asked, workspace.settings.zone)
    return day_at(prepare(workspace, asked.facility, profile=asked.profile), asked, say=say)


def day_at(
    prepared: Prepared, asked: DayQuestion, *, risk: Risk | None = None, say: Say | None = None
) -> Day:
    """Return the day of what has been prepared, as ``make_day`` gives it.

    Parameters
    ----------
    risk
        The risk of that local day, from a plan for an hour of it; else worked out.
    """
    zone = prepared.ground.layers.settings.zone
    question = _question(asked, zone)
    if risk is None:
        risk = day_risk(prepared.ground, day_span(question, zone), question.parameters)
    prepared, kept = day_hand(prepared, question.wishes)
    question = question.model_copy(update={"wishes": kept.wishes})
    times, end = day_times(asked.date, zone, asked.every_min), day_bounds(asked.date, zone)[1]
    day = lay_out(prepared, question, risk, times, kept)
    about, check = arriving(day, say=say)
    doubt = simulated(prepared, question, risk, about.sheet, say=say) if asked.worlds else None
    openings = about.sheet.problem.openings
    into = Side(about, tell(about, check, end, doubt, openings=openings), check)
    back, back_check = leaving(day, say=say)
    out = Side(back, tell(back, back_check, end, openings=openings), back_check)
    night = None
    if asked.vehicles is not None:
        night = past_midnight(
            day, (into, out), vehicles=asked.vehicles, every_min=asked.every_min, say=say
        )
    told = write_day(into, out, asked, doubt=doubt, night=night) | {"wishes": kept.told}
    return Day(told, asked, about.sheet, times, risk)


def with_day(plan: Plan) -> Plan:
    """Return a plan with the day of its arrival beside it: best gates, best times to arrive."""
    question = plan.question
    local = question.arrive_utc.astimezone(plan.settings.zone)
    asked = DayQuestion(
        question.facility, local.date(), question.profile, question.quiet,
        vehicles=None if PROFILES[question.profile].on_foot else question.vehicles,
        worlds=min(question.worlds, ENOUGH), seed=question.seed, trade=question.trade,
        wishes=question.wishes, parameters=question.parameters,
    )  # fmt: skip
    found = day_at(plan.prepared, asked, risk=plan.risk).document
    told: dict[str, Any] = {key: found[key] for key in BESIDE}
    told |= {"search": found["search"]["text"], "checked": found["verification"]["checked"]}
    told["ensemble"] = found["ensemble"] and {
        key: found["ensemble"][key] for key in ("worlds", "sentence")
    }
    return replace(plan, document=plan.document | {"day": told})


def day_times(day: date, zone: ZoneInfo, every_min: int) -> tuple[datetime, ...]:
    """Return the UTC arrival times of a local day, its first moment first.

    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> [len(day_times(date(2026, month, 25), berlin, 15)) for month in (3, 10)]
    [96, 100]
    """
    first, last = day_bounds(day, zone)
    step = timedelta(minutes=every_min)
    return tuple(first + i * step for i in range(-(-(last - first) // step)))


def _question(asked: DayQuestion, zone: ZoneInfo) -> Question:
    noon = datetime.combine(asked.date, time(12), zone).astimezone(UTC)
    return ask(
        asked.facility, noon.isoformat(), zone, profile=asked.profile, quiet=asked.quiet,
        worlds=asked.worlds, seed=asked.seed, trade=asked.trade, wishes=asked.wishes,
        parameters=asked.parameters,
    )  # fmt: skip
