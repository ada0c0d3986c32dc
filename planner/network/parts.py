"""Which arcs hang together both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray


def in_largest_part(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int
) -> NDArray[np.bool_]:
    """Return bool[m]: arcs with both ends in the largest strongly connected part."""
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), (n_nodes, n_nodes)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(label[tail], label[tail] == label[head])
    largest = size.argmax() if len(size) else 0
    inside: NDArray[np.bool_] = (label[tail] == largest) & (label[head] == largest)
    return inside


def round_the_core(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return bool[n] twice: nodes that reach the largest strong part, nodes it reaches."""
    forward = csr_matrix((np.ones(len(tail), np.int32), (tail, head)), (n_nodes, n_nodes))
    _, part = connected_components(forward, directed=True, connection="strong")
    core = int(np.flatnonzero(part == np.bincount(part).argmax())[0])
    masks = []
    for graph in (forward.T.tocsr(), forward):
        mask = np.zeros(n_nodes, bool)
        mask[breadth_first_order(graph, core, return_predecessors=False)] = True
        masks.append(mask)
    return masks[0], masks[1]
