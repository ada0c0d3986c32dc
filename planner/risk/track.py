"""One reported zone over time: how surely it is there, where, what it bears on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.risk.footprint import Stand, crowd_m2, standing
from planner.risk.influence import Reach, Surroundings
from planner.risk.march import Column, march_times, plan_march
from planner.risk.presence import presence_steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.risk.ground import Obstacles, Streets
    from planner.risk.parameters import RiskParameters
    from planner.risk.zones import Zone

AREA_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One zone over time, in seconds after the epoch.

    Attributes
    ----------
    times, presence
        int64[k + 1], float64[k]; contiguous steps.
    place
        int32[k]; index into ``stands`` and ``reaches``.
    """

    zone_id: str
    times: NDArray[np.int64]
    presence: NDArray[np.float64]
    place: NDArray[np.int32]
    stands: tuple[Stand, ...]
    reaches: tuple[Reach, ...]
    notices: tuple[str, ...] = ()


def track(
    zone: Zone,
    streets: Streets,
    obstacles: Obstacles,
    *,
    span: tuple[int, int],
    parameters: RiskParameters,
) -> Track:
    """Return where one zone is, how surely and what it bears on, over a span of seconds."""
    times, presence = presence_steps(zone, *span, parameters)
    if not len(presence):
        return Track(zone.id, times, presence, np.zeros(0, np.int32), (), ())
    if zone.kind == "march":
        return _moving(zone, times, presence, streets, obstacles, parameters)
    stand = standing(zone, streets, obstacles, parameters)
    around = surroundings(zone, [stand], streets, parameters)
    place = np.zeros(len(presence), np.int32)
    target = crowd_m2(zone.size, parameters.standing_density)
    reach = around.reach(stand)
    notices = _oddities(zone, stand, target, reach)
    return Track(zone.id, times, presence, place, (stand,), (reach,), notices)


def _moving(
    zone: Zone,
    times: NDArray[np.int64],
    presence: NDArray[np.float64],
    streets: Streets,
    obstacles: Obstacles,
    parameters: RiskParameters,
) -> Track:
    march, notices = plan_march(zone, streets, parameters)
    column = Column(march, streets, obstacles, parameters)
    moves = march_times(march, int(times[0]), int(times[-1]), parameters.march_step_s)
    stands = tuple(column.stand(int(a), int(b)) for a, b in itertools.pairwise(moves))
    around = surroundings(zone, stands, streets, parameters)
    reaches = tuple(around.reach(stand) for stand in stands)
    every = np.union1d(times, moves)
    value = presence[np.searchsorted(times, every[:-1], side="right") - 1]
    place = (np.searchsorted(moves, every[:-1], side="right") - 1).astype(np.int32)
    target = crowd_m2(zone.size, parameters.march_density)
    notices += _oddities(zone, stands[0], target, reaches[0])
    return Track(zone.id, every, value, place, stands, reaches, notices)


def _oddities(zone: Zone, stand: Stand, target: float, reach: Reach) -> tuple[str, ...]:
    found = []
    area = stand.polygon.area
    if area < (1 - AREA_TOLERANCE) * target:
        found.append(
            f"zone {zone.id}: {target:.0f} m2 are needed, only {area:.0f} m2 are free around it; "
            "check its place and size"
        )
    if not len(reach.arcs):
        found.append(f"zone {zone.id}: no street of the network is near; it bears on nothing")
    return tuple(found)


def surroundings(
    zone: Zone, stands: Sequence[Stand], streets: Streets, parameters: RiskParameters
) -> Surroundings:
    """Return the streets near some ground that a zone takes."""
    boxes = np.array([s.bounds for stand in stands for s in (stand.kept_clear, stand.spine)])
    low, high = np.nanmin(boxes[:, :2], axis=0), np.nanmax(boxes[:, 2:], axis=0)
    bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Surroundings(streets, bounds, zone.influence_m, parameters.vehicle_clearance_m)
