"""Fields of a form made from the schema."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from streamlit.testing.v1 import AppTest

from planner.layers.schema import LAYERS, Kind

BERLIN = ZoneInfo("Europe/Berlin")


def form(
    layer: str, cells: dict[str, Any], known: dict[str, list[str]] | None = None
) -> AppTest:  # fmt: skip
    """Draw the form of a row; what it gives stands in the session."""

    def script(layer: str, cells: dict[str, object], known: dict[str, list[str]]) -> None:
        from zoneinfo import ZoneInfo

        import streamlit as st

        from planner.layers.schema import schema_of
        from planner.ui.row_form import fields

        st.session_state["given"] = fields(
            schema_of(layer), cells, key="f", zone=ZoneInfo("Europe/Berlin"),
            known=known,
        )  # fmt: skip

    given = {"layer": layer, "cells": cells, "known": known or {"facilities": ["hq"]}}
    return AppTest.from_function(script, kwargs=given).run()


@pytest.mark.parametrize("layer", LAYERS)
def test_every_column_has_a_field_with_its_meaning_as_help(layer: str) -> None:
    app = form(layer, {})

    assert not app.exception
    assert tuple(app.session_state["given"]) == LAYERS[layer].names
    helps = [
        str(widget.help)
        for kind in ("text_input", "number_input", "selectbox", "checkbox", "date_input")
        for widget in app.get(kind)
    ]
    for column in LAYERS[layer].columns:
        assert any(text.startswith(column.meaning) for text in helps), column.name


def test_numbers_have_limits_and_unit() -> None:
    app = form("zones", {"kind": "march"})
    speed = app.number_input(key="f-speed_kmh")

    assert (speed.label, speed.min, speed.max) == ("Speed (km/h)", 0.1, 30)
    assert app.number_input(key="f-size_low").label == "Size low (people) *"


def test_choices_are_those_of_the_schema() -> None:
    app = form("support_stops", {})
    column = LAYERS["support_stops"].column("kind")

    assert column.kind is Kind.CHOICE
    assert app.selectbox(key="f-kind").options == list(column.choices)
    assert app.selectbox(key="f-kind").value is None


def test_times_are_read_and_shown_on_the_clock_of_the_place() -> None:
    app = form("zones", {"starts_at": datetime(2026, 7, 1, 6, 30, 12, tzinfo=UTC)})
    assert app.time_input(key="f-starts_at-hour").value == time(8, 30)
    assert "Europe/Berlin" in app.time_input(key="f-starts_at-hour").help
    assert app.session_state["given"]["starts_at"].second == 12, "untouched, it keeps its seconds"

    app.time_input(key="f-starts_at-hour").set_value(time(9, 0)).run()
    assert app.session_state["given"]["starts_at"] == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_hour_that_comes_twice_is_asked_about() -> None:
    app = form("zones", {"starts_at": datetime(2026, 10, 24, 22, tzinfo=UTC)})
    app.time_input(key="f-starts_at-hour").set_value(time(2, 30)).run()
    (which,) = app.radio
    first = app.session_state["given"]["starts_at"]
    which.set_value(which.options[1]).run()

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert app.session_state["given"]["starts_at"] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_hour_that_is_skipped_is_left_for_the_check_to_tell() -> None:
    app = form("zones", {"starts_at": datetime(2026, 3, 29, 0, tzinfo=UTC)})
    app.time_input(key="f-starts_at-hour").set_value(time(2, 30)).run()

    assert app.session_state["given"]["starts_at"] == datetime(2026, 3, 29, 2, 30)
    assert not app.radio


def test_row_may_name_another_of_its_layer_never_itself_or_none() -> None:
    app = form("zones", {"id": "a", "report_of": "b"}, known={"zones": ["a", "b", "c"]})
    other = app.selectbox(key="f-report_of")
    assert other.options == ["none", "b", "c"]
    assert app.session_state["given"]["report_of"] == "b"

    other.set_value("").run()
    assert app.session_state["given"]["report_of"] is None
