"""Turn restrictions over via ways bind a row of ways, not one of its junctions."""

from __future__ import annotations

import pytest

from planner.verify import verify
from tests.verify.town import ALTERNATE, Change, Town

LOW = (ALTERNATE[0], (30, (5, 6, 7, 8)), ALTERNATE[4])


def _rules(town: Town) -> set[str]:
    return {failure.rule for failure in verify(town.document, town.facts()).failures}


def _over_two_ways(town: Town) -> None:
    """Cut the low street in two ways: 30 to node 7, 31 from there."""
    town.ways[30] = ((5, 6, 7), {"highway": "residential"})
    town.ways[31] = ((7, 8), {"highway": "residential"})
    town.drive("alternate", (ALTERNATE[0], (30, (5, 6, 7)), (31, (7, 8)), ALTERNATE[4]))


def _all(*changes: Change) -> Change:
    def change(town: Town) -> None:
        for one in changes:
            one(town)

    return change


BROKEN: dict[str, Change] = {
    "a row in many legs": lambda town: town.restrict_row("no_u_turn", 20, (30,), 50),
    "a row in one leg each": _all(
        lambda town: town.drive("alternate", LOW),
        lambda town: town.restrict_row("no_u_turn", 20, (30,), 50),
    ),
    "two via ways": _all(
        _over_two_ways, lambda town: town.restrict_row("no_left_turn", 20, (30, 31), 50)
    ),
    "two via ways in the wrong order of the file": _all(
        _over_two_ways, lambda town: town.restrict_row("no_left_turn", 20, (31, 30), 50)
    ),
    "another exit than the only one": lambda town: town.restrict_row(
        "only_left_turn", 20, (30,), 40
    ),
    "an exit before the only one": _all(
        _over_two_ways,
        lambda town: town.restrict_row("only_left_turn", 20, (30, 31), 50),
        lambda town: town.drive(
            "alternate", (ALTERNATE[0], (30, (5, 6, 7)), (40, (7, 3)), (12, (3, 4)))
        ),
        lambda town: town.origin["unmet"].append("x"),
        lambda town: town.origin["routes"][1].update(shared_with_primary=500 / 2300),
    ),
}

KEPT: dict[str, Change] = {
    "the row leads elsewhere": lambda town: town.restrict_row("no_left_turn", 20, (30,), 40),
    "the row begins elsewhere": lambda town: town.restrict_row("no_left_turn", 60, (30,), 50),
    "only the last part is driven": _all(
        _over_two_ways, lambda town: town.restrict_row("no_left_turn", 20, (31,), 50)
    ),
    "the only exit is taken": lambda town: town.restrict_row("only_left_turn", 20, (30,), 50),
    "the first via way is not taken": lambda town: town.restrict_row(
        "only_left_turn", 11, (40,), 30
    ),
    "the route ends on the via way": lambda town: town.restrict_row("only_u_turn", 11, (12,), 40),
    "the only exit is shut": _all(
        lambda town: town.restrict_row("only_left_turn", 20, (30,), 40),
        lambda town: town.tag(40, motor_vehicle="no"),
    ),
    "cars are exempt": lambda town: town.restrict_row(
        "no_left_turn", 20, (30,), 50, **{"except": "motorcar"}
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_row_that_is_barred_is_caught(what: str) -> None:
    town = Town()
    BROKEN[what](town)
    assert _rules(town) == {"via_ways"}


@pytest.mark.parametrize("what", KEPT)
def test_row_that_is_allowed_passes(what: str) -> None:
    town = Town()
    KEPT[what](town)
    assert _rules(town) == set()
