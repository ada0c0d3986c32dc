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
from planner.ui import day_heat as day_heat_module
from planner.ui.day_box import day_more, day_table
from planner.ui.day_heat import heat_chart, heat_rows
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


def test_hour_by_gate_ways_out_and_every_gate_are_told_beside_it(page: AppTest) -> None:
    page.toggle(key="w_day_on").set_value(True).run()
    drawn_until(page, lambda: "Best gate by time of leaving" in words(page))
    told = words(page)
    assert "Best times to leave" in told
    assert "Change of shift: 10 vehicles in, then 10 out" in told
    assert "no gate has a capacity" in told
    assert "shut (open 06:00-20:00)" in told, "each gate says why it is not used"
    assert " of 50" in told, "shares of variations are told"
    assert any("click one to ask for that hour" in caption.value for caption in page.caption)


ROW = {
    "from": "2026-12-01T00:00:00+01:00", "until": "2026-12-01T12:00:00+01:00",
    "gate": "g", "gate_name": "<b>North</b>", "minutes_low": 4.2, "minutes_high": 8.0,
    "exposure_min": 0.4, "max_risk": 0.31, "clear": False, "clear_share": None, "without_way": 2,
    "reason": None,
}  # fmt: skip
END = "2026-12-02T00:00:00+01:00"


def hostile_day() -> dict[str, Any]:
    """A day of one gate with a name of markup, told by hand."""
    none = {**ROW, "from": ROW["until"], "until": END, "gate": None,
            "reason": "all gates are <i>shut</i>"}  # fmt: skip
    switch = {"text": "until 06:00 <u>A</u>; from 06:00 B, because <s>it</s>"}
    part = {"timetable": [ROW, none], "windows": [], "switches": [switch]}
    cells = [{"minutes": 7.0, "exposure_min": 1.24, "level": "not clear"},
             {"minutes": None, "exposure_min": None, "level": "shut"}]  # fmt: skip
    interval = {**ROW, "state": "shut", "reason": "<i>closed</i>"}
    return {
        "headline": "Best gate: <b>North</b>", **part, "until": END,
        "leaving": {"headline": "Best gate out: <b>North</b>", **part},
        "warnings": ["3 ways are withheld"], "slots": [1, 2], "ensemble": None,
        "verification": {"passed": False, "checked": 3, "slots": [1], "leaving_slots": [1]},
        "search": {"text": "optimal"},
        "gates": [{"id": "g", "name": "<b>North</b>", "intervals": [interval]}],
        "heat": {"hours": [ROW["from"], ROW["until"]], "rows": [
            {"gate": "g", "gate_name": "<b>North</b>", "direction": "arrive", "cells": cells},
            {"gate": "h", "gate_name": "<b>North</b>", "direction": "arrive", "cells": cells},
            {"gate": "h", "gate_name": "South", "direction": "leave", "cells": cells}]},
        "shift": {"vehicles": 40, "windows": [], "more": 0, "text": "No <b>window</b>", "help": ["<i>split</i>"],
                  "unknown_capacity": []},
    }  # fmt: skip


def test_hostile_names_and_faults_stand_as_they_are() -> None:
    found = hostile_day()
    told = day_table(found, datetime.fromisoformat("2026-12-01T08:00:00+01:00"))
    more = day_more(found)
    for html in (told, more):
        assert "<b>North" not in html.replace("<b><bdi>", "")
        assert "<i>" not in html
        assert "<u>A" not in html
    assert "4 to 8" in told
    assert "not clear, risk 0.31; no way from 2" in told
    assert "12:00 to 24:00" in told
    assert "None is clear from everywhere" in told
    assert "do not rely on it" in told
    assert "3 ways are withheld" in told
    assert "Change of shift: 40 vehicles in, then 40 out" in more


def test_each_cell_of_the_chart_has_its_minutes_exposure_mark_and_words() -> None:
    rows = heat_rows(hostile_day())
    assert [(r["hour"], r["text"], r["exposed"], r["said"]) for r in rows[:2]] == [
        ("00", "7✕", "1.2", "not clear"), ("12", "▪", "", "gate shut"),
    ]  # fmt: skip
    gates = list(dict.fromkeys(r["gate"] for r in rows))
    assert gates == ["<b>North</b> (g), in", "<b>North</b> (h), in", "South, out"]
    chart = heat_chart(hostile_day()).to_dict()
    assert chart["layer"][0]["encoding"]["color"]["scale"]["domain"][0] == "clear"
    assert chart["params"][0]["name"] == "hour"


def test_a_click_on_a_cell_takes_its_hour_for_the_question(page: AppTest) -> None:
    from zoneinfo import ZoneInfo

    taken: list[str] = []
    state = {"day-heat": {"selection": {"hour": [{"at": "2026-12-01T09:00:00+01:00"}]}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(day_heat_module.st, "session_state", state)
        patch.setattr(day_heat_module.session, "change", lambda **f: taken.append(f["arrive"]))
        day_heat_module._take(ZoneInfo("Europe/Berlin"))
        state["day-heat"] = {"selection": {"hour": []}}
        day_heat_module._take(ZoneInfo("Europe/Berlin"))
    assert taken == ["2026-12-01T09:00"]
