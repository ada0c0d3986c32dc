"""Seconds of every movement: turning, waiting at signals, giving way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.graph import CLASSES
from planner.network.moves import BARRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.moves import Movements
    from planner.network.pieces import Pieces, Points
    from planner.network.profiles import TurnCosts

SLIGHT_DEG, TURN_DEG, SHARP_DEG, BACK_DEG = 25.0, 45.0, 120.0, 170.0
"""A bend below the first is straight on; then slight, a turn, a sharp turn, a U-turn."""

HEADING_M = 15.0
"""Headings are taken over this length on either side of a node (assumption)."""

RANK = {
    "motorway": 6, "trunk": 5, "primary": 4, "secondary": 3, "tertiary": 2, "unclassified": 1,
    "residential": 1, "road": 1, "motorway_link": 5, "trunk_link": 4, "primary_link": 3,
    "secondary_link": 2, "tertiary_link": 1,
}  # fmt: skip
"""Who gives way to whom where no sign is mapped: the lesser class (assumption); others have 0."""


class Bends(NamedTuple):
    """What the seconds of a movement depend on, `m` arcs, `n` nodes.

    Attributes
    ----------
    start_deg, end_deg
        float64[m]; heading at either end of an arc, degrees anticlockwise from east.
    road_class
        uint8[m].
    roundabout
        bool[m]; on a roundabout nobody waits or turns.
    sign
        uint8[m]; what a driver meets at the end of an arc: index into ``SIGNS``.
    """

    start_deg: NDArray[np.float64]
    end_deg: NDArray[np.float64]
    road_class: NDArray[np.uint8]
    roundabout: NDArray[np.bool_]
    sign: NDArray[np.uint8]


SIGNS = ("none", "give_way", "stop", "signal")


def headings(points: Points, pieces: Pieces) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the heading at the start and the end of every stretch, float64[2, p] each.

    The first row is that of who drives along the drawing, the second of who drives against it.
    """
    along, first, last = pieces.along, pieces.first, pieces.last
    begin = _on(points, along, np.minimum(along[first] + HEADING_M, along[last]), (first, last))
    begin -= np.take(points.place, first, axis=0)
    end = np.take(points.place, last, axis=0)
    end -= _on(points, along, np.maximum(along[last] - HEADING_M, along[first]), (first, last))
    return np.stack([_degrees(begin), _degrees(-end)]), np.stack([_degrees(end), _degrees(-begin)])


def _on(
    points: Points,
    along: NDArray[np.float64],
    metres: NDArray[np.float64],
    ends: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Return the place, float64[p, 2], at ``metres`` along between the ends of each stretch."""
    # The last point not beyond, then the part of its segment.
    at = np.clip(np.searchsorted(along, metres, side="left"), ends[0] + 1, ends[1])
    share = (metres - along[at - 1]) / np.maximum(along[at] - along[at - 1], 1e-9)
    before = np.take(points.place, at - 1, axis=0)
    return before + np.clip(share, 0, 1)[:, None] * (np.take(points.place, at, axis=0) - before)


def _degrees(way: NDArray[np.float64]) -> NDArray[np.float64]:
    way = way + 0.0  # A zero has no sign: two nodes at one place are no way back.
    degrees: NDArray[np.float64] = np.degrees(np.arctan2(way[:, 1], way[:, 0]))
    return degrees


def turn_seconds(
    moves: Movements, twin: NDArray[np.int32], bends: Bends, costs: TurnCosts, *, on_left: bool
) -> NDArray[np.uint8]:
    """Return uint8[q]; whole seconds of every movement, barred ones too.

    Parameters
    ----------
    moves
        The movements of the network.
    twin
        int32[m].
    bends
        What they depend on.
    costs
        Seconds by kind.
    on_left
        Whether one drives on the left: then the turn to the right crosses the traffic.
    """
    source, target = moves.source, moves.target
    bend = (bends.start_deg[target] - bends.end_deg[source] + 180.0) % 360.0 - 180.0
    far = (-bend if on_left else bend) > 0
    size = np.abs(bend)
    back = target == twin[source]
    # Where nothing but the road itself goes on, its driver follows it without a thought.
    junction = (np.bincount(source, ~back, len(twin)) > 1)[source]
    turned = size >= TURN_DEG
    seconds = np.select(
        [back | (size >= BACK_DEG), turned & far, turned, size >= SLIGHT_DEG],
        [costs.u_turn, costs.far, costs.near, costs.slight], costs.straight,
    )  # fmt: skip
    seconds += np.where((size >= SHARP_DEG) & (size < BACK_DEG) & ~back, costs.sharp, 0.0)
    seconds += _wait(moves, bends, costs, turned)
    seconds = np.where(junction | back, seconds, np.where(size >= SHARP_DEG, costs.sharp, 0.0))
    ring = bends.roundabout
    seconds = np.where(ring[source] & ~back, 0.0, seconds)
    seconds = np.where(ring[target] & ~ring[source], costs.roundabout, seconds)
    signal = bends.sign[source] == SIGNS.index("signal")
    seconds += np.where(signal, costs.signal, 0.0)
    whole: NDArray[np.uint8] = np.clip(np.rint(seconds), 0, BARRED - 1).astype(np.uint8)
    return whole


def _wait(
    moves: Movements, bends: Bends, costs: TurnCosts, turned: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return seconds of giving way, at signs or to a larger road; none at signals."""
    rank = np.array([RANK.get(name, 0) for name in CLASSES])[bends.road_class]
    largest = np.zeros(len(moves.start) - 1, np.int64)
    node = np.repeat(np.arange(len(largest)), np.diff(moves.start))
    np.maximum.at(largest, node, np.maximum(rank[moves.source], rank[moves.target]))
    sign = bends.sign[moves.source]
    signal, stop = sign == SIGNS.index("signal"), sign == SIGNS.index("stop")
    told = sign == SIGNS.index("give_way")
    lesser = (largest[node] > rank[moves.source]) & (largest[node] >= RANK["tertiary"])
    wait: NDArray[np.float64] = np.select(
        [signal, stop, lesser & turned, lesser, told],
        [0.0, costs.stop, costs.onto_larger, costs.across_larger, costs.give_way], 0.0,
    )  # fmt: skip
    return wait
