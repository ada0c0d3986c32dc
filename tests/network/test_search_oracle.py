"""The kernels against the definition of the best plan, on seeded small networks."""

from __future__ import annotations

import numpy as np
import pytest

from planner.network.clockwork import idle_clock
from planner.network.corridor import Bound, Way, exact_way, exact_ways
from planner.network.search import Tree, arrival_tree, best_start, follow, make_gates
from tests.network.arrays import clock_of, factor_of, gates_of, graph_of
from tests.network.oracle import Case, answers, random_case

HORIZON_S = 100
SEEDS = 1000


def tree_of(case: Case, arrive: int | None = None) -> Tree:
    """Return the tree of a case."""
    return arrival_tree(
        graph_of(case),
        clock_of(case),
        gates_of(case),
        case.arrive if arrive is None else arrive,
        risk_aversion=case.risk_aversion,
        penalty=factor_of(case),
    )


def tree_cost(case: Case, tree: Tree, node: int) -> float:
    """Return the cost of the best plan from a node, which may be a gate itself."""
    arc = best_start(graph_of(case), tree, node)
    here = [case.arrive - min(u, case.arrive) for g, s, u in case.gates if g == node]
    return min([float(tree.cost[arc]) if arc >= 0 else np.inf, *map(float, here)])


def way_of(case: Case, node: int, upper: float) -> Way:
    """Return the exact plan of a node, given the cost of a plan known to exist."""
    (way,) = ways_of(case, {node: upper})
    return way


def ways_of(case: Case, uppers: dict[int, float]) -> list[Way]:
    """Return the exact plans of nodes with the cost of a plan known to exist, from one call."""
    graph, gates = graph_of(case), gates_of(case)
    # Lower bounds are of time alone: an aside costs no time.
    always = make_gates(gates.node, gates.since - 10**6, gates.until + 10**6)
    idle = idle_clock(graph.n_nodes, graph.n_arcs)
    to_go, dear = (
        arrival_tree(graph, idle, always, 0, risk_aversion=0.0, penalty=penalty).cost
        for penalty in (None, factor_of(case))
    )
    return exact_ways(
        graph,
        clock_of(case),
        gates,
        case.arrive,
        [(node, Bound(to_go, upper, dear=dear)) for node, upper in uppers.items()],
        risk_aversion=case.risk_aversion,
        penalty=factor_of(case),
    )


@pytest.mark.parametrize("turns", [False, True], ids=["free-turns", "barred-turns"])
def test_tree_equals_oracle_for_closures_and_gate_hours(turns: bool) -> None:
    """Closed arcs entered at their latest open second: equal on every node of every seed."""
    for seed in range(SEEDS // 2):
        case = random_case(seed, risky=False, turns=turns, rest="anywhere")
        tree = tree_of(case)
        found = np.array([tree_cost(case, tree, v) for v in range(case.n)])
        # The oracle looks no further back.
        found[found >= HORIZON_S] = np.inf
        expected = [cost for cost, _ in answers(case, HORIZON_S)]
        np.testing.assert_allclose(found, expected, err_msg=f"seed {seed}")


def test_corridor_table_equals_oracle_under_rising_and_falling_risk() -> None:
    """Cost and departure are the oracle's, with holds only where allowed."""
    compared = 0
    for seed in range(SEEDS):
        case = random_case(
            seed, risky=True, turns=seed % 2 == 0, rest="some" if seed % 3 else "nowhere"
        )
        gate_nodes = {g for g, _, _ in case.gates}
        for node, (cost, departure) in enumerate(answers(case, HORIZON_S)):
            if node in gate_nodes or not np.isfinite(cost):
                continue
            way = way_of(case, node, upper=cost + seed % 40)
            assert way.proven
            assert way.cost == pytest.approx(cost), f"seed {seed} node {node}"
            assert int(way.entered[0]) == departure, f"seed {seed} node {node}"
            compared += 1
    assert compared > SEEDS


def test_corridor_table_finds_no_way_where_the_oracle_finds_none() -> None:
    """A table without a plan says inf, never a plan that breaks a closure."""
    none = 0
    for seed in range(SEEDS // 4):
        case = random_case(seed, risky=True, turns=True, rest="nowhere")
        gate_nodes = {g for g, _, _ in case.gates}
        for node, (cost, _) in enumerate(answers(case, HORIZON_S)):
            if node not in gate_nodes and not np.isfinite(cost):
                way = way_of(case, node, upper=HORIZON_S - 1.0)
                assert not np.isfinite(way.cost), f"seed {seed} node {node}"
                none += 1
    assert none > 0


def test_tree_is_never_better_than_the_oracle_under_changing_risk() -> None:
    """Every label is the true cost of a real plan; only optimality is approximate."""
    for seed in range(SEEDS // 4):
        case = random_case(seed, risky=True, turns=True, rest="some")
        tree = tree_of(case)
        for node, (cost, _) in enumerate(answers(case, HORIZON_S)):
            assert tree_cost(case, tree, node) >= cost - 1e-9, f"seed {seed} node {node}"


def single_label_trap() -> Case:
    r"""Return the case in which one label an arc fails.

        0 --b(5 s)--> 1 --c(1 s)--> 2 --safe(10 s)------> 3 gate, T = 100
                                     \--short(5 s, r 0.12)-^

    The last leg is 10 s without risk, or 5 s at risk 0.12 (cost 11 at aversion 10). Label
    setting keeps the safe leg for c, must then enter b at 84, where its risk is still 0.9,
    and pays 61. The truth takes the short leg: b is entered at 89, after its risk has ended.
    """
    case = Case(4, [(0, 1, 5), (1, 2, 1), (2, 3, 10), (2, 3, 5)], arrive=100)
    case.risk = {0: [(0, 88, 0.9)], 3: [(0, 200, 0.12)]}
    case.gates = [(3, 100, 100)]
    return case


def test_single_label_fails_on_the_trap_where_the_corridor_table_does_not() -> None:
    """61 against 17, and the table proves it."""
    case = single_label_trap()
    assert tree_cost(case, tree_of(case), 0) == pytest.approx(61.0)
    assert answers(case, HORIZON_S)[0][0] == pytest.approx(17.0)
    way = way_of(case, 0, upper=61.0)
    assert way.cost == pytest.approx(17.0)
    assert way.arcs.tolist() == [0, 1, 3]


def test_closed_arc_is_entered_at_its_latest_open_second() -> None:
    """Works shut the last arc from 90 on: it is driven 80-90 and the early minutes are paid."""
    case = Case(2, [(0, 1, 10)], arrive=100, gates=[(1, 80, 100)])
    case.shut = {0: [(90, 120)]}
    tree = tree_of(case)
    assert (float(tree.cost[0]), int(tree.clock[0])) == (20.0, 80)


def test_gate_hours_move_the_arrival() -> None:
    """A gate that shuts at 95 is reached at 95, not at 100."""
    case = Case(2, [(0, 1, 10)], arrive=100, gates=[(1, 85, 95)])
    assert float(tree_of(case).cost[0]) == 15.0


def test_barred_turn_is_not_made() -> None:
    """0 -> 1 -> 3 is the short way, but turning from arc 0 onto arc 1 is barred."""
    case = Case(4, [(0, 1, 1), (1, 3, 1), (1, 2, 5), (2, 3, 5)], arrive=100, gates=[(3, 0, 100)])
    case.barred = {(0, 1)}
    assert follow(tree_of(case), 0).tolist() == [0, 2, 3]


def test_a_wait_longer_than_the_bucket_ring_is_found() -> None:
    """The overflow list holds keys hours ahead."""
    case = Case(3, [(0, 1, 10), (1, 2, 10)], arrive=30_000, gates=[(2, 0, 30_000)])
    case.shut = {1: [(100, 29_999)]}
    case.rest = {2: [(0, 30_000)]}
    tree = tree_of(case)
    assert (float(tree.cost[0]), int(tree.clock[0])) == (29_920.0, 80)


def test_table_beyond_its_limit_is_not_proven() -> None:
    """A capped table says so instead of answering."""
    case = single_label_trap()
    graph = graph_of(case)
    way = exact_way(
        graph,
        clock_of(case),
        gates_of(case),
        100,
        0,
        bound=Bound(np.array([11.0, 6.0, 10.0, 5.0]), 61.0, max_states=3),
        risk_aversion=10.0,
    )
    assert not way.proven


def test_origins_that_share_a_table_have_the_ways_of_tables_of_their_own() -> None:
    """To the last tie; also where the limit lets dearer plans through, and where it bars all."""
    dearer = 0
    for seed in range(120):
        case = random_case(seed, risky=True, turns=True, rest="some")
        found = answers(case, HORIZON_S)
        more = np.random.default_rng(seed).integers(-20, 120, len(found))
        uppers = {
            node: (cost if np.isfinite(cost) else 100.0) + float(more[node])
            for node, (cost, _) in enumerate(found)
        }
        alone = [way_of(case, node, upper) for node, upper in uppers.items()]
        for way, own, upper in zip(ways_of(case, uppers), alone, uppers.values(), strict=True):
            assert (way.cost, way.arrive, way.proven) == (own.cost, own.arrive, own.proven)
            assert np.array_equal(way.arcs, own.arcs)
            assert np.array_equal(way.entered, own.entered)
            dearer += upper < own.cost < np.inf
    assert dearer, "no limit below the cost of a plan found"


def test_each_kernel_is_compiled_once() -> None:
    """One constructor fixes types and layout, so a second compile means a leak."""
    from planner.network import corridor, outward, search, tables

    case = single_label_trap()
    tree_of(case)
    way_of(case, 0, upper=61.0)
    outward.departure_tree(graph_of(case), clock_of(case), [0], 0, risk_aversion=1.0)
    for kernel in (search._tree, corridor._reachable, tables.fill, tables.read, outward._outward):
        assert len(kernel.signatures) == 1
