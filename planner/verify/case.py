"""What a rule is given to look at: one route or site beside the facts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import LineString, Point

from planner.verify.beside import along_of, places_beside
from planner.verify.restrictions import rows_of_ways
from planner.verify.trace import passing_over, runs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.verify.document import Head, Leg, Origin, Route, Site
    from planner.verify.facts import Facts
    from planner.verify.law import Law
    from planner.verify.restrictions import Row
    from planner.verify.streets import Drawn, Streets
    from planner.verify.trace import Passing, Run, Trace

STEP_M = 5.0
"""Places this far apart are looked at: a junction that both cross is one of them at most."""

CUTS = 7
ROUNDING_M = 10.0
"""Lengths on the plane and along the road differ by less."""


class Halt(NamedTuple):
    """Where a vehicle stands still: seconds of 1970 from and to, metric place float64[2]."""

    since: float
    until: float
    xy: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """How long it stands; below 0 where a leg begins before the former ends."""
        return self.until - self.since


@dataclass(frozen=True, eq=False)
class RouteCase:
    """One route, the origin it belongs to, the primary and the others it stands beside, by id."""

    route: Route
    origin: Origin
    primary: RouteCase | None
    head: Head
    facts: Facts
    streets: Streets
    beside: Mapping[str, RouteCase] = field(default_factory=dict)

    @property
    def law(self) -> Law:
        """What binds the profile of the plan."""
        return self.streets.law

    @property
    def legs(self) -> list[Leg]:
        """The legs in driving order."""
        return self.route.legs

    @cached_property
    def leg_xy(self) -> list[NDArray[np.float64]]:
        """Metric coordinates, float64[p, 2], of each leg."""
        ends = itertools.pairwise([0, *self.ends.tolist()])
        return [self.xy[begin:end] for begin, end in ends]

    @cached_property
    def xy(self) -> NDArray[np.float64]:
        """Metric coordinates, float64[p, 2], of the points of all legs."""
        return self.facts.metric(self.lonlat)

    @cached_property
    def lonlat(self) -> NDArray[np.float64]:
        """Degrees, float64[p, 2], of the points of all legs, one after the other."""
        return np.array([point for leg in self.legs for point in leg.coordinates], float)

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """int64[k]; how many points there are up to the last of each leg."""
        ends: NDArray[np.intp] = np.cumsum([len(leg.coordinates) for leg in self.legs])
        return ends

    @cached_property
    def true_m(self) -> NDArray[np.float64]:
        """float64[k]; metres on the globe of each leg's line."""
        lon, lat = self.lonlat.T
        step = np.asarray(_globe().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
        # From the last point of a leg to the first of the next no leg is driven.
        step[self.ends[:-1] - 1] = 0.0
        along = np.concatenate([[0.0], np.cumsum(step)])
        ends: NDArray[np.float64] = np.append(0.0, along[self.ends - 1])
        return np.diff(ends)

    @cached_property
    def drawn(self) -> list[Drawn]:
        """The line of each leg on its raw way."""
        return self.streets.drawn([leg.way for leg in self.legs], self.leg_xy)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Metric line of each leg, object[k]."""
        return np.array([drawn.line for drawn in self.drawn], object)

    @cached_property
    def line(self) -> LineString:
        """Metric line of the whole route."""
        return LineString(self.xy)

    @cached_property
    def along(self) -> NDArray[np.float64]:
        """float64[p]; metres on the plane from the first point to each."""
        return along_of(self.xy)

    @cached_property
    def named(self) -> list[str]:
        """Name in the raw file of the way of each leg, as words would have it; "" for none."""
        ways = (self.streets.way(leg.way) for leg in self.legs)
        tags: list[dict[str, str]] = [{} if way is None else way.tags for way in ways]
        told = (one.get("name") or one.get("ref") or "" for one in tags)
        return [" ".join(name.split()).replace(";", " / ") for name in told]

    @cached_property
    def shown(self) -> NDArray[np.float64]:
        """Degrees, float64[q, 2], of the line that a map shows."""
        return np.array(self.route.geometry.coordinates, float)

    @cached_property
    def shown_xy(self) -> NDArray[np.float64]:
        """Metric coordinates, float64[q, 2], of the line that a map shows."""
        return self.facts.metric(self.shown)

    @cached_property
    def shown_line(self) -> LineString:
        """Metric line that a map shows."""
        return LineString(self.shown_xy)

    @cached_property
    def leg_tree(self) -> shapely.STRtree:
        """Index of the lines of the legs."""
        return shapely.STRtree(self.lines)

    @cached_property
    def primary_shares(self) -> tuple[float, float]:
        """Least and greatest share of the route on its primary, the last stretch left out.

        The last stretch ends at a junction, which may lie anywhere in the last 300 m; both
        shares are those of the possible ends. Without a primary both are 0.
        """
        if self.primary is None:
            return 0.0, 0.0
        length = float(self.along[-1])
        metres = np.arange(STEP_M / 2, length, STEP_M)
        common = places_beside(self, self.primary, metres)
        most = self.facts.limits.gate_stretch_m
        # All of a short walk counts; near the border either reading will do.
        cuts = np.linspace(0, most if length >= 2 * most - ROUNDING_M else 0.0, CUTS)
        outside = [metres < length - cut for cut in cuts]
        shares = [float(common[part].mean()) if part.any() else 0.0 for part in outside]
        return min(shares), max(shares)

    @cached_property
    def traces(self) -> list[tuple[Trace, ...]]:
        """The stretches of its raw way that each leg runs along; none where it is off it."""
        return [drawn.traces for drawn in self.drawn]

    @cached_property
    def stretches(self) -> list[tuple[int, Trace]]:
        """Every stretch with the position of its leg, in driving order."""
        return [(i, trace) for i, traces in enumerate(self.traces) for trace in traces]

    @cached_property
    def joints(self) -> list[tuple[int, Trace, Trace]]:
        """Leg, stretch before and after, wherever one stretch follows another."""
        pairs = itertools.pairwise(self.stretches)
        return [(i, before, after) for (i, before), (j, after) in pairs if j - i <= 1]

    @cached_property
    def runs(self) -> list[Run]:
        """The ways driven, each once for all stretches of it in a row."""
        return runs_of(self.stretches)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of ways that a turn restriction over via ways speaks of."""
        return list(rows_of_ways(self.runs, self.streets)) if self.streets.rules_from else []

    @cached_property
    def enter_s(self) -> NDArray[np.float64]:
        """float64[k]; second of 1970 at which each leg is entered."""
        return np.array([leg.enter.timestamp() for leg in self.legs])

    @cached_property
    def leave_s(self) -> NDArray[np.float64]:
        """float64[k]; second of 1970 at which each leg has been driven."""
        seconds = np.array([leg.time_s for leg in self.legs], float)
        leave: NDArray[np.float64] = self.enter_s + seconds
        return leave

    @cached_property
    def halts(self) -> list[Halt]:
        """Where it stands: at the start, after each leg; no zeros."""
        begin = np.insert(self.leave_s, 0, self.route.depart.timestamp()).tolist()
        end = np.append(self.enter_s, self.route.arrive.timestamp()).tolist()
        places = [self.leg_xy[0][0], *(xy[-1] for xy in self.leg_xy)]
        stood = zip(begin, end, places, strict=True)
        return [Halt(*one) for one in stood if one[0] != one[1]]

    @cached_property
    def passings(self) -> list[tuple[int, Passing]]:
        """The nodes driven over at which a rule can be broken, each with the leg that leads there.

        Those inside legs, then those between two, as far as both lie on their ways.
        """
        found = [(i, passing) for i, one in enumerate(self.drawn) for passing in one.watched]
        for i, before, after in self.joints:
            at, from_at = before.last_node, after.first_node
            if at is not None and from_at is not None:
                passing = passing_over(before, at, after, from_at)
                if self.streets.is_watched(passing):
                    found.append((i, passing))
        return found

    @cached_property
    def stops(self) -> list[tuple[int, Passing, dict[str, str]]]:
        """The barriers, kerbs and fords driven over, with the leg that leads there and the tags."""
        found = [(leg, passing, self.streets.stop(passing.node)) for leg, passing in self.passings]
        # Who turns round before a barrier has not passed it.
        return [(leg, p, tags) for leg, p, tags in found if tags is not None and not p.turns_back]

    def second_at(self, leg: int, passing: Passing) -> float:
        """Return the second of 1970 at which a node is driven over, by even pace in its leg."""
        driven = 0.0
        for trace in self.traces[leg]:
            if trace is passing.before:
                node = float(trace.way.along[passing.at])
                driven += abs(node - trace.start)
                break
            driven += abs(trace.end - trace.start)
        at_end = passing.after is not passing.before and passing.before is self.traces[leg][-1]
        if at_end and leg + 1 < len(self.legs):
            return float(self.enter_s[leg + 1])
        share = driven / max(self.drawn[leg].length_m, 1e-9)
        return float(self.enter_s[leg] + min(share, 1.0) * self.legs[leg].time_s)

    def times_inside(
        self, leg: int, shape: BaseGeometry, more_than_m: float
    ) -> list[tuple[float, float]]:
        """Return the seconds of 1970 during which a leg's car is inside a shape.

        The car keeps an even pace along a leg; a part of ``more_than_m`` or less does not count.
        """
        line = self.lines[leg]
        pace = self.legs[leg].time_s / max(self.drawn[leg].length_m, 1e-9)
        spans = []
        for part in shapely.get_parts(line.intersection(shape)):
            if part.length > more_than_m:
                ends = [line.project(Point(part.coords[k])) for k in (0, -1)]
                first, last = min(ends), max(ends)
                spans.append((self.enter_s[leg] + pace * first, self.enter_s[leg] + pace * last))
        return spans

    def name(self, leg: int) -> str:
        """Return words that point at a leg."""
        return f"leg {leg + 1} of {len(self.legs)} (way {self.legs[leg].way})"


_NAMED = re.compile(r"leg (\d+) of \d+ \(way -?\d+\) ")


def leg_told(detail: str) -> tuple[int | None, str]:
    """Return the position of the leg that a failure's words point at, and what they say of it.

    Examples
    --------
    >>> leg_told("leg 3 of 9 (way 40) is not open to car")
    (2, 'is not open to car')
    >>> leg_told("arrives 30 s late")
    (None, 'arrives 30 s late')
    """
    found = _NAMED.match(detail)
    return (None, detail) if found is None else (int(found[1]) - 1, detail[found.end() :])


@lru_cache(maxsize=1)
def _globe() -> Geod:
    return Geod(ellps="WGS84")


@dataclass(frozen=True, eq=False)
class SiteCase:
    """One staging site, beside the origins of its plan, and who is to stand there."""

    site: Site
    facts: Facts
    origins: tuple[Origin, ...] = ()
    profile: str = "car"

    @property
    def reach_m(self) -> float:
        """How far a place may lie from the road it was put on."""
        return self.facts.limits.max_snap_m

    @cached_property
    def stood(self) -> BaseGeometry:
        """The site's ground and the place it is shown at, metric."""
        return shapely.union(self.ground, Point(self.xy))

    @cached_property
    def xy(self) -> NDArray[np.float64]:
        """Metric place, float64[2]."""
        place: NDArray[np.float64] = self.facts.metric([[self.site.lon, self.site.lat]])[0]
        return place

    @cached_property
    def ground(self) -> BaseGeometry:
        """The metric outline of the site, its point where the layer holds no other."""
        return self.facts.site_ground.get(self.site.id, Point(self.xy))

    @cached_property
    def way_lines(self) -> list[LineString]:
        """Metric lines of the two ways."""
        return [LineString(self.facts.metric(way.geometry.coordinates)) for way in self.site.ways]


@dataclass(frozen=True, eq=False)
class PlanCase:
    """The plan as a whole."""

    head: Head
    origins: tuple[tuple[Origin, tuple[Route, ...]], ...]
    facts: Facts


RouteRule = Callable[[RouteCase], Iterator[str]]
SiteRule = Callable[[SiteCase], Iterator[str]]
PlanRule = Callable[[PlanCase], Iterator[tuple[str, str]]]


def overlap_m(line: BaseGeometry, shape: shapely.Geometry) -> float:
    """Return the metres of a line inside a shape."""
    return float(shapely.length(shapely.intersection(line, shape)))
