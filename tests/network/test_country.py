"""Countries by time zone."""

from __future__ import annotations

import pytest

from planner.network.country import DRIVES_ON_LEFT, LIMITS, UNKNOWN, country_of


@pytest.mark.parametrize(
    ("zone", "code", "left"),
    [
        ("Europe/Lisbon", "PT", False), ("Europe/Berlin", "DE", False),
        ("America/Los_Angeles", "US", False), ("Europe/London", "GB", True),
        ("Asia/Tokyo", "JP", True), ("Australia/Sydney", "AU", True),
    ],
)  # fmt: skip
def test_country_of_a_time_zone(zone, code, left):
    found = country_of(zone)
    assert (found.code, found.drives_on_left) == (code, left)
    assert found.limits == LIMITS[code]


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT-5", "", "Nowhere/At_All"])
def test_a_zone_of_no_country_is_unknown(zone):
    assert country_of(zone) == UNKNOWN


def test_limits_rise_from_streets_to_motorways():
    for limits in LIMITS.values():
        assert limits.living_street < limits.urban <= limits.rural <= limits.trunk
        assert limits.trunk <= limits.motorway


def test_75_countries_drive_on_the_left():
    assert len(DRIVES_ON_LEFT) == 75
