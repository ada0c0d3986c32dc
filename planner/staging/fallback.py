"""Where to go instead of a site that becomes risky: another usable one, by a calm way."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.outward import NEVER, trace_back
from planner.staging.exits import DOOR_M, Exits, door_arcs
from planner.staging.nearby import NEAR_M, crowd_m, during, out_tree, reached

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.outward import Outward
    from planner.routes.problem import Problem
    from planner.staging.nearby import NearReport
    from planner.staging.scene import Scene
    from planner.staging.sites import Site

APART_M = 2 * NEAR_M
"""Metres between a site and its fallback where no report is near yet: what comes near one is not
near the other. A report that has grown to the site is still ``NEAR_M`` from the fallback."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """A drive over arcs that are free of risk and closures in the whole window."""

    arcs: NDArray[np.int32]
    time_s: int
    length_m: float


LONG_S = 900
"""Seconds of a way to a fallback beyond which sharing streets with the way to the gate is the lesser
evil. Assumption: a quarter of an hour."""


class Fallback(NamedTuple):
    """Row of another usable site, the way to it, its metres on streets of the way to the gate."""

    row: int
    move: Move
    shared_m: float


@dataclass(frozen=True, slots=False, eq=False)
class Refuges:
    """The sites that one may fall back to.

    Attributes
    ----------
    scene
        The candidates.
    chosen
        Rows of the chosen sites.
    spare
        Rows of others that no criterion bars, as far as was looked.
    apart
        Whether two separate ways out are asked of them too; those of the chosen are known.
    """

    scene: Scene
    chosen: frozenset[int]
    spare: Collection[int] = ()
    apart: bool = True
    _known: dict[int, bool] = field(default_factory=dict)

    @property
    def rows(self) -> list[int]:
        """Rows of all of them that lie on a road."""
        return [r for r in sorted(self.chosen | {*self.spare}) if self.scene.nodes[r] >= 0]

    @cached_property
    def _exits(self) -> Exits:
        return Exits(self.scene.problem, since=self.scene.since, until=self.scene.until)

    def holds(self, row: int) -> bool:
        """Tell whether one is usable for certain: its ways out are looked for when it is asked."""
        if row in self.chosen or not self.apart:
            return True
        if row not in self._known:
            self._known[row] = self._exits.apart(int(self.scene.nodes[row])) is not None
        return self._known[row]


def find_fallback(
    refuges: Refuges, site: Site, *, near_report: NearReport | None, touched: NDArray[np.bool_]
) -> Fallback | None:
    """Return the nearest usable site that stays apart from the report nearest to one, the way to it.

    The way shares no street with the site's way to the gate where one such way exists, for that
    may be what is shut, and takes no quarter of an hour; it keeps out of the ground that the report has grown to when one leaves.
    No report is as near to the fallback as makes one leave.
    """
    scene = refuges.scene
    problem, barred = scene.problem, touched
    ground = scene.sites.geometry
    gaps = crowd_m(scene)
    others = [row for row in refuges.rows if row != site.row and gaps[row] >= NEAR_M]
    if near_report is None:
        here = ground.iloc[site.row]
        others = [row for row in others if here.distance(ground.iloc[row]) >= APART_M]
    else:
        crowd = shapely.union_all(
            [f.kept_clear for f in during(scene) if f.zone_id == near_report.zone]
        )
        least = near_report.distance_m + NEAR_M
        others = [row for row in others if crowd.distance(ground.iloc[row]) >= least]
        barred = barred | _arcs_within(
            problem, crowd, near_report.distance_m - near_report.within_m
        )
    arcs = site.to_gate.arcs
    shut = problem.on_roads(arcs[door_arcs(problem, arcs, DOOR_M) :])
    both = (barred | shut, barred) if others else ()
    # A long way round that shares no street is worse than a street shared, better than no way.
    for most, bars in product((LONG_S, NEVER), both):
        out = out_tree(problem, int(scene.nodes[site.row]), bars, within=most)
        found = _nearest(refuges, out, others, most)
        if found is not None:
            row, way = found
            used = problem.on_roads(arcs)[way]
            shared = float(problem.network.length_m[way][used].sum())
            return Fallback(row, _move(problem, way), shared)
    return None


def _nearest(
    refuges: Refuges, out: Outward, rows: list[int], most: float
) -> tuple[int, NDArray[np.int32]] | None:
    """Return the usable site that is reached first within some seconds, and the arcs to it."""
    scene = refuges.scene
    last = {row: reached(scene.problem, out, int(scene.nodes[row])) for row in rows}
    there = sorted((float(out.cost[arc]), row) for row, arc in last.items() if arc >= 0)
    near = (row for seconds, row in there if seconds <= most)
    row = next((row for row in near if refuges.holds(row)), None)
    return None if row is None else (row, trace_back(out, last[row])[0])


def _move(problem: Problem, arcs: NDArray[np.int32]) -> Move:
    length = float(problem.network.length_m[arcs].sum())
    return Move(arcs, int(problem.graph.seconds(arcs).sum()), length)


def _arcs_within(problem: Problem, shape: BaseGeometry, metres: float) -> NDArray[np.bool_]:
    """Return bool[m]: arcs with a point within some metres of a shape."""
    network = problem.network
    ground = shape.buffer(metres)
    west, south, east, north = ground.bounds
    x, y = network.shape_xy.T
    close = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
    shapely.prepare(ground)
    inside = np.zeros(len(x), np.int64)
    inside[close] = shapely.intersects_xy(ground, x[close], y[close])
    found: NDArray[np.bool_] = np.add.reduceat(inside, network.shape_start[:-1]) > 0
    return found
