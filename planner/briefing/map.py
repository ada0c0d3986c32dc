"""The folium map: scaffold, marks, outlines; the city's lines come as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.briefing.escape import isolate
from planner.briefing.words import KINDS, clock, gate_state, letter, minutes, moment, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from zoneinfo import ZoneInfo

    import folium
    from branca.element import Element
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from planner.plan import Plan

LAYERS = {
    "zones": "Reported places",
    "closures": "Closed roads",
    "approved": "Approved routes",
    "havens": "Hospital, police, fire",
    "gateways": "Where ways in begin",
    "staging": "Staging sites",
    "gates": "Gates",
    "facility": "Site",
}
HAVENS = {"hospital": "H", "police": "P", "fire": "F"}
MAX_HAVENS = 25
_INK = "#1d2733"


@dataclass(frozen=True, slots=True)
class MapParts:
    """A folium map in pieces a sealed page can hold.

    Attributes
    ----------
    html
        The map's element.
    script
        The map's script, without any request.
    names
        Script variable of the map (``map``) and of each layer.
    """

    html: str
    script: str
    names: dict[str, str]


def build_map(plan: Plan, document: dict[str, Any], *, zone: ZoneInfo) -> folium.Map:
    """Build the folium map of a plan: one feature group a layer, every string escaped.

    Parameters
    ----------
    plan
        Frames with the shapes.
    document
        The plan's document as its reader may see it; what is missing there is not drawn.
    zone
        Zone in which times are told.
    """
    import folium

    built = folium.Map(
        location=[document["facility_lat"], document["facility_lon"]],
        zoom_start=15,
        tiles=None,
        control_scale=True,
        zoom_snap=0.25,
        zoom_delta=0.5,
        max_zoom=19,
        min_zoom=9,
    )
    groups = {key: folium.FeatureGroup(name=key) for key in LAYERS}
    for group in groups.values():
        group.add_to(built)
    _draw_facility(groups["facility"], plan, document)
    _draw_zones(groups["zones"], plan, document, zone)
    _draw_closures(groups["closures"], plan, document, zone)
    _draw_havens(groups["havens"], plan, document)
    if document["origins"]:
        _draw_approved(groups["approved"], plan)
    _draw_gateways(groups["gateways"], document)
    _draw_gates(groups["gates"], document)
    _draw_staging(groups["staging"], document)
    return built


def map_parts(built: folium.Map) -> MapParts:
    """Render a folium map without its links to other hosts; same map, same bytes.

    The map must not be rendered again afterwards: folium adds to it while rendering.
    """
    root: Any = built.get_root()
    root.render()
    order = {element._id: f"{place:x}" for place, element in enumerate(_walk(root))}  # noqa: SLF001 - no public way

    def renamed(text: str) -> str:
        # folium names things at random; a plan's bytes must depend on the plan alone.
        return re.sub(r"_([0-9a-f]{32})\b", lambda m: "_" + order.get(m[1], m[1]), text)

    names = {"map": renamed(built.get_name())}
    for child in built._children.values():  # noqa: SLF001 - no public way
        key = getattr(child, "tile_name", None)
        if key in LAYERS:
            names[key] = renamed(child.get_name())
    return MapParts(renamed(root.html.render()), renamed(root.script.render()), names)


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for part in ("header", "html", "script"):
        if hasattr(element, part) and hasattr(getattr(element, part), "_children"):
            yield from _walk(getattr(element, part))
    for child in element._children.values():  # noqa: SLF001 - no public way
        yield from _walk(child)
    icon = getattr(element, "icon", None)
    if icon is not None:
        yield from _walk(icon)


def _facts(title: object, *lines: str) -> str:
    """Return a tooltip: an escaped title and lines that are already HTML."""
    return f"<b>{isolate(title)}</b>" + "".join(f"<br>{line}" for line in lines if line)


def _badge(group: folium.FeatureGroup, place: tuple[float, float], badge: str, facts: str) -> None:
    import folium

    icon = folium.DivIcon(html=badge, icon_size=(0, 0), icon_anchor=(0, 0), class_name="mark")
    folium.Marker(place, icon=icon, tooltip=folium.Tooltip(facts)).add_to(group)


def _outline(
    group: folium.FeatureGroup,
    geometry: BaseGeometry | None,
    facts: str,
    **style: Any,
) -> None:
    """Draw a lon/lat geometry without any property: text goes through the tooltip alone."""
    import folium

    for part in getattr(geometry, "geoms", [geometry]):
        if part is None or part.is_empty:
            continue
        tooltip = folium.Tooltip(facts, sticky=True)
        if part.geom_type == "Polygon":
            rings = [_latlon(ring.coords) for ring in (part.exterior, *part.interiors)]
            folium.Polygon(rings, tooltip=tooltip, **style).add_to(group)
        elif part.geom_type in ("LineString", "LinearRing"):
            line = {**style, "fill": False}
            line_of: Any = folium.PolyLine
            line_of(_latlon(part.coords), tooltip=tooltip, **line).add_to(group)
        else:
            _badge(group, (part.y, part.x), '<span class="spot"></span>', facts)


def _latlon(coordinates: Iterable[Any]) -> list[tuple[float, float]]:
    return [(round(float(point[1]), 6), round(float(point[0]), 6)) for point in coordinates]


def _shapes(frame: GeoDataFrame) -> dict[str, Any]:
    """Return geometry by id of a layer whose ids are its index or a column."""
    ids = frame["id"] if "id" in frame.columns else frame.index
    return dict(zip((str(value) for value in ids), frame.geometry, strict=True))


def _draw_facility(group: folium.FeatureGroup, plan: Plan, document: dict[str, Any]) -> None:
    facts = _facts(document["facility_name"], "The site of this plan")
    for geometry in plan.facility.geometry:
        if geometry is not None and geometry.geom_type != "Point":
            _outline(group, geometry, facts, color=_INK, weight=2, fill_color=_INK,
                     fill=True, fill_opacity=0.35)  # fmt: skip
    badge = f'<span class="site">{isolate(document["facility_name"])}</span>'
    _badge(group, (document["facility_lat"], document["facility_lon"]), badge, facts)


def _draw_zones(
    group: folium.FeatureGroup, plan: Plan, document: dict[str, Any], zone: ZoneInfo
) -> None:
    shapes = _shapes(plan.zones)
    for row in document["zones"]:
        geometry = shapes.get(str(row["id"]))
        if geometry is None:
            continue
        kind = KINDS.get(row.get("kind") or "", plain(row.get("kind")))
        window = (
            f"{moment(row['starts_at'], zone)} to {clock(row['ends_at'], zone)}"
            if row.get("starts_at")
            else ""
        )
        grade = f"Grade {isolate(row['grade'])}" if row.get("grade") else ""
        facts = _facts(row.get("label") or kind, f"{kind} reported", window, grade)
        _outline(group, geometry, facts, color=_INK, weight=2, dash_array="2 5",
                 fill=True, fill_color="#ffffff", fill_opacity=0.01)  # fmt: skip


def _draw_closures(
    group: folium.FeatureGroup, plan: Plan, document: dict[str, Any], zone: ZoneInfo
) -> None:
    shapes = _shapes(plan.closures)
    for row in document["closures"]:
        geometry = shapes.get(str(row["id"]))
        if geometry is None:
            continue
        window = (
            f"{moment(row['starts_at'], zone)} to {clock(row['ends_at'], zone)}"
            if row.get("starts_at")
            else ""
        )
        facts = _facts(row.get("name") or "Closed road", "Closed road", window)
        _outline(group, geometry, facts, color="#000000", weight=5, dash_array="3 6",
                 fill=True, fill_color="#000000", fill_opacity=0.15)  # fmt: skip


def _draw_approved(group: folium.FeatureGroup, plan: Plan) -> None:
    for row in plan.access_routes.itertuples():
        facts = _facts(getattr(row, "name", "") or "Approved route", "Approved beforehand")
        _outline(group, row.geometry, facts, color="#3d6b35", weight=3, dash_array="1 6")


def _draw_havens(group: folium.FeatureGroup, plan: Plan, document: dict[str, Any]) -> None:
    frame = plan.support_stops
    rows = [row for row in frame.itertuples() if row.kind in HAVENS and row.geometry is not None]
    lon, lat = document["facility_lon"], document["facility_lat"]
    rows.sort(
        key=lambda row: abs(row.geometry.centroid.x - lon) + abs(row.geometry.centroid.y - lat)
    )
    for row in rows[:MAX_HAVENS]:
        badge = f'<span class="haven">{HAVENS[row.kind]}</span>'
        point = row.geometry.centroid
        _badge(
            group, (point.y, point.x), badge, _facts(row.name or plain(row.kind), plain(row.kind))
        )


def _draw_gateways(group: folium.FeatureGroup, document: dict[str, Any]) -> None:
    for place, origin in enumerate(document["origins"]):
        state = "" if origin["feasible"] else " none"
        badge = f'<span class="origin{state}">{letter(place)}</span>'
        note = "Ways in begin here" if origin["feasible"] else isolate(origin.get("reason") or "")
        _badge(group, (origin["lat"], origin["lon"]), badge, _facts(origin["name"], note))


def _draw_gates(group: folium.FeatureGroup, document: dict[str, Any]) -> None:
    for gate in document["gates"]:
        sign, state = gate_state(gate)
        look = "open" if sign == "✓" else "shut"
        name = isolate(gate["name"])
        side = _side(gate, document)
        badge = (
            f'<span class="pin"></span><span class="gate {look} {side}"><b>{sign}</b> '
            f"<i>{name} ({state})</i></span>"
        )
        hours = f"Hours {isolate(gate['opens'])} to {isolate(gate['closes'])}"
        assumed = "Place assumed, not surveyed" if gate.get("assumed") else ""
        reason = isolate(gate["reason"]) if gate.get("reason") else ""
        facts = _facts(gate["name"], f"At arrival: {state}", hours, plain(gate["kind"]),
                       assumed, reason)  # fmt: skip
        _badge(group, (gate["lat"], gate["lon"]), badge, facts)


def _side(gate: dict[str, Any], document: dict[str, Any]) -> str:
    """Return on which side of its point a gate's name stands: away from the site."""
    north = gate["lat"] - document["facility_lat"]
    east = gate["lon"] - document["facility_lon"]
    return ("up" if north >= 0 else "down") + (" right" if east >= 0 else " left")


def _draw_staging(group: folium.FeatureGroup, document: dict[str, Any]) -> None:
    for site in document["staging"]:
        badge = f'<span class="staging">S{int(site["rank"])}</span>'
        room = f"Room for {site['room_for']} vehicles" if site.get("room_for") is not None else ""
        facts = _facts(site["name"], f"Staging site, rank {int(site['rank'])}",
                       f"{minutes(site.get('time_s'))} min to the gate", room,
                       isolate(site.get("why") or ""))  # fmt: skip
        _badge(group, (site["lat"], site["lon"]), badge, facts)
