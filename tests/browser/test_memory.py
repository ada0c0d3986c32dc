"""A page that is drawn all morning must not grow: measured on the server that draws it."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from planner.scenario import ARRIVE, FACILITY
from tests.browser.hand import answered, drawn, put_hour

if TYPE_CHECKING:
    from collections.abc import Callable

PROCESSES = Path("/proc")
HOURS = ("0730", "0900")
FIRST, RERUNS = 24, 40
MOST_KB = 150
"""Kilobytes a rerun may leave behind on average; a kept plan is many times that."""


def server_at(address: str) -> Path:
    """Return the folder of the process that serves an address."""
    port = str(urlsplit(address).port).encode()
    for told in PROCESSES.glob("[0-9]*/cmdline"):
        words = told.read_bytes().split(b"\0")
        if b"streamlit" in words and port in words:
            return told.parent
    raise LookupError(address)


def resident_kb(process: Path) -> int:
    """Kilobytes of memory a process holds now."""
    pages = int((process / "statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


@pytest.mark.skipif(not (PROCESSES / "self/statm").exists(), reason="memory is read from /proc")
def test_reruns_leave_the_memory_of_the_server_as_it_was(
    visit: Callable[..., Any], serve: Callable[[Path | None], str], bundled: Path
) -> None:
    home = serve(bundled)
    page, seen = visit(f"{home}/?site={FACILITY}&at={ARRIVE}", 1280, 720)
    drawn(page)
    answered(page)

    def draw(times: int) -> None:
        for turn in range(times):
            put_hour(page, "Arrive by", HOURS[turn % len(HOURS)])
            page.wait_for_timeout(500)
        answered(page)

    draw(FIRST)
    process = server_at(home)
    before = resident_kb(process)
    draw(RERUNS)

    assert resident_kb(process) - before < MOST_KB * RERUNS
    assert seen.errors == []
