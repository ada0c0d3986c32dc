"""The choice of sites beside spopt, which poses the same three problems to another solver."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from planner.staging.choice import Ask, choose

with warnings.catch_warnings():
    # What it imports is its own business.
    warnings.simplefilter("ignore")
    locate = pytest.importorskip("spopt.locate", reason="spopt is not installed: no peer to ask")
    pulp = pytest.importorskip("pulp", reason="PuLP is not installed: no peer to ask")

CASES = 12
pytestmark = pytest.mark.filterwarnings("ignore")


def questions(objective: str):
    """Yield questions that spopt can be asked: no room, every pair with a way."""
    rng = np.random.default_rng([10, len(objective)])
    for _ in range(CASES):
        f, s = int(rng.integers(2, 7)), int(rng.integers(3, 13))
        seconds = rng.integers(30, 1500, (f, s)).astype(float)
        demand = rng.integers(1, 30, f)
        yield Ask(
            seconds, demand, np.full(s, int(demand.sum())), int(rng.integers(1, 4)), objective,
            500 if objective == "coverage" else None,
        )  # fmt: skip


def solved(problem) -> float:
    return float(pulp.value(problem.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective))


def test_least_sum_is_that_of_its_p_median() -> None:
    """Vehicle-seconds."""
    for ask in questions("p-median"):
        peer = locate.PMedian.from_cost_matrix(ask.seconds, ask.demand, p_facilities=ask.most)
        assert choose(ask).vehicle_s == pytest.approx(solved(peer))


def test_least_worst_is_that_of_its_p_center() -> None:
    """Seconds."""
    for ask in questions("p-center"):
        peer = locate.PCenter.from_cost_matrix(ask.seconds, p_facilities=ask.most)
        assert choose(ask).worst_s == pytest.approx(solved(peer))


def test_most_covered_is_that_of_its_maximal_covering() -> None:
    """Vehicles within 500 s."""
    for ask in questions("coverage"):
        peer = locate.MCLP.from_cost_matrix(
            ask.seconds, ask.demand, service_radius=ask.within_s, p_facilities=ask.most
        )
        assert choose(ask).covered == pytest.approx(solved(peer))
