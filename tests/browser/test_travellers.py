"""Who travels is chosen by hand, and the answer follows, on a city with public transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.scenario import ARRIVE, FACILITY
from tests.browser.hand import WAIT_MS, answered, choose, drawn, first_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any


def test_on_foot_the_first_line_changes_and_so_does_the_url(
    visit: Callable[..., Any], serve: Callable[[Path | None], str], bundled: Path
) -> None:
    home = serve(bundled)
    page, seen = visit(f"{home}/?site={FACILITY}&at={ARRIVE}", 1280, 900)
    drawn(page)
    driven = answered(page)

    choose(page, "Travels", "On foot")
    page.wait_for_url(lambda url: "for=foot" in url)
    page.locator(".first h1", has_text="in hand").wait_for(state="detached", timeout=WAIT_MS)
    walked = answered(page)

    assert walked == first_line(page) != driven
    assert "in hand" in driven
    assert "in hand" not in walked
    page.locator(".canvas .origin.afoot").first.wait_for(state="attached", timeout=WAIT_MS)
    assert seen.errors == []
    assert seen.away(home) == []
