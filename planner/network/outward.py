"""Departure-time search: one tree from a start tells when one gets where.

The forward twin of ``search``: labels sit at the end of arcs, turning onto an arc takes seconds
that count as driven on it, an arc is entered at the earliest second at which all of it is open,
turn included. One waits for that where one may rest, or at the start. The cost is
``(arrival - depart) + risk_aversion * exposure``, both in seconds: exact for closures where one
may wait, and near-optimal under risk that changes with time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock, may_rest, risk_at
from planner.network.compiled import compiled
from planner.network.moves import BARRED
from planner.network.search import BUCKETS

if TYPE_CHECKING:
    from planner.network.search import Graph

NEVER = 1 << 40
"""Seconds after the departure that nothing lies beyond."""


class Outward(NamedTuple):
    """Cost of the way to the end of every arc, its clock, what was driven before.

    Attributes
    ----------
    cost
        float64[m]; seconds from the departure to the end of the arc, inf where one never gets.
    entered, until
        int64[m]; second at which the arc is entered, its turn first; at which its end is reached.
    before
        int32[m]; arc driven before, -1 at the start.
    """

    cost: NDArray[np.float64]
    entered: NDArray[np.int64]
    until: NDArray[np.int64]
    before: NDArray[np.int32]


def departure_tree(
    graph: Graph,
    clock: Clock,
    starts: NDArray[Any],
    depart: int,
    *,
    risk_aversion: float,
    penalty: NDArray[np.float64] | None = None,
    within: float = NEVER,
    to_go: NDArray[np.float64] | None = None,
) -> Outward:
    """Return the label of every arc for leaving one of the starts at ``depart``.

    Parameters
    ----------
    graph, clock
        Movements, and what holds at which second.
    starts
        int[k]; nodes. One may wait there before the first arc.
    depart
        Second of leaving; later seconds cost one each.
    risk_aversion
        Seconds of delay that one second at risk 1 is worth.
    penalty
        float64[m], at least 1; factor on the cost (never the time) of each arc.
    within
        Cost beyond which nobody asks: from arcs that end later, no way is followed on.
    to_go
        float64[m]; what is left to pay from the end of each arc at least, counted to ``within``.
    """
    factor = np.ones(graph.n_arcs) if penalty is None else penalty
    left = np.zeros(graph.n_arcs) if to_go is None else to_go
    found = _outward(
        graph, clock, np.ascontiguousarray(starts, np.int32), int(depart), float(within),
        float(risk_aversion), np.ascontiguousarray(factor, np.float64),
        np.ascontiguousarray(left, np.float64),
    )  # fmt: skip
    return Outward(*found)


def trace_back(tree: Outward, arc: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the arcs of the way that ends with ``arc``, in driving order; when each is entered."""
    path = []
    while arc >= 0:
        path.append(arc)
        arc = int(tree.before[arc])
    arcs = np.array(path[::-1], np.int32)
    return arcs, tree.entered[arcs]


def trace_all(
    tree: Outward, last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the ways that end with some arcs, one after another, none for -1.

    Returns
    -------
    int64[o + 1] where each begins, int32[k] its arcs in driving order.
    """
    start, arcs = _trace_all(tree.before, last)
    return start, arcs


@compiled(inline="always")
def earliest_entry(arc: int, t: int, time: int, clock: Clock) -> int:
    """Return the earliest second, not before ``t``, at which the whole arc can be driven open."""
    for i in range(clock.shut_start[arc], clock.shut_start[arc + 1]):
        if t < clock.shut[i, 1] and t + time > clock.shut[i, 0]:
            t = clock.shut[i, 1]
    return t


@compiled(nogil=True)
def _outward(graph, clock, starts, depart, within, risk_aversion, factor, to_go):
    # A bucket is one second wide and every step costs at least one second, so whatever a label
    # makes falls in a later bucket: inside one, order does not matter.
    m = len(graph.tail)
    cost = np.full(m, np.inf)
    entered = np.zeros(m, np.int64)
    until = np.zeros(m, np.int64)
    before = np.full(m, -1, np.int32)
    # Whoever reaches a node no sooner than this improves no arc out of it.
    bound = np.full(len(graph.in_start) - 1, np.inf)
    heads = np.full(BUCKETS, -1, np.int32)
    # A label is made at most once by each movement and each start; those that lay far ahead are
    # held twice.
    room = len(graph.turn)
    for v in starts:
        room += graph.out_start[v + 1] - graph.out_start[v]
    held = np.empty(2 * room, np.int32)
    ahead = np.empty(2 * room, np.int32)
    far = np.empty(room, np.int32)
    used = 0
    waiting = 0
    n_far = 0
    now = 0
    k = 0
    # The ring of ``search._tree`` again: shared by a call, it would cost every label that call.
    while True:
        # Take the next label: first the starts, then each by cost.
        if k < len(starts):
            source = -1
            node = starts[k]
            base = 0.0
            at = depart
            k += 1
        else:
            item = heads[now & (BUCKETS - 1)]
            if item < 0:
                if waiting == 0 and n_far == 0:
                    break
                now += 1
                if n_far and now & (BUCKETS // 2 - 1) == 0:
                    # Keys that lay too far ahead come into the ring.
                    kept = 0
                    for i in range(n_far):
                        arc = far[i]
                        if cost[arc] < now:
                            continue
                        if cost[arc] >= now + BUCKETS:
                            far[kept] = arc
                            kept += 1
                            continue
                        b = int(cost[arc]) & (BUCKETS - 1)
                        held[used] = arc
                        ahead[used] = heads[b]
                        heads[b] = used
                        used += 1
                        waiting += 1
                    n_far = kept
                continue
            heads[now & (BUCKETS - 1)] = ahead[item]
            waiting -= 1
            source = held[item]
            # One that has been improved was settled in an earlier bucket.
            if cost[source] < now:
                continue
            node = graph.head[source]
            base = cost[source]
            at = until[source]
            if base >= bound[node]:
                continue
        worst = -np.inf
        for i in range(graph.out_start[node], graph.out_start[node + 1]):
            arc = graph.out_arcs[i]
            secs = graph.time[arc]
            turn = 0
            if source >= 0:
                turn = graph.turn[graph.row[arc] + graph.entry[source]]
            if turn != BARRED:
                secs = secs + turn
                t = at
                key = base + secs * factor[arc]
                if clock.busy[arc]:
                    t = earliest_entry(arc, at, secs, clock)
                    if t > at and source >= 0 and not may_rest(node, at, t, clock):
                        key = np.inf
                    else:
                        dear = 1.0 + risk_aversion * risk_at(arc, t, clock)
                        key = base + (t - at) + secs * dear * factor[arc]
                if key < cost[arc] or (key == cost[arc] and key < np.inf and t + secs < until[arc]):
                    cost[arc] = key
                    entered[arc] = t
                    until[arc] = t + secs
                    before[arc] = source
                    if key + to_go[arc] <= within:
                        if key < now + BUCKETS:
                            b = int(key) & (BUCKETS - 1)
                            held[used] = arc
                            ahead[used] = heads[b]
                            heads[b] = used
                            used += 1
                            waiting += 1
                        else:
                            far[n_far] = arc
                            n_far += 1
            worst = max(worst, cost[arc] - graph.time[arc])
        bound[node] = worst
    return cost, entered, until, before


@compiled(nogil=True)
def _trace_all(before, last):
    start = np.zeros(len(last) + 1, np.int64)
    for i in range(len(last)):
        arc = last[i]
        start[i + 1] = start[i]
        while arc >= 0:
            start[i + 1] += 1
            arc = np.int64(before[arc])
    arcs = np.empty(start[-1], np.int32)
    for i in range(len(last)):
        arc = last[i]
        at = start[i + 1]
        while arc >= 0:
            at -= 1
            arcs[at] = arc
            arc = np.int64(before[arc])
    return start, arcs
