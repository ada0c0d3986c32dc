"""Where main roads enter the study area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.crs import to_lonlat
from planner.network.extent import Bounds, depth_in, metric_box
from planner.network.graph import CLASSES, Access, Network
from planner.network.naming import clean_name
from planner.network.parts import round_the_core
from planner.network.snap import NEAR_M, Snapped, Snapper
from planner.network.stopping import near

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely import Polygon

SECTORS = 12
LEAST = 3
TIERS = (
    ("motorway", "trunk", "primary", "secondary"),
    ("tertiary",),
    ("unclassified",),
    ("residential", "living_street", "road"),
    ("motorway_link", "trunk_link", "primary_link", "secondary_link", "tertiary_link"),
)
OUTER_SHARE = 0.5
"""A road end counts as cut by the edge only in the outer half of the way to it (assumption)."""
APART_SHARE = 0.04
"""Two gateways are at least this share of the box's diagonal apart (assumption)."""
WAY_OUT_M = 400.0
"""A road out this near to the way in counts as its way back (assumption)."""
DEEP_SHARE = 0.1
"""A road end deeper inside than this share of the half-width ranks last (assumption)."""
_COMPASS = (
    "north", "north-north-east", "north-east", "east-north-east",
    "east", "east-south-east", "south-east", "south-south-east",
    "south", "south-south-west", "south-west", "west-south-west",
    "west", "west-north-west", "north-west", "north-north-west",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Crossings:
    """Places where arcs cross the edge: row `i` is arc[i] at xy[i]."""

    arc: NDArray[np.int64]
    xy: NDArray[np.float64]


def find_gateways(network: Network, bounds: Bounds, *, limit: int = SECTORS) -> GeoDataFrame:
    """Find where traffic enters a box: at most one gateway per sector of 30 degrees.

    A gateway lies on an arc that enters the box, or that begins where the data end near its
    edge, open to everyone, from which the largest connected part of the network is reached.
    Of one sector the best road class wins, then a road with a way back out, then the one
    nearest to the edge. Tertiary roads, then lesser ones, join in while fewer than three
    sectors have a gateway.

    Parameters
    ----------
    bounds
        West, south, east, north; degrees.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, clockwise from north: ``id, name, road_class, geometry`` and, beyond the
        layer, ``arc, bearing_deg, way_out``.
    """
    box = metric_box(bounds, network.epsg)
    into, out = _main_part(network)
    entering = _crossings(network, box, inward=True)
    entering = _only(entering, into[network.head[entering.arc]])
    leaving = _crossings(network, box, inward=False)
    leaving = _only(leaving, out[network.tail[leaving.arc]])
    way_out = _near(entering.xy, leaving.xy)
    bearing = _bearing_deg(entering.xy, box)
    rows = _chosen(network, entering, bearing, (way_out, box))
    rows = rows[: max(limit, 0)]
    rows = rows[np.argsort(bearing[rows], kind="stable")]
    return _frame(network, _only(entering, rows), bearing[rows], way_out[rows])


def place_gateways(network: Network, xy: NDArray[np.float64], *, max_m: float = NEAR_M) -> Snapped:
    """Put gateways on the nearest public road from which the main part is reached.

    Unlike ``snap`` it takes motorways, and arcs that begin at the edge of the data.

    Parameters
    ----------
    xy
        float64[k, 2]; in the network's CRS.
    max_m
        Gateways further from every such road get arc -1.
    """
    into, _ = _main_part(network)
    usable = (network.access == Access.PUBLIC) & into[network.head] & network.is_own()
    usable &= network.road_class != CLASSES.index("ferry")
    usable &= near(network, xy, max_m)
    return Snapper(network, usable=usable).snap(xy, max_m=max_m)


def _main_part(network: Network) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return bool[n] twice: nodes that reach the largest strong part, nodes it reaches."""
    free = network.access != Access.PRIVATE
    return round_the_core(network.tail[free], network.head[free], network.n_nodes)


def _crossings(network: Network, box: Polygon, *, inward: bool) -> _Crossings:
    """Return the public arcs that cross the edge, and where; see ``find_gateways``."""
    near, far = (network.head, network.tail) if inward else (network.tail, network.head)
    inside = shapely.contains_xy(box, network.node_xy)
    public = network.access == Access.PUBLIC
    public &= np.isin(network.road_class, [CLASSES.index(c) for tier in TIERS for c in tier])
    crossing = np.flatnonzero(public & inside[near] & ~inside[far])
    xy = np.array([_edge_point(network, int(a), box, inward) for a in crossing]).reshape(-1, 2)
    ends = _data_ends(network, far)
    loose = np.flatnonzero(public & inside[near] & inside[far] & ends[far])
    loose = loose[depth_in(network.node_xy[far[loose]], box) <= 1 - OUTER_SHARE]
    return _Crossings(
        np.concatenate([crossing, loose]), np.concatenate([xy, network.node_xy[far[loose]]])
    )


def _edge_point(network: Network, arc: int, box: Polygon, inward: bool) -> tuple[float, float]:
    line = shapely.LineString(network.arc_shape(arc))
    cut = shapely.get_coordinates(shapely.intersection(line, box.exterior))
    if len(cut) == 0:
        end = network.tail[arc] if inward else network.head[arc]
        return float(network.node_xy[end, 0]), float(network.node_xy[end, 1])
    along = shapely.line_locate_point(line, shapely.points(cut))
    x, y = cut[np.argmax(along) if inward else np.argmin(along)]
    return float(x), float(y)


def _data_ends(network: Network, far: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return bool[n]: nodes with a single neighbour, or where arcs with that far end begin."""
    n = network.n_nodes
    pair = np.unique(
        np.concatenate([
            network.tail.astype(np.int64) * n + network.head,
            network.head.astype(np.int64) * n + network.tail,
        ])
    )  # fmt: skip
    single = np.bincount(pair // n, minlength=n) == 1
    near = network.head if far is network.tail else network.tail
    ends: NDArray[np.bool_] = single | (np.bincount(near, minlength=n) == 0)
    return ends


def _only(crossings: _Crossings, rows: NDArray[Any]) -> _Crossings:
    return _Crossings(crossings.arc[rows], crossings.xy[rows])


def _near(xy: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    if len(xy) == 0 or len(other) == 0:
        return np.zeros(len(xy), bool)
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(other).query(xy)
    return np.asarray(distance <= WAY_OUT_M)


def _bearing_deg(xy: NDArray[np.float64], box: Polygon) -> NDArray[np.float64]:
    centre = shapely.get_coordinates(shapely.centroid(box))[0]
    away = xy - centre
    bearing: NDArray[np.float64] = np.degrees(np.arctan2(away[:, 0], away[:, 1])) % 360
    return bearing


def _chosen(
    network: Network,
    entering: _Crossings,
    bearing: NDArray[np.float64],
    merits: tuple[NDArray[np.bool_], Polygon],
) -> NDArray[np.int64]:
    """Return rows of the best crossing of each sector, best class first."""
    way_out, box = merits
    rank = np.full(len(CLASSES), len(CLASSES))
    tier = np.full(len(CLASSES), len(TIERS))
    for level, classes in enumerate(TIERS):
        for name in classes:
            tier[CLASSES.index(name)] = level
            rank[CLASSES.index(name)] = sum(map(len, TIERS[:level])) + classes.index(name)
    road = network.road_class[entering.arc]
    sector = np.floor((bearing + 180 / SECTORS) / (360 / SECTORS)).astype(int) % SECTORS
    from_edge = shapely.distance(shapely.points(entering.xy), box.exterior)
    deep = depth_in(entering.xy, box) > DEEP_SHARE
    order = np.lexsort(
        (network.way_id[entering.arc], from_edge.round(), ~way_out, rank[road], deep, tier[road])
    )
    low_x, low_y, high_x, high_y = box.bounds
    apart = APART_SHARE * float(np.hypot(high_x - low_x, high_y - low_y))
    taken: list[int] = []
    used: set[int] = set()
    level = 0
    for row in order:
        if tier[road[row]] > level:
            if len(taken) >= LEAST:
                break
            level = int(tier[road[row]])
        gaps = np.hypot(*(entering.xy[taken] - entering.xy[row]).T)
        if int(sector[row]) not in used and (gaps >= apart).all():
            taken.append(int(row))
            used.add(int(sector[row]))
    return np.array(taken, np.int64)


def _frame(
    network: Network,
    entering: _Crossings,
    bearing: NDArray[np.float64],
    way_out: NDArray[np.bool_],
) -> GeoDataFrame:
    import geopandas as gpd

    classes = [CLASSES[c] for c in network.road_class[entering.arc]]
    streets = [network.names[i] for i in network.name[entering.arc]]
    titles = [
        clean_name(street) or f"Unnamed {kind.replace('_', ' ')}"
        for street, kind in zip(streets, classes, strict=True)
    ]
    labels = _labels(titles, bearing)
    lonlat = to_lonlat(entering.xy, network.epsg)
    return gpd.GeoDataFrame(
        {
            "id": [f"gw-{i:02d}" for i in range(1, len(labels) + 1)],
            "name": labels,
            "road_class": classes,
            "arc": entering.arc,
            "bearing_deg": bearing,
            "way_out": way_out,
        },
        geometry=shapely.points(lonlat),
        crs=4326,
    )


def _labels(titles: list[str], bearing: NDArray[np.float64]) -> list[str]:
    """Tell each street's side of the area, in sixteenths where an eighth is not enough."""
    labels = [f"{t} ({_compass(deg, 8)})" for t, deg in zip(titles, bearing, strict=True)]
    finer = [f"{t} ({_compass(deg, 16)})" for t, deg in zip(titles, bearing, strict=True)]
    return [
        own if labels.count(own) == 1 else other for own, other in zip(labels, finer, strict=True)
    ]


def _compass(bearing_deg: float, winds: int) -> str:
    step = len(_COMPASS) // winds
    return _COMPASS[round(bearing_deg / 360 * winds) % winds * step]
