"""Every hostile string in every text field of a briefing, shown literally in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing
from tests.briefing.toy import toy_background, toy_plan
from tests.hostile import CONTROLS, HOSTILE, collapsed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOGETHER = 8
GROUPS = [" | ".join(HOSTILE[n : n + TOGETHER]) for n in range(0, len(HOSTILE), TOGETHER)]
FIELDS = (
    "Service centre", "North gate", "South gate", "North-west motorway", "South-east motorway",
    "Car park Avenue 12", "4 min from the north gate", "Works on Avenue 5", "Permit road",
    "Standing assembly, Street 5", "March, Street 9", "ends on a private road", "shares the bridge",
    "the size of z2 is not known", "gates are assumed", "an assembly is reported in front of it",
    "General hospital", "Avenue 8", "Street 12", "toy.osm.pbf",
)  # fmt: skip
"""How the text of each field begins; what a user wrote follows."""

TIPS = """
[...document.querySelectorAll('.leaflet-marker-icon, path.leaflet-interactive')].map(mark => {
  for (const kind of ['mouseover', 'click'])
    mark.dispatchEvent(new MouseEvent(kind, {bubbles: true, clientX: 400, clientY: 300}));
  const told = [...document.querySelectorAll('.leaflet-tooltip, .leaflet-popup-content')]
    .map(box => box.innerText).join(' ');
  mark.dispatchEvent(new MouseEvent('mouseout', {bubbles: true}));
  return told;
}).join(' ')
"""


def opened(visit: Callable[..., Any], folder: Path, group: str, **more: Any) -> tuple[Any, Any]:
    """Open a briefing whose every text ends with a group of strings, all of it unfolded."""
    path = folder / "hostile.html"
    path.write_text(render_briefing(toy_plan(lambda t: t + " " + group), toy_background()), "utf-8")
    page, seen = visit(path.as_uri(), **more)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    return page, seen


@pytest.mark.parametrize("group", GROUPS, ids=range(len(GROUPS)))
def test_hostile_strings_are_literal_in_every_field(
    visit: Callable[..., Any], tmp_path: Path, group: str
) -> None:
    page, seen = opened(visit, tmp_path, group)
    words = collapsed(page.locator("body").inner_text())
    shown = collapsed(group)

    assert page.evaluate("document.documentElement.dataset.ready") == "yes"
    for field in FIELDS:
        assert f"{field} {shown}" in words
    assert shown in collapsed(page.title())
    assert page.locator("h1").count() == 1
    assert page.locator("body script").count() == page.locator("script").count()
    tips = collapsed(page.evaluate(TIPS))
    for field in ("North gate", "Car park Avenue 12", "North-west motorway", "General hospital",
                  "Permit road", "Works on Avenue 5"):  # fmt: skip
        assert f"{field} {shown}" in tips
    assert seen.errors == []
    assert seen.dialogs == []
    assert seen.away((tmp_path / "hostile.html").as_uri()) == []


def test_control_characters_are_shown_as_unknown(visit: Callable[..., Any], tmp_path: Path) -> None:
    page, seen = opened(visit, tmp_path, " ".join(CONTROLS))

    assert "North gate " + " ".join(["a\N{REPLACEMENT CHARACTER}b"] * 5) in collapsed(
        page.locator("body").inner_text()
    )
    assert seen.errors == []


@pytest.mark.parametrize("width", [820, 1280])
def test_long_words_do_not_push_the_page_aside(
    visit: Callable[..., Any], tmp_path: Path, width: int
) -> None:
    page, _ = opened(visit, tmp_path, "x" * 300, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
