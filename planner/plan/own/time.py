"""The clock of a drawn way: which arcs, when each is entered, at what risk."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from shapely.geometry import LineString

from planner.layers.crs import to_xy
from planner.network.moves import BARRED
from planner.plan.own.parts import NO_WAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.own.parts import Part
    from planner.routes.problem import Problem
    from planner.verify.streets import Streets

NOT_ALLOWED = 10_000.0
"""Seconds that a movement which is not allowed costs in the choice among copies of arcs."""


@dataclass(frozen=True, slots=True, eq=False)
class Ride:
    """A drawn way as it is travelled: `k` parts.

    Attributes
    ----------
    parts
        What it runs along, in driving order.
    arcs
        int32[k]; the arc of each, -1 where the profile has none there in this direction.
    entered, time_s
        int64[k]; second of entry, seconds with the turn onto it.
    risk
        float64[k]; risk on entry.
    gate
        Index of the gate it ends at, -1 where the facility has none for the profile.
    arrive
        Second of arrival.
    """

    parts: tuple[Part, ...]
    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]
    time_s: NDArray[np.int64]
    risk: NDArray[np.float64]
    gate: int
    arrive: int

    @property
    def depart(self) -> int:
        """Second of departure."""
        return int(self.entered[0])

    @property
    def exposure_min(self) -> float:
        """Minutes driven, each weighted by its risk."""
        return float(self.time_s @ self.risk) / 60

    @property
    def max_risk(self) -> float:
        """Highest risk met."""
        return float(self.risk.max(initial=0.0))

    @property
    def length_m(self) -> float:
        """Metres driven."""
        return float(sum(part.length_m for part in self.parts))


def ride(answer: Answer, parts: Sequence[Part], streets: Streets, gate: int) -> Ride:
    """Return a drawn way at its clock: to arrive by the time asked for, without a hold.

    It arrives when it costs least within the minutes before that, as a plan's ways do: where
    nothing is shut on it and its gate is open; else as late as it may.
    """
    problem = answer.problem
    arcs = _copies(problem, parts)
    time_s = _seconds(problem, parts, arcs, streets)
    to_go = np.cumsum(time_s[::-1])[::-1]
    like = np.where(arcs >= 0, arcs, [part.like for part in parts]).astype(np.int32)
    arrive = _arrival(problem, like, time_s, gate)
    entered = arrive - to_go
    risk = _risk(answer, parts, like, entered, time_s)
    ways = problem.network.way_id
    driven = tuple(
        part if arc < 0 else part._replace(way=int(ways[arc]))
        for part, arc in zip(parts, arcs.tolist(), strict=True)
    )
    return Ride(driven, arcs, entered, time_s, risk, gate, arrive)


def _copies(problem: Problem, parts: Sequence[Part]) -> NDArray[np.int32]:
    """Return the arc of each part: of its copies the ones that may follow each other."""
    history: list[dict[int, int]] = []
    costs = {-1: 0.0}
    for part in parts:
        now: dict[int, float] = {}
        came: dict[int, int] = {}
        for arc in part.arcs or (-1,):
            now[arc], came[arc] = min(
                (cost + _onto(problem, before, arc), before) for before, cost in costs.items()
            )
        costs = now
        history.append(came)
    arc = min(costs, key=lambda one: costs[one])
    chosen = []
    for came in reversed(history):
        chosen.append(arc)
        arc = came[arc]
    return np.array(chosen[::-1], np.int32)


def _onto(problem: Problem, before: int, arc: int) -> float:
    """Return seconds of an arc after another, ``NOT_ALLOWED`` where one may not go there."""
    seconds = _turn_s(problem, before, arc)
    driven = float(problem.graph.time[arc]) if arc >= 0 else 0.0
    return driven + (NOT_ALLOWED if seconds is None else seconds)


def _turn_s(problem: Problem, before: int, arc: int) -> int | None:
    graph = problem.graph
    if before < 0 or arc < 0 or graph.head[before] != graph.tail[arc]:
        return 0
    seconds = int(graph.turn[graph.row[arc] + graph.entry[before]])
    return None if seconds == BARRED else seconds


def _seconds(
    problem: Problem, parts: Sequence[Part], arcs: NDArray[np.int32], streets: Streets
) -> NDArray[np.int64]:
    """Return int64[k]; where the profile has no arc, the mean pace of the rest."""
    time, length = problem.graph.time, problem.network.length_m
    own = arcs >= 0
    driven = np.array([part.length_m for part in parts])
    share = np.array([part.share for part in parts])
    found = np.zeros(len(parts))
    found[own] = time[arcs[own]] * share[own]
    usual = float(found[own].sum() / driven[own].sum()) if driven[own].sum() > 0 else float(
        time.sum() / length.sum()
    )  # fmt: skip
    for i in np.flatnonzero(~own).tolist():
        part = parts[i]
        if part.like >= 0:
            found[i] = driven[i] * float(time[part.like] / max(length[part.like], 1e-9))
        else:
            found[i] = driven[i] * max(usual, _least_pace(part, streets))
    whole = np.maximum(np.rint(found), 1).astype(np.int64)
    turns = [_turn_s(problem, a, b) or 0 for a, b in pairwise(arcs.tolist())]
    whole[1:] += np.array(turns, np.int64)
    return whole


def _least_pace(part: Part, streets: Streets) -> float:
    """Return the seconds a metre takes at the highest speed that the signs allow."""
    way = None if part.way == NO_WAY else streets.way(part.way)
    return 0.0 if way is None else 3.6 / way.top_speed_kmh(1 if part.forward else -1)


def _arrival(
    problem: Problem, arcs: NDArray[np.int32], time_s: NDArray[np.int64], gate: int
) -> int:
    last = problem.arrive
    seconds = last - np.arange(problem.early + 1)
    fits = _gate_open(problem, gate, seconds) & ~_shut(problem, arcs, time_s, seconds)
    if not fits.any():
        return last
    cost = (last - seconds).astype(float)
    risky = np.flatnonzero(problem.field.row[arcs.clip(0)] >= 0)
    risky = risky[arcs[risky] >= 0]
    until = np.cumsum(time_s[::-1])[::-1]
    for i in risky.tolist():
        risk = problem.field.on_entry(np.full(len(seconds), arcs[i], np.int32), seconds - until[i])
        cost += problem.risk_aversion * float(time_s[i] * problem.factor[arcs[i]]) * risk
    cost[~fits] = np.inf
    return int(seconds[cost.argmin()])


def _gate_open(problem: Problem, gate: int, seconds: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros(len(seconds), bool)
    for a, b in problem.openings[gate] if gate >= 0 else ():
        found |= (seconds >= a) & (seconds < b)
    return found


def _shut(
    problem: Problem, arcs: NDArray[np.int32], time_s: NDArray[np.int64],
    seconds: NDArray[np.int64],
) -> NDArray[np.bool_]:  # fmt: skip
    """Return at which seconds of arrival some arc is shut while it is driven."""
    field = problem.field
    until = np.cumsum(time_s[::-1])[::-1]
    found = np.zeros(len(seconds), bool)
    for i in np.flatnonzero(arcs >= 0).tolist():
        own = field.shut[field.shut_start[arcs[i]] : field.shut_start[arcs[i] + 1]]
        enter = seconds - until[i]
        for a, b in own.tolist():
            found |= (enter < b) & (enter + time_s[i] > a)
    return found


def _risk(
    answer: Answer, parts: Sequence[Part], arcs: NDArray[np.int32],
    entered: NDArray[np.int64], time_s: NDArray[np.int64],
) -> NDArray[np.float64]:  # fmt: skip
    """Return the risk on entry; where no arc is, the presence of crowds on the ground driven."""
    known = arcs >= 0
    found = np.zeros(len(parts))
    found[known] = answer.risk.field.on_entry(arcs[known], entered[known])
    epsg = answer.problem.network.epsg
    for i in np.flatnonzero(~known).tolist():
        ground = LineString(to_xy(parts[i].lonlat, epsg))
        since, until = int(entered[i]), int(entered[i] + time_s[i])
        met = [
            f.presence for f in answer.risk.footprints
            if f.start_s < until and f.end_s > since and f.kept_clear.intersects(ground)
        ]  # fmt: skip
        found[i] = max(met, default=0.0)
    return found
