"""Risk on the map, at a place, and what a zone is called."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from planner.risk.areas import in_kept_clear, risk_areas, risk_of_places
from planner.risk.labels import street_at, zone_label
from planner.risk.parameters import RiskParameters
from tests.town import arc, at, risk_of, second, zone

if TYPE_CHECKING:
    from planner.network.graph import Network
    from planner.risk.ground import Obstacles


def strong(**changed: object) -> dict[str, object]:
    row = zone(Point(200, 200), source_grade="A", info_grade=1, source_kind="permit")
    return row | {"influence_m": 300.0} | changed


def test_levels_are_disjoint_and_the_highest_holds_the_crowd(
    town: Network, obstacles: Obstacles
) -> None:
    risk = risk_of(town, strong(), obstacles=obstacles)
    areas = risk_areas(town, risk, second(8))
    levels = [level for level, _ in areas]
    assert levels == sorted(levels, reverse=True)
    assert levels[0] == 5
    assert len(levels) >= 3
    for (_, one), (_, other) in combinations(areas, 2):
        assert one.intersection(other).area < 1e-6
    crowd = next(f for f in risk.footprints if f.start_s <= second(8) < f.end_s).polygon
    assert crowd.difference(areas[0][1].buffer(0.5)).is_empty


def test_level_of_a_street_is_that_of_its_risk(town: Network) -> None:
    risk = risk_of(town, strong())
    parameters = RiskParameters()
    r = risk.field.at(second(8))
    areas = dict(risk_areas(town, risk, second(8)))
    for a in range(town.n_arcs):
        level = parameters.level(r[a])
        middle = Point(town.arc_shape(a).mean(axis=0))
        found = [n for n, area in areas.items() if area.intersects(middle)]
        assert found == ([level] if level else []), a


def test_no_area_where_nothing_is_risky(town: Network) -> None:
    assert risk_areas(town, risk_of(town, strong()), second(12)) == []
    weak = zone(Point(200, 200), source_grade="E", info_grade=5)
    assert risk_areas(town, risk_of(town, weak), second(8)) == []


def test_shut_ground_has_the_highest_level_whatever_its_weight(town: Network) -> None:
    risk = risk_of(town, zone(Point(200, 200)))
    levels = [level for level, _ in risk_areas(town, risk, second(8))]
    assert levels[0] == 5
    assert 4 not in levels


def test_a_place_has_the_worst_of_its_window(town: Network) -> None:
    risk = risk_of(town, strong())
    places = [Point(200, 200), box(340, 205, 360, 225), box(0, -105, 10, -101)]
    during = risk_of_places(town, risk, places, start_s=second(6), end_s=second(8))
    assert during[0] == 1.0
    assert 0 < during[1] < 1
    assert during[2] == 0
    after = risk_of_places(town, risk, places, start_s=second(11), end_s=second(12))
    assert not after.any()
    assert risk_of_places(town, risk, [], start_s=0, end_s=1).shape == (0,)


def test_place_off_the_streets_is_kept_clear_of_the_crowd(
    town: Network, obstacles: Obstacles
) -> None:
    risk = risk_of(town, zone(Point(250, 250), size_high=50, influence_m=0.0), obstacles=obstacles)
    places = [Point(250, 250), Point(280, 280)]
    assert in_kept_clear(risk, places, start_s=second(8), end_s=second(9)).tolist() == [True, False]
    found = risk_of_places(town, risk, places, start_s=second(8), end_s=second(9))
    assert found[0] > 0.3
    assert found[1] == 0


def test_label_is_made_from_kind_street_and_local_time() -> None:
    row = zone(Point(0, 0), starts_at=at(15), ends_at=at(18))
    pacific = ZoneInfo("America/Los_Angeles")
    assert zone_label(row, "SW 3rd Avenue", pacific) == (
        "Standing assembly, SW 3rd Avenue, 07:00-10:00"
    )
    assert zone_label(row, "", pacific) == "Standing assembly, 07:00-10:00"
    long = row | {"kind": "encampment", "ends_at": at(40)}
    assert zone_label(long, "", pacific) == "Encampment, 2 Mar 07:00 to 3 Mar 08:00"


@pytest.mark.parametrize(
    ("geometry", "street"),
    [
        (LineString([(110, 200), (190, 200)]), "Street 3"),
        (box(195, 220, 205, 280), "Avenue 2"),
        (Point(250, 240), "Street 3"),
        (Point(9_000, 0), ""),
    ],
)
def test_street_of_a_zone_is_the_one_it_runs_along(
    town: Network, geometry: object, street: str
) -> None:
    assert street_at(town, geometry, RiskParameters()) == street  # type: ignore[arg-type]  # a toy shape


def test_risk_at_is_that_of_the_arc(town: Network) -> None:
    risk = risk_of(town, strong())
    worst = risk.field.highest(0, 86_400)
    assert worst[arc(town, (200, 200), (300, 200))] == 1.0
    assert np.array_equal(worst > 0, risk.field.row >= 0)
