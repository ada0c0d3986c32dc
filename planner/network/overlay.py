"""The clock of one state of the world, laid over the roads from the few shapes that hold in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.network.clockwork import GRID_S, Clock
from planner.network.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

Bears = tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.bool_]]
"""What one shape bears on: arcs, intensity, inside."""


class Shapes(NamedTuple):
    """What `s` shapes bear on, arcs in a row.

    Attributes
    ----------
    start
        int64[s + 1]; shape `i` has the arcs ``start[i]:start[i + 1]``.
    arc, intensity, inside
        int32[q], float64[q], bool[q]; as in ``risk.influence.Reach``.
    """

    start: NDArray[np.int64]
    arc: NDArray[np.int32]
    intensity: NDArray[np.float64]
    inside: NDArray[np.bool_]


class Certain(NamedTuple):
    """What holds in every world: closures, places to rest, the seconds looked at.

    Attributes
    ----------
    shut_start, shut
        int32[m + 1], int64[q, 2]; sorted, disjoint, as in ``Clock``.
    rest_node, at_start, at_arc
        int32[r], int32[r + 1], int32[p]; nodes at which one may wait while no arc there has any
        risk, and the arcs there.
    since, until
        First second looked at, and the one after the last.
    n_nodes
        Number of nodes.
    """

    shut_start: NDArray[np.int32]
    shut: NDArray[np.int64]
    rest_node: NDArray[np.int32]
    at_start: NDArray[np.int32]
    at_arc: NDArray[np.int32]
    since: int
    until: int
    n_nodes: int


class State(NamedTuple):
    """Which shapes are there when: int32[k], int64[k], int64[k]; half-open seconds."""

    shape: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]


def make_shapes(parts: Sequence[Bears]) -> Shapes:
    """Return shapes, in the layout the kernels know."""
    start = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(arcs) for arcs, _, _ in parts], out=start[1:])
    columns = zip(*parts, strict=True) if parts else ((), (), ())
    kinds = (np.int32, np.float64, np.bool_)
    return Shapes(
        start,
        *(np.concatenate([np.zeros(0, kind), *column]).astype(kind)
          for kind, column in zip(kinds, columns, strict=True)),
    )  # fmt: skip


def make_state(rows: Sequence[tuple[int, int, int]]) -> State:
    """Return a state from (shape, since, until)."""
    table = np.array(rows, np.int64).reshape(-1, 3)
    return State(
        np.ascontiguousarray(table[:, 0], np.int32),
        np.ascontiguousarray(table[:, 1]), np.ascontiguousarray(table[:, 2]),
    )  # fmt: skip


def state_clock(shapes: Shapes, certain: Certain, state: State, shut_from: float = 2.0) -> Clock:
    """Return the clock of a state of the world.

    Parameters
    ----------
    shapes, certain, state
        What may be there, what holds anyway, what is there when.
    shut_from
        Risk from which an arc counts as shut too: ways found then are clear ways.
    """
    return Clock(*_lay(shapes, certain, state, float(shut_from)))


@compiled(nogil=True)
def _lay(shapes, certain, state, shut_from):
    m = len(certain.shut_start) - 1
    low, high = certain.since, certain.until
    k = len(state.shape)
    cuts = np.empty(2 * k + 2, np.int64)
    cuts[0] = low
    cuts[1] = high
    n_cuts = 2
    for i in range(k):
        for t in (state.since[i], state.until[i]):
            if low < t < high:
                cuts[n_cuts] = t
                n_cuts += 1
    breaks = np.unique(cuts[:n_cuts])
    width = len(breaks) - 1
    # A row for every arc that some shape bears on.
    row = np.full(m, -1, np.int32)
    size = 0
    for i in range(k):
        s = state.shape[i]
        size += shapes.start[s + 1] - shapes.start[s]
    owner = np.empty(size, np.int32)
    rows = 0
    for i in range(k):
        s = state.shape[i]
        for j in range(shapes.start[s], shapes.start[s + 1]):
            arc = shapes.arc[j]
            if row[arc] < 0:
                row[arc] = rows
                owner[rows] = arc
                rows += 1
    risk = np.ones((rows, width))
    block = np.zeros((rows, width), np.bool_)
    for i in range(k):
        s = state.shape[i]
        first = np.searchsorted(breaks, max(state.since[i], low))
        last = np.searchsorted(breaks, min(state.until[i], high))
        for j in range(shapes.start[s], shapes.start[s + 1]):
            r = row[shapes.arc[j]]
            for c in range(first, last):
                risk[r, c] *= 1.0 - shapes.intensity[j]
                if shapes.inside[j]:
                    block[r, c] = True
    n_block = 0
    for r in range(rows):
        for c in range(width):
            risk[r, c] = 1.0 - risk[r, c]
            if risk[r, c] >= shut_from:
                block[r, c] = True
            n_block += block[r, c]
    # Closures and what crowds shut, sorted and joined arc by arc.
    shut_start = np.zeros(m + 1, np.int32)
    shut = np.empty((len(certain.shut) + n_block, 2), np.int64)
    busy = np.zeros(m, np.bool_)
    used = 0
    for arc in range(m):
        shut_start[arc] = used
        at = certain.shut_start[arc]
        end = certain.shut_start[arc + 1]
        r = row[arc]
        if r < 0:
            busy[arc] = end > at
            for i in range(at, end):
                shut[used, 0] = certain.shut[i, 0]
                shut[used, 1] = certain.shut[i, 1]
                used += 1
            continue
        busy[arc] = True
        c = 0
        since = np.int64(0)
        until = np.int64(0)
        while True:
            while c < width and not block[r, c]:
                c += 1
            by_crowd = c < width and (at >= end or breaks[c] < certain.shut[at, 0])
            if by_crowd:
                since = breaks[c]
                until = breaks[c + 1]
                c += 1
            elif at < end:
                since = certain.shut[at, 0]
                until = certain.shut[at, 1]
                at += 1
            else:
                break
            if used > shut_start[arc] and since <= shut[used - 1, 1]:
                shut[used - 1, 1] = max(shut[used - 1, 1], until)
            else:
                shut[used, 0] = since
                shut[used, 1] = until
                used += 1
    shut_start[m] = used
    first_of, rest_start, rest = _calm(certain, breaks, row, risk)
    return breaks, first_of, row, risk, shut_start, shut[:used], busy, rest_start, rest


@compiled(nogil=True)
def _calm(certain, breaks, row, risk):
    # The minute table of the clock, and when one may rest: no arc at the node has any risk.
    width = len(breaks) - 1
    minutes = max((breaks[width] - breaks[0] + GRID_S - 1) // GRID_S, 1)
    first_of = np.empty(minutes, np.int32)
    c = 0
    for i in range(minutes):
        while c < width - 1 and breaks[c + 1] <= breaks[0] + i * GRID_S:
            c += 1
        first_of[i] = c
    places = len(certain.rest_node)
    rest_start = np.zeros(certain.n_nodes + 1, np.int32)
    rest = np.empty((places * width, 2), np.int64)
    used = 0
    at_node = 0
    for p in range(places):
        node = certain.rest_node[p]
        while at_node <= node:
            rest_start[at_node] = used
            at_node += 1
        open_span = False
        for c in range(width):
            calm = True
            for i in range(certain.at_start[p], certain.at_start[p + 1]):
                r = row[certain.at_arc[i]]
                if r >= 0 and risk[r, c] > 0:
                    calm = False
                    break
            if calm and open_span:
                rest[used - 1, 1] = breaks[c + 1]
            elif calm:
                rest[used, 0] = breaks[c]
                rest[used, 1] = breaks[c + 1]
                used += 1
            open_span = calm
    while at_node <= certain.n_nodes:
        rest_start[at_node] = used
        at_node += 1
    return first_of, rest_start, rest[:used]
