"""What a reader of a marking may see of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.briefing.words import KINDS, plain
from planner.plan.zones import current

if TYPE_CHECKING:
    from planner.briefing.marking import Marking

OPEN_HEADLINE = "Streets where access may be slow near this site"
WITHHELD = (
    "This marking may travel beyond the planning team, so routes, gates, staging sites and "
    "times are left out on purpose. Ask the sender for the briefing under TLP:AMBER+STRICT."
)
_EMPTY = ("origins", "gates", "staging", "notices", "warnings", "explanations")
_OPEN_KEYS = ("facility", "facility_name", "facility_lon", "facility_lat", "timezone")


def readable(document: dict[str, Any], marking: Marking) -> dict[str, Any]:
    """Return the part of a plan's document that a marking may carry."""
    if marking.carries_plan:
        # Choke points are for the planner alone, and so are the numbers variations are drawn from.
        return {**document, "choke_points": None, **_without_seeds(document)}
    shown: dict[str, Any] = {key: document.get(key) for key in _OPEN_KEYS}
    shown |= {key: [] for key in _EMPTY}
    shown["headline"] = OPEN_HEADLINE
    shown["zones"] = [_open_zone(zone) for zone in current(document)]
    shown["closures"] = [
        {"id": closure["id"], "name": closure.get("name")}
        for closure in document.get("closures") or []
    ]
    shown["provenance"] = _open_provenance(document.get("provenance") or {})
    return shown


def _without_seeds(document: dict[str, Any]) -> dict[str, Any]:
    return {
        key: {name: value for name, value in document[key].items() if name != "seed"}
        for key in ("ensemble", "provenance") if document.get(key)
    }  # fmt: skip


def _open_zone(zone: dict[str, Any]) -> dict[str, Any]:
    kept = {key: zone.get(key) for key in ("id", "kind", "source_kind", "grade")}
    kept["label"] = KINDS.get(zone.get("kind") or "", plain(zone.get("kind")))
    return kept


def _open_provenance(provenance: dict[str, Any]) -> dict[str, Any]:
    inputs = provenance.get("inputs") or {}
    kept = ("extract_date", "source_name", "source_sha256")
    return {
        # The day alone: a page without times holds none of any kind.
        "inputs": {
            key: str(inputs[key])[:10] if key == "extract_date" else inputs[key]
            for key in kept
            if key in inputs
        },
        "parameters": provenance.get("parameters") or {},
        "version": provenance.get("version"),
    }


def names_in(document: dict[str, Any]) -> list[str]:
    """Return every name a first line may speak of: site, gates, gateways, streets."""
    names = [document["facility_name"]]
    names += [origin["stop"]["name"] for origin in document["origins"] if origin.get("stop")]
    names += [gate["name"] for gate in document["gates"]]
    for origin in document["origins"]:
        names.append(origin["name"])
        for route in origin["routes"]:
            names += [route.get("entrance_name") or "", *(route.get("streets") or [])]
            names += [hold["place"] for hold in route.get("holds") or []]
    return [str(name) for name in names if name]
