"""An extract on the drawing board: roads found by place, cut, changed, written as a new extract."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.layers.crs import to_lonlat, to_xy
from planner.network.osm import WAY_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.network.osm import Extract

AT_NODE_M = 2.0
"""A place this near to a node of the way is that node. Assumption."""

FIRST_NODE, FIRST_WAY = -1_000_000_001, -1
"""Ids of what is made here count down from these; stops put on the roads take -1, -2, ... of
the nodes."""

GLOBE = (180.0, 90.0)
DIGITS = 7
"""Decimals of a degree that OpenStreetMap keeps."""


@dataclass(slots=True, eq=False)
class Road:
    """One way, or one piece of a way that was cut.

    Attributes
    ----------
    refs
        Node ids in drawing order.
    lonlat, xy, along
        float64[n, 2] degrees, float64[n, 2] metres (NaN where no place is known), float64[n]
        metres from the start.
    """

    id: int
    refs: list[int]
    lonlat: NDArray[np.float64]
    xy: NDArray[np.float64]
    tags: dict[str, str]
    changed: bool = False

    @property
    def along(self) -> NDArray[np.float64]:
        """Metres from the start of the way to each node."""
        steps = np.nan_to_num(np.hypot(*np.diff(self.xy, axis=0).T))
        return np.concatenate([[0.0], np.cumsum(steps)])

    def part(self, first: int, last: int, way_id: int) -> Road:
        """Return the piece from one node to another, both included."""
        span = slice(first, last + 1)
        return Road(
            way_id, self.refs[span], self.lonlat[span], self.xy[span], dict(self.tags), True
        )

    def insert(
        self, index: int, node: int, lonlat: NDArray[np.float64], xy: NDArray[np.float64]
    ) -> None:
        """Put a node before the one at an index."""
        self.refs.insert(index, node)
        self.lonlat = np.insert(self.lonlat, index, lonlat, axis=0)
        self.xy = np.insert(self.xy, index, xy, axis=0)
        self.changed = True


class Redraw:
    """The roads of an extract while they are changed; the extract itself stays as it is.

    Attributes
    ----------
    node_tags
        Tags by node id; emptied ones are left out in the end.
    restrictions
        Turn restrictions.
    cuts
        How many ways were cut.
    """

    def __init__(self, extract: Extract, epsg: int) -> None:
        self.epsg = epsg
        self._extract = extract
        self.node_tags = dict(zip(extract.node_id.tolist(), extract.node_tags, strict=True))
        self.restrictions = list(extract.restrictions)
        self.cuts = 0
        self._roads: dict[int, list[Road]] = {}
        low = min(int(extract.refs.min(initial=0)), FIRST_NODE + 1)
        self._next_node = low - 1
        self._next_way = min(int(extract.way_id.min(initial=0)), FIRST_WAY + 1) - 1
        self._next_rule = min((r.id for r in extract.restrictions if r.id < 0), default=0) - 1
        self._boxes, self._row_of_step = _steps(extract)

    def near(self, box: tuple[float, float, float, float]) -> list[Road]:
        """Return the roads with a step inside a metric box (west, south, east, north)."""
        west, south, east, north = box
        corners = to_lonlat([(west, south), (west, north), (east, south), (east, north)], self.epsg)
        (west, south), (east, north) = corners.min(axis=0), corners.max(axis=0)
        low_lon, low_lat, high_lon, high_lat = self._boxes
        hit = (low_lon <= east) & (high_lon >= west) & (low_lat <= north) & (high_lat >= south)
        rows = np.unique(self._row_of_step[hit]).tolist()
        self._take([row for row in rows if row not in self._roads])
        return [road for row in rows for road in self._roads[row]]

    def node_at(self, road: Road, metres: float) -> int:
        """Return the index of the node at a place of a road, made there when none is near."""
        along = road.along
        known = np.isfinite(road.xy[:, 0])
        off = np.where(known, np.abs(along - metres), np.inf)
        if off.min() <= AT_NODE_M:
            return int(off.argmin())
        index = int(np.clip(np.searchsorted(along, metres, side="right"), 1, len(along) - 1))
        share = (metres - along[index - 1]) / (along[index] - along[index - 1])
        start, end = road.lonlat[index - 1], road.lonlat[index]
        place = np.round(start + share * (end - start), DIGITS)
        road.insert(index, self._next_node, place, to_xy(place[None], self.epsg)[0])
        self._next_node -= 1
        return index

    def cut(self, road: Road, indices: Iterable[int]) -> list[Road]:
        """Cut a road at some of its nodes; return the pieces, the first with the old id."""
        inner = sorted({i for i in indices if 0 < i < len(road.refs) - 1})
        if not inner:
            return [road]
        ends = [0, *inner, len(road.refs) - 1]
        ids = [road.id, *range(self._next_way, self._next_way - len(inner), -1)]
        self._next_way -= len(inner)
        self.cuts += 1
        pieces = [road.part(a, b, i) for a, b, i in zip(ends[:-1], ends[1:], ids, strict=True)]
        for row, held in self._roads.items():
            if road in held:
                at = held.index(road)
                self._roads[row] = [*held[:at], *pieces, *held[at + 1 :]]
                break
        self._rename(road.id, tuple(ids))
        return pieces

    def new_rule_id(self) -> int:
        """Return an id for a turn restriction."""
        self._next_rule -= 1
        return self._next_rule + 1

    def extract(self, counts: dict[str, int]) -> Extract:
        """Return the extract as it stands on the board; changed ways come last in it."""
        old = self._extract
        changed = {
            row: held for row, held in sorted(self._roads.items())
            if len(held) > 1 or held[0].changed
        }  # fmt: skip
        roads = [road for held in changed.values() for road in held]
        keep = np.ones(old.n_ways, bool)
        keep[list(changed)] = False
        sizes = np.diff(old.ref_start)
        kept_refs = np.repeat(keep, sizes)
        code, values = _coded(roads, old.values)
        node_tags = {node: tags for node, tags in self.node_tags.items() if tags}
        total = np.concatenate([sizes[keep], np.array([len(r.refs) for r in roads], np.int64)])
        return replace(
            old,
            way_id=np.concatenate([old.way_id[keep], np.array([r.id for r in roads], np.int64)]),
            ref_start=np.concatenate([[0], np.cumsum(total)]).astype(np.int64),
            refs=np.concatenate(
                [old.refs[kept_refs], *(np.array(r.refs, np.int64) for r in roads)]
            ),
            lonlat=np.concatenate([old.lonlat[kept_refs], *(r.lonlat for r in roads)]),
            tag_code=np.concatenate([old.tag_code[:, keep], code], axis=1),
            values=values,
            node_id=np.array(list(node_tags), np.int64),
            node_tags=tuple(node_tags.values()),
            restrictions=tuple(self.restrictions),
            counts={**old.counts, **counts},
        )

    def _take(self, rows: list[int]) -> None:
        old = self._extract
        if not rows:
            return
        spans = [slice(*old.ref_start[row : row + 2]) for row in rows]
        lonlat = np.concatenate([old.lonlat[span] for span in spans])
        known = _known(lonlat)
        xy = np.full(lonlat.shape, np.nan)
        xy[known] = to_xy(lonlat[known], self.epsg)
        ends = np.cumsum([span.stop - span.start for span in spans])[:-1]
        for row, span, degrees, metres in zip(
            rows, spans, np.split(lonlat, ends), np.split(xy, ends), strict=True
        ):
            way_id, refs = int(old.way_id[row]), old.refs[span].tolist()
            self._roads[row] = [Road(way_id, refs, degrees, metres, old.tags(row))]

    def _rename(self, old: int, new: tuple[int, ...]) -> None:
        """Let turn restrictions that name a way name all its pieces."""
        for i, rule in enumerate(self.restrictions):
            if old in rule.from_ways or old in rule.via_ways or old in rule.to_ways:
                self.restrictions[i] = replace(
                    rule,
                    from_ways=_named(rule.from_ways, old, new),
                    via_ways=_named(rule.via_ways, old, new),
                    to_ways=_named(rule.to_ways, old, new),
                )


def _named(ways: tuple[int, ...], old: int, new: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(name for way in ways for name in (new if way == old else (way,)))


def _known(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    known: NDArray[np.bool_] = (np.abs(lonlat) <= GLOBE).all(axis=1) & (lonlat != 0).any(axis=1)
    return known


def _steps(extract: Extract) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return float64[4, s], the boxes in degrees of all steps from node to node, and their rows."""
    row = np.repeat(np.arange(extract.n_ways), np.diff(extract.ref_start))
    first = np.zeros(extract.n_ways, bool)
    first[np.unique(extract.way_id, return_index=True)[1]] = True
    known = _known(extract.lonlat)
    at = np.flatnonzero((row[1:] == row[:-1]) & known[1:] & known[:-1] & first[row[1:]])
    a, b = extract.lonlat[at], extract.lonlat[at + 1]
    return np.concatenate([np.minimum(a, b), np.maximum(a, b)], axis=1).T, row[at]


def _coded(roads: list[Road], values: tuple[str, ...]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    known = {value: code for code, value in enumerate(values)}
    code = np.zeros((len(WAY_KEYS), len(roads)), np.int32)
    for column, road in enumerate(roads):
        for key, value in road.tags.items():
            code[WAY_KEYS.index(key), column] = known.setdefault(value, len(known))
    return code, tuple(known)
