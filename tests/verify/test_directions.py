"""Words for a driver that fit the route pass; each break of them is caught."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from planner.verify import Verification, verify
from tests.verify.told import decide, fork, tell
from tests.verify.town import ALTERNATE, Town, lonlat

if TYPE_CHECKING:
    from collections.abc import Callable

Steps = list[dict[str, Any]]


def _check(town: Town) -> Verification:
    return verify(town.document, town.facts())


def _forked() -> Town:
    town = Town()
    fork(town)
    return town


def test_right_words_pass() -> None:
    assert _check(_forked()).failures == ()


def test_routes_that_part_at_the_gateway_pass() -> None:
    town = Town()
    tell(town.origin["routes"][1], ("depart", "left", "left"), (0, 1, len(ALTERNATE) - 1))
    decide(town, 0)
    assert _check(town).failures == ()


def test_plan_without_words_is_not_judged_by_them() -> None:
    town = Town()
    town.primary["steps"] = town.primary["decision"] = None
    assert _check(town).failures == ()


def test_wait_is_told_where_the_next_step_begins() -> None:
    town = _forked()
    step = town.origin["routes"][1]["steps"][1]
    step["wait_s"] = 60
    (sums, *clock) = _check(town).failures
    assert sums.detail == "directions take 60 s of waiting, the route 0 s"
    assert [failure.detail for failure in clock] == [
        f"direction 3 does not follow {step['time_s'] + 60} s after the former"
    ]


def _later(step: dict[str, Any]) -> str:
    return (datetime.fromisoformat(step["at"]) + timedelta(seconds=7)).isoformat()


def _swap(steps: Steps) -> None:
    steps[1], steps[2] = steps[2], steps[1]


def _place(step: dict[str, Any], x: float, y: float) -> None:
    step["lon"], step["lat"] = lonlat(x, y)


STEPS: dict[str, tuple[str, Callable[[Steps], object]]] = {
    "a street too long": (
        "m long, the route", lambda steps: steps[0].update(length_m=steps[0]["length_m"] + 2)),
    "a second lost": (
        "s of driving", lambda steps: steps[0].update(time_s=steps[0]["time_s"] - 1)),
    "steps out of order": ("does not follow", _swap),
    "a time that is not the route's": (
        "does not follow", lambda steps: steps[2].update(at=_later(steps[2]))),
    "a start after the departure": (
        "not given at the departure", lambda steps: steps[0].update(at=_later(steps[0]))),
    "an end after the arrival": (
        "not given at the arrival", lambda steps: steps[-1].update(at=_later(steps[-1]))),
    "a place beside the route": (
        "from its place", lambda steps: _place(steps[1], 1000, 405)),
    "a place elsewhere on the route": (
        "direction 2 is given", lambda steps: _place(steps[1], 900, 400)),
    "a start elsewhere": ("direction 1 is given", lambda steps: _place(steps[0], 20, 400)),
    "left for right": (
        "the road turns -90", lambda steps: steps[1].update(turn="left", text="Turn left")),
    "a word for the other side": (
        "says 'Turn left onto x' for right", lambda steps: steps[1].update(
            text="Turn left onto x")),
    "a risk that is not told": ("say risk", lambda steps: steps[0].update(risk=0.5)),
    "no arrival": ("do not lead from depart", lambda steps: steps[-1].update(turn="continue")),
    "a turn nobody knows": (
        "cannot be read: 1.turn", lambda steps: steps[1].update(turn="hop")),
    "one step only": ("cannot be read", lambda steps: steps.__delitem__(slice(1, None))),
}  # fmt: skip


@pytest.mark.parametrize("what", STEPS)
def test_wrong_direction_is_caught_and_told(what: str) -> None:
    detail, change = STEPS[what]
    town = _forked()
    change(town.origin["routes"][1]["steps"])
    failures = _check(town).failures
    assert {(failure.rule, failure.id) for failure in failures} == {
        ("directions", "gw-west:alternate")
    }
    assert any(detail in failure.detail for failure in failures)


def _second_leg(town: Town) -> dict[str, Any]:
    leg = town.primary["legs"][1]
    lon, lat = leg["coordinates"][0]
    return {"lon": lon, "lat": lat, "at": leg["enter"]}


DECISIONS: dict[str, tuple[str, Callable[[Town, dict[str, Any]], object]]] = {
    "a place beside both routes": (
        "m from this route", lambda _, d: _place(d, 1000, 420)),
    "a place on one route only": (
        "m from gw-west:alternate", lambda _, d: _place(d, 1400, 400)),
    "a place after they part": (
        "after the routes have parted", lambda town, d: d.update(
            lon=town.primary["legs"][-1]["coordinates"][-1][0], at=town.primary["arrive"],
            after_m=town.primary["length_m"])),
    "another distance from the start": (
        "after the start", lambda town, d: d.update(after_m=500.0, at=_second_leg(town)["at"])),
    "another time": ("at another time", lambda _, d: d.update(at=_later(d))),
    "a route that is not there": ("no other route", lambda _, d: d.update(to="gw-west:x")),
    "the route itself": ("no other route", lambda _, d: d.update(to="gw-west:primary")),
    "no place": ("cannot be read: lon", lambda _, d: d.update(lon=None)),
}  # fmt: skip


@pytest.mark.parametrize("what", DECISIONS)
def test_wrong_decision_point_is_caught_and_told(what: str) -> None:
    detail, change = DECISIONS[what]
    town = _forked()
    change(town, town.primary["decision"])
    failures = _check(town).failures
    assert {(failure.rule, failure.id) for failure in failures} == {
        ("decision_point", "gw-west:primary")
    }
    assert any(detail in failure.detail for failure in failures)


def test_earlier_point_on_the_common_street_is_a_point_too() -> None:
    """A plan may know that the later ones lead to a way that is shut by then."""
    town = _forked()
    first = town.primary["legs"][0]["length_m"]
    town.primary["decision"].update(_second_leg(town), after_m=first)
    assert _check(town).failures == ()
