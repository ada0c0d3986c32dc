"""What the planner's wishes cost, which of them leave no way: re-solved, never guessed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from planner.plan.wishes.hand import DEMANDS, Hand
from planner.routes.chain import chained
from planner.routes.primary import primary_ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.routes.answer import OriginAnswer
    from planner.routes.chain import Chain
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

Ways = tuple["Walk | None", ...]


@dataclass(frozen=True, slots=True)
class Dropped:
    """The fewest demands without which there is a way, and that way.

    ``ids`` are those of wishes; empty where there is none however many are dropped.
    """

    ids: tuple[str, ...]
    way: Walk | None


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """The first choice of every origin with less asked of it.

    Attributes
    ----------
    problem
        The question without any wish.
    without
        The best way of each origin without any wish.
    each
        The same without one wish alone, by its id.
    dropped
        For each origin that has no way with the wishes, what must go.
    """

    problem: Problem
    without: Ways
    each: dict[str, Ways]
    dropped: dict[int, Dropped]


def chain_of(plain: Problem, hand: Hand) -> Chain:
    """Return a question with all that is asked of its ways."""
    return chained(hand.on(plain), hand.vias)


def ways_of(plain: Problem, hand: Hand) -> Ways:
    """Return the best way of every origin that keeps the wishes, on the roads themselves."""
    chain = chain_of(plain, hand)
    found = primary_ways(chain.problem, chain.problem.free_tree().cost)
    return tuple(None if way is None else chain.down(way) for way in found)


def weigh(plain: Problem, hand: Hand, origins: Sequence[OriginAnswer]) -> Weighed:
    """Return what the wishes cost.

    Parameters
    ----------
    plain
        The question without wishes.
    origins
        What was found with them.
    """
    without = ways_of(plain, Hand())
    ids = [wish.id for wish in hand.wishes]
    alone = len(ids) == 1
    each = {one: without if alone else ways_of(plain, hand.without([one])) for one in ids}
    stuck = np.array([not found.routes for found in origins], bool)
    return Weighed(plain, without, each, _dropped(plain, hand, stuck, without))


def _dropped(
    plain: Problem, hand: Hand, stuck: NDArray[np.bool_], without: Ways
) -> dict[int, Dropped]:
    """Return the smallest sets of demands to drop, found by trying the smaller sets first."""
    found = {int(o): Dropped((), None) for o in np.flatnonzero(stuck)}
    left = [o for o in found if without[o] is not None]
    for ids in _sets([wish.id for wish in hand.of(*DEMANDS)]):
        if not left:
            break
        part = replace(plain, origins=plain.origins[left])
        for o, way in zip(left, ways_of(part, hand.without(ids)), strict=True):
            if way is not None:
                found[o] = Dropped(ids, way)
        left = [o for o in left if not found[o].ids]
    return found


def _sets(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(ids) + 1):
        yield from combinations(ids, size)
