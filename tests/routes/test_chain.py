"""Places to pass on the way in: equal to the definition, whatever the hour, the gate, the turns."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from planner.network.kerb import CROSSING_S
from planner.routes.answer import answer_all
from planner.routes.chain import Chain, chained
from planner.routes.primary import circles, primary_ways
from planner.routes.problem import Known, Problem, make_problem
from planner.routes.walk import shared_share
from tests.network.arrays import clock_of, expanded, factor_of, graph_of
from tests.network.oracle import Case, answers, random_case
from tests.routes.asking import ask
from tests.town import EPOCH, make_network, town_streets

HORIZON_S = 140
SEEDS = 120


def problem_of(case: Case) -> Problem:
    """Return a case of the oracle as a question from every node."""
    from planner.risk.field import RiskField

    graph, clock = graph_of(case), clock_of(case)
    network = make_network([((0.0, float(i)), (0.0, i + 1.0), "x") for i in range(case.n - 1)])
    one = expanded(case).copy_of
    m = graph.n_arcs
    network = replace(
        network, tail=graph.tail, head=graph.head, time_s=graph.time,
        length_m=graph.time * 10.0, name=np.zeros(m, np.int32), way_id=one.astype(np.int64),
    )  # fmt: skip
    field = RiskField(EPOCH, clock.breaks, clock.row, clock.risk, clock.shut_start, clock.shut)
    kerb = case.kerb or [-1] * len(case.gates)
    made = make_problem(
        network, field,
        origins=np.arange(case.n, dtype=np.int32),
        gates=[(g, [(a, b + 1)], k) for (g, a, b), k in zip(case.gates, kerb, strict=True)],
        rest_nodes=np.zeros(0, np.int32), arrive=case.arrive,
        limits={"early_s": 60, "risk_aversion": case.risk_aversion, "clear_below": 0.1},
        known=Known(graph, one.astype(np.int32), factor_of(case)),
    )  # fmt: skip
    return replace(made, clock=clock)


def with_vias(case: Case, seed: int) -> Case:
    """Return a case with one to three places to pass; each lies on one or two arcs."""
    rng = random.Random(seed)
    if case.rows or case.musts:
        # A gate's own side is one arc, of which bans on rows make copies.
        case.kerb = []
    free = [a for a in range(len(case.arcs)) if a not in case.kerb]
    case.vias = [
        frozenset(rng.sample(free, rng.choice((1, 2)))) for _ in range(rng.choice((1, 1, 2, 3)))
    ]
    case.aside = float(CROSSING_S)
    return case


def chain_of(case: Case) -> Chain:
    """Return the question of a case on its copies; copies of arcs pass what the arcs do."""
    one = expanded(case).copy_of
    vias = [np.flatnonzero(np.isin(one, sorted(via))).astype(np.int32) for via in case.vias]
    return chained(problem_of(case), vias)


def passes_in_order(case: Case, arcs: list[int]) -> bool:
    """Tell in plain Python whether a way passes all places."""
    one = expanded(case).copy_of
    behind = 0
    for arc in arcs:
        behind = case.passed(behind, int(one[arc]))
    return behind == len(case.vias)


@pytest.mark.parametrize("turns", [False, True], ids=["free-turns", "barred-turns"])
def test_way_past_places_costs_what_the_definition_says(turns: bool) -> None:
    """Rising and falling risk, closures, gate hours, holds: cost and departure are J's."""
    compared = past_none = 0
    for seed in range(SEEDS):
        case = with_vias(
            random_case(seed, risky=True, turns=turns, rest="some" if seed % 3 else "nowhere"), seed
        )
        chain = chain_of(case)
        problem = chain.problem
        gate_nodes = {g for g, _, _ in case.gates}
        ways = primary_ways(problem, problem.free_tree().cost)
        for node, (cost, departure) in enumerate(answers(case, HORIZON_S)):
            way = ways[node]
            if node in gate_nodes or not np.isfinite(cost):
                past_none += not np.isfinite(cost)
                continue
            if way is None or way.depart <= case.arrive - HORIZON_S:
                continue
            down = chain.down(way)
            assert passes_in_order(case, down.arcs.tolist()), f"seed {seed} node {node}"
            # Nobody kills time in circles, though the definition lets them.
            if way.proven and not circles(problem, way):
                assert way.cost_s == pytest.approx(cost), f"seed {seed} node {node}"
                assert way.depart == departure, f"seed {seed} node {node}"
                compared += 1
            np.testing.assert_array_equal(chain.up(down).arcs, way.arcs)
    assert compared > SEEDS
    assert past_none


def test_every_alternate_passes_the_places_in_order() -> None:
    """Across the grid by two streets: primary and alternates, each with its own streets."""
    network = make_network(town_streets())
    problem = ask(network=network)
    first, second = (arcs_at(network, place) for place in ((0.0, 300.0), (400.0, 100.0)))
    chain = chained(problem, [first, second])
    (found,) = answer_all(chain.problem, chain.problem.free_tree().cost)
    assert len(found.routes) >= 2
    for way in map(chain.down, found.routes):
        at = [np.flatnonzero(np.isin(way.arcs, arcs)) for arcs in (first, second)]
        assert len(at[0])
        assert len(at[1])
        assert at[0].min() < at[1].max()
        assert int(way.passed[-1]) in (1, 2)
        assert shared_share(problem, way, chain.down(found.routes[0])) == pytest.approx(
            shared_share(chain.problem, chain.up(way), found.routes[0])
        )


def test_without_places_the_question_is_the_same_object() -> None:
    problem = ask()
    assert chained(problem, []).problem is problem


def test_avoided_road_is_never_driven_and_the_way_beside_it_is_found() -> None:
    """The bridge of the town shut for all time: no way; another street: round the block."""
    network = make_network(town_streets())
    south = ask(network=network, origins=[(100.0, -100.0)])
    bridge = np.flatnonzero(network.name == network.names.index("Bridge")).astype(np.int32)
    barred = south.avoiding(bridge)
    assert primary_ways(barred, barred.free_tree().cost) == [None]
    assert not barred.changes(7200)
    straight = np.flatnonzero(network.name == network.names.index("Avenue 1")).astype(np.int32)
    beside = south.avoiding(straight)
    (way,) = primary_ways(beside, beside.free_tree().cost)
    assert way is not None
    assert way.proven
    assert not np.isin(way.arcs, straight).any()


def test_pinned_gate_is_the_only_one_a_way_ends_at() -> None:
    gates = [((400.0, 400.0), [(0, 86400)]), ((100.0, 0.0), [(0, 86400)])]
    problem = ask(gates=gates)
    near, far = problem, replace(problem, pinned=0)
    ends = [primary_ways(p, p.free_tree().cost)[0].gate for p in (near, far)]
    assert ends == [1, 0]
    assert far.gates_in_reach() == [0]
    assert all(way.gate == 0 for way in answer_all(far, far.free_tree().cost)[0].routes)


def test_of_two_gates_at_one_node_a_way_ends_at_the_one_that_was_asked_for() -> None:
    gates = [((400.0, 400.0), [(0, 86400)]), ((400.0, 400.0), [(0, 86400)])]
    problem = replace(ask(gates=gates), pinned=1)
    (answer,) = answer_all(problem, problem.free_tree().cost)
    assert {way.gate for way in answer.routes} == {1}


def arcs_at(network, place) -> np.ndarray:
    """Return the arcs that touch a crossing."""
    node = int(np.argmin(np.hypot(*(network.node_xy - np.array(place)).T)))
    return np.flatnonzero((network.tail == node) | (network.head == node)).astype(np.int32)
