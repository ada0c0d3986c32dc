"""Told ways of a day put to the independent check, beside proven ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.plan.told_ways import answer_of, checked
from planner.routes.day_sheet import COST
from planner.routes.primary import primary_ways
from planner.routes.steady import steady

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.plan.day.told import Reported
    from planner.routes.day_sheet import Sheet
    from planner.verify import Failure

    Say = Callable[[str, int, int], object]

CHECKED = 6
"""Arrivals of a day of which ways are checked, at most."""

EACH = 3
"""Ways checked at each."""

COMPARED = 2
"""Arrivals at most, of those in whose drives risk changes, that are worked out exactly."""


class Sample(NamedTuple):
    """Which arrivals are looked at: how many at most, of those from a number on.

    Attributes
    ----------
    most, compared
        Arrivals whose ways are checked; arrivals worked out exactly.
    first
        Number of the first one looked at.
    """

    most: int
    compared: int
    first: int = 0


DAY = Sample(CHECKED, COMPARED)
"""Those of a day."""


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What the check of a sample found.

    Attributes
    ----------
    slots
        Arrivals whose ways were checked, ascending.
    ways
        Ways checked.
    failures
        What is wrong, with the arrival's number.
    best
        int32[o, s]; the gate each origin holds to, -1 for none.
    withheld
        bool[o, s]; ways not told: they fail, or are those of an arrival that does.
    compared
        Arrivals worked out exactly.
    gaps_s
        float64[k]; seconds of cost by which told ways exceed exact ones there.
    """

    slots: tuple[int, ...]
    ways: int
    failures: tuple[tuple[int, Failure], ...]
    best: NDArray[np.int32]
    withheld: NDArray[np.bool_]
    compared: tuple[int, ...]
    gaps_s: NDArray[np.float64]


def check_sample(about: Reported, look: Sample = DAY, *, say: Say | None = None) -> Check:
    """Return what the independent check and the exact search say of some arrivals.

    Parameters
    ----------
    about
        A day of arriving.
    look
        Which arrivals are looked at.
    """
    sheet = about.sheet
    best = steady(sheet)
    withheld = np.zeros(best.shape, bool)
    chosen = sample(best, look)
    compared = _changing(sheet, best)[: look.compared]
    steps = len(chosen) + len(compared)
    failures: list[tuple[int, Failure]] = []
    count = 0
    for done, s in enumerate(chosen):
        some = some_of(best[:, s], done)
        ways = [sheet.way(int(best[o, s]), o, s) for o in some]
        asked = (sheet.at(s), about.hours[sheet.slots[s].hour])
        answer = answer_of(
            about.prepared.ground, about.questions[s], about.risk, asked, ways, only=some,
            hand=about.hand,
        )  # fmt: skip
        document, found = checked(about.prepared, answer)
        count += len(ways)
        failures += [(s, failure) for failure in found]
        for i in failing([o["id"] for o in document["origins"]], {f.id for f in found}):
            withheld[some[i], same_way(sheet, best, some[i], s)] = True
        if say is not None:
            say("check", done + 1, steps)
    gaps: list[float] = []
    for done, s in enumerate(compared):
        gaps += _gaps(sheet, s)
        if say is not None:
            say("check", len(chosen) + done + 1, steps)
    return Check(chosen, count, tuple(failures), best, withheld, compared, np.array(gaps))


def sample(best: NDArray[np.int32], look: Sample = DAY) -> tuple[int, ...]:
    """Return arrivals to look at: where best gates change, spread over the day."""
    part = best[:, look.first :]
    n = part.shape[1]
    starts = [next(run)[0] for _, run in groupby(enumerate(map(tuple, part.T)), lambda x: x[1])]
    open_ = [s for s in starts if (part[:, s] >= 0).any()]
    spread = [s for s in range(n // 4, n, max(n // 4, 1)) if (part[:, s] >= 0).any()]
    found = sorted({*open_, *spread})
    if len(found) > look.most:
        found = [found[i] for i in np.linspace(0, len(found) - 1, look.most).astype(int)]
    return tuple(look.first + s for s in dict.fromkeys(found))


def some_of(gates: NDArray[np.int32], turn: int, most: int = EACH) -> list[int]:
    """Return some origins that have a way, other ones each turn."""
    there = np.flatnonzero(gates >= 0)
    first = turn * most
    picked = {int(there[(first + i) % len(there)]) for i in range(min(most, len(there)))}
    return sorted(picked)


def _changing(sheet: Sheet, best: NDArray[np.int32]) -> tuple[int, ...]:
    """Return some arrivals told near-optimal, spread over those there are."""
    near = np.flatnonzero(sheet.near.any(axis=0) & (best >= 0).any(axis=0))
    if len(near) > COMPARED:
        near = near[np.linspace(0, len(near) - 1, COMPARED + 2).astype(int)[1:-1]]
    return tuple(near.tolist())


def _gaps(sheet: Sheet, slot: int) -> list[float]:
    problem, best = sheet.at(slot), sheet.best()
    exact = primary_ways(problem, problem.free_tree().cost)
    return [
        float(sheet.values[g, o, slot, COST]) - way.cost_s
        for o, (g, way) in enumerate(zip(best[:, slot], exact, strict=True))
        if g >= 0 and way is not None and way.proven
    ]


def failing(origins: Sequence[str], ids: set[str]) -> list[int]:
    """Return the places among some origins, each with one first choice, of those that failed."""
    return [i for i, key in enumerate(origins) if ids & {"plan", key, f"{key}:primary"}]


def same_way(sheet: Sheet, best: NDArray[np.int32], origin: int, slot: int) -> list[int]:
    """Return the arrivals told the same way of an origin, moved in time."""
    gate = int(best[origin, slot])
    if gate < 0:
        return [slot]
    tree = sheet.ways[gate][sheet.source[gate, origin, slot]]
    return [s for s in np.flatnonzero(best[origin] == gate).tolist()
            if sheet.ways[gate][sheet.source[gate, origin, s]] is tree]  # fmt: skip
