"""How often an answer holds when the reports are wrong: the same question in many worlds."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.routes.follow import BLOCKED, CLEAR
from planner.routes.robust import Robust, robust_way
from planner.routes.solved import LONGEST_S, SolvedStates, certain_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.risk.placed import Placed
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

__all__ = ["LONGEST_S", "Outcome", "Robust", "certain_of", "simulate"]

BLOCK = 25
"""Worlds between two words of progress; what is found in one is known in the next."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of an answer in the first ``done`` of `n` worlds.

    Attributes
    ----------
    n, done
        Worlds asked for, worlds solved; fewer when it was stopped.
    states
        Worlds that differ, each solved once.
    clear
        By origin bool[ways, done]; risk stays below ``clear_below`` at the way's own clock, with
        its departure and its holds, and nothing is shut while it is driven.
    took_s
        By origin int64[ways, done]; seconds from departure to arrival, -1 where it is shut.
    best_s
        float64[origins, done]; cost of the best way re-solved, inf where there is none.
    gate_clear
        bool[gates, done]; some origin reaches the gate by a clear way on time.
    site_clear
        bool[sites, done]; no crowd and no risk from ``clear_below`` on there or on the streets
        around in the window, the road it opens to not shut.
    robust
        By origin; None where no way is clear often enough.
    """

    n: int
    done: int
    states: int
    clear: tuple[NDArray[np.bool_], ...]
    took_s: tuple[NDArray[np.int64], ...]
    best_s: NDArray[np.float64]
    gate_clear: NDArray[np.bool_]
    site_clear: NDArray[np.bool_]
    robust: tuple[Robust | None, ...]


def simulate(
    problem: Problem,
    placed: Placed,
    ways: Sequence[Sequence[Walk]],
    *,
    clear_share: float,
    threads: int | None = None,
    progress: Callable[[int, int], bool] | None = None,
) -> Outcome:
    """Return what becomes of some ways, of gates, of sites in every world.

    Parameters
    ----------
    problem
        The question, at its hour.
    placed
        The worlds on the same roads.
    ways
        For each origin of the problem the ways that are shown, and options.
    clear_share
        Share of the worlds in which a robust way must be clear.
    threads
        Trees grown at once; the machine's cores when None. The answer does not depend on it.
    progress
        Told (done, n) after every few worlds; where it returns False, the rest is left out.
    """
    solved = SolvedStates(problem, placed, ways)
    n = placed.worlds.n
    done = 0
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        while done < n:
            solved.take(range(done, min(done + BLOCK, n)), pool)
            done = min(done + BLOCK, n)
            if progress is not None and not progress(done, n):
                break
    return _outcome(solved, placed, ways, clear_share)


def _outcome(
    solved: SolvedStates, placed: Placed, ways: Sequence[Sequence[Walk]], clear_share: float
) -> Outcome:
    state_of = np.array(solved.state_of, np.int64)
    found = [solved.solved[s] for s in state_of.tolist()]
    fate = np.stack([of.fate for of in found], axis=1)
    clear, took = [], []
    at = 0
    for of in ways:
        part = fate[at : at + len(of)]
        seconds = np.array([way.arrive - way.depart for way in of], np.int64)
        clear.append(part == CLEAR)
        took.append(np.where(part == BLOCKED, -1, seconds[:, None]))
        at += len(of)
    return Outcome(
        n=placed.worlds.n,
        done=len(state_of),
        states=len(np.unique(state_of)),
        clear=tuple(clear),
        took_s=tuple(took),
        best_s=np.stack([of.best for of in found], axis=1),
        gate_clear=np.stack([of.gates for of in found], axis=1),
        site_clear=np.stack(solved.site_clear, axis=1),
        robust=tuple(_robust(solved, o, state_of, clear_share) for o in range(len(ways))),
    )


def _robust(
    solved: SolvedStates, origin: int, state_of: NDArray[np.int64], clear_share: float
) -> Robust | None:
    """Choose among the ways of an origin but those that are shut as reported."""
    known = [*solved.ways.shown, *solved.ways.found()]
    problem = solved.problem
    fit = [
        way for way in known
        if way.origin == origin
        and problem.is_open(way.walk.gate, way.walk.arrive)
        and not problem.field.shuts(way.walk.arcs, way.walk.entered, way.walk.time_s)
    ]  # fmt: skip
    used, of_world = np.unique(state_of, return_inverse=True)
    fate, _ = solved.fates([solved.states[s] for s in used.tolist()], fit)
    return robust_way([way.walk for way in fit], fate[:, of_world], clear_share)
