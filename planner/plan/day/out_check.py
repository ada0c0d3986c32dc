"""Told ways out of a day put to the independent check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.plan.day.check import Check, failing, same_way, sample, some_of
from planner.plan.told_ways import answer_of, checked
from planner.routes.steady import steady
from planner.verify import Failure, leaves_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.day.check import Say
    from planner.plan.facts import Layers
    from planner.plan.hour import Hour
    from planner.plan.prepare import Ground, Prepared
    from planner.plan.question import Question
    from planner.plan.wishes.hand import Hand
    from planner.risk.build import Risk
    from planner.routes.day_sheet import Sheet
    from planner.routes.walk import Walk

CHECKED = 4
"""Times of leaving of which ways are checked, at most."""


def check_out(
    prepared: Prepared,
    questions: Sequence[Question],
    risk: Risk,
    sheet: Sheet,
    hours: Sequence[Hour],
    *,
    facility: Layers,
    hand: Hand,
    say: Say | None = None,
) -> Check:
    """Return what the independent check says of ways out at some times of leaving.

    Parameters
    ----------
    prepared
        What was prepared, turned round.
    questions
        One for each slot.
    facility
        The facility's own frames: its gates with their hours, what may pass, how large.
    hand
        What all ways out keep: streets.
    """
    best = steady(sheet)
    withheld = np.zeros(best.shape, bool)
    failures: list[tuple[int, Failure]] = []
    count = 0
    chosen = sample(best, CHECKED)
    for done, s in enumerate(chosen):
        some = some_of(best[:, s], done)
        gates = [int(best[o, s]) for o in some]
        ways = [way for g, o in zip(gates, some, strict=True) if (way := sheet.way(g, o, s))]
        asked = (sheet, s, hours[sheet.slots[s].hour], hand)
        found = _faults(prepared, questions[s], risk, asked, gates, ways)
        found += [
            Failure(_key(i), "leaves_by", said)
            for i, (g, way) in enumerate(zip(gates, ways, strict=True))
            for said in leaves_by(
                facility.entrances, str(prepared.ground.layers.gateways["id"].iloc[g]),
                prepared.ground.profile, risk.field.when(way.depart), facility.settings.timezone,
            )
        ]  # fmt: skip
        count += len(ways)
        failures += [(s, failure) for failure in found]
        for i in failing([_key(i) for i in range(len(some))], {f.id for f in found}):
            withheld[some[i], same_way(sheet, best, some[i], s)] = True
        if say is not None:
            say("check out", done + 1, len(chosen))
    return Check(chosen, count, tuple(failures), best, withheld, (), np.zeros(0))


def _key(number: int) -> str:
    return f"out-{number}"


def _faults(
    prepared: Prepared,
    question: Question,
    risk: Risk,
    asked: tuple[Sheet, int, Hour, Hand],
    gates: Sequence[int],
    ways: list[Walk],
) -> list[Failure]:
    """Return what is wrong with some ways out: each as the way of an origin at its gate."""
    sheet, slot, hour, hand = asked
    problem = sheet.at(slot)
    # The document is for the last to arrive: the others are earlier by as much.
    last = max([problem.arrive, *(way.arrive for way in ways)])
    problem = replace(problem.at(last), origins=problem.origins[list(gates)])
    question = question.model_copy(update={"arrive": risk.field.when(last)})
    ground = _of(prepared.ground, gates)
    answer = answer_of(ground, question, risk, (problem, hour), ways, hand=hand)
    _, failures = checked(prepared, answer, spread=last - sheet.slots[slot].arrive)
    return list(failures)


def _of(ground: Ground, gates: Sequence[int]) -> Ground:
    """Return the ground with some gates alone to come from, each as often as it is named."""
    frame = ground.layers.gateways.iloc[list(gates)]
    return replace(
        ground,
        layers=replace(
            ground.layers, gateways=frame.assign(id=[_key(i) for i in range(len(gates))])
        ),
        stops=replace(ground.stops, gateways=ground.stops.gateways[list(gates)]),
    )
