"""Where on a raw way a drawn line lies, the nodes it passes there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.verify.hours import is_hourly, readings
from planner.verify.law import LAWS, Law, Leave
from planner.verify.signs import leave_of_way, may_drive, too_small, top_speed_kmh

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.verify.hours import Moment

OFF_WAY_M = 1.0
"""How far a leg may lie beside its way."""

TURN_COST = 5.0
"""Misses, in metres, that are sooner believed than a turn in the middle of a line."""

AT_NODE_M = 0.05
"""Positions this near to a node are the node: seven decimals of a degree are a centimetre."""


@dataclass(frozen=True, eq=False)
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
    law
        Whom its signs are read for.
    """

    id: int
    tags: dict[str, str]
    nodes: tuple[int, ...]
    xy: NDArray[np.float64]
    along: NDArray[np.float64]
    law: Law = LAWS["car"]

    @cached_property
    def _metres(self) -> list[float]:
        metres: list[float] = self.along.tolist()
        return metres

    @cached_property
    def is_hourly(self) -> bool:
        """Whether what may be done on it changes by the clock."""
        return is_hourly(self.tags, self.law)

    @cached_property
    def too_small(self) -> str | None:
        """The limit of size or weight that is exceeded on it."""
        return too_small(self.tags, self.law)

    def leave(self, direction: int) -> Leave:
        """Return who may follow its drawing order (1) or go against it (-1)."""
        return self._leave[direction < 0]

    @cached_property
    def _leave(self) -> tuple[Leave, Leave]:
        return leave_of_way(self.tags, self.law, 1), leave_of_way(self.tags, self.law, -1)

    def leave_at(self, direction: int, when: Moment) -> Leave:
        """Return who may go in a direction at a moment, by every sign on it read strictly."""
        if not self.is_hourly:
            return self.leave(direction)
        return max(
            leave_of_way(tags, self.law, direction)
            if may_drive(tags, self.law, direction) and not too_small(tags, self.law)
            else Leave.SHUT
            for tags in readings(self.tags, self.law, when)
        )

    def may_drive(self, direction: int) -> bool:
        """Tell whether its one-way signs allow a direction."""
        return self._may_drive[direction < 0]

    @cached_property
    def _may_drive(self) -> tuple[bool, bool]:
        return may_drive(self.tags, self.law, 1), may_drive(self.tags, self.law, -1)

    def top_speed_kmh(self, direction: int) -> float:
        """Return the highest speed that its tags allow in a direction."""
        return self._top_speed_kmh[direction < 0]

    @cached_property
    def _top_speed_kmh(self) -> tuple[float, float]:
        both = (top_speed_kmh(self.tags, self.law, direction) for direction in (1, -1))
        return next(both), next(both)

    def at(self, metre: float) -> int | None:
        """Return the position in ``nodes`` of the node at a distance along, if one is there."""
        metres = self._metres
        i = bisect_left(metres, metre)
        if i == len(metres) or (i and metre - metres[i - 1] <= metres[i] - metre):
            i = bisect_left(metres, metres[i - 1])
        return i if abs(metres[i] - metre) <= AT_NODE_M else None

    def step(self, node: int, direction: int) -> int | None:
        """Return the id of the node next to a position in ``nodes``, None past an end."""
        i = node + direction
        return self.nodes[i] if 0 <= i < len(self.nodes) else None


@dataclass(frozen=True)
class Trace:
    """A stretch of a way driven in one direction: with (1) or against (-1) the drawing.

    ``start`` and ``end`` are metres along the way.
    """

    way: Way
    direction: int
    start: float
    end: float

    @cached_property
    def first_node(self) -> int | None:
        """Position of the node at the start, if it starts at one."""
        return self.way.at(self.start)

    @cached_property
    def last_node(self) -> int | None:
        """Position of the node at the end, if it ends at one."""
        return self.way.at(self.end)

    def passed(self, at: NDArray[np.intp]) -> list[int]:
        """Return those of some positions of nodes that are strictly inside, in driving order."""
        low, high = sorted((self.start, self.end))
        along = self.way.along[at]
        inside: list[int] = at[(along > low + AT_NODE_M) & (along < high - AT_NODE_M)].tolist()
        return inside[:: self.direction]


class Run(NamedTuple):
    """Stretches in a row on one way in one direction, from the first leg to the last."""

    way: Way
    direction: int
    first_leg: int


def runs_of(stretches: Sequence[tuple[int, Trace]]) -> list[Run]:
    """Return the ways driven, from (leg, stretch) in driving order."""
    runs: list[Run] = []
    for leg, trace in stretches:
        if not runs or (runs[-1].way.id, runs[-1].direction) != (trace.way.id, trace.direction):
            runs.append(Run(trace.way, trace.direction, leg))
    return runs


class Passing(NamedTuple):
    """A node driven over between the two ends of a route.

    Attributes
    ----------
    node
        OSM node id.
    at
        Its position in the nodes of the way before.
    before, after
        Traces of the stretches that reach and leave it (one and the same inside a leg).
    came_from, goes_to
        OSM ids of the neighbouring nodes along the road.
    """

    node: int
    at: int
    before: Trace
    after: Trace
    came_from: int | None
    goes_to: int | None

    @property
    def turns_back(self) -> bool:
        """Whether the car goes back along the road it came by."""
        same = self.before.way.id == self.after.way.id
        return same and self.came_from == self.goes_to and self.came_from is not None


def passing_over(before: Trace, at: int, after: Trace, from_at: int) -> Passing:
    """Return the passing over a node, given by its position on either way."""
    return Passing(
        before.way.nodes[at],
        at,
        before,
        after,
        before.way.step(at, -before.direction),
        after.way.step(from_at, after.direction),
    )


def trace_on(way: Way, xy: NDArray[np.float64]) -> tuple[Trace, ...]:
    """Return the stretches of a way that a line, float64[p, 2] metric, runs along.

    More than one where it turns round, or where the way meets itself; none where the line
    does not lie on the way.
    """
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
