"""The last point of a way at which its driver can still change to another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan import words
from planner.plan.directions import phrases
from planner.plan.pace.names import the

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.network.graph import Network
    from planner.plan.facts import Answer
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

LATE_S = 60
"""Later than asked for by less is not worth a word."""

APART_M = 50.0
"""Two ways to one gate that differ by less from a fork on, as by two lanes round an island, are one
way from there: whoever changes at that fork has changed nothing. Assumption."""

SAME_RISK = 1e-9
"""Risks that differ by less are equal."""

STREETS = 2
"""Names of crossing streets that one can keep in mind."""


@dataclass(frozen=True, slots=True)
class Change:
    """Leaving a way for another.

    Attributes
    ----------
    after
        Arcs of the way driven before; 0: at the gateway.
    other
        Position of the other way among those of the origin.
    onto
        First arc of the other way that is driven, as a position on it.
    arrive
        Second of arrival by the other way.
    """

    after: int
    other: int
    onto: int
    arrive: int


def decisions(
    answer: Answer, ways: Sequence[Walk], routes: Sequence[dict[str, Any]]
) -> list[dict[str, Any] | None]:
    """Return the last decision point of every way of one origin, None where there is none.

    Parameters
    ----------
    answer
        The plan's facts.
    ways, routes
        The origin's ways, and their records in the document.
    """
    return [
        None if (change := last_change(answer.problem, ways, i)) is None
        else _record(answer, ways, routes, i, change)
        for i in range(len(ways))
    ]  # fmt: skip


def last_change(problem: Problem, ways: Sequence[Walk], own: int) -> Change | None:
    """Return the last change from a way to another that a driver can make and arrive by.

    The change is made at the end of an arc that both ways drive, so no turn rule bars it; or
    at the gateway.
    """
    best: Change | None = None
    for other in range(len(ways)):
        if other == own:
            continue
        found = change_to(problem, ways, (own, other))
        if found is not None and (best is None or found.after > best.after):
            best = found
    return best


def change_to(
    problem: Problem, ways: Sequence[Walk], pair: tuple[int, int], *, most: int | None = None
) -> Change | None:
    """Return the last change from one way to one other, None where none arrives.

    Parameters
    ----------
    problem, ways
        As in ``last_change``.
    pair
        Positions of the way left and of the other.
    most
        Arcs that may be driven before; any number when None.
    """
    own, way = ways[pair[0]], ways[pair[1]]
    for after, onto in _partings(own, way, problem.graph.n_arcs):
        if most is not None and after > most:
            continue
        if own.gate == way.gate and not _apart(own, way, after, onto):
            continue
        arrive = _arrival(problem, way, onto, second_at(own, after))
        if arrive is not None:
            return Change(after, pair[1], onto, arrive)
    return None


def _partings(own: Walk, other: Walk, n_arcs: int) -> Iterator[tuple[int, int]]:
    """Give the places where two ways part, last first: arcs driven of the one, of the other.

    Who changes there has passed as many of the places to pass as by the other way.
    """
    mine, theirs = own.states(n_arcs).tolist(), other.states(n_arcs).tolist()
    place = {arc: j for j, arc in enumerate(theirs)}
    for i in range(len(mine) - 2, -1, -1):
        j = place.get(mine[i])
        if j is not None and j + 1 < len(theirs) and theirs[j + 1] != mine[i + 1]:
            yield i + 1, j + 1
    if mine[0] != theirs[0]:
        yield 0, 0


def _apart(own: Walk, other: Walk, after: int, onto: int) -> bool:
    """Tell whether two ways differ from a fork on by more than a driver would notice."""
    off = [
        float(way.length_m[since:][~np.isin(way.arcs[since:], beside.arcs)].sum())
        for way, beside, since in ((own, other, after), (other, own, onto))
    ]
    return max(off) >= APART_M


def second_at(way: Walk, after: int) -> int:
    """Return when the driver of a way has driven some of its arcs."""
    return int(way.entered[after - 1] + way.time_s[after - 1]) if after else way.depart


def _arrival(problem: Problem, way: Walk, onto: int, second: int) -> int | None:
    """Return when one arrives who joins a way at a second; None where it does not hold by then.

    It may be shut, or more exposed than it is told to be: who joins it comes by sooner or later
    than by the way itself.
    """
    field = problem.field
    waits, entered = way.wait_s, []
    arcs = way.arcs[onto:].tolist()
    for i, arc in enumerate(arcs, onto):
        if i > onto and waits[i - 1]:
            second = max(second, int(way.entered[i]))
        until = second + int(way.time_s[i])
        for since, reopens in field.shut[field.shut_start[arc] : field.shut_start[arc + 1]]:
            if second < reopens and until > since:
                return None
        entered.append(second)
        second = until
    met = field.on_entry(way.arcs[onto:], np.array(entered, np.int64)).max(initial=0.0)
    if met >= problem.clear_below and met > way.max_risk + SAME_RISK:
        return None
    return second if problem.is_open(way.gate, second) else None


def _record(
    answer: Answer,
    ways: Sequence[Walk],
    routes: Sequence[dict[str, Any]],
    own: int,
    change: Change,
) -> dict[str, Any]:
    network, way, other = answer.problem.network, ways[own], ways[change.other]
    zone = answer.layers.settings.timezone
    arc = int(way.arcs[max(change.after - 1, 0)])
    where = place_of(answer, way, change)
    at, record = where["at"], routes[change.other]
    ends = words.clock(words.iso(answer.risk.field.when(change.arrive), zone))
    by = known_by(network, way.arcs[change.after :], other.arcs[change.onto :])
    text = (
        f"Last point to change: {junction(network, arc, other, change)}, {words.clock(at)} - from "
        f"there {the(record['role'])}{f' by {by}' if by else ''} reaches "
        f"{record['entrance_name']} at {ends}"
    )
    late = change.arrive - answer.problem.arrive
    if late >= LATE_S:
        text += f", {words.minutes(late)} late"
    return where | {"to": record["id"], "to_role": record["role"], "text": text}


def place_of(answer: Answer, way: Walk, change: Change) -> dict[str, Any]:
    """Return where and when a way is left: lon/lat, ISO time, street one comes by, metres driven."""
    network = answer.problem.network
    arc = int(way.arcs[max(change.after - 1, 0)])
    place = network.shape_xy[
        network.shape_start[arc + 1] - 1 if change.after else network.shape_start[arc]
    ]
    lon, lat = words.lonlat_of(place, network.epsg)
    when = answer.risk.field.when(second_at(way, change.after))
    return {
        "lon": lon, "lat": lat, "at": words.iso(when, answer.layers.settings.timezone),
        "street": phrases.street_of(network, arc),
        "after_m": round(float(way.length_m[: change.after].sum()), 1),
    }  # fmt: skip


def junction(network: Network, arc: int, other: Walk, change: Change) -> str:
    """Return the words for a junction: the street one comes by, the streets that cross it."""
    street = phrases.street_of(network, arc)
    if not change.after:
        return f"the start, on {street}"
    node = network.head[arc]
    meeting = np.flatnonzero((network.tail == node) | (network.head == node))
    names = (phrases.street_of(network, int(a)) for a in meeting if network.name[a])
    crossing = [name for name in dict.fromkeys(names) if name != street][:STREETS]
    if crossing:
        return f"{street} at {' and '.join(crossing)}"
    onto = other.arcs[change.onto :]
    leaves = phrases.street_of(network, int(onto[0]))
    named = (phrases.street_of(network, int(a)) for a in onto if network.name[a])
    ahead = next((f" for {name}" for name in named if name != street), "")
    if leaves == street:
        return f"{'the' if ahead else 'a'} fork of {street}{ahead}"
    return f"{street} where {leaves}{'' if network.name[onto[0]] else ahead} leaves"


def known_by(network: Network, own: NDArray[np.int32], other: NDArray[np.int32]) -> str:
    """Return the longest named street that some arcs have to themselves, "" for none named.

    Parameters
    ----------
    own
        Arcs of the way that is left.
    other
        Arcs of the other way from there on.
    """
    lengths: Counter[str] = Counter()
    streets = set(network.name[own].tolist())
    ahead = other.tolist()
    for arc in ahead:
        if network.name[arc] and network.name[arc] not in streets:
            lengths[phrases.street_of(network, arc)] += network.length_m[arc]
    if not lengths:
        for arc in ahead:
            if network.name[arc]:
                lengths[phrases.street_of(network, arc)] += network.length_m[arc]
    return lengths.most_common(1)[0][0] if lengths else ""
