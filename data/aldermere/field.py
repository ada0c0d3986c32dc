"""The direction streets want to take at each place, and how far apart they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from aldermere.drawing import DOWNTOWN, FRAME, GRID, OLD_TOWN, RAMPARTS, RING
from aldermere.shapes import Points, inside, resample, spline

if TYPE_CHECKING:
    from numpy.typing import NDArray

CELL = 20.0


class Field:
    """A cross field on a grid: streets run along `angle` or at right angles to it."""

    def __init__(self, lines: list[tuple[Points, float]], phase: NDArray[np.float64]) -> None:
        x = np.arange(FRAME[0], FRAME[2] + CELL, CELL)
        y = np.arange(FRAME[1], FRAME[3] + CELL, CELL)
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        old = np.hypot(grid[..., 0] - OLD_TOWN[0], grid[..., 1] - OLD_TOWN[1])
        down = np.hypot(grid[..., 0] - DOWNTOWN[0], grid[..., 1] - DOWNTOWN[1])
        # Doubling twice (4 theta) makes a direction and its perpendicular one and the same.
        far = _noise(grid, phase, 900.0) * 0.9 + _noise(grid[..., ::-1], phase[::-1], 420.0) * 0.35
        total = 0.55 * np.exp(4j * far)
        turn = np.arctan2(grid[..., 1] - OLD_TOWN[1], grid[..., 0] - OLD_TOWN[0])
        turn = turn + 0.5 * _noise(grid, phase + 1.0, 160.0)
        total += 2.0 * np.exp(4j * turn) * np.exp(-((old / 330) ** 4))
        total += 6.0 * np.exp(4j * GRID) * np.exp(-((down / 520) ** 6))
        for line, weight in lines:
            total += weight * _follow(grid, line)
        total = _blur(total)
        self.angle = np.angle(total) / 4
        self.spacing = _spacing(grid)
        self.shape = self.angle.shape

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return the row and column of a place."""
        row = min(max(int((y - FRAME[1]) / CELL + 0.5), 0), self.shape[0] - 1)
        col = min(max(int((x - FRAME[0]) / CELL + 0.5), 0), self.shape[1] - 1)
        return row, col

    def apart(self, x: float, y: float) -> float:
        """Return the wanted distance between neighbouring streets, 0 where none belong."""
        return float(self.spacing[self.cell(x, y)])

    def toward(self, x: float, y: float, dx: float, dy: float) -> tuple[float, float]:
        """Return the field direction nearest to (dx, dy)."""
        a = float(self.angle[self.cell(x, y)])
        c, s = float(np.cos(a)), float(np.sin(a))
        return max(((c, s), (-s, c), (-c, -s), (s, -c)), key=lambda d: d[0] * dx + d[1] * dy)


def _noise(grid: Points, phase: NDArray[np.float64], size: float) -> NDArray[np.float64]:
    x, y = grid[..., 0] / size, grid[..., 1] / size
    return (
        np.sin(x + 0.6 * y + phase[0]) * np.cos(0.8 * y - 0.4 * x + phase[1])
        + 0.5 * np.sin(1.9 * x - 1.3 * y + phase[2])
    ) * 0.66  # fmt: skip


def _follow(grid: Points, line: Points) -> NDArray[np.complex128]:
    pts = resample(line, 30)
    tangent = np.gradient(pts, axis=0)
    turned = np.exp(4j * np.arctan2(tangent[:, 1], tangent[:, 0]))
    out = np.zeros(grid.shape[:2], complex)
    for p, z in zip(pts, turned, strict=True):
        c0 = int((p[0] - FRAME[0] - 330) / CELL)
        r0 = int((p[1] - FRAME[1] - 330) / CELL)
        rows = slice(max(r0, 0), max(r0 + 34, 0))
        cols = slice(max(c0, 0), max(c0 + 34, 0))
        d2 = (grid[rows, cols, 0] - p[0]) ** 2 + (grid[rows, cols, 1] - p[1]) ** 2
        out[rows, cols] += z * np.exp(-d2 / 130**2) * 0.12
    return out


def _blur(z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    for _ in range(4):
        p = np.pad(z, 1, mode="edge")
        z = (p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] + 2 * p[1:-1, 1:-1]) / 6
    return z


def _spacing(grid: Points) -> NDArray[np.float64]:
    ring = inside(grid, spline(RING, closed=True))
    wall = inside(grid, spline(RAMPARTS))
    down = np.hypot(grid[..., 0] - DOWNTOWN[0], grid[..., 1] - DOWNTOWN[1])
    out = np.hypot(grid[..., 0] / 2450, grid[..., 1] / 1900)
    apart = 100 + 55 * np.clip(out - 0.6, 0, 1) / 0.4
    apart = np.where(out > 0.97, 0.0, apart)
    apart = np.where(ring, 88.0, apart)
    apart = np.where(ring & (down < 480), 76.0, apart)
    return np.where(wall, 52.0, apart)
