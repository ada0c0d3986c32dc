"""Places to wait keep clear of schools, hospitals, rescue, ways for emergency vehicles."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import pytest
from shapely import LineString, MultiPolygon, Point, Polygon, box

from planner.staging.harm import (
    KEEPS,
    SPARE_M,
    in_hours,
    kept,
    public_share,
    spare,
    told,
)
from tests.town import EPSG

TUESDAY = datetime(2026, 3, 3, 7, 30), datetime(2026, 3, 3, 9, 0)
SUNDAY = datetime(2026, 3, 1, 7, 30), datetime(2026, 3, 1, 9, 0)


def frame(kind: str, shape, name: str = "") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"kind": [kind], "name": [name]}, geometry=[shape], crs=EPSG)


def judge(rule: str, table: str, rows: gpd.GeoDataFrame, site, when=TUESDAY) -> tuple[bool, str]:
    """Return whether a site is out by a rule, and what is told."""
    places = kept(rule, {table: rows}, *when)
    found = spare(np.array([site, None], object)[:-1], places.shapes, places.need_m)
    return bool(found.spare_m[0] < 0), told(places, found, 0)


SCHOOL = frame("school", box(0, 0, 80, 80), "North School")


def test_a_site_30_m_from_a_school_is_out_on_a_tuesday_at_half_past_seven() -> None:
    out, words = judge("school", "quiet_places", SCHOOL, box(108, 0, 140, 40))
    assert out
    assert words == "in front of a school (North School), 30 m from it, in its hours"


def test_the_same_site_is_free_on_a_sunday() -> None:
    out, words = judge("school", "quiet_places", SCHOOL, box(108, 0, 140, 40), SUNDAY)
    assert not out
    assert words == "30 m from a school (North School)"


def test_the_ground_of_a_school_is_out_on_a_sunday_too() -> None:
    out, words = judge("school", "quiet_places", SCHOOL, box(10, 10, 40, 40), SUNDAY)
    assert out
    assert words == "on the ground of a school (North School)"


def test_a_lot_that_shares_a_fence_with_a_school_is_not_on_its_ground() -> None:
    out, _ = judge("school", "quiet_places", SCHOOL, box(80, 0, 120, 40), SUNDAY)
    assert not out


def test_a_school_mapped_as_a_point_has_a_ground() -> None:
    point = frame("kindergarten", Point(0, 0))
    assert judge("school", "quiet_places", point, Point(85, 0))[0]
    assert not judge("school", "quiet_places", point, Point(95, 0))[0]
    assert judge("school", "quiet_places", point, Point(35, 0), SUNDAY)[0]


@pytest.mark.parametrize(
    ("rule", "table", "kind", "shape", "words"),
    [
        ("hospital", "quiet_places", "hospital", box(-90, 0, 0, 50), "in front of a hospital"),
        ("hospital", "keep_clear", "hospital entrance", Point(0, 20), "an emergency ward"),
        ("rescue", "keep_clear", "fire station", box(-40, 0, 0, 50), "in front of a fire station"),
        ("rescue", "support_stops", "fire", Point(0, 20), "a fire station"),
        ("transit_ground", "keep_clear", "bus station", Point(0, 20), "a bus station"),
    ],
)  # fmt: skip
def test_a_site_20_m_away_is_out_at_any_hour(rule, table, kind, shape, words) -> None:
    out, said = judge(rule, table, frame(kind, shape), box(18, 0, 60, 40), SUNDAY)
    assert out
    assert words in said


def test_a_site_across_a_fire_lane_is_out_one_beside_it_is_not() -> None:
    lane = frame("emergency way", LineString([(0, -50), (0, 50)]))
    assert judge("emergency_way", "emergency_ways", lane, box(-20, 0, 20, 40))[0]
    assert not judge("emergency_way", "emergency_ways", lane, box(10, 0, 40, 40))[0]


def test_nothing_known_is_clear() -> None:
    out, words = judge("rescue", "keep_clear", SCHOOL.iloc[:0], Point(0, 0))
    assert not out
    assert words == "none near"


@pytest.mark.parametrize("site", [Point(), Polygon(), MultiPolygon()], ids=lambda s: s.geom_type)
def test_a_site_that_is_nowhere_is_in_front_of_nothing(site) -> None:
    assert judge("school", "quiet_places", SCHOOL, site) == (False, "none near")


def test_a_strip_thinner_than_the_rim_is_still_judged() -> None:
    assert judge("school", "quiet_places", SCHOOL, box(90, 0, 91, 40))[0]


def test_spare_is_the_least_over_all_places() -> None:
    """Against every pair, one by one."""
    rng = np.random.default_rng(5)
    sites = np.array([Point(*xy) for xy in rng.uniform(0, 500, (30, 2))], object)
    places = np.array([Point(*xy) for xy in rng.uniform(0, 500, (20, 2))], object)
    need = rng.uniform(0, 60, 20)
    by_hand = [
        min(SPARE_M, *(s.distance(p) - n for p, n in zip(places, need, strict=True))) for s in sites
    ]
    assert spare(sites, places, need).spare_m == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("first", "last", "is_in"),
    [
        (datetime(2026, 3, 3, 6), datetime(2026, 3, 3, 7), False),
        (datetime(2026, 3, 3, 6), datetime(2026, 3, 3, 7, 1), True),
        (datetime(2026, 3, 3, 17), datetime(2026, 3, 3, 20), False),
        (datetime(2026, 3, 6, 20), datetime(2026, 3, 9, 6), False),
        (datetime(2026, 3, 8, 20), datetime(2026, 3, 9, 8), True),
    ],
)
def test_a_window_is_in_school_hours_where_they_overlap(first, last, is_in) -> None:
    """Friday night to Monday morning holds none; Sunday night to Monday at eight does."""
    assert in_hours(first, last, (7, 17)) is is_in


def test_every_row_of_the_table_has_its_rule() -> None:
    rules = {"school", "hospital", "rescue", "emergency_way", "transit_ground"}
    assert {keep.rule for keep in KEEPS} == rules


def test_the_only_car_park_near_by_stays_less_open_than_one_of_many() -> None:
    """300 of 600 m2 taken; with 1400 m2 more within 300 m, 300 of 2000; a yard is not judged."""
    lots = gpd.GeoDataFrame(
        {
            "kind": ["car park", "car park", "car park, size assumed", "yard"],
            "capacity_m2": [600.0, 600.0, 1400.0, 5000.0],
        },
        geometry=[Point(0, 0), Point(2000, 0), Point(2200, 0), Point(2100, 0)],
        crs=EPSG,
    )
    sites = np.asarray(lots.geometry.array, object)[[0, 1, 3]]
    assert public_share(sites, lots, 300.0) == pytest.approx([0.5, 0.85, np.nan], nan_ok=True)
    assert public_share(sites[:1], lots, 9000.0).tolist() == [0.0]
