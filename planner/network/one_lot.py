"""Which outlines on the map are one lot on the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from planner.network.room import TOUCH_M

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.driven import Driven

ACROSS_M = 9.0
"""Rows this far apart are one lot where a service lane alone runs between them (assumption)."""
ALIKE = ("access", "vehicles", "maxheight_m", "hours", "maxstay_min")
"""Columns in which the parts of one lot do not differ."""


def one_lot(shapes: NDArray[Any], frame: GeoDataFrame, driven: Driven) -> NDArray[np.int32]:
    """Return int32[k]; the lot of each outline, numbered from 0.

    Outlines are one lot where they touch, or where a service lane and no street runs between
    them, unless each has a name of its own. Parts under other rules are other lots.

    Parameters
    ----------
    shapes
        Polygons, metric.
    frame
        Their ``name`` and the columns of ``ALIKE``.
    driven
        Streets and lanes, same CRS.
    """
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, "dwithin", ACROSS_M)
    a, b = a[a < b], b[a < b]
    rules = np.array(["|".join(map(str, row)) for row in _cells(frame)], object)
    same = rules[a] == rules[b]
    a, b = a[same], b[same]
    touch = shapely.dwithin(shapes[a], shapes[b], TOUCH_M)
    names = frame["name"].fillna("").to_numpy(object)
    kin = (names[a] == names[b]) | (names[a] == "") | (names[b] == "")
    between = shapely.shortest_line(shapes[a], shapes[b])
    across = kin & ~touch
    across[across] = _crosses(between[across], driven.lanes) & ~_crosses(
        between[across], driven.roads
    )
    return _labels(a[touch | across], b[touch | across], len(shapes))


def drawn_twice(shapes: NDArray[Any]) -> NDArray[np.int32]:
    """Return int32[k]; outlines of which one lies mostly on the other get the same number."""
    a, b = shapely.STRtree(shapes).query(shapes, "intersects")
    a, b = a[a < b], b[a < b]
    least = np.minimum(shapely.area(shapes[a]), shapely.area(shapes[b]))
    most = shapely.area(shapely.intersection(shapes[a], shapes[b])) * 2 >= least
    return _labels(a[most], b[most], len(shapes))


def _cells(frame: GeoDataFrame) -> Iterator[tuple[object, ...]]:
    return zip(*(frame[name] for name in ALIKE), strict=True)


def _crosses(lines: NDArray[Any], things: NDArray[Any]) -> NDArray[np.bool_]:
    found = np.zeros(len(lines), bool)
    found[shapely.STRtree(things).query(lines, "intersects")[0]] = True
    return found


def _labels(a: NDArray[np.int64], b: NDArray[np.int64], k: int) -> NDArray[np.int32]:
    links = coo_matrix((np.ones(len(a), bool), (a, b)), (k, k))
    found: NDArray[np.int32] = connected_components(links, directed=False)[1]
    return found
