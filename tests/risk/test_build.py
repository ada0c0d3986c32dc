"""The field: noisy-or of zones, within [0, 1], nothing outside windows."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon

from planner.errors import CrsError, GeometryError, InputError
from planner.risk.build import build_risk
from planner.risk.ground import Obstacles
from planner.risk.parameters import RiskParameters
from tests.town import (
    EPOCH,
    at,
    closures_frame,
    is_shut,
    make_network,
    risk_of,
    second,
    town_streets,
    zone,
    zones_frame,
)

if TYPE_CHECKING:
    import geopandas as gpd

    from planner.network.graph import Network

TOWN = make_network(town_streets())


def test_risk_is_the_noisy_or_of_zones(town: Network) -> None:
    rows = [
        zone(Point(130, 200), id="a", source_kind="permit"),
        zone(Point(270, 200), id="b", source_kind="permit", source_grade="A"),
    ]
    alone = [risk_of(town, row).field.at(second(8)) for row in rows]
    both = risk_of(town, *rows).field.at(second(8))
    assert np.allclose(both, 1 - (1 - alone[0]) * (1 - alone[1]))
    assert both.max() > max(alone[0].max(), alone[1].max()) - 1e-12


places = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda p: (10.0 * p[0], 10.0 * p[1]))
rows = st.tuples(
    places, places, st.sampled_from(["standing_assembly", "march"]),
    st.sampled_from(["C3", "A1", "D4", "E4"]), st.floats(0, 20), st.floats(0.5, 5),
    st.integers(10, 3_000), st.sampled_from(["news", "permit"]),
)  # fmt: skip


def drawn(number: int, case: tuple) -> dict:  # type: ignore[type-arg]  # drawn cases
    a, b, kind, codes, start, hours, people, source = case
    line = LineString([a, b])
    if kind == "march" and line.length < 20:
        kind = "standing_assembly"
    geometry = line if kind == "march" or line.length > 20 else Point(a)
    return zone(
        geometry, id=f"z-{number}", kind=kind, source_grade=codes[0], info_grade=int(codes[1]),
        starts_at=at(start), ends_at=at(start + hours), observed_at=at(start), size_low=0,
        size_high=people, source_kind=source, report_of=f"z-{number}",
    )  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(st.lists(rows, min_size=2, max_size=3))
def test_a_further_zone_never_lowers_risk_or_opens_a_street(cases: list) -> None:  # type: ignore[type-arg]  # drawn cases
    frames = [drawn(i, case) for i, case in enumerate(cases)]
    fewer, more = risk_of(TOWN, *frames[:-1]).field, risk_of(TOWN, *frames).field
    assert more.risk.min(initial=0) >= 0
    assert more.risk.max(initial=0) <= 1
    seconds = np.unique(np.concatenate([fewer.breaks, more.breaks, more.shut.ravel()]))
    for t in seconds[:: max(len(seconds) // 40, 1)]:
        assert (more.at(t) >= fewer.at(t) - 1e-12).all()
        assert (is_shut(more, t) >= is_shut(fewer, t)).all()


def test_nothing_is_left_outside_the_window(town: Network) -> None:
    field = risk_of(town, zone(Point(200, 200), time_precision_min=15.0)).field
    for hour, there in ((6.74, False), (6.76, True), (8, True), (10.24, True), (10.26, False)):
        assert field.at(second(hour)).any() == there, hour
    assert is_shut(field, second(8)).any()
    assert not is_shut(field, second(10.25)).any()


def test_breaks_fall_on_the_edges_of_every_window(town: Network) -> None:
    field = risk_of(
        town, zone(Point(0, 0), time_precision_min=0.0, source_kind="permit",
                   starts_at=at(7) + timedelta(seconds=17)),
    ).field  # fmt: skip
    assert field.breaks.tolist() == [0, second(7) + 17, second(10), 86_400]


def test_neighbouring_intervals_differ(town: Network) -> None:
    field = risk_of(
        town,
        zone(Point(0, 0), id="a", source_kind="permit", time_precision_min=0.0),
        zone(Point(0, 0), id="b", source_grade="E", info_grade=5),
    ).field
    assert len(field.breaks) == 4
    assert (np.diff(field.risk, axis=1) != 0).any(axis=0).all()


def test_weak_report_slows_but_does_not_shut(town: Network) -> None:
    field = risk_of(town, zone(Point(200, 200), source_grade="E", info_grade=4)).field
    assert not len(field.shut)
    assert field.at(second(7)).max() == pytest.approx(0.125, abs=0.01)


def test_block_presence_decides_what_is_shut(town: Network) -> None:
    strict = dataclasses.replace(RiskParameters(), block_presence=0.6)
    assert is_shut(risk_of(town, zone(Point(200, 200))).field, second(8)).any()
    assert not len(risk_of(town, zone(Point(200, 200)), parameters=strict).field.shut)


def test_field_counts_seconds_from_its_start(town: Network) -> None:
    field = risk_of(town, zone(Point(200, 200))).field
    assert field.epoch == EPOCH
    assert field.seconds(EPOCH + timedelta(hours=2)) == 7200
    assert field.highest(second(6), second(8)).max() == field.risk.max()
    assert not field.highest(second(11), second(12)).any()


def test_no_zone_is_no_risk(town: Network) -> None:
    risk = risk_of(town)
    assert risk.field.risk.shape == (0, 1)
    assert (risk.field.row == -1).all()
    assert risk.footprints == ()


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"ends_at": at(6)}, InputError, "z-1"),
        ({"size_high": -5}, InputError, "size_high"),
        ({"source_grade": "Q"}, InputError, "Q3"),
        ({"geometry": Polygon([(0, 0), (9, 9), (9, 0), (0, 9)])}, GeometryError, "z-1"),
        ({"kind": "march"}, GeometryError, "line"),
    ],
)
def test_unusable_row_is_refused_by_name(
    town: Network, changed: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        risk_of(town, zone(Point(0, 0)) | changed)


def build(network: Network, zones: gpd.GeoDataFrame, start: datetime) -> None:
    build_risk(
        network, zones, closures_frame(), obstacles=Obstacles(), parameters=RiskParameters(),
        start=start, end=start + timedelta(hours=1),
    )  # fmt: skip


def test_wrong_crs_and_naive_times_are_refused(town: Network) -> None:
    with pytest.raises(CrsError, match="4326"):
        build(town, zones_frame(zone(Point(0, 0))).set_crs(4326, allow_override=True), EPOCH)
    with pytest.raises(InputError, match="aware"):
        build(town, zones_frame(), EPOCH.replace(tzinfo=None))


def test_assumed_size_and_influence_are_told(town: Network) -> None:
    risk = risk_of(town, zone(Point(0, 0), size_low=0, size_high=0, influence_m=np.nan))
    assert any("100 people are assumed" in note for note in risk.notices)
    assert any("influence of 100 m is an assumption" in note for note in risk.notices)
