"""Plane geometry on arrays of points; metres throughout."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def spline(
    control: list[tuple[float, float]], *, step: float = 18.0, closed: bool = False
) -> Points:
    """Return a Catmull-Rom curve through the control points, float64[n, 2]."""
    p = np.array(control, float)
    if closed:
        p = np.vstack([p[-1], p, p[:2]])
    else:
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    out = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        n = max(2, int(np.hypot(*(c - b)) // step))
        t = (np.arange(n) / n)[:, None]
        out.append(
            0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2
                   + (3 * b - a - 3 * c + d) * t**3)
        )  # fmt: skip
    out.append(p[-2][None])
    return np.vstack(out)


def along(line: Points) -> NDArray[np.float64]:
    """Return the distance of each vertex from the start, float64[n]."""
    out = np.zeros(len(line))
    np.hypot(line[1:, 0] - line[:-1, 0], line[1:, 1] - line[:-1, 1]).cumsum(out=out[1:])
    return out


def length(line: Points) -> float:
    """Return the length of a line."""
    return float(along(line)[-1])


def at(line: Points, distance: float) -> Points:
    """Return the point at a distance from the start, float64[2]."""
    s = along(line)
    return np.array([np.interp(distance, s, line[:, 0]), np.interp(distance, s, line[:, 1])])


def places(line: Points, distances: NDArray[np.float64]) -> Points:
    """Return the points at several distances from the start, float64[n, 2]."""
    s = along(line)
    return np.column_stack(
        [np.interp(distances, s, line[:, 0]), np.interp(distances, s, line[:, 1])]
    )


def piece(line: Points, start: float, end: float) -> Points:
    """Return the part of a line between two distances."""
    s = along(line)
    middle = line[(s > start + 1e-6) & (s < end - 1e-6)]
    return np.vstack([at(line, start), middle, at(line, end)])


def resample(line: Points, step: float) -> Points:
    """Return points at equal steps along a line, both ends included."""
    s = along(line)
    t = np.linspace(0, s[-1], max(2, round(s[-1] / step) + 1))
    return np.column_stack([np.interp(t, s, line[:, 0]), np.interp(t, s, line[:, 1])])


def simplify(line: Points, tolerance: float) -> Points:
    """Return the line with vertices nearer than the tolerance to their chord removed."""
    keep = np.zeros(len(line), bool)
    keep[[0, -1]] = True
    stack = [(0, len(line) - 1)]
    while stack:
        i, j = stack.pop()
        if j <= i + 1:
            continue
        chord = line[j] - line[i]
        off = line[i + 1 : j] - line[i]
        size = np.hypot(*chord)
        gap = (
            np.abs(chord[0] * off[:, 1] - chord[1] * off[:, 0]) / size
            if size > 1e-9
            else np.hypot(*off.T)
        )
        k = int(np.argmax(gap))
        if gap[k] > tolerance:
            keep[i + 1 + k] = True
            stack += [(i, i + 1 + k), (i + 1 + k, j)]
    return line[keep]


def normals(line: Points) -> Points:
    """Return the left-hand unit normal at each vertex, float64[n, 2]."""
    t = np.gradient(line, axis=0)
    t /= np.maximum(np.hypot(*t.T), 1e-9)[:, None]
    return np.column_stack([-t[:, 1], t[:, 0]])


def offset(line: Points, distance: float | NDArray[np.float64]) -> Points:
    """Return the line moved to the left; a scalar or one distance a vertex."""
    return line + normals(line) * np.broadcast_to(distance, len(line))[:, None]


def inside(points: Points, polygon: Points) -> NDArray[np.bool_]:
    """Return which points lie in a polygon, by the even-odd rule."""
    x, y = points[..., 0], points[..., 1]
    found = np.zeros(x.shape, bool)
    if x.size < 4000:
        a, b = polygon, np.roll(polygon, -1, axis=0)
        flat = points.reshape(-1, 1, 2)
        cut = (a[:, 1] > flat[..., 1]) != (b[:, 1] > flat[..., 1])
        rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
        left = flat[..., 0] < (b[:, 0] - a[:, 0]) * (flat[..., 1] - a[:, 1]) / rise + a[:, 0]
        odd: NDArray[np.bool_] = ((cut & left).sum(-1) % 2 == 1).reshape(x.shape)
        return odd
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 != y1:
            found ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return found


def rectangle(centre: Points, direction: Points, along_m: float, across_m: float) -> Points:
    """Return the four corners, counter-clockwise, of a rectangle lying along a direction."""
    u = direction / np.hypot(*direction) * along_m / 2
    v = np.array([-u[1], u[0]]) / along_m * across_m
    return np.array([centre - u - v, centre + u - v, centre + u + v, centre - u + v])


def blob(
    centre: tuple[float, float], radius: float, waves: list[float], *, flat: float = 1.0
) -> Points:
    """Return a smooth closed outline round a centre; waves are its unevenness per harmonic."""
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    r = radius * (1 + sum(w * np.sin((k + 2) * t + 7 * w + k) for k, w in enumerate(waves)))
    return np.column_stack([centre[0] + r * np.cos(t), centre[1] + flat * r * np.sin(t)])


@lru_cache(maxsize=64)
def _disc(radius: float, cell: float) -> Points:
    r = int(np.ceil(radius / cell))
    dy, dx = np.mgrid[-r : r + 1, -r : r + 1]
    near = dx**2 + dy**2 <= (radius / cell) ** 2
    return np.column_stack([dx[near], dy[near]]) * cell


class Raster:
    """Cells of the map that something has taken."""

    def __init__(self, bounds: tuple[float, float, float, float], cell: float) -> None:
        self.west, self.south, east, north = bounds
        self.cell = cell
        self.taken = np.zeros(
            (int((north - self.south) / cell) + 1, int((east - self.west) / cell) + 1), bool
        )

    def _cells(
        self, points: Points
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        col = np.floor((points[..., 0] - self.west) / self.cell).astype(np.int64)
        row = np.floor((points[..., 1] - self.south) / self.cell).astype(np.int64)
        rows, cols = self.taken.shape
        ok = (row >= 0) & (col >= 0) & (row < rows) & (col < cols)
        return row, col, ok

    def paint(self, points: Points, radius: float) -> None:
        """Take every cell within a radius of the points."""
        row, col, ok = self._cells(points[:, None, :] + _disc(radius, self.cell)[None])
        self.taken[row[ok], col[ok]] = True

    def paint_line(self, line: Points, radius: float) -> None:
        """Take every cell within a radius of a line."""
        self.paint(resample(line, max(self.cell, radius / 3)), radius)

    def paint_area(self, polygon: Points, taken: bool = True) -> None:
        """Take (or free) every cell whose centre lies in a polygon."""
        start, end = polygon, np.roll(polygon, -1, axis=0)
        rows = self.taken.shape[0]
        first = max(0, int((polygon[:, 1].min() - self.south) / self.cell))
        last = min(rows, int((polygon[:, 1].max() - self.south) / self.cell) + 1)
        for row in range(first, last):
            y = self.south + (row + 0.5) * self.cell
            cut = (start[:, 1] > y) != (end[:, 1] > y)
            a, b = start[cut], end[cut]
            x = np.sort(a[:, 0] + (b[:, 0] - a[:, 0]) * (y - a[:, 1]) / (b[:, 1] - a[:, 1]))
            col = np.ceil((x - self.west) / self.cell - 0.5).astype(int).clip(0)
            for c0, c1 in zip(col[::2], col[1::2], strict=True):
                self.taken[row, c0:c1] = taken

    def hit(self, points: Points) -> bool:
        """Tell whether any point is taken or off the map."""
        row, col, ok = self._cells(points)
        return bool((~ok).any() or self.taken[row, col].any())

    def look(self, points: Points) -> NDArray[np.bool_]:
        """Return which points on the map are taken."""
        row, col, ok = self._cells(points)
        out = np.zeros(ok.shape, bool)
        out[ok] = self.taken[row[ok], col[ok]]
        return out

    def at(self, x: float, y: float) -> bool:
        """Tell whether one point is taken or off the map."""
        col, row = int((x - self.west) // self.cell), int((y - self.south) // self.cell)
        rows, cols = self.taken.shape
        return not (0 <= row < rows and 0 <= col < cols) or bool(self.taken[row, col])
