"""Factors by the hour, the margin on leaving, and seconds that stay whole."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.network.graph import CLASSES
from planner.network.rush import (
    GROUPS,
    WEEKDAY,
    WEEKEND,
    margin_s,
    rush_factor,
    scaled,
)

if TYPE_CHECKING:
    pass

RUSH = datetime(2027, 3, 2, 8, 15)
NIGHT = datetime(2027, 3, 2, 3)
SUNDAY = datetime(2027, 3, 7, 8, 15)
EVERY = np.arange(len(CLASSES), dtype=np.uint8)


def test_a_motorway_takes_the_published_third_longer_in_the_rush() -> None:
    found = rush_factor(EVERY, RUSH)
    assert found[CLASSES.index("motorway")] == pytest.approx(1.33)
    assert found[CLASSES.index("ferry")] == 1.0
    assert found.dtype == np.float32


@pytest.mark.parametrize("day", [2, 6, 7])
def test_no_road_is_ever_faster_than_free_flow_nor_slower_than_its_peak(day: int) -> None:
    for hour in range(24):
        found = rush_factor(EVERY, datetime(2027, 3, day, hour, 59))
        assert (found >= 1).all()
        assert (found <= max(group.peak for group in GROUPS.values()) + 1e-6).all()


def test_larger_roads_lose_more() -> None:
    found = rush_factor(EVERY, RUSH)
    order = ["motorway", "primary", "tertiary", "residential", "ferry"]
    factors = [found[CLASSES.index(name)] for name in order]
    assert factors == sorted(factors, reverse=True)
    assert len(set(factors)) == len(order)


def test_weekends_and_nights_are_calmer_than_the_rush() -> None:
    assert len(WEEKDAY) == len(WEEKEND) == 24
    assert max(WEEKDAY) == 1.0
    assert max(WEEKEND) < 0.5
    assert (rush_factor(EVERY, NIGHT) == 1).all()
    assert (rush_factor(EVERY, SUNDAY) < rush_factor(EVERY, RUSH))[CLASSES.index("primary")]


def test_a_road_class_belongs_to_one_group() -> None:
    named = [name for group in GROUPS.values() for name in group.classes]
    assert len(named) == len(set(named))
    assert set(named) <= set(CLASSES)


@pytest.mark.parametrize(
    ("drive_s", "when", "margin"),
    [(0, RUSH, 0), (60, RUSH, 60), (1200, RUSH, 420), (1200, NIGHT, 120), (601, NIGHT, 120)],
)
def test_margin_is_whole_minutes_and_grows_with_the_rush(
    drive_s: int, when: datetime, margin: int
) -> None:
    assert margin_s(drive_s, when) == margin


@given(
    st.lists(st.tuples(st.integers(1, 400), st.integers(1000, 2000), st.integers(0, 3)), min_size=1)
)
def test_scaled_sums_stay_within_half_a_second(rows: list[tuple[int, int, int]]) -> None:
    rows.sort(key=lambda row: row[2])
    time, parts, run = (np.array(column) for column in zip(*rows, strict=True))
    found = scaled(time.astype(np.int32), (parts / 1000).astype(np.float32), run=run)
    assert found.dtype == np.int32
    assert (found >= time).all()
    for number in np.unique(run):
        own = run == number
        off = np.cumsum(found[own]) * 1000 - np.cumsum(time[own] * parts[own])
        assert (np.abs(off) <= 500).all()


def test_scaled_by_one_changes_nothing() -> None:
    time = np.array([1, 5, 1, 7], np.int32)
    assert scaled(time, np.ones(4, np.float32)).tolist() == time.tolist()
    assert scaled(np.empty(0, np.int32), np.empty(0, np.float32)).tolist() == []
