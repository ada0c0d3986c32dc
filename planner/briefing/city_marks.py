"""Marks of the city itself: places to be spared, stops of public transport."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.briefing.marks import Mark, mark
from planner.briefing.words import plain
from planner.layers.crs import to_xy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame

STOP_LETTERS = {"train": "R", "subway": "M", "tram": "T", "ferry": "F", "bus": "B"}
"""Rail, metro, tram, ferry, bus."""

QUIET_M, STOPS_M = 4000.0, 1500.0
MOST_QUIET, MOST_STOPS = 150, 60
"""How far from the site, how many of the nearest are drawn."""

SPARED = "Vehicles spare the streets near it where it takes little longer"


def city_marks(
    background: Mapping[str, Any], *, centre: tuple[float, float], epsg: int
) -> list[Mark]:
    """Return the marks that no plan changes, as ``planner.briefing.marks`` makes them.

    Parameters
    ----------
    background
        Frames ``quiet_places`` and ``transit_stops`` in EPSG:4326; each may be absent or empty.
    centre
        Longitude, latitude of the site.
    epsg
        The metric CRS.
    """
    quiet = _nearest(background.get("quiet_places"), centre, epsg, (QUIET_M, MOST_QUIET))
    stops = _nearest(background.get("transit_stops"), centre, epsg, (STOPS_M, MOST_STOPS))
    return [
        *(
            mark("quiet", row.osm_id, [row.name or plain(row.kind).capitalize(),
                 plain(row.kind).capitalize() if row.name else "", SPARED],
                 shape=row.geometry, style="quiet", badge=_spot(row.geometry))
            for row in quiet
        ),
        *(
            mark("stops", row.osm_id, [row.name or f"{plain(row.kind)} stop".capitalize(),
                 f"Public transport: {row.kind}"], shape=row.geometry, rank=rank,
                 badge={"kind": "stop", "text": STOP_LETTERS.get(row.kind, "")})
            for rank, row in enumerate(stops)
        ),
    ]  # fmt: skip


def _spot(shape: Any) -> dict[str, str] | None:
    """Return the badge of a place that is mapped without its grounds."""
    return {"kind": "quiet"} if shape.geom_type == "Point" else None


def _nearest(
    frame: GeoDataFrame | None,
    centre: tuple[float, float],
    epsg: int,
    limits: tuple[float, int],
) -> list[Any]:
    if frame is None or not len(frame):
        return []
    spots = frame.geometry.to_crs(epsg).representative_point().to_numpy()
    far = shapely.distance(spots, shapely.points(to_xy([centre], epsg)[0]))
    near = np.argsort(far, kind="stable")[: limits[1]]
    return list(frame.iloc[near[far[near] <= limits[0]]].itertuples())
