"""Limits of size: who is too high, wide, long or heavy, at which hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from planner.network import rules
from planner.network.conditional import Ruled, clauses, ruled
from planner.network.tagging import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from planner.network.osm import Extract
    from planner.network.profiles import Profile

    Measure = Callable[[str], float | None]

KEYS: tuple[tuple[tuple[str, ...], Measure], ...] = (
    (("maxheight", "maxheight:physical"), rules.metres_of),
    (("maxwidth", "maxwidth:physical"), rules.metres_of),
    (("maxlength",), rules.metres_of),
    (("maxweight", "maxweightrating"), rules.tonnes_of),
    (("maxaxleload",), rules.tonnes_of),
)
"""Keys of limits with what reads their values, in the order of `profiles.Size`."""


def limit_of(tags: Mapping[str, str], profile: Profile) -> Ruled:
    """Return what the limits of size among tags mean for a profile, at which hours."""
    if not any(key.startswith("max") for key in tags):
        return Ruled(shut=False)
    found = [
        _one_limit(tags, key, measure, (own, profile))
        for (keys, measure), own in zip(KEYS, profile.size, strict=True) if own
        for key in keys
    ]  # fmt: skip
    return Ruled(
        any(one.shut for one in found),
        tuple(rule for one in found for rule in one.rules),
        all(one.is_read for one in found),
    )


def _one_limit(
    tags: Mapping[str, str], key: str, measure: Measure, who: tuple[float, Profile]
) -> Ruled:
    own, profile = who
    fits, said = True, []
    for name in _names(key, profile)[::-1]:
        for value, condition in clauses(tags.get(f"{name}:conditional", ""))[::-1]:
            limit = measure(value)
            said += [] if limit is None else [(condition, own <= limit)]
        limit = measure(tags[name]) if name in tags else None
        if limit is not None:
            fits = own <= limit
            break
    return ruled(said, profile, free=fits)


def _names(key: str, profile: Profile) -> list[str]:
    """Return the keys of a limit from the general to the particular."""
    return [key, *(f"{key}:{mode}" for mode in profile.access_keys[1:])]


class Limits(NamedTuple):
    """Limits of `w` ways: bool[w] where a profile never fits, and rules by row."""

    shut: NDArray[np.bool_]
    timed: dict[int, tuple[tuple[int, str], ...]]


def limits_of(
    extract: Extract, road: NDArray[np.bool_], profile: Profile, counts: dict[str, int]
) -> Limits:
    """Return which ways are too low, narrow, short or weak, always or at some hours.

    Parameters
    ----------
    road
        bool[w]; ways whose hours are asked for.
    counts
        Gets how many change by the hour, and how many cannot be read.
    """
    shut = np.zeros(extract.n_ways, bool)
    hourly = np.zeros(extract.n_ways, bool)
    for (keys, measure), own in zip(KEYS, profile.size, strict=True):
        for key in keys if own else ():
            names = _names(key, profile)
            limit = np.full(extract.n_ways, np.nan)
            for name in (name for name in names if name in extract.keys_said):
                said = look_up(extract, name, _measured(measure), np.nan)
                limit = np.where(np.isnan(said), limit, said)
            shut |= own > limit
            for name in (f"{name}:conditional" for name in names):
                if name in extract.keys_said:
                    hourly |= extract.codes(name) > 0
    timed: dict[int, tuple[tuple[int, str], ...]] = {}
    unread = 0
    for row in np.flatnonzero(hourly & road).tolist():
        found = limit_of(extract.tags(row), profile)
        shut[row] = found.shut
        unread += not found.is_read
        if found.rules:
            timed[row] = tuple((0, rule) for rule in found.rules)
    start = f"{profile.kind} ways "
    counts[f"{start}with a size limit that shuts them at some hours"] = len(timed)
    counts[f"{start}with a size limit whose hours cannot be read, taken at its strictest"] = unread
    return Limits(shut, timed)


def _measured(measure: Measure) -> Callable[[str], float]:
    return lambda value: measure(value) or np.nan
