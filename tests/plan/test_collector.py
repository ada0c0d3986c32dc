"""The collector is held off while anyone is inside, and as it was afterwards."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from planner.plan.collector import held_off


def test_it_is_off_inside_and_on_again_even_after_an_error() -> None:
    @held_off()
    def fails() -> None:
        with held_off():
            assert not gc.isenabled()
            raise KeyError

    assert gc.isenabled()
    with pytest.raises(KeyError):
        fails()
    assert gc.isenabled()


def test_it_stays_off_until_the_last_thread_is_done() -> None:
    both, one = Barrier(2), Barrier(2)

    @held_off()
    def quick() -> bool:
        both.wait(10)
        return gc.isenabled()

    @held_off()
    def slow() -> bool:
        both.wait(10)
        one.wait(10)
        return gc.isenabled()

    with ThreadPoolExecutor(2) as pool:
        later, first = pool.submit(slow), pool.submit(quick)
        assert first.result(10) is False
        assert not gc.isenabled()
        one.wait(10)
        assert later.result(10) is False
    assert gc.isenabled()


def test_who_had_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with held_off():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
