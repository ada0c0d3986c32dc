"""Drawn streets, with a way over them as a driver is told it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Point

from planner.layers.crs import to_lonlat
from planner.network.graph import CLASSES, Network
from planner.plan.directions.by_street import steps
from planner.plan.wishes.hand import Hand
from planner.routes.walk import Walk, walk
from tests.network.arrays import free_turns
from tests.routes.asking import ask, node
from tests.town import EPSG, arc, make_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.problem import Problem

Place = tuple[float, float]
DAY = (0, 24 * 3600)


def street(*places: Place, name: str = "", kind: str = "secondary", one_way: bool = False) -> Any:
    """A street through some places."""
    pairs = pairwise(places)
    return [(a, b, name, kind, one_way) for a, b in pairs]


def roads(*streets: Any) -> Network:
    """The network of drawn streets, 10 m/s; its nodes are at every place named."""
    pieces = [piece for one in streets for piece in one]
    network = make_network([(a, b, name) for a, b, name, _, _ in pieces])
    kinds = np.array([CLASSES.index(kind) for *_, kind, _ in pieces for _ in range(2)], np.uint8)
    keep = np.array([not (one_way and back) for *_, one_way in pieces for back in (False, True)])
    number = np.where(keep, np.cumsum(keep) - 1, -1)
    m = int(keep.sum())
    by_arc = ("tail", "head", "length_m", "time_s", "way_id", "way_from", "way_to", "access",
              "name")  # fmt: skip
    return replace(
        network,
        road_class=kinds[keep],
        twin=number[network.twin][keep].astype(np.int32),
        shape_start=(2 * np.arange(m + 1)).astype(np.int64),
        shape_xy=network.shape_xy.reshape(-1, 2, 2)[keep].reshape(-1, 2),
        **{name: getattr(network, name)[keep] for name in by_arc},
        **free_turns(network.tail[keep], network.head[keep], network.n_nodes),
    )


def problem_of(network: Network, *places: Place, **more: Any) -> Problem:
    """A question whose origin and gate are the first and the last place."""
    return ask(network=network, origins=places[:1], gates=[(places[-1], [DAY])], **more)


def drive(
    problem: Problem, *places: Place, waits: dict[Place, int] | None = None, arrive: int = 28800
) -> Walk:
    """The way over places, with seconds waited at some, that arrives at a second."""
    network = problem.network
    arcs = [arc(network, a, b) for a, b in pairwise(places)]
    pauses = [(waits or {}).get(place, 0) for place in places[1:]]
    times = network.time_s[arcs].astype(np.int64) + pauses
    entered = arrive - np.cumsum(times[::-1])[::-1]
    return walk(problem, np.array(arcs, np.int32), entered, arrive=arrive, proven=False)


def answer_of(
    problem: Problem, gate: Place | None = None, sites: dict[Place, str] | None = None
) -> Any:
    """What of a plan's facts the words need: point of the gate, names of sites by crossing."""
    x, y = gate or problem.network.node_xy[problem.gate_nodes[0]]
    gates = gpd.GeoDataFrame(
        {"id": ["g"], "name": ["North gate"]}, geometry=[Point(x, y)], crs=EPSG
    )
    named = sites or {}
    nodes = np.array([node(problem.network, place) for place in named], np.int32)
    return SimpleNamespace(
        problem=problem, gates=gates, hand=Hand(), risk=SimpleNamespace(field=problem.field),
        sites=pd.DataFrame({"name": list(named.values())}), stops=SimpleNamespace(sites=nodes),
        layers=SimpleNamespace(settings=SimpleNamespace(timezone="UTC")),
    )  # fmt: skip


def told(
    network: Network, *places: Place, gate: Place | None = None,
    sites: dict[Place, str] | None = None, **more: Any,
) -> Any:  # fmt: skip
    """The directions of the way over places."""
    problem = problem_of(network, *places)
    way = drive(problem, *places, **more)
    lonlat = [to_lonlat(network.arc_shape(int(a)), EPSG) for a in way.arcs]
    return steps(answer_of(problem, gate, sites), way, lonlat)


def texts(network: Network, *places: Place, **more: Any) -> Sequence[str]:
    """The sentences of the way over places."""
    return [step["text"] for step in told(network, *places, **more)]
