"""The plan as JSON-ready data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from planner import __version__
from planner.initialise import credit_of
from planner.layers.schema import ROLES
from planner.network.corrections import IN_FORCE, WITHOUT_ROAD
from planner.network.profiles import PROFILES
from planner.plan import words, zones
from planner.plan.addresses import address_notices
from planner.plan.directions.speech import speech_of
from planner.plan.doubt.variations import UNCOUNTED
from planner.plan.no_way.advice import advise
from planner.plan.numbers import hour_notices, road_numbers
from planner.plan.options import option_records
from planner.plan.pace.decision import decisions
from planner.plan.pace.trigger import Bearing, triggers
from planner.plan.paths import FAR_M, lonlat_line, route_record
from planner.plan.sites.record import lock_warnings, off_words, outs, scored, site_wishes
from planner.plan.trades import trade_record
from planner.plan.why import reasons
from planner.plan.why.causes import explanations, why
from planner.plan.wishes.record import wish_record, with_reasons
from planner.staging.candidates import M2_PER_VEHICLE

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace
    from planner.plan.facts import Answer
    from planner.routes.answer import OriginAnswer
    from planner.staging.sites import Site

VALID = timedelta(hours=24)
"""A plan is not to be used longer than this after it was made. Assumption."""

AFTER = timedelta(hours=1)
"""Nor longer than this after the arrival it was made for. Assumption."""


def write_ways(answer: Answer) -> dict[str, Any]:
    """Return as much of a plan as the check of its ways reads."""
    origins = _origins(answer)
    return {
        "feasible": any(o["routes"] for o in origins),
        "facility": answer.question.facility, "profile": answer.question.profile,
        "arrive_by": words.iso(answer.question.arrive_utc, answer.layers.settings.timezone),
        "origins": origins, "staging": [], "wishes": wish_record(answer, origins),
    }  # fmt: skip


def write_document(answer: Answer, workspace: Workspace, now: datetime) -> dict[str, Any]:
    """Return the plan as JSON-ready data, still without its verification."""
    zone = workspace.timezone
    question = answer.question
    facility = answer.layers.facility.iloc[0]
    point = facility.geometry.representative_point()
    origins = _origins(answer)
    causes = why(answer)
    wishes = wish_record(answer, origins)
    document: dict[str, Any] = {
        "feasible": any(o["routes"] for o in origins),
        "facility": question.facility,
        "facility_name": facility["name"],
        "facility_lon": round(point.x, 7),
        "facility_lat": round(point.y, 7),
        "headline": "",
        "advice": None,
        "arrive_by": words.iso(question.arrive_utc, zone),
        "timezone": workspace.settings.timezone,
        "profile": question.profile,
        "quiet": question.quiet and answer.quiet is not None,
        "generated_at": words.iso(now, zone),
        "valid_until": words.iso(_valid_until(answer, now), zone),
        "origins": with_reasons(origins, wishes),
        "wishes": wishes,
        "gates": _gates(answer, origins),
        "staging": [_site(answer, rank, site) for rank, site in enumerate(answer.staging, 1)],
        "staging_out": outs(answer),
        "site_wishes": site_wishes(answer),
        "trade": None,
        "ensemble": None,
        "choke_points": None,
        "explanations": explanations(causes, origins),
        "why": causes,
        "day": None,
        "leaving": None,
        "on_foot": None,
        "zones": zones.zone_records(answer),
        "closures": _closures(answer),
        "verification": {"passed": False, "checked": 0, "failures": []},
        "notices": _notices(answer, now),
        "warnings": _warnings(answer),
        "provenance": _provenance(answer, workspace),
    }
    document["warnings"] += lock_warnings(document)
    document["advice"] = advise(document)
    document["headline"] = words.headline(document)
    document["trade"] = trade_record(document, question)
    return document


def _valid_until(answer: Answer, now: datetime) -> datetime:
    """Return when the plan goes stale; one for a time in the past is so at once."""
    return max(now, min(now + VALID, answer.question.arrive_utc + AFTER))


def _notices(answer: Answer, now: datetime) -> list[str]:
    notices = zones.notices(answer)
    fixed = answer.problem.network.counts.get(IN_FORCE, 0)
    if fixed:
        many = "1 local correction" if fixed == 1 else f"{fixed} local corrections"
        notices.append(f"{many} of the road map {'is' if fixed == 1 else 'are'} in force")
    notices += [*hour_notices(answer), *address_notices(answer)]
    ahead = answer.question.arrive_utc - now
    if ahead < timedelta(0):
        notices.append("the arrival time lies in the past")
    if ahead > VALID:
        many = f"{ahead.days} day{'s' * (ahead.days != 1)}"
        notices.append(
            f"made {many} before the arrival: plan again within a day of it, "
            "for reports will change"
        )
    return notices


def _origins(answer: Answer) -> list[dict[str, Any]]:
    frame = answer.layers.gateways
    told = speech_of(answer.question.profile)
    placed = iter(zip(answer.origins, answer.problem.origins, strict=True))
    bearing = Bearing(answer)
    records = []
    for row, node in zip(frame.itertuples(), answer.stops.gateways, strict=True):
        record: dict[str, Any] = {
            "id": row.id, "name": row.name,
            "lon": round(row.geometry.x, 7), "lat": round(row.geometry.y, 7),
            "feasible": False, "reason": None, "opens_at": None, "stop": None, "earlier": None,
            "later": None, "proven": False,
            "routes": [], "options": [], "unmet": [], "robust": None, "sure": None,
            "message": None,
        }  # fmt: skip
        if node < 0:
            record["reason"] = f"no {told.road} lies near this {told.origin}"
        else:
            found, origin = next(placed)
            record.update(_origin(answer, row.id, found, int(origin), bearing))
        records.append(record)
    return records


def _origin(
    answer: Answer, key: str, found: OriginAnswer, node: int, bearing: Bearing
) -> dict[str, Any]:
    zone = answer.layers.settings.timezone
    if not found.routes:
        return {
            "reason": reasons.no_way(answer.plain, node),
            "opens_at": None if found.opens is None
            else words.iso(answer.risk.field.when(found.opens), zone),
        }  # fmt: skip
    routes = [
        route_record(answer, f"{key}:{role}", role, way, shared)
        for role, way, shared in zip(ROLES, found.routes, found.shared, strict=False)
    ]
    for route, decision in zip(routes, decisions(answer, found.routes, routes), strict=True):
        route["decision"] = decision
    for route, trigger in zip(routes, triggers(answer, found.routes, routes, bearing), strict=True):
        route.update(trigger)
    return {
        "feasible": True,
        "proven": found.routes[0].proven,
        "routes": routes,
        "options": option_records(answer, key, found, routes),
        "unmet": reasons.unmet(answer, found),
    }


def _gates(answer: Answer, origins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    problem = answer.problem
    records = []
    vehicle = {str(key): g for g, key in enumerate(answer.gates["id"])}
    for row in answer.layers.entrances.itertuples():
        g = vehicle.get(row.id)
        is_open = g is not None and problem.opens_in_time(g)
        told = served(row.id, origins)
        records.append(
            {
                "id": row.id, "name": row.name, "kind": row.kind,
                "lon": round(row.geometry.x, 7), "lat": round(row.geometry.y, 7),
                "opens": row.opens, "closes": row.closes, "assumed": bool(row.assumed),
                "open": is_open, **told,
                "reason": reasons.gate(
                    answer, row, g, is_open=is_open, used=told["time_s"] is not None
                ),
                **UNCOUNTED,
            }
        )  # fmt: skip
    return records


def served(gate: str, origins: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the seconds of the quickest way told to a gate, whose first choice ends there."""
    times = [
        r["time_s"] + r["wait_s"] for o in origins for r in o["routes"] if r["entrance"] == gate
    ]
    best = [o["id"] for o in origins if o["routes"] and o["routes"][0]["entrance"] == gate]
    return {"time_s": min(times, default=None), "best_for": best}


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
        "area_m2": round(area, 1), "room_for": int(area // M2_PER_VEHICLE), **UNCOUNTED,
        "ways": ways, "shared_door_m": round(site.door_m, 1),
        "road_offset_m": round(float(np.hypot(*(node - (place.x, place.y)))), 1),
    }  # fmt: skip
    why = words.site_reason(
        record, answer.question, answer.layers.settings.timezone,
        gate=gate["name"], gateways=gateways, is_open=site.open,
    )  # fmt: skip
    guess = "; its size is assumed, look before you rely on it"
    why += off_words(site)
    return record | scored(answer, site) | {"why": why + guess * ("assumed" in str(row["kind"]))}


def _closures(answer: Answer) -> list[dict[str, Any]]:
    zone = answer.layers.settings.timezone
    shapes = zones.shapes_of(answer.layers.closures)
    return [
        {
            "id": row.id, "name": row.name, "kind": row.kind,
            "starts_at": words.iso(row.starts_at, zone), "ends_at": words.iso(row.ends_at, zone),
            "geometry": shapes.get(row.id),
        }
        for row in answer.layers.closures.itertuples()
    ]  # fmt: skip


def _warnings(answer: Answer) -> list[str]:
    warnings = []
    told = speech_of(answer.question.profile)
    if answer.layers.entrances["assumed"].any():
        warnings.append("gates of this facility are assumed, not surveyed: check them before use")
    far = answer.stops.gate_offset_m
    for row, offset in zip(answer.gates.itertuples(), far, strict=True):
        if offset == float("inf"):
            warnings.append(
                f"{row.name} is near no road that can be reached: no {told.move} ends there"
            )
        elif offset > FAR_M:
            warnings.append(f"{row.name} lies {offset:.0f} m from the road it was put on")
    lost = int((answer.stops.gateways < 0).sum())
    if lost:
        warnings.append(f"{told.many(lost)} on no {told.road} left out")
    astray = answer.problem.network.counts.get(WITHOUT_ROAD, 0)
    if astray:
        few = "1 local correction" if astray == 1 else f"{astray} local corrections"
        warnings.append(f"{few} of the road map without effect, no road is there: see planner show")
    if not answer.staging and not PROFILES[answer.question.profile].on_foot:
        parts = [f"{why} ({n})" for why, n in sorted(answer.staging_dropped.items())]
        warnings.append(
            "no staging site: " + ("; ".join(parts) or "no candidate near with enough room")
        )
    return warnings


def _provenance(answer: Answer, workspace: Workspace) -> dict[str, Any]:
    settings = workspace.settings
    parameters = (
        answer.question.parameters.table()
        | road_numbers(answer)
        | {
            "m2_per_vehicle": {"value": M2_PER_VEHICLE, "unit": "m2", "source": "assumption"},
            "vehicles": {
                "value": answer.question.vehicles,
                "unit": "vehicles",
                "source": "question",
            },
        }
    )
    return {
        "inputs": {
            "workspace": settings.name,
            "workspace_version": workspace.version,
            "source_name": settings.source_name,
            "source_sha256": settings.source_sha256,
            "extract_date": settings.extract_date,
            "roads": credit_of(workspace),
        },
        "parameters": parameters,
        "seed": answer.question.seed,
        "version": __version__,
    }
