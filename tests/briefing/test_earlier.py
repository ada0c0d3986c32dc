"""What changed since an earlier plan, in the briefing: a section, a layer that is off at first."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.earlier import earlier_marks, since
from planner.briefing.page import render_briefing
from planner.plan.diff.since import Changed
from tests.briefing.test_open_markings import every_word
from tests.briefing.toy import ToyPlan, toy_background, toy_plan

ZONE = ZoneInfo("Europe/Berlin")
EVIL = '"><img src=x onerror=alert(1)>{{7*7}}</script>'


def told(plan: ToyPlan, name: str = "North side") -> Changed:
    """Return a comparison in which the first choice from one side is another, some others too."""
    way = plan.document["origins"][0]["routes"][0]
    old = way | {"origin": "gw", "origin_name": name, "entrance_name": f"{name} gate",
                 "leave_by": way["depart"]}  # fmt: skip
    rows = [
        {"kind": "origin", "of_note": True, "sentence": f"From {name}: now by another gate"},
        *({"kind": "site", "of_note": True, "sentence": f"Staging {k}: no more"} for k in range(9)),
        {"kind": "way", "of_note": True, "sentence": f"From {name}: no more emergency"},
        {"kind": "gate", "of_note": False, "sentence": None},
    ]
    found: dict[str, Any] = {
        "headline": "Changed: 1 of 2 gateways.", "unchanged": "Unchanged: 1 of 2 gateways.",
        "before": {"called": "as known at edit 13", "headline": f"Best way in: {name}"},
        "sentences": [row["sentence"] for row in rows if row["of_note"]], "changes": rows,
        "caveats": ["roads and map were renewed since"],
    }  # fmt: skip
    return Changed(found, [old, old | {"origin": "gw-2"}])


@pytest.fixture(scope="module")
def changed(plan: ToyPlan) -> Changed:
    return told(plan)


@pytest.fixture(scope="module")
def page(plan: ToyPlan, changed: Changed) -> str:
    return render_briefing(plan, toy_background(), changed=changed)


def test_section_stands_between_the_answer_and_the_map(page: str) -> None:
    assert page.index("<h1") < page.index('class="since') < page.index('class="stage')
    section = re.search(r'<details class="since onpaper">.*?</summary>(.*)', page, re.DOTALL)
    assert section
    assert "Since the plan as known at edit 13:" in page
    assert "roads and map were renewed since" in section[1]
    assert "<summary>4 more</summary>" in section[1]
    assert "<summary>1 changes of other ways</summary>" not in section[1]
    assert "<summary>1 change of other ways</summary>" in section[1]
    assert "First line before: " in section[1]


def test_ways_of_before_are_a_layer_that_is_off_at_first(page: str) -> None:
    box = re.search(r'<input type="checkbox" data-layer="earlier"([^>]*)>', page)
    assert box
    assert "checked" not in box[1]
    assert "first choices then" in page


def test_without_a_comparison_nothing_of_it_is_there(plan: ToyPlan) -> None:
    page = render_briefing(plan, toy_background())
    assert 'class="since' not in page
    assert 'data-layer="earlier"' not in page
    assert since(None) == ""
    assert earlier_marks(None, ZONE) == []


def test_stretch_that_two_ways_share_is_drawn_once(plan: ToyPlan, changed: Changed) -> None:
    """Dashes of two lines laid over each other fill up to a solid one."""
    marks = earlier_marks(changed, ZONE)

    assert [mark["id"] for mark in marks] == ["gw:before"]
    assert marks[0]["style"] == "earlier"
    assert marks[0]["lines"]


@pytest.mark.parametrize("marking", ["TLP:GREEN", "TLP:CLEAR"])
def test_page_that_may_travel_holds_no_comparison(
    plan: ToyPlan, changed: Changed, marking: str
) -> None:
    page = every_word(render_briefing(plan, toy_background(), marking=marking, changed=changed))
    for said in changed.found["sentences"]:
        assert said not in page
    assert "as known at edit" not in page
    assert "gw:before" not in page


def test_hostile_names_are_text_in_section_and_layer() -> None:
    plan = toy_plan()
    page = render_briefing(plan, toy_background(), changed=told(plan, EVIL))

    assert "<img" not in page
    assert "{{7*7}}" not in re.sub(
        r'<script type="application/json".*?</script>', "", page, flags=re.DOTALL
    )
    islands = re.findall(r'type="application/json"[^>]*>(.*?)</script>', page, flags=re.DOTALL)
    assert any(
        EVIL in json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
        for text in islands
    )
