"""The part of an extract in a box."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.errors import NetworkError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.osm import Extract

Bounds = tuple[float, float, float, float]


def clipped(extract: Extract, bbox: Bounds | None, *, file: str) -> Extract:
    """Return the ways that touch a box, their nodes outside marked missing; None keeps all.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees.
    file
        Name of the file, for the message.

    Raises
    ------
    NetworkError
        No way is left.
    """
    if bbox is not None:
        inside = _inside(extract.lonlat, bbox)
        sizes = np.diff(extract.ref_start)
        owner = np.repeat(np.arange(extract.n_ways), sizes)
        touched = np.bincount(owner[inside], minlength=extract.n_ways) > 0
        lonlat = extract.lonlat.copy()
        lonlat[~inside] = np.nan
        keep = np.repeat(touched, sizes)
        extract = replace(
            extract,
            way_id=extract.way_id[touched],
            ref_start=np.concatenate([[0], np.cumsum(sizes[touched])]),
            refs=extract.refs[keep],
            lonlat=lonlat[keep],
            tag_code=extract.tag_code[:, touched],
            bbox=bbox,
            counts={**extract.counts, "ways outside the box": int((~touched).sum())},
        )
    if extract.n_ways == 0:
        raise NetworkError(f"{file} holds no road{' in the box asked for' if bbox else ''}.")
    return extract


def _inside(lonlat: NDArray[np.float64], bbox: Bounds) -> NDArray[np.bool_]:
    west, south, east, north = bbox
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    inside: NDArray[np.bool_] = np.logical_and.reduce(
        [lon >= west, lon <= east, lat >= south, lat <= north]
    )
    return inside
