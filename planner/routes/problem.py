"""One question as arrays: roads, clock, gates, origins, the second to arrive by."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock, idle_clock, latest_entry, make_clock, may_rest
from planner.network.kerb import CROSSING_S
from planner.network.search import Gates, Graph, Tree, arrival_tree, make_gates, make_graph
from planner.routes.doors import openings, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from planner.network.graph import Network
    from planner.network.overlay import State
    from planner.risk.field import Risk, RiskField
    from planner.risk.placed import Placed
    from planner.routes.doors import Door

Span = tuple[int, int]


class Known(NamedTuple):
    """What was made of the roads before: see ``Problem``.

    ``factor`` is float[m], at least 1, on the cost of the seconds driven on an arc; None: 1.
    """

    graph: Graph
    roads: NDArray[np.int32]
    factor: NDArray[Any] | None = None


FOREVER_S = 1 << 40

NEVER_S = 2 * FOREVER_S
"""An arc shut from before to after forever is entered at no second."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Everything a search needs to answer one question; seconds are those of ``field``.

    Attributes
    ----------
    network, field
        Roads, already split at every stop, and their risk.
    roads
        int32[m]; number of the road an arc belongs to, whichever direction.
    graph, clock
        The same for the kernels.
    origins
        int32[o]; node of each origin.
    gate_nodes, gate_arcs
        int32[g]; node of each gate, and the arc that passes it on its own side, -1: any does.
    openings
        For each gate the intervals [from, to) in which it may be used, in seconds.
    doors
        Each gate with its hours alone; none where gates are not those of a facility.
    arrive, early
        Second to arrive by; seconds before it that still count as on time.
    risk_aversion
        Seconds of delay that one second at risk 1 is worth.
    clear_below
        A way is clear when its highest risk is below this.
    factor
        float64[m], at least 1; on the cost of every second driven on an arc, never on the time.
    rest_nodes
        int32[r]; nodes where a vehicle may wait while no risk is there.
    pinned
        The only gate to end at; None: any.
    avoided
        int32[q]; arcs that are not to be driven at any time, shut in ``field`` and ``clock``.
    """

    network: Network
    field: RiskField
    roads: NDArray[np.int32]
    graph: Graph
    clock: Clock
    origins: NDArray[np.int32]
    gate_nodes: NDArray[np.int32]
    gate_arcs: NDArray[np.int32]
    openings: tuple[tuple[Span, ...], ...]
    arrive: int
    early: int
    risk_aversion: float
    clear_below: float
    factor: NDArray[np.float64]
    rest_nodes: NDArray[np.int32]
    pinned: int | None = None
    avoided: NDArray[np.int32] = dataclasses.field(default_factory=lambda: np.zeros(0, np.int32))
    doors: tuple[Door, ...] = ()
    _grown: dict[Any, Any] = dataclasses.field(init=False, repr=False, default_factory=dict)

    @property
    def idle(self) -> Clock:
        """The clock of a day without risk or closures."""
        return idle_clock(self.graph.n_nodes, self.graph.n_arcs)

    def facing(self, doors: Sequence[Door], risk: Risk) -> Problem:
        """Return the same question with gates at which nobody arrives while a crowd is there."""
        return replace(self, doors=tuple(doors), openings=openings(doors, risk))

    def by_hours(self) -> Problem:
        """Return the same question with gates open by their hours alone."""
        if not self.doors:
            return self
        return replace(self, openings=tuple(door.hours for door in self.doors))

    def in_state(self, placed: Placed, state: State) -> Problem:
        """Return the same question with gates as in a state of a world, by their hours else."""
        made = self.by_hours()
        spans = list(made.openings)
        for gate in range(len(self.doors)):
            for crowd in placed.on_step(state, gate):
                spans[gate] = without(spans[gate], crowd)
        return replace(made, openings=tuple(spans))

    def gates(self, only: Sequence[int] | None = None) -> Gates:
        """Return the openings within the arrival window, of all gates or of some."""
        return self._gates(self._in_window(only))

    def is_open(self, gate: int, second: int) -> bool:
        """Tell whether a gate is open at a second."""
        return any(since <= second < until for since, until in self.openings[gate])

    def opens_in_time(self, gate: int) -> bool:
        """Tell whether a gate is open at some second of the arrival window."""
        first = self.arrive - self.early
        return any(a <= self.arrive and b > first for a, b in self.openings[gate])

    def gates_in_reach(self, only: Sequence[int] | None = None) -> list[int]:
        """Return the gates at which some arc can end, driven open, while they are open."""
        graph, clock = self.graph, self.clock
        found = set()
        for g, since, until in self._in_window(only):
            node = int(self.gate_nodes[g])
            for arc in graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]:
                time = int(graph.time[arc])
                there = latest_entry(int(arc), until - time, time, clock) + time
                if there >= since or may_rest(node, there, since, clock):
                    found.add(g)
        return sorted(found)

    def _in_window(self, only: Sequence[int] | None) -> list[tuple[int, int, int]]:
        first = self.arrive - self.early
        return [
            (g, max(a, first), min(b - 1, self.arrive))
            for g in self._asked(only)
            for a, b in self.openings[g]
            if b > first and a <= self.arrive
        ]

    def always(self, only: Sequence[int] | None = None) -> Gates:
        """Return the gates as if they never shut: for lower bounds and for reasons."""
        rows = [(g, self.arrive, self.arrive) for g in self._asked(only)]
        return self._gates(rows, aside_s=0.0)

    def _asked(self, only: Sequence[int] | None) -> list[int]:
        """Return all gates, or some: at a road, and none beside the one to end at."""
        some = range(len(self.gate_nodes)) if only is None else only
        return [g for g in some if self.gate_nodes[g] >= 0 and self.pinned in (None, g)]

    def _gates(self, rows: Sequence[tuple[int, int, int]], *, aside_s: float = CROSSING_S) -> Gates:
        table = np.array([r for r in rows if r[1] <= r[2]], np.int64).reshape(-1, 3)
        return make_gates(
            self.gate_nodes[table[:, 0]], table[:, 1], table[:, 2],
            arc=self.gate_arcs[table[:, 0]], aside_s=aside_s,
        )  # fmt: skip

    def avoiding(self, arcs: NDArray[np.int32]) -> Problem:
        """Return the same question with some arcs shut for all time."""
        if not len(arcs):
            return self
        avoided = np.unique(np.concatenate([self.avoided, arcs])).astype(np.int32)
        start, shut = never_open(self.field.shut_start, self.field.shut, avoided)
        busy = self.clock.busy.copy()
        busy[avoided] = True
        return replace(
            self, avoided=avoided, field=replace(self.field, shut_start=start, shut=shut),
            clock=self.clock._replace(shut_start=start, shut=shut, busy=busy),
        )  # fmt: skip

    def at(self, arrive: int) -> Problem:
        """Return the same question for another second of arrival."""
        return replace(self, arrive=arrive)

    def tree(
        self,
        only: Sequence[int] | None = None,
        *,
        earlier: int = 0,
        penalty: NDArray[np.float64] | None = None,
        risk_aversion: float | None = None,
    ) -> Tree:
        """Return the arrival-time tree for arriving ``earlier`` seconds before the last moment."""

        def grow() -> Tree:
            return arrival_tree(
                self.graph,
                self.clock,
                self.gates(only),
                self.arrive - earlier,
                risk_aversion=self.risk_aversion if risk_aversion is None else risk_aversion,
                penalty=self.factor if penalty is None else self.factor * penalty,
            )

        plain = not earlier and penalty is None and risk_aversion is None
        return self._once("tree", only, grow) if plain else grow()

    def free_tree(self, only: Sequence[int] | None = None) -> Tree:
        """Return free-flow time to go from every arc: no risk, no closure, gates open."""
        return self._once("free", only, lambda: arrival_tree(
            self.graph, self.idle, self.always(only), self.arrive, risk_aversion=0.0
        ))  # fmt: skip

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Grow each tree of the block for the last moment once; what it asks again is the same.

        Trees are large: they are let go with the block.
        """
        self._grown["on"] = True
        try:
            yield
        finally:
            self._grown.clear()

    def _once(self, kind: str, only: Sequence[int] | None, grow: Callable[[], Tree]) -> Tree:
        if not self._grown:
            return grow()
        key = (kind, *self._asked(only))
        if key not in self._grown:
            self._grown[key] = grow()
        found: Tree = self._grown[key]
        return found

    def dear_tree(self, only: Sequence[int] | None = None) -> Tree:
        """Return the least cost to go from every arc: as ``free_tree``, with what roads cost."""
        return arrival_tree(
            self.graph, self.idle, self.always(only), self.arrive,
            risk_aversion=0.0, penalty=self.factor,
        )  # fmt: skip

    def latest_tree(self, only: Sequence[int] | None = None) -> Tree:
        """Return the seconds before the arrival at which every arc must be entered at the latest.

        Closures and gate hours count, risk does not, and one may wait anywhere: no plan
        enters an arc later, so these are lower bounds of what is left to pay.
        """
        n = self.graph.n_nodes
        anywhere = self.clock._replace(
            rest_start=np.arange(n + 1, dtype=np.int32),
            rest=np.tile(np.array([[-FOREVER_S, FOREVER_S]], np.int64), (n, 1)),
        )
        gates = self._gates(self._in_window(only), aside_s=0.0)
        return arrival_tree(self.graph, anywhere, gates, self.arrive, risk_aversion=0.0)

    def aside_s(self, way_gate: int, last_arc: int) -> float:
        """Return what it costs, in seconds, to end at a gate by an arc."""
        own = int(self.gate_arcs[way_gate]) if way_gate >= 0 else -1
        return float(CROSSING_S) if own not in (-1, last_arc) else 0.0

    def on_roads(self, arcs: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return bool[m]: every arc on the roads of some arcs, in either direction."""
        used = np.zeros(int(self.roads.max(initial=-1)) + 1, bool)
        used[self.roads[arcs]] = True
        return used[self.roads]

    def changes(self, horizon: int) -> bool:
        """Tell whether any risk or closure holds within ``horizon`` seconds of the arrival."""
        touched = self.field.touched(self.arrive - horizon, self.arrive + 1)
        touched[self.avoided] = False
        return bool(touched.any())


def make_problem(
    network: Network,
    field: RiskField,
    *,
    origins: NDArray[np.int32],
    gates: Sequence[tuple[int, Sequence[Span], int]],
    rest_nodes: NDArray[np.int32],
    arrive: int,
    limits: Mapping[str, float],
    known: Known | None = None,
) -> Problem:
    """Return the question as arrays.

    Parameters
    ----------
    network, field
        Split roads and their risk.
    origins
        int32[o]; node of each origin.
    gates
        Node, open intervals (seconds) of each gate, and the arc that passes it on its own side,
        -1 where any does.
    rest_nodes
        int32[r]; nodes of sites where a vehicle may wait while no risk is there.
    arrive
        Second to arrive by.
    limits
        ``early_s``, ``risk_aversion`` and ``clear_below``.
    known
        What was made of the network before, with the seconds and the factor of the hour.
    """
    graph, roads, factor = known or Known(make_graph(network), network.roads())
    clock = make_clock(
        field.breaks, field.row, field.risk, field.shut_start, field.shut,
        n_nodes=network.n_nodes,
        rest={int(node): calm_spans(graph, field, int(node)) for node in rest_nodes},
    )  # fmt: skip
    return Problem(
        network=network,
        field=field,
        roads=roads,
        graph=graph,
        clock=clock,
        origins=np.asarray(origins, np.int32),
        gate_nodes=np.array([node for node, _, _ in gates], np.int32),
        gate_arcs=np.array([arc for _, _, arc in gates], np.int32),
        openings=tuple(tuple(spans) for _, spans, _ in gates),
        arrive=arrive,
        early=int(limits["early_s"]),
        risk_aversion=float(limits["risk_aversion"]),
        clear_below=float(limits["clear_below"]),
        factor=np.ones(graph.n_arcs) if factor is None else np.asarray(factor, np.float64),
        rest_nodes=np.unique(np.asarray(rest_nodes, np.int32)),
    )


def never_open(
    start: NDArray[np.int32], shut: NDArray[np.int64], arcs: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return shut intervals as in ``Clock`` with some arcs, each once, shut for all time."""
    counts = np.diff(start)
    owner = np.repeat(np.arange(len(counts)), counts)
    kept = ~np.isin(owner, arcs)
    counts = counts.copy()
    counts[arcs] = 1
    always = np.tile(np.array([[-NEVER_S, NEVER_S]], np.int64), (len(arcs), 1))
    order = np.argsort(np.concatenate([owner[kept], arcs]), kind="stable")
    rows = np.concatenate([shut[kept].reshape(-1, 2), always])[order]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32), np.ascontiguousarray(rows)


def calm_spans(graph: Graph, field: RiskField, node: int) -> list[Span]:
    """Return the intervals in which no arc at a node has any risk."""
    arcs = np.concatenate([
        graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]],
        graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]],
    ])  # fmt: skip
    rows = field.row[arcs]
    risky = (field.risk[rows[rows >= 0]] > 0).any(axis=0)
    spans: list[Span] = []
    since = int(field.breaks[0])
    for begin, end in zip(field.breaks[:-1][risky], field.breaks[1:][risky], strict=True):
        if begin > since:
            spans.append((since, int(begin)))
        since = int(end)
    return [*spans, (since, int(field.breaks[-1]))] if since < field.breaks[-1] else spans
