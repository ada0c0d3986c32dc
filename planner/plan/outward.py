"""A facility seen from within: ways begin at its gates, end where main roads leave the area."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from planner.layers.crs import to_lonlat
from planner.network.way_out import exit_nodes

if TYPE_CHECKING:
    from planner.plan.prepare import Ground, Prepared
    from planner.routes.problem import Problem

ALL_DAY = ("00:00", "24:00")


def turned(prepared: Prepared) -> Prepared:
    """Return what is prepared with gates as places to come from, gateways as places to end at.

    A gateway near no road out is left out.
    """
    return replace(prepared, ground=_turned(prepared.ground))


def _turned(ground: Ground) -> Ground:
    network, stops = ground.stops.network, ground.stops
    nodes = exit_nodes(network, stops.gateways)
    kept = nodes >= 0
    nodes, place = nodes[kept], network.node_xy[nodes[kept]].reshape(-1, 2)
    named = ground.layers.gateways.loc[kept, ["id", "name"]].reset_index(drop=True)
    ends = gpd.GeoDataFrame(
        named.assign(
            facility_id=ground.layers.facility["id"].iloc[0], kind="both", opens=ALL_DAY[0],
            closes=ALL_DAY[1], assumed=False, street="",
        ),
        geometry=gpd.points_from_xy(*place.T), crs=network.epsg,
    )  # fmt: skip
    told = ends.set_geometry(gpd.points_from_xy(*to_lonlat(place, network.epsg).T), crs=4326)
    gates = ground.gates[["id", "name", "geometry"]].reset_index(drop=True)
    starts = gates.set_geometry(
        gpd.points_from_xy(*to_lonlat(gates.get_coordinates().to_numpy(), network.epsg).T), crs=4326
    )
    return replace(
        ground,
        layers=replace(ground.layers, entrances=told, gateways=starts),
        metric=replace(ground.metric, entrances=ends, gateways=gates),
        gates=ends,
        stops=replace(
            stops, gates=nodes, gateways=stops.gates, gate_offset_m=np.zeros(len(nodes)),
            gate_crosses=np.zeros(len(nodes), np.uint8), gate_named=np.zeros(len(nodes), np.int8),
            gate_arc=np.full(len(nodes), -1, np.int32),
        ),
    )  # fmt: skip


def outward(problem: Problem, ground: Ground) -> Problem:
    """Return a question about arriving as one about leaving: of each gate, to the ends of ways.

    Parameters
    ----------
    problem
        The question; its gates are those of ``ground``, in their order.
    ground
        From ``turned``.
    """
    stops, field = ground.stops, problem.field
    whole = ((int(field.breaks[0]), int(field.breaks[-1])),)
    return replace(
        problem, origins=problem.gate_nodes, gate_nodes=stops.gates, gate_arcs=stops.gate_arc,
        openings=(whole,) * len(stops.gates), doors=(), pinned=None,
    )  # fmt: skip
