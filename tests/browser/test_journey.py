"""A reader's morning on a real city by real mouse: ask, draw, change, take back, move, download."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from planner.cli import steps
from planner.initialise import initialise
from planner.layers.workspace import Workspace
from tests.browser.conftest import Seen, watched
from tests.browser.hand import (
    WAIT_MS,
    answered,
    choose,
    drag,
    drag_slider,
    draw_area,
    drawn,
    first_line,
    ground_points,
    hour_told,
    press,
    put_hour,
    put_number,
    spot_before_end,
    turn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SITE, ARRIVE = "exercise-hq", "2026-12-01T08:00"
BEFORE_GATE_PX, REACH_PX = 120, 35


@pytest.fixture(scope="module")
def city(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A real city with a site of the user's own."""
    path = tmp_path_factory.mktemp("journey") / "portland.gpkg"
    initialise(shared_data / "osm" / "portland.osm.pbf", path)
    for layer in ("facilities", "entrances"):
        file = shared_data / "facilities" / f"portland-{layer}.geojson"
        steps.import_layer(layer, file, path, role="exercise")
    return Workspace.open(path)


@pytest.fixture(scope="module")
def home(city: Workspace, serve: Callable[[Path | None], str]) -> str:
    """The app on that city."""
    return serve(city.path)


@pytest.fixture(scope="module")
def tab(browser: Any, home: str) -> Iterator[tuple[Any, Seen]]:
    """A tab that stays open, with all that it asked for or complained of."""
    page, seen = watched(browser, 1280, 900)
    page.goto(f"{home}/?site={SITE}&at={ARRIVE}")
    yield page, seen
    page.context.close()


@pytest.fixture
def page(tab: tuple[Any, Seen], home: str) -> Iterator[Any]:
    """That tab; no test may leave a complaint or a request to anybody else."""
    yield tab[0]
    assert tab[1].errors == []
    assert tab[1].dialogs == []
    assert tab[1].away(home) == []


def told_steps(page: Any) -> list[str]:
    """Return the streets of the quickest side's first choice, without the times."""
    texts = page.locator("details.way").first.locator("li").all_inner_texts()
    return [re.sub(r"^\d\d:\d\d ", "", text) for text in texts]


def side_of(page: Any) -> str:
    """Return the label of the side whose ways the Routes page tells."""
    field = page.get_by_role("combobox", name="Coming from")
    return str(field.input_value() or field.inner_text())


def save(page: Any) -> str:
    """Save what is drawn and filled in; return the first line that follows."""
    press(page, "Save")
    # What an earlier edit did stands until this one is done: only the desk tells.
    page.get_by_text("Nothing unsaved", exact=True).first.wait_for(timeout=WAIT_MS)
    page.get_by_text("Saved: ").wait_for(timeout=WAIT_MS)
    return answered(page)


def test_answer_comes_first_in_words_then_the_map(page: Any) -> None:
    page.locator(".first h1").wait_for(timeout=WAIT_MS)
    assert first_line(page).startswith("Best way in at 08:00: ")
    drawn(page)
    answered(page)

    line = page.locator(".first[role=status]").bounding_box()
    map_ = page.locator(".canvas").bounding_box()
    assert line["y"] + line["height"] <= map_["y"]
    assert line["y"] < 300
    assert ground_points(page) > 3000


def test_another_site_has_another_answer_and_the_first_comes_back(page: Any) -> None:
    before = answered(page)
    choose(page, "Site to reach", "Metro Regional")
    page.wait_for_url(lambda url: f"site={SITE}" not in url)
    assert answered(page) != before

    choose(page, "Site to reach", "Exercise Service")
    page.wait_for_url(lambda url: f"site={SITE}" in url)
    assert answered(page) == before


def test_report_drawn_on_the_way_turns_it_and_undo_takes_back_the_last_edit(
    page: Any, city: Workspace
) -> None:
    calm = turn(page, "Routes")
    way, side = told_steps(page), side_of(page)
    turn(page, "Layers")
    page.get_by_label("Show ways from").select_option(label=side)
    page.get_by_role("button", name="At the site").click()
    page.wait_for_timeout(500)
    draw_area(page, spot_before_end(page, "path.way-primary", BEFORE_GATE_PX), REACH_PX)
    put_hour(page, "Starts at", "0500")
    put_hour(page, "Ends at", "1100")
    put_number(page, "Size low", "900")
    put_number(page, "Size high", "1500")
    turned = save(page)

    assert turned != calm
    assert calm in page.locator(".before").inner_text()
    assert turn(page, "Routes") == turned
    assert side_of(page) == side
    assert told_steps(page) != way
    (row,) = city.layer("zones").to_dict("records")
    assert (row["kind"], row["size_low"], row["size_high"]) == ("standing_assembly", 900, 1500)

    turn(page, "Layers")
    page.locator(".zone-sign").first.click()
    corner = page.locator(".edit-handle").first
    corner.wait_for()
    page.get_by_test_id("stNumberInput").filter(has_text="Size high").locator(
        "input[value='1500']"
    ).wait_for(timeout=WAIT_MS)
    answered(page)
    box = corner.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    drag(page, (x, y), (x - 40, y - 30))
    page.get_by_text("1 unsaved change: ").wait_for(timeout=WAIT_MS)
    answered(page)
    page.wait_for_timeout(600)
    put_number(page, "Size high", "1800")
    page.wait_for_timeout(1500)
    save(page)
    (changed,) = city.layer("zones").to_dict("records")
    assert changed["size_high"] == 1800
    assert changed["geometry"].area > row["geometry"].area

    press(page, "Undo")
    page.get_by_text("Taken back: ").wait_for(timeout=WAIT_MS)
    (back,) = city.layer("zones").to_dict("records")
    assert back["size_high"] == 1500
    assert back["geometry"].equals(row["geometry"])
    assert answered(page) == turned


def test_time_dragged_by_mouse_is_followed_everywhere_and_kept(page: Any) -> None:
    before = turn(page, "Situation")
    drag_slider(page, "17:00")
    page.wait_for_url(lambda url: "at=2026-12-01T17%3A00" in url)
    line = answered(page)

    assert line != before
    assert line.startswith("Best way in at 17:00: ")
    assert hour_told(page) == "17:00"
    assert turn(page, "Staging") == line
    assert hour_told(page) == "17:00"
    assert "at=2026-12-01T17%3A00" in page.url


def test_downloaded_briefing_is_sealed_and_says_the_same(
    page: Any, visit: Callable[..., Any], tmp_path: Path
) -> None:
    line = turn(page, "Briefing")
    with page.expect_download(timeout=WAIT_MS) as caught:
        press(page, "Download the briefing")
    file = tmp_path / caught.value.suggested_filename
    caught.value.save_as(file)
    sealed, seen = visit(file.as_uri())

    assert sealed.evaluate("document.documentElement.dataset.ready") == "yes"
    assert line in sealed.locator("body").inner_text()
    assert sealed.locator("meta[http-equiv=Content-Security-Policy]").count() == 1
    assert ground_points(sealed) > 3000
    assert seen.errors == []
    assert seen.away(file.as_uri()) == []


def test_reload_keeps_question_and_view(page: Any) -> None:
    line = turn(page, "Situation")
    page.locator(".leaflet-control-zoom-out").click()
    page.wait_for_timeout(500)
    url, scale = page.url, page.locator(".leaflet-control-scale-line").first.inner_text()
    page.reload()
    drawn(page)

    assert answered(page) == line
    assert page.url == url
    assert hour_told(page) == line[len("Best way in at ") :][:5]
    assert page.locator(".leaflet-control-scale-line").first.inner_text() == scale
