"""Changes of shift against a count minute by minute, over all sets of gates and all beginnings."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from planner.routes.shift import change_windows, gate_sets, most_at_once, spells

TICKS = 4
"""Parts of a slot in which the oracle counts."""


def fits(into: np.ndarray, out: np.ndarray, per_tick: int, first: int, vehicles: int) -> bool:
    """Count vehicles through, tick by tick: all in, then all out, never in a slot that is not good."""
    come = leave = 0
    tick = first * TICKS
    while leave < vehicles:
        if tick >= len(into) * TICKS:
            return False
        good = into if come < vehicles else out
        if not good[tick // TICKS]:
            return False
        come, leave = (come + per_tick, leave) if come < vehicles else (come, leave + per_tick)
        tick += 1
    return True


def case(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    rng = np.random.default_rng(seed)
    g, s = int(rng.integers(1, 4)), int(rng.integers(1, 9))
    into, out = rng.random((2, g, s)) < 0.8
    # One common rate a tick divides every number of vehicles asked for.
    return into, out, np.full(g, 1), int(rng.integers(1, 13))


def together(table: np.ndarray, gates: tuple[int, ...]) -> np.ndarray:
    return table[list(gates)].all(axis=0)


@pytest.mark.parametrize("seed", range(150))
def test_windows_hold_every_beginning_that_a_count_finds_and_no_other(seed: int) -> None:
    into, out, per_tick, n = case(seed)
    g = len(per_tick)
    sets = [c for size in range(1, g + 1) for c in combinations(range(g), size)]
    n *= 6  # divided by one, two and three gates a tick
    may = {
        some: {a for a in range(into.shape[1])
               if fits(together(into, some), together(out, some), len(some), a, n)}
        for some in sets
    }  # fmt: skip
    told: dict[tuple[int, ...], set[int]] = {some: set() for some in sets}
    for window in change_windows(into, out, per_tick * float(TICKS), n):
        assert window.each == pytest.approx(n / (TICKS * len(window.gates)))
        told[window.gates] |= set(range(window.first, window.last + 1))
    for some in sets:
        smaller = set().union(*(may[other] for other in sets if set(other) < set(some)))
        assert told[some] == may[some] - smaller


@pytest.mark.parametrize("seed", range(60))
def test_changes_that_must_begin_in_some_slots_may_last_beyond_them(seed: int) -> None:
    into, out, per_tick, n = case(seed)
    begin = int(np.random.default_rng(seed).integers(0, into.shape[1] + 1))
    some = tuple(range(len(per_tick)))
    n *= len(some)
    ins, outs = together(into, some), together(out, some)
    wanted = {a for a in range(begin) if fits(ins, outs, len(some), a, n)}
    told = {
        a
        for window in change_windows(ins[None], outs[None], np.array([4.0 * len(some)]), n, begin)
        for a in range(window.first, window.last + 1)
    }
    assert told == wanted
    most = most_at_once(into, out, per_tick * float(TICKS), some, begin)
    assert most.first < max(begin, 1)
    assert bool(wanted) <= (most.vehicles >= n)


@pytest.mark.parametrize("seed", range(80))
def test_the_most_is_what_fits_and_one_more_does_not(seed: int) -> None:
    """Ticks are counted up to twice as fine, since a change may turn in the middle of one."""
    into, out, per_tick, _ = case(seed)
    for gates in gate_sets(len(per_tick)):
        found = most_at_once(into, out, per_tick * float(TICKS), gates)
        ins, outs = together(into, gates), together(out, gates)
        whole = range(1, into.shape[1] * TICKS * len(gates) + 1)
        best = max(
            (n for n in whole for a in range(len(ins))
             if n % len(gates) == 0 and fits(ins, outs, len(gates), a, n)), default=0
        )  # fmt: skip
        assert best <= found.vehicles < best + len(gates)


def test_a_gate_half_as_fast_takes_twice_as_long() -> None:
    always = np.ones((2, 8), bool)
    windows = change_windows(always, always, np.array([20.0, 10.0]), 30)
    told = [(w.gates, w.each, w.first, w.last) for w in windows]
    assert told == [((0,), 1.5, 0, 5), ((1,), 3.0, 0, 2), ((0, 1), 1.0, 6, 6)]


def test_gates_share_a_change_that_none_takes_alone() -> None:
    always = np.ones((2, 4), bool)
    (window,) = change_windows(always, always, np.array([10.0, 20.0]), 60)
    assert window.gates == (0, 1)
    assert (window.first, window.last, window.until) == (0, 0, 4)


def test_who_leaves_goes_by_what_holds_for_leaving_after_all_have_come() -> None:
    into = np.array([[True, True, False, False]])
    out = np.array([[False, False, True, True]])
    (window,) = change_windows(into, out, np.array([10.0]), 20)
    assert (window.first, window.last, window.each) == (0, 0, 2.0)
    assert change_windows(into, out, np.array([10.0]), 10)[0].first == 1


def test_nothing_fits_where_no_slot_is_good() -> None:
    never = np.zeros((1, 5), bool)
    assert change_windows(never, never, np.array([10.0]), 1) == []
    assert most_at_once(never, never, np.array([10.0]), (0,)).vehicles == 0


def test_many_gates_are_looked_at_alone_in_pairs_and_all_together() -> None:
    assert {len(some) for some in gate_sets(9)} == {1, 2, 9}
    assert len(list(gate_sets(3))) == 7


def test_spells_of_nothing_are_none() -> None:
    assert spells(np.zeros(0, bool)) == []
