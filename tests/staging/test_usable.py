"""Which sites a traveller may use, at which hours, why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pytest
import shapely

from planner.network.profiles import PROFILES
from planner.staging.usable import (
    FOR_OTHERS,
    NOT_GRANTED,
    NOT_OWN,
    SHUT,
    TOO_LOW,
    UNREAD,
    why_never,
    why_not,
    why_shut,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 3, 2, tzinfo=BERLIN)


def sites(**columns: object) -> gpd.GeoDataFrame:
    """Squares of 20 m, one for each cell of the longest column, 100 m apart."""
    n = max(len(c) for c in columns.values())  # type: ignore[arg-type] # lists, all of them
    shapes = [shapely.box(100 * i, 0, 100 * i + 20, 20) for i in range(n)]
    return gpd.GeoDataFrame(
        {"id": [f"s{i}" for i in range(n)], **columns}, geometry=shapes, crs=32632
    )


def test_frame_without_the_columns_bars_nobody() -> None:
    frame = sites(capacity_m2=[900.0, 900.0])
    assert why_never(frame, "bus").tolist() == ["", ""]
    assert why_shut(frame, MONDAY, MONDAY + timedelta(hours=3), BERLIN) == ["", ""]


def test_square_is_used_only_once_leave_is_granted() -> None:
    frame = sites(access=["permission", "granted", "public", "", None, "rubbish"])
    told = why_never(frame, "car").tolist()
    assert told == [NOT_GRANTED, "", "", "", "", NOT_OWN]


def test_private_ground_serves_the_facility_it_lies_on_alone() -> None:
    frame = sites(access=["private", "private", "private"])
    outline = shapely.box(-50, -50, 110, 50)  # holds the first, half of the second
    assert why_never(frame, "car", outline).tolist() == ["", "", NOT_OWN]
    assert why_never(frame, "car").tolist() == [NOT_OWN] * 3
    assert why_never(frame, "car", shapely.Point(10, 10)).tolist() == [NOT_OWN] * 3


@pytest.mark.parametrize("profile", ["car", "van", "bus"])
def test_height_limit_bars_what_is_higher(profile: str) -> None:
    high = PROFILES[profile].size.height_m
    frame = sites(maxheight_m=[high - 0.1, high, high + 0.1, np.nan])
    assert why_never(frame, profile).tolist() == [TOO_LOW, "", "", ""]


def test_lot_for_some_vehicles_bars_the_others() -> None:
    frame = sites(vehicles=["any", "cars", "buses"])
    assert why_never(frame, "car").tolist() == ["", "", FOR_OTHERS]
    assert why_never(frame, "van").tolist() == ["", "", FOR_OTHERS]
    assert why_never(frame, "bus").tolist() == ["", FOR_OTHERS, ""]


def test_hours_that_hang_on_school_holidays_are_not_known() -> None:
    """Which days they are is not known: a lot open in them alone was taken as open on any Monday."""
    hours = ["SH Mo-Fr 07:00-19:00", "Mo-Fr 07:00-19:00; SH off", "Mo-Fr 07:00-19:00; PH off"]
    at = MONDAY + timedelta(hours=8)
    told = why_shut(sites(hours=hours), at, at + timedelta(hours=2), BERLIN)
    assert told == [UNREAD, UNREAD, ""]


def test_site_must_be_open_in_the_whole_window() -> None:
    hours = ["", "24/7", "Mo-Fr 07:00-19:00", "Sa,Su", "24/7; Mo 18:00-24:00 off", "sunrise-sunset"]
    frame = sites(hours=hours)
    at = MONDAY + timedelta(hours=8)
    told = why_shut(frame, at, at + timedelta(hours=2), BERLIN)
    assert told == ["", "", "", SHUT, "", ""]
    told = why_shut(frame, at, at + timedelta(hours=11, minutes=1), BERLIN)
    assert told == ["", "", SHUT, SHUT, SHUT, SHUT]
    # to the minute: open until 19:00
    told = why_shut(frame, at, at + timedelta(hours=11), BERLIN)
    assert told[2] == ""


def test_where_the_public_may_stay_half_an_hour_nobody_waits_for_hours() -> None:
    """Car parks for half an hour's shopping were praised as places to wait for two and a half."""
    frame = sites(
        maxstay_min=[30, 149, 150, np.nan, 30, 30],
        access=["public", "", "public", "public", "granted", "private"],
    )
    none = gpd.GeoDataFrame({"starts_at": [], "ends_at": []}, geometry=[], crs=32632)
    window = (MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=8, minutes=30))
    outline = shapely.box(490, -50, 600, 50)  # the last is the facility's own ground
    told = why_not(frame, "car", outline, window, BERLIN, none).tolist()
    assert told == [
        "maximum stay 30 min: set its access to granted once more is agreed",
        "maximum stay 149 min: set its access to granted once more is agreed", "", "", "", "",
    ]  # fmt: skip


def test_hours_that_cannot_be_read_are_taken_as_shut() -> None:
    frame = sites(
        hours=["unknown", "when it suits", "Mo-Fr 07:00-19:00 unknown", ""],
        opens=["00:00", "00:00", "00:00", "dawn"], closes=["24:00"] * 4,
    )  # fmt: skip
    at = MONDAY + timedelta(hours=8)
    told = why_shut(frame, at, at + timedelta(hours=1), BERLIN)
    assert told == [UNREAD, UNREAD, SHUT, UNREAD]


def test_daily_hours_run_over_midnight_on_the_local_clock() -> None:
    frame = sites(opens=["22:00", "06:00"], closes=["06:00", "22:00"])
    night = (MONDAY + timedelta(hours=23)).astimezone(UTC)
    assert why_shut(frame, night, night + timedelta(hours=6), BERLIN) == ["", SHUT]
    assert why_shut(frame, night, night + timedelta(hours=8), BERLIN) == [SHUT, SHUT]


def test_public_holiday_of_the_country_shuts_a_lot_that_says_so() -> None:
    frame = sites(hours=["Mo-Su 06:00-22:00; PH off"])
    easter_monday = datetime(2026, 4, 6, 9, tzinfo=BERLIN)
    hour = timedelta(hours=1)
    assert why_shut(frame, easter_monday, easter_monday + hour, BERLIN) == [SHUT]
    week_on = easter_monday + timedelta(days=7)
    assert why_shut(frame, week_on, week_on + hour, BERLIN) == [""]
