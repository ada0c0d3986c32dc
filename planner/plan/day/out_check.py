"""Told ways out of a day put to the independent check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.plan.day.check import Check, Sample, failing, same_way, sample, some_of
from planner.plan.told_ways import answer_of, checked
from planner.routes.steady import steady
from planner.verify import Failure, leaves_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.plan.day.check import Say
    from planner.plan.day.told import Reported
    from planner.plan.facts import Layers
    from planner.plan.prepare import Ground
    from planner.routes.walk import Walk

OUT = Sample(most=4, compared=0)
"""Times of leaving of which ways are checked."""


def check_out(
    about: Reported, facility: Layers, look: Sample = OUT, *, say: Say | None = None
) -> Check:
    """Return what the independent check says of ways out at some times of leaving.

    Parameters
    ----------
    about
        A day of leaving: what was prepared is turned round.
    facility
        The facility's own frames: its gates with their hours, what may pass, how large.
    look
        Which times are looked at.
    """
    sheet, prepared = about.sheet, about.prepared
    best = steady(sheet)
    withheld = np.zeros(best.shape, bool)
    failures: list[tuple[int, Failure]] = []
    count = 0
    chosen = sample(best, look)
    for done, s in enumerate(chosen):
        some = some_of(best[:, s], done)
        gates = [int(best[o, s]) for o in some]
        ways = [way for g, o in zip(gates, some, strict=True) if (way := sheet.way(g, o, s))]
        found = _faults(about, s, gates, ways)
        found += [
            Failure(_key(i), "leaves_by", said)
            for i, (g, way) in enumerate(zip(gates, ways, strict=True))
            for said in leaves_by(
                facility.entrances, str(prepared.ground.layers.gateways["id"].iloc[g]),
                prepared.ground.profile, about.risk.field.when(way.depart),
                facility.settings.timezone,
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


def _faults(about: Reported, slot: int, gates: Sequence[int], ways: list[Walk]) -> list[Failure]:
    """Return what is wrong with some ways out: each as the way of an origin at its gate."""
    sheet, risk = about.sheet, about.risk
    problem = sheet.at(slot)
    # The document is for the last to arrive: the others are earlier by as much.
    last = max([problem.arrive, *(way.arrive for way in ways)])
    problem = replace(problem.at(last), origins=problem.origins[list(gates)])
    question = about.questions[slot].model_copy(update={"arrive": risk.field.when(last)})
    hour = about.hours[sheet.slots[slot].hour]
    ground = _of(about.prepared.ground, gates)
    answer = answer_of(ground, question, risk, (problem, hour), ways, hand=about.hand)
    _, failures = checked(about.prepared, answer, spread=last - sheet.slots[slot].arrive)
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
