"""The trades of minutes for exposure that an origin has: non-dominated, none twice.

A plan costs the seconds from its departure to the time to arrive by, with what quiet streets
add, plus its exposure times what a second of it is worth. The worth is swept between next to
nothing and ``OptionRules.most``: wherever two neighbours leave room, the worth at which both
cost the same tells whether another way lies between them. Each worth is put to the exact table
of the origin: of the ways which are cheapest at some worth none is missed, as long as the tables
an origin may have filled and the states of one (``OptionRules``) suffice. Beyond, an end of the
sweep is the best way of trees, and what would lie between two ways is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from planner.network.corridor import Bound, exact_way
from planner.risk.parameters import CALMEST, FASTEST
from planner.routes.primary import circles, least_to_go, lower_bounds, tree_way
from planner.routes.walk import Walk, shared_share, walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.network.search import Gates, Tree
    from planner.routes.problem import Problem

LOOK_BACK_S = 7200
"""Seconds before the arrival in which risk makes a trade of minutes for exposure possible."""

LOOSE_S = 120.0
"""Seconds a first guess may be off before a tree is asked for a better one: tables grow with it."""

EVERY_S = 300
"""Seconds between the arrivals for which trees are asked."""

TIE_S = 1e-5
"""Costs this near are equal."""


@dataclass(frozen=True, slots=True)
class OptionRules:
    """Which ways are options.

    Attributes
    ----------
    most
        Highest worth of exposure looked at.
    tables, states
        Exact tables an origin may have filled, and the most states of one: where it would take
        more, a tree answers.
    wanted
        Options kept.
    stretch, stretch_s
        No option begins more than this factor of the primary's seconds, plus these, before the
        arrival.
    twin
        Two ways that share more than this of their road, outside the last approach, are mostly
        the same.
    apart, twins_apart
        (seconds, seconds of exposure): ways nearer than this in both are one option; the second
        for ways that are mostly the same.
    between
        The same: a way that is neither the primary nor an end is left out when it is nearer than
        this to an option in one of them.
    """

    most: float = CALMEST
    tables: int = 6
    states: int = 20_000
    wanted: int = 5
    stretch: float = 2.0
    stretch_s: float = 1800.0
    twin: float = 0.8
    apart: tuple[float, float] = (30.0, 6.0)
    twins_apart: tuple[float, float] = (60.0, 15.0)
    between: tuple[float, float] = (15.0, 3.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """What the sweeps of all origins have in common.

    Attributes
    ----------
    bounds, dear
        float64[m]; as the tables of the primaries have them.
    surely
        float64[m]; exposure in seconds that no plan avoids after each arc.
    trees
        First guesses, and ways where no table can be filled or its way circles.
    """

    problem: Problem
    rules: OptionRules
    gates: Gates
    bounds: NDArray[np.float64]
    dear: NDArray[np.float64] | None
    surely: NDArray[np.float64]
    trees: Trees


def make_sweep(
    problem: Problem,
    to_go: NDArray[np.float64],
    primaries: Sequence[Walk | None],
    rules: OptionRules | None = None,
) -> Sweep | None:
    """Return what a sweep needs, None where no risk or closure makes any trade.

    Parameters
    ----------
    problem
        The question.
    to_go
        float64[m]; free-flow seconds to the nearest gate.
    primaries
        The best way of each origin.
    rules
        Which ways are options.
    """
    rules = rules or OptionRules()
    found = [way for way in primaries if way is not None]
    if not found or not problem.changes(LOOK_BACK_S):
        return None
    only = problem.gates_in_reach()
    reach = max(_longest(problem, way, rules) for way in found)
    surely = np.zeros(problem.graph.n_arcs)
    if any(way.exposure_s > 0 for way in found):
        surely = unavoidable(problem, only, int(reach) + 1)
    bounds = lower_bounds(problem, to_go, only)
    dear = problem.dear_tree(only).cost if (problem.factor > 1).any() else None
    return Sweep(problem, rules, problem.gates(only), bounds, dear, surely, Trees(problem))


@dataclass(frozen=True, slots=True)
class Trees:
    """Ways of trees at a worth of exposure, near-optimal; each is grown when first asked for."""

    problem: Problem
    known: dict[tuple[float, int], Tree] = field(default_factory=dict)

    def guess(self, origin: int, worth: float, earlier: int = 0) -> Walk | None:
        """Return the way that arrives at the last moment, or some seconds ``earlier``."""
        key = (worth, earlier)
        if key not in self.known:
            self.known[key] = self.problem.tree(risk_aversion=worth, earlier=earlier)
        return tree_way(self.problem, self.known[key], origin)

    def guesses(self, origin: int, worth: float) -> list[Walk]:
        """Return the ways through the arrival window that drive in no circles."""
        found = (self.guess(origin, worth, e) for e in range(0, self.problem.early + 1, EVERY_S))
        return [way for way in found if way is not None and not circles(self.problem, way)]


def unavoidable(problem: Problem, only: Sequence[int], reach: int) -> NDArray[np.float64]:
    """Return the least exposure, float64[m] in seconds, that is left after each arc.

    Turns, closures and hours are left out, and each arc counts with the lowest risk it has
    within ``reach`` seconds of the arrival: a lower bound.
    """
    network, n = problem.network, problem.network.n_nodes
    risk = problem.field.lowest(problem.arrive - reach, problem.arrive + 1)
    if not risk.any():
        return np.zeros(len(risk))
    cell = network.head.astype(np.int64) * n + network.tail
    order = np.lexsort((risk * problem.graph.time, cell))
    order = order[np.append(True, np.diff(cell[order]) > 0)]
    weight = (risk * problem.graph.time)[order]
    back = csr_matrix((weight, (network.head[order], network.tail[order])), (n, n))
    ends = problem.gate_nodes[list(only)]
    # What cannot reach a gate by any turn is in no table anyway.
    left = dijkstra(back, indices=ends, min_only=True)
    return np.where(np.isfinite(left), left, 0.0)[network.head]


def option_ways(
    sweep: Sweep, origin: int, primary: Walk, others: Sequence[Walk] = ()
) -> tuple[Walk, ...]:
    """Return the options of an origin, fastest first; the primary is one of them.

    Parameters
    ----------
    sweep
        What all origins have in common.
    origin
        Node of the origin.
    primary
        Its best way in.
    others
        Other ways of it that are shown: none of the options is beaten by one.
    """
    found = supported_ways(sweep, origin, primary)
    most = _ends(sweep.problem, sweep.rules)[1]
    kept = undominated(sweep.problem, primary, [*found, *others], most)
    return thinned(sweep.problem, primary, kept, sweep.rules)


def supported_ways(sweep: Sweep, origin: int, primary: Walk) -> list[Walk]:
    """Return the ways that are cheapest at some worth of exposure, the primary among them."""
    problem, rules = sweep.problem, sweep.rules
    known = [primary]
    fast, calm = (_end(sweep, origin, worth, known) for worth in _ends(problem, rules))
    gaps = [pair for pair in ((fast, primary), (primary, calm)) if pair[0] is not pair[1]]
    filled = 2
    while gaps and filled < rules.tables:
        gaps.sort(key=lambda pair: _room(problem, *pair))
        fast, calm = gaps.pop()
        worth = _even(problem, fast, calm)
        if worth is None:
            continue
        filled += 1
        way, _ = _cheapest(sweep, origin, worth, known)
        if way is not None and _is_new(problem, way, known, worth):
            known.append(way)
            gaps += [(fast, way), (way, calm)]
    return known


def _ends(problem: Problem, rules: OptionRules) -> tuple[float, float]:
    """Return the least and the highest worth of exposure looked at."""
    own = problem.risk_aversion
    return min(FASTEST, own), max(rules.most, own)


def paid(problem: Problem, way: Walk) -> tuple[float, float]:
    """Return the seconds a way costs without its exposure, and the exposure as it is charged."""
    exposure = float((way.time_s * problem.factor[way.arcs]) @ way.risk)
    return way.cost_s - problem.risk_aversion * exposure, exposure


def _end(sweep: Sweep, origin: int, worth: float, known: list[Walk]) -> Walk:
    """Return the best known way at an end of the sweep, after looking for a better one."""
    problem, primary = sweep.problem, known[0]
    off = worth * (paid(problem, primary)[1] - sweep.surely[primary.arcs[0]])
    guess = sweep.trees.guess(origin, worth) if off > LOOSE_S else None
    way, sure = _cheapest(sweep, origin, worth, [*known, guess] if guess else known)
    if not sure:
        guesses = sweep.trees.guesses(origin, worth)
        way = min(guesses, key=lambda one: _cost(problem, one, worth), default=None)
    if way is not None and _is_new(problem, way, known, worth):
        known.append(way)
    return min(known, key=lambda one: _cost(problem, one, worth))


def _is_new(problem: Problem, way: Walk, known: Sequence[Walk], worth: float) -> bool:
    """Tell whether a way is cheaper than all known, and drives in no circles."""
    upper = min(_cost(problem, one, worth) for one in known)
    return _cost(problem, way, worth) < upper - TIE_S and not circles(problem, way)


def _cheapest(
    sweep: Sweep, origin: int, worth: float, known: Sequence[Walk]
) -> tuple[Walk | None, bool]:
    """Return the cheapest way at a worth, None where none is found, and whether that is sure.

    It is not where the table is too large, or its way drives in circles.
    """
    problem = sweep.problem
    upper = min(_cost(problem, way, worth) for way in known)
    proven = worth == problem.risk_aversion and known[0].proven
    least = sweep.bounds + worth * sweep.surely
    if proven or least_to_go(problem, origin, least) >= upper - TIE_S:
        return min(known, key=lambda way: _cost(problem, way, worth)), True
    found = exact_way(
        problem.graph, problem.clock, sweep.gates, problem.arrive, origin,
        bound=Bound(
            sweep.bounds, upper + TIE_S, sweep.rules.states, dear=sweep.dear,
            surely=worth * sweep.surely, longest=_longest(problem, known[0], sweep.rules),
        ),
        risk_aversion=worth, penalty=problem.factor,
    )  # fmt: skip
    if not np.isfinite(found.cost):
        return None, found.proven
    way = walk(problem, found.arcs, found.entered, arrive=found.arrive, proven=True)
    return way, not circles(problem, way)


def _cost(problem: Problem, way: Walk, worth: float) -> float:
    seconds, exposure = paid(problem, way)
    return seconds + worth * exposure


def _longest(problem: Problem, primary: Walk, rules: OptionRules) -> float:
    return rules.stretch * (problem.arrive - primary.depart) + rules.stretch_s


def _room(problem: Problem, fast: Walk, calm: Walk) -> float:
    """Return how much two ways leave between them, in seconds times seconds of exposure."""
    (early, more), (late, less) = paid(problem, fast), paid(problem, calm)
    return (late - early) * (more - less)


def _even(problem: Problem, fast: Walk, calm: Walk) -> float | None:
    """Return the worth of exposure at which two ways cost the same, None without a trade."""
    (early, more), (late, less) = paid(problem, fast), paid(problem, calm)
    return (late - early) / (more - less) if more - less > TIE_S and late > early else None


def figures(problem: Problem, way: Walk) -> tuple[float, float]:
    """Return the seconds from departure to the time to arrive by, and those of exposure."""
    return float(problem.arrive - way.depart), way.exposure_s


def beats(problem: Problem, way: Walk, other: Walk) -> bool:
    """Tell whether a way is no worse than another in minutes or exposure, better in one."""
    (a, b), (c, d) = figures(problem, way), figures(problem, other)
    return a <= c and b <= d and (a, b) != (c, d)


def undominated(
    problem: Problem, primary: Walk, ways: Sequence[Walk], most: float = np.inf
) -> list[Walk]:
    """Return the primary, and the ways that neither beat it nor are beaten by any.

    Where quiet streets are spared, a way through them can beat the primary in both figures: it
    is no option then. Nor is one that asks more than ``most`` seconds for a second of exposure.
    """
    fit = [
        way for way in ways
        if not beats(problem, way, primary)
        and not any(_asks_more(problem, way, other, most) for other in (primary, *ways))
    ]  # fmt: skip
    kept = [primary]
    for way in fit:
        same = any(figures(problem, way) == figures(problem, one) for one in kept)
        if not same and not any(beats(problem, one, way) for one in (primary, *fit)):
            kept.append(way)
    return sorted(kept, key=lambda way: figures(problem, way))


def _asks_more(problem: Problem, way: Walk, other: Walk, most: float) -> bool:
    (a, b), (c, d) = figures(problem, way), figures(problem, other)
    return a > c and a + most * b > c + most * d + TIE_S


def thinned(
    problem: Problem, primary: Walk, ways: Sequence[Walk], rules: OptionRules
) -> tuple[Walk, ...]:
    """Return the ways less near-duplicates, at most as many as wanted, in the same order.

    The primary stays, then the two ends, then whichever lies furthest from those that stay.
    """
    kept = [primary]
    left = [way for way in ways if way is not primary]
    ends = [way for way in (ways[0], ways[-1]) if way is not primary]
    while left and len(kept) < rules.wanted:
        end = bool(ends)
        way = ends.pop(0) if end else max(left, key=lambda one: _gap(problem, one, kept, rules))
        left = [one for one in left if one is not way]
        near = any(alike(problem, way, one, rules) for one in kept)
        if not near and (end or not any(_beside(problem, way, one, rules) for one in kept)):
            kept.append(way)
    return tuple(way for way in ways if any(way is one for one in kept))


def alike(problem: Problem, way: Walk, other: Walk, rules: OptionRules) -> bool:
    """Tell whether two ways are one option: near each other in minutes and in exposure.

    A clear way is never one with a way that is not: that is what one would choose by.
    """
    if (way.max_risk < problem.clear_below) != (other.max_risk < problem.clear_below):
        return False
    (a, b), (c, d) = figures(problem, way), figures(problem, other)
    seconds, exposed = (
        rules.twins_apart if shared_share(problem, way, other) > rules.twin else rules.apart
    )
    return abs(a - c) < seconds and abs(b - d) < exposed


def _beside(problem: Problem, way: Walk, other: Walk, rules: OptionRules) -> bool:
    """Tell whether two ways hardly differ in minutes, or in exposure."""
    (a, b), (c, d) = figures(problem, way), figures(problem, other)
    return abs(a - c) < rules.between[0] or abs(b - d) < rules.between[1]


def _gap(problem: Problem, way: Walk, kept: Sequence[Walk], rules: OptionRules) -> float:
    """Return how far a way lies from the nearest of some, in units of what sets them apart."""
    a, b = figures(problem, way)
    unit = rules.apart
    return min(
        abs(a - c) / unit[0] + abs(b - d) / unit[1]
        for c, d in (figures(problem, one) for one in kept)
    )
