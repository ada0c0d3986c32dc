"""Gates, gateways, sites put on the road network."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.about import About
from planner.network.gateways import place_gateways
from planner.network.kerb import kerb_arcs
from planner.network.snap import Snapped, joined, snap, snap_areas
from planner.network.split import Split, split
from planner.network.stopping import reach

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.network.hurdles import Surroundings


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
    gate_crosses
        uint8[g]; the ``Hurdle`` kinds between a gate and its road.
    gate_named
        int8[g]; as ``Snapped.named``.
    site_named
        int8[s]; as ``Snapped.named``.
    gate_arc
        int32[g]; the arc of ``network`` that ends at a gate on the gate's own side of a wide
        road, -1 where any arc will do.
    parent
        int32[m]; arc of the roads before they were split.
    snapped
        Gates and sites on the roads before they were split, with the arc of each gate there.
    """

    network: Network
    gates: NDArray[np.int32]
    gateways: NDArray[np.int32]
    sites: NDArray[np.int32]
    gate_offset_m: NDArray[np.float64]
    gate_crosses: NDArray[np.uint8]
    gate_named: NDArray[np.int8]
    site_named: NDArray[np.int8]
    gate_arc: NDArray[np.int32]
    parent: NDArray[np.int32]
    snapped: tuple[Snapped, Snapped, NDArray[np.int32]]


def place_stops(
    network: Network,
    gates: GeoDataFrame,
    gateways: GeoDataFrame,
    sites: GeoDataFrame,
    *,
    facility: BaseGeometry | None = None,
    around: Surroundings | None = None,
    drives_left: bool = False,
) -> Stops:
    """Return the roads split at every stop.

    Parameters
    ----------
    network
        Roads.
    gates, gateways, sites
        Layers in the network's metric CRS; a gate may lie on a private street,
        a gateway on a motorway.
    facility
        The outline the gates lead into, same CRS: private roads that touch it are its own.
    around
        Hurdles, tunnels and bridges.
    drives_left
        Whether traffic keeps to the left.
    """
    reached = reach(network)
    at_gates = snap(
        network, _points(gates), about=_about(gates, facility),
        allow_private=True, around=around, reached=reached,
    )  # fmt: skip
    at_sites = snap_sites(network, sites, around=around, reached=reached)
    kerb = kerb_arcs(network, at_gates, drives_left=drives_left)
    return _split(network, _points(gateways), (at_gates, at_sites, kerb))


def coming_from(network: Network, stops: Stops, gateways: GeoDataFrame) -> Stops:
    """Return the same gates and sites with other places to come from.

    Parameters
    ----------
    network
        The roads that ``stops`` were put on, not split.
    stops
        Gates and sites as they were put on them.
    gateways
        As in ``place_stops``.
    """
    return _split(network, _points(gateways), stops.snapped)


def _split(
    network: Network, gateways: NDArray[np.float64],
    snapped: tuple[Snapped, Snapped, NDArray[np.int32]],
) -> Stops:  # fmt: skip
    at_gates, at_sites, kerb = snapped
    made = split(network, stops=joined([at_gates, place_gateways(network, gateways), at_sites]))
    ends = np.cumsum([0, len(at_gates.arc), len(gateways), len(at_sites.arc)])
    nodes = [made.stop_node[a:b] for a, b in pairwise(ends)]
    return Stops(
        made.network, nodes[0], nodes[1], nodes[2], at_gates.distance_m, at_gates.crosses,
        at_gates.named, at_sites.named, _ending_at(made, kerb, nodes[0]), made.parent, snapped,
    )  # fmt: skip


def _about(gates: GeoDataFrame, facility: BaseGeometry | None) -> About:
    return About(
        _streets(gates), gates["name"].fillna("").tolist() if "name" in gates else (), facility
    )


def _streets(frame: GeoDataFrame) -> list[str]:
    return frame["street"].fillna("").tolist() if "street" in frame else [""] * len(frame)


def snap_sites(network: Network, sites: GeoDataFrame, **how: Any) -> Snapped:
    """Return the place on a road of each site: areas by their outline, points as they are."""
    shapes = np.asarray(sites.geometry.array, object)
    area = shapely.get_dimensions(shapes) > 1
    parts = joined([
        snap(network, _points(sites[~area]), about=About(_streets(sites[~area])), **how),
        snap_areas(
            network, shapes[area].tolist(), about=About(_streets(sites[area])), **how
        ),
    ])  # fmt: skip
    back = np.argsort(np.concatenate([np.flatnonzero(~area), np.flatnonzero(area)]))
    return Snapped(*(getattr(parts, name)[back] for name in Snapped.__dataclass_fields__))


def _ending_at(made: Split, arcs: NDArray[np.int32], nodes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the piece of each arc that ends at a node, -1 where none does."""
    found = np.full(len(arcs), -1, np.int32)
    for stop in np.flatnonzero(arcs >= 0).tolist():
        first, end = np.searchsorted(made.parent, [arcs[stop], arcs[stop] + 1])
        piece = first + np.flatnonzero(made.network.head[first:end] == nodes[stop])
        if len(piece):
            found[stop] = piece[0]
    return found


def _points(frame: GeoDataFrame) -> NDArray[np.float64]:
    points = frame.geometry.representative_point()
    return np.column_stack([points.x, points.y]).astype(float).reshape(-1, 2)
