"""The lines of planner leave."""

from __future__ import annotations

from planner.cli.reach import leave_words


def test_minutes_are_those_between_the_clocks_shown() -> None:
    day = "2026-12-01T07:{}+00:00"
    side = {
        "name": "Road", "gate": "n", "gate_name": "North", "arrive": day.format("40:40"),
        "minutes": 10.7, "exposure_min": 0.0, "clear": True, "streets": [],
    }  # fmt: skip
    found = {
        "depart": day.format("30:00"), "timezone": "UTC", "origins": [side], "checked": 1,
        "attribution": "", "trade": "balanced", "wishes": None,
    }  # fmt: skip
    assert "North 07:41, 11 min" in leave_words(found)
