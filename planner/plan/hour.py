"""What the hour makes of the roads: seconds of the drive, quiet streets, the question as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.layers.clock import opening_intervals
from planner.network.profiles import PROFILES
from planner.network.quiet import QuietStreets, kinds_in_force, quiet_factor
from planner.network.rush import rush_factor, rush_share, scaled
from planner.plan.day.risk import DRIVE, day_span
from planner.plan.holds import resting_nodes
from planner.routes.doors import Door
from planner.routes.problem import Known, make_problem

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.search import Graph
    from planner.plan.prepare import Ground
    from planner.plan.question import Question
    from planner.risk.build import Risk
    from planner.routes.problem import Problem

HOLD_S = int(DRIVE.total_seconds())
"""Seconds before the arrival in which the ground of a place to hold must be free of crowds."""


class Hour(NamedTuple):
    """The roads at the hour of an arrival.

    Attributes
    ----------
    graph
        Movements with the seconds of the hour.
    quiet
        Quiet streets, with what sparing them costs; None on foot.
    spared
        Whether that cost counts.
    """

    graph: Graph
    quiet: QuietStreets | None
    spared: bool

    @property
    def factor(self) -> NDArray[Any] | None:
        """What a second on each arc costs, float[m]; None where nothing is spared."""
        return self.quiet.factor if self.quiet is not None and self.spared else None


class Runs(NamedTuple):
    """Arcs in the order in which they follow each other along ways: `m` of them.

    Attributes
    ----------
    order
        int64[m]; arcs.
    run
        int64[m]; number of the way, by direction, of each in that order.
    """

    order: NDArray[np.int64]
    run: NDArray[np.int64]


def runs_of(network: Network, parent: NDArray[np.int32], whole: Network) -> Runs:
    """Return the order in which rounded seconds add up right along a way.

    Parameters
    ----------
    network
        Split roads.
    parent
        int32[m]; the arc of ``whole`` each is a piece of.
    whole
        The roads before they were split.
    """
    back = (whole.way_from > whole.way_to)[parent]
    low = np.minimum(whole.way_from, whole.way_to)[parent]
    piece = np.arange(network.n_arcs)
    alone = np.where(network.copy_of == piece, 0, piece + 1)
    order = np.lexsort((np.where(back, -piece, piece), low, alone, back, network.way_id))
    columns = np.stack([network.way_id, back, alone])[:, order]
    run = np.cumsum(np.append(True, (columns[:, 1:] != columns[:, :-1]).any(axis=0)))
    return Runs(order, run)


def at_hour(ground: Ground, question: Question) -> Hour:
    """Return the roads as they are at the hour of an arrival, as far as known before."""
    when = question.arrive_utc.astimezone(ground.layers.settings.zone)
    driven = not PROFILES[question.profile].on_foot
    return Hour(
        _graph(ground, when) if driven else ground.graph,
        _quiet(ground, when) if driven else None,
        driven and question.quiet,
    )


def problem_at(ground: Ground, question: Question, risk: Risk, hour: Hour) -> Problem:
    """Return a question about a facility on its roads as arrays."""
    stops, field = ground.stops, risk.field
    arrive = field.seconds(question.arrive_utc)
    start, end = day_span(question, ground.layers.settings.zone)
    hours = [
        tuple((field.seconds(a), field.seconds(b)) for a, b in opening_intervals(
            row.opens, row.closes, start, end, ground.layers.settings.timezone))
        for row in ground.gates.itertuples()
    ]  # fmt: skip
    doors = [Door(spans, step) for spans, step in zip(hours, _steps(ground), strict=True)]
    made = make_problem(
        stops.network, field,
        origins=stops.gateways[stops.gateways >= 0],
        gates=list(zip(stops.gates.tolist(), hours, stops.gate_arc.tolist(), strict=True)),
        rest_nodes=resting_nodes(ground, risk, since=arrive - HOLD_S, until=arrive + 1),
        arrive=arrive,
        limits={
            "early_s": question.parameters.early_arrival_s,
            "risk_aversion": question.worth,
            "clear_below": question.parameters.clear_below,
        },
        known=Known(hour.graph, ground.roads, hour.factor),
    )  # fmt: skip
    return made.facing(doors, risk)


def _steps(ground: Ground) -> NDArray[np.object_]:
    """Return the ground between each gate and the place where a way to it ends."""
    gates = shapely.get_coordinates(ground.gates.geometry.array)
    ends = np.where(ground.stops.gates[:, None] < 0, gates,
                    ground.stops.network.node_xy[ground.stops.gates])  # fmt: skip
    return np.asarray(shapely.linestrings(np.stack([gates, ends], axis=1)), object)


def _graph(ground: Ground, when: datetime) -> Graph:
    share = rush_share(when)
    if share not in ground.known:
        network, runs = ground.stops.network, ground.runs
        factor = rush_factor(network.road_class, when)[runs.order]
        time = np.empty(network.n_arcs, np.int32)
        time[runs.order] = scaled(network.time_s[runs.order], factor, run=runs.run)
        ground.known[share] = ground.graph.with_times(time)
    found: Graph = ground.known[share]
    return found


def _quiet(ground: Ground, when: datetime) -> QuietStreets:
    key = kinds_in_force(when)
    if key not in ground.known:
        places = ground.metric.obstacles.get("quiet_places")
        ground.known[key] = quiet_factor(ground.stops.network, places, when)
    found: QuietStreets = ground.known[key]
    return found
