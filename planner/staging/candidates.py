"""Which sites are worth a closer look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.layers.crs import to_metric
from planner.network.profiles import BUS
from planner.network.room import Room

if TYPE_CHECKING:
    from collections.abc import Collection

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely import Point

M2_PER_VEHICLE = 30.0
"""Stall, its half of the aisle, and room to turn. Assumption: a 2.5 x 5 m stall beside a 6 m
aisle takes 20 m2; half as much again is left for turning and for people on foot."""

M2_PER_COACH = 100.0
"""The same of a bus or coach. Assumption: a 3.5 x 13 m stall beside a 12 m aisle takes 67 m2; half
as much again is left for turning and for people on foot."""

MAX_DISTANCE_M = 3000.0
"""Straight-line reach. Assumption: about five minutes of town driving."""

UNSIZED = "size not known: draw its outline, or give its capacity_m2"
"""What is told of a point of which nobody has told the size."""

SHORTLIST = 40
"""Candidates looked at closely, nearest first."""


def measured(
    sites: GeoDataFrame, buildings: GeoDataFrame, water: GeoDataFrame, epsg: int
) -> GeoDataFrame:
    """Return sites with the usable area of every outline of which no area is given.

    Parameters
    ----------
    sites, buildings, water
        EPSG:4326; what stands or flows on an outline takes room.
    epsg
        Metric CRS of the area.
    """
    bare = sites["capacity_m2"].isna() & (shapely.get_dimensions(sites.geometry.array) > 1)
    if not bare.any():
        return sites
    own = to_metric(sites[bare], epsg)
    room = Room.of(to_metric(buildings, epsg), water=to_metric(water, epsg))
    area = shapely.area(room.left(np.asarray(own.geometry.array, object)))
    told = sites["capacity_m2"].astype(float).copy()
    told[bare] = np.floor(area)
    return sites.assign(capacity_m2=told)


def vehicle_m2(profile: str) -> float:
    """Return the room of one waiting vehicle."""
    return M2_PER_COACH if profile == BUS.name else M2_PER_VEHICLE


def shortlist(
    sites: GeoDataFrame,
    near: Point,
    *,
    vehicles: int,
    m2_per_vehicle: float = M2_PER_VEHICLE,
    max_distance_m: float = MAX_DISTANCE_M,
    limit: int = SHORTLIST,
    locked: Collection[str] = (),
) -> GeoDataFrame:
    """Return the nearest sites with room for the vehicles asked for.

    Parameters
    ----------
    sites
        Staging layer in a metric CRS with ``capacity_m2``.
    near
        The facility, same CRS.
    vehicles
        Number of vehicles to wait there.
    locked
        Ids of sites to look at wherever they are and whatever they hold.
    """
    fits = worth_a_look(
        sites, near, vehicles=vehicles, m2_per_vehicle=m2_per_vehicle, max_distance_m=max_distance_m
    )
    distance = sites.distance(near).to_numpy(float)
    order = np.lexsort((sites["id"].astype(str).to_numpy(), distance))
    own = sites["id"].isin(locked).to_numpy(bool)
    taken = order[fits[order] & ~own[order]][:limit]
    return sites.iloc[np.concatenate([order[own[order]], taken])].reset_index(drop=True)


def worth_a_look(
    sites: GeoDataFrame,
    near: Point,
    *,
    vehicles: int,
    m2_per_vehicle: float = M2_PER_VEHICLE,
    max_distance_m: float = MAX_DISTANCE_M,
) -> NDArray[np.bool_]:
    """Return bool[s]: the sites within reach of a facility that hold the vehicles asked for."""
    room = np.nan_to_num(sites["capacity_m2"].to_numpy(float), nan=0.0)
    near_by = sites.distance(near).to_numpy(float) <= max_distance_m
    fits: NDArray[np.bool_] = near_by & (room >= vehicles * m2_per_vehicle)
    return fits
