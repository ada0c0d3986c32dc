"""The planner never drives where the check, which reads the same signs by itself, forbids it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from planner.network.barriers import barrier_verdict
from planner.network.hours import spans
from planner.network.osm import WAY_KEYS, Extract, Restriction
from planner.network.profiles import PROFILES
from planner.network.restrictions import orders_of
from planner.network.ways import usable_ways
from planner.verify.hours import Moment, around, demands, readings, restriction_is_hourly
from planner.verify.law import LAWS, Leave
from planner.verify.signs import leave_of_barrier, too_small
from planner.verify.trace import Way

if TYPE_CHECKING:
    from collections.abc import Iterable

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = [datetime(2026, 10, 2, hour, 30, tzinfo=BERLIN) for hour in range(0, 24, 3)]
HOURS += [hour + timedelta(days=1) for hour in HOURS]
"""A Friday, then a Saturday that is a public holiday."""

CONDITIONS = (
    "Mo-Fr 07:00-09:00", "Sa", "22:00-06:00", "Mo-Sa 06:00-20:00; PH off", "07.00-19.00", "24h",
    "SH", "Mo-Fr 08:00-18:00; SH off", "wet", "permit_holder", "Mo 25:99", "", "destination",
    "delivery", "residents", "hgv", "bus", "motorcar", "goods", "foot", "weight>3",
    "length>10 AND 06:00-12:00", "Fr AND 06:00-12:00", "wet AND Fr", "axles>2", "bus AND Sa",
    "08:00-12:00 unknown", "Fr 06:00-10:00, Sa 10:00-14:00",
)  # fmt: skip
WORDS = ("no", "yes", "destination", "private", "delivery", "permissive")
LIMITS = ("none", "1.5", "3", "10", "40", "7.5 t")
SIGNS = ("yes", "no", "-1", "reversible")
ORDERS = ("none", "no_left_turn", "only_straight_on", "no_u_turn")
MODES = ("access", "vehicle", "motor_vehicle", "motorcar", "goods", "bus", "coach", "foot")
SIZES = ("maxheight", "maxweight", "maxlength", "maxwidth")
SEEDS = range(400)


def conditional(draw: random.Random, values: tuple[str, ...]) -> str:
    """Return one to three clauses."""
    clauses = [
        f"{draw.choice(values)} @ ({draw.choice(CONDITIONS)})" for _ in range(draw.randint(1, 3))
    ]
    return "; ".join(clauses)


def tags_of(draw: random.Random) -> dict[str, str]:
    """Return tags of access, direction, size, with and without conditions."""
    tags = {}
    for key, words in [(mode, WORDS) for mode in draw.sample(MODES, 2)] + [
        (draw.choice(SIZES), LIMITS), ("oneway", SIGNS),
    ]:  # fmt: skip
        if draw.random() < 0.3:
            tags[key] = draw.choice(words)
        if draw.random() < 0.4:
            tags[f"{key}:conditional"] = conditional(draw, words)
    if draw.random() < 0.2:
        tags["opening_hours"] = draw.choice(CONDITIONS) or "on request"
    return tags


def is_shut(rules: Iterable[str], moment: datetime) -> bool:
    """Tell whether a rule of the planner shuts at a moment."""
    until = moment + timedelta(seconds=1)
    return any(spans(rule, moment.astimezone(UTC), until, BERLIN) for rule in rules)


def moments(hour: datetime) -> tuple[Moment, ...]:
    """Return a moment as the check looks at it."""
    return around(hour.timestamp(), BERLIN)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_way_is_open_to_the_planner_that_is_shut_to_the_check(profile: str) -> None:
    opened = 0
    for seed in SEEDS:
        draw = random.Random(seed)
        tags = {"highway": draw.choice(["residential", "service", "pedestrian"]), **tags_of(draw)}
        ways = usable_ways(one_way(tags), PROFILES[profile])
        way = Way(7, tags, (1, 2), np.zeros((2, 2)), np.zeros(2), LAWS[profile])
        for direction in (1, -1) if len(ways.row) else ():
            if ways.direction[0] not in (0, direction):
                continue
            rules = [rule for side, rule in ways.timed.get(0, ()) if side in (0, direction)]
            for hour in HOURS:
                if is_shut(rules, hour):
                    continue
                opened += 1
                said = [way.leave_at(direction, when) for when in moments(hour)]
                if not way.is_hourly and not (way.may_drive(direction) and not way.too_small):
                    said = [Leave.SHUT] * 3
                assert min(said) is not Leave.SHUT, (seed, tags, direction, hour)
                # Who may only end there does not go through by the planner either.
                ends = ways.access[int(direction < 0), 0] > 0
                assert ends or min(said) is Leave.OPEN, (seed, tags, direction, hour)
    assert opened > 500


@pytest.mark.parametrize("profile", PROFILES)
def test_no_barrier_is_open_to_the_planner_that_is_shut_to_the_check(profile: str) -> None:
    opened, law = 0, LAWS[profile]
    for seed in SEEDS:
        draw = random.Random(seed)
        tags = {"barrier": draw.choice(["gate", "lift_gate", "bollard"]), **tags_of(draw)}
        if draw.random() < 0.2:
            tags["locked"] = "yes"
        verdict = barrier_verdict(tags, PROFILES[profile])
        for hour in HOURS:
            if verdict.stops or is_shut(verdict.hours, hour):
                continue
            opened += 1
            shut = [
                any(
                    leave_of_barrier(now, law) is Leave.SHUT or too_small(now, law) is not None
                    for now in readings(tags, law, when)
                )
                for when in moments(hour)
            ]
            assert not all(shut), (seed, tags, hour)
    assert opened > 300


@pytest.mark.parametrize("profile", ["car", "van", "bus"])
def test_no_restriction_of_the_check_is_left_out_by_the_planner(profile: str) -> None:
    bound, law = 0, LAWS[profile]
    for seed in SEEDS:
        draw = random.Random(seed)
        key = draw.choice(["restriction", "restriction:bus", "restriction:goods"])
        tags = {f"{key}:conditional": conditional(draw, ORDERS)}
        if draw.random() < 0.5:
            tags["restriction"] = draw.choice(ORDERS[1:])
        if draw.random() < 0.3:
            tags |= {"hour_on": "7", "hour_off": draw.choice(["9:30", "noon"]), "day_on": "Mo"}
        if draw.random() < 0.5 and "day_on" in tags:
            tags["day_off"] = draw.choice(["Friday", "Sa"])
        told = orders_of(Restriction(1, tags, (7,), (2,), (), (8,)), PROFILES[profile])
        for hour in HOURS if restriction_is_hourly(tags, law) else ():
            kept = {o.kind for o in told.orders if not o.when or is_shut([o.when], hour)}
            said = [demands(tags, law, when) for when in moments(hour)]
            wanted = frozenset.intersection(*said)
            bound += len(wanted)
            assert wanted <= kept, (seed, tags, hour)
    assert bound > 500


def one_way(tags: dict[str, str]) -> Extract:
    """Return an extract of one way, with those of its tags that a reader keeps."""
    kept = {key: value for key, value in tags.items() if key in WAY_KEYS}
    values = ["", *dict.fromkeys(kept.values())]
    code = np.zeros((len(WAY_KEYS), 1), np.int32)
    for key, value in kept.items():
        code[WAY_KEYS.index(key), 0] = values.index(value)
    return Extract(
        np.array([7]), np.array([0, 2]), np.array([1, 2]), np.array([[8.7, 49.4], [8.71, 49.4]]),
        code, tuple(values), np.empty(0, np.int64), (), (),
    )  # fmt: skip
