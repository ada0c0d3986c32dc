"""What the first line says of sides without a way: to each what is true of it."""

from __future__ import annotations

from typing import Any

from planner.plan.no_way.advice import sides_without

DAY = "2027-03-02T"


def side(name: str, opens: str = "", stop: str = "", **more: Any) -> dict[str, Any]:
    """A gateway without a way, a place where who comes from there stops and walks on."""
    walk = {"time_s": 300}
    return {
        "name": name, "routes": [], "stop": {"name": stop, "walk": walk} if stop else None,
        "opens_at": f"{DAY}{opens}:00+01:00" if opens else None,
    } | more  # fmt: skip


def told(*sides: dict[str, Any]) -> str:
    way = side("West", routes=[{}])
    return sides_without({
        "origins": [way, *sides], "profile": "car", "arrive_by": f"{DAY}07:30:00+01:00",
    })  # fmt: skip


def test_sides_alike_are_told_at_once() -> None:
    assert told(side("A", "08:42"), side("B", "08:42")) == (
        "No way through from A and B before 08:42"
    )
    assert told(side("A", stop="Quay"), side("B", stop="Quay")) == (
        "No way through from A and B: stop at Quay, then 5 min on foot"
    )
    assert told(*(side(name, "08:42") for name in "ABC")) == (
        "No way through from 3 of 4 gateways before 08:42"
    )


def test_each_side_is_told_its_own_hour() -> None:
    """Who reads that both have none before 08:42 counts on a way then."""
    assert told(side("A", "09:04"), side("B", "08:42")) == (
        "No way through from A before 09:04; nor from B before 08:42"
    )
    assert told(side("A", "08:42"), side("B")) == ("No way through from A before 08:42; nor from B")
    assert told(side("A", "09:04"), side("B", "08:42"), side("C")) == (
        "No way through from 3 of 4 gateways before 08:42 at the earliest"
    )


def test_nobody_is_sent_to_the_stop_of_another_side() -> None:
    """A side inside a crowd has no clear way to where others stop."""
    assert told(side("A", stop="Quay"), side("B", "08:42")) == (
        "No way through from A: stop at Quay, then 5 min on foot; nor from B before 08:42"
    )
    assert told(side("A", stop="Quay"), side("B", stop="Quay"), side("C", "08:42")) == (
        "No way through from 3 of 4 gateways; from 2 of them: stop at Quay, then 5 min on foot"
    )
