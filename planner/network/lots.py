"""Car parks with room to stage in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

MIN_ROOM_M2 = 300.0
"""A car park with less usable area is no staging site: room for about ten cars (assumption)."""
SPACE_M2 = 25.0
"""Area of one mapped parking space with its share of the aisle (assumption)."""
TOUCH_M = 1.0
"""Car parks this near to each other are one lot (assumption)."""

PUBLIC = frozenset({"", "yes", "public", "permissive", "designated", "destination"})


def parking_lots(
    car_parks: GeoDataFrame, buildings: GeoDataFrame
) -> tuple[GeoDataFrame, Mapping[str, int]]:
    """Turn car parks into staging candidates; also tell what was left out and why.

    Outlines that touch become one lot, less the buildings on it. A car park mapped as a point
    has 25 m2 for each space of its capacity; without a capacity, or with an outline that is
    not whole, its size is *assumed* to be 300 m2 and its kind says so.

    Parameters
    ----------
    car_parks
        As ``Places.car_parks``, in a metric CRS.
    buildings
        Same CRS.

    Returns
    -------
    GeoDataFrame
        The columns of the layer ``staging_sites`` in the same CRS, largest first.
    """
    counts: dict[str, int] = {}
    private = ~car_parks["access"].isin(PUBLIC).to_numpy(bool)
    counts["car parks left out: not public"] = int(private.sum())
    covered = ~private & (car_parks["kind"] != "surface").to_numpy(bool)
    counts["car parks left out: covered or beside the kerb"] = int(covered.sum())
    usable = car_parks[~private & ~covered]
    area = (usable.geometry.geom_type != "Point").to_numpy(bool)
    lots = _merged(usable[area], buildings)
    points = _points(usable[~area], lots, counts)
    import geopandas as gpd
    import pandas as pd

    both = gpd.GeoDataFrame(pd.concat([lots, points], ignore_index=True), crs=car_parks.crs)
    small = (both["capacity_m2"] < MIN_ROOM_M2).to_numpy(bool)
    counts["car parks left out: under 300 m2"] = int(small.sum())
    counts["car parks of assumed size"] = int((both["kind"] == _UNSURE)[~small].sum())
    kept = both[~small].sort_values(["capacity_m2", "id"], ascending=[False, True])
    return kept.reset_index(drop=True), counts


_LOT, _UNSURE = "car park", "car park, size assumed"


def _merged(parks: GeoDataFrame, buildings: GeoDataFrame) -> GeoDataFrame:
    import geopandas as gpd

    shapes = shapely.force_2d(np.asarray(parks.geometry.array, object))
    label = _groups(shapes)
    first = np.unique(label, return_index=True)[1] if len(label) else np.empty(0, int)
    merged = [
        shapely.buffer(shapely.union_all(shapely.buffer(shapes[label == i], TOUCH_M)), -TOUCH_M)
        if (label == i).sum() > 1
        else shapes[label == i][0]
        for i in range(len(first))
    ]
    ground = _less(np.array([*merged, None], object)[:-1], buildings)
    rows = parks.iloc[first]
    return gpd.GeoDataFrame(
        {
            "id": [_key(i) for i in rows["osm_id"]],
            "name": rows["name"].to_numpy(),
            "capacity_m2": np.floor(shapely.area(ground)),
            "surface": rows["surface"].to_numpy(),
            "street": rows["street"].to_numpy(),
            "kind": _LOT,
        },
        geometry=list(ground),
        crs=parks.crs,
    )


def _groups(shapes: NDArray[Any]) -> NDArray[np.int32]:
    a, b = shapely.STRtree(shapes).query(shapes, "dwithin", TOUCH_M)
    links = coo_matrix((np.ones(len(a), bool), (a, b)), (len(shapes), len(shapes)))
    label: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return label


def _less(ground: NDArray[Any], buildings: GeoDataFrame) -> NDArray[Any]:
    walls = np.asarray(buildings.geometry.array, object)
    lot, wall = shapely.STRtree(walls).query(ground, "intersects")
    out = ground.copy()
    for i in np.unique(lot):
        rest = shapely.difference(out[i], shapely.union_all(walls[wall[lot == i]]))
        parts = shapely.get_parts(rest)
        parts = parts[(shapely.get_dimensions(parts) > 1) & (shapely.area(parts) > SPACE_M2)]
        out[i] = shapely.multipolygons(parts) if len(parts) else shapely.Polygon()
    return out


def _points(parks: GeoDataFrame, lots: GeoDataFrame, counts: dict[str, int]) -> GeoDataFrame:
    import geopandas as gpd

    shapes = np.asarray(parks.geometry.array, object)
    outlines = np.asarray(lots.geometry.array, object)
    inside = np.zeros(len(shapes), bool)
    inside[shapely.STRtree(outlines).query(shapes, "dwithin", TOUCH_M)[0]] = True
    counts["car parks left out: a point within an outline"] = int(inside.sum())
    rows = parks[~inside]
    room = SPACE_M2 * rows["capacity"].to_numpy(float)
    unsure = np.isnan(room)
    return gpd.GeoDataFrame(
        {
            "id": [_key(i) for i in rows["osm_id"]],
            "name": rows["name"].to_numpy(),
            "capacity_m2": np.where(unsure, MIN_ROOM_M2, room),
            "surface": rows["surface"].to_numpy(),
            "street": rows["street"].to_numpy(),
            "kind": np.where(unsure, _UNSURE, _LOT),
        },
        geometry=list(shapes[~inside]),
        crs=parks.crs,
    )


def _key(osm_id: str) -> str:
    return "park-" + osm_id.replace("/", "-")
