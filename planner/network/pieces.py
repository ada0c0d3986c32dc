"""Stretches of road between junctions, cut out of raw ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.crs import to_xy
from planner.network.barriers import barrier_verdict
from planner.network.moves import order_of
from planner.network.osm import TURNING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.osm import Extract
    from planner.network.profiles import Profile
    from planner.network.ways import Ways

BARRING = frozenset({"barrier", "ford", "kerb"})
"""Keys of nodes that can end a way."""

SPREAD = ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555))
"""Steps that put a zero between all bits of a number of 16 bits."""

GLOBE = (180.0, 90.0)
"""Largest longitude and latitude."""


class Points(NamedTuple):
    """Usable points of ways: way (index into Ways), run, position in the way, node.

    ``node_id`` and ``xy`` (metres) go by node; ``place`` is ``xy`` of each point.
    """

    way: NDArray[np.int64]
    run: NDArray[np.int64]
    position: NDArray[np.int64]
    node: NDArray[np.int64]
    node_id: NDArray[np.int64]
    xy: NDArray[np.float64]
    place: NDArray[np.float64]


class Pieces(NamedTuple):
    """Stretches between junctions, `p` of them.

    Attributes
    ----------
    first, last
        int64[p]; index of the points at either end.
    start, end
        int64[p]; node at either end.
    length_m
        float64[p].
    time_s
        int64[2, p]; seconds along the drawing and against it.
    node
        int64[n]; index into ``Points.node_id`` of each node.
    along
        float64[points]; metres from the first point of all.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    time_s: NDArray[np.int64]
    node: NDArray[np.int64]
    along: NDArray[np.float64]


def points_of(extract: Extract, ways: Ways, epsg: int, counts: dict[str, int]) -> Points:
    """Return the usable points of ways, in metres; what is dropped is added to ``counts``."""
    start = extract.ref_start[ways.row]
    sizes = extract.ref_start[ways.row + 1] - start
    way = np.repeat(np.arange(len(ways.row)), sizes)
    position = ranges(sizes)
    at = start[way] + position
    lonlat, ref = extract.lonlat[at], extract.refs[at]
    bad = _unusable(lonlat, counts)
    # A run is a stretch of a way without an unusable node in it.
    lost = np.cumsum(bad)[~bad]
    if len(lost) < len(bad):
        way, position, ref, lonlat = way[~bad], position[~bad], ref[~bad], lonlat[~bad]
    begins = np.ones(len(way), bool)
    begins[1:] = (way[1:] != way[:-1]) | (lost[1:] != lost[:-1])
    run = np.cumsum(begins) - 1
    again = np.zeros(len(way), bool)
    again[1:] = ~begins[1:] & (ref[1:] == ref[:-1])
    counts["node references dropped: the same node twice running"] = int(again.sum())
    keep = ~again
    keep &= (np.bincount(run[keep], minlength=run[-1] + 1 if len(run) else 0) > 1)[run]
    whole = np.zeros(len(ways.row), bool)
    whole[way[keep]] = True
    counts["ways dropped: fewer than two usable nodes"] = int((~whole).sum())
    counts["ways for cars"] = int(whole.sum())
    if not keep.all():
        way, run, position = way[keep], run[keep], position[keep]
        ref, lonlat = ref[keep], lonlat[keep]
    ids, first, node = _distinct(ref)
    # Whole millimetres are finer than any survey, and stored without loss in little room.
    xy = np.round(to_xy(lonlat[first], epsg), 3)
    return Points(way, run, position, node, ids, xy, np.take(xy, node, axis=0))


def _distinct(
    ref: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.int64]]:
    """Return the distinct ids, ascending; where each stands first; the index of each reference."""
    from pandas import factorize  # a table of hashes: an eighth of the time of sorting

    code, ids = factorize(ref)
    first = np.empty(len(ids), np.intp)
    first[code[::-1]] = np.arange(len(code) - 1, -1, -1)
    order = np.argsort(ids)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return ids[order], first[order], rank[code]


def _unusable(lonlat: NDArray[np.float64], counts: dict[str, int]) -> NDArray[np.bool_]:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    missing = np.isnan(lon)
    zero = (lon == 0) & (lat == 0)
    off = (np.abs(lon) > GLOBE[0]) | (np.abs(lat) > GLOBE[1])
    start = "node references dropped: "
    counts[start + "not in the file or the box"] = int(missing.sum())
    counts[start + "at 0,0"] = int(zero.sum())
    counts[start + "off the map"] = int(off.sum())
    bad: NDArray[np.bool_] = missing | zero | off
    return bad


class Barriers(NamedTuple):
    """What stands on nodes: bool[node] where the profile's way ends, and rules by the clock.

    ``hours`` maps a node to rules as in ``Network.timed_rules``.
    """

    stopping: NDArray[np.bool_]
    hours: dict[int, tuple[str, ...]]


def barriers_on(
    extract: Extract, ways: Ways, points: Points, profile: Profile, counts: dict[str, int]
) -> Barriers:
    """Return the barriers and fords on nodes; all kinds are counted in ``counts``.

    A private gate on a street that is restricted itself stops nobody who may be there.
    """
    stops = np.zeros(len(points.node_id), bool)
    restricted = np.zeros(len(points.node_id), bool)
    restricted[points.node[ways.access.max(axis=0)[points.way] > 0]] = True
    hours: dict[int, tuple[str, ...]] = {}
    at = np.searchsorted(points.node_id, extract.node_id)
    at = np.minimum(at, len(stops) - 1) if len(stops) else at[:0]
    on_road = points.node_id[at] == extract.node_id[: len(at)]
    found: dict[str, int] = {}
    for i, here, tags in zip(at.tolist(), on_road.tolist(), extract.node_tags, strict=False):
        if not here or not tags.keys() & BARRING:
            continue
        verdict = barrier_verdict(tags, profile)
        if verdict.guarded and restricted[i]:
            verdict = verdict._replace(stops=False)
        stops[i] = bool(verdict.stops)
        if verdict.hours:
            hours[i] = verdict.hours
        word = {True: "stopping", False: "passed", None: "of unknown kind passed"}[verdict.stops]
        word = "open at some hours" if verdict.hours else word
        keys = [f"barriers {word}: {tags.get('barrier', 'ford')}"]
        if not verdict.understood:
            keys.append("barriers with a condition that cannot be read, taken at its strictest")
        for key in keys:
            found[key] = found.get(key, 0) + 1
    counts.update(sorted(found.items()))
    return Barriers(stops, hours)


def turning_nodes(extract: Extract, node_id: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return bool[n]; nodes with room to turn round."""
    turning = [
        node
        for node, tags in zip(extract.node_id.tolist(), extract.node_tags, strict=True)
        if tags.get("highway") in TURNING
    ]
    return np.isin(node_id, np.array(turning, np.int64))


def pieces_of(
    extract: Extract,
    ways: Ways,
    points: Points,
    barriers: Barriers,
) -> Pieces:
    """Return the stretches between junctions; a stopping barrier cuts its node."""
    run, node, xy = points.run, points.node, points.xy
    edge = np.ones(len(run) + 1, bool)
    edge[1:-1] = run[1:] != run[:-1]
    stopping = barriers.stopping
    junction = (np.bincount(node, minlength=len(points.node_id)) > 1) | stopping
    junction[list(barriers.hours)] = True
    junction |= turning_nodes(extract, points.node_id)
    at = np.flatnonzero(junction[node] | edge[:-1] | edge[1:])
    step = np.zeros(len(run))
    step[1:] = np.hypot(*np.diff(points.place, axis=0).T)
    step[1:][edge[1:-1]] = 0.0
    along = np.cumsum(step)
    joined = np.flatnonzero(run[at[1:]] == run[at[:-1]])
    first, last = at[joined], at[joined + 1]
    clock = _clock(along[at], run[at], ways.kmh[:, points.way[at]])
    time = clock[:, joined + 1] - clock[:, joined]
    # Each street end at a stopping barrier becomes a node of its own.
    own = len(points.node_id) + 2 * np.arange(len(first))
    start = np.where(stopping[node[first]], own, node[first])
    end = np.where(stopping[node[last]], own + 1, node[last])
    old = np.full(own[-1] + 2 if len(own) else 0, -1)
    old[start], old[end] = node[first], node[last]
    used = np.flatnonzero(old >= 0)
    number = np.zeros(len(old), np.int64)
    number[used] = np.arange(len(used))
    old = old[used]
    order = spatial_order(xy[old])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    old, start, end = old[order], rank[number[start]], rank[number[end]]
    return Pieces(first, last, start, end, along[last] - along[first], time, old, along)


def spatial_order(xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the order of points, float64[k, 2], along a Z-curve: near ones stay near."""
    if not len(xy):
        return np.zeros(0, np.int64)
    low, size = xy.min(axis=0), float(np.ptp(xy, axis=0).max())
    east, north = (
        _spread(((xy[:, axis] - low[axis]) / max(size, 1e-9) * 0xFFFF).astype(np.uint32))
        for axis in (0, 1)
    )
    return order_of(east | (north << np.uint32(1)))


def _spread(number: NDArray[np.uint32]) -> NDArray[np.uint32]:
    for shift, mask in SPREAD:
        number = (number | (number << np.uint32(shift))) & np.uint32(mask)
    return number


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
