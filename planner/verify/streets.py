"""The raw roads of one extract, looked up once for every plan that is checked on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from shapely.geometry import LineString

from planner.verify.courses import traces_of
from planner.verify.enclosed import Enclosed
from planner.verify.hours import is_hourly, restriction_is_hourly
from planner.verify.law import LAWS, Leave
from planner.verify.signs import leave_of_barrier, leave_of_way, may_drive, too_small
from planner.verify.trace import Passing, Trace, Way, passing_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from planner.network.osm import Extract, Restriction

EAST_MOST, NORTH_MOST = 180.0, 90.0

LOST_M = 1000.0
"""Metres counted to a node whose place is unknown, so that no line can follow the way there."""

TURNING_PLACES = frozenset({"turning_circle", "turning_loop", "mini_roundabout"})

STOPPING_KEYS = frozenset({"barrier", "kerb", "ford"})
"""Keys of a node that may stop somebody."""

KEPT = 8192
"""Legs whose place on their way is remembered: several plans of a large city."""


@lru_cache(maxsize=16)
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(4326, epsg, always_xy=True)


def to_metric(lonlat: NDArray[np.float64], epsg: int) -> NDArray[np.float64]:
    """Return metric float64[n, 2] of lon/lat positions."""
    return np.column_stack(_transformer(epsg).transform(lonlat[:, 0], lonlat[:, 1]))


@dataclass(frozen=True, slots=True)
class Exit:
    """A way on from a node: the next node along it, and who may drive there."""

    way_id: int
    node: int
    leave: Leave


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A leg's line on its raw way: the stretches it runs along, none where it is off the way.

    ``watched`` are the nodes inside them at which a rule can be broken: those with a barrier
    or a turn restriction, and those where the car goes back.
    """

    line: LineString
    length_m: float
    traces: tuple[Trace, ...]
    watched: tuple[Passing, ...]


class Streets:
    """The raw roads of an extract in metres; what has been looked up is remembered.

    Everything remembered follows from the extract alone, so that plans, also those made at
    the same time in several threads, may share one.

    Parameters
    ----------
    extract
        The raw OSM facts, as read from the file.
    epsg
        EPSG code of the metric CRS.
    profile
        Whom its signs are read for: a key of ``LAWS``.
    """

    def __init__(self, extract: Extract, epsg: int, profile: str = "car") -> None:
        self.extract = extract
        self.epsg = epsg
        self.law = LAWS[profile]
        self._ways: dict[int, Way] = {}
        self._exits: dict[int, list[Exit]] = {}
        self._drawn: dict[tuple[int, bytes], Drawn] = {}
        self._watched: dict[int, NDArray[np.intp]] = {}

    def read(self, way_ids: Iterable[int]) -> None:
        """Look up several ways in one go."""
        new = {i for i in way_ids if abs(i) < 1 << 62} - self._ways.keys()
        wanted = np.array(sorted(new), np.int64)
        order, ids = self._by_id
        place = np.searchsorted(ids, wanted)
        # Of a way that the file repeats, the first counts.
        known = place < len(ids)
        known[known] = ids[place[known]] == wanted[known]
        rows = order[place[known]]
        start = self.extract.ref_start
        at = [np.arange(start[row], start[row + 1]) for row in rows]
        xy = self._on_ground(np.concatenate([np.zeros(0, np.int64), *at]))
        shapes = np.split(xy, np.cumsum([len(one) for one in at])[:-1])
        tags = self.extract.tags_of(rows)
        for row, own, shape in zip(rows.tolist(), tags, shapes, strict=len(rows) > 0):
            way = self._way(row, own, shape)
            self._ways.setdefault(way.id, way)

    def way(self, way_id: int) -> Way | None:
        """Return a raw way, None where the file has none of this id."""
        if way_id not in self._ways:
            self.read([way_id])
        return self._ways.get(way_id)

    @cached_property
    def _by_id(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        order = np.argsort(self.extract.way_id, kind="stable")
        return order, self.extract.way_id[order]

    def _on_ground(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        lonlat = self.extract.lonlat[at]
        known = _on_the_map(lonlat)
        xy = np.full(lonlat.shape, np.nan)
        xy[known] = to_metric(lonlat[known], self.epsg)
        return xy

    def _way(self, row: int, tags: dict[str, str], xy: NDArray[np.float64]) -> Way:
        nodes = self.extract.refs[slice(*self.extract.ref_start[row : row + 2])].tolist()
        steps = np.nan_to_num(np.hypot(*np.diff(xy, axis=0).T), nan=LOST_M)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        way_id = int(self.extract.way_id[row])
        return Way(way_id, tags, tuple(nodes), xy, along, self.law)

    def drawn(self, way_ids: Sequence[int], lines: Sequence[NDArray[np.float64]]) -> list[Drawn]:
        """Return where each of some lines, float64[p, 2] metric, lies on its way."""
        keys = [(way, xy.tobytes()) for way, xy in zip(way_ids, lines, strict=True)]
        # Taken once: another thread may begin to remember anew in the meantime.
        known = self._drawn
        new = {key: xy for key, xy in zip(keys, lines, strict=True) if key not in known}
        if len(known) + len(new) > KEPT:
            self._drawn = known = {key: known[key] for key in keys if key in known}
        known.update(self._lay(new))
        return [known[key] for key in keys]

    def _lay(
        self, lines: Mapping[tuple[int, bytes], NDArray[np.float64]]
    ) -> Iterator[tuple[tuple[int, bytes], Drawn]]:
        """Give where each line lies on the way that its key begins with."""
        ways = [self.way(way_id) for way_id, _ in lines]
        on_file = [(way, xy) for way, xy in zip(ways, lines.values(), strict=True) if way]
        found = iter(traces_of([way for way, _ in on_file], [xy for _, xy in on_file]))
        for (key, xy), way in zip(lines.items(), ways, strict=True):
            traces = () if way is None else next(found)
            watched = tuple(p for trace in traces for p in self.watched(trace))
            line = LineString(xy)
            yield key, Drawn(line, line.length, traces, watched)

    def is_watched(self, passing: Passing) -> bool:
        """Tell whether a rule can be broken there: a barrier, a turn restriction, a U-turn."""
        return passing.turns_back or self._is_ruled(passing.node)

    def _is_ruled(self, node: int) -> bool:
        return node in self._ruled

    @cached_property
    def _ruled(self) -> frozenset[int]:
        stops = (
            node for node, tags in self._node_tags.items() if not STOPPING_KEYS.isdisjoint(tags)
        )
        return frozenset(stops) | self.rules_at.keys()

    def watched(self, trace: Trace) -> list[Passing]:
        """Return the nodes inside a stretch at which a rule can be broken."""
        way = trace.way
        if way.id not in self._watched:
            self._watched[way.id] = self._watched_on(way)
        at = self._watched[way.id]
        return [passing_over(trace, k, trace, k) for k in trace.passed(at)] if len(at) else []

    def _watched_on(self, way: Way) -> NDArray[np.intp]:
        """Return the positions in a way's nodes at which a rule can be broken along it."""
        around = zip((None, *way.nodes), way.nodes, (*way.nodes[1:], None), strict=False)
        return np.array(
            [k for k, (last, node, after) in enumerate(around)
             if (last is not None and last == after) or self._is_ruled(node)], np.intp,
        )  # fmt: skip

    @cached_property
    def _node_tags(self) -> dict[int, dict[str, str]]:
        return dict(zip(self.extract.node_id.tolist(), self.extract.node_tags, strict=True))

    def stop(self, node: int) -> dict[str, str] | None:
        """Return the tags of a node with a barrier or kerb, None for any other."""
        tags = self._node_tags.get(node)
        return None if tags is None or STOPPING_KEYS.isdisjoint(tags) else tags

    @cached_property
    def _binding(self) -> list[Restriction]:
        rules = () if self.law.walks else self.extract.restrictions
        return [rule for rule in rules if self.law.exempt.isdisjoint(_exempt(rule))]

    @cached_property
    def rules_at(self) -> dict[int, list[Restriction]]:
        """Turn restrictions that may bind the profile, by the node they are kept at."""
        rules: dict[int, list[Restriction]] = defaultdict(list)
        for rule in self._binding:
            # A relation over via ways binds a longer manoeuvre than one node shows.
            for node in () if rule.via_ways else rule.via_nodes:
                rules[node].append(rule)
        return dict(rules)

    @cached_property
    def rules_from(self) -> dict[int, list[Restriction]]:
        """Turn restrictions over via ways that may bind the profile, by the way they begin on."""
        rules: dict[int, list[Restriction]] = defaultdict(list)
        for rule in self._binding:
            for way in rule.from_ways if rule.via_ways else ():
                rules[way].append(rule)
        return dict(rules)

    def is_hourly(self, rule: Restriction) -> bool:
        """Tell whether a turn restriction holds at some hours only."""
        return restriction_is_hourly(rule.tags, self.law)

    def is_dead_end(self, node: int, back: int) -> bool:
        """Tell whether a car at a node can only go back to the one it came from.

        A way it may not pass through, or a barrier in its way, is no way on; a turning circle
        is made for going back.
        """
        tags = self._node_tags.get(node, {})
        if tags.get("highway") in TURNING_PLACES:
            return True
        if not self.law.backs_out:
            return False
        if "barrier" in tags and leave_of_barrier(tags, self.law) is not Leave.OPEN:
            return True
        return all(e.node == back for e in self.exits(node) if e.leave is Leave.OPEN)

    def exits(self, node: int) -> list[Exit]:
        """Return where one may go from a node at any hour, over any way of the file."""
        if node not in self._exits:
            self._exits[node] = self._find_exits(node)
        return self._exits[node]

    @property
    def n_points(self) -> int:
        """How many nodes the ways of the file name, each as often as it is named."""
        return len(self._by_node[1])

    @cached_property
    def enclosed(self) -> Enclosed:
        """Which open roads lie behind restricted ones."""
        return Enclosed(self)

    def neighbours(self, node: int, *, back: bool) -> set[int]:
        """Return the nodes next to one by open roads, from which one comes if ``back``.

        Nothing leads on where a barrier may stop somebody.
        """
        tags = self.stop(node)
        if tags is not None and (
            leave_of_barrier(tags, self.law) is not Leave.OPEN
            or is_hourly(tags, self.law)
            or too_small(tags, self.law)
        ):
            return set()
        exits = self._find_exits(node, back=True) if back else self.exits(node)
        return {one.node for one in exits if one.leave is Leave.OPEN}

    @cached_property
    def _by_node(self) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        order = np.argsort(self.extract.refs, kind="stable")
        return order, self.extract.refs[order]

    def _find_exits(self, node: int, *, back: bool = False) -> list[Exit]:
        """Return the ways on from a node, or ``back`` to it, with the node next to it."""
        found = []
        start = self.extract.ref_start
        order, refs = self._by_node
        since = int(np.searchsorted(refs, node, side="left"))
        until = int(np.searchsorted(refs, node, side="right"))
        for at in order[since:until].tolist():
            row = int(np.searchsorted(start, at, side="right")) - 1
            tags = self.extract.tags(row)
            if is_hourly(tags, self.law) or too_small(tags, self.law):
                continue
            for step in (1, -1):
                to, direction = at + step, -step if back else step
                inside = start[row] <= to < start[row + 1]
                leave = leave_of_way(tags, self.law, direction)
                if leave is Leave.SHUT or not inside or not may_drive(tags, self.law, direction):
                    continue
                if _on_the_map(self.extract.lonlat[to : to + 1])[0]:
                    way_id, onward = self.extract.way_id[row], self.extract.refs[to]
                    found.append(Exit(int(way_id), int(onward), leave))
        return found


def _exempt(rule: Restriction) -> set[str]:
    return set(rule.tags.get("except", "").replace(" ", "").split(";"))


def _on_the_map(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    lon, lat = lonlat.T  # NaN, a place the file does not hold, fails every comparison.
    # Ways drawn to 0, 0 are a known fault of real files; no road lies there.
    known: NDArray[np.bool_] = (np.abs(lon) <= EAST_MOST) & (np.abs(lat) <= NORTH_MOST)
    known &= (lon != 0) | (lat != 0)
    return known
