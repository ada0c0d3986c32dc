"""Several readers of one server at once: each has the answer to a question of its own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.plan.make import plan_at
from planner.plan.prepare import prepare
from planner.plan.question import ask
from planner.scenario import ARRIVE, FACILITY
from tests.browser.conftest import Seen, watched
from tests.browser.hand import (
    WAIT_MS,
    answered,
    choose,
    drag_slider,
    drawn,
    first_line,
    hour_told,
    press,
    put_hour,
    turn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Tab = tuple[Any, Seen]
DAY = ARRIVE[:10]
MOVES = (
    ("07:00", "18:00"),
    ("08:15", "06:00"),
    ("12:00", "07:15"),
    ("09:45", "15:00"),
    ("17:30", "09:00"),
)
"""Where each reader drags the time to, one after the other."""


@pytest.fixture(scope="module")
def city(bundled: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The bundled city, free to change."""
    path = tmp_path_factory.mktemp("many") / "city.gpkg"
    return Workspace.open(Path(shutil.copy(bundled, path)))


@pytest.fixture(scope="module")
def home(serve: Callable[[Path | None], str], city: Workspace) -> str:
    """The app on that city."""
    return serve(city.path)


@pytest.fixture(scope="module")
def tabs(browser: Any, home: str) -> Iterator[list[Tab]]:
    """Five tabs of five readers, opened at once."""
    opened = [watched(browser, 900, 640) for _ in MOVES]
    for page, _ in opened:
        page.goto(f"{home}/?site={FACILITY}&at={ARRIVE}", wait_until="commit")
    for page, _ in opened:
        drawn(page)
        answered(page)
    yield opened
    for page, _ in opened:
        page.context.close()


def clean(tabs: list[Tab], home: str) -> None:
    """Nothing was complained of, nobody else was asked."""
    assert [seen.errors for _, seen in tabs] == [[] for _ in tabs]
    assert [seen.away(home) for _, seen in tabs] == [[] for _ in tabs]
    for page, _ in tabs:
        assert page.get_by_test_id("stException").count() == 0


def test_five_readers_get_the_answers_to_their_own_times(
    tabs: list[Tab], home: str, city: Workspace
) -> None:
    prepared = prepare(city, FACILITY)

    def line(clock: str) -> str:
        question = ask(FACILITY, f"{DAY}T{clock}", city.timezone)
        return str(plan_at(prepared, question).document["headline"])

    for clocks in zip(*MOVES, strict=True):
        for (page, _), clock in zip(tabs, clocks, strict=True):
            drag_slider(page, clock)
        for (page, _), clock in zip(tabs, clocks, strict=True):
            expected = line(clock)
            page.get_by_role("heading", name=expected, exact=True).wait_for(timeout=WAIT_MS)
            assert hour_told(page) == clock
            assert answered(page) == expected
    clean(tabs, home)


def test_two_tabs_ask_apart_but_see_the_same_reports(
    tabs: list[Tab], home: str, city: Workspace
) -> None:
    (first, _), (second, _) = tabs[:2]
    sites = city.layer("facilities").set_index("id")["name"]
    other = next(key for key in sites.index if key != FACILITY)
    choose(second, "Site to reach", sites[other])
    second.wait_for_url(lambda url: f"site={other}" in url)
    theirs = answered(second)
    mine = turn(first, "Layers")
    assert mine != theirs
    assert f"site={FACILITY}&" in first.url

    reports = second.locator(".short caption", has_text="What is reported").locator("..")
    before = reports.locator("tbody tr").count()
    key = city.layer("zones")["id"].iloc[0]
    first.get_by_role("combobox", name="Row").click()
    first.keyboard.type(key)
    first.keyboard.press("Enter")
    remove = first.get_by_role("button", name="Remove", exact=True).last
    remove.click(timeout=WAIT_MS)
    first.get_by_text(f"1 unsaved change: {key} removed").wait_for(timeout=WAIT_MS)
    press(first, "Save")
    first.get_by_text("Removed: ").wait_for(timeout=WAIT_MS)
    assert reports.locator("tbody tr").count() == before

    put_hour(second, "Arrive by", "1015")
    second.wait_for_url(lambda url: "T10%3A15" in url)
    answered(second)
    reports.locator("tbody tr").nth(before - 1).wait_for(state="detached", timeout=WAIT_MS)
    assert f"site={other}" in second.url
    assert "T10%3A15" not in first.url
    assert "at 10:15" not in first_line(first)
    press(first, "Undo")
    first.get_by_text("Taken back: ").wait_for(timeout=WAIT_MS)
    clean(tabs, home)
