"""When so many vehicles can come, then as many leave, by gates that let so many pass."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL_SETS = 6
"""With more gates than this only single ones, pairs, and all together are looked at."""

EXACT = 1e-9


class Window(NamedTuple):
    """Times at which a change may begin by some gates; times in slots.

    Attributes
    ----------
    gates
        Their numbers.
    first, last
        First and last slot at which it may begin.
    each
        How long it takes to let all in, and then again to let all out.
    """

    gates: tuple[int, ...]
    first: int
    last: int
    each: float

    @property
    def until(self) -> float:
        """When a change begun last is over."""
        return self.last + 2 * self.each


class Most(NamedTuple):
    """The largest change some gates let through at a stretch: it begins at a slot."""

    gates: tuple[int, ...]
    first: int
    each: float
    vehicles: int


def gate_sets(n: int) -> Iterator[tuple[int, ...]]:
    """Give the sets of gates that may share a change, smaller ones first."""
    sizes = range(1, n + 1) if n <= ALL_SETS else dict.fromkeys((1, 2, n))
    for size in sizes:
        yield from combinations(range(n), size)


def change_windows(
    into: NDArray[np.bool_], out: NDArray[np.bool_], rate: NDArray[np.float64], vehicles: int,
    begin: int | None = None,
) -> list[Window]:  # fmt: skip
    """Return when so many vehicles can come, then as many leave, without a pause.

    Through all gates of a set at once pass as many as their rates together, first those who come,
    then those who leave; each gate must be good for it in every slot touched. A set is told only for
    beginnings at which no smaller one of its gates would do.

    Parameters
    ----------
    into, out
        bool[g, s]; whether a gate is good to come in by, to leave by, from that slot to the next.
    rate
        float64[g]; vehicles it lets pass in a slot, above 0.
    vehicles
        How many come, and how many leave.
    begin
        Slots, from the first on, in which a change may begin; any when None.

    Examples
    --------
    >>> always = np.ones((1, 6), bool)
    >>> change_windows(always, always, np.array([10.0]), 20)
    [Window(gates=(0,), first=0, last=2, each=2.0)]
    >>> change_windows(always, always, np.array([10.0]), 20, begin=2)
    [Window(gates=(0,), first=0, last=1, each=2.0)]
    """
    found: list[Window] = []
    begun: dict[tuple[int, ...], NDArray[np.bool_]] = {}
    for gates in gate_sets(len(rate)):
        each = vehicles / float(rate[list(gates)].sum())
        may = _beginnings(_all(into, gates), _all(out, gates), each)[:begin]
        begun[gates] = may
        fewer = [known for some, known in begun.items() if set(some) < set(gates)]
        rest = may & ~np.logical_or.reduce([*fewer, np.zeros(len(may), bool)])
        found += [Window(gates, a, b - 1, each) for a, b in spells(rest)]
    return found


def most_at_once(
    into: NDArray[np.bool_], out: NDArray[np.bool_], rate: NDArray[np.float64],
    gates: tuple[int, ...], begin: int | None = None,
) -> Most:  # fmt: skip
    """Return the largest change that some gates let through, the first of equals.

    ``begin`` as in ``change_windows``.
    """
    longest = _longest(_all(into, gates), _all(out, gates))[:begin]
    first = int(longest.argmax()) if len(longest) else 0
    each = float(longest[first]) if len(longest) else 0.0
    return Most(gates, first, each, int(rate[list(gates)].sum() * each + EXACT))


def spells(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return (first, end) of each run of true ones.

    >>> spells(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edge = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edge.reshape(-1, 2)]


def _all(good: NDArray[np.bool_], gates: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return bool[s]; whether all of some gates are good."""
    found: NDArray[np.bool_] = np.logical_and.reduce(good[list(gates)], axis=0)
    return found


def _ends(good: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return int64[s]; where the run of good slots that a slot is in ends, itself where it is none."""
    ends = np.arange(len(good), dtype=np.int64)
    for a, b in spells(good):
        ends[a:b] = b
    return ends


def _beginnings(into: NDArray[np.bool_], out: NDArray[np.bool_], each: float) -> NDArray[np.bool_]:
    """Return bool[s]; whether all come from that slot on, then all leave, in good slots."""
    n = len(into)
    come, leave = _ends(into), np.append(_ends(out), n)
    start = np.arange(n)
    turn = start + each
    at = np.minimum(np.floor(turn + EXACT).astype(int), n)
    found: NDArray[np.bool_] = (turn <= come + EXACT) & (turn + each <= leave[at] + EXACT)
    return found


def _longest(into: NDArray[np.bool_], out: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return float64[s]; for how long, at most, some come from a slot on before as many leave."""
    n = len(into)
    come, leave = _ends(into), _ends(out)
    longest = np.zeros(n)
    for a in np.flatnonzero(into).tolist():
        for k in range(a, n):
            # The turn from coming to leaving lies within slot k.
            each = min(come[a] - a, (leave[k] - a) / 2, k + 1 - a)
            if each >= k - a:
                longest[a] = max(longest[a], each)
    return longest
