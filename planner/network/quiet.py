"""Streets that vehicles should spare: near schools and hospitals, where people live or walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from planner.network.frontage import arc_lines
from planner.network.graph import CLASSES, Network

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

KINDS = ("", "residential street", "pedestrian street", "hospital", "school")
"""What ``QuietStreets.kind`` counts; the word to show."""
_NONE, _RESIDENTIAL, _PEDESTRIAN, _HOSPITAL, _SCHOOL = range(len(KINDS))

STREET_COST: Mapping[str, tuple[int, float]] = {
    "residential": (_RESIDENTIAL, 1.2),
    "living_street": (_RESIDENTIAL, 1.3),
    "service": (_RESIDENTIAL, 1.3),
    "pedestrian": (_PEDESTRIAN, 2.0),
}
"""Assumption: factor on driving seconds by class; all other classes cost their seconds."""

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
    "school": Ground(_SCHOOL, 75.0, (7, 17), 1.5, 1.05),
    "kindergarten": Ground(_SCHOOL, 75.0, (7, 17), 1.5, 1.05),
    "clinic": Ground(_HOSPITAL, 75.0, (7, 17), 1.3, 1.0),
    "hospital": Ground(_HOSPITAL, 75.0, None, 1.5, 1.0),
}
"""Hours: school zones of Oregon ("School Days 7AM to 5PM", ODOT) and of Germany (Mo-Fr 7-17 h,
as signed in Oldenburg after the change of the StVO); reach and factors: assumption."""

POINT_M = 40.0
"""Grounds mapped as a point reach this far: half the usual side of a school's grounds, by the
median of 77 m in Heidelberg and 54 m in Helsinki."""
_SATURDAY = 5


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
    street = np.zeros(len(CLASSES), np.uint8)
    cost = np.ones(len(CLASSES), np.float32)
    for name, (kind, of_class) in STREET_COST.items():
        street[CLASSES.index(name)], cost[CLASSES.index(name)] = kind, of_class
    own = street[network.road_class]
    factor = cost[network.road_class]
    quiet = QuietStreets(
        factor=factor, kind=own.copy(), share=np.ones(network.n_arcs, np.float32), street=own,
        place=np.full(network.n_arcs, -1, np.int32),
        names=() if places is None else tuple(places["name"]),
    )  # fmt: skip
    if places is None:
        return quiet
    plain = factor.copy()
    for name, ground in GROUNDS.items():
        rows = np.flatnonzero((places["kind"] == name).to_numpy())
        if len(rows) and _counts(ground, when_local):
            _lay(network, places, rows, ground, plain, quiet)
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


def _counts(ground: Ground, when_local: datetime | None) -> bool:
    if ground.hours is None or when_local is None:
        return True
    first, last = ground.hours
    return when_local.weekday() < _SATURDAY and first <= when_local.hour < last


def _lay(
    network: Network,
    places: GeoDataFrame,
    rows: NDArray[np.int64],
    ground: Ground,
    plain: NDArray[np.float32],
    quiet: QuietStreets,
) -> None:
    """Raise the cost of the arcs near some places, where what is there is lower."""
    shapes = places.geometry.to_numpy()[rows]
    reach = ground.reach_m + np.where(shapely.get_dimensions(shapes) == 0, POINT_M, 0.0)
    zones = shapely.get_parts(shapely.union_all(shapely.buffer(shapes, reach)))
    arcs = _touching(network, zones)
    lines = arc_lines(network, arcs)
    line, zone = shapely.STRtree(zones).query(lines, "intersects")
    shapely.prepare(zones)
    inside = shapely.length(shapely.intersection(lines[line], zones[zone]))
    length = np.maximum(shapely.length(lines), 1e-6)
    share = np.minimum(np.bincount(line, inside, len(arcs)) / length, 1.0)
    main = np.isin(network.road_class[arcs], [CLASSES.index(name) for name in MAIN])
    raised = np.where(main, ground.main_factor, np.maximum(ground.factor, plain[arcs]))
    found = (share * raised + (1 - share) * plain[arcs]).astype(np.float32)
    higher = np.flatnonzero((found > quiet.factor[arcs]) & (share * length >= 1))
    arcs, line = arcs[higher], lines[higher]
    _, near = shapely.STRtree(shapes).query_nearest(line, all_matches=False)
    quiet.factor[arcs], quiet.share[arcs] = found[higher], share[higher]
    quiet.kind[arcs], quiet.place[arcs] = ground.kind, rows[near]


def _touching(network: Network, zones: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return arcs whose bounds touch those of a zone."""
    start = network.shape_start[:-1]
    low = np.minimum.reduceat(network.shape_xy, start)
    high = np.maximum.reduceat(network.shape_xy, start)
    arcs, _ = shapely.STRtree(zones).query(shapely.box(*low.T, *high.T))
    return np.unique(arcs)
