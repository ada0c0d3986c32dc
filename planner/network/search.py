"""Arrival-time search: one tree from the gates answers every origin.

Labels sit at the end of arcs, so that turn restrictions, turn costs and the U-turn rule hold. The
cost of a plan is ``(T - departure) + risk_aversion * exposure``, both in seconds. Turning onto an
arc takes seconds that count as driven on it; its risk is the one at the second that begins. One label an arc is exact for closures and near-optimal under
risk that changes with time; ``corridor`` closes that gap for the origins that are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock, latest_entry, may_rest, risk_at
from planner.network.compiled import compiled
from planner.network.moves import BARRED, by_node, cells

if TYPE_CHECKING:
    from planner.network.graph import Network

BUCKETS = 1 << 13
"""Buckets of one second, a power of two; a key further ahead waits outside the ring."""

TAIL, TIME, ROW, HEAD = range(4)
"""Columns of ``Graph.step``."""


class Graph(NamedTuple):
    """The movements of a network as the kernels read them, `n` nodes and `m` arcs.

    Attributes
    ----------
    tail, head, time
        int32[m]; node at either end, whole seconds >= 1.
    turn, row, entry
        uint8[q], int32[m], int32[m]; seconds of every movement: ``turn[row[b] + entry[a]]`` from
        arc ``a`` onto arc ``b``, ``BARRED`` where that is not allowed.
    in_start, in_arcs, out_start, out_arcs
        int32[n + 1], int32[m]; arcs entering and leaving each node.
    step
        int32[m, 4]; tail, time, row and head of each of ``in_arcs``: one line of memory an arc.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    time: NDArray[np.int32]
    turn: NDArray[np.uint8]
    row: NDArray[np.int32]
    entry: NDArray[np.int32]
    in_start: NDArray[np.int32]
    in_arcs: NDArray[np.int32]
    out_start: NDArray[np.int32]
    out_arcs: NDArray[np.int32]
    step: NDArray[np.int32]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.in_start) - 1

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)

    def seconds(self, arcs: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return int64[k]; seconds of each arc of a way, its turn onto it included."""
        seconds = self.time[arcs].astype(np.int64)
        seconds[1:] += self.turn[self.row[arcs[1:]] + self.entry[arcs[:-1]]]
        return seconds

    def with_times(self, time: NDArray[np.int32]) -> Graph:
        """Return the same movements with other seconds on the arcs."""
        time = np.ascontiguousarray(time, np.int32)
        step = self.step.copy()
        step[:, TIME] = time[self.in_arcs]
        return self._replace(time=time, step=step)


class Gates(NamedTuple):
    """Where and when a plan may end.

    Attributes
    ----------
    node
        int32[g]; node of each opening; a gate open twice in the window stands here twice.
    since, until
        int64[g]; first and last second at which one may arrive there.
    arc
        int32[g]; the arc that passes it on its own side, -1 where any does.
    aside
        float64[g]; seconds that coming by another arc costs, never time.
    """

    node: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    arc: NDArray[np.int32]
    aside: NDArray[np.float64]


class Tree(NamedTuple):
    """Cost of every arc as the first of a plan, when it is entered, and what follows.

    Labels are kept in `s` slots: one for the end of each arc, then one for each arc that ends
    at an open gate.

    Attributes
    ----------
    cost
        float64[m]; seconds from entering the arc, inf where no gate is reached.
    clock
        int64[m]; second at which the arc is entered as the first one.
    slot
        int32[m]; slot of the plan that begins with the arc, -1 for none.
    label
        float64[s, 2]; cost at the end of the arc of a slot, and the second, whole, at which it is
        left for the next, waits over.
    after
        int32[s]; slot of the next arc, -1 at a gate.
    arcs
        int32[m]; arc of each of the first slots.
    open_arc
        int32[s - m]; slot of the arc of each of the others.
    """

    cost: NDArray[np.float64]
    clock: NDArray[np.int64]
    slot: NDArray[np.int32]
    label: NDArray[np.float64]
    after: NDArray[np.int32]
    arcs: NDArray[np.int32]
    open_arc: NDArray[np.int32]


def make_gates(
    node: NDArray[Any],
    since: NDArray[Any],
    until: NDArray[Any],
    *,
    arc: Any = None,
    aside_s: float = 0.0,
) -> Gates:
    """Return openings in the one type and layout the kernels know."""
    k = len(node)
    return Gates(
        np.ascontiguousarray(node, np.int32), np.ascontiguousarray(since, np.int64),
        np.ascontiguousarray(until, np.int64),
        np.full(k, -1, np.int32) if arc is None else np.ascontiguousarray(arc, np.int32),
        np.full(k, float(aside_s)),
    )  # fmt: skip


def make_graph(network: Network) -> Graph:
    """Return the movements of a network, in the one type and layout the kernels know."""
    return graph_of_arrays(
        network.tail, network.head, network.time_s, network.turn_s, n_nodes=network.n_nodes
    )


def graph_of_arrays(
    tail: NDArray[Any],
    head: NDArray[Any],
    time: NDArray[Any],
    turn: NDArray[Any],
    *,
    n_nodes: int,
) -> Graph:
    """Return the movements from bare arrays; ``turn`` is laid out as in ``moves.Movements``."""
    tail, head, time = (np.ascontiguousarray(a, np.int32) for a in (tail, head, time))
    in_start, in_arcs = by_node(head, n_nodes)
    out_start, out_arcs = by_node(tail, n_nodes)
    at = cells(tail, head, n_nodes)
    return Graph(
        tail, head, time, np.ascontiguousarray(turn, np.uint8), at.row, at.entry,
        in_start, in_arcs, out_start, out_arcs,
        np.ascontiguousarray(np.stack([tail, time, at.row, head], axis=1)[in_arcs]),
    )  # fmt: skip


def arrival_tree(
    graph: Graph,
    clock: Clock,
    gates: Gates,
    arrive: int,
    *,
    risk_aversion: float,
    penalty: NDArray[np.float64] | None = None,
) -> Tree:
    """Return the label of every arc for arriving at one of the gates by ``arrive``.

    Parameters
    ----------
    graph, clock
        Movements, and what holds at which second.
    gates
        Openings; those that begin after ``arrive`` do not count.
    arrive
        Second by which to arrive; earlier seconds cost one each.
    risk_aversion
        Seconds of delay that one second at risk 1 is worth.
    penalty
        float64[m], at least 1; factor on the cost (never the time) of each arc.
    """
    m = graph.n_arcs
    factor = np.ones(m) if penalty is None else np.asarray(penalty, np.float64)[graph.in_arcs]
    priced = clock.busy[graph.in_arcs] if clock.busy.any() else np.zeros(m, np.bool_)
    cost, entered, slot, label, after, open_arc = _tree(
        graph, clock, gates, int(arrive), float(risk_aversion), factor, priced
    )  # fmt: skip
    return Tree(cost, entered, slot, label, after, graph.in_arcs, open_arc)


def best_start(graph: Graph, tree: Tree, node: int) -> int:
    """Return the cheapest arc to leave a node by, the latest among equals; -1 if none leads on."""
    arcs = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
    arcs = arcs[np.isfinite(tree.cost[arcs])]
    if not len(arcs):
        return -1
    return int(arcs[np.lexsort((arcs, -tree.clock[arcs], tree.cost[arcs]))[0]])


def follow(tree: Tree, arc: int) -> NDArray[np.int32]:
    """Return the arcs of the plan that begins with ``arc``, in driving order."""
    return follow_clock(tree, arc)[0]


def follow_clock(tree: Tree, arc: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the arcs of the plan that begins with ``arc``, and when each is entered."""
    path, entered = [], [int(tree.clock[arc])]
    slot, m = int(tree.slot[arc]), len(tree.arcs)
    while slot >= 0:
        path.append(int(tree.arcs[slot if slot < m else tree.open_arc[slot - m]]))
        entered.append(int(tree.label[slot, 1]))
        slot = int(tree.after[slot])
    return np.array(path, np.int32), np.array(entered[: len(path)], np.int64)


@compiled(inline="always")
def _enter(own, head, secs, at, since, base, factor, clock, risk_aversion):
    """Cost and second of entering a priced arc that must be left at ``at``; inf: cannot be.

    One waits at its far end from the moment it is driven; at a gate only until that opens.
    """
    t = latest_entry(own, at - secs, secs, clock)
    wait = at - secs - t
    if wait > 0 and t + secs < since and not may_rest(head, t + secs, since, clock):
        return np.inf, t
    return base + wait + secs * (1.0 + risk_aversion * risk_at(own, t, clock)) * factor, t


@compiled(nogil=True)
def _tree(graph, clock, gates, arrive, risk_aversion, factor, priced):
    # Labels sit at the end of arcs, in the order of ``in_arcs``: a scan into a node reads
    # neighbours. A bucket is one second wide and every step costs at least one second, so
    # whatever a label makes falls in a later bucket: inside one, order does not matter. An
    # improved label is put in its new bucket and forgotten in the old.
    m = len(graph.tail)
    n_open = 0
    for v in gates.node:
        n_open += graph.in_start[v + 1] - graph.in_start[v]
    # Cost and the second of leaving of a slot, side by side: whole numbers are exact in doubles.
    label = np.zeros((m + n_open, 2))
    label[:, 0] = np.inf
    cost = label[:, 0]
    left = label[:, 1]
    after = np.full(m + n_open, -1, np.int32)
    open_arc = np.empty(n_open, np.int32)
    since_of = np.empty(n_open, np.int64)
    k = 0
    room = len(graph.turn)
    for g in range(len(gates.node)):
        at = min(arrive, gates.until[g])
        v = gates.node[g]
        for i in range(graph.in_start[v], graph.in_start[v + 1]):
            open_arc[k] = i
            since_of[k] = gates.since[g]
            left[m + k] = at
            if at >= gates.since[g]:
                cost[m + k] = arrive - at
                if gates.arc[g] >= 0 and graph.in_arcs[i] != gates.arc[g]:
                    cost[m + k] += gates.aside[g]
            u = graph.step[i, TAIL]
            room += graph.in_start[u + 1] - graph.in_start[u]
            k += 1
    # The worst label among the arcs into a node: what cannot fall below it is useless there.
    bound = np.full(len(graph.in_start) - 1, np.inf)
    heads = np.full(BUCKETS, -1, np.int32)
    # A label is made at most once by each movement and by each gate; those that lay far
    # ahead are held twice.
    held = np.empty(2 * room, np.int32)
    ahead = np.empty(2 * room, np.int32)
    used = 0
    waiting = 0
    far = np.empty(room, np.int32)
    n_far = 0
    now = 0
    k = 0
    while True:
        # Take the next label: first those at gates, then each by cost.
        if k < n_open:
            slot = m + k
            source = open_arc[k]
            since = since_of[k]
            k += 1
            if cost[slot] == np.inf:
                continue
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
            slot = held[item]
            # One that has been improved was settled in an earlier bucket.
            if cost[slot] < now:
                continue
            source = slot
            since = int(left[slot])
        base = cost[slot]
        at = int(left[slot])
        node = graph.step[source, TAIL]
        time = graph.step[source, TIME]
        if base + time >= bound[node]:
            continue
        row = graph.step[source, ROW]
        first = graph.in_start[node]
        worst = 0.0
        for arc in range(first, graph.in_start[node + 1]):
            turn = graph.turn[row + arc - first]
            if turn != BARRED:
                secs = time + turn
                t = at - secs
                key = base + secs * factor[source]
                if priced[source]:
                    own = graph.in_arcs[source]
                    key, t = _enter(own, graph.step[source, HEAD], secs, at, since, base, factor[source],
                                    clock, risk_aversion)  # fmt: skip
                if key < cost[arc] or (key == cost[arc] and key < np.inf and t > left[arc]):
                    cost[arc] = key
                    left[arc] = t
                    after[arc] = slot
                    if key + graph.step[arc, TIME] < bound[graph.step[arc, TAIL]]:
                        if key < now + BUCKETS:
                            b = int(key) & (BUCKETS - 1)
                            held[used] = arc
                            ahead[used] = heads[b]
                            heads[b] = used
                            used += 1
                            waiting += 1
                        elif key < np.inf:
                            far[n_far] = arc
                            n_far += 1
            worst = max(worst, cost[arc])
        bound[node] = worst
    # Every arc as the first of a plan, in the order of the arcs.
    cost_of = np.full(m, np.inf)
    clock_of = np.zeros(m, np.int64)
    slot_of = np.full(m, -1, np.int32)
    for slot in range(m + n_open):
        i = slot if slot < m else open_arc[slot - m]
        if cost[slot] == np.inf:
            continue
        own = graph.in_arcs[i]
        at = int(left[slot])
        since = at if slot < m else since_of[slot - m]
        time = graph.step[i, TIME]
        key = cost[slot] + time * factor[i]
        t = at - time
        if priced[i]:
            key, t = _enter(own, graph.step[i, HEAD], time, at, since, cost[slot],
                            factor[i], clock, risk_aversion)  # fmt: skip
        if key < cost_of[own] or (key == cost_of[own] and key < np.inf and t > clock_of[own]):
            cost_of[own] = key
            clock_of[own] = t
            slot_of[own] = slot
    return cost_of, clock_of, slot_of, label, after, open_arc
