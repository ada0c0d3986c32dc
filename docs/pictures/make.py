"""Make a picture of every page: three widths, two themes, any workspaces.

    python docs/pictures/make.py OUT WORKSPACE FACILITY ARRIVE [WORKSPACE FACILITY ARRIVE ...]

Needs Debian's chromium, and Playwright from the ``test`` extra. The app is started for each
workspace; every picture is named workspace-page-width-theme.png.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("situation", "routes", "staging", "layers", "briefing", "start")
SIZES = ((1280, 720), (820, 1180), (1920, 1080))
THEMES = ("light", "dark")
SETTLE_MS = 1500


@contextmanager
def app(workspace: Path) -> Iterator[str]:
    """Run the app on a workspace; give its address."""
    with socket.socket() as spot:
        spot.bind(("127.0.0.1", 0))
        port = spot.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PLANNER_WORKSPACE": str(workspace)}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                with urlopen(f"{address}/_stcore/health"):
                    break
            except OSError:
                time.sleep(0.25)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=10)


def settled(page: Any, name: str) -> None:
    """Wait until the answer and the map of a page are drawn."""
    page.locator(".first h1, .st-key-start").first.wait_for(timeout=90_000)
    if name in ("situation", "routes", "staging", "layers"):
        page.locator("path.base-road").first.wait_for(timeout=90_000)
    page.locator("[data-testid=stStatusWidget]").wait_for(state="detached", timeout=90_000)
    page.wait_for_timeout(SETTLE_MS)


def pictures(out: Path, workspace: Path, facility: str, arrive: str) -> None:
    """Make the pictures of one workspace."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with app(workspace) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for width, height in SIZES:
            for theme in THEMES:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme
                )
                page = context.new_page()
                for name in PAGES:
                    place = "" if name == "situation" else name
                    query = urlencode({"site": facility, "at": arrive})
                    page.goto(f"{address}/{place}?{query}")
                    settled(page, name)
                    path = out / f"{workspace.stem}-{name}-{width}-{theme}.png"
                    page.screenshot(path=path)
                    print(path)
                context.close()
        browser.close()


def main(arguments: list[str]) -> None:
    """Make the pictures of each workspace named."""
    out, *rest = arguments
    Path(out).mkdir(parents=True, exist_ok=True)
    for at in range(0, len(rest), 3):
        workspace, facility, arrive = rest[at : at + 3]
        pictures(Path(out), Path(workspace).resolve(), facility, arrive)


if __name__ == "__main__":
    main(sys.argv[1:])
