"""Side streets traced through the direction field, evenly apart."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from aldermere.drawing import FRAME
from aldermere.shapes import Points, Raster, length, resample

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from aldermere.field import Field

STEP = 8.0
LONGEST = 1500.0


class Tracer:
    """Grows streets of two crossing families until no room is left."""

    def __init__(self, field: Field, closed: Raster, rng: np.random.Generator) -> None:
        self.field, self.closed, self.rng = field, closed, rng
        # A street's family is told by which arm of the cross field it follows at each point;
        # near[0] holds streets along the angle, near[1] those at right angles.
        self.near = (Raster(FRAME, 6.0), Raster(FRAME, 6.0))
        self.seeds: deque[tuple[float, float, float, float]] = deque()
        self.lines: list[Points] = []

    def add(self, line: Points, *, seeds: bool = True) -> None:
        """Take room for a street and put seeds of its neighbours beside it."""
        pts = resample(line, STEP)
        tangent = np.gradient(pts, axis=0)
        tangent /= np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
        for i, (p, t) in enumerate(zip(pts, tangent, strict=True)):
            apart = self.field.apart(p[0], p[1])
            if apart:
                self.near[self._family(p, t)].paint(p[None], 0.72 * apart)
            if seeds and apart and i % 3 == 0:
                for side in (1, -1):
                    self.seeds.append(
                        (p[0] - side * t[1] * apart, p[1] + side * t[0] * apart, t[0], t[1])
                    )
            if seeds and apart and i % 9 == 4:
                self.seeds.append((p[0] - t[1] * 20, p[1] + t[0] * 20, -t[1], t[0]))
                self.seeds.append((p[0] + t[1] * 20, p[1] - t[0] * 20, t[1], -t[0]))

    def _family(self, p: Points, t: Points) -> int:
        a = float(self.field.angle[self.field.cell(p[0], p[1])])
        return 0 if abs(np.cos(a) * t[0] + np.sin(a) * t[1]) > 0.7071 else 1

    def _grow(
        self, x: float, y: float, dx: float, dy: float, budget: float
    ) -> list[tuple[float, float]]:
        out, turned = [], 0.0
        while budget > 0:
            hx, hy = self.field.toward(x, y, dx, dy)
            mx, my = self.field.toward(x + hx * STEP / 2, y + hy * STEP / 2, hx, hy)
            nx, ny = 0.75 * dx + 0.25 * mx, 0.75 * dy + 0.25 * my
            size = (nx * nx + ny * ny) ** 0.5
            nx, ny = nx / size, ny / size
            turned += dx * ny - dy * nx
            dx, dy = nx, ny
            x, y = x + dx * STEP, y + dy * STEP
            if not self._free(x, y, dx, dy) or abs(turned) > 2.6:
                break
            out.append((x, y))
            budget -= STEP
        return out

    def _free(self, x: float, y: float, dx: float, dy: float) -> bool:
        if self.closed.at(x, y) or not self.field.apart(x, y):
            return False
        a = float(self.field.angle[self.field.cell(x, y)])
        family = 0 if abs(np.cos(a) * dx + np.sin(a) * dy) > 0.7071 else 1
        return not self.near[family].at(x, y)

    def run(self) -> list[Points]:
        """Use up all seeds; return the streets found."""
        while self.seeds:
            x, y, dx, dy = self.seeds.popleft()
            dx, dy = self.field.toward(x, y, dx, dy)
            if not self._free(x, y, dx, dy):
                continue
            budget = LONGEST * (0.25 + 0.75 * self.rng.random())
            ahead = self._grow(x, y, dx, dy, budget)
            back = self._grow(x, y, -dx, -dy, budget)
            line = np.array([*back[::-1], (x, y), *ahead])
            if len(line) > 3 and length(line) > 0.75 * self.field.apart(x, y):
                self.lines.append(line)
                self.add(line)
        return self.lines


def joined(lines: list[Points], others: list[Points], closed: Raster, field: Field) -> list[Points]:
    """Return the streets with loose ends led on to the next street ahead."""
    tails = [resample(line, 6.0) for line in [*lines, *others]]
    owner = np.concatenate([np.full(len(t), i) for i, t in enumerate(tails)])
    index = _Buckets(np.vstack(tails), owner)
    out = []
    for i, line in enumerate(lines):
        head = _led(line, i, index, closed, field)
        out.append(_led(head[::-1], i, index, closed, field)[::-1])
    return out


class _Buckets:
    def __init__(self, points: Points, owner: NDArray[np.int64]) -> None:
        self.cells: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
        for (x, y), o in zip(points.tolist(), owner.tolist(), strict=True):
            self.cells.setdefault((int(x // 12), int(y // 12)), []).append((x, y, o))

    def meets(self, x: float, y: float, own: int, reach: float) -> bool:
        """Tell whether another line passes within reach (<= 12 m) of a point."""
        cx, cy = int(x // 12), int(y // 12)
        return any(
            o != own and (px - x) ** 2 + (py - y) ** 2 <= reach * reach
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for px, py, o in self.cells.get((cx + i, cy + j), ())
        )


def _led(line: Points, own: int, index: _Buckets, closed: Raster, field: Field) -> Points:
    """Lead the last end on, up to 1.3 spacings, past the first street it meets."""
    end = line[-1]
    way = line[-1] - line[max(len(line) - 4, 0)]
    way = way / max(np.hypot(*way), 1e-9)
    reach = 1.3 * (field.apart(end[0], end[1]) or 80.0)
    added = []
    for step in np.arange(4.0, reach, 4.0):
        x, y = (end + way * step).tolist()
        if closed.at(x, y):
            return line
        added.append((x, y))
        if index.meets(x, y, own, 4.5):
            # A little beyond, so that the two lines truly cross; the stub is pruned later.
            added.append((x + way[0] * 8, y + way[1] * 8))
            return np.vstack([line, added])
    return line
