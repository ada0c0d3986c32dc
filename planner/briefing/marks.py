"""What stands on the map beside risk, ways in: text with places, no markup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from planner.briefing.escape import isolate_plain
from planner.briefing.havens import nearest_havens
from planner.briefing.lines import encode_lonlat
from planner.briefing.words import KINDS, gate_state, letter, minutes, plain, sources, window
from planner.network.profiles import CAR, PROFILES
from planner.plan.doubt.variations import of_all
from planner.plan.zones import current

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.plan import Plan

Document = dict[str, Any]
Mark = dict[str, Any]

LETTERS = {"hospital": "H", "police": "P", "fire": "F"}


def marks(plan: Plan, document: Document, *, zone: ZoneInfo) -> list[Mark]:
    """Return the marks of a plan, those drawn below others first.

    Parameters
    ----------
    plan
        Frames with the shapes.
    document
        The plan's document as its reader may see it; what is missing there is not drawn.
    zone
        Zone in which times are told.

    Returns
    -------
    Of each mark: ``layer``, ``id``, ``at`` (lon, lat of its badge or None), ``lines`` and
    ``rings`` (encoded), ``style``, ``badge`` (None or ``kind``, ``text``, ``sign``, ``look``,
    ``side``), ``rank``, ``facts`` (title, then lines). Every text is plain.
    """
    return [
        *_closures(plan, document, zone),
        *(_approved(plan) if document["origins"] else []),
        *_zones(plan, document, zone),
        *_havens(plan, document),
        *_facility(plan, document),
        *_gateways(document),
        *_staging(document),
        *_gates(document),
    ]


def mark(
    layer: str,
    key: object,
    facts: Iterable[object],
    *,
    shape: BaseGeometry | None = None,
    style: str = "place",
    at: tuple[float, float] | None = None,
    badge: dict[str, str] | None = None,
    rank: int = 0,
) -> Mark:
    """Return one mark.

    Parameters
    ----------
    facts
        Title, then lines; empty ones are left out.
    shape
        Lon/lat; its areas are drawn as rings, its lines as lines.
    style
        How lines are drawn: ``site``, ``zone``, ``march``, ``closure``, ``approved``,
        ``avoid``, ``prefer``, ``reach``, ``leaving``, ``option``, ``choke``, ``earlier``, ``correction``,
        ``quiet``, ``drive``, ``walk``, ``place``.
    at
        Longitude, latitude of the badge; without it the middle of the shape.
    rank
        Of two marks of a layer, the lower keeps its words where both have no room.
    """
    lines, rings = _encoded(shape)
    if badge and at is None and shape is not None and not shape.is_empty:
        at = _middle(shape)
    if badge is None and at is None and not lines and not rings and shape is not None:
        at, badge = _middle(shape), {"kind": "spot"}
    return {
        "layer": layer,
        "id": str(key),
        "at": [round(at[0], 6), round(at[1], 6)] if at and badge else None,
        "lines": lines,
        "rings": rings,
        "style": style,
        "badge": badge,
        "rank": rank,
        "facts": [str(line) for line in facts if line],
    }


def in_place(first: Iterable[Mark], others: Iterable[Mark]) -> list[Mark]:
    """Return marks, and of some others those that are not the same place of the same layer."""
    known = list(first)
    taken = {(one["layer"], one["id"]) for one in known}
    return [*known, *(one for one in others if (one["layer"], one["id"]) not in taken)]


def zone_mark(row: Document, shape: BaseGeometry | None, zone: ZoneInfo) -> Mark:
    """Return the mark of a report, told neutrally: ``row`` as the plan's document has it."""
    kind = row.get("kind") or ""
    name = KINDS.get(kind, plain(kind))
    line = shape is not None and "LineString" in shape.geom_type
    return mark(
        "zones",
        row["id"],
        [
            row.get("label") or name,
            f"{name} reported by {sources(row)}" if row.get("reports") else f"{name} reported",
            _when(row, zone),
            f"Grade {row['grade']}" if row.get("grade") else "",
        ],
        shape=shape,
        style="march" if kind == "march" and line else "zone",
        badge={"kind": "zone", "look": kind if kind in KINDS else "unknown_friction"},
    )


def closure_mark(row: Document, shape: BaseGeometry | None, zone: ZoneInfo) -> Mark:
    """Return the mark of a closed road."""
    facts = [row.get("name") or "Closed road", "Closed road", _when(row, zone)]
    return mark("closures", row["id"], facts, shape=shape, style="closure")


def _when(row: Document, zone: ZoneInfo) -> str:
    return window(row["starts_at"], row["ends_at"], zone) if row.get("starts_at") else ""


def _zones(plan: Plan, document: Document, zone: ZoneInfo) -> list[Mark]:
    shapes = shapes_by_id(plan.zones)
    # Of several reports, the place is that of the leading one.
    rows = [row | {"id": _lead(row)} for row in current(document)]
    return [zone_mark(row, shapes[row["id"]], zone) for row in rows if shapes.get(row["id"])]


def _lead(row: Document) -> str:
    reports = row.get("reports") or [row]
    return str(reports[0]["id"])


def _closures(plan: Plan, document: Document, zone: ZoneInfo) -> list[Mark]:
    shapes = shapes_by_id(plan.closures)
    rows = [row for row in document["closures"] if shapes.get(str(row["id"])) is not None]
    return [closure_mark(row, shapes[str(row["id"])], zone) for row in rows]


def _approved(plan: Plan) -> list[Mark]:
    names = plan.access_routes["name"] if "name" in plan.access_routes.columns else {}
    return [
        mark("approved", key, [names.get(key) or "Approved route", "Approved beforehand"],
             shape=shape, style="approved")
        for key, shape in plan.access_routes.geometry.items()
    ]  # fmt: skip


def _facility(plan: Plan, document: Document) -> list[Mark]:
    facts = [document["facility_name"], "The site of this plan"]
    key = document["facility"]
    areas = [
        mark("facility", key, facts, shape=shape, style="site")
        for shape in plan.facility.geometry
        if shape is not None and shape.geom_type != "Point"
    ]
    place = (document["facility_lon"], document["facility_lat"])
    badge = {"kind": "site", "text": document["facility_name"]}
    return [*areas, mark("facility", key, facts, at=place, badge=badge)]


def _havens(plan: Plan, document: Document) -> list[Mark]:
    return [
        mark("havens", getattr(row, "id", row.Index), [row.name or plain(row.kind), plain(row.kind)],
             at=at, badge={"kind": "haven", "text": LETTERS[row.kind]}, rank=rank)
        for rank, (row, at, _) in enumerate(
            nearest_havens(plan.support_stops, document, plan.network.epsg))
    ]  # fmt: skip


def _gateways(document: Document) -> list[Mark]:
    made = []
    on_foot = PROFILES[document.get("profile") or CAR.name].on_foot
    for place, origin in enumerate(document["origins"]):
        note = "Ways in begin here" if origin["feasible"] else origin.get("reason")
        badge = {"kind": "origin", "text": letter(place)}
        looks = [on_foot and "afoot", not origin["feasible"] and "none"]
        badge |= {"look": " ".join(look for look in looks if look)} if any(looks) else {}
        made.append(
            mark("gateways", origin["id"], [origin["name"], note], rank=place,
                 at=(origin["lon"], origin["lat"]), badge=badge)
        )  # fmt: skip
    return made


def _gates(document: Document) -> list[Mark]:
    made = []
    for gate in document["gates"]:
        sign, state = gate_state(gate)
        look = "open" if sign == "✓" else "shut"
        facts = [
            gate["name"], f"At arrival: {state}", f"Hours {gate['opens']} to {gate['closes']}",
            plain(gate["kind"]), "Place assumed, not surveyed" if gate.get("assumed") else "",
            gate.get("reason"), _often(gate, document),
        ]  # fmt: skip
        words = f"{isolate_plain(gate['name'])} ({state})"
        badge = {"kind": "gate", "sign": sign, "text": words, "look": look,
                 "side": _side(gate, document)}  # fmt: skip
        # Where two have no room, the gate that more sides use keeps its name.
        rank = -len(gate.get("best_for") or []) + (0 if look == "open" else 100)
        made.append(mark("gates", gate["id"], facts, at=(gate["lon"], gate["lat"]),
                         badge=badge, rank=rank))  # fmt: skip
    return made


def _often(row: Document, document: Document) -> str:
    told = of_all(row, document.get("ensemble"))
    return f"Clear in {told} simulated variations" if told else ""


def _side(gate: Document, document: Document) -> str:
    """Return on which side of its point a gate's name stands: away from the site."""
    north = gate["lat"] - document["facility_lat"]
    east = gate["lon"] - document["facility_lon"]
    return ("up" if north >= 0 else "down") + (" right" if east >= 0 else " left")


def _staging(document: Document) -> list[Mark]:
    made = []
    for site in document["staging"]:
        rank = int(site["rank"])
        room = f"Room for {site['room_for']} vehicles" if site.get("room_for") is not None else ""
        facts = [site["name"], f"Staging site, rank {rank}",
                 f"{minutes(site.get('time_s'))} min to the gate", room,
                 (site.get("movement") or {}).get("text"), site.get("why"),
                 _often(site, document)]  # fmt: skip
        made.append(mark("staging", site["id"], facts, at=(site["lon"], site["lat"]), rank=rank,
                         badge={"kind": "staging", "text": f"S{rank}"}))  # fmt: skip
    return made


def shapes_by_id(frame: GeoDataFrame) -> dict[str, Any]:
    """Return geometry by id of a layer whose ids are its index or a column."""
    ids = frame["id"] if "id" in frame.columns else frame.index
    return dict(zip((str(value) for value in ids), frame.geometry, strict=True))


def _encoded(shape: BaseGeometry | None) -> tuple[str, str]:
    """Return the lines, then the rings of a lon/lat geometry."""
    if shape is None or shape.is_empty:
        return "", ""
    parts = shapely.get_parts(np.asarray([shape], object))
    parts = shapely.get_parts(parts)
    rank = shapely.get_dimensions(parts)
    return _pack(parts[rank == 1]), _pack(shapely.get_rings(parts[rank == 2]))


def _pack(lines: Any) -> str:
    lonlat, part = shapely.get_coordinates(lines, return_index=True)
    return encode_lonlat(lonlat, part.astype(np.int64)) if len(lonlat) else ""


def _middle(shape: BaseGeometry) -> tuple[float, float]:
    """Return a point on a geometry, half-way along a line."""
    longest = max(shapely.get_parts(shape), key=lambda part: part.length)
    point = (
        longest.interpolate(0.5, normalized=True)
        if longest.geom_type == "LineString"
        else shape.representative_point()
    )
    return float(point.x), float(point.y)
