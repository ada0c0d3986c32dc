"""Long work behind the plans: told, stopped, given up, second to plans."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from planner.errors import InputError
from planner.ui import trials
from planner.ui.trials import State, Trial, Trials

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

LONGEST_S = 60.0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.005)


class Steps:
    """Work of many steps, each let go by the test."""

    def __init__(self, of: int) -> None:
        self.of = of
        self.may = threading.Semaphore(0)
        self.made: list[str] = []

    def make(self, key: str, tell: Callable[[int, int], bool]) -> str:
        for done in range(self.of + 1):
            if not tell(done, self.of):
                break
            self.may.acquire(timeout=LONGEST_S)
        self.made.append(key)
        return f"{key}{done}"

    def let(self, steps: int) -> None:
        for _ in range(steps):
            self.may.release()


def over(work: Trials[str, str], key: str) -> Trial[str]:
    until(lambda: (known := work.known(key)) is not None and known.over)
    found = work.known(key)
    assert found is not None
    return found


def test_work_is_told_as_it_goes_then_kept() -> None:
    steps = Steps(3)
    work: Trials[str, str] = Trials(steps.make)
    assert work.known("a") is None
    assert work.order("a", "me").state is State.WAITING

    steps.let(2)
    until(lambda: work.order("a", "me") == Trial(State.RUNNING, 2, 3))
    assert work.busy()
    steps.let(2)

    assert over(work, "a") == Trial(State.DONE, 3, 3, "a3")
    until(lambda: not work.busy())
    assert work.order("a", "you").made == "a3"
    assert steps.made == ["a"]


def test_stopped_work_keeps_what_is_done_and_can_be_made_anew() -> None:
    steps = Steps(9)
    work: Trials[str, str] = Trials(steps.make)
    work.order("a", "me")
    steps.let(2)
    until(lambda: work.order("a", "me").done == 2)
    work.stop("a")
    steps.let(1)

    assert over(work, "a").made == "a3"
    work.forget("a")
    steps.let(20)
    work.order("a", "me")
    assert over(work, "a").made == "a9"


def test_work_stopped_before_it_began_is_over() -> None:
    way = threading.Event()
    work: Trials[str, str] = Trials(Steps(1).make, give_way=lambda: not way.is_set())
    work.order("a", "me")
    work.stop("a")

    assert over(work, "a") == Trial(State.DONE)


def test_work_without_a_reader_is_given_up_and_begun_anew_for_the_next() -> None:
    steps = Steps(5)
    work: Trials[str, str] = Trials(steps.make)
    work.order("a", "me")
    work.order("a", "you")
    work.order("b", "me")
    until(lambda: work.order("a", "me").state is State.RUNNING)
    work.drop("a", "me")
    steps.let(1)
    until(lambda: (now := work.known("a")) is not None and now.done == 1)
    work.drop("a", "you")
    work.drop("b", "me")
    steps.let(1)

    until(lambda: not work.busy())
    assert work.known("a") is None
    assert work.known("b") is None
    steps.let(9)
    work.order("a", "me")
    assert over(work, "a").made == "a5"


def test_plans_go_first_even_half_way() -> None:
    planning, steps = threading.Event(), Steps(4)
    planning.set()
    steps.let(9)
    work: Trials[str, str] = Trials(steps.make, give_way=planning.is_set)
    work.order("a", "me")
    time.sleep(0.1)
    assert work.order("a", "me").state is State.WAITING
    planning.clear()

    assert over(work, "a").made == "a4"


def test_one_piece_at_a_time_in_the_order_asked_for() -> None:
    steps = Steps(1)
    work: Trials[str, str] = Trials(steps.make)
    for key in "abc":
        work.order(key, "me")
    until(lambda: work.order("a", "me").state is State.RUNNING)
    assert {work.order(key, "me").state for key in "bc"} == {State.WAITING}
    steps.let(9)

    over(work, "c")
    assert steps.made == ["a", "b", "c"]


def test_faults_are_told() -> None:
    def fail(key: str, tell: Callable[[int, int], bool]) -> str:
        raise InputError(f"no facility {key}")

    work: Trials[str, str] = Trials(fail)
    work.order("a", "me")

    assert over(work, "a") == Trial(State.FAILED, problem="no facility a")


def test_what_is_old_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(0)
    steps.let(9)
    work: Trials[str, str] = Trials(steps.make)
    work.order("a", "me")
    over(work, "a")
    monkeypatch.setattr(trials, "FRESH_S", -1.0)

    assert work.known("a") is None
