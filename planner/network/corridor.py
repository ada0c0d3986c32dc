"""Exact answer for one origin: cost-to-go of every useful arc at every useful second.

``J`` is filled on the whole-second clock for the arcs through which a plan can still beat the
best one known: those where free-flow time from the origin, over the arc and on to a gate does
not exceed its cost. Waiting where it is allowed is included, so the plan found is optimal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock, latest_entry, may_rest, risk_at
from planner.network.compiled import compiled
from planner.network.moves import BARRED
from planner.network.search import Gates, Graph

MAX_STATES = 8_000_000
"""Largest table that is filled, in (arc, second) states of 8 bytes."""

DRIVE = 1.0 + 1e-9
"""Of plans that cost the same, the one that drives less: no circling instead of arriving."""

TIE_S = 1e-6
"""Costs this near are equal; then the latest departure counts."""


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


class _Followers(NamedTuple):
    """What may follow the arcs of a table: those of row `i` from ``first[i]`` on.

    ``base`` is what entering costs without risk, ``busy`` whether the clock counts.
    """

    first: NDArray[np.int64]
    row: NDArray[np.int32]
    secs: NDArray[np.int64]
    base: NDArray[np.float64]
    busy: NDArray[np.bool_]


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
    max_states = bound.max_states
    low = bound.to_go - graph.time
    reach, room = _room(graph, origin, low, bound, penalty)
    if not len(reach) or room.sum() > max_states:
        return Way(np.inf, np.zeros(0, np.int32), np.zeros(0, np.int64), arrive, False)
    low = low[reach].astype(np.int64)
    order = np.argsort(low, kind="stable")
    start = np.zeros(len(reach) + 1, np.int64)
    np.cumsum(room[order], out=start[1:])
    place = np.full(graph.n_arcs, -1, np.int32)
    place[reach[order]] = np.arange(len(reach), dtype=np.int32)
    cost, arcs, entered, end = _fill(
        graph, clock, gates, int(arrive), int(origin), reach[order], low[order], start, place,
        np.ones(graph.n_arcs) if penalty is None else np.ascontiguousarray(penalty, np.float64),
        float(risk_aversion),
    )  # fmt: skip
    return Way(cost, arcs, entered, int(end), True)


def _room(
    graph: Graph,
    origin: int,
    low: NDArray[np.float64],
    bound: Bound,
    penalty: NDArray[np.float64] | None,
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the arcs of the corridor, and for how many seconds each has room in the table.

    What is paid before an arc and the seconds that follow it do not exceed the cost known.
    """
    upper = float(bound.upper)
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


@compiled(inline="always")
def _enter(b, turn, s, graph, clock, arrive, low, start, place, table, factor, risk_aversion):
    """Cost of turning onto arc ``b`` from ``s`` seconds before the arrival time on."""
    row = place[b]
    if row < 0:
        return np.inf
    secs = graph.time[b] + turn
    rest = s - secs
    if rest < low[row] or rest - low[row] >= start[row + 1] - start[row]:
        return np.inf
    t = arrive - s
    if latest_entry(b, t, secs, clock) != t:
        return np.inf
    return (
        secs * (DRIVE + risk_aversion * risk_at(b, t, clock)) * factor[b]
        + table[start[row] + rest - low[row]]
    )


@compiled(inline="always")
def _ends(arc, node, s, gates, arrive):
    """Cost of ending a plan by an arc ``s`` seconds before the arrival time; inf: it may not."""
    best = np.inf
    for g in range(len(gates.node)):
        if gates.node[g] == node and gates.since[g] <= arrive - s <= gates.until[g]:
            aside = gates.aside[g] if gates.arc[g] >= 0 and gates.arc[g] != arc else 0.0
            best = min(best, s + aside)
    return best


@compiled(inline="always")
def _best(arc, s, is_gate, graph, clock, gates, arrive, low, start, place, table, factor,
          risk_aversion):  # fmt: skip
    """Cheapest continuation from the end of an arc: (cost, next arc; -1 end, -2 wait)."""
    node = graph.head[arc]
    best = np.inf
    then = -3
    if is_gate[node]:
        best = _ends(arc, node, s, gates, arrive)
        if best < np.inf:
            then = -1
    for i in range(graph.out_start[node], graph.out_start[node + 1]):
        b = graph.out_arcs[i]
        turn = graph.turn[graph.row[b] + graph.entry[arc]]
        if turn == BARRED:
            continue
        value = _enter(b, turn, s, graph, clock, arrive, low, start, place, table, factor,
                       risk_aversion)  # fmt: skip
        if value < best:
            best = value
            then = b
    row = place[arc]
    if s > low[row] and may_rest(node, arrive - s, arrive - s + 1, clock):
        value = 1.0 + table[start[row] + s - 1 - low[row]]
        if value < best:
            best = value
            then = -2
    return best, then


@compiled(nogil=True)
def _followers(graph, clock, arcs, place, factor):
    """What may follow each arc of the table: its row, its seconds, their cost without risk."""
    first = np.zeros(len(arcs) + 1, np.int64)
    ends = graph.head[arcs]
    size = (graph.out_start[ends + 1] - graph.out_start[ends]).sum()
    row = np.empty(size, np.int32)
    secs = np.empty(size, np.int64)
    base = np.empty(size)
    busy = np.empty(size, np.bool_)
    n = 0
    for k in range(len(arcs)):
        for i in range(graph.out_start[ends[k]], graph.out_start[ends[k] + 1]):
            b = graph.out_arcs[i]
            turn = graph.turn[graph.row[b] + graph.entry[arcs[k]]]
            if turn == BARRED or place[b] < 0:
                continue
            row[n] = place[b]
            secs[n] = graph.time[b] + turn
            base[n] = secs[n] * DRIVE * factor[b]
            busy[n] = clock.busy[b]
            n += 1
        first[k + 1] = n
    return _Followers(first, row[:n], secs[:n], base[:n], busy[:n])


@compiled(inline="always")
def _least(k, s, then, ends, graph, clock, gates, arrive, arcs, low, start, place, table, factor,
           risk_aversion):  # fmt: skip
    """Cost of the cheapest continuation from the end of arc ``k`` of the table, as ``_best``."""
    best = np.inf
    node = graph.head[arcs[k]]
    if ends[k]:
        best = _ends(arcs[k], node, s, gates, arrive)
    for j in range(then.first[k], then.first[k + 1]):
        row = then.row[j]
        rest = s - then.secs[j] - low[row]
        if rest < 0 or rest >= start[row + 1] - start[row]:
            continue
        value = then.base[j] + table[start[row] + rest]
        # Risk makes it dearer: what is too dear without need not be asked of the clock.
        if value < best and then.busy[j]:
            turn = then.secs[j] - graph.time[arcs[row]]
            value = _enter(arcs[row], turn, s, graph, clock, arrive, low, start, place, table,
                           factor, risk_aversion)  # fmt: skip
        best = min(best, value)
    if (
        s > low[k]
        and clock.rest_start[node + 1] > clock.rest_start[node]
        and may_rest(node, arrive - s, arrive - s + 1, clock)
    ):
        best = min(best, 1.0 + table[start[k] + s - 1 - low[k]])
    return best


@compiled(nogil=True)
def _fill(graph, clock, gates, arrive, origin, arcs, low, start, place, factor, risk_aversion):
    k = len(arcs)
    table = np.full(start[k], np.inf)
    is_gate = np.zeros(len(graph.in_start) - 1, np.bool_)
    for g in range(len(gates.node)):
        is_gate[gates.node[g]] = True
    ends = is_gate[graph.head[arcs]]
    followers = _followers(graph, clock, arcs, place, factor)
    active = np.empty(k, np.int32)
    n_active = 0
    begun = 0
    s = low[0] if k else 0
    while begun < k or n_active:
        while begun < k and low[begun] <= s:
            active[n_active] = begun
            n_active += 1
            begun += 1
        i = 0
        while i < n_active:
            row = active[i]
            at = start[row] + s - low[row]
            if at >= start[row + 1]:
                n_active -= 1
                active[i] = active[n_active]
                continue
            table[at] = _least(row, s, followers, ends, graph, clock, gates, arrive, arcs, low,
                               start, place, table, factor, risk_aversion)  # fmt: skip
            i += 1
        s += 1
    # The origin may be left at any second: the latest among the cheapest.
    best = np.inf
    first = -1
    left = 0
    for i in range(graph.out_start[origin], graph.out_start[origin + 1]):
        b = graph.out_arcs[i]
        row = place[b]
        if row < 0:
            continue
        for rest in range(low[row], low[row] + start[row + 1] - start[row]):
            s = rest + graph.time[b]
            value = _enter(b, 0, s, graph, clock, arrive, low, start, place, table, factor,
                           risk_aversion)  # fmt: skip
            if value < best - TIE_S or (value < best + TIE_S and s < left):
                best = value
                first = b
                left = s
    way = np.empty(k + 1, np.int32)
    entered = np.empty(k + 1, np.int64)
    n = 0
    s = left
    arc = first
    turn = 0
    while arc >= 0:
        # A cheapest plan can pass an arc twice (round the block until a road opens).
        if n == len(way):
            way = np.append(way, np.empty_like(way))
            entered = np.append(entered, np.empty_like(entered))
        way[n] = arc
        entered[n] = arrive - s
        n += 1
        s -= graph.time[arc] + turn
        then = -2
        while then == -2:
            _, then = _best(arc, s, is_gate, graph, clock, gates, arrive, low, start, place,
                            table, factor, risk_aversion)  # fmt: skip
            if then == -2:
                s -= 1
        turn = graph.turn[graph.row[then] + graph.entry[arc]] if then >= 0 else 0
        arc = then
    return best, way[:n], entered[:n], arrive - s
