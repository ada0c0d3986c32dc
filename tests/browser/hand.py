"""What a hand does on the pages of the app, with the eye that waits for what follows."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlsplit

import numpy as np

WAIT_MS = 60_000
"""Longest wait for anything that must come; a machine shared by many may be slow."""
ATTEMPTS = 3
"""Tries to pick from a list."""
GROUND = "path.base-road"
SLIDER = "input[type=range][aria-label='Time of day']"
LAST_STEP = 96
"""Quarter-hours from midnight to midnight."""


def first_line(page: Any) -> str:
    """Return the answer in words."""
    return str(page.locator(".first h1").inner_text())


def answered(page: Any) -> str:
    """Wait until the whole answer stands, nothing more being worked out; return its first line."""
    page.locator(".first p", has_text="Valid until").first.wait_for(timeout=WAIT_MS)
    for _ in range(2):
        page.locator(".first p", has_text="being worked out").wait_for(
            state="detached", timeout=WAIT_MS
        )
        # The simulation draws the page once more when it ends.
        page.locator(".sure.told").first.wait_for(timeout=WAIT_MS)
        settled(page)
    return first_line(page)


def settled(page: Any) -> None:
    """Wait until the page is drawn to its end: until then a list shuts, a tab turns back."""
    page.locator("[data-test-script-state=notRunning]").first.wait_for(timeout=WAIT_MS)


def turn(page: Any, title: str) -> str:
    """Go to a page by its link, wait for its answer and map; return the first line."""
    page.get_by_role("link", name=title, exact=True).click()
    page.wait_for_url(lambda url: place_of(url) == ("" if title == "Situation" else title.lower()))
    settled(page)
    if title not in ("Start", "Briefing"):
        drawn(page)
    return "" if title == "Start" else answered(page)


def place_of(url: str) -> str:
    """Return the page in an address, "" for the first."""
    return urlsplit(url).path.strip("/")


def drawn(page: Any) -> None:
    """Wait until roads and ways in stand on the map."""
    for which in (GROUND, "path.way"):
        page.locator(which).first.wait_for(state="attached", timeout=WAIT_MS)


def ground_points(page: Any) -> int:
    """Return how many points of roads are drawn."""
    counts = page.locator(GROUND).evaluate_all(
        "paths => paths.map(p => (p.getAttribute('d').match(/[ML]/g) || []).length)"
    )
    return sum(counts)


def pixels(element: Any) -> np.ndarray:
    """Return what is seen of an element, as pixels of red, green, blue, shape (h, w, 3)."""
    from PIL import Image

    with Image.open(io.BytesIO(element.screenshot())) as picture:
        return np.asarray(picture.convert("RGB"), np.int16)


def choose(page: Any, field: str, text: str) -> None:
    """Pick an entry of a list by typing part of it; once more where a redrawn page shut the list."""
    from playwright.sync_api import TimeoutError as NotThere

    option = page.get_by_role("option").filter(has_text=text).first
    for attempt in range(ATTEMPTS):
        settled(page)
        page.get_by_role("combobox", name=field, exact=True).first.click()
        page.keyboard.type(text)
        try:
            option.click(timeout=WAIT_MS / ATTEMPTS)
        except NotThere:
            if attempt == ATTEMPTS - 1:
                raise
            page.keyboard.press("Escape")
        else:
            return


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag by mouse from one place of the window to another."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def drag_slider(page: Any, clock: str) -> None:
    """Drag the time of day to HH:MM by mouse."""
    slider = page.locator(SLIDER)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    across = box["y"] + box["height"] / 2

    def at(step: float) -> tuple[float, float]:
        # The knob's middle stays half its width inside the ends.
        return box["x"] + 8 + (box["width"] - 16) * step / LAST_STEP, across

    hours, minutes = map(int, clock.split(":"))
    drag(page, at(float(slider.input_value())), at(hours * 4 + minutes / 15))


def hour_told(page: Any) -> str:
    """Return the arrival time as its field shows it."""
    parts = page.get_by_test_id("stTimeInput").first.get_by_role("spinbutton").all_inner_texts()
    return ":".join(parts[:2])


def put_hour(page: Any, label: str, digits: str) -> None:
    """Type a time of day into a field."""
    field = page.get_by_test_id("stTimeInput").filter(has_text=label)
    field.get_by_role("spinbutton").first.click()
    page.keyboard.type(digits)
    page.keyboard.press("Enter")


def put_number(page: Any, label: str, number: str) -> None:
    """Type a number into a field."""
    field = page.get_by_test_id("stNumberInput").filter(has_text=label).locator("input")
    field.fill(number)
    field.press("Tab")
    page.wait_for_timeout(600)


def press(page: Any, name: str) -> None:
    """Press a button."""
    page.get_by_role("button", name=name, exact=True).first.click()


def draw_area(page: Any, middle: tuple[float, float], reach: float) -> None:
    """Draw a square of 2 ``reach`` pixels a side by mouse."""
    page.locator("[data-tool=polygon]").click()
    for east, south in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        x, y = middle[0] + reach * east, middle[1] + reach * south
        page.mouse.move(x - 5, y - 5, steps=3)
        page.mouse.click(x, y)
        page.wait_for_timeout(350)
    page.locator("[data-tool=close]").click()
    page.get_by_text("1 unsaved change: a new report").wait_for(timeout=WAIT_MS)
    settled(page)


def spot_before_end(page: Any, which: str, px: float) -> tuple[float, float]:
    """Return the place of the window on a drawn line so many pixels before its end."""
    x, y = page.locator(which).first.evaluate(
        "(w, px) => { const p = w.getPointAtLength(w.getTotalLength() - px);"
        "const m = w.getScreenCTM(); return [p.x * m.a + m.e, p.y * m.d + m.f]; }",
        px,
    )
    return x, y
