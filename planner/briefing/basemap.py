"""The city's own lines as a quiet base map: roads, water, green, buildings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.briefing.city_marks import city_marks
from planner.briefing.lines import encode_lines, encode_lonlat
from planner.layers.crs import to_lonlat, to_xy
from planner.network.graph import CLASSES, Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

GROUPS: Mapping[str, tuple[str, ...]] = {
    "service": (
        "service",
        "track",
        "pedestrian",
        "footway",
        "path",
        "steps",
        "cycleway",
        "bridleway",
    ),
    "minor": ("unclassified", "residential", "living_street", "road"),
    "tertiary": ("tertiary", "tertiary_link"),
    "secondary": ("secondary", "secondary_link"),
    "primary": ("primary", "primary_link"),
    "motorway": ("motorway", "trunk", "motorway_link", "trunk_link"),
    "ferry": ("ferry",),
}
BUILDING_POINTS = 60_000
"""Most building corners drawn, the nearest to the facility first."""

AREA_POINTS = 80_000
"""Most corners of water, and of green, drawn."""

LINE_POINTS = 40_000
"""Most points of streams, and of railways, drawn: the longest first."""

MAX_STREET_NAMES = 160
LABEL_FROM_M = 40
NEAR_M = 1500


def base_map(
    network: Network,
    background: Mapping[str, Any],
    *,
    centre: tuple[float, float],
    walked: Network | None = None,
) -> dict[str, Any]:
    """Return the base map as data for the page's script.

    Parameters
    ----------
    network
        Roads to draw.
    background
        Frames ``buildings``, ``water``, ``green``, ``waterways``, ``rails``, ``quiet_places``,
        ``transit_stops`` in EPSG:4326; each may be absent or empty.
    centre
        Longitude, latitude of the facility: buildings near it are kept first.
    walked
        Roads of who walks: those that ``network`` lacks are drawn as paths.
    """
    xy = to_metric(centre, network.epsg)
    return {
        "roads": [*_paths(network, walked), *_roads(network)],
        "water": _areas(background.get("water"), network.epsg, xy, AREA_POINTS, dissolve=True),
        "green": _areas(background.get("green"), network.epsg, xy, AREA_POINTS, dissolve=True),
        "buildings": _areas(
            background.get("buildings"), network.epsg, xy, BUILDING_POINTS, dissolve=False
        ),
        "waterways": _lines(background.get("waterways"), network.epsg),
        "rails": _lines(background.get("rails"), network.epsg),
        "names": _street_names(network, xy),
        "marks": city_marks(background, centre=centre, epsg=network.epsg),
    }


def to_metric(lonlat: tuple[float, float], epsg: int) -> tuple[float, float]:
    """Return metric coordinates of one lon/lat point."""
    x, y = to_xy([lonlat], epsg)[0]
    return float(x), float(y)


def _roads(network: Network) -> list[dict[str, str]]:
    arcs = _one_of_each_road(network)
    group_of = np.zeros(len(CLASSES), np.int64)
    for place, classes in enumerate(GROUPS.values()):
        group_of[[CLASSES.index(name) for name in classes]] = place
    group = group_of[network.road_class[arcs]]
    found = []
    for place, name in enumerate(GROUPS):
        chosen = arcs[group == place]
        if len(chosen):
            found.append({"kind": name, "lines": _encode_arcs(network, chosen)})
    return found


def _paths(network: Network, walked: Network | None) -> list[dict[str, str]]:
    """Return the ways that are walked alone, drawn below all others."""
    if walked is None:
        return []
    arcs = _one_of_each_road(walked)
    arcs = arcs[~np.isin(walked.way_id[arcs], network.way_id)]
    return [{"kind": "path", "lines": _encode_arcs(walked, arcs)}] if len(arcs) else []


def _one_of_each_road(network: Network) -> NDArray[np.int64]:
    """Return one arc of each twin pair, along its way, so that neighbours join up."""
    index = np.arange(network.n_arcs)
    ahead = network.way_from < network.way_to
    ahead_twin = ahead[network.twin]
    keep = np.where(ahead != ahead_twin, ahead, index < network.twin) | (network.twin < 0)
    keep &= network.is_own()
    order = np.lexsort((np.minimum(network.way_from, network.way_to), network.way_id))
    return order[keep[order]]


def _encode_arcs(network: Network, arcs: NDArray[np.int64]) -> str:
    first, stop = network.shape_start[arcs], network.shape_start[arcs + 1]
    joined = np.r_[
        False,
        (network.head[arcs[:-1]] == network.tail[arcs[1:]])
        & (network.way_id[arcs[:-1]] == network.way_id[arcs[1:]]),
    ]
    first = first + joined
    sizes = stop - first
    ends = np.cumsum(sizes)
    points = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
    part = np.repeat(np.cumsum(~joined) - 1, sizes)
    lines = shapely.linestrings(network.shape_xy[points], indices=part)
    lines = shapely.simplify(lines, 0.7, preserve_topology=False)
    xy, part = shapely.get_coordinates(lines, return_index=True)
    return encode_lonlat(to_lonlat(xy, network.epsg), part)


def _areas(
    frame: GeoDataFrame | None,
    epsg: int,
    centre: tuple[float, float],
    limit: int,
    *,
    dissolve: bool,
) -> str:
    if frame is None or not len(frame):
        return ""
    shapes = frame.geometry.to_crs(epsg).to_numpy()
    shapes = shapely.simplify(shapely.get_parts(shapes), 0.7 if not dissolve else 2.0)
    shapes = shapes[(shapely.area(shapes) > 0) & ~shapely.is_empty(shapes)]
    if not dissolve:
        order = np.argsort(shapely.distance(shapes, shapely.Point(centre)), kind="stable")
    else:
        order = np.argsort(-shapely.area(shapes), kind="stable")
    shapes = shapes[order]
    shapes = shapes[np.cumsum(shapely.get_num_coordinates(shapes)) <= limit]
    if dissolve:
        # The page fills by the even-odd rule: overlapping areas would show as holes.
        shapes = np.asarray([shapely.union_all(shapely.make_valid(shapes))], object)
    return encode_lines(shapes, epsg)


def _lines(frame: GeoDataFrame | None, epsg: int) -> str:
    if frame is None or not len(frame):
        return ""
    if "tunnel" in frame.columns:
        frame = frame[~frame["tunnel"].astype(bool)]
    shapes = shapely.get_parts(frame.geometry.to_crs(epsg).to_numpy())
    shapes = shapes[shapely.get_dimensions(shapes) == 1]
    order = np.argsort(-shapely.length(shapes), kind="stable")
    kept = np.cumsum(shapely.get_num_coordinates(shapes[order])) <= LINE_POINTS
    return encode_lines(shapes[order[kept]], epsg, tolerance_m=1.5)


def _street_names(network: Network, centre: tuple[float, float]) -> list[list[Any]]:
    """Return [lon, lat, angle_deg, name, rank] of streets worth a label, nearest first."""
    arcs = _one_of_each_road(network)
    arcs = arcs[(network.name[arcs] > 0) & (network.length_m[arcs] > LABEL_FROM_M)]
    middle = (network.node_xy[network.tail[arcs]] + network.node_xy[network.head[arcs]]) / 2
    far = np.hypot(*(middle - np.asarray(centre)).T)
    rank = np.minimum(network.road_class[arcs], 7)
    near = np.lexsort((far, np.where(far < NEAR_M, 0, rank + 1)))
    seen: set[tuple[int, int, int]] = set()
    chosen: list[int] = []
    for place in near:
        cell = (int(network.name[arcs[place]]), *(middle[place] // 700).astype(int).tolist())
        if cell not in seen:
            seen.add(cell)
            chosen.append(int(place))
        if len(chosen) == MAX_STREET_NAMES:
            break
    if not chosen:
        return []
    return [_label(network, int(arcs[place]), int(rank[place])) for place in chosen]


def _label(network: Network, arc: int, rank: int) -> list[Any]:
    line = shapely.LineString(network.arc_shape(arc))
    ends = [line.interpolate(share, normalized=True) for share in (0.4, 0.5, 0.6)]
    lonlat = to_lonlat(np.array([[ends[1].x, ends[1].y]]), network.epsg)[0]
    angle = float(np.degrees(np.arctan2(ends[2].y - ends[0].y, ends[2].x - ends[0].x)))
    angle = (angle + 90) % 180 - 90
    return [
        round(float(lonlat[0]), 6), round(float(lonlat[1]), 6), round(-angle),
        network.names[network.name[arc]], rank,
    ]  # fmt: skip
