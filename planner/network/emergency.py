"""Ways kept free for emergency vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.osm import Extract

KIND = "emergency way"
MARKS = (("service", "emergency_access"), ("access", "emergency"), ("emergency", "designated"))
"""Tags of a way that is for emergency vehicles: fire lanes, accesses, gaps in a median."""
SHUT = frozenset({"no", "private"})


def emergency_ways(extract: Extract) -> GeoDataFrame:
    """Return the ways of an extract that are for emergency vehicles, EPSG:4326.

    A way that ``emergency=yes`` opens to them where nobody else may drive is one, too.

    Returns
    -------
    GeoDataFrame
        ``osm_id, name, kind`` and lines; of a way partly outside the file what is in it.
    """
    import geopandas as gpd

    rows = np.flatnonzero(_is_kept(extract))
    lines = [_line(extract, row) for row in rows.tolist()]
    drawn = [
        (row, line) for row, line in zip(rows.tolist(), lines, strict=True) if line is not None
    ]
    names = extract.codes("name")
    return gpd.GeoDataFrame(
        {
            "osm_id": [f"way/{extract.way_id[row]}" for row, _ in drawn],
            "name": [extract.values[names[row]] for row, _ in drawn],
            "kind": KIND,
        },
        geometry=[line for _, line in drawn],
        crs=4326,
    )


def _is_kept(extract: Extract) -> NDArray[np.bool_]:
    def says(key: str, *words: str) -> NDArray[np.bool_]:
        codes = [code for code, value in enumerate(extract.values) if value in words and code]
        found: NDArray[np.bool_] = np.isin(extract.codes(key), codes)
        return found

    kept = np.any([says(key, value) for key, value in MARKS], axis=0)
    shut = says("access", *SHUT) | says("vehicle", *SHUT) | says("motor_vehicle", *SHUT)
    both: NDArray[np.bool_] = kept | (says("emergency", "yes") & shut)
    return both


def _line(extract: Extract, row: int) -> Any:
    points = extract.lonlat[extract.ref_start[row] : extract.ref_start[row + 1]]
    placed = points[~np.isnan(points).any(axis=1)]
    return shapely.linestrings(placed) if len(placed) > 1 else None
