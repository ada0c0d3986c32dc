"""Whole plans, made in the background while first choices are read."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

WORKERS = 2
KEPT = 16
FRESH_S = 600.0
"""What was made is made anew after this, so that "valid until" never lags behind the clock."""

Key = TypeVar("Key", bound="Hashable")
Made = TypeVar("Made")


class Workshop(Generic[Key, Made]):
    """Makes each thing once for all readers; what was asked for longest ago is forgotten first."""

    def __init__(self, make: Callable[[Key], Made], *, kept: int = KEPT) -> None:
        self._make, self._kept = make, kept
        self._known: OrderedDict[Key, tuple[float, Future[Made]]] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="workshop")

    def ready(self, key: Key) -> bool:
        """Tell whether a thing is made, or was tried in vain."""
        with self._lock:
            future = self._find(key)
        return future is not None and future.done()

    def busy(self) -> bool:
        """Tell whether anything is under way, or waits."""
        with self._lock:
            return any(not future.done() for _, future in self._known.values())

    def order(self, key: Key) -> Future[Made]:
        """Have a thing made unless it is already, or is under way."""
        with self._lock:
            future = self._find(key)
            if future is None:
                future = self._pool.submit(self._make, key)
                self._known[key] = time.monotonic(), future
                self._forget_old()
            self._known.move_to_end(key)
            return future

    def derive(
        self, key: Key, like: Callable[[Key], bool], make: Callable[[Made], Made | None]
    ) -> Made | None:
        """Return a thing made at once of a like one that is made, None where that cannot be.

        It is as old as what it was made of. Whatever ``make`` raises is raised here.
        """
        with self._lock:
            found = next(((made, future) for known, (made, future) in
                          reversed(list(self._known.items())) if _good(future) and like(known)
                          and time.monotonic() - made <= FRESH_S), None)  # fmt: skip
        derived = None if found is None else make(found[1].result())
        if found is None or derived is None:
            return None
        future: Future[Made] = Future()
        future.set_result(derived)
        with self._lock:
            self._known[key] = found[0], future
            self._known.move_to_end(key)
            self._forget_old()
        return derived

    def drop(self, key: Key) -> None:
        """Give up what nobody waits for any more, unless it is under way."""
        with self._lock:
            known = self._known.get(key)
            if known is not None and known[1].cancel():
                del self._known[key]

    def _forget_old(self) -> None:
        while len(self._known) > self._kept:
            _, (_, old) = self._known.popitem(last=False)
            old.cancel()

    def _find(self, key: Key) -> Future[Made] | None:
        known = self._known.get(key)
        if known is None:
            return None
        made, future = known
        if future.done() and (time.monotonic() - made > FRESH_S or future.cancelled()):
            del self._known[key]
            return None
        return future


def _good(future: Future[Made]) -> bool:
    """Tell whether a thing is made, and not in vain."""
    return future.done() and not future.cancelled() and future.exception() is None
