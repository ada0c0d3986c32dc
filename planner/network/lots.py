"""Ground with room to stage in: car parks, squares, service yards."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.layers.site_access import PRIVATE
from planner.network.driven import NOWHERE, Driven, Rules
from planner.network.one_lot import drawn_twice, one_lot
from planner.network.room import DISABLED_M2, NARROW_M, SPACE_M2, TOUCH_M, Room, lies_on
from planner.network.site_kinds import SURFACE
from planner.network.ways_in import strictest, ways_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

MIN_ROOM_M2 = 300.0
"""Ground with less usable area is no staging site: room for about ten cars (assumption)."""
REACH_M = 10.0
"""A square further from every street and lane is not reached by vehicles (assumption)."""
ROW_M = 7.0
"""A strip no wider than this is one row of bays, without an aisle (assumption)."""
KERB_M = 2.0
"""Bays this near to a carriageway open to it (assumption)."""

LOT, UNSURE = "car park", "car park, size assumed"


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """What the room of a site, and who may use it, depends on; all in one metric CRS.

    Attributes
    ----------
    room
        What takes room.
    driven
        Streets and service lanes.
    disabled
        Single spaces kept for visitors with reduced mobility.
    own
        Outlines of facilities.
    quiet
        Grounds of schools and clinics.
    """

    room: Room
    driven: Driven = NOWHERE
    disabled: NDArray[Any] = field(default_factory=lambda: np.empty(0, object))
    own: NDArray[Any] = field(default_factory=lambda: np.empty(0, object))
    quiet: NDArray[Any] = field(default_factory=lambda: np.empty(0, object))


def staging_ground(
    car_parks: GeoDataFrame, squares: GeoDataFrame, yards: GeoDataFrame, around: Around
) -> tuple[GeoDataFrame, Mapping[str, int]]:
    """Turn what the map knows into staging candidates; also tell what was left out and why.

    Parameters
    ----------
    car_parks, squares, yards
        As of ``Places``, in a metric CRS.
    around
        What lies about, same CRS.

    Returns
    -------
    GeoDataFrame
        The columns of the layer ``staging_sites`` in the same CRS, largest first.
    """
    counts: dict[str, int] = {}
    lots = parking_lots(car_parks, around, counts)
    works = _areas(_for_whom(yards, around, "service yards", counts), around)
    works = _reached_by(works, "service yards", around, counts)
    works = _with_room(works, "service yards", counts)
    known = [*lots.geometry, *works.geometry]
    frame = _stacked(lots, works, public_squares(squares, around, known, counts))
    frame = frame.sort_values(["capacity_m2", "id"], ascending=[False, True])
    return frame.reset_index(drop=True), counts


def parking_lots(car_parks: GeoDataFrame, around: Around, counts: dict[str, int]) -> GeoDataFrame:
    """Turn car parks into candidates; what is left out goes into ``counts``.

    Outlines that touch, or have a service lane between them, become one lot, less what stands
    on it and the spaces kept for visitors with reduced mobility. A car park mapped as a point
    has 25 m2 for each space; without a capacity, or with an outline that is not whole, its size
    is *assumed* to be 300 m2 and its kind says so. One that is closed to the public is kept on
    the ground of a facility alone.
    """
    public = _for_whom(car_parks, around, "car parks", counts)
    open_air = (public["kind"] == SURFACE).to_numpy(bool)
    counts["car parks left out: covered or beside the kerb"] = int((~open_air).sum())
    usable = public[open_air].assign(kind=LOT)
    area = shapely.get_dimensions(np.asarray(usable.geometry.array, object)) > 1
    lots = _reached_by(_areas(usable[area], around), "car parks", around, counts)
    bays = _along_streets(np.asarray(lots.geometry.array, object), around)
    counts["car parks left out: a row of bays along a street"] = int(bays.sum())
    lots = lots[~bays]
    outlined = car_parks.geometry[(car_parks.geometry.geom_type != "Point").to_numpy(bool)]
    nodes = usable[~area]
    built = around.room.takes(np.asarray(nodes.geometry.array, object))
    counts["car parks left out: a point in a building or a street"] = int(built.sum())
    points = _points(nodes[~built], np.asarray(outlined.array, object), counts)
    kept = _with_room(_stacked(lots, points), "car parks", counts)
    counts["car parks of assumed size"] = int((kept["kind"] == UNSURE).sum())
    return kept


def public_squares(
    squares: GeoDataFrame, around: Around, known: list[Any], counts: dict[str, int]
) -> GeoDataFrame:
    """Turn squares into candidates: wide ground that a vehicle reaches, less sites ``known``."""
    public = _for_whom(squares, around, "squares", counts)
    yard = lies_on(np.asarray(public.geometry.array, object), around.quiet)
    counts["squares left out: the yard of a school or clinic"] = int(yard.sum())
    public = public[~yard]
    beside = replace(around, room=around.room.less(known))
    ground = _areas(public, beside, narrow_m=NARROW_M, twice=True)
    ground = _with_room(ground, "squares", counts)
    tree = shapely.STRtree(np.concatenate([around.driven.lanes, around.driven.roads]))
    reached = np.zeros(len(ground), bool)
    shapes = np.asarray(ground.geometry.array, object)
    reached[tree.query(shapes, "dwithin", REACH_M)[0]] = True
    counts["squares left out: no street or lane leads there"] = int((~reached).sum())
    return ground[reached]


def _for_whom(
    frame: GeoDataFrame, around: Around, title: str, counts: dict[str, int],
    why: str = "not public",
) -> GeoDataFrame:  # fmt: skip
    """Leave out what is closed to the public, unless it is a facility's own ground."""
    shut = (frame["access"] == PRIVATE).to_numpy(bool)
    shut = shut & ~lies_on(np.asarray(frame.geometry.array, object), around.own)
    counts[f"{title} left out: {why}"] = int(shut.sum())
    return frame[~shut]


def _reached_by(
    frame: GeoDataFrame, title: str, around: Around, counts: dict[str, int]
) -> GeoDataFrame:
    """Bind lots by what their ways in allow; leave out those whose ways in are all closed."""
    found = ways_in(np.asarray(frame.geometry.array, object), around.driven)
    bound = [
        strictest(filter(None, [Rules(*own), way]))
        for own, way in zip(
            zip(frame["access"], frame["maxheight_m"], strict=True), found, strict=True
        )
    ]
    frame = frame.assign(
        access=[rules.access for rules in bound],
        maxheight_m=np.array([rules.height_m for rules in bound], float),
    )
    return _for_whom(frame, around, title, counts, "every way in is closed to the public")


def _along_streets(lots: NDArray[Any], around: Around) -> NDArray[np.bool_]:
    """Return bool[k]: the lots that are one row of bays, opening to a street."""
    row = shapely.is_empty(shapely.buffer(lots, -ROW_M / 2))
    row &= shapely.get_num_geometries(lots) == 1
    found = np.zeros(len(lots), bool)
    at = np.flatnonzero(row)
    lanes, streets = (
        shapely.STRtree(ways).query(lots[at], "dwithin", KERB_M)[0]
        for ways in (around.driven.lanes, around.driven.roads)
    )
    found[at[np.setdiff1d(streets, lanes)]] = True
    return found


def _with_room(frame: GeoDataFrame, title: str, counts: dict[str, int]) -> GeoDataFrame:
    small = (frame["capacity_m2"] < MIN_ROOM_M2).to_numpy(bool)
    counts[f"{title} left out: under {MIN_ROOM_M2:.0f} m2"] = int(small.sum())
    return frame[~small]


def _stacked(*frames: GeoDataFrame) -> GeoDataFrame:
    import geopandas as gpd
    import pandas as pd

    filled = [frame for frame in frames if len(frame)] or [frames[0]]
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=frames[0].crs)


def _areas(
    frame: GeoDataFrame, around: Around, *, narrow_m: float = 0.0, twice: bool = False
) -> GeoDataFrame:
    """Return one row for each lot, or for each square that may be drawn ``twice``."""
    shapes = shapely.force_2d(np.asarray(frame.geometry.array, object))
    label = drawn_twice(shapes) if twice else one_lot(shapes, frame, around.driven)
    groups = [np.flatnonzero(label == i) for i in range(label.max(initial=-1) + 1)]
    whole = np.array([*(_union(shapes[rows]) for rows in groups), None], object)[:-1]
    least = MIN_ROOM_M2 if twice else SPACE_M2
    ground = around.room.left(whole, narrow_m=narrow_m, least_m2=least)
    first = frame.iloc[[rows[0] for rows in groups]]
    told = frame["disabled"].to_numpy(float)
    kept = np.maximum(_inside(whole, around.disabled), [told[rows].sum() for rows in groups])
    room = np.maximum(shapely.area(ground) - DISABLED_M2 * kept, 0.0)
    parts = [frame.iloc[rows[np.argsort(-shapely.area(shapes[rows]), kind="stable")]]
             for rows in groups]  # fmt: skip
    said = {name: [_first_told(part[name]) for part in parts]
            for name in ("name", "surface", "street")}  # fmt: skip
    said["lit"] = [_lit(part["lit"]) for part in parts]
    return _rows(first, room, first["kind"].to_numpy(), ground).assign(**said)


def _union(shapes: NDArray[Any]) -> Any:
    if len(shapes) == 1:
        return shapes[0]
    return shapely.buffer(shapely.union_all(shapely.buffer(shapes, TOUCH_M)), -TOUCH_M)


def _inside(outlines: NDArray[Any], things: NDArray[Any]) -> NDArray[np.float64]:
    at = shapely.STRtree(shapely.point_on_surface(things)).query(outlines, "intersects")[0]
    return np.bincount(at, minlength=len(outlines)).astype(float)


def _first_told(cells: pd.Series[str]) -> str:
    return next((cell for cell in cells if cell), "")


def _lit(cells: pd.Series[str]) -> str:
    """Return what holds of a lot whose parts differ: a dark part is not told away."""
    told = set(cells)
    return next(word for word in ("no", "yes", "unknown") if word in told)


def _points(parks: GeoDataFrame, outlines: NDArray[Any], counts: dict[str, int]) -> GeoDataFrame:
    shapes = np.asarray(parks.geometry.array, object)
    inside = np.zeros(len(shapes), bool)
    inside[shapely.STRtree(outlines).query(shapes, "dwithin", TOUCH_M)[0]] = True
    counts["car parks left out: a point within an outline"] = int(inside.sum())
    rows = parks[~inside]
    spaces = np.maximum(rows["capacity"].to_numpy(float) - rows["disabled"].to_numpy(float), 0.0)
    unsure = np.isnan(spaces)
    room = np.where(unsure, MIN_ROOM_M2, SPACE_M2 * spaces)
    return _rows(rows, room, np.where(unsure, UNSURE, LOT), shapes[~inside])


def _rows(
    rows: GeoDataFrame, room: NDArray[np.float64], kind: NDArray[Any], shapes: NDArray[Any]
) -> GeoDataFrame:
    import geopandas as gpd

    kept = ("name", "surface", "street", "access", "vehicles", "maxheight_m", "hours",
            "maxstay_min", "lit")  # fmt: skip
    return gpd.GeoDataFrame(
        {
            "id": [_key(*pair) for pair in zip(rows["kind"], rows["osm_id"], strict=True)],
            "capacity_m2": np.floor(room), "kind": kind,
            **{name: rows[name].to_numpy() for name in kept},
        },
        geometry=list(shapes), crs=rows.crs,
    )  # fmt: skip


def _key(kind: str, osm_id: str) -> str:
    start = "park" if kind == LOT else kind.rsplit(maxsplit=1)[-1]
    return f"{start}-{osm_id.replace('/', '-')}"
