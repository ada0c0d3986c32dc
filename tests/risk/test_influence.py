"""Influence: a decay over the streets, never through a river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point

from planner.risk.influence import mean_intensity
from tests.town import arc, is_shut, make_network, risk_of, second, zone

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.risk.ground import Obstacles


def permit(geometry: object, **changed: object) -> dict[str, object]:
    return zone(geometry, source_kind="permit", source_grade="A", info_grade=1) | changed


def test_intensity_is_one_in_the_footprint_and_falls_along_the_street() -> None:
    # 0 ---- 100 ---- 200 ---- 300 ---- 400; about 100 people at x=0, reach 200 m
    line = make_network([((x, 0.0), (x + 100.0, 0.0), "Main") for x in (0.0, 100.0, 200.0, 300.0)])
    risk = risk_of(line, permit(Point(0, 0), size_high=100, influence_m=200.0))
    r = risk.field.at(second(8))
    edge = risk.footprints[0].polygon.bounds[2]
    assert r[0] == r[1] == 1.0
    # mean of 1 - (d - edge) / 200 over d in [100, 200] and [200, 200 + edge] of 100 m
    assert r[2] == pytest.approx(1 - (150 - edge) / 200, abs=1e-6)
    assert r[4] == pytest.approx(edge**2 / 2 / 200 / 100, abs=1e-6)
    assert r[6] == 0


def test_both_directions_of_a_street_bear_the_same(town: Network) -> None:
    r = risk_of(town, permit(Point(130, 200))).field.at(second(8))
    assert np.allclose(r[::2], r[1::2])


def test_river_is_crossed_only_by_the_bridge(town: Network, obstacles: Obstacles) -> None:
    row = permit(LineString([(300, 0), (400, 0)]), influence_m=250.0)
    r = risk_of(town, row, obstacles=obstacles).field.at(second(8))
    assert r[arc(town, (200, 0), (300, 0))] > 0.5
    assert r[arc(town, (300, -100), (400, -100))] == 0


def test_crowd_off_the_streets_bears_on_the_nearest_one(
    town: Network, obstacles: Obstacles
) -> None:
    field = risk_of(town, permit(Point(250, 230), size_high=50), obstacles=obstacles).field
    assert not is_shut(field, second(8)).any()
    # 26 m off its middle and 54 m off its ends, of a reach of 150 m
    risk = field.at(second(8))[arc(town, (200, 200), (300, 200))]
    assert 1 - 54 / 150 < risk < 1 - 26 / 150


@given(st.floats(0, 300), st.floats(0, 1), st.floats(1, 200), st.floats(1, 400))
def test_cutting_an_arc_changes_nothing_on_the_whole(
    tail: float, lean: float, length: float, reach: float
) -> None:
    head = tail + (2 * lean - 1) * length
    tail, head = tail + max(-head, 0), max(head, 0)
    one = np.array([1.0])
    whole = mean_intensity(tail * one, head * one, length * one, reach)[0]
    middle = min(tail, head) + 0.0
    middle = min(tail + length / 2, head + length / 2, middle + length)
    half = length / 2
    parts = [
        mean_intensity(a * one, b * one, half * one, reach)[0]
        for a, b in ((tail, middle), (middle, head))
    ]
    assert np.mean(parts) == pytest.approx(whole, abs=1e-9)


def test_zone_off_the_map_is_told(town: Network) -> None:
    risk = risk_of(town, permit(Point(90_000, 0)))
    assert any("no street of the network is near" in note for note in risk.notices)
    assert not risk.field.risk.any()
