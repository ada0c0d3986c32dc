"""Rules on options: true figures, none beaten by another way that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from planner.verify.document import Figures, Route
from planner.verify.pace import OTHER_ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.verify.case import PlanCase

SLACK_S = 1.0
SLACK_MIN = 1e-3


class Option(Figures):
    """One trade of an origin."""

    name: str = Field(min_length=1)
    same_as: str | None


FIGURES = tuple(name for name in Figures.model_fields if name != "id")


def options_true(plan: PlanCase) -> Iterator[tuple[str, str]]:
    """Demand options with the figures of the route each is, fastest first, none twice or beaten."""
    for origin, routes in plan.origins:
        options: list[Option] = []
        for i, raw in enumerate(origin.options):
            try:
                options.append(Option.model_validate(raw))
            except ValidationError:
                own = raw.get("id") if isinstance(raw, dict) else None
                yield str(own or f"{origin.id}.options[{i}]"), "cannot be read as an option"
        known = {route.id: route for route in routes if route.role not in OTHER_ROLES}
        for option in options:
            yield from _as_route(option, known)
        yield from _beaten(options, list(known.values()))
        # What is wrong with them together is wrong with each.
        yield from ((option.id, said) for said in _together(options, known) for option in options)


def _as_route(option: Option, known: dict[str, Route]) -> Iterator[tuple[str, str]]:
    if option.same_as is None:
        return
    route = known.get(option.same_as)
    if route is None:
        yield option.id, f"is called the route {option.same_as!r}, which is not there"
        return
    other = [name for name in FIGURES if getattr(option, name) != getattr(route, name)]
    if other:
        yield option.id, f"differs from the route it is in {', '.join(other)}"


def _together(options: Sequence[Option], known: dict[str, Route]) -> Iterator[str]:
    departs = [option.depart for option in options]
    if departs != sorted(departs, reverse=True):
        yield "stands in a list that does not begin with the fastest"
    if len({option.name for option in options}) != len(options):
        yield "stands in a list with two of one name"
    primary = next((route.id for route in known.values() if route.role == "primary"), None)
    if options and primary not in {option.same_as for option in options}:
        yield "stands in a list without the primary"


def _beaten(options: Sequence[Option], routes: Sequence[Route]) -> Iterator[tuple[str, str]]:
    """Find options but the primary that another is better than in both figures.

    The primary may be beaten by a way through streets that are spared.
    """
    for option in options:
        if option.same_as is not None and option.same_as.endswith(":primary"):
            continue
        others: tuple[Option | Route, ...] = (*options, *routes)
        for other in others:
            if other.id in (option.id, option.same_as):
                continue
            faster = (other.depart - option.depart).total_seconds()
            calmer = option.exposure_min - other.exposure_min
            same = abs(faster) <= SLACK_S and abs(calmer) <= SLACK_MIN
            if not same and faster >= 0 and calmer >= 0:
                yield option.id, f"is beaten by {other.id} in minutes and in exposure"
