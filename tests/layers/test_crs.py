"""Degrees to metres and back."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import Point

from planner.errors import CrsError
from planner.layers.crs import metric_epsg, to_lonlat, to_metric, to_xy


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [(-122.68, 45.52, 32610), (8.69, 49.41, 32632), (-58.4, -34.6, 32721), (180, 0, 32660)],
)
def test_metric_crs_is_the_utm_zone_of_the_place(lon: float, lat: float, epsg: int) -> None:
    assert metric_epsg(lon, lat) == epsg


@pytest.mark.parametrize(("lon", "lat"), [(385000, 6672000), (0, 89), (0, float("nan"))])
def test_metric_crs_of_a_place_off_the_globe_is_refused(lon: float, lat: float) -> None:
    with pytest.raises(CrsError):
        metric_epsg(lon, lat)


def test_one_kilometre_is_a_thousand_metres() -> None:
    xy = to_xy([[8.69, 49.41], [8.69, 49.41 + 1 / 111.2]], 32632)
    assert np.hypot(*(xy[1] - xy[0])) == pytest.approx(1000, rel=0.001)


def test_there_and_back_is_the_same_place() -> None:
    places = np.array([[-122.68, 45.52], [-122.5, 45.4]])
    assert to_lonlat(to_xy(places, 32610), 32610) == pytest.approx(places, abs=1e-9)


def test_no_points_give_no_points() -> None:
    assert to_xy(np.zeros((0, 2)), 32610).shape == (0, 2)


def test_frame_without_crs_is_refused() -> None:
    with pytest.raises(CrsError, match="set one"):
        to_metric(gpd.GeoDataFrame(geometry=[Point(0, 0)]), 32632)


def test_unknown_epsg_is_refused() -> None:
    with pytest.raises(CrsError, match="not a known CRS"):
        to_xy([[0, 0]], 999999)
