"""Plans made in the background: once, latest first to stay, faults told."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planner.errors import InputError
from planner.staging.site_wishes import SiteWishes
from planner.ui import answers, workshop
from planner.ui.workshop import Workshop


def test_a_thing_is_made_once_however_often_it_is_ordered() -> None:
    made: list[str] = []
    shop: Workshop[str, str] = Workshop(lambda key: made.append(key) or key.upper())

    orders = [shop.order("a") for _ in range(20)]

    assert {order.result(5) for order in orders} == {"A"}
    assert made == ["a"]
    assert shop.ready("a")
    assert not shop.ready("b")


def test_a_fault_is_told_to_whoever_asks() -> None:
    def fail(key: str) -> str:
        raise InputError(f"no facility {key}")

    shop: Workshop[str, str] = Workshop(fail)

    with pytest.raises(InputError, match="no facility a"):
        shop.order("a").result(5)
    assert shop.ready("a")


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    made: list[int] = []
    shop: Workshop[int, int] = Workshop(lambda key: made.append(key) or key, kept=2)
    for key in (1, 2, 1, 3):
        shop.order(key).result(5)

    assert shop.ready(1)
    assert not shop.ready(2)
    shop.order(1).result(5)
    assert made == [1, 2, 3]


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    gate, made = threading.Event(), []

    def slow(key: int) -> int:
        gate.wait(5)
        made.append(key)
        return key

    shop: Workshop[int, int] = Workshop(slow)
    busy = [shop.order(key) for key in (1, 2)]
    shop.order(3)
    shop.drop(3)
    shop.drop(1)
    gate.set()

    assert [order.result(5) for order in busy] == [1, 2]
    assert shop.order(4).result(5) == 4
    assert 3 not in made


def test_a_thing_made_of_a_like_one_is_there_at_once() -> None:
    made: list[str] = []
    shop: Workshop[str, str] = Workshop(lambda key: made.append(key) or key.upper())
    assert not shop.derive("a2", lambda key: key[0] == "a", lambda like: f"{like}+")
    shop.order("a1").result(5)
    assert not shop.derive("a2", lambda key: key[0] == "a", lambda _: None)
    assert not shop.ready("a2")
    assert shop.derive("a2", lambda key: key[0] == "a", lambda like: f"{like}+") == "A1+"
    assert shop.ready("a2")
    assert shop.order("a2").result(0) == "A1+"
    assert made == ["a1"]


def test_two_plans_ranked_again_as_they_grow_old_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each once ordered itself anew and waited for the worker that the other held."""
    now, both = workshop.time.monotonic(), threading.Barrier(workshop.WORKERS)
    shop: Workshop[answers.Asked, Any] = Workshop(answers._make_whole)

    def ranked(_plan: Any, sites: SiteWishes, _minutes: int) -> str:
        both.wait(5)
        monkeypatch.setattr(workshop.time, "monotonic", lambda: now + workshop.FRESH_S + 1)
        return f"without {sites.off[0]}"

    monkeypatch.setattr(answers, "_workshop", lambda: shop)
    monkeypatch.setattr(answers, "_plan", lambda *_, **__: "plan")
    monkeypatch.setattr(answers, "with_sites", ranked)
    asked = answers.Asked(Path("city.gpkg"), (1, 1, 1), "hq", "2026-12-01T07:30")
    assert shop.order(asked).result(5) == "plan"
    again = [replace(asked, sites=SiteWishes(off=(name,))) for name in ("lit", "room")]

    orders = [shop.order(one) for one in again]
    assert [order.result(5) for order in orders] == ["without lit", "without room"]


def test_what_was_derived_is_as_old_as_what_it_was_made_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop: Workshop[str, str] = Workshop(str.upper)
    shop.order("a1").result(5)
    now = workshop.time.monotonic()
    monkeypatch.setattr(workshop.time, "monotonic", lambda: now + workshop.FRESH_S - 1)
    assert shop.derive("a2", lambda key: key == "a1", lambda like: f"{like}+")
    monkeypatch.setattr(workshop.time, "monotonic", lambda: now + workshop.FRESH_S + 1)
    assert not shop.ready("a2")
    assert not shop.derive("a3", lambda key: key == "a1", lambda like: f"{like}+")
