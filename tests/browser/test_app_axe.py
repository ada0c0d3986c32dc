"""The app for every reader: what axe calls serious on each page, in each theme, at each size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planner.scenario import ARRIVE, FACILITY
from tests.browser.hand import WAIT_MS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SMALL, TABLET, PROJECTOR = (1280, 720), (820, 1180), (1920, 1080)
ROUNDS = ((SMALL, "dark"), (TABLET, "light"), (PROJECTOR, "dark"))
PAGES = ("Situation", "Routes", "Staging", "Layers", "Briefing", "Start")

MAP = ".stBidiComponent"
"""The map is checked on the first page, where its slider is, then on that of the layers."""

OF_STREAMLIT: dict[str, str] = {}
"""Serious rules that parts of Streamlit break, each with why it stays: none by now.

Of minor weight is ``presentation-role-conflict``: the input of its file button.
"""


def barriers(page: Any, name: str) -> list[Any]:
    """Return what the checker calls serious or critical, but for what Streamlit brings along."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    )
    where = None if name in ("Situation", "Layers") else {"exclude": [[MAP]]}
    return [
        (wrong["id"], node["target"], node["html"][:160], node.get("failureSummary"))
        for wrong in axe.Axe().run(page, context=where).response["violations"]
        if wrong["impact"] in ("serious", "critical") and wrong["id"] not in OF_STREAMLIT
        for node in wrong["nodes"]
    ]


@pytest.fixture(scope="module")
def address(serve: Callable[[Path | None], str], bundled: Path) -> str:
    """The app on the bundled city."""
    return serve(bundled)


def settled(page: Any, name: str) -> None:
    """Turn to a page, wait until all of it is drawn."""
    page.get_by_role("link", name=name, exact=True).click()
    if name == "Start":
        page.get_by_text("Your workspaces").wait_for(timeout=WAIT_MS)
    elif name == "Briefing":
        page.locator("iframe").first.wait_for(timeout=WAIT_MS)
    else:
        page.locator(".canvas path.base-road").first.wait_for(state="attached", timeout=WAIT_MS)
        page.get_by_text("being worked out").first.wait_for(state="hidden", timeout=WAIT_MS)
    page.wait_for_timeout(700)


@pytest.mark.parametrize(("size", "theme"), ROUNDS, ids=str)
def test_no_serious_barrier_on_any_page(
    browser: Any, address: str, size: tuple[int, int], theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=theme
    )
    page = context.new_page()
    page.goto(f"{address}/?site={FACILITY}&at={ARRIVE}")
    found = {}
    for name in PAGES:
        settled(page, name)
        found[name] = barriers(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], name
    context.close()

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
