"""What is done for many lines in one go is what is done for each."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import shapely

from planner.verify.beside import BESIDE_M, places_beside
from planner.verify.courses import traces_of
from planner.verify.trace import Way, trace_on


def drawn_way(rng: np.random.Generator, way_id: int) -> Way:
    """A way with close nodes, corners, places it comes back to, unknown nodes."""
    n = int(rng.integers(1, 9))
    xy = np.cumsum(rng.choice([-20.0, -3.0, 0.0, 0.4, 5.0, 40.0], (n, 2)), axis=0)
    if n > 3 and rng.random() < 0.3:
        xy = np.vstack([xy, xy[:1]])
    steps = np.hypot(*np.diff(xy, axis=0).T)
    if len(xy) > 2 and rng.random() < 0.2:
        xy[int(rng.integers(len(xy)))] = np.nan
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return Way(way_id, {}, tuple(range(len(xy))), xy, along)


def line_near(rng: np.random.Generator, way: Way) -> np.ndarray:
    """A line along a way or against it, or one that turns round or leaves it."""
    known = way.xy[np.isfinite(way.xy).all(axis=1)]
    since, until = sorted(rng.integers(0, len(known), 2).tolist())
    line = known[since : until + 1]
    if len(line) < 2:
        line = np.vstack([known[0], known[0] + rng.choice([0.0, 0.3, 10.0], 2)])
    if rng.random() < 0.5:
        line = line[::-1]
    if rng.random() < 0.2:
        line = np.vstack([line, line[-2::-1]])
    return line + rng.normal(0.0, rng.choice([0.0, 0.01, 0.4]), line.shape)


@pytest.mark.parametrize("seed", range(40))
def test_lines_laid_in_one_go_run_along_what_each_runs_along(seed: int) -> None:
    """Same stretches, to the last bit, whatever stands beside them."""
    rng = np.random.default_rng(seed)
    ways = [drawn_way(rng, i) for i in range(60)]
    ways = [way for way in ways if np.isfinite(way.xy).any()]
    lines = [line_near(rng, way) for way in ways]
    assert traces_of(ways, lines) == [trace_on(*pair) for pair in zip(ways, lines, strict=True)]


def test_no_lines_have_no_stretches() -> None:
    """A route whose ways the file does not have."""
    assert traces_of([], []) == []


def route_of(legs: list[np.ndarray]) -> SimpleNamespace:
    """As much of a route as the comparison reads."""
    xy = np.vstack(legs)
    lines = np.array([shapely.LineString(leg) for leg in legs], object)
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
    ends = np.cumsum([len(leg) for leg in legs])
    return SimpleNamespace(
        xy=xy, legs=legs, lines=lines, along=along, ends=ends, leg_tree=shapely.STRtree(lines)
    )


def legs_on_grid(rng: np.random.Generator) -> list[np.ndarray]:
    """Legs of a walk on a small grid: two walks share streets, cross, run side by side."""
    corners = np.cumsum(rng.integers(-1, 2, (12, 2)), axis=0) * 20.0
    corners = corners + rng.choice([0.0, 0.3, 0.7], (1, 2))
    moved = np.append(True, np.any(np.diff(corners, axis=0), axis=1))
    corners = corners[moved]
    cuts = range(0, len(corners) - 1, 3)
    return [corners[i : i + 4] for i in cuts]


@pytest.mark.parametrize("seed", range(40))
def test_places_beside_a_route_are_those_near_its_line(seed: int) -> None:
    """Against the distance of every place to the whole line."""
    rng = np.random.default_rng(seed)
    route, other = route_of(legs_on_grid(rng)), route_of(legs_on_grid(rng))
    metres = np.arange(2.5, route.along[-1], 5.0)
    places = shapely.points(*(np.interp(metres, route.along, axis) for axis in route.xy.T))
    near = shapely.distance(places, shapely.LineString(other.xy)) <= BESIDE_M
    assert places_beside(route, other, metres).tolist() == near.tolist()
