"""The zones of a plan as data: reported, to come, expired."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.plan import words
from planner.risk.ground import Streets
from planner.risk.labels import kind_on, street_among, street_at, zone_label
from planner.risk.status import Status, expires_s, status_at

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

    from planner.network.graph import Network
    from planner.plan.facts import Answer
    from planner.risk.field import Risk
    from planner.risk.reported import Report, Zone


def zone_records(answer: Answer) -> list[dict[str, Any]]:
    """Return a record of each zone by id: what it is at the arrival, what reports of it."""
    risk, second = answer.risk, answer.problem.arrive
    timezone = answer.layers.settings.zone
    shapes = shapes_of(answer.layers.zones)
    streets = Streets.of(answer.problem.network, risk.parameters)
    records = []
    for zone in sorted(risk.zones, key=lambda one: one.id):
        here = [
            f for f in risk.footprints
            if f.zone_id == zone.id and f.start_s <= second < f.end_s
        ]  # fmt: skip
        lows = [r.size_low for r in zone.reports if r.size_low is not None]
        lead = zone.reports[0]
        records.append(
            {
                "id": zone.id,
                "label": _labelled(zone, risk, streets, timezone),
                "kind": zone.kind, "source_kind": zone.source_kind, "grade": lead.grade,
                **_window(risk, zone, timezone),
                "size_low": int(zone.size_low) if lows else 0,
                "size_high": int(zone.size_high) if lows else 0,
                "presence_at_arrival": round(max((f.presence for f in here), default=0.0), 3),
                "footprint_m2": round(sum(f.polygon.area for f in here), 1) if here else None,
                "status": str(status_at(zone, second, risk.parameters)),
                "expires_at": words.iso(
                    risk.field.when(expires_s(zone, risk.parameters)), timezone
                ),
                "reports": [_report(risk, report, timezone) for report in zone.reports],
                "geometry": shapes.get(lead.id),
            }
        )  # fmt: skip
    return records


def shapes_of(frame: GeoDataFrame) -> dict[str, dict[str, Any]]:
    """Return GeoJSON geometry by id of a layer in EPSG:4326, degrees to 7 decimals."""
    shapes = np.asarray(frame.geometry.array, object)
    shapes = shapely.transform(shapely.force_2d(shapes), lambda lonlat: np.round(lonlat, 7))
    return {
        str(key): json.loads(shapely.to_geojson(shape))
        for key, shape in zip(frame["id"], shapes, strict=True)
    }


def current(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the zones of a plan's document that are reported or still to come."""
    return [row for row in document["zones"] if row.get("status") != Status.EXPIRED]


def expired(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the zones of a plan's document that are no more."""
    return [row for row in document["zones"] if row.get("status") == Status.EXPIRED]


def notices(answer: Answer) -> list[str]:
    """Return what is to be known of the risk; nothing of zones that are expired."""
    risk, second = answer.risk, answer.problem.arrive
    gone = tuple(
        f"zone {zone.id}:"
        for zone in risk.zones
        if status_at(zone, second, risk.parameters) == Status.EXPIRED
    )
    return [str(note) for note in risk.notices if not note.startswith(gone)]


def label(zone: Zone, risk: Risk, network: Network, timezone: ZoneInfo) -> str:
    """Return what a zone is called: kind, street and time."""
    return _labelled(zone, risk, Streets.of(network, risk.parameters), timezone)


def _labelled(zone: Zone, risk: Risk, streets: Streets, timezone: ZoneInfo) -> str:
    where = street_among(streets, zone.geometry)
    begins, ends = (risk.field.when(second) for second in (zone.start_s, zone.end_s))
    told = {"kind": zone.kind, "starts_at": begins, "ends_at": ends}
    return zone_label(told, where, timezone)


def short_label(zone: Zone, risk: Risk, network: Network) -> str:
    """Return what a zone is called within a sentence: kind and street."""
    return kind_on(zone.kind, street_at(network, zone.geometry, risk.parameters))


def _report(risk: Risk, report: Report, timezone: ZoneInfo) -> dict[str, Any]:
    return {
        "id": report.id, "source_kind": report.source_kind, "grade": report.grade,
        **_window(risk, report, timezone),
        "observed_at": words.iso(risk.field.when(report.seen_s), timezone),
        "size_low": int(report.size_low or 0), "size_high": int(report.size_high or 0),
    }  # fmt: skip


def _window(risk: Risk, of: Zone | Report, timezone: ZoneInfo) -> dict[str, str]:
    when = risk.field.when
    return {
        "starts_at": words.iso(when(of.start_s), timezone),
        "ends_at": words.iso(when(of.end_s), timezone),
    }
