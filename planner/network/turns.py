"""Which movement from arc to arc is barred: restrictions, restricted streets, U-turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.graph import Access
from planner.network.restrictions import UNREAD, orders_of
from planner.network.sequences import Ban

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.moves import Cells, Movements
    from planner.network.osm import Restriction
    from planner.network.profiles import Profile
    from planner.network.restrictions import Order

WITHOUT_EFFECT = "turn restrictions without effect: no such movement here"


class Arcs(NamedTuple):
    """The columns of a network that decide on turns; see ``Network``.

    Attributes
    ----------
    tail, head, twin
        int32[m].
    way_id
        int64[m].
    access
        uint8[m].
    leaving
        bool[m]; copies of restricted streets for those who begin there.
    node_id
        int64[n].
    turning
        bool[n]; nodes with room to turn round (turning circles).
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    twin: NDArray[np.int32]
    way_id: NDArray[np.int64]
    access: NDArray[np.uint8]
    leaving: NDArray[np.bool_]
    node_id: NDArray[np.int64]
    turning: NDArray[np.bool_]


def passes_through(arcs: Arcs, moves: Movements) -> NDArray[np.bool_]:
    """Return bool[q]: movements of those who would pass through a restricted street.

    One may end on it, and leave it by the copies for leaving when one has begun there.
    """
    shut = (arcs.access > 0) & ~arcs.leaving
    public = arcs.access == Access.PUBLIC
    source, target = moves.source, moves.target
    barred: NDArray[np.bool_] = shut[source] & public[target]
    barred |= arcs.leaving[target] & ~arcs.leaving[source]
    barred |= arcs.leaving[source] & shut[target]
    return barred


def u_turns(
    arcs: Arcs, moves: Movements, barred: NDArray[np.bool_], *, at_dead_ends: bool
) -> NDArray[np.bool_]:
    """Return bool[q]: U-turns where there is another way on and no room to turn.

    Parameters
    ----------
    barred
        bool[q]; movements barred for other reasons: no way on.
    at_dead_ends
        Whether the vehicle turns round in a dead end without a turning circle.
    """
    # A dead end is where nothing but the way back, or a more restricted street, goes on.
    back = moves.target == arcs.twin[moves.source]
    onward = ~back & ~barred & (arcs.access[moves.target] <= arcs.access[moves.source])
    n_onward = np.bincount(moves.source, onward, len(arcs.tail))
    room = arcs.turning[arcs.head[moves.source]]
    elsewhere = n_onward[moves.source] > 0 if at_dead_ends else True
    forbidden: NDArray[np.bool_] = back & elsewhere & ~room
    return forbidden


def restrict(
    arcs: Arcs,
    moves: Movements,
    cells: Cells,
    barred: NDArray[np.bool_],
    *,
    restrictions: tuple[Restriction, ...],
    profile: Profile,
    counts: dict[str, int],
) -> list[Ban]:
    """Bar the movements that restrictions over one node forbid at all times.

    Those over several ways, or that hold at some hours, are returned for ``sequences``.

    Parameters
    ----------
    barred
        bool[q]; written to.
    counts
        Gets what was applied or skipped.
    """
    ways = {w for r in restrictions for w in (*r.from_ways, *r.via_ways, *r.to_ways)}
    of_way: dict[int, list[int]] = {}
    for arc in np.flatnonzero(np.isin(arcs.way_id, np.array(sorted(ways), np.int64))).tolist():
        of_way.setdefault(int(arcs.way_id[arc]), []).append(arc)
    counts["turn restrictions read"] = len(restrictions)
    done = {"turn restrictions applied": 0}
    bans: list[Ban] = []
    for rule in restrictions:
        told = orders_of(rule, profile)
        applied, skipped = 0, told.skipped
        for order in told.orders:
            if rule.via_ways:
                found = _over_ways(arcs, rule, order, of_way)
                bans += found
                applied += len(found)
            else:
                found = _over_node(arcs, moves, rule, order, of_way)
                applied += len(found)
                bans += _bar_at_once(found, cells, barred)
        if told.orders:
            skipped = "turn restrictions applied" if applied else WITHOUT_EFFECT
        for word in (skipped, UNREAD) if told.unread else (skipped,):
            done[word] = done.get(word, 0) + 1
    counts.update(sorted(done.items()))
    return bans


def _bar_at_once(found: list[Ban], cells: Cells, barred: NDArray[np.bool_]) -> list[Ban]:
    """Bar what holds at all times, return the rest."""
    for ban in found:
        if not ban.when:
            barred[cells.row[ban.path[1]] + cells.entry[ban.path[0]]] = True
    return [ban for ban in found if ban.when]


def _over_node(
    arcs: Arcs,
    moves: Movements,
    rule: Restriction,
    order: Order,
    of_way: dict[int, list[int]],
) -> list[Ban]:
    """Return every movement over the via node that a restriction forbids."""
    bans = []
    via = rule.via_nodes[0]
    for way in rule.from_ways:
        for arc in of_way.get(way, ()):
            node = arcs.head[arc]
            if arcs.node_id[node] != via:
                continue
            block = slice(moves.start[node], moves.start[node + 1])
            exits = moves.target[block][moves.source[block] == arc]
            ways = arcs.way_id[exits].tolist()
            named = np.fromiter((on in rule.to_ways for on in ways), bool, len(ways))
            if way in rule.to_ways:
                # One way on both sides of the node: only the kind tells back from onward.
                back = exits == arcs.twin[arc]
                named &= back if "u_turn" in order.kind else ~back
            if named.any():
                meant = exits[~named if order.only else named]
                bans += [Ban((arc, int(b)), order.when) for b in meant]
    return bans


def _over_ways(
    arcs: Arcs, rule: Restriction, order: Order, of_way: dict[int, list[int]]
) -> list[Ban]:
    """Return the arcs, from first to last, of a restriction over one or more via ways."""
    tails: dict[int, list[int]] = {}
    for way in (*rule.via_ways, *rule.to_ways):
        for arc in of_way.get(way, ()):
            tails.setdefault(int(arcs.tail[arc]), []).append(arc)
    bans = []
    for way in rule.from_ways:
        for first in of_way.get(way, ()):
            paths = _along(arcs, (first,), rule.via_ways, rule.to_ways, tails)
            must = rule.id if order.only else 0
            bans += [Ban(path, order.when, must) for path in paths]
    return bans


def _along(
    arcs: Arcs,
    path: tuple[int, ...],
    via_ways: tuple[int, ...],
    to_ways: tuple[int, ...],
    tails: dict[int, list[int]],
) -> list[tuple[int, ...]]:
    """Return the ways on from a path over all via ways in turn onto a way of ``to_ways``."""
    if not via_ways:
        last = path[-1]
        return [
            (*path, arc)
            for arc in tails.get(int(arcs.head[last]), ())
            if arcs.way_id[arc] in to_ways and arc != arcs.twin[last]
        ]
    found = []
    open_paths = [path]
    while open_paths:
        one = open_paths.pop()
        last = one[-1]
        for arc in tails.get(int(arcs.head[last]), ()):
            if arcs.way_id[arc] == via_ways[0] and arc not in one and arc != arcs.twin[last]:
                longer = (*one, arc)
                found += _along(arcs, longer, via_ways[1:], to_ways, tails)
                open_paths.append(longer)
    return found
