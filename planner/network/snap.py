"""The right road for places on the map: near, fit to stop on, in reach, named as asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from planner.network import hurdles
from planner.network.about import NAME_M, About
from planner.network.graph import CLASSES, Access, Network
from planner.network.lines import arc_lines, sides
from planner.network.stopping import (
    CLASS_HANDICAP_M,
    Reach,
    either_way,
    fit_to_stop,
    near,
    near_boxes,
    reach,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.network.hurdles import Surroundings

HANDICAP_M = {Access.PUBLIC: 0.0, Access.DESTINATION: 10.0, Access.PRIVATE: 25.0}
"""Assumption: how much nearer a restricted street must be to be taken instead of a public one."""

BRIDGE_M = 100.0
"""Assumption: the same for bridges; a place beside one is mostly below it."""

AWAY_M = 200.0
"""Assumption: the same for roads that lead to the main streets and cannot be reached from them."""

CENTRE_SHARE = 0.1
"""Of two roads at an area the one nearer to its middle is taken: metres count this much."""

BESIDE_M = 25.0
"""Assumption: how much nearer to its middle a road beside an area must be than one inside it."""

OWN_M = 5.0
"""A restricted road this near to the outline of the place's own site is its own (assumption)."""

NEAR_M = 250.0
"""Default limit: further from every road, a point is on none."""

FIRST_M = 30.0
"""How far beyond the nearest road is looked at first; only speed hangs on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Places on arcs for `k` points.

    Attributes
    ----------
    arc
        int32[k]; -1 where no road is near enough. Of a two-way street, the lower arc.
    along
        float64[k]; metres from the arc's tail, 0 where there is none.
    distance_m
        float64[k]; from the point or area to the road, inf where there is none.
    xy
        float64[k, 2]; the place, metric CRS; the point itself where there is none.
    side
        int8[k]; 1 left of the arc, -1 right, 0 within 5 m of its middle or without an arc.
    crosses
        uint8[k]; the ``Hurdle`` kinds between the point and its road.
    named
        int8[k]; 1 on the street asked for, -1 on one of another name or where the street asked
        for is not near, 0 otherwise.
    """

    arc: NDArray[np.int32]
    along: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    xy: NDArray[np.float64]
    side: NDArray[np.int8]
    crosses: NDArray[np.uint8]
    named: NDArray[np.int8]


class _Best(NamedTuple):
    """Per place: score, arc (-1 none), metres, hurdles."""

    score: NDArray[np.float64]
    arc: NDArray[np.int64]
    metres: NDArray[np.float64]
    crosses: NDArray[np.uint8]


class Snapper:
    """The roads one may stop on, indexed once for many questions.

    Parameters
    ----------
    network
        Roads in a metric CRS.
    allow_private
        Take private arcs too, and others that lead only to or only from the main streets.
    around
        Hurdles, tunnels and bridges: tunnels are never taken, nor is a road across water.
    among
        bool[m]; the only arcs to look at.
    usable
        bool[m]; the arcs to take, instead of those one may stop on; of handicaps, only that
        of a restricted street then counts.
    reached
        uint8[m]; the ``reach`` of the network, where it was worked out before.
    """

    def __init__(
        self,
        network: Network,
        *,
        allow_private: bool = False,
        around: Surroundings | None = None,
        among: NDArray[np.bool_] | None = None,
        usable: NDArray[np.bool_] | None = None,
        reached: NDArray[np.uint8] | None = None,
    ) -> None:
        self._network, self._around = network, around
        doors = usable is None
        if usable is None:
            reached = reach(network) if reached is None else reached
            least = Reach.INTO if allow_private else Reach.PART
            usable = fit_to_stop(network, reached, least)
        if among is not None:
            usable = usable & among
        self._arcs = np.flatnonzero(usable)
        if around is not None:
            self._arcs = self._arcs[~np.isin(network.way_id[self._arcs], around.covered)]
        self._lines = arc_lines(network, self._arcs)
        self._tree = shapely.STRtree(self._lines)
        self._restricted = np.array(list(HANDICAP_M.values()))[network.access[self._arcs]]
        self._unfit = np.zeros(len(self._arcs))
        if doors and reached is not None:
            self._unfit = _unfit(network, self._arcs, either_way(network, reached), around)

    def snap(
        self, xy: NDArray[np.float64], *, max_m: float = NEAR_M, about: About | None = None
    ) -> Snapped:
        """Return the right place on a road for points, float64[k, 2] in the network's CRS.

        Of all roads within ``max_m`` the one is taken whose distance and handicaps add up to
        the least; of equals, the lowest arc.
        """
        xy = np.asarray(xy, float).reshape(-1, 2)
        points = np.asarray(shapely.points(xy), object)
        best, named = self._best_named(points, np.zeros(len(xy)), max_m, about or About())
        return _placed(self._network, xy, best, named)

    def snap_areas(
        self, areas: Sequence[BaseGeometry], *, max_m: float = NEAR_M, about: About | None = None
    ) -> Snapped:
        """Return the right place on a road for areas, metric: a road inside, else beside.

        The place is the one nearest to the middle on the stretch inside the area, or beside
        it; it has no side.
        """
        shapes = np.array([*areas, None], object)[:-1]
        middle = shapely.point_on_surface(shapes)
        centre = np.full(len(shapes), CENTRE_SHARE)
        best, named = self._best_named(shapes, centre, max_m, about or About())
        xy = shapely.get_coordinates(middle).reshape(-1, 2)
        hit = np.flatnonzero(best.arc >= 0)
        lines = arc_lines(self._network, best.arc[hit])
        # A road beside the area comes inside its outline when that is moved out as far.
        outer = shapes[hit]
        beside = best.metres[hit] > 0
        outer[beside] = shapely.buffer(outer[beside], best.metres[hit][beside] + 1)
        inside = shapely.intersection(lines, outer)
        at = xy.copy()
        at[hit] = shapely.get_coordinates(
            shapely.get_point(shapely.shortest_line(inside, middle[hit]), 0)
        )
        return _placed(self._network, at, best, named)

    def _best_named(
        self, origins: NDArray[Any], centre: NDArray[np.float64], max_m: float, about: About
    ) -> tuple[_Best, NDArray[np.int8]]:
        """Return the best roads; a street asked for that is not near is told, and counts not."""
        far = self._not_near(origins, max_m, about)
        best = self._best(origins, centre, max_m, about.without(far) if len(far) else about)
        named = about.named(best.arc, self._network)
        named[far] = np.where(best.arc[far] >= 0, -1, 0)
        return best, named

    def _not_near(self, origins: NDArray[Any], max_m: float, about: About) -> NDArray[np.int64]:
        """Return the places of which no road as near as another, or nearly, has the name asked."""
        asked = about.asked()
        (rows, _), metres = self._tree.query_nearest(
            origins[asked], max_distance=max_m, return_distance=True, all_matches=False
        )
        far = []
        for row, nearest in zip(rows.tolist(), metres.tolist(), strict=True):
            place = int(asked[row])
            within = min(nearest + max(NAME_M.values()), max_m)
            found = self._tree.query(origins[place], "dwithin", within)
            if not about.is_on_one_of(place, self._arcs[found], self._network):
                far.append(place)
        return np.array(far, np.int64)

    def _best(
        self, origins: NDArray[Any], centre: NDArray[np.float64], max_m: float, about: About
    ) -> _Best:
        k = len(origins)
        best = _Best(np.full(k, np.inf), np.full(k, -1), np.full(k, np.inf), np.zeros(k, np.uint8))
        (asked, _), metres = self._tree.query_nearest(
            origins, max_distance=max_m, return_distance=True, all_matches=False
        )
        radius = np.full(k, np.nan)
        radius[asked] = np.minimum(metres + FIRST_M, max_m)
        left = asked
        # No road beyond a place's score can do better: look that far, no further.
        while len(left):
            self._look(best, origins, left, (radius, centre), about)
            more = (best.score[left] > radius[left]) & (radius[left] < max_m)
            left = left[more]
            radius[left] = np.minimum(best.score[left], max_m)
        return best

    def _look(
        self,
        best: _Best,
        origins: NDArray[Any],
        rows: NDArray[np.int64],
        within: tuple[NDArray[np.float64], NDArray[np.float64]],
        about: About,
    ) -> None:
        """Put the best road within each place's radius into ``best``."""
        radius, centre = within
        own = origins if about.site is None else np.full(len(origins), about.site, object)
        asked, found = self._tree.query(origins[rows], "dwithin", radius[rows])
        asked = rows[asked]
        gaps = shapely.shortest_line(origins[asked], self._lines[found])
        metres = shapely.length(gaps)
        score = metres + self._unfit[found] + self._access_m(asked, found, own)
        score += about.handicap_m(asked, self._arcs[found], self._network)
        far = centre[asked] > 0
        middle = shapely.point_on_surface(origins[asked[far]])
        score[far] += BESIDE_M * (metres[far] > 0)
        score[far] += centre[asked[far]] * shapely.distance(middle, self._lines[found[far]])
        crosses = np.zeros(len(found), np.uint8)
        if self._around is not None:
            crosses = self._around.hurdles.between(gaps)
            score += hurdles.handicap_m(crosses)
        order = np.lexsort((self._arcs[found], score, asked))
        places, first = np.unique(asked[order], return_index=True)
        pick = order[first]
        fit = np.isfinite(score[pick])
        places, pick = places[fit], pick[fit]
        best.score[places], best.arc[places] = score[pick], self._arcs[found[pick]]
        best.metres[places], best.crosses[places] = metres[pick], crosses[pick]

    def _access_m(
        self, asked: NDArray[np.int64], found: NDArray[np.int64], own: NDArray[Any]
    ) -> NDArray[np.float64]:
        """Return the handicaps of restricted streets, none where one touches the own site."""
        metres: NDArray[np.float64] = self._restricted[found]
        some = np.flatnonzero(metres)
        site = own[asked[some]]
        touches = shapely.get_dimensions(site) > 0
        touches &= shapely.dwithin(self._lines[found[some]], site, OWN_M)
        metres[some[touches]] = 0.0
        return metres


def snap(
    network: Network,
    xy: NDArray[np.float64],
    *,
    max_m: float = NEAR_M,
    about: About | None = None,
    **how: Any,
) -> Snapped:
    """Return the right place for each point on a road where a car may stop.

    Public streets go before restricted ones, those of the name asked for before others;
    motorways, ramps and ferries are never taken, nor what cannot be reached while something
    else can. A ``Snapper`` answers many such questions faster.

    Parameters
    ----------
    network
        Roads in a metric CRS.
    xy
        float64[k, 2] in the same CRS.
    max_m
        Points further from every road get none.
    about
        Street, name and site of the places.
    how
        ``allow_private``, ``around``, ``reached`` of a ``Snapper``.
    """
    among = near(network, xy, max_m)
    return Snapper(network, among=among, **how).snap(xy, max_m=max_m, about=about)


def snap_areas(
    network: Network,
    areas: Sequence[BaseGeometry],
    *,
    max_m: float = NEAR_M,
    about: About | None = None,
    **how: Any,
) -> Snapped:
    """Return the right place on a public road for areas; see ``snap`` and ``Snapper.snap_areas``."""
    shapes = np.array([*areas, None], object)[:-1]
    among = near_boxes(network, shapely.bounds(shapes).reshape(-1, 4), max_m)
    return Snapper(network, among=among, **how).snap_areas(areas, max_m=max_m, about=about)


def joined(parts: Sequence[Snapped]) -> Snapped:
    """Return the places of several answers as one."""
    fields = Snapped.__dataclass_fields__
    return Snapped(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def _unfit(
    network: Network,
    arcs: NDArray[np.int64],
    reached: NDArray[np.uint8],
    around: Surroundings | None,
) -> NDArray[np.float64]:
    table = np.array([CLASS_HANDICAP_M.get(name, 0.0) for name in CLASSES])
    metres: NDArray[np.float64] = table[network.road_class[arcs]]
    metres += AWAY_M * (reached[arcs] == Reach.INTO)
    if around is not None:
        metres += BRIDGE_M * np.isin(network.way_id[arcs], around.raised)
    return metres


def _placed(
    network: Network, xy: NDArray[np.float64], best: _Best, named: NDArray[np.int8]
) -> Snapped:
    along, place = np.zeros(len(xy)), xy.copy()
    side = np.zeros(len(xy), np.int8)
    hit = np.flatnonzero(best.arc >= 0)
    if len(hit):
        lines = arc_lines(network, best.arc[hit])
        at = shapely.line_locate_point(lines, shapely.points(xy[hit]))
        place[hit] = shapely.get_coordinates(shapely.line_interpolate_point(lines, at))
        side[hit] = sides(lines, at, xy[hit] - place[hit])
        # A network whose lengths are not those of its drawing keeps its own measure.
        drawn = shapely.length(lines)
        along[hit] = at * network.length_m[best.arc[hit]] / np.where(drawn > 0, drawn, 1)
    return Snapped(best.arc.astype(np.int32), along, best.metres, place, side, best.crosses, named)
