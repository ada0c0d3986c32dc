"""Our ways beside the best one for random pairs, measured as Valhalla's are."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.network.outward import departure_tree
from planner.network.search import make_graph
from planner.network.split import split
from planner.risk.field import RiskField
from planner.routes.alternates import AlternateRules, alternate_ways
from planner.routes.primary import tree_way
from planner.routes.problem import Known, Problem, make_problem
from planner.routes.walk import LAST_APPROACH_M
from tests.benchmarks.valhalla.ours import DAY_S, Pairs
from tests.benchmarks.valhalla.plain import SLACK, SLACK_S, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.routes.walk import Walk

LOCAL = 0.25
"""Share of the best way's time: each stretch up to that must be a quickest one."""


class Way(NamedTuple):
    """One way of a pair: seconds, metric line float64[p, 2], locally optimal."""

    time_s: float
    xy: NDArray[np.float64]
    local: bool | None


def our_ways(network: Network, pairs: Pairs, most: int) -> list[list[Way]]:
    """Return for each pair our best way, then at most so many beside it."""
    cut = split(network, stops=pairs.stops)
    known = Known(make_graph(cut.network), cut.network.roads())
    field = calm(cut.network.n_arcs)
    return [
        _ways(cut.network, field, known, start, end, most)
        for start, end in cut.stop_node.reshape(-1, 2).tolist()
    ]


def calm(n_arcs: int) -> RiskField:
    """Return a day without risk or closures."""
    return RiskField(
        datetime(2026, 3, 2, tzinfo=UTC), np.array([0, DAY_S]), np.full(n_arcs, -1, np.int32),
        np.zeros((0, 1)), np.zeros(n_arcs + 1, np.int32), np.zeros((0, 2), np.int64),
    )  # fmt: skip


def _ways(
    network: Network, field: RiskField, known: Known, start: int, end: int, most: int
) -> list[Way]:
    if start == end:
        return []
    problem = make_problem(
        network, field, origins=np.array([start]), gates=[(end, [(0, DAY_S)], -1)],
        rest_nodes=np.zeros(0, np.int32), arrive=DAY_S - 1,
        limits={"early_s": 0, "risk_aversion": 0.0, "clear_below": 0.1}, known=known,
    )  # fmt: skip
    tree = problem.tree()
    first = tree_way(problem, tree, start)
    if first is None:
        return []
    others, _ = alternate_ways(
        problem, start, first, [tree], tree.cost, AlternateRules(wanted=most)
    )
    stretch = LOCAL * float(first.time_s.sum())
    return [
        Way(float(way.time_s.sum()), _line(network, way), is_local(problem, way, stretch))
        for way in (first, *others)
    ]  # fmt: skip


def is_local(problem: Problem, way: Walk, stretch: float) -> bool:
    """Tell whether no window of a way up to so many seconds has a quicker way between its ends."""
    graph = problem.graph
    ends = np.cumsum(way.time_s)
    for first, last in windows(ends.tolist(), stretch):
        took = float(graph.seconds(way.arcs[first + 1 : last + 1]).sum())
        tree = departure_tree(
            graph, problem.clock, graph.head[way.arcs[[first]]], 0, risk_aversion=0.0, within=took
        )
        node = int(graph.head[way.arcs[last]])
        into = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]
        if took > float(tree.cost[into].min()) * (1 + SLACK) + SLACK_S:
            return False
    return True


def _line(network: Network, way: Walk) -> NDArray[np.float64]:
    return np.concatenate([network.arc_shape(int(arc)) for arc in way.arcs])


def shared(way: NDArray[np.float64], first: NDArray[np.float64]) -> float:
    """Return the share of a line, outside the last 300 m, that runs along another's pieces."""
    step = np.hypot(*np.diff(way, axis=0).T)
    to_go = np.cumsum(step[::-1])[::-1]
    outside = to_go > (LAST_APPROACH_M if to_go[0] >= 2 * LAST_APPROACH_M else 0.0)
    known = set(_pieces(first))
    same = np.array([piece in known for piece in _pieces(way)])
    total = float(step[outside].sum())
    return float(step[outside & same].sum()) / total if total else 0.0


def _pieces(line: NDArray[np.float64]) -> list[frozenset[tuple[int, ...]]]:
    # Half a metre: what both engines round away.
    places = [tuple(p) for p in np.rint(line * 2).astype(np.int64).tolist()]
    return [frozenset(pair) for pair in pairwise(places)]


def figures(found: Sequence[Sequence[Way]], other: Sequence[Sequence[Way]]) -> dict[str, Any]:
    """Return what the ways beside the first are like, over all pairs that have a way.

    ``other`` is what the other side found: the last figures are of as many ways of each pair as
    both have, for a side that answers only the easy pairs looks good on them.
    """
    some = [ways for ways in found if ways]
    both = [
        ways[: min(len(ways), len(those))]
        for ways, those in zip(found, other, strict=True) if len(ways) > 1 and len(those) > 1
    ]  # fmt: skip
    return {
        "pairs": len(some),
        "at_least_one": sum(len(ways) > 1 for ways in some) / len(some),
        "at_least_two": sum(len(ways) > 2 for ways in some) / len(some),
        "first_locally_optimal": _local(ways[0] for ways in some),
        **_like(some),
        **{f"{key}_where_both": value for key, value in _like(both).items()},
    }


def _like(found: Sequence[Sequence[Way]]) -> dict[str, float]:
    beside = [(ways[0], way) for ways in found for way in ways[1:]]
    shares = np.array([shared(way.xy, first.xy) for first, way in beside])
    stretch = np.array([way.time_s / max(first.time_s, 1.0) for first, way in beside])
    return {
        "shared_median": float(np.median(shares)),
        "shared_mean": float(shares.mean()),
        "shared_at_most_60_percent": float((shares <= 0.6).mean()),
        "stretch_median": float(np.median(stretch)),
        "stretch_within_1.5": float((stretch <= 1.5).mean()),
        "locally_optimal": _local(way for _, way in beside),
    }


def _local(ways: Iterable[Way]) -> float:
    return float(np.mean([way.local for way in ways if way.local is not None]))
