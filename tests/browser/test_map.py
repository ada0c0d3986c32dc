"""The map of the app in a real browser, by real mouse."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import numpy as np
import pytest

from planner.layers.crs import to_xy
from tests.briefing.toy import CORNER, EPSG
from tests.browser.hand import WAIT_MS
from tests.browser.map_script import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
SHAPES = "paths => paths.map(p => p.getAttribute('class') + p.getAttribute('d')).sort().join(';')"
RISK = "path.risk, path.crowd"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A server of the page that is nothing but the map."""
    with socket.socket() as spot:
        spot.bind(("127.0.0.1", 0))
        port = spot.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "tests/browser/map_script.py"),
         "--server.port", str(port), "--server.headless", "true",
         "--server.fileWatcherType", "none"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    home = f"http://127.0.0.1:{port}"
    for _ in range(WAIT_MS // 250):
        try:
            with urlopen(f"{home}/_stcore/health") as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    break
        except OSError:
            time.sleep(0.25)
    yield home
    server.terminate()
    server.wait(timeout=WAIT_MS / 1000)


@pytest.fixture
def look(visit: Callable[..., Any], address: str) -> Callable[..., Any]:
    """Open the map and wait until its roads are drawn."""

    def go(query: str = "") -> tuple[Any, Any]:
        page, seen = visit(address + query)
        page.locator("path.base-road").first.wait_for(timeout=WAIT_MS)
        wait_for(lambda: told(page)["runs"] > 0)
        return page, seen

    return go


def told(page: Any) -> dict[str, Any]:
    """Return what Python says was touched."""
    text = page.locator("[data-testid=stCode] code")
    return json.loads(text.inner_text()) if text.count() else {"runs": 0}


def wait_for(true: Callable[[], bool], seconds: float = WAIT_MS / 1000) -> None:
    """Wait until something holds, or fail."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)


def shapes(page: Any, which: str = RISK) -> str:
    """Return the drawn outlines of some paths as one text."""
    return str(page.locator(which).evaluate_all(SHAPES))


def spot(page: Any, x: float, y: float) -> tuple[float, float]:
    """Return a place in the window, given as shares of the map."""
    box = page.locator(".canvas").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def click(page: Any, *places: tuple[float, float]) -> None:
    """Click places of the map one after the other."""
    for place in places:
        page.mouse.move(*spot(page, *place), steps=3)
        page.mouse.click(*spot(page, *place))


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag by mouse from one place of the window to another."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def drawn(page: Any, tool: str) -> dict[str, Any]:
    """Return the drawing of a tool once Python has it."""
    wait_for(lambda: (told(page).get("drawn") or {}).get("tool") == tool)
    found: dict[str, Any] = told(page)["drawn"]
    return found


def middle(element: Any) -> tuple[float, float]:
    """Return the middle of an element in the window."""
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def view_of(page: Any) -> list[list[int]]:
    """Return where marks stand in the window: the same only at the same view."""
    places = (
        "marks => marks.map(m => [m.getBoundingClientRect(), m.closest('.canvas').getBoundingClientRect()])"
        ".map(([a, b]) => [a.x - b.x, a.y - b.y].map(Math.round))"
    )
    found: list[list[int]] = page.locator(".canvas .leaflet-marker-pane .mark").evaluate_all(places)
    return found


def alike(one: list[list[int]], other: list[list[int]]) -> bool:
    """Tell whether two views are the same, to a pixel."""
    return len(one) == len(other) and bool(np.abs(np.subtract(one, other)).max() <= 1)


def on_path(page: Any, which: str, share: float) -> tuple[float, float]:
    """Return a place of the window on a drawn line."""
    x, y = page.locator(which).first.evaluate(
        "(w, share) => { const p = w.getPointAtLength(w.getTotalLength() * share);"
        "const m = w.getScreenCTM(); return [p.x * m.a + m.e, p.y * m.d + m.f]; }",
        share,
    )
    return x, y


def test_city_is_drawn_and_nobody_else_is_asked(look: Callable[..., Any], address: str) -> None:
    page, seen = look()
    points = page.locator("path.base-road").evaluate_all(
        "paths => paths.map(p => (p.getAttribute('d').match(/[ML]/g) || []).length)"
    )

    assert sum(points) > 50
    assert page.locator("path.way-primary").count() == 2
    assert page.locator(".gate.open").count() >= 1
    assert page.get_by_text("© OpenStreetMap contributors (ODbL)").is_visible()
    assert page.get_by_text("assembly is lawful").is_visible()
    assert seen.errors == []
    away = [u for u in seen.away(address) if not u.startswith(address.replace("http", "ws"))]
    assert away == []


def test_slider_redraws_at_once_and_tells_python_at_rest(look: Callable[..., Any]) -> None:
    page, seen = look()
    before, runs = shapes(page), told(page)["runs"]
    box = page.locator("input[type=range]").bounding_box()
    across = box["y"] + box["height"] / 2
    share = 33 / 96
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * 32 / 96, across)
    page.mouse.down()
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * (share + 0.06), across, steps=4)
    page.wait_for_timeout(600)

    assert shapes(page) != before
    assert told(page)["runs"] == runs
    page.mouse.up()
    wait_for(lambda: told(page)["step"] is not None)
    assert abs(told(page)["step"] - 39) <= 1
    assert page.locator(".clock b").inner_text().startswith("09:")
    assert seen.errors == []


def test_slider_by_keyboard_tells_python_once_it_rests(look: Callable[..., Any]) -> None:
    page, _ = look()
    runs = told(page)["runs"]
    page.locator("input[type=range]").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")

    wait_for(lambda: told(page)["step"] == 36)
    page.wait_for_timeout(400)
    assert told(page)["runs"] == runs + 1
    assert page.locator("input[type=range]").get_attribute("aria-valuetext").endswith("09:00")


def test_play_moves_on_by_itself_and_stops(look: Callable[..., Any]) -> None:
    page, _ = look()
    page.get_by_role("button", name="Play").click()
    wait_for(lambda: page.locator(".clock b").inner_text() >= "08:30")
    page.get_by_role("button", name="Stop").click()

    wait_for(lambda: (told(page)["step"] or 0) >= 34)


def test_side_chosen_on_the_map_arrives(look: Callable[..., Any]) -> None:
    page, _ = look()
    page.get_by_label("Show ways from").select_option("gw-2")

    wait_for(lambda: told(page)["origin"] == "gw-2")
    assert page.locator("path.way").count() == 3
    assert "B3" in page.locator(".way-mark").all_inner_texts()


def test_view_switches_and_side_survive_rerun_and_page_change(look: Callable[..., Any]) -> None:
    page, seen = look()
    page.get_by_label("Show ways from").select_option("gw-2")
    page.locator("details.panel summary").click()
    page.locator("input[data-layer=gates]").uncheck()
    drag(page, spot(page, 0.6, 0.6), spot(page, 0.4, 0.45))
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(500)
    places = view_of(page)

    runs = told(page)["runs"]
    page.get_by_role("button", name="Again").click()
    wait_for(lambda: told(page)["runs"] > runs)
    assert alike(view_of(page), places)
    page.get_by_role("link", name="Other").click()
    page.get_by_text("Nothing here").wait_for()
    page.get_by_role("link", name="Map").click()
    page.locator("path.base-road").first.wait_for()

    wait_for(lambda: alike(view_of(page), places))
    assert page.locator(".canvas .gate").count() == 0
    assert not page.locator("input[data-layer=gates]").is_checked()
    assert page.locator("path.way").count() == 3
    assert seen.errors == []


def test_hostile_names_are_literal_on_the_map(look: Callable[..., Any], address: str) -> None:
    page, seen = look("/?hostile=1")

    page.locator(".gate.open").first.hover()
    assert "North gate" + HOSTILE in page.locator(".leaflet-tooltip").inner_text()
    page.locator(".gate.open").first.click()
    assert "North gate" + HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert any(
        HOSTILE in text
        for text in page.get_by_label("Show ways from").locator("option").all_inner_texts()
    )
    assert HOSTILE in page.locator("ol.unseen").inner_text()
    assert seen.dialogs == []
    assert seen.errors == []


def test_polygon_line_circle_point_arrive_where_they_were_drawn(look: Callable[..., Any]) -> None:
    page, seen = look("/?edit=1")
    box = page.locator(".canvas").bounding_box()
    page.get_by_role("button", name="Draw: area").click()
    click(page, (0.3, 0.3), (0.5, 0.3), (0.5, 0.6), (0.3, 0.3))
    area = drawn(page, "polygon")["geometry"]
    page.get_by_role("button", name="Draw: line").click()
    page.get_by_role("button", name="Snap lines").click()
    click(page, (0.3, 0.7), (0.6, 0.7))
    page.keyboard.press("Enter")
    line = drawn(page, "line")["geometry"]
    page.get_by_role("button", name="Draw: circle").click()
    drag(page, spot(page, 0.3, 0.3), spot(page, 0.4, 0.3))
    ring = drawn(page, "circle")["geometry"]
    page.get_by_role("button", name="Draw: point").click()
    click(page, (0.5, 0.3))
    point = drawn(page, "point")["geometry"]

    corners = area["coordinates"][0]
    wide = corners[1][0] - corners[0][0]
    assert area["type"] == "Polygon"
    assert len(corners) == 4
    assert corners[0] == corners[-1]
    assert corners[1][1] == pytest.approx(corners[0][1], abs=1e-5)
    assert corners[2][0] == pytest.approx(corners[1][0], abs=1e-5)
    start, end = line["coordinates"]
    assert end[0] - start[0] == pytest.approx(1.5 * wide, rel=0.02)
    assert len(ring["coordinates"][0]) == 49
    reach = max(x for x, _ in ring["coordinates"][0]) - corners[0][0]
    assert reach == pytest.approx(wide / 2, rel=0.05)
    assert point["coordinates"] == pytest.approx(corners[1], abs=1e-5)
    assert box["height"] > 300
    assert seen.errors == []


def test_escape_cancels_and_undo_takes_back_a_corner(look: Callable[..., Any]) -> None:
    page, _ = look("/?edit=1")
    page.get_by_role("button", name="Draw: area").click()
    click(page, (0.3, 0.3), (0.5, 0.3), (0.5, 0.6), (0.45, 0.65))
    page.keyboard.press("Control+z")
    page.keyboard.press("Enter")
    assert len(drawn(page, "polygon")["geometry"]["coordinates"][0]) == 4

    runs = told(page)["runs"]
    page.get_by_role("button", name="Draw: line").click()
    click(page, (0.3, 0.3), (0.5, 0.3))
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    assert told(page)["runs"] == runs


def test_line_snaps_to_a_road(look: Callable[..., Any]) -> None:
    page, _ = look("/?edit=1")
    page.get_by_role("button", name="Draw: line").click()
    x, y = on_path(page, "path.base-primary", 0.45)
    page.mouse.move(x, y + 8, steps=3)
    page.mouse.click(x, y + 8)
    page.mouse.move(x + 120, y + 8, steps=3)
    page.mouse.dblclick(x + 120, y + 8)
    ends = drawn(page, "line")["geometry"]["coordinates"]

    # Streets of the toy city are 100 m apart; a pixel is about 3 m.
    north = to_xy(ends, EPSG)[:, 1] - CORNER[1]
    assert len(ends) == 2
    assert np.abs(north - np.round(north, -2)).max() < 1


def test_stored_report_is_reshaped_moved_removed(look: Callable[..., Any]) -> None:
    page, seen = look("/?edit=1")
    # Larger, so that corners and their dots leave room for the whole to be held.
    for _ in range(3):
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(400)
    page.mouse.click(*middle(page.locator(".zone-sign.z-standing_assembly")))
    wait_for(lambda: told(page)["picked"] == ["zones", "z1"])
    corner = page.locator(".edit-handle").first
    corner.wait_for()
    x, y = middle(corner)
    drag(page, (x, y), (x + 30, y + 20))
    reshaped = drawn(page, "reshape")
    page.locator(".edit-handle").nth(3).wait_for()

    x, y = middle(page.locator("path.draft.chosen").first)
    drag(page, (x, y), (x + 60, y))
    moved = drawn(page, "move")
    before, after = (one["geometry"]["coordinates"][0] for one in (reshaped, moved))
    steps = [b[0] - a[0] for a, b in zip(before, after, strict=True)]

    assert (reshaped["id"], moved["id"]) == ("z1", "z1")
    assert len(before) == 5
    assert min(steps) == pytest.approx(max(steps), abs=3e-6)
    assert min(steps) > 1e-4
    page.get_by_role("button", name="Remove").click()
    assert drawn(page, "remove") == {"tool": "remove", "id": "z1", "geometry": None}
    wait_for(lambda: page.locator("path.mark-zone").count() == 0)
    assert seen.errors == []


def test_corner_is_added_by_a_small_dot_and_taken_by_right_click(look: Callable[..., Any]) -> None:
    page, _ = look("/?edit=1")
    page.get_by_role("button", name="Draw: area").click()
    click(page, (0.3, 0.3), (0.6, 0.3), (0.45, 0.6))
    page.get_by_role("button", name="Finish").click()
    drawn(page, "polygon")
    page.locator(".edit-middle").first.wait_for()
    x, y = middle(page.locator(".edit-middle").first)
    drag(page, (x, y), (x + 10, y - 40))
    assert len(drawn(page, "reshape")["geometry"]["coordinates"][0]) == 5

    page.wait_for_timeout(600)
    page.locator(".edit-handle").nth(1).click(button="right")
    wait_for(lambda: len(told(page)["drawn"]["geometry"]["coordinates"][0]) == 4)
    page.wait_for_timeout(600)
    page.locator(".edit-handle").nth(1).click(button="right")
    page.wait_for_timeout(600)
    assert len(told(page)["drawn"]["geometry"]["coordinates"][0]) == 4


def test_row_chosen_elsewhere_shows_its_handles(look: Callable[..., Any]) -> None:
    page, _ = look("/?edit=z2")

    page.locator(".edit-handle").nth(1).wait_for()
    assert page.locator(".edit-handle").count() == 2
    page.get_by_role("button", name="Done").click()
    page.get_by_role("button", name="Again").click()
    wait_for(lambda: told(page)["runs"] > 1)
    assert page.locator(".edit-handle").count() == 0


def test_no_serious_barrier_on_the_map(look: Callable[..., Any]) -> None:
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    for query in ("", "/?edit=1"):
        page, _ = look(query)
        page.locator("details.panel summary").click()
        found = axe.Axe().run(page, context=".stBidiComponent")
        serious = [
            v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")
        ]
        assert serious == []
