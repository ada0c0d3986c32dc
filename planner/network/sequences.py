"""Copies of arcs for bans over several arcs in a row, or that hold at some hours only.

A search sees one arc and the next. Who has come by the first arcs of a longer ban drives on
copies of the arcs that follow, from which the last one cannot be reached; all others stay on the
arcs themselves. A movement barred at some hours leads onto a copy that is shut then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network.moves import BARRED, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.network.moves import Movements


class Ban(NamedTuple):
    """A row of arcs that may not be driven, or (``only``) that must be ended once begun.

    Attributes
    ----------
    path
        Two arcs or more, each beginning where the one before ends.
    when
        "" always; else "shut EXPR" or "open EXPR", as in ``Network.timed_rules``.
    must
        0: the row may not be driven. Else whoever is on its second arc or a later one, come by
        those before, drives on along it, or along another row with the same number.
    """

    path: tuple[int, ...]
    when: str = ""
    must: int = 0


class Expanded(NamedTuple):
    """A network's movements with the copies, `c` of them after the `m` arcs.

    Attributes
    ----------
    copy_of
        int32[m + c]; the arc itself or the one it copies.
    turn_s
        uint8[q']; the table over all arcs.
    timed
        (arc, rule) of each copy that is shut at some hours.
    """

    copy_of: NDArray[np.int32]
    turn_s: NDArray[np.uint8]
    timed: list[tuple[int, str]]


class State(NamedTuple):
    """Where in which bans a vehicle is: its arc, (ban, arcs of it driven), rules that shut it."""

    arc: int
    followed: frozenset[tuple[int, int]] = frozenset()
    shut: frozenset[str] = frozenset()


def expand(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    moves: Movements,
    turn_s: NDArray[np.uint8],
    bans: Sequence[Ban],
) -> Expanded:
    """Return the movements with copies that keep every ban.

    Parameters
    ----------
    tail, head
        int32[m]; nodes.
    moves
        The movements of these arcs.
    turn_s
        uint8[q]; the table without the bans.
    bans
        What no single movement tells.
    """
    m = len(tail)
    if not bans:
        return Expanded(np.arange(m, dtype=np.int32), turn_s, [])
    number, steps = _walk_states(_exits(moves, turn_s, bans), bans, m)
    copies = np.array([state.arc for state in number], np.int32)
    arc = np.concatenate([np.arange(m, dtype=np.int32), copies])
    table = _table(tail[arc], head[arc], len(moves.start) - 1, steps, (moves, turn_s))
    timed = [(i, rule) for state, i in number.items() for rule in sorted(state.shut)]
    return Expanded(arc, table, timed)


class _Step(NamedTuple):
    """A movement of one state: cell in the old table, arc or copy it leads to, -1 nowhere."""

    source: int
    target: int
    cell: int
    onto: int


def _exits(
    moves: Movements, turn_s: NDArray[np.uint8], bans: Sequence[Ban]
) -> dict[int, list[tuple[int, int]]]:
    """Return (arc, cell) of every allowed movement from the arcs of the bans or beside them."""
    arcs = np.unique([arc for ban in bans for arc in ban.path])
    # A movement that another commands away from leads onto a copy of any arc beside the row.
    arcs = np.union1d(arcs, moves.target[np.isin(moves.source, arcs)])
    found: dict[int, list[tuple[int, int]]] = {int(arc): [] for arc in arcs}
    for cell in np.flatnonzero(np.isin(moves.source, arcs) & (turn_s != BARRED)).tolist():
        found[int(moves.source[cell])].append((int(moves.target[cell]), cell))
    return found


def _walk_states(
    exits: dict[int, list[tuple[int, int]]], bans: Sequence[Ban], m: int
) -> tuple[dict[State, int], list[_Step]]:
    """Return the number of each copy, and the movements of first arcs and of copies."""
    number: dict[State, int] = {}
    steps: list[_Step] = []
    todo = [(arc, State(arc)) for arc in dict.fromkeys(ban.path[0] for ban in bans)]
    for index, state in todo:
        for arc, cell in exits[state.arc]:
            then = _next(state, arc, bans)
            onto = -1
            if then == State(arc):
                onto = arc
            elif then is not None:
                if then not in number:
                    number[then] = m + len(number)
                    todo.append((number[then], then))
                onto = number[then]
            steps.append(_Step(index, arc, cell, onto))
    return number, steps


def _next(state: State, arc: int, bans: Sequence[Ban]) -> State | None:
    """Return the state after a movement, None where it is barred at all times."""
    here = [(i, 1) for i, ban in enumerate(bans) if ban.path[0] == state.arc]
    here += [(i, k) for i, k in state.followed if (i, k) not in here]
    ends = {bans[i].when for i, k in here if bans[i].path[k:] == (arc,) and not bans[i].must}
    bound = {(bans[i].must, bans[i].when) for i, k in here if bans[i].must and k > 1}
    kept = {(bans[i].must, bans[i].when) for i, k in here if k > 1 and bans[i].path[k] == arc}
    ends |= {when for _, when in bound - kept}
    if "" in ends:
        return None
    followed = {(i, k + 1) for i, k in here if bans[i].path[k] == arc and k + 1 < len(bans[i].path)}
    return State(arc, frozenset(followed), frozenset(ends))


def _table(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    n_nodes: int,
    steps: Sequence[_Step],
    old: tuple[Movements, NDArray[np.uint8]],
) -> NDArray[np.uint8]:
    """Return the table over arcs and copies: old movements but those that lead elsewhere now."""
    moves, turn_s = old
    at = cells(tail, head, n_nodes)
    size = np.bincount(tail, minlength=n_nodes) @ np.bincount(head, minlength=n_nodes)
    table = np.full(int(size), BARRED, np.uint8)
    table[at.row[moves.target] + at.entry[moves.source]] = turn_s
    for step in steps:
        table[at.row[step.target] + at.entry[step.source]] = BARRED
    for step in steps:
        if step.onto >= 0:
            table[at.row[step.onto] + at.entry[step.source]] = turn_s[step.cell]
    return table
