"""Sites that are best where the reports are most wrong: the least worst over worlds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import block_diag, csr_matrix, hstack, vstack

from planner.staging.choice import Ask, check, earliest, least_worst, open_only
from planner.staging.model import LEAST, LONGEST_S, Model, Row, make_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NO_PLACE = float("inf")
ANY = 1e15
"""More than anything comes to, less than no place at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Robust:
    """The choice whose worst world is best.

    Attributes
    ----------
    sites
        int64[k], ascending; None where no choice holds in every world that counts.
    worst
        What the objective comes to in the worst world: vehicle-seconds, vehicles covered, seconds.
    values
        float64[w]; the same in every world, inf where not all vehicles find a place.
    counts
        bool[w]; worlds in which some choice of sites does; the others are hopeless and left out.
    """

    sites: NDArray[np.int64] | None
    worst: float
    values: NDArray[np.float64]
    counts: NDArray[np.bool_]


def choose_robust(ask: Ask, worlds: NDArray[np.float64]) -> Robust:
    """Return the sites whose worst world is best; in each world the vehicles go where is best then.

    The choice holds as reported too. What is equally good is decided in this order: best as
    reported (most covered, then least vehicle-seconds); fewer sites; the earliest sites.

    Parameters
    ----------
    ask
        The question as reported.
    worlds
        float64[w, f, s]; seconds in each world, inf where no clear way leads or the site is
        under risk.

    Raises
    ------
    InputError
        As ``choose``; ``TooLongError`` where it takes more than a minute.
    """
    check(ask)
    several, of_world = np.unique(np.ceil(worlds), axis=0, return_inverse=True)
    joint = Joint(ask, several)
    best = _narrowed(joint, ask, several)
    counts = joint.counts[of_world.ravel()]
    if best is None:
        none = np.full(len(worlds), NO_PLACE)
        return Robust(None, NO_PLACE, none, counts)
    rows: list[Row] = []
    if ask.objective == "coverage":
        joint.least(-joint.reported.vehicles, rows)
    joint.least(joint.reported.cost, rows)
    found = joint.least(joint.reported.count, rows)
    sites = np.array(earliest(joint, best if found is None else found, rows), np.int64)
    values = values_of(ask, sites, several)[of_world.ravel()]
    worst = float(values[counts].max(initial=-NO_PLACE))
    sign = -1.0 if ask.objective == "coverage" else 1.0
    return Robust(sites, sign * worst, sign * values, counts)


def _narrowed(joint: Joint, ask: Ask, worlds: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return an answer whose worst world is best, and hold the program to that worst."""
    best = joint.solve()
    if best is None or not joint.counts.any():
        return best
    low, high = least_of(ask, worlds[joint.counts]), float(joint.values(best).max())
    while low < high:
        joint.most = float((low + high) // 2)
        found = joint.solve()
        if found is None:
            low = joint.most + 1
        else:
            best, high = found, float(joint.values(found).max())
    joint.most = high
    return best


def values_of(
    ask: Ask, sites: NDArray[np.int64], worlds: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return what some open sites come to in each world, float64[w]; less is better.

    Vehicle-seconds, worst seconds, or vehicles covered with a minus; inf where not all find a
    place.
    """
    several, of_world = np.unique(worlds, axis=0, return_inverse=True)
    found = [_value(open_only(replace(ask, seconds=one), sites)) for one in several]
    return np.array(found, float)[of_world.ravel()]


def _value(few: Ask) -> float:
    """Return what sites that are all open come to: all at the nearest, where there is room."""
    if not few.seconds.shape[1]:
        return 0.0 if few.objective == "coverage" else NO_PLACE
    seconds = np.ceil(few.seconds)
    nearest = seconds.min(axis=1)
    served = nearest <= few.limit_s
    load = np.bincount(seconds.argmin(axis=1), few.demand * served, len(few.room))
    if np.isinf(nearest).any() and few.objective != "coverage":
        return NO_PLACE
    if (load <= few.room).all():
        sums = {"p-median": nearest @ few.demand, "p-center": nearest.max(),
                "coverage": -(served @ few.demand)}  # fmt: skip
        return float(sums[few.objective])
    return _solved(few)


def _solved(few: Ask) -> float:
    if few.objective == "p-center":
        worst = least_worst(few)
        return NO_PLACE if worst is None else worst
    covers = few.objective == "coverage"
    model = make_model(few, few.limit_s, partial=covers, all_open=True)
    cost = -model.vehicles if covers else model.cost
    best = model.solve(cost)
    return NO_PLACE if best is None else float(cost @ best)


def least_of(ask: Ask, worlds: NDArray[np.float64]) -> float:
    """Return what no choice can be better than in its worst world, room left aside."""
    nearest = worlds.min(axis=2, initial=np.inf)
    if ask.objective == "coverage":
        near = (nearest <= ask.limit_s) @ ask.demand
        return -float(near.min(initial=int(ask.demand.sum())))
    if ask.objective == "p-center":
        return float(nearest.max(initial=0))
    return float((nearest @ ask.demand).max(initial=0))


class Joint:
    """The program of one choice for the state as reported and for worlds, taken in as needed.

    A world is taken in when the sites chosen without it come to more than ``most`` there: what
    is chosen with a few worlds that fits all others is the choice for all.
    """

    def __init__(self, ask: Ask, worlds: NDArray[np.float64]) -> None:
        self.most = ANY
        self.counts = np.ones(len(worlds), bool)
        self._ask = ask
        self._worlds = worlds
        self._taken: list[int] = []
        self._known: dict[tuple[int, tuple[int, ...]], float] = {}
        self._until = monotonic() + LONGEST_S
        self.reported = self._model(ask.seconds, ask.limit_s)
        self.sites: NDArray[np.int64] = self.reported.sites

    def values(self, best: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return what an answer's sites come to in each world, -inf where none would do."""
        sites = self.sites[best[: len(self.sites)] > 0]
        found = np.full(len(self._worlds), -NO_PLACE)
        opened = tuple(sites.tolist())
        for w in np.flatnonzero(self.counts).tolist():
            if (w, opened) not in self._known:
                self._known[w, opened] = values_of(self._ask, sites, self._worlds[w : w + 1])[0]
            found[w] = self._known[w, opened]
        return found

    def solve(
        self, cost: NDArray[np.float64] | None = None, rows: Sequence[Row] = ()
    ) -> NDArray[np.int64] | None:
        """Return an answer of least cost, of the reported state, that keeps to ``most`` in all."""
        while True:
            model = self._joined()
            tail = np.zeros(len(model.lower) - len(self.reported.lower))
            wide = [(np.concatenate([row, tail]), low, high) for row, low, high in rows]
            own = None if cost is None else np.concatenate([cost, tail])
            best = model.solve(own, wide, within_s=max(self._until - monotonic(), 0.0))
            if best is None:
                if self.most < ANY or not self._drop_hopeless():
                    return None
                continue
            best = best[: len(self.reported.lower)]
            values = self.values(best)
            worst = int(values.argmax()) if len(values) else -1
            if worst < 0 or values[worst] <= self.most + LEAST:
                return best
            self._taken.append(worst)

    def least(self, cost: NDArray[np.float64], rows: list[Row]) -> NDArray[np.int64] | None:
        """Return an answer of least cost, and demand from now on that none costs more."""
        best = self.solve(cost, rows)
        if best is not None:
            rows.append((cost, -np.inf, float(cost @ best) + LEAST))
        return best

    def _drop_hopeless(self) -> bool:
        """Leave out the worlds taken in that no choice does for; tell whether there were some."""
        gone = [
            w
            for w in self._taken
            if self._model(self._worlds[w], self._ask.limit_s).solve() is None
        ]
        self._taken = [w for w in self._taken if w not in gone]
        self.counts[gone] = False
        return bool(gone)

    def _model(self, seconds: NDArray[np.float64], limit: float) -> Model:
        return make_model(
            replace(self._ask, seconds=seconds), limit, partial=self._ask.objective == "coverage"
        )

    def _joined(self) -> Model:
        """Return the reported state's program beside those of the worlds taken in."""
        first, n = self.reported, len(self.reported.sites)
        centre = self._ask.objective == "p-center"
        limit = self.most if centre else self._ask.limit_s
        models = [first, *(self._model(self._worlds[w], limit) for w in self._taken)]
        matrix = hstack([
            vstack([one.matrix[:, :n] for one in models]),
            block_diag([one.matrix[:, n:] for one in models]),
        ])  # fmt: skip
        low = np.concatenate([one.low for one in models])
        high = np.concatenate([one.high for one in models])
        if not centre and len(models) > 1:
            signed = [-m.vehicles if self._ask.objective == "coverage" else m.cost for m in models]
            kept = block_diag([csr_matrix(row[None, n:]) for row in signed]).tocsr()[1:]
            matrix = vstack([matrix, hstack([csr_matrix((len(models) - 1, n)), kept])])
            low = np.append(low, np.full(len(models) - 1, -np.inf))
            high = np.append(
                high, np.full(len(models) - 1, self.most + LEAST if self.most < ANY else np.inf)
            )
        return replace(
            first, matrix=csr_matrix(matrix), low=low, high=high,
            lower=np.concatenate([first.lower, *(one.lower[n:] for one in models[1:])]),
            upper=np.concatenate([first.upper, *(one.upper[n:] for one in models[1:])]),
        )  # fmt: skip
