"""The page without a browser: what it asks, what it says, what it refuses."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.layers.workspace import Workspace
from planner.ui.main import literal
from planner.ui.question import facility_labels, first_day, sealed_name, workspace_given

APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture(scope="module")
def workspace(bundled: Path) -> Path:
    """The bundled city."""
    return bundled


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with no workspace given."""
    monkeypatch.delenv("PLANNER_WORKSPACE", raising=False)
    monkeypatch.setattr("sys.argv", ["app.py"])
    return AppTest.from_file(str(APP), default_timeout=120)


def words(app: AppTest) -> str:
    """Return the words of all HTML on the page."""
    bodies = [element.proto.body for element in app.get("html")]
    return re.sub(r"<style>.*?</style>|<[^>]*>", "", " ".join(bodies), flags=re.DOTALL)


def frame(app: AppTest) -> str:
    """Return the map's page."""
    (element,) = app.get("iframe")
    return str(element.proto.srcdoc)


def test_without_a_workspace_the_page_says_what_to_do(app: AppTest) -> None:
    app.run()

    assert not app.exception
    assert "planner demo" in app.info[0].value
    assert app.text_input(key="workspace").value == ""


def test_missing_file_is_an_error_with_a_way_out(app: AppTest, tmp_path: Path) -> None:
    app.run()
    app.text_input(key="workspace").set_value(str(tmp_path / "none.gpkg")).run()

    assert not app.exception
    assert "planner init" in app.error[0].value.replace("\\", "")


def test_a_file_of_another_kind_is_an_error(app: AppTest, tmp_path: Path) -> None:
    other = tmp_path / "notes.gpkg"
    other.write_text("no database")
    app.run()
    app.text_input(key="workspace").set_value(str(other)).run()

    assert not app.exception
    assert app.error


def test_answer_stands_before_map_and_tables(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_WORKSPACE", str(workspace))
    app.run()

    assert not app.exception
    assert not app.error
    said = words(app)
    assert re.search(r"Best way in at 08:00|No way through", said)
    assert said.index("Valid until") < said.index("Ways in") < said.index("Sources")
    assert "assembly is lawful" in said
    assert "path" in frame(app)
    assert "Content-Security-Policy" in frame(app)


def test_another_time_gives_another_answer(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANNER_WORKSPACE", str(workspace))
    app.run()
    before = words(app)

    app.time_input(key="hour").set_value(time(17, 0)).run()

    assert "17:00" in words(app)
    assert words(app) != before
    assert not app.exception


def test_an_edit_of_the_workspace_is_seen_at_the_next_run(
    bundled: Path, app: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(bundled, tmp_path / "city.gpkg"))
    monkeypatch.setenv("PLANNER_WORKSPACE", str(path))
    app.run()
    assert "Standing assembly" in words(app)

    opened = Workspace.open(path)
    opened.remove("zones", opened.layer("zones")["id"].tolist())
    app.run()

    assert "No assembly or other friction is reported" in words(app)


def test_path_may_come_as_an_argument(
    app: AppTest, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["app.py", "-w", str(workspace)])
    app.run()

    assert app.selectbox(key="facility").options


@pytest.mark.parametrize(
    ("arguments", "given"),
    [(["--workspace=a.gpkg"], "a.gpkg"), (["-w", "b.gpkg"], "b.gpkg"), (["-w"], "env.gpkg"), ([], "env.gpkg")],
)  # fmt: skip
def test_argument_goes_before_environment(arguments: list[str], given: str) -> None:
    assert workspace_given(arguments, {"PLANNER_WORKSPACE": "env.gpkg"}) == given


def test_first_day_is_the_next_with_a_report(workspace: Path) -> None:
    opened = Workspace.open(workspace)
    zones = opened.layer("zones")
    report = zones["starts_at"].min().tz_convert(opened.timezone).date()

    before = datetime(2020, 1, 1, 12, tzinfo=UTC)
    assert first_day(zones, opened.timezone, before) == report
    assert first_day(zones, opened.timezone, datetime(2090, 1, 1, tzinfo=UTC)) >= report
    assert first_day(zones.iloc[:0], opened.timezone, before) == date(2020, 1, 1)


def test_labels_of_facilities_are_unlike(workspace: Path) -> None:
    opened = Workspace.open(workspace)
    labels = facility_labels(opened.layer("facilities"))

    assert len(set(labels.values())) == len(labels)
    assert not next(iter(labels)).startswith("osm-")


def test_file_name_is_safe() -> None:
    document: dict[str, Any] = {"facility": "../a b", "arrive_by": "2026-03-02T08:00:00-08:00"}

    assert sealed_name(document) == "briefing----a-b-20260302-0800.html"


def test_literal_text_means_nothing_to_markdown() -> None:
    assert literal("![x](http://a) :red[b] $c$ <d>").count("\\") == 15
