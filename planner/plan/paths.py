"""A way's arcs as records in lon/lat."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.layers.crs import to_lonlat
from planner.network.hurdles import Hurdle
from planner.network.quiet import metres_by_kind, places_passed
from planner.plan import words
from planner.plan.directions.by_street import steps
from planner.plan.directions.junctions import FERRY
from planner.plan.directions.speech import speech_of
from planner.plan.doubt.variations import UNCOUNTED
from planner.plan.holds import holds
from planner.plan.margin import time_in_hand
from planner.routes.doors import risk_on
from planner.routes.walk import street_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.routes.walk import Walk

    Parts = list[NDArray[np.float64]]

QUIET_M = (300.0, 50.0)
"""Metres of quiet streets worth a notice: those without and those with a place of a name."""

FAR_M = 60.0
"""A gate further than this from its road is worth a notice."""

_BETWEEN = {
    Hurdle.STREAM: "a stream", Hurdle.RAIL: "a railway", Hurdle.HIGHWAY: "a main road",
    Hurdle.BUILDING: "a building",
}  # fmt: skip


def way_record(
    answer: Answer, key: str, role: str, way: Walk, *, shared: float, parts: Parts
) -> dict[str, Any]:
    """Return what holds of any way that is shown: its gate, clock, figures, line, legs.

    Parameters
    ----------
    key, role
        Its id, and what it is shown as.
    shared
        Share that lies on the primary.
    parts
        The points of its arcs, as ``degrees`` gives them.
    """
    zone = answer.layers.settings.timezone
    when = answer.risk.field.when
    gate = answer.gates.iloc[way.gate]
    hand = time_in_hand(answer, way)
    line = joined(parts)
    # The line at the start of each arc, and at the end of the last.
    at = [0, *np.cumsum([len(part) - 1 for part in parts]).tolist()]
    runs = list(leg_runs(answer, way))
    legs = [leg | {"coordinates": line[at[run.start] : at[run.stop] + 1]}
            for leg, run in zip(leg_records(answer, way, runs), runs, strict=True)]  # fmt: skip
    return {
        "id": key, "role": role, "entrance": gate["id"], "entrance_name": gate["name"],
        "depart": words.iso(when(way.depart), zone),
        "leave_by": words.iso(when(way.depart - hand), zone), "margin_s": hand,
        "arrive": words.iso(when(way.arrive), zone),
        "time_s": int(way.time_s.sum()), "wait_s": int(way.wait_s.sum()),
        "length_m": round(float(way.length_m.sum()), 1),
        "exposure_min": round(way.exposure_s / 60, 4),
        "max_risk": round(way.max_risk, 4),
        "clear": bool(way.max_risk < answer.problem.clear_below),
        "shared_with_primary": round(shared, 4),
        "streets": street_runs(answer.problem, way.arcs),
        "geometry": {"type": "LineString", "coordinates": line},
        "legs": legs,
        "holds": holds(answer, way),
        "snap_offset_m": round(float(answer.stops.gate_offset_m[way.gate]), 1),
    }  # fmt: skip


def route_record(answer: Answer, key: str, role: str, way: Walk, shared: float) -> dict[str, Any]:
    """Return one route of the document."""
    quiet = _quiet(answer, way)
    parts = degrees(answer, way.arcs)
    return way_record(answer, key, role, way, shared=shared, parts=parts) | {
        "cost_s": round(way.cost_s, 1),
        **UNCOUNTED,
        **quiet,
        "steps": steps(answer, way, parts),
        "decision": None,
        "use_when": None,
        "trigger": None,
        "notices": [*door_notices(answer, way), *_notices(answer, way), *quiet_notices(quiet)],
    }


def _quiet(answer: Answer, way: Walk) -> dict[str, Any]:
    """Return metres of quiet streets by kind, and the names of places they lie near."""
    if answer.quiet is None:
        return {"quiet_m": {}, "quiet_places": {}}
    arcs = way.arcs.astype(np.int64)
    metres = metres_by_kind(answer.problem.network, answer.quiet, arcs)
    names = places_passed(answer.quiet, arcs)
    return {
        "quiet_m": {kind: round(m, 1) for kind, m in metres.items()},
        "quiet_places": {kind: list(named) for kind, named in names.items()},
    }


def leg_runs(answer: Answer, way: Walk) -> Iterator[slice]:
    """Give the stretches of one OSM way driven in one go at one risk."""
    ways = answer.problem.network.way_id[way.arcs]
    new = (ways[1:] != ways[:-1]) | (way.risk[1:] != way.risk[:-1]) | (way.wait_s[:-1] > 0)
    cuts = [0, *(np.flatnonzero(new) + 1).tolist(), len(ways)]
    for begin, end in pairwise(cuts):
        yield slice(begin, end)


def leg_records(answer: Answer, way: Walk, runs: Sequence[slice]) -> list[dict[str, Any]]:
    """Return the legs of a way, one after the other, their coordinates left out."""
    network, field = answer.problem.network, answer.risk.field
    zone = answer.layers.settings.timezone
    begin = [run.start for run in runs]
    first = way.arcs[begin]
    sums = (
        np.add.reduceat(each, begin).tolist() for each in (way.time_s, way.wait_s, way.length_m)
    )
    told = zip(network.way_id[first].tolist(), network.name[first].tolist(),
               way.entered[begin].tolist(), *sums, way.risk[begin].tolist(), strict=True)  # fmt: skip
    return [
        {
            "way": osm, "street": network.names[name],
            "enter": words.iso(field.when(int(entered)), zone),
            "time_s": int(time_s), "wait_s": int(wait_s), "length_m": round(length_m, 1),
            "risk": round(risk, 4),
        }
        for osm, name, entered, time_s, wait_s, length_m, risk in told
    ]  # fmt: skip


def lonlat_line(answer: Answer, arcs: NDArray[np.int32]) -> dict[str, Any]:
    """Return the GeoJSON line of arcs in driving order, degrees to 7 decimals."""
    return {"type": "LineString", "coordinates": joined(degrees(answer, arcs))}


def degrees(answer: Answer, arcs: NDArray[np.int32]) -> list[NDArray[np.float64]]:
    """Return lon/lat, float64[p, 2] to 7 decimals, of each arc."""
    network = answer.problem.network
    shapes = [network.arc_shape(int(a)) for a in arcs]
    lonlat = np.round(to_lonlat(np.concatenate(shapes), network.epsg), 7)
    ends = np.cumsum([len(shape) for shape in shapes]).tolist()
    return [lonlat[begin:end] for begin, end in pairwise([0, *ends])]


def joined(parts: Sequence[NDArray[np.float64]]) -> list[list[float]]:
    """Return the points of arcs that follow each other, each junction once."""
    line: list[list[float]] = np.concatenate([parts[0], *(p[1:] for p in parts[1:])]).tolist()
    return line


def quiet_notices(quiet: dict[str, Any]) -> list[str]:
    """Return in words the quiet streets a way uses for longer than a block."""
    told = []
    for kind, metres in quiet["quiet_m"].items():
        names = [name for name in quiet["quiet_places"].get(kind, []) if name]
        if metres >= QUIET_M[bool(names)]:
            place = f" ({', '.join(names[:2])})" if names else ""
            near = "" if kind.endswith("street") else "near a "
            told.append(f"uses {metres:.0f} m {near}{kind}{'s' * (not near)}{place}")
    return told


def door_notices(answer: Answer, way: Walk) -> list[str]:
    """Tell how the way ends where that is not at the gate, or not on the street asked for."""
    gate, stops = answer.gates.iloc[way.gate], answer.stops
    offset, crosses = float(stops.gate_offset_m[way.gate]), int(stops.gate_crosses[way.gate])
    move = speech_of(answer.problem.network.profile).move
    notices = []
    if offset > FAR_M or crosses & ~Hurdle.BUILDING:
        between = " and ".join(word for hurdle, word in _BETWEEN.items() if crosses & hurdle)
        across = f", with {between} between" if between else ""
        notices.append(f"the {move} ends {offset:.0f} m from {gate['name']}{across}")
    if offset > FAR_M and answer.problem.doors:
        met = risk_on(answer.problem.doors[way.gate].step, answer.risk, way.arrive)
        if met >= answer.problem.clear_below:
            notices.append(
                f"not clear on foot: the last {offset:.0f} m to {gate['name']} pass near a "
                f"reported zone (risk {met:.2f})"
            )
    if stops.gate_named[way.gate] < 0:
        network = answer.problem.network
        street = network.names[network.name[way.arcs[-1]]] or "a road without a name"
        notices.append(
            f"{gate['street']} was not found near {gate['name']}: the {move} ends on {street}"
        )
    return notices


def _notices(answer: Answer, way: Walk) -> list[str]:
    notices = []
    if way.max_risk >= answer.problem.clear_below:
        notices.append(
            f"not clear: passes streets near a reported zone (risk {way.max_risk:.2f}); "
            "it never enters ground that is kept clear"
        )
    network = answer.problem.network
    if (network.road_class[way.arcs] == FERRY).any():
        notices.append(words.FERRY)
    early = answer.problem.arrive - way.arrive
    if early >= 60:
        notices.append(f"arrives {early // 60} min early, before the way or the gate shuts")
    return notices
