"""Candidate sites of the toy town, as the criteria look at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from planner.staging.scene import Scene, ways_to_gates
from tests.routes.asking import node
from tests.town import EPSG, second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.routes.problem import Problem

WINDOW = {"since": second(7), "until": second(9)}


def scene(
    problem: Problem,
    places: Sequence[tuple[float, float]],
    risk: Sequence[float] | None = None,
    columns: dict[str, Any] | None = None,
    **more: Any,
) -> Scene:
    """Return sites at crossings, called a, b, c; with room for twice 10 unless a column says."""
    nodes = np.array([node(problem.network, p) for p in places], np.int32)
    calm = np.zeros(len(places)) if risk is None else np.array(risk, float)
    rows = {"id": [chr(97 + i) for i in range(len(places))], "capacity_m2": 600.0}
    sites = gpd.GeoDataFrame(
        rows | (columns or {}), geometry=[Point(p) for p in places], crs=EPSG, index=range(len(places))
    )  # fmt: skip
    found = ways_to_gates(problem, problem.tree(), nodes, calm == 0)
    return Scene(
        problem, sites, nodes, calm, **WINDOW, vehicles=10, ways=found.ways, gate_s=found.gate_s,
        open=found.open, frames=more.pop("frames", {}), **more,
    )  # fmt: skip
