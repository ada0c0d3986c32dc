"""The briefing on paper: A4 or Letter, each page marked, none empty, heads repeated."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from planner.briefing.page import render_briefing
from tests.briefing.test_earlier import told
from tests.briefing.toy import toy_background, toy_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = {"A4": (842, 595), "Letter": (792, 612)}


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The toy briefing as an address, its plan long enough for several pages."""
    path = tmp_path_factory.mktemp("paper") / "brief.html"
    document = toy_plan().document
    origins = [{**o, "id": f"{o['id']}-{n}"} for n in range(6) for o in document["origins"]]
    path.write_text(render_briefing(toy_plan(origins=origins), toy_background()), "utf-8")
    return path.as_uri()


def printed(page: Any, paper: str) -> bytes:
    """Return the page as PDF on a paper, laid across."""
    return bytes(page.pdf(format=paper, landscape=True, print_background=True))


def sheets(data: bytes, folder: Path) -> list[str]:
    """Return the words of each printed page, or skip where no reader of PDF is at hand."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on this machine: install poppler-utils")
    file = folder / "sheets.pdf"
    file.write_bytes(data)
    told = subprocess.run(
        [reader, "-layout", str(file), "-"], check=True, capture_output=True, encoding="utf-8"
    )
    return told.stdout.split("\f")[:-1]


@pytest.mark.parametrize("paper", SIZES)
def test_paper_is_the_printers_choice(visit: Callable[..., Any], brief: str, paper: str) -> None:
    page, _ = visit(brief)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed(page, paper))

    assert len(boxes) >= 3
    for width, height in boxes:
        assert abs(float(width) - SIZES[paper][0]) < 2
        assert abs(float(height) - SIZES[paper][1]) < 2


@pytest.mark.parametrize("paper", SIZES)
def test_every_sheet_is_marked_twice_numbered_and_filled(
    visit: Callable[..., Any], brief: str, tmp_path: Path, paper: str
) -> None:
    page, _ = visit(brief)
    found = sheets(printed(page, paper), tmp_path)

    for number, sheet in enumerate(found, 1):
        assert sheet.count("TLP:AMBER+STRICT") == 2
        assert f"Page {number} of {len(found)}" in sheet
        assert "Valid until Fri 2 Mar 2096 09:00" in sheet
        assert len(sheet.split()) > 20


@pytest.mark.parametrize("paper", SIZES)
def test_first_sheet_holds_answer_map_legend_and_first_choices(
    visit: Callable[..., Any], brief: str, tmp_path: Path, paper: str
) -> None:
    page, _ = visit(brief)
    first, second = sheets(printed(page, paper), tmp_path)[:2]

    for part in ("Best way in at 08:00", "Service centre", "valid until", "✓",
                 "do not enter", "first choice (A)", "First choice from each side",
                 "Risk means delay to access"):  # fmt: skip
        assert part in first
    assert "Ways in" in second
    assert "street by street" not in first


def test_a_table_that_goes_on_repeats_its_heads(
    visit: Callable[..., Any], brief: str, tmp_path: Path
) -> None:
    page, _ = visit(brief)
    found = sheets(printed(page, "A4"), tmp_path)
    with_ways = [sheet for sheet in found if re.search(r"[A-Z]2 second", sheet)]

    assert len(with_ways) >= 2
    assert all("Worst risk" in sheet for sheet in with_ways)


def test_first_choices_are_unfolded_on_paper_and_folded_again_after(
    visit: Callable[..., Any], brief: str, tmp_path: Path
) -> None:
    page, _ = visit(brief)
    words = " ".join(" ".join(sheets(printed(page, "A4"), tmp_path)).split())

    # Twelve first choices, each told once; the others are a chain of streets.
    assert len(re.findall(r"Start \w+ on ", words)) == 12
    assert "Where it comes from" in words
    assert page.locator("details[open]").count() == 0


def test_an_open_text_stays_open_after_printing(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    page.locator(".told summary").nth(0).click()
    page.locator(".told summary").nth(1).click()
    printed(page, "A4")

    assert page.locator(".told details[open]").count() == 2


def test_paper_is_light_under_a_dark_theme(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    page.emulate_media(color_scheme="dark", media="print")
    colours = page.evaluate(
        "(() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor]; })()"
    )

    assert colours == ["rgb(29, 39, 51)", "rgb(255, 255, 255)"]


def test_a_browser_without_margin_boxes_marks_each_sheet_itself(
    visit: Callable[..., Any], brief: str, tmp_path: Path
) -> None:
    page, _ = visit(brief)
    page.evaluate(
        "document.documentElement.classList.add('unmargined');"
        "[...document.styleSheets].forEach(sheet => [...sheet.cssRules].forEach((rule, n) => {"
        " if (rule instanceof CSSPageRule) while (rule.cssRules.length) rule.deleteRule(0); }))"
    )
    found = sheets(printed(page, "A4"), tmp_path)

    assert len(found) >= 3
    assert all("TLP:AMBER+STRICT" in sheet for sheet in found)


@pytest.mark.parametrize("paper", SIZES)
def test_the_page_that_says_no_way_through_fits_its_first_sheet(
    visit: Callable[..., Any], tmp_path: Path, paper: str
) -> None:
    path = tmp_path / "shut.html"
    path.write_text(render_briefing(toy_plan(feasible=False), toy_background()), "utf-8")
    page, _ = visit(path.as_uri())
    first, second = sheets(printed(page, paper), tmp_path)[:2]

    assert "No way through by vehicle at this time" in first
    assert "do not enter" in first
    assert "Ways in" in second


@pytest.mark.parametrize("paper", SIZES)
def test_first_sheet_keeps_map_and_legend_where_much_changed(
    visit: Callable[..., Any], tmp_path: Path, paper: str
) -> None:
    plan = toy_plan()
    path = tmp_path / "since.html"
    path.write_text(render_briefing(plan, toy_background(), changed=told(plan)), "utf-8")
    page, _ = visit(path.as_uri())
    first, second = sheets(printed(page, paper), tmp_path)[:2]

    assert "Since the plan as known at edit 13" in first
    assert "do not enter" in first
    assert "First line before" not in first
    assert "First line before" in second
    assert page.locator("details.since ~ .stage").count() == 1


def test_paper_has_no_sign_of_what_is_not_drawn(visit: Callable[..., Any], brief: str) -> None:
    page, _ = visit(brief)
    page.locator("input[data-layer=staging]").uncheck()
    page.emulate_media(media="print")

    assert not page.locator("input[data-layer=stagingWays]").locator("xpath=../..").is_visible()
    assert not page.locator(".key", has_text="best first").is_visible()
    assert page.locator(".key", has_text="first choice (A)").is_visible()
