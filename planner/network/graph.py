"""The road network as arrays: directed arcs between junctions."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.network import moves


class Access(IntEnum):
    """Who may use an arc; a route may end on a restricted arc, never pass through it."""

    PUBLIC = 0
    DESTINATION = 1
    PRIVATE = 2


CLASSES: tuple[str, ...] = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "track", "motorway_link", "trunk_link", "primary_link",
    "secondary_link", "tertiary_link", "road", "ferry", "pedestrian", "footway", "path", "steps",
    "cycleway", "bridleway",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Network:
    """Directed arcs of one area, `n` nodes and `m` arcs.

    Attributes
    ----------
    epsg
        EPSG code of the metric CRS of every coordinate here.
    node_id
        int64[n]; OSM node id, negative for nodes made by the program.
    node_xy
        float64[n, 2]; metres.
    tail, head
        int32[m]; node index at the start and the end of an arc.
    length_m
        float64[m]; length along the road.
    time_s
        int32[m]; free-flow seconds, whole and at least 1; a long way's pieces sum right.
    way_id
        int64[m]; OSM way id.
    way_from, way_to
        int32[m]; positions in the way's node list where the arc starts and ends
        (``way_from > way_to`` when driven against the drawing order); -1 at a made node.
    road_class
        uint8[m]; index into ``CLASSES``.
    access
        uint8[m]; an ``Access`` value.
    name
        int32[m]; index into ``names``; 0 is the empty name.
    twin
        int32[m]; the arc of the same road the other way, -1 where there is none.
    turn_s
        uint8[q]; whole seconds of every movement, laid out as in ``moves.Movements``;
        ``moves.BARRED`` where it is not allowed (turn restrictions; leaving a restricted
        street; a U-turn anywhere but at a dead end).
    shape_start
        int64[m + 1]; arc `a` is drawn by ``shape_xy[shape_start[a]:shape_start[a + 1]]``.
    shape_xy
        float64[k, 2]; metres, both ends included, in driving order.
    copy_of
        int32[m]; the arc itself, or the one it is a copy of: the same road for those alone whom
        a restriction over several ways, or one by the clock, binds (``sequences``), or who begin
        on a restricted street and leave it (``drawn``).
    roundabout
        bool[m]; mapped as part of a roundabout.
    timed_arc, timed_rule
        int32[k]; arc, index into ``timed_rules`` of a rule that shuts it at some hours.
    names
        Street names, UTF-8 as in the file.
    timed_rules
        "shut EXPR" or "open EXPR", where EXPR is OSM ``opening_hours`` in local time.
    profile
        Name of the ``Profile`` the roads were read for.
    counts
        What was read and dropped, by kind, in words fit to print.
    extract_date
        ISO date-time of the extract as its header tells, "" when unknown.
    """

    epsg: int
    node_id: NDArray[np.int64]
    node_xy: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    time_s: NDArray[np.int32]
    way_id: NDArray[np.int64]
    way_from: NDArray[np.int32]
    way_to: NDArray[np.int32]
    road_class: NDArray[np.uint8]
    access: NDArray[np.uint8]
    name: NDArray[np.int32]
    twin: NDArray[np.int32]
    turn_s: NDArray[np.uint8]
    shape_start: NDArray[np.int64]
    shape_xy: NDArray[np.float64]
    copy_of: NDArray[np.int32]
    roundabout: NDArray[np.bool_]
    timed_arc: NDArray[np.int32]
    timed_rule: NDArray[np.int32]
    names: tuple[str, ...]
    timed_rules: tuple[str, ...] = ()
    profile: str = "car"
    counts: dict[str, int] = field(default_factory=dict)
    extract_date: str = ""

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_id)

    @property
    def n_arcs(self) -> int:
        """Number of directed arcs."""
        return len(self.tail)

    @cached_property
    def boxes(self) -> tuple[NDArray[np.float64], ...]:
        """West, south, east, north of every arc, metric, float64[m] each."""
        start = self.shape_start[:-1]
        # Columns one by one: comparing them so is several times faster than pairs.
        columns = [np.ascontiguousarray(self.shape_xy[:, i]) for i in range(2)]
        parts = (np.minimum, np.maximum)
        return tuple(part.reduceat(column, start) for part in parts for column in columns)

    def out_arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return CSR (start[n + 1], arcs[m]): the arcs leaving each node, by arc index."""
        return moves.by_node(self.tail, self.n_nodes)

    def in_arcs(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return CSR (start[n + 1], arcs[m]): the arcs entering each node, by arc index."""
        return moves.by_node(self.head, self.n_nodes)

    def is_own(self) -> NDArray[np.bool_]:
        """Return bool[m]: arcs that are no copies."""
        own: NDArray[np.bool_] = self.copy_of == np.arange(self.n_arcs)
        return own

    def each_road_once(self) -> NDArray[np.bool_]:
        """Return bool[m]: of an arc, its twin, its copies the lowest alone."""
        once: NDArray[np.bool_] = (self.twin < 0) | (np.arange(self.n_arcs) < self.twin)
        return once & self.is_own()

    def cells(self) -> moves.Cells:
        """Return where the movements of each arc stand in ``turn_s``."""
        return moves.cells(self.tail, self.head, self.n_nodes)

    def roads(self) -> NDArray[np.int32]:
        """Return int32[m]: one number for all arcs of the same road between two nodes.

        Both directions share it, and so do ways drawn twice over the same nodes.
        """
        low = np.minimum(self.tail, self.head).astype(np.int64)
        high = np.maximum(self.tail, self.head).astype(np.int64)
        pair = low * self.n_nodes + high
        half_m = np.round(self.length_m * 2).astype(np.int64)
        order = np.lexsort((half_m, pair))
        new = np.ones(self.n_arcs, bool)
        new[1:] = (np.diff(pair[order]) != 0) | (np.diff(half_m[order]) != 0)
        numbers = np.empty(self.n_arcs, np.int32)
        numbers[order] = np.cumsum(new) - 1
        return numbers

    def arc_shape(self, arc: int) -> NDArray[np.float64]:
        """Return the metric coordinates, float64[p, 2], of one arc."""
        return self.shape_xy[self.shape_start[arc] : self.shape_start[arc + 1]]
