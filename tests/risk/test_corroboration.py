"""Several reports of one zone: which belong together, what they weigh, what they agree in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from planner.risk.parameters import RiskParameters
from planner.risk.presence import belief_at, presence_at, presence_steps
from planner.risk.reported import Zone
from planner.risk.status import Status, expires_s, status_at, statuses
from planner.risk.zones import read_zones
from tests.town import (
    EPOCH,
    EPSG,
    at,
    make_network,
    risk_of,
    second,
    town_streets,
    zone,
    zones_frame,
)

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.risk.field import Risk

PARAMETERS = RiskParameters()
DAY = 86_400
TOWN = make_network(town_streets())
SPOT = Point(200, 200)
STREET = LineString([(100, 200), (200, 200)])


def read(*rows: dict[str, Any]) -> tuple[tuple[Zone, ...], tuple[str, ...]]:
    return read_zones(zones_frame(*rows), EPOCH, epsg=EPSG, parameters=PARAMETERS)


def ids(*rows: dict[str, Any]) -> list[list[str]]:
    """The rows of each zone, sorted."""
    return sorted(sorted(r.id for r in z.reports) for z in read(*rows)[0])


def one(*rows: dict[str, Any]) -> Zone:
    (found,), _ = read(*rows)
    return found


def peaks(of: Zone, *hours: float) -> list[float]:
    return [round(float(v), 4) for v in presence_at(of, 3600 * np.array(hours), PARAMETERS)]


def state(risk: Risk) -> list[bytes]:
    field = risk.field
    arrays = (field.breaks, field.row, field.risk, field.shut_start, field.shut)
    ground = [f.polygon.wkb + f.kept_clear.wkb for f in risk.footprints]
    return (
        [a.tobytes() for a in arrays]
        + ground
        + [np.float64(f.presence).tobytes() for f in risk.footprints]
    )


def test_two_kinds_of_source_corroborate_each_other() -> None:
    police = zone(SPOT, id="a", source_kind="police")
    news = zone(SPOT, id="b", source_kind="news")
    assert one(police).weight == 0.5
    both = one(police, news)
    assert both.weight == 0.75
    assert peaks(both, 7) == [0.75]
    # Both have aged an hour: 1 - (1 - 0.5 * 5/6)^2.
    assert peaks(both, 8) == [round(1 - (1 - 0.5 * 5 / 6) ** 2, 4)]


def test_reports_of_one_kind_of_source_do_not_add_up() -> None:
    weak = zone(SPOT, id="b", source_grade="D", info_grade=4)
    assert one(zone(SPOT, id="a"), weak, zone(SPOT, id="c")).weight == 0.5


copies = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["0", "m", "zz"])), max_size=6)


@settings(max_examples=25, deadline=None)
@given(copies)
def test_copies_of_rows_change_no_byte_of_the_field(drawn: list[tuple[int, str]]) -> None:
    rows = [
        zone(SPOT, id="a", source_kind="police"),
        zone(Point(230, 200), id="b", source_kind="news", source_grade="B", observed_at=at(8)),
        zone(Point(260, 200), id="c", source_kind="news", starts_at=at(8)),
        zone(LineString([(0, 0), (300, 0)]), id="d", kind="march", source_kind="permit"),
        zone(Point(20, 390), id="e", report_of="a", source_kind="other", source_grade="A"),
        zone(Point(210, 210), id="f", report_of="f", source_kind="road_authority"),
    ]
    once = risk_of(TOWN, *rows)
    more = [rows[n] | {"id": f"{mark}-{i}"} for i, (n, mark) in enumerate(drawn)]
    assert state(risk_of(TOWN, *rows, *more)) == state(once)
    assert state(risk_of(TOWN, *more[::-1], *rows[::-1])) == state(once)


def test_a_named_report_belongs_wherever_it_lies() -> None:
    far = zone(Point(2_000, 0), id="b", report_of="a", kind="blockade", source_kind="news")
    zones, notices = read(zone(SPOT, id="a"), far)
    assert [z.id for z in zones] == ["a"]
    told = " ".join(notices)
    assert "a, b are taken as reports of one zone, by 2 kinds of source (news, operator)" in told
    assert "differ in kind" in told
    assert "differ in place" in told


@pytest.mark.parametrize(
    ("other", "together"),
    [
        ({}, True),
        ({"geometry": Point(240, 200)}, True),
        ({"geometry": Point(260, 200)}, False),
        ({"geometry": box(150, 190, 400, 300)}, True),
        ({"geometry": LineString([(100, 200), (200, 200)])}, True),
        ({"kind": "blockade"}, False),
        ({"starts_at": at(9), "ends_at": at(12)}, True),
        ({"starts_at": at(10), "ends_at": at(12)}, False),
        ({"report_of": "b"}, False),
    ],
)
def test_kind_window_and_place_decide(other: dict[str, Any], together: bool) -> None:
    found = ids(zone(SPOT, id="a"), zone(SPOT, id="b") | other)
    assert found == ([["a", "b"]] if together else [["a"], ["b"]])


@pytest.mark.parametrize(
    ("line", "together"),
    [
        ([(100, 205), (205, 200)], True),
        ([(200, 200), (100, 200)], False),
        ([(100, 200), (400, 200)], False),
        ([(150, 100), (150, 300)], False),
    ],
)
def test_marches_are_one_when_they_go_the_same_way(
    line: list[tuple[float, float]], together: bool
) -> None:
    rows = [zone(STREET, id="a", kind="march"), zone(LineString(line), id="b", kind="march")]
    assert (len(read(*rows)[0]) == 1) == together


def test_assemblies_in_a_row_do_not_chain_into_one() -> None:
    rows = [zone(Point(40 * n, 0), id=f"z{n}", source_grade="ABCDE"[n]) for n in range(5)]
    assert ids(*rows) == [["z0", "z1"], ["z2", "z3"], ["z4"]]


def test_split_rows_stay_apart_while_a_named_one_comes_along() -> None:
    rows = [
        zone(SPOT, id="a", report_of="a"),
        zone(SPOT, id="b"),
        zone(SPOT, id="c", report_of="a"),
    ]
    assert ids(*rows) == [["a", "c"], ["b"]]


def test_the_best_graded_report_leads_and_of_equals_the_one_last_seen() -> None:
    rows = [
        zone(Point(210, 200), id="a", observed_at=at(9), source_kind="news"),
        zone(Point(220, 200), id="b", source_grade="B", source_kind="police"),
        zone(Point(230, 200), id="c", source_grade="B", source_kind="other", observed_at=at(8)),
    ]
    found = one(*rows)
    assert [r.id for r in found.reports] == ["c", "b", "a"]
    assert (found.id, found.source_kind) == ("a", "other")
    assert found.geometry.equals(Point(230, 200))


def test_a_march_keeps_the_timetable_of_the_report_that_leads() -> None:
    rows = [
        zone(STREET, id="a", kind="march", source_kind="permit", source_grade="A", speed_kmh=2.0),
        zone(STREET, id="b", kind="march", source_kind="news", starts_at=at(8), ends_at=at(12)),
    ]
    found = one(*rows)
    assert (found.start_s, found.end_s, found.speed_kmh) == (second(7), second(10), 2.0)
    assert peaks(found, 11)[0] == 0.25
    standing = one(*(row | {"kind": "blockade"} for row in rows))
    assert (standing.start_s, standing.end_s) == (second(7), second(12))


def test_size_is_the_whole_range_of_those_who_state_one(town: Network) -> None:
    rows = [
        zone(SPOT, id="a", size_low=100, size_high=200),
        zone(SPOT, id="b", size_low=900, size_high=1_500, source_kind="news"),
        zone(SPOT, id="c", size_low=0, size_high=0, source_kind="police"),
    ]
    zones, notices = read(*rows)
    assert (zones[0].size_low, zones[0].size_high, zones[0].size) == (100, 1_500, 1_500)
    assert any("differ in size; the whole range is provided for" in note for note in notices)
    area = risk_of(town, *rows).footprints[0].polygon.area
    assert area == pytest.approx(1_500 / PARAMETERS.standing_density, rel=0.05)


def test_place_error_is_stated_or_assumed() -> None:
    assert one(zone(SPOT)).place_error_m == PARAMETERS.place_error_m
    assert one(zone(SPOT, position_error_m=80.0)).place_error_m == 80.0


def test_windows_that_differ_are_told_and_each_counts_in_its_own() -> None:
    rows = [zone(SPOT, id="a", source_kind="permit"),
            zone(SPOT, id="b", source_kind="police", starts_at=at(9), ends_at=at(12))]  # fmt: skip
    zones, notices = read(*rows)
    assert any("differ in window; each counts in its own" in note for note in notices)
    assert peaks(zones[0], 8, 9.5, 11.5) == [0.5, round(1 - 0.5 * (1 - 0.5 * 5.5 / 6), 4), 0.2917]


told = st.tuples(
    st.floats(0, 18), st.floats(0.2, 6), st.floats(0, 120), st.floats(0, 24),
    st.sampled_from(["A1", "B3", "C3", "D4", "E4"]),
    st.sampled_from(["permit", "news", "police", "other"]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(told, min_size=2, max_size=4), st.sampled_from([1.0, 0.5, 2.0]))
def test_steps_of_several_reports_are_true_to_the_second(cases: list, delta: float) -> None:  # type: ignore[type-arg]  # drawn cases
    parameters = dataclasses.replace(PARAMETERS, ageing_delta=delta)
    rows = [
        zone(SPOT, id=f"r{n}", report_of="r0" if n else "", starts_at=at(start),
             ends_at=at(start + hours), time_precision_min=soft, observed_at=at(seen),
             source_grade=codes[0], info_grade=int(codes[1]), source_kind=source)
        for n, (start, hours, soft, seen, codes, source) in enumerate(cases)
    ]  # fmt: skip
    (found,), _ = read_zones(zones_frame(*rows), EPOCH, epsg=EPSG, parameters=parameters)
    every = np.arange(DAY)
    curve = presence_at(found, every.astype(float), parameters)
    times, values = presence_steps(found, 0, DAY, parameters)
    stepped = np.zeros(DAY)
    inside = (every >= times[0]) & (every < times[-1])
    stepped[inside] = values[np.searchsorted(times, every[inside], side="right") - 1]
    assert np.abs(stepped - curve).max() <= parameters.presence_error + 1e-9
    close = np.abs(curve - parameters.block_presence) > 1e-9
    block = parameters.block_presence
    assert np.array_equal((curve >= block)[close], (stepped >= block)[close])


@settings(max_examples=30, deadline=None)
@given(st.lists(told, min_size=2, max_size=4))
def test_a_further_report_never_lowers_presence_or_belief(cases: list) -> None:  # type: ignore[type-arg]  # drawn cases
    rows = [
        zone(SPOT, id=f"r{n}", report_of="r0" if n else "", starts_at=at(start),
             ends_at=at(start + hours), time_precision_min=soft, observed_at=at(seen),
             source_grade=codes[0], info_grade=int(codes[1]), source_kind=source)
        for n, (start, hours, soft, seen, codes, source) in enumerate(cases)
    ]  # fmt: skip
    every = np.arange(0, DAY, 60.0)
    first, last = one(*rows[:-1]), one(*rows)
    fewer, more = (presence_at(of, every, PARAMETERS) for of in (first, last))
    assert (more >= fewer - 1e-12).all()
    for moment in every[::60]:
        belief = belief_at(last, int(moment), PARAMETERS)
        assert belief >= belief_at(first, int(moment), PARAMETERS) - 1e-12
        assert belief >= more[int(moment) // 60] - 1e-12


def test_status_follows_window_soft_edge_and_age() -> None:
    news = one(zone(SPOT, source_kind="news", ends_at=at(20)))
    permit = one(zone(SPOT, source_kind="permit"))
    edge = second(10) + 600
    for of, moment, status in (
        (permit, second(7) - 601, Status.NOT_YET), (permit, second(7) - 600, Status.REPORTED),
        (permit, edge - 1, Status.REPORTED), (permit, edge, Status.EXPIRED),
        (news, second(13) - 1, Status.REPORTED), (news, second(13), Status.EXPIRED),
    ):  # fmt: skip
        assert status_at(of, moment, PARAMETERS) == status
        there = presence_at(of, np.array([moment + 0.5]), PARAMETERS)[0] > 0
        assert there == (status == Status.REPORTED)
    assert expires_s(news, PARAMETERS) == second(13)


def test_a_sighting_brings_an_expired_zone_back() -> None:
    old = zone(SPOT, id="a", source_kind="news", ends_at=at(20))
    seen = zone(SPOT, id="b", source_kind="police", ends_at=at(20), observed_at=at(14))
    assert status_at(one(old), second(14.5), PARAMETERS) == Status.EXPIRED
    assert status_at(one(old, seen), second(14.5), PARAMETERS) == Status.REPORTED
    frame = zones_frame(old, seen)
    found = statuses(frame, at(14.5).to_pydatetime(), epsg=EPSG, parameters=PARAMETERS)
    assert {key: told for key, (told, _) in found.items()} == dict.fromkeys("ab", Status.REPORTED)
    assert found["a"][1] == second(5.5)
