"""Arcs before they have turns: which stretch, which way, copies for leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.graph import CLASSES, Access
from planner.network.parts import in_largest_part, round_the_core
from planner.network.pieces import ranges, spatial_order
from planner.network.stopping import NO_STOPPING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.pieces import Pieces, Points
    from planner.network.ways import Ways


class Drawn(NamedTuple):
    """Arcs, `m` of them.

    Attributes
    ----------
    piece, against
        int64[m]; index of the stretch, 1 when it is driven against the drawing.
    way
        int64[m]; index into ``Ways``.
    first, last
        int64[m]; points at the ends, in driving order.
    tail, head, twin
        int32[m]; as in ``Network``.
    access
        uint8[m].
    copy_of
        int32[m]; the arc itself or the one it is a copy of.
    leaving
        bool[m]; copies of restricted streets for those who begin there: they come out onto
        public streets, while nobody comes onto them.
    inside
        bool[m]; in the largest part that hangs together both ways, whoever may use it.
    shape_start, shape_at
        int64[m + 1], int64[k]; arc ``a`` is drawn over the points
        ``shape_at[shape_start[a]:shape_start[a + 1]]``.
    """

    piece: NDArray[np.int64]
    against: NDArray[np.int64]
    way: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    twin: NDArray[np.int32]
    access: NDArray[np.uint8]
    copy_of: NDArray[np.int32]
    leaving: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    shape_start: NDArray[np.int64]
    shape_at: NDArray[np.int64]

    def of(self, arcs: NDArray[np.int32]) -> Drawn:
        """Return some of the arcs, some of them more than once."""
        sizes = np.diff(self.shape_start)[arcs]
        at = np.repeat(self.shape_start[arcs], sizes) + ranges(sizes)
        start = np.concatenate([[0], np.cumsum(sizes)])
        return Drawn(
            self.piece[arcs], self.against[arcs], self.way[arcs], self.first[arcs],
            self.last[arcs], self.tail[arcs], self.head[arcs], self.twin[arcs],
            self.access[arcs], self.copy_of[arcs], self.leaving[arcs],
            self.inside[arcs], start, self.shape_at[at],
        )  # fmt: skip


def draw(ways: Ways, points: Points, pieces: Pieces) -> Drawn:
    """Return the arcs of pieces, then a copy for leaving of every restricted one."""
    arcs = _along(ways, points, pieces)
    _restrict_enclosed(arcs, ways.road_class[arcs.way], len(pieces.node))
    m = len(arcs.tail)
    shut = np.flatnonzero(arcs.access > 0)
    leaving_of = np.arange(m, dtype=np.int32)
    leaving_of[shut] = m + np.arange(len(shut), dtype=np.int32)
    both = arcs.of(np.concatenate([np.arange(m), shut]).astype(np.int32))
    twin = arcs.twin[shut]
    both.twin[m:] = np.where(twin >= 0, leaving_of[twin], -1)
    both.leaving[m:] = True
    return both


def _restrict_enclosed(arcs: Drawn, road_class: NDArray[np.uint8], n_nodes: int) -> None:
    """Mark public streets that lie behind restricted ones as for destinations.

    They are those to which no public street leads, or from which none leads away: who drives on
    one has begun there, goes there, or has come through a restricted street. Nobody has a
    destination on a motorway, which may end at the edge of the file.
    """
    public = np.flatnonzero(arcs.access == Access.PUBLIC)
    if len(public) in (0, len(arcs.access)):
        return
    reaches, reached = round_the_core(arcs.tail[public], arcs.head[public], n_nodes)
    off = public[~(reached[arcs.tail[public]] & reaches[arcs.head[public]])]
    within = arcs.inside & ~np.isin(road_class, [CLASSES.index(name) for name in NO_STOPPING])
    arcs.access[off[within[off]]] = Access.DESTINATION


def _along(ways: Ways, points: Points, pieces: Pieces) -> Drawn:
    # A search moves from neighbour to neighbour: those are neighbours in memory too.
    order = spatial_order(points.xy[points.node[pieces.first]])
    direction = ways.direction[points.way[pieces.first]][order]
    drivable = np.stack([direction >= 0, direction <= 0], axis=1).ravel()
    piece, against = np.divmod(np.flatnonzero(drivable), 2)
    back = against == 1
    number = np.empty((len(order), 2), np.int64)
    number[order] = np.where(drivable, np.cumsum(drivable) - 1, -1).reshape(-1, 2)
    piece = order[piece]
    way = points.way[pieces.first][piece]
    first = np.where(back, pieces.last[piece], pieces.first[piece])
    last = np.where(back, pieces.first[piece], pieces.last[piece])
    sizes = np.abs(last - first) + 1
    tail = np.where(back, pieces.end[piece], pieces.start[piece]).astype(np.int32)
    head = np.where(back, pieces.start[piece], pieces.end[piece]).astype(np.int32)
    return Drawn(
        piece, against, way, first, last, tail, head,
        number[piece, 1 - against].astype(np.int32),
        ways.access[against, way], np.arange(len(piece), dtype=np.int32),
        np.zeros(len(piece), np.bool_), in_largest_part(tail, head, len(pieces.node)),
        np.concatenate([[0], np.cumsum(sizes)]),
        np.repeat(first, sizes) + ranges(sizes) * np.repeat(np.where(back, -1, 1), sizes),
    )  # fmt: skip
