"""Cut arcs where the search needs nodes: at stops, within long arcs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.moves import BARRED
from planner.network.pieces import ranges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.snap import Snapped

END_M = 0.5
"""A stop this near to a node is that node."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """A network with more nodes, and what its arcs were before.

    Attributes
    ----------
    network
        The old nodes keep their index; made nodes follow, with negative ids.
    parent
        int32[m']; arc of the old network each arc is a piece of, ascending.
    stop_node
        int32[k]; node of each stop, -1 where the stop had no arc.
    """

    network: Network
    parent: NDArray[np.int32]
    stop_node: NDArray[np.int32]


class _Cuts(NamedTuple):
    """Cuts by street (arc and twin), named by the lower arc; ordered by street and place.

    Attributes
    ----------
    street
        int64[q]; arc.
    share
        float64[q]; part of the arc's length before the cut, in (0, 1).
    stop
        int64[k]; cut of each stop, -1 where it is an end node.
    """

    street: NDArray[np.int64]
    share: NDArray[np.float64]
    stop: NDArray[np.int64]


def split(network: Network, *, max_time_s: int = 30, stops: Snapped | None = None) -> Split:
    """Cut long arcs into equal pieces and make a node of every stop.

    Twins are cut at the same places. Pieces take whole seconds, at least 1, that add up to
    the time of the whole; so an arc of `s` seconds bears at most `s - 1` cuts, and stops
    nearer to each other than a second share a node (as do stops on an arc of one second
    with its nearer end). Barred movements stay barred, and a U-turn at a made node is.

    Parameters
    ----------
    network
        Any network; it is not changed.
    max_time_s
        Longest time of a piece.
    stops
        Places on arcs, as ``snap`` gives them.
    """
    arc = np.empty(0, np.int64) if stops is None else stops.arc.astype(np.int64)
    along = np.empty(0) if stops is None else stops.along
    street = _street(network)
    cuts = _cuts(network, street, arc, along, max_time_s)
    stop_node = np.where(cuts.stop >= 0, network.n_nodes + cuts.stop, -1)
    at_end = (cuts.stop < 0) & (arc >= 0)
    first_half = along[at_end] * 2 <= network.length_m[arc[at_end]]
    stop_node[at_end] = np.where(first_half, network.tail[arc[at_end]], network.head[arc[at_end]])
    pieces, parent = _cut(network, street, cuts)
    return Split(pieces, parent, stop_node.astype(np.int32))


def _street(network: Network) -> NDArray[np.int64]:
    own = network.copy_of.astype(np.int64)
    twin = network.twin[own]
    return np.where(twin >= 0, np.minimum(own, twin), own)


def _cuts(
    network: Network,
    street: NDArray[np.int64],
    arc: NDArray[np.int64],
    along: NDArray[np.float64],
    max_time_s: int,
) -> _Cuts:
    twin = network.twin
    other = np.where(twin >= 0, network.time_s[twin], network.time_s)
    shorter, longer = np.minimum(network.time_s, other), np.maximum(network.time_s, other)
    long = np.flatnonzero((longer > max_time_s) & (street == np.arange(network.n_arcs)))
    count = -(-longer[long].astype(np.int64) // max_time_s)
    cut_street = np.repeat(long, count - 1)
    share = (ranges(count - 1) + 1) / np.repeat(count, count - 1)
    length = network.length_m[arc]
    inside = (arc >= 0) & (along > END_M) & (along < length - END_M)
    inside[inside] &= shorter[arc[inside]] > 1
    where = np.flatnonzero(inside)
    at = along[where] / length[where]
    at = np.where(street[arc[where]] == network.copy_of[arc[where]], at, 1 - at)
    # A stop goes before an equal cut of the same second, so that its place is kept.
    cut_street = np.concatenate([street[arc[where]], cut_street])
    share = np.concatenate([at, share])
    least = shorter[cut_street].astype(np.int64)
    second = np.clip(np.floor(share * least + 0.5).astype(np.int64), 1, least - 1)
    key = cut_street * (int(least.max(initial=0)) + 1) + second
    _, first, index = np.unique(key, return_index=True, return_inverse=True)
    stop = np.full(len(arc), -1, np.int64)
    stop[where] = index[: len(where)]
    return _Cuts(cut_street[first], share[first], stop)


class _Pieces(NamedTuple):
    """Pieces by arc, in driving order, `p` of them.

    Attributes
    ----------
    parent, place, n
        int64[p]; arc, position in it, number of its pieces.
    begin, end
        int64[p]; cut at either end in driving order, -1 at an old node.
    begin_share, end_share
        float64[p]; part of the arc's length driven there.
    time_s
        int64[p].
    """

    parent: NDArray[np.int64]
    place: NDArray[np.int64]
    n: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    begin_share: NDArray[np.float64]
    end_share: NDArray[np.float64]
    time_s: NDArray[np.int64]


def _pieces(network: Network, street: NDArray[np.int64], cuts: _Cuts) -> _Pieces:
    n_cuts = np.bincount(cuts.street, minlength=network.n_arcs)
    first_cut = (np.cumsum(n_cuts) - n_cuts)[street]
    counts = n_cuts[street] + 1
    parent = np.repeat(np.arange(network.n_arcs), counts)
    index, count = ranges(counts), counts[parent]
    back = street[parent] != network.copy_of[parent]
    # Place along the street, then turned round where the arc runs against it.
    place = np.where(back, count - 1 - index, index)
    low = np.where(place > 0, first_cut[parent] + place - 1, -1)
    high = np.where(place < count - 1, first_cut[parent] + place, -1)
    share = np.append(cuts.share, 0.0)
    low_share, high_share = share[low], np.where(high < 0, 1.0, share[high])
    clock = np.append(_clock(network, cuts), [[0], [0]], axis=1)
    until = np.where(high < 0, network.time_s[parent], clock[back.astype(np.int64), high])
    return _Pieces(
        parent,
        index,
        count,
        np.where(back, high, low),
        np.where(back, low, high),
        np.where(back, 1 - high_share, low_share),
        np.where(back, 1 - low_share, high_share),
        until - clock[back.astype(np.int64), low],
    )


def _clock(network: Network, cuts: _Cuts) -> NDArray[np.int64]:
    """Return int64[2, q]: second of each cut, by the time along and by that against."""
    along = network.time_s[cuts.street].astype(np.int64)
    twin = network.twin[cuts.street]
    against = np.where(twin >= 0, network.time_s[twin], along)
    total = np.stack([along, against])
    number = np.bincount(cuts.street, minlength=network.n_arcs)
    before = (np.cumsum(number) - number)[cuts.street]
    index = np.arange(len(cuts.street))
    second = np.floor(cuts.share * total + 0.5).astype(np.int64)
    # Seconds rise by at least 1 from cut to cut; the offset keeps streets apart.
    far = cuts.street * (int(total.max(initial=0)) + len(index) + 1)
    second = np.maximum.accumulate(second.clip(1) + far - index, axis=1) + index - far
    left = number[cuts.street] - (index - before)
    clock: NDArray[np.int64] = np.minimum(second, total - left)
    return clock


def _cut(
    network: Network, street: NDArray[np.int64], cuts: _Cuts
) -> tuple[Network, NDArray[np.int32]]:
    pieces = _pieces(network, street, cuts)
    parent, last = pieces.parent, pieces.place == pieces.n - 1
    n, twin = network.n_nodes, network.twin[pieces.parent]
    first_piece = np.flatnonzero(pieces.place == 0)
    opposite = first_piece[twin] + pieces.n - 1 - pieces.place
    own_piece = first_piece[network.copy_of[parent]] + pieces.place
    cut_xy, shape_start, shape_xy = _shapes(network, cuts, pieces)
    timed_arc, timed_rule = _timed(network, parent)
    cut = dataclasses.replace(
        network,
        node_id=np.append(network.node_id, -1 - np.arange(len(cuts.street))),
        node_xy=np.concatenate([network.node_xy, cut_xy]),
        tail=np.where(pieces.begin < 0, network.tail[parent], n + pieces.begin).astype(np.int32),
        head=np.where(pieces.end < 0, network.head[parent], n + pieces.end).astype(np.int32),
        length_m=(pieces.end_share - pieces.begin_share) * network.length_m[parent],
        time_s=pieces.time_s.astype(np.int32),
        way_id=network.way_id[parent],
        way_from=np.where(pieces.place == 0, network.way_from[parent], -1).astype(np.int32),
        way_to=np.where(last, network.way_to[parent], -1).astype(np.int32),
        road_class=network.road_class[parent],
        access=network.access[parent],
        name=network.name[parent],
        twin=np.where(twin < 0, -1, opposite).astype(np.int32),
        turn_s=np.concatenate([network.turn_s, _straight_on(street, cuts)]),
        shape_start=shape_start,
        shape_xy=shape_xy,
        copy_of=own_piece.astype(np.int32),
        roundabout=network.roundabout[parent],
        timed_arc=timed_arc,
        timed_rule=timed_rule,
    )
    return cut, parent.astype(np.int32)


def _straight_on(street: NDArray[np.int64], cuts: _Cuts) -> NDArray[np.uint8]:
    """Return the movements at made nodes: every arc of the street goes on as itself alone."""
    arcs = np.bincount(street)[cuts.street]
    size = arcs * arcs
    row, cell = np.divmod(ranges(size), np.repeat(arcs, size))
    return np.where(row == cell, np.uint8(0), np.uint8(BARRED))


def _timed(
    network: Network, parent: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the pieces that are shut by the clock, and by which rule."""
    begin = np.searchsorted(parent, network.timed_arc, "left")
    count = np.searchsorted(parent, network.timed_arc, "right") - begin
    pieces = (np.repeat(begin, count) + ranges(count)).astype(np.int32)
    return pieces, np.repeat(network.timed_rule, count).astype(np.int32)


def _shapes(
    network: Network, cuts: _Cuts, pieces: _Pieces
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the cuts' coordinates, then ``shape_start`` and ``shape_xy`` of the pieces."""
    xy, start = network.shape_xy, network.shape_start
    step = np.zeros(len(xy))
    step[1:] = np.hypot(xy[1:, 0] - xy[:-1, 0], xy[1:, 1] - xy[:-1, 1])
    step[start[:-1]] = 0.0
    far = np.cumsum(step)

    def vertex_after(
        arc: NDArray[np.int64], share: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        base = far[start[arc]]
        at = base + share * (far[start[arc + 1] - 1] - base)
        return np.clip(np.searchsorted(far, at), start[arc] + 1, start[arc + 1] - 1), at

    vertex, at = vertex_after(cuts.street, cuts.share)
    gap = np.maximum(far[vertex] - far[vertex - 1], 1e-9)
    part = ((at - far[vertex - 1]) / gap).clip(0, 1)[:, None]
    cut_xy = xy[vertex - 1] + part * (xy[vertex] - xy[vertex - 1])
    made = pieces.place > 0
    where, _ = vertex_after(pieces.parent[made], pieces.begin_share[made])
    twice = np.repeat(cut_xy[pieces.begin[made]], 2, axis=0)
    shape_xy = np.insert(xy, np.repeat(where, 2), twice, axis=0)
    # Every cut before a piece has put two vertices in; one of its own is the piece's first.
    earlier: NDArray[np.int64] = np.cumsum(made) - made
    begins = start[pieces.parent] + 2 * earlier
    begins[made] = where + 2 * earlier[made] + 1
    return cut_xy, np.append(begins, len(shape_xy)), shape_xy
