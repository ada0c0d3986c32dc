"""Options against every simple way of small networks, and the rule of near-duplicates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from planner.routes import options
from planner.routes.options import (
    OptionRules,
    alike,
    beats,
    figures,
    make_sweep,
    option_ways,
    supported_ways,
    thinned,
    undominated,
)
from planner.routes.primary import circles, primary_ways
from planner.routes.problem import Problem
from planner.routes.walk import Walk
from tests.routes.trades import best_of, every_trade, trading

WIDE = OptionRules(most=3000.0, tables=40, states=8_000_000)
"""Worth so high that the least exposed way of the small networks is the cheapest."""

EARLY_S = 20


def asked(seed: int, *, steady: bool) -> Problem:
    return replace(trading(seed, steady=steady), early=EARLY_S)


def swept(problem: Problem, rules: OptionRules = WIDE) -> tuple[Walk, list[Walk]] | None:
    to_go = problem.free_tree().cost
    (primary,) = primary_ways(problem, to_go)
    sweep = make_sweep(problem, to_go, [primary], rules)
    if primary is None or sweep is None:
        return None
    return primary, supported_ways(sweep, int(problem.origins[0]), primary)


def told(problem: Problem, ways: list[Walk]) -> list[tuple[int, float]]:
    return sorted((int(seconds), round(exposed, 6)) for seconds, exposed in
                  (figures(problem, way) for way in ways))  # fmt: skip


@pytest.mark.parametrize("block", range(4))
def test_under_steady_risk_the_sweep_finds_true_trades_and_both_ends(block: int) -> None:
    """Whatever is found is beaten by no simple way, and the fastest and the calmest are found."""
    compared = 0
    for seed in range(15 * block, 15 * block + 15):
        problem = asked(seed, steady=True)
        found = swept(problem)
        if found is None:
            continue
        true = best_of(every_trade(problem))
        ours = told(problem, found[1])
        assert set(ours) <= set(true), seed
        assert ours[0] == true[0], seed
        assert ours[-1] == true[-1], seed
        compared += 1
    assert compared > 10


@pytest.mark.parametrize("block", range(4))
def test_under_changing_risk_and_closures_too_where_no_table_circles(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table may answer by driving round, which nobody may; then nothing is claimed."""
    compared, circled = 0, []
    monkeypatch.setattr(
        options,
        "circles",
        lambda problem, way: circled.append(circles(problem, way)) or circled[-1],
    )
    for seed in range(15 * block, 15 * block + 15):
        circled.clear()
        problem = asked(seed, steady=False)
        found = swept(problem)
        if found is None or any(circled) or not found[0].proven or _returns(problem, found[1]):
            continue
        true = best_of(every_trade(problem))
        ours = told(problem, found[1])
        assert set(ours) <= set(true), seed
        assert (ours[0], ours[-1]) == (true[0], true[-1]), seed
        compared += 1
    assert compared >= 3


def _returns(problem: Problem, ways: list[Walk]) -> bool:
    """Tell whether a way passes a crossing twice: the plain enumeration has none such."""
    heads = [problem.network.head[way.arcs] for way in ways]
    tails = [problem.network.tail[way.arcs[:1]] for way in ways]
    return any(len(np.unique(np.append(t, h))) <= len(h) for t, h in zip(tails, heads, strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_options_are_no_near_duplicates_none_is_beaten_and_the_primary_is_one(seed: int) -> None:
    problem = asked(seed, steady=seed % 2 == 0)
    to_go = problem.free_tree().cost
    (primary,) = primary_ways(problem, to_go)
    sweep = make_sweep(problem, to_go, [primary])
    if primary is None or sweep is None:
        pytest.skip("this network has no way in")
    found = option_ways(sweep, int(problem.origins[0]), primary)
    assert any(way is primary for way in found)
    assert len(found) <= sweep.rules.wanted
    for i, way in enumerate(found):
        for other in found[:i]:
            assert not beats(problem, way, other)
            assert not beats(problem, other, way)
            assert not alike(problem, way, other, sweep.rules)


@pytest.mark.parametrize("seed", range(8))
def test_the_extreme_worths_give_the_ends_of_the_options(seed: int) -> None:
    """Who asks for the fastest way, or the calmest, gets an end of what the sweep finds."""
    problem = asked(seed, steady=True)
    found = swept(problem, OptionRules(tables=40, states=8_000_000))
    assert found is not None
    to_go = problem.free_tree().cost
    ends = told(problem, found[1])
    for worth, end in ((options.FASTEST, ends[0]), (options.CALMEST, ends[-1])):
        (own,) = primary_ways(replace(problem, risk_aversion=worth), to_go)
        assert own is not None
        assert told(problem, [own]) == [end]


def test_a_way_that_asks_more_than_the_most_for_a_second_of_exposure_is_none() -> None:
    """Ten minutes for a second of exposure less is no trade."""
    problem = asked(0, steady=True)
    first = _made(problem, seconds=300, exposed=10.0)
    later = _made(problem, seconds=900, exposed=9.0)
    assert undominated(problem, first, [first, later]) == [first, later]
    assert undominated(problem, first, [first, later], 60.0) == [first]


def test_a_way_that_beats_the_primary_is_no_option() -> None:
    """It can only use streets that are spared."""
    problem = asked(0, steady=True)
    first = _made(problem, seconds=300, exposed=10.0)
    through = _made(problem, seconds=290, exposed=9.0)
    assert undominated(problem, first, [first, through]) == [first]


def test_thinning_keeps_the_primary_then_both_ends_then_the_widest_apart() -> None:
    problem = asked(0, steady=True)
    ways = [_made(problem, seconds=300 + 100 * i, exposed=70.0 - 10 * i) for i in range(7)]
    rules = OptionRules(wanted=4)
    kept = thinned(problem, ways[1], ways, rules)
    assert kept[0] is ways[0]
    assert kept[1] is ways[1]
    assert kept[-1] is ways[-1]
    assert len(kept) == 4
    assert kept[2] in (ways[3], ways[4])


def test_ways_near_each_other_in_both_figures_are_one_option() -> None:
    """29 s and 5 s apart are one; 31 s or 7 s are two."""
    problem, rules = asked(0, steady=True), OptionRules(twin=1.0)
    first = _made(problem, seconds=300, exposed=10.0)
    for seconds, exposed, same in ((329, 5.0, True), (331, 5.0, False), (329, 3.0, False)):
        other = _made(problem, seconds=seconds, exposed=exposed)
        assert alike(problem, first, other, rules) == same


def test_ways_of_mostly_the_same_road_must_differ_by_more() -> None:
    """The same road, 45 s and 10 s apart: two by their figures, one by their road."""
    problem = asked(0, steady=True)
    first = _made(problem, seconds=300, exposed=20.0)
    other = _made(problem, seconds=345, exposed=10.0)
    assert not alike(problem, first, other, OptionRules(twin=1.0))
    assert alike(problem, first, other, OptionRules())


def test_a_clear_way_is_never_one_option_with_a_way_that_is_not() -> None:
    """Five seconds for a clear way: who is told of one option alone is told that there is none."""
    problem, rules = asked(0, steady=True), OptionRules()
    first = _made(problem, seconds=300, exposed=31.0)
    clear = _made(problem, seconds=305, exposed=29.0)
    assert clear.max_risk < problem.clear_below <= first.max_risk
    assert not alike(problem, first, clear, rules)
    assert thinned(problem, first, [first, clear], rules) == (first, clear)


def _made(problem: Problem, *, seconds: int, exposed: float) -> Walk:
    """Return a made-up way of one arc with given figures."""
    arc = np.array([0], np.int32)
    return Walk(
        arc, np.array([problem.arrive - seconds], np.int64), 0, problem.arrive, seconds + 10 * exposed,
        True, np.array([exposed / seconds]), np.array([seconds], np.int64), np.array([1000.0]),
    )  # fmt: skip
