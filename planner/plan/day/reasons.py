"""Why there is no way at some times of a day, or none by one gate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from planner.network.outward import departure_tree, trace_back
from planner.network.search import best_start, follow
from planner.plan.day.told import WITHHELD
from planner.plan.directions.speech import speech_of
from planner.plan.told_ways import answer_of
from planner.plan.why import reasons

if TYPE_CHECKING:
    from planner.plan.day.told import Reported
    from planner.plan.facts import Answer


LOOK_S = 1800
"""Seconds after leaving in which what shuts a street is looked for."""


def why_none(about: Reported, gate: int, slot: int) -> str:
    """Return why no way is told at an arrival; ``gate`` is ``NONE`` or ``WITHHELD``."""
    if gate == WITHHELD:
        return "the ways found did not pass the independent check"
    if about.sheet.out:
        return _why_nobody_leaves(about, slot)
    origins = about.sheet.problem.origins.tolist()
    if not origins:
        return "no gateway lies on a road"
    answer = _answer(about, slot)
    found = Counter(reasons.no_way(answer, origin) for origin in origins)
    return found.most_common(1)[0][0]


def why_gate(about: Reported, gate: int, slot: int, state: str) -> str | None:
    """Return why a gate is shut at an arrival or reached by no way; None where it is reached."""
    row = about.gates.iloc[gate]
    if state == "shut":
        return f"shut (open {row['opens']}-{row['closes']})"
    if state != "no way":
        return None
    if about.sheet.out:
        return _shutting_out(about, gate, slot)
    answer = _answer(about, slot)
    standing = reasons.at_the_gate(answer, about.doors[gate])
    tree = answer.problem.free_tree([gate])
    for origin in answer.problem.origins.tolist():
        first = best_start(answer.problem.graph, tree, origin)
        what = first >= 0 and reasons.shutting(answer, follow(tree, first), answer.problem.arrive)
        if what:
            return " and ".join(dict.fromkeys([*standing, *what]))
    return " and ".join(standing) or "no open road leads to it"


def _why_nobody_leaves(about: Reported, slot: int) -> str:
    if not len(about.gates):
        return f"the facility has no gate for {speech_of(about.prepared.ground.profile).whom}"
    if not len(about.sheet.problem.gate_nodes):
        return "no road leads out of the area"
    said = []
    for g, row in enumerate(about.gates.itertuples()):
        state = "no way" if about.by_hours(g, slot) else "shut"
        said.append(f"{row.name}: {why_gate(about, g, slot, state)}")
    return "; ".join(said)


def _shutting_out(about: Reported, gate: int, slot: int) -> str:
    """Return what shuts the free way out of a gate at a time of leaving."""
    answer = _answer(about, slot)
    problem = answer.problem
    standing = reasons.at_the_gate(answer, about.doors[gate], early=0)
    door = problem.origins[gate : gate + 1]
    tree = departure_tree(problem.graph, problem.idle, door, problem.arrive, risk_aversion=0.0)
    for end in problem.gate_nodes.tolist():
        arcs = problem.graph.in_arcs[problem.graph.in_start[end] : problem.graph.in_start[end + 1]]
        if len(arcs) and np.isfinite(tree.cost[arcs]).any():
            way, _ = trace_back(tree, int(arcs[tree.cost[arcs].argmin()]))
            what = reasons.shutting(answer, way, problem.arrive + LOOK_S)
            if what:
                return " and ".join(dict.fromkeys([*standing, *what]))
    return " and ".join(standing) or "no open road leads away from it"


def _answer(about: Reported, slot: int) -> Answer:
    """Return an arrival as an answer without ways."""
    sheet = about.sheet
    problem, hour = sheet.at(slot), about.hours[sheet.slots[slot].hour]
    none = [None] * len(problem.origins)
    return answer_of(
        about.prepared.ground, about.questions[slot], about.risk, (problem, hour), none,
        hand=about.hand,
    )  # fmt: skip
