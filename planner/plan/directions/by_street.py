"""Street-by-street directions of a way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan import words
from planner.plan.directions import phrases
from planner.plan.directions.junctions import SIGHT_M, Course
from planner.plan.directions.runs import Guide
from planner.plan.holds import hold_text
from planner.plan.wishes.passing import passed_after

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.plan.facts import Answer
    from planner.routes.walk import Walk


def steps(answer: Answer, way: Walk, lonlat: Sequence[NDArray[np.float64]]) -> list[dict[str, Any]]:
    """Return the directions of a way, first to last; their lengths and times sum to its own.

    Parameters
    ----------
    answer, way
        The plan's facts, one way in.
    lonlat
        Degrees, float64[p, 2], of each arc.
    """
    guide = Guide(Course(answer.problem, way))
    zone = answer.layers.settings.timezone
    when = answer.risk.field.when
    metres = np.concatenate([[0.0], np.cumsum(way.length_m)])
    waits = np.concatenate([[0], way.wait_s])
    past = passed_after(answer, way)
    told = []
    for i, run in enumerate(guide.runs):
        heading = guide.course.out[run.begin]
        length = round(float(metres[run.end]), 1) - round(float(metres[run.begin]), 1)
        turn, street, text = guide.words(i)
        wait = int(waits[run.begin])
        held = hold_text(answer, way, run.begin - 1) if wait else ""
        lon, lat = lonlat[run.begin][0].tolist()
        told.append({
            "turn": turn, "street": street, "toward": phrases.compass(heading),
            "at": words.iso(when(int(way.entered[run.begin]) - wait), zone),
            "time_s": int(way.time_s[run.begin : run.end].sum()), "wait_s": wait,
            "length_m": round(length, 1), "lon": lon, "lat": lat,
            "risk": round(float(way.risk[run.begin : run.end].max()), 4),
            "text": phrases.after_hold(held, f"{text}, {phrases.metres(length)}")
            + "".join(f"; you pass {wish.name}" for at, wish in past if run.begin <= at < run.end),
        })  # fmt: skip
    return [*told, _arrival(answer, guide, told[-1]["street"], lonlat[-1][-1])]


def _arrival(
    answer: Answer, guide: Guide, street: str, place: NDArray[np.float64]
) -> dict[str, Any]:
    way, network = guide.course.way, answer.problem.network
    gate = answer.gates.iloc[way.gate]
    at = guide.course.at
    heading = guide.course.heading(max(0.0, float(at[-1]) - SIGHT_M), float(at[-1]))
    end = network.node_xy[network.head[way.arcs[-1]]]
    beside = phrases.side_of(heading, (gate.geometry.x - end[0], gate.geometry.y - end[1]))
    wait = int(way.wait_s[-1])
    lon, lat = place.tolist()
    return {
        "turn": "arrive", "street": street, "toward": phrases.compass(heading),
        "at": words.iso(
            answer.risk.field.when(way.arrive - wait), answer.layers.settings.timezone
        ),
        "time_s": 0, "wait_s": wait, "length_m": 0.0, "lon": lon, "lat": lat, "risk": 0.0,
        "text": phrases.after_hold(
            hold_text(answer, way, -1), phrases.arrives(gate["name"], beside)
        ),
    }  # fmt: skip
