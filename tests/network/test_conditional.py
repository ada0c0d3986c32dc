"""Conditions of tags, and hours on the local clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from planner.errors import NetworkError
from planner.network.conditional import At, clauses, hours_of, old_clock, ruled, rules_of
from planner.network.hours import ALWAYS, spans, understood
from planner.network.profiles import PROFILES

CAR, BUS = PROFILES["car"], PROFILES["bus"]
BERLIN = ZoneInfo("Europe/Berlin")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no @ (Mo-Fr 07:00-09:00)", [("no", "Mo-Fr 07:00-09:00")]),
        ("yes @ (Mo 16:00-11:00;Sa 00:00-11:00)", [("yes", "Mo 16:00-11:00;Sa 00:00-11:00")]),
        ("yes @ Mo-Fr 09:00-15:00;18:00-07:00", [("yes", "Mo-Fr 09:00-15:00; 18:00-07:00")]),
        ("no @ (Su); destination@wet", [("no", "Su"), ("destination", "wet")]),
        ("no", []),
        ("", []),
    ],
)
def test_clauses_of_a_conditional_value(text, expected):
    assert list(clauses(text)) == expected


@pytest.mark.parametrize(
    ("condition", "who", "expected"),
    [
        ("Mo-Fr 07:00-09:00", CAR, "Mo-Fr 07:00-09:00"),
        ("weight>7.5", CAR, None),
        ("weight > 7.5 t", BUS, ALWAYS),
        ("7:30-19:00 AND weight>7.5", BUS, "7:30-19:00"),
        ("7:30-19:00 and weight>7.5", CAR, None),
        ("permit_holder AND length > 12", CAR, None),
        ("(Su) AND (height<=2)", CAR, "Su"),
        ("height>2", PROFILES["foot"], None),
        ("bus", CAR, None),
        ("bus", BUS, ALWAYS),
        ("trailer AND 07:00-09:00", BUS, None),
        ("motor_vehicle AND 07:00-09:00", CAR, "07:00-09:00"),
        ("Sa-Su 24h", CAR, "Sa-Su 00:00-24:00"),
        ("06.00-22.00", CAR, "06:00-22:00"),
        ("Mo-Fr 07:00-17:00; SH off", CAR, "Mo-Fr 07:00-17:00"),
        ("Mo-Fr 07:00-17:00; PH,SH off", CAR, "Mo-Fr 07:00-17:00; PH off"),
    ],
)
def test_hours_of_a_condition_for_a_traveller(condition, who, expected):
    assert hours_of(condition, who, frees=False) == (expected, True)


@pytest.mark.parametrize(
    ("condition", "longest"),
    [
        ("wet", ALWAYS),
        ("", ALWAYS),
        ("school hours", ALWAYS),
        ("SH 08:00-09:00", ALWAYS),
        ("axles>2", ALWAYS),
        ("Mo AND Tu", "Mo"),
        ("permit_holder AND Mo", "Mo"),
        ("Mo 25:99 AND weight>1", ALWAYS),
    ],
)
def test_a_condition_that_cannot_be_read_forbids_at_its_longest_and_frees_never(condition, longest):
    assert hours_of(condition, CAR, frees=False) == (longest, False)
    assert hours_of(condition, CAR, frees=True) == (None, False)


def test_school_holidays_are_unknown_where_the_hours_free():
    assert hours_of("Mo-Fr 07:00-17:00; SH off", CAR, frees=True) == (None, False)


@pytest.mark.parametrize(
    ("said", "free", "expected"),
    [
        ([], True, (False, (), True)),
        ([], False, (True, (), True)),
        ([("wet", False)], True, (True, (), False)),
        ([("wet", True)], False, (True, (), False)),
        ([("wet", True), ("Su", False)], True, (False, ("shut Su",), False)),
        ([("Su", True), ("wet", False)], True, (False, ("open Su",), False)),
        ([("Mo; Tu", True), ("Mo-Fr", False)], True, (True, (), False)),
        ([("bus", False), ("Su", True)], False, (False, ("open Su",), True)),
    ],
)
def test_conditions_come_to_the_strictest_reading(said, free, expected):
    assert ruled(said, CAR, free=free) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"hour_on": "07:00", "hour_off": "9:30"}, "07:00-09:30"),
        ({"day_on": "Mo", "day_off": "Friday"}, "Mo-Fr"),
        ({"restriction": "no_left_turn"}, ""),
    ],
)
def test_old_keys_of_hours_and_days(tags, expected):
    assert old_clock(tags) == expected


@pytest.mark.parametrize(
    "tags",
    [{"hour_on": "07:00"}, {"hour_on": "noon", "hour_off": "13:00"},
     {"day_on": "T", "day_off": "Fr"}, {"hour_on": "26:00", "hour_off": "27:00"}],
)  # fmt: skip
def test_old_keys_half_told_are_an_error(tags):
    with pytest.raises(NetworkError):
        old_clock(tags)


def test_the_first_part_that_holds_decides():
    # Free 08-09, else shut 07-19, else free: shut from 07 to 08 and from 09 to 19.
    (rule,) = rules_of([At("08:00-09:00", True), At("07:00-19:00", False)], True)
    day = spans(rule, utc("2026-07-06"), utc("2026-07-07"), ZoneInfo("UTC"))
    assert [(a.hour, b.hour) for a, b in day] == [(7, 8), (9, 19)]


def test_several_open_hours_are_joined():
    (rule,) = rules_of([At("08:00-09:00", True), At("Mo 20:00-21:00", True)], False)
    day = spans(rule, utc("2026-07-06"), utc("2026-07-07"), ZoneInfo("UTC"))
    assert [(a.hour, b.hour) for a, b in day] == [(0, 8), (9, 20), (21, 0)]


def test_hours_no_rule_can_tell_are_an_error():
    with pytest.raises(NetworkError):
        rules_of([At("Mo 08:00-09:00; Tu", True), At("07:00-19:00", False)], True)
    with pytest.raises(NetworkError):
        rules_of([At("Mo; Tu", True), At("07:00-19:00", True)], False)


def test_a_rule_shuts_by_the_local_clock():
    found = spans("shut Mo-Fr 07:00-09:00", utc("2026-07-06"), utc("2026-07-08"), BERLIN)
    assert found == [
        (utc("2026-07-06T05:00"), utc("2026-07-06T07:00")),
        (utc("2026-07-07T05:00"), utc("2026-07-07T07:00")),
    ]
    opened = spans("open 07:00-09:00", utc("2026-07-06"), utc("2026-07-06T12:00"), BERLIN)
    assert opened == [
        (utc("2026-07-06"), utc("2026-07-06T05:00")),
        (utc("2026-07-06T07:00"), utc("2026-07-06T12:00")),
    ]


def test_hours_over_midnight_and_cut_by_the_window():
    found = spans("shut 22:00-06:00", utc("2026-01-10T02:00:30"), utc("2026-01-10T22:00"), BERLIN)
    assert found == [
        (utc("2026-01-10T02:00:30"), utc("2026-01-10T05:00")),
        (utc("2026-01-10T21:00"), utc("2026-01-10T22:00")),
    ]


def test_clock_put_forward_loses_the_hour_that_is_not():
    # 29 March 2026, Berlin: 02:00 becomes 03:00 at 01:00 UTC.
    found = spans("shut 02:30-05:00", utc("2026-03-28T23:00"), utc("2026-03-29T12:00"), BERLIN)
    assert found == [(utc("2026-03-29T01:00"), utc("2026-03-29T03:00"))]


def test_clock_put_back_gives_the_hour_twice():
    # 25 October 2026, Berlin: 03:00 becomes 02:00 at 01:00 UTC.
    found = spans("shut 02:15-02:45", utc("2026-10-24T22:00"), utc("2026-10-25T12:00"), BERLIN)
    assert found == [
        (utc("2026-10-25T00:15"), utc("2026-10-25T00:45")),
        (utc("2026-10-25T01:15"), utc("2026-10-25T01:45")),
    ]


def test_public_holidays_are_those_of_the_zone():
    window = (utc("2026-10-03T08:00"), utc("2026-10-03T09:00"))  # a holiday in Germany, Saturday
    rule = "open Mo-Su 06:00-22:00; PH off"
    assert spans(rule, *window, BERLIN) == [window]
    assert spans(rule, *window, ZoneInfo("Europe/Lisbon")) == []


def test_unknown_hours_are_taken_as_shut():
    window = (utc("2026-07-06T08:00"), utc("2026-07-06T09:00"))
    assert spans("open 06:00-22:00 unknown", *window, ZoneInfo("UTC")) == [window]


@pytest.mark.parametrize("rule", ["shut wet", "Mo-Fr 07:00-09:00", "", "open"])
def test_a_rule_not_understood_is_an_error(rule):
    with pytest.raises(NetworkError):
        spans(rule, utc("2026-07-06"), utc("2026-07-07"), BERLIN)


def test_what_is_understood_can_be_evaluated():
    text = understood("Jun 15-Sep 15 08:00-20:00")
    found = spans(f"shut {text}", utc("2026-07-06"), utc("2026-07-07"), ZoneInfo("UTC"))
    assert found == [(utc("2026-07-06T08:00"), utc("2026-07-06T20:00"))]
