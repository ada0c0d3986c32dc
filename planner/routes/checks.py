"""What must hold of a way or a place at its own clock, arc by arc."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.risk.placed import SiteGround
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

DRIVE, STAY, OPEN = range(3)
"""What a check asks: driven from ``since`` on, stood at throughout, open throughout."""


class Rows(NamedTuple):
    """The checks of one way or place: columns as in ``Checks``."""

    arc: NDArray[np.int32]
    since: NDArray[np.int64]
    until: NDArray[np.int64]
    kind: NDArray[np.uint8]
    dear: NDArray[np.float64]


def way_rows(problem: Problem, way: Walk) -> Rows:
    """Return what must hold for a way: each arc on entry, each place of a planned hold."""
    time = way.time_s
    dear = problem.risk_aversion * time * problem.factor[way.arcs]
    rows = [_rows(way.arcs, way.entered, way.entered + time, DRIVE, dear)]
    graph = problem.graph
    for i in np.flatnonzero(way.wait_s > 0).tolist():
        node = int(graph.head[way.arcs[i]])
        here = np.concatenate([
            graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]],
            graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]],
        ])  # fmt: skip
        since = int(way.entered[i] + time[i])
        rows.append(place_rows(here, since, since + int(way.wait_s[i]), STAY))
    return joined(rows)


def place_rows(arcs: NDArray[np.int32], since: int, until: int, kind: int) -> Rows:
    """Return checks that ask the same of some arcs."""
    k = len(arcs)
    return _rows(arcs, np.full(k, since), np.full(k, until), kind, np.zeros(k))


def joined(rows: Sequence[Rows]) -> Rows:
    """Return all checks as those of one way."""
    return Rows(*(np.concatenate(column) for column in zip(*rows, strict=True)))


def _rows(
    arcs: NDArray[np.int32],
    since: NDArray[np.int64],
    until: NDArray[np.int64],
    kind: int,
    dear: NDArray[np.float64],
) -> Rows:
    return Rows(
        arcs.astype(np.int32), since.astype(np.int64), until.astype(np.int64),
        np.full(len(arcs), kind, np.uint8), dear.astype(np.float64),
    )  # fmt: skip


def site_rows(sites: SiteGround | None) -> list[Rows]:
    """Return what must hold of every site: streets around calm, its own road open."""
    if sites is None:
        return []
    since, until = sites.since, sites.until
    return [
        joined([
            place_rows(np.union1d(near, doors).astype(np.int32), since, until, STAY),
            place_rows(doors, since, until, OPEN),
        ])
        for near, doors in zip(sites.near, sites.doors, strict=True)
    ]  # fmt: skip
