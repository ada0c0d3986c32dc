"""The trigger of a way: what must happen for it to be right, until where one can still choose it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import shapely

from planner.plan import words
from planner.plan.directions import phrases
from planner.plan.pace.decision import LATE_S, change_to, junction, place_of
from planner.plan.pace.names import the
from planner.plan.zones import short_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from planner.network.graph import Network
    from planner.plan.facts import Answer
    from planner.routes.walk import Walk

FIRST = "Use first, as long as nothing on it is reported shut."

HOUR_S = 3600
"""Seconds before the arrival in which a crowd may bear on a drive."""

GROWTH_M = 250.0
"""A crowd may grow this far beyond its influence; a way this much further off it reaches later.
Assumption."""


@dataclass(frozen=True, eq=False)
class Bearing:
    """The zones of a plan as they bear on its drives, each looked up once."""

    answer: Answer

    @cached_property
    def zones(self) -> list[tuple[str, BaseGeometry, float, str]]:
        """Id, ground kept clear in the hour of the drive, metres of influence, words."""
        answer = self.answer
        risk, arrive = answer.risk, answer.problem.arrive
        found = []
        for zone in sorted(risk.zones, key=lambda one: one.id):
            ground = [
                f.kept_clear for f in risk.footprints
                if f.zone_id == zone.id and f.start_s <= arrive and f.end_s > arrive - HOUR_S
            ]  # fmt: skip
            if ground:
                told = short_label(zone, risk, answer.problem.network)
                found.append((zone.id, shapely.union_all(ground), float(zone.influence_m), told))
        return found

    def growing(self, primary: Walk, own: Walk) -> tuple[str, str] | None:
        """Return id and words of the zone that would reach a primary first, None where none is near."""
        if not self.zones:
            return None
        first, other = self._line(primary), self._line(own)
        near = [
            (first.distance(ground) - influence_m, key, told)
            for key, ground, influence_m, told in self.zones
            if other.distance(ground) - first.distance(ground) >= GROWTH_M
        ]  # fmt: skip
        gap, key, told = min(near, default=(GROWTH_M + 1, "", ""))
        return (key, told) if gap <= GROWTH_M else None

    def _line(self, way: Walk) -> BaseGeometry:
        network = self.answer.problem.network
        return shapely.union_all([shapely.LineString(network.arc_shape(int(a))) for a in way.arcs])


def triggers(
    answer: Answer, ways: Sequence[Walk], routes: Sequence[dict[str, Any]], bearing: Bearing
) -> list[dict[str, Any]]:
    """Return ``use_when`` in words and ``trigger`` in facts, for every way of one origin.

    Parameters
    ----------
    answer
        The plan's facts.
    ways, routes
        The origin's ways in PACE order, and their records in the document.
    bearing
        The zones near the drives.
    """
    first = {"use_when": FIRST, "trigger": None}
    return [first, *(_trigger(answer, ways, routes, i, bearing) for i in range(1, len(ways)))]


def _trigger(
    answer: Answer,
    ways: Sequence[Walk],
    routes: Sequence[dict[str, Any]],
    own: int,
    bearing: Bearing,
) -> dict[str, Any]:
    streets = _streets(answer.problem.network, ways[:own], ways[own])
    gates = _gates(routes[:own], routes[own])
    zone = bearing.growing(ways[0], ways[own])
    what = (
        [f"{words.listed(streets)} {'are' if len(streets) > 1 else 'is'} shut"] if streets else []
    )
    what += [f"{words.listed(list(gates.values()))} cannot be used"] if gates else []
    what += [f"{zone[1]} grows"] if zone else []
    last = "last, " if routes[own]["role"] == "emergency" else ""
    decide, until = _decide(answer, ways, routes, own, streets)
    return {
        "use_when": f"Use {last}when {_any(what) or _blocked(routes[:own])}; {until}.",
        "trigger": {
            "instead_of": [route["id"] for route in routes[:own]],
            "streets": streets,
            "gates": list(gates),
            "zone": zone[0] if zone else None,
            "decide": decide,
        },
    }


def _streets(network: Network, before: Sequence[Walk], own: Walk) -> list[str]:
    """Return the street whose closure shuts every way before, or one street of each of them.

    None of them is driven by the way itself; the longest count. Empty where one has none.
    """
    spared = {phrases.street_of(network, a) for a in own.arcs.tolist()}
    named: list[dict[str, float]] = []
    for way in before:
        metres: dict[str, float] = {}
        for arc in way.arcs.tolist():
            street = phrases.street_of(network, arc)
            if network.name[arc] and street not in spared:
                metres[street] = metres.get(street, 0.0) + float(network.length_m[arc])
        named.append(metres)
    if not all(named):
        return []
    common = set(named[0]).intersection(*named[1:])
    if common:
        return [max(sorted(common), key=lambda street: min(m[street] for m in named))]
    longest = [max(sorted(metres), key=metres.__getitem__) for metres in named]
    return list(dict.fromkeys(longest))


def _gates(before: Sequence[dict[str, Any]], own: dict[str, Any]) -> dict[str, str]:
    """Return names by id of the gates of the ways before, where this way has another."""
    gates = {route["entrance"]: route["entrance_name"] for route in before}
    return {} if own["entrance"] in gates else gates


def _decide(
    answer: Answer,
    ways: Sequence[Walk],
    routes: Sequence[dict[str, Any]],
    own: int,
    streets: Sequence[str],
) -> tuple[dict[str, Any] | None, str]:
    """Return the last place on the primary, before the street that is shut, to turn to a way."""
    problem = answer.problem
    network, primary = problem.network, ways[0]
    met = [
        i for i, arc in enumerate(primary.arcs.tolist())
        if phrases.street_of(network, arc) in streets
    ]  # fmt: skip
    change = change_to(problem, ways, (0, own), most=met[0] if met else None)
    if change is None:
        return None, f"decide before leaving, by {words.clock(routes[own]['leave_by'])}"
    late = max(change.arrive - problem.arrive, 0)
    decide = place_of(answer, primary, change) | {"late_s": late}
    arc = int(primary.arcs[change.after - 1])
    where = f"by {junction(network, arc, ways[own], change)}" if change.after else "at the start"
    slow = f" (then {words.minutes(late)} late)" if late >= LATE_S else ""
    return decide, f"decide {where}, {words.clock(decide['at'])}{slow}"


def _blocked(before: Sequence[dict[str, Any]]) -> str:
    """Return the words for ways before that no street or gate tells apart."""
    names = [the(route["role"]) for route in before]
    return f"{words.listed(names)} {'is' if len(names) == 1 else 'are'} blocked"


def _any(things: Sequence[str]) -> str:
    return " or ".join((", ".join(things[:-1]), things[-1])) if len(things) > 1 else "".join(things)
