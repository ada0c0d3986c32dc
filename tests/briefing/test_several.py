"""The section about several facilities: escaped, marked, for those alone who may see places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.page import render_briefing
from planner.briefing.several import several, several_marks
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.question import ask
from planner.plan.stage.make import make_stage, with_several
from planner.plan.stage.question import ask_stage
from planner.scenario import ARRIVE, FACILITY
from tests.hostile import HOSTILE

if TYPE_CHECKING:
    from planner.plan import Plan


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    made = make_plan(workspace, ask(FACILITY, ARRIVE, workspace.timezone))
    asked = ask_stage([FACILITY], ARRIVE, workspace.timezone, vehicles=(4,), choice={"sites": 1})
    return with_several(made, make_stage(workspace, asked).document)


def test_sites_stand_in_the_page_and_no_marking_for_the_open_lets_them_out(plan) -> None:
    assert "Who waits where" in render_briefing(plan, {})
    for marking in ("TLP:GREEN", "TLP:CLEAR"):
        page = render_briefing(plan, {}, marking=marking)
        assert "Who waits where" not in page
        assert plan.document["several"]["sites"][0]["name"] not in page


def test_site_that_is_a_staging_site_too_has_one_mark(plan) -> None:
    """Both its names are on it."""
    told, zone = plan.document["several"], ZoneInfo(plan.document["timezone"])
    site = told["sites"][0]
    twin = plan.document | {"staging": [{"id": site["id"], "rank": 3}]}
    texts = [m["badge"]["text"] for m in several_marks(told, zone, beside=twin) if m["badge"]]
    assert texts == ["P1 S3"]


@pytest.mark.parametrize("bad", [text for text in HOSTILE if "<" in text])
def test_text_of_others_is_escaped(plan, bad) -> None:
    """Names of sites, facilities and gates are typed by somebody."""
    told = plan.document["several"]
    site = told["sites"][0]
    drive = site["serves"][0] | {"facility_name": bad, "entrance_name": bad}
    worse = told | {"sites": [site | {"name": bad, "serves": [drive]}], "headline": bad}
    html = several(plan.document | {"several": worse}, ZoneInfo(plan.document["timezone"]))
    assert bad not in html


def test_plan_without_them_has_no_section(plan) -> None:
    alone = {key: value for key, value in plan.document.items() if key != "several"}
    assert several(alone, ZoneInfo(plan.document["timezone"])) == ""
    assert "Who waits where" not in render_briefing(replace(plan, document=alone), {})
