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


def by_node(
    node_of_arc: NDArray[np.int32], n_nodes: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return CSR (start[n + 1], arcs[m]): the arcs at each node, by arc index."""
    order = np.argsort(node_of_arc, kind="stable").astype(np.int32)
    start = np.zeros(n_nodes + 1, np.int32)
    np.cumsum(np.bincount(node_of_arc, minlength=n_nodes), out=start[1:])
    return start, order


def movements(tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int) -> Movements:
    """Return all movements of a network, barred ones too."""
    in_start, in_arcs = by_node(head, n_nodes)
    out_start, out_arcs = by_node(tail, n_nodes)
    into, out = np.diff(in_start).astype(np.int64), np.diff(out_start).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(into * out)])
    node = np.repeat(np.arange(n_nodes), into * out)
    row, cell = np.divmod(np.arange(start[-1]) - start[node], into[node])
    return Movements(start, in_arcs[in_start[node] + cell], out_arcs[out_start[node] + row])


def cells(tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int) -> Cells:
    """Return where the movements of each arc stand in the table."""
    into = np.bincount(head, minlength=n_nodes).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(into * np.bincount(tail, minlength=n_nodes))])
    row = start[tail] + place_at(tail, n_nodes) * into[tail]
    return Cells(row.astype(np.int32), place_at(head, n_nodes))


def place_at(node_of_arc: NDArray[np.int32], n_nodes: int) -> NDArray[np.int32]:
    """Return int32[m]; position of each arc among the arcs at its node, by arc index."""
    start, order = by_node(node_of_arc, n_nodes)
    place = np.empty(len(node_of_arc), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32) - start[node_of_arc[order]]
    return place
