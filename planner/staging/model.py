"""The choice of sites as a program in whole numbers, for scipy's HiGHS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix, vstack

from planner.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.staging.choice import Ask

    Block = tuple[
        int, list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]], NDArray[Any], NDArray[Any]
    ]

Row = tuple["NDArray[np.float64]", float, float]
"""A demand: coefficients, from, to."""

LEAST = 0.5
"""All figures are whole: what is not half a second more is not more."""

LONGEST_S = 60.0
"""One program may take as long, and all those of a robust choice together."""

SOLVED, OUT_OF_TIME = 0, 1
NEAR = 1e-6


class TooLongError(InputError):
    """A program was not solved in time; fewer facilities, or some sites fixed, are easier."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A program over `n` sites (open or not), `q` pairs of facility with site, `r` reliefs.

    Attributes
    ----------
    sites
        int64[n]; which of the asked sites the first variables are, ascending.
    pair_f, pair_s
        int64[q]; facility, and position in ``sites``, of each pair: by facility, then site.
    amount
        int64[q]; vehicles a pair's variable stands for.
    relief
        Number of variables after the pairs: vehicles of more room at each site, or none.
    matrix, low, high
        The demands of every question.
    lower, upper
        float64[n + q + r]; least and most of every variable.
    cost, vehicles, count
        float64[n + q + r]; what an answer takes in vehicle-seconds, places in vehicles, opens.
    """

    sites: NDArray[np.int64]
    pair_f: NDArray[np.int64]
    pair_s: NDArray[np.int64]
    amount: NDArray[np.int64]
    relief: int
    matrix: csr_matrix
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    cost: NDArray[np.float64]
    vehicles: NDArray[np.float64]
    count: NDArray[np.float64]

    def solve(
        self,
        cost: NDArray[np.float64] | None = None,
        rows: Sequence[Row] = (),
        *,
        within_s: float = LONGEST_S,
    ) -> NDArray[np.int64] | None:
        """Return an answer of least cost, whole numbers, None where there is none.

        Raises
        ------
        TooLongError
            It takes more than ``within_s`` seconds.
        """
        cost = np.zeros(len(self.lower)) if cost is None else cost
        if not len(cost):
            fits = all(low <= 0 <= high for low, high in zip(self.low, self.high, strict=True))
            return np.zeros(0, np.int64) if fits else None
        matrix, low, high = self.matrix, self.low, self.high
        if rows:
            matrix = vstack([matrix, csr_matrix(np.array([row for row, _, _ in rows]))])
            low = np.append(low, [row[1] for row in rows])
            high = np.append(high, [row[2] for row in rows])
        found = milp(
            cost, integrality=np.ones(len(cost)), bounds=Bounds(self.lower, self.upper),
            constraints=LinearConstraint(matrix, low, high),
            options={"mip_rel_gap": 0.0, "time_limit": within_s},
        )  # fmt: skip
        if found.status == OUT_OF_TIME:
            raise TooLongError(
                "the choice of sites takes too long: ask for fewer facilities or fix some sites"
            )
        if found.status != SOLVED:
            return None
        whole = np.round(found.x).astype(np.int64)
        values = matrix @ whole
        # The solver allows a little: an answer that breaks a demand once it is whole is none.
        fits = (values >= low - NEAR).all() and (values <= high + NEAR).all()
        return whole if fits else None

    def least(self, cost: NDArray[np.float64], rows: list[Row]) -> NDArray[np.int64] | None:
        """Return an answer of least cost, and demand from now on that none costs more."""
        best = self.solve(cost, rows)
        if best is not None:
            rows.append((cost, -np.inf, float(cost @ best) + LEAST))
        return best


def make_model(
    ask: Ask, limit: float, *, partial: bool = False, all_open: bool = False, grow: bool = False
) -> Model:
    """Return the program of a question.

    Parameters
    ----------
    ask
        The question.
    limit
        Seconds beyond which a site does not serve.
    partial
        Whether facilities may be left without a site.
    all_open
        Whether every site is open.
    grow
        Whether sites may have more room than they have, at a price.
    """
    n_sites = ask.seconds.shape[1]
    sites = np.setdiff1d(np.arange(n_sites), np.array(ask.forbidden, np.int64)).astype(np.int64)
    seconds, room = np.ceil(ask.seconds[:, sites]), ask.room[sites]
    need = np.ones_like(ask.demand) if not ask.split else ask.demand
    serves = np.isfinite(seconds) & (seconds <= limit)
    if not grow:
        serves &= room >= (1 if ask.split else ask.demand[:, None])
    pair_f, pair_s = np.nonzero(serves)
    amount = np.ones(len(pair_f), np.int64) if ask.split else ask.demand[pair_f]
    n, q = len(sites), len(pair_f)
    r = n if grow else 0
    most = need[pair_f].astype(float)
    if ask.split and not grow:
        most = np.minimum(most, room[pair_s])
    matrix, low, high = _demands(ask, room, (pair_f, pair_s, amount), most, partial=partial, r=r)
    fixed = np.isin(sites, ask.fixed) | all_open
    every = float(ask.demand.sum())
    zeros, ones = np.zeros(n), np.ones(n)
    tail = np.zeros(r)
    return Model(
        sites, pair_f, pair_s, amount, r, matrix, low, high,
        lower=np.concatenate([fixed.astype(float), np.zeros(q), tail]),
        upper=np.concatenate([ones, most, tail + every]),
        cost=np.concatenate([zeros, amount * seconds[pair_f, pair_s], tail]),
        vehicles=np.concatenate([zeros, amount.astype(float), tail]),
        count=np.concatenate([ones, np.zeros(q), tail]),
    )  # fmt: skip


def _demands(
    ask: Ask,
    room: NDArray[np.int64],
    pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
    most: NDArray[np.float64],
    *,
    partial: bool,
    r: int,
) -> tuple[csr_matrix, NDArray[np.float64], NDArray[np.float64]]:
    """Return the demands on all variables, with what each may be from and to."""
    pair_f, pair_s, amount = pairs
    f, n, q = len(ask.demand), len(room), len(pair_f)
    at, site, own = n + np.arange(q), np.arange(n), np.arange(q)
    need = ask.demand if ask.split else np.ones_like(ask.demand)
    blocks: list[Block] = [
        # Every facility has its vehicles somewhere.
        (f, [(pair_f, at, np.ones(q))], np.zeros(f) if partial else need, need),
        # No site has more than its room, none that is shut has any.
        (
            n,
            [(pair_s, at, amount), (site, site, -room), (site[:r], n + q + site[:r], -np.ones(r))],
            np.full(n, -np.inf), np.zeros(n),
        ),
        # The same pair by pair: what a solver sees more from.
        (q, [(own, at, np.ones(q)), (own, pair_s, -most)], np.full(q, -np.inf), np.zeros(q)),
        (1, [(np.zeros(n, int), site, np.ones(n))], np.zeros(1), np.array([ask.most])),
    ]  # fmt: skip
    if r:
        every = np.full(n, -float(ask.demand.sum()))
        blocks.append(
            (n, [(site, n + q + site, np.ones(n)), (site, site, every)],
             np.full(n, -np.inf), np.zeros(n))
        )  # fmt: skip
    made = [
        coo_matrix(
            (np.concatenate([v for _, _, v in parts]).astype(float),
             (np.concatenate([i for i, _, _ in parts]), np.concatenate([j for _, j, _ in parts]))),
            shape=(rows, n + q + r),
        )
        for rows, parts, _, _ in blocks
    ]  # fmt: skip
    low = np.concatenate([np.asarray(low, float) for _, _, low, _ in blocks])
    high = np.concatenate([np.asarray(high, float) for *_, high in blocks])
    return csr_matrix(vstack(made)), low, high
