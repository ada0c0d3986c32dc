"""How sure a plan is, as a reader of the briefing is told it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.controls import shortlist
from planner.briefing.marking import Marking
from planner.briefing.overlay import overlay
from planner.briefing.page import render_briefing
from planner.briefing.reader import readable
from planner.briefing.steps import risk_steps
from planner.briefing.sure import sure
from planner.briefing.tables import tables
from planner.plan.doubt import variations
from tests.briefing.toy import ZONE, ToyPlan, local, route, toy_background, toy_plan

LOCAL = ZoneInfo(ZONE)
SEED = 987654321


def counted(share: float) -> dict[str, float]:
    return {"clear_share": share, "clear_share_low": share - 0.02, "clear_share_high": share + 0.01}


def doubted(**changed: Any) -> ToyPlan:
    """Return the toy plan in 500 variations: from the first side another way is the robust one."""
    plan = toy_plan()
    document = plan.document
    document["provenance"]["seed"] = SEED
    document["ensemble"] = {
        "worlds": 500, "of": 500, "stopped": False, "seed": SEED, "clear_share_asked": 0.9,
        "states": 480, "way_share": 1.0, "sentence": "",
        "varied": ["March, Street 9: there in 251 of 500"],
    } | changed  # fmt: skip
    if document["ensemble"]["varied"]:
        _count(document)
    document["ensemble"]["sentence"] = variations.sentence(document)
    return plan


def _count(document: dict[str, Any]) -> None:
    for n, record in enumerate(r for o in document["origins"] for r in o["routes"]):
        record |= {
            "clear_share": (482 - n) / 500,
            "clear_share_low": 0.942,
            "clear_share_high": 0.98,
        }
    document["gates"][0] |= counted(0.9)
    document["staging"][0] |= counted(0.99)
    first, second = document["origins"]
    way = route(("gw-1", "robust"), ("g-s", "South gate"), [(0, 12), (0, 5), (8, 5)])
    first["robust"] = {"same_as": None, "text": "", "expected_time_s": 400, **counted(0.972),
                       "route": way | counted(0.972) | {"margin_s": 0, "leave_by": local(-12)}}  # fmt: skip
    for made in first["routes"]:
        made["leave_by"] = local(-10)
    second["robust"] = {"same_as": second["routes"][0]["id"], "text": "", "route": None,
                        "expected_time_s": 400, **counted(0.958)}  # fmt: skip
    ensemble = document["ensemble"]
    for origin, shown in ((first, first["robust"]["route"]), (second, second["routes"][0])):
        origin["robust"]["text"] = variations.robust_text(origin, origin["robust"], shown, ensemble)
        origin["sure"] = origin["robust"]["text"]


def words(html: str) -> str:
    text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html)))
    return re.sub(r" ([,:;])", r"\1", text)


@pytest.fixture(scope="module")
def plan() -> ToyPlan:
    return doubted()


def test_sentence_counts_variations_and_says_what_is_not_in_them(plan: ToyPlan) -> None:
    said = plan.document["ensemble"]["sentence"]
    assert (
        "clear in 482 of 500 simulated variations of these reports; "
        "unreported events are not included" in said
    )
    assert not re.search(r"probab|safe|%", said)


def test_page_tells_the_second_line_below_the_first(plan: ToyPlan) -> None:
    page = render_briefing(plan, toy_background())
    first, second = page.index("</h1>"), page.index('<p class="sure">')
    assert 0 < second - first < 200
    assert "482 of 500" in page[second : second + 400]


def test_section_tells_counts_with_their_sampling_of_ways_gates_sites(plan: ToyPlan) -> None:
    told = words(sure(plan.document))
    for said in ("482 471 to 490", "450 440 to 455", "495 485 to 500"):
        assert said in told
    assert "March, Street 9: there in 251 of 500" in told


def test_robust_way_stands_beside_the_first_choice_where_they_differ(plan: ToyPlan) -> None:
    told = words(sure(plan.document))
    assert (
        "clear in at least 450 of 500: South gate via Street 5, "
        "clear in 486 of 500 (first choice in 482)" in told
    )
    assert "2 min earlier than the first choice" in told
    assert "South-east motorway:" not in told


def test_tables_have_a_column_of_counts_and_the_robust_way(plan: ToyPlan) -> None:
    told = tables(plan.document, zone=LOCAL, plan=plan)
    assert told.count("Clear in, of 500</th>") == 4
    assert re.search(r"<b>AR</b> stays clear</th>", told)
    assert "<b>BR</b>" not in told


def test_first_choices_beside_the_map_say_how_often_each_is_clear(plan: ToyPlan) -> None:
    """One who reads the first screen alone sees which first choice to doubt."""
    told = shortlist(plan.document, LOCAL)
    assert told.count('<th scope="col" class="n">Clear in, of 500</th>') == 1
    rows = re.findall(r'<tr data-origin="([^"]+)">(.*?)</tr>', told)
    counts = {key: re.findall(r"<td class='n'>(\d+)</td>", row)[-1] for key, row in rows}
    assert counts == {
        origin["id"]: str(round(origin["routes"][0]["clear_share"] * 500))
        for origin in plan.document["origins"]
        if origin["routes"]
    }
    assert "Clear in" not in shortlist(toy_plan().document, LOCAL)


def test_map_draws_the_robust_way_with_its_own_mark(plan: ToyPlan) -> None:
    drawn = overlay(plan, plan.document, risk_steps(plan, LOCAL), zone=LOCAL)
    (robust,) = (r for r in drawn["routes"] if r["role"] == "robust")
    assert robust["mark"] == "AR"
    assert any("clear in 486 of 500" in fact for fact in robust["facts"])


def test_plan_without_variations_says_nothing_of_them() -> None:
    plan = toy_plan()
    assert sure(plan.document) == ""
    assert "Clear in, of" not in tables(plan.document, zone=LOCAL, plan=plan)


def test_nothing_to_vary_shows_no_counts() -> None:
    told = words(sure(doubted(varied=[], states=1).document))
    assert "Nothing to vary" in told
    assert "of 500" not in told


def test_stopped_is_told_with_the_number_worked_out() -> None:
    said = doubted(worlds=120, stopped=True).document["ensemble"]["sentence"]
    assert said.startswith("Stopped after 120 of 500. ")
    assert "of 120 simulated variations" in said


@pytest.mark.parametrize("marking", list(Marking))
def test_no_marking_lets_a_seed_out(plan: ToyPlan, marking: Marking) -> None:
    shown = readable(plan.document, marking)
    assert "seed" not in shown["provenance"]
    assert "seed" not in (shown.get("ensemble") or {})
    assert str(SEED) not in render_briefing(plan, toy_background(), marking=marking)
    if not marking.carries_plan:
        assert sure(shown) == ""
