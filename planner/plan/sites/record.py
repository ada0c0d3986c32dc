"""Scores of places to wait as data, with the candidates that are not among them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.plan import words
from planner.staging.candidates import M2_PER_VEHICLE, MAX_DISTANCE_M
from planner.staging.criteria import BY_NAME

if TYPE_CHECKING:
    from planner.plan.facts import Answer
    from planner.staging.score import Part
    from planner.staging.sites import Site

Record = dict[str, Any]

MOST_OUT = 40
"""Candidates told that are not among the chosen: the nearest."""


def scored(answer: Answer, site: Site) -> Record:
    """Return the score of a site, its parts, its minutes to each gate."""
    gates = zip(answer.gates["id"], site.gate_s, strict=True)
    return {
        "score": round(site.score, 1),
        "parts": [_part(part) for part in site.parts],
        "gates": [{"gate": key, "time_s": seconds} for key, seconds in gates],
        "locked": site.locked,
    }


def _part(part: Part) -> Record:
    row = BY_NAME[part.criterion]
    return {
        "criterion": part.criterion, "label": row.label, "value": _number(part.value, 4),
        "unit": row.unit, "points": _number(part.points, 1), "weight": part.weight,
        "hard": row.hard, "off": part.off, "words": part.words,
    }  # fmt: skip


def _number(value: float, digits: int) -> float | None:
    return round(value, digits) if math.isfinite(value) else None


def outs(answer: Answer) -> list[Record]:
    """Return the candidates that are not among the chosen, the nearest first, and why."""
    frame, locked = answer.sites, answer.question.sites.locked
    rows = [
        (frame.iloc[out.row], out.why, None if out.score is None else round(out.score, 1))
        for out in answer.staging_out
    ]
    centre = answer.metric.facility.geometry.iloc[0].centroid
    told = [
        (row.geometry.distance(centre), str(row["id"]), row, why, score)
        for row, why, score in [*rows, *_too_small(answer)]
    ]
    told.sort(key=lambda one: (one[1] not in locked, *one[:2]))
    records = []
    for _, key, row, why, score in told[:MOST_OUT]:
        place = row.geometry.representative_point()
        lon, lat = words.lonlat(place, answer.problem.network.epsg)
        records.append({
            "id": key, "name": row["name"], "lon": lon, "lat": lat, "why": why, "score": score,
            "locked": key in locked,
        })  # fmt: skip
    return records


def _too_small(answer: Answer) -> list[tuple[Any, str, None]]:
    """Return the nearest sites that were not looked at because they are too small."""
    frame, vehicles = answer.metric.staging_sites, answer.question.vehicles
    if answer.sites.empty and not answer.staging_out:
        return []
    away = frame.distance(answer.metric.facility.geometry.iloc[0].centroid).to_numpy(float)
    room = np.nan_to_num(frame["capacity_m2"].to_numpy(float), nan=0.0) // M2_PER_VEHICLE
    small = (away <= MAX_DISTANCE_M) & (room < vehicles)
    small &= ~frame["id"].isin(answer.sites["id"]).to_numpy(bool)
    nearest = np.flatnonzero(small)[np.argsort(away[small], kind="stable")][:MOST_OUT]
    return [(frame.iloc[i], f"room for {int(room[i])} of {vehicles} asked", None) for i in nearest]


def site_wishes(answer: Answer) -> Record | None:
    """Return what was asked of the places to wait, None where nothing was."""
    asked = answer.question.sites
    if not asked:
        return None
    return {
        "weights": dict(asked.weights), "off": list(asked.off), "locked": list(asked.locked),
        "forbidden": list(asked.forbidden), "clear_share": asked.clear_share,
    }  # fmt: skip


def lock_warnings(document: Record) -> list[str]:
    """Return a warning for every locked site that is not recommended, and why."""
    return [
        f"locked site {out['name'] or out['id']} is not recommended: {out['why']}"
        for out in document["staging_out"] if out["locked"]
    ]  # fmt: skip


def off_words(site: Site) -> str:
    """Return which hard criteria are switched off for a site, to stand behind other facts."""
    off = [part.words for part in site.parts if part.off and BY_NAME[part.criterion].hard]
    return "".join(f"; {said}" for said in off)
