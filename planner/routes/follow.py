"""Fixed ways walked through many states of the world at their own clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import Clock, risk_at
from planner.network.compiled import compiled
from planner.network.overlay import Certain, Shapes, State, _lay
from planner.routes.checks import DRIVE, STAY, Rows, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.network.search import Graph, Tree

CLEAR, RISKY, BLOCKED = range(3)
"""What became of a way: clear, driven through risk, not driven to its end."""

NEVER = 2.0
"""A risk no arc has: only closures and crowds shut."""


class Checks(NamedTuple):
    """What must hold of `w` ways, by way: `k` checks.

    Attributes
    ----------
    start
        int64[w + 1]; way `i` has the checks ``start[i]:start[i + 1]``.
    arc, since, until, kind
        int32[k], int64[k], int64[k], uint8[k]; what is asked of an arc in [since, until).
    dear
        float64[k]; seconds that risk 1 adds to the cost.
    """

    start: NDArray[np.int64]
    arc: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    kind: NDArray[np.uint8]
    dear: NDArray[np.float64]


class Ways(NamedTuple):
    """The ways a tree holds for `o` origins: arcs, seconds of entry in a row.

    ``cost`` is float64[o], inf where there is none; ``arrive`` int64[o].
    """

    cost: NDArray[np.float64]
    start: NDArray[np.int64]
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    arrive: NDArray[np.int64]


def follow_all(
    shapes: Shapes,
    certain: Certain,
    states: Sequence[State],
    ways: Sequence[Rows],
    clear_below: float,
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return what became of every way in every state: uint8[w, s], and seconds of cost added.

    The cost is float64[w, s]; that of a blocked way has no meaning.
    """
    if not len(ways) or not len(states):
        size = (len(ways), len(states))
        return np.zeros(size, np.uint8), np.zeros(size)
    start = np.zeros(len(ways) + 1, np.int64)
    np.cumsum([len(rows.arc) for rows in ways], out=start[1:])
    whole = joined(ways)
    arcs, place = np.unique(whole.arc, return_inverse=True)
    checks = Checks(start, place.astype(np.int32), *whole[1:])
    first = np.zeros(len(states) + 1, np.int64)
    np.cumsum([len(state.shape) for state in states], out=first[1:])
    every = State(*(np.concatenate(column) for column in zip(*states, strict=True)))
    few, sure = _on_few(shapes, certain, arcs)
    return _follow(few, sure, every, first, checks, float(clear_below))  # type: ignore[no-any-return]  # compiled


def _on_few(shapes: Shapes, certain: Certain, arcs: NDArray[np.int32]) -> tuple[Shapes, Certain]:
    """Return the same for some arcs alone, numbered anew in their order."""
    place = np.full(len(certain.shut_start) - 1, -1, np.int32)
    place[arcs] = np.arange(len(arcs), dtype=np.int32)
    kept = place[shapes.arc] >= 0
    start = np.append(0, np.cumsum(kept))[shapes.start]
    few = Shapes(start, place[shapes.arc[kept]], shapes.intensity[kept], shapes.inside[kept])
    counts = np.diff(certain.shut_start)[arcs].astype(np.int64)
    shut_start = np.append(0, np.cumsum(counts)).astype(np.int32)
    rows = np.repeat(certain.shut_start[arcs] - shut_start[:-1], counts) + np.arange(counts.sum())
    none = np.zeros(0, np.int32)
    return few, certain._replace(
        shut_start=shut_start, shut=certain.shut[rows].reshape(-1, 2), rest_node=none,
        at_start=np.zeros(1, np.int32), at_arc=none, n_nodes=0,
    )  # fmt: skip


@compiled(nogil=True)
def _follow(shapes, certain, states, first, checks, clear_below):
    n_ways, n_states = len(checks.start) - 1, len(first) - 1
    fate = np.zeros((n_ways, n_states), np.uint8)
    added = np.zeros((n_ways, n_states))
    for s in range(n_states):
        clock = Clock(*_lay(
            shapes, certain,
            State(states.shape[first[s]:first[s + 1]], states.since[first[s]:first[s + 1]],
                  states.until[first[s]:first[s + 1]]),
            NEVER,
        ))  # fmt: skip
        for w in range(n_ways):
            worst = CLEAR
            extra = 0.0
            for i in range(checks.start[w], checks.start[w + 1]):
                arc = checks.arc[i]
                if not clock.busy[arc]:
                    continue
                since, until = checks.since[i], checks.until[i]
                kind = checks.kind[i]
                if kind != STAY:
                    for j in range(clock.shut_start[arc], clock.shut_start[arc + 1]):
                        if since < clock.shut[j, 1] and until > clock.shut[j, 0]:
                            worst = BLOCKED
                    if kind == DRIVE:
                        risk = risk_at(arc, since, clock)
                        extra += checks.dear[i] * risk
                        if risk >= clear_below:
                            worst = max(worst, RISKY)
                elif clock.row[arc] >= 0:
                    for c in range(len(clock.breaks) - 1):
                        now = clock.breaks[c] < until and clock.breaks[c + 1] > since
                        if now and clock.risk[clock.row[arc], c] >= clear_below:
                            worst = max(worst, RISKY)
            fate[w, s] = worst
            added[w, s] = extra
    return fate, added


def tree_ways(graph: Graph, tree: Tree, origins: NDArray[np.int32]) -> Ways:
    """Return the plans a tree holds for some nodes, as ``best_start`` chooses them."""
    return Ways(*_ways(graph, tree, origins))


@compiled(nogil=True)
def _ways(graph, tree, origins):
    k = len(origins)
    m = len(tree.arcs)
    cost = np.full(k, np.inf)
    start = np.zeros(k + 1, np.int64)
    begin = np.full(k, -1, np.int64)
    for o in range(k):
        node = origins[o]
        best = -1
        for i in range(graph.out_start[node], graph.out_start[node + 1]):
            arc = graph.out_arcs[i]
            if tree.cost[arc] == np.inf:
                continue
            if (
                best < 0
                or tree.cost[arc] < tree.cost[best]
                or (tree.cost[arc] == tree.cost[best] and tree.clock[arc] > tree.clock[best])
            ):
                best = arc
        length = 0
        if best >= 0:
            cost[o] = tree.cost[best]
            slot = tree.slot[best]
            while slot >= 0:
                length += 1
                slot = tree.after[slot]
        begin[o] = best
        start[o + 1] = start[o] + length
    arcs = np.empty(start[k], np.int32)
    entered = np.empty(start[k], np.int64)
    arrive = np.zeros(k, np.int64)
    for o in range(k):
        if begin[o] < 0:
            continue
        at = start[o]
        then = tree.clock[begin[o]]
        slot = tree.slot[begin[o]]
        while slot >= 0:
            arcs[at] = tree.arcs[slot if slot < m else tree.open_arc[slot - m]]
            entered[at] = then
            then = np.int64(tree.label[slot, 1])
            slot = tree.after[slot]
            at += 1
        last = arcs[at - 1]
        secs = graph.time[last]
        if at - 1 > start[o]:
            secs += graph.turn[graph.row[last] + graph.entry[arcs[at - 2]]]
        arrive[o] = entered[at - 1] + secs
    return cost, start, arcs, entered, arrive
