"""Leaving at a time: at which gate one is when, from every gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.initialise import credit_of
from planner.network.outward import departure_tree, trace_back
from planner.network.search import arrival_tree, best_start, make_gates
from planner.plan import words
from planner.plan.day.risk import day_risk, day_span
from planner.plan.hour import at_hour, problem_at
from planner.plan.prepare import prepare
from planner.plan.question import ask
from planner.plan.told_ways import answer_of, checked
from planner.plan.wishes.hand import hand_of
from planner.plan.wishes.weigh import chain_of
from planner.plan.wishes.words import wishes_kept
from planner.routes.walk import walk
from planner.tuning import parameters_of

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace
    from planner.network.outward import Outward
    from planner.plan.hour import Hour
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.plan.wishes.hand import Hand
    from planner.risk.build import Risk
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

MINUTE_S = 60

TRIED = 15
"""Minutes asked one by one for a way, from the one at which a gate's opening would be met."""


def leave_at(
    workspace: Workspace, facility: str, depart: str, *, prepared: Prepared | None = None,
    **asked: Any,
) -> dict[str, Any]:  # fmt: skip
    """Return, from every gateway, the way of who leaves it at a time; JSON-ready.

    Parameters
    ----------
    workspace, facility
        What is known, id of the facility.
    depart
        ISO text, local without an offset.
    prepared
        The facility on the roads of that profile, for many times of leaving; else prepared here.
    asked
        ``profile``, ``quiet``, ``trade``, ``wishes`` as in ``Question``.

    Returns
    -------
    Of each origin ``gate`` (None where there is no way), ``depart`` (later than asked for where
    one waits for a road to open), ``arrive``, ``minutes``, ``exposure_min``, ``max_risk``,
    ``clear``, ``streets``; ``reason`` and ``leave_instead`` where none is told. Ways that the
    independent check does not pass are not told. ``trade`` and ``wishes``, what every way keeps.

    Raises
    ------
    InputError
        As ``prepare`` and ``hand_of``; the time cannot be read.
    """
    question = ask(
        facility, depart, workspace.timezone, **asked, parameters=parameters_of(workspace)
    )
    prepared = prepared or prepare(workspace, facility, profile=question.profile)
    span = day_span(question, workspace.timezone)
    return leaving(prepared, question, day_risk(prepared.ground, span, question.parameters))


class _Asked(NamedTuple):
    """A question about leaving, to be asked of other minutes too."""

    prepared: Prepared
    question: Question
    risk: Risk
    hand: Hand

    def at(self, second: int) -> Problem:
        """Return it for leaving at a second, on the roads of that hour, as arrays."""
        ground = self.prepared.ground
        then = self.question.model_copy(update={"arrive": self.risk.field.when(second)})
        plain = problem_at(ground, then, self.risk, at_hour(ground, then))
        return chain_of(plain, self.hand).problem


def leaving(prepared: Prepared, question: Question, risk: Risk) -> dict[str, Any]:
    """Return the same for what has been prepared; ``question.arrive`` is the time of leaving."""
    workspace, ground = prepared.workspace, prepared.ground
    hour, hand = at_hour(ground, question), hand_of(ground, question.wishes)
    asked = _Asked(prepared, question, risk, hand)
    chain = chain_of(problem_at(ground, question, risk, hour), hand)
    problem = chain.problem
    trees = [_tree(problem, int(node)) for node in problem.origins]
    found = [_best_way(problem, tree) for tree in trees]
    ways = [None if way is None else chain.down(way) for way in found]
    document, failed = _checked(prepared, question, risk, (chain.plain, hour, hand), ways)
    placed = enumerate(zip(trees, ways, strict=True))
    origins = []
    for record, node in zip(document["origins"], ground.stops.gateways, strict=True):
        told = {"id": record["id"], "name": record["name"], "gate": None, "leave_instead": None,
                "reason": record["reason"]}  # fmt: skip
        if node >= 0:
            origin, (tree, way) = next(placed)
            if way is None:
                told |= _later(asked, problem, tree, origin)
            elif failed & {"plan", record["id"], record["routes"][0]["id"]}:
                told["reason"] = "the way found did not pass the independent check"
            else:
                told |= _facts(record["routes"][0])
        origins.append(told)
    return {
        "facility": question.facility, "profile": question.profile, "timezone": workspace.settings.timezone,
        "depart": words.iso(question.arrive_utc, workspace.timezone), "trade": question.trade,
        "wishes": wishes_kept(hand, question.wishes), "origins": origins,
        "checked": sum(way is not None for way in ways), "failed": len(failed),
        "attribution": credit_of(workspace),
    }  # fmt: skip


def _tree(problem: Problem, node: int) -> Outward:
    return departure_tree(
        problem.graph, problem.clock, np.array([node]), problem.arrive,
        risk_aversion=problem.risk_aversion, penalty=problem.factor,
    )  # fmt: skip


def _ends(problem: Problem, tree: Outward) -> list[tuple[float, int, int]]:
    """Return cost, gate and last arc of the best way to each gate, whether open or not."""
    graph, found = problem.graph, []
    for gate, node in enumerate(problem.gate_nodes.tolist()):
        if node < 0 or problem.pinned not in (None, gate):
            continue
        arcs = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]].tolist()
        costs = [(float(tree.cost[a]) + problem.aside_s(gate, a), gate, a) for a in arcs]
        found += [min(costs)] if costs else []
    return sorted(end for end in found if np.isfinite(end[0]))


def _best_way(problem: Problem, tree: Outward) -> Walk | None:
    """Return the cheapest way that ends at a gate while that is open."""
    for _, gate, arc in _ends(problem, tree):
        arrive = int(tree.until[arc])
        if problem.is_open(gate, arrive):
            arcs, entered = trace_back(tree, arc)
            return walk(problem.at(arrive), arcs, entered, arrive=arrive, proven=False)
    return None


def _later(asked: _Asked, problem: Problem, tree: Outward, origin: int) -> dict[str, Any]:
    """Return when to leave instead, where a gate is still shut on arrival: the soonest such minute.

    The minute told is one that has a way when it is asked for.
    """
    zone, risk = asked.prepared.workspace.timezone, asked.risk
    found = []
    for _, gate, arc in _ends(problem, tree):
        opens = min((a for a, _ in problem.openings[gate] if a > tree.until[arc]), default=None)
        leave = None if opens is None else _to_be_there(asked, problem, (origin, gate), opens)
        if opens is not None and leave is not None:
            found.append((leave, opens, gate, int(tree.until[arc])))
    for first, opens, gate, there in sorted(found):
        leave = _that_holds(asked, first, origin)
        if leave is None:
            continue
        now = words.iso(asked.question.arrive_utc, zone)
        told, arrive, later = (words.iso(risk.field.when(s), zone) for s in (leave, there, opens))
        name = asked.prepared.ground.gates.iloc[gate]["name"]
        there_at, opens_at = words.moment(arrive, now), words.moment(later, now)
        why = f"{name} is shut on arrival at {there_at} and opens at {opens_at}"
        if problem.by_hours().is_open(gate, there):
            why = f"a zone is reported at {name} on arrival at {there_at}, until {opens_at}"
        return {
            "leave_instead": told,
            "reason": f"{why}: leave at {words.moment(told, now)} instead",
        }
    return {}


def _to_be_there(asked: _Asked, problem: Problem, ends: tuple[int, int], opens: int) -> int | None:
    """Return the minute at which to leave an origin to be at a gate when it opens; None: no way.

    It is found on the roads of the hour asked about, then on those of the hour found.
    """
    origin, gate = ends
    leave, soonest = None, _minute(problem.arrive + 1)
    for roads in (problem, None):
        now = asked.at(leave) if roads is None and leave is not None else problem
        since = np.array([opens])
        gates = make_gates(now.gate_nodes[gate : gate + 1], since, since + MINUTE_S)
        back = arrival_tree(now.graph, now.clock, gates, opens + MINUTE_S,
                            risk_aversion=now.risk_aversion, penalty=now.factor)  # fmt: skip
        first = best_start(now.graph, back, int(now.origins[origin]))
        if first < 0:
            return leave
        leave = max(_minute(int(back.clock[first])), soonest)
    return leave


def _that_holds(asked: _Asked, first: int, origin: int) -> int | None:
    """Return the first minute, of some about one, at which who leaves an origin has a way."""
    soonest = _minute(asked.risk.field.seconds(asked.question.arrive_utc) + 1)
    for minute in range(max(first - MINUTE_S, soonest), first + TRIED * MINUTE_S, MINUTE_S):
        problem = asked.at(minute)
        if _best_way(problem, _tree(problem, int(problem.origins[origin]))) is not None:
            return minute
    return None


def _minute(second: int) -> int:
    """Return a second at its minute, the next where seconds are left."""
    return -(-second // MINUTE_S) * MINUTE_S


def _checked(
    prepared: Prepared,
    question: Question,
    risk: Risk,
    asked: tuple[Problem, Hour, Hand],
    ways: list[Walk | None],
) -> tuple[dict[str, Any], set[str]]:
    """Return the ways as a plan document for the last arrival; ids that fail the check."""
    problem, hour, hand = asked
    # The document is for the last to arrive: the others are earlier by as much.
    last = max([problem.arrive, *(way.arrive for way in ways if way is not None)])
    question = question.model_copy(update={"arrive": risk.field.when(last)})
    answer = answer_of(prepared.ground, question, risk, (problem.at(last), hour), ways, hand=hand)
    document, failures = checked(prepared, answer, spread=last - problem.arrive)
    return document, {failure.id for failure in failures}


def _facts(route: dict[str, Any]) -> dict[str, Any]:
    return {
        "gate": route["entrance"], "gate_name": route["entrance_name"],
        "depart": route["depart"], "arrive": route["arrive"],
        "minutes": round((route["time_s"] + route["wait_s"]) / 60, 1),
        "exposure_min": route["exposure_min"], "max_risk": route["max_risk"],
        "clear": route["clear"], "streets": route["streets"], "length_m": route["length_m"],
        "geometry": route["geometry"],
    }  # fmt: skip
