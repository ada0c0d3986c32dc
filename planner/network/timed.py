"""Which arcs signs or gates shut by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.network.drawn import Drawn
    from planner.network.pieces import Barriers
    from planner.network.ways import Ways


class Timed(NamedTuple):
    """What is shut by the clock, as in ``Network``."""

    arc: NDArray[np.int32]
    rule: NDArray[np.int32]
    rules: tuple[str, ...]


def timed_arcs(
    ways: Ways,
    barriers: Barriers,
    drawn: Drawn,
    turns: Sequence[tuple[int, str]],
    node: NDArray[np.int64],
) -> Timed:
    """Return which arcs are shut by the clock.

    Parameters
    ----------
    turns
        (arc, rule) of copies that stand for a turn barred at some hours.
    node
        int64[n]; index into ``Points.node_id`` of each node.
    """
    pairs = list(turns)
    for row, told in ways.timed.items():
        for arc in np.flatnonzero(drawn.way == row).tolist():
            side = -1 if drawn.against[arc] else 1
            pairs += [(arc, rule) for to, rule in told if to in (0, side)]
    for at, hours in barriers.hours.items():
        # One may come up to a gate that is shut, not go on from it.
        beyond = np.flatnonzero(node[drawn.tail] == at).tolist()
        pairs += [(arc, rule) for arc in beyond for rule in hours]
    rules = sorted({rule for _, rule in pairs})
    number = {rule: i for i, rule in enumerate(rules)}
    return Timed(
        np.array([arc for arc, _ in pairs], np.int32),
        np.array([number[rule] for _, rule in pairs], np.int32),
        tuple(rules),
    )
