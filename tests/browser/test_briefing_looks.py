"""The briefing for every reader: contrast, keyboard, small screen, projector, dark theme."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing
from tests.briefing.toy import toy_background, toy_plan

if TYPE_CHECKING:
    from collections.abc import Callable

SCREENS = ((1280, 720), (820, 1180), (1920, 1080))
UNFOLD = "for (const part of document.querySelectorAll('details')) part.open = true"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Toy briefings: open to the checker's script, which the policy would keep out."""
    made = tmp_path_factory.mktemp("looks")
    for name, plan, marking in (
        ("plan", toy_plan(), "TLP:AMBER+STRICT"),
        ("shut", toy_plan(feasible=False), "TLP:RED"),
        ("green", toy_plan(), "TLP:GREEN"),
    ):
        text = render_briefing(plan, toy_background(), marking=marking)
        text = text.replace("Content-Security-Policy", "X-None")
        (made / f"{name}.html").write_text(text, "utf-8")
    return made


def barriers(page: Any) -> list[Any]:
    """Return what the checker calls serious or critical, and any faint text."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    return [
        (found["id"], [(node["target"], node.get("failureSummary")) for node in found["nodes"]][:3])
        for found in axe.Axe().run(page).response["violations"]
        if found["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("screen", "theme"), list(product(SCREENS, ("light", "dark"))), ids=str)
def test_no_serious_barrier(
    visit: Callable[..., Any], folder: Path, screen: tuple[int, int], theme: str
) -> None:
    page, _ = visit((folder / "plan.html").as_uri(), *screen)
    page.emulate_media(color_scheme=theme)

    assert barriers(page) == []
    page.evaluate(UNFOLD)
    page.locator(".short tr[data-origin] button").first.click()
    page.evaluate("document.getElementById('stale').hidden = false")
    assert barriers(page) == []


@pytest.mark.parametrize(("name", "theme"), list(product(("shut", "green"), ("light", "dark"))))
def test_no_serious_barrier_where_there_is_no_way_or_no_plan(
    visit: Callable[..., Any], folder: Path, name: str, theme: str
) -> None:
    page, _ = visit((folder / f"{name}.html").as_uri())
    page.emulate_media(color_scheme=theme)

    assert barriers(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_runs_off_the_side(
    visit: Callable[..., Any], folder: Path, screen: tuple[int, int]
) -> None:
    page, _ = visit((folder / "plan.html").as_uri(), *screen)
    page.evaluate(UNFOLD)

    assert page.evaluate("document.documentElement.scrollWidth") <= screen[0]


def test_letters_grow_with_the_projector(visit: Callable[..., Any], folder: Path) -> None:
    sizes = {}
    for width, height in SCREENS:
        page, _ = visit((folder / "plan.html").as_uri(), width, height)
        sizes[width] = page.evaluate(
            "['h1', '.short td.n'].map(s => parseFloat(getComputedStyle(document.querySelector(s)).fontSize))"
        )

    assert sizes[1280][0] >= 22
    assert sizes[1920][0] >= 30
    assert sizes[1920][1] >= 17


def test_first_screen_holds_answer_map_hour_and_first_choices(
    visit: Callable[..., Any], folder: Path
) -> None:
    for width, height in ((1280, 720), (1920, 1080)):
        page, _ = visit((folder / "plan.html").as_uri(), width, height)
        for part in ("h1", ".facts", ".chart", "#hour", ".short"):
            box = page.locator(part).first.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= height


def test_keyboard_goes_from_the_answer_to_the_hour_to_the_tables(
    visit: Callable[..., Any], folder: Path
) -> None:
    page, _ = visit((folder / "plan.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('#tables'))")

    page.locator("#play").focus()
    seen = []
    for _ in range(4):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.type"))
    assert seen[:2] == ["hour", "arrival"]
    assert seen[2:] == ["checkbox", "checkbox"]


def test_a_text_is_unfolded_by_keyboard(visit: Callable[..., Any], folder: Path) -> None:
    page, _ = visit((folder / "plan.html").as_uri())
    page.locator(".told summary").first.focus()
    page.keyboard.press("Enter")

    assert page.locator(".steps").first.is_visible()
    assert page.locator(".steps time").first.inner_text() == "07:51"


def test_focus_is_seen_on_every_control(visit: Callable[..., Any], folder: Path) -> None:
    page, _ = visit((folder / "plan.html").as_uri())
    page.keyboard.press("Tab")
    faint = []
    for _ in range(30):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 80), s.outlineStyle, parseFloat(s.outlineWidth)]; })()"
        )
        if found[1] == "none" or found[2] < 2:
            faint.append(found)

    assert faint == []


@pytest.mark.parametrize("width", [390, 820, 961])
def test_ways_are_read_without_scrolling_sideways_or_letters_in_a_column(
    visit: Callable[..., Any], folder: Path, width: int
) -> None:
    page, _ = visit((folder / "plan.html").as_uri(), width, 844)
    frame = page.locator(".scroll:has(> .ways)")
    gate = page.locator(".ways .choice > td").first

    assert frame.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    assert gate.bounding_box()["width"] > 90
    assert gate.bounding_box()["height"] < 70


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_names_on_the_map_are_whole_and_no_crowds_sign_takes_the_sites_name(
    visit: Callable[..., Any], folder: Path, width: int
) -> None:
    page, _ = visit((folder / "plan.html").as_uri(), width, 844)
    page.locator(".gate i").first.wait_for()
    frame = page.locator(".chart").bounding_box()
    names = page.locator(".mark > :not(.crowded) > :is(.gate, .site):visible").all()
    boxes = [name.bounding_box() for name in names]

    assert boxes
    for box in boxes:
        assert box["x"] >= frame["x"] - 1
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
    for site in page.locator(".mark > :not(.crowded) > .site:visible").all():
        mine = site.bounding_box()
        for sign in page.locator(".mark .zone-sign:visible").all():
            other = sign.bounding_box()
            apart = (
                max(mine["x"], other["x"])
                - min(mine["x"] + mine["width"], other["x"] + other["width"]),
                max(mine["y"], other["y"])
                - min(mine["y"] + mine["height"], other["y"] + other["height"]),
            )
            assert max(apart) >= 10
