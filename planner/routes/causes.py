"""What makes a way longer than on a calm day: the smallest set of causes.

The calm day is the same question without any zone, closure or gate hours; the rules of the road
stay. A set of causes is *enough* when, with it alone taken away, some way is as good as the best
of the calm day: it costs no more than a tenth of the delay above it, within ``AS_GOOD_S``. Taking
more away never makes a way dearer, so what is enough stays so with more. The smallest such set
is told, of equal ones the first in the order of the causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.risk.apart import Cause
    from planner.routes.apart import Apart
    from planner.routes.walk import Walk

AS_GOOD_S = (5.0, 30.0)
"""Seconds a way may cost more than on a calm day and be as good: at least, at most."""

AS_GOOD_SHARE = 0.1
"""Share of the delay that it may cost more, between these."""

WORTH_S = 60.0
"""A way that costs this many seconds more is explained."""

MOST_BLOCKS = 24
"""Blocks looked for before the smallest set is given up."""

MOST_TOLD = 6
"""Causes of which each alone is looked at."""


class Alone(NamedTuple):
    """What one cause does alone: the best way without it, None where there is none."""

    cause: Cause
    way: Walk | None


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Why one origin's way is not that of a calm day.

    Attributes
    ----------
    calm
        The best way of the calm day.
    causes
        The smallest set that is enough, in the order of all causes.
    smallest
        Whether it is proven that no smaller one is enough.
    together
        The best way known without all of ``causes``.
    alone
        For the causes, and for what else bears on the ways, the best way without it alone.
    """

    calm: Walk
    causes: tuple[Cause, ...]
    smallest: bool
    together: Walk | None
    alone: tuple[Alone, ...]


def calm_way(apart: Apart, origin: int) -> Walk | None:
    """Return the best way of the calm day."""
    return apart.best(origin, apart.everything)


def look_for(
    apart: Apart, origin: int, primary: Walk | None, others: Sequence[Walk] = ()
) -> Found | None:
    """Return why a way is not that of a calm day, None where it is, or where there is none even then.

    Parameters
    ----------
    apart
        The question, to be asked again.
    origin
        Node.
    primary
        Its best way as things are.
    others
        Other ways known.
    """
    calm = calm_way(apart, origin)
    if calm is None or (primary is not None and primary.cost_s < calm.cost_s + WORTH_S):
        return None
    most = calm.cost_s + as_good_s(np.inf if primary is None else primary.cost_s - calm.cost_s)
    causes, smallest = smallest_set(apart, origin, calm, most)
    if not causes:
        return None
    known = [calm, *([] if primary is None else [primary]), *others]
    alone = tuple(
        Alone(cause, way)
        for cause in _told(apart, causes, calm, primary)
        if (way := apart.best(origin, [cause], known, enough=calm.cost_s)) is not None
        or cause in causes
    )
    together = apart.best(origin, causes, known, enough=calm.cost_s)
    return Found(calm, causes, smallest, together, alone)


def _told(apart: Apart, causes: Sequence[Cause], calm: Walk, primary: Walk | None) -> list[Cause]:
    """Return the causes of which each alone is told, in order: at least those given."""
    bears = [c for c in apart.order if c not in causes and _bears(apart, c, calm, primary)]
    some = {*causes, *bears[: max(MOST_TOLD - len(causes), 0)]}
    return [c for c in apart.order if c in some]


def _bears(apart: Apart, cause: Cause, calm: Walk, primary: Walk | None) -> bool:
    """Tell whether a cause touches the calm way, or puts risk on the way as things are."""
    if apart.bearing(cause, calm).any:
        return True
    return primary is not None and apart.bearing(cause, primary).any


def as_good_s(delay_s: float) -> float:
    """Return how many seconds a way may cost more than that of the calm day, and be as good.

    Where there is no way at all, the least: then it is the calm day's own way that is wanted.

    >>> as_good_s(20.0), as_good_s(120.0), as_good_s(900.0), as_good_s(float("inf"))
    (5.0, 12.0, 30.0, 5.0)
    """
    least, most = AS_GOOD_S
    return min(max(AS_GOOD_SHARE * delay_s, least), most) if np.isfinite(delay_s) else least


def smallest_set(
    apart: Apart, origin: int, calm: Walk, most: float
) -> tuple[tuple[Cause, ...], bool]:
    """Return the smallest set of causes without which some way costs ``most`` or less.

    Tell also whether that is proven.

    A *block* is a set of causes which, alone in force on the calm day, let no way as good
    through: every set that is enough takes one away of each block. The first set to do so of the
    blocks known is enough, and so the smallest there is, or what it leaves holds another block.

    References
    ----------
    Davies, Bacchus: Solving MAXSAT by solving a sequence of simpler SAT instances, CP 2011
    (implicit hitting sets).
    """
    blocks: list[list[Cause]] = []
    for _ in range(MOST_BLOCKS):
        some = _hitting(blocks, apart.order)
        block = _block(apart, origin, calm, some, most)
        if not block:
            return some, origin not in apart.wide
        blocks.append(block)
    return tuple(c for c in apart.order if apart.bearing(c, calm).any), False


def _hitting(blocks: Sequence[Sequence[Cause]], order: Sequence[Cause]) -> tuple[Cause, ...]:
    """Return the smallest set with a cause of each block, of equal ones the first in order."""
    causes = [c for c in order if any(c in block for block in blocks)]
    sets = (some for size in range(len(causes) + 1) for some in combinations(causes, size))
    return next(s for s in sets if all(any(c in s for c in block) for block in blocks))


def _block(
    apart: Apart, origin: int, calm: Walk, gone: Sequence[Cause], most: float
) -> list[Cause]:
    """Return causes, none of them gone, that alone let nothing as good through.

    Empty: with those gone, some way is as good in spite of all others.
    """
    block: list[Cause] = []
    way: Walk | None = calm
    while way is not None:
        as_is = apart.priced(gone, way)
        if as_is is not None and as_is.cost_s <= most:
            return []
        met = [c for c in apart.order if c not in gone and apart.bearing(c, way).any]
        grown = [c for c in apart.order if c in block or c in met]
        if grown == block:  # the way was found to be met by none of the rest
            break
        block = grown
        way = apart.below(origin, apart.everything.difference(block), most)
    return block
