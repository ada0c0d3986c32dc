"""Simulated variations counted on the terminal, ended by Ctrl-C."""

from __future__ import annotations

import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LABEL = "simulated variations (Ctrl-C: tell the shares so far)"


@contextmanager
def counting(of: int) -> Iterator[Callable[[int, int], bool]]:
    """Give what is to be told (done, of); it says False once somebody pressed Ctrl-C.

    A second Ctrl-C ends the command as it always does.
    """
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    before = signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread()
    if ours:
        signal.signal(signal.SIGINT, stop)
    try:
        with typer.progressbar(length=of, label=LABEL, file=sys.stderr) as bar:

            def tell(done: int, _of: int) -> bool:
                bar.update(done - bar.pos)
                return not stopped.is_set()

            yield tell
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)
