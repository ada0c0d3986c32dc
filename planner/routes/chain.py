"""A question with places to pass on the way, as one without: a copy of the roads for each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.network.moves import movements
from planner.network.overlay import Shapes
from planner.network.search import Graph, graph_of_arrays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.network.clockwork import Clock
    from planner.network.graph import Network
    from planner.risk.field import RiskField
    from planner.risk.placed import Placed
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A question on roads copied once for each place to pass, and once more.

    Copy `i` of the roads is driven by whoever has passed the first `i` places. An arc that passes
    the next one leads into the next copy; only in the last are there gates. So every search
    is what it was, and whatever it finds passes every place in order, at its own clock.

    Attributes
    ----------
    problem
        The question on the copies; arc ``a`` of copy ``i`` is ``a + i * n_arcs``.
    plain
        The question on the roads themselves, without places.
    """

    problem: Problem
    plain: Problem

    @property
    def n_arcs(self) -> int:
        """Arcs of the roads themselves."""
        return self.plain.graph.n_arcs

    def down(self, way: Walk) -> Walk:
        """Return a way of the copies on the roads themselves."""
        if self.problem.graph.n_arcs == self.n_arcs:
            return way
        passed, arcs = np.divmod(way.arcs, self.n_arcs)
        return replace(way, arcs=arcs, passed=passed)

    def up(self, way: Walk) -> Walk:
        """Return a way found by ``down`` on the copies again."""
        return replace(way, arcs=way.states(self.n_arcs), passed=None)

    def placed(self, placed: Placed) -> Placed:
        """Return worlds on the ground as they bear on every copy of the roads."""
        copies = self.problem.graph.n_arcs // self.n_arcs
        if copies == 1:
            return placed
        lift = np.arange(copies, dtype=np.int32)[:, None] * np.int32(self.n_arcs)
        spells = tuple(((arcs + lift).ravel(), a, b) for arcs, a, b in placed.risk.spells)
        start, arc, intensity, inside = placed.shapes
        owner = np.tile(np.repeat(np.arange(len(start) - 1), np.diff(start)), copies)
        order = np.argsort(owner, kind="stable")
        shapes = Shapes(
            start * copies, (arc + lift).ravel()[order], np.tile(intensity, copies)[order],
            np.tile(inside, copies)[order],
        )  # fmt: skip
        return replace(placed, risk=replace(placed.risk, spells=spells), shapes=shapes)


def chained(problem: Problem, vias: Sequence[NDArray[np.int32]]) -> Chain:
    """Return the question of passing some places in order on the way in.

    Parameters
    ----------
    problem
        The question without them.
    vias
        For each place the arcs, int32, of which any passes it.
    """
    m, n, copies = problem.graph.n_arcs, problem.graph.n_nodes, len(vias) + 1
    if copies == 1:
        return Chain(problem, problem)
    graph = _graph(problem.graph, vias)
    last = (copies - 1) * n
    lift = (np.arange(copies)[:, None] * n).astype(np.int32)
    return Chain(
        replace(
            problem,
            network=_network(problem.network, graph, copies),
            field=_field(problem.field, copies),
            roads=np.tile(problem.roads, copies),
            graph=graph,
            clock=_clock(problem.clock, copies),
            gate_nodes=problem.gate_nodes + np.int32(last),
            gate_arcs=np.where(problem.gate_arcs < 0, -1, problem.gate_arcs + (copies - 1) * m)
            .astype(np.int32),
            factor=np.tile(problem.factor, copies),
            rest_nodes=(problem.rest_nodes + lift).ravel(),
            avoided=(problem.avoided + lift // n * m).ravel().astype(np.int32),
        ),
        problem,
    )  # fmt: skip


def _graph(graph: Graph, vias: Sequence[NDArray[np.int32]]) -> Graph:
    m, n, copies = graph.n_arcs, graph.n_nodes, len(vias) + 1
    passes = np.zeros((copies, m), bool)
    for i, arcs in enumerate(vias):
        passes[i, arcs] = True
    copy = np.repeat(np.arange(copies), m).reshape(copies, m)
    for i in range(copies - 2, -1, -1):
        # One arc may pass several places that follow each other.
        copy[i] = np.where(passes[i], copy[i + 1], i)
    tail = (graph.tail + np.arange(copies)[:, None] * n).ravel().astype(np.int32)
    head = (graph.head + copy * n).ravel().astype(np.int32)
    moves = movements(tail, head, copies * n)
    source, target = moves.source % m, moves.target % m
    turn = graph.turn[graph.row[target] + graph.entry[source]]
    return graph_of_arrays(tail, head, np.tile(graph.time, copies), turn, n_nodes=copies * n)


def _network(network: Network, graph: Graph, copies: int) -> Network:
    """Return the columns that searches read, copied; only the last copy has its place.

    So nothing is near a gate before every place has been passed.
    """
    xy = np.full((copies * network.n_nodes, 2), np.inf)
    xy[-network.n_nodes :] = network.node_xy
    return replace(
        network, tail=graph.tail, head=graph.head, node_xy=xy,
        node_id=np.tile(network.node_id, copies), length_m=np.tile(network.length_m, copies),
        time_s=np.tile(network.time_s, copies), name=np.tile(network.name, copies),
        access=np.tile(network.access, copies),
    )  # fmt: skip


def _field(field: RiskField, copies: int) -> RiskField:
    return replace(
        field, row=np.tile(field.row, copies), shut=np.tile(field.shut, (copies, 1)),
        shut_start=_starts(field.shut_start, copies),
    )  # fmt: skip


def _clock(clock: Clock, copies: int) -> Clock:
    return clock._replace(
        row=np.tile(clock.row, copies), busy=np.tile(clock.busy, copies),
        shut_start=_starts(clock.shut_start, copies), shut=np.tile(clock.shut, (copies, 1)),
        rest_start=_starts(clock.rest_start, copies), rest=np.tile(clock.rest, (copies, 1)),
    )  # fmt: skip


def _starts(start: NDArray[np.int32], copies: int) -> NDArray[np.int32]:
    """Return the starts of rows that were copied one after the other."""
    counts = np.tile(np.diff(start), copies)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
