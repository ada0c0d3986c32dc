"""All that a file tells of a city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import InputError, NetworkError
from planner.layers.crs import metric_epsg
from planner.network.build import build_network
from planner.network.candidates import Candidates, find_candidates
from planner.network.extent import Bounds, dense_bounds, full_bounds, widened
from planner.network.sources import About, about, read_roads, read_surroundings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.osm import Extract
    from planner.network.places import Places

MARGIN_SHARE = 0.02
"""The workspace reaches beyond its gateways by this share a side, and ``BEYOND_M`` (assumption)."""
BEYOND_M = 500.0
"""Metres beyond the box of the gateways that still belong to the workspace (assumption)."""
MOST_LON, UTM_SOUTH, UTM_NORTH = 180, -80, 84


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """A city as its file tells it.

    Attributes
    ----------
    bbox
        The part that was asked for; None for the whole file.
    area
        West, south, east, north in degrees: gateways lie on its edge.
    bounds
        Likewise: what belongs to the workspace, a little wider.
    about
        What a file of this kind cannot tell, and whom to credit.
    """

    extract: Extract
    network: Network
    places: Places
    bbox: Bounds | None
    area: Bounds
    bounds: Bounds
    about: About


def read_city(
    source: Path | str,
    *,
    bbox: Bounds | None = None,
    epsg: int | None = None,
    near: Bounds | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> City:
    """Read the roads and the places of a file.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees: read only this part.
    epsg
        Metric CRS of the network; found from the place when not given.
    near
        Box in degrees that the roads must touch; None for anywhere.
    tell
        Told "roads", "network" and "places" before each is begun.

    Raises
    ------
    NetworkError
        The file cannot be read or holds no road.
    InputError
        The box makes no sense, or the roads lie elsewhere.
    """
    bbox = checked_box(bbox)
    # Roads are read a little beyond the box, so that they cross its edge as gateways.
    wide = None if bbox is None else widened(bbox, share=MARGIN_SHARE, metres=BEYOND_M)
    tell("roads")
    extract = read_roads(source, bbox=wide)
    known = _placed(extract)
    if near is not None:
        _refuse_elsewhere(known, near)
    tell("network")
    lon, lat = np.median(known, axis=0)
    network = build_network(extract, epsg=epsg or metric_epsg(float(lon), float(lat)))
    area = _study_area(network, bbox)
    tell("places")
    beyond = widened(area, share=MARGIN_SHARE, metres=BEYOND_M)
    places = read_surroundings(source, bbox=beyond)
    west, south, east, north = (round(value, 6) for value in beyond)
    return City(extract, network, places, bbox, area, (west, south, east, north), about(source))


def offers(city: City) -> Candidates:
    """Return what a city's file offers for the layers of a workspace."""
    within = city.bounds if city.bbox is None else city.area
    return find_candidates(city.places, city.network, city.area, within, city.extract)


def checked_box(bbox: Bounds | None) -> Bounds | None:
    """Return a box of degrees as numbers, None as it is.

    Raises
    ------
    InputError
        It is not west, south, east, north in degrees.
    """
    if bbox is None:
        return None
    west, south, east, north = (float(value) for value in bbox)
    if not (-MOST_LON <= west < east <= MOST_LON and UTM_SOUTH <= south < north <= UTM_NORTH):
        message = f"The box {bbox} is not west, south, east, north in degrees; check the order."
        raise InputError(message)
    return west, south, east, north


def _placed(extract: Extract) -> NDArray[np.float64]:
    """Return the places of the ways, lon/lat, that lie on the map."""
    known: NDArray[np.float64] = extract.lonlat[np.isfinite(extract.lonlat).all(axis=1)]
    known = known[(known != 0).any(axis=1) & (np.abs(known) <= (MOST_LON, UTM_NORTH)).all(axis=1)]
    if len(known) == 0:
        message = "No road lies in this file or box; see whether the area or the file is right."
        raise NetworkError(message)
    return known


def _refuse_elsewhere(known: NDArray[np.float64], near: Bounds) -> None:
    west, south, east, north = near
    if ((known >= (west, south)) & (known <= (east, north))).all(axis=1).any():
        return
    lon, lat = np.median(known, axis=0)
    message = (
        f"The file's roads lie round {lat:.3f}, {lon:.3f}, the workspace round "
        f"{(south + north) / 2:.3f}, {(west + east) / 2:.3f} (lat, lon): it is of another place. "
        "Make a workspace of its own: planner init."
    )
    raise InputError(message)


def _study_area(network: Network, bbox: Bounds | None) -> Bounds:
    if bbox is None:
        return dense_bounds(network)
    area = full_bounds(network)
    west, south = (max(a, b) for a, b in zip(area[:2], bbox[:2], strict=True))
    east, north = (min(a, b) for a, b in zip(area[2:], bbox[2:], strict=True))
    return (west, south, east, north) if west < east and south < north else bbox
