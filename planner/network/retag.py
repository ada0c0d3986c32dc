"""The tags of a corrected road or gate: what a correction says, without what contradicts it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.network.profiles import CAR, PATHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Tags = dict[str, str]

VEHICLES = frozenset(
    {"vehicle", "motor_vehicle", "motorcar", "motorcycle", "goods", "hgv", "bus", "coach",
     "tourist_bus", "minibus", "psv", "taxi", "trailer", "caravan", "motorhome"}
)  # fmt: skip
WALKERS = frozenset({"foot", "wheelchair"})
"""Keys that say who may pass, more particular than ``access``; also with ``:conditional``."""

RESERVED = frozenset({"emergency_access", "bus", "busbay"})
"""Values of ``service`` that keep others out; gone where a road is open to them."""

NOT_BUILT: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(
        ("construction", "proposed", "planned", "abandoned", "disused", "razed", "dismantled"),
        "road",
    )
)
OPENED: Mapping[str, str] = MappingProxyType(
    {**NOT_BUILT, "pedestrian": "living_street", "busway": "service"}
)
"""Class that a road has once it is open; ``road`` is OpenStreetMap's word for an unknown one."""

ROADS = (frozenset(CAR.speeds) - PATHS) | {"busway"}
"""Values of ``highway`` that a correction for vehicles may mean."""

ACCESS: Mapping[str, str] = MappingProxyType(
    {"closed": "no", "open": "yes", "private": "private", "destination": "destination"}
)
"""Access value by kind of correction."""


def meant(tags: Tags, kind: str, *, everyone: bool) -> bool:
    """Tell whether a correction may be about a way of these tags.

    One for vehicles is about roads, never about the footway beside them; and only one that
    opens a road is about one that is not built.
    """
    highway = tags.get("highway", "")
    if highway in NOT_BUILT:
        return kind == "open"
    ferry = tags.get("route") == "ferry" and not highway
    return everyone or ferry or highway in ROADS


def retagged(tags: Tags, kind: str, *, everyone: bool, forward: bool, kmh: float | None) -> Tags:
    """Return the tags of a stretch after a correction.

    Parameters
    ----------
    everyone
        Whether it holds on foot too.
    forward
        Whether the correction was drawn in the way's drawing order.
    kmh
        Limit of a speed correction, km/h.
    """
    if kind in ACCESS:
        changed = _passable(tags, ACCESS[kind], everyone=everyone)
        if kind == "open":
            changed = {k: v for k, v in changed.items() if k != "service" or v not in RESERVED}
            if "highway" in changed:
                changed["highway"] = OPENED.get(changed["highway"], changed["highway"])
        return changed
    if kind in ("oneway", "two_way"):
        value = "no" if kind == "two_way" else "yes" if forward else "-1"
        return _without(tags, lambda key: key.partition(":")[0] == "oneway") | {"oneway": value}
    limit = f"{kmh:g}" if kmh is not None else ""
    return _without(tags, lambda key: key.partition(":")[0] == "maxspeed") | {"maxspeed": limit}


def gated(tags: Tags, *, everyone: bool) -> Tags:
    """Return the tags of a node at which a shut gate stands."""
    access = {"access": "no"} if everyone else {"vehicle": "no", "foot": "yes"}
    return ungated(tags) | {"barrier": "gate"} | access


def ungated(tags: Tags) -> Tags:
    """Return the tags of a node without its barrier."""
    return _without(
        tags,
        lambda key: key.partition(":")[0] in VEHICLES | WALKERS | {"access", "barrier", "locked"},
    )


def _passable(tags: Tags, value: str, *, everyone: bool) -> Tags:
    gone = VEHICLES | WALKERS | {"access"} if everyone else VEHICLES
    left = _without(tags, lambda key: key.partition(":")[0] in gone)
    return left | ({"access": value, "foot": value} if everyone else {"vehicle": value})


def _without(tags: Tags, contradicts: Callable[[str], bool]) -> Tags:
    return {key: value for key, value in tags.items() if not contradicts(key)}
