"""Two ways out of a site may begin as one, where it is declared and short."""

from __future__ import annotations

from planner.verify import verify
from tests.verify.town import Town

LANE = 9
"""The dead end of the drawing, 60 m long here: the site's only street."""


def at_the_lane(declared_m: float) -> list[str]:
    """Return the rules broken by a site at the end of a lane with a declared door."""
    town = Town()
    town.places = {**town.places, LANE: (500, -60)}
    site = town.the_site
    site["ways"] = [
        town.site_way("gw-west", (LANE, 6, 5, 1)), town.site_way("gw-south", (LANE, 6, 7, 8))
    ]  # fmt: skip
    site["shared_door_m"] = declared_m
    return [f.rule for f in verify(town.document, town.facts()).failures if "disjoint" in f.rule]


def test_declared_lane_may_be_shared() -> None:
    """60 m of lane, 60 m declared."""
    assert at_the_lane(60.0) == []


def test_more_shared_than_declared_fails() -> None:
    """60 m of lane, 20 m declared."""
    assert at_the_lane(20.0) == ["site_ways_disjoint"]


def test_door_longer_than_a_block_fails() -> None:
    """Nothing excuses 200 m."""
    assert at_the_lane(200.0) == ["site_ways_disjoint"]
