"""Movement about a site that is right passes every rule."""

from __future__ import annotations

from planner.verify import verify
from tests.verify.moving import move
from tests.verify.town import Town


def test_movement_that_is_right_passes() -> None:
    town = Town()
    move(town)
    assert verify(town.document, town.facts()).failures == ()


def test_site_may_have_no_movement() -> None:
    """It is not computed where only first choices are."""
    town = Town()
    town.the_site["movement"] = None
    assert verify(town.document, town.facts()).passed


def test_movement_that_cannot_be_read_fails_its_site() -> None:
    town = Town()
    move(town)["fallback"]["length_m"] = "far"
    assert {f.id for f in verify(town.document, town.facts()).failures} >= {"site-1"}
