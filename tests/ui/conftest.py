"""The app without a browser."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_S = 180.0
APP = Path(__file__).resolve().parents[2] / "app.py"


@pytest.fixture
def open_app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., AppTest]:
    """Start the app on a workspace, or on none, and draw one of its pages."""

    def start(workspace: Path | None, page: str = "", **query: str) -> AppTest:
        monkeypatch.setattr("sys.argv", ["app.py", *(["-w", str(workspace)] if workspace else [])])
        monkeypatch.delenv("PLANNER_WORKSPACE", raising=False)
        monkeypatch.setenv("PLANNER_HOME", str(tmp_path / "home"))
        app = AppTest.from_file(str(APP), default_timeout=120)
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        return turn_to(app, page) if page else app

    return start


def turn_to(app: AppTest, page: str) -> AppTest:
    """Draw another page; AppTest itself can only turn to pages that are files."""
    app._page_hash = calc_hash(page)
    return app.run()


def settle(app: AppTest) -> AppTest:
    """Draw a page again until nothing more is worked out behind it."""
    until = time.monotonic() + LONGEST_S
    while 'class="sure told"' not in " ".join(e.proto.body for e in app.get("html")):
        assert time.monotonic() < until, "the whole answer did not come in time"
        time.sleep(0.05)
        app.run()
    return app


def words(app: AppTest) -> str:
    """Return the words of all HTML on the page."""
    bodies: list[Any] = [element.proto.body for element in app.get("html")]
    return re.sub(r"<style>.*?</style>|<[^>]*>", "", " ".join(bodies), flags=re.DOTALL)
