"""Where on a drawn way something is: its street, the crossings at either end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.plan.directions import phrases
from planner.plan.own.parts import NO_WAY

if TYPE_CHECKING:
    from planner.network.search import Graph
    from planner.plan.facts import Answer
    from planner.plan.own.time import Ride
    from planner.verify.streets import Streets

FURTHEST = 60
"""Parts looked back or ahead for a crossing."""


class Place(NamedTuple):
    """A stretch of a drawn way as one tells it.

    Attributes
    ----------
    street
        Its name, or the kind of road.
    lon, lat
        Where it begins, degrees.
    between
        Streets crossed before and after it, "" where none with a name is near.
    """

    street: str
    lon: float
    lat: float
    between: tuple[str, str]


def place_of(answer: Answer, ride: Ride, streets: Streets, first: int, last: int) -> Place:
    """Return where the parts from one to another lie, both included."""
    lon, lat = ride.parts[first].lonlat[0].tolist()
    street = street_of(answer, ride, streets, first)
    if not street:
        # Off the roads: the streets it comes from and gets to.
        beside = (max(first - 1, 0), min(last + 1, len(ride.parts) - 1))
        left, reached = (street_of(answer, ride, streets, i) for i in beside)
        return Place(street, lon, lat, (left, reached))
    ends = (_crossing(answer, ride, street, first, -1), _crossing(answer, ride, street, last, 1))
    return Place(street, lon, lat, ends)


def street_of(answer: Answer, ride: Ride, streets: Streets, i: int) -> str:
    """Return what the street of a part is called."""
    part = ride.parts[i]
    arc = _arc(ride, i)
    if arc >= 0:
        return phrases.street_of(answer.problem.network, arc)
    way = None if part.way == NO_WAY else streets.way(part.way)
    if way is None:
        return ""
    name = way.tags.get("name") or way.tags.get("ref")
    return name or phrases.UNNAMED.get(way.tags.get("highway", ""), phrases.PLAIN)


def _arc(ride: Ride, i: int) -> int:
    return int(ride.arcs[i]) if ride.arcs[i] >= 0 else ride.parts[i].like


def _crossing(answer: Answer, ride: Ride, street: str, i: int, step: int) -> str:
    """Return the first street with another name that is met from a part on, or back."""
    graph = answer.problem.graph
    for j in range(i, max(min(i + step * FURTHEST, len(ride.parts)), -1), step):
        arc = _arc(ride, j)
        if arc < 0:
            return ""
        ends = (graph.head[arc], graph.tail[arc])
        against = bool(ride.arcs[j] < 0)
        node = int(ends[(step < 0) != against])
        named = _names_at(answer, graph, node, street)
        if named:
            return named
    return ""


def _names_at(answer: Answer, graph: Graph, node: int, street: str) -> str:
    """Return the name of the largest other street at a node, "" where none has one."""
    network = answer.problem.network
    arcs = np.concatenate([
        graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]],
        graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]],
    ])  # fmt: skip
    arcs = arcs[np.argsort(network.road_class[arcs], kind="stable")]
    names = (network.names[network.name[arc]].replace(";", " / ") for arc in arcs.tolist())
    return next((name for name in names if name and name != street), "")
