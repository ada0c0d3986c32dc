"""A site dragged by a real mouse tells what it would be worth there; rows answer to the keyboard."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from tests.browser.conftest import watched
from tests.browser.hand import WAIT_MS, answered, drag, settled, turn
from tests.browser.test_app_axe import barriers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Workspace:
    path = tmp_path / "own.gpkg"
    path.write_bytes(bundled.read_bytes())
    return Workspace.open(path)


@pytest.fixture
def page(browser: Any, serve: Callable[[Path | None], str], city: Workspace) -> Iterator[Any]:
    address = serve(city.path)
    page, seen = watched(browser, 1280, 900)
    page.goto(f"{address}/?site={FACILITY}&at={ARRIVE}")
    answered(page)
    turn(page, "Staging")
    yield page
    assert seen.faults(address) == ([], [], [])
    page.context.close()


def middle(page: Any, rank: int) -> tuple[float, float]:
    """Return where a site's mark stands in the window, once the map is drawn to its end."""
    settled(page)
    mark = page.locator(".staging:not(.refuge)", has_text=f"S{rank}").first
    mark.wait_for(timeout=WAIT_MS)
    box = mark.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def seen_ranks(page: Any) -> list[int]:
    """Return the ranks whose marks keep their words."""
    texts = page.locator(".mark>span:not(.crowded) .staging").all_inner_texts()
    return sorted(int(text[1:]) for text in texts if text[1:].isdecimal())


def test_a_dragged_site_is_measured_there_then_kept_there(page: Any, city: Workspace) -> None:
    rank, before = seen_ranks(page)[0], city.version
    x, y = middle(page, rank)
    drag(page, (x, y), (x + 60, y + 45))
    box = page.locator(".st-key-site-try")
    box.wait_for(timeout=WAIT_MS)
    assert f"S{rank} moved:" in box.inner_text()
    assert "(was " in box.inner_text()
    assert city.version == before, "a try edits nothing"
    now = middle(page, rank)
    assert abs(now[0] - x) + abs(now[1] - y) < 3, "its mark is where the layer has it"
    page.locator(".staging.out").first.wait_for(timeout=WAIT_MS)
    wrong = barriers(page, "Staging")
    assert wrong == []

    box.get_by_role("button", name="Keep it there").click()
    page.get_by_text("was moved").first.wait_for(timeout=WAIT_MS)
    answered(page)
    assert city.version == before + 1


def test_map_and_rows_follow_each_other_by_mouse_and_keys(page: Any) -> None:
    rank = seen_ranks(page)[0]
    page.mouse.click(*middle(page, rank))
    page.locator(f".st-key-site-{rank} .site-row.open").wait_for(timeout=WAIT_MS)
    page.keyboard.press("Escape")

    page.locator(".st-key-site-row-1 button").first.focus()
    if rank == 1:
        page.keyboard.press("Enter")
        page.locator(".site-row.open").wait_for(state="detached", timeout=WAIT_MS)
    page.keyboard.press("Enter")
    page.locator(".st-key-site-1 .site-row.open").wait_for(timeout=WAIT_MS)
    page.locator(".staging.chosen", has_text="S1").wait_for(timeout=WAIT_MS)
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.closest('[class*=st-key-locked]') !== null")
    assert focused
    page.keyboard.press("Enter")
    page.wait_for_url("**lock=**", timeout=WAIT_MS)


def test_a_site_is_moved_by_keys_where_no_mouse_is(page: Any, city: Workspace) -> None:
    rank, before = seen_ranks(page)[0], city.version
    mark = page.locator(
        ".leaflet-marker-icon", has=page.locator(".staging:not(.refuge)", has_text=f"S{rank}")
    )
    mark.first.focus()
    assert "Shift and an arrow key" in mark.first.get_attribute("aria-label")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Escape")
    assert page.locator(".st-key-site-try").count() == 0
    for _ in range(5):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    box = page.locator(".st-key-site-try")
    box.wait_for(timeout=WAIT_MS)
    assert f"S{rank} moved:" in box.inner_text()
    assert city.version == before


def begins_at(page: Any) -> tuple[float, float]:
    """Return where the way from a site to its gate begins in the window."""
    x, y = page.locator("path.way-onward").evaluate(
        "one => {const p = one.getPointAtLength(0).matrixTransform(one.getScreenCTM());"
        " return [p.x, p.y]}"
    )
    return x, y


def test_the_way_drawn_is_that_of_the_row_one_opens(page: Any) -> None:
    """The row of the second site was open, the way to the gate stayed that of the first."""
    page.locator(".st-key-site-row-2 button").first.click()
    page.locator(".st-key-site-2 .site-row.open").wait_for(timeout=WAIT_MS)
    page.locator(".staging.chosen", has_text="S2").wait_for(timeout=WAIT_MS)
    page.wait_for_timeout(500)
    start, second, first = begins_at(page), middle(page, 2), middle(page, 1)
    assert math.dist(start, second) < 60 < math.dist(start, first)
