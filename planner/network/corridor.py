"""Exact answer for one origin: cost-to-go of every useful arc at every useful second.

``J`` is filled on the whole-second clock for the arcs through which a plan can still beat the
best one known: those where free-flow time from the origin, over the arc and on to a gate does
not exceed its cost. Waiting where it is allowed is included, so the plan found is optimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock
from planner.network.compiled import compiled
from planner.network.moves import BARRED
from planner.network.search import Gates, Graph
from planner.network.tables import fill, read

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_STATES = 8_000_000
"""Largest table that is filled, in (arc, second) states of 8 bytes."""


class Way(NamedTuple):
    """One plan: arcs in driving order and the second at which each is entered.

    Attributes
    ----------
    cost
        Seconds; inf when there is no way.
    arcs, entered
        int32[k], int64[k].
    arrive
        Second of arrival at the gate.
    proven
        Whether the corridor table was filled, so that no plan is better.
    """

    cost: float
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    arrive: int
    proven: bool


class Bound(NamedTuple):
    """What is known of the cost beforehand.

    Attributes
    ----------
    to_go
        float64[m]; free-flow seconds from entering each arc to the nearest gate: the costs of
        ``arrival_tree`` under ``idle_clock`` with every gate open.
    upper
        Cost of a plan known to exist, or beyond which none is looked for.
    max_states
        Above this many states give up, and say ``proven=False``.
    surely
        float64[m]; cost that any plan still pays from the end of each arc beside its seconds, of
        what is entered within ``longest``; None: nothing.
    longest
        No plan is looked for that leaves more than this many seconds before the arrival.
    dear
        float64[m]; the same as ``to_go`` for a free day with the penalty of every arc: where roads
        cost more than their time, that leaves fewer states. None: no arc costs more.
    """

    to_go: NDArray[np.float64]
    upper: float
    max_states: int = MAX_STATES
    surely: NDArray[np.float64] | None = None
    longest: float = np.inf
    dear: NDArray[np.float64] | None = None


def exact_way(
    graph: Graph,
    clock: Clock,
    gates: Gates,
    arrive: int,
    origin: int,
    *,
    bound: Bound,
    risk_aversion: float,
    penalty: NDArray[np.float64] | None = None,
) -> Way:
    """Return the best plan from a node, no dearer than ``bound.upper``.

    Parameters
    ----------
    graph, clock, gates, arrive, risk_aversion, penalty
        As for ``arrival_tree``.
    origin
        Node to leave from, at any second.
    bound
        Lower bounds, and a cost that can be had.
    """
    (way,) = exact_ways(
        graph, clock, gates, arrive, [(origin, bound)],
        risk_aversion=risk_aversion, penalty=penalty,
    )  # fmt: skip
    return way


def exact_ways(
    graph: Graph,
    clock: Clock,
    gates: Gates,
    arrive: int,
    asked: Sequence[tuple[int, Bound]],
    *,
    risk_aversion: float,
    penalty: NDArray[np.float64] | None = None,
) -> list[Way]:
    """Return the best plans from nodes, as ``exact_way`` gives them one by one.

    Origins share a table as far as it stays within ``MAX_STATES``: what is left to pay from an
    arc at a second does not hang on where one comes from, and what is added for others is dearer
    than an origin's ``upper``. Where an origin's best is dearer than that, it has a table of its own.

    Parameters
    ----------
    graph, clock, gates, arrive, risk_aversion, penalty
        As in ``exact_way``.
    asked
        Origins with their bounds, which differ in ``upper`` alone.
    """
    rooms = [_room(graph, origin, bound, penalty) for origin, bound in asked]
    factor = np.ones(graph.n_arcs) if penalty is None else penalty
    ask = _Asked(
        graph, clock, gates, int(arrive), np.ascontiguousarray(factor, np.float64),
        float(risk_aversion),
    )  # fmt: skip
    none = Way(np.inf, np.zeros(0, np.int32), np.zeros(0, np.int64), arrive, False)
    ways = [none] * len(asked)
    for group in _groups(rooms, asked, graph.n_arcs):
        shared = _Table.of(ask, asked[0][1], [rooms[i] for i in group])
        for i in group:
            origin, bound = asked[i]
            ways[i] = shared.way(ask, origin, rooms[i])
            if len(group) > 1 and bound.upper < ways[i].cost < np.inf:
                ways[i] = _Table.of(ask, bound, [rooms[i]]).way(ask, origin, rooms[i])
    return ways


class _Asked(NamedTuple):
    """What all tables of a question have in common."""

    graph: Graph
    clock: Clock
    gates: Gates
    arrive: int
    factor: NDArray[np.float64]
    risk_aversion: float


Room = tuple[NDArray[np.int32], NDArray[np.int64]]
"""Arcs of a corridor, and for how many seconds each has room in a table."""


class _Table(NamedTuple):
    """What is left to pay from the end of each arc: its arcs by ``low``, where each begins."""

    cost: NDArray[np.float64]
    low: NDArray[np.int64]
    start: NDArray[np.int64]
    place: NDArray[np.int32]

    @classmethod
    def of(cls, ask: _Asked, bound: Bound, rooms: Sequence[Room]) -> _Table:
        """Fill the table of some corridors."""
        m = ask.graph.n_arcs
        reach, room = rooms[0]
        if len(rooms) > 1:
            most = np.zeros(m, np.int64)
            for arcs, seconds in rooms:
                most[arcs] = np.maximum(most[arcs], seconds)
            reach = np.flatnonzero(most).astype(np.int32)
            room = most[reach]
        low = (bound.to_go - ask.graph.time)[reach].astype(np.int64)
        order = np.argsort(low, kind="stable")
        start = np.zeros(len(reach) + 1, np.int64)
        np.cumsum(room[order], out=start[1:])
        place = np.full(m, -1, np.int32)
        place[reach[order]] = np.arange(len(reach), dtype=np.int32)
        cost = fill(
            ask.graph, ask.clock, ask.gates, ask.arrive, reach[order], low[order], start, place,
            ask.factor, ask.risk_aversion,
        )  # fmt: skip
        return cls(cost, low[order], start, place)

    def way(self, ask: _Asked, origin: int, room: Room) -> Way:
        """Read the best plan of an origin, left at a second at which it has room itself."""
        graph = ask.graph
        own = np.zeros(graph.n_arcs, np.int64)
        own[room[0]] = room[1]
        first = graph.out_arcs[graph.out_start[origin] : graph.out_start[origin + 1]]
        cost, arcs, entered, end = read(
            self.cost, graph, ask.clock, ask.gates, ask.arrive, int(origin), own[first], self.low,
            self.start, self.place, ask.factor, ask.risk_aversion,
        )  # fmt: skip
        return Way(cost, arcs, entered, int(end), True)


def _groups(
    rooms: Sequence[Room], asked: Sequence[tuple[int, Bound]], n_arcs: int
) -> list[list[int]]:
    """Return which of some corridors share a table; those too large for any are in none."""
    groups: list[list[int]] = []
    most = np.zeros(n_arcs, np.int64)
    for i, ((reach, room), (_, bound)) in enumerate(zip(rooms, asked, strict=True)):
        if not len(reach) or room.sum() > bound.max_states:
            continue
        more = most.copy()
        more[reach] = np.maximum(more[reach], room)
        if groups and more.sum() <= MAX_STATES:
            groups[-1].append(i)
        else:
            groups.append([i])
            more = np.zeros(n_arcs, np.int64)
            more[reach] = room
        most = more
    return groups


def _room(
    graph: Graph,
    origin: int,
    bound: Bound,
    penalty: NDArray[np.float64] | None,
) -> Room:
    """Return the arcs of the corridor, and for how many seconds each has room in the table.

    What is paid before an arc and the seconds that follow it do not exceed the cost known.
    """
    upper = float(bound.upper)
    low = bound.to_go - graph.time
    more = np.zeros(len(low)) if bound.surely is None else bound.surely
    if bound.dear is None or penalty is None:
        reach, since = _reachable(graph, origin, low + more, upper)
    else:
        paid = np.floor(graph.time * penalty)
        reach, since = _reachable(
            graph.with_times(paid.astype(np.int32)),
            origin,
            bound.dear - graph.time * penalty + more,
            upper,
        )
    room = np.minimum(upper - since[reach] - more[reach], bound.longest) - low[reach]
    fits = room >= 0
    return reach[fits], np.floor(room[fits]).astype(np.int64) + 1


@compiled(nogil=True)
def _reachable(graph, origin, low, upper):
    # Free-flow seconds from the origin to the end of every arc of the corridor, ``low`` those
    # from there on; whole seconds, so an array of linked lists is the queue. An arc is put
    # there at most once by each movement onto it.
    m = len(graph.tail)
    since = np.full(m, np.inf)
    size = int(upper) + 2 if upper > 0 else 2
    heads = np.full(size, -1, np.int64)
    room = len(graph.turn) + graph.out_start[origin + 1] - graph.out_start[origin]
    ahead = np.empty(room, np.int64)
    held = np.empty(room, np.int32)
    used = 0
    done = np.zeros(m, np.bool_)
    found = np.empty(m, np.int32)
    n_found = 0
    for i in range(graph.out_start[origin], graph.out_start[origin + 1]):
        arc = graph.out_arcs[i]
        then = graph.time[arc]
        if then + low[arc] <= upper:
            since[arc] = then
            held[used] = arc
            ahead[used] = heads[then]
            heads[then] = used
            used += 1
    for now in range(size):
        item = heads[now]
        while item >= 0:
            arc = held[item]
            item = ahead[item]
            if done[arc]:
                continue
            done[arc] = True
            found[n_found] = arc
            n_found += 1
            node = graph.head[arc]
            for i in range(graph.out_start[node], graph.out_start[node + 1]):
                b = graph.out_arcs[i]
                turn = graph.turn[graph.row[b] + graph.entry[arc]]
                if turn == BARRED:
                    continue
                then = now + turn + graph.time[b]
                if then < since[b] and then + low[b] <= upper:
                    since[b] = then
                    held[used] = b
                    ahead[used] = heads[then]
                    heads[then] = used
                    used += 1
    return found[:n_found], since
