"""Why there is no way in at some arrivals of a day, or none to one gate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from planner.network.search import best_start, follow
from planner.plan import reasons
from planner.plan.day_told import WITHHELD
from planner.plan.told_ways import answer_of

if TYPE_CHECKING:
    from planner.plan.day_told import Reported
    from planner.plan.facts import Answer


def why_none(about: Reported, gate: int, slot: int) -> str:
    """Return why no way is told at an arrival; ``gate`` is ``NONE`` or ``WITHHELD``."""
    if gate == WITHHELD:
        return "the ways found did not pass the independent check"
    origins = about.sheet.problem.origins.tolist()
    if not origins:
        return "no gateway lies on a road"
    answer = _answer(about, slot)
    found = Counter(reasons.no_way(answer, origin) for origin in origins)
    return found.most_common(1)[0][0]


def why_gate(about: Reported, gate: int, slot: int, state: str) -> str | None:
    """Return why a gate is shut at an arrival or reached by no way; None where it is reached."""
    row = about.prepared.ground.gates.iloc[gate]
    if state == "shut":
        return f"shut (open {row['opens']}-{row['closes']})"
    if state != "no way":
        return None
    answer = _answer(about, slot)
    tree = answer.problem.free_tree([gate])
    for origin in answer.problem.origins.tolist():
        first = best_start(answer.problem.graph, tree, origin)
        what = first >= 0 and reasons.shutting(answer, follow(tree, first), answer.problem.arrive)
        if what:
            return " and ".join(what)
    return "no open road leads to it"


def _answer(about: Reported, slot: int) -> Answer:
    """Return an arrival as an answer without ways."""
    sheet = about.sheet
    problem, hour = sheet.at(slot), about.hours[sheet.slots[slot].hour]
    none = [None] * len(problem.origins)
    return answer_of(
        about.prepared.ground, about.questions[slot], about.risk, (problem, hour), none
    )
