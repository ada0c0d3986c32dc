"""Sites for several facilities put to simulated variations of what was reported."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.network.overlay import make_state, state_clock
from planner.plan.stage.ground import clear_tree, serving
from planner.plan.stage.words import robust_told
from planner.risk.placed import place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.checks import site_rows
from planner.routes.follow import CLEAR, follow_all, tree_ways
from planner.routes.solved import LONGEST_S, certain_of
from planner.staging.model import TooLongError
from planner.staging.robust import ANY, Robust, choose_robust, values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.overlay import Certain, State
    from planner.plan.stage.choice import Chosen
    from planner.plan.stage.ground import Laid
    from planner.risk.placed import Item, Placed
    from planner.staging.choice import Ask

Record = dict[str, Any]

UNITS = {"p-median": "vehicle-minutes", "p-center": "s", "coverage": "vehicles"}


class Varied(NamedTuple):
    """What the sites are like in `w` variations.

    Attributes
    ----------
    seconds
        float64[w, f, s]; inf where no clear way leads, or the site is under risk.
    lost
        int64[s]; variations in which a site is under risk.
    states
        Variations that differ on the roads.
    """

    seconds: NDArray[np.float64]
    lost: NDArray[np.int64]
    states: int


def robust_record(laid: Laid, chosen: Chosen) -> Record | None:
    """Return how often the choice holds, and the sites whose worst variation is best.

    None where no variations were asked for, or nothing is chosen.
    """
    question, choice = laid.asked.question, chosen.choice
    if not question.worlds or choice is None:
        return None
    varied = vary(laid)
    own = values_of(chosen.ask, choice.sites, varied.seconds)
    best, in_time = _robust(chosen.ask, varied)
    # Coverage counts vehicles: more is better, and all other figures are less is better.
    asked = -choice.covered if laid.asked.objective == "coverage" else ANY
    record: Record = {
        "worlds": question.worlds, "seed": question.seed, "states": varied.states,
        "unit": UNITS[laid.asked.objective],
        "holds_in": int((own <= asked).sum()), "worst": _figure(laid, own[best.counts]),
        "lost_in": _lost(laid, choice.sites, varied),
        "hopeless": int((~best.counts).sum()), "in_time": in_time,
        "sites": None, "sites_lost_in": None, "sites_worst": None, "same": False,
    }  # fmt: skip
    if best.sites is not None:
        record |= {
            "sites": laid.sites["id"].iloc[best.sites].tolist(),
            "sites_lost_in": _lost(laid, best.sites, varied),
            "sites_worst": _figure(
                laid, values_of(chosen.ask, best.sites, varied.seconds)[best.counts]
            ),
            "same": best.sites.tolist() == choice.sites.tolist(),
        }
    return record | {"told": robust_told(record, laid)}


def _robust(ask: Ask, varied: Varied) -> tuple[Robust, bool]:
    """Return the sites whose worst variation is best, and whether they were found in time."""
    try:
        return choose_robust(ask, varied.seconds), True
    except TooLongError:
        every = np.ones(len(varied.seconds), bool)
        return Robust(None, np.inf, np.full(len(every), np.inf), every), False


def _lost(laid: Laid, sites: NDArray[np.int64], varied: Varied) -> dict[str, int]:
    """Return by id in how many variations a site is under risk."""
    return {str(laid.sites["id"].iloc[s]): int(varied.lost[s]) for s in sites}


def _figure(laid: Laid, values: NDArray[np.float64]) -> float | None:
    """Return the worst of what sites come to, None where not all vehicles find a place."""
    worst = float(values.max(initial=-np.inf))
    if not np.isfinite(worst):
        return None
    return {"p-median": round(worst / 60, 1), "p-center": worst, "coverage": -worst}[
        laid.asked.objective
    ]


def vary(laid: Laid) -> Varied:
    """Return the drives from every usable site, and which are lost, in the variations asked for."""
    ground, question, problem = laid.prepared.ground, laid.asked.question, laid.problem
    window = [laid.risk.field.seconds(when) for when in question.staging_window]
    usable = np.flatnonzero(laid.usable)
    nodes = ground.stops.sites[usable]
    placed = place_worlds(
        draw_worlds(laid.risk.zones, question.worlds, question.seed, question.parameters),
        laid.risk, ground.stops.network, ground.obstacles,
        sites=[(ground.sites.geometry.iloc[s], int(node)) for s, node in zip(usable, nodes, strict=True)],
        window=(window[0], window[1]), steps=[door.step for door in problem.doors],
        known=ground.known,
    )  # fmt: skip
    certain = certain_of(problem, placed)
    states, of_world = _states(
        placed, problem.arrive - problem.early - LONGEST_S, problem.arrive + 1
    )
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        grown = list(pool.map(lambda state: _seconds(laid, placed, certain, state), states))
    seconds = np.full((question.worlds, *laid.seconds.shape), np.inf)
    clear = _sites_clear(placed, certain, problem.arrive, problem.clear_below)
    drives = np.array(grown)[of_world]
    may = clear[:, None, :] & serving(laid)[None, :, usable]
    seconds[:, :, usable] = np.where(may, drives, np.inf)
    lost = np.zeros(len(laid.out), np.int64)
    lost[usable] = (~clear).sum(axis=0)
    return Varied(seconds, lost, len(states))


def _states(placed: Placed, since: int, until: int) -> tuple[list[State], NDArray[np.int64]]:
    """Return what is there while anybody drives: states that differ, and that of each world."""
    numbers: dict[tuple[Item, ...], int] = {}
    of_world = []
    for world in range(placed.worlds.n):
        items = (
            (shape, max(a, since), min(b, until)) for shape, a, b in placed.items(world, until - 1)
        )
        key = tuple(sorted(item for item in items if item[1] < item[2]))
        of_world.append(numbers.setdefault(key, len(numbers)))
    return [make_state(key) for key in numbers], np.array(of_world, np.int64)


def _seconds(laid: Laid, placed: Placed, certain: Certain, state: State) -> NDArray[np.float64]:
    """Return the drives, float64[f, k], from every usable site by clear ways in a state."""
    problem = laid.problem.in_state(placed, state)
    clock = state_clock(placed.shapes, certain, state, problem.clear_below)
    nodes = laid.prepared.ground.stops.sites[laid.usable]
    found = np.full((len(laid.gates), len(nodes)), np.inf)
    for f, gates in enumerate(laid.gates):
        ways = tree_ways(problem.graph, clear_tree(problem, clock, gates), nodes)
        there = np.isfinite(ways.cost)
        first = ways.entered[ways.start[:-1][there]]
        found[f, there] = ways.arrive[there] - first
    return found


def _sites_clear(
    placed: Placed, certain: Certain, second: int, clear_below: float
) -> NDArray[np.bool_]:
    """Return which sites, bool[w, k], no crowd and no risk reaches in the window, by world."""
    sites = placed.sites
    if sites is None:
        return np.ones((placed.worlds.n, 0), bool)
    states = [make_state(placed.items(world, second)) for world in range(placed.worlds.n)]
    fate, _ = follow_all(placed.shapes, certain, states, site_rows(sites), clear_below)
    clear: NDArray[np.bool_] = (fate == CLEAR).T
    for world, state in enumerate(states):
        during = (state.since < sites.until) & (state.until > sites.since)
        clear[world] &= ~sites.crowded[state.shape[during]].any(axis=0)
    return clear
