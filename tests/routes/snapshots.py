"""Two marches and four ways in: a case that no frozen picture of the risk gets right.

y=5000  .---------------- Ring ----------------.
        |                                      |
y=700   |     .-Hill-.        .-Mill-.         |
        |     |  |   |        |  |   |         |
y=0     O-----+--1---+--Main--+--2---+---------G
        |        |               |
      x=-5000   x=0            x=5000         x=9000

March 1 walks north along x=0, march 2 south along x=5000. When one would cross line 1 on Main
Road, march 1 is there; when one would cross line 2 on Main Road, march 2 is. No moment has both.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from shapely.geometry import LineString

from planner.routes.problem import make_problem
from tests.routes.asking import node
from tests.town import at, is_shut, make_network, risk_of, second, zone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.network.graph import Network
    from planner.risk.field import Risk
    from planner.routes.problem import Problem

INF = float("inf")
ARRIVE = second(8)
WINDOW_S = 1688
"""Seconds from the departure of the best way to the arrival: the pictures are of these."""

EARLY_S = 900

STEP_M, FAR_M = 200.0, 1000.0
"""Longest piece of a road: near the marches, elsewhere."""

SPEED_KMH = 4.0
PEOPLE = 8000

ORIGIN, GATE = (-5000.0, 0.0), (9000.0, 0.0)
ROADS = {
    "Main Road": [ORIGIN, (-600.0, 0.0), (0.0, 0.0), (600.0, 0.0), (4400.0, 0.0), (5000.0, 0.0),
                  (5600.0, 0.0), GATE],
    "Hill Road": [(-600.0, 0.0), (-600.0, 700.0), (0.0, 700.0), (600.0, 700.0), (600.0, 0.0)],
    "Mill Road": [(4400.0, 0.0), (4400.0, 700.0), (5000.0, 700.0), (5600.0, 700.0), (5600.0, 0.0)],
    "Ring Road": [ORIGIN, (-5000.0, 5000.0), (9000.0, 5000.0), GATE],
    "First Avenue": [(0.0, -1600.0), (0.0, 0.0), (0.0, 700.0), (0.0, 1000.0)],
    "Second Avenue": [(5000.0, 2300.0), (5000.0, 700.0), (5000.0, 0.0), (5000.0, -900.0)],
}  # fmt: skip
LINES = {
    "march 1": (LineString([(0, -1600), (0, 1000)]), ARRIVE - 2710),
    "march 2": (LineString([(5000, 2300), (5000, -900)]), ARRIVE - 2770),
}
"""Line of each march, and the second at which its head sets off."""

WALKED_S = 3600
"""From then until its last people have arrived, at most."""


class Case(NamedTuple):
    """The question, its roads, its risk."""

    problem: Problem
    network: Network
    risk: Risk


class Chosen(NamedTuple):
    """A way: its arcs, the second of departure, what it cost by whom chose it."""

    arcs: tuple[int, ...]
    depart: int
    cost: float


def case() -> Case:
    """Return the question put to the drawing: at the gate by eight."""
    network = make_network(streets())
    marches = [
        zone(line, id=name, kind="march", source_kind="permit", source_grade="A", info_grade=1,
             starts_at=at(start / 3600), ends_at=at((start + WALKED_S) / 3600), size_low=PEOPLE,
             size_high=PEOPLE, speed_kmh=SPEED_KMH, time_precision_min=0.0, influence_m=60.0)
        for name, (line, start) in LINES.items()
    ]  # fmt: skip
    risk = risk_of(network, *marches)
    problem = make_problem(
        network, risk.field,
        origins=np.array([node(network, ORIGIN)], np.int32),
        gates=[(node(network, GATE), [(0, 86400)], -1)],
        rest_nodes=np.zeros(0, np.int32), arrive=ARRIVE,
        limits={"early_s": EARLY_S, "risk_aversion": 10.0, "clear_below": 0.1},
    )  # fmt: skip
    return Case(problem, network, risk)


def streets() -> list[tuple[tuple[float, float], tuple[float, float], str]]:
    """Return the roads in pieces, short where there is risk, so that it is charged where it is."""
    pieces = []
    for name, places in ROADS.items():
        for a, b in pairwise(places):
            line = LineString([a, b])
            near = name not in ("Ring Road", "Main Road") or line.length <= 2 * STEP_M * 3
            n = int(-(-line.length // (STEP_M if near else FAR_M)))
            points = [
                a,
                *(line.interpolate(i / n, normalized=True).coords[0] for i in range(1, n)),
                b,
            ]
            pieces += [(p, q, name) for p, q in pairwise(points)]
    return pieces


def by_definition(of: Case) -> Chosen:
    """Return the best way by the definition of J, in plain Python: every second, every arc.

    J(gate, t) = T - t while the gate is open, t <= T;  J(v, t) = min over arcs (v, w) open during
    all of [t, t + s) of s (1 + lambda r(t)) + J(w, t + s);  the answer is the least over t.
    """
    head, time, leaving, gate = _plain(of)
    aversion = of.problem.risk_aversion
    risk, is_open = _true(of)

    twin = of.network.twin.tolist()

    @cache
    def go(v: int, by: int, t: int) -> tuple[float, int]:
        """Cost to go from a node, come by an arc, and the next arc: one does not turn back."""
        if t > ARRIVE:
            return INF, -1
        best = (float(ARRIVE - t), -1) if v == gate and t >= ARRIVE - EARLY_S else (INF, -1)
        for a in leaving[v]:
            if (by < 0 or a != twin[by]) and is_open(a, t, t + time[a]):
                cost = time[a] * (1 + aversion * risk(a, t)) + go(head[a], a, t + time[a])[0]
                best = min(best, (cost, a))
        return best

    start = int(of.problem.origins[0])
    cost, _, depart = min((go(start, -1, t)[0], -t, t) for t in range(ARRIVE - 2400, ARRIVE + 1))
    arcs: list[int] = []
    v, t = start, depart
    while (a := go(v, arcs[-1] if arcs else -1, t)[1]) >= 0:
        arcs.append(a)
        v, t = head[a], t + time[a]
    return Chosen(tuple(arcs), depart, cost)


def frozen(of: Case, moment: int) -> Chosen:
    """Return the best way where the risk of one moment is taken to hold all the time."""
    now, shut = of.risk.field.at(moment), is_shut(of.risk.field, moment)
    return _static(of, now.tolist(), shut.tolist())


def worst_of(of: Case, since: int, until: int) -> Chosen:
    """Return the best way where the worst of a window is taken to hold all the time."""
    field = of.risk.field
    return _static(
        of, field.highest(since, until).tolist(), field.shut_during(since, until).tolist()
    )


def meets(of: Case, way: Chosen) -> list[str]:
    """Return the marches whose risk one drives into, or whose ground, on a way as it is timed."""
    head, time, _, _ = _plain(of)
    risk, is_open = _true(of)
    t, met = way.depart, []
    for a in way.arcs:
        if risk(a, t) >= of.problem.clear_below or not is_open(a, t, t + time[a]):
            x = of.network.node_xy[[head[a], of.network.tail[a]], 0].mean()
            met.append("march 1" if abs(x) < 1000 else "march 2")
        t += time[a]
    return list(dict.fromkeys(met))


def roads(of: Case, way: Sequence[int]) -> list[str]:
    """Return the names of the roads of a way in order."""
    names = [of.network.names[of.network.name[a]] for a in way]
    return [name for name, before in zip(names, ["", *names], strict=False) if name != before]


def _static(of: Case, risk: list[float], shut: list[bool]) -> Chosen:
    """Return the cheapest way under costs that never change: Dijkstra's, in plain Python."""
    head, time, leaving, gate = _plain(of)
    start = int(of.problem.origins[0])
    queue: list[tuple[float, int, tuple[int, ...]]] = [(0.0, start, ())]
    done = set()
    while queue:
        cost, v, arcs = heapq.heappop(queue)
        if v == gate:
            return Chosen(arcs, ARRIVE - sum(time[a] for a in arcs), cost)
        if v in done:
            continue
        done.add(v)
        for a in leaving[v]:
            if not shut[a]:
                step = time[a] * (1 + of.problem.risk_aversion * risk[a])
                heapq.heappush(queue, (cost + step, head[a], (*arcs, a)))
    return Chosen((), ARRIVE, INF)


def _plain(of: Case) -> tuple[list[int], list[int], list[list[int]], int]:
    """Return head and seconds of each arc, arcs leaving each node, the gate's node."""
    network = of.network
    leaving: list[list[int]] = [[] for _ in range(network.n_nodes)]
    for a, v in enumerate(network.tail.tolist()):
        leaving[v].append(a)
    return network.head.tolist(), network.time_s.tolist(), leaving, int(of.problem.gate_nodes[0])


def _true(of: Case) -> tuple[Callable[[int, int], float], Callable[[int, int, int], bool]]:
    """Return the risk of an arc at a second, and whether it is open between two."""
    field = of.risk.field
    breaks, row, table = field.breaks.tolist(), field.row.tolist(), field.risk.tolist()
    starts, shut = field.shut_start.tolist(), field.shut.tolist()

    def risk(a: int, t: int) -> float:
        i = bisect_right(breaks, t) - 1
        return table[row[a]][i] if row[a] >= 0 and 0 <= i < len(breaks) - 1 else 0.0

    def is_open(a: int, t: int, until: int) -> bool:
        return all(until <= p or q <= t for p, q in shut[starts[a] : starts[a + 1]])

    return risk, is_open
