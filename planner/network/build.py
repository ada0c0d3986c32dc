"""From raw ways to directed car arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.errors import NetworkError
from planner.layers.crs import to_xy
from planner.network.barriers import barrier_verdict
from planner.network.country import UNKNOWN
from planner.network.graph import Access, Network
from planner.network.osm import TURNING, Extract
from planner.network.turns import Arcs, forbid
from planner.network.profiles import CAR
from planner.network.ways import Ways, usable_ways

if TYPE_CHECKING:
    from numpy.typing import NDArray

GLOBE = (180.0, 90.0)
"""Largest longitude and latitude."""


class _Points(NamedTuple):
    """Usable points of car ways: way (index into Ways), run, position in the way, node.

    ``node_id`` and ``xy`` (metres) go by node.
    """

    way: NDArray[np.int64]
    run: NDArray[np.int64]
    position: NDArray[np.int64]
    node: NDArray[np.int64]
    node_id: NDArray[np.int64]
    xy: NDArray[np.float64]


class _Pieces(NamedTuple):
    """Stretches between junctions: first and last point, end nodes, metres and seconds."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    time_s: NDArray[np.int64]
    node: NDArray[np.int64]


def build_network(extract: Extract, *, epsg: int) -> Network:
    """Build the directed car arcs of an extract.

    Every junction, end of a way, turning circle and stopping barrier is a node. A barrier
    that stops cars cuts its node: each street end there is a node of its own, with the same
    OSM id. All arcs are kept, those off the largest strongly connected part too.

    Parameters
    ----------
    extract
        Raw ways, in EPSG:4326.
    epsg
        Metric CRS of the network.

    Raises
    ------
    NetworkError
        No road is left for cars.
    """
    counts = dict(extract.counts)
    cars = usable_ways(extract, CAR, UNKNOWN, counts)
    points = _points(extract, cars, epsg, counts)
    stopping = _stopping(extract, points, counts)
    pieces = _pieces(extract, cars, points, stopping)
    if not len(pieces.first):
        msg = "No road for cars is left in this file; see whether the area or the file is right."
        raise NetworkError(msg)
    return _network(extract, cars, points, pieces, epsg, counts)


def _points(extract: Extract, cars: Ways, epsg: int, counts: dict[str, int]) -> _Points:
    start = extract.ref_start[cars.row]
    sizes = extract.ref_start[cars.row + 1] - start
    way = np.repeat(np.arange(len(cars.row)), sizes)
    position = ranges(sizes)
    at = start[way] + position
    lonlat, ref = extract.lonlat[at], extract.refs[at]
    bad = _unusable(lonlat, counts)
    # A run is a stretch of a way without an unusable node in it.
    lost = np.cumsum(bad)[~bad]
    way, position, ref, lonlat = way[~bad], position[~bad], ref[~bad], lonlat[~bad]
    begins = np.ones(len(way), bool)
    begins[1:] = (way[1:] != way[:-1]) | (lost[1:] != lost[:-1])
    run = np.cumsum(begins) - 1
    again = np.zeros(len(way), bool)
    again[1:] = ~begins[1:] & (ref[1:] == ref[:-1])
    counts["node references dropped: the same node twice running"] = int(again.sum())
    keep = ~again
    keep &= (np.bincount(run[keep], minlength=run[-1] + 1 if len(run) else 0) > 1)[run]
    whole = np.zeros(len(cars.row), bool)
    whole[way[keep]] = True
    counts["ways dropped: fewer than two usable nodes"] = int((~whole).sum())
    counts["ways for cars"] = int(whole.sum())
    ids, first, node = np.unique(ref[keep], return_index=True, return_inverse=True)
    # Whole millimetres are finer than any survey, and stored without loss in little room.
    xy = np.round(to_xy(lonlat[keep][first], epsg), 3)
    return _Points(way[keep], run[keep], position[keep], node, ids, xy)


def _unusable(lonlat: NDArray[np.float64], counts: dict[str, int]) -> NDArray[np.bool_]:
    missing = np.isnan(lonlat[:, 0])
    zero = (lonlat == 0).all(axis=1)
    off = (np.abs(lonlat) > GLOBE).any(axis=1)
    start = "node references dropped: "
    counts[start + "not in the file or the box"] = int(missing.sum())
    counts[start + "at 0,0"] = int(zero.sum())
    counts[start + "off the map"] = int(off.sum())
    bad: NDArray[np.bool_] = missing | zero | off
    return bad


def _stopping(extract: Extract, points: _Points, counts: dict[str, int]) -> NDArray[np.bool_]:
    stops = np.zeros(len(points.node_id), bool)
    at = np.searchsorted(points.node_id, extract.node_id)
    at = np.minimum(at, len(stops) - 1) if len(stops) else at[:0]
    on_road = points.node_id[at] == extract.node_id[: len(at)]
    found: dict[str, int] = {}
    for i, here, tags in zip(at.tolist(), on_road.tolist(), extract.node_tags, strict=False):
        if not here or not ("barrier" in tags or "ford" in tags):
            continue
        verdict = barrier_verdict(tags, CAR).stops
        stops[i] = bool(verdict)
        word = {True: "stopping", False: "passed", None: "of unknown kind passed"}[verdict]
        key = f"barriers {word}: {tags.get('barrier', 'ford')}"
        found[key] = found.get(key, 0) + 1
    counts.update(sorted(found.items()))
    return stops


def _on(extract: Extract, node_id: NDArray[np.int64]) -> NDArray[np.bool_]:
    turning = [
        node
        for node, tags in zip(extract.node_id.tolist(), extract.node_tags, strict=True)
        if tags.get("highway") in TURNING
    ]
    return np.isin(node_id, np.array(turning, np.int64))


def _pieces(
    extract: Extract,
    cars: Ways,
    points: _Points,
    stopping: NDArray[np.bool_],
) -> _Pieces:
    run, node, xy = points.run, points.node, points.xy
    edge = np.ones(len(run) + 1, bool)
    edge[1:-1] = run[1:] != run[:-1]
    junction = (np.bincount(node, minlength=len(points.node_id)) > 1) | stopping
    junction |= _on(extract, points.node_id)
    at = np.flatnonzero(junction[node] | edge[:-1] | edge[1:])
    step = np.zeros(len(run))
    step[1:] = np.where(edge[1:-1], 0.0, np.hypot(*(xy[node[1:]] - xy[node[:-1]]).T))
    along = np.cumsum(step)
    joined = np.flatnonzero(run[at[1:]] == run[at[:-1]])
    first, last = at[joined], at[joined + 1]
    clock = _clock(along[at], run[at], cars.kmh[:, points.way[at]])
    time = clock[:, joined + 1] - clock[:, joined]
    # Each street end at a stopping barrier becomes a node of its own.
    own = len(points.node_id) + 2 * np.arange(len(first))
    start = np.where(stopping[node[first]], own, node[first])
    end = np.where(stopping[node[last]], own + 1, node[last])
    keys, index = np.unique(np.concatenate([start, end]), return_inverse=True)
    place = np.concatenate([node[first], node[last]])
    old = np.zeros(len(keys), np.int64)
    old[index] = place
    start, end = index[: len(first)], index[len(first) :]
    return _Pieces(first, last, start, end, along[last] - along[first], time, old)


def _clock(
    along: NDArray[np.float64], run: NDArray[np.int64], kmh: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return int64[2, k], whole seconds from the run's start: rounded sums, rising by >= 1."""
    begins = np.ones(len(run), bool)
    begins[1:] = run[1:] != run[:-1]
    base = along[np.flatnonzero(begins)][np.cumsum(begins) - 1]
    seconds = np.rint((along - base) / (kmh / 3.6)).astype(np.int64)
    index = np.arange(len(run))
    far = int(seconds.max(initial=0)) + len(run) + 1
    return np.maximum.accumulate(seconds + run * far - index, axis=1) + index - run * far


def ranges(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, ... size - 1 for each size, in one array."""
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - sizes, sizes)


def _network(
    extract: Extract,
    cars: Ways,
    points: _Points,
    pieces: _Pieces,
    epsg: int,
    counts: dict[str, int],
) -> Network:
    way = points.way[pieces.first]
    direction = cars.direction[way]
    drivable = np.stack([direction >= 0, direction <= 0], axis=1).ravel()
    piece, against = np.divmod(np.flatnonzero(drivable), 2)
    back = against == 1
    number = np.where(drivable, np.cumsum(drivable) - 1, -1).reshape(-1, 2)
    first = np.where(back, pieces.last[piece], pieces.first[piece])
    last = np.where(back, pieces.first[piece], pieces.last[piece])
    tail = np.where(back, pieces.end[piece], pieces.start[piece]).astype(np.int32)
    head = np.where(back, pieces.start[piece], pieces.end[piece]).astype(np.int32)
    twin = number[piece, 1 - against].astype(np.int32)
    way = way[piece]
    way_id, access = extract.way_id[cars.row[way]], cars.access[against, way]
    node_id = points.node_id[pieces.node]
    arcs = Arcs(tail, head, twin, way_id, access, node_id, _on(extract, node_id))
    forbidden = forbid(arcs, extract.restrictions, counts)
    sizes = np.abs(last - first) + 1
    shape_at = np.repeat(first, sizes) + ranges(sizes) * np.repeat(np.where(back, -1, 1), sizes)
    _count_arcs(tail, head, access, len(node_id), counts)
    return Network(
        epsg=epsg,
        node_id=node_id,
        node_xy=points.xy[pieces.node],
        tail=tail,
        head=head,
        length_m=pieces.length_m[piece],
        time_s=pieces.time_s[against, piece].astype(np.int32),
        way_id=way_id,
        way_from=points.position[first].astype(np.int32),
        way_to=points.position[last].astype(np.int32),
        road_class=cars.road_class[way],
        access=access,
        name=cars.name[way],
        twin=twin,
        forbidden=forbidden,
        shape_start=np.concatenate([[0], np.cumsum(sizes)]),
        shape_xy=points.xy[points.node[shape_at]],
        names=cars.names,
        counts=counts,
        extract_date=extract.extract_date,
    )


def _count_arcs(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    access: NDArray[np.uint8],
    n_nodes: int,
    counts: dict[str, int],
) -> None:
    inside = in_largest_part(tail, head, n_nodes)
    counts["nodes"] = n_nodes
    counts["arcs"] = len(tail)
    counts["arcs for destinations only"] = int((access == Access.DESTINATION).sum())
    counts["arcs private"] = int((access == Access.PRIVATE).sum())
    counts["arcs that are loops"] = int((tail == head).sum())
    counts["arcs outside the largest strongly connected part"] = int((~inside).sum())


def in_largest_part(
    tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int
) -> NDArray[np.bool_]:
    """Return bool[m]: arcs with both ends in the largest strongly connected part."""
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), (n_nodes, n_nodes)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(label[tail], label[tail] == label[head])
    largest = size.argmax() if len(size) else 0
    inside: NDArray[np.bool_] = (label[tail] == largest) & (label[head] == largest)
    return inside
