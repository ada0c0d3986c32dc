"""What is chosen among the candidates, or what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.staging.choice import Ask, Choice, choose
from planner.staging.choice_help import Help, helps, left_over

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.plan.stage.ground import Laid

MINUTE_S = 60


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """What the choice of sites is, before it is written down.

    Attributes
    ----------
    ask
        The question as arrays.
    choice
        None where there is none.
    left
        int64[f]; vehicles that find no place, where most do.
    stuck
        Fixed sites that cannot be used.
    help
        What would let all vehicles wait; each is enough by itself.
    """

    ask: Ask
    choice: Choice | None
    left: NDArray[np.int64]
    stuck: tuple[int, ...]
    help: tuple[Help, ...]


def ask_of(laid: Laid) -> Ask:
    """Return the question as arrays; a candidate that cannot be used has no way and no room."""
    asked, ids = laid.asked, laid.sites["id"].tolist()
    usable = laid.usable
    return Ask(
        laid.seconds, np.array([many for _, many in asked.facilities], np.int64),
        np.where(usable, laid.room, 0), asked.sites, asked.objective, asked.minutes * MINUTE_S,
        fixed=tuple(sorted({ids.index(one) for one in asked.fixed})),
        forbidden=tuple(sorted({ids.index(one) for one in asked.forbidden if one in ids})),
        split=asked.split,
    )  # fmt: skip


def chosen_of(laid: Laid) -> Chosen:
    """Return the choice, or what stands in its way and what would help."""
    ask = ask_of(laid)
    stuck = tuple(s for s in ask.fixed if laid.out[s])
    if stuck:
        # A site that cannot be used is open in vain: without it is asked again.
        rest = replace(ask, fixed=tuple(s for s in ask.fixed if s not in stuck))
        found = helps(rest)
        lifted = [] if found else [Help("not_fixed", len(stuck), tuple((s, 0) for s in stuck))]
        return Chosen(ask, None, ask.demand.copy(), stuck, tuple(lifted or found))
    choice = choose(ask)
    if choice is None:
        return Chosen(ask, None, left_over(ask), (), tuple(helps(ask)))
    left = ask.demand - choice.placed.sum(axis=1)
    if choice.covered == 0:
        choice = None
    return Chosen(ask, choice, left, (), tuple(helps(ask)) if left.any() else ())
