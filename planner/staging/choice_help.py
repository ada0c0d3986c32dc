"""What would let every vehicle wait somewhere, each answer solved again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.sparse import block_array, coo_matrix, csr_matrix

from planner.staging.choice import Ask, choose, least_worst
from planner.staging.model import Model, Row, make_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

HelpKind = Literal[
    "split", "more_sites", "split_and_more_sites", "not_forbidden", "not_fixed", "longer", "more_room",
    "more_sites_and_room", "fewer_vehicles", "more_sites_and_longer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Help:
    """One thing that is enough by itself.

    Attributes
    ----------
    amount
        Sites, vehicles, or seconds in all, by ``kind``; 0 for ``split``.
    parts
        What it is about, with how many vehicles: sites of more room or opened, sites no longer
        fixed or forbidden (0 vehicles), facilities with fewer.
    sites
        Sites to open in all, of ``more_sites`` and what goes with it; else 0.
    """

    kind: HelpKind
    amount: int
    parts: tuple[tuple[int, int], ...] = ()
    sites: int = 0


def helps(ask: Ask) -> list[Help]:
    """Return what would let all vehicles wait somewhere; each is the least of its kind.

    Under ``coverage`` all are to wait within ``within_s``. Empty where all can, or where nothing
    helps: no clear way leads from any site to some facility.
    """
    if make_model(ask, ask.limit_s).solve() is not None:
        return []
    found = [one for kind in _KINDS for one in kind(ask)]
    if not any(one.kind in ("more_sites", "more_room") for one in found):
        found += _both(ask)
    return found or list(_longer_too(ask))


def left_over(ask: Ask) -> NDArray[np.int64]:
    """Return the vehicles, int64[f], that find no place where most do, quickest first."""
    within = ask.within_s if ask.objective == "coverage" else None
    longest = int(np.ceil(ask.seconds[np.isfinite(ask.seconds)].max(initial=0)))
    best = choose(
        replace(ask, objective="coverage", within_s=longest if within is None else within)
    )
    placed = 0 if best is None else best.placed.sum(axis=1)
    rest: NDArray[np.int64] = ask.demand - placed
    return rest


def _best(model: Model, cost: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """Return what is least in something, then in vehicle-seconds."""
    rows: list[Row] = []
    model.least(cost, rows)
    return model.least(model.cost, rows)


def _split(ask: Ask) -> Iterator[Help]:
    if not ask.split and make_model(replace(ask, split=True), ask.limit_s).solve() is not None:
        yield Help("split", 0)


def _more_sites(ask: Ask) -> Iterator[Help]:
    every = replace(ask, most=ask.seconds.shape[1])
    model = make_model(every, ask.limit_s)
    best = _best(model, model.count)
    if best is not None:
        opened = int(model.count @ best)
        yield Help("more_sites", opened - ask.most, sites=opened)


def _split_and_more(ask: Ask) -> Iterator[Help]:
    """Return how many sites do where vehicles wait apart, if neither alone is enough."""
    if not ask.split and not any(True for kind in (_split, _more_sites) for _ in kind(ask)):
        for one in _more_sites(replace(ask, split=True)):
            yield replace(one, kind="split_and_more_sites")


def _not_forbidden(ask: Ask) -> Iterator[Help]:
    if not ask.forbidden:
        return
    model = make_model(replace(ask, forbidden=()), ask.limit_s)
    cost = np.zeros(len(model.lower))
    cost[list(ask.forbidden)] = 1.0
    best = _best(model, cost)
    if best is not None:
        named = [s for s in sorted(ask.forbidden) if best[s]]
        yield Help("not_forbidden", len(named), tuple((s, 0) for s in named))


def _not_fixed(ask: Ask) -> Iterator[Help]:
    if not ask.fixed:
        return
    model = make_model(replace(ask, fixed=()), ask.limit_s)
    cost = np.zeros(len(model.lower))
    held = np.flatnonzero(np.isin(model.sites, ask.fixed))
    cost[held] = -1.0
    best = _best(model, cost)
    if best is not None:
        named = [int(model.sites[i]) for i in held if not best[i]]
        yield Help("not_fixed", len(named), tuple((s, 0) for s in named))


def _longer(ask: Ask) -> Iterator[Help]:
    if ask.objective == "coverage":
        worst = least_worst(ask)
        if worst is not None:
            yield Help("longer", int(worst))


def _more_room(ask: Ask, *, most: int | None = None) -> Iterator[Help]:
    asked = ask if most is None else replace(ask, most=most)
    model = make_model(asked, ask.limit_s, grow=True)
    n = len(model.sites)
    cost = np.zeros(len(model.lower))
    cost[len(cost) - n :] = 1.0
    best = _best(model, cost)
    if best is not None:
        more = best[len(best) - n :]
        parts = tuple((int(model.sites[i]), int(more[i])) for i in np.flatnonzero(more))
        yield Help("more_room", int(more.sum()), parts)


def _both(ask: Ask) -> Iterator[Help]:
    """Return how many sites do where some have more room, then the least room for so many."""
    for most in range(ask.most + 1, len(ask.demand) + len(ask.fixed) + 1):
        for one in _more_room(ask, most=most):
            yield replace(one, kind="more_sites_and_room", sites=most)
            return


def _longer_too(ask: Ask) -> Iterator[Help]:
    """Return how many sites do whatever the minutes, then the least minutes for so many."""
    if ask.objective == "coverage":
        for one in _more_sites(replace(ask, objective="p-median")):
            for longer in _longer(replace(ask, most=one.sites)):
                yield replace(longer, kind="more_sites_and_longer", sites=one.sites)


def _fewer(ask: Ask) -> Iterator[Help]:
    """Return how many vehicles fewer do; every facility keeps one at least."""
    model = _reduced(ask)
    best = _best(model, -model.vehicles)
    if best is None:
        return
    n, q = len(model.sites), len(model.pair_f)
    kept = np.bincount(model.pair_f, best[n : n + q], len(ask.demand)).astype(np.int64)
    less = ask.demand - kept
    parts = tuple((int(f), int(less[f])) for f in np.flatnonzero(less))
    yield Help("fewer_vehicles", int(less.sum()), parts)


def _reduced(ask: Ask) -> Model:
    """Return the program of parts of the vehicles, those of one facility together if asked."""
    model = make_model(replace(ask, split=True), ask.limit_s, partial=True)
    n, q, f = len(model.sites), len(model.pair_f), len(ask.demand)
    model.low[:f] = 1.0
    if ask.split:
        return model
    own, ones = np.arange(q), np.ones(q)
    most = model.upper[n:]
    count = coo_matrix((ones, (own, n + own)), shape=(q, n + q))
    used = coo_matrix((-most, (own, own)), shape=(q, q))
    once = coo_matrix((ones, (model.pair_f, own)), shape=(f, q))
    matrix = block_array([[model.matrix, None], [count, used], [None, once]])
    zeros = np.zeros(q)
    return replace(
        model, matrix=csr_matrix(matrix),
        low=np.concatenate([model.low, np.full(q, -np.inf), np.zeros(f)]),
        high=np.concatenate([model.high, zeros, np.ones(f)]),
        lower=np.concatenate([model.lower, zeros]), upper=np.concatenate([model.upper, ones]),
        cost=np.concatenate([model.cost, zeros]),
        vehicles=np.concatenate([model.vehicles, zeros]),
        count=np.concatenate([model.count, zeros]),
    )  # fmt: skip


_KINDS = (
    _split, _more_sites, _split_and_more, _not_forbidden, _not_fixed, _longer, _fewer, _more_room,
)  # fmt: skip
"""What is told first: who leads can do without a vehicle, no car park grows overnight."""
