"""A case of the oracle as the arrays the kernels read."""

from __future__ import annotations

import numpy as np

from planner.network.clockwork import Clock, make_clock
from planner.network.moves import BARRED, movements
from planner.network.search import Gates, Graph, graph_of_arrays, make_gates
from planner.network.sequences import Ban, Expanded, expand
from tests.network.oracle import Case


def expanded(case: Case) -> Expanded:
    """Return the movements of a case; copies of arcs that keep bans on rows follow the arcs."""
    tail, head, _ = (np.array(x, np.int32) for x in zip(*case.arcs, strict=True))
    moves = movements(tail, head, case.n)
    pairs = list(zip(moves.source.tolist(), moves.target.tolist(), strict=True))
    turn = np.array(
        [BARRED if pair in case.barred else case.turn.get(pair, 0) for pair in pairs], np.uint8
    )
    bans = [Ban(row) for row in case.rows] + [Ban(row, must=1) for row in case.musts]
    return expand(tail, head, moves, turn, bans)


def graph_of(case: Case) -> Graph:
    """Return the same for the kernels."""
    made = expanded(case)
    one = made.copy_of
    tail, head, time = (np.array(x, np.int32) for x in zip(*case.arcs, strict=True))
    return graph_of_arrays(tail[one], head[one], time[one], made.turn_s, n_nodes=case.n)


def free_turns(tail: np.ndarray, head: np.ndarray, n_nodes: int) -> dict[str, np.ndarray]:
    """Return the columns of a network on which every movement is free and nothing is special."""
    m = len(tail)
    cells = np.bincount(head, minlength=n_nodes) @ np.bincount(tail, minlength=n_nodes)
    return {
        "turn_s": np.zeros(int(cells), np.uint8),
        "copy_of": np.arange(m, dtype=np.int32),
        "roundabout": np.zeros(m, bool),
        "timed_arc": np.zeros(0, np.int32),
        "timed_rule": np.zeros(0, np.int32),
    }


def clock_of(case: Case) -> Clock:
    """Return the clock of a case, copies of arcs included."""
    one = expanded(case).copy_of
    m = len(case.arcs)
    risky = sorted(case.risk)
    breaks = sorted(
        {0, case.arrive + 1} | {x for s in case.risk.values() for a, b, _ in s for x in (a, b)}
    )
    row = np.full(m, -1, np.int32)
    row[risky] = range(len(risky))
    risk = np.array([[case.risk_at(a, t) for t in breaks[:-1]] for a in risky], float)
    start = np.concatenate(([0], np.cumsum([len(case.shut.get(a, ())) for a in one.tolist()])))
    shut = np.array([s for a in one.tolist() for s in case.shut.get(a, ())], np.int64)
    return make_clock(
        np.array(breaks), row[one], risk.reshape(len(risky), len(breaks) - 1), start, shut,
        n_nodes=case.n, rest=case.rest,
    )  # fmt: skip


def factor_of(case: Case) -> np.ndarray:
    """Return the factor on the cost of every arc, copies included."""
    return np.array([case.dear.get(a, 1.0) for a in expanded(case).copy_of.tolist()])


def gates_of(case: Case) -> Gates:
    """Return the gate openings of a case."""
    node, since, until = zip(*case.gates, strict=True)
    return make_gates(node, since, until, arc=case.kerb or None, aside_s=case.aside)
