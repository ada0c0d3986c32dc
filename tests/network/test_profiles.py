"""The table of profiles, and what holds between its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.network import rules
from planner.network.graph import CLASSES
from planner.network.osm import WAY_KEYS
from planner.network.profiles import PROFILES
from planner.network.profiles_page import profiles_page

DOCS = Path(__file__).parents[2] / "docs"

every = pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)


def test_there_are_five_profiles_and_the_car_is_first():
    assert list(PROFILES) == ["car", "van", "bus", "foot", "wheelchair"]


@every
def test_each_value_of_highway_has_a_class_and_a_speed_within_its_cap(profile):
    for highway, speed in profile.speeds.items():
        assert 0 < speed.default <= speed.cap
        assert highway == "ferry" or CLASSES[rules.class_of(highway, profile.speeds)]


@every
def test_each_key_of_a_profile_is_read_from_the_file(profile):
    assert set(profile.access_keys) <= set(WAY_KEYS)
    assert set(profile.oneway_keys) <= set(WAY_KEYS)


@every
def test_each_profile_uses_gates_of_its_kind(profile):
    assert set(profile.gate_kinds) <= {"vehicle", "foot", "both"}
    assert "both" in profile.gate_kinds
    assert ("foot" in profile.gate_kinds) is profile.on_foot


@every
def test_turns_cost_no_less_the_sharper_they_are(profile):
    costs = profile.turn_costs
    assert min(costs) >= 0
    assert costs.straight <= costs.slight <= costs.near <= costs.far <= costs.u_turn


def test_larger_vehicles_are_larger_slower_and_turn_worse():
    car, van, bus = (PROFILES[name] for name in ("car", "van", "bus"))
    for small, large in ((car, van), (van, bus)):
        assert all(a < b for a, b in zip(small.size, large.size, strict=True))
        assert small.speed_factor >= large.speed_factor
        assert small.turn_costs.u_turn < large.turn_costs.u_turn
    assert car.turns_round
    assert not bus.turns_round


def test_a_wheelchair_passes_nothing_that_stops_a_walker():
    foot, chair = PROFILES["foot"], PROFILES["wheelchair"]
    assert foot.stopped_by < chair.stopped_by
    assert chair.speeds["footway"].default < foot.speeds["footway"].default


def test_the_page_of_the_profiles_is_the_one_their_table_writes():
    assert (DOCS / "profiles.md").read_text(encoding="utf-8") == profiles_page()
