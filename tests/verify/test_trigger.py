"""Rules on triggers: what is wrong is said in words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shapely.geometry import box

from planner.verify import verify
from tests.verify.told import trigger
from tests.verify.town import ARRIVE, Town


def told(town: Town) -> list[str]:
    outcome = verify(town.document, town.facts())
    return [f.detail for f in outcome.failures if f.rule == "use_when"]


def decide(town: Town, **changed: Any) -> None:
    trigger(town)
    town.origin["routes"][1]["trigger"]["decide"].update(changed)


def test_true_trigger_passes() -> None:
    town = Town()
    trigger(town)
    assert verify(town.document, town.facts()).passed


def test_trigger_of_a_plan_before_triggers_is_none() -> None:
    assert verify(Town().document, Town().facts()).passed


WRONG: dict[str, tuple[Any, str]] = {
    "a street the way drives": (
        lambda town: trigger(town, streets=["Long Street"]), "and drives it"),
    "a street nobody drives": (
        lambda town: trigger(town, streets=["Nowhere"]), "drives no street that is named"),
    "its own gate": (lambda town: trigger(town, gates=["gate-1"]), "and ends there"),
    "a gate of no way before": (lambda town: trigger(town, gates=["g-9"]), "other gates than"),
    "a zone that stands nowhere": (lambda town: trigger(town, zone="z-9"), "stands nowhere"),
    "ways that are not before it": (
        lambda town: trigger(town, instead_of=["gw-west:emergency"]), "the ways before it in order"),
    "no list of streets": (lambda town: trigger(town, streets=None), "cannot be read"),
    "a decision at another time": (
        lambda town: decide(town, at=(ARRIVE - timedelta(minutes=9)).isoformat()),
        "when the primary is elsewhere"),
    "a decision behind the street": (
        lambda town: decide(
            town, lon=town.primary["legs"][-1]["coordinates"][-1][0],
            lat=town.primary["legs"][-1]["coordinates"][-1][1], at=town.primary["arrive"],
            after_m=town.primary["length_m"]),
        "only after the street that is shut"),
    "a lateness that is not so": (lambda town: decide(town, late_s=0), "it does 96 s"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_wrong_trigger_is_caught_and_told(what: str) -> None:
    town = Town()
    change, words = WRONG[what]
    change(town)
    assert any(words in detail for detail in told(town)), told(town)


def test_words_that_leave_out_the_street_are_caught() -> None:
    town = Town()
    trigger(town)
    town.origin["routes"][1]["use_when"] = "Use when it is shut; decide by 07:59."
    assert told(town) == ["the words of the trigger leave out Main Road"]


def test_zone_nearer_to_the_way_than_to_the_primary_is_caught() -> None:
    """A crowd 30 m from the lower street, 370 m from the primary."""
    town = Town()
    trigger(town, zone="zone-1")
    town.gather(box(1200, 30, 1240, 60), 0.05)
    assert any("nearer to it than the primary" in detail for detail in told(town))
