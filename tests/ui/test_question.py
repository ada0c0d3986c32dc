"""The question every page shares, and its URL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.layers.workspace import Workspace
from planner.plan.wishes.asked import Wishes
from planner.staging.site_wishes import SiteWishes
from planner.ui.question import (
    Shared,
    completed,
    first_day,
    from_url,
    labels_of,
    on_the_clock,
    sealed_name,
    to_url,
    unread,
    workspace_given,
)
from planner.ui.words import literal

BERLIN = ZoneInfo("Europe/Berlin")


def test_a_question_comes_back_from_its_url() -> None:
    asked = Shared("city", "hq & co", "2026-12-01T07:30", "wheelchair", 25, quiet=False)

    assert from_url(to_url(asked), Shared()) == asked


def test_what_an_earlier_url_does_not_ask_is_asked_no_more() -> None:
    """Whoever went back in the browser kept the later wish, and was sent forward again."""
    plain = Shared("city", "hq", "2026-12-01T07:30")
    later = replace(
        plain, trade="fastest", quiet=False, support_minutes=20, wishes=Wishes(avoid=("Long Road",)),
        sites=SiteWishes(off=("lit",)),
    )  # fmt: skip

    assert from_url(to_url(plain), later) == plain
    assert from_url(to_url(later), plain) == later


@pytest.mark.parametrize(
    ("parameters", "field", "value"),
    [
        ({"at": "tomorrow"}, "arrive", "2026-12-01T07:30"),
        ({"at": "2026-12-01T09:00:30"}, "arrive", "2026-12-01T09:00"),
        ({"for": "tank"}, "profile", "car"),
        ({"n": "-3"}, "vehicles", 10),
        ({"n": "9999999999999"}, "vehicles", 1000),
        ({"n": "0"}, "vehicles", 1),
        ({"unknown": "x"}, "facility", "hq"),
    ],
)
def test_nonsense_in_a_url_changes_nothing(
    parameters: dict[str, str], field: str, value: Any
) -> None:
    before = Shared("city", "hq", "2026-12-01T07:30")

    assert getattr(from_url(parameters, before), field) == value


def test_what_a_url_says_in_vain_is_told() -> None:
    vain = {"for": "tank", "quiet": "maybe", "at": "soon", "n": "many", "site": "gone"}

    assert len(unread(vain, ["hq"])) == len(vain)
    assert (
        unread(to_url(Shared("c", "hq", "2026-12-01T07:30", "bus", 3, quiet=False)), ["hq"]) == []
    )


def test_minutes_to_a_stop_stand_in_the_url_unless_they_are_ten() -> None:
    assert "stops" not in to_url(Shared())
    assert from_url(to_url(Shared(support_minutes=25)), Shared()).support_minutes == 25
    assert from_url({"stops": "900"}, Shared()).support_minutes == 60
    assert from_url({"stops": "soon"}, Shared()).support_minutes == 10
    assert "soon" in unread({"stops": "soon"}, [])[0]


def test_the_trade_stands_in_the_url_unless_it_is_balanced() -> None:
    assert "trade" not in to_url(Shared())
    assert to_url(Shared(trade="calmest"))["trade"] == "calmest"
    assert from_url({"trade": "fastest"}, Shared()).trade == "fastest"
    assert from_url({"trade": "bold"}, Shared()).trade == "balanced"
    assert "bold" in unread({"trade": "bold"}, [])[0]


def test_site_and_time_are_filled_in_where_missing() -> None:
    asked = completed(Shared("city"), ["a", "b"], date(2026, 12, 1), BERLIN)

    assert (asked.facility, asked.arrive) == ("a", "2026-12-01T08:00")


def test_a_site_that_is_gone_gives_way_to_the_first() -> None:
    asked = completed(Shared("city", "gone"), ["a"], date(2026, 12, 1), BERLIN)

    assert asked.facility == "a"
    assert completed(asked, [], date(2026, 12, 1), BERLIN).facility == ""


def test_a_time_with_an_offset_is_told_on_the_workspace_clock() -> None:
    asked = completed(Shared("c", "a", "2026-12-01T06:30+00:00"), ["a"], date(2026, 1, 1), BERLIN)

    assert asked.arrive == "2026-12-01T07:30"


def test_the_hour_that_comes_twice_keeps_its_offset() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    assert on_the_clock(first, BERLIN) == "2026-10-25T02:30+02:00"
    assert on_the_clock(second, BERLIN) == "2026-10-25T02:30+01:00"
    assert Shared(arrive=on_the_clock(second, BERLIN)).when == datetime(2026, 10, 25, 2, 30)


@pytest.mark.parametrize(
    ("arguments", "given"),
    [(["--workspace=a.gpkg"], "a.gpkg"), (["-w", "b.gpkg"], "b.gpkg"), (["-w"], "env.gpkg"), ([], "env.gpkg")],
)  # fmt: skip
def test_argument_goes_before_environment(arguments: list[str], given: str) -> None:
    assert workspace_given(arguments, {"PLANNER_WORKSPACE": "env.gpkg"}) == given


def test_first_day_is_the_next_with_a_report(bundled: Path) -> None:
    opened = Workspace.open(bundled)
    zones = opened.layer("zones")
    report = zones["starts_at"].min().tz_convert(opened.timezone).date()

    before = datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert first_day(zones, opened.timezone, before) == report
    assert first_day(zones, opened.timezone, datetime(2090, 1, 1, tzinfo=UTC)) >= report
    assert first_day(zones.iloc[:0], opened.timezone, before) == date(2020, 1, 1)


def test_labels_of_facilities_are_unlike(bundled: Path) -> None:
    labels = labels_of(Workspace.open(bundled).layer("facilities"))

    assert len(set(labels.values())) == len(labels)
    assert not next(iter(labels)).startswith("osm-")


def test_file_name_is_safe() -> None:
    document: dict[str, Any] = {"facility": "../a b", "arrive_by": "2026-03-02T08:00:00-08:00"}

    assert sealed_name(document) == "briefing----a-b-20260302-0800.html"


def test_literal_text_means_nothing_to_markdown() -> None:
    assert literal("![x](http://a) :red[b] $c$ <d>").count("\\") == 15
    assert "\n" not in literal("a\n# b")
