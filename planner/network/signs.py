"""Signs, lights among them, that a driver meets on a stretch of road."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.turncost import SIGNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.osm import Extract
    from planner.network.pieces import Pieces, Points

STOP_LINE_M = 40.0
"""A sign this near to the end of a stretch stands at the junction there (assumption)."""

KIND_OF = {"traffic_signals": "signal", "stop": "stop", "give_way": "give_way"}
"""Value of ``highway`` on a node to what it is."""

DIRECTION = {"forward": 1, "backward": -1}
"""Of a sign that binds one direction of its way; others bind both."""


class Signs(NamedTuple):
    """Signs by direction (0 along the drawing, 1 against it) and piece.

    Attributes
    ----------
    at_end
        uint8[2, p]; the most binding sign at the end of the stretch: index into ``SIGNS``.
    between
        int64[2, p]; signals far from either end, as at a crossing for people on foot.
    """

    at_end: NDArray[np.uint8]
    between: NDArray[np.int64]


def signs_on(extract: Extract, points: Points, pieces: Pieces) -> Signs:
    """Return the signs that bind a driver on each piece."""
    signs = Signs(
        np.zeros((2, len(pieces.first)), np.uint8), np.zeros((2, len(pieces.first)), np.int64)
    )
    kind, side = _by_node(extract, points)
    at = np.flatnonzero(kind[points.node])
    for against in (0, 1):
        # The end of a stretch belongs to it, its beginning does not.
        piece = np.searchsorted(pieces.first, at, "right" if against else "left") - 1
        inside = (at < pieces.last[piece]) if against else (at <= pieces.last[piece])
        inside &= piece >= 0
        here, piece = at[inside], piece[inside]
        told = side[points.node[here]]
        bound = (told == 0) | (told == (-1 if against else 1))
        here, piece, told = here[bound], piece[bound], told[bound]
        start_m, end_m = pieces.along[pieces.first[piece]], pieces.along[pieces.last[piece]]
        ahead = (pieces.along[here] - start_m) if against else (end_m - pieces.along[here])
        behind = (end_m - start_m) - ahead
        near = ahead <= STOP_LINE_M
        # A stop line just behind the junction one comes from binds those who come towards it.
        far = ~near & ((behind > STOP_LINE_M) | (told != 0))
        np.maximum.at(signs.at_end[against], piece[near], kind[points.node[here[near]]])
        signal = kind[points.node[here]] == SIGNS.index("signal")
        np.add.at(signs.between[against], piece[far & signal], 1)
    return signs


def _by_node(extract: Extract, points: Points) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """Return the kind of sign at every node, and which direction of the way it binds."""
    kind = np.zeros(len(points.node_id), np.uint8)
    side = np.zeros(len(points.node_id), np.int8)
    found = [
        (node, SIGNS.index(KIND_OF[tags["highway"]]), _direction(tags))
        for node, tags in zip(extract.node_id.tolist(), extract.node_tags, strict=True)
        if tags.get("highway") in KIND_OF
    ]
    if found and len(points.node_id):
        node, what, to = (np.array(column) for column in zip(*found, strict=True))
        at = np.minimum(np.searchsorted(points.node_id, node), len(kind) - 1)
        known = points.node_id[at] == node
        kind[at[known]], side[at[known]] = what[known], to[known]
    return kind, side


def _direction(tags: dict[str, str]) -> int:
    told = tags.get("traffic_signals:direction") or tags.get("direction", "")
    return DIRECTION.get(told, 0)
