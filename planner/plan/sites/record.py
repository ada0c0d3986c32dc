"""Scores of places to wait as data, with the candidates that are not among them."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from planner.layers.site_access import stay_words
from planner.network.profiles import PROFILES
from planner.plan import words
from planner.plan.doubt.variations import UNCOUNTED
from planner.plan.paths import lonlat_line
from planner.staging.candidates import MAX_DISTANCE_M, UNSIZED, vehicle_m2
from planner.staging.criteria import BY_NAME

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from planner.plan.facts import Answer
    from planner.staging.score import Part
    from planner.staging.sites import Site

Record = dict[str, Any]

NONE, LOCKED = "no staging site", "locked site"
"""How warnings on the places to wait begin."""

FULL = 100.0
"""Points of a site that lacks nothing by a criterion."""

MOST_OUT = 40
"""Candidates told that are not among the chosen: the nearest."""


def staging_records(answer: Answer) -> Record:
    """Return the fields of the document on the chosen sites and the other candidates."""
    sites = [_site(answer, rank, site) for rank, site in enumerate(answer.staging, 1)]
    return {"staging": sites, "staging_out": _outs(answer)}


def _site(answer: Answer, rank: int, site: Site) -> dict[str, Any]:
    row = answer.sites.iloc[site.row]
    gate = answer.gates.iloc[site.to_gate.gate]
    gateways = dict(zip(answer.layers.gateways["id"], answer.layers.gateways["name"], strict=True))
    placed = [key for key, node in zip(gateways, answer.stops.gateways, strict=True) if node >= 0]
    ways = [
        {
            "gateway": placed[way.gateway], "time_s": way.time_s,
            "length_m": round(way.length_m, 1), "geometry": lonlat_line(answer, way.arcs),
        }
        for way in site.exits
    ]  # fmt: skip
    place = row.geometry.representative_point()
    node = answer.problem.network.node_xy[answer.stops.sites[site.row]]
    lon, lat = words.lonlat(place, answer.problem.network.epsg)
    area = float(row["capacity_m2"])
    record = {
        "id": row["id"], "name": row["name"], "rank": rank, "lon": lon, "lat": lat,
        "time_s": site.to_gate.arrive - site.to_gate.depart, "gate": gate["id"],
        "area_m2": round(area, 1), "room_for": int(area // vehicle_m2(answer.question.profile)), **UNCOUNTED,
        "ways": ways, "shared_door_m": round(site.door_m, 1),
        "road_offset_m": round(float(np.hypot(*(node - (place.x, place.y)))), 1),
    }  # fmt: skip
    why = words.site_reason(
        record, answer.question, answer.layers.settings.timezone,
        gate=gate["name"], gateways=gateways, is_open=site.open,
    )  # fmt: skip
    guess = "; its size is assumed, look before you rely on it"
    why += _limit_words(row) + _sight_words(site) + _off_words(site)
    return record | _scored(answer, site) | {"why": why + guess * ("assumed" in str(row["kind"]))}


def _limit_words(row: Any) -> str:
    """Return how long one may stay at a place, how high a vehicle gets in, "" where no limit is."""
    longest, high = (row.get(name, math.nan) for name in ("maxstay_min", "maxheight_m"))
    stay = f"; {stay_words(longest)}" if longest and math.isfinite(longest) else ""
    return stay + (f"; height limit {high:g} m" if high and math.isfinite(high) else "")


def _scored(answer: Answer, site: Site) -> Record:
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


def _outs(answer: Answer) -> list[Record]:
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
    frame, vehicles = _small(answer), answer.question.vehicles
    room = frame["capacity_m2"].to_numpy(float) // vehicle_m2(answer.question.profile)
    return [
        (frame.iloc[i], UNSIZED if np.isnan(n) else f"room for {int(n)} of {vehicles} asked", None)
        for i, n in enumerate(room[:MOST_OUT])
    ]


def _small(answer: Answer) -> GeoDataFrame:
    """Return all sites near that were not looked at because they are too small, nearest first."""
    frame, vehicles = answer.metric.staging_sites, answer.question.vehicles
    if PROFILES[answer.question.profile].on_foot:
        return frame.iloc[:0]
    away = frame.distance(answer.metric.facility.geometry.iloc[0].centroid).to_numpy(float)
    room = np.nan_to_num(frame["capacity_m2"].to_numpy(float), nan=0.0)
    room //= vehicle_m2(answer.question.profile)
    small = (away <= MAX_DISTANCE_M) & (room < vehicles)
    small &= ~frame["id"].isin(answer.sites["id"]).to_numpy(bool)
    return frame.iloc[np.flatnonzero(small)[np.argsort(away[small], kind="stable")]]


def site_wishes(answer: Answer) -> Record | None:
    """Return what was asked of the places to wait, None where nothing was."""
    asked = answer.question.sites
    if not asked:
        return None
    return {
        "weights": dict(asked.weights), "off": list(asked.off), "locked": list(asked.locked),
        "forbidden": list(asked.forbidden), "clear_share": asked.clear_share,
    }  # fmt: skip


def site_warnings(answer: Answer) -> list[str]:
    """Return what to know of the places to wait: that there are none, that a locked one is out."""
    names = dict(zip(answer.sites["id"], answer.sites["name"], strict=True))
    told = [
        f"{LOCKED} {names[key] or key} is not recommended: {out.why}"
        for out in answer.staging_out
        if out.locked and (key := answer.sites["id"].iloc[out.row])
    ]
    if not answer.staging and not PROFILES[answer.question.profile].on_foot:
        dropped = answer.staging_dropped + Counter({BY_NAME["room"].lacking: len(_small(answer))})
        parts = [f"{why} ({n})" for why, n in sorted(dropped.items())]
        told.append(f"{NONE}: " + ("; ".join(parts) or "no candidate near with enough room"))
    return told


def _sight_words(site: Site) -> str:
    """Return which crowd sees a site, to stand behind other facts: who waits there wants to know."""
    seen = [
        part.words for part in site.parts
        if part.criterion == "sight" and BY_NAME["sight"].points(np.array(part.value)) < FULL
    ]  # fmt: skip
    return "".join(f"; {said}" for said in seen)


def _off_words(site: Site) -> str:
    """Return which hard criteria are switched off for a site, to stand behind other facts."""
    off = [part.words for part in site.parts if part.off and BY_NAME[part.criterion].hard]
    return "".join(f"; {said}" for said in off)
