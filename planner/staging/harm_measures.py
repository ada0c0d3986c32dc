"""What candidate sites are near that they must not trouble."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.staging.candidates import vehicle_m2
from planner.staging.dispersal import WaysOut, nearest_of, ways_out
from planner.staging.harm import (
    SPARE_M,
    kept,
    public_share,
    spare,
    told,
)
from planner.staging.scene import Measured
from planner.staging.sight import SIGHT_M, in_sight, opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from planner.risk.field import Footprint
    from planner.staging.scene import Scene

ALONG_M = 20.0
"""A site this near to the middle of a street is on it. Assumption: half a street and its pavement."""
LEAVE_S = 1800
"""Seconds after its end in which a crowd still leaves. Assumption."""
MARCH = "march"
WHO: Mapping[str, str] = {
    "standing_assembly": "the assembly", MARCH: "the march", "blockade": "the blockade",
    "encampment": "the encampment", "permitted_event": "the event",
}  # fmt: skip


class Crowd(NamedTuple):
    """One reported crowd in a window, metric.

    Attributes
    ----------
    kind
        As reported.
    ground
        All it covers in the window, empty where it has ended.
    last
        Where it ends.
    ahead
        All that a march still covers from the window's first moment on; empty for others.
    """

    kind: str
    ground: Any
    last: Any
    ahead: Any


def crowds(scene: Scene) -> list[Crowd]:
    """Return what is reported in the window, or ends shortly before it."""
    if scene.reported is None:
        return []
    kinds = {zone.id: zone.kind for zone in scene.reported.zones}
    by_zone: dict[str, list[Footprint]] = {}
    for step in scene.reported.footprints:
        if step.presence > 0:
            by_zone.setdefault(step.zone_id, []).append(step)
    found = []
    for zone, steps in by_zone.items():
        begin, end = min(s.start_s for s in steps), max(s.end_s for s in steps)
        if begin < scene.until and end + LEAVE_S > scene.since:
            found.append(_crowd(kinds.get(zone, ""), steps, scene))
    return found


def _crowd(kind: str, steps: list[Footprint], scene: Scene) -> Crowd:
    later = [s for s in steps if s.end_s > scene.since]
    within = [s for s in later if s.start_s < scene.until]
    return Crowd(
        kind, _union(within), max(steps, key=lambda s: s.end_s).polygon,
        _union(later if kind == MARCH else []),
    )  # fmt: skip


def _union(steps: list[Footprint]) -> Any:
    # A footprint that stays has one shape for all its steps.
    shapes = {id(s.kept_clear): s.kept_clear for s in steps}
    return shapely.union_all(list(shapes.values()))


def _array(shapes: list[Any]) -> NDArray[Any]:
    return np.array([*shapes, None], object)[:-1]


def _sites(scene: Scene) -> NDArray[Any]:
    return np.asarray(scene.sites.geometry.array, object)


def sight(scene: Scene) -> Measured:
    """Return metres of open sight to the nearest crowd that is seen, ``SIGHT_M`` at most."""
    near = crowds(scene)
    if scene.reported is None:
        return Measured(np.full(scene.n, np.nan), lambda _: "not known: crowds")
    if not near:
        # Full marks to every site would only make them all alike.
        return Measured(
            np.full(scene.n, np.nan), lambda _: "no crowd is reported then", applies=False
        )
    found = in_sight(
        _sites(scene), _array([c.ground for c in near]), opaque(scene.frames.get("buildings"))
    )

    def say(row: int) -> str:
        if found.crowd[row] < 0:
            return "out of sight of any crowd reported"
        who = _who(near[found.crowd[row]])
        if found.hidden[row]:
            return f"{found.distance_m[row]:.0f} m from {who}, hidden by buildings"
        return f"in sight of {who}, {found.seen_m[row]:.0f} m away"

    return Measured(np.minimum(found.seen_m, SIGHT_M), say)


def _who(crowd: Crowd) -> str:
    return f"{WHO.get(crowd.kind, 'the crowd')} reported"


def crowd_ways(scene: Scene) -> Measured:
    """Return metres from the ways by which crowds leave, less ``ALONG_M``."""
    network, stops = scene.problem.network, scene.frames.get("transit_stops")
    near = crowds(scene)
    found = [ways_out(network, crowd.last, stops) for crowd in near]
    owner = np.repeat(np.arange(len(near)), [len(ways.lines) for ways in found])
    ways = WaysOut(
        np.concatenate([np.zeros(0, object), *(w.lines for w in found)]),
        np.concatenate([np.zeros(0, object), *(w.to for w in found)]),
    )

    def name(way: int) -> str:
        to = str(ways.to[way])
        who = _who(near[owner[way]])
        return f"on the way from {who} to {to}" if to else f"on a street by which {who} leaves"

    return _along(scene, ways.lines, name, "off every way out of a crowd")


def march_ahead(scene: Scene) -> Measured:
    """Return metres from what marches still cover from the window's start on, less ``ALONG_M``."""
    ahead = _array([crowd.ahead for crowd in crowds(scene) if crowd.kind == MARCH])
    return _along(
        scene, ahead, lambda _: "on the way ahead of the march reported",
        "off the way of any march reported",
    )  # fmt: skip


def _along(scene: Scene, lines: NDArray[Any], name: Callable[[int], str], clear: str) -> Measured:
    if scene.reported is None:
        return Measured(np.full(scene.n, np.nan), lambda _: "not known: crowds")
    near = nearest_of(_sites(scene), lines, within_m=ALONG_M + SPARE_M)
    values = np.minimum(near.metres - ALONG_M, SPARE_M)
    return Measured(values, lambda row: clear if values[row] >= 0 else name(int(near.row[row])))


def keep_clear(rule: str, scene: Scene) -> Measured:
    """Return metres to spare by a rule of the table ``KEEPS``; below 0: in what is kept clear."""
    first, last = (_local(scene, second) for second in (scene.since, scene.until))
    places = kept(rule, scene.frames, first, last)
    found = spare(_sites(scene), places.shapes, places.need_m)
    return Measured(found.spare_m, partial(told, places, found))


school = partial(keep_clear, "school")
hospital = partial(keep_clear, "hospital")
rescue = partial(keep_clear, "rescue")
emergency_way = partial(keep_clear, "emergency_way")
transit_ground = partial(keep_clear, "transit_ground")


def _local(scene: Scene, second: int) -> datetime | None:
    if scene.zone is None:
        return None
    when = scene.problem.field.when(second)
    return when.astimezone(UTC).astimezone(scene.zone)


def public_parking(scene: Scene) -> Measured:
    """Return the share of the public car parks round each site that stays open."""
    lots = scene.frames.get("staging_sites")
    if lots is None or "kind" not in lots:
        return Measured(np.full(scene.n, np.nan), lambda _: "not known: car parks near by")
    needed = scene.vehicles * vehicle_m2(scene.problem.network.profile)
    share = public_share(_sites(scene), lots, needed)

    def say(row: int) -> str:
        if np.isnan(share[row]):
            return "no public car park"
        return f"{share[row]:.0%} of the public car parks near by stay open"

    return Measured(share, say)
