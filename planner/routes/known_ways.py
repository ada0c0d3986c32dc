"""Ways known so far: those shown, those found in some world, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.checks import Rows, way_rows
from planner.routes.walk import Walk, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.follow import Ways
    from planner.routes.problem import Problem

TRIED = 48
"""Ways found in worlds, by origin, that are tried in others: the most frequent."""


@dataclass(slots=True, eq=False)
class KnownWay:
    """A way of one origin.

    Attributes
    ----------
    walk
        Walked in the nominal risk.
    rows
        What must hold for it.
    free_s
        What it costs where it meets no risk.
    gates
        Gates at its end that are open when it arrives.
    often
        In how many worlds it was the best.
    """

    origin: int
    walk: Walk
    rows: Rows
    free_s: float
    gates: list[int]
    often: int = 0


class KnownWays:
    """The ways of every origin, told apart by their arcs."""

    def __init__(self, problem: Problem, shown: Sequence[Sequence[Walk]]) -> None:
        self._problem = problem
        self.shown = [self._known(o, way) for o, of in enumerate(shown) for way in of]
        self._found: list[dict[bytes, KnownWay]] = [{} for _ in shown]
        self._by_arcs = {(way.origin, way.walk.arcs.tobytes()): way for way in self.shown}

    def keep(self, ways: Ways, *, often: int) -> list[KnownWay]:
        """Count the ways a tree holds; return those not known before."""
        new = []
        for o in np.flatnonzero(np.diff(ways.start) > 0).tolist():
            part = slice(ways.start[o], ways.start[o + 1])
            arcs = ways.arcs[part]
            key = (o, arcs.tobytes())
            if key not in self._by_arcs:
                way = walk(
                    self._problem, arcs.copy(), ways.entered[part].copy(),
                    arrive=int(ways.arrive[o]), proven=False,
                )  # fmt: skip
                self._by_arcs[key] = self._found[o][key[1]] = self._known(o, way)
                new.append(self._by_arcs[key])
            self._by_arcs[key].often += often
        return new

    def found(self) -> list[KnownWay]:
        """Return the ways found in worlds, of each origin the most frequent."""
        return [
            way for of in self._found
            for way in sorted(of.values(), key=lambda way: -way.often)[:TRIED]
        ]  # fmt: skip

    def _known(self, origin: int, way: Walk) -> KnownWay:
        problem = self._problem
        free = problem.arrive - way.depart + float(way.time_s @ (problem.factor[way.arcs] - 1.0))
        if len(way.arcs):
            free += problem.aside_s(way.gate, int(way.arcs[-1]))
        return KnownWay(origin, way, way_rows(problem, way), free, _gates_at(problem, way))


def _gates_at(problem: Problem, way: Walk) -> list[int]:
    if not len(way.arcs):
        return []
    node = int(problem.graph.head[way.arcs[-1]])
    return [
        g for g in np.flatnonzero(problem.gate_nodes == node).tolist()
        if problem.is_open(g, way.arrive)
    ]  # fmt: skip
