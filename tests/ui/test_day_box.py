"""The day at a site, on the Routes page."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.errors import InputError
from planner.scenario import ARRIVE, FACILITY
from planner.ui import behind
from planner.ui.day_box import day_table
from tests.ui.conftest import LONGEST_S, turn_to, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

CITY = {"site": FACILITY, "at": ARRIVE}


@pytest.fixture
def page(open_app: Callable[..., AppTest], bundled: Path, tmp_path: Path) -> AppTest:
    return open_app(Path(shutil.copy(bundled, tmp_path / "city.gpkg")), "routes", **CITY)


def drawn_until(app: AppTest, true: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
        app.run()


def test_best_gate_by_interval_and_best_times_are_told_once_asked_for(page: AppTest) -> None:
    assert "Best gate by time of arrival" not in words(page)
    page.toggle(key="w_day_on").set_value(True).run()
    drawn_until(page, lambda: "Best gate by time of arrival" in words(page))

    told = words(page)
    assert not page.exception
    assert "Best times to arrive" in told
    assert "checked independently. Search:" in told
    assert told.count("◀") == 1, "the arrival asked about is in one interval"
    turn_to(page, "situation")
    turn_to(page, "routes")
    assert "Best gate by time of arrival" in words(page)


def test_stopped_nothing_is_told_of_a_part_of_a_day(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = behind.day_at

    def endless(*_: Any, say: Callable[[str, int, int], None], **__: Any) -> Any:
        while True:
            say("ways", 3, 288)
            time.sleep(0.01)

    monkeypatch.setattr(behind, "day_at", endless)
    page.toggle(key="w_day_on").set_value(True).run()
    drawn_until(page, lambda: "3 of 288 steps" in words(page))
    page.button(key="day-stop").click().run()
    drawn_until(page, lambda: any("Stopped" in caption.value for caption in page.caption))

    monkeypatch.setattr(behind, "day_at", real)
    page.button(key="day-again").click().run()
    drawn_until(page, lambda: "Best gate by time of arrival" in words(page))


def test_a_day_that_cannot_be_worked_out_says_why(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise InputError("no hour of it is known")

    monkeypatch.setattr(behind, "day_at", fail)
    page.toggle(key="w_day_on").set_value(True).run()
    drawn_until(page, lambda: bool(page.warning))
    assert "no hour of it is known" in page.warning[0].value


def test_hostile_names_and_faults_stand_as_they_are() -> None:
    row = {
        "from": "2026-12-01T00:00:00+01:00", "until": "2026-12-01T12:00:00+01:00",
        "gate": "g", "gate_name": "<b>North</b>", "minutes_low": 4.2, "minutes_high": 8.0,
        "exposure_min": 0.4, "max_risk": 0.31, "clear": False, "without_way": 2, "reason": None,
    }  # fmt: skip
    none = {**row, "from": row["until"], "until": "2026-12-02T00:00:00+01:00", "gate": None,
            "reason": "all gates are <i>shut</i>"}  # fmt: skip
    found = {
        "headline": "Best gate: <b>North</b>", "timetable": [row, none], "until": none["until"],
        "windows": [], "warnings": ["3 ways are withheld"], "slots": [1, 2],
        "verification": {"passed": False, "checked": 3, "slots": [1]},
        "search": {"text": "optimal"},
    }  # fmt: skip
    told = day_table(found, datetime.fromisoformat("2026-12-01T08:00:00+01:00"))
    assert "<b>North" not in told.replace("<b><bdi>", "")
    assert "<i>shut" not in told
    assert "4 to 8" in told
    assert "not clear, risk 0.31; no way from 2" in told
    assert "12:00 to 24:00" in told
    assert "None is clear from everywhere" in told
    assert "do not rely on it" in told
    assert "3 ways are withheld" in told
