"""Turn restrictions, read from the raw relation for one movement over one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.network.osm import Restriction
    from planner.verify.streets import Streets
    from planner.verify.trace import Passing

KEYS = (
    "restriction:motorcar", "restriction:motor_vehicle", "restriction:vehicle", "restriction",
)  # fmt: skip
"""The first that is tagged holds for cars; those for lorries or buses alone do not."""

EXEMPT = frozenset({"motorcar", "motor_vehicle", "vehicle"})
BY_THE_CLOCK = frozenset({"hour_on", "hour_off", "day_on", "day_off"})


def broken(passing: Passing, streets: Streets) -> str | None:
    """Return the id and kind of a restriction the movement breaks, None when it keeps all."""
    rules = streets.rules_at.get(passing.node)
    if rules is None:
        return None
    here = [
        (rule, kind)
        for rule in rules
        if passing.before.way.id in rule.from_ways
        for kind in [_kind(rule)]
        if kind
    ]
    for rule, kind in here:
        if kind.startswith("no_") and _is_meant(rule, kind, passing):
            return f"{rule.id} ({kind})"
    if not here:
        return None
    exits = streets.exits(passing.node)
    musts = [
        (rule, kind)
        for rule, kind in here
        # A command to leave by a road that cars cannot take binds nobody.
        if kind.startswith("only_") and any(exit_.way_id in rule.to_ways for exit_ in exits)
    ]
    # Two commands for one approach allow either exit: a relation names a single one.
    if musts and not any(_is_meant(rule, kind, passing) for rule, kind in musts):
        return f"{musts[0][0].id} ({musts[0][1]})"
    return None


def _kind(rule: Restriction) -> str:
    """Return what the relation demands of cars at all times, "" for nothing."""
    exempt = set(rule.tags.get("except", "").replace(" ", "").split(";"))
    if exempt & EXEMPT or BY_THE_CLOCK & rule.tags.keys():
        return ""
    return next((rule.tags[key] for key in KEYS if rule.tags.get(key)), "")


def _is_meant(rule: Restriction, kind: str, passing: Passing) -> bool:
    """Tell whether the movement is the one the relation names."""
    if passing.after.way.id not in rule.to_ways:
        return False
    if passing.before.way.id != passing.after.way.id:
        return True
    # One way on both sides of the sign: a U-turn, or straight on past the node.
    return passing.turns_back == kind.endswith("u_turn")
