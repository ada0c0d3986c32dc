"""The day's table of a briefing: intervals, windows, counts; for those alone who may see times."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from planner.briefing.day import day
from planner.briefing.page import render_briefing
from planner.layers.workspace import Workspace
from planner.plan import make_plan
from planner.plan.day.sheet import BESIDE, ask_day, day_at, with_day
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from planner.plan import Plan


@pytest.fixture(scope="module")
def plan(bundled: Path) -> Plan:
    workspace = Workspace.open(bundled)
    question = ask(FACILITY, ARRIVE, workspace.timezone, worlds=10)
    return with_day(make_plan(workspace, question, whole=False))


def test_day_beside_a_plan_is_the_one_asked_for_by_itself(plan: Plan) -> None:
    alone = day_at(plan.prepared, ask_day(FACILITY, ARRIVE[:10], worlds=10, vehicles=10)).document
    told = plan.document["day"]
    assert {key: told[key] for key in BESIDE} == {key: alone[key] for key in BESIDE}
    assert told["ensemble"] == {
        "worlds": 10, "sentence": alone["ensemble"]["sentence"]
    }  # fmt: skip


def test_plan_with_its_day_fits_the_schema(plan: Plan) -> None:
    schema = json.loads(
        (Path(__file__).parents[2] / "docs" / "plan.schema.json").read_text("utf-8")
    )
    document = json.loads(json.dumps(plan.document))
    jsonschema.Draft202012Validator(schema["properties"]["day"]).validate(document["day"])


def test_table_has_an_interval_a_row_and_the_plans_own_is_bold(plan: Plan) -> None:
    html = day(plan.document)
    told = plan.document["day"]
    rows = re.findall(r'<th scope="row">(.*?)</th>', html.split("</table>")[0])
    assert len(rows) == len(told["timetable"])
    (own,) = [row for row in rows if row.startswith("<b>")]
    first, last = own[3:8], own[9:14]
    assert first <= "07:30" < last
    assert "Best times to arrive: " in html
    assert re.search(r"<td>\d+ of 10</td>", html)
    assert "of these reports; unreported events are not included" in html


def test_changes_leaving_heat_and_shift_are_told_in_words_and_numbers(plan: Plan) -> None:
    html, told = day(plan.document), plan.document["day"]
    assert told["leaving"]["headline"] in re.sub("</?bdi>", "", html)
    assert html.count('<td class="h-') == 24 * len(told["heat"]["rows"])
    assert "Change of shift" not in html, "no gate has a capacity"
    window = {"text": "begin at 05:00 by <b>East</b>"} | dict.fromkeys(
        ("from", "until"), told["until"]
    )
    shift = told["shift"] | {"windows": [window]}
    html = day(plan.document | {"day": told | {"shift": shift}})
    assert "Change of shift, 10 vehicles in, then 10 out" in html
    assert "Begin at 05:00 by &lt;b&gt;East&lt;/b&gt;" in html
    assert all(row["text"][1:] in html for row in told["leaving"]["switches"])
    for word in ("clear, slower", "not clear", "gate shut"):
        assert word in html.split("heat-key")[1], "no level by colour alone"


def test_of_many_windows_the_one_of_the_arrival_is_told_with_how_many_are_left_out(
    plan: Plan,
) -> None:
    """Five windows, the arrival lies in the worst; a gate without capacity is named."""
    told = plan.document["day"]
    windows = [
        {"from": f"2027-03-02T{a}-01:00", "until": f"2027-03-0{b}-01:00", "text": f"begin at {a}"}
        for a, b in (("00:00:00", "2T01:00:00"), ("02:00:00", "2T03:00:00"), ("04:00:00", "2T05:00:00"),
                     ("10:00:00", "2T11:00:00"), ("23:15:00", "3T00:45:00"))
    ]  # fmt: skip
    shift = told["shift"] | {"windows": windows, "more": 2, "unknown_capacity": ["South gate"]}
    late = {"arrive_by": "2027-03-03T00:30:00-01:00", "day": told | {"shift": shift}}
    html = re.sub("</?bdi>", "", day(plan.document | late)).split("Change of shift")[1]
    lines = re.findall("<li>(.*?)</li>", html.split("</ul>")[0])
    assert lines == [
        "Begin at 00:00:00", "Begin at 02:00:00", "Begin at 04:00:00", "Begin at 23:15:00",
        "3 more windows, none better than the first", "Left out, capacity not known: South gate",
    ]  # fmt: skip
    assert html.startswith(", 10 vehicles in, then 10 out, best first")


def test_hours_without_a_way_say_why_and_names_are_text(plan: Plan) -> None:
    row = plan.document["day"]["timetable"][0]
    shut = row | {"gate": None, "gate_name": None, "reason": "<gate> is shut", "clear": None}
    html = day(plan.document | {"day": plan.document["day"] | {"timetable": [shut]}})
    assert "no way: <bdi>&lt;gate&gt; is shut</bdi>" in html


def test_a_plan_nobody_asked_the_day_of_has_no_such_section(plan: Plan) -> None:
    assert day(plan.document | {"day": None}) == ""


@pytest.mark.parametrize(("marking", "shown"), [("TLP:AMBER+STRICT", True), ("TLP:GREEN", False)])
def test_only_markings_that_carry_the_plan_show_the_day(
    plan: Plan, marking: str, shown: bool
) -> None:
    page = render_briefing(plan, {}, marking=marking)
    assert ('<section id="the-day">' in page) is shown
