"""A case of the oracle as the arrays the kernels read."""

from __future__ import annotations

import numpy as np

from planner.network.clockwork import Clock, make_clock
from planner.network.search import Gates, Graph, graph_of_arrays
from tests.network.oracle import Case


def graph_of(case: Case) -> Graph:
    """Return the movements of a case."""
    tail, head, time = (np.array(x, np.int32) for x in zip(*case.arcs, strict=True))

    def csr(key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        start = np.concatenate(([0], np.cumsum(np.bincount(key, minlength=case.n))))
        return start.astype(np.int32), np.argsort(key, kind="stable").astype(np.int32)

    out_start, out_arcs = csr(tail)
    in_start, in_arcs = csr(head)
    place = np.zeros(len(tail), np.uint8)
    place[out_arcs] = np.arange(len(tail)) - out_start[tail[out_arcs]]
    forbidden = np.zeros(len(tail), np.uint32)
    for a, b in case.barred:
        forbidden[a] |= np.uint32(1 << int(place[b]))
    arcs = (in_start, in_arcs, out_start, out_arcs)
    return graph_of_arrays(tail, head, time, place, forbidden, arcs=arcs)


def clock_of(case: Case) -> Clock:
    """Return the clock of a case."""
    m = len(case.arcs)
    risky = sorted(case.risk)
    breaks = sorted(
        {0, case.arrive + 1} | {x for s in case.risk.values() for a, b, _ in s for x in (a, b)}
    )
    row = np.full(m, -1, np.int32)
    row[risky] = range(len(risky))
    risk = np.array([[case.risk_at(a, t) for t in breaks[:-1]] for a in risky], float)
    start = np.concatenate(([0], np.cumsum([len(case.shut.get(a, ())) for a in range(m)])))
    shut = np.array([s for a in range(m) for s in case.shut.get(a, ())], np.int64)
    return make_clock(
        np.array(breaks), row, risk.reshape(len(risky), len(breaks) - 1), start, shut,
        n_nodes=case.n, rest=case.rest,
    )  # fmt: skip


def gates_of(case: Case) -> Gates:
    """Return the gate openings of a case."""
    node, since, until = zip(*case.gates, strict=True)
    return Gates(np.array(node, np.int32), np.array(since, np.int64), np.array(until, np.int64))
