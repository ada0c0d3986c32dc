"""Raw OSM ways by id, with the place on a way where a drawn line lies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.verify.law import Leave, leave_of_barrier, leave_of_way, may_drive

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from planner.network.osm import Extract, Restriction
    from planner.verify.facts import Facts

EAST_MOST, NORTH_MOST = 180.0, 90.0

OFF_WAY_M = 1.0
"""How far a leg may lie beside its way."""

LOST_M = 1000.0
"""Metres counted to a node whose place is unknown, so that no line can follow the way there."""

TURN_COST = 5.0
"""Misses, in metres, that are sooner believed than a turn in the middle of a line."""

TURNING_PLACES = frozenset({"turning_circle", "turning_loop", "mini_roundabout"})

AT_NODE_M = 0.05
"""Positions this near to a node are the node: seven decimals of a degree are a centimetre."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One raw way in metres.

    Attributes
    ----------
    id, tags
        As in the file.
    nodes
        OSM node ids along the way.
    xy
        float64[k, 2]; NaN where a node's place is unknown.
    along
        float64[k]; metres from the first node.
    """

    id: int
    tags: dict[str, str]
    nodes: tuple[int, ...]
    xy: NDArray[np.float64]
    along: NDArray[np.float64]

    def at(self, metre: float) -> int | None:
        """Return the position in ``nodes`` of the node at a distance along, if one is there."""
        i = int(np.argmin(np.abs(self.along - metre)))
        return i if abs(self.along[i] - metre) <= AT_NODE_M else None

    def step(self, node: int, direction: int) -> int | None:
        """Return the id of the node next to a position in ``nodes``, None past an end."""
        i = node + direction
        return self.nodes[i] if 0 <= i < len(self.nodes) else None


@dataclass(frozen=True, slots=True)
class Trace:
    """A stretch of a way driven in one direction: with (1) or against (-1) the drawing.

    ``start`` and ``end`` are metres along the way.
    """

    way: Way
    direction: int
    start: float
    end: float

    @property
    def first_node(self) -> int | None:
        """Position of the node at the start, if it starts at one."""
        return self.way.at(self.start)

    @property
    def last_node(self) -> int | None:
        """Position of the node at the end, if it ends at one."""
        return self.way.at(self.end)

    def passed(self) -> list[int]:
        """Return the positions of the nodes strictly inside, in driving order."""
        low, high = sorted((self.start, self.end))
        inside = (self.way.along > low + AT_NODE_M) & (self.way.along < high - AT_NODE_M)
        return [int(i) for i in np.flatnonzero(inside)][:: self.direction]


@dataclass(frozen=True, slots=True)
class Exit:
    """A way on from a node: the next node along it, and who may drive there."""

    way_id: int
    node: int
    leave: Leave


class Streets:
    """The raw ways that a plan uses, looked up once."""

    def __init__(self, facts: Facts, way_ids: Iterable[int]) -> None:
        self._extract: Extract = facts.extract
        self._facts = facts
        self._traces: dict[tuple[int, bytes], tuple[Trace, ...]] = {}
        self.ways: dict[int, Way] = self._read(way_ids)

    def _read(self, way_ids: Iterable[int]) -> dict[int, Way]:
        wanted = np.unique(np.array([i for i in way_ids if abs(i) < 1 << 62], np.int64))
        rows = np.flatnonzero(np.isin(self._extract.way_id, wanted))[::-1]
        start = self._extract.ref_start
        at = [np.arange(start[row], start[row + 1]) for row in rows]
        xy = self._metric(np.concatenate([np.zeros(0, np.int64), *at]))
        shapes = np.split(xy, np.cumsum([len(one) for one in at])[:-1])
        ids = self._extract.way_id[rows].tolist()
        return {
            way_id: self._way(way_id, int(row), shape)
            for way_id, row, shape in zip(ids, rows, shapes, strict=bool(ids))
        }

    def _metric(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        lonlat = self._extract.lonlat[at]
        known = _on_the_map(lonlat)
        xy = np.full(lonlat.shape, np.nan)
        xy[known] = self._facts.metric(lonlat[known])
        return xy

    def _way(self, way_id: int, row: int, xy: NDArray[np.float64]) -> Way:
        nodes = self._extract.refs[slice(*self._extract.ref_start[row : row + 2])].tolist()
        steps = np.nan_to_num(np.hypot(*np.diff(xy, axis=0).T), nan=LOST_M)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        return Way(way_id, self._extract.tags(row), tuple(nodes), xy, along)

    def trace(self, way_id: int, xy: NDArray[np.float64]) -> tuple[Trace, ...]:
        """Return the stretches of a way that a line, float64[p, 2] metric, runs along.

        More than one where it turns round, or where the way meets itself; none where the
        line does not lie on the way.
        """
        way = self.ways.get(way_id)
        if way is None:
            return ()
        key = (way_id, xy.tobytes())
        if key not in self._traces:
            self._traces[key] = _trace(way, xy)
        return self._traces[key]

    @cached_property
    def _node_tags(self) -> dict[int, dict[str, str]]:
        return dict(zip(self._extract.node_id.tolist(), self._extract.node_tags, strict=True))

    def barrier(self, node: int) -> dict[str, str] | None:
        """Return the tags of a node that carries a barrier, None for any other."""
        tags = self._node_tags.get(node, {})
        return tags if "barrier" in tags else None

    @cached_property
    def rules_at(self) -> dict[int, list[Restriction]]:
        """Turn restrictions by the node they are kept at."""
        rules: dict[int, list[Restriction]] = defaultdict(list)
        for rule in self._extract.restrictions:
            # A relation over via ways binds a longer manoeuvre than one node shows.
            for node in () if rule.via_ways else rule.via_nodes:
                rules[node].append(rule)
        return rules

    def is_dead_end(self, node: int, back: int) -> bool:
        """Tell whether a car at a node can only go back to the one it came from.

        A way it may not pass through, or a barrier in its way, is no way on; a turning circle
        is made for going back.
        """
        tags = self._node_tags.get(node, {})
        if "barrier" in tags and leave_of_barrier(tags) is not Leave.OPEN:
            return True
        if tags.get("highway") in TURNING_PLACES:
            return True
        return all(e.node == back for e in self.exits(node) if e.leave is Leave.OPEN)

    def exits(self, node: int) -> list[Exit]:
        """Return where a car may go from a node, over any way of the file."""
        found = []
        start = self._extract.ref_start
        for at in np.flatnonzero(self._extract.refs == node).tolist():
            row = int(np.searchsorted(start, at, side="right")) - 1
            tags = self._extract.tags(row)
            leave = leave_of_way(tags)
            for direction in (1, -1):
                to = at + direction
                inside = start[row] <= to < start[row + 1]
                if leave is Leave.SHUT or not inside or not may_drive(tags, direction):
                    continue
                if _on_the_map(self._extract.lonlat[to : to + 1])[0]:
                    way_id, onward = self._extract.way_id[row], self._extract.refs[to]
                    found.append(Exit(int(way_id), int(onward), leave))
        return found


def _on_the_map(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    lon, lat = lonlat.T  # NaN, a place the file does not hold, fails every comparison.
    # Ways drawn to 0, 0 are a known fault of real files; no road lies there.
    known: NDArray[np.bool_] = (np.abs(lon) <= EAST_MOST) & (np.abs(lat) <= NORTH_MOST)
    known &= (lon != 0) | (lat != 0)
    return known


def _trace(way: Way, xy: NDArray[np.float64]) -> tuple[Trace, ...]:
    places = _places(way, xy)
    # Driving on over the node where a closed way begins and ends is no turn.
    closed = way.nodes[0] == way.nodes[-1]
    seam = float(way.along[-1]) - AT_NODE_M if closed else np.inf
    steps = np.hypot(*np.diff(xy, axis=0).T).tolist()
    paths = [
        _Path(off, ((direction, metre, metre),))
        for metre, off in places[0]
        for direction in (1, -1)
    ]
    for step, here, there in zip(steps, places[:-1], places[1:], strict=True):
        paths = _advance(paths, step, [metre for metre, _ in here], there, seam=seam)
    if not paths:
        return ()
    return tuple(Trace(way, *stretch) for stretch in min(paths).stretches)


class _Path(NamedTuple):
    """How far a line misses a way, and the (direction, start, end) driven so far."""

    miss: float
    stretches: tuple[tuple[int, float, float], ...]


def _advance(
    paths: list[_Path], step: float, here: list[float], there: list[tuple[float, float]],
    *, seam: float,
) -> list[_Path]:  # fmt: skip
    """Return the best path to each place and direction at the next point of the line.

    ``seam`` is how far on along the drawing a closed way has come back to its first node.
    """
    best: dict[tuple[float, int], _Path] = {}
    for miss, stretches in paths:
        *done, (heading, start, now) = stretches
        starts = [(heading, now, 0.0)]
        starts += [
            (d, m, 0.0 if d == heading and heading * (now - m) >= seam else TURN_COST)
            for m in here for d in (1, -1) if (d, m) != (heading, now)
        ]  # fmt: skip
        for metre, off in there:
            for direction, at, cost in starts:
                drift = abs(direction * (metre - at) - step)
                if drift > OFF_WAY_M:
                    continue
                total = miss + off + drift + cost
                key = (metre, direction)
                if key in best and best[key].miss <= total:
                    continue
                on = (direction, at) == (heading, now)
                driven = tuple(done) if on else stretches
                begun = start if on else at
                best[key] = _Path(total, (*driven, (direction, begun, metre)))
    return list(best.values())


def _places(way: Way, xy: NDArray[np.float64]) -> list[list[tuple[float, float]]]:
    """Return (metres along, metres off) of each place of a way near each point of a line."""
    foot, span = way.xy[:-1], np.diff(way.xy, axis=0)
    square = np.maximum((span**2).sum(1), 1e-12)
    gap = xy[:, None] - foot[None]
    share = np.clip((gap * span).sum(2) / square, 0.0, 1.0)
    off = np.hypot(*np.moveaxis(gap - share[:, :, None] * span, 2, 0))
    point, segment = np.nonzero(off <= OFF_WAY_M)
    along = way.along[segment] + share[point, segment] * np.sqrt(square[segment])
    places: list[list[tuple[float, float]]] = [[] for _ in xy]
    found = zip(point.tolist(), along.tolist(), off[point, segment].tolist(), strict=True)
    for i, metre, distance in found:
        # Two segments meet in one place; of two nodes a hand apart the nearer is meant.
        if not places[i] or abs(places[i][-1][0] - metre) > AT_NODE_M:
            places[i].append((metre, distance))
        elif distance < places[i][-1][1]:
            places[i][-1] = (metre, distance)
    return places
