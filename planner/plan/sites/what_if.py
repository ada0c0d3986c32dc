"""A place to wait tried out elsewhere: the score it would have, with nothing laid out anew."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.affinity import translate

from planner.errors import InputError
from planner.layers.crs import LONLAT
from planner.network.hurdles import Surroundings
from planner.network.stopping import reach
from planner.plan.sites.choice import calm_sites
from planner.plan.stops import snap_sites
from planner.risk.areas import risk_of_places
from planner.staging.criteria import BY_NAME
from planner.staging.scene import ways_to_gates
from planner.staging.sites import look_at

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.plan.make import Plan
    from planner.staging.scene import Scene
    from planner.staging.score import Part

Record = dict[str, Any]

NO_ROAD = "no road near where one may stop"

_KNOWN = "what-if"


def what_if(plan: Plan, site: str, lon: float, lat: float) -> Record:
    """Return what a candidate of a plan would be worth at another place, measured like any other.

    The layer stays as it is, and so do the roads: the place takes part from the nearest end of the
    piece of road it would be put on. Neither place counts the simulated variations, so that
    the two scores can be compared.

    Parameters
    ----------
    plan
        A whole plan.
    site
        Id of the candidate.
    lon, lat
        Where its middle would be, degrees.

    Returns
    -------
    dict
        ``id``, ``name``, ``lon``, ``lat``; ``score`` there (None where a hard criterion bars it)
        and ``was`` here; ``why`` it would fall out, "" where it does not; ``offset_m`` along the
        road to where it was measured from; ``parts`` with points and words, there and here.

    Raises
    ------
    InputError
        The candidate is not one of the plan's, or the place makes no sense.
    """
    scene, row = _scene_of(plan), _row_of(plan, site)
    frame = _frame_there(plan, row, lon, lat)
    node, offset_m = _door(plan, frame)
    name = str(scene.sites["name"].iloc[row] or site)
    record: Record = {"id": site, "name": name, "lon": lon, "lat": lat}
    wishes = plan.question.sites
    if node < 0:
        (here,) = look_at(replace(scene, clear=None), [row], wishes)
        return record | {"score": None, "was": _score(here.score, here.lacking), "why": NO_ROAD,
                         "offset_m": None, "parts": []}  # fmt: skip
    more = _with_one_more(plan, frame, node)
    here, there = look_at(more, [row, scene.n], wishes)
    return record | {
        "score": _score(there.score, there.lacking), "was": _score(here.score, here.lacking),
        "why": "; ".join(there.lacking), "offset_m": round(offset_m, 1),
        "parts": [_both(a, b) for a, b in zip(there.parts, here.parts, strict=True)],
    }  # fmt: skip


def moved_shape(plan: Plan, site: str, lon: float, lat: float) -> BaseGeometry:
    """Return the ground of a candidate with its middle at another place, EPSG:4326.

    Raises
    ------
    InputError
        As ``what_if``.
    """
    frame = _frame_there(plan, _row_of(plan, site), lon, lat)
    shape: BaseGeometry = frame.to_crs(LONLAT).geometry.iloc[0]
    return shape


def _scene_of(plan: Plan) -> Scene:
    if plan.answer.scene is None:
        raise InputError("a place can be tried once the whole plan is made")
    return plan.answer.scene


def _row_of(plan: Plan, site: str) -> int:
    found = np.flatnonzero(_scene_of(plan).sites["id"].astype(str) == site)
    if not len(found):
        raise InputError(f"site {site!r} is not among those looked at: choose one of the table")
    return int(found[0])


def _frame_there(plan: Plan, row: int, lon: float, lat: float) -> GeoDataFrame:
    """Return the candidate's row with its ground moved, metric."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) < 90):
        raise InputError(f"{lon}, {lat} is no place: give longitude, latitude in degrees")
    sites = _scene_of(plan).sites
    epsg = plan.network.epsg
    there = gpd.GeoSeries([shapely.Point(lon, lat)], crs=LONLAT).to_crs(epsg).iloc[0]
    if not (math.isfinite(there.x) and math.isfinite(there.y)):
        raise InputError(f"{lon}, {lat} lies outside the map of this workspace")
    one = sites.iloc[[row]].copy()
    shape = one.geometry.iloc[0]
    here = shape.representative_point()
    one.geometry = gpd.GeoSeries(
        [translate(shape, there.x - here.x, there.y - here.y)], index=one.index, crs=sites.crs
    )
    return one


def _door(plan: Plan, frame: GeoDataFrame) -> tuple[int, float]:
    """Return the node a place would take part from and the metres to it; -1 where no road is near."""
    ground, network = plan.prepared.ground, plan.network
    known = ground.known.get(_KNOWN)
    if known is None:
        extract = plan.prepared.streets.extract
        known = Surroundings.of(network, extract, ground.metric.obstacles), reach(network)
        ground.known[_KNOWN] = known
    placed = snap_sites(network, frame, around=known[0], reached=known[1])
    arc, along = int(placed.arc[0]), float(placed.along[0])
    if arc < 0:
        return -1, math.inf
    left = float(network.length_m[arc]) - along
    ends = (int(network.tail[arc]), along), (int(network.head[arc]), max(left, 0.0))
    return min(ends, key=lambda end: end[1])


def _with_one_more(plan: Plan, frame: GeoDataFrame, node: int) -> Scene:
    """Return the scene with one candidate more, the last."""
    scene, ground = _scene_of(plan), plan.prepared.ground
    risk = risk_of_places(
        ground.stops.network, plan.risk, list(frame.geometry),
        start_s=scene.since, end_s=scene.until,
    )  # fmt: skip
    nodes = np.append(scene.nodes, np.int32(node))
    risks = np.append(scene.risk, risk)
    calm = calm_sites(scene.problem, nodes, risks, scene.since, scene.until)
    found = ways_to_gates(scene.problem, scene.problem.tree(), nodes, calm)
    sites = gpd.GeoDataFrame(pd.concat([scene.sites, frame], ignore_index=True), crs=frame.crs)
    return replace(
        scene, sites=sites, nodes=nodes, risk=risks, ways=found.ways, gate_s=found.gate_s,
        open=found.open, clear=None,
    )  # fmt: skip


def _score(score: float, lacking: tuple[str, ...]) -> float | None:
    return None if lacking else round(score, 1)


def _both(there: Part, here: Part) -> Record:
    return {
        "criterion": there.criterion, "label": BY_NAME[there.criterion].label,
        "points": _points(there), "was_points": _points(here),
        "words": there.words, "was_words": here.words, "fails": there.fails and not there.off,
    }  # fmt: skip


def _points(part: Part) -> float | None:
    return round(part.points, 1) if math.isfinite(part.points) else None
