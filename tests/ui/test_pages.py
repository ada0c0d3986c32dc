"""The pages without a browser: what they ask, what they say, what they refuse."""

from __future__ import annotations

import re
import shutil
from datetime import date, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from planner.ui.heading import reasons_told
from tests.ui.conftest import settle, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    Start = Callable[..., AppTest]

PAGES = ("situation", "routes", "staging", "layers", "briefing", "start")
CITY = {"site": FACILITY, "at": ARRIVE}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_fails_without_a_workspace(open_app: Start, page: str) -> None:
    app = open_app(None, page)

    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", PAGES[:-1])
def test_every_page_begins_with_question_and_answer(
    open_app: Start, bundled: Path, page: str
) -> None:
    app = open_app(bundled, page, **CITY)

    assert not app.exception
    assert not app.error
    assert app.selectbox(key="w_facility").value == FACILITY
    assert app.time_input(key="w_hour").value == time(7, 30)
    assert re.search(r"Best way in at 07:30|No way through", words(app))


def test_answer_stands_before_the_tables(open_app: Start, bundled: Path) -> None:
    said = words(open_app(bundled, **CITY))

    assert said.index("Valid until") < said.index("First choice") < said.index("Sources")
    assert "assembly is lawful" in said


def test_another_time_gives_another_answer_and_stands_in_the_url(
    open_app: Start, bundled: Path
) -> None:
    app = open_app(bundled, **CITY)
    before = words(app)

    app.time_input(key="w_hour").set_value(time(17, 0)).run()

    assert "17:00" in words(app)
    assert words(app) != before
    assert app.query_params["at"] == "2027-03-02T17:00"


def test_the_question_survives_a_change_of_page(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, **CITY)
    app.time_input(key="w_hour").set_value(time(9, 15)).run()
    app.date_input(key="w_day").set_value(date(2027, 3, 3)).run()

    for page in ("routes", "staging", "briefing", "situation"):
        turn_to(app, page)
        assert app.time_input(key="w_hour").value == time(9, 15)
        assert app.date_input(key="w_day").value == date(2027, 3, 3)
        assert app.query_params["at"] == "2027-03-03T09:15"


def test_a_url_that_makes_no_sense_still_opens(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, w="../../etc", site="nowhere", at="soon", n="many")

    assert not app.exception
    assert not app.error
    assert app.query_params["w"] == bundled.stem


def test_an_edit_is_seen_at_the_next_run_beside_what_was_said_before(
    open_app: Start, bundled: Path, tmp_path: Path
) -> None:
    path = shutil.copy(bundled, tmp_path / "city.gpkg")
    app = settle(open_app(path, **CITY))
    opened = Workspace.open(path)
    opened.remove("zones", opened.layer("zones")["id"].tolist())
    opened.remove("closures", opened.layer("closures")["id"].tolist())
    settle(app.run())

    assert "No assembly or other friction is reported" in words(app)
    assert "Before the last edit" in words(app)


def test_a_workspace_that_vanishes_is_said_plainly(
    open_app: Start, bundled: Path, tmp_path: Path
) -> None:
    path = shutil.copy(bundled, tmp_path / "city.gpkg")
    app = open_app(path, **CITY)
    path.unlink()
    app.run()

    assert not app.exception


def test_a_file_of_another_kind_is_an_error(open_app: Start, tmp_path: Path) -> None:
    other = tmp_path / "notes.gpkg"
    other.write_text("no database")
    app = open_app(other)

    assert not app.exception
    assert app.error


def test_routes_tell_the_way_street_by_street(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, "routes", **CITY)
    side = app.selectbox(key="w_side")
    first = words(app)
    assert "first choice" in first
    assert "Leave by" in first

    other = (side.index + 1) % len(side.options)
    side.select_index(other).run()
    assert words(app) != first
    turn_to(app, "staging")
    turn_to(app, "routes")
    assert app.selectbox(key="w_side").index == other


def test_vehicles_to_stage_stand_in_the_url(open_app: Start, bundled: Path) -> None:
    app = open_app(bundled, "staging", **CITY)
    app.number_input(key="w_vehicles").set_value(40).run()

    assert app.query_params["n"] == "40"
    assert not app.exception


def test_a_marking_that_carries_no_plan_shows_none(open_app: Start, bundled: Path) -> None:
    app = settle(open_app(bundled, "briefing", **CITY))
    (sealed,) = app.get("iframe")
    assert "Street by street" in sealed.proto.srcdoc or "Leave by" in sealed.proto.srcdoc

    app.selectbox(key="w_marking").set_value("TLP:CLEAR").run()
    (sealed,) = app.get("iframe")
    assert "Leave by" not in sealed.proto.srcdoc


def test_every_hour_at_which_a_way_opens_is_told_with_its_reason() -> None:
    """Two sides with one reason told the hour of the last alone, or none."""
    why = "every gate is shut"
    origins = [
        {"reason": why, "opens_at": "2026-03-02T09:00:00+01:00"},
        {"reason": why, "opens_at": "2026-03-02T10:00:00+01:00"},
        {"reason": why, "opens_at": None}, {"reason": "no road <b>", "opens_at": None},
    ]  # fmt: skip
    told = reasons_told({"origins": origins}, ZoneInfo("Europe/Berlin"))

    assert told.count("<li>") == 3
    assert "09:00" in told
    assert "10:00" in told
    assert "no road &lt;b&gt;" in told
