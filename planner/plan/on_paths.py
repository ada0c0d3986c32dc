"""What of a planner's wishes holds for who goes on foot: the gate, the streets left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.network.lines import arc_lines
from planner.plan.wishes.asked import Wishes
from planner.plan.wishes.hand import Hand, Kind, hand_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.plan.prepare import Ground
    from planner.plan.wishes.hand import Wish

BESIDE_M = 0.5
"""Metres from the line of a street that was left alone within which a path runs on it."""

ON_IT = 0.5
"""Share of a path that runs on such a street for it to be left alone too. Assumption."""


def on_paths(driven: Ground, wishes: Wishes, walked: Ground) -> Hand:
    """Return the wishes that bear on who walks, on the paths of who does.

    A pinned gate holds where who walks may use it. Places to pass, streets preferred are for
    who drives.

    Parameters
    ----------
    driven
        The facility on the roads the wishes were typed for.
    wishes
        As typed.
    walked
        The same facility on the paths of who walks.
    """
    kept: list[Wish] = []
    gates = [str(key) for key in walked.gates["id"]]
    for wish in hand_of(driven, wishes).of(Kind.GATE, Kind.AVOID):
        if wish.kind == Kind.GATE:
            kept += [wish] if wish.asked in gates else []
            continue
        arcs = _same_street(driven.stops.network, wish, walked.stops.network)
        kept += [replace(wish, arcs=arcs)] if len(arcs) else []
    gate = next((gates.index(wish.asked) for wish in kept if wish.kind == Kind.GATE), None)
    return Hand(tuple(kept), gate)


def wishes_of(hand: Hand) -> Wishes:
    """Return the gate and the streets left alone of a hand, as they were typed."""
    return Wishes(
        gate=next((wish.asked for wish in hand.of(Kind.GATE)), None),
        avoid=tuple(wish.asked for wish in hand.of(Kind.AVOID)),
    )


def _same_street(driven: Network, wish: Wish, walked: Network) -> NDArray[np.int32]:
    """Return the arcs of paths on a street, int32: those along its line, all that bear its name."""
    along = np.flatnonzero(np.isin(walked.way_id, driven.way_id[wish.arcs]))
    strip = shapely.union_all(
        shapely.buffer(arc_lines(driven, wish.arcs.astype(np.int64)), BESIDE_M)
    )
    lines = arc_lines(walked, along)
    shares = shapely.length(shapely.intersection(lines, strip)) >= ON_IT * shapely.length(lines)
    whole = wish.lonlat is None
    named = [whole and name.casefold() == wish.name.casefold() for name in walked.names]
    same = np.flatnonzero(np.array(named, bool)[walked.name])
    return np.union1d(along[shares], same).astype(np.int32)
