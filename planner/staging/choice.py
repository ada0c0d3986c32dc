"""Which sites to open for several facilities: least minutes, most covered, or least worst."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Protocol, get_args

import numpy as np

from planner.errors import InputError
from planner.staging.model import Row, make_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Objective = Literal["p-median", "coverage", "p-center"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """What is asked of a choice among `s` sites for `f` facilities.

    Attributes
    ----------
    seconds
        float64[f, s]; drive from a site to a facility, inf where no clear way leads. Parts of a
        second count as a whole one.
    demand
        int64[f], at least 1; vehicles of each facility.
    room
        int64[s]; vehicles each site holds.
    most
        Sites to open at most, the fixed ones among them.
    objective
        ``p-median``: least vehicle-seconds; ``coverage``: most vehicles within ``within_s``;
        ``p-center``: least worst seconds.
    within_s
        Seconds within which a vehicle counts as covered; asked of ``coverage`` alone.
    fixed, forbidden
        Sites to open in any case, sites not to open.
    split
        Whether the vehicles of one facility may wait at several sites.
    """

    seconds: NDArray[np.float64]
    demand: NDArray[np.int64]
    room: NDArray[np.int64]
    most: int
    objective: Objective = "p-median"
    within_s: int | None = None
    fixed: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    split: bool = False

    @property
    def limit_s(self) -> float:
        """Seconds beyond which a site does not serve; inf but for ``coverage``."""
        covers = self.objective == "coverage" and self.within_s is not None
        return float(self.within_s or 0) if covers else np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """Sites opened, and who waits where.

    Attributes
    ----------
    sites
        int64[k], ascending.
    placed
        int64[f, s]; vehicles of each facility at each site.
    vehicle_s
        Seconds of all vehicles placed, added up.
    worst_s
        Seconds of the furthest vehicle placed, 0 where none is.
    covered
        Vehicles placed: all of them but under ``coverage``.
    """

    sites: NDArray[np.int64]
    placed: NDArray[np.int64]
    vehicle_s: int
    worst_s: int
    covered: int


def choose(ask: Ask) -> Choice | None:
    """Return the best choice, None where there is none.

    The same question has one answer. What is equally good is decided in this order: fewer
    vehicle-seconds; fewer sites; the earliest site in the order given, then the next; the
    vehicles of the first facility at the earliest site, then those of the next facility.

    Raises
    ------
    InputError
        The arrays do not fit together, a number is out of range, a site is fixed and forbidden,
        more are fixed than asked for; or the question is too large to be answered in time.
    """
    check(ask)
    limit = ask.limit_s
    if ask.objective == "p-center":
        worst = least_worst(ask)
        if worst is None:
            return None
        limit = worst
    model = make_model(ask, limit, partial=ask.objective == "coverage")
    rows: list[Row] = []
    if ask.objective == "coverage":
        model.least(-model.vehicles, rows)
    if model.least(model.cost, rows) is None:
        return None
    best = model.least(model.count, rows)
    if best is None:
        return None
    return told(ask, limit, earliest(model, best, rows))


def least_worst(ask: Ask) -> float | None:
    """Return the least seconds within which all vehicles can wait, None where there are none.

    Bisection over the seconds that occur: each is asked of a program of its own.
    """
    seconds = np.ceil(ask.seconds)
    of_sites = seconds[:, np.setdiff1d(np.arange(seconds.shape[1]), ask.forbidden)]
    if not of_sites.size or not np.isfinite(of_sites.min(axis=1)).all():
        return None
    steps = np.unique(of_sites[np.isfinite(of_sites)])
    steps = steps[steps >= of_sites.min(axis=1).max()]
    if make_model(ask, np.inf).solve() is None:
        return None
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if make_model(ask, float(steps[middle])).solve() is None:
            low = middle + 1
        else:
            high = middle
    return float(steps[low])


def told(ask: Ask, limit: float, sites: Sequence[int]) -> Choice:
    """Return the choice of some sites, with the vehicles placed as the rule has it."""
    columns = np.array(sorted(sites), np.int64)
    placed = np.zeros(ask.seconds.shape, np.int64)
    placed[:, columns] = _first_placed(open_only(ask, columns), limit)
    used = placed > 0
    seconds = np.where(used, np.ceil(ask.seconds), 0).astype(np.int64)
    return Choice(
        columns, placed, int((seconds * placed).sum()), int(seconds.max(initial=0)),
        int(placed.sum()),
    )  # fmt: skip


def check(ask: Ask) -> None:
    """Demand that a question can be asked.

    Raises
    ------
    InputError
        As ``choose``.
    """
    f, s = ask.seconds.shape
    faults = {
        "seconds, demand and room do not fit together": (
            ask.demand.shape != (f,) or ask.room.shape != (s,)
        ),
        "seconds must be 0 or more": bool(np.isnan(ask.seconds).any() or (ask.seconds < 0).any()),
        "each facility needs a vehicle at least": bool((ask.demand < 1).any()),
        "no facility is given": f == 0,
        "ask for 1 site at least": ask.most < 1,
        f"no objective {ask.objective!r}; there are {', '.join(OBJECTIVES)}": (
            ask.objective not in OBJECTIVES
        ),
        "coverage needs the minutes within which a vehicle is covered": (
            ask.objective == "coverage" and (ask.within_s is None or ask.within_s < 0)
        ),
        "a site is both fixed and forbidden": bool(set(ask.fixed) & set(ask.forbidden)),
        f"{len(set(ask.fixed))} sites are fixed, {ask.most} asked for: ask for more sites": (
            len(set(ask.fixed)) > ask.most
        ),
        "a fixed or forbidden site is not among the candidates": any(
            not 0 <= one < s for one in (*ask.fixed, *ask.forbidden)
        ),
    }
    wrong = [said for said, is_so in faults.items() if is_so]
    if wrong:
        raise InputError(f"the choice of sites cannot be made: {'; '.join(wrong)}")


def open_only(ask: Ask, sites: NDArray[np.int64]) -> Ask:
    """Return the same question about some sites alone, all of which may be opened."""
    return replace(
        ask, seconds=ask.seconds[:, sites], room=ask.room[sites], most=max(len(sites), 1),
        fixed=(), forbidden=(),
    )  # fmt: skip


class Program(Protocol):
    """What is asked again and again for sites; the first variables are ``sites``."""

    @property
    def sites(self) -> NDArray[np.int64]:
        """Which of the asked sites they are."""

    def solve(
        self, cost: NDArray[np.float64] | None = None, rows: Sequence[Row] = ()
    ) -> NDArray[np.int64] | None:
        """Return an answer of least cost."""


def earliest(model: Program, best: NDArray[np.int64], rows: list[Row]) -> list[int]:
    """Return the sites whose list comes first among those as good as some known ones."""
    n = len(model.sites)
    taken: list[Row] = []
    done = 0
    while True:
        later = np.flatnonzero(best[:n])
        later = later[later >= done]
        if not len(later):
            return [int(s) for s in model.sites[best[:n] > 0]]
        at = int(later[0])
        before = np.zeros(len(best))
        before[done:at] = 1.0
        earlier = None
        # A site that is fixed is open anyway: whether one before it can be is still asked.
        if at > done:
            earlier = model.solve(None, [*rows, *taken, (before, 1.0, np.inf)])
        if earlier is None:
            own = np.zeros(len(best))
            own[at] = 1.0
            taken += [(own, 1.0, 1.0), (before, 0.0, 0.0)]
            done = at + 1
        else:
            best = earlier


def _first_placed(few: Ask, limit: float) -> NDArray[np.int64]:
    """Return the vehicles at sites that are all open, as the rule of ties has it."""
    model = make_model(few, limit, partial=few.objective == "coverage", all_open=True)
    rows: list[Row] = []
    if few.objective == "coverage":
        model.least(-model.vehicles, rows)
    best = model.least(model.cost, rows)
    placed = np.zeros(few.seconds.shape, np.int64)
    if best is None:
        return placed
    n = len(model.sites)
    # The pairs stand by facility, then by site.
    for i in range(n, len(best)):
        own = np.zeros(len(best))
        own[i] = 1.0
        most = model.solve(-own, rows) if best[i] < model.upper[i] else best
        best = best if most is None else most
        rows.append((own, float(best[i]), float(best[i])))
    placed[model.pair_f, model.sites[model.pair_s]] = best[n:] * model.amount
    return placed
