"""A crowd is seen from a site where a sight line is open."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, Polygon, box
from shapely.geometry import LineString

from planner.staging.sight import SIGHT_M, in_sight, opaque


def look(sites, crowds, walls=()):
    return in_sight(*(np.array([*shapes, None], object)[:-1] for shapes in (sites, crowds, walls)))


def test_a_site_behind_a_building_is_hidden() -> None:
    """The wall is wider than the crowd and the site."""
    seen = look([box(0, 0, 20, 20)], [box(100, 0, 120, 20)], [box(50, -80, 60, 100)])
    assert seen.hidden.tolist() == [True]
    assert seen.distance_m.tolist() == [80.0]


def test_a_site_in_an_open_street_is_seen() -> None:
    """Two houses leave a gap on the line between."""
    walls = [box(50, -80, 60, 5), box(50, 15, 60, 100)]
    seen = look([box(0, 0, 20, 20)], [box(100, 0, 120, 20)], walls)
    assert not seen.hidden[0]
    assert 80.0 <= seen.seen_m[0] < 90.0


def test_a_short_wall_does_not_hide_what_is_seen_past_its_end() -> None:
    seen = look([Point(0, 0)], [box(100, -40, 110, 40)], [box(50, -10, 60, 10)])
    assert not seen.hidden[0]
    assert seen.seen_m[0] > seen.distance_m[0]


def test_beyond_sight_nothing_is_seen() -> None:
    seen = look([Point(0, 0)], [box(SIGHT_M + 1, 0, SIGHT_M + 9, 9)])
    assert np.isinf(seen.distance_m[0])
    assert seen.crowd.tolist() == [-1]
    assert not seen.hidden[0]


def test_the_crowd_that_is_seen_is_named_though_a_hidden_one_is_nearer() -> None:
    walls = [box(20, -80, 25, 80)]
    seen = look([Point(0, 0)], [box(40, -5, 50, 5), box(-160, -5, -150, 5)], walls)
    assert seen.crowd.tolist() == [1]
    assert seen.seen_m[0] == pytest.approx(150, abs=1)
    assert seen.distance_m[0] == 40


def test_a_crowd_that_leans_on_a_wall_is_still_seen_from_the_other_side() -> None:
    seen = look([Point(0, 0)], [box(100, -50, 110, 50)], [box(110, -50, 130, 50)])
    assert seen.seen_m[0] == pytest.approx(100, abs=1)


@pytest.mark.parametrize(
    ("site", "seen"),
    [
        (box(102, 2, 104, 4), 0.0),
        (box(90, 0, 100, 10), 0.0),
        (Polygon(), np.inf),
        (Point(), np.inf),
    ],
    ids=["inside", "touching", "empty area", "empty point"],
)
def test_hostile_sites(site, seen) -> None:
    """Who stands in the crowd sees it through any wall; what is nowhere sees nothing."""
    found = look([site], [box(100, 0, 120, 20)], [box(95, -20, 101, 40)])
    assert found.seen_m.tolist() == [seen]


def test_empty_crowds_count_for_nothing() -> None:
    assert np.isinf(look([Point(0, 0)], [Polygon()]).seen_m[0])
    assert len(look([], [box(0, 0, 1, 1)]).seen_m) == 0


def test_every_sight_line_is_tried_as_by_hand() -> None:
    """Against lines drawn one by one between the same kind of samples, random walls."""
    random = np.random.default_rng(7)
    for _ in range(20):
        corners = random.uniform(20, 80, (6, 2))
        walls = [box(x, y, x + 12, y + 25) for x, y in corners]
        crowd, spot = box(100, 0, 120, 60), Point(0, float(random.uniform(0, 60)))
        edge = [crowd.exterior.interpolate(s) for s in np.arange(0, crowd.exterior.length, 2.0)]
        lines = [LineString([spot, p]) for p in edge]
        is_open = [not any(line.crosses(w) for w in walls) for line in lines]
        best = min((n.length for n, ok in zip(lines, is_open, strict=True) if ok), default=np.inf)
        found = look([spot], [crowd], walls).seen_m[0]
        if np.isfinite(found):
            assert best <= found + 0.01
        else:
            # Twenty metres from sample to sample leave glimpses alone.
            assert sum(is_open) * 2.0 < 2 * 20.0


def test_one_sees_under_a_roof() -> None:
    frame = gpd.GeoDataFrame(
        {"kind": ["roof", "house", "house"]},
        geometry=[box(0, 0, 1, 1), box(2, 2, 3, 3), Point(0, 0)],
        crs=32632,
    )
    assert opaque(frame).tolist() == [box(2, 2, 3, 3)]
    assert len(opaque(None)) == 0
