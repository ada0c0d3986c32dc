"""Small networks with changing risk, and every simple way through them by plain enumeration."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from planner.risk.field import RiskField
from planner.routes.problem import Problem
from tests.routes.asking import Place, ask
from tests.town import EPOCH, make_network, second

if TYPE_CHECKING:
    from numpy.typing import NDArray

Figures = tuple[int, float]
"""Seconds from departure to the time to arrive by, seconds of exposure."""

ARRIVE = second(8)


def trading(seed: int, *, steady: bool = False) -> Problem:
    """Return a question of seven crossings; their risk changes on the way unless steady."""
    rng = random.Random(seed)
    crossings: list[Place] = []
    while len(crossings) < 7:
        place = (rng.randrange(0, 90) * 10.0, rng.randrange(0, 90) * 10.0)
        if place not in crossings:
            crossings.append(place)
    pairs = [(i, j) for i in range(7) for j in range(i)]
    chosen = rng.sample(pairs, 12)
    streets = [(crossings[a], crossings[b], f"Street {a}{b}") for a, b in chosen]
    network = make_network(streets)
    ends = [crossings[chosen[0][0]], crossings[chosen[-1][1]]]
    if ends[0] == ends[1]:
        return trading(seed + 1000, steady=steady)
    return ask(
        network=network, origins=[ends[0]], gates=[(ends[1], [(0, 86400)])],
        field=_field(rng, len(network.tail), steady=steady),
    )  # fmt: skip


def _field(rng: random.Random, m: int, *, steady: bool) -> RiskField:
    """Risk of street by street: two thirds have some, a few are shut for a while."""
    changes = [] if steady else sorted(rng.sample(range(ARRIVE - 300, ARRIVE, 20), 3))
    breaks = np.array([0, *changes, 86400], np.int64)
    streets = m // 2
    level = [0.0, 0.0, 0.02, 0.1, 0.3, 0.6, 0.9]
    rows = np.array([[rng.choice(level) for _ in breaks[1:]] for _ in range(streets)])
    shut_start, shut = [0], []
    for _ in range(streets):
        spell = []
        if not steady and rng.random() < 0.1:
            since = ARRIVE - rng.randrange(0, 400, 10)
            spell = [(since, since + 60)]
        for _ in range(2):
            shut += spell
            shut_start.append(len(shut))
    return RiskField(
        EPOCH, breaks, np.repeat(np.arange(streets), 2).astype(np.int32), rows,
        np.array(shut_start, np.int32), np.array(shut, np.int64).reshape(-1, 2),
    )  # fmt: skip


def every_trade(problem: Problem) -> set[Figures]:
    """Return the figures of every simple way at every second of arrival."""
    found = set()
    arrive = np.arange(problem.arrive - problem.early, problem.arrive + 1)
    first, gate = int(problem.origins[0]), int(problem.gate_nodes[0])
    for arcs in _simple(problem, [], first, gate, {first}):
        seconds = problem.graph.seconds(np.array(arcs, np.int32)).tolist()
        depart = arrive - sum(seconds)
        t, exposure, is_open = depart.copy(), np.zeros(len(arrive)), np.ones(len(arrive), bool)
        for arc, took in zip(arcs, seconds, strict=True):
            for since, until in _spells(problem.field, arc):
                is_open &= (t + took <= since) | (until <= t)
            exposure += took * _risk(problem.field, arc, t)
            t += took
        late = (problem.arrive - depart)[is_open].tolist()
        found |= set(zip(late, exposure[is_open].round(6).tolist(), strict=True))
    return found


def _simple(
    problem: Problem, arcs: list[int], node: int, gate: int, seen: set[int]
) -> Iterator[list[int]]:
    if node == gate:
        yield arcs
        return
    for arc in np.flatnonzero(problem.network.tail == node).tolist():
        head = int(problem.network.head[arc])
        if head not in seen:
            yield from _simple(problem, [*arcs, arc], head, gate, seen | {head})


def _risk(field: RiskField, arc: int, t: NDArray[np.int64]) -> NDArray[np.float64]:
    found = np.zeros(len(t))
    steps = zip(field.breaks[:-1].tolist(), field.breaks[1:].tolist(), strict=True)
    for k, (since, until) in enumerate(steps):
        found[(since <= t) & (t < until)] = field.risk[field.row[arc], k]
    return found


def _spells(field: RiskField, arc: int) -> list[list[int]]:
    spells: list[list[int]] = field.shut[field.shut_start[arc] : field.shut_start[arc + 1]].tolist()
    return spells


def best_of(trades: set[Figures]) -> list[Figures]:
    """Return those that no other beats, fastest first."""
    kept: list[Figures] = []
    for one in sorted(trades):
        if not kept or one[1] < kept[-1][1]:
            kept.append(one)
    return kept
