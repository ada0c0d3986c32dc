"""The planner's wishes read against the roads: which arcs each of them means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.errors import InputError
from planner.layers.crs import to_xy
from planner.network.lines import arc_lines
from planner.network.snap import NEAR_M, snap
from planner.network.streets import StreetIndex, normalise
from planner.plan import words
from planner.plan.alike import most_like
from planner.plan.directions.phrases import street_of
from planner.plan.wishes.asked import point_in, stretch_in
from planner.risk.closures import closure_arcs
from planner.risk.ground import Streets
from planner.risk.parameters import RiskParameters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.plan.prepare import Ground
    from planner.plan.wishes.asked import Wishes
    from planner.routes.problem import Problem

PREFER = 1.25
"""Factor on the cost, never the time, of every road but the preferred ones. Assumption."""

CROSSING_M = 15.0
"""A place to pass this near to a crossing means the crossing, whichever street is driven
(assumption)."""

BESIDE_M = 25.0
"""Both carriageways of a street lie within this of its line between two crossings (assumption)."""

APART_M = 100.0
"""Parts of one bridge lie no further apart (assumption)."""


class Kind(StrEnum):
    """What is asked."""

    GATE = "gate"
    VIA = "via"
    AVOID = "avoid"
    PREFER = "prefer"
    ACCESS = "access_routes"


DEMANDS = (Kind.GATE, Kind.VIA, Kind.AVOID)
"""What every way must keep; the others are only preferred."""


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """One wish.

    Attributes
    ----------
    id
        Kind and number, such as "via-2".
    asked, name
        As typed; what it turned out to mean.
    arcs
        int32[k]; the arcs it means, ascending; none for a gate.
    lonlat, offset_m
        Where a place was put on the roads, and how far from where it was asked.
    """

    id: str
    kind: Kind
    asked: str
    name: str
    arcs: NDArray[np.int32]
    lonlat: tuple[float, float] | None = None
    offset_m: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """All wishes of a question, in the order gate, places, streets.

    Attributes
    ----------
    gate
        Index of the pinned gate, None where any will do.
    """

    wishes: tuple[Wish, ...] = ()
    gate: int | None = None

    def of(self, *kinds: Kind) -> tuple[Wish, ...]:
        """Return the wishes of some kinds."""
        return tuple(wish for wish in self.wishes if wish.kind in kinds)

    @property
    def vias(self) -> list[NDArray[np.int32]]:
        """Return for each place to pass its arcs."""
        return [wish.arcs for wish in self.of(Kind.VIA)]

    def without(self, ids: Collection[str]) -> Hand:
        """Return the hand less some wishes."""
        kept = tuple(wish for wish in self.wishes if wish.id not in ids)
        pinned = any(wish.kind == Kind.GATE for wish in kept)
        return Hand(kept, self.gate if pinned else None)

    def on(self, problem: Problem) -> Problem:
        """Return a question that keeps the wishes, but for the places to pass."""
        if not self.wishes:
            return problem
        return replace(
            problem.avoiding(_joined(self.of(Kind.AVOID))),
            factor=self.weighted(problem.factor), pinned=self.gate,
        )  # fmt: skip

    def weighted(self, factor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64[m]; what a second on each arc costs, with what is preferred.

        Parameters
        ----------
        factor
            float64[m]; what it costs without.
        """
        liked = _joined(self.of(Kind.PREFER, Kind.ACCESS))
        if not len(liked):
            return factor
        dear = factor * PREFER
        dear[liked] = factor[liked]
        return dear


def hand_of(ground: Ground, wishes: Wishes) -> Hand:
    """Return the wishes of a question on the roads of a facility.

    Raises
    ------
    InputError
        A gate or site is unknown, a place is near no road, there are no approved routes, a street
        is both avoided and preferred.
    NetworkError
        A street is unknown; similar ones are told.
    """
    if not wishes:
        return Hand()
    key = ("hand", wishes)
    if key not in ground.known:
        gate = None if wishes.gate is None else _gate(ground, wishes.gate)
        found = [*_demands(ground, wishes, gate), *_likings(ground, wishes)]
        _agree(found)
        ground.known[key] = Hand(tuple(found), gate)
    hand: Hand = ground.known[key]
    return hand


def _agree(wishes: Sequence[Wish]) -> None:
    """Demand that no street is both avoided and preferred."""
    avoided = _joined([wish for wish in wishes if wish.kind == Kind.AVOID])
    for wish in wishes:
        if wish.kind == Kind.PREFER and len(wish.arcs) and np.isin(wish.arcs, avoided).all():
            raise InputError(
                f"{wish.name} is asked to be avoided and to be preferred: leave one of them out"
            )


def _demands(ground: Ground, wishes: Wishes, gate: int | None) -> Iterator[Wish]:
    none = np.zeros(0, np.int32)
    if gate is not None:
        row = ground.gates.iloc[gate]
        yield Wish("gate", Kind.GATE, str(wishes.gate), str(row["name"]), none)
    for i, text in enumerate(wishes.via, 1):
        yield _via(ground, f"via-{i}", text)
    for i, text in enumerate(wishes.avoid, 1):
        yield _street(ground, f"avoid-{i}", Kind.AVOID, text)


def _likings(ground: Ground, wishes: Wishes) -> Iterator[Wish]:
    for i, text in enumerate(wishes.prefer, 1):
        yield _street(ground, f"prefer-{i}", Kind.PREFER, text)
    if wishes.access_routes:
        lines = list(ground.metric.access_routes.geometry)
        if not lines:
            raise InputError(
                "no access route is approved for this facility: planner import access_routes FILE"
            )
        streets = Streets.of(ground.stops.network, RiskParameters())
        arcs = np.concatenate([closure_arcs(streets, line) for line in lines])
        yield Wish("access_routes", Kind.ACCESS, "access routes", "approved access routes",
                   np.unique(arcs))  # fmt: skip


def _gate(ground: Ground, asked: str) -> int:
    names = dict(zip(ground.gates["id"], ground.gates["name"].astype(str), strict=True))
    if asked in names:
        return list(names).index(asked)
    every = dict(zip(ground.metric.entrances["id"], ground.metric.entrances["kind"], strict=True))
    if asked in every:
        raise InputError(f"gate {asked!r} is for {every[asked]}, not for {ground.profile}")
    told, near = most_like(asked, names)
    how = "most like it" if near else "there are"
    raise InputError(f"no gate {asked!r} for {ground.profile}; {how}: {', '.join(told) or 'none'}")


def _via(ground: Ground, key: str, text: str) -> Wish:
    network = ground.stops.network
    point = point_in(text)
    if point is not None:
        xy = _xy(ground, point)
        arc, at, _ = _nearest(network, xy, text)
        arcs, at, name = _passing(ground, arc, at)
        offset = float(np.hypot(*(at - xy)))
        return Wish(key, Kind.VIA, text, name, arcs, words.lonlat_of(at, network.epsg), offset)
    row = _site(ground, text)
    middle = row.geometry.representative_point()
    found = snap(network, np.array([[middle.x, middle.y]]), allow_private=True)
    if found.arc[0] < 0:
        raise InputError(f"via {text!r} lies more than {NEAR_M:.0f} m from every road")
    at = found.xy[0]
    arcs, at, _ = _passing(ground, int(found.arc[0]), at)
    offset = float(row.geometry.distance(shapely.Point(at)))
    return Wish(
        key, Kind.VIA, text, str(row["name"]), arcs, words.lonlat_of(at, network.epsg), offset
    )


def _site(ground: Ground, asked: str) -> GeoDataFrame:
    names: dict[str, str] = {}
    for layer in (ground.metric.staging_sites, ground.metric.support_stops):
        row = layer[layer["id"] == asked]
        if len(row):
            return row.iloc[0]
        names |= dict(zip(layer["id"], layer["name"].fillna("").astype(str), strict=True))
    told, near = most_like(asked, names)
    like = f"; most like it: {', '.join(told)}" if near else ""
    raise InputError(
        f"via {asked!r}: give LON,LAT (longitude first), or the id of a staging site or support "
        f"stop{like}"
    )


def _street(ground: Ground, key: str, kind: Kind, text: str) -> Wish:
    point = point_in(text)
    if point is not None:
        arc, at, metres = _nearest(ground.stops.network, _xy(ground, point), text)
        arcs, name = _whole(ground, arc)
        place = words.lonlat_of(at, ground.stops.network.epsg)
        return Wish(key, kind, text, name, arcs, place, metres)
    index = _index(ground)
    street, begin, end = stretch_in(text)
    whole = index.find(street)
    if not begin:
        return Wish(key, kind, text, whole.name, whole.arcs.astype(np.int32))
    line = index.stretch(street, begin, end)
    streets = Streets.of(ground.stops.network, RiskParameters())
    arcs = np.intersect1d(closure_arcs(streets, line, BESIDE_M), whole.arcs).astype(np.int32)
    ends = f"{index.find(begin).name} to {index.find(end).name}"
    return Wish(key, kind, text, f"{whole.name} from {ends}", arcs)


def _index(ground: Ground) -> StreetIndex:
    if "streets" not in ground.known:
        ground.known["streets"] = StreetIndex(ground.stops.network)
    index: StreetIndex = ground.known["streets"]
    return index


def _xy(ground: Ground, point: tuple[float, float]) -> NDArray[np.float64]:
    xy: NDArray[np.float64] = to_xy(np.array([point]), ground.stops.network.epsg)[0]
    return xy


def _nearest(
    network: Network, xy: NDArray[np.float64], text: str
) -> tuple[int, NDArray[np.float64], float]:
    """Return the arc nearest to a place, motorways and bridges too, the place on it, metres."""
    found = snap(network, xy[None], usable=np.ones(network.n_arcs, bool))
    if found.arc[0] < 0:
        raise InputError(f"{text}: no road of this profile lies within {NEAR_M:.0f} m of it")
    return int(found.arc[0]), found.xy[0], float(found.distance_m[0])


def _passing(
    ground: Ground, arc: int, at: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64], str]:
    """Return the arcs of which any passes a place on an arc, the place, what it is called."""
    network = ground.stops.network
    ends = np.array([network.tail[arc], network.head[arc]])
    gaps = np.hypot(*(network.node_xy[ends] - at).T)
    node = int(ends[np.argmin(gaps)])
    here = np.flatnonzero((network.tail == node) | (network.head == node))
    street = street_of(network, arc)
    if gaps.min() > CROSSING_M or len(np.unique(ground.roads[here])) < 3:
        return _same_road(ground, np.array([arc])), at, street
    others = dict.fromkeys(street_of(network, int(a)) for a in here if network.name[a])
    crossing = [name for name in others if name != street][:1]
    name = f"{street} at {crossing[0]}" if crossing else f"a crossing of {street}"
    return _same_road(ground, here), network.node_xy[node], name


def _same_road(ground: Ground, arcs: NDArray[np.intp]) -> NDArray[np.int32]:
    return np.flatnonzero(np.isin(ground.roads, ground.roads[arcs])).astype(np.int32)


def _whole(ground: Ground, arc: int) -> tuple[NDArray[np.int32], str]:
    """Return all arcs of the road that an arc is part of: of a bridge the bridge alone."""
    network = ground.stops.network
    street = street_of(network, arc)
    named = network.names[network.name[arc]]
    same = network.way_id == network.way_id[arc]
    if named:
        keys = np.array([normalise(name) == normalise(named) for name in network.names])
        same |= keys[network.name]
    if not np.isin(network.way_id[arc], ground.raised):
        return _same_road(ground, np.flatnonzero(same)), street
    bridge = np.flatnonzero(same & np.isin(network.way_id, ground.raised))
    called = street if "bridge" in street.casefold() else f"{street} (bridge)"
    return _same_road(ground, _together(network, bridge, arc)), called


def _together(network: Network, arcs: NDArray[np.intp], first: int) -> NDArray[np.intp]:
    """Return the arcs that hang together with one of them, gaps of ``APART_M`` left aside."""
    lines = arc_lines(network, arcs)
    tree = shapely.STRtree(lines)
    found = arcs == first
    new = found.copy()
    while new.any():
        reached = np.zeros(len(arcs), bool)
        reached[tree.query(lines[new], "dwithin", APART_M)[1]] = True
        new = reached & ~found
        found |= new
    together: NDArray[np.intp] = arcs[found]
    return together


def _joined(wishes: Sequence[Wish]) -> NDArray[np.int32]:
    arcs = [np.zeros(0, np.int32), *(wish.arcs for wish in wishes)]
    return np.unique(np.concatenate(arcs)).astype(np.int32)
