"""A facility laid out again with other places to come from is as if laid out anew."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from planner.layers.workspace import Workspace
from planner.network.store import load_network
from planner.plan.prepare import from_elsewhere, lay_out, prepare
from planner.scenario import FACILITY

if TYPE_CHECKING:
    from pathlib import Path


def test_other_places_to_come_from_are_placed_as_in_a_layout_of_their_own(bundled: Path) -> None:
    workspace = Workspace.open(bundled)
    prepared = prepare(workspace, FACILITY)
    ground, network = prepared.ground, load_network(workspace, "car")
    middle = ground.layers.facility.geometry.iloc[0].centroid
    start = gpd.GeoDataFrame(
        {"id": ["own"], "name": ["a start"], "road_class": ["road"]},
        geometry=[Point(middle.x + 0.004, middle.y + 0.002)], crs=4326,
    )  # fmt: skip
    moved = from_elsewhere(ground, network, start)
    layers = replace(ground.layers, gateways=start)
    anew = lay_out(network, layers, ground.vehicles, prepared.streets.extract)
    assert moved.stops.gateways[0] >= 0
    for one, other in ((moved.stops, anew.stops), (moved.stops.network, anew.stops.network),
                       (moved.graph, anew.graph), (moved.runs, anew.runs)):  # fmt: skip
        names = (
            [f.name for f in fields(one)] if hasattr(one, "__dataclass_fields__") else one._fields
        )
        for name in names:
            mine, theirs = getattr(one, name), getattr(other, name)
            if isinstance(mine, np.ndarray):
                assert np.array_equal(mine, theirs), name
    assert (moved.roads == anew.roads).all()
    assert moved.gates.equals(anew.gates)
