"""Times of a day laid out on its roads: ways in at each, ways out, what the check says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.plan.day.check import DAY, check_sample
from planner.plan.day.out_check import OUT, check_out
from planner.plan.day.told import Reported
from planner.plan.hour import at_hour, problem_at
from planner.plan.on_paths import wishes_of as hand_wishes
from planner.plan.outward import outward, turned
from planner.routes.day_sheet import Slot, day_sheet
from planner.routes.leave_sheet import Doors, leave_sheet
from planner.routes.problem import Known

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from planner.plan.day.check import Check, Sample
    from planner.plan.day.hand import DayHand
    from planner.plan.hour import Hour
    from planner.plan.prepare import Prepared
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.problem import Problem

    Say = Callable[[str, int, int], object]


class Laid(NamedTuple):
    """Times laid out: their question as arrays, their roads, questions and hours by slot."""

    prepared: Prepared
    problem: Problem
    questions: tuple[Question, ...]
    risk: Risk
    slots: tuple[Slot, ...]
    hours: tuple[Hour, ...]
    known: tuple[Known, ...]
    kept: DayHand


def lay_out(
    prepared: Prepared,
    question: Question,
    risk: Risk,
    times: Sequence[datetime],
    kept: DayHand,
) -> Laid:
    """Return some times of a facility, ascending, laid out.

    Parameters
    ----------
    question
        For an arrival at which places to wait at are looked for.
    times
        UTC, within what the risk is worked out for.
    kept
        What the ways keep; its gate is one of those prepared.
    """
    ground = prepared.ground
    slots: list[Slot] = []
    hours: list[Hour] = []
    for when in times:
        hour = at_hour(ground, question.model_copy(update={"arrive": when}))
        number = next(
            (
                i
                for i, known in enumerate(hours)
                if hour.graph is known.graph and hour.quiet is known.quiet
            ),
            len(hours),
        )
        if number == len(hours):
            hours.append(hour)
        slots.append(Slot(risk.field.seconds(when), number))
    even = np.ones(ground.graph.n_arcs)
    known = [
        Known(h.graph, ground.roads, kept.hand.weighted(even if h.factor is None else h.factor))
        for h in hours
    ]
    problem = kept.hand.on(problem_at(ground, question, risk, hours[0]))
    questions = tuple(question.model_copy(update={"arrive": t}) for t in times)
    return Laid(prepared, problem, questions, risk, tuple(slots), tuple(hours), tuple(known), kept)


def arriving(laid: Laid, look: Sample = DAY, *, say: Say | None = None) -> tuple[Reported, Check]:
    """Return the ways in at each time, what the check says of some.

    Parameters
    ----------
    look
        Which arrivals are checked.
    say
        Called with (what is done, done, all).
    """
    sheet = day_sheet(laid.problem, laid.slots, laid.known, say=_step(say, "ways"))
    about = Reported(
        laid.prepared.ground.gates, laid.prepared, laid.questions, laid.risk, sheet, laid.hours,
        laid.kept.hand, laid.problem.doors,
    )  # fmt: skip
    return about, check_sample(about, look, say=say)


def leaving(laid: Laid, look: Sample = OUT, *, say: Say | None = None) -> tuple[Reported, Check]:
    """Return the same for those who leave."""
    back = turned(laid.prepared)
    doors = Doors(laid.problem.gate_nodes, laid.problem.openings)
    sheet = leave_sheet(outward(laid.problem, back.ground), laid.slots, laid.known, doors,
                        say=_step(say, "leaving"))  # fmt: skip
    own, hand = laid.prepared.ground, laid.kept.out
    questions = [q.model_copy(update={"wishes": hand_wishes(hand)}) for q in laid.questions]
    about = Reported(
        own.gates, back, questions, laid.risk, sheet, laid.hours, hand,
        laid.problem.doors,
    )  # fmt: skip
    return about, check_out(about, own.layers, look, say=say)


def _step(say: Say | None, name: str) -> Callable[[int, int], object] | None:
    return None if say is None else lambda done, of: say(name, done, of)
