"""The question of where the vehicles of several facilities wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from planner.errors import InputError
from planner.network.profiles import PROFILES
from planner.plan.question import Question, ask
from planner.plan.stage.words import counted
from planner.staging.choice import OBJECTIVES, Objective

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo


MOST_FACILITIES = 12
"""Facilities of one question: more are more than one person leads (assumption)."""
MOST_SITES = 20
LONGEST_MIN = 120
ENOUGH = 50
"""Variations of the reports that sites are put to beside a plan, at most."""
MINUTES = 5
"""Minutes within which a vehicle counts as near its gate. Assumption: about five."""


@dataclass(frozen=True, slots=True)
class StageQuestion:
    """Which facilities, by when, how many sites, what is best.

    Attributes
    ----------
    facilities
        Id and vehicles of each.
    question
        Hour, profile, numbers of the model, variations: as a plan for the first facility has them.
    sites
        Sites to open at most.
    minutes
        Within which a vehicle counts as covered; matters to ``coverage`` alone.
    fixed, forbidden
        Ids of sites to open in any case, of sites not to open.
    split
        Whether the vehicles of one facility may wait at several sites.
    """

    facilities: tuple[tuple[str, int], ...]
    question: Question
    sites: int
    objective: Objective
    minutes: int = MINUTES
    fixed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    split: bool = False

    @property
    def vehicles(self) -> int:
        """Vehicles of all facilities."""
        return sum(vehicles for _, vehicles in self.facilities)


def ask_stage(
    facilities: Sequence[str],
    arrive: str,
    timezone: tzinfo,
    *,
    vehicles: Sequence[int] = (10,),
    choice: dict[str, Any] | None = None,
    **rest: Any,
) -> StageQuestion:
    """Return the question from what a person typed.

    Parameters
    ----------
    facilities
        Ids.
    arrive
        ISO time, local without an offset.
    timezone
        Of the workspace.
    vehicles
        Of every facility, or one number for each in the same order.
    choice
        ``sites``, ``objective``, ``minutes``, ``fixed``, ``forbidden``, ``split``.
    rest
        As for a plan: profile, quiet, worlds, seed, parameters.

    Raises
    ------
    InputError
        Something cannot be asked.
    """
    told = {"sites": len(facilities), "objective": OBJECTIVES[0], "minutes": MINUTES} | dict(
        choice or {}
    )
    _check(facilities, vehicles, told)
    many = list(vehicles) * len(facilities) if len(vehicles) == 1 else list(vehicles)
    # One number is checked where a plan's is: the largest.
    question = ask(facilities[0], arrive, timezone, vehicles=max(many), **rest)
    if PROFILES[question.profile].on_foot:
        raise InputError("people on foot bring no vehicles to stage: ask for car, van or bus")
    if min(many) < 1:
        raise InputError(f"vehicles {min(many)}: give a whole number from 1 to 1000")
    return StageQuestion(tuple(zip(facilities, many, strict=True)), question, **told)


class _Kept(BaseModel):
    """What a document of sites tells of its question."""

    model_config = ConfigDict(extra="ignore", strict=True)

    class Facility(BaseModel):
        """A facility and its vehicles."""

        id: str
        vehicles: int

    facilities: list[Facility]
    arrive_by: str
    sites_asked: int
    objective: str
    minutes: int | None
    fixed: list[str]
    forbidden: list[str]
    split: bool


def ask_again(document: object, question: Question, timezone: tzinfo) -> StageQuestion:
    """Return the question of a document of sites, for the arrival of a plan it is to stand beside.

    Parameters
    ----------
    document
        As ``planner stage --json`` prints it; nothing but its question is used.
    question
        That of the plan.

    Raises
    ------
    InputError
        It is no such document, or of another arrival.
    """
    try:
        kept = _Kept.model_validate(document)
        when = datetime.fromisoformat(kept.arrive_by)
    except ValueError as error:
        raise InputError("the file is none that planner stage --json wrote") from error
    if when.tzinfo is None or when.astimezone(UTC) != question.arrive_utc:
        raise InputError(
            f"the sites are of an arrival by {kept.arrive_by}, the plan is of another: ask planner "
            "stage for the plan's own"
        )
    return ask_stage(
        [one.id for one in kept.facilities], question.arrive.isoformat(), timezone,
        vehicles=[one.vehicles for one in kept.facilities],
        choice={
            "sites": kept.sites_asked, "objective": kept.objective, "split": kept.split,
            "minutes": MINUTES if kept.minutes is None else kept.minutes,
            "fixed": tuple(kept.fixed), "forbidden": tuple(kept.forbidden),
        },
        profile=question.profile, quiet=question.quiet, seed=question.seed,
        worlds=min(question.worlds, ENOUGH), parameters=question.parameters,
    )  # fmt: skip


def _check(facilities: Sequence[str], vehicles: Sequence[int], told: dict[str, Any]) -> None:
    """Demand that a choice can be asked for."""
    twice = sorted({one for one in facilities if list(facilities).count(one) > 1})
    both = sorted(set(told.get("fixed", ())) & set(told.get("forbidden", ())))
    fixed = len(set(told.get("fixed", ())))
    faults = {
        f"give 1 to {MOST_FACILITIES} facilities, not {len(facilities)}": (
            not 1 <= len(facilities) <= MOST_FACILITIES
        ),
        f"facility {', '.join(twice)} is given twice": bool(twice),
        f"vehicles were given {counted(len(vehicles), 'time')} for "
        f"{counted(len(facilities), 'facility', 'facilities')}: give one number for all, or one "
        "for each in the same order": len(vehicles) not in (1, len(facilities)),
        f"sites {told['sites']}: give a whole number from 1 to {MOST_SITES}": (
            not 1 <= told["sites"] <= MOST_SITES
        ),
        f"objective {told['objective']!r}: it must be one of {', '.join(OBJECTIVES)}": (
            told["objective"] not in OBJECTIVES
        ),
        f"minutes {told['minutes']}: give a whole number from 1 to {LONGEST_MIN}": (
            not 1 <= told["minutes"] <= LONGEST_MIN
        ),
        f"site {', '.join(both)} is fixed and forbidden: choose one": bool(both),
        f"{fixed} sites are fixed, {told['sites']} asked for: ask for more sites": (
            fixed > told["sites"]
        ),
    }  # fmt: skip
    wrong = [said for said, is_so in faults.items() if is_so]
    if wrong:
        raise InputError("; ".join(wrong))
