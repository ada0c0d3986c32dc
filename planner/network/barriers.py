"""Who passes a barrier, a ford or another obstacle drawn as a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError
from planner.network import rules
from planner.network.conditional import Ruled, clauses, ruled
from planner.network.graph import Access
from planner.network.hours import ALWAYS, understood
from planner.network.limits import limit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from planner.network.profiles import Profile

GUARDED = frozenset(
    {"gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "entrance",
     "toll_booth", "border_control", "cattle_grid", "checkpoint", "sally_port",
     "height_restrictor", "bump_gate", "kerb", "width_restrictor", "wicket_gate", "door",
     "turnstile", "kissing_gate", "stile", "full-height_turnstile", "coupure", "traffic_island"}
)  # fmt: skip
"""Kinds that one passes unless stopped by the table of the profile, locked or not public."""

KERB_M = 0.03
"""Highest kerb rolled over without help: DIN 18040-3."""

HIGH_KERBS = frozenset({"raised", "regular", "yes"})


class Verdict(NamedTuple):
    """What a node means for a traveller.

    Attributes
    ----------
    stops
        Whether the way ends there; None for a kind in no table, which is passed.
    hours
        Rules "open EXPR" or "shut EXPR" that hold there; empty for none.
    understood
        Whether the conditions tagged there were all read; others are taken at their strictest.
    guarded
        Whether it stops only those who do not belong there: a private gate, not a locked one.
    """

    stops: bool | None
    hours: tuple[str, ...] = ()
    understood: bool = True
    guarded: bool = False


def barrier_verdict(tags: Mapping[str, str], profile: Profile) -> Verdict:
    """Tell whether, and when, a node with a barrier or a ford ends the way of a profile."""
    kind = tags.get("barrier", "")
    solid = kind in profile.stopped_by or _drowns(tags, profile) or _is_high(tags, profile)
    # An access tag of all travellers says who may go there, not that a car fits through.
    # A stile open to walkers is none for a wheelchair: its own tag alone says so.
    rolls = profile.on_foot and not profile.steps
    named = profile.access_keys[-1:] if rolls else profile.access_keys[1:]
    # In its hours a bollard is lowered: then it is a matter of leave alone.
    keys = named if solid and tags.get("opening_hours", ALWAYS) == ALWAYS else profile.access_keys
    told = _told(tags, keys, profile)
    barred = told in (Access.PRIVATE, _NOBODY)
    locked = (solid and told is None) or (not solid and tags.get("locked") == "yes")
    known = kind in profile.stopped_by or kind in GUARDED or not kind or kind in _EVERY_KIND
    limit = limit_of(tags, profile)
    if limit.shut:
        return Verdict(stops=True, understood=limit.is_read)
    found = _hours(tags, profile, keys, barred=barred, locked=locked)
    is_read = found.is_read and limit.is_read
    if found.shut:
        guarded = told is Access.PRIVATE and not locked
        return Verdict(stops=True, understood=is_read, guarded=guarded)
    hours = (*found.rules, *limit.rules)
    return Verdict(False if known or hours else None, hours, is_read)


_NOBODY = "nobody"
_EVERY_KIND = frozenset(
    {"bollard", "block", "chain", "jersey_barrier", "cycle_barrier", "motorcycle_barrier", "log",
     "horse_stile", "planter", "bus_trap", "sump_buster", "rope", "chicane", "stone",
     "barrier_board", "bar", "delineators", "spikes", "shrub", "sliding_beam", "yes"}
)  # fmt: skip
"""Kinds that stop some profiles; for the others they are known, too."""


def _told(tags: Mapping[str, str], keys: tuple[str, ...], profile: Profile) -> Access | str | None:
    told: Access | str | None = None
    for key in keys:
        known, access = rules.access_of(tags.get(key, ""), profile.own_words)
        if known:
            told = _NOBODY if access is None else access
    return told


def _drowns(tags: Mapping[str, str], profile: Profile) -> bool:
    return "ford" in tags and tags["ford"] not in rules.NO_FORD and not profile.fords


def _is_high(tags: Mapping[str, str], profile: Profile) -> bool:
    if profile.steps or not profile.on_foot:
        return False
    height = rules.metres_of(tags.get("kerb:height", ""))
    if height is not None:
        return height > KERB_M
    return tags.get("kerb") in HIGH_KERBS


def _hours(
    tags: Mapping[str, str],
    profile: Profile,
    keys: tuple[str, ...],
    *,
    barred: bool,
    locked: bool,
) -> Ruled:
    opening = tags.get("opening_hours", ALWAYS)
    # Whoever unlocks a gate or lowers a bollard does so at its hours.
    free = not barred and (opening != ALWAYS or not locked)
    found = ruled(_conditions(tags, profile, keys), profile, free=free)
    if opening == ALWAYS or found.shut:
        return found
    try:
        rule = f"open {understood(opening, frees=True)}"
    except NetworkError:
        return Ruled(shut=True, is_read=False)
    return found._replace(rules=(rule, *found.rules))


def _conditions(
    tags: Mapping[str, str], profile: Profile, keys: tuple[str, ...]
) -> Iterator[tuple[str, bool]]:
    """Give the conditions of access keys in order of weight, with whether each frees."""
    for key in reversed(keys):
        for value, condition in reversed(clauses(tags.get(f"{key}:conditional", ""))):
            known, access = rules.access_of(value, profile.own_words)
            if known:
                yield condition, access is not None
        if key in tags:
            return
