"""Who may use a way, in either direction, at which hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.errors import NetworkError
from planner.network import rules
from planner.network.conditional import At, clauses, hours_of, ruled, rules_of
from planner.network.graph import CLASSES, Access
from planner.network.hours import ALWAYS, understood
from planner.network.tagging import is_one_of, look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from planner.network.osm import Extract
    from planner.network.profiles import Profile

ABSENT, SHUT, UNTOLD = -2, -1, -3
"""Codes beside those of `Access`: no or no known value; nobody; nothing gives leave."""

REVERSIBLE = 2
"""Direction of a way open in neither direction unless hours are told."""

SIDES = ("forward", "backward")
_SIGN = (1, -1)


class Leave(NamedTuple):
    """What `w` ways allow.

    Attributes
    ----------
    access
        int64[2, w]; an `Access` along and against the drawing, or ``SHUT`` or ``UNTOLD``.
    direction
        int64[w]; 1, -1, 0 for both or ``REVERSIBLE``.
    timed
        (direction, rule) pairs by row of the extract; direction 0 binds both.
    """

    access: NDArray[np.int64]
    direction: NDArray[np.int64]
    timed: dict[int, tuple[tuple[int, str], ...]]


class _Tally(NamedTuple):
    """Rows of ways by what was made of their conditions."""

    strange: set[int]
    stricter: set[int]
    timed: set[int]


def leave(
    extract: Extract, road_class: NDArray[np.int64], profile: Profile, counts: dict[str, int]
) -> Leave:
    """Return who may use which way when; what was not understood is added to ``counts``.

    Hours that cannot be read forbid at all times and free at none.
    """
    strange = np.zeros(extract.n_ways, bool)
    access = np.stack([_access(extract, road_class, profile, side, strange) for side in SIDES])
    direction = _directions(extract, road_class, profile)
    tally = _Tally(set(), set(), set())
    timed: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in np.flatnonzero(_has_hours(extract, profile) & (road_class >= 0)).tolist():
        tags = extract.tags(row)
        found = _timed_access(tags, profile, access[:, row], row, tally)
        found += _timed_direction(tags, profile, direction, row, tally)
        found += _opening_hours(tags, access[:, row], row, tally)
        if found:
            timed[row] = found
            tally.timed.add(row)
    start = f"{profile.kind} ways "
    counts[f"{start}with an access value not understood, taken as absent"] = int(
        (strange & (road_class >= 0)).sum()
    )
    counts[f"{start}shut at some hours"] = len(tally.timed)
    counts[f"{start}with a condition that cannot be read, taken at its strictest"] = len(
        tally.strange
    )
    counts[f"{start}free at some hours, restricted at others, taken as restricted"] = len(
        tally.stricter
    )
    return Leave(access, direction, timed)


def _access(
    extract: Extract,
    road_class: NDArray[np.int64],
    profile: Profile,
    side: str,
    strange: NDArray[np.bool_],
) -> NDArray[np.int64]:
    own = is_one_of(extract, "highway", profile.needs_own_leave)
    untold = own | is_one_of(extract, "highway", profile.needs_leave)
    if "ferry" in profile.needs_leave:
        untold |= road_class == CLASSES.index("ferry")
    if profile.on_foot:
        for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"):
            untold &= ~is_one_of(extract, key, rules.SIDEWALKS)
        untold |= is_one_of(extract, "motorroad", {"yes"})
    access = np.where(untold, UNTOLD, int(Access.PUBLIC))
    for i, general in enumerate(profile.access_keys):
        for key in (general, f"{general}:{side}"):
            if key not in extract.keys_said:
                continue
            said = look_up(extract, key, lambda v: access_code(v, profile), ABSENT)
            said = said.astype(np.int64)
            strange |= (said == ABSENT) & (extract.codes(key) > 0)
            # On a footway neither what holds for everybody nor what residents may gives leave.
            said[own & (i == 0) & (said >= 0)] = ABSENT
            said[own & (said == Access.PRIVATE)] = SHUT
            access = np.where(said == ABSENT, access, said)
    access[is_one_of(extract, "service", profile.shut_services)] = SHUT
    return access


def access_code(value: str, profile: Profile) -> int:
    """Return an `Access`, ``SHUT`` or ``ABSENT`` of one value."""
    known, access = rules.access_of(value, profile.own_words)
    if not known:
        return ABSENT
    return SHUT if access is None else int(access)


def _directions(
    extract: Extract, road_class: NDArray[np.int64], profile: Profile
) -> NDArray[np.int64]:
    if profile.on_foot:
        moving = {"forward": 1, "yes": 0, "reversible": 0, "backward": -1}
        implied = look_up(extract, "conveying", lambda v: moving.get(v, 0), 0).astype(np.int64)
    else:
        round_ = is_one_of(extract, "junction", rules.RIGHT_ROUND)
        implied = (round_ | (road_class == CLASSES.index("motorway"))).astype(np.int64)
    direction = implied
    for key in profile.oneway_keys:
        said = look_up(extract, key, _direction, ABSENT).astype(np.int64)
        direction = np.where(said == ABSENT, direction, said)
    return direction


def _direction(value: str) -> int:
    return REVERSIBLE if value == "reversible" else rules.ONEWAY.get(value, ABSENT)


def _conditional_keys(key: str, side: str) -> tuple[str, ...]:
    sided = (f"{key}:{side}:conditional",) if key in ("vehicle", "motor_vehicle") else ()
    return (*sided, f"{key}:conditional")


def _has_hours(extract: Extract, profile: Profile) -> NDArray[np.bool_]:
    keys = {
        name for key in profile.access_keys for side in SIDES
        for name in _conditional_keys(key, side)
    } | {"opening_hours"}  # fmt: skip
    if not profile.on_foot:
        keys.add("oneway:conditional")
    has = np.zeros(extract.n_ways, bool)
    for key in keys & extract.keys_said:
        has |= extract.codes(key) > 0
    return has


def _timed_access(
    tags: Mapping[str, str],
    profile: Profile,
    access: NDArray[np.int64],
    row: int,
    tally: _Tally,
) -> tuple[tuple[int, str], ...]:
    by_side = []
    for i, side in enumerate(SIDES):
        parts, base = _said(tags, profile, side, int(access[i]), (row, tally))
        told = [(hours, level) for hours, level in parts if hours]
        levels = {level for _, level in told if level >= 0} | ({base} if base >= 0 else set())
        if levels:
            levels |= {level for hours, level in parts if not hours}
        try:
            hours = rules_of([At(when, level >= 0) for when, level in told], base >= 0)
        except NetworkError:
            tally.strange.add(row)
            hours, levels = (), {SHUT}
        # One may always end on the way; passing through is left to other ways at all hours.
        access[i] = max(levels, default=base)
        if len(levels) > 1:
            tally.stricter.add(row)
        by_side.append(hours)
    if by_side[0] == by_side[1]:
        return tuple((0, rule) for rule in by_side[0])
    return tuple((sign, rule) for sign, found in zip(_SIGN, by_side, strict=True) for rule in found)


def _said(
    tags: Mapping[str, str], profile: Profile, side: str, base: int, at: tuple[int, _Tally]
) -> tuple[list[tuple[str, int]], int]:
    """Return (hours, access) in order of weight, and the access at all other hours.

    Hours are "" where they cannot be read and would free.
    """
    row, tally = at
    own = tags.get("highway") in profile.needs_own_leave
    parts: list[tuple[str, int]] = []
    for key in reversed(profile.access_keys):
        for name in _conditional_keys(key, side):
            for clause in reversed(clauses(tags.get(name, ""))):
                level = access_code(clause.value, profile)
                purpose = access_code(clause.condition, profile)
                if level >= 0 and purpose >= 0:
                    level = max(level, purpose)
                if level == ABSENT or (own and level >= 0 and key == profile.access_keys[0]):
                    continue
                # On a footway what residents may gives no leave.
                level = SHUT if own and level == Access.PRIVATE else level
                if level >= 0 and purpose >= 0:
                    return parts, level
                hours = hours_of(clause.condition, profile, frees=level >= 0)
                if not hours.is_read:
                    tally.strange.add(row)
                if hours.when == ALWAYS:
                    return parts, level
                if hours.when or not hours.is_read:
                    parts.append((hours.when or "", level))
        plain = (tags.get(f"{key}:{side}", ""), tags.get(key, ""))
        if any(access_code(value, profile) != ABSENT for value in plain):
            break
    return parts, base


def _timed_direction(
    tags: Mapping[str, str],
    profile: Profile,
    direction: NDArray[np.int64],
    row: int,
    tally: _Tally,
) -> tuple[tuple[int, str], ...]:
    text = tags.get("oneway:conditional", "")
    if profile.on_foot or not text:
        return ()
    found: list[tuple[int, str]] = []
    open_sides = []
    said = [(_direction(value), condition) for value, condition in reversed(clauses(text))]
    for sign in _SIGN:
        conditions = [(when, way in (0, sign)) for way, when in said if way != ABSENT]
        side = ruled(conditions, profile, free=int(direction[row]) in (0, sign))
        found += [(sign, rule) for rule in side.rules]
        open_sides.append(not side.shut)
        if not side.is_read:
            tally.strange.add(row)
    direction[row] = {(True, True): 0, (True, False): 1, (False, True): -1}.get(
        (open_sides[0], open_sides[1]), REVERSIBLE
    )
    return tuple(found)


def _opening_hours(
    tags: Mapping[str, str], access: NDArray[np.int64], row: int, tally: _Tally
) -> tuple[tuple[int, str], ...]:
    text = tags.get("opening_hours", ALWAYS)
    if text == ALWAYS:
        return ()
    try:
        return ((0, f"open {understood(text, frees=True)}"),)
    except NetworkError:
        tally.strange.add(row)
        access[:] = SHUT
        return ()
