"""The last clear legal place to stop on the way in, for origins without a way to a gate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from planner.plan import words
from planner.plan.afoot import LONGEST_S, ROLLED, site_key
from planner.plan.beside import WHO
from planner.plan.holds import may_wait
from planner.plan.paths import route_record
from planner.risk.areas import risk_of_places
from planner.routes.isochrone import clear_clock
from planner.routes.primary import tree_way

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from planner.plan.afoot import Afoot
    from planner.plan.facts import Answer
    from planner.routes.problem import Problem
    from planner.routes.walk import Walk

PARK_S = 120
"""Seconds between the end of the drive and the first step on foot. Assumption."""

FURTHEST_S = 3600
"""Without a clear walk, a place further from the gates than an hour on foot is no stop on the way."""

Record = dict[str, Any]


class Halts(NamedTuple):
    """Places to stop, as gates of a question.

    Attributes
    ----------
    rows
        int64[k]; rows of the candidate sites.
    until
        int64[k]; last second at which one must be there.
    """

    rows: NDArray[np.int64]
    until: NDArray[np.int64]


def last_stops(
    answer: Answer, walkers: Mapping[str, Afoot], origins: Sequence[int]
) -> dict[int, Record]:
    """Return the stop of each origin that a clear way leads to, by its node.

    The best has the least minutes of the drive, and of the walk from there to a gate; one with a
    clear walk goes before one without, which is taken with the minutes of a free day.

    Parameters
    ----------
    answer
        What the plan is written from.
    walkers
        Walks from every site, by who walks; those on foot decide.
    origins
        Nodes of the origins that have no way.
    """
    calm, afoot = calm_sites(answer), walkers[WHO]
    arrive = answer.problem.arrive
    found: dict[int, Record] = {}
    for walking in (True, False):
        left = [origin for origin in origins if origin not in found]
        spans = _seconds_before(afoot, calm, arrive, walking=walking)
        if left and spans:
            found |= _nearest(answer, walkers if walking else {}, spans, left)
    return found


def calm_sites(answer: Answer) -> NDArray[np.int64]:
    """Return the rows of the open sites that no risk, no closure reaches while one stays there."""
    since, until = stay_of(answer)
    nodes, graph = answer.stops.sites, answer.problem.graph
    places = list(answer.sites.geometry)
    risk = risk_of_places(answer.stops.network, answer.risk, places, start_s=since, end_s=until)
    touched = answer.problem.field.touched(since, until)
    usable = may_wait(answer, answer.risk, since, until)
    return np.array([
        row for row, node in enumerate(nodes.tolist())
        if node >= 0 and risk[row] <= 0 and usable[row]
        and not touched[graph.out_arcs[graph.out_start[node] : graph.out_start[node + 1]]].any()
        and not touched[graph.in_arcs[graph.in_start[node] : graph.in_start[node + 1]]].any()
    ], np.int64)  # fmt: skip


def stay_of(answer: Answer) -> tuple[int, int]:
    """Return the seconds from the first at which one may stop somewhere to the end of the stay."""
    problem = answer.problem
    after = answer.risk.field.seconds(answer.question.staging_window[1])
    return problem.arrive - problem.early - max(LONGEST_S, FURTHEST_S) - PARK_S, after


def _seconds_before(
    afoot: Afoot, calm: NDArray[np.int64], arrive: int, *, walking: bool
) -> dict[int, int]:
    """Return by row of a calm site how long before the arrival one must be there."""
    found = {}
    for row in calm.tolist():
        key = site_key(row)
        if walking and key in afoot.ways:
            found[row] = arrive - afoot.ways[key].depart + PARK_S
        elif not walking and afoot.free_s.get(key, np.inf) <= FURTHEST_S:
            found[row] = round(afoot.free_s[key]) + PARK_S
    return found


def _nearest(
    answer: Answer, walkers: Mapping[str, Afoot], spans: Mapping[int, int], origins: Sequence[int]
) -> dict[int, Record]:
    """Return the stop of each origin with the least minutes in all."""
    halts = Halts(np.array(list(spans)), answer.problem.arrive - np.array(list(spans.values())))
    problem = as_problem(answer.problem, answer.stops.sites, halts)
    told = _to_sites(answer, problem, halts)
    tree = problem.tree()
    ways = {origin: tree_way(problem, tree, origin) for origin in origins}
    keys = dict(zip(answer.problem.origins.tolist(), _ids(answer), strict=True))
    return {
        origin: _record(told, way, int(halts.rows[way.gate]), keys[origin], walkers)
        for origin, way in ways.items() if way is not None
    }  # fmt: skip


def as_problem(problem: Problem, nodes: NDArray[np.int32], halts: Halts) -> Problem:
    """Return the question of driving to a place to stop, clear all the way.

    Being there ``s`` seconds before the arrival costs ``s``: the walk counts as the drive does.
    """
    since = halts.until - problem.early
    return replace(
        problem, clock=clear_clock(problem), gate_nodes=nodes[halts.rows].astype(np.int32),
        gate_arcs=np.full(len(halts.rows), -1, np.int32),
        openings=tuple(((int(a), int(b) + 1),) for a, b in zip(since, halts.until, strict=True)),
        doors=(), early=problem.arrive - int(since.min()),
    )  # fmt: skip


def _ids(answer: Answer) -> list[str]:
    placed = answer.stops.gateways >= 0
    return [str(key) for key in answer.layers.gateways["id"][placed]]


def _to_sites(answer: Answer, problem: Problem, halts: Halts) -> Answer:
    """Return the answer with places to stop for gates."""
    sites, rows = answer.sites.iloc[halts.rows], halts.rows
    points = sites.geometry.representative_point()
    ends = problem.network.node_xy[problem.gate_nodes]
    gap = np.hypot(*(ends - np.column_stack([points.x, points.y])).T)
    stops = replace(
        answer.stops, gates=problem.gate_nodes, gate_arc=problem.gate_arcs, gate_offset_m=gap,
        gate_crosses=np.zeros(len(rows), np.uint8), gate_named=answer.stops.site_named[rows],
    )  # fmt: skip
    return replace(answer, problem=problem, gates=sites.set_geometry(points), stops=stops)


def _record(told: Answer, way: Walk, row: int, origin: str, walkers: Mapping[str, Afoot]) -> Record:
    zone, when = told.layers.settings.timezone, told.risk.field.when
    site = told.sites.iloc[row]
    lon, lat = words.lonlat(site.geometry.representative_point(), told.problem.network.epsg)
    drive = route_record(told, f"{origin}:stop", "stop", way, 0.0)
    walk, rolled = (
        walkers[who].record(f"{origin}:{name}", site_key(row)) if who in walkers else None
        for who, name in ((WHO, "walk"), (ROLLED, "wheelchair"))
    )
    ends = when(walkers[WHO].ways[site_key(row)].arrive) if walkers else None
    record = {
        "id": str(site["id"]), "name": str(site["name"]), "lon": lon, "lat": lat,
        "stay": {"from": drive["arrive"], "until": words.iso(when(stay_of(told)[1]), zone)},
        "minutes": round((ends - when(way.depart)).total_seconds() / 60, 1) if ends else None,
        "drive": drive, "walk": walk, "wheelchair": rolled,
    }  # fmt: skip
    return record | {"text": stop_text(record)}


def stop_text(record: Record) -> str:
    """Return in words where to stop, then how to go on from there."""
    drive, walk = record["drive"], record["walk"]
    took = words.minutes(drive["time_s"] + drive["wait_s"])
    if walk is None:
        return (
            f"If under way, stop at {record['name']}{words.via(drive)} ({took}), clear until "
            f"{words.clock(record['stay']['until'])}: no clear way on foot reaches an open gate in time"
        )
    return (
        f"Drive to {record['name']}{words.via(drive)} ({took}, be there by "
        f"{words.clock(drive['arrive'])}), leave the vehicle there, then {words.minutes(walk['time_s'] + walk['wait_s'])} "
        f"on foot to {walk['entrance_name']}, clear, there at {words.clock(walk['arrive'])}"
        f"{rolled_text(record)}"
    )


def rolled_text(record: Record) -> str:
    """Return in words how one goes on by wheelchair."""
    way = record["wheelchair"]
    if way is None:
        return "; no clear way by wheelchair"
    took = words.minutes(way["time_s"] + way["wait_s"])
    return f"; by wheelchair {took}, set out there by {words.clock(way['depart'])}"
