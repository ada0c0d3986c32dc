"""Presence: window, soft edges, grade, ageing, and the error of its steps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from planner.risk.parameters import RiskParameters
from planner.risk.presence import ageing, presence_at, presence_steps
from planner.risk.zones import Zone, read_zones
from tests.town import EPOCH, EPSG, at, second, zone, zones_frame

PARAMETERS = RiskParameters()
DAY = 86_400


def made(**changed: object) -> Zone:
    zones, _ = read_zones(
        zones_frame(zone(Point(0, 0), **changed)), EPOCH, epsg=EPSG, parameters=PARAMETERS
    )
    return zones[0]


def at_hours(of: Zone, *hours: float) -> list[float]:
    values = presence_at(of, 3600 * np.array(hours), PARAMETERS)
    return [round(float(v), 4) for v in values]


def test_ageing_gives_the_published_figures() -> None:
    left = ageing(3600.0 * np.array([0, 1, 2, 3, 6, 9]), PARAMETERS)
    assert left.round(2).tolist() == [1.0, 0.83, 0.67, 0.5, 0.0, 0.0]


def test_a_permit_keeps_its_weight_for_the_whole_window() -> None:
    assert at_hours(made(source_kind="permit"), 7, 8.5, 10) == [0.5, 0.5, 0.5]


def test_a_report_ages_from_its_start_when_it_was_made_before() -> None:
    early = made(observed_at=at(1))
    assert at_hours(early, 7, 8, 10) == [0.5, round(0.5 * 5 / 6, 4), 0.25]


def test_a_new_sighting_refreshes_a_report() -> None:
    assert at_hours(made(observed_at=at(9)), 8, 9, 10) == [0.5, 0.5, round(0.5 * 5 / 6, 4)]


def test_soft_edges_fall_to_nothing_over_the_stated_precision() -> None:
    permit = made(source_kind="permit", time_precision_min=30.0)
    assert at_hours(permit, 6.5, 6.75, 7, 10, 10.25, 10.5) == [0, 0.25, 0.5, 0.5, 0.25, 0]


def test_an_exact_window_has_hard_edges() -> None:
    exact = made(source_kind="permit", time_precision_min=0.0)
    times, values = presence_steps(exact, 0, DAY, PARAMETERS)
    assert times.tolist() == [second(7), second(10)]
    assert values.tolist() == [0.5]


def test_unstated_precision_takes_the_assumed_edge() -> None:
    assert made(time_precision_min=np.nan).soft_s == 60 * PARAMETERS.soft_edge_min


def test_grade_scales_presence() -> None:
    weights = {"A1": 1.0, "C3": 0.5, "E5": 0.0}
    for codes, weight in weights.items():
        graded = made(source_grade=codes[0], info_grade=int(codes[1]), source_kind="permit")
        assert at_hours(graded, 8) == [weight]


def test_a_c3_report_blocks_in_its_window_and_an_e5_never() -> None:
    for codes, blocks in (("C3", True), ("D4", True), ("E4", False), ("E5", False)):
        graded = made(source_grade=codes[0], info_grade=int(codes[1]), observed_at=at(6))
        value = at_hours(graded, 7)[0]
        assert (value >= PARAMETERS.block_presence) == blocks, codes
    assert at_hours(made(observed_at=at(6)), 10)[0] >= PARAMETERS.block_presence


def test_a_step_is_shut_as_a_whole_or_not_at_all() -> None:
    times, values = presence_steps(made(ends_at=at(14)), 0, DAY, PARAMETERS)
    seconds = np.arange(times[0], times[-1])
    curve = presence_at(made(ends_at=at(14)), seconds.astype(float), PARAMETERS)
    stepped = values[np.searchsorted(times, seconds, side="right") - 1]
    block = PARAMETERS.block_presence
    assert np.array_equal(curve >= block, stepped >= block)
    # 0.5 * (1 - age / 6 h) = 0.2 at 3.6 h after the start; that second is the last that blocks
    last = seconds[curve >= block].max()
    assert last == second(7 + 3.6)


windows = st.tuples(
    st.floats(0.0, 20.0), st.floats(0.1, 8.0), st.floats(0.0, 90.0), st.floats(-5.0, 25.0),
    st.sampled_from(["A1", "B3", "C3", "D4", "F6", "E5"]), st.sampled_from(["permit", "news"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(windows, st.sampled_from([1.0, 0.5, 2.0]))
def test_steps_follow_the_curve_within_their_error(
    window: tuple[float, float, float, float, str, str], delta: float
) -> None:
    start, hours, soft, seen, codes, source = window
    parameters = dataclasses.replace(PARAMETERS, ageing_delta=delta)
    drawn = made(
        starts_at=at(start), ends_at=at(start + hours), time_precision_min=soft,
        observed_at=at(seen), source_grade=codes[0], info_grade=int(codes[1]), source_kind=source,
    )  # fmt: skip
    times, values = presence_steps(drawn, 0, DAY, parameters)
    every = np.arange(0, DAY)
    curve = presence_at(drawn, every.astype(float), parameters)
    assert curve.min() >= 0
    assert curve.max() <= 1
    stepped = np.zeros(DAY)
    if len(values):
        inside = (every >= times[0]) & (every < times[-1])
        stepped[inside] = values[np.searchsorted(times, every[inside], side="right") - 1]
        changing = np.diff(values) != 0
        assert changing.all()
    assert np.abs(stepped - curve).max() <= parameters.presence_error + 1e-9
    outside = (every < drawn.start_s - drawn.soft_s) | (every > drawn.end_s + drawn.soft_s)
    assert not curve[outside].any()
    assert not stepped[outside].any()


def test_no_step_of_a_changing_curve_is_longer_than_five_minutes() -> None:
    times, values = presence_steps(made(), 0, DAY, PARAMETERS)
    assert np.diff(times).max() <= 300
    assert len(values) == len(times) - 1


def test_steps_are_cut_to_the_span_asked_for() -> None:
    times, _ = presence_steps(made(source_kind="permit"), second(8), second(9), PARAMETERS)
    assert times.tolist() == [second(8), second(9)]
    times, values = presence_steps(made(), second(12), second(13), PARAMETERS)
    assert len(values) == 0
    assert pytest.approx(0) == times.sum()
