"""The table of a corridor: what is left to pay from the end of each arc at each second."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import latest_entry, may_rest, risk_at
from planner.network.compiled import compiled
from planner.network.moves import BARRED

DRIVE = 1.0 + 1e-9
"""Of plans that cost the same, the one that drives less: no circling instead of arriving."""

TIE_S = 1e-6
"""Costs this near are equal; then the latest departure counts."""


class _Followers(NamedTuple):
    """What may follow the arcs of a table: those of row `i` from ``first[i]`` on.

    ``base`` is what entering costs without risk, ``busy`` whether the clock counts.
    """

    first: NDArray[np.int64]
    row: NDArray[np.int32]
    secs: NDArray[np.int64]
    base: NDArray[np.float64]
    busy: NDArray[np.bool_]


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
def fill(  # noqa: ANN201 - compiled
    graph, clock, gates, arrive, arcs, low, start, place, factor, risk_aversion
):
    """Cost from the end of each arc of a table, at each of its seconds."""
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
    return table


@compiled(nogil=True)
def read(  # noqa: ANN201 - compiled
    table, graph, clock, gates, arrive, origin, room, low, start, place, factor, risk_aversion
):
    """Cost of the best plan of an origin, its arcs, when each is entered, when it ends.

    ``room``: int64 by arc out of the origin, for how many seconds it has room in the origin's
    own table.
    """
    is_gate = np.zeros(len(graph.in_start) - 1, np.bool_)
    for g in range(len(gates.node)):
        is_gate[gates.node[g]] = True
    # The origin may be left at any second: the latest among the cheapest.
    best = np.inf
    first = -1
    left = 0
    for i in range(graph.out_start[origin], graph.out_start[origin + 1]):
        b = graph.out_arcs[i]
        row = place[b]
        if row < 0:
            continue
        for rest in range(low[row], low[row] + room[i - graph.out_start[origin]]):
            s = rest + graph.time[b]
            value = _enter(b, 0, s, graph, clock, arrive, low, start, place, table, factor,
                           risk_aversion)  # fmt: skip
            if value < best - TIE_S or (value < best + TIE_S and s < left):
                best = value
                first = b
                left = s
    way = np.empty(len(start), np.int32)
    entered = np.empty(len(start), np.int64)
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
