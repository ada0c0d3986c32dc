"""The choice of sites against every choice there is, its rule of ties, its faults."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from planner.errors import InputError
from planner.staging.choice import OBJECTIVES, Ask, choose
from planner.staging.choice_help import helps, left_over
from tests.staging.choice_oracle import all_fit, best_of_all, random_ask

CASES = 120


def agrees(ask: Ask) -> bool:
    """Compare with the oracle; tell whether there was an answer at all."""
    ours, true = choose(ask), best_of_all(ask)
    if true is None:
        assert ours is None
        return False
    sites, placed, (cost, worst, covered) = true
    assert ours is not None
    assert (ours.vehicle_s, ours.worst_s, ours.covered) == (cost, worst, covered)
    assert tuple(ours.sites.tolist()) == sites
    assert ours.placed.tolist() == placed.tolist()
    return True


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("split", [False, True])
def test_choice_is_the_best_of_all_by_the_rule_of_ties(objective, split) -> None:
    """With room, fixed and forbidden sites, and pairs without a way."""
    rng = np.random.default_rng([7, OBJECTIVES.index(objective), split])
    answered = [
        agrees(random_ask(rng, objective=objective, split=split)) for _ in range(CASES)
    ]  # fmt: skip
    assert sum(answered) > 20
    assert objective == "coverage" or sum(answered) < CASES - 20


def relieved(ask: Ask, kind: str, amount: int, parts=(), sites: int = 0):
    """Return every question in which so much of one kind of help is granted."""
    f, s = ask.seconds.shape
    if kind == "split":
        return [replace(ask, split=True)]
    if kind in ("more_sites", "split_and_more_sites"):
        apart = ask.split or kind.startswith("split")
        return [replace(ask, split=apart, most=ask.most + amount)]
    if "longer" in kind:
        return [replace(ask, within_s=amount, most=sites or ask.most)]
    if kind in ("not_forbidden", "not_fixed"):
        name = kind.removeprefix("not_")
        own = getattr(ask, name)
        return [
            replace(ask, **{name: tuple(x for x in own if x not in lifted)})
            for lifted in combinations(own, amount)
        ]
    if kind == "fewer_vehicles":
        return [
            replace(ask, demand=ask.demand - less)
            for less in map(np.array, product(range(amount + 1), repeat=f))
            if less.sum() == amount and (less < ask.demand).all()
        ]
    most = sites or ask.most
    return [
        replace(ask, room=ask.room + more, most=most)
        for more in map(np.array, product(range(amount + 1), repeat=s)) if more.sum() == amount
    ]  # fmt: skip


LESS = {"longer": 60}


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("split", [False, True])
def test_what_would_help_does_and_less_of_it_does_not(objective, split) -> None:
    """Each kind is solved again by the oracle, with as much, and with one less."""
    rng = np.random.default_rng([8, OBJECTIVES.index(objective), split])
    seen: Counter[str] = Counter()
    for _ in range(60):
        ask = random_ask(rng, objective=objective, split=split)
        if ask.seconds.shape[1] > 4 or all_fit(ask):
            continue
        for one in helps(ask):
            if one.amount > 4 and "longer" not in one.kind:
                continue
            seen[one.kind] += 1
            assert any(map(all_fit, relieved(ask, one.kind, one.amount, one.parts, one.sites)))
            less = one.amount - LESS.get(one.kind, 1)
            if (
                one.kind not in ("split", "more_sites_and_room", "more_sites_and_longer")
                and less >= 0
            ):
                assert not any(map(all_fit, relieved(ask, one.kind, less)))
    assert len(seen) >= 4


def test_split_vehicles_help_where_no_site_holds_them_together() -> None:
    """Five vehicles, rooms for three: alone none holds them, two do."""
    ask = Ask(np.array([[60.0, 120.0]]), np.array([5]), np.array([3, 3]), 2)
    assert choose(ask) is None
    assert [(one.kind, one.amount, one.parts) for one in helps(ask)] == [
        ("split", 0, ()), ("fewer_vehicles", 2, ((0, 2),)), ("more_room", 2, ((0, 2),)),
    ]  # fmt: skip


def test_several_sites_and_waiting_apart_help_where_neither_does_alone() -> None:
    """Seven vehicles, rooms for three each, one site asked for: three sites hold them apart."""
    ask = Ask(np.array([[60.0, 120.0, 90.0]]), np.array([7]), np.array([3, 3, 3]), 1)
    told = {one.kind: (one.amount, one.sites) for one in helps(ask)}
    assert told["split_and_more_sites"] == (2, 3)
    assert not {"split", "more_sites"} & set(told)


def test_more_sites_and_more_minutes_are_told_together_where_neither_is_enough() -> None:
    """Two facilities, two rooms for one, 3 and 4 minutes away; one site within 2 was asked for."""
    ask = Ask(np.array([[180.0, 240.0], [180.0, 240.0]]), np.array([2, 2]), np.array([2, 2]), 1,
              "coverage", 120)  # fmt: skip
    assert [(one.kind, one.sites, one.amount) for one in helps(ask)] == [
        ("more_sites_and_longer", 2, 240)
    ]


def test_nothing_helps_where_no_clear_way_leads() -> None:
    """One of two facilities is cut off from every site."""
    ask = Ask(np.array([[60.0, 60.0], [np.inf, np.inf]]), np.array([2, 3]), np.array([9, 9]), 1)
    assert choose(ask) is None
    assert helps(ask) == []
    assert left_over(ask).tolist() == [0, 3]


FAULTS = {
    "more than asked for": ({"fixed": (0, 1), "most": 1}, "2 sites are fixed, 1 asked for"),
    "fixed and forbidden": ({"fixed": (0,), "forbidden": (0,)}, "both fixed and forbidden"),
    "unknown site": ({"forbidden": (9,)}, "not among the candidates"),
    "no site": ({"most": 0}, "1 site at least"),
    "no minutes": ({"objective": "coverage"}, "needs the minutes"),
    "no objective": ({"objective": "best"}, "no objective 'best'"),
    "no vehicles": ({"demand": np.array([0, 1])}, "a vehicle at least"),
    "shapes": ({"room": np.array([1])}, "do not fit together"),
    "seconds below 0": ({"seconds": np.full((2, 2), -1.0)}, "seconds must be 0 or more"),
}


@pytest.mark.parametrize(("changed", "said"), FAULTS.values(), ids=FAULTS)
def test_question_that_cannot_be_asked_says_why(changed, said) -> None:
    """One fault each."""
    plain = Ask(np.ones((2, 2)), np.array([1, 1]), np.array([5, 5]), 2)
    with pytest.raises(InputError, match=said):
        choose(replace(plain, **changed))


def test_parts_of_a_second_count_as_a_whole_one() -> None:
    """60.2 s are 61."""
    found = choose(Ask(np.array([[60.2]]), np.array([2]), np.array([5]), 1))
    assert found is not None
    assert (found.vehicle_s, found.worst_s) == (122, 61)
