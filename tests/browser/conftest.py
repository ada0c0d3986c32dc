"""A real browser that may not reach any other machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from tests.browser.hand import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
RERUNS = 1
"""A shared CI machine may starve a browser for a minute: one more try tells that from a fault."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give every test in a browser one more try, where the plugin for it is installed."""
    if config.pluginmanager.hasplugin("rerunfailures"):
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(pytest.mark.flaky(reruns=RERUNS))


@dataclass
class Seen:
    """What a page asked for and complained of."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def away(self, home: str) -> list[str]:
        """Return requests that neither go home nor stay in the page."""
        stay = (home, home.replace("http", "ws", 1), "data:", "blob:", "about:")
        return [url for url in self.requests if not url.startswith(stay)]

    def faults(self, home: str) -> tuple[list[str], list[str], list[str]]:
        """Return complaints, dialogs, requests away from home; the next test begins without them."""
        found = self.errors[:], self.dialogs[:], self.away(home)
        for kept in (self.errors, self.dialogs, self.requests):
            kept.clear()
        return found


def watched(browser: Any, width: int = 1280, height: int = 720) -> tuple[Any, Seen]:
    """Return a page of a context of its own with all that it will ask for or complain of."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(WAIT_MS)
    page, seen = context.new_page(), Seen()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("websocket", lambda socket: seen.requests.append(socket.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda m: m.type == "error" and seen.errors.append(_complaint(m)))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    return page, seen


def _complaint(message: Any) -> str:
    where = (message.location or {}).get("url", "")
    return f"{message.text} ({where})" if where else str(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium, or skip where it is missing."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: install Debian's package chromium")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., tuple[Any, Seen]]]:
    """Open an address in a fresh page; return it with what it asks for and complains of."""
    contexts = []

    def go(address: str, width: int = 1280, height: int = 720) -> tuple[Any, Seen]:
        page, seen = watched(browser, width, height)
        contexts.append(page.context)
        page.goto(address)
        return page, seen

    yield go
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def compiled(bundled: Path) -> None:
    """Have on disk what a first plan compiles: no page is awaited for the minutes that may take."""
    from typer.testing import CliRunner

    from planner.cli.main import app
    from planner.scenario import ARRIVE, FACILITY

    asked = ["plan", "-w", str(bundled), "--facility", FACILITY, "--arrive", ARRIVE]
    assert CliRunner().invoke(app, [*asked, "--worlds", "20"]).exit_code == 0


@pytest.fixture(scope="session")
def serve(
    tmp_path_factory: pytest.TempPathFactory,
    compiled: None,
) -> Iterator[Callable[[Path | None], str]]:
    """Start the app on a workspace at a free port; return its address.

    Workspaces it makes go to a folder of its own, unless ``PLANNER_HOME`` names another.
    """
    running = []

    def start(workspace: Path | None) -> str:
        with socket.socket() as spot:
            spot.bind(("127.0.0.1", 0))
            port = spot.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if k != "PLANNER_WORKSPACE"}
        environment["PYTHONPATH"] = str(ROOT)
        environment.setdefault("PLANNER_HOME", str(tmp_path_factory.mktemp("home")))
        if workspace is not None:
            environment["PLANNER_WORKSPACE"] = str(workspace)
        running.append(subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port),
             "--server.fileWatcherType", "none"],
            cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ))  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        for _ in range(WAIT_MS // 250):
            try:
                with urlopen(f"{address}/_stcore/health") as answer:  # noqa: S310 - our own server
                    if answer.status == 200:
                        return address
            except OSError:
                time.sleep(0.25)
        raise RuntimeError(f"the app did not start within {WAIT_MS // 1000} s")

    yield start
    for process in running:
        process.terminate()
        process.wait(timeout=WAIT_MS / 1000)
