"""Arrival-time search: one tree from the gates answers every origin.

Labels sit on arcs, so that turn restrictions and the U-turn rule hold. The cost of a plan is
``(T - departure) + risk_aversion * exposure``, both in seconds; the risk of an arc is the one
at the second it is entered. One label an arc is exact for closures and near-optimal under
risk that changes with time; ``corridor`` closes that gap for the origins that are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.clockwork import Clock, latest_entry, may_rest, risk_at

if TYPE_CHECKING:
    from planner.network.graph import Network

BUCKETS = 1 << 13
"""Buckets of one second, a power of two; a key further ahead waits outside the ring."""

NEVER = np.inf


class Graph(NamedTuple):
    """The movements of a network as the kernels read them, `n` nodes and `m` arcs.

    Attributes
    ----------
    tail, head, time
        int32[m]; node at either end, whole seconds >= 1.
    exit
        uint8[m]; position of an arc among those leaving its tail.
    forbidden
        uint32[m]; bit ``exit[b]`` set: ``b`` may not follow the arc.
    in_start, in_arcs, out_start, out_arcs
        int32[n + 1], int32[m]; arcs entering and leaving each node.
    in_tail, in_time, in_forbidden, in_bit
        int32[m], int32[m], uint32[m], uint32[m]; tail, time, forbidden and the bit of its own
        exit of each of ``in_arcs``: the scan into a node reads them side by side.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    time: NDArray[np.int32]
    exit: NDArray[np.uint8]
    forbidden: NDArray[np.uint32]
    in_start: NDArray[np.int32]
    in_arcs: NDArray[np.int32]
    out_start: NDArray[np.int32]
    out_arcs: NDArray[np.int32]
    in_tail: NDArray[np.int32]
    in_time: NDArray[np.int32]
    in_forbidden: NDArray[np.uint32]
    in_bit: NDArray[np.uint32]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.in_start) - 1

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)


class Gates(NamedTuple):
    """Where and when a plan may end.

    Attributes
    ----------
    node
        int32[g]; node of each opening; a gate open twice in the window stands here twice.
    since, until
        int64[g]; first and last second at which one may arrive there.
    """

    node: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]


class Tree(NamedTuple):
    """Label of every arc: the cost of entering it, when, and what follows.

    Attributes
    ----------
    cost
        float64[m]; seconds, inf where no gate is reached.
    clock
        int64[m]; second at which the arc is entered.
    after
        int32[m]; next arc, -1 at a gate.
    """

    cost: NDArray[np.float64]
    clock: NDArray[np.int64]
    after: NDArray[np.int32]


def make_graph(network: Network) -> Graph:
    """Return the movements of a network, in the one type and layout the kernels know."""
    out_start, out_arcs = network.out_arcs()
    exit_of = np.empty(network.n_arcs, np.int64)
    exit_of[out_arcs] = np.arange(network.n_arcs) - out_start[network.tail[out_arcs]]
    return graph_of_arrays(
        network.tail, network.head, network.time_s, exit_of, network.forbidden,
        arcs=(*network.in_arcs(), out_start, out_arcs),
    )  # fmt: skip


def graph_of_arrays(
    tail: NDArray[Any],
    head: NDArray[Any],
    time: NDArray[Any],
    exit_of: NDArray[Any],
    forbidden: NDArray[Any],
    *,
    arcs: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
) -> Graph:
    """Return the movements from bare arrays; ``arcs`` are in_start, in_arcs, out_start, out_arcs."""
    in_start, in_arcs, out_start, out_arcs = (np.ascontiguousarray(a, np.int32) for a in arcs)
    tail = np.ascontiguousarray(tail, np.int32)
    time = np.ascontiguousarray(time, np.int32)
    forbidden = np.ascontiguousarray(forbidden, np.uint32)
    place = np.minimum(np.asarray(exit_of), 255).astype(np.uint8)
    # An exit beyond the 32nd has no bit: it can never be barred.
    bit = np.where(place < 32, np.uint32(1) << (place & 31).astype(np.uint32), np.uint32(0))
    return Graph(
        tail, np.ascontiguousarray(head, np.int32), time, place, forbidden,
        in_start, in_arcs, out_start, out_arcs,
        tail[in_arcs], time[in_arcs], forbidden[in_arcs], bit[in_arcs].astype(np.uint32),
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
    priced = clock.busy
    if penalty is None:
        penalty = np.ones(graph.n_arcs)
    else:
        penalty = np.ascontiguousarray(penalty, np.float64)
        priced = priced | (penalty != 1.0)
    found = _tree(
        graph, clock, gates, int(arrive), float(risk_aversion), penalty, priced[graph.in_arcs]
    )  # fmt: skip
    return Tree(*found)


def best_start(graph: Graph, tree: Tree, node: int) -> int:
    """Return the cheapest arc to leave a node by, the latest among equals; -1 if none leads on."""
    arcs = graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]
    arcs = arcs[np.isfinite(tree.cost[arcs])]
    if not len(arcs):
        return -1
    return int(arcs[np.lexsort((arcs, -tree.clock[arcs], tree.cost[arcs]))[0]])


def follow(tree: Tree, arc: int) -> NDArray[np.int32]:
    """Return the arcs of the plan that enters ``arc``, in driving order."""
    path = []
    while arc >= 0:
        path.append(arc)
        arc = int(tree.after[arc])
    return np.array(path, np.int32)


@njit(cache=True, nogil=True)
def _tree(graph, clock, gates, arrive, risk_aversion, penalty, priced):
    # Labels are kept in the order of ``in_arcs``: a scan into a node reads neighbours.
    # A bucket is one second wide and every step costs at least one second, so whatever a
    # label makes falls in a later bucket: inside one, order does not matter and each label
    # is settled once. An improved label is put in its new bucket and forgotten in the old.
    m = len(graph.tail)
    cost = np.full(m, np.inf)
    entered = np.zeros(m, np.int64)
    after = np.full(m, -1, np.int32)
    done = np.zeros(m, np.bool_)
    # The worst label among the arcs into a node: an arc out of it with a higher key is useless.
    bound = np.full(len(graph.in_start) - 1, np.inf)
    heads = np.full(BUCKETS, -1, np.int32)
    # A label is made at most once by each movement and by each gate; those that lay far
    # ahead are held twice.
    room = 0
    for v in range(len(graph.in_start) - 1):
        into = graph.in_start[v + 1] - graph.in_start[v]
        room += into * (graph.out_start[v + 1] - graph.out_start[v])
    for v in gates.node:
        room += graph.in_start[v + 1] - graph.in_start[v]
    held = np.empty(2 * room, np.int32)
    ahead = np.empty(2 * room, np.int32)
    used = 0
    waiting = 0
    far = np.empty(room, np.int32)
    n_far = 0
    now = 0
    g = 0
    while True:
        # Take the next source of labels: first each gate opening, then each arc by cost.
        if g < len(gates.node):
            source = -1
            node = gates.node[g]
            at = min(arrive, gates.until[g])
            since = gates.since[g]
            base = float(arrive - at)
            bit = np.uint32(0)
            g += 1
            if at < since:
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
                        if done[arc] or cost[arc] < now:
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
            base = cost[source]
            if done[source]:
                continue
            done[source] = True
            node = graph.in_tail[source]
            if base >= bound[node]:
                continue
            at = entered[source]
            since = at
            bit = graph.in_bit[source]
        worst = 0.0
        for arc in range(graph.in_start[node], graph.in_start[node + 1]):
            if graph.in_forbidden[arc] & bit == 0:
                time = graph.in_time[arc]
                t = at - time
                key = base + time
                ok = True
                if priced[arc]:
                    own = graph.in_arcs[arc]
                    t = latest_entry(own, t, time, clock)
                    wait = at - time - t
                    # One waits at the far end, from t + time on; at a gate only until it opens.
                    ok = wait == 0 or t + time >= since or may_rest(node, t + time, since, clock)
                    r = risk_at(own, t, clock)
                    key = base + wait + time * (1.0 + risk_aversion * r) * penalty[own]
                if ok and (key < cost[arc] or (key == cost[arc] and t > entered[arc])):
                    cost[arc] = key
                    entered[arc] = t
                    after[arc] = source
                    if key < bound[graph.in_tail[arc]]:
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
    # Back to the order of the arcs.
    cost_of = np.empty(m)
    entered_of = np.empty(m, np.int64)
    after_of = np.empty(m, np.int32)
    for i in range(m):
        own = graph.in_arcs[i]
        cost_of[own] = cost[i]
        entered_of[own] = entered[i]
        after_of[own] = graph.in_arcs[after[i]] if after[i] >= 0 else -1
    return cost_of, entered_of, after_of
