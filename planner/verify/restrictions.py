"""Turn restrictions, read from the raw relation for one movement or a row of ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from planner.verify.hours import demands
from planner.verify.law import Leave

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from planner.network.osm import Restriction
    from planner.verify.hours import Moment
    from planner.verify.streets import Streets
    from planner.verify.trace import Passing, Run

Moments = tuple["Moment", ...]

ALWAYS: Moments = ()
"""In the place of moments: judge what holds at all hours, and leave the rest out."""


def kinds_of(rule: Restriction, streets: Streets, moments: Moments) -> list[str]:
    """Return what a relation demands at every one of some moments."""
    if streets.is_hourly(rule) != bool(moments):
        return []
    asked = [demands(rule.tags, streets.law, when) for when in moments or (None,)]
    return sorted(frozenset.intersection(*asked))


def broken(passing: Passing, streets: Streets, moments: Moments = ALWAYS) -> str | None:
    """Return the id and kind of a restriction the movement breaks, None when it keeps all."""
    rules = streets.rules_at.get(passing.node)
    if rules is None:
        return None
    there = [rule for rule in rules if passing.before.way.id in rule.from_ways]
    here = [(rule, kind) for rule in there for kind in kinds_of(rule, streets, moments)]
    for rule, kind in here:
        if kind.startswith("no_") and _is_meant(rule, kind, passing):
            return f"{rule.id} ({kind})"
    if not here:
        return None
    exits = streets.exits(passing.node)
    musts = [
        (rule, kind)
        for rule, kind in here
        # A command to leave by a road that one cannot take binds nobody.
        if kind.startswith("only_") and any(exit_.way_id in rule.to_ways for exit_ in exits)
    ]
    # Two commands for one approach allow either exit: a relation names a single one.
    commands = [(rule, _any_command(rule)) for rule in there]
    if musts and not any(_is_meant(rule, kind, passing) for rule, kind in commands if kind):
        return f"{musts[0][0].id} ({musts[0][1]})"
    return None


def _any_command(rule: Restriction) -> str:
    """Return the exit that a relation commands, at whatever hours."""
    return next((v.partition(" ")[0] for v in rule.tags.values() if v.startswith("only_")), "")


def _is_meant(rule: Restriction, kind: str, passing: Passing) -> bool:
    """Tell whether the movement is the one the relation names."""
    if passing.after.way.id not in rule.to_ways:
        return False
    if passing.before.way.id != passing.after.way.id:
        return True
    # One way on both sides of the sign: a U-turn, or straight on past the node.
    return passing.turns_back == kind.endswith("u_turn")


class Row(NamedTuple):
    """Ways in a row of which a relation over via ways speaks.

    ``first`` and ``last`` are positions in the runs of a route: of the way it begins on, and of
    the first one after its via ways. ``is_named``: the row is the one that the relation names.
    """

    rule: Restriction
    first: int
    last: int
    is_named: bool


def rows_of_ways(runs: Sequence[Run], streets: Streets) -> Iterator[Row]:
    """Give each row of ways that a relation over via ways speaks of."""
    for i, begin in enumerate(runs[:-1]):
        for rule in streets.rules_from.get(begin.way.id, ()):
            after, via = runs[i + 1 :], set(rule.via_ways)
            on = next((k for k, run in enumerate(after) if run.way.id not in via), None)
            # Who has not taken the first via way is not bound; who ends on one has kept all.
            if not on:
                continue
            all_driven = sorted(run.way.id for run in after[:on]) == sorted(rule.via_ways)
            yield Row(rule, i, i + 1 + on, all_driven and after[on].way.id in rule.to_ways)


def broken_row(row: Row, streets: Streets, moments: Moments = ALWAYS) -> str | None:
    """Return the id and kind of the relation if a row of ways breaks it."""
    for kind in kinds_of(row.rule, streets, moments):
        if kind.startswith("no_"):
            is_broken = row.is_named
        else:
            only = kind.startswith("only_") and not row.is_named
            is_broken = only and _can_be_obeyed(row.rule, streets)
        if is_broken:
            return f"{row.rule.id} ({kind})"
    return None


def _can_be_obeyed(rule: Restriction, streets: Streets) -> bool:
    targets = [way for way in map(streets.way, rule.to_ways) if way is not None]
    return any(
        way.may_drive(direction) and way.leave(direction) is not Leave.SHUT
        for way in targets
        for direction in (1, -1)
    )
