"""What OSM tags mean for a car: tables, with the little parsing their values need.

The speeds marked *assumption* have no source beyond common practice; a route's minutes hang
on them wherever a way carries no ``maxspeed``.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from planner.network.graph import CLASSES, Access


class Speed(NamedTuple):
    """Speeds of a road class in km/h: taken without a ``maxspeed``, and the highest believed."""

    default: float
    cap: float


SPEED_KMH: dict[str, Speed] = {
    "motorway": Speed(100, 130), "trunk": Speed(80, 110), "primary": Speed(55, 100),
    "secondary": Speed(50, 100), "tertiary": Speed(45, 90), "unclassified": Speed(40, 80),
    "residential": Speed(30, 60), "living_street": Speed(10, 20), "service": Speed(15, 40),
    "track": Speed(15, 30), "motorway_link": Speed(60, 90), "trunk_link": Speed(50, 80),
    "primary_link": Speed(45, 70), "secondary_link": Speed(40, 60),
    "tertiary_link": Speed(35, 60), "road": Speed(30, 60), "ferry": Speed(10, 40),
    "pedestrian": Speed(6, 10),
}  # fmt: skip
"""Assumption: speeds by class where nothing is posted, and a cap on what is posted."""

AVERAGE_SPEED_FACTOR = 0.8
"""Assumption: share of the posted or class speed a car keeps up over junctions and bends."""

WALK_KMH = 6.0
COUNTRY_KMH = {
    "urban": 50.0, "rural": 90.0, "trunk": 100.0, "motorway": 120.0, "living_street": 10.0,
    "bicycle_road": 30.0, "walk": WALK_KMH,
}  # fmt: skip
"""Assumption: implicit limits such as ``DE:urban``, alike in most countries."""

UNITS_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}

NOT_BUILT = frozenset(
    {"construction", "proposed", "planned", "abandoned", "disused", "razed", "dismantled"}
)
ON_FOOT = frozenset(
    {"footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor", "trail",
     "via_ferrata", "ladder"}
)  # fmt: skip
SERVICE_NOT_CAR = frozenset({"emergency_access", "bus", "busbay"})
"""Emergency ways stay free: no car is ever sent there."""

ACCESS_KEYS = ("access", "vehicle", "motor_vehicle", "motorcar")
"""From the general to the particular; the last one present decides."""

ACCESS: dict[str, Access | None] = {
    **dict.fromkeys(("yes", "permissive", "public", "designated", "official"), Access.PUBLIC),
    **dict.fromkeys(
        ("destination", "customers", "customer", "delivery", "visitors"), Access.DESTINATION
    ),
    **dict.fromkeys(
        ("private", "permit", "residents", "employees", "restricted", "license", "service",
         "staff"),
        Access.PRIVATE,
    ),
    **dict.fromkeys(
        ("no", "agricultural", "forestry", "emergency", "military", "psv", "bus", "taxi",
         "foot", "bicycle", "hgv", "use_sidepath", "construction"),
        None,
    ),
}  # fmt: skip
"""Value of an access key; None keeps cars out."""

NEEDS_LEAVE = frozenset({"track"})
"""Assumption: classes that cars use only where an access tag says so; ferries too."""

RIGHT_ROUND = frozenset({"roundabout", "circular"})
"""Values of ``junction`` that imply one direction."""

ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0,
          "alternating": 0}  # fmt: skip
"""Direction by tag value; ``reversible`` ways change by the clock and are left out."""

BARRIERS_STOPPING = frozenset(
    {"bollard", "block", "chain", "jersey_barrier", "kissing_gate", "stile", "cycle_barrier",
     "motorcycle_barrier", "turnstile", "full-height_turnstile", "horse_stile", "wall", "fence",
     "hedge", "log", "debris", "rope", "planter", "bus_trap", "sump_buster", "spikes",
     "wicket_gate", "guard_rail", "barrier_board", "chicane", "stone", "shrub", "overgrowth",
     "hole", "door", "city_wall", "retaining_wall", "ditch", "bar", "delineators", "tank_trap"}
)  # fmt: skip
"""Barriers that end a car's way, unless they say that cars may pass."""

BARRIERS_GUARDED = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "entrance",
     "toll_booth", "border_control", "cattle_grid", "checkpoint", "sally_port",
     "height_restrictor", "bump_gate"}
)  # fmt: skip
"""Barriers that let cars pass unless locked or not for the public."""

_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*([a-z/]*)$")


def class_of(highway: str, route: str) -> int:
    """Return the index into ``CLASSES``, -1 for a way that is no road for cars."""
    if route == "ferry" and not highway:
        return CLASSES.index("ferry")
    if highway in SPEED_KMH and highway not in ON_FOOT and highway != "ferry":
        return CLASSES.index(highway)
    return -1


def access_of(value: str) -> tuple[bool, Access | None]:
    """Return (understood, access) of one value; the freest of a list such as ``a;b``."""
    known = [ACCESS[word] for word in map(str.strip, value.split(";")) if word in ACCESS]
    open_to = [access for access in known if access is not None]
    return bool(known), min(open_to, default=None)


def speed_of(value: str) -> float | None:
    """Return km/h of a ``maxspeed`` value, inf for ``none``, None when not understood.

    Examples
    --------
    >>> round(speed_of("25 mph"), 1), speed_of("50; 40"), speed_of("DE:urban")
    (40.2, 40.0, 50.0)
    """
    found = [_one_speed(part.strip().lower()) for part in value.split(";")]
    known = [speed for speed in found if speed is not None]
    return min(known, default=None)


def _one_speed(text: str) -> float | None:
    if text == "none":
        return float("inf")
    word = text.rpartition(":")[2].replace("zone", "")
    if word in COUNTRY_KMH:
        return COUNTRY_KMH[word]
    match = _NUMBER.match(word)
    if match is None or match[2] not in UNITS_KMH:
        return None
    speed = float(match[1]) * UNITS_KMH[match[2]]
    return speed if speed >= 1 else None


def barrier_stops(tags: dict[str, str]) -> bool | None:
    """Tell whether a barrier node ends a car's way; None for a kind not in the tables."""
    kind = tags.get("barrier", "")
    said = [tags[key] for key in ACCESS_KEYS[1:] if key in tags]
    if kind in BARRIERS_STOPPING:
        understood, access = access_of(said[-1]) if said else (False, None)
        return not understood or access in (None, Access.PRIVATE)
    if tags.get("locked") == "yes":
        return True
    said = [tags[key] for key in ACCESS_KEYS if key in tags]
    understood, access = access_of(said[-1]) if said else (False, None)
    if understood and access in (None, Access.PRIVATE):
        return True
    return False if kind in BARRIERS_GUARDED else None
