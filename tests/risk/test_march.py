"""A march: a column of the published length that moves along its line and ends in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely.geometry import LineString, Point

from planner.risk.ground import Obstacles, Streets
from planner.risk.march import column_length_m, plan_march
from planner.risk.parameters import RiskParameters
from planner.risk.zones import read_zones
from tests.town import EPOCH, EPSG, arc, at, is_shut, risk_of, second, zone, zones_frame

if TYPE_CHECKING:
    from planner.network.graph import Network

PARAMETERS = RiskParameters()
ROUTE = LineString([(0, 300), (300, 300), (300, 0)])


def march(**changed: object) -> dict[str, object]:
    row = zone(ROUTE, kind="march", source_kind="permit", size_high=1_200, speed_kmh=2.0)
    return row | {"time_precision_min": 0.0} | changed


def test_column_has_the_published_length_and_passing_time(town: Network) -> None:
    assert column_length_m(5_000, 12.0, 1.0) == pytest.approx(417, abs=0.5)
    long = LineString([(0, 300), (400, 300)])
    frame = zones_frame(march(size_high=5_000, geometry=long))
    zones, _ = read_zones(frame, EPOCH, epsg=EPSG, parameters=PARAMETERS)
    course, _ = plan_march(zones[0], Streets.of(town, PARAMETERS), PARAMETERS)
    assert course.width_m == 12.0
    assert course.column_m == pytest.approx(417, abs=0.5)
    assert course.column_m / course.speed_ms / 60 == pytest.approx(12.5, abs=0.01)


def test_ground_is_the_same_at_every_step(town: Network, obstacles: Obstacles) -> None:
    risk = risk_of(town, march(), obstacles=obstacles)
    assert risk.footprints[0].start_s == second(7)
    assert risk.footprints[-1].end_s == second(10)
    for footprint in risk.footprints:
        assert footprint.end_s - footprint.start_s <= 300 or footprint.around is None
        assert footprint.polygon.area == pytest.approx(1_200, rel=0.05)
        assert footprint.kept_clear.buffer(0.01).covers(footprint.polygon)


def test_column_is_where_its_speed_puts_it(town: Network) -> None:
    # 12 m wide, 100 m long, 2 km/h: 9 minutes after the start the head is 300 m on.
    steps = risk_of(town, march()).footprints
    now = next(f for f in steps if f.start_s <= second(7.15) < f.end_s)
    assert now.kept_clear.intersects(Point(299, 300))
    assert not now.kept_clear.intersects(Point(100, 300))
    assert not now.kept_clear.intersects(Point(300, 200))


def test_streets_are_shut_while_the_column_passes_and_open_after(town: Network) -> None:
    field = risk_of(town, march()).field
    first, last = arc(town, (0, 300), (100, 300)), arc(town, (300, 100), (300, 0))
    shut = [is_shut(field, second(h)) for h in (6.9, 7.05, 7.25, 10.05)]
    assert [bool(s[first]) for s in shut] == [False, True, False, False]
    assert [bool(s[last]) for s in shut] == [False, False, True, False]


def test_stated_speed_gives_way_to_the_stated_end(town: Network) -> None:
    risk = risk_of(town, march(speed_kmh=0.2, ends_at=at(8)))
    assert any("would not end in its window" in note for note in risk.notices)
    assert risk.footprints[-1].end_s == second(8)
    assert risk.footprints[-1].kept_clear.distance(Point(300, 0)) < 1


def test_unstated_speed_comes_from_the_window(town: Network) -> None:
    # 600 m and a column of 100 m in half an hour: 1.4 km/h.
    risk = risk_of(town, march(speed_kmh=np.nan, ends_at=at(7.5)))
    assert any("1.4 km/h is taken from its window" in note for note in risk.notices)


def test_no_vehicle_meets_the_column_at_any_second(town: Network, obstacles: Obstacles) -> None:
    risk = risk_of(town, march(size_high=3_000), obstacles=obstacles)
    lines = [LineString(town.arc_shape(a)) for a in range(town.n_arcs)]
    for step in risk.footprints[::3]:
        shut = is_shut(risk.field, step.start_s)
        meets = np.array([line.intersects(step.kept_clear) for line in lines])
        assert not (meets & ~shut).any()
