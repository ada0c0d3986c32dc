"""Who passes a barrier, a ford or another obstacle drawn as a node."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.errors import NetworkError
from planner.network import rules
from planner.network.conditional import ALWAYS, At, clauses, hours_of, rules_of, understood
from planner.network.graph import Access

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        Whether the conditions tagged there were all understood.
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
    told = _told(tags, named if solid else profile.access_keys, profile)
    barred = told in (Access.PRIVATE, _NOBODY)
    locked = (solid and told is None) or (not solid and tags.get("locked") == "yes")
    known = kind in profile.stopped_by or kind in GUARDED or not kind or kind in _EVERY_KIND
    if is_too_large(tags, profile):
        return Verdict(stops=True)
    try:
        hours = _hours(tags, profile, barred=barred, locked=locked)
    except NetworkError:
        return Verdict(barred or locked or (False if known else None), (), understood=False)
    opens = bool(hours) and hours[0].startswith("open")
    if (barred or locked) and not opens:
        return Verdict(stops=True, guarded=told is Access.PRIVATE and not locked)
    return Verdict(False if known or opens else None, hours)


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


def is_too_large(tags: Mapping[str, str], profile: Profile) -> bool:
    """Tell whether a limit of size or weight among the tags shuts out a profile."""
    for keys, own, measure in zip(SIZE_KEYS, profile.size, MEASURES, strict=True):
        for key in keys:
            text = tags.get(key, "")
            for suffix in profile.size_exempt:
                text = tags.get(f"{key}:{suffix}", text)
            limit = measure(text) if text else None
            if own and limit is not None and own > limit:
                return True
    return False


SIZE_KEYS: tuple[tuple[str, ...], ...] = (
    ("maxheight", "maxheight:physical"), ("maxwidth", "maxwidth:physical"), ("maxlength",),
    ("maxweight",), ("maxaxleload",),
)  # fmt: skip
"""Keys of limits, in the order of `profiles.Size`."""

MEASURES = (
    rules.metres_of, rules.metres_of, rules.metres_of, rules.tonnes_of, rules.tonnes_of
)  # fmt: skip


def _hours(
    tags: Mapping[str, str], profile: Profile, *, barred: bool, locked: bool
) -> tuple[str, ...]:
    parts: list[At] = []
    for key in reversed(profile.access_keys):
        for clause in reversed(clauses(tags.get(f"{key}:conditional", ""))):
            known, access = rules.access_of(clause.value, profile.own_words)
            hours = hours_of(clause.condition, profile.size) if known else None
            if hours is not None:
                parts.append(At(hours, access is not None))
        if key in tags:
            break
    found = rules_of(parts, not (barred or locked))
    opening = tags.get("opening_hours", ALWAYS)
    if not found and not barred and opening != ALWAYS:
        # Whoever unlocks a gate or lowers a bollard does so at these hours.
        return (f"open {understood(opening)}",)
    return found
