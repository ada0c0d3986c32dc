"""Seen again, one zone with others, a zone of its own, expired: on the Layers page."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from planner.layers.workspace import Workspace
from planner.scenario import FACILITY
from planner.ui.answers import stamp_of
from planner.ui.map_view import Touch
from planner.ui.standing import standings
from tests.ui.conftest import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

KEY = "now-1"


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Workspace:
    """The bundled city with a report that began an hour ago, and one that ended long before."""
    workspace = Workspace.open(Path(shutil.copy(bundled, tmp_path / "city.gpkg")))
    zones = workspace.layer("zones")
    now = pd.Timestamp(datetime.now(UTC).replace(microsecond=0))
    one = zones[zones["kind"] == "standing_assembly"].iloc[:1].copy()
    one["id"], one["source_kind"], one["report_of"] = KEY, "police", ""
    one["starts_at"] = one["observed_at"] = now - timedelta(hours=1)
    one["ends_at"] = now + timedelta(hours=6)
    old = one.assign(id="old-1", starts_at=now - timedelta(days=9), ends_at=now - timedelta(days=8),
                     observed_at=now - timedelta(days=9))  # fmt: skip
    workspace.append("zones", pd.concat([one, old]))
    return workspace


@pytest.fixture
def page(open_app: Callable[..., AppTest], city: Workspace) -> AppTest:
    """The Layers page of it, asked about for now, that report in the form."""
    here = datetime.now(city.timezone) + timedelta(minutes=30)
    app = open_app(city.path, "layers", site=FACILITY, at=f"{here:%Y-%m-%dT%H:%M}")
    return choose(app, KEY)


def choose(app: AppTest, key: str) -> AppTest:
    return app.selectbox(key="row-zones").select(key).run()


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption).replace("\\", "")


def row(city: Workspace, key: str) -> pd.Series:
    return city.layer("zones").set_index("id").loc[key]


def test_it_is_told_how_a_report_stands_and_which_are_expired(page: AppTest) -> None:
    assert not page.exception
    assert "Reported at " in captions(page)
    assert "(police, " in captions(page)
    assert "unless seen again nothing of it is left after" in captions(page)
    assert "old-1 (until " in captions(page)


def test_an_expired_report_is_on_the_map_only_while_it_is_chosen(
    open_app: Callable[..., AppTest], city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[set[str]] = []

    def keep(data: dict, **_: object) -> Touch:
        drawn.append({mark["id"] for mark in data["marks"] if mark["layer"] == "zones"})
        return Touch()

    monkeypatch.setattr("planner.ui.draw_map.map_view", keep)
    here = datetime.now(city.timezone) + timedelta(minutes=30)
    app = open_app(city.path, "layers", site=FACILITY, at=f"{here:%Y-%m-%dT%H:%M}")
    choose(app, KEY)
    assert KEY in drawn[-1]
    assert "old-1" not in drawn[-1]
    choose(app, "old-1")
    assert {KEY, "old-1"} <= drawn[-1]


def test_seen_again_now_is_written_and_said(page: AppTest, city: Workspace) -> None:
    before = row(city, KEY)["observed_at"]
    page.button(key="seen-now").click().run()

    assert not page.exception
    assert row(city, KEY)["observed_at"] > before
    assert f"{KEY} was seen again." in page.success[0].value.replace("\\", "")


def test_a_sighting_that_cannot_be_is_refused_with_its_reason(
    page: AppTest, city: Workspace
) -> None:
    choose(page, "old-1")
    before = city.version
    page.button(key="seen-now").click().run()

    assert "give a new end" in page.error[0].value
    assert city.version == before


def test_another_kind_of_source_becomes_a_report_that_can_be_parted_again(
    page: AppTest, city: Workspace
) -> None:
    def field(kind: str, label: str) -> object:
        return next(one for one in page.get(kind) if one.label == label)

    field("selectbox", "By").select("news")
    field("text_input", "Grade").set_value("C3")
    next(one for one in page.button if one.label == "Write the sighting").click().run()
    assert not page.error
    (other,) = set(city.layer("zones")["id"][city.layer("zones")["report_of"] == KEY])
    assert f"Taken as one zone with {other}" in captions(page)

    page.button(key="zone-split").click().run()
    assert [error.value for error in page.error] == []
    assert f"Taken as one zone with {other}" not in captions(page)


def test_reports_told_to_be_one_zone_are(page: AppTest, city: Workspace) -> None:
    name = next(one for one in page.multiselect if one.label == "One zone with")
    name.select("old-1").run()
    page.button(key="zone-join").click().run()

    assert not page.error
    assert row(city, "old-1")["report_of"] == KEY
    assert "now taken as reports of one zone with" in page.success[0].value


def test_an_unsaved_row_is_not_told_to_be_seen(page: AppTest) -> None:
    next(one for one in page.number_input if one.label.startswith("Size high")).set_value(7001)
    page.run()

    assert page.button(key="seen-now").disabled


def test_standing_is_none_of_rows_that_cannot_be_read(
    city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.errors import InputError
    from planner.ui import standing

    def fail(*_: object, **__: object) -> None:
        raise InputError("zone z: broken")

    monkeypatch.setattr(standing, "read_zones", fail)
    assert standings(city.path, stamp_of(city.path), datetime(2020, 1, 1, tzinfo=UTC)) == {}


def test_other_layers_have_no_sightings(open_app: Callable[..., AppTest], bundled: Path) -> None:
    app = open_app(bundled, "layers", site=FACILITY)
    app.selectbox(key="w_layer").set_value("closures").run()
    assert "Expired at" not in captions(app)
    assert words(app)
