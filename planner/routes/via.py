"""Ways by one arc: a tree from the origin meets the trees from the gates.

Where both trees run along the same arcs they form a plateau. The way from the origin to a plateau,
along it, on to the gate is a shortest way in every part that does not hold all of the plateau: with
a plateau as long as a share of the best way, it is locally optimal for that share.

References
----------
Abraham, Delling, Goldberg, Werneck 2013, Alternative routes in road networks, J. Exp. Algorithmics
18, 1.3, doi:10.1145/2444016.2444019.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import latest_entry, may_rest
from planner.network.compiled import compiled
from planner.network.moves import BARRED
from planner.network.outward import departure_tree
from planner.routes.walk import LAST_APPROACH_M, Walk, walk

if TYPE_CHECKING:
    from planner.network.outward import Outward
    from planner.network.search import Tree
    from planner.routes.problem import Problem


MOST = 48
"""Plateaus by origin and gate that are looked at: those longest beside what the way costs."""


class Plateaus(NamedTuple):
    """Stretches that lie on the tree of the origin, and on that of a gate.

    Attributes
    ----------
    last
        int32[p]; last arc of each.
    cost
        float64[p]; cost of the way along it.
    long
        float64[p]; cost of the plateau itself.
    shared
        float64[p]; share of the way's length, outside its last approach, on marked arcs.
    """

    last: NDArray[np.int32]
    cost: NDArray[np.float64]
    long: NDArray[np.float64]
    shared: NDArray[np.float64]


def tree_from(
    problem: Problem, origin: int, depart: int, within: float, to_go: NDArray[np.float64]
) -> Outward:
    """Return the tree from an origin as far as ways of a cost may lead.

    Parameters
    ----------
    problem, origin
        The question, and the node.
    depart
        Second of leaving.
    within
        Cost up to which ways are looked for.
    to_go
        float64[m]; free-flow seconds to the nearest gate from entering an arc.
    """
    return departure_tree(
        problem.graph, problem.clock, np.array([origin], np.int32), depart,
        risk_aversion=problem.risk_aversion, penalty=problem.factor, within=within,
        to_go=to_go - problem.graph.time,
    )  # fmt: skip


def plateaus(
    tree: Tree,
    outward: Outward,
    within: float,
    least: float,
    *,
    marked: NDArray[np.bool_],
    length_m: NDArray[np.float64],
) -> Plateaus:
    """Return the plateaus of two trees.

    Parameters
    ----------
    tree, outward
        From a gate, and from the origin.
    within
        Cost of the ways looked for.
    least
        Cost below which a plateau is left out.
    marked, length_m
        bool[m], float64[m]; arcs on which ways may share their length.
    """
    return Plateaus(*_plateaus(
        tree, outward, float(within), float(least), marked, length_m, LAST_APPROACH_M
    ))  # fmt: skip


def timed_by(problem: Problem, tree: Tree, outward: Outward, arc: int) -> Walk | None:
    """Return the way by the origin's tree to the end of an arc, then by the gate's; None: none.

    It is driven at the clock of the gate's tree, as late as can be.
    """
    arcs, leave = _joined(tree, outward.before, arc)
    return timed(problem, arcs, int(leave))


def timed(problem: Problem, arcs: NDArray[np.int32], leave: int) -> Walk | None:
    """Return some arcs driven as late as can be, None where they cannot be driven.

    Parameters
    ----------
    problem
        The question.
    arcs
        int32[k]; in driving order.
    leave
        Second at which the last of them is left at the latest.
    """
    entered, possible = _latest(problem.graph, problem.clock, arcs, leave)
    if not possible:
        return None
    arrive = int(entered[-1] + problem.graph.seconds(arcs[-2:])[-1])
    way = walk(problem, arcs, entered, arrive=arrive, proven=False)
    opened = problem.is_open(way.gate, arrive)
    return way if opened and arrive >= problem.arrive - problem.early else None


@compiled(nogil=True)
def _plateaus(tree, outward, within, least, marked, length_m, approach_m):
    m = len(tree.arcs)
    after = np.full(m, -1, np.int32)
    begins = np.ones(m, np.bool_)
    # The arcs of ways looked for, few of all.
    near = np.empty(m, np.int32)
    n_near = 0
    for arc in range(m):
        if outward.cost[arc] > within:
            continue
        slot = tree.slot[arc]
        if slot < 0 or outward.cost[arc] + tree.label[slot, 0] > within:
            continue
        near[n_near] = arc
        n_near += 1
    for arc in near[:n_near]:
        slot = tree.after[tree.slot[arc]]
        if slot < 0:
            continue
        then = tree.arcs[slot if slot < m else tree.open_arc[slot - m]]
        if outward.before[then] == arc and tree.slot[then] == slot:
            after[arc] = then
            begins[then] = False
    last = np.empty(n_near, np.int32)
    cost = np.empty(n_near)
    long = np.empty(n_near)
    k = 0
    for arc in near[:n_near]:
        if not begins[arc]:
            continue
        before = outward.before[arc]
        since = outward.cost[before] if before >= 0 else 0.0
        end = arc
        while after[end] >= 0:
            end = after[end]
        # From a marked arc to a marked arc the marked way itself is the shortest.
        if outward.cost[end] - since >= least and not (marked[arc] and marked[end]):
            last[k] = end
            cost[k] = outward.cost[end] + tree.label[tree.slot[end], 0]
            long[k] = outward.cost[end] - since
            k += 1
    order = np.argsort(cost[:k] - long[:k])[:MOST]
    shared = np.empty(len(order))
    for i in range(len(order)):
        arcs = _joined(tree, outward.before, last[order[i]])[0]
        shared[i] = _on_marked(arcs, marked, length_m, approach_m)
    return last[order], cost[order], long[order], shared


@compiled(nogil=True)
def _on_marked(arcs, marked, length_m, approach_m):
    whole = 0.0
    for arc in arcs:
        whole += length_m[arc]
    # As ``Walk.outside``: all of a short walk counts.
    out = approach_m if whole >= 2 * approach_m else 0.0
    total = 0.0
    same = 0.0
    for arc in arcs:
        if whole <= out:
            break
        total += length_m[arc]
        if marked[arc]:
            same += length_m[arc]
        whole -= length_m[arc]
    return same / total if total > 0.0 else 0.0


@compiled(nogil=True)
def _joined(tree, before, arc):
    m = len(tree.arcs)
    k = 0
    at = arc
    while at >= 0:
        k += 1
        at = before[at]
    n = k
    slot = tree.after[tree.slot[arc]]
    while slot >= 0:
        n += 1
        slot = tree.after[slot]
    arcs = np.empty(n, np.int32)
    at = arc
    for i in range(k - 1, -1, -1):
        arcs[i] = at
        at = before[at]
    end = tree.slot[arc]
    slot = tree.after[end]
    while slot >= 0:
        arcs[k] = tree.arcs[slot if slot < m else tree.open_arc[slot - m]]
        end = slot
        k += 1
        slot = tree.after[slot]
    return arcs, tree.label[end, 1]


@compiled(nogil=True)
def _latest(graph, clock, arcs, leave):
    entered = np.empty(len(arcs), np.int64)
    at = np.int64(leave)
    for i in range(len(arcs) - 1, -1, -1):
        arc = arcs[i]
        secs = np.int64(graph.time[arc])
        if i > 0:
            turn = graph.turn[graph.row[arc] + graph.entry[arcs[i - 1]]]
            if turn == BARRED:
                return entered, False
            secs += turn
        t = latest_entry(arc, at - secs, secs, clock) if clock.busy[arc] else at - secs
        if (
            t + secs < at
            and i < len(arcs) - 1
            and not may_rest(graph.head[arc], t + secs, at, clock)
        ):
            return entered, False
        entered[i] = t
        at = t
    return entered, True
