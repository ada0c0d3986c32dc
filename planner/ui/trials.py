"""Long work behind the plans: one piece at a time, told as it goes, ended at a word."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from planner.errors import Cancelled, PlannerError

if TYPE_CHECKING:
    from collections.abc import Hashable

Tell = Callable[[int, int], bool]
"""Told how much is done, of how much; says False once no more is to be done."""

KEPT = 12
FRESH_S = 600.0
"""What was made is made anew after this, as the plans it stands on."""

ALONE_S = 150.0
"""Work nobody looks at any more is given up after this; a hidden tab asks once a minute."""

TURN_S = 0.05

_log = logging.getLogger(__name__)

Key = TypeVar("Key", bound="Hashable")
Made = TypeVar("Made")


class State(StrEnum):
    """How far a piece of work is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Trial(Generic[Made]):
    """A piece of work as it stands.

    Attributes
    ----------
    done, of
        Steps done, of how many; 0 of 0 before the first.
    made
        What was made, once it is done; None where it was stopped before it began.
    problem
        Why it failed.
    """

    state: State
    done: int = 0
    of: int = 0
    made: Made | None = None
    problem: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in (State.DONE, State.FAILED)


@dataclass(slots=True, eq=False)
class _Piece(Generic[Made]):
    now: Trial[Made]
    seen: dict[str, float] = field(default_factory=dict)
    ended_s: float = 0.0
    stopped: bool = False
    given_up: bool = False

    def looked_at(self) -> bool:
        since = time.monotonic() - ALONE_S
        return any(at > since for at in self.seen.values())


class Trials(Generic[Key, Made]):
    """Makes each thing once for all who look at it, in the order asked for.

    Parameters
    ----------
    make
        Makes a thing of its key. It tells how much is done, of how much; where the answer is
        False it ends: it returns what it has by then, or raises ``Cancelled``.
    give_way
        Whether other work is to go first: asked before each piece, and at each step of it.
    """

    def __init__(
        self,
        make: Callable[[Key, Tell], Made],
        *,
        give_way: Callable[[], bool] = lambda: False,
        kept: int = KEPT,
    ) -> None:
        self._make, self._give_way, self._kept = make, give_way, kept
        self._pieces: OrderedDict[Key, _Piece[Made]] = OrderedDict()
        self._at_work = False
        self._lock = threading.Lock()

    def order(self, key: Key, reader: str) -> Trial[Made]:
        """Have a thing made unless it is already, or waits; return how far it is.

        Called again and again by whoever waits: work without a reader is given up.
        """
        with self._lock:
            piece = self._find(key)
            if piece is None:
                piece = self._pieces[key] = _Piece(Trial(State.WAITING))
                self._forget_old()
            piece.seen[reader] = time.monotonic()
            if not (self._at_work or piece.now.over):
                self._at_work = True
                threading.Thread(target=self._work, name="trials", daemon=True).start()
            return piece.now

    def known(self, key: Key) -> Trial[Made] | None:
        """Return how far a thing is, None where it was never ordered."""
        with self._lock:
            piece = self._find(key)
            return None if piece is None else piece.now

    def stop(self, key: Key) -> None:
        """End a piece of work at its next step: what is made by then stands."""
        with self._lock:
            piece = self._pieces.get(key)
            if piece is not None:
                piece.stopped = True

    def drop(self, key: Key, reader: str) -> None:
        """Let a reader go; work that has no other is given up."""
        with self._lock:
            piece = self._pieces.get(key)
            if piece is not None:
                piece.seen.pop(reader, None)

    def forget(self, key: Key) -> None:
        """Forget what was made, so that it is made anew."""
        with self._lock:
            piece = self._pieces.get(key)
            if piece is not None and piece.now.over:
                del self._pieces[key]

    def busy(self) -> bool:
        """Tell whether anything is being made."""
        with self._lock:
            return self._at_work

    def _find(self, key: Key) -> _Piece[Made] | None:
        piece = self._pieces.get(key)
        if piece is not None and piece.now.over and time.monotonic() - piece.ended_s > FRESH_S:
            del self._pieces[key]
            return None
        return piece

    def _forget_old(self) -> None:
        over = [key for key, piece in self._pieces.items() if piece.now.over]
        for key in over[: max(len(self._pieces) - self._kept, 0)]:
            del self._pieces[key]

    def _work(self) -> None:
        while (one := self._next()) is not None:
            key, piece = one
            if not self._rests(piece):
                continue
            if piece.stopped:
                self._settle(piece, Trial(State.DONE))
                continue
            piece.now, piece.given_up = Trial(State.RUNNING), False
            try:
                made = self._make(key, partial(self._tell, piece))
                self._settle(piece, replace(piece.now, state=State.DONE, made=made))
            except Cancelled:
                self._settle(piece, Trial(State.DONE))
            except PlannerError as error:
                self._settle(piece, Trial(State.FAILED, problem=str(error)))
            except Exception:
                _log.exception("long work failed")
                self._settle(piece, Trial(State.FAILED, problem="the server's log tells why"))

    def _next(self) -> tuple[Key, _Piece[Made]] | None:
        """Return the piece that waits longest, having given up those without a reader."""
        with self._lock:
            for key, piece in list(self._pieces.items()):
                if piece.now.state is State.WAITING:
                    if piece.looked_at():
                        return key, piece
                    del self._pieces[key]
            self._at_work = False
            return None

    def _rests(self, piece: _Piece[Made]) -> bool:
        """Let other work go first; tell whether anybody still looks at this."""
        while self._give_way() and piece.looked_at() and not piece.stopped:
            time.sleep(TURN_S)
        return piece.looked_at()

    def _tell(self, piece: _Piece[Made], done: int, of: int) -> bool:
        piece.now = Trial(State.RUNNING, done, of)
        piece.given_up = not self._rests(piece)
        return not (piece.given_up or piece.stopped)

    def _settle(self, piece: _Piece[Made], end: Trial[Made]) -> None:
        with self._lock:
            piece.ended_s = time.monotonic()
            # What was given up half-way is nobody's: whoever came back has it made anew.
            piece.now = Trial(State.WAITING) if piece.given_up else end
