"""A drawn way cut where the arcs of the roads are cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod
from shapely.ops import substring

from planner.layers.crs import to_lonlat
from planner.network.map_match import AGAINST, REACH_M, SHUT, match
from planner.network.redraw import Redraw
from planner.network.way_arcs import WayArcs
from planner.verify.law import Leave

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from planner.network.graph import Network
    from planner.network.map_match import Piece
    from planner.network.redraw import Road
    from planner.network.way_arcs import OnWay
    from planner.verify.streets import Streets

NO_WAY = 0
"""In the place of a way's id: off every road."""

WHOLE_M, STUB_M = 1.0, 6.0
"""What is left of an arc, or begun of one, over less than this is drawing: of a line traced on
the roads, of one drawn by hand. Assumption."""


class Part(NamedTuple):
    """A stretch of a drawn way: at most one arc of the roads.

    Attributes
    ----------
    way
        OSM id of its raw way, ``NO_WAY`` off every road.
    arcs
        The arc, with its copies, that is driven; none where the profile has none in this
        direction.
    like
        An arc of the same road in the other direction where there is none in this, else -1.
    share
        Part of the arc that is driven.
    forward
        Whether it follows the way's drawing.
    lonlat
        float64[p, 2]; degrees to 7 decimals, in driving order.
    length_m
        Metres.
    first, last
        Metres from the start of the drawn line.
    off_m
        How far the line lies from the road at most.
    begun
        Whether it begins where its arc does.
    """

    way: int
    arcs: tuple[int, ...]
    like: int
    share: float
    forward: bool
    lonlat: NDArray[np.float64]
    length_m: float
    first: float
    last: float
    off_m: float
    begun: bool = True


def whole_part(network: Network, part: Part, arc: int) -> Part:
    """Return the whole of an arc as a part that lies where another does on the drawn line."""
    lonlat = np.round(to_lonlat(network.arc_shape(arc), network.epsg), 7)
    own = arc in part.arcs
    return part._replace(
        way=int(network.way_id[arc]), arcs=part.arcs if own else (arc,), like=-1, share=1.0,
        forward=part.forward, lonlat=lonlat, length_m=float(network.length_m[arc]),
        first=part.first if own else part.last, begun=True,
    )  # fmt: skip


def follow(line: LineString, streets: Streets, network: Network) -> list[Part]:
    """Return what a metric line runs along, cut at the ends of arcs.

    Parameters
    ----------
    line
        In the CRS of both.
    streets
        Raw roads with what the law says of them.
    network
        Roads of the same profile, split at every stop.
    """
    roads = Redraw(streets.extract, network.epsg).near(_box(line))
    pieces, traced = match(line, roads, _dislike(roads, streets))
    stub = WHOLE_M if traced else STUB_M
    pieces = pieces if traced else _without_stubs(pieces)
    arcs = WayArcs(network)
    drawn_twice = _Twice(network)
    found: list[Part] = []
    for piece in pieces:
        if piece.road < 0:
            found.append(_off_road(line, piece, network))
        else:
            road = roads[piece.road]
            found += _on_road(
                road, piece, _cuts(arcs.on(road.id, road.along), piece, stub), network
            )
    return [part._replace(arcs=drawn_twice.of(part.arcs)) for part in found]


def _without_stubs(pieces: list[Piece]) -> list[Piece]:
    """Return the stretches without a first or last one that only shows where a hand began."""
    while len(pieces) > 1 and _is_stub(pieces[0]):
        pieces = pieces[1:]
    while len(pieces) > 1 and _is_stub(pieces[-1]):
        pieces = pieces[:-1]
    return pieces


def _is_stub(piece: Piece) -> bool:
    return piece.road >= 0 and abs(piece.end - piece.begin) < STUB_M


class _Twice:
    """Arcs of ways that are drawn over the same nodes again."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._start, self._arcs = network.out_arcs()

    def of(self, arcs: tuple[int, ...]) -> tuple[int, ...]:
        """Return arcs with all others that have the same line."""
        network = self._network
        if not arcs:
            return arcs
        tail, line = network.tail[arcs[0]], network.arc_shape(arcs[0])
        beside = self._arcs[self._start[tail] : self._start[tail + 1]]
        same = beside[network.head[beside] == network.head[arcs[0]]].tolist()
        return (*arcs, *(
            arc for arc in same
            if arc not in arcs and np.array_equal(network.arc_shape(arc), line)
        ))  # fmt: skip


def _box(line: LineString) -> tuple[float, float, float, float]:
    west, south, east, north = line.bounds
    far = 4 * REACH_M
    return west - far, south - far, east + far, north + far


def _dislike(roads: Sequence[Road], streets: Streets) -> NDArray[np.float64]:
    """Return float64[r, 2]; how little each road is expected along and against its drawing."""
    streets.read(road.id for road in roads)
    cost = np.zeros((len(roads), 2))
    for i, road in enumerate(roads):
        way = streets.way(road.id)
        for side, direction in enumerate((1, -1)):
            if way is None or (way.leave(direction) is Leave.SHUT and not way.is_hourly):
                cost[i, side] = SHUT
            elif not way.may_drive(direction):
                cost[i, side] = AGAINST
    return cost


def _off_road(line: LineString, piece: Piece, network: Network) -> Part:
    drawn = substring(line, piece.first, piece.last)
    lonlat = np.round(to_lonlat(shapely.get_coordinates(drawn), network.epsg), 7)
    return Part(NO_WAY, (), -1, 1.0, True, lonlat, float(drawn.length),
                piece.first, piece.last, piece.off_m)  # fmt: skip


class _Cut(NamedTuple):
    """Metres of a way, ``low < high``: its arc with its copies, or one of the other direction.

    ``from_low`` and ``to_high`` tell whether its arc lies no further on either side.
    """

    low: float
    high: float
    arcs: tuple[int, ...]
    like: int
    share: float
    from_low: bool = True
    to_high: bool = True


def _on_road(road: Road, piece: Piece, cuts: Sequence[_Cut], network: Network) -> list[Part]:
    """Return a stretch of one road cut at the ends of its arcs, in driving order."""
    spread = (piece.last - piece.first) / max(abs(piece.end - piece.begin), 1e-9)
    found = []
    for cut in cuts if piece.forward else reversed(cuts):
        ends = (cut.low, cut.high) if piece.forward else (cut.high, cut.low)
        whole = bool(cut.arcs) and cut.share == 1.0
        xy = network.arc_shape(cut.arcs[0]) if whole else _shape(road, *ends)
        lonlat = np.round(to_lonlat(xy, network.epsg), 7)
        length = network.length_m[cut.arcs[0]] * cut.share if cut.arcs else _metres(lonlat)
        first, last = (piece.first + spread * abs(at - piece.begin) for at in ends)
        found.append(Part(road.id, cut.arcs, cut.like, cut.share, piece.forward, lonlat,
                          float(length), first, last, piece.off_m,
                          cut.from_low if piece.forward else cut.to_high))  # fmt: skip
    return found


def _cuts(arcs: Sequence[OnWay], piece: Piece, stub_m: float) -> list[_Cut]:
    """Return the cuts of a stretch along its way's drawing, without a gap."""
    low, high = sorted((piece.begin, piece.end))
    inside = (_within(cut, low, high, stub_m) for cut in _extents(arcs, piece.forward))
    own = [cut for cut in inside if cut is not None]
    found = list(own)
    for side in _extents(arcs, not piece.forward):
        found += [
            _Cut(a, b, (), side.arcs[0], 1.0)
            for a, b in _without((max(low, side.low), min(high, side.high)), own, stub_m)
        ]
    found += [_Cut(a, b, (), -1, 1.0) for a, b in _without((low, high), list(found), stub_m)]
    return sorted(found)


def _extents(arcs: Sequence[OnWay], forward: bool) -> list[_Cut]:
    """Return each arc of one direction with its copies."""
    named: dict[tuple[float, float], list[int]] = {}
    for one in arcs:
        if one.forward == forward:
            key = (round(min(one.begin, one.end), 3), round(max(one.begin, one.end), 3))
            named.setdefault(key, []).append(one.arc)
    return [_Cut(*key, tuple(same), -1, 1.0) for key, same in sorted(named.items())]


def _within(cut: _Cut, low: float, high: float, stub_m: float) -> _Cut | None:
    """Return the part of an arc between two places; an end this near to its own is its own."""
    a = cut.low if low <= cut.low + stub_m else low
    b = cut.high if high >= cut.high - stub_m else high
    length = cut.high - cut.low
    inside = min(high, cut.high) - max(low, cut.low)
    if inside < min(stub_m, length / 2):
        return None
    share = 1.0 if b - a == length else (b - a) / length
    return cut._replace(low=a, high=b, share=share, from_low=a == cut.low, to_high=b == cut.high)


def _without(
    stretch: tuple[float, float], taken: Sequence[_Cut], stub_m: float
) -> list[tuple[float, float]]:
    """Return what is left of a stretch beside others, stubs left out."""
    left = [stretch]
    for cut in taken:
        left = [
            span
            for a, b in left
            for span in ((a, min(b, cut.low)), (max(a, cut.high), b))
            if span[1] > span[0]
        ]
    return [(a, b) for a, b in left if b - a >= stub_m]


def _shape(road: Road, begin: float, end: float) -> NDArray[np.float64]:
    """Return the metric line of a road between two places, in the order they are given."""
    low, high = sorted((begin, end))
    known = np.isfinite(road.xy[:, 0])
    along, xy = road.along[known], road.xy[known]
    at = np.concatenate([[low], along[(along > low + 1e-3) & (along < high - 1e-3)], [high]])
    shape = np.column_stack([np.interp(at, along, xy[:, axis]) for axis in (0, 1)])
    return shape if begin <= end else shape[::-1]


def _metres(lonlat: NDArray[np.float64]) -> float:
    return float(Geod(ellps="WGS84").line_length(*lonlat.T))
