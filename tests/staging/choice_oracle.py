"""Every choice there is, looked at one by one: what ``planner.staging.choice`` must agree with."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product

import numpy as np

from planner.staging.choice import Ask


def random_ask(rng: np.random.Generator, *, objective: str, split: bool = False) -> Ask:
    """Return a small question: few different seconds, so that much is equally good."""
    f, s = int(rng.integers(1, 4)), int(rng.integers(1, 6))
    seconds = rng.integers(0, 5, (f, s)) * 60.0
    seconds[rng.random((f, s)) < 0.25] = np.inf
    most = int(rng.integers(1, min(s, 3) + 1))
    order = rng.permutation(s).tolist()
    fixed = tuple(sorted(order[: int(rng.integers(0, most + 1)) if rng.random() < 0.4 else 0]))
    forbidden = tuple(sorted(order[s - int(rng.integers(0, 3)) :])) if rng.random() < 0.4 else ()
    demand = rng.integers(1, 4 if split else 6, f)
    return Ask(
        seconds, demand, rng.integers(0, 10 if not split else 7, s), most, objective,
        int(rng.integers(0, 5)) * 60 if objective == "coverage" else None,
        fixed, tuple(x for x in forbidden if x not in fixed), split,
    )  # fmt: skip


def subsets(ask: Ask):
    free = [s for s in range(ask.seconds.shape[1]) if s not in (*ask.forbidden, *ask.fixed)]
    for k in range(ask.most - len(ask.fixed) + 1):
        for more in combinations(free, k):
            yield tuple(sorted((*ask.fixed, *more)))


def rows_of(ask: Ask, f: int, opened: tuple[int, ...], limit: float):
    """Yield every way to place one facility's vehicles at open sites, whole or not at all."""
    n = ask.seconds.shape[1]
    able = [s for s in opened if ask.seconds[f, s] <= limit and np.isfinite(ask.seconds[f, s])]
    if not ask.split:
        for s in able:
            yield tuple(int(ask.demand[f]) * (s == t) for t in range(n))
    else:
        for counts in product(range(int(ask.demand[f]) + 1), repeat=len(able)):
            full = sum(counts) == ask.demand[f]
            if full or (ask.objective == "coverage" and 0 < sum(counts) < ask.demand[f]):
                of = dict(zip(able, counts, strict=True))
                yield tuple(of.get(t, 0) for t in range(n))
    if ask.objective == "coverage":
        yield (0,) * n


def placings(ask: Ask, opened: tuple[int, ...], limit: float = np.inf):
    """Yield every placing of all vehicles that keeps to the room."""
    every = [list(rows_of(ask, f, opened, limit)) for f in range(len(ask.demand))]
    for rows in product(*every):
        placed = np.array(rows, np.int64).reshape(ask.seconds.shape)
        if (placed.sum(axis=0) <= ask.room).all():
            yield placed


def figures(ask: Ask, placed: np.ndarray) -> tuple[int, int, int]:
    """Return vehicle-seconds, worst seconds, vehicles placed."""
    used = np.where(placed > 0, ask.seconds, 0.0)
    return int((used * placed).sum()), int(used.max(initial=0)), int(placed.sum())


def first(ask: Ask, cost: int, worst: int, covered: int) -> tuple[int, ...]:
    return {"p-median": (cost,), "p-center": (worst, cost), "coverage": (-covered, cost)}[
        ask.objective
    ]


def best_of_all(ask: Ask) -> tuple[tuple[int, ...], np.ndarray, tuple[int, int, int]] | None:
    """Return sites, placing and figures of the best choice by the rule of ties, None for none."""
    limit = float(ask.within_s or 0) if ask.objective == "coverage" else np.inf
    best = None
    for opened in subsets(ask):
        for placed in placings(ask, opened, limit):
            of = figures(ask, placed)
            key = (first(ask, *of), len(opened), opened, tuple((-placed).ravel().tolist()))
            if best is None or key < best[0]:
                best = (key, opened, placed, of)
    return None if best is None else best[1:]


def all_fit(ask: Ask) -> bool:
    """Tell whether all vehicles find a place, within the minutes where those are asked."""
    limit = float(ask.within_s or 0) if ask.objective == "coverage" else np.inf
    total = int(ask.demand.sum())
    return any(
        placed.sum() == total for opened in subsets(ask) for placed in placings(ask, opened, limit)
    )


def worth(ask: Ask, opened: tuple[int, ...], seconds: np.ndarray) -> float:
    """Return what open sites come to in a world, less is better, inf where not all fit."""
    limit = float(ask.within_s or 0) if ask.objective == "coverage" else np.inf
    asked = replace(ask, seconds=seconds)
    every = (figures(asked, placed) for placed in placings(asked, opened, limit))
    value = {"p-median": 0, "p-center": 1, "coverage": 2}[ask.objective]
    sign = -1 if ask.objective == "coverage" else 1
    return min((float(sign * of[value]) for of in every), default=np.inf)


def best_worst(ask: Ask, worlds: np.ndarray) -> tuple[tuple[int, ...] | None, list[bool]]:
    """Return the sites whose worst world is best, by the rule of ties, and the worlds counted."""
    limit = float(ask.within_s or 0) if ask.objective == "coverage" else np.inf
    of = {opened: [worth(ask, opened, one) for one in worlds] for opened in subsets(ask)}
    counts = [any(np.isfinite(values[w]) for values in of.values()) for w in range(len(worlds))]
    best = None
    for opened, values in of.items():
        here = [figures(ask, placed) for placed in placings(ask, opened, limit)]
        if not here or not all(np.isfinite(v) for v, c in zip(values, counts, strict=True) if c):
            continue
        covered = max(c for *_, c in here) if ask.objective == "coverage" else here[0][2]
        cost = min(v for v, _, c in here if c == covered)
        worst = max((v for v, c in zip(values, counts, strict=True) if c), default=0.0)
        key = (worst, -covered, cost, len(opened), opened)
        best = key if best is None or key < best else best
    return (None if best is None else best[-1]), counts
