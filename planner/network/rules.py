"""What values of OSM tags mean: tables, with the little parsing they need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planner.network.country import MPH, UNKNOWN, WALK_KMH, Country, country
from planner.network.graph import CLASSES, Access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.network.profiles import Speed

UNITS_KMH = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": MPH, "knots": 1.852}

NOT_BUILT = frozenset(
    {"construction", "proposed", "planned", "abandoned", "disused", "razed", "dismantled"}
)
FOR_OTHERS = frozenset(
    {"footway", "path", "steps", "pedestrian", "cycleway", "bridleway", "corridor", "trail",
     "via_ferrata", "ladder"}
)  # fmt: skip
"""Values of ``highway`` that a vehicle uses only where a tag of its own gives leave."""

DRAWN_AS = {
    "busway": "service", "corridor": "footway", "platform": "footway", "trail": "path",
}  # fmt: skip
"""Values of ``highway`` that share a class with another."""

ACCESS: dict[str, Access | None] = {
    **dict.fromkeys(
        ("yes", "permissive", "public", "designated", "official", "limited"), Access.PUBLIC
    ),
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
"""Value of an access key; None keeps the traveller out."""

TRAVELLERS = frozenset(
    {"motor_vehicle", "vehicle", "motorcar", "motorcycle", "moped", "mofa", "goods", "hgv",
     "hgv_articulated", "trailer", "caravan", "motorhome", "psv", "bus", "coach", "tourist_bus",
     "minibus", "share_taxi", "taxi", "tram", "bicycle", "horse", "foot", "wheelchair", "hazmat",
     "agricultural", "forestry", "emergency", "military"}
)  # fmt: skip
"""Words that, as a condition, name who is meant by it."""

_CLOCK_DURATION = re.compile(r"(?:(?P<h>\d{1,2}):)?(?P<m>\d{1,3})(?::(?P<s>\d{2}))?")
_ISO_DURATION = re.compile(r"PT(?=.)(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?")

RIGHT_ROUND = frozenset({"roundabout", "circular"})
"""Values of ``junction`` that imply one direction."""

ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1, "no": 0, "false": 0, "0": 0,
          "alternating": 0}  # fmt: skip
"""Direction by tag value; a ``reversible`` way is open in neither unless hours are told."""

SIDEWALKS = frozenset({"both", "left", "right", "yes", "separate"})
NO_FORD = frozenset({"no", "bridge"})

UNLIMITED = frozenset(
    {"none", "no", "default", "unsigned", "no_sign", "no_indications", "yes", "signals",
     "implicit"}
)  # fmt: skip
"""Values of a size limit that set none worth knowing."""

_METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": 0.3048, "'": 0.3048, "feet": 0.3048}
_TONNES = {"": 1.0, "t": 1.0, "kg": 0.001, "lbs": 0.00045359, "lb": 0.00045359, "st": 0.90718,
           "lt": 1.01605, "cwt": 0.050802}  # fmt: skip
_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*([a-z/']*)$")
_FEET = re.compile(r"^(\d+)\s*(?:'|ft)\s*(\d+(?:\.\d+)?)\s*(?:''|\"|in)?$")
_SLOPE = re.compile(r"^-?(\d+(?:\.\d+)?)\s*(%|°|)$")


def class_of(highway: str, speeds: Mapping[str, Speed]) -> int:
    """Return the index into ``CLASSES``, -1 for a way that is no road in this speed table."""
    if highway in speeds and highway != "ferry":
        return CLASSES.index(DRAWN_AS.get(highway, highway))
    return -1


def access_of(value: str, own: frozenset[str] = frozenset()) -> tuple[bool, Access | None]:
    """Return (understood, access) of one value; the freest of a list such as ``a;b``.

    Words in ``own`` name the traveller and let it pass.
    """
    words = list(map(str.strip, value.split(";")))
    known = [ACCESS[word] for word in words if word in ACCESS]
    known += [Access.PUBLIC for word in words if word in own]
    open_to = [access for access in known if access is not None]
    return bool(known), min(open_to, default=None)


def speed_of(value: str, here: Country = UNKNOWN) -> float | None:
    """Return km/h of a ``maxspeed`` value, inf for ``none``, None when not understood.

    A word such as ``urban`` means the limit of the country before it, or else of ``here``.

    Examples
    --------
    >>> round(speed_of("25 mph"), 1), speed_of("50; 40"), speed_of("DE:rural")
    (40.2, 40.0, 100.0)
    """
    found = [_one_speed(part.strip().lower(), here) for part in value.split(";")]
    known = [speed for speed in found if speed is not None]
    return min(known, default=None)


def _one_speed(text: str, here: Country) -> float | None:
    if text == "none":
        return float("inf")
    place, _, word = text.rpartition(":")
    word = word.replace("zone", "")
    code = place.partition(":")[0].partition("-")[0].upper().replace("UK", "GB")
    limits = (country(code) if len(code) == 2 else here).limits
    words = {
        **limits._asdict(), "motorroad": limits.trunk, "expressway": limits.trunk,
        "bicycle_road": 30.0, "walk": WALK_KMH, "nsl_restricted": limits.urban,
        "nsl_single": limits.rural, "nsl_dual": limits.trunk,
    }  # fmt: skip
    if word in words:
        return float(words[word])
    match = _NUMBER.match(word)
    if match is None or match[2] not in UNITS_KMH:
        return None
    # Zones such as GB:20 are told in the miles of the country.
    unit = MPH if code in ("GB", "US") and not match[2] else UNITS_KMH[match[2]]
    speed = float(match[1]) * unit
    return speed if speed >= 1 else None


def seconds_of(value: str) -> float | None:
    """Return the seconds of a ``duration``, None where it is not understood or 0.

    Examples
    --------
    >>> seconds_of("12"), seconds_of("01:30"), seconds_of("00:05:30"), seconds_of("PT1H5M")
    (720.0, 5400.0, 330.0, 3900.0)
    >>> seconds_of("soon") is None
    True
    """
    text = value.strip()
    match = _CLOCK_DURATION.fullmatch(text) or _ISO_DURATION.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict(default="0")
    return 3600.0 * int(parts["h"]) + 60.0 * int(parts["m"]) + float(parts.get("s", "0")) or None


def metres_of(value: str) -> float | None:
    r"""Return the metres of a length limit, inf for none, None when not understood.

    Examples
    --------
    >>> metres_of("3.5 m"), round(metres_of("6'4\""), 2), metres_of("default")
    (3.5, 1.93, inf)
    """
    text = value.strip().lower().replace(",", ".")
    match = _FEET.match(text)
    if match:
        return (float(match[1]) + float(match[2]) / 12) * 0.3048
    return _measure(text, _METRES)


def tonnes_of(value: str) -> float | None:
    """Return the tonnes of a weight limit, inf for none, None when not understood.

    Examples
    --------
    >>> tonnes_of("7.5"), tonnes_of("3500 kg"), tonnes_of("none")
    (7.5, 3.5, inf)
    """
    return _measure(value.strip().lower().replace(",", "."), _TONNES)


def _measure(text: str, units: Mapping[str, float]) -> float | None:
    if text in UNLIMITED:
        return float("inf")
    match = _NUMBER.match(text)
    if match is None or match[2] not in units:
        return None
    number = float(match[1]) * units[match[2]]
    return number if number > 0 else None


def slope_of(value: str) -> float | None:
    """Return the steepness of an ``incline`` in percent, None where it tells no number.

    Examples
    --------
    >>> slope_of("-12%"), slope_of("up"), round(slope_of("10°"), 1)
    (12.0, None, 17.6)
    """
    import math

    match = _SLOPE.match(value.strip())
    if match is None:
        return None
    number = float(match[1])
    return 100 * math.tan(math.radians(number)) if match[2] == "°" and number < 90 else number
