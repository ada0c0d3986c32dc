"""What the tags of a way, a barrier, a sign say to a profile."""

from __future__ import annotations

import re

from planner.verify.law import (
    ENDING,
    FORBIDDEN,
    FREE,
    HIGH_KERBS,
    LIMITS,
    RIGHT_ROUND,
    Law,
    Leave,
    Tags,
)

UNIT_KMH = {"mph": 1.609344, "knots": 1.852}
SLOWEST_LIMIT_KMH = 3.0
"""A smaller number is a slip of the mapper, not a limit."""

TONNES = {"": 1.0, "t": 1.0, "kg": 0.001, "st": 0.90718474, "lbs": 0.00045359237}
METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "ft": 0.3048}
WEIGHED = frozenset({"maxweight", "maxaxleload"})
FOOT_M, INCH_M = 0.3048, 0.0254
LIFTED = frozenset({
    "none", "no", "default", "unsigned", "no_sign", "no_indications", "yes", "signals", "implicit",
})  # fmt: skip
"""Values by which a limit for some frees them from the one for all."""

SHIP_KMH = 75.0
"""Assumption: no ferry in a city is faster."""

SIDE = {1: ":forward", -1: ":backward"}

_SPEED = re.compile(r"(\d+(?:[.]\d+)?)\s*(mph|km/h|kmh|kph|knots)?")
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]*)")
_FEET = re.compile(r"(\d+)\s*'\s*(?:(\d+(?:[.]\d+)?)\s*(?:\"|''))?")


def leave_of_way(tags: Tags, law: Law, direction: int = 1) -> Leave:
    """Return whether a profile may go along (1) or against (-1) the drawing of a way."""
    if _unfit(tags, law):
        return Leave.SHUT
    told = _told(tags, law.keys, law, SIDE[direction])
    highway = tags.get("highway", "")
    if not highway and tags.get("route") == "ferry":
        return (Leave.OPEN if law.walks else Leave.SHUT) if told is None else told
    if told is None and _is_wet(tags, law):
        return Leave.SHUT
    if highway in law.named_only:
        named = _told(tags, law.keys[:-1], law, SIDE[direction])
        return Leave.SHUT if named is None else named
    if highway in law.roads:
        shut = told is None and tags.get("service") in law.off_roads
        return Leave.SHUT if shut else (told or Leave.OPEN)
    return told if highway in law.told_only and told is not None else Leave.SHUT


def _unfit(tags: Tags, law: Law) -> bool:
    """Tell whether a way is none for a profile whatever its access tags say."""
    if not law.walks:
        return tags.get("area") == "yes" or tags.get("smoothness") == "impassable"
    if tags.get("motorroad") == "yes" and "foot" not in tags:
        return True
    ramp = "yes" in (tags.get("wheelchair"), tags.get("ramp:wheelchair"))
    return law.wheels and tags.get("highway") == "steps" and not ramp


def _is_wet(tags: Tags, law: Law) -> bool:
    return not law.wades and tags.get("ford", "no") != "no"


def leave_of_barrier(tags: Tags, law: Law) -> Leave:
    """Return whether a profile may pass a node."""
    barrier = tags.get("barrier")
    named = _told(tags, law.keys[:-1], law, "")
    told = _told(tags, law.keys, law, "") if named is None else named
    if told is None and _is_wet(tags, law):
        return Leave.SHUT
    if law.wheels and (tags.get("kerb") in HIGH_KERBS or barrier in law.solid):
        # What may be climbed on foot may not be rolled over.
        return Leave.OPEN if tags.get("wheelchair") == "yes" else Leave.SHUT
    if barrier in law.solid:
        # To all it may be open, but not to those for whom it has no room.
        return Leave.SHUT if named is None else named
    if barrier is None or told is not None:
        return told or Leave.OPEN
    return Leave.SHUT if tags.get("locked") == "yes" else Leave.OPEN


def _told(tags: Tags, keys: tuple[str, ...], law: Law, side: str) -> Leave | None:
    for key in keys:
        for name in (key + side, key) if side else (key,):
            value = tags.get(name)
            if value is None:
                continue
            words = {word.strip() for word in value.split(";")}
            for meaning, leave in (
                (FREE, Leave.OPEN), (law.own, Leave.OPEN), (ENDING, Leave.ENDING_ONLY),
                (FORBIDDEN, Leave.SHUT),
            ):  # fmt: skip
                if words & meaning:
                    return leave
    return None


def may_drive(tags: Tags, law: Law, direction: int) -> bool:
    """Tell whether one-way signs let a profile go along (1) or against (-1) the drawing."""
    oneway = next((tags[key] for key in law.oneway_keys if key in tags), "")
    if oneway in ("yes", "true", "1"):
        return direction == 1
    if oneway in ("-1", "reverse"):
        return direction == -1
    if law.walks or oneway in ("no", "false", "0", "alternating"):
        return True
    if oneway == "reversible":
        return False
    implied = tags.get("junction") in RIGHT_ROUND or tags.get("highway") == "motorway"
    return direction == 1 or not implied


def too_small(tags: Tags, law: Law) -> str | None:
    """Return the limit of a road or gate that a profile exceeds, None when it fits."""
    if law.size_keys.isdisjoint(tags):
        return None
    for key, size in law.size.items():
        for base in LIMITS[key]:
            name, limit = _particular(tags, law, base, key)
            if limit is not None and size > limit:
                return f"{name} {tags[name]}"
    return None


def _particular(tags: Tags, law: Law, base: str, key: str) -> tuple[str, float | None]:
    """Return the most particular name of a limit that tells one, with what it tells."""
    for name in law.limit_names(base):
        value = tags.get(name, "")
        limit = limit_of(value, key)
        if limit is not None or value.strip().lower() in LIFTED:
            return name, limit
    return base, None


def limit_of(value: str, key: str) -> float | None:
    r"""Return a limit in metres or tonnes, None where no number can be read.

    Examples
    --------
    >>> limit_of("3.5 m", "maxheight"), limit_of("7.5", "maxweight"), limit_of("none", "maxwidth")
    (3.5, 7.5, None)
    >>> round(limit_of("12'6\"", "maxheight"), 2)
    3.81
    """
    text = value.strip().lower()
    feet = _FEET.fullmatch(text)
    if feet is not None and key not in WEIGHED:
        return int(feet[1]) * FOOT_M + float(feet[2] or 0) * INCH_M
    amount = _AMOUNT.fullmatch(text)
    units = TONNES if key in WEIGHED else METRES
    if amount is None or amount[2] not in units:
        return None
    return float(amount[1].replace(",", ".")) * units[amount[2]]


def top_speed_kmh(tags: Tags, law: Law, direction: int) -> float:
    """Return the highest speed the tags allow, or one the profile never exceeds."""
    if law.walks:
        # Who walks on board is carried as fast as a ship goes.
        return SHIP_KMH if tags.get("route") == "ferry" else law.top_kmh
    posted = tags.get(f"maxspeed{SIDE[direction]}") or tags.get("maxspeed", "")
    found = _SPEED.findall(posted.lower())
    speeds = [float(number) * UNIT_KMH.get(unit, 1.0) for number, unit in found]
    meant = [speed for speed in speeds if speed >= SLOWEST_LIMIT_KMH]
    return min(max(meant, default=law.top_kmh), law.top_kmh)
