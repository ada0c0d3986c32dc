"""The sealed briefing as a browser shows it, without any network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing
from tests.briefing.toy import toy_background, toy_plan
from tests.browser.hand import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "{{7*7}}<script>alert(1)</script>`${7*7}`\N{RIGHT-TO-LEFT OVERRIDE}cba"


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The toy briefing as an address."""
    path = tmp_path_factory.mktemp("brief") / "brief.html"
    path.write_text(render_briefing(toy_plan(), toy_background()), "utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A briefing in which every string of a user is hostile."""
    path = tmp_path_factory.mktemp("brief") / "hostile.html"
    plan = toy_plan(lambda text: text + HOSTILE)
    path.write_text(render_briefing(plan, toy_background()), "utf-8")
    return path.as_uri()


def ready(page: Any) -> bool:
    """Say whether the page's own script ran to its end."""
    return bool(page.evaluate("document.documentElement.dataset.ready") == "yes")


def test_briefing_draws_the_city_and_asks_nobody(visit: Callable[..., Any], brief: str) -> None:
    page, seen = visit(brief)

    assert ready(page)
    assert seen.away(brief) == []
    assert seen.errors == []
    points = page.evaluate(
        "[...document.querySelectorAll('path.base-road')]"
        ".map(p => (p.getAttribute('d').match(/[ML]/g) || []).length)"
    )
    assert sum(points) > 50
    assert page.locator("path.way-primary").count() == 2
    assert page.locator("path.risk").count() >= 3


def test_hostile_strings_are_literal_in_tooltips_and_popups(
    visit: Callable[..., Any], hostile: str
) -> None:
    page, seen = visit(hostile)

    page.locator(".gate.open").first.hover()
    assert "North gate" + HOSTILE in page.locator(".leaflet-tooltip").inner_text()
    page.locator(".gate.open").first.click()
    assert "North gate" + HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert seen.errors == []
    assert seen.dialogs == []


def test_right_to_left_mark_turns_no_other_words(visit: Callable[..., Any], hostile: str) -> None:
    page, _ = visit(hostile)
    # The words after a hostile name must stand to the right of its beginning, in order.
    left = page.evaluate(
        "(() => { const h = document.querySelector('h1'); const t = [...h.childNodes]"
        ".filter(n => n.nodeType === 3 && n.data.includes('leave by'))[0];"
        "const r = document.createRange(); const i = t.data.indexOf('leave by');"
        "r.setStart(t, i); r.setEnd(t, i + 1); const a = r.getBoundingClientRect();"
        "r.setStart(t, i + 7); r.setEnd(t, i + 8); const b = r.getBoundingClientRect();"
        "return [a.left, b.left, a.top, b.top]; })()"
    )
    assert left[0] < left[1] or left[2] < left[3]


def test_stale_banner_appears_by_itself(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    assert not page.locator("#stale").is_visible()

    page, _ = visit(brief + "#now=2096-03-02T18:00:00Z")
    assert page.locator("#stale").is_visible()
    assert "Out of date" in page.locator("#stale").inner_text()


def test_clock_cannot_be_turned_back(visit: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "old.html"
    path.write_text(render_briefing(toy_plan(valid_until="2020-01-01T00:00:00+00:00"), {}), "utf-8")
    page, _ = visit(path.as_uri() + "?now=2019-01-01T00:00:00Z")

    assert page.locator("#stale").is_visible()


def test_slider_changes_the_risk_shown(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    shapes = "[...document.querySelectorAll('path.risk,path.crowd')].map(p => p.getAttribute('d')).join()"
    before = page.evaluate(shapes)

    page.locator("#hour").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    assert page.locator("#hour-text").inner_text().endswith("09:00")
    assert page.evaluate(shapes) != before
    page.locator("#arrival").click()
    assert page.evaluate(shapes) == before


def test_choosing_a_side_shows_its_other_ways(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    assert page.locator("path.way").count() == 2

    letter = page.locator(".short tr[data-origin=gw-2] button")
    letter.click()

    assert letter.get_attribute("aria-pressed") == "true"
    assert page.locator("path.way").count() == 3
    assert page.locator("path.way-contingency").count() == 1
    assert "B3" in page.locator(".way-mark").all_inner_texts()
    assert page.locator("tbody.chosen").get_attribute("data-origin") == "gw-2"
    page.locator("#all-sides").click()
    assert page.locator("path.way").count() == 2
    assert not page.locator("#all-sides").is_visible()


def test_layers_can_be_switched_off(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)

    page.locator("input[data-layer=gates]").uncheck()
    page.locator("input[data-layer=risk]").uncheck()

    assert page.locator(".leaflet-container .gate").count() == 0
    assert page.locator("path.risk").count() == 0
    page.locator("input[data-layer=gates]").check()
    assert page.locator(".leaflet-container .gate").count() == 2


def test_an_event_moves_the_hour_to_itself(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    event = page.locator(".jump", has_text="10:00").first
    event.click()

    assert "10:00" in page.locator("#hour-text").inner_text()
    assert event.get_attribute("aria-current") == "true"
    assert page.locator(".ticks i").count() == page.locator(".jump").count() >= 5


def test_legend_shows_the_sign_of_each_kind_reported(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)

    assert page.locator(".legend .zone-sign svg").count() == 2
    for kind in ("standing assembly", "march"):
        assert kind in page.locator(".legend").inner_text()


def test_map_turns_dark_with_the_page(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    ground = "getComputedStyle(document.querySelector('.leaflet-container')).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    page.locator(".board.dark").wait_for(timeout=WAIT_MS)

    assert page.evaluate(ground) != light
    page.emulate_media(color_scheme="light")
    page.locator(".board:not(.dark)").wait_for(timeout=WAIT_MS)
    assert page.evaluate(ground) == light


def test_play_moves_the_hour_and_stops(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    page.locator("#play").click()
    page.locator("#hour-text", has_text="08:30").wait_for(timeout=WAIT_MS)
    page.locator("#play").click()

    told = page.locator("#hour-text").inner_text()
    page.wait_for_timeout(1200)
    assert page.locator("#hour-text").inner_text() == told
    assert page.locator("#play").inner_text() == "Play"


def test_map_is_interactive_within_two_seconds(visit: Callable[..., Any], brief: str) -> None:
    started = time.perf_counter()
    page, _ = visit(brief)

    assert ready(page)
    assert time.perf_counter() - started < 2


def test_ground_on_foot_is_switched_on_and_stands_on_paper(
    visit: Callable[..., Any], brief: str
) -> None:
    page, seen = visit(brief)
    areas = page.locator(".leaflet-container path.mark-reach")
    assert areas.count() == 0

    page.locator("input[data-layer=onFoot]").check()
    assert areas.count() == 3
    labels = page.locator(".leaflet-container .rim").all_text_contents()
    assert sorted(labels) == ["10 min", "15 min", "5 min"]
    page.locator("input[data-layer=onFoot]").uncheck()
    assert areas.count() == 0

    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert areas.count() == 3
    assert areas.first.evaluate("part => getComputedStyle(part).fillOpacity") == "0"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert areas.count() == 0
    assert seen.errors == []
