"""Worlds put on the ground once, for every hour of the day they are of."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.overlay import Bears, Shapes, State, make_shapes, make_state
from planner.risk.areas import PLACE_REACH_M
from planner.risk.build import combine
from planner.risk.course import Course, course_of
from planner.risk.ground import Streets
from planner.risk.track import Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.risk.field import Risk, RiskField
    from planner.risk.ground import Obstacles
    from planner.risk.worlds import Draws, Worlds

Item = tuple[int, int, int]
"""A shape, and the seconds from and to which it is there."""


@dataclass(frozen=True, slots=True, eq=False)
class SiteGround:
    """Places that should stay clear through a window: `k` sites.

    Attributes
    ----------
    since, until
        Seconds after the epoch.
    near
        For each site the arcs, int32, within 30 m of it.
    doors
        For each site the arcs, int32, at the node where it meets the road.
    crowded
        bool[s, k]; whether a shape's ground to be kept clear touches the site.
    """

    since: int
    until: int
    near: tuple[NDArray[np.int32], ...]
    doors: tuple[NDArray[np.int32], ...]
    crowded: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Worlds on the ground, without an hour yet.

    Attributes
    ----------
    risk
        What they are variations of: its closures hold in every world.
    courses
        For each zone its variants.
    first
        For each zone the number of the first shape of each variant.
    shapes
        All shapes of all zones.
    sites
        Places that should stay clear; None where nobody asked.
    steps
        bool[s, g]; whether a shape's ground to be kept clear lies on the step of a gate.
    """

    worlds: Worlds
    risk: Risk
    courses: tuple[Course, ...]
    first: tuple[dict[int, int], ...]
    shapes: Shapes
    sites: SiteGround | None
    steps: NDArray[np.bool_]

    def on_step(self, state: State, gate: int) -> list[tuple[int, int]]:
        """Return the seconds [from, to) of a state in which a crowd stands on a gate's step."""
        if not self.steps.shape[1] or not len(state.shape):
            return []
        there = self.steps[state.shape, gate]
        return list(zip(state.since[there].tolist(), state.until[there].tolist(), strict=True))

    def at_gate(
        self, states: Sequence[State], gate: int, seconds: Sequence[int] | NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Return at which of k seconds, in which states, a crowd stands on a step: bool[k, states]."""
        found = np.zeros((len(seconds), len(states)), bool)
        if not self.steps.shape[1] or not self.steps[:, gate].any():
            return found
        when = np.asarray(seconds)
        for s, state in enumerate(states):
            for since, until in self.on_step(state, gate):
                found[:, s] |= (when >= since) & (when < until)
        return found

    def there(self, second: int) -> NDArray[np.bool_]:
        """Return which zone, by world, exists, the reports aged to a second: bool[n, zones]."""
        none = np.zeros((self.worlds.n, 0), bool)
        parameters = self.worlds.parameters
        columns = [draws.there(second, parameters)[:, None] for draws in self.worlds.draws]
        return np.hstack([none, *columns])

    def parts(self, world: int, there: NDArray[np.bool_]) -> list[tuple[Item, ...]]:
        """Return what is there when in a world, by zone: bool[zones] says which exist."""
        low, high = int(self.risk.field.breaks[0]), int(self.risk.field.breaks[-1])
        found = []
        for z in np.flatnonzero(there).tolist():
            times = np.clip(self._times(z, world), low, high).tolist()
            first = self.first[z][int(self.worlds.draws[z].variant[world])]
            part = tuple((first + i, a, b) for i, (a, b) in enumerate(pairwise(times)) if a < b)
            found += [part] if part else []
        return found

    def items(self, world: int, second: int) -> list[Item]:
        """Return what is there when in a world, the reports aged to a second."""
        there = self.there(second)[world]
        return [item for part in self.parts(world, there) for item in part]

    def state(self, world: int, second: int) -> State:
        """Return the same as a search reads it."""
        return make_state(self.items(world, second))

    def field(self, world: int, second: int) -> RiskField:
        """Return the risk of every arc in a world, the reports aged to a second."""
        nominal = self.risk.field
        span = int(nominal.breaks[0]), int(nominal.breaks[-1])
        tracks = []
        for z in np.flatnonzero(self.there(second)[world]).tolist():
            draws = self.worlds.draws[z]
            variant = self.courses[z].variants[int(draws.variant[world])]
            times = self._times(z, world)
            steps = len(times) - 1
            tracks.append(
                Track(
                    draws.zone.id, times, np.ones(steps), np.arange(steps, dtype=np.int32),
                    variant.stands, variant.reaches,
                )
            )  # fmt: skip
        return combine(
            tracks, self.risk.spells, len(nominal.row), epoch=nominal.epoch, span=span,
            parameters=self.worlds.parameters,
        )  # fmt: skip

    def _times(self, zone: int, world: int) -> NDArray[np.int64]:
        draws, course = self.worlds.draws[zone], self.courses[zone]
        return course.variants[int(draws.variant[world])].times(
            int(draws.start_s[world]), int(draws.end_s[world]),
            course.speed_ms * float(draws.pace[world]),
        )  # fmt: skip


def place_worlds(
    worlds: Worlds,
    risk: Risk,
    network: Network,
    obstacles: Obstacles,
    *,
    sites: Sequence[tuple[BaseGeometry, int]] = (),
    window: tuple[int, int] = (0, 0),
    steps: Sequence[BaseGeometry] = (),
    known: dict[object, Any] | None = None,
) -> Placed:
    """Return worlds on the ground.

    Parameters
    ----------
    worlds
        Drawn from ``risk.zones``.
    risk
        The day's risk as reported.
    network, obstacles
        What ``risk`` was built from.
    sites
        Staging sites: metric geometry, and the node where each meets the road.
    window
        Seconds in which the sites should stay clear.
    steps
        Of each gate the ground between it and its road, metric.
    known
        Shapes found before, kept and added to: another hour pays nothing for them.
    """
    known = {} if known is None else known
    streets = Streets.of(network, worlds.parameters)
    courses = tuple(_course(d, worlds, streets, obstacles, known) for d in worlds.draws)
    first: list[dict[int, int]] = []
    parts: list[Bears] = []
    ground: list[BaseGeometry] = []
    for course in courses:
        first.append({})
        for number, variant in sorted(course.variants.items()):
            first[-1][number] = len(parts)
            parts += [(r.arcs, r.intensity, r.inside) for r in variant.reaches]
            ground += [stand.kept_clear for stand in variant.stands]
    chosen = _sites(sites, window, network, streets, ground) if len(sites) else None
    on_step = meeting(ground, steps, worlds.parameters.vehicle_clearance_m)
    return Placed(worlds, risk, courses, tuple(first), make_shapes(parts), chosen, on_step)


def _course(
    draws: Draws, worlds: Worlds, streets: Streets, obstacles: Obstacles, known: dict[object, Any]
) -> Course:
    zone = draws.zone
    key = (
        "course", worlds.seed, worlds.parameters, zone.id, zone.kind, zone.geometry.wkb,
        zone.start_s, zone.end_s, zone.size, zone.size_low, zone.size_high, zone.place_error_m,
        zone.influence_m, zone.influence_assumed, zone.speed_kmh,
    )  # fmt: skip
    # Where the report never outweighs the lot, nobody asks for the variant.
    wanted = set(draws.variant[draws.lot < zone.weight].tolist())
    before: Course = known.get(key, Course({}, 1.0))
    missing = sorted(wanted - before.variants.keys())
    if missing:
        more = course_of(
            draws, missing, streets, obstacles, seed=worlds.seed, parameters=worlds.parameters
        )
        known[key] = before = Course(before.variants | more.variants, more.speed_ms)
    return Course({k: before.variants[k] for k in sorted(wanted)}, before.speed_ms)


def _sites(
    sites: Sequence[tuple[BaseGeometry, int]],
    window: tuple[int, int],
    network: Network,
    streets: Streets,
    ground: Sequence[BaseGeometry],
) -> SiteGround:
    places = np.array([place for place, _ in sites], object)
    near, doors = [], []
    for place, node in sites:
        west, south, east, north = place.bounds
        margin = PLACE_REACH_M
        arcs = streets.near((west - margin, south - margin, east + margin, north + margin))
        near.append(arcs[shapely.dwithin(streets.lines(arcs), place, margin)])
        doors.append(np.flatnonzero((network.tail == node) | (network.head == node)))
    crowded = meeting(ground, places.tolist(), 0.0)
    return SiteGround(
        *window, tuple(near), tuple(d.astype(np.int32) for d in doors), crowded
    )  # fmt: skip


def meeting(
    ground: Sequence[BaseGeometry], places: Sequence[BaseGeometry], within_m: float
) -> NDArray[np.bool_]:
    """Return which ground, bool[s, k], comes within some metres of which places."""
    found = np.zeros((len(ground), len(places)), bool)
    if len(ground) and len(places):
        tree = shapely.STRtree(np.array([*places, None], object)[:-1])
        hits = tree.query(np.array(ground, object), predicate="dwithin", distance=within_m)
        found[hits[0], hits[1]] = True
    return found
