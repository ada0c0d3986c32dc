"""The departure tree against the definition of the best way out, on seeded small networks.

    C(start, depart) = 0;  before the first arc one may wait, one a second
    C(end of a, t + s) = min of C(v, t) + s (1 + lambda r_a(t)) f_a     a = (v, w) open in [t, t + s)
    C(v, t + 1)        = C(v, t) + 1                                 where one may wait at v at t

where ``s`` is the time of the arc and of the turn onto it; the state holds the row of arcs one
came by, as long as any ban on a row reaches back.
"""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from planner.network.clockwork import idle_clock
from planner.network.outward import _outward, departure_tree, trace_back
from tests.network.arrays import clock_of, expanded, factor_of, graph_of
from tests.network.oracle import INF, Case, random_case

DEPART, LATEST = 40, 240
SEEDS = 400


def best_ends(case: Case, start: int) -> list[float]:
    """Return the least cost of reaching the end of every arc, leaving the start at DEPART."""
    memory = max([1, *(len(row) - 1 for row in (*case.rows, *case.musts))])
    best = [INF] * len(case.arcs)
    seen = set()
    queue: list[tuple[float, int, tuple[int, ...], int]] = [(0.0, start, (), DEPART)]
    while queue:
        cost, node, past, t = heapq.heappop(queue)
        if (node, past, t) in seen or t > LATEST:
            continue
        seen.add((node, past, t))
        if past:
            best[past[-1]] = min(best[past[-1]], cost)
        if not past or case.may_rest(node, t):
            heapq.heappush(queue, (cost + 1, node, past, t + 1))
        for a, (v, w, seconds) in enumerate(case.arcs):
            s = seconds + (case.turn.get((past[-1], a), 0) if past else 0)
            if v == node and case.may_follow(past, a) and case.open(a, t, s):
                dear = (1 + case.risk_aversion * case.risk_at(a, t)) * case.dear.get(a, 1.0)
                heapq.heappush(queue, (cost + s * dear, w, (*past, a)[-memory:], t + s))
    return best


def tree_ends(case: Case, start: int) -> list[float]:
    """Return what the tree says of the same, copies of an arc taken together."""
    tree = departure_tree(
        graph_of(case), clock_of(case), np.array([start]), DEPART,
        risk_aversion=case.risk_aversion, penalty=factor_of(case),
    )  # fmt: skip
    best = np.full(len(case.arcs), INF)
    np.minimum.at(best, expanded(case).copy_of, tree.cost)
    return best.tolist()


@pytest.mark.parametrize("turns", [False, True], ids=["free-turns", "barred-turns"])
def test_departure_tree_equals_the_definition_for_closures(turns: bool) -> None:
    """Closed arcs entered at their earliest open second: equal on every arc of every seed."""
    reached = 0
    for seed in range(SEEDS):
        case = random_case(seed, risky=False, turns=turns, rest="anywhere")
        start = seed % case.n
        expected = best_ends(case, start)
        np.testing.assert_allclose(tree_ends(case, start), expected, err_msg=f"seed {seed}")
        reached += np.isfinite(expected).sum()
    assert reached > 5 * SEEDS


def test_departure_tree_is_never_better_than_the_truth_under_changing_risk() -> None:
    """Every label is the cost of a real way; only optimality is approximate."""
    for seed in range(SEEDS // 2):
        case = random_case(seed, risky=True, turns=True, rest="some")
        start = seed % case.n
        for found, true in zip(tree_ends(case, start), best_ends(case, start), strict=True):
            assert found >= true - 1e-9, f"seed {seed}"


def test_a_way_traced_back_is_driven_one_arc_after_another() -> None:
    """Each arc begins where the one before ends, at the second at which that ends, or later."""
    case = random_case(7, risky=False, turns=True, rest="anywhere")
    graph = graph_of(case)
    tree = departure_tree(graph, clock_of(case), np.array([0]), DEPART, risk_aversion=0.0)
    last = int(np.argmax(np.where(np.isfinite(tree.cost), tree.cost, -1)))
    arcs, entered = trace_back(tree, last)
    assert len(arcs) > 2
    assert (graph.head[arcs[:-1]] == graph.tail[arcs[1:]]).all()
    assert (entered[1:] >= entered[:-1] + graph.seconds(arcs)[:-1]).all()
    assert entered[-1] + graph.seconds(arcs)[-1] == tree.until[last]


def test_where_one_may_not_rest_one_waits_at_the_start_alone() -> None:
    """Both arcs are shut until 60: the first is waited for at the start, the second is lost."""
    case = Case(3, [(0, 1, 10), (1, 2, 10)], shut={0: [(30, 60)]})
    assert tree_ends(case, 0) == [30.0, 40.0]
    case = Case(3, [(0, 1, 10), (1, 2, 10)], shut={1: [(30, 60)]})
    assert tree_ends(case, 0) == [10.0, INF]


def test_a_wait_longer_than_the_bucket_ring_is_found() -> None:
    """The overflow list holds keys hours ahead."""
    case = Case(3, [(0, 1, 10), (1, 2, 10)], shut={1: [(0, 30_000)]}, rest={1: [(0, 40_000)]})
    assert tree_ends(case, 0) == [10.0, 30_000 - DEPART + 10]


def test_beyond_the_limit_no_way_is_followed() -> None:
    """The arc that crosses the limit has its label, those after it have none."""
    case = Case(4, [(0, 1, 10), (1, 2, 10), (2, 3, 10)])
    graph = graph_of(case)
    idle = idle_clock(graph.n_nodes, graph.n_arcs)
    tree = departure_tree(graph, idle, np.array([0]), 0, risk_aversion=0.0, within=15)
    assert tree.cost.tolist() == [10.0, 20.0, INF]


def test_the_kernel_is_compiled_once() -> None:
    """Types and layout are fixed on the way in."""
    tree_ends(Case(2, [(0, 1, 10)]), 0)
    assert len(_outward.signatures) == 1
