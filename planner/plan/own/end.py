"""At which gate a drawn way ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.crs import to_xy
from planner.network.map_match import REACH_M
from planner.plan.own.parts import whole_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.plan.own.parts import Part

AT_GATE_M = 60.0
"""A way that ends this near to where a gate meets its street is meant to end there. Assumption."""


class End(NamedTuple):
    """The gate a way ends at.

    Attributes
    ----------
    gate
        Index among the gates of the profile, -1 for an entrance that is not for it.
    id, name
        Of the entrance, "" where the facility has none.
    offset_m
        Metres from it to the road it was put on.
    gap_m
        Metres from the end of the way to where the gate meets its road.
    moved_m
        Metres by which the end of the way was moved onto it.
    """

    gate: int
    id: str
    name: str
    offset_m: float
    gap_m: float
    moved_m: float = 0.0


def ending_at(answer: Answer, parts: Sequence[Part]) -> tuple[list[Part], End]:
    """Return a way that ends at its gate, where it comes this near, with that gate.

    What runs on for less than ``REACH_M`` past where the gate meets its road is left out, what
    lacks as little is added; told as ``moved_m``.
    """
    network = answer.problem.network
    end = to_xy(parts[-1].lonlat[-1:], network.epsg)[0]
    found = _nearest(answer, end)
    if found.gate < 0:
        return list(parts), found
    node = int(answer.problem.gate_nodes[found.gate])
    kept, moved = _to_node(answer, parts, node)
    gap = to_xy(kept[-1].lonlat[-1:], network.epsg)[0] - network.node_xy[node]
    return kept, found._replace(gap_m=float(np.hypot(*gap)), moved_m=moved)


def _nearest(answer: Answer, end: NDArray[np.float64]) -> End:
    stops, gates = answer.stops, answer.gates
    rows = [
        (float(np.hypot(*(answer.problem.network.node_xy[node] - end))), g)
        for g, node in enumerate(answer.problem.gate_nodes.tolist()) if node >= 0
    ]  # fmt: skip
    near, g = min(rows, default=(np.inf, -1))
    others = answer.metric.entrances
    far = [float(np.hypot(p.x - end[0], p.y - end[1])) for p in others.geometry]
    here = int(np.argmin(far)) if far else -1
    if here >= 0 and near > AT_GATE_M and others["id"].iloc[here] not in set(gates["id"]):
        row = others.iloc[here]
        return End(-1, str(row["id"]), str(row["name"]), 0.0, far[here])
    if g < 0:
        return End(-1, "", "", 0.0, np.inf)
    row = gates.iloc[g]
    return End(g, str(row["id"]), str(row["name"]), float(stops.gate_offset_m[g]), near)


def _to_node(answer: Answer, parts: Sequence[Part], node: int) -> tuple[list[Part], float]:
    """Return a way that ends at a node if that is within reach along it, metres it was moved."""
    graph = answer.problem.graph
    kept = list(parts)
    over = 0.0
    for i in range(len(kept) - 1, -1, -1):
        if over > REACH_M:
            break
        whole = kept[i].share == 1.0
        if whole and any(graph.head[arc] == node for arc in kept[i].arcs):
            return kept[: i + 1], over
        over += kept[i].length_m
    arc, lack = _lacking(answer, kept[-1], node)
    if arc < 0 or not 0 < lack <= REACH_M:
        return kept, 0.0
    added = whole_part(answer.problem.network, kept[-1], arc)
    return [*(kept[:-1] if arc in kept[-1].arcs else kept), added], lack


def _lacking(answer: Answer, last: Part, node: int) -> tuple[int, float]:
    """Return the arc by which a way would reach a node, and the metres of it that are missing."""
    graph, length = answer.problem.graph, answer.problem.network.length_m
    onto = graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]].tolist()
    for arc in onto:
        # A part of the arc that begins where the arc does, or the arc before it.
        if arc in last.arcs and last.begun:
            return arc, float(length[arc]) - last.length_m
        if last.share == 1.0 and any(graph.head[a] == graph.tail[arc] for a in last.arcs):
            return arc, float(length[arc])
    return -1, 0.0
