"""Risk at a place through time, exposure along a drawn way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from planner.risk.along import risk_through, travel
from planner.risk.areas import risk_of_places
from tests.town import arc, at, closures_frame, risk_of, second, zone

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.risk.ground import Obstacles

STREET = LineString([(0, 200), (400, 200)])


@pytest.mark.parametrize(
    "place", [Point(200, 200), Point(260, 212), box(300, 210, 340, 240), Point(9_000, 0)]
)
def test_risk_through_time_is_that_of_every_second(
    town: Network, obstacles: Obstacles, place: object
) -> None:
    rows = [
        zone(Point(200, 200), source_kind="news"),
        zone(LineString([(0, 300), (400, 300)]), id="m", kind="march", size_high=900),
    ]
    risk = risk_of(town, *rows, obstacles=obstacles)
    first, last = second(6.5), second(11)
    times, values = risk_through(town, risk, place, start_s=first, end_s=last)  # type: ignore[arg-type]  # toy shapes
    assert (times[0], times[-1]) == (first, last)
    assert (np.diff(values) != 0).all()
    for moment in range(first, last, 613):
        (expected,) = risk_of_places(town, risk, [place], start_s=moment, end_s=moment + 1)  # type: ignore[list-item]  # toy shapes
        assert values[np.searchsorted(times, moment, side="right") - 1] == expected


def test_a_way_is_charged_for_the_minute_it_is_on_each_road(town: Network) -> None:
    # 10 m/s: the crowd's street, x 200 to 300, is entered 20 s after setting out.
    risk = risk_of(
        town, zone(LineString([(210, 200), (290, 200)]), influence_m=0.0, size_high=50,
                   time_precision_min=0.0, source_kind="permit"),
    )  # fmt: skip
    inside = arc(town, (200, 200), (300, 200))
    gone = travel(town, risk, STREET, second(7) - 21)
    assert gone.exposure_min == 0
    assert not gone.shut[:2].any()
    met = travel(town, risk, STREET, second(7) - 20)
    assert met.arc.tolist() == [
        arc(town, (float(x), 200.0), (x + 100.0, 200.0)) for x in (0, 100, 200, 300)
    ]
    assert met.exposure_min == pytest.approx(10 / 60 * 0.5)
    assert met.shut.tolist() == [False, False, True, False]
    assert met.leave_s[-1] - met.enter_s[0] == pytest.approx(40)
    assert risk.field.at(second(7))[inside] == 0.5


def test_a_closure_on_the_way_is_told_by_its_seconds(town: Network) -> None:
    closed = {"id": "c", "name": "Works", "starts_at": at(8), "ends_at": at(9), "kind": "works",
              "geometry": LineString([(100, 200), (200, 200)])}  # fmt: skip
    risk = risk_of(town, closures=closures_frame(closed))
    assert travel(town, risk, STREET, second(8)).shut.tolist() == [False, True, False, False]
    assert not travel(town, risk, STREET, second(9) - 10).shut.any()
    assert travel(town, risk, STREET, second(9) - 11).shut.any()


def test_a_way_off_the_roads_says_so_and_meets_the_crowd(town: Network) -> None:
    risk = risk_of(town, zone(box(230, 240, 270, 260), size_high=50, influence_m=0.0))
    across = LineString([(0, 200), (200, 200), (200, 250), (300, 250), (300, 200)])
    found = travel(town, risk, across, second(8))
    assert found.off_road_m == pytest.approx(100, abs=11)
    off = found.arc < 0
    assert found.risk[off].max() == pytest.approx(0.5 * 5 / 6, abs=0.03)
    assert found.shut[off].any()
    assert not found.risk[~off].any()
