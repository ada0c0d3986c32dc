"""The first five minutes by real mouse: no workspace, a city, an answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from planner.scenario import city
from tests.browser.hand import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = "{{7*7}}<script>alert(1)</script>.osm.pbf"
LONG_MS = 150_000
"""Plans are compiled at first use; a busy machine takes a minute for it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the app keeps what it makes."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(serve: Callable[[Path | None], str], home: Path) -> str:
    """The app without a workspace."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PLANNER_HOME", str(home))
    try:
        return serve(None)
    finally:
        patch.undo()


def clean(seen: Any, address: str) -> None:
    """Nothing was complained of, nothing left the machine."""
    socket = address.replace("http", "ws")
    assert seen.errors == []
    assert seen.dialogs == []
    assert [url for url in seen.away(address) if not url.startswith(socket)] == []


def opened(visit: Callable[..., Any], address: str, **size: int) -> Any:
    """Open the app and wait for its first screen."""
    page, seen = visit(address, **size)
    page.get_by_role("button", name="Try the bundled city").wait_for(timeout=WAIT_MS)
    return page, seen


def upload(page: Any, name: str, content: bytes) -> None:
    """Choose a file and press the button."""
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Make the workspace").click(timeout=WAIT_MS)


def made(home: Path) -> list[str]:
    """Return all files in the folder, but for copies of networks."""
    return sorted(path.name for path in home.iterdir() if path.suffix != ".npz")


def test_trying_the_bundled_city_shows_progress_then_the_answer(
    visit: Callable[..., Any], address: str, home: Path
) -> None:
    page, seen = opened(visit, address)
    page.get_by_role("button", name="Try the bundled city").click()
    page.get_by_role("progressbar").first.wait_for(timeout=WAIT_MS)
    page.locator(".first h1").wait_for(timeout=LONG_MS)

    assert page.locator(".first h1").inner_text().startswith("Best way in at 07:30")
    assert "site=courthouse" in page.url
    assert "aldermere.gpkg" in made(home)
    clean(seen, address)


def test_a_chosen_file_becomes_a_workspace_that_opens(
    visit: Callable[..., Any], address: str, home: Path
) -> None:
    page, seen = opened(visit, address)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Upload", exact=False).last.click()
    chooser.value.set_files(city())
    page.get_by_role("button", name="Make the workspace").click(timeout=WAIT_MS)
    page.get_by_role("heading", name="is ready").wait_for(timeout=LONG_MS)

    assert page.locator(".counts dd").first.inner_text() == "4,801"
    page.get_by_role("button", name="Go on").click()
    page.locator(".first h1").wait_for(timeout=LONG_MS)
    clean(seen, address)


def test_cancelling_leaves_nothing(
    visit: Callable[..., Any], address: str, home: Path, shared_data: Path
) -> None:
    before = made(home)
    page, seen = opened(visit, address)
    upload(page, "porto.osm.pbf", (shared_data / "osm" / "porto.osm.pbf").read_bytes())
    page.get_by_role("button", name="Cancel").click(timeout=WAIT_MS)
    page.get_by_text("Nothing was kept").wait_for(timeout=WAIT_MS)
    page.get_by_role("button", name="Try the bundled city").wait_for(timeout=WAIT_MS)

    until = time.monotonic() + WAIT_MS / 1000
    while made(home) != before and time.monotonic() < until:
        time.sleep(0.2)
    assert made(home) == before
    clean(seen, address)


def test_a_hostile_file_name_is_shown_as_it_is(
    visit: Callable[..., Any], address: str, home: Path
) -> None:
    page, seen = opened(visit, address)
    upload(page, HOSTILE, city().read_bytes())
    page.get_by_role("heading", name="is ready").wait_for(timeout=LONG_MS)

    heading = page.get_by_role("heading", name="is ready").inner_text()
    assert heading == f"{HOSTILE.removesuffix('.osm.pbf')} is ready"
    upload_name = "7-7-script-alert-1-script.gpkg"
    assert upload_name in made(home)
    clean(seen, address)


def test_a_hostile_name_of_a_broken_file_is_shown_as_it_is(
    visit: Callable[..., Any], address: str
) -> None:
    page, seen = opened(visit, address)
    upload(page, HOSTILE, b"no map at all")
    told = page.get_by_text("no workspace was made")
    told.wait_for(timeout=LONG_MS)

    assert HOSTILE in told.inner_text()
    clean(seen, address)


@pytest.mark.parametrize("width", [1280, 820])
def test_first_screen_fits_its_width(visit: Callable[..., Any], address: str, width: int) -> None:
    page, seen = opened(visit, address, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.get_by_role("button", name="Try the bundled city").bounding_box()
    assert box["y"] + box["height"] <= 720
    clean(seen, address)
