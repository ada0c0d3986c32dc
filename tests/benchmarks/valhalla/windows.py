"""Short stretches of our ways where the raw file has a turn restriction, to be asked again.

Valhalla drives a line edge by edge without heeding turn restrictions, so that says nothing of
them. A route from shortly before to shortly behind the place does: where the movement is barred,
Valhalla's way is longer than ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.layers.crs import to_lonlat
from tests.benchmarks.valhalla.ours import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.osm import Restriction

BESIDE_M = 30.0
"""Metres before and behind the place; nearer to a node, Valhalla takes the node."""

LONGER_M = 8.0
"""A way longer than ours by this much is another way."""


class Window(NamedTuple):
    """A stretch of a way of ours past a restriction: its relation, ends, metres between."""

    relation: int
    lonlat: list[list[float]]
    length_m: float


def windows(
    network: Network, restrictions: Iterable[Restriction], routes: Iterable[Route | None]
) -> list[Window]:
    """Return every different stretch, once."""
    by_way: dict[int, list[Restriction]] = {}
    for rule in restrictions:
        for way in rule.from_ways:
            by_way.setdefault(way, []).append(rule)
    found: dict[tuple[int, ...], Window] = {}
    for route in routes:
        if route is None or len(route.arcs) < 2:
            continue
        for rule, first, last in _passed(network, route.arcs, by_way):
            key = (rule.id, *route.arcs[first : last + 1].tolist())
            if key not in found:
                found[key] = _window(network, rule, route, first, last)
    return list(found.values())


def barred(network: Network, restrictions: Iterable[Restriction], n: int) -> list[Window]:
    """Return stretches that the raw file forbids at all times: Valhalla must go another way."""
    heads = network.node_id[network.head]
    found = []
    for rule in restrictions:
        plain = rule.tags.get("restriction", "").startswith("no_") and "except" not in rule.tags
        if not plain or rule.tags["restriction"] == "no_u_turn" or len(rule.via_nodes) != 1:
            continue
        into = np.flatnonzero(
            (heads == rule.via_nodes[0]) & np.isin(network.way_id, rule.from_ways)
        )
        for arc in into.tolist():
            out = (network.tail == network.head[arc]) & np.isin(network.way_id, rule.to_ways)
            for after in np.flatnonzero(out & ~np.isin(network.way_id, rule.from_ways)).tolist():
                arcs = np.array([arc, after])
                xy = np.concatenate([network.arc_shape(arc), network.arc_shape(after)])
                metres = network.length_m[arcs]
                if metres.min() > BESIDE_M:
                    route = Route(float(metres.sum()), 0.0, arcs, metres, metres, xy)
                    found.append(_window(network, rule, route, 0, 1))
    return found[:: max(len(found) // n, 1)][:n]


def _passed(
    network: Network, arcs: NDArray[np.int64], by_way: dict[int, list[Restriction]]
) -> Iterable[tuple[Restriction, int, int]]:
    """Yield restrictions with the places, in the way, of the arcs before and behind the via."""
    ways = network.way_id[arcs].tolist()
    nodes = network.node_id[network.head[arcs]].tolist()
    for i in np.flatnonzero(np.isin(ways, list(by_way))).tolist():
        for rule in by_way[ways[i]]:
            if not rule.via_ways:
                if i + 1 < len(arcs) and nodes[i] in rule.via_nodes:
                    yield rule, i, i + 1
                continue
            j = i + 1
            while j < len(arcs) and ways[j] in rule.via_ways:
                j += 1
            if i + 1 < j < len(arcs):
                yield rule, i, j


def _window(network: Network, rule: Restriction, route: Route, first: int, last: int) -> Window:
    metres = np.concatenate([[0.0], np.cumsum(route.arc_m)])
    line = shapely.linestrings(route.xy)
    since = max(metres[first + 1] - BESIDE_M, 0.0)
    until = min(metres[last] + BESIDE_M, metres[-1])
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [since, until]))
    return Window(rule.id, to_lonlat(ends, network.epsg).tolist(), float(until - since))
