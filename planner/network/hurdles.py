"""What keeps a place from the street beside it: water, tracks, walls, another level."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.network.graph import CLASSES, Network
from planner.network.lines import arc_lines
from planner.network.ways import bridge_ways, tunnel_ways

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.osm import Extract


class Hurdle(IntFlag):
    """Kinds of hurdles between a place and its road."""

    WATER = 1
    STREAM = 2
    RAIL = 4
    BUILDING = 8
    HIGHWAY = 16


HANDICAP_M: Mapping[Hurdle, float] = MappingProxyType(
    {
        Hurdle.WATER: np.inf, Hurdle.STREAM: 40.0, Hurdle.RAIL: 100.0, Hurdle.BUILDING: 40.0,
        Hurdle.HIGHWAY: 100.0,
    }
)  # fmt: skip
"""How much nearer a road beyond a hurdle must be to be taken; assumptions, never for water."""

GRAZE_M = 2.0
"""A line that cuts off less of an area than this only grazes it (assumption)."""

END_M = 1.0
"""A line that ends this near to a highway ends on it and does not cross it."""

_HIGHWAYS = ("motorway", "trunk")
_NONE = Hurdle(0)
_TABLES: Mapping[str, Mapping[str, Hurdle]] = MappingProxyType({
    "water": {"": Hurdle.WATER},
    "waterways": {"river": Hurdle.WATER, "canal": Hurdle.WATER, "stream": Hurdle.STREAM},
    "rails": {"rail": Hurdle.RAIL, "narrow_gauge": Hurdle.RAIL},
    "buildings": {"": Hurdle.BUILDING, "roof": _NONE, "carport": _NONE, "bridge": _NONE},
})  # fmt: skip
"""Which rows of which table are hurdles, by kind; "" is any. Trams and light rail share streets."""

TABLES: tuple[str, ...] = tuple(_TABLES)


class Hurdles:
    """Hurdles of an area, indexed.

    Parameters
    ----------
    shapes
        Lines and polygons, metric.
    kind
        uint8[k]; a ``Hurdle`` each.
    """

    def __init__(self, shapes: NDArray[Any], kind: NDArray[np.uint8]) -> None:
        self._kind, self._shapes = kind, shapes
        self._tree = shapely.STRtree(shapes)

    @classmethod
    def of(cls, tables: Mapping[str, GeoDataFrame]) -> Hurdles:
        """Take the hurdles of the plain tables of a workspace, in a metric CRS.

        What lies in a tunnel is none, nor is a roof.
        """
        shapes: list[NDArray[Any]] = [np.empty(0, object)]
        kinds: list[NDArray[np.uint8]] = [np.empty(0, np.uint8)]
        for table, meaning in _TABLES.items():
            if table not in tables or tables[table].empty:
                continue
            frame = tables[table]
            named = frame["kind"].tolist() if "kind" in frame else [""] * len(frame)
            code = np.array([meaning.get(kind, meaning.get("", 0)) for kind in named], np.uint8)
            if "tunnel" in frame:
                code[frame["tunnel"].to_numpy(bool)] = 0
            shapes.append(np.asarray(frame.geometry.array, object)[code > 0])
            kinds.append(code[code > 0])
        return cls(np.concatenate(shapes), np.concatenate(kinds))

    def and_highways(self, network: Network, hidden: NDArray[np.int64]) -> Hurdles:
        """Add the motorways and trunk roads of a network, less the ways of these OSM ids."""
        classes = [CLASSES.index(name) for name in _HIGHWAYS]
        arcs = np.flatnonzero(np.isin(network.road_class, classes))
        once = (network.twin[arcs] < 0) | (network.twin[arcs] > arcs)
        arcs = arcs[once & ~np.isin(network.way_id[arcs], hidden)]
        return Hurdles(
            np.concatenate([self._shapes, arc_lines(network, arcs)]),
            np.concatenate([self._kind, np.full(len(arcs), Hurdle.HIGHWAY, np.uint8)]),
        )

    def between(self, lines: NDArray[Any]) -> NDArray[np.uint8]:
        """Return uint8[k]: the hurdles that straight lines from places to roads cross.

        An area in which a line begins is the place's own: a building one stands in, a quay
        drawn into the water.
        """
        found = np.zeros(len(lines), np.uint8)
        line, row = self._tree.query(lines, "intersects")
        if not len(line):
            return found
        shape = self._shapes[row]
        area = shapely.get_dimensions(shape) > 1
        real = ~area
        inside = shapely.length(shapely.intersection(lines[line[area]], shape[area]))
        start = shapely.get_point(lines[line[area]], 0)
        at_home = shapely.intersects(shape[area], start) & (
            shapely.distance(shapely.boundary(shape[area]), start) > GRAZE_M
        )
        real[area] = (inside > GRAZE_M) & ~at_home
        end = shapely.get_point(lines[line], -1)
        real &= (self._kind[row] != Hurdle.HIGHWAY) | (shapely.distance(shape, end) > END_M)
        np.bitwise_or.at(found, line[real], self._kind[row[real]])
        return found


def handicap_m(crossed: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return float64[k]: the metres that hurdles add."""
    total = np.zeros(len(crossed))
    for hurdle, metres in HANDICAP_M.items():
        total[(crossed & hurdle) > 0] += metres
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What, beside its distance, speaks against a road as the way to a place.

    Attributes
    ----------
    hurdles
        What may lie between.
    covered, raised
        int64; OSM ids of ways in tunnels or under roofs, and of ways on bridges.
    """

    hurdles: Hurdles
    covered: NDArray[np.int64]
    raised: NDArray[np.int64]

    @classmethod
    def of(
        cls, network: Network, extract: Extract | None, tables: Mapping[str, GeoDataFrame]
    ) -> Surroundings:
        """Take tunnels and bridges of raw roads, hurdles of the metric tables ``TABLES``."""
        none = np.empty(0, np.int64)
        covered, raised = (
            (none, none) if extract is None else (tunnel_ways(extract), bridge_ways(extract))
        )
        hidden = np.concatenate([covered, raised])
        return cls(Hurdles.of(tables).and_highways(network, hidden), covered, raised)
