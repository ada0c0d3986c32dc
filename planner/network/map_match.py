"""Which roads a drawn line follows, node by node, whoever may drive there."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.road_steps import OFF, ROUND_M, State, candidates, gaps, steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry import LineString

    from planner.network.road_steps import Road, Steps

REACH_M = 25.0
"""A road this near to a drawn line may be meant: two lanes, and a shaking hand. Assumption."""

SAMPLE_M = 10.0
"""Most metres from sample to sample of a drawn line."""

TRACED_M, TRACED_SHARE = 1.5, 0.9
"""A line of which this share lies this near to roads was traced on them: it means them to the
metre. Assumption."""


class Hand(NamedTuple):
    """How exactly a line was drawn: metres that cost 1, in place and in length, and what counts.

    Attributes
    ----------
    spread_m
        How far beside its road the line usually lies.
    stretch_m
        How much longer or shorter than it the road usually is, from sample to sample.
    dislike
        Share of the dislike of a road that counts.
    back_m
        How far the line may seem to go back by its shaking.
    """

    spread_m: float
    stretch_m: float
    dislike: float
    back_m: float


DRAWN = Hand(8.0, 6.0, 1.0, 6.0)
TRACED = Hand(0.7, 1.0, 0.01, 0.5)
"""Assumptions, both."""

AGAINST, SHUT = 0.4, 3.0
"""Dislike of the wrong direction of a one-way street, of a road that is not for who travels: by
hand as much as 7 m and 20 m beside it. Assumption."""

TURN_BACK, JUMP = 8.0, 12.0
"""Cost of turning round, of leaving the roads or coming back to them."""

BEAM = 80.0
"""What costs this much more than the best so far is given up."""

PRUNE = 8.0
"""Of the roads near a sample, those that cost this much more than the nearest are left out."""


SHAKE_M = 10.0
"""Going back by less is the hand, where the direction stays."""


class Piece(NamedTuple):
    """A stretch of a drawn line on one road, or off every road.

    Attributes
    ----------
    road
        Position among the roads, -1 off every road.
    begin, end
        Metres along the road in driving order: ``begin > end`` against its drawing.
    first, last
        Metres from the start of the line.
    off_m
        How far the line lies from the road at most; off the roads, from the nearest one.
    """

    road: int
    begin: float
    end: float
    first: float
    last: float
    off_m: float

    @property
    def forward(self) -> bool:
        """Whether the road is driven in its drawing order."""
        return self.end >= self.begin


class Matched(NamedTuple):
    """The stretches of a line, in its order, and whether it was traced on the roads."""

    pieces: list[Piece]
    traced: bool


def match(
    line: LineString, roads: Sequence[Road], dislike: NDArray[np.float64] | None = None,
    *, reach_m: float = REACH_M,
) -> Matched:  # fmt: skip
    """Return the roads that a metric line follows from its start to its end.

    Roads are followed in the order and direction of the drawing, one-way or shut as they may
    be: what is not allowed is matched as it was drawn. A line of which nearly all lies on the
    roads to the metre is taken at its word; of any other, roads that are disliked count as
    further away.

    Parameters
    ----------
    line
        Metric, of any number of points.
    roads
        Those that lie near it, joined where their node ids are the same.
    dislike
        float64[r, 2]; how little a road is expected along and against its drawing, as the cost
        of each sample; 0 when None.
    reach_m
        A road this near may be meant.

    References
    ----------
    Newson and Krumm (2009), Hidden Markov map matching, doi:10.1145/1653771.1653818.
    """
    metres = _samples(line)
    points = shapely.line_interpolate_point(line, metres)
    steps = steps_of(roads)
    if not len(steps.a):
        return Matched([Piece(-1, 0.0, 0.0, 0.0, float(line.length), float("inf"))], False)
    cost = np.zeros((len(roads), 2)) if dislike is None else dislike
    near = candidates(steps, points, reach_m)
    nearest = np.array([min((off for *_, off in rows), default=np.inf) for rows in near])
    traced = bool((nearest <= TRACED_M).mean() >= TRACED_SHARE)
    hand = TRACED if traced else DRAWN
    layers = [_states(rows, steps, cost, hand, reach_m) for rows in near]
    chosen = _cheapest(layers, metres, steps, hand)
    return Matched(_pieces(chosen, metres, steps, gaps(points, steps)), traced)


def _samples(line: LineString) -> NDArray[np.float64]:
    """Return metres along a line of its points and of places between them."""
    xy = shapely.get_coordinates(line)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    made = [
        np.linspace(a, b, max(2, int(np.ceil((b - a) / SAMPLE_M)) + 1))
        for a, b in pairwise(along.tolist())
    ]
    return np.unique(np.concatenate([*made, [0.0]]))


def _states(
    rows: list[tuple[int, float, float]], steps: Steps, dislike: NDArray[np.float64],
    hand: Hand, reach_m: float,
) -> list[tuple[State, float]]:  # fmt: skip
    """Return the states of one sample with what each costs; the last is off every road."""
    found = []
    for step, at, off in rows:
        for forward in (True, False):
            own = hand.dislike * float(dislike[steps.road[step], 0 if forward else 1])
            found.append((State(step, forward, at, off), 0.5 * (off / hand.spread_m) ** 2 + own))
    least = min((cost for _, cost in found), default=0.0)
    kept = [(state, cost) for state, cost in found if cost <= least + PRUNE]
    beyond = 0.5 * (reach_m / hand.spread_m) ** 2
    return [*kept, (State(OFF, True, 0.0, 0.0), beyond)]


def _cheapest(
    layers: list[list[tuple[State, float]]], metres: NDArray[np.float64], steps: Steps, hand: Hand
) -> list[State]:
    """Return one state of each sample, so that what they cost together is least."""
    costs = [cost for _, cost in layers[0]]
    came: list[list[int]] = []
    for i in range(1, len(layers)):
        moved = float(metres[i] - metres[i - 1])
        before = [state for state, _ in layers[i - 1]]
        limit = min(costs) + BEAM
        alive = [j for j, cost in enumerate(costs) if cost <= limit]
        now, origin = [], []
        for state, own in layers[i]:
            best, frm = min(
                (costs[j] + _move(before[j], state, moved, steps, hand), j) for j in alive
            )
            now.append(best + own)
            origin.append(frm)
        costs = now
        came.append(origin)
    at = int(np.argmin(costs))
    chosen = [layers[-1][at][0]]
    for i in range(len(came) - 1, -1, -1):
        at = came[i][at]
        chosen.append(layers[i][at][0])
    return chosen[::-1]


def _move(one: State, other: State, moved: float, steps: Steps, hand: Hand) -> float:
    """Return what going from one state to another costs; inf where no road leads there."""
    if OFF in (one.step, other.step):
        return 0.0 if one.step == other.step else JUMP
    on = steps.driven(other) - steps.driven(one)
    if one.step == other.step:
        if one.forward == other.forward and on >= -hand.back_m:
            return abs(max(on, 0.0) - moved) / hand.stretch_m
        if one.forward != other.forward:
            driven = abs(other.at - one.at)
            return TURN_BACK + abs(driven - moved) / hand.stretch_m
    whole = _round(one, other, steps)
    if whole is None:
        return 2 * JUMP
    way = steps.way_between(steps.ends(one)[1], steps.ends(other)[0])
    turns = (way[0][0] == one.step) + (way[-1][0] == other.step) if way else 0
    return min(TURN_BACK * turns + abs(whole - moved) / hand.stretch_m, 2 * JUMP)


class _Part(NamedTuple):
    """Metres of one road driven between two samples."""

    road: int
    begin: float
    end: float
    forward: bool


def _pieces(
    chosen: list[State], metres: NDArray[np.float64], steps: Steps, nearest: NDArray[np.float64]
) -> list[Piece]:
    """Return the states as stretches of roads, those in a row on one road as one."""
    made: list[tuple[_Part | None, float, float, float]] = []
    here = chosen[0]
    for i, state in enumerate(chosen[1:], start=1):
        there = _no_further_back(here, state, steps)
        span = (float(metres[i - 1]), float(metres[i]))
        off = max(here.off, there.off)
        if OFF in (here.step, there.step) or (parts := _driven(here, there, steps)) is None:
            made.append((None, *span, float(max(nearest[i - 1], nearest[i]))))
        else:
            made += [(part, *span, off) for part in parts if part.begin != part.end]
        here = there
    return _joined(made)


def _no_further_back(here: State, there: State, steps: Steps) -> State:
    """Return a state that a shaking hand has not moved back along its step."""
    same = (here.step, here.forward) == (there.step, there.forward)
    shaken = same and -SHAKE_M <= steps.driven(there) - steps.driven(here) < 0
    return there._replace(at=here.at) if shaken and here.step != OFF else there


def _driven(one: State, other: State, steps: Steps) -> list[_Part] | None:
    """Return what is driven from one state to the next, None where no road leads there."""
    if one.step == other.step:
        on = steps.driven(other) - steps.driven(one)
        if one.forward == other.forward and on >= 0:
            return [_part(steps, one, one.at, other.at)]
        if one.forward != other.forward:
            onward = (other.at > one.at) == one.forward
            return [_part(steps, one if onward else other, one.at, other.at)]
    if _round(one, other, steps) is None:
        return None
    parts = [_part(steps, one, one.at, _edge(steps, one, last=True))]
    for step, forward in steps.way_between(steps.ends(one)[1], steps.ends(other)[0]):
        whole = State(step, forward, 0.0, 0.0)
        parts.append(_part(steps, whole, *(_edge(steps, whole, last=x) for x in (False, True))))
    return [*parts, _part(steps, other, _edge(steps, other, last=False), other.at)]


def _round(one: State, other: State, steps: Steps) -> float | None:
    """Return metres from one state to another over a node, None where no road leads there."""
    between = steps.near(steps.ends(one)[1]).get(steps.ends(other)[0])
    rest = steps.length[one.step] - steps.driven(one)
    if between is None or rest > ROUND_M:
        return None
    return rest + between[0] + steps.driven(other)


def _edge(steps: Steps, state: State, *, last: bool) -> float:
    return steps.length[state.step] if last == state.forward else 0.0


def _part(steps: Steps, state: State, begin: float, end: float) -> _Part:
    base = steps.along[state.step]
    return _Part(steps.road[state.step], base + begin, base + end, state.forward)


TOUCH_M = 0.01
"""Ends of parts this near to each other are one place."""


def _joined(made: list[tuple[_Part | None, float, float, float]]) -> list[Piece]:
    found: list[Piece] = []
    ways: list[bool] = []
    for part, first, last, off in made:
        if part is None:
            if found and found[-1].road == -1:
                found[-1] = found[-1]._replace(last=last, off_m=max(found[-1].off_m, off))
            else:
                found.append(Piece(-1, 0.0, 0.0, first, last, off))
                ways.append(True)
            continue
        before = found[-1] if found else None
        if (
            before is not None
            and before.road == part.road
            and ways[-1] == part.forward
            and abs(before.end - part.begin) <= TOUCH_M
        ):
            found[-1] = before._replace(end=part.end, last=last, off_m=max(before.off_m, off))
        else:
            found.append(Piece(part.road, part.begin, part.end, first, last, off))
            ways.append(part.forward)
    return found
