"""Ways found for one arrival as a plan's document, put to the independent check."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan.document import write_ways
from planner.plan.facts import Answer
from planner.plan.wishes.hand import Hand
from planner.plan.withhold import plain_facts
from planner.routes.answer import OriginAnswer
from planner.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.plan.hour import Hour
    from planner.plan.prepare import Ground, Prepared
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk
    from planner.verify import Failure


def answer_of(
    ground: Ground,
    question: Question,
    risk: Risk,
    asked: tuple[Problem, Hour],
    ways: Sequence[Walk | None],
    *,
    to_go: NDArray[np.float64] | None = None,
    only: Sequence[int] | None = None,
    hand: Hand | None = None,
) -> Answer:
    """Return ways, one an origin, as an answer of first choices.

    Parameters
    ----------
    question
        With the arrival of the problem.
    asked
        The question as arrays, and its hour.
    to_go
        Free-flow seconds to the nearest gate, worked out where None.
    only
        Numbers, ascending, of the origins the ways are of; all on a road when None.
    hand
        What the ways keep of the question's wishes; nothing when None.
    """
    problem, hour = asked
    layers, stops = ground.layers, ground.stops
    if only is not None:
        rows = np.flatnonzero(stops.gateways >= 0)[list(only)]
        layers = replace(layers, gateways=layers.gateways.iloc[rows])
        stops = replace(stops, gateways=stops.gateways[rows])
        problem = replace(problem, origins=problem.origins[list(only)])
    return Answer(
        question=question, layers=layers, metric=ground.metric, gates=ground.gates,
        sites=ground.sites, stops=stops, risk=risk, problem=problem,
        to_go=problem.free_tree().cost if to_go is None else to_go,
        origins=[OriginAnswer((), whole=False) if way is None
                 else OriginAnswer((way,), (1.0,), whole=False) for way in ways],
        staging=[], staging_dropped=Counter(), quiet=hour.quiet, hand=hand or Hand(),
    )  # fmt: skip


def checked(
    prepared: Prepared, answer: Answer, *, spread: int = 0
) -> tuple[dict[str, Any], tuple[Failure, ...]]:
    """Return ways as origins of a plan, and what the independent check finds wrong with them.

    Parameters
    ----------
    spread
        Seconds by which a way may arrive earlier than a plan allows.
    """
    document = write_ways(answer)
    facts = plain_facts(prepared.streets.extract, answer, prepared.streets)
    facts = replace(facts, limits=replace(facts.limits, early_s=facts.limits.early_s + spread))
    return document, verify(document, facts).failures
