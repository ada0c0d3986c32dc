"""On which side of a wide road a place is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.network.graph import CLASSES, Network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.snap import Snapped

WIDE = ("trunk", "primary", "secondary")
"""Two-way classes that are hard to cross or to turn across (assumption)."""

CROSSING_S = 60
"""Assumption: what it costs to come to a place from the far side of such a road."""


def kerb_arcs(
    network: Network, snapped: Snapped, *, drives_left: bool = False
) -> NDArray[np.int32]:
    """Return int32[k]: the arc that passes each place on its own side, -1 where either does.

    One-way roads, small ones and places too near to the middle to tell have no side; of a
    divided road the nearer carriageway is an arc of its own already.

    Parameters
    ----------
    snapped
        Places on this network.
    drives_left
        Whether traffic keeps to the left.
    """
    arc = snapped.arc
    twin = np.where(arc >= 0, network.twin[arc], -1)
    wide = np.isin(network.road_class[arc], [CLASSES.index(name) for name in WIDE])
    sided = (arc >= 0) & (twin >= 0) & wide & (snapped.side != 0)
    own = snapped.side == (1 if drives_left else -1)
    return np.where(sided, np.where(own, arc, twin), -1).astype(np.int32)
