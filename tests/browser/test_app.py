"""The app on the bundled city: every page drawn, switches and view kept, the file sealed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from planner.scenario import ARRIVE, FACILITY
from tests.browser.conftest import watched
from tests.browser.hand import (
    GROUND,
    WAIT_MS,
    answered,
    drag,
    drag_slider,
    drawn,
    first_line,
    ground_points,
    hour_told,
    pixels,
    put_hour,
    turn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WITH_MAP = ("Situation", "Routes", "Staging", "Layers")
ASKED_BESIDE = ("health", "host-config")
"""Streamlit's own client asks for these beside a page's address first, and is told 404."""


@pytest.fixture(scope="module")
def home(serve: Callable[[Path | None], str], bundled: Path) -> str:
    """The app on the bundled city, which no test here changes."""
    return serve(bundled)


@pytest.fixture(scope="module")
def tab(browser: Any, home: str) -> Iterator[tuple[Any, Any]]:
    """A tab that stays open, with all that it asked for or complained of."""
    page, seen = watched(browser, 1280, 900)
    page.goto(f"{home}/?site={FACILITY}&at={ARRIVE}")
    drawn(page)
    answered(page)
    yield page, seen
    page.context.close()


@pytest.fixture
def page(tab: tuple[Any, Any], home: str) -> Iterator[Any]:
    """That tab on its first page; no test may leave a complaint or a request to anybody else."""
    turn(tab[0], "Situation")
    yield tab[0]
    assert tab[1].faults(home) == ([], [], [])


FEW_PX = 12
"""How far the site may be off, for the middle of a map falls on whole pixels."""


def view(page: Any) -> tuple[str, int, int]:
    """Return the scale of the map with the place of the site from its middle, to a few pixels.

    The middle is what a map keeps when more words above it leave it less room. Of the site its
    point counts: its name stands wherever the other words of that hour leave room.
    """
    places = (
        "canvas => [canvas.querySelector('.site').closest('.leaflet-marker-icon'), canvas]"
        ".map(e => e.getBoundingClientRect()).map(r => [r.x + r.width / 2, r.y + r.height / 2])"
    )
    # Both at once: the page may move in the meantime.
    site, middle = page.locator(".canvas").first.evaluate(places)
    scale = page.locator(".leaflet-control-scale-line").first.inner_text()
    return scale, round(site[0] - middle[0]), round(site[1] - middle[1])


def same(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    """Tell whether two views are one, to a few pixels."""
    apart = max(abs(a - b) for a, b in zip(one[1:], other[1:], strict=True))
    return one[0] == other[0] and apart <= FEW_PX


@pytest.mark.parametrize("title", WITH_MAP)
def test_page_opened_by_its_link_draws_roads_one_can_see(page: Any, title: str) -> None:
    turn(page, title)
    canvas = page.locator(".canvas")
    canvas.scroll_into_view_if_needed()
    with_roads = pixels(canvas)
    style = page.locator(GROUND).first.evaluate_handle(
        "(path) => { const style = document.createElement('style');"
        "style.textContent = 'path.base-road { display: none; }';"
        "path.getRootNode().appendChild(style); return style; }"
    )
    without = pixels(canvas)
    style.evaluate("style => style.remove()")

    assert ground_points(page) > 500
    # A grey box has no roads to take away, and hardly a colour.
    assert (np.abs(with_roads - without).max(axis=2) > 10).mean() > 0.02
    assert len(np.unique(with_roads.reshape(-1, 3), axis=0)) > 200


def test_briefing_page_draws_its_city(page: Any) -> None:
    turn(page, "Briefing")
    frame = page.frame_locator("iframe[title], iframe").first
    frame.locator(GROUND).first.wait_for(state="attached", timeout=WAIT_MS)

    assert frame.locator(GROUND).count() >= 3


def test_start_page_opens_by_its_link(page: Any) -> None:
    turn(page, "Start")

    page.get_by_role("button", name="Try the bundled city").wait_for(timeout=WAIT_MS)


def test_page_opened_by_its_address_complains_of_nothing_but_the_known_two(
    visit: Callable[..., Any], home: str
) -> None:
    page, seen = visit(f"{home}/routes?site={FACILITY}&at={ARRIVE}")
    drawn(page)
    answered(page)

    missing = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    known = {f"{missing} ({home}/routes/_stcore/{name})" for name in ASKED_BESIDE}
    assert set(seen.errors) == known
    assert len(seen.errors) == len(known)
    assert seen.away(home) == []


def test_layer_switched_off_stays_off_through_slider_and_pages(page: Any) -> None:
    page.locator("details.panel summary").click()
    page.locator("input[data-layer=gates]").uncheck()
    gates = page.locator(".canvas .gate")
    gates.first.wait_for(state="detached")
    drag_slider(page, "12:00")
    page.wait_for_url(lambda url: "T12%3A00" in url)
    answered(page)
    assert gates.count() == 0

    turn(page, "Routes")
    assert gates.count() == 0
    turn(page, "Situation")
    assert gates.count() == 0
    assert not page.locator("input[data-layer=gates]").is_checked()
    page.locator("input[data-layer=gates]").check()
    gates.first.wait_for(state="attached")
    page.locator("details.panel summary").click()


def test_view_survives_a_new_time_and_another_page(page: Any) -> None:
    answered(page)
    before = view(page)
    page.locator(".leaflet-control-zoom-out").click()
    page.wait_for_timeout(500)
    box = page.locator(".canvas").bounding_box()
    x, y = box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.75
    drag(page, (x, y), (x - 80, y - 60))
    page.wait_for_timeout(500)
    mine = view(page)
    assert not same(mine, before)

    put_hour(page, "Arrive by", "0915")
    page.wait_for_url(lambda url: "T09%3A15" in url)
    answered(page)
    assert same(view(page), mine)
    turn(page, "Briefing")
    turn(page, "Situation")
    assert same(view(page), mine)


def test_typed_hour_moves_answer_and_slider(page: Any) -> None:
    put_hour(page, "Arrive by", "1700")
    page.locator(".first h1", has_text="at 17:00").wait_for(timeout=WAIT_MS)
    answered(page)

    assert hour_told(page) == "17:00"
    assert page.locator(".clock b").inner_text().startswith("17:00")


def test_downloaded_briefing_opens_sealed(
    page: Any, visit: Callable[..., Any], tmp_path: Path
) -> None:
    line = turn(page, "Briefing")
    with page.expect_download(timeout=WAIT_MS) as caught:
        page.get_by_role("button", name="Download the briefing").click()
    file = tmp_path / "brief.html"
    caught.value.save_as(file)

    assert caught.value.suggested_filename.startswith("briefing-")
    sealed, seen = visit(file.as_uri())
    assert sealed.evaluate("document.documentElement.dataset.ready") == "yes"
    assert line in sealed.locator("body").inner_text()
    assert sealed.locator("header .tlp").inner_text() == "TLP:AMBER+STRICT"
    assert seen.errors == []
    assert seen.away(file.as_uri()) == []
    assert first_line(page) == line
