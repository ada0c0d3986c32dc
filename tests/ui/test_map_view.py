"""The map's element, without a browser: what it sends, what it makes of what comes back."""

from __future__ import annotations

import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.ui import map_view as module
from planner.ui.map_view import Touch, map_view, rested

OVERLAY = {
    "home": [0.0, 0.0], "near": [[0.0, 0.0]], "routes": [], "stagingWays": [], "marks": [],
    "events": [], "draft": None,
    "risk": {"times": ["08:00"], "days": ["Mon"], "seconds": [0], "state": [0],
             "states": [{"risk": [], "crowd": ""}], "selected": 0},
}  # fmt: skip
CITY: dict[str, Any] = {"roads": [], "names": []}


def draw(overlay: dict[str, object], city: dict[str, object]) -> None:
    """Draw one map; runs as a script of its own."""
    import streamlit as st

    from planner.ui.map_view import map_view, send_city

    send_city(city, key="city __ 1")
    touch = map_view(overlay, city="city __ 1", key="a__b", slider=True, tools=("line", "edit"))
    st.json({"step": touch.step, "origin": touch.origin, "drawn": touch.drawn})


def run(overlay: dict[str, Any] = OVERLAY) -> AppTest:
    """Return the app after one run."""
    app = AppTest.from_function(draw, args=(overlay, CITY), default_timeout=30)
    return app.run()


def sent(app: AppTest) -> dict[str, Any]:
    """Return what each of the three elements was sent."""
    protos = [element.proto for element in app.get("bidi_component")]
    return {p.component_name: json.loads(gzip.decompress(p.bytes)) for p in protos}


def test_element_draws_and_nothing_is_touched_yet() -> None:
    app = run()

    assert not app.exception
    assert json.loads(app.json[0].value) == {"step": None, "origin": "", "drawn": None}


def test_data_are_json_and_risk_travels_apart() -> None:
    found = sent(run())
    steps, drawn = found["planner_steps"], found["planner_map"]

    assert found["planner_city"] == {"key": "city __ 1", "base": CITY}
    assert steps["key"] == drawn["steps"]
    assert "risk" not in drawn["overlay"]
    assert steps["risk"]["times"] == ["08:00"]
    assert drawn["city"] == "city __ 1"
    assert drawn["tools"] == ["line", "edit"]


def test_move_of_the_slider_sends_no_risk_anew() -> None:
    moved = {**OVERLAY, "risk": {**OVERLAY["risk"], "selected": 1}}  # type: ignore[dict-item]  # JSON values
    first, second = sent(run()), sent(run(moved))

    assert first["planner_steps"] == second["planner_steps"]
    assert (first["planner_map"]["selected"], second["planner_map"]["selected"]) == (0, 1)


def test_code_travels_with_the_city_alone() -> None:
    sizes = {e.proto.component_name: len(e.proto.js_content) for e in run().get("bidi_component")}

    assert sizes["planner_city"] > 150_000
    assert sizes["planner_map"] < 4_000
    assert sizes["planner_steps"] < 4_000


def test_overlay_is_not_changed() -> None:
    before = json.dumps(OVERLAY)
    run()

    assert json.dumps(OVERLAY) == before


@pytest.mark.parametrize(
    ("said", "touch"),
    [
        ({}, Touch()),
        ({"step": [3, 17], "origin": "gw-1"}, Touch(3, "gw-1")),
        ({"step": "x", "origin": None, "picked": ["a"], "drawn": [1]}, Touch()),
        ({"picked": ["zones", "z1"]}, Touch(picked=("zones", "z1"))),
        ({"drawn": {"tool": "line", "id": None, "geometry": None}},
         Touch(drawn={"tool": "line", "id": None, "geometry": None})),
    ],
)  # fmt: skip
def test_only_what_makes_sense_is_taken_from_the_browser(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, Any], touch: Touch
) -> None:
    monkeypatch.setattr(module, "_element", lambda _: lambda **_: said)
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state={}))

    assert map_view(OVERLAY, city="c", key="k") == touch


def test_slider_that_rests_where_it_rested_before_has_moved_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(module, "st", SimpleNamespace(session_state=state))
    name = module._id("map", "k")

    assert rested("k") is None
    state[name] = {"step": [3, 17]}
    assert [rested("k"), rested("k")] == [3, None]
    state[name] = {"step": [3, 18]}
    assert [rested("k"), rested("k")] == [3, None]
