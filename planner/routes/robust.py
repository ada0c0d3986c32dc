"""The robust way: the quickest of those that stay clear in enough worlds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.routes.follow import CLEAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.routes.walk import Walk


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """The best way among those that stay clear often enough.

    Attributes
    ----------
    way
        Walked in the nominal risk.
    clear
        bool[done]; in which worlds it stays clear.
    expected_s
        Mean seconds from departure to arrival over the worlds in which it gets through.
    """

    way: Walk
    clear: NDArray[np.bool_]
    expected_s: float


def robust_way(ways: Sequence[Walk], fate: NDArray[np.uint8], clear_share: float) -> Robust | None:
    """Return the quickest way clear in enough worlds; of equal ones the clearest, then the first.

    Parameters
    ----------
    ways
        Those to choose from, shown ones first.
    fate
        uint8[ways, worlds], as ``follow_all`` tells it.
    clear_share
        Share of the worlds in which it must be clear.
    """
    best: Robust | None = None
    for way, row in zip(ways, fate, strict=True):
        clear = row == CLEAR
        if clear.mean() < clear_share:
            continue
        # A way takes the same time wherever it gets through: it keeps its holds.
        seconds = float(way.arrive - way.depart)
        if best is None or (seconds, -clear.sum()) < (best.expected_s, -best.clear.sum()):
            best = Robust(way, clear, seconds)
    return best
