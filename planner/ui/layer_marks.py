"""A layer as marks of the map that can be picked, moved, reshaped."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import shapely
from shapely.geometry import mapping

from planner.briefing.marks import closure_mark, mark, zone_mark
from planner.briefing.words import plain
from planner.layers.cells import is_missing
from planner.layers.site_access import BUSES, CARS, GRANTED, PERMISSION, PRIVATE, stay_words
from planner.ui.drafts import NEW, ONE, Desk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from geopandas import GeoDataFrame

    from planner.layers.schema import LayerSchema

MOST = 300
"""Rows drawn to be edited, those nearest to the site first; more make the map slow."""

ON_MAP: Mapping[str, str] = MappingProxyType(
    {
        "zones": "zones", "closures": "closures", "facilities": "facility", "entrances": "gates",
        "access_routes": "approved", "gateways": "gateways", "staging_sites": "staging",
        "support_stops": "havens", "corrections": "corrections",
    }
)  # fmt: skip
"""What the map calls each layer."""

STYLES: Mapping[str, str] = MappingProxyType(
    {"facilities": "site", "access_routes": "approved", "corrections": "correction"}
)
TOOLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"Polygon": ("polygon", "circle"), "LineString": ("line",), "Point": ("point",)}
)


def tools_of(schema: LayerSchema) -> tuple[str, ...]:
    """Return the tools that draw what a layer may hold.

    >>> from planner.layers.schema import schema_of
    >>> tools_of(schema_of("zones")), tools_of(schema_of("gateways"))
    (('polygon', 'circle', 'line', 'point', 'edit'), ('point', 'edit'))
    """
    found = [
        tool for kind, tools in TOOLS.items() if kind in schema.geometry_types for tool in tools
    ]
    return (*found, "edit")


def layer_marks(
    frame: GeoDataFrame, schema: LayerSchema, desk: Desk, known: Sequence[Mapping[str, Any]],
    *, home: tuple[float, float], zone: ZoneInfo,
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """Return the marks of a map with those of one layer fit to be edited, and how many are not.

    Parameters
    ----------
    frame
        Rows of the layer, EPSG:4326.
    desk
        Its unsaved changes: drawn in place of what is stored.
    known
        The marks of the plan; the layer's own are used where they are there.
    home
        Longitude, latitude: the rows nearest to it are drawn.
    """
    name = ON_MAP[schema.name]
    others = [dict(one) for one in known if one["layer"] != name]
    own: dict[str, list[dict[str, Any]]] = {}
    for one in known:
        if one["layer"] == name:
            own.setdefault(one["id"], []).append(dict(one))
    near = shapely.distance(frame.geometry.to_numpy(), shapely.Point(home))
    kept = frame.iloc[near.argsort(kind="stable")[:MOST]]
    drawn: list[dict[str, Any]] = []
    for row in kept.to_dict("records"):
        key, draft = str(row["id"]), desk.drafts.get(str(row["id"]))
        if draft is not None and draft.gone:
            continue
        shape = row["geometry"] if draft is None or draft.shape is None else draft.shape
        moved = not shape.equals(row["geometry"])
        marks = [] if moved else own.get(key, [])
        marks = marks or [_mark(row, shape, schema, zone)]
        marks[0]["geometry"] = mapping(shape)
        if draft is not None:
            marks[0]["facts"] = [*marks[0]["facts"], "Changed, not saved"]
        drawn += marks
    return [*others, *drawn], len(frame) - len(kept)


def site_facts(row: Mapping[str, Any]) -> list[str]:
    """Return what binds at a staging site, in words; what is usual is not told.

    >>> site_facts({"capacity_m2": 900.0, "access": "permission", "maxheight_m": 2.1, "lit": "no"})
    ['900 m2', 'For first aid, or with permission', 'Up to 2.1 m high', 'No lights']
    """
    told = {name: value for name, value in row.items() if not is_missing(value)}
    opens, closes = told.get("opens", "00:00"), told.get("closes", "24:00")
    return [text for text, tells in (
        (f"{told.get('capacity_m2', 0):,.0f} m2", "capacity_m2" in told),
        (_ACCESS.get(str(told.get("access")), ""), True),
        (_VEHICLES.get(str(told.get("vehicles")), ""), True),
        (f"Up to {told.get('maxheight_m', 0):g} m high", "maxheight_m" in told),
        (f"Open {opens} to {closes}", (opens, closes) != ("00:00", "24:00")),
        (f"Hours: {told.get('hours')}", "hours" in told),
        (stay_words(told.get("maxstay_min", 0)).capitalize(), "maxstay_min" in told),
        ("Lit" if told.get("lit") == "yes" else "No lights", told.get("lit") in ("yes", "no")),
    ) if text and tells]  # fmt: skip


_ACCESS: Mapping[str, str] = MappingProxyType({
    PERMISSION: "For first aid, or with permission", GRANTED: "Permission granted",
    PRIVATE: "Closed to the public",
})  # fmt: skip
_VEHICLES: Mapping[str, str] = MappingProxyType(
    {CARS: "Cars and vans alone", BUSES: "Buses and coaches alone"}
)


def draft_shape(desk: Desk) -> dict[str, Any] | None:
    """Return the shape of the row that is being made, as GeoJSON."""
    draft = desk.drafts.get(NEW)
    return None if draft is None or draft.shape is None else mapping(draft.shape)


def _mark(
    row: Mapping[str, Any], shape: Any, schema: LayerSchema, zone: ZoneInfo
) -> dict[str, Any]:
    told = dict(row)
    for column in ("starts_at", "ends_at"):
        if column in told:
            told[column] = told[column].isoformat()
    if schema.name == "zones":
        return zone_mark(told, shape, zone)
    if schema.name == "closures":
        return closure_mark(told, shape, zone)
    kind = plain(str(row.get("kind") or ""))
    named = [row["name"] or row["id"]] if "name" in row else [kind.capitalize()]
    facts = [*named, f"{ONE[schema.name].capitalize()} {row['id']}", kind]
    facts += site_facts(row) if schema.name == "staging_sites" else []
    return mark(
        ON_MAP[schema.name], row["id"], facts, shape=shape, style=STYLES.get(schema.name, "place")
    )
