"""Risk of places, in the five levels of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from planner.risk.ground import Streets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.risk.field import Footprint, Risk

TOP = 5
SIMPLIFY_M = 1.5
SPECK_M2 = 0.5
PLACE_REACH_M = 30.0
"""A place has the risk of the streets this close to its edge."""


def risk_areas(network: Network, risk: Risk, second: int) -> list[tuple[int, MultiPolygon]]:
    """Return ``(level, area)`` at a second, level 5 first; areas are metric and disjoint.

    A street is drawn at its width, a crowd where it stands; ground that vehicles must keep
    clear of has level 5. Where areas meet, the higher level has the ground. Levels begin at
    ``level_from``; a level without any area is left out.
    """
    parameters = risk.parameters
    levels = np.searchsorted(parameters.level_from, risk.field.at(second), side="right")
    arcs = np.flatnonzero(levels).astype(np.int32)
    shapes, of_level = _street_shapes(network, risk, arcs, levels)
    for footprint in _now(risk, second):
        blocks = footprint.presence >= parameters.block_presence
        shapes.append(footprint.kept_clear)
        of_level.append(TOP if blocks else parameters.level(footprint.presence))
    found = []
    above: BaseGeometry = Polygon()
    for level in range(TOP, 0, -1):
        here = [s for s, at in zip(shapes, of_level, strict=True) if at == level]
        if not here:
            continue
        whole = shapely.union_all(here).simplify(SIMPLIFY_M if level < TOP else 0.2)
        area = _multi(whole.difference(above))
        above = shapely.union_all([above, whole])
        if not area.is_empty:
            found.append((level, area))
    return found


def _street_shapes(
    network: Network, risk: Risk, arcs: NDArray[np.int32], levels: NDArray[np.int64]
) -> tuple[list[BaseGeometry], list[int]]:
    """Each street once, at its width, with the higher level of its two directions."""
    if not len(arcs):
        return [], []
    streets = Streets.of(network, risk.parameters)
    twin = network.twin[arcs]
    level = np.maximum(levels[arcs], np.where(twin >= 0, levels[twin], 0))
    once = (twin < 0) | (arcs < twin) | (levels[twin] == 0)
    arcs, level = arcs[once], level[once]
    width = np.maximum(streets.half_width_m[arcs], 2.0)
    shapes = shapely.buffer(streets.lines(arcs), width, quad_segs=2)
    return list(shapes), [int(v) for v in level]


def _now(risk: Risk, second: int) -> list[Footprint]:
    return [f for f in risk.footprints if f.start_s <= second < f.end_s and f.presence > 0]


def _multi(shape: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(shape)
    return MultiPolygon([p for p in parts if p.geom_type == "Polygon" and p.area > SPECK_M2])


def risk_of_places(
    network: Network,
    risk: Risk,
    places: Sequence[BaseGeometry],
    *,
    start_s: int,
    end_s: int,
) -> NDArray[np.float64]:
    """Return the highest risk, float64[k], of metric points or polygons within [start, end).

    A place has the presence of any crowd whose ground to be kept clear touches it, and the
    risk of the streets within 30 m of it.
    """
    found = np.zeros(len(places))
    if not len(places):
        return found
    tree = shapely.STRtree(np.array(places, object))
    highest = risk.field.highest(start_s, end_s)
    arcs = np.flatnonzero(highest > 0).astype(np.int32)
    if len(arcs):
        lines = Streets.of(network, risk.parameters).lines(arcs)
        line, place = tree.query(lines, predicate="dwithin", distance=PLACE_REACH_M)
        np.maximum.at(found, place, highest[arcs[line]])
    during = [f for f in risk.footprints if f.start_s < end_s and f.end_s > start_s]
    if during:
        crowd, place = tree.query(
            np.array([f.kept_clear for f in during], object), predicate="intersects"
        )
        np.maximum.at(found, place, np.array([f.presence for f in during])[crowd])
    return found


def in_kept_clear(
    risk: Risk, places: Sequence[BaseGeometry], *, start_s: int, end_s: int
) -> NDArray[np.bool_]:
    """Return which places, bool[k], touch ground that vehicles keep clear within [start, end)."""
    found = np.zeros(len(places), bool)
    block = risk.parameters.block_presence
    ground = [
        f.kept_clear
        for f in risk.footprints
        if f.presence >= block and f.start_s < end_s and f.end_s > start_s
    ]
    if ground and len(places):
        tree = shapely.STRtree(np.array(places, object))
        found[tree.query(np.array(ground, object), predicate="intersects")[1]] = True
    return found
