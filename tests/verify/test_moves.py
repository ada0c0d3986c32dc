"""Movement about a site that is right passes every rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from shapely.geometry import box

from planner.verify import verify
from planner.verify.moves import ON_ROAD_M, carriageway_m
from tests.verify.moving import move
from tests.verify.town import Town, lonlat, metric


def test_movement_that_is_right_passes() -> None:
    town = Town()
    move(town)
    assert verify(town.document, town.facts()).failures == ()


def test_way_in_whose_risk_is_rounded_to_the_limit_may_be_called_clear() -> None:
    """A risk of 0.09999 is clear, and told as 0.1."""
    town = Town()
    way = move(town)["ways_in"][0]
    way.update(max_risk=town.limits.clear_below, clear=True)
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


@pytest.mark.filterwarnings("error")
def test_road_that_ends_outside_the_file_is_still_measured() -> None:
    """The nodes that a file lacks have no place; the rest of the road lies on the ground."""
    facts = Town().facts()
    ground = metric(box(300, 390, 400, 410))
    lon, lat = lonlat(350, 400)
    whole = carriageway_m(facts, ground, lon, lat)
    assert whole > ON_ROAD_M
    for row in range(len(facts.extract.way_id)):
        cut = facts.extract.lonlat.copy()
        cut[facts.extract.ref_start[row + 1] - 1] = np.nan
        found = carriageway_m(
            replace(facts, extract=replace(facts.extract, lonlat=cut)), ground, lon, lat
        )
        assert 0 <= found <= whole + 0.1
