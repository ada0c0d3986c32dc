"""Questions put to the toy town: gate at a crossing, origin at another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.routes.problem import Problem, make_problem
from tests.town import make_network, risk_of, second, town_streets

if TYPE_CHECKING:
    from planner.network.graph import Network

Place = tuple[float, float]
DAY = (0, 24 * 3600)


def node(network: Network, place: Place) -> int:
    """Return the node at a crossing."""
    gap = np.hypot(*(network.node_xy - np.array(place)).T)
    return int(np.argmin(gap))


def ask(
    *zones: dict[str, Any],
    network: Network | None = None,
    origins: Sequence[Place] = ((0.0, 0.0),),
    gates: Sequence[tuple[Place, Sequence[tuple[int, int]]]] = (((400.0, 400.0), [DAY]),),
    rest: Sequence[Place] = (),
    hour: float = 8.0,
    **more: Any,
) -> Problem:
    """Return a question to the town with some zones, at an hour."""
    network = network or make_network(town_streets())
    return make_problem(
        network,
        more.pop("field", None) or risk_of(network, *zones, **more).field,
        origins=np.array([node(network, o) for o in origins], np.int32),
        gates=[(node(network, g), spans, -1) for g, spans in gates],
        rest_nodes=np.array([node(network, r) for r in rest], np.int32),
        arrive=second(hour),
        limits={"early_s": 900, "risk_aversion": 10.0, "clear_below": 0.1},
    )
