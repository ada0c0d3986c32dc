"""Things of an OpenStreetMap file as shapes, whatever its order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import shapely

from planner.errors import NetworkError
from planner.network import opl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Tags = dict[str, str]

_LINE_KEYS = ("railway", "waterway", "natural")
_LINE_VALUES = frozenset({
    "rail", "light_rail", "tram", "subway", "narrow_gauge", "funicular", "monorail", "preserved",
    "abandoned", "disused", "river", "stream", "canal", "drain", "ditch", "coastline", "cliff",
    "tree_row", "ridge", "valley",
})  # fmt: skip
_LINE, _SURFACE = 1, 2  # dimensions


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Tagged things of an OSM file as shapes in EPSG:4326.

    Attributes
    ----------
    osm_id
        ``node/1``, ``way/2`` or ``relation/3``, one per thing.
    tags
        All tags of each thing.
    geometry
        Points, lines and polygons.
    whole
        False where nodes or members are missing from the file; what is left of such a thing
        may be a polygon closed by straight edges, a piece of line or a point.
    counts
        What was dropped or mended, by kind, in words fit to print.
    """

    osm_id: tuple[str, ...]
    tags: tuple[Tags, ...]
    geometry: NDArray[Any]
    whole: NDArray[np.bool_]
    counts: Mapping[str, int]
    lost: tuple[Tags, ...] = ()
    """Tags of the multipolygons of which no ring closes."""


@dataclass(slots=True)
class _Ways:
    """Collect ways as lines; the one mutable thing here, alive for one pass."""

    keys: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()
    ids: list[int] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    wkb: list[str] = field(default_factory=list)
    closed: list[bool] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    degenerate: int = 0
    factory: Any = field(default_factory=osmium.geom.WKBFactory)

    def way(self, way: osmium.osm.Way) -> None:
        if not way.visible:
            return
        tags = dict(way.tags)
        if self.keys and not _carries(tags, self.keys, self.pairs):
            return
        whole = True
        try:
            wkb = self.factory.create_linestring(way)
        except osmium.InvalidLocationError:
            whole = False
            known = [(n.lon, n.lat) for n in way.nodes if n.location.valid()]
            wkb = _hex_of(known)
        except RuntimeError:
            wkb = ""
        if not wkb:
            self.degenerate += 1
            return
        self.ids.append(way.id)
        self.tags.append(tags)
        self.wkb.append(wkb)
        self.closed.append(way.is_closed())
        self.whole.append(whole)


def _carries(tags: Tags, keys: frozenset[str], pairs: frozenset[tuple[str, str]]) -> bool:
    return not (keys.isdisjoint(tags) and pairs.isdisjoint(tags.items()))


def _hex_of(lonlat: list[tuple[float, float]]) -> str:
    if len(lonlat) <= 1:
        return shapely.to_wkb(shapely.Point(lonlat[0]), hex=True) if lonlat else ""
    return str(shapely.to_wkb(shapely.LineString(lonlat), hex=True))


@dataclass(slots=True)
class _Nodes:
    keys: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    ids: list[int] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    lonlat: list[tuple[float, float]] = field(default_factory=list)
    lost: int = 0

    def node(self, node: osmium.osm.Node) -> None:
        if not node.visible:
            return
        tags = dict(node.tags)
        if not _carries(tags, self.keys, self.pairs):
            return
        place = node.location
        if not place.valid() or (place.x == 0 and place.y == 0):
            self.lost += 1
            return
        self.ids.append(node.id)
        self.tags.append(tags)
        self.lonlat.append((place.lon, place.lat))


@dataclass(slots=True)
class _Relations:
    keys: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    ids: list[int] = field(default_factory=list)
    tags: list[Tags] = field(default_factory=list)
    members: list[list[tuple[int, str]]] = field(default_factory=list)

    def relation(self, relation: osmium.osm.Relation) -> None:
        tags = dict(relation.tags) if relation.visible else {}
        kind = tags.pop("type", "")
        if kind != "multipolygon" or (tags and not _carries(tags, self.keys, self.pairs)):
            return
        self.ids.append(relation.id)
        self.tags.append(tags)
        self.members.append([(m.ref, m.role) for m in relation.members if m.type == "w"])


def read_shapes(
    path: Path | str,
    keys: Iterable[str],
    *,
    nodes_with: Iterable[tuple[str, str]] = (),
    areas_with: Iterable[tuple[str, str]] = (),
) -> Shapes:
    """Read all that carries one of the tag keys; nodes, areas with one of the (key, value) pairs.

    The node pass comes first, so the order of objects in the file does not matter. A closed
    way is a polygon unless its tags say line; relations of type multipolygon are assembled,
    the old style with its tags on the outer ways included. Nodes at 0,0 count as missing.

    Raises
    ------
    NetworkError
        The file is absent, truncated or not OSM data.
    """
    wanted = tuple(keys)
    path = Path(path)
    form = opl.osm_format(path)
    try:
        pairs = frozenset(nodes_with), frozenset(areas_with)
        found = _passes(lambda: opl.osm_file(path, form), wanted, *pairs)
    except RuntimeError as error:
        raise NetworkError(opl.unreadable(path, error)) from error
    return _assemble(*found)


def _passes(
    file: Callable[[], osmium.io.File],
    keys: tuple[str, ...],
    pairs: frozenset[tuple[str, str]],
    areas: frozenset[tuple[str, str]],
) -> tuple[_Nodes, _Ways, _Relations, _Ways]:
    nodes, relations = _Nodes(frozenset(keys), pairs), _Relations(frozenset(keys), areas)
    ways, members = _Ways(frozenset(keys), areas), _Ways()
    node_keys, way_keys = (sorted({*keys, *(key for key, _ in some)}) for some in (pairs, areas))
    locate = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locate.ignore_errors()
    for entity, handlers in (
        (osmium.osm.RELATION, (relations,)),
        (osmium.osm.NODE, (locate, osmium.filter.KeyFilter(*node_keys), nodes)),
        (osmium.osm.WAY, (locate, osmium.filter.KeyFilter(*way_keys), ways)),
    ):
        _apply(file(), entity, *handlers)
    refs = {ref for group in relations.members for ref, _ in group}
    if refs:
        _apply(file(), osmium.osm.WAY, locate, osmium.filter.IdFilter(refs), members)
    return nodes, ways, relations, members


def _apply(file: osmium.io.File, entity: osmium.osm.osm_entity_bits, *handlers: object) -> None:
    reader = osmium.io.Reader(file, entity)
    try:
        osmium.apply(reader, *handlers)
    finally:
        reader.close()


def _assemble(nodes: _Nodes, ways: _Ways, relations: _Relations, members: _Ways) -> Shapes:
    counts: Counter[str] = Counter()
    counts["tagged nodes at 0,0 or without a place"] = nodes.lost
    counts["ways without any placed node"] = ways.degenerate
    used, rel = _relation_shapes(relations, members, counts)
    keep = [i for i, way in enumerate(ways.ids) if way not in used]
    lines, whole = _mended_lines([ways.wkb[i] for i in keep], [ways.whole[i] for i in keep])
    tags = [ways.tags[i] for i in keep]
    area = np.array([ways.closed[i] and is_area(tags[k]) for k, i in enumerate(keep)], bool)
    counts["ways with nodes missing from the file"] = int((~whole).sum())
    geometry = lines.copy()
    geometry[area] = rings_to_polygons(lines[area])
    geometry = np.concatenate(
        [shapely.points(np.array(nodes.lonlat, float).reshape(-1, 2)), geometry, rel.geometry]
    )
    names = [f"node/{i}" for i in nodes.ids] + [f"way/{ways.ids[i]}" for i in keep]
    all_whole = np.concatenate([np.ones(len(nodes.ids), bool), whole, rel.whole])
    mended, fixed = valid_areas(geometry)
    stubs = ~all_whole & shapely.is_empty(mended)
    mended[stubs] = shapely.centroid(shapely.convex_hull(geometry[stubs]))
    counts["self-crossing outlines mended"] = fixed
    gone = shapely.is_empty(mended)
    counts["outlines without an area"] = int(gone.sum())
    ids = np.array([*names, *rel.osm_id], object)[~gone]
    all_tags = np.array([*nodes.tags, *tags, *rel.tags, {}], object)[:-1][~gone]
    return Shapes(
        tuple(ids), tuple(all_tags), mended[~gone], all_whole[~gone], dict(counts), rel.lost
    )


def is_area(tags: Mapping[str, str]) -> bool:
    """Tell whether a closed way with these tags is a surface rather than a loop of line."""
    if tags.get("area") in ("yes", "no"):
        return tags["area"] == "yes"
    if "building" in tags or "amenity" in tags:
        return True
    if tags.get("highway") == "pedestrian" and "place" not in tags:
        return False  # a street round a block, unless it is said to be a surface
    return not any(tags.get(key) in _LINE_VALUES for key in _LINE_KEYS)


def rings_to_polygons(lines: NDArray[Any]) -> NDArray[Any]:
    """Return polygons from lines, closing each with a straight edge; too short ones stay."""
    out = lines.copy()
    enough = shapely.get_num_coordinates(lines) > _SURFACE
    for i in np.flatnonzero(enough):
        out[i] = shapely.Polygon(shapely.get_coordinates(lines[i]))
    return out


def valid_areas(geometry: NDArray[Any]) -> tuple[NDArray[Any], int]:
    """Mend self-crossing polygons; return the shapes and how many were mended."""
    out = geometry.copy()
    bad = (shapely.get_dimensions(out) == _SURFACE) & ~shapely.is_valid(out)
    out[bad] = shapely.make_valid(out[bad], method="structure", keep_collapsed=False)
    return out, int(bad.sum())


def _mended_lines(wkb: list[str], whole: list[bool]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    lines = np.asarray(shapely.from_wkb(np.array(wkb, object)), object).reshape(-1)
    flags = np.array(whole, bool)
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    for i in np.unique(owner[(xy == 0).all(axis=1)]):
        own = xy[owner == i]
        kept = own[~(own == 0).all(axis=1)]
        lines[i] = shapely.LineString(kept) if len(kept) > 1 else shapely.LineString()
        flags[i] = False
    return lines, flags


def _relation_shapes(
    relations: _Relations, members: _Ways, counts: Counter[str]
) -> tuple[set[int], Shapes]:
    lines, placed = _mended_lines(members.wkb, members.whole)
    known = {way: i for i, way in enumerate(members.ids)}
    ids, all_tags, shapes, wholes = [], [], [], []
    used: set[int] = set()
    lost: list[Tags] = []
    for ident, own, group in zip(relations.ids, relations.tags, relations.members, strict=True):
        outer = [known[ref] for ref, role in group if ref in known and role != "inner"]
        inner = [known[ref] for ref, role in group if ref in known and role == "inner"]
        tags = own or _shared_tags([members.tags[i] for i in outer])
        if not tags:
            continue
        area = _area(_lines_only(lines[outer]), _lines_only(lines[inner]))
        whole = len(outer) + len(inner) == len(group) and bool(placed[outer + inner].all())
        counts["multipolygons with members or nodes missing"] += not whole
        if area.is_empty:
            counts["multipolygons whose ring does not close"] += 1
            lost.append(tags)
            continue
        if not own:  # old style: the tags sit on the outer way, which stands for the whole
            used.update(members.ids[i] for i in outer)
        ids.append(f"relation/{ident}")
        all_tags.append(tags)
        shapes.append(area)
        wholes.append(whole)
    geometry = np.array([*shapes, None], object)[:-1]
    return used, Shapes(
        tuple(ids), tuple(all_tags), geometry, np.array(wholes, bool), {}, tuple(lost)
    )


def _shared_tags(tags: list[Tags]) -> Tags:
    return tags[0] if tags and all(other == tags[0] for other in tags) else {}


def _area(outer: list[Any], inner: list[Any]) -> BaseGeometry:
    # Roles decide, not nesting: with an outer ring missing, nesting would fill its holes.
    if not outer:
        return shapely.Polygon()
    area = shapely.build_area(shapely.MultiLineString(_parts(outer)))
    if inner and not area.is_empty:
        holes = shapely.build_area(shapely.MultiLineString(_parts(inner)))
        area = shapely.difference(shapely.make_valid(area), shapely.make_valid(holes))
    return area


def _lines_only(geometry: NDArray[Any]) -> list[Any]:
    return list(geometry[shapely.get_dimensions(geometry) == _LINE])


def _parts(lines: list[Any]) -> list[Any]:
    # Noding lets rings that touch or cross still be built.
    return list(shapely.get_parts(shapely.node(shapely.MultiLineString(lines))))
