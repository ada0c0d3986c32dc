"""Lines as Valhalla holds them: raw coordinates of the file to a millionth of a degree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.layers.crs import to_xy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.osm import Extract

Line = list[tuple[int, int]]
"""Longitude, latitude in millionths of a degree."""


def millionths(lonlat: NDArray[np.float64]) -> Line:
    """Return coordinates rounded half up, as Valhalla does with those of the file."""
    tenths = np.rint(np.asarray(lonlat).reshape(-1, 2) * 1e7)
    return [(int(x), int(y)) for x, y in np.floor(tenths / 10 + 0.5)]


class Drawer:
    """Draw ways of ours as Valhalla would: from the nodes of the file, not from metres."""

    def __init__(self, extract: Extract, network: Network) -> None:
        self._extract, self._network = extract, network
        ids, first = np.unique(extract.way_id, return_index=True)
        self._row = dict(zip(ids.tolist(), first.tolist(), strict=True))

    def line(self, arcs: NDArray[np.int64], ends: NDArray[np.float64]) -> Line:
        """Return the line of a way along arcs between two places on them, lonlat [2, 2]."""
        parts = [self._lonlat(arc) for arc in arcs.tolist()]
        at = [self._place(parts[i], ends[i]) for i in (0, -1)]
        parts[0] = _after(parts[0], at[0]) if len(parts) > 1 else parts[0]
        if len(parts) > 1:
            parts[-1] = _before(parts[-1], at[1])
        else:
            low, high = sorted(at)
            parts[0] = _before(parts[0], high)[len(_before(parts[0], low)) :]
        line = millionths(np.concatenate([ends[:1], *parts, ends[1:]]))
        return [p for p, before in zip(line, [None, *line[:-1]], strict=True) if p != before]

    def _lonlat(self, arc: int) -> NDArray[np.float64]:
        net = self._network
        base = self._extract.ref_start[self._row[int(net.way_id[arc])]]
        since, until = int(net.way_from[arc]), int(net.way_to[arc])
        step = 1 if since <= until else -1
        return self._extract.lonlat[base + np.arange(since, until + step, step)]

    def _place(self, lonlat: NDArray[np.float64], end: NDArray[np.float64]) -> float:
        line = shapely.linestrings(to_xy(lonlat, self._network.epsg))
        place = shapely.points(to_xy(end.reshape(1, 2), self._network.epsg)[0])
        far: float = shapely.line_locate_point(line, place, normalized=True)
        return far


def _shares(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    step = np.diff(lonlat, axis=0) * [np.cos(np.radians(lonlat[0, 1])), 1]
    far = np.concatenate([[0.0], np.cumsum(np.hypot(*step.T))])
    return far / max(far[-1], 1e-12)


def _after(lonlat: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return lonlat[_shares(lonlat) > share + 1e-6]


def _before(lonlat: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    return lonlat[_shares(lonlat) < share - 1e-6]


def encode(line: Line) -> str:
    """Return the encoded polyline of six digits."""
    out, last = [], (0, 0)
    for lon, lat in line:
        for step in (lat - last[1], lon - last[0]):
            left = ~(step << 1) if step < 0 else step << 1
            while left >= 32:
                out.append(chr((32 | left & 31) + 63))
                left >>= 5
            out.append(chr(left + 63))
        last = (lon, lat)
    return "".join(out)


def shared_part(theirs: Line, ours: NDArray[np.float64], epsg: int, near_m: float) -> float:
    """Return the share of Valhalla's line within ``near_m`` of ours, metric [k, 2]."""
    line = shapely.linestrings(to_xy(np.array(theirs) / 1e6, epsg))
    whole = shapely.length(line)
    if whole == 0:
        return 1.0
    near = shapely.buffer(shapely.linestrings(ours), near_m)
    return float(shapely.length(shapely.intersection(line, near)) / whole)
