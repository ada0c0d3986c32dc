"""Leaving at a time, on the Routes page."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from planner.scenario import ARRIVE, FACILITY
from planner.ui.leave import leave_marks, leave_table
from tests.ui.conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

ZONE = ZoneInfo("Europe/Berlin")
IMAGE = "<img src=x onerror=alert(1)>"


def test_where_one_is_when_is_told_once_it_is_switched_on(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = open_app(bundled, "routes", site=FACILITY, at=ARRIVE)
    assert "Leaving at " not in words(app)
    assert app.time_input(key="w_leave_hour").value < time(7, 30)

    app.toggle(key="w_leave_on").set_value(True).run()
    app.time_input(key="w_leave_hour").set_value(time(6, 45)).run()

    assert not app.exception
    assert not app.error
    assert "Leaving at 06:45" in words(app)
    assert "passed the independent check" in words(app)


def test_names_are_shown_as_they_are_and_a_shut_gate_with_its_reason() -> None:
    way = {
        "id": "a", "name": IMAGE, "gate": "g", "gate_name": IMAGE, "clear": False,
        "max_risk": 0.35, "minutes": 11.6, "arrive": "2026-12-01T07:12+01:00",
        "depart": "2026-12-01T07:00+01:00", "reason": None,
        "geometry": {"type": "LineString", "coordinates": [[8.0, 50.0], [8.1, 50.0]]},
    }  # fmt: skip
    shut = {"id": "b", "name": "South", "gate": None, "reason": "it is shut: leave at 07:30"}
    found = {"depart": way["depart"], "origins": [way, shut], "checked": 1, "failed": 0}

    told = leave_table(found, ZONE)
    assert "&lt;img src=x" in told
    assert "<img" not in told
    assert "it is shut: leave at 07:30" in told
    assert "risk 0.35" in told
    assert [one["id"] for one in leave_marks(found, "a", ZONE)] == ["a"]
    assert leave_marks(found, "b", ZONE) == []
