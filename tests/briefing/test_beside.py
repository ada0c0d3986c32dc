"""The briefing says who leaves at another time is where when, what lies within minutes on foot."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from planner.briefing.away import away, away_marks
from planner.briefing.leaving import leaving
from planner.briefing.legend import legend
from planner.briefing.page import render_briefing
from tests.briefing.test_lines import decode
from tests.briefing.test_page import island
from tests.briefing.test_tables import words
from tests.briefing.toy import ZONE, ToyPlan, lonlat, toy_background

LOCAL = ZoneInfo(ZONE)


def test_who_leaves_is_told_gate_time_minutes_and_risk(plan: ToyPlan) -> None:
    said = words(leaving(plan.document, LOCAL))

    assert "Leaving 07:30" in said
    assert "07:37 North gate , 7 min 1 0.17 not clear" in said
    assert "opens at 08:40" in said


def test_a_side_nobody_asked_about_has_a_dash(plan: ToyPlan) -> None:
    origins = [origin | {"id": "other"} for origin in plan.document["origins"][:1]]

    assert words(leaving(plan.document | {"origins": origins}, LOCAL)).rstrip().endswith("– –")


def test_what_lies_within_minutes_is_told_by_gate(plan: ToyPlan) -> None:
    said = words(away(plan.document, LOCAL))

    assert "North gate 5 3.5 12% 0.21 Plaza stop (tram)" in said
    assert "10 7.0 12% 0.42 General hospital (hospital)" in said
    assert "South gate – – – – shut then; opens 08:40" in said
    assert "Cut off by: March, Street 9, 08:00-11:00 ." in said


def test_a_plan_without_them_has_neither_table_nor_layer(plan: ToyPlan) -> None:
    document = plan.document | {"leaving": None, "on_foot": None}
    page = render_briefing(replace(plan, document=document, walked=()), toy_background())

    assert 'id="away-on-foot"' not in page
    assert 'id="leaving-at-another-time"' not in page
    assert 'data-layer="onFoot"' not in page


def test_ground_reached_stands_below_all_marks_the_widest_first(page: str) -> None:
    marks = island(page, "overlay")["marks"]
    walked = [mark for mark in marks if mark["layer"] == "onFoot"]

    assert marks[:3] == walked
    assert [mark["badge"]["text"] for mark in walked] == ["15 min", "10 min", "5 min"]
    (ring,) = decode(walked[-1]["rings"])
    corners = lonlat((6, 6), (10, 8))
    assert all(corners[0][0] - 1e-4 <= lon <= corners[1][0] + 1e-4 for lon, _ in ring)


def test_the_badge_stands_on_the_northern_rim(plan: ToyPlan) -> None:
    marks = away_marks(plan, plan.document, LOCAL)  # type: ignore[arg-type]  # the toy has its fields

    for mark, walked in zip(marks, reversed(plan.walked), strict=True):
        assert abs(mark["at"][1] - walked.area.bounds[3]) < 1e-5


def test_the_layer_is_off_on_the_screen_and_drawn_on_paper(plan: ToyPlan) -> None:
    box = legend(plan.document, {"onFoot", "gates"})

    assert 'data-layer="onFoot" data-paper>' in box
    assert 'data-layer="gates" checked>' in box


def test_an_open_marking_holds_none_of_it(plan: ToyPlan) -> None:
    page = render_briefing(plan, toy_background(), marking="TLP:GREEN")

    assert "onFoot" not in {mark["layer"] for mark in island(page, "overlay")["marks"]}
    assert 'data-layer="onFoot"' not in page
    assert "Plaza stop" not in page
