"""Speed of an answer in 500 worlds, as ratios to scipy's static tree taken in the same run.

Budget: 1,500 scipy trees for 500 variations of three zones in doubt, shapes on the ground
included. What is held against it is the work of all threads together, which a busy machine hardly
moves; what one waits for is told beside it. Run as ``test_ratios``.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import LineString, Point

from planner.network.store import load_network
from planner.plan.doubt.shares import wilson
from planner.plan.make import answer_at, lay_out, read_layers
from planner.risk.placed import place_worlds
from planner.risk.worlds import draw_worlds
from planner.routes.ensemble import Outcome, simulate
from tests.benchmarks.test_ratios import scipy_tree_s

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace
    from planner.plan.facts import Answer
    from planner.plan.prepare import Ground

__all__ = ["scipy_tree_s"]

WORLDS = 500
BUDGET = 1_500

KINDS = {
    "standing": ("point", "point", "point"),
    "mixed": ("point", "polygon", "march"),
    "marches": ("march", "march", "march"),
}
BACK_M = (300.0, 900.0, 2_000.0)
"""Metres before the gate, along three ways in, at which the three zones are reported."""


@dataclass
class Doubted:
    """A facility on its roads, its answer with three zones in doubt."""

    ground: Ground
    answer: Answer

    def outcome(self, known: dict[object, Any], n: int = WORLDS) -> Outcome:
        """What becomes of the answer, from drawing the worlds on."""
        answer, ground = self.answer, self.ground
        worlds = draw_worlds(answer.risk.zones, n, 0, answer.question.parameters)
        field = answer.risk.field
        since, until = (field.seconds(when) for when in answer.question.staging_window)
        placed = place_worlds(
            worlds, answer.risk, answer.problem.network, ground.obstacles,
            sites=[(ground.sites.geometry.iloc[s.row], int(ground.stops.sites[s.row]))
                   for s in answer.staging],
            window=(since, until), known=known,
        )  # fmt: skip
        shown = [[*found.routes, *found.options] for found in answer.origins]
        return simulate(answer.problem, placed, shown, clear_share=0.9)


@pytest.fixture(params=KINDS)
def doubted(request: pytest.FixtureRequest, asked: tuple[Workspace, Answer]) -> Doubted:
    workspace, calm = asked
    question = calm.question
    layers = read_layers(workspace, question.facility)
    ground = lay_out(load_network(workspace), layers, question.vehicles)
    ways = sorted((o.routes[0] for o in calm.origins if o.routes), key=lambda way: way.cost_s)
    near = [ways[i * len(ways) // 3] for i in range(3)]
    rows = [
        row(calm, f"z-{i}", kind, way.arcs[int(np.argmin(abs(to_go(way) - back)))], way.arcs)
        for i, (kind, way, back) in enumerate(zip(KINDS[request.param], near, BACK_M, strict=True))
    ]
    zones = gpd.GeoDataFrame(rows, geometry="geometry", crs=calm.problem.network.epsg)
    ground = replace(ground, metric=replace(ground.metric, zones=zones),
                     layers=replace(ground.layers, zones=zones.to_crs(4326)))  # fmt: skip
    return Doubted(ground, answer_at(ground, question))


def to_go(way: Any) -> np.ndarray:
    """Metres from the beginning of each arc of a way to its end."""
    return np.cumsum(way.length_m[::-1])[::-1]


def row(calm: Answer, key: str, kind: str, arc: int, way: np.ndarray) -> dict[str, Any]:
    """A report from an hour before the arrival to two after it: 200 to 800 people, C3, 60 m off."""
    network = calm.problem.network
    place = network.arc_shape(int(arc))[0]
    geometry: Any = Point(place)
    if kind == "polygon":
        geometry = geometry.buffer(120.0)
    elif kind == "march":
        ahead = way[np.flatnonzero(way == arc)[0] :]
        nodes = np.concatenate([place[None], network.node_xy[network.head[ahead]]])
        line = LineString(nodes)
        geometry = line.interpolate(1.0) if line.length < 50 else line
    when = pd.Timestamp(calm.question.arrive_utc)
    return {
        "id": key, "kind": "march" if geometry.geom_type == "LineString" else "standing_assembly",
        "source_kind": "news", "starts_at": when - pd.Timedelta(hours=1),
        "ends_at": when + pd.Timedelta(hours=2), "size_low": 200, "size_high": 800,
        "source_grade": "C", "info_grade": 3, "observed_at": when - pd.Timedelta(hours=1),
        "influence_m": np.nan, "speed_kmh": np.nan, "time_precision_min": 15.0, "note": "",
        "position_error_m": 60.0, "report_of": None, "geometry": geometry,
    }  # fmt: skip


def test_500_worlds_against_scipy(doubted: Doubted, benchmark: Any, scipy_tree_s: float) -> None:
    """Budget: 1,500 trees, told with nothing known and for the next hour of the same roads."""
    doubted.outcome({}, n=5)
    known: dict[object, Any] = {}
    begun = time.perf_counter(), time.process_time()
    out = benchmark.pedantic(doubted.outcome, (known,), rounds=1)
    wall, work = time.perf_counter() - begun[0], time.process_time() - begun[1]
    begun_again = time.perf_counter()
    again = doubted.outcome(known)
    shares = [clear.mean(axis=1).round(3).tolist() for clear in out.clear]
    benchmark.extra_info |= {
        "scipy_trees": wall / scipy_tree_s,
        "scipy_trees_of_one_core": work / scipy_tree_s,
        "scipy_trees_next_hour": (time.perf_counter() - begun_again) / scipy_tree_s,
        "states": out.states, "load": os.getloadavg()[0], "clear": shares,
        "widest_interval": max(b - a for a, b in (
            wilson(int(row.sum()), out.done) for clear in out.clear for row in clear)),
    }  # fmt: skip
    assert out.done == again.done == WORLDS
    assert out.best_s.tobytes() == again.best_s.tobytes()
    if benchmark.enabled and not is_small(doubted):
        assert work / scipy_tree_s <= BUDGET


def is_small(doubted: Doubted) -> bool:
    """Whether the city is the bundled one: a tree of a hundredth of a millisecond is no measure."""
    return doubted.answer.problem.graph.n_arcs < 20_000
