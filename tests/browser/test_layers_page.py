"""The Layers page by real mouse: draw, save, reshape, take back, two tabs at odds."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.layers.workspace import Workspace
from planner.scenario import ARRIVE, FACILITY
from tests.browser.hand import WAIT_MS, answered, choose, press, put_hour, put_number

if TYPE_CHECKING:
    from collections.abc import Callable

REACH_PX = 70


@pytest.fixture
def city(bundled: Path, tmp_path: Path) -> Workspace:
    """The bundled city, free to change."""
    return Workspace.open(Path(shutil.copy(bundled, tmp_path / "city.gpkg")))


@pytest.fixture
def address(city: Workspace, serve: Callable[[Path | None], str]) -> str:
    """The app on that city, asking for its site."""
    return f"{serve(city.path)}/?site={FACILITY}&at={ARRIVE}"


def turn_to_layers(page: Any) -> None:
    """Go to the page as a reader does, and wait for its map."""
    page.get_by_role("link", name="Layers").click()
    page.locator("[data-tool=polygon]").wait_for(timeout=WAIT_MS)
    page.locator(".canvas path.way").first.wait_for(state="attached", timeout=WAIT_MS)
    page.wait_for_timeout(1000)


def middle(page: Any) -> tuple[float, float]:
    """Return the middle of the map on the screen."""
    box = page.locator(".canvas").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def click_at(page: Any, x: float, y: float) -> None:
    """Go somewhere by mouse, as a hand does, and click."""
    page.mouse.move(x - 5, y - 5, steps=3)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_timeout(350)


def draw_square(page: Any) -> None:
    """Draw an area around the site."""
    x, y = middle(page)
    page.locator("[data-tool=polygon]").click()
    for east, south in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        click_at(page, x + REACH_PX * east, y + REACH_PX * south)
    page.locator("[data-tool=close]").click()
    page.get_by_text("1 unsaved change: a new report").wait_for(timeout=WAIT_MS)


def test_drawn_report_changes_the_answer_and_undo_brings_it_back(
    visit: Callable[..., Any], address: str, city: Workspace
) -> None:
    page, seen = visit(address, 1280, 1000)
    turn_to_layers(page)
    before = answered(page)
    known = set(city.layer("zones")["id"])

    draw_square(page)
    put_hour(page, "Starts at", "0500")
    put_hour(page, "Ends at", "1100")
    put_number(page, "Size low", "900")
    put_number(page, "Size high", "1500")
    press(page, "Save")
    page.get_by_text("Saved: ").wait_for(timeout=WAIT_MS)
    page.locator(".before").wait_for(timeout=WAIT_MS)

    (key,) = set(city.layer("zones")["id"]) - known
    row = city.layer("zones").set_index("id").loc[key]
    assert (row["size_low"], row["size_high"]) == (900, 1500)
    assert answered(page) != before
    assert before in page.locator(".before").inner_text()

    press(page, "Undo")
    page.get_by_text("Taken back: ").wait_for(timeout=WAIT_MS)
    assert key not in set(city.layer("zones")["id"])
    page.get_by_role("heading", name=before).wait_for(timeout=WAIT_MS)
    assert seen.errors == []
    assert seen.away(re.sub(r"/\?.*", "", address)) == []


def test_corner_of_a_draft_is_dragged_and_the_draft_outlives_another_page(
    visit: Callable[..., Any], address: str
) -> None:
    page, _ = visit(address, 1280, 1000)
    turn_to_layers(page)
    draw_square(page)
    page.locator(".edit-handle").nth(3).wait_for(timeout=WAIT_MS)
    x, y = middle(page)
    page.mouse.move(x - REACH_PX, y - REACH_PX)
    page.mouse.down()
    page.mouse.move(x - 2 * REACH_PX, y - 2 * REACH_PX, steps=6)
    page.mouse.up()
    page.wait_for_timeout(2000)
    page.get_by_text("Shape as text").click()
    shape = page.get_by_test_id("stTextArea").locator("textarea").input_value()
    page.get_by_role("link", name="Situation").click()
    page.get_by_text("First choice from each side").wait_for(timeout=WAIT_MS)
    turn_to_layers(page)

    page.get_by_text("1 unsaved change: a new report").wait_for(timeout=WAIT_MS)
    page.get_by_text("Shape as text").click()
    assert page.get_by_test_id("stTextArea").locator("textarea").input_value() == shape
    assert len(set(re.findall(r"-?\d+\.\d+", shape))) == 6, "one corner was moved, in both ways"
    assert page.locator(".canvas path.draft").count() >= 1


def interrupted(page: Any) -> None:
    """Tell the page of every fragment's run that another one cut it short: it clears nothing then.

    So it is by chance where a run follows at once, as while a plan is being made.
    """
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    def told(message: Any) -> Any:
        read = ForwardMsg.FromString(message)
        if read.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
            read.script_finished = ForwardMsg.FINISHED_EARLY_FOR_RERUN
            return read.SerializeToString()
        return message

    def between(socket: Any) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda message: socket.send(told(message)))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    page.reload()


def test_nothing_of_the_row_before_stays_in_the_form(
    visit: Callable[..., Any], address: str, city: Workspace
) -> None:
    from playwright.sync_api import expect

    page, _ = visit(address, 1280, 1000)
    interrupted(page)
    turn_to_layers(page)
    answered(page)
    new, stored = (
        {"No place yet": True, "Say where": True, "Seen again now": False, "Size high": True},
        {"No place yet": False, "Say where": False, "Seen again now": True, "Size high": True},
    )
    for row, there in ((city.layer("zones")["id"].iloc[0], stored), ("New report", new)):
        choose(page, "Row", row)
        for text, stands in there.items():
            found = page.get_by_text(text).filter(visible=True)
            expect(found).to_have_count(int(stands), timeout=WAIT_MS)
    # The speed is asked for of a march alone: for others it stands under "More".
    for kind, asked in (("march", True), ("standing assembly", False)):
        choose(page, "Kind *", kind)
        expect(page.get_by_label("Speed (km/h)", exact=True)).to_be_visible(
            visible=asked, timeout=WAIT_MS
        )
        fields = page.locator(".stMain input[aria-label]").evaluate_all(
            "them => them.map(one => one.getAttribute('aria-label'))"
        )
        assert sorted(fields) == sorted(set(fields)), kind


def test_second_tab_is_told_that_the_row_was_edited_meanwhile(
    visit: Callable[..., Any], address: str, city: Workspace
) -> None:
    key = city.layer("zones")["id"].iloc[0]
    tabs = [visit(address, 1280, 1000)[0] for _ in range(2)]
    for number, page in enumerate(tabs):
        turn_to_layers(page)
        choose(page, "Row", key)
        page.get_by_role("button", name="Remove", exact=True, disabled=False).wait_for(
            timeout=WAIT_MS
        )
        put_number(page, "Size high", str(6001 + number))
        page.get_by_text(f"1 unsaved change: {key} changed").wait_for(timeout=WAIT_MS)
    first, second = tabs
    press(first, "Save")
    first.get_by_text("Saved: ").wait_for(timeout=WAIT_MS)
    press(second, "Save")
    second.get_by_text("Edited by someone else").wait_for(timeout=WAIT_MS)
    assert city.layer("zones").set_index("id").loc[key, "size_high"] == 6001

    press(second, "Save mine over theirs")
    second.get_by_text("Saved: ").wait_for(timeout=WAIT_MS)
    assert city.layer("zones").set_index("id").loc[key, "size_high"] == 6002
