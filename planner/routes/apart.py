"""A question asked again with some of what stands in its ways taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.network.clockwork import make_clock, may_rest
from planner.network.corridor import Bound, exact_way
from planner.risk.apart import ZONE, Bearing, Cause, bearing, left_of, outside, reported
from planner.routes.chain import Chain, chained
from planner.routes.doors import crowds_before
from planner.routes.primary import circles, least_to_go, longest_s, lower_bounds, tree_way
from planner.routes.problem import FOREVER_S, calm_spans
from planner.routes.solved import LONGEST_S
from planner.routes.walk import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from planner.network.search import Tree
    from planner.risk.field import Risk
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

    Rest = Callable[[Risk], NDArray[np.int32]]

GATE = "gate_hours"

WIDEST = 2_000_000
"""Largest table filled to answer what would be, in (arc, second) states; above it trees serve."""


class Apart:
    """One question, and the same without some causes: each world made once, for all origins.

    Parameters
    ----------
    problem, risk
        The question, and what was reported.
    gate_ids
        Id of each gate of the problem.
    rest
        Nodes, int32[r], at which one may wait under a risk.
    vias
        For each place to pass its arcs. What a planner asks for stays in force, whatever goes.
    to_go
        float64[m]; free-flow seconds to the nearest gate where there are no such places, if known.
    """

    def __init__(
        self,
        problem: Problem,
        risk: Risk,
        *,
        gate_ids: Sequence[str],
        rest: Rest,
        vias: Sequence[NDArray[np.int32]] = (),
        to_go: NDArray[np.float64] | None = None,
    ) -> None:
        self.span = (problem.arrive - problem.early - LONGEST_S, problem.arrive + 1)
        self._problem, self._risk, self._rest, self._vias = problem, risk, rest, vias
        self._gates = {Cause(GATE, key): g for g, key in enumerate(gate_ids)}
        self._before = crowds_before(problem.doors, risk)
        self.order = (*reported(risk, *self.span), *self._not_always_open())
        self.wide: set[int] = set()
        self._made: dict[frozenset[Cause], Chain] = {frozenset(): chained(problem, vias)}
        known = None if len(vias) else to_go
        first = self.without(()).problem
        self._to_go = first.free_tree().cost if known is None else known
        self._dear = first.dear_tree().cost if (first.factor > 1).any() else None
        self._trees: dict[frozenset[Cause], Tree] = {}
        self._close: dict[frozenset[Cause], NDArray[np.float64]] = {}

    def _not_always_open(self) -> list[Cause]:
        first, last = self._problem.arrive - self._problem.early, self._problem.arrive
        hours = self._problem.by_hours().openings
        return [
            cause for cause, g in self._gates.items()
            if not any(a <= first and b > last for a, b in hours[g])
        ]  # fmt: skip

    @property
    def everything(self) -> frozenset[Cause]:
        """All that can be taken away: without it, the calm day."""
        return frozenset(self.order)

    def without(self, gone: Iterable[Cause]) -> Chain:
        """Return the question without some causes."""
        key = frozenset(gone)
        if key not in self._made:
            self._made[key] = chained(self._make(key), self._vias)
        return self._made[key]

    def _make(self, gone: frozenset[Cause]) -> Problem:
        problem = self._problem
        risk = left_of(self._risk, outside(gone), self.span)
        nodes = np.unique(self._rest(risk))
        always = ((-FOREVER_S, FOREVER_S),)
        shut = [self._gates[cause] for cause in gone & self._gates.keys()]
        openings = [always if g in shut else o for g, o in enumerate(problem.openings)]
        doors = [d._replace(hours=always) if g in shut else d for g, d in enumerate(problem.doors)]
        field = risk.field
        clock = make_clock(
            field.breaks, field.row, field.risk, field.shut_start, field.shut,
            n_nodes=problem.network.n_nodes,
            rest={int(n): calm_spans(problem.graph, field, int(n)) for n in nodes},
        )  # fmt: skip
        made = replace(
            problem, field=field, clock=clock, openings=tuple(openings), rest_nodes=nodes
        )
        made = made.facing(doors, risk) if doors else made
        return made.avoiding(problem.avoided) if len(problem.avoided) else made

    def tree(self, gone: Iterable[Cause]) -> Tree:
        """Return the arrival-time tree without some causes."""
        key = frozenset(gone)
        if key not in self._trees:
            self._trees[key] = self.without(key).problem.tree()
        return self._trees[key]

    def best(
        self,
        origin: int,
        gone: Iterable[Cause],
        known: Iterable[Walk | None] = (),
        *,
        enough: float = -np.inf,
    ) -> Walk | None:
        """Return the best way of a node without some causes, None where there is none.

        Parameters
        ----------
        origin
            Node.
        gone
            What is taken away.
        known
            Ways that may be it.
        enough
            Cost below which none can lie: a known way that costs no more is the best.
        """
        key = frozenset(gone)
        best = _cheapest(self.priced(key, way) for way in known if way is not None)
        if best is not None and best.cost_s <= enough + 1e-6:
            return replace(best, proven=True)
        best = _cheapest([best, self._of_tree(key, origin)])
        # A tree arrives at the last moment: where it holds no way, one may be there early.
        most = (
            longest_s(self.without(key).problem, origin, self._to_go) if best is None
            else best.cost_s + 1e-6
        )  # fmt: skip
        return self.below(origin, key, most, close=self._bounds(key)) or best

    def _bounds(self, gone: frozenset[Cause]) -> NDArray[np.float64]:
        """Return what is left to pay at least without some causes, closer than free flow."""
        if gone not in self._close:
            self._close[gone] = lower_bounds(self.without(gone).problem, self._to_go)
        return self._close[gone]

    def _of_tree(self, gone: Iterable[Cause], origin: int) -> Walk | None:
        chain = self.without(gone)
        way = tree_way(chain.problem, self.tree(gone), origin)
        return None if way is None else chain.down(way)

    def priced(self, gone: Iterable[Cause], way: Walk) -> Walk | None:
        """Return a way as it is without some causes, None where it is shut even so."""
        chain = self.without(gone)
        again = _priced(chain.problem, chain.up(way))
        return None if again is None else chain.down(again)

    def below(
        self,
        origin: int,
        gone: Iterable[Cause],
        most: float,
        *,
        close: NDArray[np.float64] | None = None,
    ) -> Walk | None:
        """Return the best way without some causes that costs no more than ``most``, or None.

        ``close`` are lower bounds closer than free flow; they make a wide search small.
        """
        low = self._to_go if close is None else close
        chain = self.without(gone)
        problem = chain.problem
        least = least_to_go(problem, origin, low)
        if not np.isfinite(least) or least > most or not len(problem.gates().node):
            return None
        found = exact_way(
            problem.graph, problem.clock, problem.gates(), problem.arrive, origin,
            bound=Bound(low, most, WIDEST, dear=self._dear), risk_aversion=problem.risk_aversion,
            penalty=problem.factor,
        )  # fmt: skip
        if not np.isfinite(found.cost):
            if not found.proven:
                self.wide.add(origin)
                near = self._of_tree(gone, origin)
                return near if near is not None and near.cost_s <= most else None
            return None
        way = walk(problem, found.arcs, found.entered, arrive=found.arrive, proven=found.proven)
        return None if circles(problem, way) or way.cost_s > most + 1e-6 else chain.down(way)

    def bearing(self, cause: Cause, way: Walk, entered: NDArray[np.int64] | None = None) -> Bearing:
        """Return what a cause does alone to the arcs of a way, at its own clock or another."""
        if cause.kind == GATE:
            shut = np.zeros(len(way.arcs), bool)
            opened = self._problem.is_open(way.gate, way.arrive)
            shut[-1:] = way.gate == self._gates[cause] and not opened
            return Bearing(np.zeros(len(way.arcs)), shut)
        begun = way.entered if entered is None else entered
        found = bearing(self._risk, cause, way.arcs, begun, begun + way.time_s)
        if cause.kind == ZONE and self._problem.doors and len(begun):
            # At another clock one arrives later by as much as the last road is entered later.
            arrive = way.arrive + int(begun[-1] - way.entered[-1])
            found.shut[-1:] |= any(
                crowd.zone_id == cause.key and crowd.start_s <= arrive < crowd.end_s
                for crowd in self._before[way.gate]
            )
        return found


def _priced(problem: Problem, way: Walk) -> Walk | None:
    """Return a way as it is in another world of its question, None where it is shut there."""
    again = walk(problem, way.arcs, way.entered, arrive=way.arrive, proven=False)
    shut = problem.field.shuts(again.arcs, again.entered, again.time_s)
    if shut or not problem.is_open(again.gate, again.arrive):
        return None
    for i in np.flatnonzero(again.wait_s).tolist():
        since = int(again.entered[i] + again.time_s[i])
        node = int(problem.network.head[again.arcs[i]])
        if not may_rest(node, since, since + int(again.wait_s[i]), problem.clock):
            return None
    return again


def _cheapest(ways: Iterable[Walk | None]) -> Walk | None:
    return min(
        (w for w in ways if w is not None), key=lambda w: (w.cost_s, -w.depart), default=None
    )
