"""A page that is drawn all morning must not grow."""

from __future__ import annotations

import ctypes
import gc
import resource
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from planner.scenario import ARRIVE, FACILITY

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

RERUNS = 200
HOURS = (time(7, 30), time(9))
MOST_KB = 150
"""Kilobytes a rerun may leave behind on average; a kept plan is many times that."""


def resident_kb() -> int:
    """Kilobytes of memory this process holds now, less what its allocator keeps for later."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_two_hundred_reruns_leave_memory_as_it_was(
    open_app: Callable[..., AppTest], bundled: Path
) -> None:
    app = open_app(bundled, site=FACILITY, at=ARRIVE)

    def draw(times: int) -> None:
        for turn in range(times):
            app.time_input(key="w_hour").set_value(HOURS[turn % len(HOURS)]).run()
            assert not app.exception

    draw(40)
    before = resident_kb()
    draw(RERUNS)

    assert resident_kb() - before < MOST_KB * RERUNS
