"""Small OpenStreetMap files for tests, drawn in metres round a place near Heidelberg."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import osmium
from osmium.osm.mutable import Node, Relation, Way

if TYPE_CHECKING:
    from pathlib import Path

LON, LAT = 8.7, 49.4
LON_M, LAT_M = 1 / 72_600.0, 1 / 111_200.0


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Return degrees of a place given in metres east and north of the middle."""
    return LON + x_m * LON_M, LAT + y_m * LAT_M


@dataclass
class Drawing:
    """Collect things, then write them in any order."""

    nodes: dict[int, tuple[tuple[float, float], dict[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: dict[int, tuple[list[tuple[str, int, str]], dict[str, str]]] = field(
        default_factory=dict
    )

    def node(self, x_m: float, y_m: float, **tags: str) -> int:
        for ident, (place, _) in self.nodes.items():
            if place == lonlat(x_m, y_m) and not tags:
                return ident
        ident = len(self.nodes) + 1
        self.nodes[ident] = (lonlat(x_m, y_m), tags)
        return ident

    def zero(self) -> int:
        ident = len(self.nodes) + 1
        self.nodes[ident] = ((0.0, 0.0), {})
        return ident

    def way(self, *places: tuple[float, float] | int, **tags: str) -> int:
        ident = 100 + len(self.ways)
        refs = [p if isinstance(p, int) else self.node(*p) for p in places]
        self.ways[ident] = (refs, tags)
        return ident

    def box(self, x: float, y: float, w: float, h: float, **tags: str) -> int:
        ring = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
        return self.way(*ring, **tags)

    def relation(self, *members: tuple[int, str], **tags: str) -> int:
        ident = 500 + len(self.relations)
        tagged = {"type": "multipolygon", **tags}
        self.relations[ident] = ([("w", ref, role) for ref, role in members], tagged)
        return ident

    def write(self, path: Path, order: str = "nwr") -> Path:
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path)) as out:
            for kind in order:
                if kind == "n":
                    for ident, (place, tags) in self.nodes.items():
                        out.add_node(Node(id=ident, location=place, tags=tags, version=1))
                elif kind == "w":
                    for ident, (refs, tags) in self.ways.items():
                        out.add_way(Way(id=ident, nodes=refs, tags=tags, version=1))
                else:
                    for ident, (members, tags) in self.relations.items():
                        out.add_relation(Relation(id=ident, members=members, tags=tags, version=1))
        return path
