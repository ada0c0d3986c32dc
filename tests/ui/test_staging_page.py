"""The Staging page: lock, forbid, weigh, try elsewhere, keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.plan import make
from planner.scenario import ARRIVE, FACILITY
from planner.ui import answers, staging_map
from planner.ui.map_view import Touch
from planner.ui.staging_map import OUT, site_of
from planner.ui.staging_rows import FULL, _by_reason, weakest
from planner.ui.staging_try import told
from tests.ui.conftest import settle, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

CITY = {"site": FACILITY, "at": ARRIVE}


@pytest.fixture
def page(open_app: Callable[..., AppTest], bundled: Path, tmp_path: Path) -> AppTest:
    path = tmp_path / "own.gpkg"
    path.write_bytes(bundled.read_bytes())
    app = settle(open_app(path, "staging", **CITY))
    assert not app.exception
    return app


def names(app: AppTest) -> list[str]:
    """Return the labels of the rows."""
    return [b.label for b in app.button if str(b.key).startswith("site-row-")]


def press(app: AppTest, key: str) -> AppTest:
    """Press a button, wait for the whole answer."""
    return settle(app.button(key=key).click().run())


def test_a_forbidden_site_leaves_the_rows_and_can_be_allowed_again(page: AppTest) -> None:
    first = names(page)[0].removeprefix("**S1** ")
    assert len(names(page)) > 1
    press(page, "forbidden-S1")

    assert page.query_params["forbid"]
    assert not any(first in name for name in names(page))
    assert "you have forbidden it" in words(page)
    press(page, "forbidden-out-0")
    assert "forbid" not in page.query_params
    assert first in names(page)[0]


def test_more_vehicles_than_any_site_holds_are_told_with_what_would_help(page: AppTest) -> None:
    """It said that none is free of risk, large enough and has two ways out, whatever the reason."""
    settle(page.number_input(key="w_vehicles").set_value(1000).run())
    assert not names(page)
    (said,) = [one.value for one in page.info if "1000 vehicles" in one.value]
    assert said.startswith("None near that can be used holds 1000 vehicles; the largest, ")
    assert "what would help: " in said
    assert "“Several facilities” below" in said


def test_a_locked_site_stands_first_and_says_so(page: AppTest) -> None:
    last = len(names(page))
    name = names(page)[-1].removeprefix(f"**S{last}** ")
    press(page, f"locked-S{last}")

    assert name in names(page)[0]
    assert page.button(key="locked-S1").label == "Unlock"
    assert page.query_params["lock"]
    press(page, "forbidden-S1")
    assert "lock" not in page.query_params


def test_weights_and_switches_stand_in_the_url_and_go_back(page: AppTest) -> None:
    settle(page.slider(key="w_site_weight_haven").set_value(10.0).run())
    settle(page.toggle(key="w_site_on_lit").set_value(False).run())
    assert (page.query_params["weigh"], page.query_params["off"]) == ("haven=10", "lit")
    assert page.slider(key="w_site_weight_lit").disabled

    press(page, "site-plain")
    assert not {"weigh", "off"} & set(page.query_params)


def test_weights_and_locks_rank_the_sites_again_at_once(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No way is looked for, no variation drawn anew: a slider answers while it is held."""

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    before = words(page)
    monkeypatch.setattr(answers, "plan_at", never)
    monkeypatch.setattr(make, "simulated", never)
    page.slider(key="w_site_weight_haven").set_value(10.0).run()
    assert not page.exception
    assert "being worked out" not in words(page)
    assert words(page) != before
    assert "of 500" in words(page), "how often each stays clear is still told"
    first = names(page)[0]
    page.button(key="forbidden-S1").click().run()
    assert first not in names(page)
    page.button(key="site-plain").click().run()
    assert not page.exception


def test_minutes_to_a_stop_are_asked_for_beside_the_stops(page: AppTest) -> None:
    assert "within 10 min by clear ways" in words(page)
    page.number_input(key="w_support").set_value(3).run()
    assert "within 3 min by clear ways" in words(page)
    assert page.query_params["stops"] == "3"
    assert "form ICS 206" in words(page)
    assert "Hospitals" in words(page)


def test_a_site_that_is_not_suggested_can_be_tried_elsewhere_too(
    page: AppTest, tmp_path: Path
) -> None:
    spot = Workspace.open(tmp_path / "own.gpkg").layer("staging_sites").representative_point()
    page.button(key="site-out-0").click().run()
    page.text_input[0].set_value(f"{spot.x[0]:.5f}, {spot.y[0]:.5f}").run()
    assert not page.exception
    assert "Moved: " in words(page)
    assert any(b.label == "Keep it there" for b in page.button)


def test_a_mark_of_a_candidate_that_fell_out_stands_for_its_site() -> None:
    assert site_of(f"{OUT}car-park-1") == site_of("car-park-1") == "car-park-1"


def test_others_that_fall_out_are_told_by_reason_with_how_many() -> None:
    out = [{"id": key, "name": name, "why": why} for key, name, why in (
        ("a", "<b>", "too low"), ("b", "", "shut"), ("c", "C", "too low"))]  # fmt: skip
    told = _by_reason(out)
    assert [row[0].replace("<bdi>", "").replace("</bdi>", "") for row in told] == [
        "too low (2)", "shut (1)",
    ]  # fmt: skip
    assert "<b>" not in told[0][1]


def test_a_tried_place_is_told_kept_and_taken_back(page: AppTest, tmp_path: Path) -> None:
    workspace = Workspace.open(tmp_path / "own.gpkg")
    before, version = workspace.layer("staging_sites"), workspace.version
    place = before.geometry.representative_point().iloc[0]
    page.button(key="site-row-1").click().run()
    assert "What the score is made of" in words(page)
    page.text_input[0].set_value(f"{place.x:.5f}, {place.y:.5f}").run()
    assert "S1 moved:" in words(page)
    assert "(was " in words(page)
    assert workspace.version == version, "trying edits nothing"

    keep = next(b for b in page.button if b.label == "Keep it there")
    settle(keep.click().run())
    assert not page.exception
    assert workspace.version == version + 1
    assert any("was moved" in note.value for note in page.info)
    press(page, "undo")
    after = workspace.layer("staging_sites")
    assert set(after.geometry.to_wkt()) == set(before.geometry.to_wkt())


def test_a_place_that_is_none_is_told(page: AppTest) -> None:
    page.button(key="site-row-1").click().run()
    page.text_input[0].set_value("<b>there</b>").run()
    assert any("Give two numbers" in caption.value for caption in page.caption)
    page.text_input[0].set_value("999, 999").run()
    assert any("Not tried" in warning.value for warning in page.warning)
    assert not page.exception


def part(weight: float, points: float | None, told: str) -> dict[str, Any]:
    return {"weight": weight, "points": points, "words": told}


def test_the_weakest_part_is_the_one_that_takes_most_of_the_score() -> None:
    parts = [part(1, 0, "lit: no"), part(4, 50, "12 min"), part(9, None, "not known: surface")]
    assert weakest({"parts": parts}) == "weakest: 12 min"
    assert weakest({"parts": [part(2, 100, "near"), part(0, 0, "off")]}) == FULL


def test_hostile_names_and_reasons_of_a_tried_site_stay_literal() -> None:
    found = {
        "id": "x", "name": "<img src=x onerror=alert(1)>", "score": None, "was": 64.2,
        "why": "<script>", "offset_m": 12.0,
        "parts": [{"label": "room", "points": None, "was_points": 50.0, "words": "<i>a</i>",
                   "was_words": "b"}],
    }  # fmt: skip
    text = told(found, "S3 moved")
    assert "<img" not in text
    assert "<script" not in text
    assert "<i>" not in text
    assert "S3 moved: out</b> (was 64)" in text


def test_place_typed_for_one_site_is_not_that_of_the_next(page: AppTest) -> None:
    """It stood in the field of the site opened next, where it had been tried for none."""
    page.button(key="site-row-1").click().run()
    page.text_input[0].set_value("<b>there</b>").run()
    page.button(key="site-row-2").click().run()
    assert not page.text_input[0].value
    assert not any("Give two numbers" in caption.value for caption in page.caption)


def test_what_was_kept_is_told_until_the_next_edit(page: AppTest, tmp_path: Path) -> None:
    """Undo takes back the last edit of anybody: after another one it no longer takes the move."""
    workspace = Workspace.open(tmp_path / "own.gpkg")
    place = workspace.layer("staging_sites").geometry.representative_point().iloc[0]
    page.button(key="site-row-1").click().run()
    page.text_input[0].set_value(f"{place.x:.5f}, {place.y:.5f}").run()
    settle(next(b for b in page.button if b.label == "Keep it there").click().run())
    assert any("was moved" in note.value for note in page.info)

    zones = workspace.layer("zones").iloc[:1].assign(size_low=60)
    workspace.change("zones", zones, (), role="planner", based_on=workspace.version)
    settle(page.run())
    assert not any("was moved" in note.value for note in page.info)
    assert not any(b.key == "undo" for b in page.button)


def test_map_goes_to_no_site_of_another_city(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row was opened in a city left since, and the map showed the ground of that city."""
    sent: list[Any] = []

    def drawn(data: dict[str, Any], **_: Any) -> Touch:
        sent.append(data["there"])
        return Touch()

    monkeypatch.setattr(staging_map, "map_view", drawn)
    page.button(key="site-row-1").click().run()
    assert sent[-1] is not None
    page.session_state["staging_there"] = (0.0, 0.0, 2, "site-of-another-city")
    page.run()
    assert sent[-1] is None
