"""Ways from gates or sites to places off the roads: by when one is at each, by which streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.ops import substring

from planner.network.outward import departure_tree, trace_back
from planner.network.snap import snap
from planner.routes.isochrone import clear_clock

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.network.hurdles import Surroundings
    from planner.network.outward import Outward
    from planner.routes.problem import Problem

WAIT_S = 60
"""A way that makes one stand still for longer is not one to go now. Assumption: a minute."""


class Doors(NamedTuple):
    """Where `k` places meet the roads: every arc that passes there, in rows by place.

    Attributes
    ----------
    place, arc
        int64[d]; the place and the arc of each row, both directions and copies in rows of their own.
    share
        float64[d]; how far along the arc the place lies.
    offset_m
        float64[k]; metres from the place to the road, inf where no road is near.
    """

    place: NDArray[np.int64]
    arc: NDArray[np.int64]
    share: NDArray[np.float64]
    offset_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """A way to a place.

    Attributes
    ----------
    start
        Node it begins at.
    time_s, length_m
        Whole seconds from leaving to being there, metres.
    max_risk
        The highest risk met.
    line
        Metric.
    street
        Name of the last street, "" where it has none.
    """

    start: int
    time_s: int
    length_m: float
    max_risk: float
    line: BaseGeometry
    street: str


def doors_of(
    network: Network, xy: NDArray[np.float64], around: Surroundings | None = None
) -> Doors:
    """Return where places, float64[k, 2] in the network's CRS, meet its roads."""
    snapped = snap(network, xy, around=around)
    hit = np.flatnonzero(snapped.arc >= 0)
    arcs = snapped.arc[hit].astype(np.int64)
    share = snapped.along[hit] / np.maximum(network.length_m[arcs], 1e-9)
    twin = network.twin[arcs].astype(np.int64)
    both = twin >= 0
    place = np.concatenate([hit, hit[both]])
    arc = np.concatenate([arcs, twin[both]])
    share = np.clip(np.concatenate([share, 1.0 - share[both]]), 0.0, 1.0)
    # Copies of an arc, made for turn rules, lie where it does.
    own = network.copy_of[arc]
    order = np.argsort(network.copy_of, kind="stable")
    first, end = (
        np.searchsorted(network.copy_of, own, side=side, sorter=order) for side in ("left", "right")
    )
    rows = np.repeat(np.arange(len(arc)), end - first)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(end - first) - (end - first), end - first)
    return Doors(
        place[rows], order[np.repeat(first, end - first) + within], share[rows], snapped.distance_m
    )


class Reached:
    """By when one is at each place, leaving some nodes at the second of a question.

    Parameters
    ----------
    problem
        The question; ``arrive`` is the second of leaving.
    starts
        int[s]; nodes.
    doors
        Where the places meet the roads.
    clear
        Whether only clear ways count, as in isochrones; else the cheapest, exposure priced.
    within
        Seconds beyond which nobody asks.
    """

    def __init__(
        self,
        problem: Problem,
        starts: NDArray[np.int32],
        doors: Doors,
        *,
        clear: bool,
        within: float,
    ) -> None:
        self._problem, self._doors = problem, doors
        aversion = 0.0 if clear else problem.risk_aversion
        # Exposure weighs as seconds do: what is asked for must not be cut short by it.
        most = within if clear else within * (1.0 + aversion)
        self._tree: Outward = departure_tree(
            problem.graph, clear_clock(problem) if clear else problem.clock, starts,
            problem.arrive, risk_aversion=aversion, within=most,
        )  # fmt: skip
        k = len(doors.offset_m)
        self.time_s = np.full(k, np.inf)
        """float64[k]; seconds from leaving to each place, inf where none leads there."""
        self._row = np.full(k, -1)
        self._read()

    def _read(self) -> None:
        tree, doors, time = self._tree, self._doors, self._problem.graph.time
        known = np.isfinite(tree.cost[doors.arc])
        left = (1.0 - doors.share) * time[doors.arc]
        seconds = np.where(known, tree.until[doors.arc] - self._problem.arrive - left, np.inf)
        price = np.where(known, tree.cost[doors.arc] - left, np.inf)
        for row in np.lexsort((seconds, price)).tolist():
            place = doors.place[row]
            if self._row[place] < 0 and np.isfinite(seconds[row]):
                self._row[place], self.time_s[place] = row, max(seconds[row], 1.0)

    def way(self, place: int) -> Way | None:
        """Return the way to a place; None where none leads there without standing still."""
        row = self._row[place]
        if row < 0:
            return None
        problem, network = self._problem, self._problem.network
        arcs, entered = trace_back(self._tree, int(self._doors.arc[row]))
        share = float(self._doors.share[row])
        driven = float(problem.graph.seconds(arcs).sum())
        if self._tree.until[arcs[-1]] - problem.arrive - driven > WAIT_S:
            return None
        lines = [shapely.LineString(network.arc_shape(int(arc))) for arc in arcs]
        end = substring(lines[-1], 0.0, share, normalized=True)
        xy = np.concatenate([shapely.get_coordinates(line) for line in (*lines[:-1], end)])
        keep = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))
        xy = xy[keep] if keep.sum() > 1 else np.repeat(xy[:1], 2, axis=0)
        length = network.length_m[arcs]
        return Way(
            int(network.tail[arcs[0]]), int(np.ceil(self.time_s[place])),
            float(length[:-1].sum() + share * length[-1]),
            float(problem.field.on_entry(arcs, entered).max(initial=0.0)),
            shapely.LineString(xy), network.names[network.name[arcs[-1]]],
        )  # fmt: skip
