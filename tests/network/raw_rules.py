"""Ways of the search before the independent check: which rules of the raw file they break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from shapely.geometry import LineString

from planner.verify import ROUTE_RULES, Facts
from planner.verify.case import RouteCase
from planner.verify.document import Leg, Route
from planner.verify.streets import Drawn, Streets
from planner.verify.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.network.osm import Extract

ROAD_RULES = (
    "direction", "open_to_profile", "size", "through_restricted", "barrier", "turn", "via_ways",
    "conditional", "u_turn",
)  # fmt: skip
"""The rules of the check that speak of the road alone."""


MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


class Driven(NamedTuple):
    """One way of the search: int32[k] arcs, int64[k] seconds at which each is entered."""

    arcs: NDArray[np.int32]
    entered: NDArray[np.int64]


class Break(NamedTuple):
    """A rule broken by the way at one position, in words."""

    way: int
    rule: str
    detail: str


def rule_breaks(
    extract: Extract,
    network: Network,
    ways: Iterable[Driven],
    *,
    profile: str = "car",
    midnight: datetime = MIDNIGHT,
) -> Iterator[Break]:
    """Give every rule of the raw file that ways over the arcs of a network break.

    Parameters
    ----------
    extract, network
        The raw facts, the network built from them: not split, its arcs whole.
    ways
        Ways whose arcs follow each other.
    profile
        Whom the signs are read for.
    midnight
        Time of second 0 of ``Driven.entered``, in the zone of the hours on signs.
    """
    facts = Facts(
        extract, None, None, (), network.epsg, str(midnight.tzinfo), None,
        streets=Streets(extract, network.epsg, profile),
    )  # fmt: skip
    streets = facts.roads(profile)
    streets.read(np.unique(network.way_id).tolist())
    for i, way in enumerate(ways):
        case = _case(network, way, facts, streets, midnight)
        for rule in ROAD_RULES:
            yield from (Break(i, rule, detail) for detail in ROUTE_RULES[rule](case))


def strays(extract: Extract, network: Network) -> int:
    """Return how many arcs do not run between the raw nodes they say they do."""
    row = np.array([extract.row_of[way] for way in network.way_id.tolist()])
    start, wrong = extract.ref_start[row], np.zeros(network.n_arcs, bool)
    for place, node in ((network.way_from, network.tail), (network.way_to, network.head)):
        wrong |= extract.refs[start + place] != network.node_id[node]
    return int(wrong.sum())


def _case(
    network: Network, way: Driven, facts: Facts, streets: Streets, midnight: datetime
) -> RouteCase:
    legs, drawn = [], []
    until = way.entered[1:].tolist()
    until.append(int(way.entered[-1] + network.time_s[way.arcs[-1]]))
    for run in _runs(network, way.arcs):
        trace = _trace(network, way.arcs[run], streets)
        enter = int(way.entered[run.start])
        legs.append(Leg.model_construct(
            way=trace.way.id, enter=midnight.astimezone(UTC) + timedelta(seconds=enter), wait_s=0,
            time_s=until[run.stop - 1] - enter,
        ))  # fmt: skip
        length = abs(trace.end - trace.start)
        drawn.append(Drawn(LineString(), length, (trace,), tuple(streets.watched(trace))))
    case = RouteCase(Route.model_construct(legs=legs), None, None, None, facts, streets)
    # Known from the arcs: to find each line on its way again is tested on plans.
    case.__dict__["drawn"] = drawn
    return case


def _runs(network: Network, arcs: NDArray[np.int32]) -> Iterator[slice]:
    """Give the arcs that go on along one way in one direction."""
    way, begin, end = network.way_id[arcs], network.way_from[arcs], network.way_to[arcs]
    side = np.sign(end - begin)
    new = (way[1:] != way[:-1]) | (side[1:] != side[:-1]) | (begin[1:] != end[:-1])
    for first, last in pairwise([0, *(np.flatnonzero(new) + 1).tolist(), len(arcs)]):
        yield slice(first, last)


def _trace(network: Network, arcs: NDArray[np.int32], streets: Streets) -> Trace:
    way = streets.way(int(network.way_id[arcs[0]]))
    begin, end = int(network.way_from[arcs[0]]), int(network.way_to[arcs[-1]])
    return Trace(way, 1 if end > begin else -1, float(way.along[begin]), float(way.along[end]))
