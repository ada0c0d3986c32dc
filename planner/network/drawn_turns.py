"""Turns drawn as a line: the ban on one, or the end of a ban that the map has."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.layers.faults import Unfit
from planner.network.matching import END_M, Stretch
from planner.network.osm import Restriction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.network.redraw import Redraw, Road

TOUCH_M = 5.0
"""A street followed for less, between the first and the last, is only touched. Assumption."""

STRAIGHT_DEG = 30.0
"""A movement that turns less goes straight on. Assumption; it only words the ban."""


class Turn(NamedTuple):
    """A drawn movement: the stretches it takes, the nodes between them."""

    stretches: tuple[Stretch, ...]
    nodes: tuple[int, ...]

    @property
    def goes_back(self) -> bool:
        """Whether it ends on the street it came by, the other way."""
        first, last = self.stretches[0], self.stretches[-1]
        return first.road is last.road and first.forward != last.forward


def read_turn(stretches: Sequence[Stretch], roads: Sequence[Road]) -> Turn:
    """Return the movement that stretches in the order of a line make.

    Raises
    ------
    Unfit
        The streets do not meet, or the line does not tell at which junction.
    """
    inner = [s for s in stretches[1:-1] if s.length_m >= TOUCH_M]
    chain = list(stretches[:1]) + inner + list(stretches[1:][-1:])
    if len(chain) == 1:
        node = _only_junction(chain[0], roads)
        return Turn((chain[0], chain[0]), (node,))
    chain = [a for a, b in pairwise(chain) if not _same(a, b)] + chain[-1:]
    shared = Counter(node for road in roads for node in set(road.refs))
    return Turn(tuple(chain), tuple(_meeting(a, b, shared) for a, b in pairwise(chain)))


def ban_turn(board: Redraw, turn: Turn) -> None:
    """Add a turn restriction for a movement; its streets are cut where it turns."""
    pieces = _pieces(board, turn)
    tags = {"type": "restriction", "restriction": _word(turn)}
    ways, many = [piece.id for piece in pieces], len(turn.nodes) > 1
    board.restrictions.append(
        Restriction(
            board.new_rule_id(), tags, (ways[0],), () if many else turn.nodes,
            tuple(ways[1:-1]) if many else (), (ways[-1],),
        )
    )  # fmt: skip


def free_turn(board: Redraw, turn: Turn) -> None:
    """Take away what bars a movement, for this movement alone.

    Raises
    ------
    Unfit
        No restriction of the map bars it.
    """
    barring = {rule.id for rule in board.restrictions if _bars(rule, turn)}
    if not barring:
        raise Unfit("no ban of the map is on this turn", "remove the row, the map has no such ban")
    pieces = _pieces(board, turn)
    source, target = pieces[0].id, pieces[-1].id
    kept: list[Restriction] = []
    for rule in board.restrictions:
        if rule.id not in barring:
            kept.append(rule)
            continue
        others = tuple(way for way in rule.from_ways if way != source)
        if others:
            kept.append(replace(rule, from_ways=others))
        exits = tuple(way for way in rule.to_ways if way != target)
        if exits and _kind(rule).startswith("no_"):
            kept.append(replace(rule, id=board.new_rule_id(), from_ways=(source,), to_ways=exits))
    board.restrictions[:] = kept


def _same(a: Stretch, b: Stretch) -> bool:
    return a.road is b.road and a.forward == b.forward


def _meeting(a: Stretch, b: Stretch, shared: Counter[int]) -> int:
    """Return the node at which one street is left for the next, or for its own way back."""
    left = a.end if a.forward else a.begin
    refs, along = a.road.refs, a.road.along.tolist()
    if a.road is b.road:
        there = {node for node in refs if shared[node] > 1} | {refs[0], refs[-1]}
    else:
        there = set(b.road.refs)
    off = {i: abs(along[i] - left) for i, node in enumerate(refs) if node in there}
    near = min(off, key=lambda i: off[i], default=None)
    if near is None or off[near] > 2 * END_M:
        raise Unfit(
            "the streets along it do not meet",
            "draw it along one street, over the junction, into the next",
        )
    return refs[near]


def _only_junction(stretch: Stretch, roads: Sequence[Road]) -> int:
    others = {node for road in roads if road is not stretch.road for node in road.refs}
    inside = [
        node
        for node, metres in zip(stretch.road.refs, stretch.road.along.tolist(), strict=True)
        if node in others and stretch.begin < metres < stretch.end
    ]
    if len(inside) != 1:
        raise Unfit(
            f"it passes {len(inside)} junctions of one street",
            "draw it from just before the junction to just after it",
        )
    return inside[0]


def _pieces(board: Redraw, turn: Turn) -> list[Road]:
    """Cut the streets at the nodes of a movement; return the piece it takes of each."""
    ends = (None, *turn.nodes, None)
    wanted = [
        (stretch, {node for node in ends[i : i + 2] if node is not None})
        for i, stretch in enumerate(turn.stretches)
    ]
    middle = [_middle(stretch, nodes, i == 0) for i, (stretch, nodes) in enumerate(wanted)]
    cut: dict[int, list[Road]] = {}
    for stretch, _ in wanted:
        road = stretch.road
        if id(road) not in cut:
            nodes = {n for other, some in wanted if other.road is road for n in some}
            cut[id(road)] = board.cut(road, [i for i, n in enumerate(road.refs) if n in nodes])
    found = []
    for (stretch, _), metres in zip(wanted, middle, strict=True):
        pieces = cut[id(stretch.road)]
        ends_m = np.cumsum([piece.along[-1] for piece in pieces])
        found.append(pieces[min(int(np.searchsorted(ends_m, metres)), len(pieces) - 1)])
    return found


def _middle(stretch: Stretch, nodes: set[int], before: bool) -> float:
    """Return metres along a street at which the movement surely is on it."""
    along: list[float] = stretch.road.along.tolist()
    at = [m for n, m in zip(stretch.road.refs, along, strict=True) if n in nodes]
    if len(nodes) > 1:
        return sum(at) / len(at)
    inside = [m for m in at if stretch.begin < m < stretch.end]
    if not inside:
        return (stretch.begin + stretch.end) / 2
    # The line overruns the junction, or goes straight on over it.
    side = stretch.begin if before == stretch.forward else stretch.end
    return (side + inside[0]) / 2


def _word(turn: Turn) -> str:
    if turn.goes_back:
        return "no_u_turn"
    angle = _heading(turn.stretches[-1], start=True) - _heading(turn.stretches[0], start=False)
    angle = (angle + 180) % 360 - 180
    if abs(angle) < STRAIGHT_DEG:
        return "no_straight_on"
    return "no_left_turn" if angle > 0 else "no_right_turn"


def _heading(stretch: Stretch, *, start: bool) -> float:
    """Return degrees, east 0, counter-clockwise, at the start or end of a stretch."""
    road = stretch.road
    span = (stretch.begin, stretch.end)
    low, high = (min(span[0] + 10, span[1]), span[0]), (span[1], max(span[1] - 10, span[0]))
    near_begin = start == stretch.forward
    metres = sorted(low if near_begin else high)
    known = np.isfinite(road.xy[:, 0])
    east, north = (
        float(np.diff(np.interp(metres, road.along[known], road.xy[known, i]))[0]) for i in (0, 1)
    )
    turn = 1 if stretch.forward else -1
    return math.degrees(math.atan2(turn * north, turn * east))


def _kind(rule: Restriction) -> str:
    kinds = (value for key, value in rule.tags.items() if key.startswith("restriction"))
    return next((kind for kind in kinds if kind.startswith(("no_", "only_"))), "")


def _bars(rule: Restriction, turn: Turn) -> bool:
    kind = _kind(rule)
    source, target = turn.stretches[0].road.id, turn.stretches[-1].road.id
    if source not in rule.from_ways or not kind:
        return False
    if rule.via_ways:
        taken = {stretch.road.id for stretch in turn.stretches[1:-1]}
        return kind.startswith("no_") and target in rule.to_ways and taken >= set(rule.via_ways)
    if not set(rule.via_nodes) & set(turn.nodes):
        return False
    named = target in rule.to_ways
    if source == target:
        named = named and turn.goes_back == kind.endswith("u_turn")
    return named if kind.startswith("no_") else not named
