"""Gates held to through a day: the best row of all rows there are, by trying every one."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from planner.routes.steady import WORTH_S, against, held, hold


def price(row: tuple[int, ...], needs: np.ndarray, loss: np.ndarray) -> tuple[float, ...]:
    """What a row of gates is measured by, straight from the words of ``hold``."""
    bad = sum(bool(needs[g, s]) for s, g in enumerate(row))
    changes = [s for s, (a, b) in enumerate(pairwise(row), 1) if a != b]
    alone = sum(b - a == 1 for a, b in pairwise(changes))
    lost = sum(loss[g, s] for s, g in enumerate(row) if loss[g, s] >= WORTH_S and not needs[g, s])
    return bad, alone, lost + WORTH_S * len(changes)


@pytest.mark.parametrize("seed", range(120))
def test_held_gates_are_the_best_of_all_rows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    g, s = int(rng.integers(1, 4)), int(rng.integers(1, 7))
    needs = rng.random((g, s)) < 0.25
    loss = rng.integers(0, 200, (g, s)).astype(float)
    loss[rng.integers(0, g, s), np.arange(s)] = 0.0
    best = min(price(row, needs, loss) for row in product(range(g), repeat=s))
    assert price(tuple(hold(needs, loss).tolist()), needs, loss) == pytest.approx(best)


def test_a_gain_of_under_a_minute_is_not_worth_a_change() -> None:
    loss = np.array([[0, 0, 59, 59, 59, 59.0], [59, 59, 0, 0, 0, 0]])
    assert len(set(hold(np.zeros((2, 6), bool), loss).tolist())) == 1


def test_a_change_and_back_within_one_slot_is_not_made_whatever_it_saves() -> None:
    loss = np.array([[0, 0, 900, 0, 0.0], [1000, 1000, 0, 1000, 1000]])
    assert hold(np.zeros((2, 5), bool), loss).tolist() == [0, 0, 0, 0, 0]


def test_a_gate_that_cannot_be_passed_for_one_slot_is_left_for_two_if_that_can_be() -> None:
    needs = np.zeros((2, 5), bool)
    needs[0, 2] = True
    loss = np.array([[0, 0, 0, 0, 0.0], [90, 90, 0, 90, 90]])
    assert hold(needs, loss).tolist() == [0, 0, 1, 1, 0]
    needs[1, [1, 3]] = True
    assert hold(needs, loss).tolist() == [0, 0, 1, 0, 0]


def test_times_without_a_way_are_left_as_they_are_and_part_the_day() -> None:
    cost = np.array([[[100, 100, np.inf, 400, 400.0]], [[100, 100, np.inf, 100, 100.0]]])
    first = np.array([0, 1, -2, 1, 1], np.int32)
    assert held(cost, np.isfinite(cost), first).tolist() == [0, 0, -2, 1, 1]


def test_a_gate_some_origin_reaches_by_no_clear_way_must_be_left() -> None:
    cost = np.array([[[100.0], [100.0]], [[500.0], [500.0]]])
    clear = np.array([[[True], [False]], [[True], [True]]])
    needs, loss = against(cost, clear, np.array([1], np.int32))
    assert needs.tolist() == [[True], [False]]
    assert loss.tolist() == [[0.0], [0.0]]


def test_without_gates_or_times_nothing_is_held_to() -> None:
    assert hold(np.zeros((0, 3), bool), np.zeros((0, 3))).tolist() == [0, 0, 0]
    assert hold(np.zeros((2, 0), bool), np.zeros((2, 0))).tolist() == []


def test_while_two_gates_do_as_well_one_stays_and_changes_when_one_must() -> None:
    needs = np.zeros((2, 8), bool)
    needs[0, 3:5] = needs[1, 7] = needs[1, 0] = True
    assert hold(needs, np.zeros((2, 8))).tolist() == [0, 0, 0, 1, 1, 1, 1, 0]
