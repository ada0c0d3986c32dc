"""Values of tags."""

from __future__ import annotations

import math

import pytest

from planner.network import rules
from planner.network.country import country
from planner.network.graph import Access


@pytest.mark.parametrize(
    ("value", "kmh"),
    [
        ("50", 50), ("50 km/h", 50), ("30 mph", 48.28), ("30mph", 48.28), ("walk", 6),
        ("none", math.inf), ("DE:urban", 50), ("DE:zone:30", 30), ("de:zone30", 30),
        ("50; 40", 40), ("variable", None), ("signals", None), ("0", None), ("-50", None),
        ("", None), ("fast", None), ("1e999", None), ("10 knots", 18.52), ("DE:rural", 100),
        ("FR:rural", 80), ("RU:urban", 50), ("GB:nsl_single", 96.56), ("UK:motorway", 112.65),
        ("GB:20", 32.19), ("GB:zone:20", 32.19), ("DE:motorway", math.inf), ("sign", None),
    ],
)  # fmt: skip
def test_speed_values(value, kmh):
    assert rules.speed_of(value) == (None if kmh is None else pytest.approx(kmh, rel=1e-3))


def test_a_word_without_a_country_means_the_country_of_the_file():
    assert rules.speed_of("rural", country("NL")) == 80
    assert rules.speed_of("rural") == 90


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", (True, Access.PUBLIC)),
        ("no", (True, None)),
        ("no;destination", (True, Access.DESTINATION)),
        ("agricultural; forestry", (True, None)),
        ("purple", (False, None)),
        ("private", (True, Access.PRIVATE)),
        ("permit", (True, Access.PRIVATE)),
        ("delivery", (True, Access.DESTINATION)),
    ],
)
def test_access_values(value, expected):
    assert rules.access_of(value) == expected


def test_a_value_that_names_the_traveller_lets_it_pass():
    assert rules.access_of("psv", frozenset({"psv"})) == (True, Access.PUBLIC)
    assert rules.access_of("psv") == (True, None)


@pytest.mark.parametrize(
    ("value", "metres"),
    [
        ("3.5", 3.5), ("3,5 m", 3.5), ("16'12\"", 5.182), ("6'4\"", 1.930), ("12 ft", 3.658),
        ("12'", 3.658), ("10 ft 6 in", 3.2), ("250 cm", 2.5), ("default", math.inf),
        ("none", math.inf), ("below_default", None), ("0", None), ("", None), ("low", None),
    ],
)  # fmt: skip
def test_lengths(value, metres):
    found = rules.metres_of(value)
    assert found == (None if metres is None else pytest.approx(metres, rel=1e-3))


@pytest.mark.parametrize(
    ("value", "tonnes"),
    [("7.5", 7.5), ("3.5 t", 3.5), ("8000 lbs", 3.629), ("3500 kg", 3.5), ("5 st", 4.536),
     ("none", math.inf), ("heavy", None), ("", None)],
)  # fmt: skip
def test_weights(value, tonnes):
    found = rules.tonnes_of(value)
    assert found == (None if tonnes is None else pytest.approx(tonnes, rel=1e-3))


@pytest.mark.parametrize(
    ("value", "percent"),
    [("10%", 10), ("-12 %", 12), ("7", 7), ("10°", 17.63), ("up", None), ("", None)],
)
def test_slopes(value, percent):
    found = rules.slope_of(value)
    assert found == (None if percent is None else pytest.approx(percent, rel=1e-3))
