"""Isochrones of a gate: which streets lie within so many minutes of it, at a time.

Only clear ways count: an arc whose risk reaches ``clear_below`` is shut for as long as it does, so
that nobody is sent past a crowd. What is reached is exact on the streets, partial arcs at the rim
included; the polygons around them are for the eye.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from planner.network.outward import departure_tree
from planner.network.search import arrival_tree, make_gates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.network.clockwork import Clock
    from planner.network.graph import Network
    from planner.routes.problem import Problem

Direction = Literal["into", "out"]

MINUTE_S = 60

BESIDE_M = {"foot": 25.0, "wheelchair": 25.0}
"""Metres from a street to the rim of the polygon around it. Assumption: about a house deep."""

BESIDE_DRIVEN_M = 40.0
"""The same for those who drive. Assumption: a house with its yard."""

HOLE_M2 = 15_000.0
"""Smaller holes in a polygon are filled: courts, blocks of houses. Assumption."""

CORNERS = 3
"""Corners of a quarter circle in the rim of a polygon."""


DETAIL_M = 1.0
"""Metres by which streets are drawn straighter before the ground around them is taken."""


class Reach(NamedTuple):
    """What lies within some minutes.

    Attributes
    ----------
    minutes
        Minutes from or to the gate.
    polygon
        Metric; ground within ``BESIDE_M`` of the streets reached, less ``kept_clear``.
    road_m
        Metres of street reached, each counted once for both directions.
    """

    minutes: int
    polygon: BaseGeometry
    road_m: float


def isochrone(
    problem: Problem,
    gate: int,
    *,
    direction: Direction,
    minutes: Sequence[int],
    kept_clear: Sequence[BaseGeometry] = (),
) -> list[Reach]:
    """Return what is reached from a gate, or reaches it, by steps of minutes.

    Parameters
    ----------
    problem
        The question; ``problem.arrive`` is the second at the gate.
    gate
        Index of the gate, open at that second.
    direction
        ``out``: places one gets to, leaving the gate then. ``into``: places one may leave no more
        than the minutes before and be at the gate then.
    minutes
        Ascending.
    kept_clear
        Metric; ground of crowds, cut out of the polygons.
    """
    seconds = _seconds_out if direction == "out" else _seconds_into
    first, last = seconds(problem, gate, minutes[-1] * MINUTE_S)
    network = problem.network
    ground = shapely.union_all(list(kept_clear)) if len(kept_clear) else None
    drawn: BaseGeometry = shapely.MultiPolygon()
    found, done = [], np.zeros(network.n_arcs, bool)
    for step in minutes:
        share = _shares(network, first, last, step * MINUTE_S)
        whole, parts, metres = _covered(network, share, head_first=direction == "into")
        lines = [*_lines(network, np.flatnonzero(whole & ~done)), *parts]
        done |= whole
        drawn = _around(drawn, lines, BESIDE_M.get(network.profile, BESIDE_DRIVEN_M))
        found.append(Reach(step, drawn if ground is None else drawn.difference(ground), metres))
    return found


def clear_clock(problem: Problem) -> Clock:
    """Return the clock of a question, on which arcs are shut too while they are not clear."""
    field, clock = problem.field, problem.clock
    hot = field.risk >= problem.clear_below
    row_hot = np.asarray(hot.any(axis=1))
    risky = np.flatnonzero(field.row >= 0)
    arcs = risky[row_hot[field.row[risky]]]
    spans = {row: _spans(field.breaks, hot[row]) for row in np.unique(field.row[arcs]).tolist()}
    changed = {
        arc: _joined(
            spans[row], field.shut[field.shut_start[arc] : field.shut_start[arc + 1]].tolist()
        )
        for arc, row in zip(arcs.tolist(), field.row[arcs].tolist(), strict=True)
    }
    count = np.diff(clock.shut_start)
    owner = np.repeat(np.arange(len(count)), count)
    kept = ~np.isin(owner, arcs)
    more = [(arc, a, b) for arc, own in changed.items() for a, b in own]
    table = np.array(more, np.int64).reshape(-1, 3)
    owner = np.concatenate([owner[kept], table[:, 0]])
    shut = np.concatenate([clock.shut[kept], table[:, 1:]])
    order = np.lexsort((shut[:, 0], owner))
    start = np.zeros(len(count) + 1, np.int32)
    np.cumsum(np.bincount(owner, minlength=len(count)), out=start[1:])
    return clock._replace(shut_start=start, shut=np.ascontiguousarray(shut[order]))


def _spans(breaks: NDArray[np.int64], hot: NDArray[np.bool_]) -> list[list[int]]:
    edge = np.flatnonzero(np.diff(np.concatenate([[False], hot, [False]]).astype(np.int8)))
    spans: list[list[int]] = breaks[edge].reshape(-1, 2).tolist()
    return spans


def _joined(*groups: list[list[int]]) -> list[list[int]]:
    """Return half-open intervals, sorted, those that meet as one."""
    made: list[list[int]] = []
    for begin, end in sorted(span for group in groups for span in group):
        if made and begin <= made[-1][1]:
            made[-1][1] = max(made[-1][1], end)
        else:
            made.append([begin, end])
    return made


def _seconds_out(
    problem: Problem, gate: int, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return float64[m] twice: seconds after leaving at which one begins and ends every arc."""
    tree = departure_tree(
        problem.graph, clear_clock(problem), problem.gate_nodes[gate : gate + 1], problem.arrive,
        risk_aversion=0.0, within=most,
    )  # fmt: skip
    return tree.cost - problem.graph.time, tree.cost


def _seconds_into(
    problem: Problem, gate: int, most: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return float64[m] twice: seconds before the arrival at which one ends, begins every arc."""
    node, at = problem.gate_nodes[gate : gate + 1], problem.arrive
    since = max([at - most, *(a for a, b in problem.openings[gate] if a <= at < b)])
    gates = make_gates(node, np.array([since]), np.array([at]))
    tree = arrival_tree(problem.graph, clear_clock(problem), gates, at, risk_aversion=0.0)
    return tree.cost - problem.graph.time, tree.cost


def _shares(
    network: Network, first: NDArray[np.float64], last: NDArray[np.float64], limit: float
) -> NDArray[np.float64]:
    """Return float64[m]; the part of every arc within the limit, copies told with their arcs."""
    known = np.isfinite(last)
    share = np.zeros(len(last))
    share[known] = np.clip((limit - first[known]) / (last[known] - first[known]), 0, 1)
    together = np.zeros(len(last))
    np.maximum.at(together, network.copy_of, share)
    return together


def _covered(
    network: Network, share: NDArray[np.float64], *, head_first: bool
) -> tuple[NDArray[np.bool_], list[BaseGeometry], float]:
    """Return which roads are reached whole, lines of the parts of others, metres in all.

    Roads stand for both directions: what one direction reaches of it joins what the other does.
    """
    once = network.each_road_once()
    back = np.where(network.twin >= 0, share[network.twin], 0.0)
    both = np.minimum(share + back, 1.0)
    whole = once & (both >= 1.0)
    parts: list[BaseGeometry] = []
    for arc in np.flatnonzero(once & (both > 0.0) & ~whole).tolist():
        line = shapely.LineString(network.arc_shape(arc))
        ends = (back[arc], 1.0 - share[arc]) if head_first else (share[arc], 1.0 - back[arc])
        cuts = ((0.0, ends[0]), (ends[1], 1.0))
        parts += [substring(line, a, b, normalized=True) for a, b in cuts if b > a]
    return whole, parts, float((both * network.length_m)[once].sum())


def _lines(network: Network, arcs: NDArray[np.int64]) -> list[BaseGeometry]:
    return [shapely.LineString(network.arc_shape(arc)) for arc in arcs.tolist()]


def _around(before: BaseGeometry, lines: list[BaseGeometry], metres: float) -> BaseGeometry:
    """Return the ground near lines joined to what was drawn before, small holes filled."""
    # Many small shapes are joined faster than one large one is widened.
    near = shapely.buffer(shapely.simplify(np.array(lines, object), DETAIL_M), metres,
                          quad_segs=CORNERS)  # fmt: skip
    made = shapely.union_all([before, *near.tolist()])
    parts = [p for p in shapely.get_parts(made) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon([
        shapely.Polygon(p.exterior, [h for h in p.interiors if shapely.Polygon(h).area >= HOLE_M2])
        for p in parts
    ])  # fmt: skip
