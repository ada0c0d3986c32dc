"""The plan as JSON-ready data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from planner import __version__
from planner.initialise import credit_of
from planner.layers.schema import ROLES
from planner.network.corrections import IN_FORCE, WITHOUT_ROAD
from planner.plan import words, zones
from planner.plan.addresses import address_notices
from planner.plan.directions.speech import speech_of
from planner.plan.doubt.variations import UNCOUNTED
from planner.plan.no_way.advice import advise
from planner.plan.numbers import hour_notices, road_numbers
from planner.plan.options import option_records
from planner.plan.pace.decision import decisions
from planner.plan.pace.trigger import Bearing, triggers
from planner.plan.paths import FAR_M, route_record
from planner.plan.sites.record import site_warnings, site_wishes, staging_records
from planner.plan.trades import trade_record
from planner.plan.why import reasons
from planner.plan.why.causes import explanations, why
from planner.plan.wishes.record import wish_record, with_reasons
from planner.staging.candidates import vehicle_m2

if TYPE_CHECKING:
    from planner.layers.workspace import Workspace
    from planner.plan.facts import Answer
    from planner.routes.answer import OriginAnswer

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
        **staging_records(answer),
        "site_wishes": site_wishes(answer),
        "staging_tried": [],
        "staging_room": None,
        "trade": None,
        "ensemble": None,
        "choke_points": None,
        "explanations": explanations(causes, origins),
        "why": causes,
        "day": None,
        "leaving": None,
        "on_foot": None,
        "support": None,
        "zones": zones.zone_records(answer),
        "closures": _closures(answer),
        "verification": {"passed": False, "checked": 0, "failures": []},
        "notices": _notices(answer, now),
        "warnings": [*_warnings(answer), *site_warnings(answer)],
        "provenance": _provenance(answer, workspace),
    }
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
    problem = answer.problem.by_hours()
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
    return warnings


def _provenance(answer: Answer, workspace: Workspace) -> dict[str, Any]:
    settings = workspace.settings
    parameters = (
        answer.question.parameters.table()
        | road_numbers(answer)
        | {
            "m2_per_vehicle": {
                "value": vehicle_m2(answer.question.profile),
                "unit": "m2",
                "source": "assumption",
            },
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
