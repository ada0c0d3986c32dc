"""The tables tell what the map shows, in an order and a form that can be read aloud."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.proof import assumptions
from planner.briefing.tables import tables
from planner.briefing.ways import ways_in
from planner.plan.words import latest
from planner.risk.numbers import changed
from planner.risk.parameters import RiskParameters
from tests.briefing.toy import ZONE, ToyPlan, local, toy_plan

LOCAL = ZoneInfo(ZONE)


def words(html: str) -> str:
    """Return the words of a piece of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))


@pytest.fixture(scope="module")
def told(plan: ToyPlan) -> str:
    """Every table of the toy plan."""
    return tables(plan.document, zone=LOCAL, plan=plan)


class Outline(HTMLParser):
    """What an outline of a page needs: captions, scopes, headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[str]] = []
        self.heads: list[dict[str, str | None]] = []
        self.levels: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif self.tables:
            self.tables[-1].append(tag)
        if tag == "th":
            self.heads.append(dict(attrs))
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))


def test_every_table_has_a_caption_first_and_scoped_heads(page: str) -> None:
    found = Outline(page)

    assert len(found.tables) >= 9
    assert all(tags[0] == "caption" for tags in found.tables)
    assert found.heads
    assert all(head.get("scope") in ("col", "row", "rowgroup") for head in found.heads)


def test_headings_skip_no_level(page: str) -> None:
    levels = Outline(page).levels

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_each_way_is_told_street_by_street_with_its_times(plan: ToyPlan, told: str) -> None:
    steps = plan.document["origins"][0]["routes"][0]["steps"]
    lists = re.findall(r'<ol class="steps">(.*?)</ol>', told)

    assert len(lists) == sum(len(o["routes"]) for o in plan.document["origins"])
    first = words(lists[0])
    for step in steps:
        assert step["text"] in re.sub(r"(?<=\w) (?=,)", "", first)
        assert step["at"][11:16] in first
    assert lists[0].count("<li>") == len(steps)


def test_only_first_choices_unfold_on_paper(plan: ToyPlan) -> None:
    found = re.findall(
        r"<details( class=\"onpaper\")?><summary><b>(\w+) ", ways_in(plan.document, LOCAL)
    )

    assert [(mark, bool(paper)) for paper, mark in found] == [
        ("A", True), ("A2", False), ("A3", False), ("B", True), ("B2", False), ("B3", False),
    ]  # fmt: skip


def test_last_point_to_change_names_the_way_changed_to(told: str) -> None:
    assert "Last point to change: the start" in words(told).replace(" :", ":")
    assert re.search(r"reaches <bdi>North gate</bdi> at 07:57 \(A2\)</p>", told)


def test_each_way_tells_when_to_use_it(told: str) -> None:
    assert told.count('<p class="use">Use when <bdi>Street 12</bdi> is shut;') == 2


def test_a_plan_without_directions_still_tells_its_streets() -> None:
    plan = toy_plan()
    for origin in plan.document["origins"]:
        for route in origin["routes"]:
            del route["steps"], route["decision"]
    told = words(ways_in(plan.document, LOCAL))

    assert "Street 12 › Avenue 8" in told
    assert "Last point" not in told


def test_havens_are_told_nearest_first_with_a_straight_line(told: str) -> None:
    havens = words(re.search(r'<section id="havens">.*?</section>', told)[0])  # type: ignore[index]  # it is there

    assert "straight line" in havens
    # Hospital at (1200, 800), site at (800, 600): 447 m.
    assert re.search(r"General hospital hospital 0\.4 (north-)?east", havens)
    assert "Fuel" not in havens


def test_no_haven_near_is_said() -> None:
    made = toy_plan()
    plan = replace(made, support_stops=made.support_stops[made.support_stops["kind"] == "fuel"])

    assert "no hospital, police or fire station" in tables(plan.document, zone=LOCAL, plan=plan)


def test_each_layer_of_the_map_has_its_table(told: str) -> None:
    titles = re.findall(r"<h2>(.*?)</h2>", told)

    assert titles == [
        "Ways in", "Gates", "Risk at the gates by the hour",
            "Leaving at another time", "Away on foot", "Staging", "Havens",
        "Approved routes", "Reports", "Closed roads", "Good to know", "Independent check",
        "Assumptions", "Sources",
    ]  # fmt: skip


def test_the_slider_has_its_table(told: str) -> None:
    hours = re.search(r'<section id="risk-at-the-gates-by-the-hour">.*?</section>', told)
    assert hours
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in hours[0].split("<tr>")[1:]]
    times, *gates = [[words(cell).strip() for cell in row] for row in rows]
    south = dict(zip(times, next(row for row in gates if row[0] == "South gate"), strict=True))

    assert times[1] == "06:00"
    assert times[-1] == "14:00"
    # The assembly in front of it is there 07:00 to 10:00; both edges are soft by ten minutes.
    assert south["06:00"] == south["11:00"] == "–"
    assert south["08:00"] in ("3", "4", "5")


def test_a_street_in_a_sentence_keeps_its_direction_to_itself() -> None:
    told = ways_in(toy_plan(lambda text: f"\N{RIGHT-TO-LEFT MARK}{text}").document, LOCAL)

    assert "Turn right onto <bdi>\N{RIGHT-TO-LEFT MARK}Avenue 8</bdi>" in told


def test_window_over_midnight_names_both_days() -> None:
    row: dict[str, Any] = toy_plan().document["closures"][0]
    told = tables(toy_plan(closures=[row | {"ends_at": local(24 * 60)}]).document, zone=LOCAL)

    assert "Fri 2 Mar 2096 06:00 to Sat 3 Mar 2096 08:00" in told


def test_number_set_in_the_workspace_is_told_with_its_default() -> None:
    parameters = changed(RiskParameters(), {"clear_below": 0.2, "grade_weight.C3": 0.6}).table()
    told = words(assumptions({"provenance": {"parameters": parameters}}))
    assert "set in this workspace; by default 0.1" in told
    assert "set in this workspace; by default C3 0.5" in told
    assert told.count("set in this workspace") == 2


def test_hours_along_a_way_are_told_to_be_the_latest_where_some_is_in_hand(plan: ToyPlan) -> None:
    document = deepcopy(plan.document)
    held_back = document["origins"][0]["routes"][0]
    held_back["margin_s"] = 300
    found = ways_in(document, LOCAL)

    assert found.count("Times along the way are the latest") == 1
    assert latest(held_back) in found
    assert "Times along the way" not in ways_in(plan.document, LOCAL)
