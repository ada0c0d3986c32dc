"""The collector of reference cycles, held off while a plan is made."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = Lock()
_inside = 0
_was_on = False


@contextmanager
def held_off() -> Iterator[None]:
    """Hold the collector off, in this thread or several; a decorator too.

    A plan makes many small objects, few cycles: what is no longer used goes at once without the
    collector, which would look through everything loaded (a compiler, frames, an app) time and
    again. It is on again, if it was, once the last of those inside is done.
    """
    global _inside, _was_on  # noqa: PLW0603  # one collector, one count
    with _lock:
        if not _inside:
            _was_on = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside and _was_on:
                gc.enable()
