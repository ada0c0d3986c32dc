"""Streets that vehicles should spare: those near schools or hospitals, those where people live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.layers.clock import is_weekday
from planner.network.graph import CLASSES, Network
from planner.network.lines import arc_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

KINDS = ("", "residential street", "pedestrian street", "hospital", "school")
"""What ``QuietStreets.kind`` counts; the word to show."""
_NONE, _RESIDENTIAL, _PEDESTRIAN, _HOSPITAL, _SCHOOL = range(len(KINDS))

STREET_COST: Mapping[str, tuple[int, float]] = {
    "residential": (_RESIDENTIAL, 1.3),
    "living_street": (_RESIDENTIAL, 1.5),
    "service": (_RESIDENTIAL, 1.5),
    "pedestrian": (_PEDESTRIAN, 2.0),
}
"""Assumption, tried on four cities (docs/roads.md): factor on driving seconds by class; all other
classes cost their seconds."""

MAIN = frozenset(
    {"motorway", "trunk", "primary", "secondary", "motorway_link", "trunk_link", "primary_link",
     "secondary_link", "ferry"}
)  # fmt: skip
"""Roads made for through traffic; ambulances come by them too."""


class Ground(NamedTuple):
    """What a kind of place asks of the streets round it.

    Attributes
    ----------
    kind
        Index into ``KINDS``.
    reach_m
        Metres from the grounds.
    hours
        First and last hour of a weekday in which it counts; None: always.
    factor, main_factor
        On driving seconds of minor and of main roads.
    """

    kind: int
    reach_m: float
    hours: tuple[int, int] | None
    factor: float
    main_factor: float


GROUNDS: Mapping[str, Ground] = {
    "school": Ground(_SCHOOL, 75.0, (7, 17), 2.0, 1.1),
    "kindergarten": Ground(_SCHOOL, 75.0, (7, 17), 2.0, 1.1),
    "clinic": Ground(_HOSPITAL, 75.0, (7, 17), 1.5, 1.0),
    "hospital": Ground(_HOSPITAL, 75.0, None, 2.0, 1.0),
}
"""Hours: school zones of Oregon ("School Days 7AM to 5PM", ODOT) and of Germany (Mo-Fr 7-17 h,
as signed in Oldenburg after the change of the StVO); reach and factors: assumption."""

POINT_M = 40.0
"""Grounds mapped as a point reach this far: half the usual side of a school's grounds, by the
median of 77 m in Heidelberg and 54 m in Helsinki."""
LEAST_M = 1.0
"""A shorter stretch within reach does not count."""


@dataclass(frozen=True, slots=True, eq=False)
class QuietStreets:
    """What sparing quiet streets costs on each arc, `m` of them.

    Attributes
    ----------
    factor
        float32[m], at least 1; on driving seconds as cost, never as time.
    kind
        uint8[m]; index into ``KINDS`` of what is spared most.
    share
        float32[m]; part of the arc's length to which ``kind`` applies.
    street
        uint8[m]; index into ``KINDS`` of the street itself: it holds for the rest of the arc.
    place
        int32[m]; index into ``names``, -1 where no place is near.
    names
        Names of the places, "" where the map has none.
    """

    factor: NDArray[np.float32]
    kind: NDArray[np.uint8]
    share: NDArray[np.float32]
    street: NDArray[np.uint8]
    place: NDArray[np.int32]
    names: tuple[str, ...]


def quiet_factor(
    network: Network, places: GeoDataFrame | None, when_local: datetime | None
) -> QuietStreets:
    """Return the factor on driving seconds by which vehicles spare quiet streets.

    A dearer way is taken only where it spares enough: with factor `f` on the streets spared,
    a minute more on the road spares at least `1 / (f - 1)` minutes on them.

    Parameters
    ----------
    places
        The static table ``quiet_places`` in the network's CRS; None where it is unknown.
    when_local
        Local time that decides on school hours; None: all grounds count.
    """
    street = _of_class(0).astype(np.uint8)[network.road_class]
    quiet = QuietStreets(
        factor=_of_class(1)[network.road_class],
        kind=street.copy(),
        share=np.ones(network.n_arcs, np.float32),
        street=street,
        place=np.full(network.n_arcs, -1, np.int32),
        names=() if places is None else tuple(places["name"]),
    )
    if places is None or places.empty:
        return quiet
    shapes, bounds = places.geometry.to_numpy(), _bounds(network)
    for name, ground in GROUNDS.items():
        rows = np.flatnonzero((places["kind"] == name).to_numpy())
        if len(rows) and _holds(ground, when_local):
            near = _near(network, bounds, shapes[rows], ground.reach_m)
            _raise(quiet, network, near, ground, rows)
    return quiet


def metres_by_kind(
    network: Network, quiet: QuietStreets, arcs: NDArray[np.int64]
) -> dict[str, float]:
    """Return metres of quiet streets among arcs by kind, the kinds that do not occur left out."""
    length, share = network.length_m[arcs], quiet.share[arcs]
    near = np.bincount(quiet.kind[arcs], length * share, len(KINDS))
    rest = np.bincount(quiet.street[arcs], length * (1 - share), len(KINDS))
    return {KINDS[k]: float(m) for k, m in enumerate(near + rest) if k and m > 0}


def places_passed(quiet: QuietStreets, arcs: NDArray[np.int64]) -> dict[str, tuple[str, ...]]:
    """Return the names of the places near arcs by kind, in driving order, each once."""
    passed: dict[str, dict[str, None]] = {}
    for arc in arcs[quiet.place[arcs] >= 0]:
        name = quiet.names[quiet.place[arc]]
        if name:
            passed.setdefault(KINDS[quiet.kind[arc]], {})[name] = None
    return {kind: tuple(names) for kind, names in passed.items()}


def kinds_in_force(when_local: datetime) -> tuple[str, ...]:
    """Return the kinds of grounds that count at a local time: equal kinds, equal factors."""
    return tuple(name for name, ground in GROUNDS.items() if _holds(ground, when_local))


def _holds(ground: Ground, when_local: datetime | None) -> bool:
    if ground.hours is None or when_local is None:
        return True
    first, last = ground.hours
    return is_weekday(when_local) and first <= when_local.hour < last


class _Near(NamedTuple):
    """Arcs near some shapes: the part of each within reach, and the shape nearest to it."""

    arcs: NDArray[np.int64]
    share: NDArray[np.float64]
    shape: NDArray[np.int64]


def _near(
    network: Network,
    bounds: NDArray[np.float64],
    shapes: NDArray[np.object_],
    reach_m: float,
) -> _Near:
    reach = reach_m + np.where(shapely.get_dimensions(shapes) == 0, POINT_M, 0.0)
    # Joined zones do not overlap: what lies in two of them is counted once.
    zones = shapely.get_parts(shapely.union_all(shapely.buffer(shapes, reach)))
    arcs = _touching(bounds, zones)
    lines = arc_lines(network, arcs)
    line, zone = shapely.STRtree(zones).query(lines, "intersects")
    inside = shapely.length(shapely.intersection(lines[line], zones[zone]))
    inside = np.bincount(line, inside, len(arcs))
    length = shapely.length(lines)
    enough = np.flatnonzero(inside >= LEAST_M)
    _, nearest = shapely.STRtree(shapes).query_nearest(lines[enough], all_matches=False)
    return _Near(arcs[enough], np.minimum(inside[enough] / length[enough], 1.0), nearest)


def _raise(
    quiet: QuietStreets, network: Network, near: _Near, ground: Ground, rows: NDArray[np.int64]
) -> None:
    """Write the cost of a kind of place where it is above what stands there."""
    road_class = network.road_class[near.arcs]
    plain = _of_class(1)[road_class]
    main = np.isin(road_class, [CLASSES.index(name) for name in MAIN])
    beside = np.where(main, ground.main_factor, np.maximum(ground.factor, plain))
    factor = (near.share * beside + (1 - near.share) * plain).astype(np.float32)
    higher = factor > quiet.factor[near.arcs]
    arcs = near.arcs[higher]
    quiet.factor[arcs], quiet.share[arcs] = factor[higher], near.share[higher]
    quiet.kind[arcs], quiet.place[arcs] = ground.kind, rows[near.shape[higher]]


def _of_class(column: int) -> NDArray[np.float32]:
    """Return kind (0) or factor (1) of ``STREET_COST`` by road class."""
    calm = (_NONE, 1.0)
    return np.array([STREET_COST.get(name, calm)[column] for name in CLASSES], np.float32)


def _bounds(network: Network) -> NDArray[np.float64]:
    """Return float64[4, m]: west, south, east and north of each arc."""
    start = network.shape_start[:-1]
    columns = [
        extreme.reduceat(network.shape_xy[:, axis], start)
        for extreme in (np.minimum, np.maximum)
        for axis in (0, 1)
    ]
    return np.array(columns)


def _touching(bounds: NDArray[np.float64], zones: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return arcs whose bounds touch those of a zone."""
    low_x, low_y, high_x, high_y = bounds
    found = np.zeros(bounds.shape[1], bool)
    for west, south, east, north in shapely.bounds(zones):
        found |= (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
    return np.flatnonzero(found)
