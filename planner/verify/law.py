"""What the tags of a road say about cars, read without the network's own tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum

Tags = Mapping[str, str]


class Leave(IntEnum):
    """Who may drive there; the order is from free to shut."""

    OPEN = 0
    ENDING_ONLY = 1
    SHUT = 2


VEHICLE_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""From the most to the least specific; the first that is tagged decides."""

FREE = frozenset({"yes", "permissive", "designated", "public", "official"})
ENDING = frozenset({
    "destination", "customers", "customer", "delivery", "visitors", "private", "permit",
    "residents", "employees", "restricted", "staff",
})  # fmt: skip
FORBIDDEN = frozenset({
    "no", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi", "hgv",
    "foot", "bicycle", "use_sidepath", "construction",
})  # fmt: skip

ROADS = frozenset({
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "road", "motorway_link", "trunk_link", "primary_link",
    "secondary_link", "tertiary_link",
})  # fmt: skip
"""Classes open to cars unless a tag says otherwise."""

SOLID_BARRIERS = frozenset({
    "bollard", "block", "jersey_barrier", "wall", "fence", "chain", "log", "debris", "planter",
    "cycle_barrier", "stile", "turnstile", "kissing_gate", "full-height_turnstile",
    "motorcycle_barrier", "horse_stile", "bus_trap", "sump_buster", "delineators", "rope",
    "hedge", "ditch", "retaining_wall", "guard_rail", "spikes", "city_wall", "tank_trap",
})  # fmt: skip
"""Barriers no car passes unless a tag says that it may; gates are passed unless shut by a tag."""

RIGHT_ROUND = frozenset({"roundabout", "circular"})
UNIT_KMH = {"mph": 1.609344, "knots": 1.852}
NO_LIMIT_KMH = 140.0
SLOWEST_LIMIT_KMH = 3.0
"""A smaller number is a slip of the mapper, not a limit."""

_NUMBER = re.compile(r"(\d+(?:[.]\d+)?)\s*(mph|km/h|kmh|kph|knots)?")


def leave_of_way(tags: Tags) -> Leave:
    """Return who may drive on a way."""
    if tags.get("area") == "yes":
        return Leave.SHUT
    told = _told(tags)
    highway = tags.get("highway", "")
    if not highway and tags.get("route") == "ferry":
        return told or Leave.SHUT
    if highway in ROADS:
        shut = told is None and tags.get("service") == "emergency_access"
        return Leave.SHUT if shut else (told or Leave.OPEN)
    # A track belongs to fields and woods: cars need to be told that they may use it; so on a ferry.
    return told if highway == "track" and told is not None else Leave.SHUT


def leave_of_barrier(tags: Tags) -> Leave:
    """Return who may drive past a node."""
    barrier = tags.get("barrier")
    told = _told(tags)
    if barrier is None:
        return Leave.OPEN
    if told is not None:
        return told
    solid = barrier in SOLID_BARRIERS or tags.get("locked") == "yes"
    return Leave.SHUT if solid else Leave.OPEN


def _told(tags: Tags) -> Leave | None:
    for key in VEHICLE_KEYS:
        words = {word.strip() for word in tags.get(key, "").split(";")}
        for meaning, leave in (
            (FREE, Leave.OPEN), (ENDING, Leave.ENDING_ONLY), (FORBIDDEN, Leave.SHUT),
        ):  # fmt: skip
            if words & meaning:
                return leave
    return None


def may_drive(tags: Tags, direction: int) -> bool:
    """Tell whether cars may follow a way's drawing order (1) or go against it (-1)."""
    oneway = tags.get("oneway:motor_vehicle", tags.get("oneway", ""))
    if oneway in ("yes", "true", "1"):
        return direction == 1
    if oneway in ("-1", "reverse"):
        return direction == -1
    if oneway in ("no", "false", "0", "alternating"):
        return True
    if oneway == "reversible":
        return False
    implied = tags.get("junction") in RIGHT_ROUND or tags.get("highway") == "motorway"
    return direction == 1 or not implied


def top_speed_kmh(tags: Tags, direction: int) -> float:
    """Return the highest speed the tags allow, or one no car exceeds where they are silent."""
    side = "maxspeed:forward" if direction == 1 else "maxspeed:backward"
    found = _NUMBER.findall((tags.get(side) or tags.get("maxspeed", "")).lower())
    speeds = [float(number) * UNIT_KMH.get(unit, 1.0) for number, unit in found]
    meant = [speed for speed in speeds if speed >= SLOWEST_LIMIT_KMH]
    return min(max(meant, default=NO_LIMIT_KMH), NO_LIMIT_KMH)
