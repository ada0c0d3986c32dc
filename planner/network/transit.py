"""Stops of public transport, one row a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.layers.crs import metric_epsg, to_metric
from planner.network.kinds import TRANSIT_KINDS, Table, Tags, kind_of
from planner.network.streets import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

MERGE_M = 120.0
"""Stops of one name and kind this near to each other are one stop (assumption)."""
MERGE_UNNAMED_M = 60.0
"""The same for stops without a name, as two sides of a street (assumption)."""
STATION_M = 300.0
"""Parts of a station, such as platforms by letter, lie up to here from it (assumption)."""
WALK_M = 1200.0
"""Farthest stop offered, as the crow flies: some 20 minutes on foot (assumption)."""
APART_M = 150.0
"""A further stop of a kind is offered only this far from the others (assumption)."""
SECTORS = 8
STATIONS = ("train", "subway")

STOP_NODES = (("highway", "bus_stop"),)
"""Nodes to be read though their key is not: most other nodes of that key are no stops."""

_PLAIN: Table = {
    ("railway", "subway_entrance"): "subway",
    ("railway", "tram_stop"): "tram",
    ("amenity", "ferry_terminal"): "ferry",
    ("amenity", "bus_station"): "bus",
    ("highway", "bus_stop"): "bus",
}
_PLACES: Table = {
    ("railway", "station"): "train",
    ("railway", "halt"): "train",
    ("public_transport", "station"): "",
    ("public_transport", "platform"): "",
    ("public_transport", "stop_position"): "",
}
"""Tags that leave the kind to others, with the kind where those are silent."""
_STATION = {"subway": "subway", "light_rail": "tram", "tram": "tram"}
_MODES: Mapping[str, str] = {
    "train": "train", "subway": "subway", "light_rail": "tram", "tram": "tram", "ferry": "ferry",
    "trolleybus": "bus", "bus": "bus",
}  # fmt: skip
_RANKS: Table = {
    ("railway", "station"): "0",
    ("railway", "halt"): "0",
    ("amenity", "bus_station"): "0",
    ("amenity", "ferry_terminal"): "0",
    ("public_transport", "station"): "0",
    ("railway", "subway_entrance"): "1",
    ("railway", "tram_stop"): "2",
    ("highway", "bus_stop"): "2",
    ("public_transport", "platform"): "2",
}
_STATION_RANK, _ENTRANCE_RANK = 0, 1
_GONE = ("disused", "abandoned", "razed", "demolished")


def _not_served(tags: Tags) -> bool:
    gone = any(tags.get(key, "no") != "no" for key in _GONE)
    return gone or tags.get("access") in ("private", "no")


_plain_kind = kind_of(_PLAIN, _not_served)
_rank = kind_of(_RANKS)


def transit_kind(tags: Tags) -> str:
    """Return one of ``TRANSIT_KINDS``, "" for what is no stop or does not say of what.

    Examples
    --------
    >>> transit_kind({"railway": "station", "station": "subway"})
    'subway'
    >>> transit_kind({"public_transport": "platform", "tram": "yes", "bus": "yes"})
    'tram'
    """
    if plain := _plain_kind(tags):
        return plain
    found = [_PLACES[pair] for pair in tags.items() if pair in _PLACES]
    if not found or _not_served(tags):
        return ""
    said = _STATION.get(tags.get("station", ""), "")
    modes = (kind for mode, kind in _MODES.items() if tags.get(mode, "no") != "no")
    return said or next(modes, "") or max(found)


def rank_of(tags: Tags) -> int:
    """Return how well a thing stands for its stop: 0 a station, then entrances, stops, rails."""
    return int(_rank(tags) or "3")


def merged_stops(frame: GeoDataFrame) -> GeoDataFrame:
    """Return one row for each stop where several things are mapped.

    Parameters
    ----------
    frame
        ``osm_id, name, kind, rank`` and any geometry, EPSG:4326.

    Returns
    -------
    GeoDataFrame
        ``osm_id, name, kind`` and points, EPSG:4326: of each stop the best thing mapped.
    """
    import geopandas as gpd

    points = gpd.GeoSeries(shapely.centroid(frame.geometry.to_numpy()), crs=4326)
    frame = frame.set_geometry(points.set_axis(frame.index))
    if frame.empty:
        return frame[["osm_id", "name", "kind", "geometry"]]
    x, y = np.median(shapely.get_coordinates(frame.geometry), axis=0)
    epsg = metric_epsg(float(x), float(y))
    spots = to_metric(frame, epsg).geometry.to_numpy()
    frame = frame.assign(name=_adopted(frame, spots))
    stop = _components(frame, spots)
    xy = shapely.get_coordinates(spots)
    size = np.bincount(stop)[:, None]
    middle = np.stack([np.bincount(stop, xy[:, i]) for i in range(2)], axis=1) / size
    off = np.hypot(*(xy - middle[stop]).T)
    order = np.lexsort((frame["osm_id"], off.round(1), frame["rank"], stop))
    first = order[np.unique(stop[order], return_index=True)[1]]
    kept = frame.iloc[np.sort(first)]
    return kept[["osm_id", "name", "kind", "geometry"]].reset_index(drop=True)


def nearest_stops(
    frame: GeoDataFrame,
    centre_xy: tuple[float, float],
    *,
    limit: int = 8,
    within_m: float = WALK_M,
) -> GeoDataFrame:
    """Choose the stops by which people come to a place: stations first, each kind, spread around.

    Parameters
    ----------
    frame
        The static table ``transit_stops`` in a metric CRS.
    centre_xy
        The place in that CRS, metres.

    Returns
    -------
    GeoDataFrame
        Rows of ``frame`` with ``distance_m`` as the crow flies, in the order of choice.
    """
    xy = shapely.get_coordinates(frame.geometry) - np.asarray(centre_xy)
    far = np.hypot(*xy.T)
    near = np.argsort(far, kind="stable")
    near = near[far[near] <= within_m]
    kinds, names = frame["kind"].to_numpy(), frame["name"].to_numpy()
    sector = np.floor(np.arctan2(xy[:, 1], xy[:, 0]) / (2 * np.pi) * SECTORS).astype(np.int64)
    chosen: list[int] = []
    for row in _in_turn(near, kinds, sector):
        same = [i for i in chosen if kinds[i] == kinds[row]]
        apart = all(np.hypot(*(xy[i] - xy[row])) >= APART_M for i in same)
        # A tram and a bus stop of one name side by side are one place to come from.
        again = any(
            names[i] == names[row] != ""
            and (i in same or np.hypot(*(xy[i] - xy[row])) <= STATION_M)
            for i in chosen
        )
        if row not in chosen and apart and not again and len(chosen) < limit:
            chosen.append(row)
    return frame.iloc[chosen].assign(distance_m=far[chosen])


def _in_turn(
    near: NDArray[np.int64], kinds: NDArray[Any], sector: NDArray[np.int64]
) -> Iterator[int]:
    """Give two stations of a kind, the nearest of each kind, one a sector, then all, by distance."""
    for kind in STATIONS:
        yield from near[kinds[near] == kind][:2].tolist()
    for kind in TRANSIT_KINDS:
        yield from near[kinds[near] == kind][:1].tolist()
    _, first = np.unique(sector[near], return_index=True)
    yield from near[np.sort(first)].tolist()
    yield from near.tolist()


def _adopted(frame: GeoDataFrame, spots: NDArray[Any]) -> NDArray[Any]:
    """Return names: parts of a station take its name, what has none that of the nearest stop."""
    names: NDArray[Any] = frame["name"].to_numpy(object).copy()
    kinds, ranks = frame["kind"].to_numpy(), frame["rank"].to_numpy()
    station = (ranks == _STATION_RANK) & (names != "")
    bare = names == ""
    for kind in np.unique(kinds):
        own = kinds == kind
        part = own & (((ranks == _ENTRANCE_RANK) & bare) | (kind == "train")) & ~station
        for takes, gives, reach in (
            (part, own & station, STATION_M),
            (own & bare & ~part, own & ~bare, MERGE_UNNAMED_M),
        ):
            row, match = np.flatnonzero(takes), np.flatnonzero(gives)
            if len(row) and len(match):
                tree = shapely.STRtree(spots[match])
                i, j = tree.query_nearest(spots[row], max_distance=reach, all_matches=False)
                names[row[i]] = frame["name"].to_numpy(object)[match[j]]
    return names


def _components(frame: GeoDataFrame, spots: NDArray[Any]) -> NDArray[np.int64]:
    keys = [f"{k}|{normalise(n)}" for k, n in zip(frame["kind"], frame["name"], strict=True)]
    _, key = np.unique(keys, return_inverse=True)
    reach = np.where(frame["kind"] == "train", STATION_M, MERGE_M)
    reach[(frame["name"] == "").to_numpy()] = MERGE_UNNAMED_M
    a, b = shapely.STRtree(spots).query(spots, "dwithin", STATION_M)
    one = (key[a] == key[b]) & (shapely.distance(spots[a], spots[b]) <= reach[a])
    links = coo_matrix((np.ones(int(one.sum()), np.int8), (a[one], b[one])), (len(key),) * 2)
    _, label = connected_components(links.tocsr(), directed=False)
    stop: NDArray[np.int64] = label.astype(np.int64)
    return stop
