"""The street plan: main roads drawn by hand, side streets grown between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from aldermere import graph as planar_graph
from aldermere.drawing import (
    BOUNDS,
    FRAME,
    INTERCHANGES,
    LAKE,
    MOTORWAY,
    PARKS,
    RAIL_LINE,
    SITES,
    Road,
    main_roads,
    river,
)  # fmt: skip
from aldermere.field import Field
from aldermere.shapes import Raster, length, rectangle, simplify, spline
from aldermere.streets import Tracer, joined

if TYPE_CHECKING:
    from aldermere.graph import Graph

RANK = {"primary": 0, "secondary": 1, "tertiary": 2, "unclassified": 2}


@dataclass(slots=True)
class Layout:
    """The street graph, with the kind and rank of every street."""

    graph: Graph
    roads: list[Road]
    rank: list[int]


def ground() -> Raster:
    """Return where no side street may go: water, parks, railway, motorway, sites."""
    closed = Raster(FRAME, 5.0)
    outline, _ = river()
    closed.paint_area(outline)
    closed.paint_line(np.vstack([outline, outline[:1]]), 16)
    for park in [*PARKS.values(), LAKE]:
        closed.paint_area(park)
    closed.paint_line(spline(RAIL_LINE), 16)
    closed.paint_line(spline(MOTORWAY), 48)
    closed.paint(np.array(INTERCHANGES), 190)
    for site in SITES:
        u = np.array([np.cos(np.deg2rad(site.angle)), np.sin(np.deg2rad(site.angle))])
        grounds = rectangle(np.array(site.centre), u, site.size[0] + 16, site.size[1] + 16)
        closed.paint_area(grounds)
    return closed


def lay_out(seed: int) -> Layout:
    """Draw the whole street plan of a seed."""
    rng = np.random.default_rng(seed)
    roads = main_roads()
    closed = ground()
    outline, _ = river()
    half = len(outline) // 2
    guides = [(r.line, 2.2 if r.kind == "primary" else 1.6) for r in roads]
    guides += [(outline[:half], 1.2), (outline[half:], 1.2), (spline(RAIL_LINE), 1.2)]
    field = Field(guides, rng.random(3) * 6.0)
    tracer = Tracer(field, closed, rng)
    for road in roads:
        tracer.add(road.line)
    main = [r.line for r in roads]
    side = joined(tracer.run(), main, closed, field)
    roads += [Road("", "residential", line) for line in side]
    rank = [RANK.get(r.kind, 3) for r in roads]
    graph = planar_graph.planar([simplify(r.line, 0.8) for r in roads])
    _tidy(graph, rank, [_leaves(r) for r in roads])
    return Layout(graph, roads, rank)


def _leaves(road: Road) -> bool:
    """Tell whether a street may end without a junction: at the edge or at the ferry."""
    ends = np.abs(road.line[[0, -1]]) / np.array(BOUNDS[2:])
    return road.name in ("Ferry Lane", "Staithe Lane") or bool((ends > 1).any())


def _tidy(graph: Graph, rank: list[int], named: list[bool]) -> None:
    for _ in range(2):
        _trim(graph, 30.0)
        planar_graph.contract(graph, 20.0, rank)
        planar_graph.sharp(graph, rank, np.deg2rad(32))
        planar_graph.prune(graph, named, rank)


def _trim(graph: Graph, shortest: float) -> None:
    """Drop loose ends shorter than this, main roads' too, in place."""
    for _ in range(3):
        degree = {n: len(es) for n, es in graph.at_node().items()}
        graph.edges = [
            e for e in graph.edges
            if (degree[e.u] > 1 and degree[e.v] > 1) or length(e.pts) > shortest
        ]  # fmt: skip
