"""Sites for several facilities, on the Staging page."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planner.errors import InputError
from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from planner.ui import stage_work
from tests.ui.conftest import LONGEST_S, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest


@pytest.fixture
def page(open_app: Callable[..., AppTest], bundled: Path, tmp_path: Path) -> AppTest:
    city = Path(shutil.copy(bundled, tmp_path / "city.gpkg"))
    return open_app(city, "staging", site=FACILITY, at=ARRIVE)


def drawn_until(app: AppTest, true: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
        app.run()


def other(bundled: Path) -> str:
    gates = Workspace.open(bundled).layer("entrances")
    driven = gates[gates["kind"].isin(["vehicle", "both"])]["facility_id"]
    return next(key for key in sorted(set(driven)) if key != FACILITY)


def test_sites_are_told_once_asked_for_and_stay_when_one_comes_back(page, bundled) -> None:
    assert "Who waits where" not in words(page)
    page.multiselect(key="w_stage_facilities").set_value([FACILITY, other(bundled)])
    page.toggle(key="w_stage_on").set_value(True).run()
    drawn_until(page, lambda: "Who waits where" in words(page))
    assert not page.exception
    assert "checked independently; chosen among" in words(page)
    turn_to(page, "situation")
    turn_to(page, "staging")
    assert "Who waits where" in words(page)


def test_a_choice_that_cannot_be_made_says_why(page, monkeypatch) -> None:
    def broken(*_, **__):
        raise InputError("the *layer* is <b>empty</b>")

    monkeypatch.setattr(stage_work, "make_stage", broken)
    page.toggle(key="w_stage_on").set_value(True).run()
    drawn_until(page, lambda: any("No sites can be chosen" in one.value for one in page.warning))


def test_sites_of_one_name_are_told_apart(page, tmp_path) -> None:
    """A city has many car parks near one street: nobody knew which one was to be opened."""
    workspace = Workspace.open(tmp_path / "city.gpkg")
    alike = workspace.layer("staging_sites").iloc[:2].assign(name="Car park")
    workspace.change("staging_sites", alike, (), role="planner", based_on=workspace.version)
    page.run()

    told = page.multiselect(key="w_stage_fixed").options
    assert len({*told}) == len(told)
    assert sum("Car park (" in one for one in told) == 2


def test_only_what_is_asked_now_is_worked_out_and_no_wish_of_ways_asks_anew(
    page, monkeypatch
) -> None:
    """Each press of a number once waited for the choices of the presses before it."""
    gate, asked = threading.Event(), []

    def slow(_workspace, question):
        asked.append(question.sites)
        gate.wait(LONGEST_S)
        raise InputError("no site at all")

    monkeypatch.setattr(stage_work, "make_stage", slow)
    page.toggle(key="w_stage_on").set_value(True).run()
    drawn_until(page, lambda: asked == [2])
    for number in (3, 4):
        page.number_input(key="w_stage_sites").set_value(number).run()
    gate.set()
    drawn_until(page, lambda: any("no site at all" in one.value for one in page.warning))
    assert asked == [2, 4]
    page.slider(key="w_site_weight_room").set_value(5.0).run()
    drawn_until(page, lambda: any("no site at all" in one.value for one in page.warning))
    assert asked == [2, 4]


def test_briefing_holds_them_while_they_are_chosen(page) -> None:
    page.toggle(key="w_stage_on").set_value(True).run()
    drawn_until(page, lambda: "Who waits where" in words(page))
    turn_to(page, "briefing")
    page.toggle(key="w_brief_doubt").set_value(False).run()
    drawn_until(page, lambda: any(one.key == "w_brief_several" for one in page.toggle))
    assert page.toggle(key="w_brief_several").value
