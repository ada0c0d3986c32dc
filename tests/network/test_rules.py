"""Tables of tag values."""

from __future__ import annotations

import math

import pytest

from planner.network import rules
from planner.network.graph import CLASSES, Access


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50), ("50 km/h", 50), ("30 mph", 48.28), ("30mph", 48.28), ("walk", 6),
        ("none", math.inf), ("DE:urban", 50), ("DE:zone:30", 30), ("de:zone30", 30),
        ("50; 40", 40), ("variable", None), ("signals", None), ("0", None), ("-50", None),
        ("", None), ("fast", None), ("1e999", None), ("10 knots", 18.52),
    ],
)  # fmt: skip
def test_speed_values(value, kmh):
    assert rules.speed_of(value) == (None if kmh is None else pytest.approx(kmh, rel=1e-3))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", (True, Access.PUBLIC)),
        ("no", (True, None)),
        ("no;destination", (True, Access.DESTINATION)),
        ("agricultural; forestry", (True, None)),
        ("purple", (False, None)),
        ("private", (True, Access.PRIVATE)),
    ],
)
def test_access_values(value, expected):
    assert rules.access_of(value) == expected


def test_every_class_has_a_speed_within_its_cap():
    assert set(rules.SPEED_KMH) == set(CLASSES)
    assert all(0 < speed.default <= speed.cap for speed in rules.SPEED_KMH.values())


def test_no_barrier_both_stops_and_passes():
    assert not rules.BARRIERS_STOPPING & rules.BARRIERS_GUARDED
