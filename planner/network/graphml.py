"""Roads of a GraphML file that OSMnx saved.

Read with the XML parser of the standard library, so that it needs neither OSMnx nor networkx,
takes little memory, and refuses what no OSMnx file has: a document type with entities.
"""

from __future__ import annotations

import ast
import bz2
import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.parsers import expat

import numpy as np
import shapely

from planner.errors import CrsError, NetworkError
from planner.layers.crs import to_lonlat
from planner.network.osm import KEPT_KEYS, SIGNED, TURNING, WAY_KEYS, Extract

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

STRICT = ("no", "private", "permit", "customers", "delivery", "destination")
"""Access of an edge of several ways: the strictest that one of them has."""
_OPEN = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open}
_OWN = frozenset({"osmid", "geometry", "length", "reversed", "oneway"})
"""Attributes of edges that are no tags as in the map: direction and shape are the edge's own."""


class _Edge(NamedTuple):
    start: int
    end: int
    facts: dict[str, str]


@dataclass(slots=True)
class _Graph:
    """What the parser found; the one mutable thing here, alive for one reading."""

    names: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    nodes: dict[int, dict[str, str]] = field(default_factory=dict)
    edges: list[_Edge] = field(default_factory=list)
    _into: dict[str, str] | None = None
    _key: str = ""
    _text: list[str] = field(default_factory=list)

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """Note the beginning of an element."""
        if element == "key":
            self.names[attributes["id"]] = attributes.get("attr.name", "")
        elif element == "graph":
            self._into = self.facts
        elif element == "node":
            self._into = self.nodes.setdefault(int(attributes["id"]), {})
        elif element == "edge":
            self._into = {}
            ends = int(attributes["source"]), int(attributes["target"])
            self.edges.append(_Edge(*ends, self._into))
        elif element == "data":
            self._key = self.names.get(attributes["key"], "")
            self._text = []

    def end(self, element: str) -> None:
        """Note the end of an element."""
        if element in ("node", "edge"):
            self._into = self.facts
        elif element == "data" and self._into is not None and self._key:
            self._into[self._key] = "".join(self._text)
            self._key = ""

    def text(self, piece: str) -> None:
        """Note text inside an element."""
        if self._key:
            self._text.append(piece)


class _Shapes(NamedTuple):
    """Edges of which each stands for itself or for itself with its reversed twin."""

    edges: list[_Edge]
    inner: list[NDArray[np.float64]]
    both: list[bool]


def read_graphml(path: Path) -> Extract:
    """Read the edges of a graph that ``osmnx.save_graphml`` wrote.

    An edge and its reversed twin make one way of both directions; every other edge is a oneway.
    Of an edge that stands for several ways the first name and class, the strictest access and
    all speeds are taken. Ways are numbered, since one way of the map may be many edges.

    Raises
    ------
    NetworkError
        The file is cut short, is no graph of OSMnx or declares entities.
    """
    graph = _parsed(path)
    shapes, counts = _twinned(path, graph)
    if not shapes.edges:
        raise NetworkError(f"{path.name} holds no road: the graph has no edges.")
    return _extract(path, graph, shapes, counts)


def _parsed(path: Path) -> _Graph:
    graph = _Graph()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, found: graph.start(name.rpartition(":")[2], found)
    parser.EndElementHandler = lambda name: graph.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = graph.text

    def refuse(*_: object) -> None:
        raise NetworkError(f"{path.name} declares a document type, which no OSMnx file does.")

    parser.StartDoctypeDeclHandler = refuse
    with path.open("rb") as file:
        opener: Any = _OPEN.get(file.read(2), open)
    try:
        with opener(path, "rb") as file:
            parser.ParseFile(file)
    except (expat.ExpatError, OSError, EOFError) as error:
        msg = f"{path.name} breaks off or is damaged ({error}); save the graph again."
        raise NetworkError(msg) from error
    except (KeyError, ValueError) as error:
        if isinstance(error, NetworkError):
            raise
        msg = f"{path.name} is no graph of OSMnx ({error!r}): save it with osmnx.save_graphml."
        raise NetworkError(msg) from error
    return graph


def _twinned(path: Path, graph: _Graph) -> tuple[_Shapes, dict[str, int]]:
    """Pair each edge with the edge that goes back the same way."""
    waiting: dict[tuple[Any, ...], list[int]] = {}
    shapes = _Shapes([], [], [])
    several = 0
    for edge, line in zip(graph.edges, _inner(path, graph.edges), strict=True):
        ways = tuple(sorted(_items(edge.facts.get("osmid", ""))))
        back = waiting.get((edge.end, edge.start, ways, line[::-1].tobytes()))
        if back:
            shapes.both[back.pop()] = True
            continue
        several += len(ways) > 1
        key = (edge.start, edge.end, ways, line.tobytes())
        waiting.setdefault(key, []).append(len(shapes.edges))
        shapes.edges.append(edge)
        shapes.inner.append(line)
        shapes.both.append(False)
    counts = {
        "edges read": len(graph.edges),
        "edges joined with their reversed twin": sum(shapes.both),
        "edges of several ways, taken as one": several,
        "ways read": len(shapes.edges),
    }
    return shapes, counts


def _inner(path: Path, edges: list[_Edge]) -> list[NDArray[np.float64]]:
    """Return the places of each edge between its two nodes, in drawing order."""
    texts = np.array([edge.facts.get("geometry") or None for edge in edges], object)
    try:
        lines = shapely.from_wkt(texts)
    except shapely.GEOSException as error:
        msg = f"{path.name} has a shape that is no WKT ({error}); save the graph again."
        raise NetworkError(msg) from error
    lines[shapely.get_type_id(lines) != shapely.GeometryType.LINESTRING] = None
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    parts = np.split(xy, np.searchsorted(owner, np.arange(1, len(edges))))
    return [part[1:-1] for part in parts]


def _extract(path: Path, graph: _Graph, shapes: _Shapes, counts: dict[str, int]) -> Extract:
    refs: list[int] = []
    places: list[Any] = []
    start = [0]
    nowhere = (np.nan, np.nan)
    where = {node: _place(facts) or nowhere for node, facts in graph.nodes.items()}
    for edge, inner in zip(shapes.edges, shapes.inner, strict=True):
        # Places between nodes have no id of their own in the graph: below zero none is taken.
        fresh = range(-1 - len(refs), -1 - len(refs) - len(inner), -1)
        refs += [edge.start, *fresh, edge.end]
        places += [where.get(edge.start, nowhere), *inner.tolist(), where.get(edge.end, nowhere)]
        start.append(len(refs))
    code, values = _tags(shapes)
    used = set(refs)
    special = {node: tags for node, tags in graph.nodes.items() if node in used and _matters(tags)}
    return Extract(
        np.arange(1, len(shapes.edges) + 1), np.array(start, np.int64), np.array(refs, np.int64),
        _degrees(path, graph, np.array(places, float)), code, values,
        np.array(list(special), np.int64),
        tuple({k: v for k, v in tags.items() if k not in "xy"} for tags in special.values()),
        (), None, _date(graph), counts,
    )  # fmt: skip


def _place(facts: dict[str, str]) -> tuple[float, float] | None:
    try:
        return float(facts["x"]), float(facts["y"])
    except (KeyError, ValueError):
        return None


def _matters(tags: dict[str, str]) -> bool:
    return tags.get("highway") in TURNING | SIGNED or any(key in tags for key in KEPT_KEYS)


def _degrees(path: Path, graph: _Graph, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    crs = graph.facts.get("crs", "epsg:4326").lower()
    if crs == "epsg:4326":
        return xy
    try:
        known = np.isfinite(xy[:, 0])
        xy[known] = to_lonlat(xy[known], int(crs.removeprefix("epsg:")))
    except (CrsError, ValueError) as error:
        msg = f"{path.name} is in the CRS {crs[:40]!r}: save the graph before it is projected."
        raise NetworkError(msg) from error
    return xy


def _date(graph: _Graph) -> str:
    return graph.facts.get("created_date", "").replace(" ", "T")


def _tags(shapes: _Shapes) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    values: dict[str, int] = {"": 0}
    code = np.zeros((len(WAY_KEYS), len(shapes.edges)), np.int32)
    keys = [key for key in WAY_KEYS if key not in _OWN]
    oneway = WAY_KEYS.index("oneway")
    for row, (edge, both) in enumerate(zip(shapes.edges, shapes.both, strict=True)):
        # Said in either case: classes and roundabouts that imply a direction must not.
        code[oneway, row] = values.setdefault("no" if both else "yes", len(values))
        for key in keys:
            if key in edge.facts:
                value = _one(key, _items(edge.facts[key]))
                code[WAY_KEYS.index(key), row] = values.setdefault(value, len(values))
    return code, tuple(values)


def _items(text: str) -> list[str]:
    """Return the values of an attribute, which OSMnx writes as a Python list where several.

    >>> _items("primary"), _items("['primary', 'trunk']"), _items("[broken")
    (['primary'], ['primary', 'trunk'], ['[broken'])
    """
    if not (text.startswith("[") and text.endswith("]")):
        return [text]
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return [text]
    return [str(item) for item in found] or [""]


def _one(key: str, items: list[str]) -> str:
    if key == "maxspeed":
        return ";".join(items)
    if key in ("access", "vehicle", "motor_vehicle", "motorcar"):
        return next((value for value in STRICT if value in items), items[0])
    return items[0]
