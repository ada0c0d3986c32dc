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
from planner.staging.candidates import vehicle_m2
from planner.staging.criteria import BY_NAME
from planner.staging.scene import ways_to_gates
from planner.staging.sites import look_at
from planner.staging.usable import why_not

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.plan.make import Plan
    from planner.staging.scene import Scene
    from planner.staging.score import Part

Record = dict[str, Any]

NO_ROAD = "no road near where one may stop"

LAYER = "staging_sites"

TOO_FAR_M = 100.0
"""A place that is tried is none so far from a road: a river is, where the file lacks its outline; a
site of the layer that lies further off may be moved as far. Assumption."""

GUESSED = "place tried, size assumed"

_NOWHERE: Record = {"score": None, "why": NO_ROAD, "offset_m": None, "road_m": None, "parts": []}

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
        road to where it was measured from, ``road_m`` straight there; ``parts`` with points and
        words, there and here.

    Raises
    ------
    InputError
        The candidate is not one of the plan's, or the place makes no sense.
    """
    scene, row = replace(_scene_of(plan), clear=None), _row_of(plan, site)
    frame = _frame_there(plan, row, lon, lat)
    node, offset_m = _door(plan, frame)
    name, wishes = str(scene.sites["name"].iloc[row] or site), plan.question.sites
    (here,) = look_at(scene, [row], wishes)
    record: Record = {
        "id": site, "name": name, "lon": lon, "lat": lat, "was": _score(here.score, here.lacking),
    }  # fmt: skip
    if node < 0:
        return record | _NOWHERE
    own = int(scene.nodes[row])
    most = max(TOO_FAR_M, _gap(plan, scene.sites.iloc[[row]], own) if own >= 0 else 0.0)
    if _gap(plan, frame, node) > most:
        return record | _too_far(_away(plan, frame, node))
    (there,) = look_at(_with_moved(plan, scene, row, frame, node), [row], wishes)
    return record | {
        "score": _score(there.score, there.lacking), "why": "; ".join(there.lacking),
        "offset_m": round(offset_m, 1), "road_m": _away(plan, frame, node),
        "parts": [_both(a, b) for a, b in zip(there.parts, here.parts, strict=True)],
    }  # fmt: skip


def place_if(plan: Plan, lon: float, lat: float) -> Record:
    """Return what a place that is no site yet would be worth, with the room asked for.

    It is a circle of that room, whose size is a guess; else as ``what_if``: ``id`` is None,
    ``was`` and what stands for here are None.

    Raises
    ------
    InputError
        The place makes no sense, or nobody looked at places to wait.
    """
    scene = replace(_scene_of(plan), clear=None)
    there = _point(plan, lon, lat)
    frame = _new(scene, there)
    record: Record = {"id": None, "name": "", "lon": lon, "lat": lat, "was": None}
    node, offset_m = _door(plan, frame)
    if node < 0:
        return record | _NOWHERE
    away = _away(plan, frame, node)
    if away > TOO_FAR_M:
        return record | _too_far(away)
    wider = _with_moved(plan, _wider(scene, frame), scene.n, frame, node)
    (look,) = look_at(wider, [scene.n], plan.question.sites)
    return record | {
        "score": _score(look.score, look.lacking), "why": "; ".join(look.lacking),
        "offset_m": round(offset_m, 1), "road_m": away,
        "parts": [_both(part, None) for part in look.parts],
    }  # fmt: skip


def _too_far(away: float) -> Record:
    return _NOWHERE | {
        "why": f"{away:.0f} m from the nearest road where one may stop", "road_m": away
    }  # fmt: skip


def _new(scene: Scene, there: shapely.Point) -> GeoDataFrame:
    """Return a row as the layer would hold it for a place with the room asked for."""
    room = scene.vehicles * vehicle_m2(scene.problem.network.profile)
    row = dict.fromkeys(scene.sites.columns) | {
        "id": "", "name": "", "kind": GUESSED, "capacity_m2": room, "hours": "",
        "geometry": there.buffer(math.sqrt(room / math.pi)),
    }  # fmt: skip
    return gpd.GeoDataFrame([row], crs=scene.sites.crs)[list(scene.sites.columns)]


def _wider(scene: Scene, frame: GeoDataFrame) -> Scene:
    """Return the scene with room for one candidate more, of which nothing is known yet."""
    sites = gpd.GeoDataFrame(
        pd.concat([scene.sites.astype(object), frame.astype(object)], ignore_index=True),
        geometry="geometry", crs=scene.sites.crs,
    )  # fmt: skip
    gates = scene.gate_s.shape[1] if scene.gate_s.ndim == 2 else 0
    return replace(
        scene, sites=sites, nodes=np.append(scene.nodes, np.int32(-1)).astype(np.int32),
        risk=np.append(scene.risk, 0.0), ways=[*scene.ways, None],
        gate_s=np.vstack([scene.gate_s.reshape(-1, gates), np.full((1, gates), np.inf)]),
        barred=[*(scene.barred or [""] * scene.n), ""],
    )  # fmt: skip


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
        raise InputError(
            f"site {site!r} is not among those looked at, which lie near and have the room asked "
            "for: lock it to have it looked at, or ask for fewer vehicles"
        )
    return int(found[0])


def _frame_there(plan: Plan, row: int, lon: float, lat: float) -> GeoDataFrame:
    """Return the candidate's row with its ground moved, metric."""
    sites = _scene_of(plan).sites
    there = _point(plan, lon, lat)
    one = sites.iloc[[row]].copy()
    shape = one.geometry.iloc[0]
    here = shape.representative_point()
    one.geometry = gpd.GeoSeries(
        [translate(shape, there.x - here.x, there.y - here.y)], index=one.index, crs=sites.crs
    )
    return one


def _point(plan: Plan, lon: float, lat: float) -> shapely.Point:
    """Return a place, metric.

    Raises
    ------
    InputError
        It is none, or lies outside the map.
    """
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) < 90):
        raise InputError(f"{lon}, {lat} is no place: give longitude, latitude in degrees")
    places = gpd.GeoSeries([shapely.Point(lon, lat)], crs=LONLAT)
    there: shapely.Point = places.to_crs(plan.network.epsg).iloc[0]
    if not (math.isfinite(there.x) and math.isfinite(there.y)):
        raise InputError(f"{lon}, {lat} lies outside the map of this workspace")
    return there


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


def _away(plan: Plan, frame: GeoDataFrame, node: int) -> float:
    """Return the metres from the middle of a place to where it takes part."""
    place = frame.geometry.iloc[0].representative_point()
    return round(float(np.hypot(*(plan.network.node_xy[node] - (place.x, place.y)))), 1)


def _gap(plan: Plan, frame: GeoDataFrame, node: int) -> float:
    """Return the metres from the edge of a place to where it takes part."""
    return float(frame.geometry.iloc[0].distance(shapely.Point(plan.network.node_xy[node])))


def _with_moved(plan: Plan, scene: Scene, row: int, frame: GeoDataFrame, node: int) -> Scene:
    """Return a scene with one candidate elsewhere, as the layer would have it."""
    ground = plan.prepared.ground
    window, zone = plan.question.staging_window, ground.layers.settings.zone
    outline = ground.metric.facility.geometry.iloc[0]
    nodes, risk = scene.nodes.copy(), scene.risk.copy()
    barred = [*(scene.barred or [""] * scene.n)]
    nodes[row] = node
    (risk[row],) = risk_of_places(
        ground.stops.network, plan.risk, list(frame.geometry),
        start_s=scene.since, end_s=scene.until,
    )  # fmt: skip
    (barred[row],) = why_not(frame, ground.profile, outline, window, zone, ground.metric.closures)
    barred[row] = barred[row] or _no_ground(scene, frame)
    calm = calm_sites(scene.problem, nodes, risk, scene.since, scene.until)
    calm &= np.array(barred, object) == ""
    found = ways_to_gates(scene.problem, scene.problem.tree(), nodes, calm)
    frames = dict(scene.frames)
    if LAYER in frames:
        frames[LAYER] = _moved(frames[LAYER], frame)
    return replace(
        scene, sites=_moved(scene.sites, frame), nodes=nodes, risk=risk, ways=found.ways,
        gate_s=found.gate_s, open=found.open, frames=frames, barred=barred, clear=None,
    )  # fmt: skip


def _no_ground(scene: Scene, frame: GeoDataFrame) -> str:
    """Return why nobody can stand at the middle of a place, "" where nothing mapped is in the way.

    Sites of the layer may lie under a roof; a place that is none may not.
    """
    middle = frame.geometry.iloc[0].representative_point()
    own = bool(frame["id"].iloc[0])
    for name, why in (("water", "lies in water"), ("buildings", "lies on a building")):
        mapped = scene.frames.get(name)
        if mapped is None or (own and name == "buildings"):
            continue
        if len(mapped.sindex.query(middle, predicate="intersects")):
            return why
    return ""


def _moved(sites: GeoDataFrame, one: GeoDataFrame) -> GeoDataFrame:
    """Return sites with one of them elsewhere."""
    shapes = np.asarray(sites.geometry.array, object).copy()
    shapes[(sites["id"].astype(str) == str(one["id"].iloc[0])).to_numpy(bool)] = one.geometry.iloc[
        0
    ]
    return sites.set_geometry(gpd.GeoSeries(shapes, index=sites.index, crs=sites.crs))


def _score(score: float, lacking: tuple[str, ...]) -> float | None:
    return None if lacking else round(score, 1)


def _both(there: Part, here: Part | None) -> Record:
    return {
        "criterion": there.criterion, "label": BY_NAME[there.criterion].label,
        "points": _points(there), "was_points": here and _points(here), "weight": there.weight,
        "words": there.words, "was_words": here and here.words, "fails": there.fails and not there.off,
    }  # fmt: skip


def _points(part: Part) -> float | None:
    return round(part.points, 1) if math.isfinite(part.points) else None
