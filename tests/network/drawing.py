"""Toy towns written as real OSM files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import osmium
from osmium.osm.mutable import Node, Relation, Way

from planner.network.build import build_network
from planner.network.moves import BARRED
from planner.network.osm import read_extract

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from planner.network.graph import Network

EPSG = 32632
LON, LAT = 9.0, 50.0
METRE_LON = 1 / (111_320 * math.cos(math.radians(LAT)))
METRE_LAT = 1 / 111_230

Member = tuple[str, int, str]


def at(x: float, y: float) -> tuple[float, float]:
    """Return lon/lat of a place in metres east and north of the town's corner."""
    return LON + x * METRE_LON, LAT + y * METRE_LAT


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[int, Sequence[int], Mapping[str, str]]],
    *,
    node_tags: Mapping[int, Mapping[str, str]] | None = None,
    relations: Sequence[tuple[int, Sequence[Member], Mapping[str, str]]] = (),
    backwards: bool = False,
) -> Path:
    """Write nodes (lon/lat), ways and relations, in OSM order or the other way round."""
    tags = node_tags or {}
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    steps = [
        lambda: [
            writer.add_node(Node(id=i, version=1, location=p, tags=dict(tags.get(i, {}))))
            for i, p in nodes.items()
        ],
        lambda: [
            writer.add_way(Way(id=i, version=1, nodes=list(refs), tags=dict(t)))
            for i, refs, t in ways
        ],
        lambda: [
            writer.add_relation(Relation(id=i, version=1, members=list(m), tags=dict(t)))
            for i, m, t in relations
        ],
    ]
    for step in reversed(steps) if backwards else steps:
        step()
    writer.close()
    return path


def draw(folder: Path, places: Mapping[int, tuple[float, float]], ways, **more) -> Network:
    """Return the network of a town whose nodes are given in metres."""
    nodes = {i: at(*p) for i, p in places.items()}
    path = write_osm(folder / "town.osm.pbf", nodes, ways, **more)
    return build_network(read_extract(path), epsg=EPSG)


def arc_between(network: Network, tail: int, head: int) -> int:
    """Return the one arc between two OSM nodes, copies left out."""
    found = [
        a
        for a in range(network.n_arcs)
        if network.node_id[network.tail[a]] == tail
        and network.node_id[network.head[a]] == head
        and network.copy_of[a] == a
    ]
    assert len(found) == 1, found
    return found[0]


def may_follow(network: Network, first: int, then: int) -> bool:
    """Tell whether the movement from one arc onto another is allowed."""
    cells = network.cells()
    meet = network.head[first] == network.tail[then]
    return bool(meet and network.turn_s[cells.row[then] + cells.entry[first]] != BARRED)


ROAD = {"highway": "residential"}
