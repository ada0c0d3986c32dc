"""Times as typed, and opening hours, held against hand-made answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InputError
from planner.layers.clock import opening_intervals, parse_clock, parse_time, zone_of

WEST = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T08:00", "2026-03-02T16:00:00+00:00"),
        ("2026-03-02 08:00:30", "2026-03-02T16:00:30+00:00"),
        ("2026-07-02T08:00", "2026-07-02T15:00:00+00:00"),
        ("2026-03-02T08:00Z", "2026-03-02T08:00:00+00:00"),
        ("2026-03-02T08:00+0100", "2026-03-02T07:00:00+00:00"),
        (" 2026-03-02T08:00:00.250-08:00 ", "2026-03-02T16:00:00.250000+00:00"),
    ],
)
def test_time_without_offset_is_taken_in_the_zone(text: str, expected: str) -> None:
    assert parse_time(text, WEST).isoformat() == expected


@pytest.mark.parametrize(
    "text",
    ["", "08:00", "2026-03-02", "02.03.2026 08:00", "20260302T0800", "2026-02-30T08:00",
     "2026-03-02T24:30", "0001-01-01T00:00", "2026-W10-1T08:00"],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_time(text, WEST)


def test_hour_skipped_by_the_clock_change_is_refused() -> None:
    with pytest.raises(InputError, match="does not exist"):
        parse_time("2026-03-08T02:30", WEST)


def test_hour_repeated_by_the_clock_change_is_refused_with_both_readings() -> None:
    with pytest.raises(InputError, match=r"01:30:00-07:00 or .*01:30:00-08:00"):
        parse_time("2026-11-01T01:30", WEST)
    assert parse_time("2026-11-01T01:30-07:00", WEST).hour == 8


def test_unknown_zone_is_refused() -> None:
    with pytest.raises(InputError, match="Europe/Berlin"):
        zone_of("Mars/Olympus")


def test_clock_counts_minutes_up_to_midnight() -> None:
    assert [parse_clock(text) for text in ("00:00", "06:30", "24:00")] == [0, 390, 1440]


@pytest.mark.parametrize("text", ["8:00", "08:60", "24:01", "0800", "", "-1:00", "08:00:00"])
def test_clock_that_is_not_hh_mm_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="HH:MM"):
        parse_clock(text)


def _at(hour: int, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ZoneInfo(WEST))


def _local(spans: list[tuple[datetime, datetime]]) -> list[str]:
    zone = ZoneInfo(WEST)
    return [f"{a.astimezone(zone):%d %H:%M}-{b.astimezone(zone):%d %H:%M}" for a, b in spans]


def test_gate_open_all_day_is_one_interval_over_midnight() -> None:
    spans = opening_intervals("00:00", "24:00", _at(5), _at(7, 4), WEST)
    assert _local(spans) == ["02 05:00-04 07:00"]


@pytest.mark.parametrize("day", ["2027-03-27", "2027-10-30"])
def test_gate_open_all_day_is_open_while_clocks_change_at_midnight(day: str) -> None:
    """In the Azores 24:00 of one day is 01:00, and 00:00 comes twice, on two nights of the year."""
    zone = "Atlantic/Azores"
    start = datetime.fromisoformat(f"{day}T20:00").replace(tzinfo=ZoneInfo(zone))
    end = start.astimezone(UTC) + timedelta(hours=12)
    assert opening_intervals("00:00", "24:00", start, end, zone) == [(start, end)]


def test_gate_hours_are_cut_to_the_span() -> None:
    spans = opening_intervals("06:00", "20:00", _at(7), _at(7, 3), WEST)
    assert _local(spans) == ["02 07:00-02 20:00", "03 06:00-03 07:00"]


def test_gate_closing_before_it_opens_is_open_over_midnight() -> None:
    spans = opening_intervals("22:00", "02:00", _at(0), _at(23), WEST)
    assert _local(spans) == ["02 00:00-02 02:00", "02 22:00-02 23:00"]


def test_gate_hours_follow_the_change_of_clocks() -> None:
    spans = opening_intervals("06:00", "20:00", _at(0, 7), _at(0, 9), WEST)
    assert [str(a.time()) for a, _ in spans] == ["14:00:00", "13:00:00"]


def test_gate_hour_that_repeats_counts_as_open_only_in_both_passes() -> None:
    start = datetime(2026, 11, 1, tzinfo=ZoneInfo(WEST))
    spans = opening_intervals("01:30", "05:00", start, start + timedelta(hours=9), WEST)
    assert spans[0][0] == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def test_gate_that_opens_and_closes_at_once_is_refused() -> None:
    with pytest.raises(InputError, match="always"):
        opening_intervals("08:00", "08:00", _at(0), _at(9), WEST)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_every_time_is_either_refused_or_reads_back_the_same(when: datetime) -> None:
    text = when.isoformat(timespec="minutes")
    try:
        parsed = parse_time(text, WEST)
    except InputError:
        return
    assert parsed.astimezone(ZoneInfo(WEST)).strftime("%Y-%m-%dT%H:%M") == text
