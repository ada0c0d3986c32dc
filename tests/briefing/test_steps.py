"""Risk through a day for the slider, with what happens when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from planner.briefing.events import events
from planner.briefing.steps import day_steps, day_times, nearest_step, risk_steps
from planner.risk.areas import risk_areas
from tests.briefing.toy import ARRIVE, ZONE

if TYPE_CHECKING:
    from tests.briefing.toy import ToyPlan

TIMES = ZoneInfo(ZONE)
DAY = date(2096, 3, 2)


def test_day_has_a_step_every_quarter_hour_and_both_midnights(plan: ToyPlan) -> None:
    steps = day_steps(plan.network, plan.risk, DAY, TIMES)

    assert len(steps["times"]) == len(steps["state"]) == len(steps["seconds"]) == 97
    assert (steps["times"][0], steps["times"][1], steps["times"][-1]) == ("00:00", "00:15", "00:00")
    assert steps["days"][0] != steps["days"][-1]
    assert steps["times"][steps["selected"]] == "12:00"


@pytest.mark.parametrize(("day", "count"), [(date(2026, 3, 8), 93), (date(2026, 11, 1), 101)])
def test_clock_change_makes_the_day_shorter_or_longer(plan: ToyPlan, day: date, count: int) -> None:
    steps = day_steps(plan.network, plan.risk, day, TIMES)

    assert len(set(steps["seconds"])) == count
    assert {b - a for a, b in zip(steps["seconds"], steps["seconds"][1:], strict=False)} == {900}
    assert len(set(zip(steps["days"], steps["times"], strict=True))) == count
    twice = [text for text in steps["times"] if text.startswith("01:00 ")]
    assert twice == (["01:00 PDT", "01:00 PST"] if count == 101 else [])


def test_equal_times_share_one_state(plan: ToyPlan) -> None:
    steps = day_steps(plan.network, plan.risk, DAY, TIMES)

    assert steps["state"][0] == steps["state"][1] == steps["state"][-1]
    assert len(steps["states"]) < 40
    drawn = [str(state) for state in steps["states"]]
    assert len(set(drawn)) == len(drawn)


def test_state_shared_by_two_times_draws_both_rightly(plan: ToyPlan) -> None:
    steps = day_steps(plan.network, plan.risk, DAY, TIMES)
    for second, state in zip(steps["seconds"], steps["state"], strict=True):
        first = steps["seconds"][steps["state"].index(state)]
        one, other = (
            risk_areas(
                plan.network, plan.risk, plan.risk.field.seconds(datetime.fromtimestamp(s, UTC))
            )
            for s in (first, second)
        )
        assert [(n, a.wkb) for n, a in one] == [(n, a.wkb) for n, a in other]


def test_nearest_step_is_the_nearest_in_time(plan: ToyPlan) -> None:
    steps = day_steps(plan.network, plan.risk, DAY, TIMES, at=ARRIVE + timedelta(minutes=4))

    assert steps["times"][steps["selected"]] == "08:00"
    assert nearest_step(steps, ARRIVE + timedelta(minutes=8)) == steps["selected"] + 1
    assert nearest_step(steps, ARRIVE + timedelta(days=9)) == 96


def test_day_times_are_local() -> None:
    assert {when.tzinfo for when in day_times(DAY, TIMES)} == {TIMES}


def test_events_are_told_with_their_time_in_order(plan: ToyPlan) -> None:
    steps = day_steps(plan.network, plan.risk, DAY, TIMES)
    found = events(plan.document, steps, zone=TIMES)
    told = [(event["kind"], event["text"][:5]) for event in found]

    assert ("arrival", "08:00") in told
    assert ("report", "07:00") in told
    assert ("closure", "06:00") in told
    assert [t for kind, t in told if kind == "gate"] == ["06:00", "20:00"]
    assert [event["step"] for event in found] == sorted(event["step"] for event in found)
    assert next(e["step"] for e in found if e["kind"] == "arrival") == 32


def test_event_between_two_steps_stands_between_them(plan: ToyPlan) -> None:
    document = {**plan.document, "arrive_by": (ARRIVE + timedelta(minutes=5)).isoformat()}
    steps = day_steps(plan.network, plan.risk, DAY, TIMES)
    (arrival,) = (e for e in events(document, steps, zone=TIMES) if e["kind"] == "arrival")

    assert arrival["step"] == pytest.approx(32 + 1 / 3, abs=0.001)


def test_events_outside_the_window_are_left_out(plan: ToyPlan) -> None:
    found = events(plan.document, risk_steps(plan, TIMES), zone=TIMES)

    assert "20:00" not in [event["text"][:5] for event in found]
