"""Which movement from arc to arc is barred: restrictions, restricted streets, U-turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.graph import Access

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.osm import Restriction

EXITS = 32
"""Bits of a mask; a movement onto a later exit of a node cannot be barred."""

OWN_KEYS = ("restriction", "restriction:motorcar", "restriction:motor_vehicle",
            "restriction:vehicle")  # fmt: skip
OWN_WORDS = frozenset({"motorcar", "motor_vehicle", "vehicle"})
CLOCK_KEYS = frozenset({"hour_on", "hour_off", "day_on", "day_off"})


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
    node_id: NDArray[np.int64]
    turning: NDArray[np.bool_]


class Movements(NamedTuple):
    """Every movement through a node: `q` pairs of arcs, ordered by the first.

    Attributes
    ----------
    start
        int64[m + 1]; movements of arc `a` are ``start[a]:start[a + 1]``.
    source, target
        int32[q]; the arcs.
    exit
        int64[q]; position of the target among the arcs leaving the node, by arc index.
    """

    start: NDArray[np.int64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    exit: NDArray[np.int64]


def movements(tail: NDArray[np.int32], head: NDArray[np.int32], n_nodes: int) -> Movements:
    """Return all movements of a network, barred ones too."""
    out_arcs = np.argsort(tail, kind="stable").astype(np.int32)
    degree = np.bincount(tail, minlength=n_nodes)
    out_start = np.concatenate([[0], np.cumsum(degree)])
    sizes = degree[head]
    start = np.concatenate([[0], np.cumsum(sizes)])
    source = np.repeat(np.arange(len(tail), dtype=np.int32), sizes)
    exit_ = np.arange(start[-1]) - start[source]
    return Movements(start, source, out_arcs[out_start[head[source]] + exit_], exit_)


def forbid(
    arcs: Arcs, restrictions: tuple[Restriction, ...], counts: dict[str, int]
) -> NDArray[np.uint32]:
    """Return ``Network.forbidden``; what was applied or skipped is added to ``counts``."""
    moves = movements(arcs.tail, arcs.head, len(arcs.node_id))
    barred = (arcs.access[moves.source] > 0) & (arcs.access[moves.target] == Access.PUBLIC)
    barred |= _u_turns(arcs, moves, barred)
    _apply(arcs, moves, restrictions, barred, counts)
    beyond = moves.exit >= EXITS
    counts["movements left open: a node with more than 32 exits"] = int((barred & beyond).sum())
    return pack(moves, barred & ~beyond)


def pack(moves: Movements, barred: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Return uint32[m], one bit a barred movement."""
    # Each bit is added once, and float64 holds sums of 32 bits exactly.
    bits = np.where(barred, 2.0 ** np.minimum(moves.exit, EXITS - 1), 0.0)
    return np.bincount(moves.source, bits, len(moves.start) - 1).astype(np.uint32)


def _u_turns(arcs: Arcs, moves: Movements, barred: NDArray[np.bool_]) -> NDArray[np.bool_]:
    # A dead end is where nothing but the way back, or a more restricted street, goes on.
    back = moves.target == arcs.twin[moves.source]
    onward = ~back & ~barred & (arcs.access[moves.target] <= arcs.access[moves.source])
    n_onward = np.bincount(moves.source, onward, len(arcs.tail))
    room = arcs.turning[arcs.head[moves.source]]
    forbidden: NDArray[np.bool_] = back & (n_onward[moves.source] > 0) & ~room
    return forbidden


def _apply(
    arcs: Arcs,
    moves: Movements,
    restrictions: tuple[Restriction, ...],
    barred: NDArray[np.bool_],
    counts: dict[str, int],
) -> None:
    ways = {way for rule in restrictions for way in (*rule.from_ways, *rule.to_ways)}
    of_way: dict[int, list[int]] = {}
    for arc in np.flatnonzero(np.isin(arcs.way_id, np.array(sorted(ways), np.int64))).tolist():
        of_way.setdefault(int(arcs.way_id[arc]), []).append(arc)
    counts["turn restrictions read"] = len(restrictions)
    done = {"turn restrictions applied": 0}
    for rule in restrictions:
        skipped = reason_to_skip(rule)
        if skipped is None:
            hit = _bar(arcs, moves, rule, of_way, barred)
            skipped = "turn restrictions applied" if hit else _WITHOUT_EFFECT
        done[skipped] = done.get(skipped, 0) + 1
    counts.update(sorted(done.items()))


_WITHOUT_EFFECT = "turn restrictions without effect: no such movement for cars"


def kind_of(rule: Restriction) -> str:
    """Return the kind that holds for cars at all times, "" when there is none."""
    return next((rule.tags[key] for key in OWN_KEYS if key in rule.tags), "")


def reason_to_skip(rule: Restriction) -> str | None:
    """Tell why a restriction is not applied, None when it is."""
    kind = kind_of(rule)
    exempt = {word.strip() for word in rule.tags.get("except", "").split(";")}
    timed = any(key.endswith(":conditional") for key in rule.tags)
    reasons = {
        "hold at some hours only": CLOCK_KEYS & rule.tags.keys() or (timed and not kind),
        "for other vehicles": not kind,
        "cars are exempt": exempt & OWN_WORDS,
        "through a way, not a node": rule.via_ways,
        "a member is missing": not (rule.from_ways and rule.to_ways and len(rule.via_nodes) == 1),
        "of unknown kind": not kind.startswith(("no_", "only_")),
    }
    found = (why for why, holds in reasons.items() if holds)
    return next((f"turn restrictions skipped: {why}" for why in found), None)


def _bar(
    arcs: Arcs,
    moves: Movements,
    rule: Restriction,
    of_way: dict[int, list[int]],
    barred: NDArray[np.bool_],
) -> bool:
    kind, via, hit = kind_of(rule), rule.via_nodes[0], False
    for way in rule.from_ways:
        for arc in of_way.get(way, ()):
            if arcs.node_id[arcs.head[arc]] != via:
                continue
            span = slice(moves.start[arc], moves.start[arc + 1])
            exits = moves.target[span]
            named = np.isin(arcs.way_id[exits], rule.to_ways)
            if way in rule.to_ways:
                # One way on both sides of the node: only the kind tells back from onward.
                back = exits == arcs.twin[arc]
                named &= back if "u_turn" in kind else ~back
            if named.any():
                hit = True
                barred[span] |= ~named if kind.startswith("only_") else named
    return hit
