"""Arrival-time search: one tree from the gates answers every origin.

Labels sit on arcs, so that turn restrictions and the U-turn rule hold. The cost of a plan is
``(T - departure) + risk_aversion * exposure``, both in seconds; the risk of an arc is the one
at the second it is entered. One label an arc is exact for closures and near-optimal under
risk that changes with time; ``corridor`` closes that gap for the origins that are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from planner.network.clockwork import Clock, latest_entry, may_rest, risk_at

if TYPE_CHECKING:
    from planner.network.graph import Network

BUCKETS = 1 << 13
"""Buckets of one second; a key further ahead waits in the overflow list."""

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
    in_start, in_arcs = network.in_arcs()
    out_start, out_arcs = network.out_arcs()
    exit_of = np.empty(network.n_arcs, np.int64)
    exit_of[out_arcs] = np.arange(network.n_arcs) - out_start[network.tail[out_arcs]]
    return Graph(
        np.ascontiguousarray(network.tail, np.int32),
        np.ascontiguousarray(network.head, np.int32),
        np.ascontiguousarray(network.time_s, np.int32),
        np.minimum(exit_of, 255).astype(np.uint8),
        np.ascontiguousarray(network.forbidden, np.uint32),
        in_start.astype(np.int32),
        in_arcs.astype(np.int32),
        out_start.astype(np.int32),
        out_arcs.astype(np.int32),
    )


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
    factor = np.ones(graph.n_arcs) if penalty is None else np.ascontiguousarray(penalty, float)
    return Tree(*_tree(graph, clock, gates, int(arrive), float(risk_aversion), factor))


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


@njit(cache=True, inline="always")
def _unlink(arc, bucket, heads, ahead, behind):
    if behind[arc] >= 0:
        ahead[behind[arc]] = ahead[arc]
    else:
        heads[bucket] = ahead[arc]
    if ahead[arc] >= 0:
        behind[ahead[arc]] = behind[arc]


@njit(cache=True, inline="always")
def _link(arc, bucket, heads, ahead, behind):
    ahead[arc] = heads[bucket]
    behind[arc] = -1
    if heads[bucket] >= 0:
        behind[heads[bucket]] = arc
    heads[bucket] = arc


@njit(cache=True)
def _tree(graph, clock, gates, arrive, risk_aversion, penalty):
    # A bucket is one second wide and every step costs at least one second, so whatever a
    # label makes falls in a later bucket: inside one, order does not matter and each label
    # is settled once. Linked lists let an improved label leave its old bucket.
    m = len(graph.tail)
    n = len(graph.in_start) - 1
    cost = np.full(m, np.inf)
    entered = np.zeros(m, np.int64)
    after = np.full(m, -1, np.int32)
    # The worst label among the arcs into a node: an arc out of it with a higher key is useless.
    bound = np.full(n, np.inf)
    heads = np.full(BUCKETS + 1, -1, np.int32)
    ahead = np.full(m, -1, np.int32)
    behind = np.full(m, -1, np.int32)
    where = np.full(m, -1, np.int32)
    waiting = 0
    far = np.inf
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
            if waiting == 0:
                break
            if far < now + BUCKETS:
                arc = heads[BUCKETS]
                far = np.inf
                while arc >= 0:
                    then = ahead[arc]
                    if cost[arc] < now + BUCKETS:
                        _unlink(arc, BUCKETS, heads, ahead, behind)
                        where[arc] = int(cost[arc]) % BUCKETS
                        _link(arc, where[arc], heads, ahead, behind)
                    else:
                        far = min(far, cost[arc])
                    arc = then
            source = heads[now % BUCKETS]
            if source < 0:
                now += 1
                continue
            _unlink(source, now % BUCKETS, heads, ahead, behind)
            where[source] = -1
            waiting -= 1
            node = graph.tail[source]
            base = cost[source]
            if base >= bound[node]:
                continue
            at = entered[source]
            since = at
            bit = (
                np.uint32(1) << np.uint32(graph.exit[source])
                if graph.exit[source] < 32
                else np.uint32(0)
            )
        worst = 0.0
        for i in range(graph.in_start[node], graph.in_start[node + 1]):
            arc = graph.in_arcs[i]
            if graph.forbidden[arc] & bit == 0:
                time = graph.time[arc]
                t = latest_entry(arc, at - time, time, clock)
                wait = at - time - t
                # One waits at the far end, from t + time on; at a gate only until it opens.
                if wait == 0 or t + time >= since or may_rest(node, t + time, since, clock):
                    r = risk_at(arc, t, clock)
                    key = base + wait + time * (1.0 + risk_aversion * r) * penalty[arc]
                    if key < cost[arc] or (key == cost[arc] and t > entered[arc]):
                        cost[arc] = key
                        entered[arc] = t
                        after[arc] = source
                        if where[arc] >= 0:
                            _unlink(arc, where[arc], heads, ahead, behind)
                            waiting -= 1
                            where[arc] = -1
                        if key < bound[graph.tail[arc]]:
                            if key < now + BUCKETS:
                                where[arc] = int(key) % BUCKETS
                            else:
                                where[arc] = BUCKETS
                                far = min(far, key)
                            _link(arc, where[arc], heads, ahead, behind)
                            waiting += 1
            worst = max(worst, cost[arc])
        bound[node] = worst
    return cost, entered, after
