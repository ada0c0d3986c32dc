"""The variants of one zone on the ground: where it may be, what it then bears on.

A few shapes stand for all that place and size may be; how long each is there is the world's. A
march has its steps by metres its head has come, so that every speed and start share them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity

from planner.risk.footprint import Stand, crowd_m2, free_ground, has_room, standing
from planner.risk.influence import Reach
from planner.risk.march import Column, March, plan_march
from planner.risk.track import surroundings
from planner.risk.worlds import stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.risk.ground import Obstacles, Streets
    from planner.risk.parameters import RiskParameters
    from planner.risk.worlds import Draws
    from planner.risk.zones import Zone

TRIES = 256
"""Points tried for a place within a drawn polygon; after that its middle is taken."""


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """One way a zone may lie on the ground: `k` steps, one for a zone that stands.

    Attributes
    ----------
    head_m
        float64[k]; how far the head of a march has come when a step begins; 0 for others.
    whole_m
        Metres its head goes until all have arrived; 0 for a zone that stands.
    stands, reaches
        Ground taken in each step, and what that bears on.
    """

    head_m: NDArray[np.float64]
    whole_m: float
    stands: tuple[Stand, ...]
    reaches: tuple[Reach, ...]

    def times(self, start_s: int, end_s: int, speed_ms: float) -> NDArray[np.int64]:
        """Return int64[k + 1]; seconds between which each step lasts; late marches end late."""
        begins = start_s + np.ceil(self.head_m / speed_ms).astype(np.int64)
        done = start_s + int(np.ceil(self.whole_m / speed_ms))
        return np.append(begins, max(end_s, done))


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The variants of one zone by number, and the speed its march is planned to have."""

    variants: dict[int, Variant]
    speed_ms: float


def course_of(
    draws: Draws,
    wanted: Sequence[int],
    streets: Streets,
    obstacles: Obstacles,
    *,
    seed: int,
    parameters: RiskParameters,
) -> Course:
    """Return some variants of a zone on the ground."""
    zone = draws.zone
    if zone.kind == "march":
        return _marches(draws, wanted, streets, obstacles, parameters)
    stands = []
    for k in wanted:
        moved = replace(
            zone, geometry=affinity.translate(zone.geometry, *draws.shift_m[k].tolist()),
            size=float(draws.size[k]),
        )  # fmt: skip
        random = stream(seed, zone.id, f"inside {k}")
        stands.append(_standing(moved, random, streets, obstacles, parameters))
    around = surroundings(zone, stands, streets, parameters)
    variants = {
        k: Variant(np.zeros(1), 0.0, (stand,), (around.reach(stand, _reach_m(draws, k, parameters)),))
        for k, stand in zip(wanted, stands, strict=True)
    }  # fmt: skip
    return Course(variants, 1.0)


def _standing(
    zone: Zone,
    random: np.random.Generator,
    streets: Streets,
    obstacles: Obstacles,
    parameters: RiskParameters,
) -> Stand:
    """Return where a crowd stands; one with room to spare is at some place within that."""
    middle = None
    if zone.geometry.geom_type in ("Polygon", "MultiPolygon"):
        free = free_ground(zone, obstacles)
        if has_room(free, crowd_m2(zone.size, parameters.standing_density)):
            middle = _point_in(free, random)
    return standing(zone, streets, obstacles, parameters, middle=middle)


def _point_in(ground: BaseGeometry, random: np.random.Generator) -> BaseGeometry:
    west, south, east, north = ground.bounds
    share = random.random((TRIES, 2))
    xy = np.array([west, south]) + share * np.array([east - west, north - south])
    hits = np.flatnonzero(shapely.contains_xy(ground, xy))
    return shapely.Point(xy[hits[0]]) if len(hits) else ground.representative_point()


def _marches(
    draws: Draws,
    wanted: Sequence[int],
    streets: Streets,
    obstacles: Obstacles,
    parameters: RiskParameters,
) -> Course:
    zone = draws.zone
    plan, _ = plan_march(zone, streets, parameters)
    step_m = plan.speed_ms * (1 - parameters.march_speed_error) * parameters.march_step_s
    variants: dict[int, Variant] = {}
    for k in wanted:
        column_m = plan.column_m * float(draws.size[k]) / zone.size
        # At a metre a second the seconds of a column are the metres its head has come.
        march = March(plan.line, plan.width_m, column_m, 1.0, 0)
        whole = march.line.length + column_m
        cuts = np.append(np.arange(0.0, whole, step_m), whole)
        column = Column(march, streets, obstacles, parameters)
        stands = [column.stand(a, b) for a, b in pairwise(cuts.tolist())]
        stands.append(column.stand(whole, whole))
        around = surroundings(zone, stands, streets, parameters)
        reach_m = _reach_m(draws, k, parameters)
        reaches = tuple(around.reach(stand, reach_m) for stand in stands)
        variants[k] = Variant(cuts, whole, tuple(stands), reaches)
    return Course(variants, plan.speed_ms)


def _reach_m(draws: Draws, variant: int, parameters: RiskParameters) -> float:
    zone = draws.zone
    if zone.influence_assumed:
        return parameters.influence_m(float(draws.size[variant]))
    return zone.influence_m
