"""Gates, gateways, sites put on the road network."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from planner.network.gateways import place_gateways
from planner.network.snap import Snapped, snap
from planner.network.split import split

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.graph import Network


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """Split roads, and the node and offset of every stop; -1 where no road is near.

    Attributes
    ----------
    network
        Roads split at every stop.
    gates, gateways, sites
        int32[k]; node of each.
    gate_offset_m
        float64[g]; metres from a gate to the road it was put on.
    """

    network: Network
    gates: NDArray[np.int32]
    gateways: NDArray[np.int32]
    sites: NDArray[np.int32]
    gate_offset_m: NDArray[np.float64]


def place_stops(
    network: Network, gates: GeoDataFrame, gateways: GeoDataFrame, sites: GeoDataFrame
) -> Stops:
    """Return the roads split at every stop.

    Parameters
    ----------
    network
        Roads.
    gates, gateways, sites
        Layers in the network's metric CRS; a gate may lie on a private street,
        a gateway on a motorway.
    """
    snapped = [
        snap(network, _points(gates), allow_private=True),
        place_gateways(network, _points(gateways)),
        snap(network, _points(sites), allow_private=False),
    ]
    made = split(network, stops=_joined(snapped))
    ends = np.cumsum([0, len(gates), len(gateways), len(sites)])
    nodes = [made.stop_node[a:b] for a, b in pairwise(ends)]
    return Stops(made.network, nodes[0], nodes[1], nodes[2], snapped[0].distance_m)


def _points(frame: GeoDataFrame) -> NDArray[np.float64]:
    points = frame.geometry.representative_point()
    return np.column_stack([points.x, points.y]).astype(float).reshape(-1, 2)


def _joined(parts: list[Snapped]) -> Snapped:
    return Snapped(
        np.concatenate([p.arc for p in parts]),
        np.concatenate([p.along for p in parts]),
        np.concatenate([p.distance_m for p in parts]),
        np.concatenate([p.xy for p in parts]),
    )
