"""The ground around a place: streets with their width, buildings, water."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry import Polygon

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.risk.parameters import RiskParameters

Bounds = tuple[float, float, float, float]


class Obstacles:
    """Buildings and water of an area, metric, where no crowd can stand.

    Parameters
    ----------
    buildings, water
        Geometries in the metric CRS of the network; only those with an area count.
    """

    __slots__ = ("buildings", "tree", "water")

    def __init__(
        self, buildings: Iterable[BaseGeometry] = (), water: Iterable[BaseGeometry] = ()
    ) -> None:
        self.buildings = _areas(buildings)
        self.water = _areas(water)
        self.tree = STRtree(np.concatenate([self.buildings, self.water]))

    def within(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the union of what stands within the bounds of ``shape``."""
        hits = self.tree.geometries.take(self.tree.query(shapely.box(*shape.bounds)))
        broken = ~shapely.is_valid(hits)
        if broken.any():
            hits[broken] = shapely.make_valid(hits[broken])
        return shapely.union_all(hits)


def _areas(shapes: Iterable[BaseGeometry]) -> NDArray[np.object_]:
    found = np.array(list(shapes), object)
    if not len(found):
        return np.zeros(0, object)
    return np.asarray(found[shapely.area(found) > 0], object)


@dataclass(frozen=True, slots=True, eq=False)
class Streets:
    """Bounds and width of every arc of a network, for quick local questions.

    Attributes
    ----------
    bounds
        float64[m, 4]; west, south, east, north of each arc, metres.
    half_width_m
        float64[m]; half the street width of each arc's class.
    """

    network: Network
    bounds: NDArray[np.float64]
    half_width_m: NDArray[np.float64]

    @classmethod
    def of(cls, network: Network, parameters: RiskParameters) -> Streets:
        """Measure the arcs of a network."""
        widths = np.asarray(parameters.street_width_m, np.float64)
        if network.n_arcs == 0:
            return cls(network, np.zeros((0, 4)), np.zeros(0))
        return cls(network, np.column_stack(network.boxes), widths[network.road_class] / 2)

    def near(self, bounds: Sequence[float]) -> NDArray[np.int32]:
        """Return the arcs whose bounds meet ``bounds``."""
        west, south, east, north = bounds
        b = self.bounds
        meets = (b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south)
        return np.flatnonzero(meets).astype(np.int32)

    def lines(self, arcs: NDArray[np.int32]) -> NDArray[np.object_]:
        """Return the arcs as LineStrings."""
        starts = self.network.shape_start
        counts = (starts[arcs + 1] - starts[arcs]).astype(np.int64)
        offset = np.repeat(starts[arcs] - (np.cumsum(counts) - counts), counts)
        points = self.network.shape_xy[offset + np.arange(counts.sum())]
        return np.asarray(
            shapely.linestrings(points, indices=np.repeat(np.arange(len(arcs)), counts)), object
        )

    def one_way_each(self, arcs: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the arcs less those whose twin is kept: each street once."""
        twin = self.network.twin[arcs]
        return arcs[(twin < 0) | (arcs < twin) | ~np.isin(twin, arcs)]

    def paved(self, shape: BaseGeometry) -> BaseGeometry:
        """Return the street ground that may reach into ``shape``, as one geometry."""
        margin = float(self.half_width_m.max(initial=0))
        west, south, east, north = shape.bounds
        arcs = self.near((west - margin, south - margin, east + margin, north + margin))
        arcs = self.one_way_each(arcs)
        arcs = arcs[self.half_width_m[arcs] > 0]
        if not len(arcs):
            return Polygon()
        lines = self.lines(arcs)
        return shapely.union_all(shapely.buffer(lines, self.half_width_m[arcs], quad_segs=4))
