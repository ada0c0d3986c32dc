"""The app in a real browser, by real mouse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

HOSTILE = "{{7*7}}<script>alert(1)</script>{% raw %}`${7*7}` :red[x] $y$ ![a](b) <b>_c_</b>"


@pytest.fixture(scope="module")
def city(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled city, its first site and gate under hostile names."""
    path = Path(shutil.copy(bundled, tmp_path_factory.mktemp("app") / "city.gpkg"))
    workspace = Workspace.open(path)
    for layer in ("facilities", "entrances"):
        frame = workspace.layer(layer)
        key = "id" if layer == "facilities" else "facility_id"
        chosen = frame[frame[key] == "courthouse"].copy()
        chosen["name"] = chosen["name"] + HOSTILE
        workspace.append(layer, chosen)
    return path


@pytest.fixture(scope="module")
def address(serve: Callable[[Path | None], str], city: Path) -> str:
    """The app on that city."""
    return serve(city)


def wait_for_map(page: Any) -> Any:
    """Return the map's frame once its city is drawn."""
    frame = page.frame_locator("iframe").first
    frame.locator("path.base-road").first.wait_for(timeout=90_000)
    return frame


def test_app_draws_the_city_and_asks_no_other_machine(
    visit: Callable[..., Any], address: str
) -> None:
    page, seen = visit(address)
    frame = wait_for_map(page)
    points = frame.locator("path.base-road").evaluate_all(
        "paths => paths.map(p => (p.getAttribute('d').match(/[ML]/g) || []).length)"
    )

    assert sum(points) > 500
    assert frame.locator("path.way").count() >= 3
    assert page.locator(".first h1").inner_text()
    away = [u for u in seen.away(address) if not u.startswith(address.replace("http", "ws"))]
    assert away == []
    assert seen.errors == []


def test_hostile_names_are_literal_in_the_app(visit: Callable[..., Any], address: str) -> None:
    page, seen = visit(address)
    page.get_by_role("combobox", name="Site to reach").click()
    page.get_by_role("option").filter(has_text="Courthouse{{7").first.click()
    page.locator(".tables td", has_text=HOSTILE).first.wait_for(timeout=60_000)
    frame = wait_for_map(page)

    frame.locator(".site", has_text=HOSTILE).wait_for(timeout=60_000)
    assert HOSTILE in page.locator(".tables").inner_text()
    assert seen.dialogs == []
    assert seen.errors == []
    assert seen.away(address) == []


def test_changing_the_hour_changes_the_answer(visit: Callable[..., Any], address: str) -> None:
    page, _ = visit(address)
    wait_for_map(page)
    before = page.locator(".first h1").inner_text()

    spot = page.get_by_test_id("stTimeInput").get_by_role("spinbutton").first
    spot.click()
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    page.locator(".first h1", has_text="17:00").wait_for(timeout=30_000)

    assert page.locator(".first h1").inner_text() != before


def test_downloaded_briefing_opens_sealed(
    visit: Callable[..., Any], address: str, tmp_path: Path
) -> None:
    page, _ = visit(address)
    wait_for_map(page)
    with page.expect_download(timeout=60_000) as caught:
        page.get_by_role("button", name="Download the briefing").click()
    file = tmp_path / "brief.html"
    caught.value.save_as(file)

    assert caught.value.suggested_filename.startswith("briefing-")
    page, seen = visit(file.as_uri())
    assert page.evaluate("document.documentElement.dataset.ready") == "yes"
    assert page.locator("header .tlp").inner_text() == "TLP:AMBER+STRICT"
    assert seen.errors == []
    assert seen.away(file.as_uri()) == []


def test_without_workspace_the_first_screen_says_what_to_do(
    visit: Callable[..., Any], serve: Callable[[Path | None], str]
) -> None:
    address = serve(None)
    page, seen = visit(address)
    page.get_by_text("No workspace is open").wait_for(timeout=30_000)

    page.get_by_role("textbox", name="Workspace file").wait_for(timeout=10_000)
    assert seen.errors == []
    assert seen.away(address) == []
