"""Speed as ratios to scipy's static tree, taken in the same run.

    pytest tests/benchmarks --benchmark-enable -p no:cacheprovider

prints ``extra_info`` with ``--benchmark-json FILE``. Without ``--benchmark-enable`` each runs
once, as a test that it still runs.
"""

from __future__ import annotations

import time
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from planner.briefing.page import render_briefing
from planner.network.store import load_network
from planner.plan import make_plan
from planner.plan.make import Plan, plan_at
from planner.plan.prepare import prepare
from planner.routes.primary import best_of_trees, primary_ways
from tests.benchmarks.conftest import cheapest
from tests.network.oracle import answers, random_case
from tests.network.test_search_oracle import HORIZON_S, tree_cost, tree_of

if TYPE_CHECKING:
    from collections.abc import Callable


def seconds(work: Callable[[], object], rounds: int = 7) -> float:
    """Return the median CPU time of some rounds: a busy machine does not change it."""
    taken = []
    for _ in range(rounds):
        since = time.process_time()
        work()
        taken.append(time.process_time() - since)
    return median(taken)


@pytest.fixture
def scipy_tree_s(asked, benchmark) -> float:
    """Return the time of scipy's static tree on the city's plain graph."""
    workspace, answer = asked
    network = load_network(workspace)
    graph = cheapest(network.tail, network.head, network.time_s, network.n_nodes)
    gate = answer.problem.network.node_xy[answer.problem.gate_nodes[0]]
    node = int(np.argmin(np.hypot(*(network.node_xy - gate).T)))
    taken = seconds(lambda: dijkstra(graph, indices=node))
    benchmark.extra_info |= {"arcs": network.n_arcs, "scipy_tree_ms": taken * 1e3}
    return taken


def test_arrival_tree_against_scipy(asked, benchmark, scipy_tree_s: float) -> None:
    """Budget: 1.5 with turn rules."""
    _, answer = asked
    tree = benchmark(answer.problem.tree)
    benchmark.extra_info["ratio"] = seconds(answer.problem.tree) / scipy_tree_s
    assert np.isfinite(tree.cost).mean() > 0.8


def test_primaries_of_all_gateways_against_scipy(asked, benchmark, scipy_tree_s: float) -> None:
    """Trees at every minute that matters and the exact table of each gateway."""
    _, answer = asked
    ways = benchmark(primary_ways, answer.problem, answer.to_go)
    taken = seconds(lambda: primary_ways(answer.problem, answer.to_go), 3)
    benchmark.extra_info["scipy_trees"] = taken / scipy_tree_s
    assert all(way is None or way.proven for way in ways)


def test_whole_plan_against_scipy(asked, benchmark, scipy_tree_s: float) -> None:
    """Budget: 150 trees on Porto, verification included."""
    workspace, answer = asked
    made = benchmark.pedantic(make_plan, (workspace, answer.question), rounds=3)
    benchmark.extra_info["scipy_trees"] = (
        seconds(lambda: make_plan(workspace, answer.question), 3) / scipy_tree_s
    )
    assert made.document["verification"]["passed"]


@pytest.mark.parametrize("whole", [False, True], ids=["first choices", "whole plan"])
def test_next_hour_against_scipy(asked, benchmark, scipy_tree_s: float, whole: bool) -> None:
    """What the reader waits for who moves the hour: all else is prepared, each hour is new."""
    workspace, answer = asked
    question = answer.question
    ready = prepare(workspace, question.facility, vehicles=question.vehicles)
    plan_at(ready, question, whole=whole)
    since = question.arrive

    def at(minutes: int) -> Plan:
        moved = question.model_copy(update={"arrive": since + timedelta(minutes=minutes)})
        return plan_at(ready, moved, whole=whole)

    hours = iter(range(15, 24 * 60, 15))
    made = benchmark.pedantic(lambda: at(next(hours)), rounds=3)
    taken = seconds(lambda: at(next(hours)))
    benchmark.extra_info |= {"scipy_trees": taken / scipy_tree_s, "ms": taken * 1e3}
    assert made.document["verification"]["passed"]


def test_briefing_size(asked, benchmark) -> None:
    """Budget: 2 MB plus 15 bytes a road vertex."""
    workspace, answer = asked
    made = make_plan(workspace, answer.question)
    background = {name: workspace.static(name) for name in workspace.statics()}
    page = benchmark.pedantic(render_briefing, (made, background), rounds=1)
    size = len(page.encode())
    vertices = len(load_network(workspace).shape_xy)
    benchmark.extra_info |= {"bytes": size, "road_vertices": vertices}
    assert size <= 2_000_000 + 15 * vertices


def test_gap_of_the_trees_to_the_oracle(benchmark) -> None:
    """Reported, not demanded: one label an arc is near-optimal under changing risk."""

    def gaps() -> list[float]:
        found = []
        for seed in range(200):
            case = random_case(seed, risky=True, turns=True, rest="some")
            tree = tree_of(case)
            for node, (cost, _) in enumerate(answers(case, HORIZON_S)):
                if np.isfinite(cost) and cost > 0:
                    found.append(tree_cost(case, tree, node) / cost - 1)
        return found

    found = np.array(benchmark.pedantic(gaps, rounds=1))
    known = found[np.isfinite(found)]
    benchmark.extra_info |= {
        "origins": len(found),
        "no_tree_way": int((~np.isfinite(found)).sum()),
        "above_1_percent": float((known > 0.01).mean()),
        "worst": float(known.max()),
    }
    assert (known >= -1e-9).all()


def test_gap_of_the_trees_to_the_table(asked, benchmark) -> None:
    """The same on a city: best tree against the proven table, for every gateway."""
    _, answer = asked
    problem = answer.problem
    exact = primary_ways(problem, answer.to_go)
    trees = benchmark.pedantic(best_of_trees, (problem,), rounds=1)
    gaps = [t.cost_s - e.cost_s for t, e in zip(trees, exact, strict=True) if t and e]
    benchmark.extra_info |= {"gateways": len(gaps), "worst_gap_s": max(gaps, default=0.0)}
    assert min(gaps, default=0.0) >= -1e-6
