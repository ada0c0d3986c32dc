"""What changed since an earlier state of the workspace, on the Situation page."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from planner.ui import changed
from tests.ui.conftest import LONGEST_S, settle, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

CITY = {"site": FACILITY, "at": ARRIVE}


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(bundled, tmp_path / "city.gpkg"))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """Return the marks of before, of each time the box was drawn."""
    made: list[list[dict[str, Any]]] = []
    real = changed.changed_box

    def box(answered: Any) -> list[dict[str, Any]]:
        made.append(real(answered))
        return made[-1]

    monkeypatch.setattr("planner.ui.situation.changed_box", box)
    return made


def until(app: AppTest, said: str) -> str:
    end = time.monotonic() + LONGEST_S
    while said not in words(app):
        assert time.monotonic() < end, f"{said!r} was not told in time"
        time.sleep(0.05)
        app.run()
    return words(app)


def test_nothing_is_compared_until_asked_for(open_app: Callable[..., AppTest], city: Path) -> None:
    app = settle(open_app(city, **CITY))

    assert not app.exception
    assert "Since the plan" not in words(app)


def test_chosen_edit_tells_what_changed_and_draws_the_ways_of_then(
    open_app: Callable[..., AppTest], city: Path, drawn: list[Any]
) -> None:
    version = Workspace.open(city).version
    Workspace.open(city).remove("zones", ["zone-1"])
    app = settle(open_app(city, **CITY))
    app.selectbox(key="w_since").set_value(version).run()
    told = until(app, "Since the plan as known at edit")

    assert not app.exception
    assert "now by South gate instead of North gate" in told
    assert "First line before: Best way in at 07:30: North gate" in told
    assert {mark["layer"] for mark in drawn[-1]} == {"earlier"}
    app.selectbox(key="w_since").set_value(0).run()
    assert "Since the plan" not in words(app)
    assert drawn[-1] == []


def test_after_an_edit_the_plan_of_before_is_compared_by_itself(
    open_app: Callable[..., AppTest], city: Path
) -> None:
    app = settle(open_app(city, **CITY))
    Workspace.open(city).remove("zones", ["zone-1"])
    app.run()
    told = until(app, "Since the plan as known at edit")

    assert not app.exception
    assert "Changed: 8 of 11 gateways" in told


def test_edits_before_the_site_was_known_are_not_offered(
    open_app: Callable[..., AppTest], city: Path
) -> None:
    app = settle(open_app(city, **CITY))
    offered = app.selectbox(key="w_since").options

    assert offered[0] == "Nothing: only this plan"
    assert not any("facilities" in text and "import" in text for text in offered)


def test_briefing_of_the_app_holds_the_comparison_that_is_chosen(
    open_app: Callable[..., AppTest], city: Path
) -> None:
    version = Workspace.open(city).version
    Workspace.open(city).remove("zones", ["zone-1"])
    app = settle(open_app(city, "briefing", **CITY))
    assert "Since the plan" not in sealed(app)

    app.selectbox(key="w_since").set_value(version).run()
    end = time.monotonic() + LONGEST_S
    while "Since the plan as known at edit" not in sealed(app):
        assert time.monotonic() < end, "the comparison did not come in time"
        time.sleep(0.05)
        app.run()

    assert not app.exception
    assert "now by South gate instead of North gate" in re.sub("<[^>]*>", "", sealed(app))
    app.selectbox(key="w_marking").set_value("TLP:CLEAR").run()
    assert "Since the plan" not in sealed(app)


def sealed(app: AppTest) -> str:
    """Return the sealed page, "" while there is none."""
    return "".join(frame.proto.srcdoc for frame in app.get("iframe"))
