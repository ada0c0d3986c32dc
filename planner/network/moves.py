"""The movements through nodes: how the table of turn seconds is laid out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BARRED = 255
"""In a table of turn seconds: this movement is not allowed."""


class Movements(NamedTuple):
    """Every movement through a node, barred ones too: `q` pairs of arcs, by node.

    The block of node ``v`` holds a row for each arc out of it and in that a cell for each arc
    into it, both by arc index: a search that settles an arc backwards reads one row.

    Attributes
    ----------
    start
        int64[n + 1]; the block of node ``v`` is ``start[v]:start[v + 1]``.
    source, target
        int32[q]; the arcs.
    """

    start: NDArray[np.int64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]


class Cells(NamedTuple):
    """Where the movements of an arc stand: ``row[target] + entry[source]``, int32[m] each."""

    row: NDArray[np.int32]
    entry: NDArray[np.int32]


class Ends(NamedTuple):
    """The arcs at each node by arc index, CSR: into it and out of it.

    Attributes
    ----------
    in_start, out_start
        int32[n + 1].
    in_arcs, out_arcs
        int32[m].
    """

    in_start: NDArray[np.int32]
    in_arcs: NDArray[np.int32]
    out_start: NDArray[np.int32]
    out_arcs: NDArray[np.int32]


def by_node(
    node_of_arc: NDArray[np.int32], n_nodes: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return CSR (start[n + 1], arcs[m]): the arcs at each node, by arc index."""
    start = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount(node_of_arc, minlength=n_nodes), out=start[1:])
    return start, order_of(node_of_arc).astype(np.int32)


def order_of(key: NDArray[np.integer]) -> NDArray[np.intp]:
    """Return the stable order of whole numbers from 0 to below 2 to the 32nd."""
    # Numbers of 16 bits are counted into place, larger ones are sorted by comparing.
    order = np.argsort((key & 0xFFFF).astype(np.uint16), kind="stable")
    if len(key) and key.max() > 0xFFFF:
        high = (key >> 16).astype(np.uint16)
        order = order[np.argsort(high[order], kind="stable")]
    return order


def ends_of(tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int) -> Ends:
    """Return the arcs into and out of each node."""
    return Ends(*by_node(head, n_nodes), *by_node(tail, n_nodes))


def movements(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int, ends: Ends | None = None
) -> Movements:
    """Return all movements of a network, barred ones too."""
    in_start, in_arcs, out_start, out_arcs = ends or ends_of(tail, head, n_nodes)
    into, out = np.diff(in_start).astype(np.int64), np.diff(out_start).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(into * out)])
    # A row for each arc out of a node, as long as there are arcs into it.
    sizes = into[tail[out_arcs]]
    target = np.repeat(out_arcs, sizes)
    begin = np.cumsum(sizes) - sizes
    first = in_start[:-1][tail[out_arcs]] - begin
    source = in_arcs[np.arange(start[-1]) + np.repeat(first, sizes)]
    return Movements(start, source, target)


def cells(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int, ends: Ends | None = None
) -> Cells:
    """Return where the movements of each arc stand in the table."""
    in_start, in_arcs, out_start, out_arcs = ends or ends_of(tail, head, n_nodes)
    into = np.diff(in_start).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(into * np.diff(out_start))])
    row = start[tail] + _place_at(tail, out_start, out_arcs) * into[tail]
    return Cells(row.astype(np.int32), _place_at(head, in_start, in_arcs))


def _place_at(
    node_of_arc: NDArray[np.int32], start: NDArray[np.int32], order: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Return int32[m]; position of each arc among the arcs at its node, by arc index."""
    place = np.empty(len(node_of_arc), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return place - start[node_of_arc]
