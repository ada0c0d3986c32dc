"""The choice whose worst world is best against every choice there is."""

from __future__ import annotations

import numpy as np
import pytest

from planner.staging.choice import OBJECTIVES, Ask, choose
from planner.staging.robust import choose_robust
from tests.staging.choice_oracle import best_worst, random_ask, worth

CASES = 50


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("split", [False, True])
def test_choice_is_the_one_whose_worst_world_is_best(objective, split) -> None:
    """Worlds in which no choice serves all are left out; ties go as the rule has it."""
    rng = np.random.default_rng([9, OBJECTIVES.index(objective), split])
    answered = left_out = 0
    for _ in range(CASES):
        ask = random_ask(rng, objective=objective, split=split)
        worlds = ask.seconds[None] + 60.0 * rng.integers(0, 3, (4, *ask.seconds.shape))
        worlds[rng.random(worlds.shape) < 0.15] = np.inf
        ours = choose_robust(ask, worlds)
        sites, counts = best_worst(ask, worlds)
        if sites is None:
            assert ours.sites is None
            continue
        answered += 1
        left_out += not all(counts)
        assert ours.counts.tolist() == counts
        assert tuple(ours.sites.tolist()) == sites
        values = [worth(ask, sites, one) for one in worlds]
        sign = -1 if objective == "coverage" else 1
        assert (sign * ours.values).tolist() == values
    assert answered > 10
    assert objective == "coverage" or left_out


def test_robust_choice_leaves_the_near_site_that_may_be_lost() -> None:
    """The nearest site is under risk in one world of three: the next one is never."""
    ask = Ask(np.array([[60.0, 180.0]]), np.array([5]), np.array([9, 9]), 1)
    world = np.array([[np.inf, 180.0]])
    assert choose(ask).sites.tolist() == [0]
    found = choose_robust(ask, np.stack([ask.seconds, ask.seconds, world]))
    assert (found.sites.tolist(), found.worst) == ([1], 900.0)


def test_without_worlds_the_choice_is_that_of_the_reported_state() -> None:
    """Nothing is varied: nothing is worse."""
    ask = Ask(np.array([[60.0, 180.0]]), np.array([5]), np.array([9, 9]), 1)
    found = choose_robust(ask, np.zeros((0, 1, 2)))
    assert found.sites.tolist() == [0]
