"""The choke points of a plan: roads that every way in from some origins must use."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan.directions import phrases
from planner.plan.directions.speech import speech_of
from planner.plan.paths import lonlat_line
from planner.plan.words import listed
from planner.routes.cut import least_cut
from planner.routes.forced import forced_arcs
from planner.routes.primary import tree_way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.plan.facts import Answer
    from planner.plan.make import Plan
    from planner.routes.cut import Cut

Record = dict[str, Any]

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
TOGETHER = len(NUMBERS) - 1
"""Roads of a cut of all origins together at most."""

NONE = np.zeros(0, np.int32)
SHOWN = 3
"""Names of origins that one can keep in mind."""


class _Found(NamedTuple):
    """Roads found for one origin: how many must be shut to shut all ways, and the arcs by road."""

    value: int
    roads: tuple[tuple[int, ...], ...]


def with_choke_points(plan: Plan) -> Plan:
    """Return a plan with its choke points, for the planner role: no briefing shows them."""
    return replace(plan, document=plan.document | {"choke_points": choke_points(plan)})


def choke_points(plan: Plan) -> list[Record]:
    """Return every stretch all ways from an origin must use, and the next smallest cut.

    Each is told once, with the origins it holds for; those of most origins first. Then the
    smallest cut of all origins together, where that is smaller than one road each. Turn
    restrictions are left aside, so fewer roads may suffice than are told.
    """
    answer, document = plan.answer, plan.document
    names = {origin["id"]: origin["name"] for origin in document["origins"]}
    placed = [
        key for key, node in zip(names, answer.stops.gateways, strict=True) if node >= 0
    ]  # fmt: skip
    tree = answer.problem.tree()
    told: dict[tuple[int, frozenset[int]], tuple[_Found, list[str]]] = {}
    for key, node, found in zip(placed, answer.problem.origins, answer.origins, strict=True):
        # Places to pass make no road a choke point: the way without them is what is cut.
        way = tree_way(answer.problem, tree, int(node)) if found.routes else None
        if way is None:
            continue
        forced = forced_arcs(answer.problem, way)
        for one in _cuts(answer, int(node), forced):
            roads = answer.problem.roads[[arc for road in one.roads for arc in road]]
            told.setdefault((one.value, frozenset(roads.tolist())), (one, []))[1].append(key)
    together = least_cut(answer.problem, answer.problem.origins.tolist(), NONE, TOGETHER)
    if together is not None and len(together.arcs) < len(placed):
        roads = answer.problem.roads[together.arcs]
        told[len(roads), frozenset(roads.tolist())] = (_of_cut(together), placed)
    records = [
        _record(answer, one, [names[key] for key in keys], keys, len(names))
        for one, keys in told.values()
    ]  # fmt: skip
    return sorted(records, key=lambda r: (-len(r["origins"]), r["value"], r["text"]))


def _cuts(answer: Answer, origin: int, forced: NDArray[np.int32]) -> Iterator[_Found]:
    """Give each forced stretch of one street, then the smallest cut of the other roads."""
    problem = answer.problem
    network = problem.network
    run: list[int] = []
    for arc in forced.tolist():
        same = run and phrases.street_of(network, run[-1]) == phrases.street_of(network, arc)
        if run and not (same and network.head[run[-1]] == network.tail[arc]):
            yield _Found(1, (tuple(run),))
            run = []
        run.append(arc)
    if run:
        yield _Found(1, (tuple(run),))
    cut = least_cut(problem, [origin], forced)
    if cut is not None:
        yield _of_cut(cut)


def _of_cut(cut: Cut) -> _Found:
    return _Found(len(cut.arcs), tuple((int(arc),) for arc in cut.arcs))


def _record(answer: Answer, one: _Found, names: list[str], keys: list[str], of: int) -> Record:
    network = answer.problem.network
    roads: list[Record] = [
        {
            "street": _street(network, road),
            "length_m": round(float(network.length_m[list(road)].sum()), 1),
            "geometry": lonlat_line(answer, np.array(road, np.int32)),
        }
        for road in one.roads
    ]  # fmt: skip
    told = speech_of(answer.question.profile)
    rest = len(names) - SHOWN
    who = (
        f"every {told.origin}" if len(names) == of > 1
        else ", ".join(names[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")
    )  # fmt: skip
    streets = [str(road["street"]) for road in roads]
    if one.value == 1:
        text = f"From {who} every way in uses {streets[0]} ({phrases.metres(roads[0]['length_m'])})"
    else:
        counted = Counter(streets)
        parts = [f"{s} ({n} roads)" if n > 1 else s for s, n in counted.items()]
        text = f"From {who} only {NUMBERS[one.value]} roads lead in: {listed(parts)}"
    return {"value": one.value, "roads": roads, "origins": keys, "text": text}


def _street(network: Network, road: tuple[int, ...]) -> str:
    """Return the name of a road, or its kind with the named street it leaves or meets."""
    arc = road[-1]
    own = phrases.street_of(network, arc)
    if network.name[arc]:
        return own
    ends = (network.tail[road[0]], network.head[arc])
    near = np.flatnonzero(np.isin(network.tail, ends) | np.isin(network.head, ends))
    named = [phrases.street_of(network, int(a)) for a in near if network.name[a]]
    return f"{own} at {named[0]}" if named else own
