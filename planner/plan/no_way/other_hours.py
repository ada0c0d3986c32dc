"""The last clear arrival before the one asked for, the first after, of origins without a way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from planner.plan.hour import at_hour, problem_at
from planner.plan.told_ways import answer_of, checked
from planner.plan.wishes.weigh import chain_of
from planner.routes.before import latest_arrivals
from planner.routes.chain import chained
from planner.routes.isochrone import clear_clock
from planner.routes.primary import primary_ways

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.plan.facts import Answer
    from planner.plan.hour import Hour
    from planner.plan.prepare import Prepared
    from planner.routes.chain import Chain
    from planner.routes.problem import Problem

Record = dict[str, Any]

TOLD = ("entrance", "entrance_name", "depart", "leave_by", "arrive", "clear", "max_risk", "streets")


def other_hours(
    prepared: Prepared, answer: Answer, origins: Mapping[int, int | None]
) -> dict[int, tuple[Record | None, Record | None]]:
    """Return the last clear arrival before and the first after, of each origin, as they verify.

    Parameters
    ----------
    prepared, answer
        What the plan is written from.
    origins
        Number of each origin without a way, among those on a road: the second at which one can
        arrive again, None where none is known.
    """
    nodes = {number: int(answer.problem.origins[number]) for number in origins}
    last = latest_arrivals(
        _clear(chained(answer.problem, answer.hand.vias).problem), list(nodes.values()),
        lambda second: _clear(_asked(prepared, answer, second)[0].problem),
    )  # fmt: skip
    before = {n: last[node] for n, node in nodes.items() if node in last}
    after = {n: opens for n, opens in origins.items() if opens is not None}
    earlier = _told(prepared, answer, before, clear=True)
    later = _told(prepared, answer, after, clear=False)
    return {number: (earlier.get(number), later.get(number)) for number in origins}


def _asked(prepared: Prepared, answer: Answer, second: int) -> tuple[Chain, Hour]:
    """Return the same question, its wishes too, for another second of arrival, with its hour."""
    asked = answer.question.model_copy(update={"arrive": answer.risk.field.when(second)})
    hour = at_hour(prepared.ground, asked)
    return chain_of(problem_at(prepared.ground, asked, answer.risk, hour), answer.hand), hour


def _clear(problem: Problem) -> Problem:
    """Return a question whose clear roads alone are open."""
    return replace(problem, clock=clear_clock(problem))


def _told(
    prepared: Prepared, answer: Answer, asked: Mapping[int, int], *, clear: bool
) -> dict[int, Record]:
    """Return by number of an origin what its way for a second is, where that passes the check."""
    found: dict[int, Record] = {}
    for second in sorted(set(asked.values())):
        numbers = sorted(n for n, when in asked.items() if when == second)
        found |= _of_one(prepared, answer, second, numbers, clear=clear)
    return found


def _of_one(
    prepared: Prepared, answer: Answer, second: int, numbers: Sequence[int], *, clear: bool
) -> dict[int, Record]:
    chain, hour = _asked(prepared, answer, second)
    problem = _clear(chain.problem) if clear else chain.problem
    some = replace(problem, origins=problem.origins[list(numbers)])
    ways = [way and chain.down(way) for way in primary_ways(some, some.free_tree().cost)]
    question = answer.question.model_copy(update={"arrive": answer.risk.field.when(second)})
    made = answer_of(
        prepared.ground, question, answer.risk, (chain.plain, hour), ways, to_go=answer.to_go,
        only=numbers, hand=answer.hand,
    )  # fmt: skip
    document, failures = checked(prepared, made)
    failed = {failure.id for failure in failures}
    return {
        number: _record(document["arrive_by"], origin["routes"][0])
        for number, origin in zip(numbers, document["origins"], strict=True)
        if origin["routes"] and not failed & {origin["id"], origin["routes"][0]["id"]}
    }


def _record(arrive_by: str, route: Record) -> Record:
    took = route["time_s"] + route["wait_s"]
    return {"arrive_by": arrive_by, "minutes": round(took / 60, 1)} | {k: route[k] for k in TOLD}
